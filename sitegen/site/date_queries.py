"""Queries for days, months (``(year, month)``) and years."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from heapq import nlargest
from typing import NamedTuple, TypeVar

from sitegen.incremental.queries import query
from sitegen.models import AnnounceType, Paper
from sitegen.site.site_data import SiteData

# Pages of so many newest days, which readers come back for, hold abstracts; on all they would take 1.3 KB a paper.
_DAYS_WITH_ABSTRACTS = 30

Month = tuple[int, int]
K = TypeVar("K", date, int, Month)


class Day(NamedTuple):
    """One day: its papers, and its place in the archive."""

    submitted: tuple[str, ...]
    revised: tuple[str, ...]
    announced: tuple[tuple[AnnounceType, str], ...]  # in arXiv's listing of that day
    older: date | None  # the day before it on which anything happened
    newer: date | None
    is_recent: bool  # whether its page holds abstracts


class MonthPapers(NamedTuple):
    """One month: its papers, the number of them on each day with papers, and the months before and after it."""

    papers: tuple[str, ...]
    days: tuple[tuple[date, int], ...]  # oldest first
    older: Month | None
    newer: Month | None


class Year(NamedTuple):
    """One year: its months in order, each with its days and the number of papers submitted on them."""

    months: tuple[tuple[Month, tuple[tuple[date, int], ...]], ...]
    older: int | None
    newer: int | None


class _Calendar:
    """Days, months and years on which something was submitted, revised or announced, oldest first."""

    def __init__(self, days: Iterable[date], submitted: Iterable[date]) -> None:
        self.days = sorted(days)
        self.months: list[Month] = sorted({(day.year, day.month) for day in self.days})
        self.years = sorted({year for year, _ in self.months})
        self.months_of_year: dict[int, list[Month]] = {year: [] for year in self.years}
        for month in self.months:
            self.months_of_year[month[0]].append(month)
        self.days_of_month: dict[Month, list[date]] = {month: [] for month in self.months}
        self.all_days_of_month: dict[Month, list[date]] = {month: [] for month in self.months}
        for day in self.days:
            self.all_days_of_month[day.year, day.month].append(day)
        for day in sorted(submitted):  # days with submissions only
            self.days_of_month[day.year, day.month].append(day)


class DateQueries(SiteData):
    """All that pages show of the archive by date."""

    @cached_property
    def _calendar(self) -> _Calendar:
        library = self._library
        days = library.submitted_on.keys() | library.revised_on.keys() | library.announced_on.keys()
        return _Calendar(days, library.submitted_on)

    @query()
    def days(self) -> tuple[date, ...]:
        """Return all days of the archive, oldest first."""
        return tuple(self._calendar.days)

    @query(lambda self: self._calendar.days)
    def day(self, day: date) -> Day:
        """Return a day."""
        return self._days[day]

    @cached_property
    def _days(self) -> dict[date, Day]:
        days = self._calendar.days
        recent = set(days[-_DAYS_WITH_ABSTRACTS:])
        return {day: self._make_day(day, is_recent=day in recent) for day in days}

    def _make_day(self, day: date, *, is_recent: bool) -> Day:
        library = self._library
        listed = library.announced_on.get(day, ())
        return Day(
            _bases(library.submitted_on.get(day, ())),
            _bases(library.revised_on.get(day, ())),
            tuple([(kind, paper.id.base) for kind, paper in listed]),
            *_beside(self._calendar.days, day),
            is_recent,
        )

    @query(lambda self: self._calendar.months)
    def month(self, month: Month) -> MonthPapers:
        """Return the papers submitted in a month."""
        days, submitted = self._calendar.days_of_month[month], self._library.submitted_on
        papers = tuple([base for day in reversed(days) for base in _bases(submitted[day])])
        counts = tuple([(day, len(submitted[day])) for day in days])
        return MonthPapers(papers, counts, *_beside(self._calendar.months, month))

    @query(lambda self: self._calendar.months)
    def days_of_month(self, month: Month) -> tuple[date, ...]:
        """Return the days of a month on which anything happened, oldest first."""
        return tuple(self._calendar.all_days_of_month[month])

    @query()
    def years(self) -> tuple[tuple[int, int], ...]:
        """Return all years of the archive, oldest first, and the number of papers submitted in each."""
        return tuple([(year, len(self._submitted_in(year))) for year in self._calendar.years])

    @cached_property
    def _years_with_papers(self) -> frozenset[int]:
        return frozenset([day.year for day in self._library.submitted_on])

    def _all_years(self) -> Iterable[int]:
        years = self._calendar.years
        return range(years[0], years[-1] + 1) if years else ()

    @query(_all_years)
    def has_papers(self, year: int) -> bool:
        """Return whether the archive has papers of a year between its first and its last."""
        return year in self._years_with_papers

    @query(lambda self: self._calendar.years)
    def year(self, year: int) -> Year:
        """Return the months of a year and the numbers of papers on its days."""
        calendar, submitted = self._calendar, self._library.submitted_on
        months = [
            (month, tuple([(day, len(submitted[day])) for day in calendar.days_of_month[month]]))
            for month in calendar.months_of_year[year]
        ]
        return Year(tuple(months), *_beside(calendar.years, year))

    @query(lambda self: self._calendar.years)
    def papers_of_year(self, year: int) -> tuple[str, ...]:
        """Return the papers submitted in a year."""
        return tuple(self._submitted_in(year))

    def _submitted_in(self, year: int) -> list[str]:
        calendar, submitted = self._calendar, self._library.submitted_on
        days = [day for month in calendar.months_of_year[year] for day in calendar.days_of_month[month]]
        return [paper.id.base for day in reversed(days) for paper in submitted[day]]

    @query()
    def papers(self) -> tuple[str, ...]:
        """Return all papers."""
        return tuple(self._library.papers)

    @query()
    def number_of_papers(self) -> int:
        """Return the number of papers."""
        return len(self._library.papers)

    @query()
    def newest_feed(self) -> date | None:
        """Return the day on which the newest feed was made."""
        made = self._library.newest_feed
        return self._library.day(made) if made else None

    @query()
    def latest(self) -> tuple[str, ...]:
        """Return the papers that changed last, the latest change first; as many as the site's feed has."""
        size, order = self._config.lists.feed_size, self._library.order
        moments = nlargest(size, [paper.updated for paper in order])
        changed = [paper for paper in order if paper.updated >= moments[-1]]
        changed.sort(key=lambda paper: (paper.updated, paper.id.sort_key), reverse=True)
        return _bases(changed[:size])


def _bases(papers: Iterable[Paper]) -> tuple[str, ...]:
    return tuple([paper.id.base for paper in papers])


def _beside(ordered: Sequence[K], member: K) -> tuple[K | None, K | None]:
    """Return the members before and after one of an ordered list, None at its ends."""
    index = bisect_left(ordered, member)
    before = ordered[index - 1] if index else None
    return before, ordered[index + 1] if index + 1 < len(ordered) else None
