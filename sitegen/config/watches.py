"""Reads the saved searches of ``site.toml``."""

from __future__ import annotations

from typing import Annotated as A

import msgspec

from sitegen.config.toml import Table, shown
from sitegen.search.mistakes import mistake_in
from sitegen.text.slug import slugify


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """``[[watch]]``: a saved search, which has a page and a feed of its own."""

    title: A[str, "heading of the page"]
    query: A[str, "what to search for, as on the search page"]
    slug: A[str, "last part of the address; the default is made from the title"] = ""


def read(tables: tuple[Table, ...]) -> tuple[Watch, ...]:
    """Return the saved searches; mistakes in them are recorded with the tables."""
    watches: list[Watch] = []
    for table in tables:
        title = table.text("title", required='give the search a heading: title = "…"')
        query = table.text("query", required='say what to search for: query = "grid cell"', check=_query)
        slug = table.text("slug", check=_slug) or slugify(title)
        if title and not slug:
            table.note("title", f"{shown(title)} has no letter or digit for an address", 'add slug = "…"')
        elif slug in [watch.slug for watch in watches]:
            table.note("title", f"another search is at watch/{slug}/ already", 'give it another slug = "…"')
        watches.append(Watch(title=title, query=query, slug=slug))
    return tuple(watches)


def _slug(text: str) -> str:
    if text != slugify(text):
        remedy = f"write {slugify(text)}" if slugify(text) else "such as grid-cells"
        raise ValueError(f"expected lower-case letters, digits and hyphens, found {shown(text)}", remedy)
    return text


def _query(text: str) -> str:
    if mistake := mistake_in(text):
        raise ValueError(*mistake)
    return text
