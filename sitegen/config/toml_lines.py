"""Finds the line of each key of a TOML text, which tomllib does not report.

The text must be valid TOML (tomllib has read it), so nothing is checked here. Found are headers of tables, dotted
keys, and keys and items inside inline tables and arrays (https://toml.io/en/v1.0.0).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

KeyPath = tuple[str | int, ...]  # navigation[2].label is ("navigation", 2, "label"); items count from 0

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*("(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*(\.?)""")
# A multi-line string may end with one or two quotation marks before the three that close it.
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'", re.DOTALL
)
_SCALAR = re.compile(r"[^,\]}\n#]+")


def key_lines(source: str) -> dict[KeyPath, int]:
    """Return the line number, counted from 1, of each key path, table and array item of a valid TOML text."""
    return _LineFinder(source).lines


def key_text(path: KeyPath) -> str:
    """Return a key path as text: ``navigation[2].label``."""
    parts: list[str] = []
    for part in path:
        if isinstance(part, int):
            parts.append(f"[{part}]")
        else:
            parts.append(("." if parts else "") + (part if _BARE_KEY.fullmatch(part) else repr(part)))
    return "".join(parts)


class _LineFinder:
    """Walks through a TOML text once and fills ``lines``. Methods return the offset after what they have read."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: dict[KeyPath, int] = {}
        self._line_ends = [match.start() for match in re.finditer("\n", source)]
        self._sizes: dict[KeyPath, int] = {}  # number of tables read so far of each array of tables
        table: KeyPath = ()
        at = self._skip_blank(0)
        while at < len(source):
            if source[at] == "[":
                table, at = self._header(at)
            else:
                at = self._pair(at, table)
            at = self._skip_blank(at)

    def _header(self, at: int) -> tuple[KeyPath, int]:
        opened = at
        is_array = self.source.startswith("[[", at)
        keys, at = self._keys(at + 1 + is_array)
        path: KeyPath = ()
        for depth, key in enumerate(keys, 1):
            path += (key,)
            if is_array and depth == len(keys):
                self._mark(path, opened)
                self._sizes[path] = self._sizes.get(path, 0) + 1
            # A header refers to the last table of each array in its path.
            if path in self._sizes:
                path += (self._sizes[path] - 1,)
            self._mark(path, opened)
        return path, at + 1 + is_array

    def _pair(self, at: int, table: KeyPath) -> int:
        opened = at
        keys, at = self._keys(at)
        path = table
        for key in keys:
            path += (key,)
            self._mark(path, opened)
        return self._value(self._skip_blank(at + 1), path)  # beyond "="

    def _keys(self, at: int) -> tuple[list[str], int]:
        keys: list[str] = []
        dot = "."
        while dot and (match := _KEY.match(self.source, at)):
            raw, dot = match[1], match[2]
            keys.append(tomllib.loads(f"key = {raw}")["key"] if raw[0] in "\"'" else raw)
            at = match.end()
        return keys, at

    def _value(self, at: int, path: KeyPath) -> int:
        """Read the value at ``path``; mark the keys and items inside it if it is an array or inline table."""
        opening = self.source[at]
        if opening not in "[{":
            match = _STRING.match(self.source, at) or _SCALAR.match(self.source, at)
            return match.end() if match else at + 1
        index = 0
        at = self._skip_blank(at + 1)
        while self.source[at] not in "]}":
            if opening == "{":
                at = self._pair(at, path)
            else:
                self._mark((*path, index), at)
                at = self._value(at, (*path, index))
                index += 1
            at = self._skip_blank(at)
            if self.source[at] == ",":
                at = self._skip_blank(at + 1)
        return at + 1

    def _skip_blank(self, at: int) -> int:
        match = _BLANK.match(self.source, at)
        return match.end() if match else at

    def _mark(self, path: KeyPath, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._line_ends, at - 1) + 1)
