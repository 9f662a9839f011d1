"""Reads the bytes of a feed file into papers and problems.

Supported are the Atom of arXiv's API, the daily announcements (Atom and RSS 2.0 of rss.arxiv.org, RSS 1.0 until
2024), and the archive's own Atom, which ``fetch/writer.py`` writes. feedparser accepts nearly anything, so every
value is checked here. Elements in arXiv's namespace come from the guard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from sitegen.errors import FeedError, Location, Problem
from sitegen.feeds import bounds, taxonomy
from sitegen.feeds.document import FETCH_AGAIN, printable
from sitegen.feeds.entries import CORRECT_ENTRY, Raw, list_of, read_entries, text_of
from sitegen.feeds.guard import Dialect, FeedEntry, check
from sitegen.models import Announcement, AnnounceType, ArxivId, Credit, Paper, Version
from sitegen.text import credits, doi
from sitegen.text.characters import clean, folded
from sitegen.text.hyphens import rejoined
from sitegen.text.markup import authored, decoded, from_html

# Number of results cached for each function whose arguments recur.
_CACHE_SIZE = 1 << 13

_WEB = re.compile(r"https?://[^\s<>\"'\\^`{|}]+", re.I)
_OF_ARXIV = re.compile(r"https?://(?:[a-z-]+\.)?arxiv\.org/(?:abs|pdf)/", re.I)

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_DAILY_HEAD = re.compile(r"arXiv:\S+\s+Announce Type: \S+\s*(?:Abstract:\s*)?")
_OLD_TITLE = re.compile(r"(.+?)\.? \(arXiv:(\S+) \[(\S+)\](?: (UPDATED|CROSS LISTED))?\)")
_KINDS: dict[str, AnnounceType] = {
    "new": "new",
    "cross": "cross",
    "replace": "replace",
    "replace-cross": "replace-cross",
    "CROSS LISTED": "cross",  # as RSS 1.0 said it
    "UPDATED": "replace",
}
_PLACES = bounds.AFFILIATIONS, bounds.AFFILIATION


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as the answer to a request: its papers, and what is needed to check that it is complete."""

    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...]
    # Base identifiers of all entries, in order; of a skipped entry, the text of its id or title.
    ids: tuple[str, ...]
    daily: bool  # the feed holds a day's announcements
    made: datetime | None  # the feed's own date, UTC
    total: int | None  # opensearch:totalResults, where the feed states it
    start: int | None  # opensearch:startIndex


