"""Checks a feed file before feedparser reads it: it is either well-formed and harmless, or refused with a reason.

feedparser accepts nearly anything: it keeps half an entry of a truncated file, makes a feed without entries of a
web page, and for some documents takes time that is quadratic in their length. So every file is first parsed with
expat, which accepts well-formed XML only. The same pass

- collects the texts of all elements in arXiv's namespace and in the archive's own, of which feedparser keeps only the
  last of each name, whatever prefix the file uses;
- reads authors and categories, and chooses the parts of each entry that feedparser has to read, because it
  takes much longer for an element than expat.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NoReturn, cast
from xml.parsers import expat

import msgspec

from sitegen.errors import FeedError
from sitegen.feeds import bounds
from sitegen.feeds.document import CUT_MESSAGE, FETCH_AGAIN, printable, refuse_web_page, to_utf8

Dialect = Literal["atom", "rss", "rdf"]  # Atom 1.0, RSS 2.0 and its like, RSS 1.0

ATOM = "http://www.w3.org/2005/Atom"
ARXIV = "http://arxiv.org/schemas/atom"
ARCHIVE = "urn:sitegen:archive"  # elements that the archive's own files add: see fetch/writer.py
_ROOTS: dict[str, Dialect] = {
    f"{ATOM} feed": "atom",
    "rss": "rss",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns# RDF": "rdf",
}
_ENTRIES = frozenset({f"{ATOM} entry", "item", "http://purl.org/rss/1.0/ item"})
_CHUNK = 1 << 16  # bytes that feedparser's parser reads at a time

_AUTHOR_TAGS = frozenset({"author", "creator", "managingeditor", "webmaster", "publisher"})
_CATEGORY_TAGS = frozenset({"category", "keywords", "subject", "tags"})
_OTHER, _ENTRY, _AUTHOR, _CATEGORY, _NAME, _LINK, _FIELD, _UNUSED = range(8)
_ATOM_ROLES = {f"{ATOM} name": _NAME, f"{ATOM} link": _LINK}
_ATOM_AUTHOR, _ATOM_CATEGORY = f"{ATOM} author", f"{ATOM} category"
# Of a simple entry, feedparser need not read these.
_READ_HERE = frozenset({_AUTHOR, _CATEGORY, _FIELD, _UNUSED})
# The elements that tell which entry it is, and their greatest length in bytes.
_NAMING, _LONGEST_NAMING = frozenset({"id", "guid", "title", "link"}), 10_000
_IDENTIFIERS = frozenset({f"{ATOM} id", "guid"})
_VERSION = re.compile(rb"(?:v\d+)?\s*<.{0,20}\Z", re.DOTALL)
_MOST_FIELDS = {"version": bounds.VERSIONS, "announced": bounds.ANNOUNCEMENTS}
# An entry's link to its own PDF is not used.
_PDF = ("http://arxiv.org/pdf/", "https://arxiv.org/pdf/")

_CUT_SHORT = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


class FeedEntry(msgspec.Struct, kw_only=True):
    """One entry of a feed: its place in the file, and what the guard has read of it.

    An entry is *simple* if its authors are Atom authors with one name each, its categories are Atom categories with a
    term and no text, and no other element is nested deeper than a child of the entry. For a simple entry,
    ``spans`` leaves out authors and categories, and ``names`` and ``terms`` hold them. Of an entry with a fault,
    ``spans`` has only what tells which one it is.
    """

    line: int
    fault: str = ""  # why the entry is to be skipped: it is beyond one of the bounds
    start: int  # offsets into CheckedFeed.data
    end: int = 0
    simple: bool = True
    spans: list[tuple[int, int]] = []  # offsets into CheckedFeed.data: what feedparser has to read
    fields: dict[str, list[str]]  # by local name in lower case: the text, or the attribute ``term``
    affiliations: list[list[str]]  # for each author of the entry, in order
    names: list[str]  # of the authors of a simple entry
    terms: list[str]  # of the categories of a simple entry


class CheckedFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A well-formed feed in UTF-8 (no byte order mark), and its entries in order."""

    data: bytes
    dialect: Dialect
    entries: tuple[FeedEntry, ...]
    based: bool  # there is an xml:base, which feedparser would also apply to the entries after it


