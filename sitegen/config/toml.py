"""Reads TOML files so that all mistakes are reported together, each with file, line and key path.

Values are read from a :class:`Document` table by table. Keys that are never read are unknown keys.
:meth:`Document.finish` raises an error with all mistakes. Line numbers come from ``toml_lines``.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sitegen.config.toml_lines import KeyPath, key_lines, key_text
from sitegen.errors import Location, Problem, SitegenError
from sitegen.text.characters import NOT_IN_XML

T = TypeVar("T")

_TYPE_NAMES: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a float",
    datetime: "a date-time",
    date: "a date",
    time: "a time",
    list: "an array",
    dict: "a table",
}
# Remedies for the most frequent values of a wrong type: (expected, found) -> remedy.
_UNQUOTED = "put it in quotation marks"
_QUOTED = "write it without quotation marks"
_TYPE_REMEDIES: dict[tuple[type, type], str] = {
    (str, int): _UNQUOTED,
    (str, float): _UNQUOTED,
    (str, bool): _UNQUOTED,
    (str, date): _UNQUOTED,
    (str, datetime): _UNQUOTED,
    (int, str): _QUOTED,
    (int, bool): "write a whole number",
    (str, list): "write one text, without square brackets",
    (int, float): "write a whole number",
    (date, str): f"{_QUOTED}, such as 2026-03-07",
    (date, datetime): "write the day alone, such as 2026-03-07",
    (list, str): "put it in square brackets",
}
# What XML 1.0 cannot contain (NUL among it, which stands for text.ROOT), and all control characters but white space.
_CONTROLS = re.compile(f"[{NOT_IN_XML}\x7f-\x9f]")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_SYNTAX_REMEDY = "write text in quotation marks, and each setting on a line of its own: key = value"
# tomllib and toml_lines take quadratic time for a key of so many parts as this one.
_LONG_KEY = re.compile(r"(?<![\w.-])(?:[\w-]++[ \t]*+\.[ \t]*+){100}")
_CURLY = re.compile("[“”„‟‘’‚«»]")
_COLON = re.compile(r"""[ \t]*(?:"[^"]*"|[\w.-]+)[ \t]*:(?:[ \t]|$)""")
_TWICE_REMEDY = "the file has it twice: keep one"


def is_there(path: Path, error: type[SitegenError]) -> bool:
    """Return whether a path exists, be it a broken link; ``error`` is raised if its folder cannot be read."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as failure:
        raise error.at(
            path, f"cannot be read: {failure.strerror}", "check its folder's permissions"
        ) from failure
    return True


def read_source(path: Path, error: type[SitegenError]) -> str:
    """Return the text of a UTF-8 file with ``\\n`` line ends; ``error`` is raised if it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as failure:
        remedy = "put a file there" if isinstance(failure, IsADirectoryError) else "check its permissions"
        raise error.at(path, f"cannot be read: {failure.strerror}", remedy) from failure
    try:
        # Editors on Windows add a byte order mark.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as failure:
        line = data.count(b"\n", 0, failure.start) + 1
        raise error.at(path, "is not UTF-8 text", "save it as UTF-8", line=line) from failure


