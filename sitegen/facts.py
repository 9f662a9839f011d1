"""What follows from a paper alone, found once in a paper's life: when its feed file is read.

Whatever here takes time would otherwise be done again for all papers in every build.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from sitegen import sealed
from sitegen.arxiv.store import Feeds
from sitegen.exports import bibtex
from sitegen.library.merge import settled
from sitegen.library.related import features
from sitegen.models import Paper
from sitegen.text import abstract


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What follows from a paper; it is kept in the cache of parsed feeds."""

    digest: bytes  # of the whole paper: the same digest, the same paper
    cite_key: str  # that it would like to have
    title: str  # as plain text
    mentions: tuple[str, ...]  # base identifiers of the papers it speaks of
    features: bytes  # what it can share with others, encoded: see library.related


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(Facts)


def kept(record: Paper) -> tuple[Paper, bytes]:
    """Return a paper as it is kept, if no other record of it is known, and its facts."""
    paper = settled(record)
    return paper, _encoded(paper)


def _encoded(paper: Paper) -> bytes:
    mentions = abstract.mentions(paper.abstract) | abstract.mentions(paper.comment)
    return _ENCODER.encode(
        Facts(
            digest=sealed.digest(_ENCODER.encode(paper)),
            cite_key=bibtex.base_key(paper),
            title=abstract.to_text(paper.title),
            mentions=tuple(sorted(mentions)),
            features=_ENCODER.encode(features(paper)),
        )
    )


def of_all(papers: Iterable[Paper], feeds: Feeds) -> dict[str, Facts]:
    """Return the facts of merged papers by base identifier: those of their records, where merging changed nothing."""
    known = {id(record): kept for record, kept in zip(feeds.papers, feeds.facts, strict=True)}
    decode = _DECODER.decode
    return {paper.id.base: decode(known.get(id(paper)) or _encoded(paper)) for paper in papers}
