"""HTML in feeds: entities and tags that authors paste, and descriptions that are HTML; see data/pasted.toml."""

from __future__ import annotations

import tomllib
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_texts import MATH, local

from sitegen.feeds import feed
from sitegen.models import Paper
from sitegen.text import ROOT, abstract
from sitegen.text.characters import folded
from sitegen.text.hyphens import rejoined
from sitegen.text.markup import authored, from_html

TABLE = tomllib.loads((Path(__file__).parent / "data" / "pasted.toml").read_text("utf-8"))
ENTRIES = [(kind, entry) for kind in ("authored", "html") for entry in TABLE[kind]]


@pytest.mark.parametrize(("kind", "entry"), ENTRIES, ids=[entry["source"][:30] for _, entry in ENTRIES])
def test_what_a_reader_sees(kind: str, entry: dict[str, str]) -> None:
    source = authored(entry["source"] if kind == "authored" else from_html(entry["source"]))
    html = abstract.inline_html(source) if kind == "authored" else abstract.to_html(source, local)
    made = {"html": MATH.sub(r"⟦\g<tex>⟧", html).replace(ROOT, "@"), "text": abstract.to_text(source)}
    if "bibtex" in entry:
        from sitegen.exports import bibtex

        made["bibtex"] = bibtex._title(source)
    assert made == {key: value.removeprefix("\n") for key, value in entry.items() if key != "source"}


PARTS = [
    *(
        "&",
        "amp;",
        "lt;",
        "gt;",
        "#",
        "38;",
        "x3C;",
        ";",
        "<",
        ">",
        "/",
        "i",
        "b",
        "sub",
        "sup",
        "br",
        "a",
        "x",
        "2",
    ),
    *("$", "\\", "{", "}", "\u200b", "<i>", "</i>", "<sub>", "</sub>", " "),
]


@given(st.lists(st.sampled_from(PARTS)).map("".join))
def test_a_text_that_is_read_again_is_the_same(text: str) -> None:
    once = authored(text)
    assert authored(once) == once
    assert folded(authored(folded(once))) == folded(once)


HOSTILE = [
    *(
        "&amp;",
        "&#38;#38;",
        "&",
        "<",
        "<i>",
        "</i>",
        "<i>x</i>",
        "<!--",
        "<a href=",
        "<i ",
        "<p>",
        "<sub>{",
        "<i a='b' ",
    ),
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    assert len(authored(from_html(text))) <= 10 * len(text)
    assert len(authored(text)) <= 10 * len(text)


BROKEN_WORDS = [
    ("dynamic net- works and networks", "dynamic networks and networks"),
    ("Net-\nworks as networks", "Networks as networks"),
    ("conductance- based and Conductance-based", "conductance-based and Conductance-based"),
    ("pre- and post-synaptic, preand", "pre- and post-synaptic, preand"),
    ("net- works nowhere else", "net- works nowhere else"),
    ("a mean- field -- and- or", "a mean- field -- and- or"),
]


@pytest.mark.parametrize(("text", "wanted"), BROKEN_WORDS)
def test_words_that_a_line_end_has_broken(text: str, wanted: str) -> None:
    assert rejoined(text, text) == wanted


# --- the dialects of feeds ------------------------------------------------------------------------------------

HTML = "<p>In $a&lt;b$, R&amp;D: CO<sub>2</sub>, see\n <a href='http://a.org/x'>this http URL</a>.</p>"
READ = r"In $a<b$, R&D: CO\(_2\), see http://a.org/x."
PLAIN = "In $a<b$, a <b and c> d, p < 0.05."
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>x</title><updated>2024-01-01T00:00:00Z</updated>'
    "<entry><id>http://arxiv.org/abs/2401.00001v1</id><published>2024-01-01T00:00:00Z</published>"
    "<updated>2024-01-01T00:00:00Z</updated>{}</entry></feed>"
)
RSS = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>x</title><link>http://a.org</link>'
    "<pubDate>Tue, 02 Jan 2024 00:00:00 +0000</pubDate><item><link>http://arxiv.org/abs/2401.00001</link>"
    "<dc:creator>Jos&amp;eacute; Ejemplo</dc:creator>{}</item></channel></rss>"
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><dc:date>2018-05-23T20:30:00-05:00</dc:date></channel>'
    "<item><link>http://arxiv.org/abs/2401.00001</link>"
    '<dc:creator>&lt;a href="http://arxiv.org/x"&gt;Jos&amp;eacute; Ejemplo&lt;/a&gt;</dc:creator>{}</item></rdf:RDF>'
)
TITLE = "<title>CO&lt;sub&gt;2&lt;/sub&gt;</title>"
OLD_TITLE = "<title>CO&lt;sub&gt;2&lt;/sub&gt; (arXiv:2401.00001v1 [q-bio.NC])</title>"
XHTML = (
    '<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>In $a&lt;b$, R&amp;D: CO<sub>2</sub>, see'
    ' <a href="http://a.org/x">this http URL</a>.</p></div></summary>'
)
DAILY = "arXiv:2401.00001v1 Announce Type: new \nAbstract: "
FEEDS = {
    "RSS 1.0": (RDF, f"{OLD_TITLE}<description>{escape(HTML)}</description>", READ),
    "RSS 1.0, literal": (RDF, f'{OLD_TITLE}<description rdf:parseType="Literal">{escape(HTML)}</description>', READ),
    "RSS 2.0": (RSS, f"{TITLE}<description>{escape(HTML)}</description>", READ),
    "RSS 2.0, CDATA": (RSS, f"{TITLE}<description><![CDATA[{HTML}]]></description>", READ),
    "RSS 2.0 since 2024": (
        RSS, f"{TITLE}<description>{escape(DAILY + PLAIN)}</description>", PLAIN,
    ),
    "Atom html": (
        ATOM,
        f'<title type="html">CO&lt;sub&gt;2&lt;/sub&gt;</title><summary type="html">{escape(HTML)}</summary>', READ,
    ),
    "Atom xhtml": (
        ATOM,
        f'<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">CO<sub>2</sub></div></title>{XHTML}', READ,
    ),
    "Atom content": (ATOM, f'{TITLE}<content type="html">{escape(HTML)}</content>', READ),
    "Atom text": (ATOM, f"{TITLE}<summary>{escape(PLAIN)}</summary>", PLAIN),
    "Atom daily": (ATOM, f"{TITLE}<summary>{escape(DAILY + PLAIN)}</summary>",
                   DAILY + PLAIN),
}  # fmt: skip


