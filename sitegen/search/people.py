"""The index of persons, of which a browser reads a few files to find somebody by any part of the name.

Like the search index, it has a base, which moves seldom, and a tail. The base has the persons of its papers:

- ``0, 1 … 46``: each person under each word of the name that has two letters or more. ``people_file`` tells the file
  from the first three letters of the word. VALUE is a string of lines, persons with most papers first. A line is the
  name; ``!`` and the slug, if it does not follow from the name (``slug_guess``); ``!`` and the words that only other
  forms of the name have.
- ``e0 … e7``: all words of names with four letters or more, by their last two letters, front coded (``codec``) and
  separated by blanks.
- ``f``: authors, category and publication of each paper, to count hits by them (``facets``).

``head`` names the folder of the base, and has the same lines and facets for the tail. All files are calls, like those
of the search index.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from sitegen.search.codec import front_coded, number
from sitegen.search.index import Tier, file_text
from sitegen.search.words import fold, words

FOLDER = "../names/"  # seen from search/
PEOPLE_FILES, ENDING_FILES = 47, 8
_KEY_LETTERS = 3
_SHORTEST_CORRECTED = 4
# No more persons are told apart when hits are counted by author: those with most papers.
_COUNTED_PERSONS = 2000

_BETWEEN = re.compile("[^a-z0-9]+")


class PersonName(NamedTuple):
    """A person as readers may look for them."""

    name: str
    slug: str
    variants: tuple[str, ...]  # all printed forms of the name
    papers: int  # only to put persons in order


class PaperFacets(NamedTuple):
    """What hits are counted by."""

    category: str  # the primary one, or empty
    published: bool
    authors: tuple[str, ...]  # slugs


def slug_guess(name: str) -> str:
    """Return the slug that most persons of a name have."""
    return _BETWEEN.sub("-", fold(name)).strip("-")


def people_file(word: str) -> int:
    """Return the number of the file that has all persons with a word in their name."""
    found = 0
    for letter in word[:_KEY_LETTERS]:
        found = (found * 31 + ord(letter)) % PEOPLE_FILES
    return found


def lines(persons: Iterable[PersonName]) -> str:
    """Return the lines of persons, the one with most papers first."""
    return "\n".join(
        [_line(person, _other_words(person, _words(person.name))) for person in _ordered(persons)]
    )


def _ordered(persons: Iterable[PersonName]) -> list[PersonName]:
    return sorted(persons, key=lambda person: (-person.papers, person.slug))


def tier(
    persons: Sequence[PersonName], papers: Sequence[PaperFacets], folder: str, common: Mapping[str, int]
) -> Tier:
    """Return the files of the base, in a folder below names/; ``common`` is kept in the head."""
    buckets: list[list[str]] = [[] for _ in range(PEOPLE_FILES)]
    endings: list[set[str]] = [set() for _ in range(ENDING_FILES)]
    for person in _ordered(persons):
        own = _words(person.name)
        others = _other_words(person, own)
        line, all_words = _line(person, others), own | others
        for file in {people_file(word) for word in all_words if len(word) > 1}:
            buckets[file].append(line)
        for word in all_words:
            if len(word) >= _SHORTEST_CORRECTED:
                endings[sum(map(ord, word[-2:])) % ENDING_FILES].add(word)
    values: dict[str, Any] = {str(file): "\n".join(bucket) for file, bucket in enumerate(buckets)}
    values |= {f"e{file}": " ".join(front_coded(sorted(ending))) for file, ending in enumerate(endings)}
    values["f"] = facets(persons, papers)
    path = f"{FOLDER}{folder}/"
    files = {path + name: file_text(path + name, value) for name, value in values.items()} if papers else {}
    return Tier(files, {"folder": path, "common": dict(common)})


def facets(persons: Iterable[PersonName], papers: Sequence[PaperFacets]) -> list[str]:
    """Return three columns: categories, the lines of the persons that are told apart, and the papers.

    The first two are lists. Of each paper the third has, in digits, twice the number of its category, plus 1 if it
    is published; the number of its authors who are told apart; and their numbers.
    """
    categories = sorted({paper.category for paper in papers})
    counts = Counter([slug for paper in papers for slug in set(paper.authors)])
    known = {person.slug: person for person in persons if person.slug in counts}
    told = sorted(known.values(), key=lambda person: (-counts[person.slug], person.slug))[:_COUNTED_PERSONS]
    places = {person.slug: place for place, person in enumerate(told)}
    numbers = {category: place * 2 for place, category in enumerate(categories)}
    column = []
    for paper in papers:
        authors = sorted({places[slug] for slug in paper.authors if slug in places})
        column += [numbers[paper.category] + paper.published, len(authors), *authors]
    return [
        "\n".join(categories),
        "\n".join([_line(person, set()) for person in told]),
        "".join(map(number, column)),
    ]


def _line(person: PersonName, others: Set[str]) -> str:
    slug = "" if person.slug == slug_guess(person.name) else person.slug
    fields = [person.name.replace("!", ""), slug, " ".join(sorted(others))]
    return "!".join(fields).rstrip("!")


def _other_words(person: PersonName, own: Set[str]) -> set[str]:
    """Return the words that only other forms of the name have."""
    variants = [name for name in person.variants if name != person.name]
    return set().union(*map(_words, variants)) - own if variants else set()


def _words(name: str) -> set[str]:
    in_order, second_forms = words(name)
    return {*in_order, *[form for _, form in second_forms]}
