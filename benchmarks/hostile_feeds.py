"""Feed files that are broken, hostile or huge, by family; each of any size.

``tests/test_hostile_feeds.py`` reads small ones, `make bench-hostile` builds sites of large ones.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from itertools import count, islice, pairwise
from random import Random
from typing import NamedTuple

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"'
    ' xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:archive="urn:sitegen:archive">'
    "<id>http://arxiv.org/api/x</id><title>t</title><updated>2024-01-01T00:00:00Z</updated>\n"
)
TAIL = "</feed>\n"
_DATES = "<published>2024-01-02T00:00:00Z</published><updated>2024-01-02T00:00:00Z</updated>"
_ABSTRACT = "<summary>We show that place cells and grid cells share a common input.</summary>"
_AUTHOR = "<author><name>Ada Lovelace</name></author>"
_CATEGORY = '<category term="q-bio.NC"/>'


class Family(NamedTuple):
    """A kind of file: how one of about so many bytes is made, and what becomes of it.

    ``outcome`` is "papers", "refused" (the file as a whole), "skipped" (its entries) or "cut" (papers with a report).
    ``says`` is a part of the report.
    """

    name: str
    make: Callable[[int], bytes]
    outcome: str
    says: str = ""
    suffix: str = ".xml"
    small: int = 20_000  # bytes that are enough for the outcome


def entry(number: int = 1, *, title: str = "Place cells", rest: str = _ABSTRACT + _AUTHOR + _CATEGORY) -> str:
    """Return an entry of Atom with everything that it needs."""
    id = f"24{number // 99_999 % 12 + 1:02}.{number % 99_999 + 1:05}v1"
    return f"<entry><id>http://arxiv.org/abs/{id}</id><title>{title}</title>{_DATES}{rest}</entry>\n"


def feed(*entries: str) -> bytes:
    """Return a feed of Atom."""
    return (HEAD + "".join(entries) + TAIL).encode()


def _text(piece: str, size: int) -> str:
    """Return a text of so many characters, at least one piece."""
    return piece * max(1, size // len(piece))


def _in_entry(element: str) -> Callable[[int], bytes]:
    """Return a maker of feeds with one entry that has an element again and again; ``{n}`` in it is a number."""

    def make(size: int) -> bytes:
        times = max(1, size // len(element))
        many = "".join(element.replace("{n}", str(n)) for n in range(times))
        return feed(entry(rest=_ABSTRACT + _AUTHOR + _CATEGORY + many))

    return make


def _in_field(before: str, piece: str, after: str) -> Callable[[int], bytes]:
    """Return a maker of feeds with one entry of which one field is long."""
    return lambda size: feed(entry(rest=_AUTHOR + _CATEGORY + before + _text(piece, size) + after))


def _abstracts(piece: str, length: int = 19_000) -> Callable[[int], bytes]:
    """Return a maker of feeds with as many abstracts, just within the bound, as have room."""
    rest = f"<summary>{_text(piece, length)}</summary>{_AUTHOR}{_CATEGORY}"
    return lambda size: feed(*(entry(number, rest=rest) for number in range(max(1, size // length))))


def _many(make_entry: Callable[[int], str]) -> Callable[[int], bytes]:
    """Return a maker of feeds with as many entries as have room."""
    length = len(make_entry(1))
    return lambda size: feed(*(make_entry(number) for number in range(max(2, size // length))))


def _around(before: str, piece: str, after: str) -> Callable[[int], bytes]:
    return lambda size: (before + _text(piece, size) + after).encode()


def _names(name: Callable[[int], str]) -> Callable[[int], bytes]:
    """Return a maker of feeds with one paper by so many authors."""
    length = len(name(1)) + 32

    def make(size: int) -> bytes:
        people = (f"<author><name>{name(n)}</name></author>" for n in range(max(2, size // length)))
        return feed(entry(rest=_ABSTRACT + _CATEGORY + "".join(people)))

    return make


def _bomb(content: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Return a maker of gzip files whose content is a thousand times as large."""
    return lambda size: gzip.compress(content(min(size * 1000, 300_000_000)), 9, mtime=0)