class Document:
    """A TOML text that is being read; ``root`` is its outermost table.

    ``error`` is raised at once if the text is not TOML, and by ``finish`` for all other mistakes.
    ``first_line`` is the line of the file on which the text begins (more than 1 for front matter).
    """

    def __init__(self, path: Path, source: str, error: type[SitegenError], first_line: int = 1) -> None:
        self._path = path
        self._source = source
        self._error = error
        self._first_line = first_line
        self._problems: list[Problem] = []
        self._tables: list[Table] = []
        self.root = self.table(self._parse(), ())

    def table(self, values: Mapping[str, Any], path: KeyPath) -> Table:
        """Return a reader of one of the document's tables."""
        self._tables.append(Table(self, values, path))
        return self._tables[-1]

    def note(self, path: KeyPath, message: str, remedy: str = "", *, line: int | None = None) -> None:
        """Record a mistake at a key, on its line, or on the line of its table if the key is missing."""
        if line is None:
            ends = range(len(path), 0, -1)
            line = next((self.lines[path[:end]] for end in ends if path[:end] in self.lines), None)
        if line is None and self._first_line > 1:
            line = self._first_line - 1  # the line that opens front matter
        where = Location(path=str(self._path), line=line, key=key_text(path))
        self._problems.append(Problem(location=where, message=message, remedy=remedy))

    def finish(self) -> None:
        """Raise ``error`` with all recorded mistakes, ordered by line, if there are any."""
        for table in self._tables:
            for key in table.unknown():
                self.note((*table.path, key), "unknown key", self._suggestion(table, key))
        if self._problems:
            self._problems.sort(key=lambda problem: problem.location.line or sys.maxsize)  # missing keys last
            raise self._error(*self._problems)

    def _parse(self) -> dict[str, Any]:
        if found := _LONG_KEY.search(self._source):
            line = self._source.count("\n", 0, found.start()) + self._first_line
            raise self._error.at(self._path, "a key of more than 100 parts", "shorten it", line=line)
        try:
            return tomllib.loads(self._source)
        except RecursionError:
            raise self._error.at(self._path, "is not usable TOML: it is nested too deeply") from None
        except tomllib.TOMLDecodeError as failure:
            raise self._syntax_error(str(failure)) from None
        except ValueError:  # int() refuses thousands of digits
            raise self._error.at(self._path, "holds a number of thousands of digits") from None

    def _syntax_error(self, message: str) -> SitegenError:
        where, line = "", None
        if place := _PLACE.search(message):
            message = message[: place.start()]
            line = int(place[1]) if place[1] else self._source.rstrip("\n").count("\n") + 1
            line += self._first_line - 1
            where = f" in column {place[2]}" if place[2] else " at the end"
        remedy = _TWICE_REMEDY if message.startswith(("Cannot", "Duplicate")) else self._syntax_remedy(line)
        return self._error.at(self._path, f"is not valid TOML: {message}{where}", remedy, line=line)

    def _syntax_remedy(self, line: int | None) -> str:
        """Return the remedy for a line that is not TOML; frequent mistakes have remedies of their own."""
        lines = self._source.split("\n")
        at = (line or 0) - self._first_line
        written = lines[at] if 0 <= at < len(lines) else ""
        if _COLON.match(written):
            return "write = between a setting and its value, not a colon"
        if _CURLY.search(written):
            return 'write straight quotation marks: "…"'
        return _SYNTAX_REMEDY

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """The line of each key path, table and array item in the file."""
        return {path: line + self._first_line - 1 for path, line in key_lines(self._source).items()}

    @cached_property
    def _tables_missing(self) -> dict[str, KeyPath]:
        """Return the path of the table that lacks each known key; of several, that of the outermost one."""
        return {key: table.path for table in reversed(self._tables) for key in table.missing()}

    def _suggestion(self, table: Table, key: str) -> str:
        # The most frequent mistake: a key after a [table] line belongs to that table.
        if (home := self._tables_missing.get(key)) is not None:
            name = key_text(home[:1])
            if not name:
                return "it belongs at the top of the file, above the first [table]"
            return f"it belongs in [[{name}]]" if len(home) > 1 else f"it belongs in [{name}]"
        from difflib import get_close_matches  # imported here, because only mistakes need it

        if near := get_close_matches(key, sorted(table.known), n=1):
            return f"did you mean {near[0]}?"
        return f"known here: {', '.join(sorted(table.known))}"


