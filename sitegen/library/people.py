"""Credits become persons: the same name, apart from case, spacing and Unicode form, is the same person.

Nothing else merges by itself (José and Jose are two people) until people.toml says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sitegen.config import PersonEntry
from sitegen.models import Name, Paper, Person
from sitegen.text import names, slug

# Folders under /authors/ that belong to the index itself.
RESERVED_SLUGS = frozenset({"by-letter"})


def persons(
    papers: Sequence[Paper], known: Iterable[PersonEntry] = ()
) -> tuple[dict[str, Person], dict[str, str]]:
    """Return the persons by slug, in the order of their family names, and each printed name's slug.

    ``papers`` stand newest first, and so do the papers of every person.
    """
    entries = {names.person_key(printed): entry for entry in known for printed in (entry.name, *entry.also)}
    key_of: dict[str, str] = {}
    papers_of: dict[str, dict[str, None]] = {}
    forms_of: dict[str, Counter[Name]] = {}
    first_seen: dict[str, str] = {}
    # Oldest first: whoever was here first keeps the plain slug, so that an URL stays as the archive grows.
    for paper in reversed(papers):
        for credit in paper.credits:
            printed = credit.name.printed
            if (key := key_of.get(printed)) is None:
                key = names.person_key(printed)
                if entry := entries.get(key):
                    key = names.person_key(entry.name)
                key_of[printed] = key
            if key not in papers_of:
                papers_of[key], forms_of[key], first_seen[key] = {}, Counter(), printed
            papers_of[key][paper.id.base] = None
            forms_of[key][credit.name] += 1
    slugs = slug.unique_slugs(
        ((key, entries[key].name if key in entries else printed) for key, printed in first_seen.items()),
        RESERVED_SLUGS,
    )
    made = [
        _person(slugs[key], tuple(reversed(bases)), forms_of[key], entries.get(key))
        for key, bases in papers_of.items()
    ]
    made.sort(key=lambda person: (*names.sort_key(person.name), person.slug))
    return {person.slug: person for person in made}, {printed: slugs[key] for printed, key in key_of.items()}


def _person(slug: str, papers: tuple[str, ...], forms: Counter[Name], entry: PersonEntry | None) -> Person:
    # The most frequent form; among equals the longest (given names rather than initials), then the alphabet.
    ranked = sorted(forms, key=lambda name: (-forms[name], -len(name.printed), name.printed))
    return Person(
        slug=slug,
        name=names.parse(entry.name) if entry else ranked[0],
        variants=tuple(name.printed for name in ranked),
        papers=papers,
        orcid=entry.orcid if entry else "",
    )


def coauthors(
    person: Person, papers: Mapping[str, Paper], slug_of: Mapping[str, str]
) -> list[tuple[str, int]]:
    """Return the slugs of those who share papers with a person and how many, the most frequent first."""
    counts: Counter[str] = Counter()
    for base in person.papers:
        counts.update({slug_of[credit.name.printed] for credit in papers[base].credits})
    counts.pop(person.slug, None)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
