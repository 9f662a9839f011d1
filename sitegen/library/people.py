"""Credits become persons, and persons get the addresses of their pages.

Two printed names are one person if they have the same ``names.person_key``: they differ in case, spacing, full stops,
hyphens and the like. José and Jose are two persons, whose pages name each other, until people.toml joins them. What
people.toml says of a printed name goes before all this: two entries may also part "J Smith" from "J. Smith".

Addresses are older than that rule. They were given when only case, spacing and Unicode form did not count, and stay:
``_addresses`` still gives one to all forms of a name that are the same in this sense. A person keeps the first of its
addresses, and each other one leads there.
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
    """The persons of an archive, and how they are found."""

    by_slug: Mapping[str, Person]  # in the order of their family names
    slug_of: Mapping[str, str]  # by printed name; a credit that is no name has none
    link_of: Mapping[str, str]  # by printed name: how a link reads, where that does not follow from the name
    digests: dict[str, bytes]  # of all that is known of each person, by slug


class _Form(NamedTuple):
    """A printed name, and the places of its papers among all, the oldest one first."""

    name: Name
    places: list[int]


class _Address(NamedTuple):
    """A slug, and the printed forms that it was given to; ``entry`` if people.toml knows one of them."""

    slug: str
    forms: list[_Form]
    entry: PersonEntry | None


def persons(papers: Sequence[Paper], known: Sequence[PersonEntry] = ()) -> People:
    """Return the persons of papers; these stand newest first, and so do the papers of every person."""
    forms = _forms(papers)
    groups = _joined(_addresses(forms, known), known)
    found = list(map(_names, groups.values()))
    shown = [name for name, _ in found]
    slugs = [_own(group).slug for group in groups.values()]
    orders = names.sort_keys(shown)
    similar = _similar(groups, slugs, shown)
    bases = [paper.id.base for paper in papers]
    made = [
        Person(
            slug=own,
            name=name,
            letter=names.index_letter(order),
            variants=variants,
            papers=_papers(group, bases),
            orcid=next((address.entry.orcid for address in group if address.entry), ""),
            similar=similar.get(own, ()),
            moved=_moved(group, own) if len(group) > 1 else (),
        )
        for own, (name, variants), order, group in zip(slugs, found, orders, groups.values(), strict=True)
    ]
    ranks = [f"{order}\t{own}" for order, own in zip(orders, slugs, strict=True)]
    people = {slugs[index]: made[index] for index in sorted(range(len(made)), key=ranks.__getitem__)}
    slug_of = {form: person.slug for person in made for form in person.variants}
    # In the order in which they were made, which is that of memory: by family name it takes twice the time.
    digests = {person.slug: checksum.digest(_ENCODE(person)) for person in made}
    return People(people, slug_of, _links(people, slug_of), digests)


def _links(people: Mapping[str, Person], slug_of: Mapping[str, str]) -> dict[str, str]:
    """Return how the links of printed names read where they do not follow from the name."""
    plain = slug.slugify_all(list(slug_of))
    return {
        form: f"{form}\t{own}\t{people[own].name.printed}\0"
        for (form, own), usual in zip(slug_of.items(), plain, strict=True)
        if own != usual or form != people[own].name.printed
    }


def _forms(papers: Sequence[Paper]) -> list[_Form]:
    """Return the printed names of papers, oldest first: whoever was here first keeps the plain slug."""
    forms: dict[str, _Form] = {}
    for place in range(len(papers) - 1, -1, -1):
        for credit in papers[place].credits:
            name = credit.name
            if (form := forms.get(name.printed)) is not None:
                form.places.append(place)
            elif name.family:
                forms[name.printed] = _Form(name, [place])
    return list(forms.values())


def _addresses(forms: Sequence[_Form], known: Sequence[PersonEntry]) -> list[_Address]:
    """Give each form a slug, those alike but for case, spacing and Unicode form the same; in order of appearance."""
    entries = {_printed_key(printed): entry for entry in known for printed in (entry.name, *entry.also)}
    alike: dict[str, list[_Form]] = {}
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


def _joined(addresses: Sequence[_Address], known: Sequence[PersonEntry]) -> dict[str, list[_Address]]:
    """Return the addresses of each person, by a key of the person, the oldest one first."""
    entries: dict[str, PersonEntry] = {}
    for entry in known:
        for printed in (entry.name, *entry.also):
            entries.setdefault(names.person_key(names.parse(printed)), entry)
    groups: dict[str, list[_Address]] = {}
    keys = names.person_keys([address.forms[0].name for address in addresses])
    for address, key in zip(addresses, keys, strict=True):
        found = address.entry or entries.get(key)
        if found:
            key = f"{_ENTRY}{_printed_key(found.name)}"
        groups.setdefault(key, []).append(address)
    return groups


_ENTRY = "\0"  # begins the key of a person of people.toml; no name has it


def _own(group: Sequence[_Address]) -> _Address:
    """Return the address that a person keeps: the oldest one, but that of people.toml where it knows the person."""
    return next((address for address in group if address.entry), group[0])


def _names(group: Sequence[_Address]) -> tuple[Name, tuple[str, ...]]:
    """Return the name to show, that of people.toml or the first in rank, and all printed forms in rank."""
    forms = [form for address in group for form in address.forms]
    if len(forms) > 1:
        forms.sort(key=_rank)
    entry = _own(group).entry
    name = names.parse(entry.name) if entry else forms[0].name
    return name, tuple([form.name.printed for form in forms])


_ODD_POINTS = re.compile(r"[^\W\d_]{3}\.|\s'|'\s")  # Nir. S. Gov, N 'Guyen


def _rank(form: _Form) -> tuple[bool, bool, bool, int, int, str]:
    """Return the rank of a form among those of a person; the least is shown.

    A form in capitals and small letters goes before one in capitals alone, one without titles and degrees before one
    with them, one without odd points before one with them; then the most frequent one, the longest one (with all its
    full stops), and the first in the alphabet.
    """
    name = form.name
    one_case = name.printed in (name.printed.upper(), name.printed.lower())
    odd = bool(_ODD_POINTS.search(name.printed))
    return one_case, names.has_titles(name), odd, -len(form.places), -len(name.printed), name.printed


def _papers(group: Sequence[_Address], bases: Sequence[str]) -> tuple[str, ...]:
    """Return the papers of a person, newest first; one person may be credited twice on one."""
    places = [place for address in group for form in address.forms for place in form.places]
    return tuple([bases[place] for place in (sorted(set(places)) if len(places) > 1 else places)])


def _moved(group: Sequence[_Address], own: str) -> tuple[tuple[str, int], ...]:
    """Return the other slugs of a person, each with the number of its papers."""
    return tuple(
        [
            (address.slug, len({place for form in address.forms for place in form.places}))
            for address in group
            if address.slug != own
        ]
    )


def _similar(
    groups: Mapping[str, list[_Address]], slugs: Sequence[str], shown: Sequence[Name]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return by slug the others whose names differ in accents alone: their names and slugs."""
    keys = [
        names.person_key(name) if key.startswith(_ENTRY) else key
        for key, name in zip(groups, shown, strict=True)
    ]
    alike: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        alike.setdefault(names.without_accents(key), []).append(index)
    return {
        slugs[index]: tuple([(shown[other].printed, slugs[other]) for other in same if other != index])
        for same in alike.values()
        if len(same) > 1
        for index in same
    }


def _printed_key(written: str) -> str:
    """Return the key of a name in people.toml, which feeds may print in another way (without its «The»)."""
    return names.printed_key(names.parse(written).printed)


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    persons: dict[str, Person]
    link_of: dict[str, str]
    digests: dict[str, bytes]


_KIND = "people"
_KEPT = msgspec.msgpack.Decoder(_Kept)


def load(cache: Cache, key: str) -> People | None:
    """Return the persons stored under a key, the digest of all that they follow from, or None."""
    if (body := cache.get(_KIND, key)) is None:
        return None
    kept = _KEPT.decode(body)
    slug_of = {form: slug for slug, person in kept.persons.items() for form in person.variants}
    return People(kept.persons, slug_of, kept.link_of, kept.digests)


def save(cache: Cache, key: str, people: People) -> None:
    """Store persons under a key, in place of all others."""
    body = msgspec.msgpack.encode((people.by_slug, people.link_of, people.digests))
    cache.put(_KIND, key, body)
    cache.sweep(_KIND, {key})
