"""Groups credits into persons, and assigns the addresses of their pages.

Printed names with the same ``names.person_key`` are one person: they differ only in case, spacing, full stops,
hyphens and the like. Names that differ in accents (José, Jose) are two persons, whose pages link to each other: see
``library.namesakes``. people.toml takes precedence for the names that it lists: it can join José and Jose, keep
"J Smith" and "J. Smith" apart, or divide the papers of one name among several persons.

Addresses are assigned by an older, narrower rule, so that published ones stay valid: ``_addresses`` gives the same
slug to names that differ only in case, spacing and Unicode form, whatever people.toml says. A person with several
addresses keeps one, and the others redirect to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from sitegen.config.people import RESERVED_SLUGS, PersonEntry
from sitegen.incremental import checksum
from sitegen.incremental.cache import Cache
from sitegen.library.claims import Claims, claims
from sitegen.models import Name, Paper, Person
from sitegen.text import names, slug

_ENCODE = msgspec.msgpack.Encoder().encode


class People(NamedTuple):
    """The persons of an archive, and the indexes to find them."""

    by_slug: Mapping[str, Person]  # in the order of their family names
    slug_of: Mapping[str, str]  # by printed name; credits that are not names are missing
    link_of: Mapping[str, str]  # by printed name: see _links
    digests: dict[str, bytes]  # of each encoded Person, by slug
    # By base identifier and printed name, where slug_of does not hold.
    slug_on: Mapping[str, Mapping[str, str]]

    @property
    def printed_names(self) -> set[str]:
        """All printed names that are somebody's."""
        return {*self.slug_of, *[name for own in self.slug_on.values() for name in own]}

    def slugs(self, paper: Paper) -> list[str]:
        """Return the slug of the person behind each credit of a paper; empty for a credit that is no name."""
        slug_of, own = self.slug_of, self.slug_on.get(paper.id.base, {})
        printed = [credit.name.printed for credit in paper.credits]
        return [own.get(name) or slug_of.get(name, "") for name in printed]


class _PrintedName(NamedTuple):
    """A printed name, and the indexes of its papers in the list of all papers, oldest paper first."""

    name: Name
    places: list[int]


class _Address(NamedTuple):
    """A slug, and the printed names it was assigned to."""

    slug: str
    key: str  # ``printed_key`` of the names
    forms: list[_PrintedName]


class _Group(NamedTuple):
    """What makes one person: addresses, and names that people.toml claims on some papers only."""

    entry: PersonEntry | None
    addresses: list[_Address]  # oldest first
    claimed: list[_PrintedName]


def persons(papers: Sequence[Paper], known: Sequence[PersonEntry] = ()) -> People:
    """Return the persons credited on papers, which must be newest first; ``known`` are the entries of people.toml."""
    claimed_by = claims(known)
    forms, claimed = _forms(papers, claimed_by)
    groups = _groups(_addresses(forms, known, claimed_by), claimed_by, claimed)
    slugs = _slugs(groups)
    found = list(map(_shown_name, groups))
    shown = [name for name, _ in found]
    orders = names.sort_keys(shown)
    bases = [paper.id.base for paper in papers]
    made = [
        Person(
            slug=own,
            name=name,
            letter=names.index_letter(order),
            variants=variants,
            papers=_papers(group, bases),
            orcid=group.entry.orcid if group.entry else "",
            homepage=group.entry.homepage if group.entry else "",
            moved=_other_slugs(group, own) if len(group.addresses) > 1 or group.entry else (),
        )
        for own, (name, variants), order, group in zip(slugs, found, orders, groups, strict=True)
    ]
    ranks = [f"{order}\t{own}" for order, own in zip(orders, slugs, strict=True)]
    people = {slugs[index]: made[index] for index in sorted(range(len(made)), key=ranks.__getitem__)}
    slug_on = _slugs_on_papers(groups, slugs, bases)
    slug_of = _slug_of(people, slug_on)
    # In the order of creation: in the order of names this takes twice as long, since memory is accessed at random.
    digests = {person.slug: checksum.digest(_ENCODE(person)) for person in made}
    return People(people, slug_of, _links(people, slug_of), digests, slug_on)


