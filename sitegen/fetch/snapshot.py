"""Read arXiv's metadata snapshot, which has one JSON object in each line (https://www.kaggle.com/datasets/Cornell-University/arxiv)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date
from io import BufferedIOBase
from pathlib import Path
from typing import cast

import msgspec

from sitegen.errors import FetchError, Location, Problem
from sitegen.feeds import taxonomy
from sitegen.feeds.document import printable
from sitegen.feeds.feed import read_date, read_dois, unread_dois, web_address
from sitegen.models import ArxivId, Paper, Version
from sitegen.text import credits
from sitegen.text.characters import clean, folded, writable
from sitegen.text.hyphens import rejoined
from sitegen.text.markup import authored, decoded

_LINES = 5000  # between two calls of progress
_REMEDY = "correct the line, or use a newer snapshot"


class _Version(msgspec.Struct, frozen=True):
    version: str  # v1, v2 …
    created: str  # RFC 822


class _Record(msgspec.Struct, frozen=True):
    """One line of the snapshot; its other fields are not read."""

    id: str
    title: str
    abstract: str
    categories: str  # separated by spaces, the primary one first
    authors_parsed: list[list[str]]  # family, given, suffix, then affiliations
    versions: list[_Version]
    comments: str | None = None
    journal_ref: str | None = msgspec.field(default=None, name="journal-ref")
    doi: str | None = None
    license: str | None = None


_DECODER = msgspec.json.Decoder(_Record)


def read(
    path: Path,
    categories: Collection[str],
    *,
    since: date | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> tuple[list[Paper], list[Problem]]:
    """Return the papers of a snapshot that are in one of the categories, and a problem for each line that is skipped.

    The file may be gzipped. ``progress`` is called with the number of bytes read and the size of the file. FetchError
    if the file cannot be read, or no line is a paper.
    """
    wanted = {taxonomy.canonical(category) or category for category in categories}
    papers: list[Paper] = []
    problems: list[Problem] = []
    read_any = False
    try:
        size = path.stat().st_size
        with path.open("rb") as raw, _unpacked(raw, path) as lines:
            for number, line in enumerate(lines, 1):
                if number % _LINES == 0:
                    progress(raw.tell(), size)
                if not line.strip():
                    continue
                try:
                    record = _DECODER.decode(line)
                    read_any = True
                    if wanted.isdisjoint(_categories(record)):
                        continue
                    paper = _paper(record)
                    if since is None or paper.published.date() >= since:
                        papers.append(paper)
                        problems += _unread(record, Location(path=str(path), line=number, key=paper.id.base))
                except (
                    Exception
                ) as error:  # of any kind: one bad line must not stop the reading of the others
                    where = Location(path=str(path), line=number)
                    message = f"the line is skipped: {_message(error)}"
                    problems.append(Problem(location=where, message=message, remedy=_REMEDY))
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FetchError.at(path, f"cannot be read: {reason}", "name the snapshot's JSON file") from None
    if not read_any:
        remedy = "name arxiv-metadata-oai-snapshot.json, unpacked or as .gz"
        raise FetchError.at(path, "no line is a paper of arXiv's metadata snapshot", remedy)
    return papers, problems


def _unread(record: _Record, where: Location) -> Iterator[Problem]:
    """Yield a problem for each part of a line that its paper lacks because it cannot be read."""
    for message in unread_dois(filter(None, [record.doi])):
        yield Problem(location=where, message=message, remedy=_REMEDY)


def _unpacked(raw: BufferedIOBase, path: Path) -> BufferedIOBase:
    return cast(BufferedIOBase, gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw


def _categories(record: _Record) -> tuple[str, ...]:
    """Return the categories of a paper, the primary one first, in their canonical form."""
    found = (taxonomy.canonical(term) or term for term in record.categories.split())
    return tuple(dict.fromkeys(found))


def _paper(record: _Record) -> Paper:
    """Return the paper of a line; ValueError with the reason if it cannot be one."""
    base = ArxivId.parse(record.id).base
    title = _authored(record.title)
    if not title:
        raise ValueError("it has no title")
    abstract = authored(clean(writable(record.abstract))).strip()
    if not record.versions:
        raise ValueError("it has no versions")
    versions = tuple(sorted(map(_version, record.versions)))
    categories = _categories(record)
    return Paper(
        id=ArxivId(base, versions[-1].number),
        title=rejoined(title, f"{title}\n{abstract}"),
        credits=credits.credits(map(_author, record.authors_parsed)),
        abstract=rejoined(abstract, f"{title}\n{abstract}"),
        published=versions[0].submitted,
        updated=versions[-1].submitted,
        comment=_authored(record.comments),
        journal_ref=_authored(record.journal_ref),
        dois=read_dois([record.doi or ""]),
        primary=next(iter(categories), ""),
        categories=categories,
        license=web_address(_text(record.license)),
        versions=versions,
    )


def _version(known: _Version) -> Version:
    """Return a version with its date in UTC; ValueError if its number or date cannot be read."""
    number = known.version.removeprefix("v")
    if not (number.isascii() and number.isdecimal()):
        raise ValueError(f"«{printable(known.version, 40)}» is no version")
    return Version(int(number), read_date(known.created).astimezone(UTC))


def _author(parts: list[str]) -> tuple[str, tuple[str, ...]]:
    """Return the name of an author as feeds print it, given name first, and the affiliations."""
    family, given, suffix, *places = (*parts, "", "", "")[: max(3, len(parts))]
    printed = decoded(" ".join(part for part in (given, family, suffix) if part))
    return printed, tuple(dict.fromkeys(filter(None, map(_text, map(decoded, places)))))


def _message(error: Exception) -> str:
    """Return what is wrong with a line, for a problem's message."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return printable(str(error) if isinstance(error, msgspec.MsgspecError | ValueError) else repr(error))


def _text(text: str | None) -> str:
    """Return a text in one line, without characters that are invisible or that XML cannot hold."""
    return folded(writable(text or ""))


def _authored(text: str | None) -> str:
    """Return a text in one line, with entities decoded and pasted HTML tags as TeX."""
    return folded(authored(_text(text)))
