"""What is derived from a paper alone: once, when its feed file is read, or when its records are merged anew.

Otherwise every build would derive it again for all papers (1.5 s of processor for 11,803).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, tzinfo
from typing import NamedTuple

import msgspec

from sitegen.errors import Problem
from sitegen.exports import bibtex, citation, csl, metadata, ris
from sitegen.feeds import store
from sitegen.feeds.store import Derived, Feeds
from sitegen.incremental import checksum
from sitegen.incremental.cache import Cache, Part, parts_of
from sitegen.library.features import features
from sitegen.library.merge import merge_single
from sitegen.models import ArxivId, Paper
from sitegen.text import abstract

# Of an abstract, in the feed of a person (characters).
_BRIEF = 200


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What follows from a paper and every build asks for; it is kept with its feed."""

    digest: bytes  # of the whole paper: the same digest, the same paper
    cite_key: str  # that it would like to have
    title: str  # as plain text
    heading: str  # the title as markup
    journal: str  # its journal reference as plain text
    mentions: tuple[str, ...]  # base identifiers of the papers it speaks of
    features: bytes  # what it can share with others, encoded: see library.related


class Texts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A paper in the words of its pages and exports; kept beside the facts, and asked for when a page is made.

    Markup is that of an archive which has no paper that this one mentions; BibTeX and CSL-JSON are under the key that
    it would like to have.
    """

    description: str
    brief: str  # beginning of the abstract
    abstract_html: str
    comment_html: str
    bibtex: str
    ris: str
    csl: str
    reference: str
    markdown: str
    json_ld_html: str


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_FACTS = msgspec.msgpack.Decoder(Facts)
_TEXTS_DECODER = msgspec.msgpack.Decoder(Texts)


def derive(record: Paper, zone: tzinfo = UTC) -> Derived:
    """Return what is derived from a record of which no other record of the same paper is known.

    Its days and years are those of a time zone.
    """
    return _derive(merge_single(record), zone)


def _derive(paper: Paper, zone: tzinfo) -> Derived:
    marked_up = _marked_up(paper)
    facts = _facts(paper, marked_up, zone)
    texts = _texts(paper, marked_up, facts.cite_key, zone)
    return Derived(paper, _ENCODER.encode(facts), _ENCODER.encode(texts))


class _MarkedUp(NamedTuple):
    """What a paper's markup is, and what was asked for while it was made."""

    abstract_html: str
    comment_html: str
    mentions: frozenset[str]


def _marked_up(paper: Paper) -> _MarkedUp:
    mentions: set[str] = set()

    def asked(identifier: ArxivId) -> None:
        mentions.add(identifier.base)

    abstract_html = abstract.to_html(paper.abstract, asked)
    comment_html = abstract.inline_html(paper.comment, asked)
    return _MarkedUp(abstract_html, comment_html, frozenset(mentions))


def _facts(paper: Paper, marked_up: _MarkedUp, zone: tzinfo) -> Facts:
    return Facts(
        digest=checksum.digest(_ENCODER.encode(paper)),
        cite_key=bibtex.base_key(paper, zone),
        title=abstract.to_text(paper.title),
        heading=abstract.inline_html(paper.title),
        journal=abstract.to_text(paper.journal_ref),
        mentions=tuple(sorted(marked_up.mentions)),
        features=_ENCODER.encode(features(paper)),
    )


def _texts(paper: Paper, marked_up: _MarkedUp, cite_key: str, zone: tzinfo) -> Texts:
    abs_url = metadata.abs_url(paper.id)
    reference = citation.reference(paper, abs_url, zone)
    return Texts(
        description=metadata.describe(paper),
        brief=metadata.describe(paper, _BRIEF),
        abstract_html=marked_up.abstract_html,
        comment_html=marked_up.comment_html,
        bibtex=bibtex.entry(paper, cite_key, zone),
        ris=ris.record(paper, abs_url, zone).replace("\r\n", "\n").rstrip("\n"),
        csl=csl.dumps(csl.item(paper, cite_key, abs_url, zone)),
        reference=reference.plain,
        markdown=reference.markdown,
        json_ld_html=metadata.json_ld(paper, zone),
    )


