"""A fetch over a real connection: what it brings, what it refuses, and how it behaves towards arXiv."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import chain, cycle, pairwise, repeat
from pathlib import Path

import pytest
from arxiv_server import FAULTS, START, Arxiv, Clock, Record, records, serve
from conftest import PATIENCE

from sitegen.errors import ConfigError, FetchError
from sitegen.feeds import feed, store
from sitegen.fetch import client, writer
from sitegen.fetch.client import RequestPolicy
from sitegen.fetch.harvest import HarvestLimits
from sitegen.fetch.request import FetchOptions
from sitegen.fetch.run import FetchReport, fetch, last_complete
from sitegen.library.merge import merge
from sitegen.models import Paper

SITE = """\
title = "Neurons"
url = "https://example.org/"
contact = "lab@example.org"
[fetch]
categories = ["q-bio.NC"]
"""
CERTIFICATE = Path(__file__).parent / "data" / "tls" / "certificate.pem"  # of this machine, for tests only
POLITE = RequestPolicy(spacing=3.0, connect=PATIENCE, read=PATIENCE, largest=2_000_000)
REACH = HarvestLimits(page=10, overlap=3)


class Site:
    """A content folder, and the server that it fetches from."""

    def __init__(self, folder: Path, arxiv: Arxiv) -> None:
        self.content, self.arxiv = folder / "content", arxiv
        self.feeds = self.content / "feeds"
        self.feeds.mkdir(parents=True)
        (self.content / "site.toml").write_text(SITE, "utf-8")

    def fetch(self, limits: HarvestLimits = REACH, **wanted: object) -> FetchReport:
        wanted = {"endpoint": self.arxiv.endpoint, **wanted}
        return fetch(
            self.content,
            FetchOptions(**wanted),  # type: ignore[arg-type]
            clock=made_clock(self.arxiv),
            policy=POLITE,
            limits=limits,
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


def made_clock(arxiv: Arxiv) -> client.Clock:
    """Return the server's clock in the form that the program takes."""
    clock = arxiv.clock
    return client.Clock(monotonic=clock.monotonic, sleep=clock.sleep, now=clock.now, random=clock.random)


def offered(arxiv: Arxiv) -> dict[str, int]:
    return {paper.id: paper.version for paper in arxiv.papers}


READ_ONCE = cache(feed.parse_answer)  # what it gives is frozen, and follows from the bytes alone


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(feed, "parse_answer", READ_ONCE)
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


def test_three_seconds_pass_between_requests_wherever_the_api_is(site: Site) -> None:
    wanted = FetchOptions(endpoint=site.arxiv.endpoint)
    fetch(site.content, wanted, clock=made_clock(site.arxiv), limits=REACH)  # with the program's own manners
    assert len(site.arxiv.requests) == 7
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


def test_when_all_was_fetched_last_is_known(site: Site) -> None:
    assert last_complete(site.content) is None
    site.fetch()
    first = last_complete(site.content)
    site.arxiv.clock.sleep(86400)
    site.fetch(max=5)
    site.fetch()
    assert first is not None
    assert 0 <= (last_complete(site.content) - first).total_seconds() - 86400 < 60


def test_a_later_fetch_brings_what_is_new_or_revised(site: Site) -> None:
    papers = site.arxiv.papers
    site.fetch()
    papers[5] = papers[5].revised(START)
    papers.append(Record("2603.00099", START, START))
    report = site.fetch()
    assert (report.new, report.changed) == (1, 1)
    assert site.held() == offered(site.arxiv)
    assert len(site.entries()) == 45


def test_a_revision_announced_late_is_found_behind_later_ones(site: Site) -> None:
    papers = site.arxiv.papers
    for number in range(20, 35):
        papers[number] = papers[number].revised(START - timedelta(days=1, hours=number))
    site.fetch()
    papers[3] = papers[3].revised(START - timedelta(days=4))
    assert site.fetch().changed == 1
    assert site.held() == offered(site.arxiv)


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
        report = site.fetch(HarvestLimits(page=10, overlap=3, last=30))
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


