"""The Library: all papers and people of the archive, with the indexes that pages need. It is read-only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import cache
from typing import TypeVar

import msgspec

from sitegen.library.people import People
from sitegen.models import AnnounceType, MarkdownPage, Note, Paper, Person

K = TypeVar("K", date, str)
V = TypeVar("V")


class Library(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All papers, people, notes and Markdown pages of the archive. Papers are newest first in all members."""

    papers: Mapping[str, Paper]  # by base identifier
    people: Mapping[str, Person]  # by slug, in the order of family names
    persons: People  # the index of people
    different: tuple[tuple[str, ...], ...]  # names, or slugs, of different persons; from people.toml
    submitted_on: Mapping[date, tuple[Paper, ...]]  # day of version 1, newest day first
    revised_on: Mapping[
        date, tuple[Paper, ...]
    ]  # day of the latest version, if it is later than that of version 1
    announced_on: Mapping[
        date, tuple[tuple[AnnounceType, Paper], ...]
    ]  # day of the listing, in arXiv's time zone
    in_category: Mapping[str, tuple[Paper, ...]]  # primary or cross-listed, categories in alphabetical order
    day_of: Mapping[str, date]  # base identifier -> day of version 1
    position: Mapping[str, int]  # base identifier -> rank in `papers`
    order: tuple[Paper, ...]  # the values of `papers`
    notes: Mapping[str, tuple[Note, ...]]  # base identifier -> notes
    pages: tuple[MarkdownPage, ...]
    zone: tzinfo  # in which a day begins and ends
    newest_feed: datetime | None  # the newest of the feeds' own dates

    def day(self, moment: datetime) -> date:
        """Return the day on which a moment falls in the archive's time zone."""
        return day_in(self.zone)(moment)


def assemble(
    papers: Sequence[Paper],
    people: People,
    *,
    zone: tzinfo,
    notes: Sequence[Note] = (),
    pages: Sequence[MarkdownPage] = (),
    newest_feed: datetime | None = None,
    different: tuple[tuple[str, ...], ...] = (),
    own_category: str = "",
) -> Library:
    """Return the Library of merged papers (newest first), their authors, notes and Markdown pages.

    Papers whose feeds name no category count under ``own_category``, that of the site, if it has one.
    """
    default = (own_category,) if own_category else ()
    submitted_on: dict[date, list[Paper]] = {}
    revised_on: dict[date, list[Paper]] = {}
    announced_on: dict[date, list[tuple[AnnounceType, Paper]]] = {}
    in_category: dict[str, list[Paper]] = {}
    bases = [paper.id.base for paper in papers]
    day = day_in(zone)
    days = [day(paper.published) for paper in papers]
    for paper, submitted in zip(papers, days, strict=True):
        submitted_on.setdefault(submitted, []).append(paper)
        if paper.updated != paper.published and (revised := day(paper.updated)) > submitted:
            revised_on.setdefault(revised, []).append(paper)
        for announcement in paper.announcements:
            announced_on.setdefault(announcement.day, []).append((announcement.kind, paper))
        for category in paper.categories or default:
            in_category.setdefault(category, []).append(paper)
    noted: dict[str, list[Note]] = {}
    for note in notes:
        noted.setdefault(note.paper, []).append(note)
    return Library(
        papers=dict(zip(bases, papers, strict=True)),
        people=people.by_slug,
        persons=people,
        different=different,
        submitted_on=_frozen(submitted_on, newest_first=True),
        revised_on=_frozen(revised_on, newest_first=True),
        announced_on=_frozen(announced_on, newest_first=True),
        in_category=_frozen(in_category),
        day_of=dict(zip(bases, days, strict=True)),
        position=dict(zip(bases, range(len(bases)), strict=True)),
        order=tuple(papers),
        notes=_frozen(noted),
        pages=tuple(pages),
        zone=zone,
        newest_feed=newest_feed,
    )


@cache
def day_in(zone: tzinfo) -> Callable[[datetime], date]:
    """Return a function that gives the day of a moment in a time zone. Pages and exports both use it."""
    if str(zone) == "UTC":  # all moments are in UTC, so that no conversion is needed
        return datetime.date
    return lambda moment: moment.astimezone(zone).date()


def _frozen(lists: dict[K, list[V]], newest_first: bool = False) -> dict[K, tuple[V, ...]]:
    return {key: tuple(lists[key]) for key in sorted(lists, reverse=newest_first)}
