"""From the bytes of a feed file to papers.

Read are the Atom of arXiv's API, the daily announcements (those of rss.arxiv.org in Atom and in RSS 2.0, and the
RSS 1.0 of before 2024), and the archive's own Atom, which ``writer`` writes. What feedparser says is taken for what
it is, a loose reading of text that anybody may have written: every value is checked here, and what arXiv writes in
its own namespace comes from the guard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import cast

import msgspec

from sitegen.errors import FeedError, Location, Problem
from sitegen.feeds import taxonomy
from sitegen.feeds.entries import FETCH_AGAIN, MEND, Raw, read_entries
from sitegen.feeds.guard import MAX_BYTES, Dialect, FeedEntry, check, printable
from sitegen.models import Announcement, AnnounceType, ArxivId, Credit, Paper, Version
from sitegen.text import credits, doi
from sitegen.text.characters import clean, folded
from sitegen.text.hyphens import rejoined
from sitegen.text.markup import authored, decoded, from_html

# So many readings of what comes again and again are kept: of authors, of categories, of dates.
_KEPT = 1 << 13

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


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as an answer to a question: its papers, and what is needed to doubt it."""

    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...]
    ids: tuple[str, ...]  # of every entry, in order: base identifiers; of an entry without one, its text
    daily: bool  # a day's announcements
    made: datetime | None  # by what it says itself
    total: int | None  # opensearch:totalResults, where the feed states it
    start: int | None  # opensearch:startIndex


