"""`sitegen fetch --compact`: fewer files that say the same, whatever happens on the way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from conftest import GOLDEN, build, copy_content
from golden import files_of

from sitegen.cli import main
from sitegen.errors import FetchError
from sitegen.feeds import feed, store
from sitegen.fetch import writer
from sitegen.fetch.compact import compact
from sitegen.library.merge import merge
from sitegen.models import Announcement, Paper

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def entries(folder: Path) -> list[Paper]:
    return [paper for path in store.feed_files(folder) for paper in feed.read(path, path.name)[0]]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The golden site's feeds, and a file for each of ten days on which every paper was revised and announced."""
    content = copy_content(tmp_path)
    papers = [paper for paper in merge(entries(content / "feeds")) if paper.id.version]
    for day in range(1, 11):
        revised = [revise(paper, day) for paper in papers]
        writer.save(content / "feeds", f"day-{day:02}", revised, title="day", updated=MARCH)
    return content


def revise(paper: Paper, day: int) -> Paper:
    assert paper.id.version
    version = paper.id.version + day
    return msgspec.structs.replace(
        paper,
        id=msgspec.structs.replace(paper.id, version=version),
        title=f"{paper.title} ({day})",
        updated=paper.updated + timedelta(days=day),
        versions=(msgspec.structs.replace(paper.versions[-1], number=version),),
        announcements=(Announcement(date(2026, 3, day), "replace"),),
    )


def test_fewer_files_say_the_same(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feeds = content / "feeds"
    before = entries(feeds)
    assert main(["fetch", "--content", str(content), "--compact"]) == 0
    said = capsys.readouterr().out
    after = entries(feeds)
    assert merge(after) == merge(before)
    versions = {(str(paper.id), paper.title) for paper in before}
    assert versions == {(str(paper.id), paper.title) for paper in after}
    years = {paper.published.year for paper in merge(before)}
    assert len(store.feed_files(feeds)) == len(years)
    assert "14 files" in said and f"became {len(years)}" in said


def test_the_site_is_the_same(content: Path, tmp_path: Path) -> None:
    before = files_of(build(content, tmp_path / "before"))
    compact(content)
    assert files_of(build(content, tmp_path / "after")) == before


def test_compacting_again_changes_nothing(content: Path) -> None:
    compact(content)
    before = {path.name: path.read_bytes() for path in (content / "feeds").iterdir()}
    compact(content)
    assert {path.name: path.read_bytes() for path in (content / "feeds").iterdir()} == before


def test_a_damaged_file_is_left_as_it_is(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = content / "feeds" / "day-03.xml"
    damaged.write_bytes(damaged.read_bytes()[:2000])
    before = damaged.read_bytes()
    assert main(["fetch", "--content", str(content), "--compact"]) == 0
    assert damaged.read_bytes() == before
    assert "day-03.xml" in capsys.readouterr().err


def test_what_does_not_read_back_removes_nothing(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = entries(content / "feeds")
    real = writer.encode
    monkeypatch.setattr(writer, "encode", lambda papers, *rest: real(papers[1:], *rest))
    with pytest.raises(FetchError, match="would not hold the same data of"):
        compact(content)
    monkeypatch.undo()
    assert merge(entries(content / "feeds")) == merge(before)


class Crash(BaseException):
    """The process ends here: nothing catches it."""


@pytest.mark.parametrize("step", ["replace", "unlink"])
def test_a_crash_at_any_step_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    made, _ = feed.read(GOLDEN / "content" / "feeds" / "made.xml", "made.xml")
    days = [[revise(paper, day) for paper in made if paper.id.version] for day in (1, 2, 3)]
    papers = [paper for day in days for paper in day]
    real = getattr(Path, step)
    left = 0

    def crashing(*arguments: object, **named: object) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            raise Crash
        return real(*arguments, **named)

    for steps in range(1, 30):
        content = tmp_path / str(steps) / "content"
        for number, day in enumerate(days):
            writer.save(content / "feeds", f"day-{number}", day, title="x", updated=MARCH)
        monkeypatch.setattr(Path, step, crashing)
        left = steps
        try:
            compact(content)
            break
        except Crash:
            pass
        finally:
            monkeypatch.setattr(Path, step, real)
        assert merge(entries(content / "feeds")) == merge(papers)
        compact(content)
        assert merge(entries(content / "feeds")) == merge(papers)
        assert not [path for path in store.feed_files(content / "feeds") if path.name.startswith("day-")]
    assert steps > 2