def _random(size: int) -> bytes:
    return Random(1).randbytes(size)


def _members(size: int) -> bytes:
    return gzip.compress(b"", mtime=0) * max(1, size // 20)


def _nested_gzip(size: int) -> bytes:
    data = feed(*(entry(number) for number in range(max(1, size // 500))))
    for _ in range(3):
        data = gzip.compress(data, mtime=0)
    return data


def _laughs(size: int) -> bytes:
    names = "abcdefghij"
    parts = [f'<!ENTITY {one} "{f"&{other};" * 10}">' for other, one in pairwise(names)]
    return f'<!DOCTYPE feed [<!ENTITY a "{_text("ha", size)}">{"".join(parts)}]><feed>&j;</feed>'.encode()


_FEED_OF_PAPERS = _many(entry)
_RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://arxiv.org/"><title>a</title></channel>'
)
_ITEM = (
    '<item rdf:about="http://arxiv.org/abs/2401.00001"><title>T (arXiv:2401.00001v1 [q-bio.NC])</title>'
    "<description>x</description><dc:date>2024-01-02</dc:date><dc:creator>"
)
_RSS = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>a</title>'
    "<pubDate>Tue, 02 Jan 2024 00:00:00 -0500</pubDate>"
)
_RSS_ITEM = (
    "<item><guid>oai:arXiv.org:2401.00001v1</guid><title>T</title><description>x</description><dc:creator>"
)

FAMILIES = [
    # no feed at all
    Family("nothing", lambda _: b"", "refused", "the file is empty"),
    Family("spaces", lambda size: b" " * size, "refused", "the file is empty"),
    Family("zeros", lambda size: b"\0" * size, "refused", "plain text"),
    Family("noise", _random, "refused"),
    Family("a line of text", _around("", "Rate exceeded. ", ""), "refused", "plain text"),
    Family("a web page", _around("<html><body>", "<p>Sorry", "</body></html>"), "refused", "web page"),
    Family("another XML", _around("<a>", "<b/>", "</a>"), "refused", "the root element"),
    Family("JSON", _around("[", '{"id": 1},', "{}]"), "refused", "plain text"),
    # entities
    Family("billion laughs", _laughs, "refused", "DOCTYPE"),
    Family(
        "quadratic blow-up",
        lambda size: (
            f'<!DOCTYPE feed [<!ENTITY a "{_text("x", size // 2)}">]><feed>{_text("&a;", size // 2)}</feed>'.encode()
        ),
        "refused",
        "DOCTYPE",
    ),
    Family(
        "external entity: a file",
        _around('<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed>', "&a;", "</feed>"),
        "refused",
        "DOCTYPE",
    ),
    Family(
        "external entity: a host",
        _around('<!DOCTYPE feed SYSTEM "http://127.0.0.1:9/x.dtd"><feed>', "&a;", "</feed>"),
        "refused",
        "DOCTYPE",
    ),
    Family(
        "undefined entities", _in_field("<summary>", "&nbsp;", "</summary>"), "refused", "not well-formed"
    ),
    Family("illegal characters", _in_field("<summary>", "&#1;", "</summary>"), "refused", "not well-formed"),
    # markup
    Family(
        "attributes",
        lambda size: feed("<entry " + " ".join(f'a{n}=""' for n in range(max(60, size // 10))) + "/>"),
        "refused",
    ),
    Family(
        "one long attribute", _around(HEAD + '<entry a="', "x", '"/>' + TAIL), "refused", "", small=400000
    ),
    Family("comments", _around(HEAD, "<!-- -->", TAIL), "refused", "", small=200000),
    Family("one long comment", _around(HEAD + "<!--", "x", "-->" + TAIL), "refused", "", small=400000),
    Family("one long instruction", _around(HEAD + "<?a ", "x", "?>" + TAIL), "refused", "", small=400000),
    Family("instructions", _in_entry("<?a b?>"), "skipped", "is longer than 1 MB", small=1200000),
    Family(
        "CDATA",
        _in_field("<summary><![CDATA[", "<b>x</b> ", "]]></summary>"),
        "skipped",
        "«summary»",
        small=1200000,
    ),
    Family("deep nesting", lambda size: feed("<a>" * (size // 3)), "refused", "50 deep"),
    Family("namespaces", _in_entry('<a xmlns="u:{n}"/>'), "refused", "64 XML namespaces"),
    Family("unknown elements", _in_entry("<a{n}/>"), "refused", "more than 1,000 names"),
    Family(
        "XHTML",
        _in_field(
            '<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">', "<i>a</i>", "</div></summary>"
        ),
        "skipped",
        "more than 1,000 elements",
    ),
    Family("entries within entries", lambda size: feed("<entry>" * (size // 7)), "refused", "entry within"),
    Family(
        "a long head",
        _around(HEAD, "<generator>x</generator>", entry() + TAIL),
        "refused",
        "outside",
        small=40000,
    ),
    Family(
        "a long tail",
        _around(HEAD + entry(), "<a>x</a>", TAIL),
        "refused",
        "outside of its entries",
        small=40000,
    ),
    Family("text between entries", _around(HEAD + entry(1), "x", entry(2) + TAIL), "papers"),
    Family(
        "xml:base",
        lambda size: _many(entry)(size).replace(b"<id>http://arxiv.org/api", b'<id xml:base="http://a/">x'),
        "papers",
    ),
    # packing and encodings
    Family("gzip bomb: zeros", _bomb(lambda size: b"\0" * size), "refused", "", ".xml.gz"),
    Family(
        "gzip bomb: a title",
        _bomb(_around(HEAD + "<title>", " ", "</title>" + TAIL)),
        "refused",
        "",
        ".xml.gz",
    ),
    Family("gzip bomb: papers", _bomb(lambda size: feed(entry() * (size // 500))), "refused", "", ".xml.gz"),
    Family("gzip: empty members", _members, "refused", "", ".xml.gz"),
    Family("gzip within gzip", _nested_gzip, "refused", "a gzip file within a gzip file", ".xml.gz"),
    Family("gzip cut short", lambda size: gzip.compress(_random(size))[:-9], "refused", "", ".xml.gz"),
    Family(
        "gzip and junk", lambda size: gzip.compress(feed(entry())) + _random(size), "refused", "", ".xml.gz"
    ),
    Family(
        "wrong charset", lambda size: HEAD.encode() + "caf\xe9 ".encode("latin-1") * (size // 5), "refused"
    ),
    Family(
        "invalid UTF-8",
        lambda size: HEAD.encode() + b"a" * size + b"\xff</feed>",
        "refused",
        "not valid in it",
    ),
    Family(
        "UTF-16",
        lambda size: _FEED_OF_PAPERS(size // 2).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "papers",
    ),
    Family("UTF-32", lambda size: _FEED_OF_PAPERS(size // 4).decode().encode("utf-32"), "refused"),
    Family("UTF-7", lambda size: _FEED_OF_PAPERS(size).replace(b"UTF-8", b"UTF-7"), "refused", "«utf-7»"),
    Family("cut short", lambda size: _FEED_OF_PAPERS(size)[:-20], "refused", "cut short"),
    # many of one thing
    Family("papers", _FEED_OF_PAPERS, "papers"),
    Family("one identifier", _many(lambda _: entry()), "papers"),
    Family(
        "versions as entries",
        _many(lambda number: entry().replace("v1<", f"v{number % 9999 + 1}<")),
        "papers",
    ),
    Family("versions", _in_entry("<archive:version>{n} 2024-01-02T00:00:00Z</archive:version>"), "papers"),
    Family("announcements", _in_entry("<archive:announced>2024-01-02 new</archive:announced>"), "papers"),
    Family("no identifier", _many(lambda number: f"<entry><title>{number}</title></entry>"), "skipped"),
    Family(
        "no date", _many(lambda number: entry(number).replace("2024-01-02T", "x")), "skipped", "not a date"
    ),
    Family("empty entries", lambda size: feed("<entry/>" * max(2, size // 8)), "skipped", small=2000),
    Family("long identifiers", _many(lambda _: entry().replace("abs/", f"abs/{'a' * 300}/")), "skipped"),
    # long fields
    Family("title", lambda size: feed(entry(title=_text("$x$ \\b{a} ", size))), "skipped", "title"),
    Family(
        "abstract",
        _in_field("<summary>", "a b ", "</summary>"),
        "cut",
        "its abstract is longer than 20,000",
        small=30000,
    ),
    Family("comment", _in_field("<arxiv:comment>", "a b ", "</arxiv:comment>"), "cut", "comment"),
    Family("journal", _in_field("<arxiv:journal_ref>", "a b ", "</arxiv:journal_ref>"), "cut", "journal_ref"),
    Family("DOI", _in_field("<arxiv:doi>", "10.1000/a ", "</arxiv:doi>"), "cut", "DOIs"),
    Family("DOIs", _in_entry("<arxiv:doi>10.1000/{n}</arxiv:doi>"), "cut", "DOIs"),
    Family("name", _in_field("<author><name>", "Ada ", "</name></author>"), "cut", "a name of more than"),
    Family("word in a name", _in_field("<author><name>", "a", "</name></author>"), "skipped", "a word of"),
    Family(
        "affiliation",
        _in_field("<author><name>A B</name><arxiv:affiliation>", "a ", "</arxiv:affiliation></author>"),
        "cut",
        "affiliations",
    ),
    Family("category", _in_field("<category>", "a,", "</category>"), "skipped", "a category of"),
    Family("categories", _in_entry('<category term="c{n}.AB"/>'), "skipped", "more than 100 categories"),
    Family("link", _in_field('<link href="http://a.org/', "x", '"/>'), "cut", ""),
    Family("links", _in_entry('<link href="http://a.org/{n}"/>'), "cut", "links"),
    Family("authors", _names(lambda number: f"Ada B. Lovelace{number}"), "papers"),
    Family(
        "authors of one slug",
        _names(lambda number: f"{chr(0x4E00 + number % 20_000)} {number // 20_000}王"),
        "papers",
    ),
    Family("authors of like names", _names(lambda number: f"Ada{number} Lovelace"), "papers"),
    Family(
        "authors in one element",
        _around(_RSS + _RSS_ITEM, "Ada Lovelace, ", "B C</dc:creator></item></channel></rss>"),
        "papers",
    ),
    Family(
        "authors, RSS 1.0",
        _around(_RDF + _ITEM, "Ada Lovelace (1), ", "B C</dc:creator></item></rdf:RDF>"),
        "papers",
    ),
    # abstracts that are slow to read
    *(
        Family(f"abstracts of {piece!r}", _abstracts(piece), "papers")
        for piece in (
            "\\begin{x}",
            "\\begin{itemize}\\item a ",
            "{",
            "$",
            "$x$ ",
            "`",
            "``a ",
            "''a ",
            "\\foo{",
            "\\foo ",
            "\\emph{a} ",
            "{\\it a ",
            "\\frac{",
            "$\\frac{",
            "\n  a",
            "\\(",
            "[",
            "http://a.b ",
            "&amp;lt;i&amp;gt;",
            "a^2 ",
            "\\cite{",
        )
    ),
]


def cut_feeds() -> list[bytes]:
    """Return a feed of three entries, cut short at every byte."""
    data = feed(*islice(map(entry, count(1)), 3)).rstrip()
    return [data[:length] for length in range(len(data))]
