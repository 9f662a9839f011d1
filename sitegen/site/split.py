"""Splits long lists into several pages, so that no page grows with the archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Generic, NamedTuple, TypeVar

from sitegen.site import urls
from sitegen.site.contexts import Link, Pager, PagerPart

T = TypeVar("T")
NO_PAGER = Pager(previous=None, next=None, position="", parts=())  # of a list that fits on one page
# So many pages are linked in one line.
_PAGES_IN_A_LINE = 6


def parts(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return a list in as few parts of at most ``size`` items as possible; their lengths differ by one at most."""
    count = max(1, -(-len(items) // size))
    ends = [len(items) * number // count for number in range(count + 1)]
    return [items[start:end] for start, end in pairwise(ends)]


class Part(NamedTuple, Generic[T]):
    """One page of a split list."""

    items: Sequence[T]
    url: str
    pager: Pager


def part(
    section: str, items: Sequence[T], size: int, number: int, label: Callable[[T, T], str] | None = None
) -> Part[T]:
    """Return page ``number`` (from 1) of a list that is split into pages of at most ``size`` items.

    ``label`` gives the text of a link to a page from the first and the last item on it; the default text is the
    positions of these items in the list.
    """
    runs = parts(items, size)
    labels: list[str] = []
    if len(runs) > 1:
        labels = [label(run[0], run[-1]) for run in runs] if label else _positions(runs)
    return Part(runs[number - 1], urls.part(section, number), pager(section, number, labels))


def _positions(runs: Sequence[Sequence[T]]) -> list[str]:
    ends = list(accumulate(map(len, runs)))
    return [f"{end - len(run) + 1}–{end}" for run, end in zip(runs, ends, strict=True)]


def pager(section: str, number: int, labels: Sequence[str]) -> Pager:
    """Return the links from page ``number`` (from 1) of a section to all its pages; ``labels`` are their texts."""
    if len(labels) < 2:
        return NO_PAGER
    parts = [
        PagerPart(label=label, url=urls.part(section, index), current=index == number)
        for index, label in enumerate(labels, 1)
    ]
    return Pager(
        previous=_link(parts[number - 2]) if number > 1 else None,
        next=_link(parts[number]) if number < len(parts) else None,
        position=f"Page {number} of {len(parts)}" if len(parts) > _PAGES_IN_A_LINE else "",
        parts=tuple(parts),
    )


def _link(part: PagerPart) -> Link:
    return Link(label=part.label, url=part.url)
