"""Applies one change to many short texts at once: calling it for each text would take most of the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from anyascii import anyascii


class Transliteration(dict[int, str | None]):
    """A table for ``str.translate`` that transliterates each character to ASCII when it first occurs."""

    def __init__(self, convert: Callable[[str], str], given: dict[int, str | None]) -> None:
        """Make a table of the entries ``given``; all others are ``convert`` of the character's ASCII form."""
        super().__init__(given)
        self._convert = convert

    def __missing__(self, code: int) -> str | None:
        # None instead of "": with an empty string, str.translate would not use its fast path for ASCII.
        made = self[code] = self._convert(anyascii(chr(code))) or None
        return made


def map_lines(change: Callable[[str], str], texts: Sequence[str]) -> list[str]:
    """Return ``change`` of each text.

    ``change`` is called with many texts as the lines of one. It must not add or remove newlines, nor match across
    them. Newlines within a text are treated as spaces.
    """
    # ASCII texts are changed separately: the methods of non-ASCII strings are several times slower.
    other = {index: text for index, text in enumerate(texts) if not text.isascii()}
    plain = list(texts)
    for index in other:
        plain[index] = ""
    changed = _change_joined(change, plain)
    for index, text in zip(other, _change_joined(change, list(other.values())), strict=True):
        changed[index] = text
    return changed


def _change_joined(change: Callable[[str], str], texts: list[str]) -> list[str]:
    if not texts:
        return []
    changed = change("\n".join(texts)).split("\n")
    if len(changed) != len(texts):
        changed = change("\n".join([text.replace("\n", " ") for text in texts])).split("\n")
    return changed


def squeezed(text: str, blank: str) -> str:
    """Return lines in which each run of ``blank`` is a single one, and none is at the ends of a line."""
    while blank * 2 in text:
        text = text.replace(blank * 2, blank)
    return text.replace(f"{blank}\n", "\n").replace(f"\n{blank}", "\n").strip(blank)
