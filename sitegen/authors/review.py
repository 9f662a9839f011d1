"""Asks about suggestions one by one, and writes the answers into people.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from sitegen.authors.edit import PeopleToml
from sitegen.authors.report import evidence, rank
from sitegen.authors.suggest import Suggestion
from sitegen.exports import metadata
from sitegen.models import Paper, Person

_QUESTION = "The same person? [y]es, [n]o and never ask again, [s]kip, [q]uit: "
_PAPERS_SHOWN = 3


class Answers(NamedTuple):
    """How often each answer was given."""

    joined: int
    different: int
    skipped: int


def review(
    found: Iterable[Suggestion],
    papers: Mapping[str, Paper],
    file: PeopleToml,
    ask: Callable[[str], str],
    say: Callable[[str], None],
) -> Answers:
    """Ask about each suggestion, and write each answer at once.

    ``ask`` shows a question and returns the answer; EOFError ends the review. ``say`` shows a line.
    """
    joined = different = skipped = 0
    for one in found:
        first, second = sorted((one.first, one.second), key=rank)
        entries = file.file.entry_of(first.name), file.file.entry_of(second.name)
        if entries[0] is not None and entries[0] == entries[1]:
            continue  # an earlier answer joined them
        for line in _shown(one, papers):
            say(line)
        answer = _answer(ask)
        if answer == "q":
            break
        if answer == "n":
            file.add_different([first.name.printed, second.name.printed])
            different += 1
        elif answer == "y" and None not in entries:
            say(
                f"both have an entry in {file.file.path}: join person[{entries[0]}] and person[{entries[1]}] by hand"
            )
            skipped += 1
        elif answer == "y":
            _join(file, (first, second), entries)
            joined += 1
        else:
            skipped += 1
    return Answers(joined, different, skipped)


def _join(file: PeopleToml, pair: tuple[Person, Person], entries: tuple[int | None, int | None]) -> None:
    first, second = pair
    if entries[0] is not None:
        file.add_names(entries[0], [second.name.printed])
    elif entries[1] is not None:
        file.add_names(entries[1], [first.name.printed])
    else:
        file.add_person(first.name.printed, [second.name.printed])


def _answer(ask: Callable[[str], str]) -> str:
    """Return y, n, s or q."""
    while True:
        try:
            answer = ask(_QUESTION).strip().lower()[:1]
        except EOFError:
            return "q"
        if answer in ("y", "n", "s", "q"):
            return answer


def _shown(one: Suggestion, papers: Mapping[str, Paper]) -> Iterator[str]:
    yield ""
    yield f"{one.probability:.0%}  {one.first.name.printed}  =  {one.second.name.printed}"
    yield f"  {evidence(one, papers)}"
    for person in (one.first, one.second):
        yield f"  {person.name.printed}:"
        for base in person.papers[:_PAPERS_SHOWN]:
            paper = papers[base]
            title = metadata.shorten(" ".join(paper.title.split()), 80)
            yield f"    {paper.published.year}  {title}  {metadata.abs_url(base)}"
        if (more := len(person.papers) - _PAPERS_SHOWN) > 0:
            yield f"    and {more} more"
