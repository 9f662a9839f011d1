"""Finds the formulas in a text; the only module that distinguishes formulas from prices and stray dollar signs."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import islice

from sitegen.text.patterns import pattern

_ENVIRONMENTS = "equation|align|eqnarray|gather|multline|flalign|alignat|displaymath|math"
_DELIMITER = pattern(rf"\$|\\(?:[\\$()\[\]]|(?:begin|end)\{{(?:{_ENVIRONMENTS})\*?\}})")
_CLOSERS = {r"\(": r"\)", r"\[": r"\]"}
_FORMULA_SIGN = pattern(r"[\\^_{}]|^\D.*=", re.DOTALL)
_PROSE = pattern(
    r"\s(?:and|or|per|to|for|the|of|in|on|at|a|an|from|each|with|million|billion|trillion|thousand|i\.e\.|e\.g\.)\b"
)
_WORD = pattern(r"[^\W\d_]{2}")
# Commands whose argument is text, in which formulas have delimiters of their own.
TEXT_COMMAND = pattern(r"\\(?:text[a-z]*|[mhf]box|emph)\s*\{")
_NESTING = pattern(rf"{TEXT_COMMAND.pattern}|\\.|[{{}}$]", re.DOTALL)
_DEEPEST = 8  # nested braces and formulas, in the search for a formula's end
BRACE = pattern(r"\\.|[{}]", re.DOTALL)  # braces, and what a backslash escapes
_OPENS_WITHIN = pattern(r"(?<!\\)(?:\\\\)*\\[(\[]")
_FIRST_MARKS = 8  # delimiters that are looked at first for the end of a formula
_LONGEST_FORMULA = 2000  # characters between two dollar signs; beyond that they are prices


def split_math(text: str) -> list[tuple[bool, str]]:
    """Cut a text into formulas, with their delimiters (True), and the runs between them (False).

    The runs joined are the text. A dollar sign opens a formula only if the next one can close it according to
    :func:`_is_formula`; all other dollar signs stand for money.
    """
    if "$" not in text and "\\" not in text:
        return [(False, text)]
    return list(_runs(text))


@lru_cache(maxsize=4)  # a text is searched for slips, and then converted
def _runs(text: str) -> tuple[tuple[bool, str], ...]:
    """Return the runs of a text that has dollar signs or backslashes; see ``split_math``."""
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
            # $$ that opens nothing is no empty formula: skip both dollar signs.
            index += 2 if mark == "$" and text.startswith("$$", start) else 1
            continue
        end = marks[closing][0] + len(marks[closing][1])
        if start > done:
            runs.append((False, text[done:start]))
        runs.append((True, text[start:end]))
        done, index = end, closing + 1
    if done < len(text) or not runs:
        runs.append((False, text[done:]))
    return tuple(runs)


def formula_at(text: str, start: int) -> str:
    """Return the formula that begins at a position, with its delimiters; "" if none does.

    It is the first run of ``split_math(text[start:])``, but takes no longer for a longer text.
    """
    opening = _DELIMITER.match(text, start)
    closer = (_CLOSERS.get(opening[0]) or opening[0].replace("begin", "end", 1)) if opening else ""
    if not opening or text.find(closer, opening.end()) < 0:
        return ""
    for most in (_FIRST_MARKS, None):
        found = islice(_DELIMITER.finditer(text, start), most)
        marks = [(delimiter.start(), delimiter[0]) for delimiter in found]
        places: dict[str, list[int]] = {}
        for index, (_, mark) in enumerate(marks):
            places.setdefault(mark, []).append(index)
        closing = _closing(text, marks, places, 0)
        is_cut = len(marks) == most and (
            len(places.get(closer, ())) < 4 or TEXT_COMMAND.search(text, start, marks[-1][0])
        )
        if closing is not None and not is_cut:
            return text[start : marks[closing][0] + len(marks[closing][1])]
        if not is_cut:
            break
    return ""


def _closing(text: str, marks: list[tuple[int, str]], places: dict[str, list[int]], index: int) -> int | None:
    """Return the index of the delimiter that closes the formula opened at ``index``; None if none is opened there.

    ``marks`` are all delimiters in the text, with their positions; ``places`` are their indices by delimiter.
    """
    start, mark = marks[index]
    if mark == "$" and text.startswith("$$", start):
        closing = _beyond_text(text, marks, places, index + 1)
        if closing is None or not text.startswith("$$", marks[closing][0]):
            return None
        return closing + 1 if text[start + 2 : marks[closing][0]].strip() else None
    if mark == "$":
        closing = _beyond_text(text, marks, places, index)
        return closing if closing is not None and _is_formula(text, start + 1, marks[closing][0]) else None
    if mark == r"\(":
        return _beyond_text(text, marks, places, index)
    closer = _CLOSERS.get(mark) or mark.replace("begin", "end", 1)
    return _next(places, closer, index) if closer != mark else None


def _beyond_text(
    text: str, marks: list[tuple[int, str]], places: dict[str, list[int]], index: int
) -> int | None:
    r"""Return the index of the next delimiter that can close the one at ``index``; None if there is none.

    Delimiters within ``\text{…}`` do not close the outer formula: ``$x \text{ if $y$}$`` is one formula. If braces or
    dollar signs are unbalanced, the next delimiter is returned.
    """
    start, mark = marks[index]
    closer = _CLOSERS.get(mark, mark)
    closing = _next(places, closer, index)
    if closing is not None and TEXT_COMMAND.search(text, start, marks[closing][0]):
        end = _end_beyond_text(text, start + len(mark), closer)
        return closing if end is None else bisect_left(marks, (end, ""))
    return closing


def _end_beyond_text(text: str, start: int, closer: str) -> int | None:
    """Return the position of the next ``closer`` outside of braces; None if braces or dollar signs are unbalanced."""
    within: list[
        str
    ] = []  # open so far: "{", "text" for the brace of a text command, delimiters of formulas in text
    for token in _NESTING.finditer(text, start, start + _LONGEST_FORMULA):
        sign, innermost = token[0], within[-1] if within else ""
        if sign == "{":
            within.append("text" if innermost == "text" else "{")
        elif sign.endswith("{") and sign != r"\{":
            within.append("text")
        elif sign == "}":
            if innermost not in ("{", "text"):
                return None
            within.pop()
        elif not within and sign == closer:
            return token.start()
        elif innermost == "text" and sign in ("$", r"\("):
            within.append(sign)
        elif innermost in ("$", r"\(") and sign == _CLOSERS.get(innermost, innermost):
            within.pop()
        elif sign in ("$", r"\(", r"\)"):
            return None
        if len(within) > _DEEPEST:
            return None
    return None


def _next(places: dict[str, list[int]], mark: str, index: int) -> int | None:
    """Return the index of the first delimiter ``mark`` after ``index``, if there is one."""
    later = places.get(mark, [])
    position = bisect_right(later, index)
    return later[position] if position < len(later) else None


def _is_formula(text: str, start: int, end: int) -> bool:
    """Return whether the text between two dollar signs is a formula, not the text between two prices."""
    content = text[start : min(end, start + _LONGEST_FORMULA)]
    if not content.strip() or end - start > _LONGEST_FORMULA:
        return False
    # "$5 and $6", "$5-$10": pandoc's rule (extension tex_math_dollars), applied only to what begins like a price.
    if content[0].isdigit() and text[end + 1 : end + 2].isdigit() and content[-1] not in "<>=":
        return False
    # "$5 and \(x\), $": a formula contains another one only within a text command.
    if _OPENS_WITHIN.search(content) and not TEXT_COMMAND.search(content):
        return False
    if _FORMULA_SIGN.search(content):
        return True
    # "$0.02 per image ($", "$10, i.e. $": a price; the second dollar sign opens the next formula.
    if content[0].isdigit() and (content[-1] in " (\n" or _PROSE.search(content)):
        return False
    return not (content[0].isspace() or content[-1].isspace()) or not _WORD.search(content)


def end_of_group(text: str, position: int, limit: int = sys.maxsize) -> int | None:
    """Return the position, before ``limit``, of the brace that closes the group around ``position``; or None."""
    depth = 1
    for brace in BRACE.finditer(text, position, limit):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return brace.start()
    return None


@lru_cache(maxsize=1)  # asked for each command of a text
def group_ends(source: str) -> dict[int, int]:
    """Return the position of the closing brace of each group, by that of its opening brace."""
    opened: list[int] = []
    ends: dict[int, int] = {}
    for brace in BRACE.finditer(source):
        if brace[0] == "{":
            opened.append(brace.start())
        elif brace[0] == "}" and opened:
            ends[opened.pop()] = brace.start()
    return ends
