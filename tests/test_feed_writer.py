"""Feed files that the archive writes: read back without loss, and readable by any reader of Atom."""

from __future__ import annotations

import errno
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import msgspec
import pytest
from conftest import GOLDEN
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.errors import FetchError
from sitegen.feeds import feed, taxonomy
from sitegen.fetch import writer
from sitegen.models import Announcement, ArxivId, Credit, Paper, Version
from sitegen.text import names
from sitegen.text.markup import authored

START = datetime(2026, 3, 7, 22, 41, 26, tzinfo=UTC)
SAMPLES = [
    path
    for folder in (Path(__file__).parent / "data" / "feeds", GOLDEN / "content" / "feeds")
    for path in sorted(folder.iterdir())
    if not {"error", "empty"} & set(path.name.replace("-", ".").split("."))
]


def is_mojibake(text: str) -> bool:
    try:
        return text.encode("latin-1").decode("utf-8") != text
    except UnicodeError:
        return False


def again(papers: list[Paper]) -> list[Paper]:
    """Write papers and read them back."""
    read, problems = feed.parse(writer.encode(papers, "Papers", START), "again.xml")
    assert problems == ()
    return list(read)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_what_any_feed_says_survives(path: Path) -> None:
    papers, _ = feed.read(path, path.name)
    assert papers
    assert again(list(papers)) == list(papers)


# What a reader of feeds lets through: no controls, nothing invisible, folded where one line is wanted.
_letters = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"])
# feedparser mends what looks like UTF-8 that was read as Latin-1 ("Â¡"); in the end no paper says such things.
_lines = (
    st.text(_letters)
    .map(lambda text: " ".join(authored(text).split()))
    .filter(lambda text: not is_mojibake(text))
)
_titles = _lines.filter(bool)
_abstracts = st.lists(_lines, max_size=3).map(lambda lines: authored("\n".join(lines)).strip())
_moments = st.integers(0, 4 * 10**8).map(lambda seconds: START - timedelta(seconds=seconds))
_categories = st.lists(st.sampled_from(["q-bio.NC", "cs.LG", "math.MG", "hep-th"]), unique=True, max_size=3)
_classes = st.lists(st.sampled_from(["92C20", "68T05 (Primary)", "I.2.6", "cs.LG"]), unique=True, max_size=2)
_names = st.sampled_from(
    ["Ada Byron", "José Müller", "王伟", "R. van der Berg", "The C Collaboration", "A. One, Jr."]
)
_places = st.lists(_lines.filter(bool), unique=True, max_size=2)
_credits = st.builds(
    lambda printed, places: Credit(name=names.parse(printed), affiliations=tuple(places)), _names, _places
)
_dois = st.sampled_from(
    [
        "10.1002/(SICI)1097<295::AID>3.0.CO;2-#",
        "10.1002/(SICI)1099<189::AID-NLA76>3.0.CO;2-F",
        "10.1103/PhysRevE.48.4060",
    ]
)
_kinds = st.sampled_from(["new", "cross", "replace", "replace-cross"])
_announcements = st.lists(
    st.builds(Announcement, st.dates(date(2000, 1, 1), date(2030, 1, 1)), _kinds), max_size=3
)


@st.composite
def _papers(draw: st.DrawFn) -> Paper:
    versions = sorted({draw(st.integers(1, 30)) for _ in range(draw(st.integers(0, 3)))})
    published, categories = draw(_moments), draw(_categories)
    return Paper(
        id=ArxivId("2603.07369", versions[-1] if versions else None),
        title=draw(_titles),
        credits=tuple(draw(st.lists(_credits, max_size=3))),
        abstract=draw(_abstracts),
        published=published,
        updated=draw(_moments),
        comment=draw(_lines),
        journal_ref=draw(_lines),
        dois=tuple(draw(st.lists(_dois, unique=True, max_size=2))),
        primary=categories[0] if categories else "",
        categories=tuple(categories),
        subject_classes=tuple(draw(_classes)),
        links=tuple(draw(st.lists(st.just("https://example.org/a?b=1&c=(2)"), max_size=1))),
        license=draw(st.sampled_from(["", "http://creativecommons.org/licenses/by/4.0/"])),
        announcements=tuple(sorted(set(draw(_announcements)))),
        versions=tuple(Version(number, draw(_moments)) for number in versions),
        dated_by_announcement=draw(st.booleans()),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(_papers(), min_size=1, max_size=3))
def test_whatever_a_paper_says_survives(papers: list[Paper]) -> None:
    assert again(papers) == papers


def test_another_reader_of_atom_understands_it() -> None:
    papers, _ = feed.read(SAMPLES[0], "a.xml")
    parsed = feedparser.parse(writer.encode(papers, "Papers & more", START))
    assert not parsed.bozo
    assert parsed.feed.title == "Papers & more"
    assert parsed.version == "atom10"
    for paper, entry in zip(papers, parsed.entries, strict=True):
        assert (entry.title, entry.link) == (paper.title, f"https://arxiv.org/abs/{paper.id}")
        assert [author.name for author in entry.authors] == [credit.name.printed for credit in paper.credits]
        assert {taxonomy.canonical(tag.term) for tag in entry.tags} >= set(paper.categories)


