"""Adds to people.toml what its owner has decided; everything else in the file stays as it is, comments included.

The text is changed in place. tomlkit, which keeps comments too, moves a [[person]] that stands behind a
[[different]], and writes a new key behind the comments that follow its table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from sitegen import disk
from sitegen.config.people import PeopleFile, load_people, parse_people
from sitegen.config.toml import read_source
from sitegen.errors import ConfigError

# What an array of strings is made of, but for commas and white space (https://toml.io/en/v1.0.0).
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'" r"|\#[^\n]*|[\[\]]",
    re.DOTALL,
)
_BY_HAND = "add the names by hand"


class PeopleToml:
    """people.toml of a content folder. Each change is checked, and written at once."""

    def __init__(self, content: Path) -> None:
        """ConfigError if the file has mistakes; it need not be there."""
        self.file: PeopleFile = load_people(content)
        self._text = read_source(self.file.path, ConfigError) if self.file.path.exists() else ""

    def add_names(self, index: int, names: Sequence[str]) -> None:
        """Add names to those of an entry; ConfigError if the file is written in a way that does not allow it."""
        lines, entry = self.file.lines, self.file.persons[index]
        written = next((key for key in ("names", "also") if ("person", index, key) in lines), None)
        if written:
            text = _with_items(self._text, lines["person", index, written], names)
        else:
            text = _with_line(self._text, lines["person", index, "name"], f"names = {_array(names)}")
        try:
            changed = parse_people(self.file.path, text).persons[index].names
        except ConfigError:
            changed = ()
        if changed != (*entry.names, *names):
            raise ConfigError.at(self.file.path, f"person[{index}] is written in an unusual way", _BY_HAND)
        self._write(text)

    def add_person(self, name: str, names: Sequence[str]) -> None:
        """Add an entry for a person."""
        self._append(f"[[person]]\nname = {quoted(name)}\nnames = {_array(names)}\n")

    def add_different(self, names: Sequence[str]) -> None:
        """Add that these are the names of different persons."""
        self._append(f"[[different]]\nnames = {_array(names)}\n")

    def _append(self, table: str) -> None:
        self._write(f"{self._text.rstrip()}\n\n{table}" if self._text.strip() else table)

    def _write(self, text: str) -> None:
        self.file = parse_people(self.file.path, text)  # first, so that no file with mistakes is written
        temporary = self.file.path.with_name(f".{self.file.path.name}.new")
        disk.replace_file(self.file.path, text.encode(), temporary=temporary, synced=True)
        self._text = text


def quoted(text: str) -> str:
    """Return a text as a string of TOML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _array(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def _with_items(source: str, line: int, texts: Sequence[str]) -> str:
    """Return a TOML text with further strings in the array that begins on a line, directly behind its last one."""
    depth = last = items = 0
    for token in _TOKEN.finditer(source, _offset(source, line)):
        if token[0] == "]":
            break
        if token[0] == "[":
            depth, last = depth + 1, token.end()
        elif depth and token[0][0] != "#":
            items, last = items + 1, token.end()
    comma = ", " if items else ""
    return f"{source[:last]}{comma}{', '.join(map(quoted, texts))}{source[last:]}"


def _with_line(source: str, line: int, text: str) -> str:
    """Return a TOML text with a further line behind a line."""
    end = _offset(source, line + 1)
    before = source[:end].removesuffix("\n")
    return f"{before}\n{text}\n{source[end:]}"


def _offset(source: str, line: int) -> int:
    """Return where a line, counted from 1, begins; the end of the text if it has fewer lines."""
    offset = 0
    for _ in range(line - 1):
        if (found := source.find("\n", offset)) < 0:
            return len(source)
        offset = found + 1
    return offset
