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
import zlib
from typing import Literal, NoReturn, cast
from xml.parsers import expat

import msgspec

from sitegen.errors import FeedError

Dialect = Literal["atom", "rss", "rdf"]  # Atom 1.0, RSS 2.0 and its like, RSS 1.0

MAX_BYTES = 256 << 20  # of XML; 100,000 papers are about 200 MB

ATOM = "http://www.w3.org/2005/Atom"
ARXIV = "http://arxiv.org/schemas/atom"
ARCHIVE = "urn:sitegen:archive"  # elements that the archive's own files add: see fetch/writer.py
_ROOTS: dict[str, Dialect] = {
    f"{ATOM} feed": "atom",
    "rss": "rss",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns# RDF": "rdf",
}
_ENTRIES = frozenset({f"{ATOM} entry", "item", "http://purl.org/rss/1.0/ item"})
# Limits far above any real feed. Each prevents something that takes feedparser quadratic time.
_CHUNK = 1 << 16  # bytes that feedparser's parser reads at a time
_MAX_TOKEN = 4 * _CHUNK  # of one tag or comment, which is scanned again with each chunk until it ends
_MAX_PROLOG = 4096  # bytes before the root element, which regular expressions search for a DOCTYPE
_MAX_ATTRIBUTES = 50
_MAX_COMMENTS = 10_000
_MAX_DEPTH = 50
_MAX_NAMESPACES = 64
_MAX_TAGS = 1000  # categories of one entry; each is compared with all previous ones
_MAX_TAG_TEXT = 10_000  # characters of one category, which may be a list
_MAX_WORD = 1000  # characters without a space in an author, which is searched for an e-mail address

_AUTHOR_TAGS = frozenset({"author", "creator", "managingeditor", "webmaster", "publisher"})
_CATEGORY_TAGS = frozenset({"category", "keywords", "subject", "tags"})
_OTHER, _ENTRY, _AUTHOR, _CATEGORY, _NAME, _LINK, _FIELD, _UNUSED = range(8)
_ATOM_ROLES = {f"{ATOM} name": _NAME, f"{ATOM} link": _LINK}
_ATOM_AUTHOR, _ATOM_CATEGORY = f"{ATOM} author", f"{ATOM} category"
# Of a simple entry, feedparser need not read these.
_READ_HERE = frozenset({_AUTHOR, _CATEGORY, _FIELD, _UNUSED})
# An entry's link to its own PDF is not used.
_PDF = ("http://arxiv.org/pdf/", "https://arxiv.org/pdf/")

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"'>]*)[\"']")
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1"}
_WEB_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_PAGE_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.I)