class Table:
    """Reads the values of one table of a document, and records wrong ones in the document.

    ``path`` is the table's key path, () for the root; ``known`` are the keys read so far, whether present or not.
    """

    def __init__(self, document: Document, values: Mapping[str, Any], path: KeyPath) -> None:
        self._document = document
        self._values = values
        self.path = path
        self.known: set[str] = set()

    def unknown(self) -> list[str]:
        """Return the keys that are present but were never read, in the order of the file."""
        return [key for key in self._values if key not in self.known]

    def missing(self) -> set[str]:
        """Return the keys that were read but are not present."""
        return self.known - self._values.keys()

    def has(self, key: str) -> bool:
        """Return whether a key is present."""
        return key in self._values

    def note(self, key: str, message: str, remedy: str = "", *, item: int | None = None) -> None:
        """Record a mistake at one of the table's keys, or at an item of its array."""
        self._document.note((*self.path, key) if item is None else (*self.path, key, item), message, remedy)

    def text(
        self, key: str, default: str = "", *, required: str = "", check: Callable[[str], str] = str
    ) -> str:
        """Return a text as ``check`` returns it, or ``default`` if it is missing, empty or wrong.

        ``check`` is given the text with white space folded, and raises ValueError(message[, remedy]). If ``required``
        is given, a missing or empty text is a mistake, for which ``required`` is the remedy.
        """
        value = self._get(key, str)
        if value is None:
            if required and key not in self._values:
                self.note(key, "is missing", required)
            return default
        if required and not value.strip():
            self.note(key, "is empty", required)
            return default
        # An empty optional setting counts as missing.
        return self._checked(value, check, default, (*self.path, key)) if value.strip() else default

    def texts(self, key: str, check: Callable[[str], T]) -> tuple[T, ...]:
        """Return an array of strings, each as ``check`` returns it, without those that are mistakes."""
        found: list[T] = []
        for index, value in enumerate(self._get(key, list) or ()):
            place = (*self.path, key, index)
            if not isinstance(value, str):
                self._wrong_type(place, str, value)
            elif not value.strip():
                self._document.note(place, "is empty", "give it a text, or remove it")
            elif (item := self._checked(value, check, None, place)) is not None:
                found.append(item)
        return tuple(found)

    def integer(self, key: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, or ``default`` if it is missing or wrong."""
        value = self._get(key, int)
        if value is None:
            return default
        if not low <= value <= high:
            self.note(key, f"expected a number from {low} to {high}, found {shown(value)}")
            return default
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false, or ``default`` if it is missing or wrong."""
        value = self._get(key, bool)
        return default if value is None else bool(value)

    def day(self, key: str) -> date | None:
        """Return a date, or None if it is missing or wrong."""
        value: date | None = self._get(key, date)
        return value

    def table(self, key: str) -> Table:
        """Return a reader of a table inside this one, which is empty if the key is missing."""
        remedy = f"write [{key_text((*self.path, key))}] on a line of its own, and its settings below"
        return self._document.table(self._get(key, dict, remedy) or {}, (*self.path, key))

    def tables(self, key: str) -> tuple[Table, ...]:
        """Return readers of an array of tables, none if the key is missing."""
        remedy = f"write [[{key_text((*self.path, key))}]], with two brackets, above each"
        found: list[Table] = []
        for index, value in enumerate(self._get(key, list, remedy, "an array of tables") or ()):
            place = (*self.path, key, index)
            if isinstance(value, dict):
                found.append(self._document.table(value, place))
            else:
                self._wrong_type(place, dict, value, remedy)
        return tuple(found)

    def _get(self, key: str, kind: type, remedy: str = "", expected: str = "") -> Any:
        self.known.add(key)
        value = self._values.get(key)
        # Not isinstance: booleans are instances of int, and datetime of date.
        if value is None or type(value) is kind:
            return value
        self._wrong_type((*self.path, key), kind, value, remedy, expected)
        return None

    def _wrong_type(
        self, place: KeyPath, kind: type, value: object, remedy: str = "", expected: str = ""
    ) -> None:
        message = f"expected {expected or _TYPE_NAMES[kind]}, found {_TYPE_NAMES[type(value)]}"
        self._document.note(place, message, remedy or _TYPE_REMEDIES.get((kind, type(value)), ""))

    def _checked(self, value: str, check: Callable[[str], T], default: T, place: KeyPath) -> T:
        if _CONTROLS.search(value):
            self._document.note(place, f"holds a control character: {shown(value)}", "remove it")
            return default
        try:
            return check(" ".join(value.split()))
        except ValueError as failure:
            message, *remedy = map(str, failure.args)
            self._document.note(place, message, *remedy[:1])
            return default


def shown(value: object) -> str:
    """Return a value for a message: at most 70 characters on one line, without control characters."""
    text = repr(value)
    return text if len(text) <= 70 else f"{text[:67]}…"
