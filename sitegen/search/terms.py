"""The search terms of one paper: every word of it with its field, its weight and its positions.

They are computed once, when the paper's feed is read, and cached; an index is put together from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import log2

import msgspec
from msgspec.structs import replace

from sitegen.search.codec import DIGITS, SEPARATOR, number
from sitegen.search.words import STOP_WORDS, words

# The fields of a paper. A term is a word, a blank and the letter of a field: "grid t" is the word in a title.
TITLE, ABSTRACT, AUTHORS, COMMENT, JOURNAL = "t", "b", "a", "c", "j"
CATEGORY, IDENTIFIER, FLAG = "k", "i", "f"  # their terms are not words of a language, and have no positions
WORD_FIELDS = TITLE + ABSTRACT + AUTHORS + COMMENT + JOURNAL

_VERBATIM = re.compile(rf"[^\s{SEPARATOR}]+")  # what a feed gives as a category or a DOI may be anything

PUBLISHED = "published"  # the flag of papers with a DOI or a journal reference

# BM25F's frequency of a word in a field is divided by 1 - b + b * (words in the field) / (usual number of words).
# The usual numbers are constants, measured on 11,803 papers, so that a paper's terms depend on nothing else.
_LENGTHS = {TITLE: (0.5, 8), ABSTRACT: (0.5, 95), AUTHORS: (0.4, 10), COMMENT: (0.5, 8), JOURNAL: (0.5, 6)}
# The frequency is rounded to one of 24 weights, two to each power of two; 9 is the weight of frequency 1.
WEIGHTS, _ONE, _STEPS = 24, 9, 2
# The first author counts three times: readers name a paper by them.
_FIRST_AUTHOR = 3


class Terms(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The search terms of a paper."""

    terms: str  # separated by line ends
    weights: str  # one digit for each term
    places: str  # positions of each term, separated by line ends


def terms(
    *,
    title: str,
    abstract: str,
    authors: Sequence[str],
    comment: str = "",
    journal: str = "",
    categories: Iterable[str] = (),
    identifiers: Iterable[str] = (),
    flags: Iterable[str] = (),
) -> Terms:
    """Return the terms of a paper whose texts are plain text."""
    parts: list[Terms] = []
    for field, text in ((TITLE, title), (ABSTRACT, abstract), (COMMENT, comment), (JOURNAL, journal)):
        if text:
            in_order, second_forms = words(text)
            positions = _positions(in_order)
            for position, word in second_forms:
                positions.setdefault(word, []).append(position)
            parts.append(_of_field(field, positions, len(in_order)))
    if authors:
        parts.append(_of_authors(authors))
    for field, values in ((CATEGORY, categories), (IDENTIFIER, identifiers), (FLAG, flags)):
        if several := list(dict.fromkeys(filter(_VERBATIM.fullmatch, values))):
            names = "\n".join([f"{value} {field}" for value in several])
            parts.append(Terms(names, DIGITS[_ONE] * len(several), "\n" * (len(several) - 1)))
    parts = [part for part in parts if part.terms]
    return Terms(
        "\n".join([part.terms for part in parts]),
        "".join([part.weights for part in parts]),
        "\n".join([part.places for part in parts]),
    )


def _positions(in_order: Iterable[str]) -> dict[str, list[int]]:
    """Return the positions of each word that is not a stop word."""
    positions: dict[str, list[int]] = {}
    for position, word in enumerate(in_order):
        if word in positions:
            positions[word].append(position)
        elif word not in STOP_WORDS:
            positions[word] = [position]
    return positions


def _of_field(field: str, positions: Mapping[str, list[int]], length: int) -> Terms:
    """Return the terms of a field of so many words, given the positions of each word.

    This runs for each word of each paper, hence the loops within built-in functions.
    """
    if not positions:
        return Terms("", "", "")
    weights = map(_weight_of(field, length).__getitem__, map(len, positions.values()))
    places = [
        _ONLY[where[0]] if len(where) == 1 and where[0] < len(_ONLY) else _encoded(where)
        for where in positions.values()
    ]
    return Terms(f" {field}\n".join(positions) + f" {field}", "".join(weights), "\n".join(places))


def _of_authors(names: Sequence[str]) -> Terms:
    """Return the terms of authors' names; between two names one position stays free, so that no phrase spans both."""
    positions: dict[str, list[int]] = {}
    first: set[str] = set()
    position = 0
    for name in names:
        in_order, second_forms = words(name)
        for place, word in [*enumerate(in_order), *second_forms]:
            positions.setdefault(word, []).append(position + place)
        if not position:
            first = set(positions)
        position += len(in_order) + 1
    weight_of = _weight_of(AUTHORS, position)
    weights = [weight_of[_FIRST_AUTHOR if word in first else 1] for word in positions]
    return replace(_of_field(AUTHORS, positions, position), weights="".join(weights))


def _encoded(positions: list[int]) -> str:
    """Return positions as digits: twice the distance from the one before, plus 1 for the last."""
    positions.sort()
    distances = [after - before for before, after in zip([0, *positions], positions, strict=False)]
    return "".join([number(distance * 2) for distance in distances[:-1]]) + number(distances[-1] * 2 + 1)


_ONLY = [number(position * 2 + 1) for position in range(500)]  # a word that a field has once, by its position


class _Weights(dict[int, str]):
    """The weight of a word, as a digit, by its frequency; higher frequencies than the highest count as that."""

    def __missing__(self, frequency: int) -> str:
        return self[len(self) - 1]


_weights_of: dict[tuple[str, int], _Weights] = {}


def _weight_of(field: str, length: int) -> _Weights:
    """Return the weight, as a digit, of a word by its frequency in a field of so many words."""
    if (known := _weights_of.get((field, length))) is None:
        b, usual = _LENGTHS[field]
        norm = 1 - b + b * length / usual
        levels = [round(_ONE + _STEPS * log2(max(frequency, 1) / norm)) for frequency in range(16)]
        digits = [DIGITS[min(max(level, 0), WEIGHTS - 1)] for level in levels]
        known = _weights_of[field, length] = _Weights(enumerate(digits))
    return known
