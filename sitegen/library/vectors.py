"""The arithmetic of the search for related papers: weights of terms, vectors of papers, and the nearest papers.

A paper is a vector of the heaviest terms of its text (TF-IDF) and of its authors. The nearness of two papers is the
cosine of their texts, plus a share of the cosine of their lists of authors. All is computed in whole numbers, so that
sums do not depend on the order of their terms.

numpy takes 0.06 s to import, so builds in which no paper has changed do without this module.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import log, log2
from typing import NamedTuple, TypeAlias, TypeVar

# The threads of numpy's linear algebra are of no use here, and a process with threads forks less safely.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import msgspec
import numpy as np
from numpy.typing import NDArray

from sitegen.library.features import FIRST_AUTHOR, Text

T = TypeVar("T")
Numbers: TypeAlias = NDArray[np.float64]  # whole ones
Rows: TypeAlias = NDArray[np.int64]

NEIGHBOURS = 5
# Of these, so many may have authors in common but no subject.
_BY_AUTHORS_ONLY = 2
# Terms of more papers have no weight: they say little, and would take most of the time.
_MOST_PAPERS = 2500
# Terms of fewer papers have the weight of so many: more, and a single rare word would make papers near.
_RARE = 16
# The weight of a term is that of its frequency in the archive times that in the paper, in steps of so many parts.
_STEPS = 4
_NORM = 127  # length of the vector of a text
_LEAST = 11  # weight of a term in a vector; lighter ones are left out, because they take half of the time
# Papers whose texts are less near than this have no subject in common.
_FLOOR = round(0.06 * _NORM * _NORM)
_AUTHORS_SHARE = 0.3  # of the nearness of equal texts, added for the same list of authors
# The nearness of texts that share a single term is multiplied by this, because many do so by chance (replica).
_ONE_TERM = 0.5
# One sum for two papers holds three whole numbers, each less than 2**20: the nearness by authors, whose weights are
# scaled in the index, in multiples of 2**20; that by texts; and the number of shared terms, in parts of 2**-10.
_AUTHORS_SCALE = 2**10
_ONE = 2.0**-10
# Frequencies of terms are those in whole blocks of the oldest papers, so that a new paper does not change them.
_BLOCK = 1024
_AT_ONCE = 256  # papers


class Terms(NamedTuple):
    """The terms of a text, packed in the order of bytes of the machine that runs."""

    codes: bytes  # ascending, 4 bytes each
    counts: bytes  # how often each occurs, 1 byte each; words of the title count twice


class TermWeights(msgspec.Struct, frozen=True, array_like=True):
    """The weight of each term of the oldest papers; a term that is not there has the weight of one paper."""

    codes: bytes  # ascending, 4 bytes each
    weights: bytes  # 1 byte each
    new: int


class Vector(NamedTuple):
    """The heaviest terms of a paper, and its authors."""

    codes: bytes  # 8 bytes each; those of authors are FIRST_AUTHOR and greater
    weights: bytes  # 1 byte each


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield some papers, or what belongs to them, in parts that are handled at once: all would take more memory."""
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def count_terms(texts: Sequence[Text]) -> list[Terms]:
    """Return the terms of each text."""
    return [terms for some in batches(texts) for terms in _terms(some)]


