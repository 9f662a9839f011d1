"""Topics: the recurring terms of an archive, and the papers that are about each, kept between builds.

``topic_choice`` chooses the terms, ``topic_words`` finds them in papers.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import msgspec

from sitegen.incremental import checksum
from sitegen.incremental.cache import Cache
from sitegen.library.topic_words import Matcher, Topic, Words
from sitegen.models import Paper

# Topics are chosen from whole blocks of the oldest versions of papers, so that a new feed does not change them. Below
# that, from a power of two of them.
BLOCK, FEWEST = 2048, 64
# At least so many of the newest versions are left out, because feeds may bring some out of order.
NEWEST = 64

_KIND = "topics"  # of bodies in the cache
_ENCODE = msgspec.msgpack.Encoder().encode


class Topics(NamedTuple):
    """The topics of an archive, in alphabetical order, and of its papers."""

    topics: tuple[Topic, ...]
    of_paper: Mapping[
        str, tuple[int, ...]
    ]  # base identifier -> places in ``topics``, the most important first


class _Saved(msgspec.Struct, frozen=True, array_like=True):
    """The cached result of the last build."""

    chosen_from: bytes  # digest of papers
    topics: tuple[Topic, ...]
    of_paper: dict[bytes, tuple[int, ...]]  # by digest of the paper


_SAVED = msgspec.msgpack.Decoder(_Saved)


def find(
    papers: Sequence[Paper], digests: Sequence[bytes], records: Sequence[Paper], cache: Cache, program: bytes
) -> Topics:
    """Return the topics of papers, with what the cache has of the last build.

    ``digests`` are those of the papers, ``records`` all that the feeds have of them; ``program`` is the digest of the
    program. The result does not depend on the order of ``papers``, nor on the cache.
    """
    key, words = program.hex(), Words()
    digest_of = {id(paper): digest for paper, digest in zip(papers, digests, strict=True)}
    old = old_versions(papers, records)
    chosen_from = checksum.digest(
        b"".join([digest_of.get(id(paper)) or checksum.digest(_ENCODE(paper)) for paper in old])
    )
    saved = _load(cache, key)
    read: dict[int, tuple[array[int], int]] = {}  # the words of papers, by id()
    if saved is None or saved.chosen_from != chosen_from:
        read = {id(paper): words.read(paper) for paper in old}
        saved = _Saved(chosen_from, _choose(list(read.values()), words), {})
    known = saved.of_paper
    new = [paper for paper in papers if digest_of[id(paper)] not in known]
    if new and saved.topics:
        texts = [read.get(id(paper)) or words.read(paper) for paper in new]
        matcher = Matcher(saved.topics, words)
        known = known | {
            digest_of[id(paper)]: matcher.topics(*text) for paper, text in zip(new, texts, strict=True)
        }
    of_paper = {digest: known.get(digest, ()) for digest in digests}
    if of_paper != saved.of_paper:
        cache.put(_KIND, key, _ENCODE(_Saved(chosen_from, saved.topics, of_paper)))
    cache.sweep(_KIND, {key})
    return Topics(saved.topics, {paper.id.base: of_paper[digest_of[id(paper)]] for paper in papers})


def _choose(texts: Sequence[tuple[array[int], int]], words: Words) -> tuple[Topic, ...]:
    """Return the topics of texts in alphabetical order."""
    if not texts:
        return ()
    # Imported here: numpy takes 0.1 s to import, and most builds do without it.
    from sitegen.library import topic_choice

    chosen = topic_choice.choose(texts, words, _ends(len(texts)))
    return tuple(sorted(chosen, key=lambda topic: (topic.name.lower(), topic.slug)))


def _load(cache: Cache, key: str) -> _Saved | None:
    with suppress(msgspec.MsgspecError):  # there is none
        return _SAVED.decode(cache.get(_KIND, key) or b"")
    return None


def _ends(papers: int) -> Sequence[int]:
    """Return after how many papers topics were chosen, so far; the last is the number of papers."""
    return [*range(BLOCK, papers, BLOCK), papers]


def old_versions(papers: Sequence[Paper], records: Sequence[Paper]) -> list[Paper]:
    """Return the papers that topics are chosen from, the oldest first.

    They are as they were after the first versions of all papers in order of submission, a number that follows from
    that of all versions. A paper that has a newer version is given by the record of the last one before.
    """
    events = sorted({(record.updated, record.id.base) for record in records})
    number = max(0, len(events) - NEWEST)
    number = number - number % BLOCK if number >= BLOCK else 1 << number.bit_length() >> 1
    if number < FEWEST:
        return []
    last = events[number - 1]
    newer = {paper.id.base for paper in papers if (paper.updated, paper.id.base) > last}
    before: dict[str, Paper] = {}
    for record in records:
        base = record.id.base
        if base in newer and (record.updated, base) <= last:
            before[base] = max(before.get(base, record), record, key=_version)
    kept = [before.get(paper.id.base) if paper.id.base in newer else paper for paper in papers]
    return sorted([paper for paper in kept if paper is not None], key=_age)


def _version(record: Paper) -> tuple[int, datetime]:
    return record.id.version or 0, record.updated


def _age(paper: Paper) -> tuple[datetime, str]:
    return paper.published, paper.id.sort_key
