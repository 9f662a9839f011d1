"""What feedparser makes of a feed that the guard has let through; the only module that imports feedparser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from time import struct_time
from typing import Any, cast

import feedparser

from sitegen.errors import FeedError, Location, Problem
from sitegen.feeds.guard import Entry, Guarded, printable

FETCH_AGAIN = "delete the file and fetch it again"
MEND = "mend the entry, or fetch the feed again"

# The guard has made UTF-8 of every feed; said here, it keeps feedparser from guessing.
_HEADERS = {"content-type": "application/atom+xml; charset=utf-8"}

# Entries at a time.
_RUN = 200
_LONG_HEAD = 1 << 16  # bytes
_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.A)
Raw = dict[str, Any]  # what feedparser gives for a feed, an entry, an author or a link


def read_entries(
    guarded: Guarded, display: str, problems: list[Problem]
) -> tuple[Raw, Iterator[tuple[Raw, Entry]]]:
    """Return what feedparser makes of the feed's head, and of each entry beside what the guard saw of it.

    Entries are read some hundreds at a time, under the feed's own head: what feedparser makes of one takes 20 KB.
    """
    data, entries = guarded.data, guarded.entries
    before, after = (data[: entries[0].start], data[entries[-1].end :]) if entries else (data, b"")
    try:
        around = _feedparser(before + after)
    except Exception as error:
        message = f"feedparser cannot read it: {printable(repr(error))}"
        raise FeedError.at(display, message, FETCH_AGAIN) from None
    if around.entries:
        raise FeedError.at(display, "entries stand where a feed can have none", FETCH_AGAIN)
    return around.feed, _read(guarded, before, after, display, problems)


def _read(
    guarded: Guarded, before: bytes, after: bytes, display: str, problems: list[Problem]
) -> Iterator[tuple[Raw, Entry]]:
    data, entries = guarded.data, guarded.entries
    # What stands around the entries is read again with each run of them.
    once = len(before) + len(after) > _LONG_HEAD
    size = 1 if guarded.based else len(entries) if once else _RUN
    for start in range(0, len(entries), size or 1):
        run = entries[start : start + size]
        try:
            pairs = list(zip(_read_run(data, before, run, after), run, strict=True))
        except Exception:  # of any kind: it comes out of code that was not written for hostile feeds
            yield from _read_one_by_one(data, before, run, after, display, problems)
        else:
            yield from pairs


def _read_one_by_one(
    data: bytes, before: bytes, run: Sequence[Entry], after: bytes, display: str, problems: list[Problem]
) -> Iterator[tuple[Raw, Entry]]:
    """Read each entry in a feed of its own, so that one which feedparser fails on spoils no other."""
    if len(before) + len(after) > _LONG_HEAD:
        raise FeedError.at(display, "feedparser cannot read it: an overlong head", FETCH_AGAIN)
    for seen in run:
        try:
            (raw,) = _read_run(data, before, [seen], after)
            yield raw, seen
        except Exception as error:
            message = f"the entry is skipped: feedparser cannot read it: {printable(repr(error))}"
            where = Location(path=display, line=seen.line)
            problems.append(Problem(location=where, message=message, remedy=MEND))


def _read_run(data: bytes, before: bytes, run: Sequence[Entry], after: bytes) -> list[Raw]:
    """Return what feedparser reads in a run of entries; authors and categories of simple ones are the guard's.

    feedparser's time grows with the number of elements and texts, so it is given the spans that the guard has not
    read, without the white space between them. That takes about half the time of whole entries.
    """
    parts = [data[start:end].rstrip() for entry in run for start, end in entry.spans]
    raws = cast(list[Raw], _feedparser(b"".join((before, *parts, after))).entries)
    if len(raws) != len(run):
        raise ValueError(f"it finds {len(raws)} entries instead of {len(run)}")
    for raw, seen in zip(raws, run, strict=True):
        if seen.simple:
            raw["authors"] = [{"name": name.strip()} for name in seen.names]
            raw["tags"] = [{"term": term} for term in seen.terms]
    return raws


def _moment(text: str) -> struct_time | None:
    """Read a date as arXiv writes it; of any other, feedparser asks its own readers."""
    return datetime.fromisoformat(text).utctimetuple() if _DATE.fullmatch(text) else None


# A parser of libxml2's that nobody has any more: it would be looked for with each run, and under a lock, which a
# process that is forked meanwhile would wait for for ever.
feedparser.api.PREFERRED_XML_PARSERS = []
feedparser.registerDateHandler(_moment)  # it is asked first, before nine that know no date at a glance


def _feedparser(data: bytes) -> Any:
    result = feedparser.parse(
        BytesIO(data), response_headers=_HEADERS, sanitize_html=False, resolve_relative_uris=False
    )
    if result.bozo:
        raise ValueError(str(result.bozo_exception))
    return result
