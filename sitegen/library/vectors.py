"""The arithmetic of the search for related papers: weights of terms, vectors of papers, and the nearest ones.

A text is a vector of its heaviest terms (TF-IDF). The nearness of two papers is the cosine of their texts, plus a
share of the cosine of their lists of authors. Everything is computed in whole numbers, so that sums do not depend on
the order of their terms. numpy takes 0.1 s to import, so builds in which no paper has changed do without this module.
"""

from __future__ import annotations

import os
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count
from math import log, log2, sqrt
from typing import NamedTuple, TypeAlias

# The threads of numpy's linear algebra are of no use here, and a process with threads forks less safely.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import msgspec
import numpy as np
from numpy.typing import NDArray

from sitegen.library.features import AUTHOR_BYTES, Features

Ints: TypeAlias = NDArray[np.int64]

NEIGHBOURS = 5
# Of these, so many may have authors in common but no subject.
_BY_AUTHORS_ONLY = 2
# Terms of more papers have no weight: they say little, and would take most of the time.
_MOST_PAPERS = 2500
# Terms of fewer papers have the weight of so many: more, and a single rare word would make papers near.
_RARE = 4
# The weight of a term is that of its frequency in the archive times that in the paper, in steps of so many parts.
_STEPS = 4
_NORM = 127  # length of a vector
_LEAST = 11  # weight of a term in a vector; lighter ones are left out, because they take half of the time
# The nearness of texts that share a single term is multiplied by this, because many do so by chance (replica).
_ONE_TERM = 0.5
_ONE = 2.0**-10  # a vector has at most (_NORM / _LEAST)² = 133 terms
# Papers whose texts are less near than this have no subject in common.
_FLOOR = round(0.06 * _NORM * _NORM)
_AUTHORS_SHARE = round(0.3 * _NORM * _NORM)  # added for the same list of authors
# Frequencies of terms are those in whole blocks of the oldest papers, so that a new paper does not change them.
_BLOCK = 1024
# In a reason, a term that both papers are about counts as much as so many others of its weight.
_SUBJECT = 4


class TermWeights(msgspec.Struct, frozen=True, array_like=True):
    """The weight of each term of the oldest papers; a term that is not there has the weight of one paper."""

    codes: bytes  # ascending, 4 bytes each
    weights: bytes  # 1 byte each
    new: int


class Vector(NamedTuple):
    """The heaviest terms of a paper."""

    codes: bytes  # 4 bytes each
    weights: bytes  # 1 byte each
    counts: bytes  # of Features, 1 byte each


def frozen_papers(papers: int) -> int:
    """Return how many of the oldest papers decide on the weights of terms.

    These are whole blocks of 1,024, or in a smaller archive the greatest power of two: then weights change often, but
    a full search takes no time.
    """
    return papers - papers % _BLOCK if papers >= _BLOCK else 1 << papers.bit_length() >> 1


def term_weights(terms: Sequence[bytes]) -> TermWeights:
    """Return the weights of terms, given the codes of the terms of each of the oldest papers."""
    codes, papers = np.unique(np.frombuffer(b"".join(terms), np.uint32), return_counts=True)
    weight_of = [0] * (_MOST_PAPERS + 2)
    for number in range(1, _MOST_PAPERS + 1):
        weight_of[number] = round(_STEPS * log2(1 + len(terms) / max(number, _RARE)))
    weights = np.array(weight_of, np.uint8)[np.minimum(papers, _MOST_PAPERS + 1)]
    return TermWeights(codes.tobytes(), weights.tobytes(), weight_of[1])


def changed_weights(before: TermWeights, now: TermWeights) -> bytes:
    """Return the codes of all terms of which the weight has changed, 4 bytes each."""
    if before == now:
        return b""
    codes = np.union1d(np.frombuffer(before.codes, np.uint32), np.frombuffer(now.codes, np.uint32))
    changed: bytes = codes[_weights(before, codes) != _weights(now, codes)].tobytes()
    return changed