_FETCH_AGAIN = "delete the file and fetch it again"
_CUT_MESSAGE = "the file is cut short: it ends before the feed does"
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
    ``spans`` leaves out authors and categories, and ``names`` and ``terms`` hold them.
    """

    line: int
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
    if len(data) > MAX_BYTES:
        _refuse_size(path)
    if data.startswith(b"\x1f\x8b"):
        data = _gunzip(data, path)
    data = _utf8(data, path)
    _refuse_what_is_no_xml(data, path)
    feed = _FeedCheck(data, path)
    entries = feed.run()
    root, *_ = feed.roles
    based = any(name.rpartition(" ")[2].lower() == "base" for name in feed.attributes)
    return CheckedFeed(data=data, dialect=_ROOTS[root], entries=tuple(entries), based=based)


def printable(text: str, limit: int = 100) -> str:
    """Return text from a feed for a message: one line of at most ``limit`` characters, all of them printable."""
    folded = " ".join(text[: 4 * limit].split())
    shown = "".join(char if char.isprintable() else "\ufffd" for char in folded)
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def _gunzip(data: bytes, path: str) -> bytes:
    """Return the decompressed members of a gzip file (RFC 1952); FeedError if it is damaged or over MAX_BYTES."""
    parts, room = [], MAX_BYTES + 1
    while data.startswith(b"\x1f\x8b"):
        unpack = zlib.decompressobj(wbits=31)
        try:
            parts.append(unpack.decompress(data, room))
        except zlib.error as error:
            raise FeedError.at(path, f"the gzip file is damaged: {error}", _FETCH_AGAIN) from None
        room -= len(parts[-1])
        if room <= 0:
            _refuse_size(path)
        if not unpack.eof:
            raise FeedError.at(path, "the gzip file is cut short", _FETCH_AGAIN)
        data = unpack.unused_data
    if data.strip(b"\0"):  # some mirrors pad files with zeros
        raise FeedError.at(path, "the gzip file is damaged: other data follows its end", _FETCH_AGAIN)
    return b"".join(parts)


def _utf8(data: bytes, path: str) -> bytes:
    """Return the document in UTF-8, so that expat and feedparser cannot disagree about its encoding."""
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    if encoding:
        data = data[3 if encoding == "utf-8" else 2 :]
    elif data.startswith((b"<\0", b"\0<")):
        encoding = "utf-16-le" if data.startswith(b"<\0") else "utf-16-be"
    else:
        found = _DECLARED.match(data[:_MAX_PROLOG])
        declared = found[1].decode("ascii", "replace").lower() if found else "utf-8"
        encoding = _ENCODINGS.get(declared, "")
        if not encoding:
            message = f"declares the encoding «{printable(declared, 40)}», which is not supported"
            raise FeedError.at(path, message, "save the file as UTF-8", line=1)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        _refuse_what_is_no_xml(data, path)
        line = data.count(b"\n", 0, error.start) + 1
        if error.end == len(data) and error.reason in ("unexpected end of data", "truncated data"):
            raise FeedError.at(path, _CUT_MESSAGE, _FETCH_AGAIN, line=line) from None
        message = f"declares {encoding.upper()}, but has bytes that are not valid in it"
        raise FeedError.at(path, message, f"{_FETCH_AGAIN}, or save it as UTF-8", line=line) from None
    return data if encoding == "utf-8" else text.encode("utf-8")


def _refuse_what_is_no_xml(data: bytes, path: str) -> None:
    """Refuse what arXiv sends instead of a feed when it is busy: nothing, a web page, or a line of text."""
    head = data[:_MAX_PROLOG].lstrip()
    if not head and not data.strip():
        raise FeedError.at(path, "the file is empty", _FETCH_AGAIN)
    if _WEB_PAGE.match(head):
        _refuse_web_page(data, path)
    if head and not head.startswith(b"<"):
        said = printable(head.decode("utf-8", "replace"))
        raise FeedError.at(
            path, f"plain text, not a feed: «{said}»", f"wait some minutes, then {_FETCH_AGAIN}", line=1
        )


def _refuse_web_page(data: bytes, path: str) -> NoReturn:
    title = _PAGE_TITLE.search(data[: 1 << 16])
    about = f" («{printable(title[1].decode('utf-8', 'replace'))}»)" if title else ""
    message = f"arXiv answered with a web page{about}, not with a feed"
    raise FeedError.at(path, message, f"wait some minutes, then {_FETCH_AGAIN}")


def _is_pdf(link: dict[str, str]) -> bool:
    return (
        link.get("title") == "pdf" and link.get("rel") == "related" and link.get("href", "").startswith(_PDF)
    )


def _refuse_size(path: str) -> NoReturn:
    message = f"holds more than {MAX_BYTES >> 20} MB of XML"
    raise FeedError.at(path, message, "split it into feeds of fewer entries")


class _FeedCheck:
    """One pass of expat over a document. Handlers run for every tag and have to be fast."""

    def __init__(self, data: bytes, path: str) -> None:
        self.data, self.path = data, path
        self.depth = self.comments = self.tags = 0
        self.child_depth = 0  # depth of the children of the open entry
        self.children: list[tuple[int, int]] = []  # of the open entry: offset and role
        self.namespaces: set[tuple[str | None, str | None]] = set()
        self.roles: dict[str, int] = {}  # by name, of all elements so far
        self.attributes: set[str] = set()  # every attribute name
        self.texts: list[list[str]] = []  # of the open elements whose text is read, the innermost last
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
                if fed - parser.CurrentByteIndex > _MAX_TOKEN:
                    self.refuse(f"a tag or comment of more than {_MAX_TOKEN >> 10} KB")
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            if error.code in _CUT_SHORT:
                message = _CUT_MESSAGE
            else:
                message = f"not well-formed XML: {expat.errors.messages[error.code]}"
            raise FeedError.at(self.path, message, _FETCH_AGAIN, line=error.lineno) from None
        return self.entries

    def refuse(self, message: str, remedy: str = "this is no feed of arXiv; delete the file") -> NoReturn:
        raise FeedError.at(self.path, message, remedy, line=self.parser.CurrentLineNumber)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth = depth = self.depth + 1
        if depth > _MAX_DEPTH:
            self.refuse(f"elements within elements, more than {_MAX_DEPTH} deep")
        if attributes:
            if len(attributes) > _MAX_ATTRIBUTES:
                self.refuse(f"an element with {len(attributes)} attributes")
            self.attributes.update(attributes)
        try:
            role = self.roles[name]
        except KeyError:
            role = self.first(name)
        if self.entry is not None:
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
            self.tags, self.children, self.child_depth = 0, [], depth + 1
            self.entry = FeedEntry(
                line=self.parser.CurrentLineNumber, start=at, fields={}, affiliations=[], names=[], terms=[]
            )
            return
        if role == _AUTHOR:
            if self.entry is not None:
                self.entry.affiliations.append([])
        elif role == _CATEGORY:
            self.tags += 1
            if self.tags > _MAX_TAGS:
                self.refuse(f"more than {_MAX_TAGS} categories in one entry")
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
        self.children.append((self.parser.CurrentByteIndex, role))

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
        text = "".join(pieces)
        if role == _NAME:
            if entry is not None:
                entry.names.append(text)
        elif role == _AUTHOR:
            if len(text) > _MAX_WORD and max(map(len, text.split()), default=0) > _MAX_WORD:
                self.refuse(f"an author with a word of more than {_MAX_WORD} letters")
            if entry is not None and len(entry.names) != len(entry.affiliations):
                entry.simple = False
        elif role == _CATEGORY:
            if len(text) > _MAX_TAG_TEXT:
                self.refuse(f"a category of more than {_MAX_TAG_TEXT} letters")
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
        entry.simple = entry.simple and bool(self.children)
        if entry.simple:
            # A span ends where the next child begins, because expat does not tell where an empty element ends.
            ends = [start for start, _ in self.children[1:]] + [at]
            kept = [
                (start, end)
                for (start, role), end in zip(self.children, ends, strict=True)
                if role not in _READ_HERE
            ]
            entry.spans = [(entry.start, self.children[0][0]), *kept, (at, entry.end)]
        else:
            entry.spans = [(entry.start, entry.end)]
        self.entries.append(entry)
        self.entry = None

    def first(self, name: str) -> int:
        """Return the role of an element name at its first occurrence; the very first name is the root's."""
        space, _, local = name.rpartition(" ")
        if not self.roles:
            if local.lower() == "html":
                _refuse_web_page(self.data, self.path)
            if name not in _ROOTS:
                self.refuse(f"the root element is «{printable(local, 40)}», not that of an Atom or RSS feed")
            if self.parser.CurrentByteIndex > _MAX_PROLOG:
                self.refuse(f"the feed begins only after {self.parser.CurrentByteIndex} bytes")
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
        self.texts[-1].append(text)

    def comment(self, _: str) -> None:
        self.comments += 1
        if self.comments > _MAX_COMMENTS:
            self.refuse(f"more than {_MAX_COMMENTS} comments")

    def namespace(self, prefix: str | None, uri: str | None) -> None:
        self.namespaces.add((prefix, uri))
        if len(self.namespaces) > _MAX_NAMESPACES:
            self.refuse(f"more than {_MAX_NAMESPACES} XML namespaces")

    def doctype(self, name: str, *_: object) -> None:
        if name.lower() == "html":
            _refuse_web_page(self.data, self.path)
        self.refuse("declares a DOCTYPE, which no feed of arXiv does and which may hide entities")
