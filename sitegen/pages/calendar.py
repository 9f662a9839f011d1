"""The calendar of an archive: on which days something happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sitegen.library.library import Library
from sitegen.models import Paper

# The pages of so many days, counted from the archive's newest, have abstracts to unfold. With a new day one of
# them loses its own, so that a day's news costs one page more than its own.
_DAYS_OF_NEWS = 30


class Calendar:
    """Days, months and years on which something happened, oldest first, and what was submitted then."""

    def __init__(self, library: Library) -> None:
        self.submitted: Mapping[date, Sequence[Paper]] = library.submitted_on
        self.revised: Mapping[date, Sequence[Paper]] = library.revised_on
        self.announced = library.announced_on
        self.days = sorted(self.submitted.keys() | self.revised.keys() | self.announced.keys())
        self.latest = frozenset(self.days[-_DAYS_OF_NEWS:])
        self.months = sorted({(day.year, day.month) for day in self.days})
        self.years = sorted({year for year, _ in self.months})
        self.by_year: dict[int, list[tuple[int, int]]] = {year: [] for year in self.years}
        for month in self.months:
            self.by_year[month[0]].append(month)
        self.by_month: dict[tuple[int, int], list[date]] = {month: [] for month in self.months}
        for day in sorted(self.submitted):
            self.by_month[day.year, day.month].append(day)

    def papers_of_month(self, month: tuple[int, int]) -> list[Paper]:
        """Return the papers submitted in a month, newest first."""
        return [paper for day in reversed(self.by_month[month]) for paper in self.submitted[day]]

    def papers_of_year(self, year: int) -> list[Paper]:
        """Return the papers submitted in a year, newest first."""
        return [
            paper for month in reversed(self.by_year.get(year, [])) for paper in self.papers_of_month(month)
        ]

    def count(self, year: int) -> int:
        """Return the number of papers submitted in a year."""
        return sum(
            len(self.submitted[day]) for month in self.by_year.get(year, ()) for day in self.by_month[month]
        )
