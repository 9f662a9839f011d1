"""Measures the suggestions of `sitegen authors suggest`: `make bench-people`; see --help.

Prints precision and recall on two sets of labelled pairs, at several thresholds:

- Names made shorter. Of authors, drawn at random from all credits of a corpus, the given names in full are hidden on
  some of their papers: "Danielle S. Bassett" becomes "D. S. Bassett", "D. Bassett" or "Danielle Bassett". A pair is
  the same person if the hidden names are the same, and different persons if the hidden first names clearly differ
  (David, Dan); all other pairs are left out. So the labels come from what the suggestions are not told. The share of
  pairs of each kind is that of a random credit. Names without a second given name, and with a family name that more
  than 40 persons have, may be those of several persons, and count only as different from others.
- Pairs checked by hand: a random sample of the suggestions for the corpus, and one of those without a shared
  co-author, in people-checked.json. They were judged by the papers and by what is known of the persons.

Half of the family names, by a checksum, were used to find the weights in sitegen/authors/suggest.py. Figures are of
the other half unless --all is given.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from bench import CORPUS
from msgspec.structs import replace
from related import papers_of

from sitegen.authors.alike import alike, parts
from sitegen.authors.suggest import DEFAULT_THRESHOLD, Suggestion, suggestions
from sitegen.library.people import People, persons
from sitegen.models import Name, Paper, Person

CHECKED = Path(__file__).parent / "people-checked.json"
THRESHOLDS = (0.5, 0.7, 0.8, DEFAULT_THRESHOLD, 0.95)
# Of family names that more persons have, a name in full may be that of several.
COMMON = 40
CLEARLY_DIFFERENT = 0.7  # at most so alike are two first names, of 0 to 1


class Hidden(NamedTuple):
    """Persons of whom some have another name on some of their papers."""

    people: dict[str, Person]
    slugs: dict[str, list[str]]  # of the credits of each paper
    true: dict[str, str]  # by slug of the shorter name, the slug of the person


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="people", description="Measure the suggestions about authors.")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="DIR", help="a folder of feed files")
    parser.add_argument("--names", type=int, default=2500, metavar="N", help="names to make shorter")
    parser.add_argument("--seed", type=int, default=11, metavar="N", help="of the choice of names")
    parser.add_argument(
        "--all", action="store_true", help="also measure on names that the weights were found by"
    )
    options = parser.parse_args()
    papers = {paper.id.base: paper for paper in papers_of(options.corpus)}
    if not papers:
        print(f"people: no papers in {options.corpus}: name a folder of feeds with --corpus", file=sys.stderr)
        return 1
    people = persons(list(papers.values())[::-1])
    started = time.process_time()
    found = suggestions(people.by_slug.values(), papers, _slugs(people, papers))
    likely = sum(one.probability >= DEFAULT_THRESHOLD for one in found)
    print(
        f"{len(papers):,} papers, {len(people.by_slug):,} persons: {len(found):,} pairs of names that agree, "
        f"{likely:,} suggested; {time.process_time() - started:.1f} processor s"
    )
    hidden = shortened(people, papers, options.names, options.seed)
    labelled = labels(hidden, people, papers, everybody=options.all)
    print(
        f"names made shorter: {len(labelled):,} pairs, {sum(same for same, _ in labelled):,} of them the same person"
    )
    _print_figures(labelled)
    if CHECKED.exists():
        _print_checked(found, json.loads(CHECKED.read_text("utf-8")))
    return 0


def _slugs(people: People, papers: Mapping[str, Paper]) -> dict[str, list[str]]:
    return {
        base: [people.slug_of.get(credit.name.printed, "") for credit in paper.credits]
        for base, paper in papers.items()
    }


def shortened(people: People, papers: Mapping[str, Paper], count: int, seed: int) -> Hidden:
    """Return persons of whom so many, drawn from all credits, have a shorter name on some of their papers."""
    chance = random.Random(seed)
    credits = [
        (base, own)
        for base, slugs in _slugs(people, papers).items()
        for own in slugs
        if own and _is_full(people.by_slug[own].name)
    ]
    hidden = Hidden(dict(people.by_slug), _slugs(people, papers), {})
    for number, (base, own) in enumerate(chance.sample(credits, min(count, len(credits)))):
        if own in hidden.true.values():
            continue
        person = people.by_slug[own]
        others = [other for other in person.papers if other != base]
        # At least one paper keeps the name in full, if there are several.
        more = min(chance.choice([0, 0, 0, 1, 1, 2, 3, 5]), max(0, len(others) - 1))
        taken = [base, *chance.sample(others, more)]
        slug = f"~{number}"
        name = _shorter(person.name, chance)
        hidden.people[slug] = replace(person, slug=slug, name=name, papers=tuple(taken))
        if rest := tuple([other for other in person.papers if other not in taken]):
            hidden.people[own] = replace(person, papers=rest)
        else:
            del hidden.people[own]
        for other in taken:
            hidden.slugs[other] = [slug if known == own else known for known in hidden.slugs[other]]
        hidden.true[slug] = own
    return hidden


def _is_full(name: Name) -> bool:
    """Return whether a name is a person's, with the first given name in full."""
    given = parts(name).given
    return not name.group and bool(given) and len(given[0]) > 1