def _terms(texts: Sequence[Text]) -> Iterator[Terms]:
    codes = np.frombuffer(b"".join([text.codes + text.codes[: 4 * text.title] for text in texts]), np.uint32)
    owners = np.repeat(np.arange(len(texts)), [len(text.codes) // 4 + text.title for text in texts])
    found, counts = np.unique((owners << 32 | codes)[codes > 0], return_counts=True)
    packed, numbers = found.astype(np.uint32).tobytes(), np.minimum(counts, 255).astype(np.uint8).tobytes()
    start = 0
    for end in np.searchsorted(found >> 32, np.arange(len(texts)), "right").tolist():
        yield Terms(packed[4 * start : 4 * end], numbers[start:end])
        start = end


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


def vectors(terms: Sequence[Terms], authors: Sequence[bytes], weights: TermWeights) -> Iterator[Vector]:
    """Yield the vector of each paper, given its terms and the codes of its authors, 8 bytes each."""
    texts = chain.from_iterable([_text_vectors(some, weights) for some in batches(terms)])
    for (codes, heavy), own in zip(texts, authors, strict=True):
        number = len(own) // 8
        share = round(_NORM * (_AUTHORS_SHARE / max(number, 1)) ** 0.5)
        yield Vector(codes + own, heavy + bytes([share]) * number)


def _text_vectors(terms: Sequence[Terms], weights: TermWeights) -> Iterator[tuple[bytes, bytes]]:
    """Yield the codes of the heaviest terms of each text, 8 bytes each, and their weights."""
    of_count = np.array([round(_STEPS * (1 + log(max(number, 1)))) for number in range(256)], float)
    codes = np.frombuffer(b"".join([own.codes for own in terms]), np.uint32)
    counts = np.frombuffer(b"".join([own.counts for own in terms]), np.uint8)
    owners = np.repeat(np.arange(len(terms)), [len(own.counts) for own in terms])
    heavy = _weights(weights, codes) * of_count[counts]
    lengths = np.sqrt(np.bincount(owners, heavy * heavy, len(terms)))
    scaled = np.rint(heavy * (_NORM / np.maximum(lengths, 1))[owners]).astype(np.uint8)
    kept = scaled >= _LEAST
    packed, scales, start = codes[kept].astype(np.uint64).tobytes(), scaled[kept].tobytes(), 0
    for number in np.bincount(owners[kept], minlength=len(terms)).tolist():
        yield packed[8 * start : 8 * (start + number)], scales[start : start + number]
        start += number


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
    """All papers as an inverted index of terms and authors. Papers are rows, numbered by age."""

    def __init__(self, vectors: Sequence[Vector], months: Sequence[int]) -> None:
        """``months`` are those of the papers, counted from year 0."""
        self._months = months
        weights = np.frombuffer(b"".join([vector.weights for vector in vectors]), np.uint8)
        rows = np.repeat(np.arange(len(vectors)), [len(vector.weights) for vector in vectors])
        self._codes, terms, papers = np.unique(
            np.frombuffer(b"".join([vector.codes for vector in vectors]), np.uint64),
            return_inverse=True,
            return_counts=True,
        )
        # A term or an author of one paper is near no other.
        is_shared = papers[terms] > 1
        rows, terms, weights = rows[is_shared], terms[is_shared], weights[is_shared]
        self._first_author = int(np.searchsorted(self._codes, np.uint64(FIRST_AUTHOR)))
        scales = np.where(np.arange(len(self._codes)) < self._first_author, 1.0, _AUTHORS_SCALE)
        # The entries by term and row. To sort one integer takes a fifth of the time of sorting by terms.
        entries = np.sort(terms << 40 | rows << 8 | weights)
        self._starts = np.searchsorted(entries, np.arange(len(self._codes) + 1) << 40).tolist()
        # Numbers of 4 bytes hold all weights, but not all products.
        self._rows = (entries >> 8).astype(np.int32)  # the lower half
        self._weights = ((entries & 255) * scales[entries >> 40]).astype(np.float32)
        # The same by row.
        self._own_terms, self._own_weights = (
            terms.astype(np.int32),
            (weights * scales[terms]).astype(np.float32),
        )
        self._own_starts = np.searchsorted(rows, np.arange(len(vectors) + 1))

    def nearest(self, row: int) -> tuple[list[int], int]:
        """Return the neighbours of a paper, the nearest first, and how near another paper must be to become one.

        Of papers that are equally near, the one nearest in time comes first, then the older one.
        """
        others, near, has_subject = self._near(row)
        with_subject = near[has_subject]
        least = np.partition(with_subject, -NEIGHBOURS)[-NEIGHBOURS] if len(with_subject) > NEIGHBOURS else 0
        enough = near >= least
        month, months = self._months[row], self._months
        candidates = others[enough].tolist(), near[enough].tolist(), has_subject[enough].tolist()
        ranked = sorted(
            [
                (-int(nearness), abs(months[other] - month), other, subject)
                for other, nearness, subject in zip(*candidates, strict=True)
            ]
        )
        by_authors = [candidate for candidate in ranked if not candidate[3]]
        for candidate in by_authors[_BY_AUTHORS_ONLY:]:
            ranked.remove(candidate)
        neighbours = [other for _, _, other, _ in ranked[:NEIGHBOURS]]
        return neighbours, -ranked[NEIGHBOURS - 1][0] if len(neighbours) == NEIGHBOURS else 1

    def _near(self, row: int) -> tuple[Rows, Numbers, NDArray[np.bool_]]:
        """Return the papers near one of them, the nearness of each, and whether it has a subject in common."""
        own = slice(self._own_starts[row], self._own_starts[row + 1])
        starts, terms = self._starts, self._own_terms[own].tolist()
        spans = [slice(starts[term], starts[term + 1]) for term in terms] or [slice(0, 0)]
        sizes = [span.stop - span.start for span in spans]
        own_weights = np.repeat(self._own_weights[own].astype(float), sizes[: len(terms)])
        products = np.concatenate([self._weights[span] for span in spans]) * own_weights
        products[: sum(sizes[: bisect_left(terms, self._first_author)])] += _ONE
        total = np.bincount(np.concatenate([self._rows[span] for span in spans]), products, len(self._months))
        total[row] = 0
        others = np.flatnonzero(total >= _FLOOR)
        by_authors, by_text = np.divmod(total[others], _AUTHORS_SCALE**2)
        terms_shared, by_text = np.modf(by_text)
        by_text = np.floor(np.where(terms_shared == _ONE, by_text * _ONE_TERM, by_text))
        has_subject = by_text >= _FLOOR
        return others, by_authors + by_text * has_subject, has_subject

    def nearer(self, rows: Iterable[int], needed: Sequence[int]) -> Iterator[int]:
        """Yield each paper to which one of ``rows`` is at least as near as the paper needs."""
        least = np.array(needed)
        for row in rows:
            others, near, _ = self._near(row)
            yield from others[near >= least[others]].tolist()

    def shared(self, pairs: Sequence[tuple[int, int]]) -> list[dict[int, int]]:
        """Return what each of some pairs of papers shares: codes of terms and authors, with their parts of nearness.

        There are no terms if the texts are not near enough to have a subject in common.
        """
        ours, theirs = map(self._entries_of, np.array(pairs, int).reshape(-1, 2).T)
        numbers = np.arange(len(pairs))
        own = np.repeat(numbers, ours[1]) << 32 | self._own_terms[ours[0]]
        other = np.repeat(numbers, theirs[1]) << 32 | self._own_terms[theirs[0]]
        common, own_places, other_places = np.intersect1d(own, other, assume_unique=True, return_indices=True)
        own_weights = self._own_weights[ours[0][own_places]].astype(float)
        products = own_weights * self._own_weights[theirs[0][other_places]]
        owners, terms = common >> 32, common & 0xFFFFFFFF
        is_term = terms < self._first_author
        by_text = np.bincount(owners, products * is_term, len(pairs))
        kept = ~is_term | (by_text >= _FLOOR)[owners]
        codes, parts = self._codes[terms[kept]].tolist(), products[kept].tolist()
        ends = np.cumsum(np.bincount(owners[kept], minlength=len(pairs))).tolist()
        return [
            dict(zip(codes[start:end], parts[start:end], strict=True))
            for start, end in zip([0, *ends], ends, strict=False)
        ]

    def _entries_of(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return the places of the entries of some rows, and how many each row has."""
        starts = self._own_starts[rows]
        sizes = self._own_starts[rows + 1] - starts
        return np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum()), sizes
