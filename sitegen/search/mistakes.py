"""Finds mistakes in the queries of saved searches, which nobody may look at for long."""

from __future__ import annotations

import re

from sitegen.search.query import PREFIXES, identifier, parse
from sitegen.search.words import STOP_WORDS

_FIELD = re.compile(r"""(?:^|(?<=\s))-?([A-Za-z]+):(?=[^\s/])""")
_YEAR = re.compile(r"""(?:^|(?<=\s))-?year:(\S+)""", re.I)
_YEARS = re.compile(r"\d{4}|\d{4}(?:\.\.|-)(?:\d{4})?|(?:\.\.|-)\d{4}", re.A)
_QUOTED = re.compile('"[^"]*"')
_FIELDS = (*PREFIXES, "year")


def mistake_in(query: str) -> tuple[str, str] | None:
    """Return what is wrong with a query and the remedy, or None."""
    if identifier(query):
        return None
    if query.count('"') % 2:
        return "a quotation mark has no partner", "quote a phrase on both sides: '\"grid cell\"'"
    unquoted = _QUOTED.sub('""', query)
    for match in _FIELD.finditer(unquoted):
        if match[1].lower() not in _FIELDS:
            return (
                f"there is no field {match[1]}:",
                f"the fields are {', '.join(f'{one}:' for one in _FIELDS)}",
            )
    for match in _YEAR.finditer(unquoted):
        if not _YEARS.fullmatch(match[1]):
            return f"{match[1]!r} is neither a year nor a range of years", "write it as in year:2015..2019"
    pieces = unquoted.split()
    if pieces and ("OR" in (pieces[0], pieces[-1]) or "OR OR" in " ".join(pieces)):
        return "OR stands without a word on both sides", "write it as in: grid OR place"
    groups = parse(query).groups
    if all(atom.typed.lower() in STOP_WORDS or not atom.typed for group in groups for atom in group):
        return f"{query!r} has no word to search for", "name a word that the papers must have"
    return None
