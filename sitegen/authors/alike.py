"""Compares two names: whether they may be forms of one name, and in what they differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from sitegen.authors.short_forms import SHORT_FORMS, words
from sitegen.models import Name
from sitegen.text import lines

# Words that may be missing from a family name, or joined to it.
_PARTICLES = words("""
    al ap bar ben bin da dal dalla das de dei del della den der des di do dos du el ibn la las le lo los mac mc st ten
    ter van vande vanden vander ver vom von zu zum zur
""")
_INITIALS_TOGETHER = re.compile(r"\b[A-Z]{2,3}\b")
_NO_LETTER = re.compile(r"[^a-z\n]+")
_LETTERS = lines.Transliteration(lambda text: _NO_LETTER.sub(" ", text.lower()), {ord("\n"): "\n"})
_APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ`´"))
# Spellings of one sound in different transliterations, of which all become the last one.
_SOUNDS = (
    ("sch", "s"), ("sh", "s"), ("ch", "c"), ("kh", "h"), ("gh", "g"), ("zh", "z"), ("th", "t"), ("ph", "f"),
    ("tz", "z"), ("ts", "z"), ("cz", "c"), ("ae", "a"), ("oe", "o"), ("ue", "u"), ("ou", "u"), ("aa", "a"),
    ("ck", "k"), ("x", "ks"), ("w", "v"), ("y", "i"), ("j", "i"),
)  # fmt: skip
_TWICE = re.compile(r"(.)\1+")
_SECOND = ("second family name",)
_SHORTEST_SLIP = 6  # letters of a word in which one may be wrong
_SHORTEST_SPELLED = 5  # letters; two shorter words that sound alike are different ones: Li and Lee


class Parts(NamedTuple):
    """A name in lower-case ASCII letters."""

    given: tuple[str, ...]  # words; an initial is a word of one letter
    family: tuple[str, ...]  # words without particles
    whole_family: str  # with particles, all in one word
    generation: str  # jr, iii


class Alike(NamedTuple):
    """What two names that may be forms of one name have in common."""

    full: bool  # both have the same first given name in full
    middles: int  # number of further given names, or initials of them, that agree
    missing: bool  # whether one name has further given names that the other lacks
    notes: tuple[str, ...]  # in what they differ, for a reader


@lru_cache(1 << 16)
def parts(name: Name) -> Parts:
    """Return the parts of a name by which it is compared."""
    given = name.given.replace(".", " ")
    if not name.family.isupper():
        given = _INITIALS_TOGETHER.sub(lambda found: " ".join(found[0]), given)
    family = _words(name.family)
    core = tuple([word for word in family if word not in _PARTICLES]) or family
    generation = _words(name.suffix)
    return Parts(
        given=tuple([word for word in _words(given) if len(word) == 1 or word not in _PARTICLES]),
        family=core,
        whole_family="".join(family),
        generation=next((word for word in generation if word in ("jr", "sr", "ii", "iii", "iv")), ""),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.translate(_APOSTROPHES).translate(_LETTERS).split())


@lru_cache(1 << 16)
def sound(word: str) -> str:
    """Return a key that is the same for most transliterations of a word: ``iuri`` for Yuri, Iouri and Jurij."""
    for spelling, plain in _SOUNDS:
        word = word.replace(spelling, plain)
    return _TWICE.sub(r"\1", word)


def blocks(own: Parts) -> set[str]:
    """Return keys of which two names that may be alike have one in common."""
    keys = (
        {sound("".join(own.family)), sound(own.whole_family), sound(own.family[0])} if own.family else set()
    )
    if len(own.given) == 1 and len(own.given[0]) > 1 and len(own.family) == 1:
        keys.add(sound(own.given[0]))  # Wang Wei, Wei Wang
    if len(own.given) > 1 and len(own.given[-1]) > 2:
        keys.add(sound(own.given[-1]))  # María García López, of whom only the last name counts as family name
    return keys


def alike(one: Name, other: Name) -> Alike | None:
    """Return what two persons' names have in common if they may be forms of one name, else None."""
    if one.group or other.group or not (one.given and other.given):
        return None
    first, second = parts(one), parts(other)
    if first.generation != second.generation and first.generation and second.generation:
        return None
    for swapped, mine, notes in _readings(first, second):
        # J. Scott may be a James G. Scott, and not a J. Scott Turner.
        if (found := _given(swapped, mine)) and (found.full or notes is not _SECOND):
            return found._replace(notes=tuple(dict.fromkeys((*notes, *found.notes))))
    return None


