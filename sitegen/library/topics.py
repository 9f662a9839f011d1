"""Topics: the recurring terms of an archive, and the papers that are about each, kept between builds.

``topic_choice`` chooses the terms, ``topic_words`` finds them in papers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from sitegen.incremental import checksum
from sitegen.incremental.cache import Cache
from sitegen.incremental.workers import Task
from sitegen.library import earlier
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
    papers: Sequence[Paper],
    digests: Sequence[bytes],
    records: Sequence[Paper],
    cache: Cache,
    program: bytes,
    jobs: int = 1,
) -> Topics:
    """Return the topics of papers, with what the cache has of the last build.

    ``digests`` are those of the papers, ``records`` all that the feeds have of them; ``program`` is the digest of the
    program. The result does not depend on the order of ``papers``, nor on the cache. With more than one of ``jobs``,
    topics are chosen by a process of its own, so that its memory, 120 MB for 11,803 papers, is free afterwards.
    """
    key = program.hex()
    digest_of = {id(paper): digest for paper, digest in zip(papers, digests, strict=True)}
    old = old_versions(papers, records)
    chosen_from = checksum.digest(
        b"".join([digest_of.get(id(paper)) or checksum.digest(_ENCODE(paper)) for paper in old])
    )
    last = _load(cache, key)
    if last is not None and last.chosen_from == chosen_from:
        saved = last
    else:
        chosen = Task(lambda: _ENCODE(_chosen(old, papers, digest_of, chosen_from)), jobs)
        saved = _SAVED.decode(chosen.result())
    new = [paper for paper in papers if digest_of[id(paper)] not in saved.of_paper]
    known = saved.of_paper | _topics_of(new, digest_of, saved.topics, Words(), {})
    of_paper = {digest: known.get(digest, ()) for digest in digests}
    if saved is not last or of_paper != saved.of_paper:
        cache.put(_KIND, key, _ENCODE(_Saved(chosen_from, saved.topics, of_paper)))
    cache.sweep(_KIND, {key})
    return Topics(saved.topics, {paper.id.base: of_paper[digest_of[id(paper)]] for paper in papers})


def _chosen(
    old: Sequence[Paper], papers: Iterable[Paper], digest_of: Mapping[int, bytes], chosen_from: bytes
) -> _Saved:
    """Return topics chosen from old papers, and those of each paper; ``digest_of`` has the papers by id()."""
    words = Words()
    read = {id(paper): words.read(paper) for paper in old}
    topics = _choose(list(read.values()), words)
    return _Saved(chosen_from, topics, _topics_of(papers, digest_of, topics, words, read))


def _topics_of(
    papers: Iterable[Paper],
    digest_of: Mapping[int, bytes],
    topics: Sequence[Topic],
    words: Words,
    read: Mapping[int, tuple[array[int], int]],
) -> dict[bytes, tuple[int, ...]]:
    """Return the topics of papers by their digests; ``read`` has the words of those that were read, by id()."""
    if not topics:
        return {}
    texts = {digest_of[id(paper)]: read.get(id(paper)) or words.read(paper) for paper in papers}
    matcher = Matcher(topics, words)
    return {digest: matcher.topics(*text) for digest, text in texts.items()}


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


def old_versions(papers: Sequence[Paper], records: Sequence[Paper]) -> Sequence[Paper]:
    """Return the papers that topics are chosen from, the oldest first.

    They are as they were after the first versions of all papers in order of submission, a number that follows from
    that of all versions. A paper that has a newer version is given by the record of the last one before.
    """
    submitted = earlier.versions(records)
    number = max(0, len(submitted) - NEWEST)
    number = number - number % BLOCK if number >= BLOCK else 1 << number.bit_length() >> 1
    return earlier.as_of(submitted[number - 1], papers, records).papers if number >= FEWEST else ()
