"""Features by which papers are compared (terms of title and abstract, authors), and phrases that two papers share."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
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

# A word, with the hyphen that joins it to the next one, or a sign between words. "Fine-tuning" is one word, because
# "tuning" alone is a term of neuroscience.
_WORD = re.compile(r"fine[-\s]tun\w+|[^\W\d_][^\W_]*(?:['’][^\W_]+)*[-‐‑–]?|[^\w\s]|\d+")
_HYPHENS = "-‐‑–"
_BREAK = "."  # between title and abstract
_SENTENCE_ENDS = frozenset(".:?!")
# Common endings, each with the least length in letters of a word that loses it.
_ENDINGS = (("ing", 6), ("ed", 5), ("ly", 6))
# In a reason they stand only beside another word.
_NOTHING_ALONE = """
activity analysis behavior brain cell disease dynamics human information learning model network neural neuron neuronal
population protein response signal strategy structure
"""


class Text(NamedTuple):
    """The words of a title, a break, and the words of an abstract, with the code of each term."""

    words: list[str]  # as written, and signs between words
    codes: array[int]  # 0 for words that are no terms, and for signs
    title: int  # number of words of the title


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
        is_term = len(root) > 2 and root not in _STOPS and not word[0].isdigit() and not word.startswith("fine")
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
    return Text(words, array("I", map(_CODES.__getitem__, words)), len(title))


def _plain(text: str) -> str:
    if tex.is_plain(text):
        return text
    return "".join([source if kind == "text" else " " for kind, source in tex.pieces(text, scripts=False)])


def features(text: Text, authors: Mapping[bytes, str]) -> Features:
    """Return the features of a paper with this text and these authors."""
    counts = Counter(text.codes)
    for code in text.codes[: text.title]:
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


def shared_phrases(ours: Text, theirs: Text, weights: Mapping[int, int]) -> tuple[str, ...]:
    """Return up to three phrases that both texts have, the weightiest first, spelled as in ``ours``.

    ``weights`` are those of the terms that both have, by code; the weight of a phrase is the sum of its terms'.
    Phrases that are in both titles, or twice in a text, come before others: the papers are about them.
    """
    common = {pair for pair in pairwise(theirs.codes) if pair[0] in weights and pair[1] in weights}
    places = _runs(ours.codes, weights.__contains__, common.__contains__)
    subjects = _subjects(ours) & _subjects(theirs)
    ranked = sorted(
        places,
        key=lambda phrase: (
            len(phrase) == 1 and phrase[0] in _GENERAL,
            not any(code in subjects for code in phrase),
            -sum([weights[code] for code in set(phrase)]),
            phrase,
        ),
    )
    chosen: list[tuple[int, ...]] = []
    for phrase in ranked:
        if len(chosen) == _PHRASES or (chosen and len(phrase) == 1 and phrase[0] in _GENERAL):
            break
        if not any(set(phrase) & set(other) for other in chosen):
            chosen.append(phrase)
    return tuple([_spelled(ours, places[phrase], len(phrase)) for phrase in chosen])


def _subjects(text: Text) -> set[int]:
    """Return the codes of the terms that are in the title or more than once in the abstract."""
    once: set[int] = set()
    subjects = set(text.codes[: text.title])
    for code in text.codes[text.title :]:
        (subjects if code in once else once).add(code)
    return subjects


def _runs(
    codes: Sequence[int], is_shared: Callable[[int], bool], is_pair: Callable[[tuple[int, int]], bool]
) -> dict[tuple[int, ...], int]:
    """Return the longest runs of shared terms of which each adjacent two are a pair, with their first places."""
    found: dict[tuple[int, ...], int] = {}
    run: list[int] = []
    for place, code in enumerate([*codes, 0]):
        if run and not (is_shared(code) and is_pair((run[-1], code))):
            found.setdefault(tuple(run), place - len(run))
            run = []
        if is_shared(code):
            run.append(code)
    return found


def _spelled(text: Text, start: int, length: int) -> str:
    """Return the words of a phrase, with the capitals that they have within a sentence."""
    words = [_within_sentence(text, place) for place in range(start, start + length)]
    phrase = " ".join(words)
    for hyphen in _HYPHENS:
        phrase = phrase.replace(f"{hyphen} ", hyphen)
    return phrase.rstrip(_HYPHENS).replace("’", "'").removesuffix("'s")


def _within_sentence(text: Text, place: int) -> str:
    """Return a word as it is written within a sentence: names keep their capital (Hopfield, fMRI)."""
    word, words = text.words[place], text.words
    if word == word.lower():
        return word
    if word[1:] != word[1:].lower():  # NMDA, fMRI; or a title in capitals
        shouted = place < text.title and all(other == other.upper() for other in words[: text.title])
        return word.lower() if shouted else word
    code = text.codes[place]
    others = [other for other, known in enumerate(text.codes) if known == code]
    if any(words[other][0].islower() for other in others):
        return word.lower()
    if any(other > text.title and words[other - 1] not in _SENTENCE_ENDS for other in others):
        return word
    title = words[: text.title]
    in_sentence_case = any(other[0].islower() and code for other, code in zip(title, text.codes, strict=False))
    return word if in_sentence_case and 0 < place < text.title else word.lower()
