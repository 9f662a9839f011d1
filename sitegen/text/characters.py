"""Which characters of a text a reader can see; the others are removed.

Copies from PDF files and web pages carry soft hyphens, zero-width blanks and marks of direction. They make two
equal words different (in searches, citation keys and names), and marks of direction reverse the text that follows.
"""

from __future__ import annotations

import re

# Scripts whose letters join, or whose conjuncts are chosen, by U+200C and U+200D (The Unicode Standard, 9.2, 12.1,
# 23.2): Arabic to Arabic Extended-A, the scripts of India and South-East Asia, Mongolian, Arabic presentation forms,
# and those of the supplementary planes, Adlam among them.
_JOINING = "\u0600-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefe" + (
    "\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
_EMOJI = "\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff"
# Letters and signs of Latin, Greek and Cyrillic texts: a variation selector behind one of them means nothing. © and ®
# are left out, because they are emoji too.
_WITHOUT_VARIANTS = "\x00-\xa8\xaa-\xad\xaf-\u052f\u1e00-\u206f"

_TAGS = "\U000e0020-\U000e007e"

# One set of characters, for which the search is twelve times as fast as for what is needed and what is not.
_INVISIBLE = re.compile(
    "["
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # soft hyphen, grapheme joiner, fillers
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f"  # zero-width blanks, joiners, direction, invisible operators
    "\u3164\ufeff\uffa0\ufff0-\ufffb\ufe00-\ufe0f"  # fillers, byte order mark, annotation marks, variants
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"  # no characters at all
    rf"](?:[{_TAGS}]*\U000e007f)?"
)
_NEEDED = re.compile(
    rf"""
    (?<=[{_JOINING}])[\u200c\u200d] | \u200d(?=[{_JOINING}])  # می‌خواهم, क्‍ष
    | (?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])               # 👩‍🔬
    | (?<=[^{_WITHOUT_VARIANTS}])[\ufe00-\ufe0f]              # ❤️
    | [\ufe00-\ufe0f](?=\u20e3)                               # 1️⃣
    | (?<=[\u1820-\u1842\u1887])\u180e(?=[\u1820\u1821])      # a vowel of Mongolian that stands apart
    | (?<=\U0001f3f4)[{_TAGS}]+\U000e007f                     # the flag of a region: England
    """,
    re.VERBOSE,
)


def visible(text: str) -> str:
    """Return the text without characters that show nothing: those of format, direction and byte order.

    The joiners U+200C and U+200D stay where a script (Persian, Hindi) or an emoji needs them. Blanks of any width and
    control characters are left alone.
    """
    return text if text.isascii() else _INVISIBLE.sub(_needed, text)


def _needed(found: re.Match[str]) -> str:
    needed = _NEEDED.match(found.string, found.start())
    return needed[0] if needed else ""
