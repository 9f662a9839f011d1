"""Harvest all papers of a query from arXiv's API, page after page, until it is certain that none is missing.

Under load the API sends wrong answers: pages that are empty, short or of other results, and totals that are too
small. The results also really change while they are read. So an answer that contradicts itself or the page before is
requested again (``HarvestState.page_parser``), and a harvest is complete only when

- every page began with the last papers of the page before it (pages overlap by ``HarvestLimits.overlap``), so that
  no paper between two pages is missing;
- two pages showed the end: one that reached it, and one that started there and had no new papers;
- the number of different papers is the number that arXiv counts;
- no change was seen: a paper inserted or withdrawn before the current position shifts the overlap, and one inserted
  or withdrawn after it changes the count.

If the API answers correctly, one round is enough. If the results changed, another round starts from the beginning;
there are at most three. One case goes unnoticed: a paper is inserted and another one withdrawn between the same two
pages (or, in a harvest of more than 30,000 papers, between two windows), both before the current position. The next
`fetch --full` finds that paper.

Pages are requested in order of submission, oldest first, so that new papers come last. The API sends no results
beyond 30,000. The query continues there with the minute in which the last paper was submitted, as a new window of
results; at the end, the number of papers of all windows is compared with a new count of the whole query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from urllib.parse import urlencode

import msgspec

from sitegen.errors import FeedError, FetchError, Problem
from sitegen.feeds import feed
from sitegen.feeds.feed import Answer
from sitegen.fetch.client import ArxivClient, Rejected
from sitegen.fetch.journal import Journal
from sitegen.models import Paper

# Later than any paper: the API requires both ends of a range.
_END_OF_TIME = "299912312359"
_GZIP = b"\x1f\x8b"  # the first bytes of a gzip
_MOST_PER_COUNTED = 2  # papers of a round for each that arXiv counted when it began
_REPEATED_DOUBTS = 2  # a doubtful answer that comes once more often is believed

Progress = Callable[[str, int, int, str], None]  # name of the stage, units done, units in all, a detail


class HarvestLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of requests, and limits of the API and of a harvest."""

    page: int = 1000  # papers of one request
    overlap: int = 25  # papers that a page shares with the one before it
    last: int = 30_000  # result that the API sends; start + page must not exceed it
    rounds: int = 3  # at most, if results change while they are read
    most: int = 20_000_000  # papers of a query; arXiv has three million


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A search in the language of the API, and the minute of submission from which on papers are wanted."""

    search: str
    since: str = ""  # YYYYMMDDHHMM, UTC
    newest_change_first: bool = False

    @property
    def expression(self) -> str:
        """The search with its first minute, in the language of the API."""
        if not self.since:
            return self.search
        return f"({self.search}) AND submittedDate:[{self.since} TO {_END_OF_TIME}]"

    def url(self, endpoint: str, start: int, count: int) -> str:
        """Return the address of a page of ``count`` results, from number ``start`` on (the first is 0)."""
        order = (
            ("lastUpdatedDate", "descending") if self.newest_change_first else ("submittedDate", "ascending")
        )
        parameters = {
            "search_query": self.expression,
            "sortBy": order[0],
            "sortOrder": order[1],
            "start": start,
            "max_results": count,
        }
        return f"{endpoint}?{urlencode(parameters)}"


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """An accepted page of results, and its place in the harvest."""

    asked: datetime  # when it was requested, UTC
    round: int
    since: str  # first minute of the window, as in Query
    start: int
    total: int
    ids: tuple[str, ...]  # base identifiers of all entries in order, including entries that cannot be read
    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...]


def minute(day: date | datetime) -> str:
    """Return a day, or a moment in UTC, in the format of the API: YYYYMMDDHHMM."""
    return day.strftime("%Y%m%d%H%M")


def read_answer(body: bytes) -> Answer:
    """Parse an answer of arXiv; Rejected if it is not a feed, or a feed that reports an error."""
    # The parser takes a gzip, as feed files may be; after the client's, it would be a second layer of compression.
    if body.startswith(_GZIP):
        raise Rejected("the answer is compressed twice")
    try:
        return feed.parse_answer(body, "arXiv's answer")
    except FeedError as error:
        raise Rejected(error.problems[0].message) from None


class HarvestState:
    """The progress of a harvest, which determines the page to request next.

    It depends on nothing but the pages added. So a harvest that was interrupted continues when the pages in its
    journal are added again, in their order.
    """

    def __init__(self, query: Query, limits: HarvestLimits) -> None:
        self._query, self._limits = query, limits
        self.papers: dict[str, Paper] = {}  # of all rounds, by base identifier; the latest answer
        self.problems: dict[str, Problem] = {}  # by entry and message
        self.pages = 0
        self.began: datetime | None = None  # when the first page was requested
        self.round = 0
        self.complete = self.failed = False
        self._begin_round()

    def _begin_round(self) -> None:
        """Start from the first result again; what a round has found stays in ``papers``."""
        self.round += 1
        self.failed = self.round > self._limits.rounds
        self.seen: dict[str, None] = {}  # base identifiers of this round, in order
        self.total = 0  # papers that arXiv counts
        self._has_changed = self._is_recount = False
        self._begin_window(self._query.since, ())

    def _begin_window(self, since: str, before: Iterable[str]) -> None:
        """Start a window of results with the minute ``since``; its first page repeats the papers ``before``."""
        self.query = msgspec.structs.replace(self._query, since=since)
        self.start = 0
        self._overlap = tuple(before)  # identifiers with which the next page has to begin
        self._in_window = dict.fromkeys(self._overlap)
        self._window_total: int | None = None

    def url(self, endpoint: str) -> str:
        """Return the address of the page to request next."""
        return self.query.url(endpoint, self.start, self._limits.page)

    def page_parser(self, now: datetime) -> Callable[[bytes], Page]:
        """Return a parser for the answers to the next request, which is made at ``now``.

        It raises Rejected for an answer that is wrong or doubtful. A doubtful answer that is repeated is accepted,
        because the results may really have changed.
        """
        doubts: dict[tuple[str, ...], int] = {}

        def parse(body: bytes) -> Page:
            answer = read_answer(body)
            total = self._checked_total(answer)
            if doubt := self._doubt(answer, total):
                key = (str(total), *answer.ids)
                doubts[key] = doubts.get(key, 0) + 1
                if doubts[key] <= _REPEATED_DOUBTS:
                    raise Rejected(doubt)
            return Page(
                asked=now,
                round=self.round,
                since=self.query.since,
                start=self.start,
                total=total,
                ids=answer.ids,
                papers=answer.papers,
                problems=answer.problems,
            )

        return parse

    def _checked_total(self, answer: Answer) -> int:
        """Return how many results arXiv counts; Rejected if the answer contradicts itself or the request."""
        count, total = len(answer.ids), answer.total
        end = self.start + count
        if total is None or answer.start is None:
            raise Rejected("the answer is not one of arXiv's API: the number of results is missing")
        if total > self._limits.most:
            raise Rejected(f"arXiv counts {total:,} results, more results than arXiv has papers")
        if answer.start != self.start:
            raise Rejected(f"arXiv answers with results from {answer.start} on, not from {self.start} on")
        if not count:
            but = f", though arXiv counts {total:,} results" if total else ": arXiv finds no paper"
            raise Rejected(f"the answer is empty{but}")
        if count > self._limits.page:
            raise Rejected(f"arXiv answers with {count:,} results where {self._limits.page:,} were asked for")
        if len(set(answer.ids)) < count:
            raise Rejected("the answer has the same paper twice")
        if count < self._limits.page and end < total:
            raise Rejected(f"the answer is short: it ends with result {end:,} of {total:,}")
        if end > total:
            raise Rejected(f"arXiv counts {total:,} results, but sends {end:,}")
        return total

    def _doubt(self, answer: Answer, total: int) -> str:
        """Return why an answer contradicts the pages before it; "" if it does not."""
        if self._window_total is not None and total != self._window_total:
            return f"arXiv counted {self._window_total:,} results, and now {total:,}"
        if self._overlap and set(self._overlap).isdisjoint(answer.ids):
            return "the answer does not continue the one before it"
        return ""

    def add(self, page: Page) -> None:
        """Add the page that was requested, and determine the next one."""
        self.pages += 1
        self.began = self.began or page.asked
        self.papers |= {paper.id.base: paper for paper in page.papers}
        self.problems |= {f"{problem.location.key}: {problem.message}": problem for problem in page.problems}
        if self._overlap and set(self._overlap).isdisjoint(page.ids):
            self._begin_round()  # papers between the two pages may be missing
            return
        # At the start of the results no paper can have been inserted or withdrawn before the overlap.
        head = page.ids[: len(self._overlap)] if page.start else page.ids
        self._has_changed |= not set(self._overlap) <= set(head)
        new = [id for id in page.ids if id not in self._in_window]
        self._in_window |= dict.fromkeys(page.ids)
        self.seen |= dict.fromkeys(page.ids)
        if len(self.seen) > _MOST_PER_COUNTED * max(self.total, self._limits.last):
            self._begin_round()  # otherwise a server that always has another paper would keep the harvest going
            return
        if self._is_recount:
            self.complete = page.total == len(self.seen)
            if not self.complete:
                self._begin_round()
            return
        self._has_changed |= self._window_total not in (None, page.total)
        self._window_total = page.total
        if self.query.since == self._query.since:
            self.total = page.total  # a later window counts only its own papers
        if not new:
            self._end_window(page.total)
            return
        end = page.start + len(page.ids)
        following = max(0, end - self._limits.overlap)
        if following + self._limits.page <= self._limits.last:
            self.start = following
            self._overlap = page.ids[max(0, following - page.start) :]
        else:
            self._begin_window_at_latest()

    def _begin_window_at_latest(self) -> None:
        """Begin a window of results with the minute in which the latest paper of this round was submitted."""
        latest = max(paper.published for id in self.seen if (paper := self.papers.get(id)))
        since = minute(latest)
        of_then = [id for id in self.seen if (p := self.papers.get(id)) and minute(p.published) >= since]
        self._begin_window(since, of_then)

    def _end_window(self, total: int) -> None:
        """Complete the harvest or this window of it, or begin a new round if the results have changed."""
        if self._has_changed or len(self._in_window) != total:
            self._begin_round()
        elif self.query.since == self._query.since:
            self.complete = True
        else:
            # The count of the first window is old: request it again, to notice papers that were inserted since then.
            self._begin_window(self._query.since, ())
            self._is_recount = True


def harvest_all(
    client: ArxivClient,
    query: Query,
    limits: HarvestLimits,
    journal: Journal[Page],
    *,
    max_papers: int,
    progress: Progress,
) -> HarvestState:
    """Return a complete harvest; FetchError if the answers never agree.

    The harvest continues after the pages in the journal, and appends to it each page that it requests. If
    ``max_papers`` is not 0, the harvest ends, incomplete, when it has that many papers more than the journal had.
    """
    state = HarvestState(query, limits)
    for page in journal.entries():
        if (page.round, page.since, page.start) != (state.round, state.query.since, state.start):
            journal.clear()  # another version of the program wrote it
            state = HarvestState(query, limits)
            break
        state.add(page)
    before = len(state.papers)
    while not state.complete and not (max_papers and len(state.papers) >= before + max_papers):
        if state.failed:
            journal.clear()
            message = f"arXiv's answers did not agree with each other in {limits.rounds} rounds"
            raise FetchError.at(
                state.url(client.endpoint), message, "fetch again later; the archive is as it was"
            )
        page = client.ask(state.url(client.endpoint), state.page_parser(client.now()))
        journal.append(page)
        state.add(page)
        _show_progress(progress, "fetching papers", state, limits, state.total)
    return state


def harvest_changes(
    client: ArxivClient,
    query: Query,
    limits: HarvestLimits,
    is_news: Callable[[Paper], bool],
    since: datetime,
    *,
    max_papers: int,
    progress: Progress,
) -> HarvestState | None:
    """Return the papers that changed last, up to a page that goes back before ``since`` and has no news.

    None if all papers have to be harvested, because the results changed too much or go on beyond the API's last one.
    A paper that is revised while pages are read moves to the front and shifts the others by one place; pages overlap,
    so that no paper is missed.
    """
    state = HarvestState(msgspec.structs.replace(query, newest_change_first=True), limits)
    while not (max_papers and len(state.papers) >= max_papers):
        page = client.ask(state.url(client.endpoint), state.page_parser(client.now()))
        state.add(page)
        if state.round > 1 or state.query.since != query.since:
            return None
        total = min(state.total, len(state.seen) + limits.page)
        _show_progress(progress, "fetching what is new", state, limits, total)
        oldest = min((paper.updated for paper in page.papers), default=since)
        if state.complete or (oldest < since and not any(map(is_news, page.papers))):
            state.complete = True
            break
    return state


def _show_progress(
    progress: Progress, stage: str, state: HarvestState, limits: HarvestLimits, total: int
) -> None:
    pages = max(state.pages, -(-total // (limits.page - limits.overlap)))
    progress(stage, len(state.seen), max(total, len(state.seen)), f"page {state.pages} of {pages}")
