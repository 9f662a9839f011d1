"""DOIs: found in the fields of feeds and in running text, and made into addresses.

No other module has a pattern for DOIs. A DOI is ``10.``, a number of four to nine digits (with sub-numbers), a slash
and a suffix of nearly any characters (ISO 26324); case does not matter. White space, braces, backslashes, quotation
marks and percent signs are refused: in practice they are typing errors, and they can end a field of BibTeX or an
address. ``<`` and ``>`` are accepted: «10.1002/(SICI)1099-1492(199612)9:8<337::AID-NBM430>3.0.CO;2-X».
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import unescape
from itertools import chain
from typing import NamedTuple
from unicodedata import category
from urllib.parse import quote, unquote

from sitegen.text.characters import CONTROLS
from sitegen.text.patterns import pattern

_RESOLVER = r"(?:[hH][tT][tT][pP][sS]?://)?(?:[dD][xX]\.|[wW]{3}\.)?[dD][oO][iI]\.[oO][rR][gG](?::443|:80)?/+"
_NAMED = r"(?:[iI][nN][fF][oO]:|[uU][rR][nN]:)?[dD][oO][iI]"
_START = r"10\.[0-9]{4,9}(?:\.[0-9]+)*/"
_SIGN = rf"[^\s<>\"“”„‟«»‹›{{}}|\\^`%{CONTROLS}]"

_CLEAN = pattern(rf"{_START}(?:{_SIGN}|[<>])+")
# A suffix goes on until the next DOI begins: a ; or a comma between two DOIs may be a part of either.
_BEGIN = rf"(?:(?<![0-9A-Za-z.])|(?<=[dD][oO][iI])){_START}"
_IN_FIELD = pattern(rf"{_BEGIN}(?:(?!{_BEGIN})(?:{_SIGN}|[<>]))+")
_NEXT = pattern(_BEGIN)
_LINK = pattern(rf"(?:{_RESOLVER}|{_NAMED}:)")
_LEAD = pattern(rf"(?:{_RESOLVER}|(?<![0-9A-Za-z]){_NAMED}[:/]?)+")
# What is left of a prefix in front of the next DOI: «10.1000/a;doi:10.1000/b».
_NEXT_LEAD = pattern(rf"[;,|&/+\s]*(?:(?<![0-9A-Za-z]){_LEAD.pattern}[;,:/\s]*)$")
_ESCAPED = pattern(r"\{?\$?\\(?:([%&#<>~/-])|_|textunderscore\b(?:\{\})?)\$?\}?|\$_\$")
_ENCODED = pattern(r"%[0-9A-Fa-f]{2}")
_SUFFIXLESS = pattern(r"(?<![0-9A-Za-z])10\.[^\s;,]*")
# A publisher's page has more in its address than the DOI: «https://www.example.org/doi/10.1000/a/full».
_ELSEWHERE = pattern(rf"(?!{_RESOLVER})[hH][tT][tT][pP][sS]?://\S+")
_HYPHENS = {0x2010: "-", 0x2011: "-", 0x2212: "-"}

# In running text a < is taken for a part of a DOI only where it encloses the page of a SICI: <337::AID-NBM430>.
_IN_TEXT = rf"(?:(?!&(?:lt|gt|quot)\b){_SIGN}|%[0-9A-Fa-f]{{2}}|<[0-9][^\s<>]*:[^\s<>]*>(?=[0-9]))+"
# The DOI is the group «doi», or without any prefix «bare»; the latter needs a suffix that looks like one.
IN_TEXT = (
    rf"(?<![\w./-])(?:{_RESOLVER}|[dD][oO][iI](?:[ \n]?:[ \n]?|[ \n]))(?P<doi>{_START}{_IN_TEXT})"
    rf"|(?<![\w./:=-])(?P<bare>10\.[0-9]{{4,5}}/(?=[^\s/]*[A-Za-z(])(?={_SIGN}{{4}}){_IN_TEXT})"
)

_BRACKETS = {")": "(", "]": "[", ">": "<"}
_PUNCTUATION = ".,;:!?'’‘*/"
_SAFE = "/:;()._-,~!*'@=+$"
_PLAIN = pattern(r"[A-Za-z0-9/:;()._-]+")


class Found(NamedTuple):
    """The DOIs of some fields, and what of these fields looks like a DOI and is none."""

    dois: tuple[str, ...]
    unread: tuple[str, ...]


def read(fields: Iterable[str]) -> Found:
    """Return the bare DOIs in fields, each once in its first spelling; those that arXiv registers are left out.

    A field may hold several DOIs with ``;``, a comma or blanks between them, each as an address, with ``doi:`` before
    it, in brackets, percent-encoded, or with TeX's escapes.
    """
    dois: dict[str, str] = {}
    unread: list[str] = []
    for field in fields:
        text = _bared(field)
        unread += _ELSEWHERE.findall(text)
        text = _ELSEWHERE.sub(" ", text).strip()
        found = list(map(ended, _words(text)))
        for doi in found:
            if not is_arxivs(doi):
                dois.setdefault(doi.lower(), doi)
        rest = _IN_FIELD.sub(" ", text)
        unread += _SUFFIXLESS.findall(rest) or ([] if found or not text else [text])
    return Found(tuple(dois.values()), tuple(dict.fromkeys(unread)))


def _words(text: str) -> Iterator[str]:
    """Yield each DOI of a bared field with what punctuation follows it."""
    for found in _IN_FIELD.finditer(text):
        yield _NEXT_LEAD.sub("", found[0]) if _NEXT.match(text, found.end()) else found[0]


def _bared(field: str) -> str:
    """Return a field without what invisible characters, TeX, HTML and percent-encoding add to a DOI."""
    text = unescape(field) if "&" in field else field
    if _ENCODED.search(text):
        text = unquote(text)
    if "\\" in text or "$" in text:
        text = _ESCAPED.sub(lambda found: found[1] or "_", text)
    if not text.isascii():
        text = "".join([sign for sign in text.translate(_HYPHENS) if category(sign) != "Cf"])
    return text.strip()


def ended(doi: str) -> str:
    """Cut off what belongs to the sentence: a bracket without its other half, and punctuation."""
    open_at: dict[str, list[int]] = {opening: [] for opening in _BRACKETS.values()}
    end = len(doi)
    for index, sign in enumerate(doi):
        if sign in open_at:
            open_at[sign].append(index)
        elif opening := _BRACKETS.get(sign):
            if not open_at[opening]:
                end = index
                break
            open_at[opening].pop()
    return doi[: min([end, *chain.from_iterable(open_at.values())])].rstrip(_PUNCTUATION)


def is_clean(doi: str) -> bool:
    """Whether a text is a bare DOI that may stand in an export as it is."""
    return _CLEAN.fullmatch(doi) is not None


def is_arxivs(doi: str) -> bool:
    """Whether a bare DOI is one that arXiv registers for a preprint."""
    return doi.lower().startswith("10.48550/arxiv.")


def is_link(address: str) -> bool:
    """Whether an address begins as that of a DOI: that of a resolver, or ``doi:``."""
    return _LINK.match(address) is not None


def in_text(written: str) -> tuple[str, str]:
    """Return what ``IN_TEXT`` has found in running text without the end of the sentence, and the bare DOI in it."""
    shown = ended(written)
    return shown, unquote(shown)


def url(doi: str) -> str:
    """Return the address that resolves a bare DOI; what an address cannot hold is percent-encoded."""
    return "https://doi.org/" + (doi if _PLAIN.fullmatch(doi) else quote(doi, safe=_SAFE))