class _Feed(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all entries of a feed; ``date`` is a daily one's, for entries that name none."""

    daily: bool
    old: bool  # RSS 1.0, which has identifier, category and kind at the end of the title
    atom: bool
    date: str


def read(path: Path, display: str) -> tuple[tuple[Paper, ...], tuple[Problem, ...]]:
    """Read a feed file, plain or gzipped; problems and errors name it as ``display``."""
    answer = read_answer(path, display)
    return answer.papers, answer.problems


def read_answer(path: Path, display: str) -> Answer:
    """Read a feed file with what it says of itself."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FeedError.at(display, f"cannot be read: {error.strerror}") from None
    return parse_answer(data, display)


def parse(data: bytes, display: str) -> tuple[tuple[Paper, ...], tuple[Problem, ...]]:
    """Return the papers of a feed in its order, and what was skipped; FeedError if it is refused whole."""
    answer = parse_answer(data, display)
    return answer.papers, answer.problems


def parse_answer(data: bytes, display: str) -> Answer:
    """Return a feed with what it says of itself; FeedError if it is refused whole."""
    guarded = check(data, display)
    problems: list[Problem] = []
    head, pairs = read_entries(guarded, display, problems)
    _refuse_error_feed(head, display)
    feed = _feed(head, guarded.dialect)
    if not guarded.entries and not feed.daily:
        problems.append(_empty(head, display))
    papers, ids = [], []
    for raw, seen in pairs:
        _refuse_error(raw, seen, display)
        notes: list[str] = []
        try:
            papers.append(_paper(raw, seen, feed, notes))
            ids.append(papers[-1].id.base)
        except Exception as error:  # whatever it is: one entry must not keep the others from being read
            ids.append(_key(raw))
            reason = str(error) if isinstance(error, ValueError) else printable(repr(error))
            notes.append(f"the entry is skipped: {reason}")
        if notes:
            key = _key(raw)
            where = Location(path=display, line=seen.line, key=key)
            problems += (Problem(location=where, message=note, remedy=MEND) for note in notes)
    return Answer(
        papers=tuple(papers),
        problems=tuple(problems),
        ids=tuple(ids),
        daily=feed.daily,
        made=_made(head),
        total=_count(head, "opensearch_totalresults"),
        start=_count(head, "opensearch_startindex"),
    )


def _key(raw: Raw) -> str:
    return printable(_text(raw, "id") or _text(raw, "title"))


def _made(head: Raw) -> datetime | None:
    try:
        return _moment(_text(head, "updated") or _text(head, "published")).astimezone(UTC)
    except ValueError:  # a feed without a date is a feed all the same
        return None


def _refuse_error_feed(head: Raw, display: str) -> None:
    """Refuse the feed of that name that arXiv sends in place of an answer."""
    if (title := _text(head, "title")).startswith("Feed error for query"):
        message = f"arXiv answered with an error: {printable(_text(head, 'subtitle') or title, 200)}"
        raise FeedError.at(display, message, "mend the feed's address and fetch it again")


def _refuse_error(raw: Raw, seen: FeedEntry, display: str) -> None:
    """Refuse the whole feed if an entry is the «Error» that arXiv sends in place of an answer."""
    if _text(raw, "title") == "Error" and "/api/errors" in _text(raw, "id"):
        message = f"arXiv answered with an error: {printable(_text(raw, 'summary'), 200)}"
        raise FeedError.at(display, message, "mend the query and fetch it again", line=seen.line)


def _feed(head: Raw, dialect: Dialect) -> _Feed:
    """Tell a day's announcements (info.arxiv.org/help/rss_specifications.html) from an answer of the API."""
    places = [_text(head, "id"), *(_text(link, "href") for link in _list(head, "links"))]
    daily = dialect != "atom" or any("rss.arxiv.org/" in place for place in places)
    date = _text(head, "published") or _text(head, "updated")
    return _Feed(daily=daily, old=dialect == "rdf", atom=dialect == "atom", date=date)


def _empty(head: Raw, display: str) -> Problem:
    total = _count(head, "opensearch_totalresults")
    counted = f", though arXiv counts {total} results" if total else ""
    where = Location(path=display)
    return Problem(location=where, message=f"the feed is empty{counted}", remedy=FETCH_AGAIN)


def _count(head: Raw, key: str) -> int | None:
    number = _text(head, key).strip()
    return int(number[:9]) if number.isascii() and number.isdecimal() else None


def _paper(raw: Raw, seen: FeedEntry, feed: _Feed, notes: list[str]) -> Paper:
    """Make a paper of one entry; ValueError says why it cannot be one, ``notes`` what it lost."""
    title, abstract = folded(_construct(raw, "title", feed)), _construct(raw, "summary", feed)
    named, primary, kind = _text(raw, "id"), _first(seen, "primary_category"), _first(seen, "announce_type")
    if feed.old and (found := _OLD_TITLE.fullmatch(title)):
        title, named, primary, kind = found[1], found[2], found[3], found[4] or ""
    id = ArxivId.parse(named or _text(raw, "link"))
    if not title:
        raise ValueError("it has no title")
    first, last = _text(raw, "published"), _text(raw, "updated")
    announcements: tuple[Announcement, ...] = ()
    if daily := feed.daily or bool(kind):
        announced = _moment(first or feed.date or last)
        published = updated = announced.astimezone(UTC)
        guess: AnnounceType = "replace" if (id.version or 1) > 1 else "new"
        # The date is midnight in arXiv's own time zone, and the day there is the one to keep.
        announcements = (Announcement(announced.date(), _KINDS.get(kind, guess)),)
        if found := _DAILY_HEAD.match(abstract):
            abstract = abstract[found.end() :]
    else:
        published, updated = _in_utc(first or last), _in_utc(last or first)
        announcements = tuple(sorted(map(_announcement, seen.fields.get("announced", ()))))
    primary, categories, classes = _categories(raw, primary, daily)
    dois, links = _links(raw, seen, notes)
    whole = f"{title}\n{abstract}"
    return Paper(
        id=id,
        title=rejoined(title, whole),
        credits=tuple(_credits(raw, seen, daily, notes)),
        abstract=rejoined(abstract, whole).strip(),
        published=published,
        updated=updated,
        comment=folded(authored(_first(seen, "comment"))),
        journal_ref=folded(authored(_first(seen, "journal_ref") or _first(seen, "journal_reference"))),
        dois=dois,
        primary=primary,
        categories=categories,
        subject_classes=classes,
        links=links,
        license=web_address(_text(raw, "rights")),
        announcements=announcements,
        versions=_versions(seen) or ((Version(id.version, updated),) if id.version else ()),
        dated_by_announcement=daily or _first(seen, "dated_by") == "announcement",
    )


def _construct(raw: Raw, key: str, feed: _Feed) -> str:
    """Return a title or an abstract as its author wrote it.

    Descriptions of RSS are HTML, except those of arXiv's daily feeds since 2024, which begin with «arXiv:… Announce
    Type: …» and are plain text. In Atom each text says what it is (RFC 4287, 3.1.1). Titles of RSS are plain text.
    """
    text = _text(raw, key)
    if (feed.atom or key == "summary") and _type(raw, key) in _HTML and not _DAILY_HEAD.match(text):
        text = from_html(text)
    return authored(text)


def _type(raw: Raw, key: str) -> str:
    """Return the media type of a text; what feedparser takes for the summary may be the content of the entry."""
    detail = dict.get(raw, f"{key}_detail") or next(iter(_list(raw, "content")), {})
    return _text(detail, "type")


def _announcement(text: str) -> Announcement:
    """Read ``2026-03-09 new``, as the archive's own files write it."""
    day, _, kind = text.partition(" ")
    if kind not in _KINDS:
        raise ValueError(f"«{printable(text, 40)}» is no announcement")
    return Announcement(_moment(day).date(), _KINDS[kind])


def _versions(seen: FeedEntry) -> tuple[Version, ...]:
    """Read ``2 2026-03-07T22:41:26Z``, as the archive's own files write each version that they know."""
    if "version" not in seen.fields:
        return ()
    found = (text.partition(" ") for text in seen.fields["version"])
    return tuple(
        sorted(
            Version(int(number), _moment(moment).astimezone(UTC))
            for number, _, moment in found
            if number.isascii() and number.isdecimal()
        )
    )


def _credits(raw: Raw, seen: FeedEntry, listed: bool, notes: list[str]) -> Iterator[Credit]:
    """Yield the authors in order; ``listed``, they stand in one text with commas between them."""
    authors = [_text(author, "name") for author in _list(raw, "authors")]
    if listed:
        for text in authors:
            yield from credits.split_list(decoded(text))
        return
    notes += ["an author without a name is left out" for text in authors if not text.strip()]
    # They are equally many, but in feeds that put authors where Atom has none.
    places_of = seen.affiliations if len(seen.affiliations) == len(authors) else [[] for _ in authors]
    places = [
        _unique(folded(decoded(place)) for place in given_there) if given_there else ()
        for given_there in places_of
    ]
    yield from credits.credits(zip(map(decoded, authors), places, strict=True))


def _categories(raw: Raw, primary: str, daily: bool) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the primary category, all categories, and the subject classes, which arXiv lists among them."""
    categories: dict[str, None] = {}
    classes: dict[str, None] = {}
    for tag in _list(raw, "tags"):
        term = _text(tag, "term")
        if category := _canonical(term):
            categories[category] = None
        else:  # "92C20; 68T05", "92B20 (Primary), 62M10 (Secondary)"
            classes.update(dict.fromkeys(folded(part) for part in re.split("[,;]", term)))
    primary = _canonical(primary) or ""
    if not primary and daily:  # which names the primary category first
        primary = next(iter(categories), "")
    if primary and primary not in categories:
        categories = {primary: None} | categories
    return primary, tuple(categories), _unique(classes)


_canonical = lru_cache(_KEPT)(taxonomy.canonical)


def _links(raw: Raw, seen: FeedEntry, notes: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the DOIs of the entry, in elements and in links, and its links to anywhere else."""
    fields = [*seen.fields.get("doi", ())]
    addresses = []
    links = []
    for link in _list(raw, "links"):
        href, rel = _text(link, "href"), _text(link, "rel")
        if _text(link, "title") == "doi" or doi.is_link(href):
            addresses.append(href)
        elif rel not in ("self", "license") and _WEB.fullmatch(href) and not _OF_ARXIV.match(href):
            links.append(href)
    if not fields and not addresses:
        return (), _unique(links)
    # arXiv makes a link of the element's text, so what cannot be read is reported from one of them only.
    notes += unread_dois(fields or addresses)
    return read_dois([*fields, *addresses]), _unique(links)


def read_dois(fields: Iterable[str]) -> tuple[str, ...]:
    """Return the bare DOIs in fields of a feed."""
    return doi.read(map(clean, fields)).dois


def unread_dois(fields: Iterable[str]) -> list[str]:
    """Return a message for each part of a field that should be a DOI and cannot be read as one."""
    return [
        f"«{printable(text, 60)}» is not a DOI and is left out"
        for text in doi.read(map(clean, fields)).unread
    ]


def web_address(text: str) -> str:
    """Return a text that is an address of the web, or ""."""
    return text if _WEB.fullmatch(text) else ""


@lru_cache(_KEPT)  # of a paper with one version, both dates are the same
def _in_utc(text: str) -> datetime:
    return _moment(text).astimezone(UTC)


def _moment(text: str) -> datetime:
    """Read a date of Atom (RFC 3339) or RSS (RFC 822) with its zone; one that names none is in UTC."""
    try:
        if not text.isascii():
            raise ValueError("a date has digits and letters of ASCII alone")
        found = datetime.fromisoformat(text) if text[:4].isdecimal() else parsedate_to_datetime(text[:64])
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        if 1970 <= found.astimezone(UTC).year < 2200:
            return found
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    raise ValueError(f"«{printable(text, 40)}» is not a date" if text else "it has no date")


def _list(raw: Raw, key: str) -> list[Raw]:
    """Return a list of feedparser's, past its own look-up, which is slow and renames keys."""
    return cast("list[Raw]", dict.get(raw, key) or [])


def _text(raw: Raw, key: str) -> str:
    """Return a text of feedparser's without characters that show nothing, "" for what is missing or no text."""
    value = dict.get(raw, key)
    return clean(value) if isinstance(value, str) else ""


def _first(seen: FeedEntry, key: str) -> str:
    """Return the first text of an element in arXiv's namespace, its white space folded."""
    return next(filter(None, map(folded, seen.fields.get(key, ()))), "")


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))
