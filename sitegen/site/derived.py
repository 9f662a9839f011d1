"""Values that depend on one paper alone, computed once: when its feed file is read, or its records are merged.

Computing them in every build would take 1.5 s of processor time for 11,803 papers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, tzinfo

import msgspec

from sitegen.errors import Problem
from sitegen.exports import bibtex, citation, csl, metadata, ris
from sitegen.feeds import store
from sitegen.feeds.store import Derived, Feeds
from sitegen.incremental import checksum
from sitegen.incremental.cache import Cache, Part, parts_of
from sitegen.library.merge import merge_single
from sitegen.models import ArxivId, Paper
from sitegen.search.index import Record
from sitegen.search.terms import PUBLISHED, terms
from sitegen.text import abstract

# Characters of an abstract in the description of a page, and in the feed of a person.
_DESCRIPTION, _BRIEF = 160, 200
# Authors of a paper in a list of search results on a disk, where pages cannot be read.
_AUTHORS_IN_A_ROW = 1


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Values that every build needs; they are cached with the reading of the feed file."""

    digest: bytes  # of the whole paper
    cite_key: str  # BibTeX key, unless an older paper has the same
    title: str  # as plain text
    heading: str  # the title as markup
    journal: str  # its journal reference as plain text
    mentions: tuple[str, ...]  # base identifiers of papers in its abstract and comment
    search: bytes  # digest of Texts.search


class Texts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Texts for a paper's page and exports; they are read from the cache only when a page needs them.

    Papers that this one mentions are not linked yet, and BibTeX and CSL-JSON have the key ``Facts.cite_key``.
    """

    search: bytes  # encoded search.index.Record; first, so that it can be read alone
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
_RECORD = msgspec.msgpack.Decoder(Record)


class _SearchOnly(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The first field of Texts."""

    search: bytes


_SEARCH_ONLY = msgspec.msgpack.Decoder(_SearchOnly)
_TEXTS_DECODER = msgspec.msgpack.Decoder(Texts)


def derive(record: Paper, zone: tzinfo = UTC) -> Derived:
    """Return what is derived from a record that is the only one of its paper; ``zone`` is that of days and years."""
    return _derive(merge_single(record), zone)


def _derive(paper: Paper, zone: tzinfo) -> Derived:
    mentions: set[str] = set()

    def add_mention(identifier: ArxivId) -> None:
        mentions.add(identifier.base)

    abstract_html = abstract.to_html(paper.abstract, add_mention)
    comment_html = abstract.inline_html(paper.comment, add_mention)
    title, abstract_text = abstract.to_text(paper.title), abstract.to_text(paper.abstract)
    journal = abstract.to_text(paper.journal_ref)
    search = _ENCODER.encode(_search_record(paper, zone, title, abstract_text, journal))
    facts = Facts(
        digest=checksum.digest(_ENCODER.encode(paper)),
        cite_key=bibtex.base_key(paper, zone),
        title=title,
        heading=abstract.inline_html(paper.title),
        journal=journal,
        mentions=tuple(sorted(mentions)),
        search=checksum.digest(search),
    )
    abs_url = metadata.abs_url(paper.id)
    reference = citation.reference(paper, abs_url, zone)
    texts = Texts(
        search=search,
        description=metadata.shorten(abstract_text or title, _DESCRIPTION),
        brief=metadata.shorten(abstract_text or title, _BRIEF),
        abstract_html=abstract_html,
        comment_html=comment_html,
        bibtex=bibtex.entry(paper, facts.cite_key, zone),
        # Pages have LF line ends.
        ris=ris.record(paper, abs_url, zone).replace("\r\n", "\n").rstrip("\n"),
        csl=csl.dumps(csl.item(paper, facts.cite_key, abs_url, zone)),
        reference=reference.plain,
        markdown=reference.markdown,
        json_ld_html=metadata.json_ld(paper, zone),
    )
    return Derived(paper, _ENCODER.encode(facts), _ENCODER.encode(texts))


