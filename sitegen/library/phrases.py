"""Phrases that two texts share, to tell a reader what both are about."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from zlib import crc32

from sitegen.library.features import HYPHENS, Text, stem

_PHRASES = 3  # at most, in a reason
_TERMS_READ = 3  # the heaviest shared terms, of which phrases are made
_WORDS = 5  # at most, of a phrase
_LIGHTER = 2.5  # a phrase of so many times less weight than the first is not named
_NO_TERM = bytes(4)  # a code
_SENTENCE_ENDS = frozenset(".:?!")
# In a reason they stand only beside another word.
_NOTHING_ALONE = """
action activity analysis base behavior brain break cell disease dynamics equation error factor function human
information learning limit matter maximum mean model network neural neuron neuronal place population potential
protein rate response scale self signal single state strategy structure system time type whole work world
"""
_GENERAL = frozenset(crc32(stem(word).encode()) for word in _NOTHING_ALONE.split())


class Phrases:
    """A text of which the phrases are looked for in other texts."""

    def __init__(self, text: Text) -> None:
        self._text, self._packed, self._title = f"\n{text.words}\n", text.codes, text.title
        self._words = text.words.split("\n")
        self._codes = array("I", text.codes).tolist()
        # Of a term that comes twice, the first place is kept.
        self._first = dict(zip(reversed(self._codes), range(len(self._codes) - 1, -1, -1), strict=True))
        self._spellings: dict[tuple[int, int], str] = {}

    def shared(self, other: Text, weights: Mapping[int, int]) -> tuple[str, ...]:
        """Return up to three phrases that the other text has too, the weightiest first, spelled as in this one.

        ``weights`` are those of the codes that both papers have. The weight of a phrase is the sum of its terms';
        phrases of much less weight than the first are left out.
        """
        ranked = []
        for start, end in self._runs(other.codes, weights):
            codes = self._codes[start:end]
            weight = sum([weights.get(code, 0) for code in codes])
            ranked.append((len(codes) == 1 and codes[0] in _GENERAL, -weight, start, end))
        if not ranked:
            return ()
        ranked.sort()
        is_general, heaviest, _, _ = ranked[0]
        named: set[int] = set()
        phrases: list[str] = []
        for general, weight, start, end in ranked:
            if general > is_general or weight > heaviest / _LIGHTER or len(phrases) == _PHRASES:
                break
            if named.isdisjoint(codes := self._codes[start:end]):
                spelled = self._spelled(start, end, other)
                if not any(spelled in known for known in phrases):
                    phrases.append(spelled)
                    named.update(codes)
        return tuple(phrases)

    def _runs(self, theirs: bytes, weights: Mapping[int, int]) -> list[tuple[int, int]]:
        """Return where the longest runs of terms start and end that hold a shared one and stand in both texts."""
        ours, first, end = self._packed, self._first, 0
        terms = sorted([(-weight, first[code]) for code, weight in weights.items() if code in first])
        found = []
        for place in sorted([place for _, place in terms[:_TERMS_READ]]):
            if place < end:
                continue
            start, end = place, place + 1
            # A run holds each term that comes before or after the same one in both texts. Codes have 4 bytes.
            while start and end - start < _WORDS:
                pair = ours[4 * start - 4 : 4 * start + 4]
                if pair[:4] == _NO_TERM or pair not in theirs:
                    break
                start -= 1
            while end < len(self._codes) and end - start < _WORDS:
                pair = ours[4 * end - 4 : 4 * end + 4]
                if pair[4:] == _NO_TERM or pair not in theirs:
                    break
                end += 1
            found.append((start, end))
        return found

    def _spelled(self, start: int, end: int, other: Text) -> str:
        """Return the words from one place to another, with the capitals that they have within a sentence.

        Words before them that a hyphen joins to them are added if the other text has them.
        """
        words = self._words
        while (
            start
            and (before := words[start - 1])[:-1]
            and before[-1] in HYPHENS
            and f"{before}\n" in other.words
        ):
            start -= 1  # small-world, integrate-and-fire
        if (spelled := self._spellings.get((start, end))) is None:
            cased = [
                word if word.islower() or self._is_name(word, place) else word.lower()
                for place, word in enumerate(words[start:end], start)
            ]
            spelled = " ".join(cased)
            for hyphen in HYPHENS:
                spelled = spelled.replace(f"{hyphen} ", hyphen)
            spelled = spelled.rstrip(HYPHENS).replace("’", "'").removesuffix("'s")
            self._spellings[start, end] = spelled
        return spelled

    def _is_name(self, word: str, place: int) -> bool:
        """Return whether a word that has capitals keeps them within a sentence."""
        words, title = self._words, self._title
        if not word.rstrip(HYPHENS).isalpha():  # Ca2+
            return True
        if word[1:] != word.lower()[1:]:  # NMDA, fMRI; or a title in capitals
            return place >= title or any(other != other.upper() for other in words[:title])
        if f"\n{word.lower()}\n" in self._text:
            return False
        *before, _ = "\n".join([*words[title:], ""]).split(f"\n{word}\n")
        if any(text[-1] not in _SENTENCE_ENDS for text in before):
            return True
        is_sentence = any(words[other][0].islower() and self._codes[other] for other in range(title))
        return is_sentence and 0 < place < title
