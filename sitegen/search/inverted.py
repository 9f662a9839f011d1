"""Inverts papers: from the words of each paper to the papers of each word, with numpy.

numpy takes 0.1 s to import, so only builds that make a tier of the index import this module.
"""

from __future__ import annotations

import os
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count, pairwise
from math import floor, log2
from typing import Any, NamedTuple, TypeAlias

# As in library/vectors: a process with threads forks less safely.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from sitegen.search.codec import DIGITS, LAST, MORE, WEIGHTS, number
from sitegen.search.terms import AUTHORS, CATEGORY, FLAG, IDENTIFIER, WORD_FIELDS, Terms
from sitegen.search.words import STOP_WORDS

# Most arrays have small types, because an archive of 11,803 papers has 1.7 million occurrences of words.
Ints: TypeAlias = NDArray[np.signedinteger[Any]]

# BM25F's frequency of a word in a field is divided by 1 - b + b * (words in the field) / (usual number of words).
# The usual numbers are constants, measured on 11,803 papers, so that a weight depends on its paper alone.
_LENGTHS = {"t": (0.5, 8), "b": (0.5, 95), "a": (0.4, 10), "c": (0.5, 8), "j": (0.5, 6)}
# The logarithm of the frequency to base 2 is rounded to one of nine weights, each of so much, from a lowest value on:
# another one for authors, because lists of them may be a hundred times as long as usual.
_STEP, _LOWEST, _LOWEST_OF_AUTHORS = 0.6, -1.2, -3.0
_VERBATIM = 2  # the weight of what is no word of a language
_HIGHEST = 15  # higher frequencies count as this one
# The first author counts three times: readers name a paper by them.
_FIRST_AUTHOR = 3

# An occurrence of a word is one number: from the highest bits on, its term, the paper, and its position in the field.
# The term is eight times the place of the word among all words, in order, plus the place of its field among these.
_FIELDS = "".join(sorted(WORD_FIELDS + CATEGORY + IDENTIFIER + FLAG))
_FIELD_BITS, _FIELD_MASK = 3, 7
_POSITION_BITS = 16
_POSITION_MASK = (1 << _POSITION_BITS) - 1  # also the position of all further words of a field
_CODES = np.frombuffer(DIGITS.encode(), np.uint8)


class Inverted(NamedTuple):
    """All terms in order, and the postings and the positions of each as digits."""

    terms: list[str]
    postings: list[str]
    positions: list[str]


class _Occurrences(NamedTuple):
    """All words of all papers, without stop words."""

    packed: Ints  # sorted
    words: list[str]  # in order
    paper_bits: int
    lengths: Ints  # number of words of each field of each paper
    first_author: Ints  # of each paper, number of words of the first name


def inverted(papers: Sequence[Terms]) -> Inverted:
    """Return the terms of papers, which are numbered from 0 in the order given."""
    found = _occurrences(papers)
    if not found.packed.size:
        return Inverted([], [], [])
    position = (found.packed & _POSITION_MASK).astype(np.int32)
    term_and_paper = found.packed >> _POSITION_BITS
    begins = _begins(term_and_paper)  # the first occurrence of a term in a paper
    term_and_paper = term_and_paper[begins]
    term = (term_and_paper >> found.paper_bits).astype(np.int32)
    paper = (term_and_paper & ((1 << found.paper_bits) - 1)).astype(np.int32)
    weights = _weights(found, term, paper, np.diff(begins, append=position.size), position[begins])
    first = _begins(term)  # the first paper of a term
    distances = np.diff(paper, prepend=0) - 1
    distances[first] = paper[first]
    sizes = map(number, np.diff(first, append=term.size).tolist())
    postings = zip(sizes, _coded(distances, first), _in_pairs(weights, first), strict=True)
    terms = [
        f"{found.words[one >> _FIELD_BITS]} {_FIELDS[one & _FIELD_MASK]}" for one in term[first].tolist()
    ]
    places = zip(terms, _coded(_steps(position, begins), begins[first]), strict=True)
    return Inverted(
        terms,
        ["".join(parts) for parts in postings],
        [text if term[-1] in WORD_FIELDS else "" for term, text in places],
    )


def _occurrences(papers: Sequence[Terms]) -> _Occurrences:
    numbers: defaultdict[str, int] = defaultdict(count().__next__)  # of words, as they come
    number_of = numbers.__getitem__
    words, texts, second_words = array("i"), array("i"), array("i")
    lengths = np.zeros((len(_FIELDS), len(papers)), np.int64)
    first_author = np.zeros(len(papers), np.int64)
    for owner, paper in enumerate(papers):
        for one in paper:
            field, in_order = _FIELDS.index(one.field), one.words.split(" ")  # the last is empty
            words.extend(map(number_of, in_order))
            texts.extend((field, owner, len(in_order)))
            lengths[field, owner] = len(in_order) - 1
            if one.field == AUTHORS:
                first_author[owner] = in_order.index("")
            for position, word in one.second_forms:
                second_words.extend((number_of(word), field, owner, position))
    all_words = sorted(numbers)
    paper_bits = len(papers).bit_length()
    rank = np.empty(len(all_words), np.int64)
    rank[list(map(number_of, all_words))] = np.arange(len(all_words))
    fields, owners, sizes = _array(texts).reshape(-1, 3).T
    places = np.arange(len(words), dtype=np.int32)
    places -= np.repeat(np.cumsum(sizes) - sizes, sizes).astype(np.int32)
    first_forms, kinds = _array(words), np.repeat(fields.astype(np.int8), sizes)
    is_kept = ~_is_left_out(numbers)[first_forms, kinds]
    packed = _packed(rank[first_forms], kinds, np.repeat(owners, sizes), places, paper_bits)[is_kept]
    second_forms, kinds, owners, places = _array(second_words).reshape(-1, 4).T
    packed = np.append(packed, _packed(rank[second_forms], kinds, owners, places, paper_bits))
    packed.sort()
    return _Occurrences(packed, all_words, paper_bits, lengths, first_author)


