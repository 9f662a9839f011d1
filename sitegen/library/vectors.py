"""The arithmetic of the search for related papers: weights of terms, vectors of papers, and the nearest ones.

A text is a vector of its heaviest terms (TF-IDF). The nearness of two papers is the cosine of their texts, plus a share
of the cosine of their lists of authors. Everything is computed in whole numbers, so sums do not depend on the order of
their terms. Sole importer of numpy, which takes 0.1 s to import: builds without a changed paper do without it.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from math import log, log2, sqrt

# The threads of numpy's linear algebra are of no use here, and a process with threads forks less safely.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import msgspec  # noqa: E402
import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from sitegen.library.features import AUTHOR_BYTES, Features  # noqa: E402

NEIGHBOURS = 5
# Of these, so many may have authors in common but no subject.
_BY_AUTHORS_ONLY = 2
# Terms of a vector; more change few neighbours and take more time.
_TERMS = 40
# Terms of more papers have no weight: they say little, and would take most of the time.
_MOST_PAPERS = 2500
# The weight of a term is that of its frequency in the archive times that in the paper, in steps of so many parts.
_STEPS = 4
_NORM = 127  # length of a vector
# Papers whose texts are less near than this have no subject in common.
_FLOOR = round(0.06 * _NORM * _NORM)
_AUTHORS_SHARE = round(0.3 * _NORM * _NORM)  # added for the same list of authors
# Frequencies of terms are those in whole blocks of the oldest papers, so that a new paper does not change them.
_BLOCK = 1024
_ROWS = 1 << 24  # upper bound of the number of papers


class TermWeights(msgspec.Struct, frozen=True, array_like=True):
    """The weight of each term of the oldest papers; a term that is not there has the weight of one paper."""

    codes: bytes  # ascending, 4 bytes each
    weights: bytes  # 1 byte each
    new: int


class Vector(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The heaviest terms of a paper."""

    codes: bytes  # 4 bytes each
    weights: bytes  # 1 byte each


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
        weight_of[number] = round(_STEPS * log2(1 + len(terms) / number))
    weights = np.array(weight_of, np.uint8)[np.minimum(papers, _MOST_PAPERS + 1)]
    return TermWeights(codes.tobytes(), weights.tobytes(), weight_of[1])


def changed_weights(before: TermWeights, now: TermWeights) -> bytes:
    """Return the codes of all terms of which the weight has changed, 4 bytes each."""
    if before == now:
        return b""
    codes = np.union1d(np.frombuffer(before.codes, np.uint32), np.frombuffer(now.codes, np.uint32))
    return codes[_weights(before, codes) != _weights(now, codes)].tobytes()


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
        # Codes are ascending, and of terms with the same weight the first ones are taken.
        chosen = np.sort(np.argsort(-weight, kind="stable")[:_TERMS])
        own, weight = own[chosen], weight[chosen]
        length = sqrt(int(weight @ weight)) or 1
        scaled = np.rint(weight * (_NORM / length)).astype(np.uint8)
        kept = scaled > 0
        found.append(Vector(own[kept].tobytes(), scaled[kept].tobytes()))
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
        self._rows = (packed >> 8 & (_ROWS - 1)).astype(np.int64)
        self._weights = (packed & 255).astype(np.float64)
        self._codes, starts = np.unique((packed >> 32).astype(np.uint32), return_index=True)
        self._starts = [*starts.tolist(), len(packed)]

    def nearness(self, row: int) -> tuple[NDArray[np.float64], list[int]]:
        """Return how near each paper is to one of them, and the papers that are near by their authors only.

        Papers that have neither a subject nor an author in common have 0, and so has the paper itself.
        """
        vector, starts = self._vectors[row], self._starts
        places = np.searchsorted(self._codes, np.frombuffer(vector.codes, np.uint32)).tolist()
        spans = [slice(starts[place], starts[place + 1]) for place in places]
        products = [self._weights[span] * own for span, own in zip(spans, vector.weights, strict=True)]
        rows = np.concatenate([self._rows[span] for span in spans]) if spans else np.empty(0, np.int64)
        near = np.bincount(rows, np.concatenate(products) if spans else None, len(self._vectors))
        near[near < _FLOOR] = 0
        shared = Counter(chain.from_iterable([self._papers_of[author] for author in self._authors[row]]))
        near[row] = shared[row] = 0
        by_authors = [other for other, authors in shared.items() if authors and not near[other]]
        for other, authors in shared.items():
            lists = len(self._authors[row]) * len(self._authors[other])
            near[other] += round(_AUTHORS_SHARE * authors / sqrt(lists))
        return near, by_authors

    def nearest(self, row: int) -> tuple[list[int], int]:
        """Return the neighbours of a paper, the nearest first, and what another paper needs to become one.

        Of papers that are equally near, the one nearest in time comes first, then the older one.
        """
        near, by_authors = self.nearness(row)
        months = self._months

        def rank(other: int) -> tuple[float, int, int]:
            return -near[other], abs(months[other] - months[row]), other

        near[sorted(by_authors, key=rank)[_BY_AUTHORS_ONLY:]] = 0
        found = np.flatnonzero(near)
        if len(found) > NEIGHBOURS:
            least = np.partition(near[found], -NEIGHBOURS)[-NEIGHBOURS]
            found = found[near[found] >= least]
        neighbours = sorted(found.tolist(), key=rank)[:NEIGHBOURS]
        return neighbours, int(near[neighbours[-1]]) if len(neighbours) == NEIGHBOURS else 1

    def nearer(self, rows: Iterable[int], needed: Sequence[int]) -> set[int]:
        """Return the papers to which one of ``rows`` is at least as near as each of them needs."""
        least = np.array(needed)
        return {
            other for row in rows for other in np.flatnonzero(self.nearness(row)[0] >= least).tolist()
        }

    def shared(self, row: int, other: int) -> dict[int, int]:
        """Return the terms that two papers share, by code, each with its part of their nearness."""
        ours, theirs = self._terms_of(row), self._terms_of(other)
        return {code: ours[code] * theirs[code] for code in ours.keys() & theirs.keys()}

    def _terms_of(self, row: int) -> dict[int, int]:
        vector = self._vectors[row]
        return dict(zip(np.frombuffer(vector.codes, np.uint32).tolist(), vector.weights, strict=True))
