"""Front matter of a Markdown file: TOML between two lines of ``+++``, at the very beginning.

Front matter in another place or format would be published as text, so it is an error with its line.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from sitegen.errors import ContentError

_FRONT_MATTER = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)

# Code and comments may show examples of front matter, so they are not searched.
_CODE_OR_COMMENT = re.compile(
    r"^[ ]{0,3}(`{3,}|~{3,}).*?(?:^[ ]{0,3}\1[`~]*[ \t]*$|\Z)|^(?: {4}|\t)[^\n]*|<!--.*?(?:-->|\Z)",
    re.DOTALL | re.MULTILINE,
)
# Blanks, and byte order marks beyond the one that is allowed, which some editors add.
_BLANKS = " \t\ufeff\u200b"
_PLUS_FENCE = re.compile(r"\+{2,}[ \t]*(?:toml)?", re.I)
_DASH_FENCE = re.compile(r"-{3,}[ \t]*(?:ya?ml|toml)?|---[ \t]*#.*", re.I)
_KEY = re.compile(r"""(?:"([^"]+)"|'([^']+)'|([\w.-]+))[ \t]*([:=])(?:[ \t]|$)""")
# Keys that this program or others use in front matter. A line with another key may be text, such as "Note: …".
_USUAL_KEYS = frozenset(
    (
        "arxiv",
        "author",
        "authors",
        "categories",
        "date",
        "description",
        "draft",
        "lang",
        "layout",
        "slug",
        "tags",
        "title",
    )
)

_MOVE = "move it to the first line of the file, with nothing before it"
_WRITE_TOML = 'write TOML between two lines of +++: title = "…"'


class Parts(NamedTuple):
    """The front matter of a Markdown file ("" if there is none, otherwise from line 2), and its text."""

    front: str
    body: str
    body_line: int  # on which the text begins


def split(path: Path, source: str) -> Parts:
    """Return the front matter of a file and its text; ContentError if front matter is malformed or misplaced."""
    match = _FRONT_MATTER.match(source)
    front, body = (match[1], source[match.end() :]) if match else ("", source)
    body_line = source.count("\n", 0, match.end()) + 1 if match else 1
    if not match and re.match(r"\+\+\+[ \t]*(?:\n|\Z)", source):
        raise ContentError.at(path, "the front matter has no end", "close it with a line of +++", line=1)
    if mistake := _misplaced(body, at_top=not match):
        line, message, remedy = mistake
        raise ContentError.at(path, message, remedy, line=body_line + line)
    return Parts(front, body, body_line)


def without_code(text: str) -> str:
    """Return a text of as many lines, without blocks of code and comments."""
    return _CODE_OR_COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)


def _misplaced(text: str, *, at_top: bool) -> tuple[int, str, str] | None:
    """Return the line (from 0) of text that looks like front matter, a message and a remedy; None if there is none.

    ``at_top`` is true if the text begins at the beginning of the file, where front matter may be expected.
    """
    blanked = without_code(text)
    lines = [line.strip(_BLANKS) for line in blanked.split("\n")]
    at_top = True  # whether all lines so far are blank
    before_text = True  # whether all lines so far are blank, headings or YAML comments
    for number, line in enumerate(lines):
        if not line:
            continue
        key, follows_at_once = _key_after(lines, number)
        if _PLUS_FENCE.fullmatch(line) and (at_top or (line == "+++" and key)):
            if at_top and line != "+++":
                return number, f"front matter begins with +++ alone, not with {line}", "write +++"
            return number, "front matter is read only where the file begins with it", _MOVE
        if before_text and _DASH_FENCE.fullmatch(line) and key:
            name, sign = key
            if name.lower() in _USUAL_KEYS or (at_top and follows_at_once and sign == ":"):
                return number, _dash_fence_message(sign), _WRITE_TOML
        if at_top and line == "{" and (key or (None, None))[1] == ":":
            return number, "front matter in JSON is not read", _WRITE_TOML
        if at_top and (found := _KEY.match(line)) and found[3] in _USUAL_KEYS and found[4] == "=":
            return number, f"the setting {found[3]} stands outside of front matter", _WRITE_TOML
        at_top = False
        before_text = before_text and line.startswith("#")
        if not before_text and "+++" not in blanked:
            return None
    return None


def _key_after(lines: list[str], number: int) -> tuple[tuple[str, str] | None, bool]:
    """Return key and sign (":" or "=") that begin the next line of text, if any; and whether no blank precedes."""
    for at, line in enumerate(lines[number + 1 :]):
        if line and not line.startswith("#"):
            found = _KEY.match(line)
            name = (found[1] or found[2] or found[3]) if found else ""
            return (name, found[4]) if found else None, "" not in lines[number + 1 : number + 1 + at]
    return None, False


def _dash_fence_message(sign: str) -> str:
    return "front matter in YAML is not read" if sign == ":" else "front matter stands between lines of +++"
