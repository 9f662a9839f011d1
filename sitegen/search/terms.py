"""The words of one paper, by field. They are found once, when the paper's feed is read, and cached.

An index is put together from them: see ``inverted``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from sitegen.search.codec import SEPARATOR
from sitegen.search.words import words

# The fields of a paper. A term is a word, a blank and the letter of a field: "grid t" is the word in a title.
TITLE, ABSTRACT, AUTHORS, COMMENT, JOURNAL = "t", "b", "a", "c", "j"
CATEGORY, IDENTIFIER, FLAG = "k", "i", "f"  # their terms are not words of a language, and have no positions
WORD_FIELDS = TITLE + ABSTRACT + AUTHORS + COMMENT + JOURNAL

# What a feed gives as a category or a DOI may be anything. Control characters would sort before the blank.
_VERBATIM = re.compile(rf"[^\s\x00-\x1f{SEPARATOR}]+")

PUBLISHED = "published"  # the flag of papers with a DOI or a journal reference

SecondForm: TypeAlias = tuple[int, str]  # position, and another form of the word there


class FieldWords(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The words of one field of a paper."""

    field: str
    words: str  # in order, each followed by a blank; between the names of two authors there is one blank more
    second_forms: tuple[SecondForm, ...] = ()


Terms: TypeAlias = tuple[FieldWords, ...]  # one for each field that has words


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
    """Return the words of a paper whose texts are plain text."""
    found = [_of_authors(authors)]
    for field, text in ((TITLE, title), (ABSTRACT, abstract), (COMMENT, comment), (JOURNAL, journal)):
        in_order, second_forms = words(text)
        found.append(FieldWords(field, _joined(in_order), tuple(second_forms)))
    for field, values in ((CATEGORY, categories), (IDENTIFIER, identifiers), (FLAG, flags)):
        found.append(FieldWords(field, _joined(dict.fromkeys(filter(_VERBATIM.fullmatch, values)))))
    return tuple([one for one in found if one.words])


def _of_authors(names: Iterable[str]) -> FieldWords:
    """Return the words of authors' names; behind each name one position is free, so that no phrase spans two."""
    found: list[str] = []
    second_forms: list[SecondForm] = []
    for name in names:
        in_order, others = words(name)
        second_forms += [(len(found) + position, word) for position, word in others]
        found += [*in_order, ""]
    return FieldWords(AUTHORS, _joined(found), tuple(second_forms))


def _joined(in_order: Iterable[str]) -> str:
    return "".join([f"{word} " for word in in_order])
