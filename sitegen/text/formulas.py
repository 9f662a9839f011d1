"""Which parts of a text are formulas: the one place that tells a formula from money and odd dollars."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from sitegen.text.patterns import pattern

_ENVIRONMENTS = "equation|align|eqnarray|gather|multline|flalign|alignat|displaymath|math"
_DELIMITER = pattern(rf"\$|\\(?:[\\$()\[\]]|(?:begin|end)\{{(?:{_ENVIRONMENTS})\*?\}})")
_CLOSERS = {r"\(": r"\)", r"\[": r"\]"}
_FORMULA_SIGN = pattern(r"[\\^_{}]|^\D.*=", re.DOTALL)
_PROSE = pattern(
    r"\s(?:and|or|per|to|for|the|of|in|on|at|a|an|from|each|with|million|billion|trillion|thousand|i\.e\.|e\.g\.)\b"
)
_WORD = pattern(r"[^\W\d_]{2}")
# It sets its argument as text, in which formulas have delimiters of their own.
TEXT_COMMAND = pattern(r"\\(?:text[a-z]*|[mhf]box|emph)\s*\{")
_NESTING = pattern(rf"{TEXT_COMMAND.pattern}|\\.|[{{}}$]", re.DOTALL)
_DEEPEST = 8  # braces and formulas in one another, where a formula's end is looked for
_OPENS_WITHIN = pattern(r"(?<!\\)(?:\\\\)*\\[(\[]")
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
    r"""Return the index of the next mark that can close the one at ``index``.

    Formulas within the text of a formula close nothing: ``$x \text{ if $y$}$`` is one. Where braces or dollars do not
    match, it is simply the next.
    """
    start, mark = marks[index]
    closer = _CLOSERS.get(mark, mark)
    closing = _next(places, closer, index)
    if closing is not None and TEXT_COMMAND.search(text, start, marks[closing][0]):
        end = _end_beyond_text(text, start + len(mark), closer)
        return closing if end is None else bisect_left(marks, (end, ""))
    return closing


def _end_beyond_text(text: str, start: int, closer: str) -> int | None:
    """Return where the next ``closer`` stands that is in no braces; None if braces and dollars do not match."""
    within: list[str] = []  # what is open: braces, those of text, and formulas in text by their opening mark
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
    # "$5 and \(x\), $": within a formula no other begins, but in its text.
    if _OPENS_WITHIN.search(content) and not TEXT_COMMAND.search(content):
        return False
    if _FORMULA_SIGN.search(content):
        return True
    # "$0.02 per image ($", "$10, i.e. $": a price, and the beginning of the formula behind it.
    if content[0].isdigit() and (content[-1] in " (\n" or _PROSE.search(content)):
        return False
    return not (content[0].isspace() or content[-1].isspace()) or not _WORD.search(content)
