"""Queries for persons, given by slug."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from heapq import nlargest
from typing import NamedTuple

import msgspec

from sitegen.incremental.checksum import digest
from sitegen.incremental.queries import query
from sitegen.library.claims import Different
from sitegen.library.namesakes import namesakes
from sitegen.models import Person
from sitegen.site.bylines import is_crowd
from sitegen.site.site_data import SiteData

LETTERS = (*"abcdefghijklmnopqrstuvwxyz", "other")
# No page names more of the persons with most papers.
PROLIFIC = 60
# The page of Y. Wang names so many of the persons whose names begin like that.
_NAMESAKES = 8
# Papers of a person who gets a short page, without a feed. All authors of a few papers have the same ones.
_FEW = 20

_ENCODE = msgspec.msgpack.Encoder(order="deterministic").encode


class Namesake(NamedTuple):
    """A person whose name may be a form of another person's."""

    slug: str
    name: str
    papers: int


class Namesakes(NamedTuple):
    """Persons whose names may be forms of one name."""

    persons: tuple[Namesake, ...]  # most papers first
    more: int  # number of persons left out


_NO_NAMESAKES = Namesakes((), 0)


class PersonQueries(SiteData):
    """All that pages show of persons and of the index of authors."""

    def _slugs(self) -> Iterable[str]:
        return self._library.people

    @query(_slugs, lambda self: self._library.persons.digests)
    def person(self, slug: str) -> Person:
        """Return a person."""
        return self._library.people[slug]

    @cached_property
    def _further_forms(self) -> dict[str, tuple[str, ...]]:
        """Return the printed names of persons who have others than the name that is shown, by slug."""
        people = self._library.people.items()
        return {
            slug: person.variants
            for slug, person in people
            if len(person.variants) > 1 or person.variants[0] != person.name.printed
        }

    def _form_digests(self) -> dict[str, bytes]:
        several = {slug: digest(_ENCODE(forms)) for slug, forms in self._further_forms.items()}
        return dict.fromkeys(self._library.people, b"none") | several

    @query(_slugs, _form_digests)
    def further_forms(self, slug: str) -> tuple[str, ...]:
        """Return a person's printed names, none if there is only the one that is shown.

        Unlike ``person``, the result stays the same when the person has a new paper.
        """
        return self._further_forms.get(slug, ())

    @query()
    def people(self) -> tuple[str, ...]:
        """Return all persons in the order of their family names."""
        return tuple(self._library.people)

    @query()
    def papers_of_people(self) -> Mapping[str, int]:
        """Return the number of papers of every person, in the order of family names."""
        return {slug: len(person.papers) for slug, person in self._library.people.items()}

    @query()
    def members(self) -> tuple[str, ...]:
        """Return the persons of whom nothing is known but a few papers, each by more than CROWD authors."""
        crowds = {base for base, paper in self._library.papers.items() if is_crowd(paper.credits)}
        if not crowds:
            return ()
        return tuple(
            [
                slug
                for slug, person in self._library.people.items()
                if len(person.papers) <= _FEW
                and person.variants == (person.name.printed,)
                and crowds.issuperset(person.papers)
                and not (person.orcid or person.moved)
            ]
        )

    @query()
    def moved_people(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """Return the earlier slugs of persons who have some, each with the number of papers that it had."""
        return {slug: person.moved for slug, person in self._library.people.items() if person.moved}

    @query()
    def number_of_people(self) -> int:
        """Return the number of persons."""
        return len(self._library.people)

    @query()
    def prolific(self) -> tuple[str, ...]:
        """Return the persons with several papers, the most prolific first; as many as a page may name."""
        people = self._library.people.values()
        several = [person for person in people if len(person.papers) > 1]
        return tuple([person.slug for person in nlargest(PROLIFIC, several, key=lambda one: len(one.papers))])

    @cached_property
    def _namesakes(self) -> Mapping[str, Namesakes]:
        return {
            slug: Namesakes(
                tuple(
                    [
                        Namesake(other.slug, other.name.printed, len(other.papers))
                        for other in others[:_NAMESAKES]
                    ]
                ),
                max(0, len(others) - _NAMESAKES),
            )
            for slug, others in namesakes(
                self._library.people.values(), Different(self._library.different)
            ).items()
        }

    def _namesake_digests(self) -> dict[str, bytes]:
        found = {slug: digest(_ENCODE(known)) for slug, known in self._namesakes.items()}
        return dict.fromkeys(self._library.people, b"none") | found

    @query(_slugs, _namesake_digests)
    def namesakes(self, slug: str) -> Namesakes:
        """Return the persons whose names may be forms of a person's name."""
        return self._namesakes.get(slug, _NO_NAMESAKES)

    @cached_property
    def _by_letter(self) -> Mapping[str, tuple[str, ...]]:
        index: dict[str, list[str]] = {letter: [] for letter in LETTERS}
        for slug, person in self._library.people.items():
            index[person.letter].append(slug)
        return {letter: tuple(slugs) for letter, slugs in index.items() if slugs}

    @query()
    def letters(self) -> tuple[str, ...]:
        """Return the first letters of family names that somebody has, in order."""
        return tuple(self._by_letter)

    @query(lambda self: self._by_letter)
    def letter(self, letter: str) -> tuple[str, ...]:
        """Return the persons whose family name begins with a letter, in order."""
        return self._by_letter[letter]