class _FeedKind(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for all entries of a feed; ``date`` is used for announcements without a date."""

    daily: bool
    old: bool  # RSS 1.0: identifier, category and kind of announcement are at the end of the title
    atom: bool
    date: str


def read(path: Path, display: str) -> tuple[tuple[Paper, ...], tuple[Problem, ...]]:
    """Return the papers of a feed file, plain or gzipped, and its problems, which name the file as ``display``.

    FeedError if the file is refused.
    """
    answer = read_answer(path, display)
    return answer.papers, answer.problems


def read_answer(path: Path, display: str) -> Answer:
    """Return the contents of a feed file, plain or gzipped; FeedError if it is refused or cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(bounds.FILE + 1)
    except OSError as error:
        raise FeedError.at(display, f"cannot be read: {error.strerror}") from None
    return parse_answer(data, display)


def parse(data: bytes, display: str) -> tuple[tuple[Paper, ...], tuple[Problem, ...]]:
    """Return the papers of a feed in its order, and its problems; FeedError if it is refused."""
    answer = parse_answer(data, display)
    return answer.papers, answer.problems


def parse_answer(data: bytes, display: str) -> Answer:
    """Return the contents of a feed; FeedError if it is refused."""
    guarded = check(data, display)
    problems: list[Problem] = []
    head, pairs = read_entries(guarded, display, problems)
    _refuse_error_feed(head, display)
    feed = _feed_kind(head, guarded.dialect)
    if not guarded.entries and not feed.daily:
        problems.append(_empty_problem(head, display))
    papers, ids = [], []
    for raw, entry in pairs:
        _refuse_error(raw, entry, display)
        notes: list[str] = []
        try:
            papers.append(_paper(raw, entry, feed, notes))
            ids.append(papers[-1].id.base)
        except Exception as error:  # of any kind: one bad entry must not prevent others from being read
            ids.append(_entry_name(raw))
            reason = str(error) if isinstance(error, ValueError) else printable(repr(error))
            notes.append(f"the entry is skipped: {reason}")
            if bounds.SKIPPED < len(ids) - len(papers) > len(ids) / 2:
                message = f"more than {bounds.SKIPPED:,} of its entries cannot be read, the last: {reason}"
                raise FeedError.at(display, message, FETCH_AGAIN, line=entry.line) from None
        if notes:
            where = Location(path=display, line=entry.line, key=_entry_name(raw))
            problems += (Problem(location=where, message=note, remedy=CORRECT_ENTRY) for note in notes)
    return Answer(
        papers=tuple(papers),
        problems=tuple(problems),
        ids=tuple(ids),
        daily=feed.daily,
        made=_feed_date(head),
        total=_number(head, "opensearch_totalresults"),
        start=_number(head, "opensearch_startindex"),
    )


def _entry_name(raw: Raw) -> str:
    return printable(text_of(raw, "id") or text_of(raw, "title"))


def _feed_date(head: Raw) -> datetime | None:
    with suppress(ValueError):  # a feed need not have a date
        return read_date(text_of(head, "updated") or text_of(head, "published")).astimezone(UTC)
    return None


def _refuse_error_feed(head: Raw, display: str) -> None:
    """Refuse the feed with the title «Feed error for query» that arXiv sends instead of an answer."""
    if (title := text_of(head, "title")).startswith("Feed error for query"):
        message = f"arXiv answered with an error: {printable(text_of(head, 'subtitle') or title, 200)}"
        raise FeedError.at(display, message, "correct the feed's address and fetch it again")


def _refuse_error(raw: Raw, entry: FeedEntry, display: str) -> None:
    """Refuse the whole feed if an entry is the «Error» that arXiv sends instead of an answer."""
    if text_of(raw, "title") == "Error" and "/api/errors" in text_of(raw, "id"):
        message = f"arXiv answered with an error: {printable(text_of(raw, 'summary'), 200)}"
        raise FeedError.at(display, message, "correct the query and fetch it again", line=entry.line)


def _feed_kind(head: Raw, dialect: Dialect) -> _FeedKind:
    """Distinguish daily announcements (info.arxiv.org/help/rss_specifications.html) from an answer of the API."""
    places = [text_of(head, "id"), *(text_of(link, "href") for link in list_of(head, "links"))]
    daily = dialect != "atom" or any("rss.arxiv.org/" in place for place in places)
    date = text_of(head, "published") or text_of(head, "updated")
    return _FeedKind(daily=daily, old=dialect == "rdf", atom=dialect == "atom", date=date)


def _empty_problem(head: Raw, display: str) -> Problem:
    total = _number(head, "opensearch_totalresults")
    counted = f", though arXiv counts {total} results" if total else ""
    where = Location(path=display)
    return Problem(location=where, message=f"the feed is empty{counted}", remedy=FETCH_AGAIN)


def _number(head: Raw, key: str) -> int | None:
    number = text_of(head, key).strip()
    return int(number[:9]) if number.isascii() and number.isdecimal() else None


def _paper(raw: Raw, entry: FeedEntry, feed: _FeedKind, notes: list[str]) -> Paper:
    """Return the paper of one entry. ValueError if it is not one; values that are left out are added to ``notes``."""
    if entry.fault:
        raise ValueError(entry.fault)
    title, abstract = _title_and_abstract(raw, feed, notes)
    named, primary = text_of(raw, "id"), _first_field(entry, "primary_category")
    kind = _first_field(entry, "announce_type")
    if feed.old and (found := _OLD_TITLE.fullmatch(title)):
        title, named, primary, kind = found[1], found[2], found[3], found[4] or ""
    id = ArxivId.parse(named or text_of(raw, "link"))
    if not title:
        raise ValueError("it has no title")
    first, last = text_of(raw, "published"), text_of(raw, "updated")
    announcements: tuple[Announcement, ...] = ()
    if daily := feed.daily or bool(kind):
        announced = read_date(first or feed.date or last)
        published = updated = announced.astimezone(UTC)
        guess: AnnounceType = "replace" if (id.version or 1) > 1 else "new"
        # The date is midnight in arXiv's time zone; the day in that zone counts.
        announcements = (Announcement(announced.date(), _KINDS.get(kind, guess)),)
        if found := _DAILY_HEAD.match(abstract):
            abstract = abstract[found.end() :]
    else:
        published, updated = _date_in_utc(first or last), _date_in_utc(last or first)
        announcements = tuple(sorted(map(_announcement, entry.fields.get("announced", ()))))
    primary, categories, classes = _categories(raw, primary, daily, notes)
    dois, links = _links(raw, entry, notes)
    authors = tuple(_credits(raw, entry, daily, notes))
    if len(authors) > bounds.AUTHORS:
        raise ValueError(f"more than {bounds.AUTHORS:,} authors")
    whole = f"{title}\n{abstract}"
    return Paper(
        id=id,
        title=rejoined(title, whole),
        credits=authors,
        abstract=rejoined(abstract, whole).strip(),
        published=published,
        updated=updated,
        comment=_short_text(entry, "comment", bounds.COMMENT, notes),
        journal_ref=_short_text(entry, "journal_ref", bounds.JOURNAL, notes, "journal_reference"),
        dois=dois,
        primary=primary,
        categories=categories,
        subject_classes=classes,
        links=links,
        license=web_address(text_of(raw, "rights")[: bounds.ADDRESS]),
        announcements=announcements,
        versions=_versions(entry) or ((Version(id.version, updated),) if id.version else ()),
        dated_by_announcement=daily or _first_field(entry, "dated_by") == "announcement",
    )


def _title_and_abstract(raw: Raw, feed: _FeedKind, notes: list[str]) -> tuple[str, str]:
    title, abstract = text_of(raw, "title"), text_of(raw, "summary")
    bounds.refuse("title", len(title), bounds.TITLE)
    abstract = bounds.cut("abstract", abstract, bounds.ABSTRACT, notes)
    return folded(_authored(raw, "title", title, feed)), _authored(raw, "summary", abstract, feed)


def _short_text(entry: FeedEntry, field: str, bound: int, notes: list[str], other: str = "") -> str:
    """Return the text of an element in arXiv's namespace, or else of another one, as its author wrote it."""
    text = _first_field(entry, field) or _first_field(entry, other)
    return folded(authored(bounds.cut(field, text, bound, notes)))


def _authored(raw: Raw, key: str, text: str, feed: _FeedKind) -> str:
    """Return the text of a title or an abstract as its author wrote it.

    In Atom, each text declares its type (RFC 4287, 3.1.1). In RSS, titles are plain text and descriptions are HTML,
    except in arXiv's daily feeds since 2024, whose descriptions begin with «arXiv:… Announce Type: …» and are plain
    text.
    """
    if (feed.atom or key == "summary") and _type(raw, key) in _HTML and not _DAILY_HEAD.match(text):
        text = from_html(text)
    return authored(text)


def _type(raw: Raw, key: str) -> str:
    """Return the media type of a text. If there is no summary, feedparser gives the content of the entry as one."""
    detail = dict.get(raw, f"{key}_detail") or next(iter(list_of(raw, "content")), {})
    return text_of(detail, "type")


def _announcement(text: str) -> Announcement:
    """Read ``2026-03-09 new``, the form in the archive's own files; ValueError if it has another."""
    day, _, kind = text.partition(" ")
    if kind not in _KINDS:
        raise ValueError(f"«{printable(text, 40)}» is not an announcement")
    return Announcement(read_date(day).date(), _KINDS[kind])


def _versions(entry: FeedEntry) -> tuple[Version, ...]:
    """Return the versions in the archive's own files, each written as ``2 2026-03-07T22:41:26Z``; ascending."""
    if "version" not in entry.fields:
        return ()
    found = (text.partition(" ") for text in entry.fields["version"])
    return tuple(
        sorted(
            Version(int(number), read_date(moment).astimezone(UTC))
            for number, _, moment in found
            if number.isascii() and number.isdecimal()
        )
    )


def _credits(raw: Raw, entry: FeedEntry, listed: bool, notes: list[str]) -> Iterator[Credit]:
    """Yield the authors in order. If ``listed``, a single text lists them, separated by commas."""
    authors = [text_of(author, "name") for author in list_of(raw, "authors")]
    if listed:
        for text in authors:
            yield from credits.split_list(decoded(text))
        return
    notes += ["an author without a name is left out" for text in authors if not text.strip()]
    # The numbers differ only in feeds with authors at places where Atom does not allow them.
    affiliations = entry.affiliations if len(entry.affiliations) == len(authors) else [[] for _ in authors]
    over: list[str] = []
    places = [
        _unique(map(folded, map(decoded, bounds.fewer("affiliations", there, *_PLACES, over))))
        for there in affiliations
    ]
    notes += dict.fromkeys(over)
    named = [
        (decoded(text), place)
        for text, place in zip(authors, places, strict=True)
        if len(text) <= bounds.NAME
    ]
    if len(named) < len(authors):
        notes.append(f"an author with a name of more than {bounds.NAME:,} characters is left out")
    yield from credits.credits(named)


def _categories(
    raw: Raw, primary: str, daily: bool, notes: list[str]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the primary category, all categories, and the subject classes (MSC, ACM), listed there too."""
    categories: dict[str, None] = {}
    classes: dict[str, None] = {}
    terms = [text_of(tag, "term") for tag in list_of(raw, "tags")]
    for term in bounds.fewer("categories", terms, bounds.CATEGORIES, bounds.CATEGORY, notes):
        if category := _canonical(term):
            categories[category] = None
        else:  # "92C20; 68T05", "92B20 (Primary), 62M10 (Secondary)"
            classes.update(dict.fromkeys(folded(part) for part in re.split("[,;]", term)))
    primary = _canonical(primary) or ""
    if not primary and daily:  # announcements list the primary category first
        primary = next(iter(categories), "")
    if primary and primary not in categories:
        categories = {primary: None} | categories
    return primary, tuple(categories), _unique(classes)


_canonical = lru_cache(_CACHE_SIZE)(taxonomy.canonical)


def _links(raw: Raw, entry: FeedEntry, notes: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the DOIs in the elements and links of an entry, and its other links outside of arXiv."""
    fields = bounds.fewer("DOIs", entry.fields.get("doi", ()), bounds.DOIS, bounds.DOI, notes)
    addresses = []
    links = []
    for link in list_of(raw, "links"):
        href, rel = text_of(link, "href"), text_of(link, "rel")
        if text_of(link, "title") == "doi" or doi.is_link(href):
            addresses.append(href)
        elif rel not in ("self", "license") and _WEB.fullmatch(href) and not _OF_ARXIV.match(href):
            links.append(href)
    links = bounds.fewer("links", links, bounds.LINKS, bounds.ADDRESS, notes)
    if not fields and not addresses:
        return (), _unique(links)
    addresses = bounds.fewer("links to DOIs", addresses, bounds.DOIS, bounds.DOI, notes)
    # The link repeats the element's text, so an unreadable DOI is reported for one of them only.
    notes += unread_dois(fields or addresses)
    return read_dois([*fields, *addresses]), _unique(links)


def read_dois(fields: Iterable[str]) -> tuple[str, ...]:
    """Return the DOIs in fields of a feed, without the resolver's address."""
    return doi.read(map(clean, fields)).dois


def unread_dois(fields: Iterable[str]) -> list[str]:
    """Return a message for each part of the fields that is not a DOI."""
    return [
        f"«{printable(text, 60)}» is not a DOI and is left out"
        for text in doi.read(map(clean, fields)).unread
    ]


def web_address(text: str) -> str:
    """Return the text if it is an http(s) URL, else ""."""
    return text if _WEB.fullmatch(text) else ""


@lru_cache(_CACHE_SIZE)  # a paper with one version has the same date twice
def _date_in_utc(text: str) -> datetime:
    return read_date(text).astimezone(UTC)


def read_date(text: str) -> datetime:
    """Read a date of Atom (RFC 3339), RSS or arXiv's bulk data (RFC 822); the result has a time zone, by default UTC.

    ValueError if it is not a date, or not of the years 1970 to 2199.
    """
    try:
        if not text.isascii():
            raise ValueError("a date must be ASCII")
        found = datetime.fromisoformat(text) if text[:4].isdecimal() else parsedate_to_datetime(text[:64])
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        if 1970 <= found.astimezone(UTC).year < 2200:
            return found
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    raise ValueError(f"«{printable(text, 40)}» is not a date" if text else "it has no date")


def _first_field(entry: FeedEntry, key: str) -> str:
    """Return the first non-empty text of an element in arXiv's namespace with white space folded, or ""."""
    return next(filter(None, map(folded, entry.fields.get(key, ()))), "")


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))
