"""Which parts of a text are formulas: the one place that tells a formula from money and odd dollars."""

from __future__ import annotations

import re
from bisect import bisect_right

from sitegen.text.patterns import pattern

_ENVIRONMENTS = "equation|align|eqnarray|gather|multline|flalign|alignat|displaymath|math"
_DELIMITER = pattern(rf"\$|\\(?:[\\$()\[\]]|(?:begin|end)\{{(?:{_ENVIRONMENTS})\*?\}})")
_CLOSERS = {r"\(": r"\)", r"\[": r"\]"}
_FORMULA_SIGN = pattern(r"[\\^_{}]|^\D.*=", re.DOTALL)
_PROSE = pattern(
    r"\s(?:and|or|per|to|for|the|of|in|on|at|a|an|from|each|with|million|billion|trillion|thousand|i\.e\.|e\.g\.)\b"
)
_WORD = pattern(r"[^\W\d_]{2}")
_LONGEST_FORMULA = 2000  # characters between two dollars; beyond that they are money


def split_math(text: str) -> list[tuple[bool, str]]:
    """Cut text into formulas with their delimiters (True) and what is between them; joined it is the text.

    This is the one place that tells a formula from money: a dollar opens a formula only where the next one
    can close it by :func:`_is_formula`; all other dollars are dollars.
    """
    if "$" not in text and "\\" not in text:
        return [(False, text)]
    marks = [(found.start(), found[0]) for found in _DELIMITER.finditer(text)]
    places: dict[str, list[int]] = {}
    for index, (_, mark) in enumerate(marks):
        places.setdefault(mark, []).append(index)
    runs: list[tuple[bool, str]] = []
    done = index = 0
    while index < len(marks):
        start, mark = marks[index]
        closing = _closing(text, marks, places, index)
        if closing is None:
            # Two dollars that open nothing are no empty formula either.
            index += 2 if mark == "$" and text.startswith("$$", start) else 1
            continue
        end = marks[closing][0] + len(marks[closing][1])
        if start > done:
            runs.append((False, text[done:start]))
        runs.append((True, text[start:end]))
        done, index = end, closing + 1
    if done < len(text) or not runs:
        runs.append((False, text[done:]))
    return runs


def _closing(text: str, marks: list[tuple[int, str]], places: dict[str, list[int]], index: int) -> int | None:
    """Return the index of the mark that ends the formula which the mark at ``index`` begins, if it does."""
    start, mark = marks[index]
    if mark == "$" and text.startswith("$$", start):
        closing = _next(places, "$", index + 1)
        if closing is None or not text.startswith("$$", marks[closing][0]):
            return None
        return closing + 1 if text[start + 2 : marks[closing][0]].strip() else None
    if mark == "$":
        closing = _next(places, "$", index)
        return closing if closing is not None and _is_formula(text, start + 1, marks[closing][0]) else None
    closer = _CLOSERS.get(mark) or mark.replace("begin", "end", 1)
    return _next(places, closer, index) if closer != mark else None


def _next(places: dict[str, list[int]], mark: str, index: int) -> int | None:
    later = places.get(mark, [])
    position = bisect_right(later, index)
    return later[position] if position < len(later) else None


def _is_formula(text: str, start: int, end: int) -> bool:
    """Whether what stands between two dollars is a formula rather than the way from one price to another."""
    content = text[start : min(end, start + _LONGEST_FORMULA)]
    if not content.strip() or end - start > _LONGEST_FORMULA:
        return False
    # "$5 and $6", "$5-$10": pandoc's rule (extension tex_math_dollars), here for what begins like a price.
    if content[0].isdigit() and text[end + 1 : end + 2].isdigit() and content[-1] not in "<>=":
        return False
    if _FORMULA_SIGN.search(content):
        return True
    # "$0.02 per image ($", "$10, i.e. $": a price, and the beginning of the formula behind it.
    if content[0].isdigit() and (content[-1] in " (\n" or _PROSE.search(content)):
        return False
    return not (content[0].isspace() or content[-1].isspace()) or not _WORD.search(content)
