"""The search index as part of a site: what a build writes of it, and what an incremental build leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import build, copy_content

from sitegen.feeds import feed, store
from sitegen.fetch import writer
from sitegen.library.merge import merge
from sitegen.models import ArxivId, Paper
from sitegen.search import engine, people
from sitegen.search.codec import numbers
from sitegen.search.index import value_of
from sitegen.search.reader import Files, identifiers_in, papers_at
from sitegen.site import search_files

APRIL = datetime(2026, 4, 1, tzinfo=UTC)


class Site:
    """A site of the golden papers, with the search index that its build has written."""

    def __init__(self, folder: Path) -> None:
        self.content, self.output = copy_content(folder), folder / "output"
        papers = [
            paper
            for path in store.feed_files(self.content / "feeds")
            for paper in feed.read(path, path.name)[0]
        ]
        self.papers = [paper for paper in merge(papers) if paper.updated < APRIL]
        self.days = 0

    def add(self, *papers: Paper) -> None:
        """Add a feed file."""
        self.days += 1
        writer.save(self.content / "feeds", f"z-{self.days:02}", papers, title="day", updated=APRIL)

    def new(self, number: int, **changes: object) -> Paper:
        """Return a paper that was submitted after all others."""
        when = APRIL + timedelta(hours=number)
        return msgspec.structs.replace(
            self.papers[0], id=ArxivId(f"2604.{number:05}", 1), published=when, updated=when,
            versions=(), announcements=(), **changes,
        )  # fmt: skip

    def build(self) -> dict[str, bytes]:
        """Build the site, and return the files of its search index."""
        folder = build(self.content, self.output) / "search"
        return files_in(folder)

    def found(self, query: str) -> list[str]:
        """Return the identifiers of the papers that match a query."""

        def load(name: str) -> Any:
            return value_of((self.output / f"search/{name}.js").read_text("utf-8"))

        files = Files(load("head"))
        found = []
        for paper in engine.search(files, load, query).papers:
            name, place = papers_at(files, paper)
            found.append(identifiers_in(load(name))[place])
        return found


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def base_of(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name.startswith("b")}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site whose base grows by eight versions at a time."""
    monkeypatch.setattr(search_files, "EVENTS", 8)
    monkeypatch.setattr(search_files, "EVENTS_IN_TAIL", 2)
    return Site(tmp_path)


def test_new_papers_leave_the_base(site: Site) -> None:
    before = site.build()
    site.add(site.new(1, title="Zebrafish and quokkas"))
    after = site.build()
    assert base_of(before) and base_of(after) == base_of(before)
    assert site.found("quokkas") == ["2604.00001"]


def test_a_new_version_leaves_the_base_and_replaces_the_paper(site: Site) -> None:
    before = site.build()
    old = min(site.papers, key=lambda paper: paper.updated)
    number = (old.id.version or 1) + 1
    site.add(
        msgspec.structs.replace(
            old, id=ArxivId(old.id.base, number), updated=APRIL, title="On quokkas", versions=()
        )
    )
    after = site.build()
    assert base_of(after) == base_of(before)
    assert site.found("ti:quokkas") == site.found(old.id.base) == [old.id.base]
    assert old.id.base not in site.found(f'ti:"{old.title}"')


def test_days_are_right_if_a_new_version_gives_another_day_of_submission(site: Site) -> None:
    old = sorted(site.papers, key=lambda paper: paper.updated)[20]
    number = (old.id.version or 1) + 1
    moved = old.published - timedelta(days=4000)
    site.add(
        msgspec.structs.replace(
            old, id=ArxivId(old.id.base, number), published=moved, updated=APRIL, versions=()
        )
    )
    site.build()
    expected = {paper.id.base: paper.published.date() for paper in site.papers}
    for path in (site.output / "search").glob("b*/d*.js"):
        described = value_of(path.read_text("utf-8"))
        day = 0
        for base, distance in zip(identifiers_in(described), numbers(described[1]), strict=True):
            day += distance
            assert date.fromordinal(day) == expected[base]


def test_an_incremental_build_writes_what_a_cold_one_does(site: Site, tmp_path: Path) -> None:
    bases = set()
    for number in range(1, 20, 3):
        site.add(*[site.new(number + more, title=f"Quokka {number + more}") for more in range(3)])
        files = site.build()
        bases.add(frozenset(base_of(files)))
        cold = Site(tmp_path / f"cold-{number}")
        for path in (site.content / "feeds").iterdir():
            (cold.content / "feeds" / path.name).write_bytes(path.read_bytes())
        assert cold.build() == files
    assert len(bases) > 2  # the base has grown twice
    assert len(site.found("quokka")) == 21


def test_damage_to_the_cache_does_no_harm(site: Site) -> None:
    before = site.build()
    for path in (site.content.parent / ".sitegen").glob("search*/*"):
        path.write_bytes(path.read_bytes()[:40])
    site.add(site.new(1))
    assert base_of(site.build()) == base_of(before)


def test_a_site_without_papers_can_be_searched(site: Site) -> None:
    for path in (site.content / "feeds").iterdir():
        path.unlink()
    site.build()
    assert site.found("anything") == site.found("year:2020") == site.found('"two words"') == []


def test_hits_are_counted_by_category_publication_and_author() -> None:
    persons = [people.PersonName(name, slug, (name,), 1) for name, slug in (("Ada", "ada"), ("Bo", "bo"))]
    papers = [
        people.PaperFacets("q-bio.PE", True, ("bo", "ada")),
        people.PaperFacets("q-bio.NC", False, ("bo",)),
        people.PaperFacets("cs.NE", True, ("nobody-told-apart",)),
        people.PaperFacets("stat.ML", False, ()),
    ]
    categories, told, column = people.facets(persons, papers)
    assert categories.split("\n") == ["cs.NE", "q-bio.NC", "q-bio.PE", "stat.ML"]
    assert told.split("\n") == ["Bo", "Ada"]
    # Twice the category and whether it is published, the number of authors, and these.
    assert list(numbers(column)) == [5, 2, 0, 1, 2, 1, 0, 1, 0, 6, 0]
