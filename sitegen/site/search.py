"""The search page and the pages of saved searches."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import urlencode, urlsplit

from sitegen.site import split, urls
from sitegen.site.contexts import Count, Group, Link, SearchPage, WatchPage
from sitegen.site.lists import items_of_year
from sitegen.site.model import SiteModel


def search_page(site: SiteModel) -> SearchPage:
    """Return what the search page shows before, and without, a script."""
    settings = site.settings()
    place = urlsplit(settings.url)
    return SearchPage(
        title="Search",
        description=f"Search all papers of {settings.title} by words, authors, categories and years.",
        url=urls.SEARCH,
        section=urls.SEARCH,
        domain=f"{place.netloc}{place.path}".rstrip("/"),
        categories=bool(site.categories()),
        watches=tuple(
            [
                Count(label=watch.title, url=urls.watch(watch.slug), count=len(site.watch(watch.slug)))
                for watch in site.watches()
            ]
        ),
    )


def watch_page(site: SiteModel, slug: str, number: int) -> WatchPage:
    """Return part ``number`` (from 1) of the papers of a saved search, newest first."""
    watch = next(watch for watch in site.watches() if watch.slug == slug)
    url, papers = urls.watch(slug), site.watch(slug)
    part = split.part(url, papers, site.lists().page_size, number)
    return WatchPage(
        title=watch.title,
        description=f"Papers of {site.settings().title} that match a saved search: {watch.title}.",
        url=part.url,
        section=urls.SEARCH,
        crumbs=(Link(label="Search", url=urls.SEARCH),),
        feed_url=urls.feed(url),
        query=watch.query,
        search_url=f"{urls.SEARCH}?{urlencode({'q': watch.query})}",
        papers=len(papers),
        years=tuple(
            [
                Group(label=str(year), url=urls.year(year), items=items_of_year(site, members))
                for year, members in groupby(part.items, key=lambda base: site.submitted_on(base).year)
            ]
        ),
        pager=part.pager,
    )
