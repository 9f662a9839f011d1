"""The categories: all of them, one, and one in one year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from sitegen.feeds import taxonomy
from sitegen.site import split, urls
from sitegen.site.category_queries import CategoryYear
from sitegen.site.contexts import (
    CategoriesPage,
    CategoryGroup,
    CategoryLine,
    CategoryPage,
    Count,
    Group,
    Item,
    Link,
)
from sitegen.site.lists import category_counts, fitting, room_beside
from sitegen.site.model import SiteModel

_CRUMB = Link(label="Categories", url=urls.CATEGORIES)
# A category with fewer papers, cross-listed ones included, is folded in the list of all categories.
_SMALL = 10
_SHARED_SHOWN = 12
_COLUMNS_OF_YEARS = 2


def categories_page(site: SiteModel) -> CategoriesPage:
    """Return what the list of all categories shows, in groups, the group with most papers first."""
    lines: dict[str, list[CategoryLine]] = {}
    for code in site.categories():
        known = site.category(code)
        line = CategoryLine(
            id=code,
            name=taxonomy.name(code),
            url=urls.category(code),
            primary=known.primary,
            cross=known.cross,
        )
        lines.setdefault(taxonomy.group(code), []).append(line)
    groups = sorted(
        [_group(label, members) for label, members in lines.items()],
        key=lambda group: (-group.papers, group.label),
    )
    return CategoriesPage(
        title="Categories",
        description=f"arXiv categories of the papers of {site.settings().title}.",
        url=urls.CATEGORIES,
        section=urls.CATEGORIES,
        groups=tuple(group for group in groups if group.categories),
        small_groups=tuple(group for group in groups if not group.categories),
    )


def _group(label: str, lines: Iterable[CategoryLine]) -> CategoryGroup:
    ranked = sorted(lines, key=lambda line: (-line.primary - line.cross, line.id))
    large = [line for line in ranked if line.primary + line.cross >= _SMALL]
    if len(ranked) - len(large) == 1 and large:  # a fold that hides one line only costs a click
        large = ranked
    return CategoryGroup(
        label=label,
        papers=sum(line.primary for line in ranked),
        categories=tuple(large),
        folded=tuple(ranked[len(large) :]),
    )


def is_split(site: SiteModel, code: str) -> bool:
    """Return whether a category has too many papers for one page, and so a page for each year."""
    category = site.category(code)
    return category.primary + category.cross > site.lists().page_size


def category_page(site: SiteModel, code: str) -> CategoryPage:
    """Return what the page of a category shows: all its papers, or the newest if it is split by year."""
    papers = site.papers_of_category(code)
    shown = papers[: site.lists().feed_size] if is_split(site, code) else papers
    return _page(site, code, split.part(urls.category(code), shown, max(1, len(shown)), 1), None)


def category_year_page(site: SiteModel, key: CategoryYear, number: int) -> CategoryPage:
    """Return part ``number`` (from 1) of a category's papers of a year."""
    part = split.part(
        urls.category_year(*key),
        site.category_year(key),
        site.lists().page_size,
        number,
        lambda *ends: _days(*map(site.submitted_on, ends)),
    )
    return _page(site, key.category, part, key.year)


def _page(site: SiteModel, code: str, part: split.Part[str], year: int | None) -> CategoryPage:
    name, known = taxonomy.name(code), site.category(code)
    numbers = [number for number, _ in known.years]
    place = numbers.index(year) if year is not None else 0
    years, shared = _beside(site, code, part.items)
    label = f"{name} ({code})" if name != code else code
    return CategoryPage(
        title=label if year is None else f"{label}, {year}",
        description=f"{known.primary + known.cross:,} papers in {label}: "
        f"{known.primary:,} as primary category and {known.cross:,} cross-lists.",
        url=part.url,
        section=urls.CATEGORIES,
        crumbs=(_CRUMB,) if year is None else (_CRUMB, Link(label=code, url=urls.category(code))),
        feed_url=urls.feed(urls.category(code)),
        id=code,
        name=name,
        group=taxonomy.group(code),
        primary=known.primary,
        cross=known.cross,
        years=years,
        year=str(year or ""),
        shared=shared,
        newer=_year(code, numbers[place - 1]) if year is not None and place else None,
        older=_year(code, numbers[place + 1]) if year is not None and numbers[place + 1 :] else None,
        months=_months(site, code, part.items, year),
        pager=part.pager,
        bibliography_url=urls.bibliography(urls.category(code)),
    )


def _beside(site: SiteModel, code: str, papers: Sequence[str]) -> tuple[tuple[Count, ...], tuple[Count, ...]]:
    """Return what fits beside a list of papers: the years of the category, and other categories of these papers."""
    room = room_beside(len(papers))
    years: list[Count] = []
    if is_split(site, code):
        years = [
            Count(label=str(number), url=urls.category_year(code, number), count=count)
            for number, count in site.category(code).years
        ]
    lines = len(years) // _COLUMNS_OF_YEARS + 3
    shown = tuple(years) if lines <= room else ()
    counts = Counter([other for base in papers for other in site.paper(base).categories if other != code])
    return shown, fitting(category_counts(counts), _SHARED_SHOWN, room - lines * bool(shown))


def _months(site: SiteModel, code: str, papers: Sequence[str], year: int | None) -> tuple[Group, ...]:
    """Return papers of a category by month; ``year`` is given if the page is that of a year."""
    months = groupby(papers, key=lambda base: (site.submitted_on(base).year, site.submitted_on(base).month))
    return tuple(
        [
            Group(
                label=urls.MONTHS[month[1] - 1],
                detail="" if year is not None else str(month[0]),
                url=urls.month(*month),
                items=tuple(
                    [
                        Item(
                            entry=site.entry(base),
                            mark="" if site.paper(base).primary == code else "cross-list",
                        )
                        for base in members
                    ]
                ),
            )
            for month, members in months
        ]
    )


def _year(code: str, year: int) -> Link:
    return Link(label=str(year), url=urls.category_year(code, year))


def _days(newest: date, oldest: date) -> str:
    """``31 Dec – 4 Oct``, for days of one year."""
    ends = urls.day_and_month(newest), urls.day_and_month(oldest)
    return ends[0] if newest == oldest else " – ".join(ends)
