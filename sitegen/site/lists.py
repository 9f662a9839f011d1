"""Lists of papers, and other parts that several kinds of pages share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo

from sitegen.models import Paper
from sitegen.site import charts, urls
from sitegen.site.bylines import author_links
from sitegen.site.contexts import Count, Item
from sitegen.site.model import SiteModel
from sitegen.text import ROOT

_STATIC_FILE = re.compile(re.escape(ROOT) + r"static/([^\"'<>?#]+)")


# The height of a list and of what stands beside it, counted in lines of the latter: an entry takes two at least.
_LINES_OF_ENTRY = _LINES_OF_HEADING = 2


def items(site: SiteModel, papers: Iterable[str]) -> tuple[Item, ...]:
    """Return papers as items of a list under a heading that tells their day."""
    return tuple([Item(entry=site.entry(base)) for base in papers])


def items_of_year(site: SiteModel, papers: Iterable[str]) -> tuple[Item, ...]:
    """Return papers as items of a list under a heading that tells their year."""
    return tuple(
        [Item(entry=site.entry(base), date=urls.day_and_month(site.submitted_on(base))) for base in papers]
    )


def items_of_person(site: SiteModel, slug: str, papers: Iterable[str]) -> tuple[Item, ...]:
    """Return papers, of one year, as items of a list on the page of one of their authors."""
    return tuple(
        [
            Item(
                entry=site.entry(base),
                authors=author_links(site.byline(base), slug),
                date=urls.day_and_month(site.submitted_on(base)),
            )
            for base in papers
        ]
    )


def room_beside(entries: int, headings: int = 0) -> int:
    """Return how many lines fit beside a list at least, so that the right column is never the longer one."""
    return _LINES_OF_ENTRY * entries + _LINES_OF_HEADING * headings


def fitting(counts: Sequence[Count], most: int, room: int) -> tuple[Count, ...]:
    """Return the first counts, at most ``most``, that fit below a heading into ``room`` lines."""
    return tuple(counts[: max(0, min(most, room - _LINES_OF_HEADING))])


def primaries(site: SiteModel, papers: Iterable[str], most: int, room: int) -> tuple[Count, ...]:
    """Return the primary categories of papers, the most frequent first, as many as fit into ``room`` lines.

    None is returned if they say no more than the papers themselves: a single one, or all with one paper each.
    """
    counts = Counter([primary for base in papers if (primary := site.entry(base).primary)])
    telling = 1 < len(counts) < counts.total()
    return fitting(category_counts(counts), most, room) if telling else ()


def category_counts(counts: Mapping[str, int]) -> list[Count]:
    """Return categories with their numbers of papers, the most frequent first."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Count(label=code, url=urls.category(code), count=count) for code, count in ranked]


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


def activity(site: SiteModel, title: str, years: Sequence[int]) -> str:
    """Return a picture of the papers per year, given the year of each paper, the newest first."""
    counts = Counter(years)
    series = [(year, counts[year]) for year in range(years[-1], years[0] + 1)]
    gaps = [year for year, papers in series if not papers and not site.has_papers(year)]
    return charts.sparkline(series, title=title, gaps=gaps)


def update_mark(paper: Paper) -> str:
    """Return how a list marks a paper that is there because of a new version."""
    return f"updated v{paper.id.version}" if paper.id.version else "updated"


def other_date(site: SiteModel, base: str, day: date) -> str:
    """Return the day on which a paper was submitted, if it is not the day that the heading of its list tells."""
    submitted = site.submitted_on(base)
    return "" if submitted == day else urls.short_date(submitted)


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
