"""The front page, the owner's own pages and notes, and the page for what is missing."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from sitegen.exports import metadata
from sitegen.models import Announcement, Note, Paper
from sitegen.site import split, urls
from sitegen.site.archive import years_chart
from sitegen.site.contexts import (
    Count,
    Group,
    Home,
    Item,
    Link,
    NoteLine,
    NotesPage,
    NotFound,
    TextPage,
)
from sitegen.site.lists import other_date, prolific, update_mark, with_assets
from sitegen.site.model import SiteModel
from sitegen.site.paper import note_author, note_id
from sitegen.site.topics import largest_topics

_PAPERS_OF_A_DAY = 12
_CATEGORIES_SHOWN = 8
_PROLIFIC_SHOWN = 8
_TOPICS_SHOWN = 10
_NEW, _CROSS_LIST = "new", "cross-list"  # marks
_FEWEST_HEADINGS = 3  # that a page lists beside its text
_NOTE_BEGINNING = 280  # characters

# Applied to output of nh3 (see content), in which every attribute is quoted.
_HEADING = re.compile(r'<h2 id="([^"]*)">(.*?)</h2>', re.DOTALL)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
# The TeX of a formula, the number of a footnote, and all tags.
_NO_TEXT = re.compile(r"<annotation\b.*?</annotation>|<sup id=.*?</sup>|<[^>]*>", re.DOTALL)


def home(site: SiteModel) -> Home:
    """Return what the front page shows."""
    settings, years = site.settings(), site.years()
    papers = site.papers()
    newest, newest_feed = site.submitted_on(papers[0]) if papers else None, site.newest_feed()
    sizes = {code: site.category(code) for code in site.categories()}
    counts = [(code, category.primary + category.cross) for code, category in sizes.items()]
    largest = sorted(counts, key=lambda item: (-item[1], item[0]))[:_CATEGORIES_SHOWN]
    return Home(
        title=settings.title,
        description=settings.description or f"{settings.title}: papers by day, author and category.",
        url=urls.HOME,
        section=urls.HOME,
        feed_url=urls.SITE_FEED,
        field=_field(site),
        papers=len(papers),
        people=site.number_of_people(),
        since=str(years[0][0]) if years else "",
        newest=urls.spoken_date(newest) if newest else "",
        newest_iso=newest.isoformat() if newest else "",
        newest_feed=urls.spoken_date(newest_feed) if newest_feed else "",
        newest_feed_iso=newest_feed.isoformat() if newest_feed else "",
        newest_day_iso=site.days()[-1].isoformat() if papers else "",
        days=_latest_days(site),
        years_chart_html=years_chart(years, "Papers per year"),
        categories=tuple(Count(label=code, url=urls.category(code), count=count) for code, count in largest),
        topics=largest_topics(site, _TOPICS_SHOWN),
        map_url=urls.MAP if site.has_map() else "",
        prolific=prolific(site, _PROLIFIC_SHOWN),
    )


def _field(site: SiteModel) -> str:
    field, title = site.field(), site.settings().title
    parts = ("arXiv" if field.category else "", field.category, field.name)
    return " · ".join(part for part in parts if part and part != title)


def _latest_days(site: SiteModel) -> tuple[Group, ...]:
    """Return the latest days with what came or changed on them; a paper stands once, where it changed last."""
    groups: list[Group] = []
    days = site.days()
    for day in reversed(days):
        if len(groups) == site.lists().home_days:
            break
        listed = site.day(day)
        papers = [(base, update_mark(site.paper(base))) for base in listed.revised]
        papers += [
            (base, _arrival_mark(site.paper(base), day, is_newest=day == days[-1]))
            for base in listed.submitted
            if site.updated_on(base) <= site.submitted_on(base)
        ]
        if papers:
            shown = sorted(papers, key=_by_arrival)[:_PAPERS_OF_A_DAY]
            members = [
                Item(entry=site.entry(base), mark=mark, date=other_date(site, base, day))
                for base, mark in shown
            ]
            more = len(papers) - len(shown)
            groups.append(
                Group(
                    label=urls.day_and_month(day),
                    detail=str(day.year),
                    url=urls.day(day),
                    items=tuple(members),
                    more=more,
                )
            )
    return tuple(groups)


def _by_arrival(marked: tuple[str, str]) -> int:
    """Put new papers first, then cross-lists, then what was revised."""
    marks = (_NEW, "", _CROSS_LIST)
    return marks.index(marked[1]) if marked[1] in marks else len(marks)


def _arrival_mark(paper: Paper, day: date, *, is_newest: bool) -> str:
    """Return how a paper came: only a listing of that very day tells a cross-list from a new paper.

    On days before the newest one, the heading says when a paper was new; a mark would not tell it from the others.
    """
    if Announcement(day, "cross") in paper.announcements:
        return _CROSS_LIST
    return _NEW if is_newest else ""


def text_page(site: SiteModel, slug: str) -> TextPage:
    """Return what a Markdown page shows."""
    page, settings = site.markdown_page(slug), site.settings()
    headings = tuple([Link(label=_plain(html), url=f"#{name}") for name, html in _HEADING.findall(page.html)])
    return TextPage(
        title=page.title,
        description=page.description or settings.description or f"A page of {settings.title}.",
        url=urls.markdown_page(slug),
        section=urls.markdown_page(slug),
        headings=headings if len(headings) >= _FEWEST_HEADINGS else (),
        body_html=with_assets(site, page.html),
    )


def _plain(html: str) -> str:
    """Return an owner's markup as plain text in one line."""
    return " ".join(unescape(_NO_TEXT.sub("", html)).split())


def notes_page(site: SiteModel, number: int) -> NotesPage:
    """Return part ``number`` (from 1) of the list of notes, newest first."""
    part = split.part(urls.NOTES, site.all_notes(), site.lists().page_size, number)
    return NotesPage(
        title="Notes",
        description=f"Notes on papers of {site.settings().title}.",
        url=part.url,
        section=urls.NOTES,
        notes=tuple(
            NoteLine(
                title=note.title,
                url=f"{urls.paper(note.paper)}#{note_id(note)}",
                author=note_author(site, note),
                date=urls.spoken_date(note.date) if note.date else "",
                beginning=_beginning(note),
                entry=site.entry(note.paper),
            )
            for note in part.items
        ),
        pager=part.pager,
    )


def _beginning(note: Note) -> str:
    """Return the beginning of a note's first paragraph as plain text."""
    first = _PARAGRAPH.search(note.html)
    return metadata.shorten(_plain(first[1]), _NOTE_BEGINNING) if first else ""


def not_found(site: SiteModel) -> NotFound:
    """Return what a missing page shows."""
    return NotFound(
        title="Page not found",
        description=f"This page of {site.settings().title} does not exist.",
        url="404.html",
        section="404.html",
    )