def _search_record(paper: Paper, zone: tzinfo, title: str, abstract_text: str, journal: str) -> Record:
    """Return a paper as it is indexed for search, given its texts as plain text."""
    dois = metadata.published_dois(paper)
    authors = tuple([credit.name.printed for credit in paper.credits])
    is_published = metadata.is_published(paper)
    return Record(
        base=paper.id.base,
        day=paper.published.astimezone(zone).date().isoformat(),
        category=paper.primary,
        published=is_published,
        title=title,
        authors=authors[:_AUTHORS_IN_A_ROW],
        more_authors=max(0, len(authors) - _AUTHORS_IN_A_ROW),
        terms=terms(
            title=title,
            abstract=abstract_text,
            authors=authors,
            comment=abstract.to_text(paper.comment),
            journal=journal,
            categories=[code.lower() for code in paper.categories],
            identifiers=[paper.id.base, *[doi.lower() for doi in dois]],
            flags=[PUBLISHED] if is_published else [],
        ),
    )


class _Merged(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is derived from one paper."""

    facts: bytes  # encoded
    texts: Part  # where the encoded texts are in the cache


_KIND, _TEXTS = "merged", "merged-texts"
_MERGED = msgspec.msgpack.Decoder(dict[bytes, _Merged])
# Each build writes the texts of newly merged papers into one new file. Above this number of files, all are merged.
_FILES_AT_MOST = 40


class DerivedFields:
    """What is derived from every paper.

    ``papers`` are all papers for which that succeeds, ``facts`` their facts by base identifier. Each of the other
    papers is reported in ``problems``.
    """

    def __init__(
        self, merged: Iterable[Paper], feeds: Feeds, cache: Cache, *, program: bytes, zone: tzinfo
    ) -> None:
        """Take what is known from ``feeds`` and the cache, derive the rest and store it; remove what is unused."""
        self._cache, self._zone = cache, zone
        self.problems: list[Problem] = []
        self._found: dict[str, _Merged] = {}
        self.records = feeds.papers
        of_record = self._of_record = {
            id(record): _Merged(facts, texts)
            for record, facts, texts in zip(feeds.papers, feeds.facts, feeds.texts, strict=True)
            if facts
        }
        digests: dict[str, bytes] = {}  # of papers merged from several records
        several: dict[bytes, Paper] = {}
        for paper in merged:
            if (known := of_record.get(id(paper))) is not None:
                self._found[paper.id.base] = known
            else:
                digest = digests[paper.id.base] = checksum.digest(_ENCODER.encode(paper))
                several[digest] = paper
        derived = self._of_several(several, checksum.digest(program + str(zone).encode()).hex())
        self._found |= {base: derived[digest] for base, digest in digests.items() if digest in derived}
        self.papers = tuple([paper for paper in merged if paper.id.base in self._found])
        decode = _FACTS.decode
        self.facts = {base: decode(known.facts) for base, known in self._found.items()}

    def texts(self, paper: Paper) -> Texts:
        """Return the texts of a merged paper."""
        body = self._cache.get_part(self._found[paper.id.base].texts)
        if body is None:  # damaged, or it could not be stored
            body = memoryview(_derive(paper, self._zone).texts)
        return _TEXTS_DECODER.decode(body)

    def search_digest(self, record: Paper) -> bytes:
        """Return the digest of a record of a feed, or of a merged paper, as it is indexed for search."""
        return _FACTS.decode(self._known(record).facts).search

    def search_record(self, record: Paper) -> Record:
        """Return a record of a feed, or a merged paper, as it is indexed for search."""
        body = self._cache.get_part(self._known(record).texts)
        if body is None:
            body = memoryview(_derive(merge_single(record), self._zone).texts)
        return _RECORD.decode(_SEARCH_ONLY.decode(body).search)

    def _known(self, record: Paper) -> _Merged:
        return self._of_record.get(id(record)) or self._found[record.id.base]

    def _of_several(self, papers: Mapping[bytes, Paper], key: str) -> dict[bytes, _Merged]:
        """Return what is derived from papers with several records; the keys of both mappings are their digests."""
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
                except Exception as error:  # one bad paper must not stop the build
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
