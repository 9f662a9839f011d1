"""Features by which papers are compared (terms of title and abstract, authors), and phrases that two papers share."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

from sitegen.incremental.checksum import digest
from sitegen.library.stop_words import STOP_WORDS
from sitegen.models import Paper
from sitegen.text import names, tex

# Of a list with more than _LONG_LIST authors, only the first _AUTHORS_READ are compared.
_LONG_LIST, _AUTHORS_READ = 50, 20
# Limits for hostile feeds, in characters. No title or abstract at arXiv is as long.
_TITLE_READ, _ABSTRACT_READ = 400, 6000
_PHRASES = 3  # at most, in a reason
_TERMS_READ = 4  # the heaviest shared terms, of which phrases are made
_WORDS = 5  # at most, of a phrase
_LIGHTER = 4  # a phrase of so many times less weight than the first is not named
_NO_TERM = bytes(4)  # a code

# A word, with the hyphen that joins it to the next one, or a sign between words.
_WORD = re.compile(r"\w+(?:['’]\w+)*[-‐‑–]?|[^\w\s]")
_FORMULA = re.compile(r"\$[^$]*\$")
_HYPHENS = "-‐‑–"
_BREAK = "."  # between title and abstract
_SENTENCE_ENDS = frozenset(".:?!")
# Common endings, each with the least length in letters of a word that loses it.
_ENDINGS = (("ing", 6), ("ed", 5), ("ly", 6))
# In a reason they stand only beside another word.
_NOTHING_ALONE = """
action activity analysis base behavior brain break cell disease dynamics equation error factor function human
information learning limit matter maximum mean model network neural neuron neuronal place population potential
protein rate response scale self signal single state strategy structure system time type whole work world
"""


class Text(NamedTuple):
    """The words of a title, a break, and the words of an abstract, with the code of each term.

    All papers are kept in memory during a search, so both are packed.
    """

    words: str  # as written, and signs between words, each on a line
    codes: bytes  # 4 bytes each; 0 for words that are no terms, and for signs
    title: int  # number of words of the title

    def title_terms(self) -> set[int]:
        """Return the codes of the terms of the title."""
        return {*array("I", self.codes[: 4 * self.title])} - {0}


class Features(NamedTuple):
    """What is compared of a paper, packed in bytes in the order of the machine that runs."""

    terms: bytes  # codes in ascending order, 4 bytes each
    counts: bytes  # how often each term occurs, 1 byte each; words of the title count twice
    authors: bytes  # codes, AUTHOR_BYTES each


AUTHOR_BYTES = 8


def stem(word: str) -> str:
    """Return a word in lower case without common endings: ``oscillat`` for oscillates, oscillated, oscillating."""
    word = word.lower().rstrip(_HYPHENS).replace("’", "'").removesuffix("'s")
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and len(word) > 3 and word[-2] not in "sui":
        word = word[:-1]
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) >= least:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    if len(word) > 4 and word[-1] in "ey":
        word = word[:-1] + ("i" if word[-1] == "y" else "")
    return word


class _Codes(dict[str, int]):
    """The code of each word as written: a checksum of its stem, or 0 for stop words, short words and signs."""

    def __missing__(self, word: str) -> int:
        root = stem(word)
        is_term = len(root) > 2 and root not in _STOPS and not word[0].isdigit()
        code = self[word] = crc32(root.encode()) if is_term else 0
        return code


_STOPS = frozenset(map(stem, STOP_WORDS.split()))
_GENERAL = frozenset(crc32(stem(word).encode()) for word in _NOTHING_ALONE.split())
_CODES = _Codes()


def read(paper: Paper) -> Text:
    """Return the words of a paper's title and abstract, without formulas."""
    title = _WORD.findall(plain(paper.title[:_TITLE_READ]))
    words = [*title, _BREAK, *_WORD.findall(plain(paper.abstract[:_ABSTRACT_READ]))]
    return Text("\n".join(words), array("I", map(_CODES.__getitem__, words)).tobytes(), len(title))


def plain(text: str) -> str:
    """Return a text without formulas and, if it has commands of TeX, in Unicode."""
    if "\\" not in text:
        text = _FORMULA.sub(" ", text) if "$" in text else text
    else:
        pieces = tex.pieces(text, scripts=False)
        text = "".join([source if kind == "text" else " " for kind, source in pieces])
    # "Fine-tuning" becomes one word, a stop word, because "tuning" alone is a term of neuroscience.
    return text.replace("ine-tun", "inetun")


def features(text: Text, authors: Mapping[bytes, str]) -> Features:
    """Return the features of a paper with this text and these authors."""
    codes = array("I", text.codes)
    counts = Counter(codes + codes[: text.title])
    del counts[0]  # there is at least one: _BREAK
    terms = sorted(counts)
    return Features(
        terms=array("I", terms).tobytes(),
        counts=bytes([min(counts[code], 255) for code in terms]),
        authors=b"".join(sorted(authors)),
    )