def _shorter(name: Name, chance: random.Random) -> Name:
    words = name.given.replace(".", " ").replace("-", " ").split()
    style = chance.random()
    if len(words) > 1 and style < 0.3:
        given = words[0]
    elif style < 0.65:
        given = " ".join([f"{word[0]}." for word in words])
    else:
        given = f"{words[0][0]}."
    return Name(printed=f"{given} {name.family}", family=name.family, given=given)


def labels(
    hidden: Hidden, people: People, papers: Mapping[str, Paper], *, everybody: bool
) -> list[tuple[bool, Suggestion | None]]:
    """Return whether pairs are the same person, each with its suggestion; None if the names are not found alike."""
    bearers = Counter([_family(person.name) for person in people.by_slug.values()])
    found: list[tuple[bool, Suggestion | None]] = []
    paired = set()
    for one in suggestions(hidden.people.values(), papers, hidden.slugs):
        pair = [hidden.true.get(person.slug, person.slug) for person in (one.first, one.second)]
        if not {one.first.slug, one.second.slug} & hidden.true.keys():
            continue
        names = [people.by_slug[slug].name for slug in pair]
        if everybody or _is_held_out(names[0]):
            same = _label(pair, names, bearers)
            if same is not None:
                found.append((same, one))
        if pair[0] == pair[1]:
            paired.add(pair[0])
    for own in set(hidden.true.values()) - paired:
        name = people.by_slug[own].name
        if own in hidden.people and (everybody or _is_held_out(name)) and not _is_common(name, bearers):
            found.append((True, None))
    return found


def _label(pair: Sequence[str], names: Sequence[Name], bearers: Mapping[str, int]) -> bool | None:
    """Return whether two persons are the same, None if that is uncertain."""
    if pair[0] == pair[1]:
        return None if _is_common(names[0], bearers) else True
    if not all(map(_is_full, names)) or alike(*names):
        return None
    first = [parts(name).given[0] for name in names]
    return False if SequenceMatcher(None, first[0], first[1]).ratio() < CLEARLY_DIFFERENT else None


def _family(name: Name) -> str:
    return "".join(parts(name).family)


def _is_common(name: Name, bearers: Mapping[str, int]) -> bool:
    return len(parts(name).given) == 1 and bearers[_family(name)] > COMMON


def _is_held_out(name: Name) -> bool:
    """Return whether a family name was not used to find the weights."""
    return crc32(_family(name).encode()) % 2 == 1


def _print_figures(labelled: Iterable[tuple[bool, Suggestion | None]]) -> None:
    pairs = [(same, one.probability if one else 0.0) for same, one in labelled]
    true = sum(same for same, _ in pairs)
    for threshold in THRESHOLDS:
        chosen = [same for same, probability in pairs if probability >= threshold]
        mark = " (default)" if threshold == DEFAULT_THRESHOLD else ""
        print(
            f"  from {threshold}: precision {sum(chosen) / max(1, len(chosen)):.3f}, "
            f"recall {sum(chosen) / max(1, true):.3f}{mark}"
        )


def _print_checked(found: Iterable[Suggestion], checked: Sequence[Sequence[object]]) -> None:
    """Print the precision on pairs checked by hand, each given as two names, the sample, and whether they are one."""
    known = {frozenset((one.first.name.printed, one.second.name.printed)): one.probability for one in found}
    for sample in sorted({str(row[2]) for row in checked}):
        rows = [(row[3], known.get(frozenset(map(str, row[:2])), 0.0)) for row in checked if row[2] == sample]
        chosen = [same for same, probability in rows if probability >= DEFAULT_THRESHOLD]
        print(
            f"checked by hand, {sample}: {len(rows)} pairs, {len(chosen)} of them suggested; "
            f"precision {sum(map(bool, chosen)) / max(1, len(chosen)):.3f}"
        )


if __name__ == "__main__":
    sys.exit(main())
