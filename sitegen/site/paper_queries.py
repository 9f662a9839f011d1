"""Queries for single papers, given by base identifier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from sitegen.exports import bibtex, csl, metadata
from sitegen.incremental.checksum import digest
from sitegen.incremental.queries import part_of, query
from sitegen.library.related import decode_neighbours
from sitegen.library.related import query as query_for
from sitegen.models import ArxivId, Note, Paper, Related
from sitegen.site import urls
from sitegen.site.bylines import Author, Byline, author_links, byline, is_crowd
from sitegen.site.contexts import Entry
from sitegen.site.derived import Texts
from sitegen.site.site_data import SiteData
from sitegen.text import abstract, withdrawn

_ENCODE = msgspec.msgpack.Encoder(order="deterministic").encode


class Beside(NamedTuple):
    """The papers before and after a paper in order of submission; None at the ends."""

    older: str | None
    newer: str | None


class PaperQueries(SiteData):
    """All that pages show of single papers."""

    def _bases(self) -> Iterable[str]:
        return self._library.papers

    def _paper_digests(self) -> dict[str, bytes]:
        """Return the digest of all that pages may show of each paper alone: its record, its links, its citation key.

        If everything that pages show of a paper follows from its record alone, it is the digest of the record.
        """
        papers, notes, keys, zone = (
            self._library.papers,
            self._library.notes,
            self._cite_keys,
            self._library.zone,
        )
        links = self._names_of_persons()
        shared = "" if str(zone) == "UTC" else str(zone)
        digests = {}
        for base, known in self._facts.items():
            key = "" if keys[base] == known.cite_key else keys[base]
            present = [other for other in known.mentions if other in papers] if known.mentions else ()
            link = links.get(base, "")
            if shared or key or present or link or base in notes:
                rest = f"{shared}\0{link}\0{key}\0{len(notes.get(base, ()))}\0{present}"
                digests[base] = digest(known.digest + rest.encode())
            else:
                digests[base] = known.digest
        return digests

    def _names_of_persons(self) -> Mapping[str, str]:
        """Return slugs and names of the authors of each paper, where those do not follow from the printed names."""
        library = self._library
        slugs = {library.persons.slug_of[printed] for printed in library.persons.link_of}
        return {
            base: self._links_on(library.papers[base])
            for base in {base for slug in slugs for base in library.people[slug].papers}
            | {*library.persons.slug_on}
            if base in library.papers
        }

    def _links_on(self, paper: Paper) -> str:
        library = self._library
        links = [library.persons.link_of.get(credit.name.printed, "") for credit in paper.credits]
        if own := library.persons.slug_on.get(paper.id.base):
            links += [
                f"{printed}\t{slug}\t{library.people[slug].name.printed}\0" for printed, slug in own.items()
            ]
        return "".join(links)

    @query(_bases, _paper_digests)
    def paper(self, base: str) -> Paper:
        """Return a paper."""
        return self._library.papers[base]

    @part_of("paper")
    def title(self, base: str) -> str:
        """Return a paper's title as plain text."""
        return self._facts[base].title

    @part_of("paper")
    def journal(self, base: str) -> str:
        """Return a paper's journal reference as plain text."""
        return self._facts[base].journal

    @part_of("paper")
    def submitted_on(self, base: str) -> date:
        """Return the day on which a paper was submitted."""
        return self._library.day_of[base]

    @part_of("paper")
    def updated_on(self, base: str) -> date:
        """Return the day on which a paper's latest version was submitted."""
        return self._library.day(self._library.papers[base].updated)

    @part_of("paper")
    def authors(self, base: str) -> tuple[Author, ...]:
        """Return the person behind each credit of a paper, in the order of the credits."""
        if (known := self._authors.get(base)) is None:
            library, paper = self._library, self._library.papers[base]
            known = self._authors[base] = tuple(
                [
                    Author(slug, library.people[slug].name.printed if slug else credit.name.printed)
                    for slug, credit in zip(library.persons.slugs(paper), paper.credits, strict=True)
                ]
            )
        return known

    @part_of("paper")
    def entry(self, base: str) -> Entry:
        """Return a paper as it stands in lists."""
        if (entry := self._entries.get(base)) is None:
            entry = self._entries[base] = self._make_entry(base)
        return entry

    def _make_entry(self, base: str) -> Entry:
        paper, facts = self._library.papers[base], self._facts[base]
        return Entry(
            url=urls.paper(base),
            id=base,
            title_html=facts.heading,
            authors=author_links(self.byline(base)),
            primary=paper.primary,
            published=metadata.is_published(paper),
            withdrawn=bool(withdrawn.statement(paper.comment, paper.abstract)),
            notes=len(self._library.notes.get(base, ())),
        )

    @part_of("paper")
    def texts(self, base: str) -> Texts:
        """Return a paper's texts with links to the papers of this site, and with the paper's citation key."""
        paper, facts, key = self._library.papers[base], self._facts[base], self._cite_keys[base]
        texts = self._read_texts(paper)
        if key != facts.cite_key:
            zone = self._library.zone
            item = csl.item(paper, key, metadata.abs_url(paper.id), zone)
            texts = replace(texts, bibtex=bibtex.entry(paper, key, zone), csl=csl.dumps(item))
        if any(mentioned in self._library.papers for mentioned in facts.mentions):
            texts = replace(
                texts,
                abstract_html=abstract.to_html(paper.abstract, self._page_of),
                comment_html=abstract.inline_html(paper.comment, self._page_of),
            )
        # Lists ask for these again and again.
        self._bibtex[base], self._briefs[base] = texts.bibtex, texts.brief
        return texts

    def _page_of(self, identifier: ArxivId) -> str | None:
        return urls.paper(identifier.base) if identifier.base in self._library.papers else None

    @part_of("paper")
    def withdrawal_html(self, base: str) -> str:
        """Return the statement that a paper was withdrawn as markup, or an empty text."""
        paper = self._library.papers[base]
        said = withdrawn.statement(paper.comment, paper.abstract)
        return abstract.inline_html(said, self._page_of) if said else ""

    @part_of("paper")
    def bibtex(self, base: str) -> str:
        """Return a paper's BibTeX entry."""
        return self._bibtex.get(base) or self.texts(base).bibtex

    @part_of("paper")
    def short_bibtex(self, base: str) -> str:
        """Return a paper's BibTeX entry, with only the first author if there are more than CROWD."""
        paper = self._library.papers[base]
        if not is_crowd(paper.credits):
            return self.bibtex(base)
        if (known := self._short_bibtex.get(base)) is None:
            known = bibtex.entry(paper, self._cite_keys[base], self._library.zone, only_first=True)
            self._short_bibtex[base] = known
        return known

    @part_of("paper")
    def byline(self, base: str) -> Byline:
        """Return the authors that lists name of a paper, by their places."""
        if (known := self._bylines.get(base)) is None:
            known = self._bylines[base] = byline(self._library.papers[base].credits, self.authors(base))
        return known

    @part_of("paper")
    def brief(self, base: str) -> str:
        """Return the beginning of a paper's abstract."""
        return self._briefs.get(base) or self.texts(base).brief

    @cached_property
    def _neighbours(self) -> Mapping[str, msgspec.Raw]:
        # Each process waits for the search when it needs its result.
        return self._find_related()

    @query(_bases, lambda self: {base: digest(known) for base, known in self._neighbours.items()})
    def related(self, base: str) -> tuple[Related, ...]:
        """Return the nearest papers of a paper, the nearest first."""
        return decode_neighbours(self._neighbours[base])

    @part_of("related")
    def related_query(self, base: str) -> str:
        """Return a search query for more papers on the topics of a paper's neighbours, or an empty text."""
        return query_for(decode_neighbours(self._neighbours[base]))

    def _note_digests(self) -> dict[str, bytes]:
        noted = {base: digest(_ENCODE(notes)) for base, notes in self._library.notes.items()}
        return dict.fromkeys(self._library.papers, b"none") | noted

    @query(_bases, _note_digests)
    def notes(self, base: str) -> tuple[Note, ...]:
        """Return the owner's notes on a paper."""
        return self._library.notes.get(base, ())

    @cached_property
    def _revisions(self) -> Mapping[str, tuple[str, ...]]:
        papers = self._library.papers
        before: dict[str, Paper] = {}  # the latest record of an earlier version
        for record in self._records:
            base = record.id.base
            paper, known = papers.get(base), before.get(base)
            if paper and record.updated < paper.updated and (not known or known.updated < record.updated):
                before[base] = record
        return {base: _changes(record, papers[base]) for base, record in before.items()}

    def _revision_digests(self) -> dict[str, bytes]:
        known = {base: digest(_ENCODE(changes)) for base, changes in self._revisions.items()}
        return dict.fromkeys(self._library.papers, b"none") | known

    @query(_bases, _revision_digests)
    def revision(self, base: str) -> tuple[str, ...] | None:
        """Return which of title, authors and abstract the latest version changed; None if that is not known."""
        return self._revisions.get(base)

    def _beside_digests(self) -> dict[str, bytes]:
        order = ["", *self._library.papers, ""]
        return {
            base: f"{newer} {older}".encode()
            for newer, base, older in zip(order, order[1:], order[2:], strict=False)
        }

    @query(_bases, _beside_digests)
    def beside(self, base: str) -> Beside:
        """Return the papers submitted before and after a paper."""
        order, place = self._library.order, self._library.position[base]
        older = order[place + 1].id.base if place + 1 < len(order) else None
        return Beside(older, order[place - 1].id.base if place else None)


def _changes(old: Paper, new: Paper) -> tuple[str, ...]:
    names = [[credit.name.printed for credit in paper.credits] for paper in (old, new)]
    differs = {
        "title": old.title != new.title,
        "authors": names[0] != names[1],
        "abstract": old.abstract.split() != new.abstract.split(),
    }
    return tuple([part for part, is_other in differs.items() if is_other])
