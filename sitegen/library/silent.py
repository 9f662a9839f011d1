"""Replaces former names of persons who are ``silent`` in people.toml, before anything is derived from the records.

Pages, exports, the search index, citation keys and addresses are all made from records, so none of them can hold a
former name. Feed files and their cached readings, which are not published, stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from sitegen.config.people import PersonEntry
from sitegen.feeds.store import Feeds
from sitegen.models import Credit, Name, Paper
from sitegen.text import names


class Silenced(NamedTuple):
    """Feeds without former names."""

    feeds: Feeds  # ``facts`` of a record that was changed are empty
    found: frozenset[str]  # the ``person_key`` of each former name that a record had


class _Former(NamedTuple):
    """The former names of one person."""

    keys: frozenset[str]  # ``person_key`` of each
    words: tuple[str, ...]  # of each, one that is in every text with the name; in lower case
    pattern: re.Pattern[str]
    name: Name  # the one to show
    papers: frozenset[str]  # base identifiers, or none for all


def silence(feeds: Feeds, entries: Iterable[PersonEntry]) -> Silenced:
    """Return feeds in which the names of silent persons replace their former names, also within texts."""
    formers = [_former(entry) for entry in entries if entry.silent]
    if not formers:
        return Silenced(feeds, frozenset())
    found: set[str] = set()
    keys: dict[str, str] = {}  # by printed name
    records = [_silenced(record, formers, keys, found) for record in feeds.papers]
    facts = [
        own if new is old else b"" for own, new, old in zip(feeds.facts, records, feeds.papers, strict=True)
    ]
    return Silenced(replace(feeds, papers=tuple(records), facts=tuple(facts)), frozenset(found))


def _former(entry: PersonEntry) -> _Former:
    shown = names.parse(entry.name)
    kept = names.person_key(shown)
    former = [name for name in map(names.parse, entry.names) if names.person_key(name) != kept]
    forms = [form for name in former for form in {name.printed, name.inverted}]
    return _Former(
        keys=frozenset(map(names.person_key, former)),
        words=tuple([max(name.printed.lower().split(), key=len) for name in former]),
        pattern=re.compile(rf"(?<!\w)(?:{'|'.join(map(_as_pattern, forms))})(?!\w)", re.IGNORECASE),
        name=shown,
        papers=frozenset(entry.papers),
    )


def _as_pattern(form: str) -> str:
    """Return a pattern of a name, with any white space between its words and with or without full stops."""
    return r"\s+".join(re.escape(word).replace(r"\.", r"\.?") for word in form.split())


def _silenced(record: Paper, formers: Sequence[_Former], keys: dict[str, str], found: set[str]) -> Paper:
    for former in formers:
        if former.papers and record.id.base not in former.papers:
            continue
        credits = tuple([_credit(credit, former, keys, found) for credit in record.credits])
        changes: dict[str, object] = {"credits": credits} if credits != record.credits else {}
        for field in ("title", "abstract", "comment", "journal_ref"):
            text: str = getattr(record, field)
            if (new := _text(text, former)) != text:
                changes[field] = new
        if changes:
            record = replace(record, **changes)
    return record


def _credit(credit: Credit, former: _Former, keys: dict[str, str], found: set[str]) -> Credit:
    printed = credit.name.printed
    if (key := keys.get(printed)) is None:
        key = keys[printed] = names.person_key(credit.name)
    places = tuple([_text(place, former) for place in credit.affiliations])
    if key in former.keys:
        found.add(key)
        return Credit(name=former.name, affiliations=places)
    return replace(credit, affiliations=places) if places != credit.affiliations else credit


def _text(text: str, former: _Former) -> str:
    lower = text.lower()
    if any(word in lower for word in former.words):
        return former.pattern.sub(lambda _: former.name.printed, text)
    return text
