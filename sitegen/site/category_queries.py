"""Queries for categories, given by arXiv's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from sitegen.incremental.queries import query
from sitegen.site.site_data import SiteData


class Category(NamedTuple):
    """The number of papers of a category."""

    primary: int  # that have it as their primary category
    cross: int  # that are cross-listed to it
    years: tuple[tuple[int, int], ...]  # years with papers and the number of these, newest first


class CategoryYear(NamedTuple):
    """A year of a category."""

    category: str
    year: int

    def __str__(self) -> str:
        return f"{self.category} {self.year}"


class CategoryQueries(SiteData):
    """All that pages show of categories."""

    def _codes(self) -> Iterable[str]:
        return self._library.in_category

    @query()
    def categories(self) -> tuple[str, ...]:
        """Return all categories in alphabetical order."""
        return tuple(self._library.in_category)

    @cached_property
    def _primaries(self) -> Mapping[str, int]:
        own = self._config.field.category
        counts = Counter(
            [paper.primary for paper in self._library.order if paper.primary in paper.categories]
        )
        counts[own] += sum([not paper.categories for paper in self._library.order])
        return counts

    @cached_property
    def _category_years(self) -> Mapping[CategoryYear, tuple[str, ...]]:
        """The papers of each category in each year, newest first."""
        year_of = {base: day.year for base, day in self._library.day_of.items()}
        return {
            CategoryYear(code, year): tuple(bases)
            for code, papers in self._library.in_category.items()
            for year, bases in groupby([paper.id.base for paper in papers], key=year_of.__getitem__)
        }

    @cached_property
    def _years_of(self) -> Mapping[str, list[tuple[int, int]]]:
        years: dict[str, list[tuple[int, int]]] = {}
        for (code, year), bases in self._category_years.items():
            years.setdefault(code, []).append((year, len(bases)))
        return years

    @query(_codes)
    def category(self, code: str) -> Category:
        """Return the number of papers of a category."""
        primary, total = self._primaries[code], len(self._library.in_category[code])
        return Category(primary, total - primary, tuple(self._years_of[code]))

    @query(_codes)
    def papers_of_category(self, code: str) -> tuple[str, ...]:
        """Return the papers of a category, primary or cross-listed."""
        return tuple([paper.id.base for paper in self._library.in_category[code]])

    @query(lambda self: self._category_years)
    def category_year(self, year: CategoryYear) -> tuple[str, ...]:
        """Return the papers of a category in a year."""
        return self._category_years[year]
