"""Splits texts into the words under which papers are found.

static/search/words.js does the same in the browser; both run the table tests/data/search/tokens.json. The rules:

1. Case and accents do not count: Müller is ``muller``, Łukasz ``lukasz``, ß ``ss``, æ ``ae``, ς ``σ``.
2. A word is a run of letters and digits of any script; everything else separates words.
3. An apostrophe joins (O'Brien is ``obrien``), and a possessive 's is left out (Alzheimer's is ``alzheimer``).
4. A single Greek letter is a word: its English name. α-synuclein is ``alpha`` and ``synuclein``, TNFα ``tnf alpha``.
5. Some words have a second form, at the same position: words with an umlaut or a ring (Müller is also ``mueller``,
   Ångström also ``aangstroem``), and two parts with a hyphen between them (co-evolution is also ``coevolution``).
"""

from __future__ import annotations

import re
from unicodedata import normalize

# Words that nearly all abstracts share. Of titles, abstracts, comments and journal references they are not indexed.
_STOP_WORDS = """
    a an and are as at be been between both but by can for from has have how in into is it its may more not of on or
    our such than that the their these this through to using was we were when which while with
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# Combining marks of Latin, Greek, Cyrillic, Hebrew and Arabic script.
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i",
     "ŧ": "t", "ς": "σ", "’": "'", "ʼ": "'", "‘": "'"}
)  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_NAMES = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi
    psi omega
"""
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _NAMES.split(), strict=True))
_SINGLE_GREEK = re.compile("(?<![α-ω])[α-ω](?![α-ω])")
_COMPOUND = re.compile(r"[^\W_]+(?:['\-\u2010\u2011][^\W_]+)*")
_HYPHEN = re.compile(r"[\-\u2010\u2011]")
# Blanks in place of frequent punctuation. This changes no word, and saves a fifth of the time.
_AS_BLANKS = dict.fromkeys(map(ord, '.,;:()[]"?!%/=+'), " ")
_POSSESSIVE = re.compile(r"'s$")


def fold(text: str) -> str:
    """Return a text in lower case, without accents, with plain apostrophes, and single Greek letters by name."""
    if text.isascii():
        return text.lower()
    text = _MARKS.sub("", normalize("NFKD", text).lower()).translate(_LETTERS)
    return _SINGLE_GREEK.sub(lambda letter: f" {_GREEK[letter[0]]} ", text)


def words(text: str) -> tuple[list[str], list[tuple[int, str]]]:
    """Return the words of a text in order, and second forms of some of them, each with the position of its word."""
    found, second_forms = _split(fold(text))
    if not text.isascii():
        lower = normalize("NFC", text).lower()
        if (spelled_out := lower.translate(_UMLAUTS)) != lower:
            # A replaced letter ends no word, so that both readings have the same number of words.
            others, _ = _split(fold(spelled_out))
            pairs = enumerate(zip(found, others, strict=False))
            second_forms += [(position, other) for position, (word, other) in pairs if word != other]
    return found, second_forms


def _split(folded: str) -> tuple[list[str], list[tuple[int, str]]]:
    pieces = folded.translate(_AS_BLANKS).split()
    if all(map(str.isalnum, pieces)):
        return pieces, []
    found: list[str] = []
    joined: list[tuple[int, str]] = []
    for piece in pieces:
        if piece.isalnum():  # as most are
            found.append(piece)
            continue
        for compound in _COMPOUND.findall(piece):
            parts = [_POSSESSIVE.sub("", part).replace("'", "") for part in _HYPHEN.split(compound)]
            if len(parts) == 2:
                joined.append((len(found), "".join(parts)))
            found += parts
    return found, joined
