"""Credits become persons: the same name, apart from case, spacing and Unicode form, is the same person.

Nothing else merges by itself (José and Jose are two people) until people.toml says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

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
    entries = {_key(printed): entry for entry in known for printed in (entry.name, *entry.also)}
    key_of: dict[str, str] = {}
    name_of: dict[str, Name] = {}
    forms_of: dict[str, list[str]] = {}
    papers_of: dict[str, list[str]] = {}
    bases_of: dict[str, list[str]] = {}  # by printed name: the list that all forms of a name share
    # Oldest first: whoever was here first keeps the plain slug, so that an URL stays as the archive grows.
    for paper in reversed(papers):
        base = paper.id.base
        for credit in paper.credits:
            printed = credit.name.printed
            if (bases := bases_of.get(printed)) is None:
                key = names.person_key(printed)
                if entry := entries.get(key):
                    key = _key(entry.name)
                key_of[printed], name_of[printed] = key, credit.name
                bases = bases_of[printed] = papers_of.setdefault(key, [])
                forms_of.setdefault(key, []).append(printed)
            if not bases or bases[-1] != base:  # else one person is credited twice
                bases.append(base)
    slugs = slug.unique_slugs(
        ((key, entries[key].name if key in entries else forms[0]) for key, forms in forms_of.items()),
        RESERVED_SLUGS,
    )
    several = {form for forms in forms_of.values() if len(forms) > 1 for form in forms}
    times = Counter(
        credit.name.printed for paper in papers for credit in paper.credits if credit.name.printed in several
    )
    made = []
    for key, forms in forms_of.items():
        if len(forms) > 1:
            # The most frequent form; among equals the longest (given names rather than initials), then the alphabet.
            forms.sort(key=lambda form: (-times[form], -len(form), form))
        entry = entries.get(key)
        name = names.parse(entry.name) if entry else name_of[forms[0]]
        order = names.sort_key(name)
        person = Person(
            slug=slugs[key],
            name=name,
            letter=names.letter(order),
            variants=tuple(forms),
            papers=tuple(papers_of[key][::-1]),
            orcid=entry.orcid if entry else "",
        )
        made.append((*order, person.slug, person))
    made.sort(key=itemgetter(0, 1, 2))
    return {slug: person for _, _, slug, person in made}, {
        printed: slugs[key] for printed, key in key_of.items()
    }


def _key(written: str) -> str:
    """Return the key of a name in people.toml, which feeds may print in another way (without its «The»)."""
    try:
        return names.person_key(names.parse(written).printed)
    except ValueError:  # nobody is called that
        return names.person_key(written)


def coauthors(
    person: Person, papers: Mapping[str, Paper], slug_of: Mapping[str, str]
) -> list[tuple[str, int]]:
    """Return the slugs of those who share papers with a person and how many, the most frequent first."""
    counts: Counter[str] = Counter()
    for base in person.papers:
        counts.update({slug_of[credit.name.printed] for credit in papers[base].credits})
    counts.pop(person.slug, None)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
