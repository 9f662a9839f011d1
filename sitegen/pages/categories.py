"""The categories: all of them, one, and one in one year."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.arxiv import taxonomy
from sitegen.models import Paper
from sitegen.pages import split, urls
from sitegen.pages.contexts import (
    CategoriesPage,
    CategoryGroup,
    CategoryLine,
    CategoryPage,
    Count,
    Item,
    Link,
    Pager,
)
from sitegen.pages.edition import Edition

_CRUMB = Link(label="Categories", url=urls.CATEGORIES)


def categories_page(edition: Edition) -> CategoriesPage:
    """Return what the list of all categories shows, in groups, the group with most papers first."""
    groups: dict[str, list[CategoryLine]] = {}
    for identifier in edition.library.in_category:
        groups.setdefault(taxonomy.group(identifier), []).append(_line(edition, identifier))
    ranked = sorted(groups.items(), key=lambda group: (-sum(line.primary for line in group[1]), group[0]))
    return CategoriesPage(
        title="Categories",
        description=f"arXiv categories of the papers of {edition.site.title}.",
        url=urls.CATEGORIES,
        section=urls.CATEGORIES,
        crumbs=(),
        feed_url="",
        groups=tuple(CategoryGroup(label=label, categories=tuple(lines)) for label, lines in ranked),
    )


def is_split(edition: Edition, identifier: str) -> bool:
    """Return whether a category has too many papers for one page, and so a page for each year."""
    return len(edition.library.in_category[identifier]) > edition.config.lists.page_size


def shown_first(edition: Edition, identifier: str) -> Sequence[Paper]:
    """Return the papers that the page of a category itself shows."""
    papers = edition.library.in_category[identifier]
    return papers[: edition.config.lists.feed_size] if is_split(edition, identifier) else papers


def category_page(edition: Edition, identifier: str) -> CategoryPage:
    """Return what the page of a category shows: all its papers, or the newest if it is split by year."""
    shown = shown_first(edition, identifier)
    return _page(edition, identifier, shown, urls.category(identifier), split.pager("", 1, 1), None)


def category_year_page(edition: Edition, identifier: str, year: int, number: int) -> CategoryPage:
    """Return part ``number`` (from 1) of a category's papers of a year."""
    runs = split.parts(edition.category_years(identifier)[year], edition.config.lists.page_size)
    section = urls.category_year(identifier, year)
    pager = split.pager(section, len(runs), number)
    return _page(edition, identifier, runs[number - 1], urls.part(section, number), pager, year)


def _page(
    edition: Edition, identifier: str, papers: Sequence[Paper], url: str, pager: Pager, year: int | None
) -> CategoryPage:
    name = taxonomy.name(identifier)
    line = _line(edition, identifier)
    label = f"{name} ({identifier})" if name != identifier else identifier
    return CategoryPage(
        title=label if year is None else f"{label}, {year}",
        description=f"{line.primary + line.cross:,} papers in {label}: "
        f"{line.primary:,} as primary category and {line.cross:,} cross-lists.",
        url=url,
        section=urls.CATEGORIES,
        crumbs=(_CRUMB,) if year is None else (_CRUMB, Link(label=identifier, url=urls.category(identifier))),
        feed_url=urls.feed(urls.category(identifier)),
        id=identifier,
        name=name,
        group=taxonomy.group(identifier),
        primary=line.primary,
        cross=line.cross,
        years=tuple(
            Count(label=str(number), url=urls.category_year(identifier, number), count=len(members))
            for number, members in edition.category_years(identifier).items()
        )
        if is_split(edition, identifier)
        else (),
        year=str(year or ""),
        items=tuple(
            Item(
                entry=edition.entry(paper),
                mark="" if paper.primary == identifier else "cross-list",
                abstract_html="",
            )
            for paper in papers
        ),
        pager=pager,
        bibliography_url=urls.bibliography(urls.category(identifier)),
    )


def _line(edition: Edition, identifier: str) -> CategoryLine:
    primary, total = edition.primaries[identifier], len(edition.library.in_category[identifier])
    return CategoryLine(
        id=identifier,
        name=taxonomy.name(identifier),
        url=urls.category(identifier),
        primary=primary,
        cross=total - primary,
    )
