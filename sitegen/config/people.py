"""Reads ``content/people.toml``, which says who is who, into frozen values; all mistakes are reported together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Annotated as A

import msgspec

from sitegen.config.settings import web_address
from sitegen.config.toml import Document, Table, is_there, read_source, shown
from sitegen.config.toml_lines import KeyPath, key_text
from sitegen.errors import ConfigError, Location, Problem
from sitegen.models import ArxivId, Name
from sitegen.text import names
from sitegen.text.slug import LONGEST, is_device

# Folders under /authors/ that belong to the index itself.
RESERVED_SLUGS = frozenset({"by-letter"})

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", re.A)


class PersonEntry(msgspec.Struct, frozen=True, kw_only=True):
    """``[[person]]`` of people.toml: printed names that are one person, verified by hand."""

    name: A[str, "the form to show"]
    id: A[str, "last part of the address of the person's page, if it is not to follow from the name"] = ""
    names: A[tuple[str, ...], "other printed names of the same person"] = ()
    orcid: A[str, "ORCID iD, 0000-0000-0000-000X"] = ""
    homepage: A[str, "address of the person's own page"] = ""
    silent: A[bool, "whether `names` are former names, of which the site keeps no trace"] = False
    papers: A[
        tuple[str, ...], "base identifiers of the papers on which these names are this person; none for all"
    ] = ()

    @property
    def all_names(self) -> tuple[str, ...]:
        """The form to show, and the other forms."""
        return (self.name, *self.names)


class PeopleFile(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of people.toml."""

    path: Path
    persons: tuple[PersonEntry, ...] = ()
    different: tuple[tuple[str, ...], ...] = ()  # names, or ids, each of which is another person
    lines: Mapping[KeyPath, int] = {}

    def entry_of(self, name: Name) -> int | None:
        """Return the index of the entry that has a name, None if there is none."""
        key = names.person_key(name)
        return next(
            (
                index
                for index, entry in enumerate(self.persons)
                if any(names.person_key(names.parse(written)) == key for written in entry.all_names)
            ),
            None,
        )

    def problem_with_name(self, index: int, item: int, message: str, remedy: str) -> Problem:
        """Return a problem with an item of the ``all_names`` of a person."""
        key = "also" if ("person", index, "also") in self.lines else "names"
        return self.problem(("person", index, *((key, item - 1) if item else ("name",))), message, remedy)

    def problem(self, path: KeyPath, message: str, remedy: str) -> Problem:
        """Return a problem at a key path, with its line."""
        where = Location(path=str(self.path), line=self.lines.get(path), key=key_text(path))
        return Problem(location=where, message=message, remedy=remedy)


def load_people(content: Path) -> PeopleFile:
    """Return the contents of people.toml, nothing if there is no such file; ConfigError holds all mistakes in it."""
    path = content / "people.toml"
    if not is_there(path, ConfigError):
        return PeopleFile(path=path)
    return parse_people(path, read_source(path, ConfigError))


def parse_people(path: Path, source: str) -> PeopleFile:
    """Return the contents of people.toml given its text; ConfigError holds all mistakes in it."""
    document = Document(path, source, ConfigError)
    tables = document.root.tables("person")
    persons = tuple(map(_person, tables))
    _report_shared_names(tables, persons)
    _report_shared("id", "id", tables, persons)
    _report_shared("orcid", "ORCID iD", tables, persons)
    different = tuple(map(_different, document.root.tables("different")))
    document.finish()
    return PeopleFile(path=path, persons=persons, different=different, lines=document.lines)


def _person(table: Table) -> PersonEntry:
    entry = PersonEntry(
        name=table.text("name", required='write the form to show: name = "…"', check=_name),
        id=table.text("id", check=_id),
        names=table.texts(_names_key(table), _name),
        orcid=table.text("orcid", check=_orcid),
        homepage=table.text("homepage", check=web_address),
        silent=table.flag("silent", default=False),
        papers=table.texts("papers", _paper),
    )
    if entry.silent and not entry.names:
        table.note("silent", "there is no former name to replace", 'write it: names = ["…"]')
    return entry


