"""Credits become persons: the same name, apart from case, spacing and Unicode form, is the same person.

Nothing else merges by itself (José and Jose are two people) until people.toml says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from sitegen.config import PersonEntry
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
    slug_of: Mapping[str, str]  # by printed name
    link_of: Mapping[str, str]  # by printed name: how a link reads, where that does not follow from the name
    digests: dict[str, bytes]  # of all that is known of each person, by slug


def persons(papers: Sequence[Paper], known: Iterable[PersonEntry] = ()) -> People:
    """Return the persons of papers; these stand newest first, and so do the papers of every person."""
    entries = {_key(printed): entry for entry in known for printed in (entry.name, *entry.also)}
    # Of each printed name one item in each of these lists: to go through lists takes less time than to look up keys.
    places_of: dict[str, list[int]] = {}  # its papers, by their places among all
    parsed: list[Name] = []
    # Oldest first: whoever was here first keeps the plain slug, so that an URL stays as the archive grows.
    for place in range(len(papers) - 1, -1, -1):
        for credit in papers[place].credits:
            name = credit.name
            if (places := places_of.get(name.printed)) is None:
                places_of[name.printed] = [place]
                parsed.append(name)
            else:
                places.append(place)
    printed = list(places_of)
    placed = list(places_of.values())
    keys = names.person_keys(printed)
    if entries:
        keys = [_key(entries[key].name) if key in entries else key for key in keys]
    first_of: dict[str, int] = {}
    others: dict[int, list[int]] = {}  # later forms of a name, by its first one
    for index, key in enumerate(keys):
        if (first := first_of.setdefault(key, index)) != index:
            others.setdefault(first, []).append(index)

    # Of each person one item in each of these; most have but one form, one paper and the plain slug.
    firsts = list(first_of.values())
    texts = list(map(printed.__getitem__, firsts))
    wanted = texts
    if entries:
        wanted = [
            entries[key].name if key in entries else text for key, text in zip(first_of, texts, strict=True)
        ]
    slugs, changed = slug.unique_slugs(list(first_of), wanted, RESERVED_SLUGS)
    bases = [paper.id.base for paper in papers]
    # Newest first, as all papers stand. One person may be credited twice on one.
    papers_of = [
        (bases[places[0]],) if len(places) == 1 else tuple([bases[place] for place in sorted(set(places))])
        for places in map(placed.__getitem__, firsts)
    ]
    forms_of = list(zip(texts, strict=True))
    called = list(map(parsed.__getitem__, firsts))
    orcids = [""] * len(firsts)
    slug_of = dict(zip(texts, slugs, strict=True))
    link_of: dict[str, str] = {}
    for index, (key, first, own) in enumerate(zip(first_of, firsts, slugs, strict=True)):
        if first in others or own in changed or key in entries:
            forms = [first, *others.get(first, ())]
            # The most frequent form; among equals the longest (given names rather than initials), then the alphabet.
            forms.sort(key=lambda form: (-len(placed[form]), -len(printed[form]), printed[form]))
            forms_of[index] = tuple([printed[form] for form in forms])
            everywhere = {place for form in forms for place in placed[form]}
            papers_of[index] = tuple([bases[place] for place in sorted(everywhere)])
            called[index] = parsed[forms[0]]
            if key in entries:
                called[index], orcids[index] = names.parse(entries[key].name), entries[key].orcid
            shown = called[index].printed
            slug_of |= dict.fromkeys(forms_of[index], own)
            link_of |= {
                form: f"{form}\t{own}\t{shown}\0"
                for form in forms_of[index]
                if form != shown or slug.slugify(form) != own
            }
    orders = names.sort_keys(called)
    made = [
        Person(
            slug=own, name=name, letter=names.letter(order), variants=variants, papers=own_papers, orcid=orcid
        )
        for own, name, order, variants, own_papers, orcid in zip(
            slugs, called, orders, forms_of, papers_of, orcids, strict=True
        )
    ]
    ranks = [f"{order}\t{own}" for order, own in zip(orders, slugs, strict=True)]
    people = {slugs[index]: made[index] for index in sorted(range(len(made)), key=ranks.__getitem__)}
    # In the order in which they were made, which is that of memory: by family name it takes twice the time.
    digests = {person.slug: checksum.digest(_ENCODE(person)) for person in made}
    return People(people, slug_of, link_of, digests)


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


def _key(written: str) -> str:
    """Return the key of a name in people.toml, which feeds may print in another way (without its «The»)."""
    try:
        return names.person_key(names.parse(written).printed)
    except ValueError:  # nobody is called that
        return names.person_key(written)
