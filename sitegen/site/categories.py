"""The categories: all of them, one, and one in one year."""

from __future__ import annotations

from sitegen.feeds import taxonomy
from sitegen.site import split, urls
from sitegen.site.category_queries import CategoryYear
from sitegen.site.contexts import (
    CategoriesPage,
    CategoryGroup,
    CategoryLine,
    CategoryPage,
    Count,
    Item,
    Link,
)
from sitegen.site.model import SiteModel

_CRUMB = Link(label="Categories", url=urls.CATEGORIES)


def categories_page(site: SiteModel) -> CategoriesPage:
    """Return what the list of all categories shows, in groups, the group with most papers first."""
    groups: dict[str, list[CategoryLine]] = {}
    for code in site.categories():
        known = site.category(code)
        line = CategoryLine(
            id=code,
            name=taxonomy.name(code),
            url=urls.category(code),
            primary=known.primary,
            cross=known.cross,
        )
        groups.setdefault(taxonomy.group(code), []).append(line)
    ranked = sorted(groups.items(), key=lambda group: (-sum(line.primary for line in group[1]), group[0]))
    return CategoriesPage(
        title="Categories",
        description=f"arXiv categories of the papers of {site.settings().title}.",
        url=urls.CATEGORIES,
        section=urls.CATEGORIES,
        groups=tuple(CategoryGroup(label=label, categories=tuple(lines)) for label, lines in ranked),
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
    part = split.part(urls.category_year(*key), site.category_year(key), site.lists().page_size, number)
    return _page(site, key.category, part, key.year)


def _page(site: SiteModel, code: str, part: split.Part[str], year: int | None) -> CategoryPage:
    name, known = taxonomy.name(code), site.category(code)
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
        years=tuple(
            Count(label=str(number), url=urls.category_year(code, number), count=count)
            for number, count in known.years
        )
        if is_split(site, code)
        else (),
        year=str(year or ""),
        items=tuple(
            Item(
                entry=site.entry(base),
                mark="" if site.paper(base).primary == code else "cross-list",
            )
            for base in part.items
        ),
        pager=part.pager,
        bibliography_url=urls.bibliography(urls.category(code)),
    )