def _names_key(table: Table) -> str:
    """Return the key of the other names, which was ``also`` at first."""
    return "also" if table.has("also") and not table.has("names") else "names"


def _different(table: Table) -> tuple[str, ...]:
    found = table.texts("names", _name)
    if table.has("names") and len(found) < 2:
        table.note("names", "names fewer than two persons", 'write all who differ: names = ["…", "…"]')
    elif not table.has("names"):
        table.note("names", "is missing", 'write all who differ: names = ["…", "…"]')
    for one, other in combinations(found, 2):
        if names.person_key(names.parse(one)) == names.person_key(names.parse(other)):
            message = f"{shown(one)} and {shown(other)} count as the same name"
            table.note("names", message, "write a [[person]] for each of them, which keeps them apart")
    return found


def _report_shared_names(tables: Sequence[Table], persons: Sequence[PersonEntry]) -> None:
    """Report printed names that two persons have, unless `papers` says which of them has which paper."""
    holders: dict[str, list[int]] = {}
    for index, (table, person) in enumerate(zip(tables, persons, strict=True)):
        for item, printed in enumerate(person.all_names):
            if not printed:  # reported as missing
                continue
            known = holders.setdefault(names.printed_key(printed), [])
            for first in known:
                if first != index and _overlap(persons[first], person):
                    holder = shown(persons[first].name)
                    message = f"{shown(printed)} is a name of {holder} already (person[{first}])"
                    key = _names_key(table) if item else "name"
                    table.note(key, message, _SHARED_REMEDY, item=item - 1 if item else None)
            known.append(index)


_SHARED_REMEDY = (
    "a name belongs to one person: keep it in one of the two, or say whose papers are whose: papers = […]"
)


def _overlap(one: PersonEntry, other: PersonEntry) -> bool:
    """Return whether two persons with the same name claim it on the same papers."""
    if one.papers and other.papers:
        return not set(one.papers).isdisjoint(other.papers)
    return not one.papers and not other.papers


def _report_shared(key: str, noun: str, tables: Sequence[Table], persons: Sequence[PersonEntry]) -> None:
    """Report a value that two persons have and only one may have."""
    first: dict[str, int] = {}
    for index, (table, person) in enumerate(zip(tables, persons, strict=True)):
        value = getattr(person, key)
        if value and (holder := first.setdefault(value, index)) != index:
            message = f"{value} is the {noun} of {shown(persons[holder].name)} already (person[{holder}])"
            table.note(
                key, message, f"an {noun} belongs to one person: join the two, or correct one {noun[-2:]}"
            )


# --- checks: each returns the normalised text, or raises ValueError(message[, remedy]) ----------------


def _name(text: str) -> str:
    try:
        known = names.parse(text).family
    except ValueError:
        known = ""
    if not known:
        raise ValueError(
            f"expected the name of a person or a group, found {shown(text)}", "write it as papers do"
        )
    return text


def _id(text: str) -> str:
    if not _ID.fullmatch(text) or len(text) > LONGEST:
        raise ValueError(
            f"expected the last part of an address, found {shown(text)}",
            "write it in small letters, digits and hyphens, as in ada-example-2",
        )
    if text in RESERVED_SLUGS or is_device(text):
        raise ValueError(f"{shown(text)} is taken", "add something to it")
    return text


def _paper(text: str) -> str:
    try:
        return ArxivId.parse(text).base
    except ValueError as error:
        raise ValueError(str(error), "such as 2603.07369 or q-bio/0309001") from None


def _orcid(text: str) -> str:
    digits = text.rpartition("orcid.org/")[2].upper()
    if not _ORCID.fullmatch(digits):
        raise ValueError(f"expected an ORCID iD, found {shown(text)}", "such as 0000-0002-1825-0097")
    # ISO 7064 mod 11-2, https://support.orcid.org/hc/en-us/articles/360006897674
    total = 0
    for digit in digits.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    if "0123456789X"[(12 - total % 11) % 11] != digits[-1]:
        raise ValueError(
            f"{digits} is not an ORCID iD: its check digit is wrong", "compare it with orcid.org"
        )
    return digits
