"""Remedies for mistakes in TOML that are frequent, each recognised by the line that has it."""

from __future__ import annotations

import re
import unicodedata

GENERAL = "write text in quotation marks, and each setting on a line of its own: key = value"
TWICE = "the file has it twice: keep one"

_KEY = r"""[ \t]*(?:"[^"]*"|'[^']*'|[\w.-]+)[ \t]*"""
_END = r"[ \t]*(?:#.*)?$"
# What a line that is not TOML looks like, and what to do; of several, the first.
_LINES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), remedy)
    for pattern, remedy in (
        (rf"{_KEY}:(?:[ \t]|$)", "write = between a setting and its value, not a colon"),
        ("[^#]*[“”„‟‘’‚«»]", 'write straight quotation marks: "…"'),
        (rf"{_KEY}=[ \t]*(?:True|TRUE|False|FALSE|[Yy]es|[Nn]o|[Oo]n|[Oo]ff){_END}", "write true or false"),
        (rf"{_KEY}={_END}", "give it a value, or remove the line"),
        (
            rf"{_KEY}=[ \t]*(?:\d{{4}}-\d+-\d+|\d+[./]\d+[./]\d+)",
            "write a day of the calendar, year first, such as 2026-03-07",
        ),
        (rf"{_KEY}=.*;{_END}", "remove the semicolon"),
        (
            rf"{_KEY}=[ \t]*[+-]?\d[\d.,_' ]*{_END}",
            "write digits alone: no zeros before them, nor commas between them",
        ),
        (
            rf'{_KEY}="[^"\\]*\\|{_KEY}=[ \t]*"[^"]*\\',
            "write text with a backslash in single quotation marks: '…'",
        ),
        (rf"{_KEY}=[ \t]*'[^']*'[^\s,#\]}}]", 'write text with an apostrophe in double quotation marks: "…"'),
        (rf"{_KEY}=[ \t]*\{{[^}}]*$", "end the braces on the same line, or write a [table]"),
        (r"[ \t]*[{<]", "the file has another format: write TOML, key = value"),
    )
)
_LONG_LINE = 1000  # characters of a line that are looked at

# Of a value with the wrong type, by the type that is expected.
BY_TYPE: dict[str, str] = {
    "str": 'write one text in quotation marks: "…"',
    "int": "write a whole number",
    "bool": "write true or false, without quotation marks",
    "date": "write a day, year first, such as 2026-03-07",
    "list": "put it in square brackets",
}


def of_line(line: str) -> str:
    """Return the remedy for a line that is not TOML."""
    line = line[:_LONG_LINE]
    if invisible := next(filter(_is_invisible, line), ""):
        return f"delete the invisible character U+{ord(invisible):04X}, or write a plain space"
    return next((remedy for pattern, remedy in _LINES if pattern.match(line)), GENERAL)


def _is_invisible(char: str) -> bool:
    return char not in " \t" and unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Zs")


def of_address(text: str) -> str:
    """Return the remedy for a text that is not the absolute URL of a page."""
    if re.fullmatch(r"(?:mailto:)?[^\s/:@]+@[^\s/:@]+", text, re.I):
        return "write the address of a page; e-mail addresses belong in contact"
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+(?:[/?#].*)?", text, re.A):
        return f"write https://{text}"
    return "such as https://example.org/"


def conflict_line(source: str) -> int | None:
    """Return the line of the first conflict that a merge in Git has left in a text, None if there is none."""
    lines = f"\n{source}"
    start = lines.find("\n<<<<<<< ")
    return lines.count("\n", 0, start) + 1 if start >= 0 and lines.find("\n>>>>>>> ", start) > 0 else None
