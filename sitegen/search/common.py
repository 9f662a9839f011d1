"""The words that many papers share, by which a browser tells which words of a few hits are telling."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from math import log2

from sitegen.search.codec import SEPARATOR, front_decoded, numbers
from sitegen.search.terms import ABSTRACT

_RAREST = 150  # a word of fewer than one in so many papers is not listed
_SHORTEST = 4


def common_words(buckets: Iterable[str], papers: int) -> dict[str, int]:
    """Return the words of many abstracts, each with the logarithm to base 2 of: one in how many papers has it.

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
                    found[word] = round(log2(papers / having))
    return found
