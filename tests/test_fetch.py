"""A fetch over a real connection: what it brings, what it refuses, and how it behaves towards arXiv."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest
from arxiv_server import FAULTS, START, Arxiv, Clock, Record, records, serve

from sitegen.arxiv import client, feed, store
from sitegen.arxiv.client import Manners
from sitegen.arxiv.harvest import Reach
from sitegen.errors import FetchError
from sitegen.fetch import Report, Wanted, fetch
from sitegen.library.merge import merge
from sitegen.models import Paper

SITE = """\
title = "Neurons"
url = "https://example.org/"
contact = "lab@example.org"
[fetch]
categories = ["q-bio.NC"]
"""
POLITE = Manners(spacing=3.0, connect=5, read=5, largest=2_000_000)
REACH = Reach(page=10, overlap=3)


class Site:
    """A content folder, and the server that it fetches from."""

    def __init__(self, folder: Path, arxiv: Arxiv) -> None:
        self.content, self.arxiv = folder / "content", arxiv
        self.feeds = self.content / "feeds"
        self.feeds.mkdir(parents=True)
        (self.content / "site.toml").write_text(SITE, "utf-8")

    def fetch(self, reach: Reach = REACH, **wanted: object) -> Report:
        wanted = {"endpoint": self.arxiv.endpoint, **wanted}
        return fetch(
            self.content,
            Wanted(**wanted),
            clock=client.Clock(**clock_of(self.arxiv)),
            manners=POLITE,
            reach=reach,  # type: ignore[arg-type]
        )

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.feeds.iterdir()}

    def entries(self) -> list[Paper]:
        """Return every entry of every feed file."""
        papers = []
        for path in store.feed_files(self.feeds):
            found, problems = feed.read(path, path.name)
            assert problems == ()
            papers += found
        return papers

    def held(self) -> dict[str, int]:
        """Return the version of each paper that the archive has."""
        return {paper.id.base: paper.id.version or 0 for paper in merge(self.entries())}


def clock_of(arxiv: Arxiv) -> dict[str, object]:
    clock = arxiv.clock
    return {"monotonic": clock.monotonic, "sleep": clock.sleep, "now": clock.now, "random": clock.random}


def offered(arxiv: Arxiv) -> dict[str, int]:
    return {paper.id: paper.version for paper in arxiv.papers}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with serve(Arxiv(records(43), Clock())) as arxiv:
        yield Site(tmp_path, arxiv)


def assert_polite(arxiv: Arxiv) -> None:
    for before, after in zip(arxiv.requests, arxiv.requests[1:], strict=False):
        assert after.began - before.ended >= POLITE.spacing, (before, after)


# --- what a fetch brings ------------------------------------------------------------------------------------


def test_the_first_fetch_brings_all(site: Site) -> None:
    report = site.fetch()
    assert site.held() == offered(site.arxiv)
    assert len(site.entries()) == 43
    assert (report.asked, report.got, report.new, report.changed, report.unchanged) == (43, 43, 43, 0, 0)
    # Pages of 10 that share 3: six of them, and one that shows that nothing follows.
    assert report.requests == len(site.arxiv.requests) == 7
    assert [path.name for path in report.files] == ["2026-03-01-q-bio.NC.xml"]
    assert_polite(site.arxiv)


def test_who_asks_says_who_it_is(site: Site) -> None:
    site.fetch()
    agents = {request.agent for request in site.arxiv.requests}
    assert len(agents) == 1
    assert agents.pop().endswith(" (lab@example.org)")


def test_nothing_new_is_no_file(site: Site) -> None:
    site.fetch()
    before = site.files()
    report = site.fetch()
    assert site.files() == before
    assert (report.new, report.changed, report.files) == (0, 0, ())
    assert report.requests <= 7
    assert site.fetch(full=True).unchanged == 43
    assert site.files() == before


def test_a_later_fetch_brings_what_is_new_or_revised(site: Site) -> None:
    papers = site.arxiv.papers
    site.fetch()
    papers[5] = papers[5].revised(START)
    papers.append(Record("2603.00099", START, START))
    report = site.fetch()
    assert (report.new, report.changed) == (1, 1)
    assert site.held() == offered(site.arxiv)
    assert len(site.entries()) == 45


def test_a_paper_listed_late_under_an_old_date_is_found(site: Site) -> None:
    """A cross-list changes no date of the paper: only arXiv's count tells."""
    site.fetch()
    site.arxiv.papers.insert(4, Record("2504.09999", *[records(1)[0].published] * 2))
    report = site.fetch()
    assert report.new == 1
    assert site.held() == offered(site.arxiv)


def test_only_papers_since_a_day(site: Site) -> None:
    day = site.arxiv.papers[30].published.date()
    wanted = {paper.id: 1 for paper in site.arxiv.papers if paper.published.date() >= day}
    assert 0 < len(wanted) < 43
    site.fetch(since=day)
    assert site.held() == wanted


def test_beyond_the_last_result_it_goes_on_by_date(tmp_path: Path) -> None:
    with serve(Arxiv(records(120), Clock(), last=30)) as arxiv:
        site = Site(tmp_path, arxiv)
        report = site.fetch(Reach(page=10, overlap=3, last=30))
        assert report.new == 120
        assert site.held() == offered(arxiv)
        assert len(site.entries()) == 120
        assert any("submittedDate%3A" in request.path for request in arxiv.requests)


# --- every kind of fault, once and for ever -----------------------------------------------------------------


@pytest.mark.parametrize("at", [1, 3], ids=["first page", "amid paging"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_costs_nothing(site: Site, fault: str, at: int) -> None:
    site.arxiv.faults = chain(repeat("", at - 1), [fault], repeat(""))
    report = site.fetch()
    assert report.new == 43
    assert site.held() == offered(site.arxiv)
    assert len(site.entries()) == 43
    assert_polite(site.arxiv)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_stays_is_an_error_and_leaves_the_archive(site: Site, fault: str) -> None:
    site.fetch()
    before, asked = site.files(), len(site.arxiv.requests)
    site.arxiv.papers.append(Record("2603.00099", START, START))
    site.arxiv.faults = repeat(fault)
    with pytest.raises(FetchError) as caught:
        site.fetch(full=True)
    (problem,) = caught.value.problems
    assert problem.remedy
    assert site.files() == before
    # At the worst three rounds of pages that bring two new papers each, after two looks more at each.
    assert len(site.arxiv.requests) - asked <= 3 * 22 * 3
    assert_polite(site.arxiv)
    site.arxiv.faults = None
    assert site.fetch(full=True).new == 1
    assert Counter(paper.id.base for paper in site.entries()).most_common(1)[0][1] == 1
