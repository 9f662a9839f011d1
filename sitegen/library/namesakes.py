"""Finds persons whose names may be forms of one name: the same family name, and given names that agree.

D. S. Bassett may be Danielle S. Bassett; she may not be David Bassett, nor D. T. Bassett. Accents do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from sitegen.library.claims import Different
from sitegen.models import Name, Person
from sitegen.text import names

_NOBODY = Different(())
# Persons of one family name and initial with whom the others are compared: those with most papers. To compare all
# would take quadratic time. Largest group of 11,803 papers of q-bio: 34 (Y. Wang).
_COMPARED = 300

_INITIALS_TOGETHER = re.compile(r"\b[A-Z]{2,3}\b")


def namesakes(people: Iterable[Person], different: Different = _NOBODY) -> dict[str, list[Person]]:
    """Return the persons whose names may be forms of a person's name, by slug; most papers first, then by slug.

    Persons without any, and pairs who are ``different``, are left out. A name without given names, such as a
    collaboration's, agrees only with another such name.
    """
    persons = list(people)
    alike: dict[tuple[str, str], list[tuple[list[str], Person]]] = {}
    keys = names.sort_keys([_with_initials_apart(person.name) for person in persons])
    for key, person in zip(keys, persons, strict=True):
        family, _, given = key.partition("\t")
        alike.setdefault((family, given[:1]), []).append((given.split(), person))
    return _pairs(alike.values(), different)


def _pairs(groups: Iterable[list[tuple[list[str], Person]]], different: Different) -> dict[str, list[Person]]:
    """Return the persons of each group whose given names agree, by slug."""
    found: dict[str, list[Person]] = {}
    for members in groups:
        if len(members) > 1:
            members.sort(key=lambda member: (-len(member[1].papers), member[1].slug))
            for words, person in members:
                others = [
                    other
                    for known, other in members[:_COMPARED]
                    if other is not person and _agree(words, known) and not different.are(person, other)
                ]
                if others:
                    found[person.slug] = others
    return found


def _with_initials_apart(name: Name) -> Name:
    """Return a name whose initials are words: J.P. and JP become J P."""
    given = name.given
    if "." in given:
        given = given.replace(".", " ")
    if not name.family.isupper():
        given = _INITIALS_TOGETHER.sub(lambda found: " ".join(found[0]), given)
    return name if given == name.given else replace(name, given=given)


def _agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether given names agree word by word, an initial with all that it begins; one may have more words."""
    return all(
        a == b or ((len(a) == 1 or len(b) == 1) and a[0] == b[0]) for a, b in zip(one, other, strict=False)
    )
