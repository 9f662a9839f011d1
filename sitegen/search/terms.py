"""The search terms of one paper: every word of it with its field, its weight and its positions.

They are computed once, when the paper's feed is read, and cached; an index is put together from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log2

import msgspec

from sitegen.search.codec import DIGITS, number
from sitegen.search.words import STOP_WORDS, words

# The fields of a paper. A term is a word, a blank and the letter of a field: "grid t" is the word in a title.
TITLE, ABSTRACT, AUTHORS, COMMENT, JOURNAL = "t", "b", "a", "c", "j"
CATEGORY, IDENTIFIER, FLAG = "k", "i", "f"  # their terms are not words of a language, and have no positions
WORD_FIELDS = TITLE + ABSTRACT + AUTHORS + COMMENT + JOURNAL

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
    found: list[str] = []
    weights: list[str] = []
    places: list[str] = []
    for field, text in ((TITLE, title), (ABSTRACT, abstract), (COMMENT, comment), (JOURNAL, journal)):
        if text:
            _add_text(field, text, found, weights, places)
    _add_authors(authors, found, weights, places)
    for field, values in ((CATEGORY, categories), (IDENTIFIER, identifiers), (FLAG, flags)):
        for value in dict.fromkeys(values):
            found.append(f"{value} {field}")
            weights.append(DIGITS[_ONE])
            places.append("")
    return Terms("\n".join(found), "".join(weights), "\n".join(places))


def _add_text(field: str, text: str, found: list[str], weights: list[str], places: list[str]) -> None:
    in_order, second_forms = words(text)
    positions: dict[str, list[int]] = {}
    for position, word in enumerate(in_order):
        if word in positions:
            positions[word].append(position)
        elif word not in STOP_WORDS:
            positions[word] = [position]
    for position, word in second_forms:
        positions.setdefault(word, []).append(position)
    weight_of = _weight_of(field, len(in_order))
    found += [f"{word} {field}" for word in positions]
    weights += [weight_of[min(len(where), 15)] for where in positions.values()]
    places += map(_encoded, positions.values())


def _add_authors(names: Sequence[str], found: list[str], weights: list[str], places: list[str]) -> None:
    """Add the words of authors' names; between two names one position stays free, so that no phrase spans both."""
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
    for word, where in positions.items():
        found.append(f"{word} {AUTHORS}")
        weights.append(weight_of[_FIRST_AUTHOR if word in first else 1])
        places.append(_encoded(where))


def _encoded(positions: list[int]) -> str:
    """Return positions as digits: twice the distance from the one before, plus 1 for the last."""
    if len(positions) == 1:  # as most are
        return number(positions[0] * 2 + 1)
    positions.sort()
    distances = [after - before for before, after in zip([0, *positions], positions, strict=False)]
    return "".join([number(distance * 2) for distance in distances[:-1]]) + number(distances[-1] * 2 + 1)


_weights_of: dict[tuple[str, int], list[str]] = {}


def _weight_of(field: str, length: int) -> list[str]:
    """Return the weight, as a digit, of a word by its frequency in a field of so many words."""
    if (known := _weights_of.get((field, length))) is None:
        b, usual = _LENGTHS[field]
        norm = 1 - b + b * length / usual
        levels = [round(_ONE + _STEPS * log2(max(frequency, 1) / norm)) for frequency in range(16)]
        known = _weights_of[field, length] = [DIGITS[min(max(level, 0), WEIGHTS - 1)] for level in levels]
    return known