def _slug_of(people: Mapping[str, Person], slug_on: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the slugs of printed names, other than those that people.toml claims on some papers only."""
    on_some = {own for claimed in slug_on.values() for own in claimed.values()}
    return {form: own for own, person in people.items() if own not in on_some for form in person.variants}


def _slugs_on_papers(
    groups: Sequence[_Group], slugs: Sequence[str], bases: Sequence[str]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for group, own in zip(groups, slugs, strict=True):
        for form in group.claimed:
            for place in form.places:
                found.setdefault(bases[place], {})[form.name.printed] = own
    return found


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


def _forms(
    papers: Sequence[Paper], claimed_by: Claims
) -> tuple[list[_PrintedName], dict[int, list[_PrintedName]]]:
    """Return the printed names in order of their oldest paper, because the oldest name gets the plain slug.

    Apart from these are returned the names that entries claim on some papers only, by the ``id()`` of the entry.
    """
    forms: dict[str, _PrintedName] = {}
    claimed: dict[int, dict[str, _PrintedName]] = {}
    for place in range(len(papers) - 1, -1, -1):
        on_this_paper = claimed_by.on_paper and papers[place].id.base in claimed_by.on_paper
        for credit in papers[place].credits:
            name = credit.name
            if on_this_paper and (entry := claimed_by.of_credit(papers[place].id.base, name)):
                own = claimed.setdefault(id(entry), {})
                own.setdefault(name.printed, _PrintedName(name, [])).places.append(place)
                # The address of the name stays with whoever has its other papers, or leads to the first claimer.
                forms.setdefault(name.printed, _PrintedName(name, []))
            elif (form := forms.get(name.printed)) is not None:
                form.places.append(place)
            elif name.family:
                forms[name.printed] = _PrintedName(name, [place])
    return list(forms.values()), {key: list(own.values()) for key, own in claimed.items()}


def _addresses(
    forms: Sequence[_PrintedName], known: Sequence[PersonEntry], claimed_by: Claims
) -> list[_Address]:
    """Return the addresses in order of appearance; names differing in case, spacing and Unicode form share one.

    The id of an entry of people.toml takes precedence over the address of somebody else's name.
    """
    alike: dict[str, list[_PrintedName]] = {}
    for form, key in zip(forms, names.printed_keys([form.name.printed for form in forms]), strict=True):
        alike.setdefault(key, []).append(form)
    texts = [same[0].name.printed for same in alike.values()]
    slugs = dict(zip(alike, slug.unique_slugs(list(alike), texts, RESERVED_SLUGS), strict=True))
    holders = {own: key for key, own in slugs.items()} if known else {}
    for entry in known:
        key = holders.get(entry.id, "") if entry.id else ""
        if key and claimed_by.of_name(key, names.person_key(alike[key][0].name)) != entry:
            taken = {*slugs.values(), *[other.id for other in known]}
            (slugs[key],) = slug.unique_slugs([key], [alike[key][0].name.printed], taken)
    return [_Address(slugs[key], key, same) for key, same in alike.items()]


def _groups(
    addresses: Sequence[_Address], claimed_by: Claims, claimed: Mapping[int, list[_PrintedName]]
) -> list[_Group]:
    """Return what makes each person, in the order of their oldest names."""
    groups: dict[str, _Group] = {}
    on_papers = {id(entry): entry for known in claimed_by.on_paper.values() for entry in known.values()}
    claimer: dict[str, _Group] = {}  # by printed name, whoever claims it first
    for number, own in claimed.items():
        group = groups[f"\0{number}"] = _Group(on_papers[number], [], own)
        for form in own:
            claimer.setdefault(form.name.printed, group)
    keys = names.person_keys([address.forms[0].name for address in addresses])
    for address, key in zip(addresses, keys, strict=True):
        if not any(form.places for form in address.forms):  # all papers of the name are claimed
            claimer[address.forms[0].name.printed].addresses.append(address)
            continue
        entry = claimed_by.of_name(address.key, key)
        if entry:
            key = f"\0{id(entry)}"  # no name contains NUL
        groups.setdefault(key, _Group(entry, [], [])).addresses.append(address)
    return list(groups.values())


def _slugs(groups: Sequence[_Group]) -> list[str]:
    """Return the slug that each person keeps: for one in people.toml see ``_slug_of_entry``, else the oldest."""
    entries = [group for group in groups if group.entry]
    if not entries:
        return [group.addresses[0].slug for group in groups]
    taken = {address.slug for group in groups for address in group.addresses} | RESERVED_SLUGS
    taken |= {group.entry.id for group in entries if group.entry}
    return [
        _slug_of_entry(group.entry, group, taken) if group.entry else group.addresses[0].slug
        for group in groups
    ]


def _slug_of_entry(entry: PersonEntry, group: _Group, taken: set[str]) -> str:
    """Return the slug of a person in people.toml, and add it to those taken.

    It is the id; else the address that follows from the name to show, if it is the person's or nobody's; else the
    address of this name. A person who has a name on some papers only gets an address with a digest.
    """
    if entry.id:
        return entry.id
    key, plain = _printed_key(entry.name), slug.slugify(entry.name)
    if entry.papers:
        key = f"{key}\0{entry.papers[0]}"
        taken.add(plain)
    else:
        own = {address.key: address.slug for address in group.addresses}
        if plain in own.values():
            return plain
        if key in own:
            return own[key]
    (found,) = slug.unique_slugs([key], [entry.name], taken)
    taken.add(found)
    return found


def _shown_name(group: _Group) -> tuple[Name, tuple[str, ...]]:
    """Return the name to show (from people.toml, else the best printed one), and all printed names, best first."""
    forms = _forms_of(group)
    if len(forms) > 1:
        forms.sort(key=_rank)
    name = names.parse(group.entry.name) if group.entry else forms[0].name
    return name, tuple([form.name.printed for form in forms])


def _forms_of(group: _Group) -> list[_PrintedName]:
    if len(group.addresses) == 1 and len(group.addresses[0].forms) == 1 and not group.claimed:
        return group.addresses[0].forms  # the usual case, and faster
    own = [form for address in group.addresses for form in address.forms if form.places]
    return own + group.claimed


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


def _papers(group: _Group, bases: Sequence[str]) -> tuple[str, ...]:
    """Return the base identifiers of a person's papers, newest first, without repetition."""
    places = [place for form in _forms_of(group) for place in form.places]
    return tuple([bases[place] for place in (sorted(set(places)) if len(places) > 1 else places)])


def _other_slugs(group: _Group, own: str) -> tuple[tuple[str, int], ...]:
    """Return the other slugs of a person, each with the number of papers of its printed names."""
    papers = len({place for form in group.claimed for place in form.places})
    return tuple(
        [
            (address.slug, len({place for form in address.forms for place in form.places}) or papers)
            for address in group.addresses
            if address.slug != own
        ]
    )


def _printed_key(written: str) -> str:
    """Return the printed key of a name in people.toml, parsed first: feeds omit parts of it (a group's «The»)."""
    return names.printed_key(names.parse(written).printed)


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    persons: dict[str, Person]
    slug_on: dict[str, dict[str, str]]
    link_of: dict[str, str]
    digests: dict[str, bytes]


_KIND = "people"
_STORED = msgspec.msgpack.Decoder(_Stored)


def load(cache: Cache, key: str) -> People | None:
    """Return the persons cached under a key (the digest of everything they depend on), or None."""
    if (body := cache.get(_KIND, key)) is None:
        return None
    kept = _STORED.decode(body)
    slug_of = _slug_of(kept.persons, kept.slug_on)
    return People(kept.persons, slug_of, kept.link_of, kept.digests, kept.slug_on)


def save(cache: Cache, key: str, people: People) -> None:
    """Cache persons under a key, and remove those under other keys."""
    body = msgspec.msgpack.encode((people.by_slug, people.slug_on, people.link_of, people.digests))
    cache.put(_KIND, key, body)
    cache.sweep(_KIND, {key})