def test_line_ends_stay_what_they_are() -> None:
    paper, *_ = feed.read(SAMPLES[0], "a.xml")[0]
    strange = msgspec.structs.replace(paper, abstract="one\rtwo\r\nthree\n  four")
    assert again([strange]) == [strange]


def test_what_xml_cannot_hold_is_left_out() -> None:
    paper, *_ = feed.read(SAMPLES[0], "a.xml")[0]
    hostile = msgspec.structs.replace(
        paper, title="A\x00 <b>&amp;\ud800 title]]>\ufffe", comment="\x0bno\r\nend"
    )
    (read,) = again([hostile])
    assert (read.title, read.comment) == ("A <b>& title]]>", "no end")


def test_large_files_are_packed_and_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "PAPERS_IN_A_FILE", 10)
    monkeypatch.setattr(writer, "PLAIN", 5)
    papers = list(feed.read(SAMPLES[-1], "a.xml")[0]) * 9
    first = writer.save(tmp_path, "2026-03-01-x", papers[:12], title="x", updated=START)
    assert [path.name for path in first] == ["2026-03-01-x.xml.gz", "2026-03-01-x-2.xml"]
    second = writer.save(tmp_path, "2026-03-01-x", papers[:1], title="x", updated=START)
    assert [path.name for path in second] == ["2026-03-01-x-3.xml"]
    read = [paper for path in (*first, *second) for paper in feed.read(path, path.name)[0]]
    assert read == papers[:12] + papers[:1]


# --- several files at once ------------------------------------------------------------------------------------


def save_three(content: Path) -> list[Path]:
    """Save twelve papers into files of five."""
    papers = [paper_of(f"2603.{number:05}") for number in range(1, 13)]
    return writer.save(content / "feeds", "2026-03-07-q-bio.NC", papers, title="Papers", updated=START)


def paper_of(identifier: str) -> Paper:
    paper = feed.read(GOLDEN / "content" / "feeds" / "series.xml", "series.xml")[0][0]
    return msgspec.structs.replace(paper, id=ArxivId.parse(identifier))


def in_folder(content: Path) -> dict[str, int]:
    """Return how many papers each feed file has; no other file is there."""
    return {path.name: len(feed.read(path, path.name)[0]) for path in sorted((content / "feeds").iterdir())}


ALL_THREE = {
    "2026-03-07-q-bio.NC-2.xml.gz": 5,
    "2026-03-07-q-bio.NC-3.xml": 2,
    "2026-03-07-q-bio.NC.xml.gz": 5,
}


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(writer, "PAPERS_IN_A_FILE", 5)
    monkeypatch.setattr(writer, "PLAIN", 4)
    (tmp_path / "content" / "feeds").mkdir(parents=True)
    return tmp_path / "content"


class Interrupted(BaseException):
    """As Ctrl-C."""


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), Interrupted()])
def test_of_several_files_all_appear_or_none(
    content: Path, monkeypatch: pytest.MonkeyPatch, step: str, failure: BaseException
) -> None:
    real, owner = (os.fsync, os) if step == "fsync" else (Path.replace, Path)
    calls = 0

    def failing(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise failure
        return real(*arguments)  # type: ignore[operator]

    for fails_at in range(1, 20):
        calls = 0
        with monkeypatch.context() as patch:
            patch.setattr(owner, step, failing)
            try:
                save_three(content)
                break
            except (FetchError, Interrupted):
                pass
        assert in_folder(content) == {}, fails_at
    assert fails_at > 4
    assert in_folder(content) == ALL_THREE


def save_until_killed(content: Path, step: str, killed_at: int) -> int:
    """Save in another process, which ends at once at a call of ``step``; return its exit code."""
    owner: Any = os if step == "fsync" else Path
    real = getattr(owner, step)
    child = os.fork()
    if child == 0:
        calls = 0

        def killing(*arguments: Any, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == killed_at:
                os._exit(9)
            return real(*arguments, **more)

        setattr(owner, step, killing)
        save_three(content)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("step", ["fsync", "replace", "unlink"])
def test_a_fetch_that_is_killed_between_two_files_is_finished_or_undone_by_the_next(
    content: Path, step: str
) -> None:
    seen = set()
    for killed_at in range(1, 20):
        code = save_until_killed(content, step, killed_at)
        with writer.locked_feeds(content):
            pass
        found = in_folder(content)
        assert found in ({}, ALL_THREE), killed_at
        seen.add(len(found))
        for path in (content / "feeds").iterdir():
            path.unlink()
        if code == 0:
            break
    assert 3 in seen