def _packed(words: Ints, fields: Ints, owners: Ints, positions: Ints, paper_bits: int) -> Ints:
    """Return occurrences, each as one number, in the memory of ``words``, which has 8 bytes for each."""
    cut = np.minimum(positions, _POSITION_MASK)
    for bits, more in ((_FIELD_BITS, fields), (paper_bits, owners), (_POSITION_BITS, cut)):
        words <<= bits
        words += more
    return words


def _is_left_out(numbers: Mapping[str, int]) -> NDArray[np.bool_]:
    """Return of each word, by its number, and each field whether it is not indexed."""
    found = np.zeros((len(numbers), len(_FIELDS)), bool)
    # Stop words of authors are indexed: some are names.
    found[[numbers[word] for word in STOP_WORDS & numbers.keys()]] = [
        field in WORD_FIELDS and field != AUTHORS for field in _FIELDS
    ]
    found[[numbers[word] for word in {""} & numbers.keys()]] = True
    return found


def _array(values: array[int]) -> Ints:
    return np.frombuffer(values, np.int32) if values else np.zeros(0, np.int32)


def _begins(values: Ints) -> Ints:
    """Return the places of a sorted array, which is not empty, where another value begins."""
    return np.flatnonzero(np.diff(values, prepend=values[0] - 1))


def _weights(found: _Occurrences, term: Ints, paper: Ints, frequency: Ints, position: Ints) -> Ints:
    """Return the weight of terms in papers, given how often each is there and its first position."""
    field = term & _FIELD_MASK
    is_first = position < found.first_author[paper]
    frequency = np.minimum(frequency, _HIGHEST)
    frequency = np.where(field == _FIELDS.index(AUTHORS), np.where(is_first, _FIRST_AUTHOR, 1), frequency)
    weights = np.full(term.size, _VERBATIM, np.int8)
    for letter in WORD_FIELDS:
        here = np.flatnonzero(field == _FIELDS.index(letter))
        lengths, row = np.unique(found.lengths[_FIELDS.index(letter)], return_inverse=True)
        table = np.array([_weights_in(letter, length) for length in lengths.tolist()])
        weights[here] = table[row[paper[here]], frequency[here]]
    return weights


def _weights_in(field: str, length: int) -> list[int]:
    """Return the weight of a word by its frequency in a field of so many words."""
    b, usual = _LENGTHS[field]
    norm = 1 - b + b * length / usual
    lowest = _LOWEST_OF_AUTHORS if field == AUTHORS else _LOWEST
    levels = [floor((log2(max(one, 1) / norm) - lowest) / _STEP) for one in range(_HIGHEST + 1)]
    return [min(max(level, 0), WEIGHTS - 1) for level in levels]


def _in_pairs(weights: Ints, first: Ints) -> list[str]:
    """Return the weights from each of some places to the next as digits of two each."""
    sizes = np.diff(first, append=weights.size)
    place = np.arange(weights.size, dtype=np.int32)
    is_second = (place - np.repeat(first, sizes).astype(np.int32)) % 2 == 1
    seconds = np.zeros(weights.size, np.int8)
    seconds[np.flatnonzero(is_second) - 1] = weights[is_second]
    pairs = (weights + WEIGHTS * seconds)[~is_second]
    ends = np.cumsum((sizes + 1) // 2)
    return _cut(_CODES[pairs], ends - (sizes + 1) // 2)


def _steps(position: Ints, begins: Ints) -> Ints:
    """Return twice the distance of each position from the one before in the paper, plus 1 for the last of a paper."""
    steps = np.diff(position, prepend=0)
    steps[begins] = position[begins]
    steps *= 2
    steps[np.append(begins[1:], position.size) - 1] += 1
    return steps


def _coded(values: Ints, begins: Ints) -> list[str]:
    """Return the digits of the numbers from each of some places to the next; see ``codec``."""
    sizes = np.ones(values.size, np.int8)
    here, digits = np.arange(values.size, dtype=np.int32), []
    while True:
        goes_on = values >= LAST
        digits.append((here, np.where(goes_on, LAST + values % MORE, values)))
        here, values = here[goes_on], values[goes_on] // MORE
        if not here.size:
            break
        sizes[here] += 1
    starts = np.cumsum(sizes, dtype=np.int32) - sizes
    codes = np.empty(sizes.sum(), np.uint8)
    for place, (here, digit) in enumerate(digits):
        codes[starts[here] + place] = _CODES[digit]
    return _cut(codes, starts[begins])


def _cut(codes: NDArray[np.uint8], begins: Ints) -> list[str]:
    """Return the characters from each of some places to the next."""
    text = codes.tobytes().decode()
    return [text[begin:end] for begin, end in pairwise([*begins.tolist(), len(text)])]
