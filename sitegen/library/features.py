"""What is compared of papers: the terms of titles and abstracts, and authors."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple
from zlib import crc32

from sitegen.incremental.checksum import digest
from sitegen.library.stop_words import STOP_WORDS
from sitegen.models import Paper
from sitegen.text import names, tex

# Of a list with more than _LONG_LIST authors, only the first _AUTHORS_READ are compared.
_LONG_LIST, _AUTHORS_READ = 50, 20
# Limits for hostile feeds, in characters. No title or abstract at arXiv is as long.
_TITLE_READ, _ABSTRACT_READ, _COMMENT_READ = 400, 6000, 400
FIRST_AUTHOR = 1 << 63  # the least code of an author; those of terms are less than 2**32

# A word, with the hyphen that joins it to the next one, or a sign between words.
_WORD = re.compile(r"\w+(?:['’]\w+)*[-‐‑–]?|[^\w\s]")
# In a title, what collects the papers of an event; in a comment, one of these papers. The name of the event makes
# them near to each other. «Colloquium:» begins titles of reviews.
_EVENT = re.compile(r"\b(?:conference|congress|proceedings|symposium|workshop)\b", re.IGNORECASE)
_FORMULA = re.compile(r"\$[^$]*\$")
HYPHENS = "-‐‑–"
_BREAK = "."  # between title, abstract and comment
# Common endings, each with the least length in letters of a word that loses it.
_ENDINGS = (("ing", 6), ("ed", 5), ("ly", 6))


class Text(NamedTuple):
    """The words of a title, an abstract and a comment, with breaks between, and the code of each term.

    All papers are kept in memory during a search, so both are packed.
    """

    words: str  # as written, and signs between words, each on a line
    codes: bytes  # 4 bytes each; 0 for words that are no terms, and for signs
    title: int  # number of words of the title

    def title_terms(self) -> set[int]:
        """Return the codes of the terms of the title."""
        return {*array("I", self.codes[: 4 * self.title])} - {0}


def stem(word: str) -> str:
    """Return a word in lower case without common endings: ``oscillat`` for oscillates, oscillated, oscillating."""
    word = word.lower().rstrip(HYPHENS).replace("’", "'").removesuffix("'s")
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


class _Codes(dict[str, bytes]):
    """The code of each word as written: a checksum of its stem, or 0 for stop words, short words and signs."""

    def __missing__(self, word: str) -> bytes:
        root = stem(word)
        is_term = len(root) > 2 and root not in _STOPS and not word[0].isdigit()
        code = self[word] = (crc32(root.encode()) if is_term else 0).to_bytes(4, sys.byteorder)
        return code


_STOPS = frozenset(map(stem, STOP_WORDS.split()))
_CODES = _Codes()


def read(paper: Paper) -> Text:
    """Return the words of a paper's title, its abstract, and its comment if that names an event, without formulas.

    What is named after an event introduces its papers. Their titles tell more than its abstract, which is left out.
    """
    title = _WORD.findall(plain(paper.title[:_TITLE_READ]))
    abstract, comment = paper.abstract[:_ABSTRACT_READ], paper.comment[:_COMMENT_READ]
    words = [*title, _BREAK]
    if not _EVENT.search(paper.title):
        words += _WORD.findall(plain(abstract))
    if _EVENT.search(comment):
        words += [_BREAK, *_WORD.findall(plain(comment))]
    return Text("\n".join(words), b"".join(map(_CODES.__getitem__, words)), len(title))


def plain(text: str) -> str:
    """Return a text without formulas and, if it has commands of TeX, in Unicode."""
    if "\\" not in text:
        text = _FORMULA.sub(" ", text) if "$" in text else text
    else:
        pieces = tex.pieces(text, scripts=False)
        text = "".join([source if kind == "text" else " " for kind, source in pieces])
    # "Fine-tuning" becomes one word, a stop word, because "tuning" alone is a term of neuroscience.
    return text.replace("ine-tun", "inetun")


def authors(papers: Iterable[Paper]) -> Iterator[dict[int, str]]:
    """Yield the printed name of each author of each paper by code: FIRST_AUTHOR or greater, of 8 bytes."""
    credited = [
        paper.credits if len(paper.credits) <= _LONG_LIST else paper.credits[:_AUTHORS_READ]
        for paper in papers
    ]
    named = [[credit.name for credit in credits if credit.name.family] for credits in credited]
    keys = iter(names.person_keys(list(chain.from_iterable(named))))
    for own in named:
        found: dict[int, str] = {}
        for name, key in zip(own, keys, strict=False):
            found.setdefault(FIRST_AUTHOR | int.from_bytes(digest(key.encode())[:8], "little"), name.printed)
        yield found
