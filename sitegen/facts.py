"""What follows from a paper alone, found once in a paper's life: when its feed file is read.

Whatever here takes time would otherwise be done again in every build: for all papers, or for all pages made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, tzinfo
from typing import NamedTuple

import msgspec

from sitegen import sealed
from sitegen.arxiv import store
from sitegen.arxiv.store import Description, Feeds
from sitegen.errors import Problem
from sitegen.exports import bibtex, citation, csl, metadata, ris
from sitegen.library.features import features
from sitegen.library.merge import settled
from sitegen.models import ArxivId, Paper
from sitegen.text import abstract

# Of an abstract, in the feed of a person (characters).
_BRIEF = 200


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What follows from a paper and every build asks for; it is kept in the cache of parsed feeds."""

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
_TEXTS = msgspec.msgpack.Decoder(Texts)


def kept(record: Paper, zone: tzinfo = UTC) -> Description:
    """Return a paper as it is kept, if no other record of it is known, and what is remembered of it.

    Its days and years are those of a time zone.
    """
    paper = settled(record)
    marked_up = _marked_up(paper)
    facts = _facts(paper, marked_up, zone)
    texts = _texts(paper, marked_up, facts.cite_key, zone)
    return Description(paper, _ENCODER.encode(facts), _ENCODER.encode(texts))


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
        digest=sealed.digest(_ENCODER.encode(paper)),
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


def of_all(papers: Iterable[Paper], feeds: Feeds, zone: tzinfo) -> tuple[dict[str, Facts], list[Problem]]:
    """Return the facts of merged papers by base identifier: those of their records, where merging changed nothing.

    A paper of which none can be found is missing, and among the problems.
    """
    known = {id(record): kept for record, kept in zip(feeds.papers, feeds.facts, strict=True)}
    decode = _FACTS.decode
    found: dict[str, Facts] = {}
    problems: list[Problem] = []
    for paper in papers:
        if facts := known.get(id(paper)):
            found[paper.id.base] = decode(facts)
            continue
        try:
            found[paper.id.base] = _facts(paper, _marked_up(paper), zone)
        except Exception as error:  # whatever it is: one paper must not keep the others from being built
            problems.append(store.skipped("content/feeds", paper, error))
    return found, problems


def texts_of(feeds: Feeds, zone: tzinfo) -> Callable[[Paper], Texts]:
    """Return what gives the texts of a merged paper: those of its record, where merging changed nothing."""
    places = {id(record): place for record, place in zip(feeds.papers, feeds.texts, strict=True)}

    def texts(paper: Paper) -> Texts:
        place = places.get(id(paper))
        body = store.texts(place) if place else None
        if body is not None:
            return _TEXTS.decode(body)
        return _texts(paper, _marked_up(paper), bibtex.base_key(paper, zone), zone)

    return texts
