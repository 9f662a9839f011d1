"""All papers of a query: page after page of arXiv's API, until it is certain that none is missing.

The API lies under load. It sends empty pages, short ones, other ones, and totals that are too small; its results also
really change while they are read. So no page is trusted by itself (``HarvestState.judge``: what contradicts itself,
or the page before it, is asked for again), and a harvest is complete only when

- every page began with the last papers of the page before it (they overlap by ``Reach.overlap``), so that nothing
  lies between them;
- the end was seen twice: by the page that reached it, and by one that was to go beyond and brought nothing new;
- as many different papers came as arXiv counts;
- nothing changed meanwhile: a paper inserted before the place that was read, or withdrawn there, moves the overlap,
  and one that comes or goes behind it changes the count.

An honest API passes on the first round. Where results changed, another round is made from the start, three at the
most. What cannot be seen: a paper that is inserted and another that is withdrawn between the same two pages (or, of
a harvest beyond 30,000, between two windows), both before the place that was read. The next `fetch --full` finds it.

Pages are asked for in order of submission, oldest first, because what is new then comes last. The API refuses to go
beyond 30,000 results; from there the query goes on from the minute in which the last paper was submitted, and in
the end the papers of all such windows are compared with what arXiv then counts in all.
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

# Later than any paper; the API wants both ends of a range.
_ALWAYS = "299912312359"
_DOUBTS = 2  # so many times what may be true is asked again; then it is

Progress = Callable[[str, int, int, str], None]  # what is done, how much of it, how much there is, a detail


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far the API lets one go, and how far we do."""

    page: int = 1000  # papers of one request
    overlap: int = 25  # papers that a page shares with the one before it
    last: int = 30_000  # start + page must not exceed it
    rounds: int = 3  # from the start, where results change meanwhile


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the API: a search in its own language, and the first minute of submission wanted."""

    search: str
    since: str = ""  # YYYYMMDDHHMM, UTC
    newest_change_first: bool = False

    @property
    def expression(self) -> str:
        """The search with its first minute, as the API reads it."""
        if not self.since:
            return self.search
        return f"({self.search}) AND submittedDate:[{self.since} TO {_ALWAYS}]"

    def url(self, endpoint: str, start: int, count: int) -> str:
        """Return the address of one page of the answer."""
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
    """One believed answer, and where it stands in the harvest."""

    asked: datetime  # when it came
    round: int
    since: str  # first minute of the window, as in Question
    start: int
    total: int
    ids: tuple[str, ...]  # of all entries in order, of bad ones too
    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...]


def minute(day: date | datetime) -> str:
    """Return a day, or a moment in UTC, as the API writes it."""
    return day.strftime("%Y%m%d%H%M")


def read_answer(body: bytes) -> Answer:
    """Read an answer of arXiv; Rejected if it is no feed, or an error in the form of one."""
    try:
        return feed.parse_answer(body, "arXiv's answer")
    except FeedError as error:
        raise Rejected(error.problems[0].message) from None


class HarvestState:
    """Where a harvest stands: all that follows from the pages so far, and so what to ask for next.

    It is made of its pages alone, which is why a harvest can go on after a kill: the pages that were kept are
    taken again, in their order.
    """

    def __init__(self, question: Question, reach: Reach) -> None:
        self._question, self._reach = question, reach
        self.papers: dict[str, Paper] = {}  # of all rounds, by base identifier; the latest answer
        self.problems: dict[str, Problem] = {}
        self.pages = 0
        self.began: datetime | None = None  # when the first page came
        self.round = 0
        self.complete = self.hopeless = False
        self._begin_round()

    def _begin_round(self) -> None:
        self.round += 1
        self.hopeless = self.round > self._reach.rounds
        self.seen: dict[str, None] = {}  # of this round, in order
        self.total = 0
        self._moved = self._last_look = False
        self._begin_window(self._question.since, ())

    def _begin_window(self, since: str, before: Iterable[str]) -> None:
        self.question = msgspec.structs.replace(self._question, since=since)
        self.start = 0
        self._tail = tuple(before)  # with these the next page has to begin
        self._in_window = dict.fromkeys(self._tail)
        self._window_total: int | None = None

    def url(self, endpoint: str) -> str:
        """Return the address of the page to ask for next."""
        return self.question.url(endpoint, self.start, self._reach.page)

    def judge(self, now: datetime) -> Callable[[bytes], Page]:
        """Return what tells, of the answers to one request, the first that can be true."""
        doubted: dict[tuple[str, ...], int] = {}

        def judge(body: bytes) -> Page:
            answer = read_answer(body)
            total = self._refuse_lies(answer)
            if doubt := self._doubt(answer, total):
                # It may be true, if results have just changed. Then it is said again.
                key = (str(total), *answer.ids)
                doubted[key] = doubted.get(key, 0) + 1
                if doubted[key] <= _DOUBTS:
                    raise Rejected(doubt)
            return Page(
                asked=now,
                round=self.round,
                since=self.question.since,
                start=self.start,
                total=total,
                ids=answer.ids,
                papers=answer.papers,
                problems=answer.problems,
            )

        return judge

    def _refuse_lies(self, answer: Answer) -> int:
        """Return how many results arXiv counts; Rejected if the answer contradicts itself or the question."""
        count, total = len(answer.ids), answer.total
        end = self.start + count
        if total is None or answer.start is None:
            raise Rejected(
                "the answer is no answer of arXiv's API: it does not say how many results there are"
            )
        if answer.start != self.start:
            raise Rejected(f"arXiv answers with results from {answer.start} on, not from {self.start} on")
        if not count:
            but = f", though arXiv counts {total:,} results" if total else ": arXiv finds no paper"
            raise Rejected(f"the answer is empty{but}")
        if count > self._reach.page:
            raise Rejected(f"arXiv answers with {count:,} results where {self._reach.page:,} were asked for")
        if len(set(answer.ids)) < count:
            raise Rejected("the same paper stands twice in the answer")
        if count < self._reach.page and end < total:
            raise Rejected(f"the answer is short: it ends with result {end:,} of {total:,}")
        if end > total:
            raise Rejected(f"arXiv counts {total:,} results, but sends {end:,}")
        return total

    def _doubt(self, answer: Answer, total: int) -> str:
        if self._window_total is not None and total != self._window_total:
            return f"arXiv counted {self._window_total:,} results, and now {total:,}"
        if self._tail and set(self._tail).isdisjoint(answer.ids):
            return "the answer does not follow on the one before it"
        return ""

    def take(self, page: Page) -> None:
        """Go on by one page."""
        self.pages += 1
        self.began = self.began or page.asked
        self.papers |= {paper.id.base: paper for paper in page.papers}
        self.problems |= {f"{problem.location.key}: {problem.message}": problem for problem in page.problems}
        if self._tail and set(self._tail).isdisjoint(page.ids):
            self._begin_round()  # more has changed than the overlap can bridge
            return
        # At the very beginning nothing can have come or gone before the overlap.
        head = page.ids[: len(self._tail)] if page.start else page.ids
        self._moved |= not set(self._tail) <= set(head)
        brought = [id for id in page.ids if id not in self._in_window]
        self._in_window |= dict.fromkeys(page.ids)
        self.seen |= dict.fromkeys(page.ids)
        if self._last_look:
            self.complete = page.total == len(self.seen)
            if not self.complete:
                self._begin_round()
            return
        self._moved |= self._window_total not in (None, page.total)
        self._window_total = page.total
        if self.question.since == self._question.since:
            self.total = page.total  # of a later window it is only what is left
        if not brought:
            self._end_round(page.total)
            return
        end = page.start + len(page.ids)
        following = max(0, end - self._reach.overlap)
        if following + self._reach.page <= self._reach.last:
            self.start = following
            self._tail = page.ids[max(0, following - page.start) :]
        else:
            self._go_on_by_date()

    def _go_on_by_date(self) -> None:
        latest = max(paper.published for id in self.seen if (paper := self.papers.get(id)))
        since = minute(latest)
        of_then = [id for id in self.seen if (p := self.papers.get(id)) and minute(p.published) >= since]
        self._begin_window(since, of_then)

    def _end_round(self, total: int) -> None:
        if self._moved or len(self._in_window) != total:
            self._begin_round()
        elif self.question.since == self._question.since:
            self.complete = True
        else:
            # The first window's count is from long ago: what came behind us since then is only in a new one.
            self._begin_window(self._question.since, ())
            self._last_look = True


def whole(
    client: ArxivClient,
    endpoint: str,
    question: Question,
    reach: Reach,
    journal: Journal[Page],
    *,
    most: int,
    progress: Progress,
) -> HarvestState:
    """Return the trail of a complete harvest; FetchError if it cannot be had.

    Where ``most`` is not 0, it ends with so many papers more than an earlier run had. The journal holds the pages
    of a run that was stopped, and is given each new one.
    """
    trail = HarvestState(question, reach)
    for page in journal.entries():
        if (page.round, page.since, page.start) != (trail.round, trail.question.since, trail.start):
            journal.clear()  # another version of the program kept it
            trail = HarvestState(question, reach)
            break
        trail.take(page)
    before = len(trail.papers)
    while not trail.complete and not (most and len(trail.papers) >= before + most):
        if trail.hopeless:
            journal.clear()
            message = f"arXiv's answers did not agree with each other in {reach.rounds} rounds"
            raise FetchError.at(trail.url(endpoint), message, "fetch again later; the archive is as it was")
        page = client.ask(trail.url(endpoint), trail.judge(client.now()))
        journal.keep(page)
        trail.take(page)
        _tell(progress, "fetching papers", trail, reach, trail.total)
    return trail


def latest(
    client: ArxivClient,
    endpoint: str,
    question: Question,
    reach: Reach,
    is_news: Callable[[Paper], bool],
    since: datetime,
    *,
    most: int,
    progress: Progress,
) -> HarvestState | None:
    """Return what changed last, back to a page without news that ends before ``since``; None: it is too much.

    A paper that is revised while pages are read moves to the front, and all others by one: that is why pages
    overlap here too, and why shifts do no harm.
    """
    trail = HarvestState(msgspec.structs.replace(question, newest_change_first=True), reach)
    while not (most and len(trail.papers) >= most):
        page = client.ask(trail.url(endpoint), trail.judge(client.now()))
        trail.take(page)
        if trail.round > 1 or trail.question.since != question.since:
            return None
        _tell(progress, "fetching what is new", trail, reach, min(trail.total, len(trail.seen) + reach.page))
        oldest = min((paper.updated for paper in page.papers), default=since)
        if trail.complete or (oldest < since and not any(map(is_news, page.papers))):
            trail.complete = True
            break
    return trail


def _tell(progress: Progress, stage: str, trail: HarvestState, reach: Reach, total: int) -> None:
    pages = max(trail.pages, -(-total // (reach.page - reach.overlap)))
    progress(stage, len(trail.seen), max(total, len(trail.seen)), f"page {trail.pages} of {pages}")