def authors(paper: Paper) -> dict[bytes, str]:
    """Return the printed name of each author by code."""
    credits = paper.credits if len(paper.credits) <= _LONG_LIST else paper.credits[:_AUTHORS_READ]
    named = [credit.name for credit in credits if credit.name.family]
    keys = names.person_keys(named)
    found: dict[bytes, str] = {}
    for key, name in zip(keys, named, strict=True):
        found.setdefault(digest(key.encode())[:AUTHOR_BYTES], name.printed)
    return found


class Phrases:
    """A text of which the phrases are looked for in other texts."""

    def __init__(self, text: Text) -> None:
        self._words, self._codes, self._title = text.words.split("\n"), text.codes, text.title
        codes = array("I", text.codes)
        codes.reverse()  # of a term that comes twice, the first place is kept
        self._first = dict(zip(codes, range(len(codes) - 1, -1, -1), strict=True))

    def shared(self, other: Text, weights: Mapping[int, int]) -> tuple[str, ...]:
        """Return up to three phrases that the other text has too, the weightiest first, spelled as in this one.

        ``weights`` are those of the terms that both texts have. The weight of a phrase is the sum of its terms';
        phrases of much less weight than the first are left out.
        """
        ranked = []
        for phrase, place in self._runs(other.codes, weights).items():
            weight = sum([weights.get(code, 0) for code in phrase])
            ranked.append((len(phrase) == 1 and phrase[0] in _GENERAL, -weight, place, phrase))
        ranked.sort()
        is_general, heaviest, _, _ = ranked[0]
        named: set[int] = set()
        phrases: list[str] = []
        for general, weight, place, phrase in ranked:
            if general > is_general or weight > heaviest / _LIGHTER or len(phrases) == _PHRASES:
                break
            if named.isdisjoint(phrase):
                spelled = self._spelled(place, phrase, other)
                if not any(spelled in known for known in phrases):
                    phrases.append(spelled)
                    named.update(phrase)
        return tuple(phrases)

    def _runs(self, theirs: bytes, weights: Mapping[int, int]) -> dict[tuple[int, ...], int]:
        """Return the longest runs of terms that hold a shared one and stand in both texts, with their places here."""
        ours, first, end = self._codes, self._first, 0
        terms = sorted(weights, key=lambda code: (-weights[code], first[code]))[:_TERMS_READ]
        found: dict[tuple[int, ...], int] = {}
        for place in sorted([first[code] for code in terms]):
            if place < end:
                continue
            start, end = place, place + 1
            # A run holds each term that comes before or after the same one in both texts. Codes have 4 bytes.
            while start and (pair := ours[4 * start - 4 : 4 * start + 4])[:4] != _NO_TERM and pair in theirs:
                start -= 1
            while (pair := ours[4 * end - 4 : 4 * end + 4])[4:] not in (_NO_TERM, b"") and pair in theirs:
                end += 1
            start = max(start, place + 1 - _WORDS)
            end = min(end, start + _WORDS)
            found.setdefault(tuple(array("I", ours[4 * start : 4 * end])), start)
        return found

    def _spelled(self, start: int, phrase: Sequence[int], other: Text) -> str:
        """Return the words of a phrase that begins at a place, with the capitals that they have within a sentence.

        Words before it that a hyphen joins to it are added if the other text has them.
        """
        words = self._words[start : start + len(phrase)]
        if not "".join(words).islower():
            words = [self._within_sentence(place, code) for place, code in enumerate(phrase, start)]
        while start and (before := self._words[start - 1])[-1] in _HYPHENS and f"{before}\n" in other.words:
            start -= 1  # small-world, integrate-and-fire
            words.insert(0, before.lower() if before[1:].islower() else before)
        spelled = " ".join(words)
        for hyphen in _HYPHENS:
            spelled = spelled.replace(f"{hyphen} ", hyphen)
        return spelled.rstrip(_HYPHENS).replace("’", "'").removesuffix("'s")

    def _within_sentence(self, place: int, code: int) -> str:
        """Return a word as it is written within a sentence: names keep their capital (Hopfield, fMRI)."""
        words, title = self._words, self._title
        word, lower = words[place], words[place].lower()
        if word == lower or not word.rstrip(_HYPHENS).isalpha():  # Ca2+
            return word
        if word[1:] != lower[1:]:  # NMDA, fMRI; or a title in capitals
            is_shouted = place < title and all(other == other.upper() for other in words[:title])
            return lower if is_shouted else word
        places = self._places(code)
        if any(words[other][0].islower() for other in places):
            return lower
        if any(other > title and words[other - 1] not in _SENTENCE_ENDS for other in places):
            return word
        is_sentence = any(words[other][0].islower() and _CODES[words[other]] for other in range(title))
        return word if is_sentence and 0 < place < title else lower

    def _places(self, code: int) -> list[int]:
        """Return all places of a term."""
        places, packed, at = [], array("I", [code]).tobytes(), -1
        while (at := self._codes.find(packed, at + 1)) >= 0:
            if at % 4 == 0:
                places.append(at // 4)
        return places
