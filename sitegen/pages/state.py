"""What the pages of papers and persons are made of, to tell later which of them are not what they were."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, pairwise
from typing import NamedTuple

import msgspec

from sitegen.pages.edition import Edition

# These pages and files show what a State has, settings and the list of all pages apart, and nothing else.
TEMPLATES = (
    "paper.html",
    "author.html",
    "moved.html",
    "letter.html",
    "year.html",
    "month.html",
    "day.html",
    "category.html",
    "feed.xml",
    "papers.bib",
    "sitemap.xml",
    "sitemap-index.xml",
)

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


class State(msgspec.Struct, frozen=True, array_like=True):
    """Papers by base identifier, newest first, and persons by slug, as an edition has them."""

    shown: Mapping[str, bytes]  # digest of what is shown of a paper alone
    near: Mapping[str, msgspec.Raw]  # its neighbours
    notes: Mapping[str, bytes]  # on it
    who: Mapping[str, bytes]  # what is known of a person


class Touched(NamedTuple):
    """Papers and persons whose pages may not be what they were."""

    papers: set[str]
    people: set[str]
    lists: bool  # whether any list of them may not be what it was: of a day, a category, a letter


def state(edition: Edition) -> State:
    """Return what an edition's pages of papers and persons are made of."""
    notes = {base: _ENCODER.encode(own) for base, own in edition.library.notes.items()}
    return State(edition.shown, edition.near, notes, edition.who)


def touched(edition: Edition, new: State, old: State) -> Touched:
    """Return the papers and persons of an edition that have changed, or show something that has."""
    changed = _changed(new.shown, old.shown)
    people = _people(edition, new, old, changed)
    lists = (
        bool(changed or people) or new.shown.keys() != old.shown.keys() or new.who.keys() != old.who.keys()
    )
    return Touched(_papers(edition, new, old, changed), people, lists)


def _changed(new: Mapping[str, object], old: Mapping[str, object]) -> set[str]:
    if new == old:
        return set()
    return {name for name, value in new.items() if old.get(name) != value}


def _people(edition: Edition, new: State, old: State, changed: set[str]) -> set[str]:
    # A person who lost a paper is somebody else's coauthor no more, and so is not who it was.
    papers, slug_of = edition.library.papers, edition.library.slug_of
    credits = chain.from_iterable(papers[base].credits for base in changed)
    named = (credit.name.printed for credit in credits)
    return _changed(new.who, old.who).union(slug_of[printed] for printed in named if printed in slug_of)


def _papers(edition: Edition, new: State, old: State, changed: set[str]) -> set[str]:
    found = changed | _changed(new.near, old.near) | (_changed(new.notes, old.notes))
    found.update(base for base in old.notes if base in new.shown and base not in new.notes)
    # Each names the one before and the one after it, and its neighbours.
    order, before = ["", *new.shown, ""], ["", *old.shown, ""]
    beside = set(pairwise(order)).difference(pairwise(before)) if order != before else set()
    if changed:
        beside.update(pair for pair in pairwise(order) if not changed.isdisjoint(pair))
        found.update(
            base for base in new.near if any(neighbour.id in changed for neighbour in edition.related(base))
        )
    return (found | set(chain.from_iterable(beside))) - {""}
