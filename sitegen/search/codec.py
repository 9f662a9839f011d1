"""Numbers as printable characters, which stand in a JavaScript string as they are.

There are 91 digits: the characters from ``#`` to ``~`` without the backslash. Digits below 60 end a number; the
others say that more follow, as in a variable-length quantity. So 0 to 59 take one character, up to 1,859 two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

DIGITS = "".join(chr(code) for code in range(ord("#"), ord("~") + 1) if chr(code) != "\\")
VALUES = {digit: value for value, digit in enumerate(DIGITS)}
SEPARATOR = "!"  # is no digit, and in no word
LAST = 60
MORE = len(DIGITS) - LAST


@cache
def number(value: int) -> str:
    """Return a number from 0 as characters."""
    text = ""
    while value >= LAST:
        text += DIGITS[LAST + value % MORE]
        value //= MORE
    return text + DIGITS[value]


def numbers(text: str) -> Iterator[int]:
    """Yield the numbers that a text of digits holds."""
    value, factor = 0, 1
    for character in text:
        digit = VALUES[character]
        if digit >= LAST:
            value += (digit - LAST) * factor
            factor *= MORE
        else:
            yield value + digit * factor
            value, factor = 0, 1


def front_coded(words: Iterable[str]) -> Iterator[str]:
    """Yield each word of a sorted list without what it shares with the word before, behind the length of that."""
    before = ""
    for word in words:
        shared, most = 0, min(len(word), len(before), LAST - 1)
        while shared < most and word[shared] == before[shared]:
            shared += 1
        yield DIGITS[shared] + word[shared:]
        before = word


def front_decoded(coded: Iterable[str]) -> Iterator[str]:
    """Yield the words that ``front_coded`` was given."""
    word = ""
    for text in coded:
        word = word[: VALUES[text[0]]] + text[1:]
        yield word


# A weight is one of nine, and two share a digit: the first plus nine times the second.
WEIGHTS = 9


def weights_of(postings: str, papers: int) -> str:
    """Return the digits of the weights of a term in so many papers, which end its postings."""
    return postings[len(postings) - (papers + 1) // 2 :]


def bucket_text(terms: Iterable[str], postings: Iterable[str]) -> str:
    """Return terms, each a word, a blank and a letter, with their postings: see ``index``."""
    fields: dict[str, list[str]] = {}
    for term, coded in zip(terms, postings, strict=True):
        fields.setdefault(term[:-2], []).append(f" {term[-1]}{coded}")
    return SEPARATOR.join(
        [word + "".join(coded) for word, coded in zip(front_coded(fields), fields.values(), strict=True)]
    )


def bucket_terms(text: str) -> Iterator[tuple[str, str]]:
    """Yield the terms and postings that ``bucket_text`` was given."""
    parts = [part.split(" ") for part in text.split(SEPARATOR)]
    for word, (_, *fields) in zip(front_decoded(part[0] for part in parts), parts, strict=True):
        for field in fields:
            yield f"{word} {field[0]}", field[1:]
