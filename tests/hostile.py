"""Feeds as an attacker would write them: payloads in every field of every dialect, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

# What a payload would set if a script of it ran.
FLAG = "hostile"
_SCRIPT = f"window.{FLAG}=1"
_HOST = "evil.invalid"

# Texts that are no markup of arXiv's, so that a page must show them as they were written.
VERBATIM = (
    f"<script>{_SCRIPT}</script>",
    f"<img src=x onerror={_SCRIPT}>",
    f"<iframe src=//{_HOST}>",
    f"<svg onload={_SCRIPT}>",
    f"</title><script src=//{_HOST}/x.js></script>",
    "</script><script>",
    "]]>",
    "../../../etc/passwd",
    f"javascript:{_SCRIPT}",
)
_TAGS = (
    *VERBATIM,
    "& &amp; &lt;b&gt; &#60;script&#62;",  # entities that are escaped twice are arXiv's mistake, which is corrected
    f"<a href=javascript:{_SCRIPT}>x</a>",
    f"<base href=//{_HOST}/>",
    f"<link rel=stylesheet href=//{_HOST}/x.css>",
    f"<meta http-equiv=refresh content=0;url=//{_HOST}/>",
    f"<form action=//{_HOST}/><input name=q>",
    f"<object data=//{_HOST}/></object>",
    "<style>*{display:none}</style>",
    "<plaintext>",
    "<textarea>",
    "<noscript><p title='</noscript><img src=x onerror=1>'>",
    "<math><mtext></mtext><mglyph><style><!--</style><img title='--><img src=x onerror=1>'>",
    f"<template><script>{_SCRIPT}</script></template>",
    "<!--",
    "-->",
    "<!-- --!>",
    "<![CDATA[",
    "<?php echo 1 ?>",
    "<!doctype html>",
    "</main></body></html>",
    "</pre></fieldset>",
    "<",
    "</",
    "<b",
    "<i>a<b>b</i>c</b>",
    "<sup>",
    "</sub>",
    "<p>",
)
_ATTRIBUTES = (
    f'" onmouseover="{_SCRIPT}',
    f"' onfocus='{_SCRIPT}' autofocus='",
    f'"><script>{_SCRIPT}</script>',
    f"'><img src=x onerror={_SCRIPT}>",
    f"x onerror={_SCRIPT}",
    f"` onload={_SCRIPT} `",
    '"',
    "'",
    "`",
    "&quot; onload=1 &quot;",
    "&#34;&#39;&#x22;",
    "=",
    "/>",
)
_TEMPLATES = (
    "{{7*7}}",
    "{% include '/etc/passwd' %}",
    "{# x #}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{{ site.owner|safe }}",
    "%s%n%(x)s{0}{x.__class__}",
)
_CHARACTERS = (
    "\u202eevil\u202c",
    "\u2066\u2067\u2068\u2069",
    "\u200b\u200d\ufeff",
    "\u2028",
    "\u2029",
    "\u0085",
    "\t",
    "\n\n",
    "\r",
    "\x7f",
    "\ufffd",
    "\U000e0041",
    "a\u0300\u0301\u0302" * 8,
    "ﬀ＜script＞",
    "Ω≈ç√∫",
    "👩‍👩‍👧‍👦",
    "漢字かな",
)
_BIBLIOGRAPHY = (
    "@misc{pwned, title={x}}",
    '@preamble("\\immediate\\write18{touch pwned}")',
    "@string(jan={x})",
    "@comment{",
    "a@b.example",
    "{",
    "}",
    "}}",
    "{{{",
    '" # jan # "',
    "%",
    "\\",
    "\\\\",
    "~",
    "ER  - ",
    "\rER  - \rTY  - JOUR\r",
    "\nER  - \nTY  - JOUR",
    "\u2028ER  - ",
    "TY  - BOOK",
    "and others",
    " and ",
    "Doe, Jane, Jr., III",
)
_FORMULAS = (
    f"$\\href{{javascript:{_SCRIPT}}}{{x}}$",
    f"$\\text{{<script>{_SCRIPT}</script>}}$",
    f'$\\class{{x" onclick="{_SCRIPT}}}{{y}}$',
    "$\\style{background:url(//evil.invalid)}{x}$",
    "$\\unicode{60}$",
    "$x<y>z&w\"'$",
    "$$\\begin{matrix}a&b\\\\c&<\\end{matrix}$$",
    "\\(\\mathrm{</annotation></math><script>}\\)",
    "$\\color{red;background:url(//evil.invalid)}x$",
    "\\url{javascript:alert(1)}",
    "\\href{javascript:alert(1)}{x}",
    f'\\href{{https://example.org/" onclick="{_SCRIPT}}}{{x}}',
    "\\textbf{<b>",
    "\\emph{a} \\begin{itemize}\\item <script>\\end{itemize}",
    "\\input{/etc/passwd}",
    "\\def\\x{\\x\\x}\\x",
    "$" * 7,
    "\\'{<}",
    '\\"<',
    "\\char60script\\char62",
    "^_^",
)
_LINKS = (
    f'https://example.org/"onmouseover={_SCRIPT}',
    "https://example.org/<script>",
    f"http://{_HOST}/%00%0d%0aX:y",
    "http://example.org/\u202egnp.exe",
    "http://[::1]/x",
    "http://user:pass@example.org/",
    "doi:10.1000/<script>",
    '10.1000/182"><script>',
    'arXiv:2401.00001v1"',
    "q-bio/0309001'",
    "//evil.invalid/x",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:null/x",
)


def _script_addresses(random: Random) -> str:
    """Return ``javascript:…``, spelt in one of many ways that some browser has accepted."""
    word = list("javascript")
    for place in random.sample(range(len(word)), random.randint(0, 4)):
        word[place] = random.choice(
            (word[place].upper(), f"&#{ord(word[place])};", f"&#x{ord(word[place]):x};")
        )
    gap = random.choice(("", "", "\t", "\n", "\r", "&Tab;", "&NewLine;", "&#0;", "\u200b", "\u00ad", "%0a"))
    place = random.randrange(len(word) + 1)
    before = random.choice(("", "", " ", "\n", "\u2028", "\ufeff", "&#1;", "&#14;", "x:"))
    colon = random.choice((":", ":", "&colon;", "&#58;", "&#x3a;", "%3a", "：", "\t:"))
    end = random.choice((_SCRIPT, f"//%0a{_SCRIPT}", f"'{_SCRIPT}'", f"void({_SCRIPT})"))
    return before + "".join(word[:place]) + gap + "".join(word[place:]) + colon + end


def payload(random: Random) -> str:
    """Return a hostile text: one payload, or several and words around them."""
    kinds = (_TAGS, _ATTRIBUTES, _TEMPLATES, _CHARACTERS, _BIBLIOGRAPHY, _FORMULAS, _LINKS)
    parts = [
        _script_addresses(random) if random.random() < 0.1 else random.choice(random.choice(kinds))
        for _ in range(random.choice((1, 1, 1, 2, 3)))
    ]
    if random.random() < 0.5:
        parts.insert(random.randrange(len(parts) + 1), random.choice(("words", "Ünï ", " of the ", "x")))
    return random.choice(("", " ")).join(parts)


class Entry(NamedTuple):
    """The fields of a hostile paper, of which ``number`` is the place in its batch."""

    id: str
    title: str
    abstract: str
    authors: list[str]
    places: list[str]
    comment: str
    journal: str
    doi: str
    terms: list[str]
    links: list[str]
    rights: str
    verbatim: str  # what title and abstract show as it was written; "" if nothing has to be
    context: int  # how title and abstract are written

    @property
    def cases(self) -> int:
        """The number of payloads."""
        return 5 + len(self.authors) + len(self.places) + len(self.terms) + len(self.links)


def entry(random: Random, number: int, people: list[str]) -> Entry:
    """Return a paper, of which each field but the identifier is hostile; ``people`` have several papers."""
    context = random.randrange(_CONTEXTS)
    verbatim = random.choice(VERBATIM) if context not in _MARKED_UP and random.random() < 0.3 else ""
    token = f"Z{number}q"  # keeps papers and persons apart

    def text() -> str:
        return verbatim or payload(random)

    names = [payload(random) for _ in range(random.choice((1, 1, 2)))]
    authors = [f"{token} {name}" if random.random() < 0.5 else f"{name} {token}" for name in names]
    if random.random() < 0.3:
        authors.append(random.choice(people))
    return Entry(
        id=f"24{1 + number % 12:02}.{number + 1:05}",
        title=f"{token} {text()}",
        abstract=f"{token} {text()}",
        authors=authors,
        places=[payload(random) for _ in range(random.choice((0, 1, 2)))],
        comment=payload(random),
        journal=random.choice(("", "Phys. Rev. E 12, 34 (2020)")) + payload(random),
        doi=random.choice(("", "10.1000/")) + payload(random),
        terms=["q-bio.NC", payload(random)],
        links=[random.choice(("", "https://example.org/")) + payload(random)],
        rights=random.choice(("", "http://creativecommons.org/")) + payload(random),
        verbatim=verbatim,
        context=context,
    )


def _legal(text: str) -> str:
    """Leave out the characters that XML forbids: a feed with one is refused as a whole."""
    return "".join(sign for sign in text if (sign >= " " and sign not in "\ufffe\uffff") or sign in "\t\n\r")


def _plain(text: str) -> str:
    return escape(_legal(text), {"\r": "&#13;"})


def _cdata(text: str) -> str:
    return f"<![CDATA[{_legal(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


_CONTEXTS = 6
_MARKED_UP = (4, 5)  # contexts in which a text is read as markup, or stands among some
_XHTML = (
    f'<script>{_SCRIPT}</script><b onclick="{_SCRIPT}"><a href="javascript:{_SCRIPT}">',
    f'</a></b><img src="x" onerror="{_SCRIPT}"/><style>*{{display:none}}</style>',
)


def _construct(name: str, text: str, context: int) -> str:
    """Return an Atom text: as plain text, CDATA, HTML or XHTML of that text, or the text as HTML, or among XHTML."""
    if context == 0:
        return f"<{name}>{_plain(text)}</{name}>"
    if context == 1:
        return f'<{name} type="text">{_cdata(text)}</{name}>'
    if context == 2:
        return f'<{name} type="html">{_plain(_plain(text))}</{name}>'
    if context == 4:
        return f'<{name} type="html">{_plain(text)}</{name}>'
    around = ("", "") if context == 3 else _XHTML
    inside = f'<div xmlns="http://www.w3.org/1999/xhtml">{around[0]}{_plain(text)}{around[1]}</div>'
    return f'<{name} type="xhtml">{inside}</{name}>'


_MOMENT = "2024-{:02}-{:02}T{:02}:00:00Z"
_NAMESPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def _atom(entries: list[Entry], *, daily: bool) -> str:
    out = []
    for number, one in enumerate(entries):
        moment = _MOMENT.format(1 + number % 12, 1 + number % 28, number % 24)
        wrap = _cdata if one.context == 1 else _plain
        if daily:
            people = f"<dc:creator>{wrap(', '.join(one.authors))}</dc:creator>"
            id, start = f"oai:arXiv.org:{one.id}v2", f"arXiv:{one.id}v2 Announce Type: replace \nAbstract: "
            kind = "<arxiv:announce_type>replace</arxiv:announce_type>"
        else:
            places = "".join(f"<arxiv:affiliation>{wrap(place)}</arxiv:affiliation>" for place in one.places)
            people = "".join(f"<author><name>{wrap(name)}</name>{places}</author>" for name in one.authors)
            id, start, kind = f"http://arxiv.org/abs/{one.id}v2", "", ""
        out.append(
            f"<entry><id>{id}</id>{_construct('title', one.title, one.context)}"
            f"{_construct('summary', start + one.abstract, one.context)}"
            f"<published>{moment}</published><updated>{moment}</updated>{people}{kind}"
            + "".join(f"<category term={quoteattr(_legal(term))}/>" for term in one.terms)
            + "".join(
                f'<link rel="related" title={quoteattr(_legal(link))} href={quoteattr(_legal(link))}/>'
                for link in one.links
            )
            + f"<rights>{wrap(one.rights)}</rights><arxiv:comment>{wrap(one.comment)}</arxiv:comment>"
            f"<arxiv:journal_ref>{wrap(one.journal)}</arxiv:journal_ref><arxiv:doi>{wrap(one.doi)}</arxiv:doi></entry>"
        )
    id = "http://rss.arxiv.org/atom/q-bio.NC" if daily else "http://arxiv.org/api/x"
    head = f"<id>{id}</id><title>t</title><updated>2024-12-30T00:00:00Z</updated>"
    return f"<feed {_NAMESPACES}>{head}{''.join(out)}</feed>"


def _rss(entries: list[Entry]) -> str:
    items = []
    for one in entries:
        wrap = _cdata if one.context % 2 else _plain
        start = f"arXiv:{one.id}v1 Announce Type: new \nAbstract: "
        items.append(
            f"<item><title>{wrap(one.title)}</title><link>https://arxiv.org/abs/{one.id}</link>"
            f"<description>{wrap(start + one.abstract)}</description>"
            f'<guid isPermaLink="false">oai:arXiv.org:{one.id}v1</guid>'
            + "".join(f"<category>{wrap(term)}</category>" for term in one.terms)
            + "<pubDate>Thu, 22 Feb 2024 00:00:00 -0500</pubDate><arxiv:announce_type>new</arxiv:announce_type>"
            f"<dc:rights>{wrap(one.rights)}</dc:rights><arxiv:DOI>{wrap(one.doi)}</arxiv:DOI>"
            f"<arxiv:journal_reference>{wrap(one.journal)}</arxiv:journal_reference>"
            f"<dc:creator>{wrap(', '.join(one.authors))}</dc:creator></item>"
        )
    head = "<title>t</title><link>http://rss.arxiv.org/rss/math.OC</link>"
    head += "<pubDate>Fri, 23 Feb 2024 00:00:00 -0500</pubDate>"
    space = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f'<rss version="2.0" {space}><channel>{head}{"".join(items)}</channel></rss>'


def _rdf(entries: list[Entry]) -> str:
    items = []
    for one in entries:
        wrap = _cdata if one.context % 2 else _plain
        # Descriptions and names are HTML, which the XML escapes once more.
        creators = ", ".join(f'<a href="http://arxiv.org/find/x">{_plain(name)}</a>' for name in one.authors)
        about = f"http://arxiv.org/abs/{one.id}"
        items.append(
            f'<item rdf:about="{about}"><title>{wrap(f"{one.title}. (arXiv:{one.id}v1 [q-bio.NC])")}</title>'
            f"<link>{about}</link><description>{wrap(f'<p>{_plain(one.abstract)}</p>')}</description>"
            f"<dc:creator>{wrap(creators)}</dc:creator></item>"
        )
    head = "<title>t</title><link>http://arxiv.org/</link><dc:date>2023-12-28T20:30:00-05:00</dc:date>"
    space = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return (
        f'<rdf:RDF {space}><channel rdf:about="http://arxiv.org/">{head}</channel>{"".join(items)}</rdf:RDF>'
    )


DIALECTS: dict[str, Callable[[list[Entry]], str]] = {
    "api.atom": lambda entries: _atom(entries, daily=False),
    "daily.atom": lambda entries: _atom(entries, daily=True),
    "daily.rss": _rss,
    "daily.rdf": _rdf,
}


def feeds(seed: int, papers: int) -> Iterator[tuple[str, bytes, list[Entry]]]:
    """Yield hostile feeds that have so many papers together: their names, their bytes, their papers."""
    random = Random(seed)
    # Their names stand at the beginning of .bib files, and in attributes of their pages' heads.
    people = [f"{text} P{number}q" for number, text in enumerate((*_BIBLIOGRAPHY, *_ATTRIBUTES))]
    # Half of the papers are of the API, which has most fields.
    names = ["api.atom", *DIALECTS, "api.atom"]
    for start, name in enumerate(names):
        members = [entry(random, number, people) for number in range(start, papers, len(names))]
        if members:
            yield f"{start}.{name}.xml", DIALECTS[name](members).encode(), members


# What XML or this program forbids, and what is no text in the encoding of the feed.
_FORBIDDEN = (
    b"\0",
    b"\x0b",
    b"\x1b[31m",
    b"&#0;",
    b"&#x1f;",
    b"&#xd800;",
    b"&#xfffe;",
    b"&#99999999;",
    b"&nbsp;",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>&a;",
    b"<?xml version='1.1' encoding='utf-7'?>",
    b"<x:y>",
    b"</entry>",
    b"</feed>",
    b"<entry/>",
)


def mutated(random: Random, data: bytes) -> bytes:
    """Return the bytes of a file with some of them changed, left out, repeated or put elsewhere."""
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        place = random.randrange(len(out) + 1)
        length = random.choice((1, 1, 2, 8, 64, 512))
        kind = random.randrange(5)
        if kind == 0:
            out[place : place + 1] = bytes([random.randrange(256)])
        elif kind == 1:
            del out[place : place + length]
        elif kind == 2:
            start = random.randrange(len(out) + 1)
            out[place:place] = out[start : start + length]
        elif kind == 3:
            text = payload(random).encode()
            out[place:place] = random.choice(_FORBIDDEN) if random.random() < 0.5 else text
        elif place < len(out):
            out[place] ^= 1 << random.randrange(8)
    return bytes(out)
