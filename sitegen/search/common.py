"""The words that many papers share, by which a browser tells which words of a few hits are telling.

A word that tells what a paper is about is repeated in its abstract: of 100 abstracts with ``neurons`` 35 repeat it,
of those with ``hippocampus`` 10, but of those with ``question`` or ``however`` 5 at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from math import log2

from sitegen.search.codec import VALUES, WEIGHTS, bucket_terms, numbers, weights_of
from sitegen.search.terms import ABSTRACT

_RAREST = 150  # a word of fewer than one in so many papers is not listed
_SHORTEST = 4
_REPEATED = 0.08  # of the papers with a word that tells something, at least so many but one repeat it
_TWICE = 3  # the least weight of a word that is repeated, in an abstract of usual length


def common_words(buckets: Iterable[str], papers: int) -> dict[str, int]:
    """Return the words of many abstracts, each with the logarithm to base 2 of: one in how many papers has it.

    Words that tell nothing of a paper have 0. ``buckets`` are those of a tier of the search index, see ``index``.
    """
    found: dict[str, int] = {}
    for bucket in buckets:
        for term, postings in bucket_terms(bucket):
            word, field = term[:-2], term[-1]
            if field == ABSTRACT and len(word) >= _SHORTEST and len(postings) * _RAREST > papers:
                having = next(islice(numbers(postings), 1))
                if having * _RAREST > papers:
                    tells = _repeating(weights_of(postings, having)) + 1 >= _REPEATED * having
                    found[word] = round(log2(papers / having)) if tells else 0
    return found


def _repeating(weights: str) -> int:
    """Return how many papers repeat a word, from its weights in them, as digits of two each."""
    return sum(
        times * ((VALUES[digit] % WEIGHTS >= _TWICE) + (VALUES[digit] // WEIGHTS >= _TWICE))
        for digit, times in Counter(weights).items()
    )
