"""Lists that are too long for one page become several, none of which grows with the archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sitegen.site import urls
from sitegen.site.contexts import Pager, PagerPart

T = TypeVar("T")


def parts(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return a list in runs of ``size``; an empty list is one empty run."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [items]


def pager(section: str, count: int, number: int, labels: Sequence[str] = ()) -> Pager:
    """Return the way through ``count`` pages of a section, on page ``number`` (from 1)."""
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
