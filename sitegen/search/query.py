"""Reads what a reader typed: words, ``"phrases"``, ``-word``, ``OR`` and fields under arXiv's short names.

``grid cell OR place cell`` is: grid, and cell or place, and cell. static/search/query.js is the same in the browser.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sitegen.errors import SitegenError
from sitegen.models import ArxivId
from sitegen.search import terms as fields
from sitegen.search.words import STOP_WORDS, words

# The letters of the fields that each prefix searches; words without one are searched in all but identifiers.
PREFIXES = {
    "ti": fields.TITLE,
    "abs": fields.ABSTRACT,
    "au": fields.AUTHORS,
    "co": fields.COMMENT,
    "jr": fields.JOURNAL,
    "cat": fields.CATEGORY,
    "id": fields.IDENTIFIER,
    "is": fields.FLAG,
}
_TEXT = fields.WORD_FIELDS
_VERBATIM = fields.CATEGORY + fields.IDENTIFIER + fields.FLAG

_ATOM = re.compile(r'(-?)(?:(ti|abs|au|co|jr|cat|id|is|year):)?(?:"([^"]*)"?|(\S+))', re.I)
_YEARS = re.compile(r"(\d{4})?(\.\.|-)?(\d{4})?", re.A)
_YEAR = re.compile(r"(?:19|20)\d\d", re.A)  # "bassett 2017" means the year as well as the word
# What addresses may lack or have: arxiv.org/abs/1602.02974, https://arxiv.org/abs/1602.02974?context=q-bio
_NO_SCHEME, _AFTER_PATH = re.compile(r"\A(?=(?:[a-z]+\.)?arxiv\.org/)", re.I), re.compile(r"[?#].*")
_DOI = re.compile(r"(?:\S*/|doi:)?(10\.\d{4,9}/\S+)", re.I)  # publishers have it in their addresses too


class Atom(NamedTuple):
    """A word or a phrase to search for, in some fields."""

    typed: str
    fields: str  # letters
    # Each reading is a list of words that must all be there, with their distances from the first word. A paper needs
    # one of the readings only: Müller is muller or mueller.
    readings: tuple[tuple[tuple[int, str], ...], ...]
    is_phrase: bool = False
    is_prefix: bool = False  # the last word may go on
    years: tuple[int, int] | None = None  # of submission; a paper needs these or one of the readings


class Query(NamedTuple):
    """A query: of each group, a paper must match one atom, and it must match none of those without."""

    groups: tuple[tuple[Atom, ...], ...]
    without: tuple[Atom, ...]


def quoted(term: str) -> str:
    """Return a term as a query: in quotation marks if it has several words."""
    return f'"{term}"' if " " in term else term


def parse(text: str) -> Query:
    """Return the query that a text stands for. Every text stands for one; what cannot be read counts as words."""
    groups: list[list[Atom]] = []
    without: list[Atom] = []
    joins_next = False
    found = list(_ATOM.finditer(text))
    for index, match in enumerate(found):
        if match[0] == "OR" and groups:
            joins_next = True
            continue
        goes_on = index == len(found) - 1 and not text[-1:].isspace()
        for number, atom in enumerate(_atoms(match, goes_on)):
            if match[1]:
                without.append(atom)
            elif joins_next and number == 0:
                groups[-1].append(atom)
            else:
                groups.append([atom])
        joins_next = False
    if without and not groups:
        groups = [[Atom("", "", (), years=(0, 9999))]]  # of all papers
    return Query(tuple(map(tuple, _without_stop_words(groups))), tuple(without))


def identifier(text: str) -> str:
    """Return the arXiv identifier or the DOI that a query consists of, as it is indexed, or an empty text."""
    text = text.strip()
    try:
        return ArxivId.parse(_NO_SCHEME.sub("https://", _AFTER_PATH.sub("", text))).base
    except (ValueError, SitegenError):
        found = _DOI.fullmatch(text)
        return found[1].lower() if found else ""


def _atoms(match: re.Match[str], goes_on: bool) -> list[Atom]:
    _, prefix, quoted, plain = match.groups()
    prefix = (prefix or "").lower()
    text = quoted if quoted is not None else plain
    if prefix == "year":
        if (years := _YEARS.fullmatch(text)) and (years[1] or years[3]):
            first, dots, last = years.groups()
            return [Atom(text, "", (), years=(int(first or 0), int(last or (9999 if dots else first))))]
        prefix = ""
    letters = PREFIXES.get(prefix, _TEXT)
    if letters in _VERBATIM:
        value = text.lower()
        if letters == fields.IDENTIFIER:
            value = identifier(text) or value
        # cat:q-bio stands for all of q-bio.NC, q-bio.PE …; an identifier need not be complete.
        return [Atom(text, letters, (((0, value),),), is_prefix=letters != fields.FLAG)] if value else []
    in_order, second_forms = words(text)
    if quoted is not None:
        kept = [(position, word) for position, word in enumerate(in_order) if word not in STOP_WORDS]
        kept = kept or list(enumerate(in_order))
        return [Atom(text, letters, (tuple(kept),), is_phrase=len(kept) > 1)] if kept else []
    joined = "".join(in_order)
    if len(in_order) == 2 and (0, joined) in second_forms:  # co-evolution, coevolution
        return [Atom(text, letters, (tuple(enumerate(in_order)), ((0, joined),)), is_prefix=goes_on)]
    return [
        Atom(
            word,
            letters,
            (((0, word),), *[((0, other),) for place, other in second_forms if place == position]),
            is_prefix=goes_on and position == len(in_order) - 1,
            years=(int(word), int(word)) if letters == _TEXT and _YEAR.fullmatch(word) else None,
        )
        for position, word in enumerate(in_order)
    ]


def _without_stop_words(groups: list[list[Atom]]) -> list[list[Atom]]:
    """Leave out stop words, unless the query has nothing else: of most fields they are not indexed."""
    kept = [
        group
        for group in groups
        if not all(
            atom.fields == _TEXT and not atom.is_prefix and atom.typed.lower() in STOP_WORDS for atom in group
        )
    ]
    return kept or groups
