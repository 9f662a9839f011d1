"""Reads a checked feed with feedparser; the only module that imports feedparser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from time import gmtime, struct_time
from typing import Any, cast

import feedparser

from sitegen.errors import FeedError, Location, Problem
from sitegen.feeds import bounds
from sitegen.feeds.document import FETCH_AGAIN, printable
from sitegen.feeds.guard import CheckedFeed, FeedEntry
from sitegen.text.characters import clean

CORRECT_ENTRY = "correct the entry, or fetch the feed again"

# The guard has converted every feed to UTF-8. Without this header feedparser would guess the encoding.
_HEADERS = {"content-type": "application/atom+xml; charset=utf-8"}

# feedparser's result takes 20 KB an entry, so that entries are read in runs of this many.
_RUN = 200
_EPOCH = gmtime(0)
Raw = dict[str, Any]  # feedparser's result for a feed, an entry, an author or a link


def read_entries(
    checked: CheckedFeed, display: str, problems: list[Problem]
) -> tuple[Raw, Iterator[tuple[Raw, FeedEntry]]]:
    """Return feedparser's result for the feed's head, and for each entry together with the guard's.

    Entries are read lazily, in runs, each as a feed of its own under the original head. An entry that feedparser
    cannot read is appended to ``problems``. FeedError is raised if feedparser cannot read the head.
    """
    data, entries = checked.data, checked.entries
    before, after = (data[: entries[0].start], data[entries[-1].end :]) if entries else (data, b"")
    if len(before) + len(after) > bounds.HEAD:
        message = f"more than {bounds.HEAD >> 10} KB outside of its entries"
        raise FeedError.at(display, message, "this is no feed of arXiv; delete the file")
    if checked.based and len(entries) > bounds.BASED:
        message = f"an xml:base, and more than {bounds.BASED:,} entries"
        raise FeedError.at(display, message, "remove the xml:base, or split the file")
    try:
        around = _feedparser(before + after)
    except Exception as error:
        message = f"feedparser cannot read it: {printable(repr(error))}"
        raise FeedError.at(display, message, FETCH_AGAIN) from None
    if around.entries:
        raise FeedError.at(display, "a feed must not have entries at this place", FETCH_AGAIN)
    return around.feed, _read(checked, before, after, display, problems)


def _read(
    checked: CheckedFeed, before: bytes, after: bytes, display: str, problems: list[Problem]
) -> Iterator[tuple[Raw, FeedEntry]]:
    data, entries = checked.data, checked.entries
    size = 1 if checked.based else _RUN
    for start in range(0, len(entries), size):
        run = entries[start : start + size]
        try:
            pairs = list(zip(_read_run(data, before, run, after), run, strict=True))
        except Exception:  # feedparser does not document what a hostile feed makes it raise
            yield from _read_one_by_one(data, before, run, after, display, problems)
        else:
            yield from pairs


def _read_one_by_one(
    data: bytes, before: bytes, run: Sequence[FeedEntry], after: bytes, display: str, problems: list[Problem]
) -> Iterator[tuple[Raw, FeedEntry]]:
    """Read each entry as a feed of its own, so that only entries that feedparser cannot read are lost."""
    for entry in run:
        try:
            (raw,) = _read_run(data, before, [entry], after)
            yield raw, entry
        except Exception as error:
            message = f"the entry is skipped: feedparser cannot read it: {printable(repr(error))}"
            where = Location(path=display, line=entry.line)
            problems.append(Problem(location=where, message=message, remedy=CORRECT_ENTRY))
            if len(problems) > bounds.UNREADABLE:
                message = f"feedparser cannot read more than {bounds.UNREADABLE:,} of its entries"
                raise FeedError.at(display, message, FETCH_AGAIN) from None


def _read_run(data: bytes, before: bytes, run: Sequence[FeedEntry], after: bytes) -> list[Raw]:
    """Return what feedparser reads in a run of entries; authors and categories of simple ones are the guard's.

    feedparser's time grows with the number of elements and texts, so it is given the spans that the guard has not
    read, without the white space between them. That takes about half the time of whole entries.
    """
    parts = [data[start:end].rstrip() for entry in run for start, end in entry.spans]
    raws = cast(list[Raw], _feedparser(b"".join((before, *parts, after))).entries)
    if len(raws) != len(run):
        raise ValueError(f"it finds {len(raws)} entries instead of {len(run)}")
    for raw, entry in zip(raws, run, strict=True):
        if entry.simple:
            raw["authors"] = [{"name": name.strip()} for name in entry.names]
            raw["tags"] = [{"term": term} for term in entry.terms]
    return raws


def _ignore_date(_: str) -> struct_time:
    """Return a constant in place of feedparser's reading of a date, which is not used: ``feed`` reads the texts."""
    return _EPOCH


# feedparser would look for an outdated parser of libxml2 with each run, under a lock. A process that is forked
# meanwhile would wait for that lock for ever.
feedparser.api.PREFERRED_XML_PARSERS = []
feedparser.registerDateHandler(_ignore_date)  # it is tried before feedparser's own nine


def _feedparser(data: bytes) -> Any:
    result = feedparser.parse(
        BytesIO(data), response_headers=_HEADERS, sanitize_html=False, resolve_relative_uris=False
    )
    if result.bozo:
        raise ValueError(str(result.bozo_exception))
    return result


def list_of(raw: Raw, key: str) -> list[Raw]:
    """Return a list of feedparser's; dict.get avoids feedparser's own look-up, which is slow and renames keys."""
    return cast("list[Raw]", dict.get(raw, key) or [])


def text_of(raw: Raw, key: str) -> str:
    """Return a text of feedparser's without invisible characters, or "" if it is missing or not a text."""
    value = dict.get(raw, key)
    return clean(value) if isinstance(value, str) else ""
