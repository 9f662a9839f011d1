"""Features by which papers are compared (terms of title and abstract, authors), and phrases that two papers share."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from sys import intern
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
# A word of the title counts as often as two of the abstract.
_TITLE_WEIGHT = 2
_PHRASES = 3  # at most, in a reason
# Phrases are made of so many of the heaviest shared terms, at so many of the first places of each.
_TERMS_READ, _PLACES_READ = 5, 3
_LIGHTER = 4  # a phrase of so many times less weight than the first is not named
_NO_TERM = bytes(4)  # a code

# A word, with the hyphen that joins it to the next one, or a sign between words. "Fine-tuning" is one word, because
# "tuning" alone is a term of neuroscience.
_WORD = re.compile(r"fine[-\s]tun\w+|\w+(?:['’]\w+)*[-‐‑–]?|[^\w\s]")
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
    """The words of a title, a break, and the words of an abstract, with the code of each term."""

    words: list[str]  # as written, and signs between words
    codes: bytes  # 4 bytes each; 0 for words that are no terms, and for signs
    title: int  # number of words of the title

    def places(self) -> dict[int, list[int]]:
        """Return the places of each term."""
        places: dict[int, list[int]] = {}
        for place, code in enumerate(array("I", self.codes)):
            if code:
                places.setdefault(code, []).append(place)
        return places

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
        is_term = (
            len(root) > 2 and root not in _STOPS and not word[0].isdigit() and not word.startswith("fine")
        )
        code = self[word] = crc32(root.encode()) if is_term else 0
        return code


_STOPS = frozenset(map(stem, STOP_WORDS.split()))
_GENERAL = frozenset(crc32(stem(word).encode()) for word in _NOTHING_ALONE.split())
_CODES = _Codes()


def read(paper: Paper) -> Text:
    """Return the words of a paper's title and abstract, without formulas."""
    title = _WORD.findall(_plain(paper.title[:_TITLE_READ]))
    # Interned, because the words of all papers are kept during a search.
    words = list(map(intern, [*title, _BREAK, *_WORD.findall(_plain(paper.abstract[:_ABSTRACT_READ]))]))
    return Text(words, array("I", map(_CODES.__getitem__, words)).tobytes(), len(title))


def _plain(text: str) -> str:
    if tex.is_plain(text):
        return text
    return "".join([source if kind == "text" else " " for kind, source in tex.pieces(text, scripts=False)])


def features(text: Text, authors: Mapping[bytes, str]) -> Features:
    """Return the features of a paper with this text and these authors."""
    all_codes = array("I", text.codes)
    counts = Counter(all_codes)
    for code in all_codes[: text.title]:
        counts[code] += _TITLE_WEIGHT - 1
    del counts[0]  # there is at least one: _BREAK
    codes = sorted(counts)
    return Features(
        terms=array("I", codes).tobytes(),
        counts=bytes([min(counts[code], 255) for code in codes]),
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


def shared_phrases(
    ours: Text, of_term: Mapping[int, Sequence[int]], theirs: Text, weights: Mapping[int, int]
) -> tuple[str, ...]:
    """Return up to three phrases that both texts have, the weightiest first, spelled as in ``ours``.

    ``of_term`` are the places of each term in ``ours``, and ``weights`` those of the terms that both texts have. The
    weight of a phrase is the sum of its terms'; phrases of much less weight than the first are left out.
    """
    terms = sorted(weights, key=lambda code: (-weights[code], code))[:_TERMS_READ]
    found = _phrases(
        ours.codes, sorted([place for code in terms for place in of_term[code][:_PLACES_READ]]), theirs.codes
    )
    heavy = {phrase: sum([weights.get(code, 0) for code in phrase]) for phrase in found}
    general = {phrase for phrase in found if len(phrase) == 1 and phrase[0] in _GENERAL}
    ranked = sorted(found, key=lambda phrase: (phrase in general, -heavy[phrase], found[phrase]))
    if len(general) < len(found):
        ranked = ranked[: len(found) - len(general)]
    least = heavy[ranked[0]] / _LIGHTER
    named: set[int] = set()
    phrases: list[str] = []
    for phrase in ranked:
        if len(phrases) < _PHRASES and heavy[phrase] >= least and named.isdisjoint(phrase):
            spelled = _spelled(ours, of_term, theirs, found[phrase], phrase)
            if not any(spelled in other for other in phrases):
                phrases.append(spelled)
                named.update(phrase)
    return tuple(phrases)


def _phrases(ours: bytes, places: Sequence[int], theirs: bytes) -> dict[tuple[int, ...], int]:
    """Return the longest runs of terms that hold a shared one and stand in both texts, with their places in ``ours``.

    ``places`` are those of shared terms in ``ours``, ascending. The texts are codes of 4 bytes each.
    """
    found: dict[tuple[int, ...], int] = {}
    end = 0
    for place in places:
        if place < end:
            continue
        start, end = place, place + 1
        # A run goes on with each term that follows the same one in both texts. It begins with any such term too.
        while start and (pair := ours[4 * start - 4 : 4 * start + 4])[:4] != _NO_TERM and pair in theirs:
            start -= 1
        while (pair := ours[4 * end - 4 : 4 * end + 4])[4:] not in (_NO_TERM, b"") and pair in theirs:
            end += 1
        found.setdefault(tuple(array("I", ours[4 * start : 4 * end])), start)
    return found


def _spelled(
    text: Text, of_term: Mapping[int, Sequence[int]], theirs: Text, start: int, phrase: Sequence[int]
) -> str:
    """Return the words of a phrase that begins at a place, with the capitals that they have within a sentence.

    Words before it that a hyphen joins to it are added if ``theirs`` has them.
    """
    words = [_within_sentence(text, place, of_term[code]) for place, code in enumerate(phrase, start)]
    while start and (before := text.words[start - 1])[-1] in _HYPHENS and before in theirs.words:
        start -= 1  # small-world, integrate-and-fire
        words.insert(0, before.lower() if before[1:].islower() else before)
    joined = " ".join(words)
    for hyphen in _HYPHENS:
        joined = joined.replace(f"{hyphen} ", hyphen)
    return joined.rstrip(_HYPHENS).replace("’", "'").removesuffix("'s")


def _within_sentence(text: Text, place: int, places: Sequence[int]) -> str:
    """Return a word as it is written within a sentence: names keep their capital (Hopfield, fMRI).

    ``places`` are all places of the term.
    """
    words, title = text.words, text.title
    word, lower = words[place], words[place].lower()
    if word == lower or not word.rstrip(_HYPHENS).isalpha():  # Ca2+
        return word
    if word[1:] != lower[1:]:  # NMDA, fMRI; or a title in capitals
        is_shouted = place < title and all(other == other.upper() for other in words[:title])
        return lower if is_shouted else word
    if any(words[other][0].islower() for other in places):
        return lower
    if any(other > title and words[other - 1] not in _SENTENCE_ENDS for other in places):
        return word
    codes = array("I", text.codes[: 4 * title])
    is_sentence = any(other[0].islower() and code for other, code in zip(words, codes, strict=False))
    return word if is_sentence and 0 < place < title else lower