class _Merged(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is derived from a merged paper, and where its texts are."""

    facts: bytes
    texts: Part


_KIND, _TEXTS = "merged", "merged-texts"
_MERGED = msgspec.msgpack.Decoder(dict[bytes, _Merged])
# Builds write the texts of newly merged papers into a file each; of more files, one is made.
_FILES_AT_MOST = 40


class DerivedFields:
    """What is derived from each merged paper: that of its record, or that of its own where several were merged.

    ``papers`` are the merged papers of which that succeeds; for each of the others there is one of the ``problems``.
    """

    def __init__(
        self, merged: Iterable[Paper], feeds: Feeds, cache: Cache, *, program: bytes, zone: tzinfo
    ) -> None:
        """Look up or derive all. What is new is stored in the cache; what no paper needs any more is removed."""
        self._cache, self._zone = cache, zone
        self.problems: list[Problem] = []
        self._found: dict[str, _Merged] = {}
        of_record = {
            id(record): _Merged(facts, texts)
            for record, facts, texts in zip(feeds.papers, feeds.facts, feeds.texts, strict=True)
        }
        of_several: dict[str, bytes] = {}
        several: dict[bytes, Paper] = {}
        for paper in merged:
            if (known := of_record.get(id(paper))) is not None:
                self._found[paper.id.base] = known
            else:
                own = of_several[paper.id.base] = checksum.digest(_ENCODER.encode(paper))
                several[own] = paper
        derived = self._of_several(several, checksum.digest(program + str(zone).encode()).hex())
        self._found |= {base: derived[own] for base, own in of_several.items() if own in derived}
        self.papers = tuple([paper for paper in merged if paper.id.base in self._found])
        decode = _FACTS.decode
        self.facts = {base: decode(known.facts) for base, known in self._found.items()}

    def texts(self, paper: Paper) -> Texts:
        """Return the texts of a merged paper."""
        body = self._cache.get_part(self._found[paper.id.base].texts)
        if body is None:  # damaged, or there is no room for a cache
            body = memoryview(_derive(paper, self._zone).texts)
        return _TEXTS_DECODER.decode(body)

    def _of_several(self, papers: Mapping[bytes, Paper], key: str) -> dict[bytes, _Merged]:
        """Return what is derived from papers with several records; papers are given by their digests."""
        cache = self._cache
        before: dict[bytes, _Merged] = {}
        if body := cache.get(_KIND, key):
            with suppress(msgspec.MsgspecError):
                before = _MERGED.decode(body)
        if len({derived.texts.key for derived in before.values()}) > _FILES_AT_MOST:
            before = {}
        known = {digest: before[digest] for digest in papers if digest in before}
        new: dict[bytes, Derived] = {}
        for digest, paper in papers.items():
            if digest not in known:
                try:
                    new[digest] = _derive(paper, self._zone)
                except (
                    Exception
                ) as error:  # whatever it is: one paper must not keep the others from being built
                    self.problems.append(store.skipped("content/feeds", paper, error))
        if new or len(known) < len(before):
            name = checksum.digest(b"".join([key.encode(), *new])).hex()
            sizes = cache.put_parts(_TEXTS, name, [derived.texts for derived in new.values()])
            parts = parts_of(_TEXTS, name, sizes)
            known |= {
                digest: _Merged(derived.facts, part)
                for (digest, derived), part in zip(new.items(), parts, strict=True)
            }
            cache.put(_KIND, key, msgspec.msgpack.encode(known))
            cache.sweep(_KIND, {key})
            cache.sweep(_TEXTS, {derived.texts.key for derived in known.values()})
        return known
