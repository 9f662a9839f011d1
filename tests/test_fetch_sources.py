"""What else is fetched: the day's announcements, arXiv's snapshot; and what the command line says of it."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from arxiv_server import START, Arxiv, Clock, Record, records, serve
from conftest import build, without_progress
from test_fetch import SITE, Site, made_clock

from sitegen.cli import main
from sitegen.errors import FetchError
from sitegen.fetch import client
from sitegen.fetch.request import FetchOptions
from sitegen.fetch.run import fetch_daily
from sitegen.library.merge import merge
from sitegen.models import Announcement, Paper

FEEDS = Path(__file__).parent / "data" / "feeds"
DAILY = (FEEDS / "daily.atom.xml").read_bytes()
WEEKEND = DAILY[: DAILY.index(b"<entry>")] + b"</feed>"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    with serve(Arxiv(records(30), Clock())) as arxiv:
        clock = made_clock(arxiv)
        monkeypatch.setattr(client, "Clock", lambda **_: clock)  # the command line's too: nobody waits
        yield Site(tmp_path, arxiv)


def command(site: Site, *options: str) -> int:
    """Run `sitegen fetch` on the made server."""
    return main(["fetch", "--content", str(site.content), "--endpoint", site.arxiv.endpoint, *options])


# --- the command line ----------------------------------------------------------------------------------------


def test_it_says_what_it_brought(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(site) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("wrote ") and said[0].endswith("-q-bio.NC.xml")
    assert said[1].startswith("asked for 30 papers, got 30: 30 new, 0 changed, 0 unchanged; 2 requests, ")
    assert command(site) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "nothing new: no file was written"
    assert "0 new, 0 changed, 30 unchanged" in said[1]
    assert command(site, "--quiet") == 0
    assert capsys.readouterr().out == ""


def test_a_query_of_the_command_line_wins(site: Site) -> None:
    site.arxiv.papers.append(Record("2603.00077", START, START, categories=("cs.LG",)))
    assert command(site, "--query", "cat:cs.LG", "--since", "2026-01-01", "--quiet") == 0
    assert site.held() == {"2603.00077": 1}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--since", "yesterday"], "expected a day such as 2026-01-31, found 'yesterday'"),
        (["--endpoint", "http://example.org/api"], "http is allowed for this machine only; write https://"),
        (["--max", "0"], "must be a whole number, 1 or more"),
        (["--max", "٣"], "must be a whole number, 1 or more"),
        (["--daily", "--compact"], "not allowed with"),
    ],
)
def test_wrong_usage(site: Site, capsys: pytest.CaptureFixture[str], options: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as caught:
        command(site, *options)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_a_failure_is_one_line_without_a_traceback(site: Site) -> None:
    command = [sys.executable, "-m", "sitegen", "fetch", "--from-json", "nothing.json"]
    process = subprocess.run(
        [*command, "--content", str(site.content)], capture_output=True, text=True, check=False
    )
    assert process.returncode == 1
    said = "error: nothing.json: cannot be read: No such file or directory (name the snapshot's JSON file)\n"
    assert process.stderr == said


# --- the day's announcements ---------------------------------------------------------------------------------


def test_announcements_are_kept_with_their_day_and_kind(site: Site) -> None:
    site.arxiv.daily["/atom/q-bio.NC"] = DAILY
    assert command(site, "--daily", "--quiet") == 0
    (paper,) = site.entries()
    assert str(paper.id) == "2408.11987v1"
    assert paper.announcements == (Announcement(date(2024, 8, 23), "new"),)
    assert paper.dated_by_announcement
    (path,) = site.feeds.iterdir()
    assert "-daily-q-bio.NC" in path.name
    assert command(site, "--daily", "--quiet") == 0
    assert len(list(site.feeds.iterdir())) == 1


def test_the_api_then_knows_better_when_it_was_submitted(site: Site) -> None:
    site.arxiv.daily["/atom/q-bio.NC"] = DAILY
    moment = datetime(2024, 8, 21, 9, tzinfo=UTC)
    site.arxiv.papers.append(Record("2408.11987", moment, moment))
    assert command(site, "--daily", "--quiet") == 0
    assert command(site, "--quiet") == 0
    (paper,) = [paper for paper in merge(site.entries()) if paper.id.base == "2408.11987"]
    assert paper.published == moment
    assert paper.announcements == (Announcement(date(2024, 8, 23), "new"),)


def test_a_day_shows_what_was_announced_on_it_and_what_was_submitted(site: Site, tmp_path: Path) -> None:
    site.arxiv.daily["/atom/q-bio.NC"] = DAILY
    moment = datetime(2024, 8, 21, 9, tzinfo=UTC)
    site.arxiv.papers.append(Record("2408.11987", moment, moment))
    assert command(site, "--daily", "--quiet") == 0
    assert command(site, "--quiet") == 0
    days = build(site.content, tmp_path / "output") / "archive" / "2024" / "08"
    listing, before = ((days / day / "index.html").read_text("utf-8") for day in ("23", "21"))
    assert "Friday: 1 announced." in listing and "<h2>New</h2>" in listing and "abs/2408.11987/" in listing
    assert "Wednesday: 1 submitted." in before and "<h2>Submitted</h2>" in before


def test_an_empty_weekend_is_looked_at_twice_and_no_error(site: Site) -> None:
    site.arxiv.daily["/atom/q-bio.NC"] = WEEKEND
    report = fetch_daily(
        site.content, FetchOptions(endpoint=site.arxiv.endpoint), clock=made_clock(site.arxiv)
    )
    assert (report.got, report.requests, report.files) == (0, 2, ())


def test_a_daily_feed_that_is_none_is_refused(site: Site) -> None:
    site.arxiv.daily["/atom/q-bio.NC"] = (FEEDS / "api-today.atom.xml").read_bytes()
    with pytest.raises(FetchError, match="no feed of the day's announcements"):
        fetch_daily(site.content, FetchOptions(endpoint=site.arxiv.endpoint), clock=made_clock(site.arxiv))
    assert site.files() == {}


# --- arXiv's snapshot ----------------------------------------------------------------------------------------

LINE: dict[str, Any] = {
    "id": "0704.0001",
    "submitter": "Pavel Nadolsky",
    "authors": "C. Bal\\'azs, E. L. Berger",
    "title": "Calculation of prompt diphoton production\n  cross sections",
    "comments": "37 pages, 15 figures; published version",
    "journal-ref": "Phys.Rev.D76:013009,2007",
    "doi": "10.1103/PhysRevD.76.013009",
    "report-no": "ANL-HEP-PR-07-12",
    "categories": "q-bio.NC hep-ph",
    "license": "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    "abstract": "  A fully differential calculation\nis presented.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [["Bal\\'azs", "C.", ""], ["Berger", "E. L.", "Jr.", "Argonne"]],
}


def snapshot(folder: Path, *lines: object, packed: bool = False) -> str:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines).encode()
    path = folder / ("snapshot.json.gz" if packed else "snapshot.json")
    path.write_bytes(gzip.compress(text) if packed else text)
    return str(path)


@pytest.mark.parametrize("packed", [False, True])
def test_a_snapshot_is_read(site: Site, tmp_path: Path, packed: bool) -> None:
    other = LINE | {"id": "0704.0002", "categories": "math.CO"}
    file = snapshot(tmp_path, LINE, other, packed=packed)
    assert command(site, "--from-json", file, "--quiet") == 0
    (paper,) = site.entries()
    assert paper == Paper(
        id=paper.id,
        title="Calculation of prompt diphoton production cross sections",
        credits=paper.credits,
        abstract="A fully differential calculation\nis presented.",
        published=datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC),
        updated=datetime(2007, 7, 24, 20, 10, 27, tzinfo=UTC),
        comment="37 pages, 15 figures; published version",
        journal_ref="Phys.Rev.D76:013009,2007",
        dois=("10.1103/PhysRevD.76.013009",),
        primary="q-bio.NC",
        categories=("q-bio.NC", "hep-ph"),
        license="http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
        versions=paper.versions,
    )
    assert str(paper.id) == "0704.0001v2"
    assert [version.number for version in paper.versions] == [1, 2]
    assert [credit.name.printed for credit in paper.credits] == ["C. Balázs", "E. L. Berger Jr."]
    assert paper.credits[1].affiliations == ("Argonne",)
    assert command(site, "--from-json", file, "--quiet") == 0
    assert len(list(site.feeds.iterdir())) == 1


def test_a_bad_line_is_named_and_spoils_no_other(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        "{",
        LINE | {"id": "nonsense"},
        LINE | {"versions": []},
        '{"x":' + "[" * 50_000 + "]" * 50_000 + "}",
        LINE | {"versions": [{"version": "v1", "created": "Sat, ٧ Mar 2026 22:41:26 GMT"}]},
        LINE | {"title": "A \x00\x0b title\x7f"},
    ]
    file = snapshot(tmp_path, *lines)
    assert command(site, "--from-json", file) == 0
    captured = capsys.readouterr()
    problems = without_progress(captured.err).splitlines()
    assert [line.split(": ")[1] for line in problems] == [f"{file}:{number}" for number in (1, 2, 3, 4, 5)]
    assert "not an arXiv identifier" in problems[1]
    assert "the line is skipped: it is nested too deeply" in problems[3]
    assert [paper.title for paper in site.entries()] == ["A title"]
    assert command(site, "--from-json", file, "--quiet") == 0
    assert len(list(site.feeds.iterdir())) == 1


def test_what_is_no_snapshot(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(site, "--from-json", snapshot(tmp_path, "<feed/>")) == 1
    assert "no line is a paper of arXiv's metadata snapshot" in capsys.readouterr().err


def test_a_snapshot_needs_categories(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site.content / "site.toml").write_text(
        SITE.replace('categories = ["q-bio.NC"]', 'query = "all:electron"'), "utf-8"
    )
    assert command(site, "--from-json", snapshot(tmp_path, LINE)) == 1
    assert "site.toml: fetch.categories: the snapshot is filtered by categories" in capsys.readouterr().err
    (site.content / "site.toml").write_text(
        SITE.replace('categories = ["q-bio.NC"]', 'query = "cat:q-bio.NC OR cat:hep-ph"'), "utf-8"
    )
    assert command(site, "--from-json", snapshot(tmp_path, LINE), "--quiet") == 0