def check(data: bytes, path: str) -> CheckedFeed:
    """Return the feed in ``data``, plain or gzipped; FeedError if it is truncated, harmful or not a feed."""
    data = to_utf8(data, path)
    feed = _FeedCheck(data, path)
    entries = feed.run()
    root, *_ = feed.roles
    based = any(name.rpartition(" ")[2].lower() == "base" for name in feed.attributes)
    return CheckedFeed(data=data, dialect=_ROOTS[root], entries=tuple(entries), based=based)


def _local(name: str) -> str:
    return name.rpartition(" ")[2].lower()


def _is_pdf(link: dict[str, str]) -> bool:
    return (
        link.get("title") == "pdf" and link.get("rel") == "related" and link.get("href", "").startswith(_PDF)
    )


class _FeedCheck:
    """One pass of expat over a document. Handlers run for every tag and have to be fast."""

    def __init__(self, data: bytes, path: str) -> None:
        self.data, self.path = data, path
        self.depth = self.comments = self.tags = self.others = 0
        self.child_depth = 0  # depth of the children of the open entry
        self.children: list[tuple[int, int, str]] = []  # of the open entry: offset, role and name
        self.records: dict[bytes, int] = {}  # number of entries by identifier without a version
        self.namespaces: set[tuple[str | None, str | None]] = set()
        self.roles: dict[str, int] = {}  # by name, of all elements so far
        self.attributes: set[str] = set()  # every attribute name
        self.texts: list[list[str]] = []  # of the open elements whose text is read, the innermost last
        self.room = bounds.ELEMENT  # for characters of these texts
        self.entry: FeedEntry | None = None
        self.entries: list[FeedEntry] = []
        self.parser = parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.buffer_size = _CHUNK
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CommentHandler = self.comment
        parser.StartNamespaceDeclHandler = self.namespace
        parser.StartDoctypeDeclHandler = self.doctype

    def run(self) -> list[FeedEntry]:
        parser, view = self.parser, memoryview(self.data)
        try:
            for fed in range(0, len(view), _CHUNK):
                parser.Parse(view[fed : fed + _CHUNK], False)
                if fed - parser.CurrentByteIndex > bounds.TOKEN:
                    self.refuse(f"a tag or comment of more than {bounds.TOKEN >> 10} KB")
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            if error.code in _CUT_SHORT:
                message = CUT_MESSAGE
            else:
                message = f"not well-formed XML: {expat.errors.messages[error.code]}"
            raise FeedError.at(self.path, message, FETCH_AGAIN, line=error.lineno) from None
        return self.entries

    def refuse(self, message: str, remedy: str = "this is no feed of arXiv; delete the file") -> NoReturn:
        raise FeedError.at(self.path, message, remedy, line=self.parser.CurrentLineNumber)

    def fault(self, message: str) -> None:
        """Mark the open entry as one to be skipped; outside of entries, refuse the file."""
        if self.entry is None:
            self.refuse(f"{message}, outside of entries")
        self.entry.fault = self.entry.fault or message

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth = depth = self.depth + 1
        if depth > bounds.DEPTH:
            self.refuse(f"elements within elements, more than {bounds.DEPTH} deep")
        if attributes:
            if len(attributes) > bounds.ATTRIBUTES:
                self.refuse(f"an element with {len(attributes)} attributes")
            self.attributes.update(attributes)
            if len(self.attributes) > bounds.NAMES:
                self.refuse(f"more than {bounds.NAMES:,} names of attributes")
        try:
            role = self.roles[name]
        except KeyError:
            role = self.first(name)
        if self.entry is not None:
            if not role or role == _LINK:
                self.others += 1
                if self.others > bounds.ELEMENTS:
                    self.fault(f"more than {bounds.ELEMENTS:,} elements that are no authors or categories")
            if depth == self.child_depth:
                self.start_child(name, role, attributes)
            elif (
                depth != self.child_depth + 1
                or self.children[-1][1] != _AUTHOR
                or (role != _NAME and role != _FIELD)
            ):
                self.entry.simple = False
        if not role or role == _LINK:
            return
        if role == _ENTRY:
            if self.entry is not None:
                self.refuse("an entry within an entry")
            at = self.parser.CurrentByteIndex
            self.tags = self.others = 0
            self.children, self.child_depth = [], depth + 1
            self.entry = FeedEntry(
                line=self.parser.CurrentLineNumber, start=at, fields={}, affiliations=[], names=[], terms=[]
            )
            return
        if role == _AUTHOR:
            if self.entry is not None and not self.entry.fault:
                self.entry.affiliations.append([])
                if len(self.entry.affiliations) > bounds.AUTHORS:
                    self.fault(f"more than {bounds.AUTHORS:,} authors")
        elif role == _CATEGORY:
            self.tags += 1
            if self.tags > bounds.CATEGORIES:
                self.fault(f"more than {bounds.CATEGORIES} categories")
        self.texts.append([attributes["term"]] if role == _FIELD and "term" in attributes else [])
        self.parser.CharacterDataHandler = self.text

    def start_child(self, name: str, role: int, attributes: dict[str, str]) -> None:
        """Record where a child of the open entry begins, and whether the entry can still be simple."""
        entry = cast(FeedEntry, self.entry)
        if role == _AUTHOR:
            entry.simple = entry.simple and name == _ATOM_AUTHOR
        elif role == _CATEGORY:
            entry.simple = entry.simple and name == _ATOM_CATEGORY and "term" in attributes
            entry.terms.append(attributes.get("term", ""))
        elif role == _NAME:
            entry.simple = False
        elif role == _LINK and _is_pdf(attributes):
            role = _UNUSED
        self.children.append((self.parser.CurrentByteIndex, role, name))

    def end(self, name: str) -> None:
        self.depth -= 1
        role = self.roles[name]
        if not role or role == _LINK:
            return
        entry = self.entry
        if role == _ENTRY:
            self.end_entry(name)
            return
        pieces = self.texts.pop()
        if self.texts:
            self.texts[-1] += pieces
        else:
            self.parser.CharacterDataHandler = None
            self.room = bounds.ELEMENT
        text = "".join(pieces)
        if role == _NAME:
            if entry is not None and not entry.fault:
                entry.names.append(text)
        elif role == _AUTHOR:
            if len(text) > bounds.WORD and max(map(len, text.split()), default=0) > bounds.WORD:
                self.fault(f"an author with a word of more than {bounds.WORD:,} letters")
            if entry is not None and len(entry.names) != len(entry.affiliations):
                entry.simple = False
        elif role == _CATEGORY:
            if len(text) > bounds.CATEGORY:
                self.fault(f"a category of more than {bounds.CATEGORY:,} letters")
            if entry is not None and text.strip():
                entry.simple = False
        elif entry is not None:
            local = name.rpartition(" ")[2].lower()
            if local != "affiliation":
                entry.fields.setdefault(local, []).append(text)
            elif entry.affiliations:
                entry.affiliations[-1].append(text)

    def end_entry(self, name: str) -> None:
        """Record where the open entry ends, and which spans of it feedparser has to read."""
        entry = cast(FeedEntry, self.entry)
        entry.end = at = self.parser.CurrentByteIndex
        # For <entry/> expat gives the offset behind it, where </feed> may follow; for </entry> the offset before it.
        if self.data.startswith(b"</", at):
            behind = self.data.index(b">", at) + 1
            closed = self.data[at + 2 : behind - 1].strip().decode().rpartition(":")[2]
            if closed == name.rpartition(" ")[2]:
                entry.end = behind
        # A span ends where the next child begins, because expat does not tell where an empty element ends.
        ends = [start for start, _, _ in self.children[1:]] + [at]
        self.check_children(ends)
        entry.simple = entry.simple and bool(self.children) and not entry.fault
        if entry.simple:
            kept = [
                (start, end)
                for (start, role, _), end in zip(self.children, ends, strict=True)
                if role not in _READ_HERE
            ]
            entry.spans = [(entry.start, self.children[0][0]), *kept, (at, entry.end)]
        elif entry.fault:
            entry.spans = [(entry.start, self.children[0][0]), *self.naming(ends), (at, entry.end)]
        else:
            entry.spans = [(entry.start, entry.end)]
        self.entries.append(entry)
        if len(self.entries) > bounds.ENTRIES:
            self.refuse(f"more than {bounds.ENTRIES:,} entries", "split the file")
        self.entry = None

    def check_children(self, ends: Sequence[int]) -> None:
        """Check the sizes of the open entry's children, which end at ``ends``, and the fields that guard has read."""
        entry = cast(FeedEntry, self.entry)
        before = self.children[0][0] if self.children else entry.end
        if before - entry.start > bounds.TOKEN:
            self.refuse("an entry with a long text outside of its elements")
        for (start, _, name), end in zip(self.children, ends, strict=False):
            if end - start > bounds.ELEMENT:
                self.fault(f"«{_local(name)}» is longer than {bounds.ELEMENT >> 20} MB")
            if name in _IDENTIFIERS:
                identifier = _VERSION.sub(b"", self.data[start:end])
                count = self.records[identifier] = self.records.get(identifier, 0) + 1
                if count > bounds.RECORDS:
                    self.refuse(f"more than {bounds.RECORDS:,} entries with the same identifier")
        for field, most in _MOST_FIELDS.items():
            if len(entry.fields.get(field, ())) > most:
                self.fault(f"more than {most:,} elements «{field}»")

    def naming(self, ends: Sequence[int]) -> list[tuple[int, int]]:
        """Return the spans of the open entry's first identifier, title and link, as far as they are short."""
        kept: dict[str, tuple[int, int]] = {}
        for (start, _, name), end in zip(self.children, ends, strict=True):
            if (local := _local(name)) in _NAMING and end - start <= _LONGEST_NAMING:
                kept.setdefault(local, (start, end))
        return list(kept.values())

    def first(self, name: str) -> int:
        """Return the role of an element name at its first occurrence; the very first name is the root's."""
        space, _, local = name.rpartition(" ")
        if not self.roles:
            if local.lower() == "html":
                refuse_web_page(self.data, self.path)
            if name not in _ROOTS:
                self.refuse(f"the root element is «{printable(local, 40)}», not that of an Atom or RSS feed")
            if self.parser.CurrentByteIndex > bounds.PROLOG:
                self.refuse(f"the feed begins only after {self.parser.CurrentByteIndex} bytes")
        if len(self.roles) > bounds.NAMES:
            self.refuse(f"more than {bounds.NAMES:,} names of elements")
        low = local.lower()
        role = _ATOM_ROLES.get(name, _OTHER)
        if name in _ENTRIES:
            role = _ENTRY
        elif space in (ARXIV, ARCHIVE):
            role = _FIELD
        elif low in _AUTHOR_TAGS:
            role = _AUTHOR
        elif low in _CATEGORY_TAGS:
            role = _CATEGORY
        self.roles[name] = role
        return role

    def text(self, text: str) -> None:
        # What is longer makes its entry faulty when the entry ends, and need not be kept until then.
        self.room -= len(text)
        if self.room > 0:
            self.texts[-1].append(text)

    def comment(self, _: str) -> None:
        self.comments += 1
        if self.comments > bounds.COMMENTS:
            self.refuse(f"more than {bounds.COMMENTS} comments")

    def namespace(self, prefix: str | None, uri: str | None) -> None:
        self.namespaces.add((prefix, uri))
        if len(self.namespaces) > bounds.NAMESPACES:
            self.refuse(f"more than {bounds.NAMESPACES} XML namespaces")

    def doctype(self, name: str, *_: object) -> None:
        if name.lower() == "html":
            refuse_web_page(self.data, self.path)
        self.refuse("declares a DOCTYPE, which no feed of arXiv does and which may hide entities")
