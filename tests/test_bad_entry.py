"""One entry that cannot be read, or of which no texts can be made, is skipped and reported; the rest is built."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from arxiv_server import START, Arxiv, Clock, Record, records
from arxiv_server import serve as serve_arxiv
from conftest import Preview
from test_fetch import Site

from sitegen.build import build
from sitegen.cli import main
from sitegen.exports import bibtex, ris
from sitegen.feeds import feed
from sitegen.text import abstract

Break = Callable[[pytest.MonkeyPatch], None]

ENTRY = """<entry><id>http://arxiv.org/abs/2401.0000{number}v1</id><title>{title}</title><summary>{summary}</summary>
<published>2024-01-02T00:00:00Z</published><updated>2024-01-02T00:00:00Z</updated>
<author><name>Ada Byron</name></author><category term="q-bio.NC"/></entry>"""
FORMULAS = (
    r"We show $a \mathrel\big| b$ holds.",
    r"The set $\left\{x \mathrel{\middle|} y\right\}$.",
    r"Let $\operatorname{\&amp;}$ be and.",
    r"Let $\operatorname*{&lt;}_x$ be less, and $\mathbin\Big\| $ both.",
)


def content(folder: Path, *entries: tuple[str, str]) -> Path:
    """Make a content folder with a feed of some titles and abstracts."""
    (folder / "content" / "feeds").mkdir(parents=True)
    (folder / "content" / "site.toml").write_text('title = "Neurons"\nurl = "https://a.org/"\n', "utf-8")
    body = "".join(
        ENTRY.format(number=number, title=title, summary=summary)
        for number, (title, summary) in enumerate(entries, 1)
    )
    (folder / "content" / "feeds" / "a.xml").write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>http://arxiv.org/api/x</id><title>t</title>'
        f"<updated>2024-01-01T00:00:00Z</updated>{body}</feed>",
        "utf-8",
    )
    return folder / "content"


def page(source: Path, text: str) -> None:
    """Add a Markdown page, so that the next build is one."""
    (source / "pages").mkdir(exist_ok=True)
    (source / "pages" / "about.md").write_text(f"# About\n\n{text}", "utf-8")


def failing(module: object, name: str) -> Break:
    """Return what makes a function fail for whatever holds the word Bad."""

    def install(monkeypatch: pytest.MonkeyPatch) -> None:
        function = getattr(module, name)

        def fail(*arguments: object, **options: object) -> object:
            if "Bad" in repr(arguments):
                raise KeyError("x")
            return function(*arguments, **options)

        monkeypatch.setattr(module, name, fail)

    return install


BROKEN = {
    "while it is read": failing(feed, "authored"),
    "as text": failing(abstract, "to_text"),
    "as BibTeX": failing(bibtex, "entry"),
    "as RIS": failing(ris, "record"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("jobs", [1, 2])
def test_build_skips_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Break, jobs: int) -> None:
    source = content(tmp_path, ("Good", "A"), ("Bad", "B"), ("Better", "C"))
    broken(monkeypatch)
    for _ in range(2):  # the second time the reading is remembered
        report = build(source, tmp_path / "output", jobs=jobs)
        assert report.papers == 2
        (problem,) = report.problems
        assert "a.xml" in problem.location.path
        assert "2401.00002" in problem.location.key
        assert "skipped" in problem.message
        assert "KeyError" in problem.message
        page(source, "About")
    assert not (tmp_path / "output" / "abs" / "2401.00002").exists()
    assert (tmp_path / "output" / "abs" / "2401.00003").exists()


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize(
    "command",
    [("build",), ("check",), ("fetch", "--compact")],
    ids=["build", "check", "compact"],
)
def test_commands_of_a_shell_survive_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    broken: Break,
    command: tuple[str, ...],
) -> None:
    source = content(tmp_path, ("Good", "A"), ("Bad", "B"))
    broken(monkeypatch)
    output = [] if "--compact" in command else ["--output", str(tmp_path / "output")]
    if command == ("check",):
        assert main(["build", "--content", str(source), *output]) == 0
        assert "2401.00002" in capsys.readouterr().err
    assert main([*command, "--content", str(source), *output]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_a_merged_paper_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = content(tmp_path, ("Good", "A"), ("Bad", "B"))
    second = (source / "feeds" / "a.xml").read_text("utf-8").replace("00002v1", "00002v2")
    second = second.replace('<category term="q-bio.NC"/>', "")  # the first version lends it
    (source / "feeds" / "b.xml").write_text(second, "utf-8")
    assert build(source, tmp_path / "output").papers == 2
    page(source, "About")
    shutil.rmtree(source.parent / ".sitegen" / "merged")  # what was derived from the records alone stays
    BROKEN["as text"](monkeypatch)
    report = build(source, tmp_path / "output")
    assert report.papers == 1
    assert ["2401.00002" in problem.location.key for problem in report.problems] == [True]


def test_fetch_brings_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = records(3)
    papers[1] = papers[1]._replace(title="Bad")
    with serve_arxiv(Arxiv(papers, Clock())) as arxiv:
        site = Site(tmp_path, arxiv)
        failing(feed, "authored")(monkeypatch)
        report = site.fetch()
        assert (report.new, len(report.problems)) == (2, 1)
        assert papers[1].id in report.problems[0].location.key
        assert site.fetch().new == 0  # and is not stuck


def test_fetch_of_a_formula_leaves_an_archive_that_can_be_built(tmp_path: Path) -> None:
    entry = ENTRY.format(number=1, title="T", summary=FORMULAS[0])
    with serve_arxiv(
        Arxiv([Record("2401.00001", START, datetime(2024, 1, 2, tzinfo=UTC), xml=entry)], Clock())
    ) as arxiv:
        site = Site(tmp_path, arxiv)
        assert site.fetch().new == 1
        assert site.fetch().new == 0
        assert build(site.content, tmp_path / "output").papers == 1


def test_formulas_that_the_converter_spoils(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = content(tmp_path, *((f"Title {summary}", summary) for summary in FORMULAS))
    page(source, "\n\n".join(FORMULAS))
    report = build(source, tmp_path / "output")
    assert (report.papers, report.problems) == (4, ())
    shown = (tmp_path / "output" / "abs" / "2401.00001" / "index.html").read_text("utf-8")
    assert r'We show <code class="tex">$a \mathrel\big| b$</code> holds.' in shown
    assert main(["check", "--content", str(source), "--output", str(tmp_path / "output")]) == 0
    capsys.readouterr()


def test_serve_shows_the_others(serve: Callable[..., Preview], tmp_path: Path) -> None:
    content(tmp_path, ("Good", "A"), (r"Bad $\operatorname{\&amp;}$", FORMULAS[0]))
    preview = serve()
    assert (preview.folder / "output" / "abs" / "2401.00002" / "index.html").exists()
