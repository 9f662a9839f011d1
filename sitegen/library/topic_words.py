"""The words of a paper in which topics are looked for, and the topics that a paper is about."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from sitegen.library.features import plain, stem
from sitegen.library.stop_words import STOP_WORDS
from sitegen.models import Paper

LONGEST = 4  # words of a term
BREAK = 0  # number of a word that no term has: a stop word, a sign, the end of a title
# Limits for hostile feeds, in characters. No title or abstract at arXiv is as long.
_TITLE_READ, _ABSTRACT_READ = 400, 6000
# A paper is about a topic that its title names, or its abstract so many times.
TIMES = 2

# A word, with the hyphen that joins it to the next one, or a sign between words.
_WORD = re.compile(r"\w+(?:['’]\w+)*[-‐‑–]?|[^\w\s]")
HYPHENS = "-‐‑–"
# Stop words that are parts of well-known terms: graph theory, long-term potentiation, local field potential.
_IN_TERMS = """
component dynamic dynamical first global independent linear local long make making principal process series
short small term theory
"""
_SHORT_STOPS = """
a al am an as at be by co de do el et he ie if ii in is it iv la le me my no of on or ph re so to un up us vs we
theoretic
"""
_NO_WORDS = {*map(stem, STOP_WORDS.split()), *_SHORT_STOPS.split()} - {*map(stem, _IN_TERMS.split())}
_JOINED = frozenset(["and-", "and‐", "and‑", "and–"])  # integrate-and-fire neuron
_SHORTEST, _LONGEST = 3, 40  # letters of a word; an acronym may be shorter
_WITH_E = 4  # letters of words from which ``stem`` does not take the final e
# Not left to the rules: a rate is no rat, and neuronal networks are networks of neurons.
_STEMS = {"rate": "rate", "rates": "rate", "neuronal": "neuron"}


class Words(dict[str, int]):
    """The number of each word as written; words get one when they are first asked for."""

    def __init__(self) -> None:
        super().__init__({"": BREAK})
        self.words: list[str] = [""]
        self.stems: list[str] = [""]  # of each word; empty if no term has the word

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        self.stems.append(_stem(word))
        return number

    def read(self, paper: Paper) -> tuple[array[int], int]:
        """Return the numbers of the words of a title, a break, those of an abstract, and a break.

        The second value is the number of words of the title.
        """
        title = _WORD.findall(plain(paper.title[:_TITLE_READ]))
        words = [*title, "", *_WORD.findall(plain(paper.abstract[:_ABSTRACT_READ])), ""]
        return array("I", map(self.__getitem__, words)), len(title)


def stems(phrase: str) -> tuple[str, ...]:
    """Return the stems of the words of a phrase; two phrases with the same stems are forms of one."""
    return tuple(map(_stem, _WORD.findall(phrase)))


@lru_cache(maxsize=1 << 16)  # an archive of 11,803 papers has 55,000 words
def _stem(word: str) -> str:
    """Return what all forms of a word have in common, or an empty text for a word that no term has."""
    bare = word.rstrip(HYPHENS)
    if not bare or not bare[0].isalpha() or len(bare) > _LONGEST:
        return ""
    if word in _JOINED:
        return bare
    lower = bare.lower()
    plain_root = stem(bare)
    if not _NO_WORDS.isdisjoint((lower, plain_root)):
        return ""
    root = _STEMS.get(lower) or plain_root
    if lower not in _STEMS and len(root) == _WITH_E and root.endswith("e"):
        root = root[:-1]
    if len(root) > _WITH_E:
        root = root.replace("isation", "ization")
        root = f"{root[:-3]}or" if root.endswith("our") else root  # tumour
    is_acronym = len(bare) > 1 and bare.isupper()
    return root if len(root) >= _SHORTEST or is_acronym else ""


class Topic(msgspec.Struct, frozen=True, array_like=True):
    """A recurring term."""

    slug: str
    name: str  # as most of the oldest papers spell it
    also: str  # its acronym, or what its name is the acronym of, or empty
    forms: tuple[tuple[str, ...], ...]  # stems of its name, and of its other forms
    papers: int  # that were about its name when it was chosen; 1 at least


class Matcher:
    """Finds topics in the words of papers."""

    def __init__(self, topics: Sequence[Topic], words: Words) -> None:
        """``words`` has read all papers that are asked for."""
        self._stems = words.stems
        self._starts: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, topic in enumerate(topics):
            for form in topic.forms:
                self._starts.setdefault(form[0], []).append((form, number))
        for forms in self._starts.values():  # the longest first
            forms.sort(key=lambda known: (-len(known[0]), known))
        self._first = {number for number, stem in enumerate(words.stems) if stem in self._starts}

    def topics(self, numbers: Sequence[int], title: int) -> tuple[int, ...]:
        """Return the numbers of the topics that a paper is about: those of its title, then the most frequent.

        The words are given as by ``Words.read``. Of topics of which one holds the other, only the longer counts.
        """
        stems, first = self._stems, self._first
        found: Counter[int] = Counter()
        in_title: list[int] = []
        last_form: tuple[str, ...] = ()
        end, last = 0, -1  # of the term before: the place behind it, and its topic
        for place in [place for place, number in enumerate(numbers) if number in first]:
            if place < end:
                continue
            ahead = tuple([stems[number] for number in numbers[place : place + LONGEST]])
            for form, topic in self._starts[ahead[0]]:
                if ahead[: len(form)] == form:
                    # An acronym in brackets behind what it stands for is the same mention.
                    found[topic] += topic != last or form == last_form or place > end + 1
                    end, last, last_form = place + len(form), topic, form
                    if place < title:
                        in_title.append(topic)
                    break
        often = [topic for topic, times in found.most_common() if times >= TIMES]
        return tuple(dict.fromkeys([*in_title, *often]))