@pytest.mark.parametrize(
    ("at", "fault"),
    [
        (1, "empty page"),
        (1, "short page"),
        (1, "another page"),
        (1, "duplicate entries"),
        (2, "another page in disguise"),
        (2, "another total"),
    ],
)
def test_what_cannot_be_true_is_asked_again(site: Site, at: int, fault: str) -> None:
    site.arxiv.faults = chain(repeat("", at - 1), [fault], repeat(""))
    site.fetch()
    first, second = site.arxiv.requests[at - 1 : at + 1]
    assert (first.fault, first.path) == (fault, second.path)


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


# --- what arXiv asks for -------------------------------------------------------------------------------------


def test_what_is_tried_again_is_told(site: Site) -> None:
    site.arxiv.faults = chain(["503", "truncated"], repeat(""))
    said: list[str] = []
    wanted = FetchOptions(endpoint=site.arxiv.endpoint)
    fetch(site.content, wanted, clock=made_clock(site.arxiv), policy=POLITE, limits=REACH, say=said.append)
    assert len(said) == 2
    assert re.fullmatch(r"arXiv answers with HTTP 503: asking again in \d+ s", said[0])
    assert re.fullmatch(r".+: asking again in \d+ s", said[1])


def wait_after(site: Site, fault: str) -> float:
    """Return the seconds between a first request with a fault and the next one."""
    site.arxiv.faults = chain([fault], repeat(""))
    site.fetch()
    first, second, *_ = site.arxiv.requests
    return second.began - first.ended


@pytest.mark.parametrize(
    ("fault", "seconds"), [("429, seconds", 17), ("429, date", 20), ("503", 5), ("429", 3.75), ("500", 3.75)]
)
def test_it_waits_as_long_as_arxiv_wants(site: Site, fault: str, seconds: float) -> None:
    assert wait_after(site, fault) == pytest.approx(seconds, abs=1)


def test_who_waits_in_vain_waits_longer_each_time(site: Site) -> None:
    site.arxiv.faults = repeat("500")
    with pytest.raises(FetchError, match=r"HTTP 500 \(7 attempts\)"):
        site.fetch()
    began = [request.began for request in site.arxiv.requests]
    waits = [after - before for before, after in pairwise(began)]
    assert waits == sorted(waits)
    assert len(waits) == client.ATTEMPTS - 1
    assert waits[-1] > 8 * waits[0]


def test_it_does_not_wait_for_an_hour(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAULTS, "429", lambda it: it.send(b"Rate exceeded.", 429, Retry_After="3600"))
    site.arxiv.faults = repeat("429")
    with pytest.raises(FetchError, match="fetch again in 60 minutes"):
        site.fetch()
    assert len(site.arxiv.requests) == 1


