"""Finds the entry of people.toml that claims a credit: everywhere, or on the papers that the entry lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from sitegen.config.people import PeopleFile, PersonEntry
from sitegen.errors import Problem
from sitegen.incremental import checksum
from sitegen.models import Credit, Name, Paper, Person
from sitegen.text import names


class Claims(NamedTuple):
    """Entries by the names that they claim."""

    exact: Mapping[str, PersonEntry]  # everywhere, by ``printed_key``, which has precedence
    similar: Mapping[str, PersonEntry]  # everywhere, by ``person_key``
    on_paper: Mapping[str, Mapping[str, PersonEntry]]  # by base identifier and ``person_key``

    def of_name(self, printed: str, person: str) -> PersonEntry | None:
        """Return the entry that claims a name everywhere, given the ``printed_key`` and the ``person_key``."""
        return self.exact.get(printed) or self.similar.get(person)

    def of_credit(self, base: str, name: Name) -> PersonEntry | None:
        """Return the entry that claims a name on one paper, if it lists the paper."""
        claimed = self.on_paper.get(base)
        return claimed.get(names.person_key(name)) if claimed else None


def claims(entries: Iterable[PersonEntry]) -> Claims:
    """Return the claims of entries; of silent ones only the new name, see ``library.silent``."""
    exact: dict[str, PersonEntry] = {}
    similar: dict[str, PersonEntry] = {}
    on_paper: dict[str, dict[str, PersonEntry]] = {}
    for entry in entries:
        for written in (entry.name,) if entry.silent else entry.all_names:
            # Parsed first: feeds omit parts of a name (a group's "The").
            name = names.parse(written)
            person = names.person_key(name)
            if entry.papers:
                for base in entry.papers:
                    on_paper.setdefault(base, {}).setdefault(person, entry)
            else:
                exact.setdefault(names.printed_key(name.printed), entry)
                similar.setdefault(person, entry)
    return Claims(exact, similar, on_paper)


def identified(
    papers: Sequence[Paper], digests: Sequence[bytes], entries: Sequence[PersonEntry]
) -> tuple[list[Paper], list[bytes]]:
    """Return papers, and their digests, whose claimed credits have one name for each person, for ``library.related``.

    Its ``person_key`` differs from that of every other person; what is printed is the name to show.
    """
    if not entries:
        return list(papers), list(digests)
    known = claims(entries)
    own = {id(entry): _identity(entry, index) for index, entry in enumerate(entries)}
    printed = {credit.name.printed: credit.name for paper in papers for credit in paper.credits}
    keys = zip(names.printed_keys(list(printed)), names.person_keys(list(printed.values())), strict=True)
    everywhere = {
        name: own[id(entry)]
        for name, (exact, similar) in zip(printed, keys, strict=True)
        if (entry := known.of_name(exact, similar))
    }
    found, found_digests = [], []
    for paper, digest in zip(papers, digests, strict=True):
        here = {
            credit.name.printed: own[id(entry)]
            for credit in (paper.credits if paper.id.base in known.on_paper else ())
            if (entry := known.of_credit(paper.id.base, credit.name))
        }
        credits = [
            Credit(name=here.get(name) or everywhere.get(name) or credit.name)
            for credit in paper.credits
            for name in [credit.name.printed]
        ]
        if any(new.name is not old.name for new, old in zip(credits, paper.credits, strict=True)):
            paper = replace(paper, credits=tuple(credits))
            digest = checksum.digest(digest + msgspec.msgpack.encode(credits))
        found.append(paper)
        found_digests.append(digest)
    return found, found_digests


def _identity(entry: PersonEntry, index: int) -> Name:
    """Return a name that prints as the entry's. With a suffix, ``person_key`` reads the parts of the name."""
    return Name(printed=entry.name, family=f"\0{entry.id or index}", suffix="\0")


class Different:
    """Persons who are told apart in people.toml, although their names could be forms of one."""

    def __init__(self, different: Iterable[Sequence[str]]) -> None:
        """``different`` are the names, or the slugs, of different persons."""
        self._apart = [{_key(text) for text in texts} | {*texts} for texts in different]

    def are(self, one: Person, other: Person) -> bool:
        """Return whether two persons are told apart."""
        if not self._apart:
            return False
        first, second = _keys(one), _keys(other)
        return any(first & known and second & known for known in self._apart)


def _keys(person: Person) -> set[str]:
    return {person.slug, *map(_key, (person.name.printed, *person.variants))}


def _key(text: str) -> str:
    return names.person_key(names.parse(text))


def unmatched(
    file: PeopleFile, papers: Mapping[str, Paper], printed: Iterable[str], silenced: frozenset[str]
) -> list[Problem]:
    """Return a problem for each name in people.toml that no paper carries, and for each paper that is not there.

    ``printed`` are the names on all papers; ``silenced`` the ``person_key`` of former names that were replaced.
    """
    if not file.persons and not file.different:
        return []
    carried = {*names.person_keys([names.parse(name) for name in printed]), *silenced}
    problems = []
    for index, entry in enumerate(file.persons):
        for item, written in enumerate(entry.all_names):
            # The name to show need not be on any paper if there are others.
            if (item or not entry.names) and names.person_key(names.parse(written)) not in carried:
                problems.append(file.problem_with_name(index, item, f"no paper has {written!r}", _REMEDY))
        own = {names.person_key(names.parse(written)) for written in entry.all_names}
        for item, base in enumerate(entry.papers):
            where = ("person", index, "papers", item)
            if base not in papers:
                problems.append(file.problem(where, f"no feed has the paper {base}", _PAPER_REMEDY))
            elif own.isdisjoint([names.person_key(credit.name) for credit in papers[base].credits]):
                message = f"none of these names is on the paper {base}"
                problems.append(file.problem(where, message, "correct the identifier, or add the name"))
    for index, different in enumerate(file.different):
        ids = {entry.id for entry in file.persons}
        for item, written in enumerate(different):
            if written not in ids and names.person_key(names.parse(written)) not in carried:
                where = ("different", index, "names", item)
                problems.append(file.problem(where, f"no paper has {written!r}", _REMEDY))
    return problems


_REMEDY = "write it as papers print it, or remove it"
_PAPER_REMEDY = "correct the identifier, or add a feed that has it"
