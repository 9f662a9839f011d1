r"""Slips and habits of typing, put right before TeX is read: dollars that begin no formula, quotation marks.

Only what is safe is changed. An apostrophe typed as a grave accent (Pearson`s), code in grave accents and quotation
marks of which one is missing stay as they are.
"""

from __future__ import annotations

import re

from sitegen.text.formulas import split_math
from sitegen.text.patterns import pattern

# --- dollars that begin no formula ---------------------------------------------------------------------------

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
# Behind a bracket, or before a command that stands in no formula.
_STRAY_DOLLAR = pattern(r"(?<=[)\]}])\$(?=[\s,.;:]|\Z)|(?<!\\)\$(?=\\[A-Za-z])")


def without_odd_dollars(text: str) -> str:
    """Return a text in which accented letters within words are text, without a single dollar that is no money."""
    text = _ACCENT_AS_FORMULA.sub(_letter_of_word, text)
    runs = split_math(text)
    if sum(len(_DOLLAR.findall(run)) for is_math, run in runs if not is_math) != 1:
        return text
    return "".join(run if is_math else _STRAY_DOLLAR.sub("", run) for is_math, run in runs)


def _letter_of_word(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 2) : found.start()]
    after = found.string[found.end() : found.end() + 2]
    within = before[-1:].isalpha() and len(after) == 2 and after.isalpha()
    # At a word's end a letter with a hat or a bar may be a symbol: of$\hat{x}$.
    last = found["accent"] in ("acute", "grave") and len(before) == 2 and before.isalpha()
    return f"\\{_ACCENTS[found['accent']]}{{{found['letter']}}}" if within or last else found[0]


# --- quotation marks ------------------------------------------------------------------------------------------

# A single quotation mark counts only as one of a pair around a short phrase: Pearson`s stays.
_QUOTED = pattern(r"(?<![\w`\\])`(?=[^\s`'])([^`]{0,100}?)(?<![\\'])'(?![\w'])")
_DOUBLE_QUOTED = pattern(r"""(?<![`\\])``([^`]{0,400}?)(?:''|(?<!\\)")""")
# Pairs of other kinds: ``so``, ''so'' and "so''; 5'' and R'' open nothing.
_WITHIN_QUOTES = r"(?=\w)((?:[^`\"']|'(?!')){1,300}?)(?<=[\w.,!?)])"
_QUOTATIONS = (
    (pattern(r"(?<![`\\])``(?=\w)((?:[^`']|'(?!')){1,300}?)(?<=[\w.,!?)])``(?![\w`])"), r"“\1”"),
    (_QUOTED, r"‘\1’"),
    (_DOUBLE_QUOTED, r"“\1”"),
    (pattern(rf"(?<![\w'’\"\\])''{_WITHIN_QUOTES}''(?![\w'])"), r"“\1”"),
    (pattern(rf"(?<![\w'’\"\\])\"{_WITHIN_QUOTES}''(?![\w'])"), r"“\1”"),
)


def curly(text: str) -> str:
    """Return a text whose quotation marks, where they are pairs, are those of print."""
    if "`" in text or "''" in text:
        for quoted, replacement in _QUOTATIONS:
            text = quoted.sub(replacement, text)
    return text