def with_terms(terms: Sequence[bytes], codes: bytes) -> list[int]:
    """Return the numbers of the papers that have one of some terms."""
    owners = np.repeat(np.arange(len(terms)), [len(own) // 4 for own in terms])
    has_one = np.isin(np.frombuffer(b"".join(terms), np.uint32), np.frombuffer(codes, np.uint32))
    found: list[int] = np.unique(owners[has_one]).tolist()
    return found


def vectors(papers: Sequence[Features], weights: TermWeights) -> list[Vector]:
    """Return the vector of each paper."""
    found = []
    of_count = np.array([round(_STEPS * (1 + log(max(number, 1)))) for number in range(256)])
    codes = np.frombuffer(b"".join([paper.terms for paper in papers]), np.uint32)
    counts = np.frombuffer(b"".join([paper.counts for paper in papers]), np.uint8)
    heavy = _weights(weights, codes).astype(np.int64) * of_count[counts]
    end = 0
    for paper in papers:
        start, end = end, end + len(paper.counts)
        own, weight = codes[start:end], heavy[start:end]
        length = sqrt(int(weight @ weight)) or 1
        scaled = np.rint(weight * (_NORM / length)).astype(np.uint8)
        kept = scaled >= _LEAST
        found.append(Vector(own[kept].tobytes(), scaled[kept].tobytes(), counts[start:end][kept].tobytes()))
    return found


def _weights(known: TermWeights, codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return the weight of each of some terms."""
    of_code = np.frombuffer(known.codes, np.uint32)
    if not len(of_code):
        return np.full(len(codes), known.new, np.uint8)
    places = np.minimum(np.searchsorted(of_code, codes), len(of_code) - 1)
    weights: NDArray[np.uint8] = np.where(
        of_code[places] == codes, np.frombuffer(known.weights, np.uint8)[places], np.uint8(known.new)
    )
    return weights


class Space:
    """All papers as an inverted index. Papers are rows, numbered by age."""

    def __init__(self, vectors: Sequence[Vector], authors: Sequence[bytes], months: Sequence[int]) -> None:
        """``authors`` are the codes of each paper's authors; months are counted from year 0."""
        self._vectors, self._months = vectors, months
        self._authors = [
            [codes[at : at + AUTHOR_BYTES] for at in range(0, len(codes), AUTHOR_BYTES)] for codes in authors
        ]
        self._papers_of: defaultdict[bytes, list[int]] = defaultdict(list)
        for row, own in enumerate(self._authors):
            for author in own:
                self._papers_of[author].append(row)
        codes = np.frombuffer(b"".join([vector.codes for vector in vectors]), np.uint32)
        weights = np.frombuffer(b"".join([vector.weights for vector in vectors]), np.uint8)
        rows = np.repeat(np.arange(len(vectors)), [len(vector.weights) for vector in vectors])
        # To sort one integer of term, row and weight takes a fifth of the time of sorting by terms.
        packed = np.sort(codes.astype(np.uint64) << 32 | (rows << 8).astype(np.uint64) | weights)
        self._entries = packed.astype(np.uint32)  # row and weight
        self._codes, starts = np.unique((packed >> 32).astype(np.uint32), return_index=True)
        self._starts = [*starts.tolist(), len(packed)]

    def nearest(self, row: int) -> tuple[list[int], int]:
        """Return the neighbours of a paper, the nearest first, and how near another paper must be to become one.

        Of papers that are equally near, the one nearest in time comes first, then the older one.
        """
        rows, near, by_authors = self._near(row)
        if len(rows) > NEIGHBOURS:
            enough = near >= np.partition(near, -NEIGHBOURS)[-NEIGHBOURS]
            rows, near = rows[enough], near[enough]

        def rank(pair: tuple[int, int]) -> tuple[int, int, int]:
            return -pair[1], abs(self._months[pair[0]] - self._months[row]), pair[0]

        by_authors = sorted(by_authors, key=rank)[:_BY_AUTHORS_ONLY]
        ranked = sorted([*zip(rows.tolist(), near.tolist(), strict=True), *by_authors], key=rank)[:NEIGHBOURS]
        return [other for other, _ in ranked], ranked[-1][1] if len(ranked) == NEIGHBOURS else 1

    def _near(self, row: int) -> tuple[Ints, Ints, list[tuple[int, int]]]:
        """Return the papers with a subject in common with one of them, the nearness of each, and all other papers
        with an author in common, as pairs of row and nearness.
        """
        vector, starts = self._vectors[row], self._starts
        places = np.searchsorted(self._codes, np.frombuffer(vector.codes, np.uint32)).tolist()
        spans = [self._entries[starts[place] : starts[place + 1]] for place in places] or [self._entries[:0]]
        entries = np.concatenate(spans)
        own = np.repeat(np.frombuffer(vector.weights, np.uint8), list(map(len, spans))[: len(places)])
        papers = entries >> 8
        # The digits after the point count terms.
        dense = np.bincount(papers, own * (entries & 255) + _ONE, len(self._vectors))
        dense[row] = 0
        rows = np.flatnonzero(dense >= _FLOOR)
        terms, near = np.modf(dense[rows])
        near = np.where(terms == _ONE, near * _ONE_TERM, near).astype(np.int64)
        by_authors = []
        for other, bonus in self._by_authors(row):
            if dense[other] >= _FLOOR:
                near[np.searchsorted(rows, other)] += bonus
            else:
                by_authors.append((other, bonus))
        return rows, near, by_authors

    def _by_authors(self, row: int) -> Iterator[tuple[int, int]]:
        """Yield each paper that has an author in common, with the part of the nearness that is due to authors."""
        own = self._authors[row]
        shared = Counter(chain.from_iterable([self._papers_of[author] for author in own]))
        del shared[row]
        for other, authors in shared.items():
            yield other, round(_AUTHORS_SHARE * authors / sqrt(len(own) * len(self._authors[other])))

    def nearer(self, rows: Iterable[int], needed: Sequence[int]) -> Iterator[int]:
        """Yield each paper to which one of ``rows`` is at least as near as the paper needs."""
        least = np.array(needed)
        for row in rows:
            found, near, by_authors = self._near(row)
            yield from found[near >= least[found]].tolist()
            yield from [other for other, bonus in by_authors if bonus >= needed[other]]

    def shared(self, row: int, others: Sequence[int]) -> list[dict[int, int]]:
        """Return the terms that a paper shares with each of some others, by code, with their parts of the nearness.

        There are none if the texts are not near enough to have a subject in common. Terms that are in both titles, or
        more than once in a text, are what the papers are about, and count more.
        """
        ours, (_, weights, counts) = self._terms_of(row), self._vectors[row]
        found = []
        for other in others:
            theirs, (_, other_weights, other_counts) = self._terms_of(other), self._vectors[other]
            shared, near = {}, 0
            for code in ours.keys() & theirs.keys():
                place, other_place = ours[code], theirs[code]
                is_subject = counts[place] > 1 and other_counts[other_place] > 1
                near += (product := weights[place] * other_weights[other_place])
                shared[code] = product * (_SUBJECT if is_subject else 1)
            found.append(shared if near >= _FLOOR else {})
        return found

    def _terms_of(self, row: int) -> dict[int, int]:
        """Return the terms of a paper with their places in its vector."""
        return dict(zip(array("I", self._vectors[row].codes), count(), strict=False))
