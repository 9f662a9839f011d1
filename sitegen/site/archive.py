"""The archive by date: all years, a year, a month, a day."""

from __future__ import annotations

from calendar import Calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from sitegen.models import AnnounceType
from sitegen.site import charts, split, urls
from sitegen.site.contexts import (
    ArchivePage,
    CalendarDay,
    DayPage,
    Group,
    Item,
    Link,
    MonthLine,
    MonthPage,
    Tint,
    YearLine,
    YearPage,
)
from sitegen.site.date_queries import Day, Month
from sitegen.site.lists import items, other_date, primaries, room_beside, update_mark
from sitegen.site.model import SiteModel

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# The headings of arXiv's own listings, in their order; then what is known of a day without one.
_LISTED = ("New", "Cross-listed", "Replaced")
_HAPPENED = ("Submitted", "Revised")
REVISIONS = ("Replaced", "Revised")
_HEADING: Mapping[AnnounceType, str] = {
    "new": "New",
    "cross": "Cross-listed",
    "replace": "Replaced",
    "replace-cross": "Replaced",
}
_CRUMB = Link(label="Archive", url=urls.ARCHIVE)
_CATEGORIES_SHOWN = 12
# Lines that the calendar of a month takes beside its list.
_LINES_OF_CALENDAR = 12


def years_chart(years: Sequence[tuple[int, int]], title: str, *, wide: bool = False) -> str:
    """Return papers per year as bars, from the first year to the last; years without papers are marked.

    ``years`` holds years and numbers of papers, the oldest year first.
    """
    if not years:
        return ""
    counts = dict(years)
    bars = [
        charts.Bar(
            label=str(year), value=counts.get(year, 0), url=urls.year(year) if year in counts else None
        )
        for year in range(years[0][0], years[-1][0] + 1)
    ]
    return charts.bars(bars, title=title, wide=wide)


def archive_page(site: SiteModel) -> ArchivePage:
    """Return what the list of all years shows."""
    total, years = site.number_of_papers(), site.years()
    return ArchivePage(
        title="Archive",
        description=f"All {total:,} papers of {site.settings().title} by year, month and day.",
        url=urls.ARCHIVE,
        section=urls.ARCHIVE,
        papers=total,
        years_chart_html=years_chart(years, "Papers per year", wide=True),
        years=tuple(
            YearLine(
                label=str(year),
                url=urls.year(year),
                count=count,
                bibliography_url=urls.year_bibliography(year) if count else "",
            )
            for year, count in reversed(years)
        ),
    )


def year_page(site: SiteModel, year: int) -> YearPage:
    """Return what the page of a year shows."""
    months, older, newer = site.year(year)
    counts = {day: count for _, days in months for day, count in days}
    total = sum(counts.values())
    few = total <= site.lists().page_size
    tints = charts.tints(filter(None, counts.values()))
    return YearPage(
        title=str(year),
        description=f"{total:,} papers of {site.settings().title} submitted in {year}, by month and day.",
        url=urls.year(year),
        section=urls.ARCHIVE,
        crumbs=(_CRUMB,),
        papers=total,
        extent=_extent({day: count for day, count in counts.items() if count}),
        tints=tuple(Tint(tint=tint, label=label) for tint, label in charts.legend(tints)),
        months=tuple(_month_line(month, dict(days), tints) for month, days in months),
        groups=tuple(
            Group(label=urls.MONTHS[month[1] - 1], url=urls.month(*month), items=items(site, papers))
            for month, _ in reversed(months)
            if few and (papers := site.month(month).papers)
        ),
        bibliography_url=urls.year_bibliography(year) if total else "",
        newer=Link(label=str(newer), url=urls.year(newer)) if newer is not None else None,
        older=Link(label=str(older), url=urls.year(older)) if older is not None else None,
    )


def month_page(site: SiteModel, month: Month, number: int) -> MonthPage:
    """Return part ``number`` (from 1) of the page of a month."""
    papers, counts, older, newer = site.month(month)
    part = split.part(
        urls.month(*month),
        papers,
        site.lists().page_size,
        number,
        lambda *ends: _days(*map(site.submitted_on, ends)),
    )
    days = [(day, tuple(members)) for day, members in groupby(part.items, key=site.submitted_on)]
    room = room_beside(len(part.items), len(days))
    has_calendar = room >= _LINES_OF_CALENDAR
    return MonthPage(
        title=_month_name(month),
        description=f"{charts.papers(len(papers))} of {site.settings().title} submitted in {_month_name(month)}.",
        url=part.url,
        section=urls.ARCHIVE,
        crumbs=(_CRUMB, Link(label=str(month[0]), url=urls.year(month[0]))),
        papers=len(papers),
        days=tuple(
            Group(
                label=str(day.day),
                detail=WEEKDAYS[day.weekday()],
                url=urls.day(day),
                items=items(site, members),
            )
            for day, members in days
        ),
        bibliography_url=urls.year_bibliography(month[0]) if papers else "",
        pager=part.pager,
        weeks=_weeks(month, dict(counts)) if has_calendar else (),
        categories=primaries(site, part.items, _CATEGORIES_SHOWN, room - _LINES_OF_CALENDAR * has_calendar),
        newer=Link(label=_month_name(newer), url=urls.month(*newer)) if newer else None,
        older=Link(label=_month_name(older), url=urls.month(*older)) if older else None,
    )


