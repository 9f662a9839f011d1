"""Rejoins words that were hyphenated at a line's end in print and pasted with hyphen and space: «net- works»."""

from __future__ import annotations

import re

_BROKEN = re.compile(r"(?<![\w\\-])([^\W\d_]{2,})-[ \n](?!(?:and|or|to)\b)([^\W\d_]{2,})(?![\w-])")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def rejoined(text: str, context: str) -> str:
    """Return the text with its broken words rejoined.

    A word is rejoined only if ``context`` contains it unbroken, with the hyphen (conductance-based) or without
    (networks). «pre- and post-synaptic» and words that ``context`` does not contain stay unchanged.
    """
    if ("- " not in text and "-\n" not in text) or not _BROKEN.search(text):
        return text
    words = {word.lower() for word in _WORD.findall(context)}

    def rejoin(found: re.Match[str]) -> str:
        first, second = found.groups()
        for joined in (first + second, f"{first}-{second}"):
            if joined.lower() in words:
                return joined
        return found[0]

    return _BROKEN.sub(rejoin, text)
