"""Finds the words that a misspelled one may stand for."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.search.codec import SEPARATOR, VALUES, front_decoded
from sitegen.search.index import ending_file
from sitegen.search.reader import Files, postings, terms_between
from sitegen.search.terms import WORD_FIELDS

CANDIDATES = 8  # corrections that are tried for a word


def nearest(files: Files, word: str, letters: str) -> list[str]:
    """Return the most frequent words of one edit from this one, a few at most.

    An edit leaves the last two letters as they are, or all letters but the last three.
    """
    frequency: dict[str, int] = {}
    beginning = word[: max(2, len(word) - 3)]
    for term in terms_between(files, beginning, f"{beginning}\uffff"):
        if term.field in letters and term.field in WORD_FIELDS and is_one_edit(word, term.word):
            size = len(postings(files, term)[0])
            frequency[term.word] = max(frequency.get(term.word, 0), size)
    if "t" in letters or "b" in letters:
        for other, size in _with_ending(files, word):
            if is_one_edit(word, other):
                frequency[other] = max(frequency.get(other, 0), size)
    return sorted(frequency, key=lambda other: (-frequency[other], other))[:CANDIDATES]


def _with_ending(files: Files, word: str) -> Iterator[tuple[str, int]]:
    """Yield words with the same last two letters, and about how many papers have each.

    They are those of the base, or of the tail as long as the base is empty.
    """
    tier = next((tier for tier in files.tiers if tier["papers"]), None)
    if not tier:
        return
    parts = (files.get(f"{tier['folder']}/e{ending_file(word)}") or "").split(SEPARATOR)
    sizes = [2 ** VALUES[part[-1]] // 2 for part in parts if part]
    words = front_decoded([part[:-1] for part in parts if part])
    for reversed_word, size in zip(words, sizes, strict=True):
        yield reversed_word[::-1], size


def is_one_edit(one: str, other: str) -> bool:
    """Return whether a letter put in, left out, replaced, or exchanged with the next makes one word the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    same = 0
    while same < len(one) and same < len(other) and one[same] == other[same]:
        same += 1
    one, other = one[same:], other[same:]
    return (
        one[1:] == other
        or one == other[1:]
        or one[1:] == other[1:]
        or (len(one) > 1 and len(other) > 1 and one[:2] == other[1::-1] and one[2:] == other[2:])
    )
