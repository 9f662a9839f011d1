"""The words that many papers share, by which a browser tells which words of a few hits are telling.

A word that tells what a paper is about is repeated in its abstract: of 100 abstracts with ``neurons`` 29 have it twice
or more, with ``hippocampus`` 8, but with ``question`` or ``however`` 3 at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from math import log2

from sitegen.search.codec import DIGITS, SEPARATOR, front_decoded, numbers
from sitegen.search.terms import ABSTRACT

_RAREST = 150  # a word of fewer than one in so many papers is not listed
_SHORTEST = 4
_REPEATED = 0.06  # of the papers with a word that tells something, at least so many repeat it
_ONCE = DIGITS[
    :11
]  # weights of a word that is not repeated, in an abstract of usual length: see ``inverted``


def common_words(buckets: Iterable[str], papers: int) -> dict[str, int]:
    """Return the words of many abstracts, each with the logarithm to base 2 of: one in how many papers has it.

    Words that tell nothing of a paper have 0.
    ``buckets`` are those of a tier of the search index, see ``index``.
    """
    found: dict[str, int] = {}
    for bucket in buckets:
        parts = bucket.split(SEPARATOR)
        for term, postings in zip(front_decoded(parts[::2]), parts[1::2], strict=True):
            word, _, field = term.rpartition(" ")
            if field == ABSTRACT and len(word) >= _SHORTEST and len(postings) * _RAREST > papers:
                having = next(islice(numbers(postings), 1))
                if having * _RAREST > papers:
                    repeated = having - sum(map(postings[-having:].count, _ONCE))
                    found[word] = round(log2(papers / having)) if repeated >= _REPEATED * having else 0
    return found
