"""Ranks pairs of persons that are likely the same, with the evidence for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from math import exp, log, sqrt
from typing import NamedTuple

from sitegen.authors.alike import Alike, alike, blocks, parts
from sitegen.models import Name, Paper, Person

# Of papers with more authors, two persons who share one of them need not know each other.
_LARGE = 50
# Hostile feeds could have many persons of one name: of those with one key, no more are compared.
_LARGEST_BLOCK = 1000
_SAME_PERSON = 0.5  # least weight of a shared co-author who has the same page


class Evidence(NamedTuple):
    """What speaks for two persons being one."""

    alike: Alike
    family: int  # number of persons with this family name
    others: int  # number of further persons whose names may be forms of either name
    coauthors: tuple[str, ...]  # shared, by name, those with the rarest names first
    company: float  # sum of the weights of the shared co-authors; one with a name like no other's weighs 1
    categories: float  # cosine of the categories of their papers, 0 to 1
    gap: int  # years between the papers of one and those of the other; 0 if their years overlap


class Suggestion(NamedTuple):
    """Two persons who may be one; ``first`` has more papers."""

    first: Person
    second: Person
    evidence: Evidence
    probability: float


class _Profile(NamedTuple):
    """What is compared of the papers of a person."""

    company: Mapping[tuple[str, str], set[str]]  # slugs of co-authors, by family name and initial
    categories: Counter[str]
    years: tuple[int, int]


def suggestions(
    people: Iterable[Person], papers: Mapping[str, Paper], slugs: Mapping[str, list[str]]
) -> list[Suggestion]:
    """Return the pairs of persons whose names may be forms of one, the likeliest first.

    ``papers`` are given by base identifier; ``slugs`` are those of their credits. Two persons who share a paper are
    no pair.
    """
    persons = [person for person in people if not person.name.group]
    by_slug = {person.slug: person for person in persons}
    found = _pairs(persons)
    compared = {slug for pair in found for slug in pair}
    common = Counter(map(_short, persons))
    family = Counter([key for key, _ in map(_short, persons)])
    profiles = {slug: _profile(by_slug[slug], papers, slugs, by_slug) for slug in sorted(compared)}
    partners = Counter([slug for pair in found for slug in pair])
    made = []
    for (one, other), same in found.items():
        company, coauthors = _company(profiles[one], profiles[other], common, by_slug)
        evidence = Evidence(
            alike=same,
            family=max(family[_short(by_slug[one])[0]], family[_short(by_slug[other])[0]]),
            others=partners[one] + partners[other] - 2,
            coauthors=coauthors,
            company=company,
            categories=_cosine(profiles[one].categories, profiles[other].categories),
            gap=_gap(profiles[one].years, profiles[other].years),
        )
        first, second = sorted((by_slug[one], by_slug[other]), key=lambda one: (-len(one.papers), one.slug))
        made.append(Suggestion(first, second, evidence, probability(evidence)))
    made.sort(key=lambda one: (-one.probability, one.first.slug, one.second.slug))
    return made


def features(evidence: Evidence) -> tuple[float, ...]:
    """Return evidence as numbers, in the order of WEIGHTS."""
    name = evidence.alike
    return (
        1.0,
        float(name.full),
        float(min(name.middles, 2)),
        float(name.missing),
        float("second family name" in name.notes),
        float("order" in name.notes),
        float("spelling" in name.notes),
        log(evidence.family),
        log(1 + evidence.others),
        log(1 + 10 * evidence.company),
        evidence.categories,
        min(evidence.gap, 10) / 10,
    )


# The probability from which pairs are suggested.
DEFAULT_THRESHOLD = 0.85
# Of the features, in their order, found by logistic regression on names made shorter, of one half of all family
# names: see benchmarks/people.py. Second family names and names in another order are too rare there; the weights of
# these two are estimates.
WEIGHTS = (2.2, 2.8, 1.5, -0.6, -2.5, -0.6, -3.3, -1.3, -0.8, 2.1, 2.3, -0.2)


def probability(evidence: Evidence) -> float:
    """Return how likely two persons are one, by logistic regression: see WEIGHTS."""
    total = sum(weight * value for weight, value in zip(WEIGHTS, features(evidence), strict=True))
    return 1 / (1 + exp(-max(-50.0, total)))


def _pairs(persons: Iterable[Person]) -> dict[tuple[str, str], Alike]:
    """Return the pairs of slugs of persons whose names may be forms of one, and who have no paper in common."""
    groups: dict[str, list[Person]] = {}
    for person in persons:
        for key in blocks(parts(person.name)):
            groups.setdefault(key, []).append(person)
    found: dict[tuple[str, str], Alike] = {}
    for key in sorted(groups):
        for one, other in _compatible(groups[key][:_LARGEST_BLOCK]):
            pair = (one.slug, other.slug) if one.slug < other.slug else (other.slug, one.slug)
            if pair in found or not set(one.papers).isdisjoint(other.papers):
                continue
            if same := alike(one.name, other.name):
                found[pair] = same
    return found


def _compatible(group: list[Person]) -> Iterator[tuple[Person, Person]]:
    """Yield the pairs of a group whose given names, or given and family name, begin with the same letter."""
    by_letter: dict[str, list[Person]] = {}
    for person in group:
        own = parts(person.name)
        for letter in {word[0] for word in (own.given[:1] + own.family[:1])}:
            by_letter.setdefault(letter, []).append(person)
    for letter in sorted(by_letter):
        yield from combinations(by_letter[letter], 2)


def _short(person: Person) -> tuple[str, str]:
    return _short_name(person.name)


def _short_name(name: Name) -> tuple[str, str]:
    """Return the family name and the first initial, by which co-authors are compared."""
    own = parts(name)
    return "".join(own.family), own.given[0][0] if own.given else ""


def _profile(
    person: Person, papers: Mapping[str, Paper], slugs: Mapping[str, list[str]], by_slug: Mapping[str, Person]
) -> _Profile:
    company: dict[tuple[str, str], set[str]] = {}
    categories: Counter[str] = Counter()
    for base in person.papers:
        paper = papers[base]
        categories.update(paper.categories)
        if len(paper.credits) <= _LARGE:
            for slug in slugs[base]:
                if slug != person.slug and slug in by_slug:
                    company.setdefault(_short(by_slug[slug]), set()).add(slug)
    years = [papers[base].published.year for base in person.papers]
    return _Profile(company, categories, (min(years), max(years)))


def _company(
    one: _Profile, other: _Profile, common: Mapping[tuple[str, str], int], by_slug: Mapping[str, Person]
) -> tuple[float, tuple[str, ...]]:
    """Return the weight of the co-authors that two persons share, and their names."""
    found = []
    for key in one.company.keys() & other.company.keys():
        same = one.company[key] & other.company[key]
        weight = 1 / max(1, common[key])
        shown = min(same or one.company[key])
        found.append((max(weight, _SAME_PERSON) if same else weight, by_slug[shown].name.printed))
    found.sort(key=lambda item: (-item[0], item[1]))
    return sum([weight for weight, _ in found]), tuple([name for _, name in found])


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    dot = sum([number * other[key] for key, number in one.items()])
    lengths = [sqrt(sum([number * number for number in counts.values()])) for counts in (one, other)]
    return dot / (lengths[0] * lengths[1]) if dot else 0.0


def _gap(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max(0, one[0] - other[1], other[0] - one[1])
