"""The archive by date: all years, a year, a month, a day."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TypeVar

from sitegen.models import AnnounceType, Paper
from sitegen.pages import charts, split, urls
from sitegen.pages.calendar import Calendar
from sitegen.pages.contexts import (
    ArchivePage,
    Count,
    DayPage,
    Group,
    Item,
    Link,
    MonthLine,
    MonthPage,
    YearLine,
    YearPage,
)
from sitegen.pages.edition import Edition, update_mark

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# The headings of arXiv's own listings, in their order; then what is known of a day without one.
_LISTED = ("New", "Cross-listed", "Replaced")
_HAPPENED = ("Submitted", "Revised")
_REVISIONS = ("Replaced", "Revised")
_HEADING: Mapping[AnnounceType, str] = {
    "new": "New",
    "cross": "Cross-listed",
    "replace": "Replaced",
    "replace-cross": "Replaced",
}
_CRUMB = Link(label="Archive", url=urls.ARCHIVE)

K = TypeVar("K", date, int, tuple[int, int])


def years_chart(calendar: Calendar, title: str) -> str:
    """Return papers per year as bars, from the first year to the last without a gap."""
    if not calendar.years:
        return ""
    span = range(calendar.years[0], calendar.years[-1] + 1)
    known = set(calendar.years)
    bars = [
        charts.Bar(
            label=str(year), value=calendar.count(year), url=urls.year(year) if year in known else None
        )
        for year in span
    ]
    return charts.bars(bars, title=title)


def archive_page(edition: Edition, calendar: Calendar) -> ArchivePage:
    """Return what the list of all years shows."""
    total = len(edition.library.order)
    return ArchivePage(
        title="Archive",
        description=f"All {total:,} papers of {edition.site.title} by year, month and day.",
        url=urls.ARCHIVE,
        section=urls.ARCHIVE,
        crumbs=(),
        feed_url="",
        papers=total,
        years_chart_html=years_chart(calendar, "Papers per year"),
        years=tuple(
            YearLine(
                label=str(year),
                url=urls.year(year),
                count=count,
                bibliography_url=urls.year_bibliography(year) if count else "",
            )
            for year in reversed(calendar.years)
            for count in (calendar.count(year),)
        ),
    )


def year_page(edition: Edition, calendar: Calendar, year: int) -> YearPage:
    """Return what the page of a year shows."""
    months = calendar.by_year[year]
    counts = {day: len(calendar.submitted[day]) for month in months for day in calendar.by_month[month]}
    total = sum(counts.values())
    older, newer = neighbours(calendar.years, year)
    few = total <= edition.config.lists.page_size
    return YearPage(
        title=str(year),
        description=f"{total:,} papers of {edition.site.title} submitted in {year}, by month and day.",
        url=urls.year(year),
        section=urls.ARCHIVE,
        crumbs=(_CRUMB,),
        feed_url="",
        papers=total,
        calendar_html=charts.heatmap(year, counts, title=f"Papers per day in {year}"),
        months=tuple(_month_line(calendar, month) for month in months),
        groups=tuple(
            Group(
                label=urls.MONTHS[month[1] - 1], url=urls.month(*month), items=edition.items(papers), more=0
            )
            for month in reversed(months)
            if few and (papers := calendar.papers_of_month(month))
        ),
        bibliography_url=urls.year_bibliography(year) if total else "",
        newer=Link(label=str(newer), url=urls.year(newer)) if newer is not None else None,
        older=Link(label=str(older), url=urls.year(older)) if older is not None else None,
    )


def month_page(edition: Edition, calendar: Calendar, month: tuple[int, int], number: int) -> MonthPage:
    """Return part ``number`` (from 1) of the page of a month."""
    papers = calendar.papers_of_month(month)
    runs = split.parts(papers, edition.config.lists.page_size)
    section = urls.month(*month)
    older, newer = neighbours(calendar.months, month)
    by_day = groupby(runs[number - 1], key=lambda paper: edition.library.day_of[paper.id.base])
    return MonthPage(
        title=_month_name(month),
        description="",
        url=urls.part(section, number),
        section=urls.ARCHIVE,
        crumbs=(_CRUMB, Link(label=str(month[0]), url=urls.year(month[0]))),
        feed_url="",
        papers=len(papers),
        days=tuple(
            Group(
                label=f"{WEEKDAYS[day.weekday()]}, {day.day} {urls.MONTHS[day.month - 1]}",
                url=urls.day(day),
                items=edition.items(members),
                more=0,
            )
            for day, members in by_day
        ),
        pager=split.pager(section, len(runs), number),
        newer=Link(label=_month_name(newer), url=urls.month(*newer)) if newer else None,
        older=Link(label=_month_name(older), url=urls.month(*older)) if older else None,
    )


def day_page(edition: Edition, calendar: Calendar, day: date, number: int) -> DayPage:
    """Return part ``number`` (from 1) of the page of a day."""
    runs = split.parts(of_day(calendar, day), edition.config.lists.page_size)
    section = urls.day(day)
    older, newer = neighbours(calendar.days, day)
    everything = of_day(calendar, day)
    counts = Counter(heading for heading, _ in everything)
    announced = sum(counts[heading] for heading in _LISTED)
    spoken = urls.spoken_date(day)
    # What is new is read here; later it is looked up, and stands on the pages of the papers.
    is_news = day in calendar.latest
    groups = (
        Group(
            label=heading,
            url="",
            items=tuple(
                Item(
                    entry=edition.entry(paper),
                    mark=_mark(heading, paper),
                    # A revised paper's abstract stood on the day when it was new.
                    abstract_html=edition.texts(paper).abstract_html
                    if is_news and heading not in _REVISIONS
                    else "",
                )
                for of_paper, paper in runs[number - 1]
                if of_paper == heading
            ),
            more=0,
        )
        for heading in (*_LISTED, *_HAPPENED)
    )
    return DayPage(
        title=spoken,
        description="",
        url=urls.part(section, number),
        section=urls.ARCHIVE,
        crumbs=(
            _CRUMB,
            Link(label=str(day.year), url=urls.year(day.year)),
            Link(label=urls.MONTHS[day.month - 1], url=urls.month(day.year, day.month)),
        ),
        feed_url="",
        weekday=WEEKDAYS[day.weekday()],
        announced=announced,
        submitted=counts["Submitted"],
        revised=counts["Revised"],
        groups=tuple(group for group in groups if group.items),
        pager=split.pager(section, len(runs), number),
        newer=Link(label=urls.short_date(newer), url=urls.day(newer)) if newer else None,
        older=Link(label=urls.short_date(older), url=urls.day(older)) if older else None,
    )


def of_day(calendar: Calendar, day: date) -> list[tuple[str, Paper]]:
    """Return the papers of a day under their headings; one that is in its listing stands there alone."""
    listed = [(_HEADING[kind], paper) for kind, paper in calendar.announced.get(day, ())]
    listed.sort(key=lambda pair: _LISTED.index(pair[0]))
    there = {paper.id.base for _, paper in listed}
    happened = [("Submitted", paper) for paper in calendar.submitted.get(day, ())]
    happened += [("Revised", paper) for paper in calendar.revised.get(day, ())]
    return listed + [(heading, paper) for heading, paper in happened if paper.id.base not in there]


def _mark(heading: str, paper: Paper) -> str:
    return update_mark(paper) if heading in _REVISIONS else ""


def _month_line(calendar: Calendar, month: tuple[int, int]) -> MonthLine:
    days = calendar.by_month[month]
    return MonthLine(
        label=urls.MONTHS[month[1] - 1],
        url=urls.month(*month),
        count=sum(len(calendar.submitted[day]) for day in days),
        days=tuple(
            Count(label=str(day.day), url=urls.day(day), count=len(calendar.submitted[day])) for day in days
        ),
    )


def _month_name(month: tuple[int, int]) -> str:
    return f"{urls.MONTHS[month[1] - 1]} {month[0]}"


def neighbours(ordered: Sequence[K], member: K) -> tuple[K | None, K | None]:
    """Return the members before and after one of an ordered list, None at its ends."""
    index = bisect_left(ordered, member)
    before = ordered[index - 1] if index else None
    return before, ordered[index + 1] if index + 1 < len(ordered) else None
