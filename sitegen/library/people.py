"""Groups credits into persons, and assigns the addresses of their pages.

Printed names with the same ``names.person_key`` are one person: they differ only in case, spacing, full stops,
hyphens and the like. Names that differ in accents (José, Jose) are two persons, whose pages link to each other: see
``library.namesakes``. people.toml takes precedence for the names that it lists: it can join José and Jose, or keep
"J Smith" and "J. Smith" apart.

Addresses are assigned by an older, narrower rule, so that published ones stay valid: ``_addresses`` gives the same
slug to names that differ only in case, spacing and Unicode form. A person with several addresses keeps the oldest,
and the others redirect to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from sitegen.config.settings import PersonEntry
from sitegen.incremental import checksum
from sitegen.incremental.cache import Cache
from sitegen.models import Name, Paper, Person
from sitegen.text import names, slug

_ENCODE = msgspec.msgpack.Encoder().encode

# Folders under /authors/ that belong to the index itself.
RESERVED_SLUGS = frozenset({"by-letter"})


class People(NamedTuple):
    """The persons of an archive, and the indexes to find them."""

    by_slug: Mapping[str, Person]  # in the order of their family names
    slug_of: Mapping[str, str]  # by printed name; credits that are not names are missing
    link_of: Mapping[str, str]  # by printed name: see _links
    digests: dict[str, bytes]  # of each encoded Person, by slug


class _PrintedName(NamedTuple):
    """A printed name, and the indexes of its papers in the list of all papers, oldest paper first."""

    name: Name
    places: list[int]


class _Address(NamedTuple):
    """A slug, and the printed names it was assigned to; ``entry`` is from people.toml if it lists one of them."""

    slug: str
    forms: list[_PrintedName]
    entry: PersonEntry | None


def persons(papers: Sequence[Paper], known: Sequence[PersonEntry] = ()) -> People:
    """Return the persons credited on papers, which must be newest first; ``known`` are the entries of people.toml."""
    forms = _forms(papers)
    groups = _group_by_person(_addresses(forms, known), known)
    found = list(map(_shown_name, groups.values()))
    shown = [name for name, _ in found]
    slugs = [_kept_address(group).slug for group in groups.values()]
    orders = names.sort_keys(shown)
    bases = [paper.id.base for paper in papers]
    made = [
        Person(
            slug=own,
            name=name,
            letter=names.index_letter(order),
            variants=variants,
            papers=_papers(group, bases),
            orcid=next((address.entry.orcid for address in group if address.entry), ""),
            moved=_other_slugs(group, own) if len(group) > 1 else (),
        )
        for own, (name, variants), order, group in zip(slugs, found, orders, groups.values(), strict=True)
    ]
    ranks = [f"{order}\t{own}" for order, own in zip(orders, slugs, strict=True)]
    people = {slugs[index]: made[index] for index in sorted(range(len(made)), key=ranks.__getitem__)}
    slug_of = {form: person.slug for person in made for form in person.variants}
    # In the order of creation: in the order of names this takes twice as long, since memory is accessed at random.
    digests = {person.slug: checksum.digest(_ENCODE(person)) for person in made}
    return People(people, slug_of, _links(people, slug_of), digests)


def _links(people: Mapping[str, Person], slug_of: Mapping[str, str]) -> dict[str, str]:
    """Return printed name, slug and shown name as one text, by printed name.

    Left out are names that are shown as printed and whose slug is the usual one.
    """
    plain = slug.slugify_all(list(slug_of))
    return {
        form: f"{form}\t{own}\t{people[own].name.printed}\0"
        for (form, own), usual in zip(slug_of.items(), plain, strict=True)
        if own != usual or form != people[own].name.printed
    }


def _forms(papers: Sequence[Paper]) -> list[_PrintedName]:
    """Return the printed names in order of their oldest paper, because the oldest name gets the plain slug."""
    forms: dict[str, _PrintedName] = {}
    for place in range(len(papers) - 1, -1, -1):
        for credit in papers[place].credits:
            name = credit.name
            if (form := forms.get(name.printed)) is not None:
                form.places.append(place)
            elif name.family:
                forms[name.printed] = _PrintedName(name, [place])
    return list(forms.values())


def _addresses(forms: Sequence[_PrintedName], known: Sequence[PersonEntry]) -> list[_Address]:
    """Return the addresses in order of appearance; names differing in case, spacing and Unicode form share one."""
    entries = {_printed_key(printed): entry for entry in known for printed in (entry.name, *entry.also)}
    alike: dict[str, list[_PrintedName]] = {}
    entry_of: dict[str, PersonEntry] = {}
    for form, key in zip(forms, names.printed_keys([form.name.printed for form in forms]), strict=True):
        if key in entries:
            entry = entries[key]
            key = _printed_key(entry.name)
            entry_of[key] = entry
        alike.setdefault(key, []).append(form)
    texts = [entry_of[key].name if key in entry_of else same[0].name.printed for key, same in alike.items()]
    slugs = slug.unique_slugs(list(alike), texts, RESERVED_SLUGS)
    return [
        _Address(own, same, entry_of.get(key)) for own, (key, same) in zip(slugs, alike.items(), strict=True)
    ]


def _group_by_person(
    addresses: Sequence[_Address], known: Sequence[PersonEntry]
) -> dict[str, list[_Address]]:
    """Return the addresses of each person, oldest first, by a key that identifies the person."""
    entries: dict[str, PersonEntry] = {}
    for entry in known:
        for printed in (entry.name, *entry.also):
            entries.setdefault(names.person_key(names.parse(printed)), entry)
    groups: dict[str, list[_Address]] = {}
    keys = names.person_keys([address.forms[0].name for address in addresses])
    for address, key in zip(addresses, keys, strict=True):
        found = address.entry or entries.get(key)
        if found:
            key = f"{_ENTRY_PREFIX}{_printed_key(found.name)}"
        groups.setdefault(key, []).append(address)
    return groups


_ENTRY_PREFIX = "\0"  # of the keys of persons in people.toml; no name contains NUL


def _kept_address(group: Sequence[_Address]) -> _Address:
    """Return the address that a person keeps: one that people.toml lists, else the oldest."""
    return next((address for address in group if address.entry), group[0])


def _shown_name(group: Sequence[_Address]) -> tuple[Name, tuple[str, ...]]:
    """Return the name to show (from people.toml, else the best printed one), and all printed names, best first."""
    forms = [form for address in group for form in address.forms]
    if len(forms) > 1:
        forms.sort(key=_rank)
    entry = _kept_address(group).entry
    name = names.parse(entry.name) if entry else forms[0].name
    return name, tuple([form.name.printed for form in forms])


_ODD_PUNCTUATION = re.compile(r"[^\W\d_]{3}\.|\s'|'\s")  # Nir. S. Gov, N 'Guyen


def _rank(form: _PrintedName) -> tuple[bool, bool, bool, int, int, str]:
    """Return the sort key of a printed name among those of a person; the least one is shown.

    In this order: mixed case before a single case, names without titles and degrees, names without odd punctuation,
    the most frequent name, the longest one (with all its full stops), the first in the alphabet.
    """
    name = form.name
    one_case = name.printed in (name.printed.upper(), name.printed.lower())
    odd = bool(_ODD_PUNCTUATION.search(name.printed))
    return one_case, names.has_titles(name), odd, -len(form.places), -len(name.printed), name.printed


def _papers(group: Sequence[_Address], bases: Sequence[str]) -> tuple[str, ...]:
    """Return the base identifiers of a person's papers, newest first, without repetition."""
    places = [place for address in group for form in address.forms for place in form.places]
    return tuple([bases[place] for place in (sorted(set(places)) if len(places) > 1 else places)])


