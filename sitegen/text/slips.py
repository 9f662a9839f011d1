r"""Corrects typing errors and habits before TeX is decoded: dollar signs that begin no formula, quotation marks.

Only unambiguous cases are changed. An apostrophe typed as a grave accent (Pearson`s), code in grave accents and
unpaired quotation marks stay.
"""

from __future__ import annotations

import re

from sitegen.text.formulas import split_math
from sitegen.text.patterns import pattern

# --- dollar signs that begin no formula ----------------------------------------------------------------------

# R$\ddot{\textrm{o}}$ssler: an accented letter within a word, typed as a formula.
_ACCENT_AS_FORMULA = pattern(
    r"\$\\(?P<accent>ddot|acute|grave|hat|tilde|check|breve|bar|mathring|dot)(?![A-Za-z])\s*\{?\s*"
    r"(?:\\(?:textrm|text|mathrm|mbox|rm)(?![A-Za-z])\s*)?\{?\s*(?P<letter>[A-Za-z])\s*\}{0,2}\$"
)
_ACCENTS = {
    "ddot": '"', "acute": "'", "grave": "`", "hat": "^", "tilde": "~", "check": "v", "breve": "u", "bar": "=",
    "mathring": "r", "dot": ".",
}  # fmt: skip
_DOLLAR = pattern(r"(?<!\\)\$")
# After a closing bracket, or before a command outside of formulas.
_STRAY_DOLLAR = pattern(r"(?<=[)\]}])\$(?=[\s,.;:]|\Z)|(?<!\\)\$(?=\\[A-Za-z])")


def without_stray_dollars(text: str) -> str:
    """Return a text without the dollar signs around an accented letter of a word, and without a single stray one."""
    text = _ACCENT_AS_FORMULA.sub(_letter_of_word, text)
    runs = split_math(text)
    if sum(len(_DOLLAR.findall(run)) for is_math, run in runs if not is_math) != 1:
        return text
    return "".join(run if is_math else _STRAY_DOLLAR.sub("", run) for is_math, run in runs)


def _letter_of_word(found: re.Match[str]) -> str:
    """Return an accented letter as a text command if it is part of a word, or else the formula unchanged."""
    before = found.string[max(0, found.start() - 2) : found.start()]
    after = found.string[found.end() : found.end() + 2]
    within = before[-1:].isalpha() and len(after) == 2 and after.isalpha()
    # At the end of a word, a letter with a hat or a bar may be a symbol: of$\hat{x}$.
    last = found["accent"] in ("acute", "grave") and len(before) == 2 and before.isalpha()
    return f"\\{_ACCENTS[found['accent']]}{{{found['letter']}}}" if within or last else found[0]


# --- quotation marks ------------------------------------------------------------------------------------------

# Single quotation marks count only as a pair around a short phrase: Pearson`s stays.
_QUOTED = pattern(r"(?<![\w`\\])`(?=[^\s`'])([^`]{0,100}?)(?<![\\'])'(?![\w'])")
_DOUBLE_QUOTED = pattern(r"""(?<![`\\])``([^`]{0,400}?)(?:''|(?<!\\)")""")
# Other pairs: ``so``, ''so'' and "so''; 5'' and R'' open no quotation.
_WITHIN_QUOTES = r"(?=\w)((?:[^`\"']|'(?!')){1,300}?)(?<=[\w.,!?)])"
_QUOTATIONS = (
    (pattern(r"(?<![`\\])``(?=\w)((?:[^`']|'(?!')){1,300}?)(?<=[\w.,!?)])``(?![\w`])"), r"“\1”"),
    (_QUOTED, r"‘\1’"),
    (_DOUBLE_QUOTED, r"“\1”"),
    (pattern(rf"(?<![\w'’\"\\])''{_WITHIN_QUOTES}''(?![\w'])"), r"“\1”"),
    (pattern(rf"(?<![\w'’\"\\])\"{_WITHIN_QUOTES}''(?![\w'])"), r"“\1”"),
)


def curly_quotes(text: str) -> str:
    """Return a text in which pairs of quotation marks typed with ` and ' are typographic ones: “ ” and ‘ ’."""
    if "`" in text or "''" in text:
        for quoted, replacement in _QUOTATIONS:
            text = quoted.sub(replacement, text)
    return text
