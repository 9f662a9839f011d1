"""Splits long lists into several pages, so that no page grows with the archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from sitegen.site import urls
from sitegen.site.contexts import Pager, PagerPart

T = TypeVar("T")


def parts(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return a list in parts of ``size`` items; an empty list is one empty part."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [items]


class Part(NamedTuple, Generic[T]):
    """One page of a split list."""

    items: Sequence[T]
    url: str
    pager: Pager


def part(section: str, items: Sequence[T], size: int, number: int) -> Part[T]:
    """Return page ``number`` (from 1) of a list that is split into pages of ``size`` items."""
    runs = parts(items, size)
    return Part(runs[number - 1], urls.part(section, number), pager(section, len(runs), number))


def pager(section: str, count: int, number: int, labels: Sequence[str] = ()) -> Pager:
    """Return the links from page ``number`` (from 1) of a section to all its ``count`` pages.

    ``labels`` are the texts of these links; the default is the numbers of the pages.
    """
    if count == 1:
        return Pager(previous="", next="", parts=())
    return Pager(
        previous=urls.part(section, number - 1) if number > 1 else "",
        next=urls.part(section, number + 1) if number < count else "",
        parts=tuple(
            PagerPart(
                label=labels[index - 1] if labels else str(index),
                url=urls.part(section, index),
                current=index == number,
            )
            for index in range(1, count + 1)
        ),
    )
