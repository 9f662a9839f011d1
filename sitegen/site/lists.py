"""Lists of papers, and other parts that several kinds of pages share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, tzinfo

from sitegen.models import Paper
from sitegen.site import urls
from sitegen.site.contexts import Count, Group, Item
from sitegen.site.model import SiteModel
from sitegen.text import ROOT

_STATIC_FILE = re.compile(re.escape(ROOT) + r"static/([^\"'<>?#]+)")


def items(site: SiteModel, papers: Iterable[str]) -> tuple[Item, ...]:
    """Return papers as items of a list, without marks and abstracts."""
    return tuple([Item(entry=site.entry(base)) for base in papers])


def groups_by_year(site: SiteModel, papers: Iterable[str]) -> tuple[Group, ...]:
    """Return papers, newest first, under a heading for each year."""
    years: dict[int, list[str]] = {}
    for base in papers:
        years.setdefault(site.submitted_on(base).year, []).append(base)
    return tuple(
        [
            Group(label=str(year), url=urls.year(year), items=items(site, members))
            for year, members in years.items()
        ]
    )


def prolific(site: SiteModel, most: int) -> tuple[Count, ...]:
    """Return those with most papers; who has but one is not listed, and fewer than three make no list."""
    several = site.prolific()[:most]
    if len(several) < 3:
        return ()
    people = map(site.person, several)
    return tuple(
        [
            Count(label=person.name.printed, url=urls.person(person.slug), count=len(person.papers))
            for person in people
        ]
    )


def update_mark(paper: Paper) -> str:
    """Return how a list marks a paper that is there because of a new version."""
    return f"updated v{paper.id.version}" if paper.id.version else "updated"


def stamp(moment: datetime, zone: tzinfo) -> str:
    """Return a moment as RFC 3339 in a time zone, to the second."""
    return moment.astimezone(zone).isoformat(timespec="seconds").replace("+00:00", "Z")


def with_assets(site: SiteModel, html: str) -> str:
    """Return an owner's text with the addresses of the static files that it shows (/static/plot.png)."""
    if not _STATIC_FILE.search(html):
        return html  # and ask no query
    addresses = site.asset_names()

    def address(match: re.Match[str]) -> str:
        return ROOT + addresses.get(match[1], f"static/{match[1]}")

    return _STATIC_FILE.sub(address, html)
