"""Suggestions as text: a table for readers, and TOML to paste into people.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sitegen.authors.alike import alike, parts
from sitegen.authors.edit import quoted
from sitegen.authors.suggest import Suggestion
from sitegen.config.people import PeopleFile
from sitegen.models import Paper, Person

_COAUTHORS_NAMED = 3


def table(found: Sequence[Suggestion], papers: Mapping[str, Paper]) -> Iterator[str]:
    """Yield the lines of a table: how likely each pair is one person, both names, and the evidence below them."""
    width = max([len(_with_count(one.first)) for one in found], default=0)
    for one in found:
        yield (
            f"{one.probability:.0%}".rjust(4)
            + f"  {_with_count(one.first):{width}}  {_with_count(one.second)}"
        )
        yield f"      {evidence(one, papers)}"


def _with_count(person: Person) -> str:
    return f"{person.name.printed} ({len(person.papers)})"


def evidence(one: Suggestion, papers: Mapping[str, Paper]) -> str:
    """Return what speaks for a pair being one person, and in what the names differ, as one line."""
    known = one.evidence
    said = [*known.alike.notes, *(["a given name more"] if known.alike.missing else [])]
    said = [", ".join(said) or "accents, case or full stops"]
    if shared := known.coauthors:
        more = f" and {len(shared) - _COAUTHORS_NAMED} more" if len(shared) > _COAUTHORS_NAMED else ""
        said.append(f"shared co-authors: {', '.join(shared[:_COAUTHORS_NAMED])}{more}")
    else:
        said.append("no shared co-author")
    said.append(f"categories {known.categories:.0%} alike")
    said.append(f"{_years(one.first, papers)} and {_years(one.second, papers)}")
    said.append(f"persons with this family name: {known.family}")
    if known.others:
        said.append(f"others whose names agree with one of these: {known.others}")
    return "; ".join(said)


def _years(person: Person, papers: Mapping[str, Paper]) -> str:
    years = sorted(papers[base].published.year for base in person.papers)
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}–{years[-1]}"


def toml(found: Sequence[Suggestion], papers: Mapping[str, Paper], file: PeopleFile) -> Iterator[str]:
    """Yield lines of TOML with an entry for each person, to be pasted into people.toml.

    Where the file has an entry already, a comment says what to add to it.
    """
    for members in _groups(found):
        inside = {person.slug for person in members}
        for one in found:
            if {one.first.slug, one.second.slug} <= inside:
                pair = f"{one.first.name.printed} = {one.second.name.printed}"
                yield f"# {one.probability:.0%} {pair}: {evidence(one, papers)}"
        known = {person.slug: file.entry_of(person.name) for person in members}
        new = [quoted(person.name.printed) for person in members if known[person.slug] is None]
        places = sorted({place for place in known.values() if place is not None})
        if len(places) > 1:
            yield f"# In people.toml, join the entries {' and '.join([f'person[{place}]' for place in places])}."
        elif places:
            yield f"# In people.toml, add to the names of person[{places[0]}]: {', '.join(new)}"
        else:
            yield "[[person]]"
            yield f"name = {new[0]}"
            yield f"names = [{', '.join(new[1:])}]"
        yield ""


def _groups(found: Iterable[Suggestion]) -> list[list[Person]]:
    """Return the persons that suggestions join, the one to show first; all of a group may be one person.

    J. Smith may be Jane or John, but not both: of two such suggestions, the likelier one counts.
    """
    groups: dict[str, list[Person]] = {}
    for one in found:
        first = groups.get(one.first.slug, [one.first])
        second = groups.get(one.second.slug, [one.second])
        if first is not second and all(_may_be_one(a, b) for a in first for b in second):
            joined = [*first, *second]
            groups |= {person.slug: joined for person in joined}
    distinct = {id(group): group for group in groups.values()}
    return [sorted(group, key=rank) for group in distinct.values()]


def _may_be_one(one: Person, other: Person) -> bool:
    return bool(alike(one.name, other.name)) and set(one.papers).isdisjoint(other.papers)


def rank(person: Person) -> tuple[bool, bool, int, int, str]:
    """Return the sort key of a name among those of a person; the least one is shown.

    In this order: names in full, names with accents, the name of most papers, the longest name.
    """
    printed, initials = person.name.printed, all(len(word) == 1 for word in parts(person.name).given)
    return initials, printed.isascii(), -len(person.papers), -len(printed), person.slug
