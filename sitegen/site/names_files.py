"""The files of the index of persons, by which people are found by any part of the name.

The base has the persons who have a paper in the base of the search index, the tail has all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from sitegen.exports import metadata
from sitegen.feeds import taxonomy
from sitegen.incremental import checksum
from sitegen.incremental.cache import Cache
from sitegen.library.library import Library
from sitegen.models import Paper
from sitegen.search import people
from sitegen.search.common import common_words
from sitegen.search.index import file_text, value_of
from sitegen.search.people import FOLDER, PaperFacets, PersonName
from sitegen.site.search_files import KeptTier, SearchFiles

_HEAD = f"{FOLDER}head"


class NamesFiles:
    """All files of the index of persons, by their names seen from search/."""

    def __init__(self, library: Library, search: SearchFiles, cache: Cache, program: bytes) -> None:
        self._library, self._search = library, search
        sealed = frozenset([paper.id.base for paper in search.papers.base])
        everybody = library.people.items()
        # Papers in the base, by slug. To make a PersonName of everybody would take twice the time.
        counts = {slug: len(sealed.intersection(person.papers)) for slug, person in everybody}
        base = [slug for slug, papers in counts.items() if papers]
        self._new = [
            _person_name(library, slug, len(library.people[slug].papers)) for slug in counts.keys() - base
        ]
        names = [
            f"{slug} {counts[slug]} {person.name.printed} {' '.join(person.variants)}"
            for slug, person in everybody
            if counts[slug]
        ]
        content = checksum.digest("\n".join([*search.folders[: 1 if base else 2], *names]).encode())
        self._base = KeptTier(
            cache,
            checksum.digest(program + content).hex(),
            lambda: people.tier(
                [_person_name(library, slug, counts[slug]) for slug in base],
                self._facets(search.papers.base),
                f"n{content.hex()[:12]}",
                self._common(),
            ),
            "names",
        )
        cache.sweep("names", {self._base.key})
        cache.sweep("names-files", {self._base.key})

    @cached_property
    def names(self) -> Sequence[str]:
        """The names of all files."""
        return [_HEAD, *self._base.names]

    def digests(self) -> dict[str, bytes]:
        """Return the digest of each file. The names of all but the head tell what is in them."""
        return dict.fromkeys(self.names, b"same") | {_HEAD: checksum.digest(self._head.encode())}

    def text(self, name: str) -> str:
        """Return the text of a file."""
        return self._head if name == _HEAD else self._base.text(name)

    @cached_property
    def _head(self) -> str:
        library = self._library
        tail = self._facets(self._search.papers.tail)
        here = {slug for paper in tail for slug in paper.authors}
        persons = [_person_name(library, slug, len(library.people[slug].papers)) for slug in sorted(here)]
        return file_text(
            _HEAD,
            {
                **self._base.head,
                "lines": people.lines(self._new),
                "facets": people.facets(persons, tail),
                "categories": [[code, taxonomy.name(code)] for code in library.in_category],
            },
        )

    def _facets(self, papers: Sequence[Paper]) -> list[PaperFacets]:
        return [
            PaperFacets(
                paper.primary,
                metadata.is_published(paper),
                tuple([own for own in self._library.persons.slugs(paper) if own]),
            )
            for paper in papers
        ]

    def _common(self) -> dict[str, int]:
        """Return the common words of the base, or of the tail where the archive has no base yet."""
        tier = 0 if self._search.papers.base else 1
        folder = self._search.folders[tier]
        buckets = [name for name in self._search.names if name.startswith(f"{folder}/w")]
        papers = len(self._search.papers[tier])
        return common_words((value_of(self._search.text(name)) for name in buckets), papers)


def _person_name(library: Library, slug: str, papers: int) -> PersonName:
    person = library.people[slug]
    return PersonName(person.name.printed, slug, person.variants, papers)
