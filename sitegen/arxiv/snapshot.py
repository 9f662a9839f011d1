"""arXiv's metadata snapshot, one JSON object a line (https://www.kaggle.com/datasets/Cornell-University/arxiv)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Collection
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from io import BufferedIOBase
from pathlib import Path
from typing import cast

import msgspec

from sitegen.arxiv import taxonomy
from sitegen.arxiv.feed import bare_dois, clean, folded, web_address
from sitegen.arxiv.guard import printable
from sitegen.arxiv.writer import writable
from sitegen.errors import FetchError, Location, Problem
from sitegen.models import ArxivId, Credit, Paper, Version
from sitegen.text import names

_LINES = 5000  # between two words on progress
_REMEDY = "mend the line, or take a newer snapshot"


class _Version(msgspec.Struct, frozen=True):
    version: str  # v1, v2 …
    created: str  # RFC 822


class _Record(msgspec.Struct, frozen=True):
    """One line of the snapshot, of which only this is read."""

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
    """Return the papers of a snapshot, plain or gzipped, that stand in one of the categories.

    ``progress`` is called with the bytes read and those of the file. FetchError if it is no such file.
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
                except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                    where = Location(path=str(path), line=number)
                    nested = isinstance(error, RecursionError)
                    message = f"the line is skipped: {'it is nested too deeply' if nested else printable(str(error))}"
                    problems.append(Problem(location=where, message=message, remedy=_REMEDY))
    except (OSError, EOFError, zlib.error) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise FetchError.at(path, f"cannot be read: {said}", "name the snapshot's JSON file") from None
    if not read_any:
        remedy = "name arxiv-metadata-oai-snapshot.json, unpacked or as .gz"
        raise FetchError.at(path, "no line is a paper of arXiv's metadata snapshot", remedy)
    return papers, problems


def _unpacked(raw: BufferedIOBase, path: Path) -> BufferedIOBase:
    return cast(BufferedIOBase, gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw


def _categories(record: _Record) -> tuple[str, ...]:
    found = (taxonomy.canonical(term) or term for term in record.categories.split())
    return tuple(dict.fromkeys(found))


def _paper(record: _Record) -> Paper:
    """Make a paper of a line; ValueError says why it cannot be one."""
    base = ArxivId.parse(record.id).base
    title = _text(record.title)
    if not title:
        raise ValueError("it has no title")
    if not record.versions:
        raise ValueError("it has no versions")
    versions = tuple(sorted(map(_version, record.versions)))
    categories = _categories(record)
    return Paper(
        id=ArxivId(base, versions[-1].number),
        title=title,
        credits=tuple(credit for parts in record.authors_parsed if (credit := _credit(parts))),
        abstract=clean(writable(record.abstract)).strip(),
        published=versions[0].submitted,
        updated=versions[-1].submitted,
        comment=_text(record.comments),
        journal_ref=_text(record.journal_ref),
        dois=bare_dois([record.doi or ""]),
        primary=next(iter(categories), ""),
        categories=categories,
        license=web_address(_text(record.license)),
        versions=versions,
    )


def _version(known: _Version) -> Version:
    number = known.version.removeprefix("v")
    if not (number.isascii() and number.isdecimal()):
        raise ValueError(f"«{printable(known.version, 40)}» is no version")
    try:
        if not known.created.isascii():
            raise ValueError("a date has digits and letters of ASCII alone")
        moment = parsedate_to_datetime(known.created)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise ValueError(f"«{printable(known.created, 40)}» is not a date") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Version(int(number), moment.astimezone(UTC))


def _credit(parts: list[str]) -> Credit | None:
    """Read a name as feeds print it, so that a person has one name wherever a paper comes from."""
    family, given, suffix, *places = (*parts, "", "", "")[: max(3, len(parts))]
    try:
        name = names.parse(" ".join(part for part in (given, family, suffix) if part))
    except ValueError:
        return None
    return Credit(name=name, affiliations=tuple(dict.fromkeys(filter(None, map(_text, places)))))


def _text(text: str | None) -> str:
    return folded(writable(text or ""))
