"""Catch-up and following: the two pages, and the files of days that their script reads.

The files are scripts, because nothing else can be read from a disk. The file of a year lists its days with the
numbers of their papers. The files of a month hold the papers of its days, about FULL each, so that a reader who
scrolls fetches what comes next and no more. Abstracts take four fifths of the bytes and are in files beside those.
Each file calls ``ReaderDays.take`` with its name and its value; static/reader/days.js describes the values.

The files of months are compressed by bzip2, whose decoder is static/reader/unpack.js. A month of 250 papers with all
abstracts is then 86 to 96 KB over the network, and 101 to 114 KB with gzip alone; the files take 0.6 KB a paper on
the server, and 1.6 KB as plain JSON. Unlike zlib, bzip2 has one implementation, so that all builds write the same.
"""

from __future__ import annotations

import bz2
import re
import unicodedata
from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

import msgspec

from sitegen.models import Paper
from sitegen.site import urls
from sitegen.site.archive import REVISIONS, number_of_papers, of_day
from sitegen.site.contexts import AuthorLink, CatchUp, Count, Following, StaticFile
from sitegen.site.date_queries import Month
from sitegen.site.lists import other_date, update_mark
from sitegen.site.model import SiteModel

FULL = 150  # papers, after which the next day begins a new file: about 15 KB, and 40 KB of abstracts
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


def catch_up_page(site: SiteModel) -> CatchUp:
    """Return what the page for catching up shows before, and without, its script."""
    days = site.days()
    years, names = _newest(site, 1)
    return CatchUp(
        title="Catch up",
        description=f"All papers of {site.settings().title} since a day, with their abstracts.",
        url=urls.CATCH_UP,
        section=urls.CATCH_UP,
        oldest_iso=days[0].isoformat() if days else "",
        newest_iso=days[-1].isoformat() if days else "",
        newest=urls.spoken_date(days[-1]) if days else "",
        newest_url=urls.day(days[-1]) if days else "",
        files=tuple(map(urls.days_file, (*years, *names))),
        categories=tuple(
            [
                Count(label=code, url=urls.category(code), count=known.primary + known.cross)
                for code in site.categories()
                for known in (site.category(code),)
            ]
        ),
    )


def following_page(site: SiteModel) -> Following:
    """Return what the page for what a reader follows shows before, and without, its script."""
    days = site.days()
    return Following(
        title="Following",
        description=f"What is new in {site.settings().title} of the authors and categories that you follow.",
        url=urls.FOLLOWING,
        section=urls.FOLLOWING,
        newest_iso=days[-1].isoformat() if days else "",
        categories=bool(site.categories()),
    )


def parts(site: SiteModel, month: Month) -> list[list[date]]:
    """Return the days of a month, divided into those that share a file, oldest first."""
    parts: list[list[date]] = []
    room = 0
    for day in site.days_of_month(month):
        if room <= 0:
            parts.append([])
            room = FULL
        parts[-1].append(day)
        room -= number_of_papers(site.day(day))
    return parts


def year_file(site: SiteModel, year: int) -> StaticFile:
    """Return the file that lists the days of a year.

    Its value is a list of the files of days, the oldest first: the name, and for each day month and day, the number
    of papers that are new and the number of those that were revised.
    """
    value = [
        (
            urls.days_name(month, number),
            [(f"{day.month:02}-{day.day:02}", *_counts(site, day)) for day in days],
        )
        for month, _ in site.year(year).months
        for number, days in enumerate(parts(site, month), 1)
    ]
    return _script(str(year), value)


def _counts(site: SiteModel, day: date) -> tuple[int, int]:
    headings = [heading in REVISIONS for heading, _ in of_day(site.day(day))]
    return len(headings) - sum(headings), sum(headings)


def days_file(site: SiteModel, month: Month, number: int) -> StaticFile:
    """Return part ``number`` (from 1) of the papers of a month, by day and heading."""
    value = [
        (
            day.isoformat(),
            [
                (heading, [_paper(site, base, day, revised=heading in REVISIONS) for _, base in members])
                for heading, members in groupby(of_day(site.day(day)), key=lambda pair: pair[0])
            ],
        )
        for day in parts(site, month)[number - 1]
    ]
    return _script(urls.days_name(month, number), _packed(value))


def abstracts_file(site: SiteModel, month: Month, number: int) -> StaticFile:
    """Return the abstracts of the papers in a file of days, in the same order, but for those of revised papers.

    A revised paper's abstract is with the day on which it was new.
    """
    value = [
        site.texts(base).abstract_html
        for day in parts(site, month)[number - 1]
        for heading, base in of_day(site.day(day))
        if heading not in REVISIONS
    ]
    return _script(urls.abstracts_name(urls.days_name(month, number)), _packed(value))


def newest_files(site: SiteModel, days: int) -> list[str]:
    """Return the addresses of the files that hold the newest days, with their abstracts and the file of the years."""
    years, names = _newest(site, days)
    return [urls.days_file(name) for name in (*years, *names, *map(urls.abstracts_name, names))]


def _newest(site: SiteModel, days: int) -> tuple[list[str], list[str]]:
    """Return the names of the files of years, and of those of papers, that hold the newest days."""
    newest = site.days()[-days:]
    months = sorted({(day.year, day.month) for day in newest})
    names = [
        urls.days_name(month, number)
        for month in months
        for number, shared in enumerate(parts(site, month), 1)
        if shared[-1] in newest
    ]
    return sorted({str(day.year) for day in newest}), names


def _paper(site: SiteModel, base: str, day: date, *, revised: bool) -> tuple[Any, ...]:
    """Return a paper as an array."""
    paper, entry = site.paper(base), site.entry(base)
    state = "withdrawn" if entry.withdrawn else "published" if entry.published else ""
    return (
        base,
        entry.title_html,
        list(map(_author, entry.authors)),
        " ".join(_categories(paper)) or site.field().category,
        state,
        other_date(site, base, day),
        _revision(site, paper) if revised else "",
    )


def _revision(site: SiteModel, paper: Paper) -> str:
    """Return ``updated v3: title, abstract``, as far as the version and the one before it are known."""
    changes = site.revision(paper.id.base)
    mark = update_mark(paper)
    return mark if changes is None else f"{mark}: {', '.join(changes) or 'same abstract'}"


def _author(author: AuthorLink) -> str | tuple[str, str]:
    """Return an author's name, in a pair with the last part of the page's address if the name does not tell it.

    A name before which authors are left out begins with an ellipsis.
    """
    slug = author.url.removeprefix(urls.AUTHORS).rstrip("/")
    name = f"…{author.label}" if "…" in author.before else author.label
    return name if slug == _told_slug(author.label) else (name, slug)


def _told_slug(name: str) -> str:
    """Return the last part of most addresses of persons, as static/reader/days.js makes it of the name."""
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return _NOT_IN_SLUG.sub("-", letters.lower()).strip("-")


def _categories(paper: Paper) -> Sequence[str]:
    return (paper.primary, *[other for other in paper.categories if other != paper.primary])


def _packed(value: Any) -> str:
    """Return a value as JSON, compressed, in Base64."""
    return b64encode(bz2.compress(msgspec.json.encode(value))).decode()


def _script(name: str, value: Any) -> StaticFile:
    return StaticFile(data=b'ReaderDays.take("%s",%s)' % (name.encode(), msgspec.json.encode(value)))
