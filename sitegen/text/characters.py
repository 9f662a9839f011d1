"""Characters that no text of a paper needs, control characters and invisible ones, and white space.

Text copied from PDF files and web pages contains soft hyphens, zero-width spaces and direction marks. They make two
equal words differ (in searches, citation keys and names), and direction marks reverse the text that follows.
"""

from __future__ import annotations

import re

# Members of a character class of a regular expression, as in f"[{CONTROLS}]".
CONTROLS = "\x00-\x1f\x7f-\x9f"  # Unicode's category Cc: C0, DEL and C1
ASCII_CONTROLS = "\x00-\x08\x0b-\x1f\x7f"  # those of ASCII except tab and line feed
NOT_CHARACTERS = (
    "\ud800-\udfff\ufffe\uffff"  # surrogates, and two of the code points reserved for no character
)
NOT_IN_XML = f"\x00-\x08\x0b\x0c\x0e-\x1f{NOT_CHARACTERS}"  # all that XML 1.0 excludes (section 2.2, Char)

_NOT_IN_XML = re.compile(f"[{NOT_IN_XML}]")
# The control characters that XML allows beside white space; NEL (U+0085) ends a line.
_XML_CONTROLS = dict.fromkeys((0x7F, *range(0x80, 0xA0))) | {0x85: " "}

# Scripts in which U+200C and U+200D control how letters join or which conjunct is shown (The Unicode Standard, 9.2,
# 12.1, 23.2): Arabic to Arabic Extended-A, the scripts of India and South-East Asia, Mongolian, Arabic presentation
# forms, and scripts of the supplementary planes, such as Adlam.
_JOINING = "\u0600-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefe" + (
    "\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
_EMOJI = "\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff"
# Letters and signs of Latin, Greek and Cyrillic texts: a variation selector after one of them has no effect. © and ®
# are left out because they are emoji too.
_WITHOUT_VARIANTS = "\x00-\xa8\xaa-\xad\xaf-\u052f\u1e00-\u206f"

_TAGS = "\U000e0020-\U000e007e"

# A single character class: searching for it is twelve times as fast as for a pattern that includes _NEEDED.
_INVISIBLE = re.compile(
    "["
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # soft hyphen, grapheme joiner, fillers
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f"  # zero-width spaces, joiners, direction marks, invisible operators
    "\u3164\ufeff\uffa0\ufff0-\ufffb\ufe00-\ufe0f"  # fillers, byte order mark, annotation marks, variation selectors
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    f"\ufdd0-\ufdef{NOT_CHARACTERS}"
    rf"](?:[{_TAGS}]*\U000e007f)?"
)
_NEEDED = re.compile(
    rf"""
    (?<=[{_JOINING}])[\u200c\u200d] | \u200d(?=[{_JOINING}])  # می‌خواهم, क्‍ष
    | (?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])               # 👩‍🔬
    | (?<=[^{_WITHOUT_VARIANTS}])[\ufe00-\ufe0f]              # ❤️
    | [\ufe00-\ufe0f](?=\u20e3)                               # 1️⃣
    | (?<=[\u1820-\u1842\u1887])\u180e(?=[\u1820\u1821])      # a separated Mongolian vowel
    | (?<=\U0001f3f4)[{_TAGS}]+\U000e007f                     # the flag of a region: England
    """,
    re.VERBOSE,
)


def visible(text: str) -> str:
    """Return the text without invisible characters: format characters, direction marks, byte order marks.

    The joiners U+200C and U+200D stay where a script (Persian, Hindi) or an emoji needs them. White space of any
    width and control characters stay too.
    """
    return text if text.isascii() else _INVISIBLE.sub(_needed, text)


def clean(text: str) -> str:
    """Return text from an XML document without control characters (except white space) and invisible characters."""
    if text.isascii():  # XML excludes all other ASCII controls
        return text.replace("\x7f", "")
    return visible(text.translate(_XML_CONTROLS))


def one_line(text: str) -> str:
    """Return the text with each run of white space replaced by one space, and none at its ends."""
    # Testing whether an abstract has to be split takes a fifth of the time of splitting it.
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(text.split())


def folded(text: str) -> str:
    """Return text from an XML document on one line, without control characters and invisible characters."""
    return one_line(clean(text))


def writable(text: str) -> str:
    """Return the text without the characters that XML 1.0 cannot contain."""
    return _NOT_IN_XML.sub("", text)


def _needed(found: re.Match[str]) -> str:
    """Return the invisible characters that were found if they are needed where they stand, or else ""."""
    needed = _NEEDED.match(found.string, found.start())
    return needed[0] if needed else ""
