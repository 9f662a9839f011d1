"""Known-item queries: what a reader remembers of a paper, and the paper that is wanted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sitegen.search.index import Record
from sitegen.search.words import STOP_WORDS, fold, words

KINDS = ("two title words", "a typo", "author and year", "abstract", "accent dropped", "half a name")


class KnownItem(NamedTuple):
    """A query, and the paper that is wanted."""

    kind: str
    query: str
    base: str


# A word is telling if no more of all papers have it in their titles or abstracts. Readers remember such words.
_TITLES, _ABSTRACTS = 0.02, 0.02


def known_items(
    records: Sequence[Record], abstracts: Sequence[str], number: int, seed: int
) -> Iterator[KnownItem]:
    """Yield queries for random papers, as many of each kind."""
    chance = random.Random(seed)
    in_titles = Counter(word for record in records for word in _telling(record.title))
    in_abstracts = Counter(word for abstract in abstracts for word in _telling(abstract))
    texts = [[w for w in _telling(a) if in_abstracts[w] <= _ABSTRACTS * len(records)] for a in abstracts]
    titles = [[w for w in _telling(r.title) if in_titles[w] <= _TITLES * len(records)] for r in records]
    made = 0
    while made < number:
        index = chance.randrange(len(records))
        kind = KINDS[made % len(KINDS)]
        if query := _query(kind, records[index], titles[index], texts[index], chance):
            made += 1
            yield KnownItem(kind, query, records[index].base)


def _query(kind: str, record: Record, title: list[str], abstract: list[str], chance: random.Random) -> str:
    """Return a query of one kind for a paper, or an empty text if the paper allows none."""
    name = _family(record.authors[0]) if record.authors else ""
    if len(title) < 2 or not name:
        return ""
    if kind == "two title words":
        return " ".join(chance.sample(title, 2))
    if kind == "a typo":
        long = [word for word in title if len(word) >= 6]
        if not long:
            return ""
        wrong = chance.choice(long)
        other = chance.choice([word for word in title if word != wrong])
        return f"{_misspelled(wrong, chance)} {other}"
    if kind == "author and year":
        return f"{name} {record.day[:4]}"
    if kind == "abstract":
        return " ".join(chance.sample(abstract, 3)) if len(abstract) >= 3 else ""
    if kind == "accent dropped":
        return "" if name.isascii() else f"{fold(name)} {chance.choice(title)}"
    return f"{chance.choice(title)} {name[: max(3, len(name) // 2)]}"


def _telling(text: str) -> list[str]:
    found = [word for word in words(text)[0] if len(word) > 3 and word.isalpha() and word not in STOP_WORDS]
    return list(dict.fromkeys(found))


def _family(name: str) -> str:
    return name.split()[-1]


def _misspelled(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
    )