def _other_slugs(group: Sequence[_Address], own: str) -> tuple[tuple[str, int], ...]:
    """Return the other slugs of a person, each with the number of papers of its printed names."""
    return tuple(
        [
            (address.slug, len({place for form in address.forms for place in form.places}))
            for address in group
            if address.slug != own
        ]
    )


def _printed_key(written: str) -> str:
    """Return the printed key of a name in people.toml, parsed first: feeds omit parts of it (a group's «The»)."""
    return names.printed_key(names.parse(written).printed)


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    persons: dict[str, Person]
    link_of: dict[str, str]
    digests: dict[str, bytes]


_KIND = "people"
_STORED = msgspec.msgpack.Decoder(_Stored)


def load(cache: Cache, key: str) -> People | None:
    """Return the persons cached under a key (the digest of everything they depend on), or None."""
    if (body := cache.get(_KIND, key)) is None:
        return None
    kept = _STORED.decode(body)
    slug_of = {form: slug for slug, person in kept.persons.items() for form in person.variants}
    return People(kept.persons, slug_of, kept.link_of, kept.digests)


def save(cache: Cache, key: str, people: People) -> None:
    """Cache persons under a key, and remove those under other keys."""
    body = msgspec.msgpack.encode((people.by_slug, people.link_of, people.digests))
    cache.put(_KIND, key, body)
    cache.sweep(_KIND, {key})
