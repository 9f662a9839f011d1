"""Words that a line's end has broken in print, and that were pasted with hyphen and blank: «net- works»."""

from __future__ import annotations

import re

_BROKEN = re.compile(r"(?<![\w\\-])([^\W\d_]{2,})-[ \n](?!(?:and|or|to)\b)([^\W\d_]{2,})(?![\w-])")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def rejoined(text: str, context: str) -> str:
    """Return the text with its broken words whole.

    A word is joined only where ``context`` has it whole in another place, with the hyphen (conductance-based) or
    without (networks). «pre- and post-synaptic» and words that are nowhere else stay as they are.
    """
    if ("- " not in text and "-\n" not in text) or not _BROKEN.search(text):
        return text
    words = {word.lower() for word in _WORD.findall(context)}

    def whole(found: re.Match[str]) -> str:
        first, second = found.groups()
        for joined in (first + second, f"{first}-{second}"):
            if joined.lower() in words:
                return joined
        return found[0]

    return _BROKEN.sub(whole, text)