def one(text: str) -> Paper:
    ((paper,), problems) = feed.parse(text.encode(), "a.xml")
    assert problems == ()
    return paper


@pytest.mark.parametrize(("document", "elements", "wanted"), FEEDS.values(), ids=FEEDS.keys())
def test_dialects(document: str, elements: str, wanted: str) -> None:
    paper = one(document.format(elements))
    assert (paper.title, paper.abstract) == (r"CO\(_2\)", wanted)
    assert [credit.name.printed for credit in paper.credits] in ([], ["José Ejemplo"])


def test_fields_of_an_entry() -> None:
    rlo = "\u202e"
    paper = one(
        ATOM.format(
            f"<title>Soft\u00adhyphen\u200b and\u2060 more\u200e</title><summary>B\ufeffC می\u200cخواهم</summary>"
            f'<link rel="related" href="https://evil.example/{rlo}gnp.exe"/><rights>https://evil.example/{rlo}x</rights>'
            f'<category term="{rlo}92C20"/><author><name>Jos&amp;eacute; Ejemplo</name>'
            f'<affiliation xmlns="http://arxiv.org/schemas/atom">{rlo}A &amp;amp; M</affiliation></author>'
            f'<comment xmlns="http://arxiv.org/schemas/atom">5 pages, H&lt;sub&gt;2&lt;/sub&gt;{rlo}</comment>'
            f'<journal_ref xmlns="http://arxiv.org/schemas/atom">J. A &amp;amp; B{rlo}</journal_ref>'
            f'<doi xmlns="http://arxiv.org/schemas/atom">10.1000/{rlo}x</doi>'
        )
    )
    assert (paper.title, paper.abstract) == ("Softhyphen and more", "BC می\u200cخواهم")
    assert (paper.links, paper.license) == (("https://evil.example/gnp.exe",), "https://evil.example/x")
    assert (paper.subject_classes, paper.dois) == (("92C20",), ("10.1000/x",))
    assert paper.credits[0].name.printed == "José Ejemplo"
    assert paper.credits[0].affiliations == ("A & M",)
    assert (paper.comment, paper.journal_ref) == (r"5 pages, H\(_2\)", "J. A & B")