def test_all_waiting_together_has_an_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run of a workflow ends after an hour, and would publish nothing: the fetch has to end before."""
    monkeypatch.setitem(FAULTS, "429", lambda it: it.send(b"Rate exceeded.", 429, Retry_After="500"))
    site.arxiv.faults = cycle(["429", "429", ""])  # so that no page fails for good
    began = site.arxiv.clock.monotonic()
    with pytest.raises(FetchError, match=r"more than 30 minutes .*what has arrived is kept"):
        site.fetch()
    assert 1200 < site.arxiv.clock.monotonic() - began < 1800
    site.arxiv.faults = repeat("")
    assert site.fetch().new == 43


def test_a_query_that_arxiv_refuses_is_not_asked_for_long(site: Site) -> None:
    site.arxiv.faults = repeat("error entry, 400")
    with pytest.raises(FetchError, match="start must be an integer") as caught:
        site.fetch(query="all:%%%")
    assert len(site.arxiv.requests) == 3
    assert "correct the query" in str(caught.value)


def test_a_redirect_on_the_same_host_is_followed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAULTS, "redirect loop", lambda it: it.send(b"", 301, Location=it.path + "&again=1"))
    site.arxiv.faults = chain(["redirect loop"], repeat(""))
    assert site.fetch().new == 43
    assert_polite(site.arxiv)


def test_nothing_leads_from_https_to_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with serve(Arxiv(records(5), Clock())) as plain, serve(Arxiv(records(5), Clock()), CERTIFICATE) as arxiv:
        site = Site(tmp_path, arxiv)
        assert site.fetch().new == 5
        monkeypatch.setitem(
            FAULTS, "redirect loop", lambda it: it.send(b"", 302, Location=plain.address + it.path)
        )
        arxiv.faults = repeat("redirect loop")
        with pytest.raises(FetchError, match="from https to http"):
            site.fetch(full=True)
        assert plain.requests == []


# --- what is refused -----------------------------------------------------------------------------------------


def test_an_empty_answer_is_no_success(site: Site) -> None:
    site.arxiv.papers = []
    with pytest.raises(FetchError, match="arXiv finds no paper"):
        site.fetch()
    assert site.files() == {}


def test_an_answer_that_lacks_a_fifth_of_what_is_known_is_refused(site: Site) -> None:
    site.fetch()
    before = site.files()
    del site.arxiv.papers[10:20]
    with pytest.raises(FetchError, match="of 43 papers that the archive has, 10 are not in arXiv's answer"):
        site.fetch(full=True)
    assert site.files() == before
    assert site.fetch(full=True, accept_loss=True).unchanged == 33
    assert site.files() == before


@pytest.mark.parametrize("query", ["", "all:neuron AND cat:q-bio.NC"], ids=["category", "free query"])
def test_a_count_that_falls_by_a_fifth_is_not_believed_by_a_later_fetch(site: Site, query: str) -> None:
    site.fetch(query=query)
    before = site.files()
    del site.arxiv.papers[10:20]
    with pytest.raises(FetchError, match="of 43 papers that the archive has, 10 are not in arXiv's answer"):
        site.fetch(query=query)
    assert site.files() == before
    site.fetch(query=query, accept_loss=True)
    assert site.fetch(query=query).requests <= 3


def test_two_fetches_at_once(site: Site) -> None:
    with writer.locked_feeds(site.content), pytest.raises(FetchError, match="another fetch is at work"):
        site.fetch()
    assert site.fetch().new == 43


def test_a_site_that_asks_for_nothing(site: Site) -> None:
    (site.content / "site.toml").write_text('title = "x"\nurl = "https://example.org/"\n', "utf-8")
    with pytest.raises(ConfigError, match="fetch: there is nothing to fetch") as caught:
        site.fetch()
    assert "--query" in str(caught.value)


# --- limits, single papers -----------------------------------------------------------------------------------


def test_a_limit_of_papers_is_gone_on_from(site: Site) -> None:
    reports = []
    while len(reports) < 20:
        reports.append(site.fetch(max=9))
        if reports[-1].complete:
            break
    assert (reports[0].new, reports[0].complete) == (9, False)
    assert all(report.new < 2 * 9 for report in reports)
    assert site.held() == offered(site.arxiv)
    assert len(site.entries()) == 43


def test_single_papers_besides(site: Site) -> None:
    ids = '\nids = ["2505.00002", "q-bio/0309001", "2505.99999"]\n'
    (site.content / "site.toml").write_text(SITE + ids, "utf-8")
    site.arxiv.papers.append(Record("q-bio/0309001", START, START, categories=("math.CO",)))
    report = site.fetch()
    assert report.new == 44
    assert "q-bio/0309001" in site.held()
    (problem,) = report.problems
    assert problem.location.key == "2505.99999"
    assert "does not know" in problem.message


# --- a crash at each step ------------------------------------------------------------------------------------


class Crash(BaseException):
    """The process ends here: nothing catches it."""


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_crash_at_any_write_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real, owner = (os.fsync, os) if step == "fsync" else (Path.replace, Path)
    left = 0

    def crashing(*arguments: object) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            raise Crash
        return real(*arguments)  # type: ignore[operator]

    with serve(Arxiv(records(12), Clock())) as arxiv:
        for writes in range(1, 60):
            site = Site(tmp_path / str(writes), arxiv)
            monkeypatch.setattr(owner, step, crashing)
            left = writes
            try:
                site.fetch()
                break
            except Crash:
                pass
            finally:
                monkeypatch.setattr(owner, step, real)
            site.fetch()
            assert site.held() == offered(arxiv)
            assert len(site.entries()) == 12, writes
            assert not list(site.feeds.glob(".*"))
        assert writes > 4
