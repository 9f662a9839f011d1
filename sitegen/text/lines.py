"""The same change to many short texts in one go: made to each alone, the calls would take most of the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from anyascii import anyascii


class Letters(dict[int, str | None]):
    """A table for ``str.translate``: what becomes of a character, once it has been made ASCII; found when needed."""

    def __init__(self, become: Callable[[str], str], given: dict[int, str | None]) -> None:
        """Begin with what is ``given``; of all else, ``become`` tells what becomes of its ASCII form."""
        super().__init__(given)
        self._become = become

    def __missing__(self, code: int) -> str | None:
        # None, not "": with that, str.translate would leave its fast path for ASCII.
        made = self[code] = self._become(anyascii(chr(code))) or None
        return made


def each(change: Callable[[str], str], texts: Sequence[str]) -> list[str]:
    """Return what becomes of each text by a change that leaves line ends alone, and sees no further than to one.

    Line ends within a text count as blanks.
    """
    # ASCII apart from the rest, for which the methods of strings are several times slower.
    other = {index: text for index, text in enumerate(texts) if not text.isascii()}
    plain = list(texts)
    for index in other:
        plain[index] = ""
    changed = _together(change, plain)
    for index, text in zip(other, _together(change, list(other.values())), strict=True):
        changed[index] = text
    return changed


def _together(change: Callable[[str], str], texts: list[str]) -> list[str]:
    if not texts:
        return []
    changed = change("\n".join(texts)).split("\n")
    if len(changed) != len(texts):
        changed = change("\n".join([text.replace("\n", " ") for text in texts])).split("\n")
    return changed


def squeezed(text: str, blank: str) -> str:
    """Return lines without blanks at their ends, and with single ones elsewhere."""
    while blank * 2 in text:
        text = text.replace(blank * 2, blank)
    return text.replace(f"{blank}\n", "\n").replace(f"\n{blank}", "\n").strip(blank)