def _readings(first: Parts, second: Parts) -> list[tuple[Sequence[str], Sequence[str], tuple[str, ...]]]:
    """Return the given names to compare, for each way in which the family names may be the same."""
    one, other = "".join(first.family), "".join(second.family)
    found: list[tuple[Sequence[str], Sequence[str], tuple[str, ...]]] = []
    if one == other:
        notes = () if first.whole_family == second.whole_family else ("particle",)
        found.append((first.given, second.given, notes))
    elif first.whole_family in (second.whole_family, other) or second.whole_family == one:
        found.append((first.given, second.given, ("particle",)))
    elif _sound_alike(one, other):
        found.append((first.given, second.given, ("spelling",)))
    for long, short in ((first, second), (second, first)):
        if len(long.family) > 1 and long.family[0] == "".join(short.family):
            found.append((long.given, short.given, _SECOND))
        if len(long.given) > 1 and len(long.given[-1]) > 2 and long.given[-1] == "".join(short.family):
            found.append((long.given[:-1], short.given, _SECOND))
    if len(one) > 1 and first.given == second.family and second.given == first.family:
        found.append((first.given, first.given, ("order",)))
    return found


def _given(one: Sequence[str], other: Sequence[str]) -> Alike | None:
    """Return what given names have in common if they agree, a longer list being the one with more of them."""
    if not one or not other:
        return None
    if "".join(one) == "".join(other) and len(one[0]) > 1 and len(other[0]) > 1:
        return Alike(True, min(len(one), len(other)) - 1, False, () if one == other else ("spaces",))
    first, notes = _first(one[0], other[0])
    if first is None:
        return None
    short, long = sorted((one[1:], other[1:]), key=len)
    agreed = _middles(short, long)
    if agreed is None:
        return None
    if (
        "initial" not in notes
        and any(map(_is_initial, one[1:])) != any(map(_is_initial, other[1:]))
        and short
    ):
        notes = (*notes, "initial of a further name")
    return Alike(first, agreed, len(short) < len(long), notes)


def _is_initial(word: str) -> bool:
    return len(word) == 1


def _first(one: str, other: str) -> tuple[bool | None, tuple[str, ...]]:
    """Return whether two first names agree in full, None if they do not agree; and in what they differ."""
    if one == other:
        return len(one) > 1, () if len(one) > 1 else ("initials",)
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return (False if long[0] == short else None), ("initial",)
    if (short, long) in SHORT_FORMS:
        return True, ("short form",)
    if _sound_alike(one, other) or _is_slip(one, other):
        return True, ("spelling",)
    return None, ()


def _sound_alike(one: str, other: str) -> bool:
    """Return whether two words are transliterations of one, or of one with an umlaut."""
    if one[0] == other[0] and _without_umlauts(one) == _without_umlauts(other):
        return True
    return min(len(one), len(other)) >= _SHORTEST_SPELLED and sound(one) == sound(other)


def _without_umlauts(word: str) -> str:
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _is_slip(one: str, other: str) -> bool:
    """Return whether one letter is missing, wrong or exchanged with the next, but neither the first nor the last.

    The last letter tells Francesco from Francesca.
    """
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < _SHORTEST_SLIP or one[-1] != other[-1]:
        return False
    start = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    mine, theirs = one[start:], other[start:]
    exchanged = mine[:2] == theirs[:2][::-1] and mine[2:] == theirs[2:]
    return start > 0 and (exchanged or mine[1:] in (theirs, theirs[1:]) or mine == theirs[1:])


def _middles(short: Sequence[str], long: Sequence[str]) -> int | None:
    """Return how many further names agree, None if one of the shorter list has no place in the longer one."""
    place = 0
    for word in short:
        while place < len(long) and not _may_be(word, long[place]):
            place += 1
        if place == len(long):
            return None
        place += 1
    return len(short)


def _may_be(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) == 1 and long[0] == short) or _sound_alike(one, other)