def day_page(site: SiteModel, day: date, number: int) -> DayPage:
    """Return part ``number`` (from 1) of the page of a day."""
    known = site.day(day)
    everything, older, newer = of_day(known), known.older, known.newer
    part = split.part(urls.day(day), everything, site.lists().page_size, number)
    counts = Counter(heading for heading, _ in everything)
    groups = _groups_of_day(site, day, part.items, has_abstracts=known.is_recent)
    room = room_beside(len(part.items), len(groups))
    return DayPage(
        title=urls.spoken_date(day),
        description=f"{charts.papers(len(everything))} of {site.settings().title} on {urls.spoken_date(day)}.",
        url=part.url,
        section=urls.ARCHIVE,
        crumbs=(
            _CRUMB,
            Link(label=str(day.year), url=urls.year(day.year)),
            Link(label=urls.MONTHS[day.month - 1], url=urls.month(day.year, day.month)),
        ),
        weekday=WEEKDAYS[day.weekday()],
        announced=sum(counts[heading] for heading in _LISTED),
        submitted=counts["Submitted"],
        revised=counts["Revised"],
        groups=groups,
        bibliography_url=urls.year_bibliography(day.year) if known.submitted else "",
        pager=part.pager,
        categories=primaries(site, [base for _, base in part.items], _CATEGORIES_SHOWN, room),
        newer=Link(label=urls.short_date(newer), url=urls.day(newer)) if newer else None,
        older=Link(label=urls.short_date(older), url=urls.day(older)) if older else None,
    )


def _groups_of_day(
    site: SiteModel, day: date, papers: Sequence[tuple[str, str]], *, has_abstracts: bool
) -> tuple[Group, ...]:
    """Return papers, given with their headings, in groups; ``has_abstracts`` gives those that are new an abstract.

    A revised paper's abstract is on the page of the day on which it was new.
    """
    groups = []
    for heading in (*_LISTED, *_HAPPENED):
        is_revision = heading in REVISIONS
        members = [
            Item(
                entry=site.entry(base),
                mark=update_mark(site.paper(base)) if is_revision else "",
                date=other_date(site, base, day),
                abstract_html=site.texts(base).abstract_html if has_abstracts and not is_revision else "",
            )
            for own, base in papers
            if own == heading
        ]
        if members:
            groups.append(Group(label=heading, items=tuple(members)))
    return tuple(groups)


def _weeks(
    month: Month, counts: Mapping[date, int], tints: Mapping[int, int] | None = None
) -> tuple[tuple[CalendarDay, ...], ...]:
    """Return the days of a month in weeks from Monday to Sunday, with empty days before and after it.

    ``counts`` are the numbers of papers submitted on days with any, ``tints`` the tints of these numbers.
    """

    def cell(day: date) -> CalendarDay:
        if (day.year, day.month) != month:
            return CalendarDay()
        if day not in counts:
            return CalendarDay(label=str(day.day))
        count = counts[day]
        return CalendarDay(
            label=str(day.day), url=urls.day(day), count=count, tint=(tints or {}).get(count, 0)
        )

    return tuple([tuple(map(cell, week)) for week in Calendar().monthdatescalendar(*month)])


def number_of_papers(day: Day) -> int:
    """Return how many papers the page of a day lists."""
    return len(of_day(day)) if day.announced else len(day.submitted) + len(day.revised)


def of_day(day: Day) -> list[tuple[str, str]]:
    """Return the papers of a day, each after its heading; one that is in the day's listing stands there alone."""
    listed = [(_HEADING[kind], base) for kind, base in day.announced]
    listed.sort(key=lambda pair: _LISTED.index(pair[0]))
    there = {base for _, base in listed}
    happened = [("Submitted", base) for base in day.submitted] + [("Revised", base) for base in day.revised]
    return listed + [(heading, base) for heading, base in happened if base not in there]


def _extent(counts: Mapping[date, int]) -> str:
    """``on 247 days, most on 28 July (7)``; empty if one day has all papers, or none has any."""
    if len(counts) < 2:
        return ""
    busiest = max(counts, key=lambda day: (counts[day], day))
    name = urls.MONTHS[busiest.month - 1]
    return f"on {len(counts)} days, most on {busiest.day} {name} ({counts[busiest]})"


def _month_line(month: Month, counts: Mapping[date, int], tints: Mapping[int, int]) -> MonthLine:
    """Return a month as weeks; ``counts`` has the days that have a page, ``tints`` the tint of each count."""
    return MonthLine(
        label=urls.MONTHS[month[1] - 1],
        url=urls.month(*month),
        count=sum(counts.values()),
        weeks=_weeks(month, counts, tints),
    )


def _days(newest: date, oldest: date) -> str:
    """``30–21 Nov``, for days of one month."""
    return urls.day_and_month(newest) if newest == oldest else f"{newest.day}–{urls.day_and_month(oldest)}"


def _month_name(month: Month) -> str:
    return f"{urls.MONTHS[month[1] - 1]} {month[0]}"
