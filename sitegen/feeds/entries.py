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
from sitegen.feeds.guard import FeedEntry, Guarded, printable

FETCH_AGAIN = "delete the file and fetch it again"
MEND = "mend the entry, or fetch the feed again"

# The guard has made UTF-8 of every feed; said here, it keeps feedparser from guessing.
_HEADERS = {"content-type": "application/atom+xml; charset=utf-8"}

# Entries at a time.
_RUN = 200
_LONG_HEAD = 1 << 16  # bytes
_KEEPS_SPACE = (b"<!", b"xhtml", b"xml:space")
_NOT_TO_TRIM = (*_KEEPS_SPACE, b"<?", b"\xef\xb7\x90")  # the last is _MARK
_BETWEEN_TAGS = re.compile(rb">\s+<")

# A noncharacter, which Unicode sets aside for use within a program.
_MARK = "\ufdd0"
_MARK_WRITTEN = re.compile(rb"&#(?:0*64976|x0*fdd0);", re.I)
# The guard has read these; of a PDF that stands where arXiv's always does, nothing is kept.
_READ_ALREADY = re.compile(
    rb"<(arxiv:(?:comment|journal_ref|doi|affiliation)|archive:(?:version|announced|dated_by))>[^<]*</\1>"
    rb"|<arxiv:primary_category term=\"[^\"<]*\" ?/>"
    rb"|<link(?: href=\"https?://arxiv\.org/pdf/[\w./-]+\"| rel=\"related\"| type=\"application/pdf\""
    rb"| title=\"pdf\"){4} ?/>"
)
# What feedparser makes of this one is asked for where an entry has no id.
_PAGE = re.compile(
    rb"<link(?: href=\"https?://arxiv\.org/abs/[\w./-]+\"| rel=\"alternate\"| type=\"text/html\"){3} ?/>"
)
_WITH_ID = b"<entry><id>http"
_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.A)
_CATEGORY = rb'<category term="[^"<]+" scheme="http://arxiv\.org/schemas/atom" ?/>'
_CATEGORIES = re.compile(rb"%b(?:%b)+" % (_CATEGORY, _CATEGORY))
_NEXT_CATEGORY = re.compile(rb'" scheme="[^"]*" ?/><category term="')
_NEXT_AUTHOR = b"</name></author><author><name>"

Raw = dict[str, Any]  # what feedparser gives for a feed, an entry, an author or a link


def read_entries(
    guarded: Guarded, display: str, problems: list[Problem]
) -> tuple[Raw, Iterator[tuple[Raw, FeedEntry]]]:
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
) -> Iterator[tuple[Raw, FeedEntry]]:
    data, entries = guarded.data, guarded.entries
    # What stands around the entries is read again with each run of them.
    once = len(before) + len(after) > _LONG_HEAD
    size = 1 if guarded.based else len(entries) if once else _RUN
    for start in range(0, len(entries), size or 1):
        run = entries[start : start + size]
        try:
            raws = guarded.plain and _read_trimmed(data, before, run, after)
            pairs = list(zip(raws or _read_run(data, before, run, after), run, strict=True))
        except Exception:  # of any kind: it comes out of code that was not written for hostile feeds
            yield from _read_one_by_one(data, before, run, after, display, problems)
        else:
            yield from pairs


def _read_one_by_one(
    data: bytes, before: bytes, run: Sequence[FeedEntry], after: bytes, display: str, problems: list[Problem]
) -> Iterator[tuple[Raw, FeedEntry]]:
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


def _read_run(data: bytes, before: bytes, run: Sequence[FeedEntry], after: bytes) -> list[Raw]:
    entries = data[run[0].start : run[-1].end]
    if not any(map(entries.__contains__, _KEEPS_SPACE)):
        entries = _BETWEEN_TAGS.sub(b"><", entries)  # nothing to read, and a sixth of the time
    return cast(list[Raw], _feedparser(before + entries + after).entries)


def _read_trimmed(data: bytes, before: bytes, run: Sequence[FeedEntry], after: bytes) -> list[Raw] | None:
    """Read entries of a plain feed in half the time, or return None if they are not so plain after all.

    For feedparser the work is in the elements, whatever they hold. So it is sent those that something comes of, and
    authors who have a name and nothing else are sent as one, with a mark between their names. What can be found by
    such simple patterns are whole elements, and no text: the feed is well-formed and plain, without comments,
    processing instructions or CDATA.
    """
    entries = data[run[0].start : run[-1].end]
    if any(map(entries.__contains__, _NOT_TO_TRIM)) or _MARK_WRITTEN.search(entries):
        return None
    entries = _READ_ALREADY.sub(b"", _BETWEEN_TAGS.sub(b"><", entries))
    if entries.count(_WITH_ID) == entries.count(b"<id") == len(run):
        entries = _PAGE.sub(b"", entries)
    entries = entries.replace(_NEXT_AUTHOR, _MARK.encode())
    entries = _CATEGORIES.sub(lambda found: _NEXT_CATEGORY.sub(_MARK.encode(), found[0]), entries)
    raws = cast(list[Raw], _feedparser(before + entries + after).entries)
    for raw, seen in zip(raws, run, strict=True):
        authors = [{"name": name.strip()} for name in _parted(raw, "authors", "name")]
        if len(authors) != len(seen.affiliations):
            return None  # of two names of one author, feedparser takes the last
        raw["authors"], raw["tags"] = authors, [{"term": term} for term in _parted(raw, "tags", "term")]
    return raws


def _parted(raw: Raw, key: str, part: str) -> list[str]:
    texts = [dict.get(each, part) or "" for each in dict.get(raw, key) or ()]
    return _MARK.join(texts).split(_MARK) if texts else []


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
