"""Finds DOIs in the fields of feeds and in running text, and forms their addresses; no other module has DOI patterns.

A DOI is ``10.``, a number of four to nine digits (with sub-numbers), a slash
and a suffix of nearly any characters (ISO 26324); case does not matter. White space, braces, backslashes, quotation
marks and percent signs are not accepted: in practice they are typing errors, and they can end a BibTeX field or an
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
# A suffix extends to the beginning of the next DOI, because it may contain semicolons and commas.
_BEGIN = rf"(?:(?<![0-9A-Za-z.])|(?<=[dD][oO][iI])){_START}"
_IN_FIELD = pattern(rf"{_BEGIN}(?:(?!{_BEGIN})(?:{_SIGN}|[<>]))+")
_NEXT = pattern(_BEGIN)
_LINK = pattern(rf"(?:{_RESOLVER}|{_NAMED}:)")
_LEAD = pattern(rf"(?:{_RESOLVER}|(?<![0-9A-Za-z]){_NAMED}[:/]?)+")
# Separators and the prefix of the next DOI at the end of a match: «10.1000/a;doi:10.1000/b».
_NEXT_LEAD = pattern(rf"[;,|&/+\s]*(?:(?<![0-9A-Za-z]){_LEAD.pattern}[;,:/\s]*)$")
_ESCAPED = pattern(r"\{?\$?\\(?:([%&#<>~/-])|_|textunderscore\b(?:\{\})?)\$?\}?|\$_\$")
_ENCODED = pattern(r"%[0-9A-Fa-f]{2}")
_SUFFIXLESS = pattern(r"(?<![0-9A-Za-z])10\.[^\s;,]*")
# An address of a publisher's page, which has more after the DOI: «https://www.example.org/doi/10.1000/a/full».
_ELSEWHERE = pattern(rf"(?!{_RESOLVER})[hH][tT][tT][pP][sS]?://\S+")
_HYPHENS = {0x2010: "-", 0x2011: "-", 0x2212: "-"}

# In running text < and > belong to a DOI only around the page of a SICI: <337::AID-NBM430>.
_IN_TEXT = rf"(?:(?!&(?:lt|gt|quot)\b){_SIGN}|%[0-9A-Fa-f]{{2}}|<[0-9][^\s<>]*:[^\s<>]*>(?=[0-9]))+"
# For running text. The DOI is the group «doi», or «bare» if it has no prefix; then the suffix must have a letter or
# a parenthesis.
IN_TEXT = (
    rf"(?<![\w./-])(?:{_RESOLVER}|[dD][oO][iI](?:[ \n]?:[ \n]?|[ \n]))(?P<doi>{_START}{_IN_TEXT})"
    rf"|(?<![\w./:=-])(?P<bare>10\.[0-9]{{4,5}}/(?=[^\s/]*[A-Za-z(])(?={_SIGN}{{4}}){_IN_TEXT})"
)

_BRACKETS = {")": "(", "]": "[", ">": "<"}
_PUNCTUATION = ".,;:!?'’‘*/"
_SAFE = "/:;()._-,~!*'@=+$"
_PLAIN = pattern(r"[A-Za-z0-9/:;()._-]+")


class Found(NamedTuple):
    """The DOIs in some fields, and the parts of these fields that could not be read as DOIs."""

    dois: tuple[str, ...]
    unread: tuple[str, ...]


def read(fields: Iterable[str]) -> Found:
    """Return the bare DOIs in fields, each once in its first spelling, without those that arXiv registers.

    A field may hold several DOIs, separated by semicolons, commas or spaces. Each may be an address, follow ``doi:``,
    stand in brackets, be percent-encoded, or contain TeX escapes.
    """
    dois: dict[str, str] = {}
    unread: list[str] = []
    for field in fields:
        text = _decoded(field)
        unread += _ELSEWHERE.findall(text)
        text = _ELSEWHERE.sub(" ", text).strip()
        # What is left of "10.1000/)" is a prefix alone, which is no DOI.
        found = [doi for doi in map(without_punctuation, _dois_in(text)) if "/" in doi]
        for doi in found:
            if not is_arxiv_doi(doi):
                dois.setdefault(doi.lower(), doi)
        rest = _IN_FIELD.sub(" ", text)
        unread += _SUFFIXLESS.findall(rest) or ([] if found or not text else [text])
    return Found(tuple(dois.values()), tuple(dict.fromkeys(unread)))


def _dois_in(text: str) -> Iterator[str]:
    """Yield each DOI in a decoded field, including punctuation after it but not the prefix of the next DOI."""
    for found in _IN_FIELD.finditer(text):
        yield _NEXT_LEAD.sub("", found[0]) if _NEXT.match(text, found.end()) else found[0]


def _decoded(field: str) -> str:
    """Return a field with entities, percent-encoding and TeX escapes decoded, and without invisible characters."""
    text = unescape(field) if "&" in field else field
    if _ENCODED.search(text):
        text = unquote(text)
    if "\\" in text or "$" in text:
        text = _ESCAPED.sub(lambda found: found[1] or "_", text)
    if not text.isascii():
        text = "".join([sign for sign in text.translate(_HYPHENS) if category(sign) != "Cf"])
    return text.strip()


def without_punctuation(doi: str) -> str:
    """Return a DOI cut at the first unpaired bracket, and without punctuation at its end."""
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
    """Return whether the whole text is a bare DOI, which exports can contain without escaping."""
    return _CLEAN.fullmatch(doi) is not None


def is_arxiv_doi(doi: str) -> bool:
    """Return whether a bare DOI is one that arXiv registers for a preprint."""
    return doi.lower().startswith("10.48550/arxiv.")


def is_link(address: str) -> bool:
    """Return whether an address begins with a DOI resolver or with ``doi:``."""
    return _LINK.match(address) is not None


def in_text(written: str) -> tuple[str, str]:
    """Return a match of ``IN_TEXT`` without the sentence's punctuation: as written, and as a bare DOI."""
    shown = without_punctuation(written)
    return shown, unquote(shown)


def url(doi: str) -> str:
    """Return the address that resolves a bare DOI; characters that addresses cannot contain are percent-encoded."""
    return "https://doi.org/" + (doi if _PLAIN.fullmatch(doi) else quote(doi, safe=_SAFE))
