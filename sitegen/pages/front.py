"""The front page, the owner's own pages and notes, and the page for what is missing."""

from __future__ import annotations

from datetime import date

from sitegen.models import Announcement, MarkdownPage, Paper
from sitegen.pages import split, urls
from sitegen.pages.archive import years_chart
from sitegen.pages.authors import prolific
from sitegen.pages.calendar import Calendar
from sitegen.pages.contexts import (
    Count,
    Group,
    Home,
    Item,
    NoteLine,
    NotesPage,
    NotFound,
    TextPage,
)
from sitegen.pages.edition import Edition, update_mark
from sitegen.pages.paper import note_id

_PAPERS_OF_A_DAY = 12
_CATEGORIES_SHOWN = 8
_PROLIFIC_SHOWN = 8


def home(edition: Edition, calendar: Calendar) -> Home:
    """Return what the front page shows."""
    library = edition.library
    newest = library.day(library.order[0].published) if library.order else None
    newest_feed = library.day(library.newest_feed) if library.newest_feed else None
    categories = sorted(library.in_category.items(), key=lambda item: (-len(item[1]), item[0]))
    return Home(
        title=edition.site.title,
        description=edition.site.description,
        url=urls.HOME,
        section=urls.HOME,
        crumbs=(),
        feed_url=urls.SITE_FEED,
        field=_field(edition),
        papers=len(library.order),
        people=len(library.people),
        since=str(calendar.years[0]) if calendar.years else "",
        newest=urls.spoken_date(newest) if newest else "",
        newest_iso=newest.isoformat() if newest else "",
        newest_feed=urls.spoken_date(newest_feed) if newest_feed else "",
        newest_feed_iso=newest_feed.isoformat() if newest_feed else "",
        days=_latest_days(edition, calendar),
        years_chart_html=years_chart(calendar, "Papers per year"),
        categories=tuple(
            Count(label=identifier, url=urls.category(identifier), count=len(papers))
            for identifier, papers in categories[:_CATEGORIES_SHOWN]
        ),
        prolific=prolific(edition, _PROLIFIC_SHOWN),
    )


def _field(edition: Edition) -> str:
    field = edition.config.field
    parts = ("arXiv" if field.category else "", field.category, field.name)
    return " · ".join(part for part in parts if part and part != edition.site.title)


def _latest_days(edition: Edition, calendar: Calendar) -> tuple[Group, ...]:
    """Return the latest days with what came or changed on them; a paper stands once, where it changed last."""
    groups: list[Group] = []
    for day in reversed(calendar.days):
        if len(groups) == edition.config.lists.home_days:
            break
        papers = [(paper, update_mark(paper)) for paper in calendar.revised.get(day, ())]
        papers += [
            (paper, _arrival_mark(paper, day))
            for paper in calendar.submitted.get(day, ())
            if _is_unchanged(edition, paper)
        ]
        if papers:
            items = (
                Item(entry=edition.entry(paper), mark=mark, abstract_html="")
                for paper, mark in sorted(papers, key=_by_arrival)[:_PAPERS_OF_A_DAY]
            )
            more = max(0, len(papers) - _PAPERS_OF_A_DAY)
            groups.append(
                Group(label=urls.spoken_date(day), url=urls.day(day), items=tuple(items), more=more)
            )
    return tuple(groups)


def _by_arrival(marked: tuple[Paper, str]) -> int:
    """Put new papers first, then cross-lists, then what was revised."""
    marks = ("new", "cross-list")
    return marks.index(marked[1]) if marked[1] in marks else len(marks)


def _arrival_mark(paper: Paper, day: date) -> str:
    """Return how a paper came: only a listing of that very day tells a cross-list from a new paper."""
    return "cross-list" if Announcement(day, "cross") in paper.announcements else "new"


def _is_unchanged(edition: Edition, paper: Paper) -> bool:
    return edition.library.day(paper.updated) <= edition.library.day_of[paper.id.base]


def text_page(edition: Edition, page: MarkdownPage) -> TextPage:
    """Return what a Markdown page shows."""
    return TextPage(
        title=page.title,
        description=page.description or edition.site.description,
        url=urls.markdown_page(page.slug),
        section=urls.markdown_page(page.slug),
        crumbs=(),
        feed_url="",
        body_html=edition.with_assets(page.html),
    )


def notes_parts(edition: Edition) -> int:
    """Return how many pages the list of notes takes."""
    return len(split.parts(_notes(edition), edition.config.lists.page_size))


def notes_page(edition: Edition, number: int) -> NotesPage:
    """Return part ``number`` (from 1) of the list of notes, newest first."""
    runs = split.parts(_notes(edition), edition.config.lists.page_size)
    return NotesPage(
        title="Notes",
        description=f"Notes on papers of {edition.site.title}.",
        url=urls.part(urls.NOTES, number),
        section=urls.NOTES,
        crumbs=(),
        feed_url="",
        notes=tuple(runs[number - 1]),
        pager=split.pager(urls.NOTES, len(runs), number),
    )


def _notes(edition: Edition) -> list[NoteLine]:
    notes = [note for notes in edition.library.notes.values() for note in notes]
    notes.sort(key=lambda note: (note.date.isoformat() if note.date else "", note.slug), reverse=True)
    return [
        NoteLine(
            title=note.title,
            url=f"{urls.paper(note.paper)}#{note_id(note)}",
            author=note.author,
            date=urls.spoken_date(note.date) if note.date else "",
            entry=edition.entry(edition.library.papers[note.paper]),
        )
        for note in notes
    ]


def not_found(edition: Edition) -> NotFound:
    """Return what a missing page shows."""
    return NotFound(
        title="Page not found",
        description=f"This page of {edition.site.title} does not exist.",
        url="404.html",
        section="404.html",
        crumbs=(),
        feed_url="",
    )
