"""Converts formulas to one line of Unicode text (α_g, x², 10⁻⁶, (a+b)/c), for titles, citations, feeds and sorting.

The text is made from the MathML, so that it agrees with what pages show. A formula without MathML stays TeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import category, normalize
from xml.etree import ElementTree

from sitegen.text import math
from sitegen.text.patterns import pattern


@lru_cache(maxsize=4096)
def to_text(source: str) -> str:
    """Return a formula as text; if it cannot be converted, its TeX source with delimiters."""
    made = math.convert(source).mathml
    if not made:
        return source
    semantics = ElementTree.fromstring(made)[0]  # noqa: S314 - made by sitegen; it has no DOCTYPE
    return " ".join(_row(semantics[0]).split()) or " "  # a formula of spaces only: 5$\\,$mm


# --- letters --------------------------------------------------------------------------------------------------

_SUPERSCRIPTS = dict(zip("0123456789+-=()niT*∗′″‴∘°", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ**′″‴°°", strict=True))
_SUBSCRIPTS = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
_ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "\u0302": "\u0302", "˜": "\u0303", "~": "\u0303", "¯": "\u0304", "‾": "\u0304",
    "_": "\u0304", "⃗": "\u20d7", "→": "\u20d7", "˙": "\u0307", "¨": "\u0308", "ˇ": "\u030c", "˘": "\u0306",
    "´": "\u0301", "`": "\u0300", "˚": "\u030a",
}  # fmt: skip
_STACKED = {(">", "∼"): "≳", ("<", "∼"): "≲", (">", "≈"): "⪆", ("<", "≈"): "⪅"}
_LETTERLIKE = dict(zip("ℬℰℱℋℐℒℳℛℯℊℴℭℌℑℜℨ", "BEFHILMRegoCHIRZ", strict=True))
# Invisible operators; function application stands between a function and its argument.
_APPLICATION = "\u2061"
_INVISIBLE = pattern("[\u2061-\u2064\u200b]")
_HIGH_OR_LOW = "⁰¹²³⁴-⁹ⁱⁿᵀ₀-₉"
_FIRST_WORD = pattern(rf"[^\W_{_HIGH_OR_LOW}]+")
_LAST_WORD = pattern(rf"([^\W_{_HIGH_OR_LOW}]+)[{_HIGH_OR_LOW}]*\Z")
_SIMPLE = pattern(r"[^\W_]+(?:\.\d+)?[′’]*")


def _plain(text: str) -> str:
    """Return mathematical letters (italic, script, bold) as ordinary letters; blackboard letters stay."""
    text = _INVISIBLE.sub("", text)
    if text.isascii():
        return text
    shaped = "".join(
        normalize("NFKC", sign) if "\U0001d400" <= sign <= "\U0001d7ff" and not _is_blackboard(sign)
        else _LETTERLIKE.get(sign, sign)
        for sign in text
    )  # fmt: skip
    return shaped.replace("\u2212", "-")


def _is_blackboard(sign: str) -> bool:
    # 𝟙 and 𝔼 have another meaning than 1 and E.
    return "\U0001d538" <= sign <= "\U0001d56b" or "\U0001d7d8" <= sign <= "\U0001d7e1"


# --- structure ------------------------------------------------------------------------------------------------

# Relations and arrows have spaces around them: p < 0.05.
_RELATIONS = frozenset("=<>≤≥≠≈∼≃≅≡∝≪≫∈∉⊂⊆⊃⊇→←↔⇒⇐⇔↦⟶⟹⟺⟼≲≳≔≜⩽⩾⊢⊨≺≻⪯⪰∧∨")
_AFTER_CELL = pattern(rf" ([{re.escape(''.join(sorted(_RELATIONS)))}])(?=\S)")
_NEEDLESS_BLANK = pattern(r"(?<=[^\w,;]) +| +(?=\W)")


def _row(element: ElementTree.Element) -> str:
    return _joined(list(element))


def _joined(children: Iterable[ElementTree.Element]) -> str:
    """Return the text of sibling elements, with spaces and parentheses where they are needed to keep its meaning."""
    out = before = ""
    applied = fraction = False
    for child in children:
        text = _text(child)
        if not text:
            applied = child.text == _APPLICATION
            continue
        if applied and text[0].isalnum():
            out += " "
        # An operator with limits, such as a sum, applies to what follows.
        applied = len(child) > 1 and child[0].tag == "mo" and child.tag != "mover"
        if child.tag == "mo" and text in _RELATIONS:
            if out.endswith(":") and text == "=":
                out = f"{out[:-1].rstrip()} := "
            else:  # at the beginning, a relation has no spaces around it: <5, ∼10
                out += f" {text} " if out.strip() else text + (" " if text == "=" else "")
        elif text == " ":
            out += " " if out and (out[-1].isalnum() or out[-1] in ")]},;.") else ""
        elif before and (_touches(before, text) or _is_separated(out, text) or _ends_root(before, text)):
            out += " " + text
        else:
            if fraction and text[0].isalnum():  # (n/2)k is not n/(2k)
                out = f"{out.removesuffix(before)}({before})"
            elif child.tag == "mfrac" and out[-1:].isdecimal():
                out += " "
            out += text
        before, fraction = text, child.tag == "mfrac" and not text.startswith("(")
    return out


def _touches(before: str, after: str) -> bool:
    """Return whether two words, such as log and n, need a space between them."""
    first, last = _FIRST_WORD.match(after), _LAST_WORD.search(before)
    if not first or not last:
        return False
    return (len(last[1]) > 1 and last[1].isalpha()) or (len(first[0]) > 1 and first[0].isalpha())


def _ends_root(before: str, after: str) -> bool:
    return before.startswith("√") and after[0].isalnum()


def _is_separated(before: str, after: str) -> bool:
    # 1,000 is one number; x,y are two letters.
    return (
        before[-1:] in (",", ";")
        and not after[0].isspace()
        and not (after[0].isdigit() and before[-2:-1].isdigit())
    )


def _text(element: ElementTree.Element) -> str:
    """Return the text of one MathML element."""
    tag = element.tag
    children = list(element)
    if tag in ("mi", "mn", "mo", "ms"):
        return _plain("".join(element.itertext()))
    if tag == "mtext":
        return "".join(element.itertext()).replace("\xa0", " ")
    if tag == "mspace":
        # math_core adds spaces of 0.1667em around function names; spaces of other widths are the author's.
        return " " if element.get("width", "0.1667em") not in ("0.1667em", "0") else ""
    if tag == "mfrac":
        if element.get("linethickness") == "0":
            return f"{_text(children[0])} choose {_text(children[1])}"
        over, under = (_bracketed(_text(child)) for child in children)
        return f"{over}/{under}"
    if tag == "msqrt":
        return f"√{_under_root(_joined(children))}"
    if tag == "mroot":
        index = _raised(_text(children[1]))
        return f"{index.removeprefix('^')}√{_under_root(_text(children[0]))}"
    if tag in ("msup", "mover") and len(children) == 2:
        return _over(element, _text(children[0]), _text(children[1]))
    if tag in ("msub", "munder") and len(children) == 2:
        below = _text(children[1])
        return _text(children[0]) + ("" if below in "⏟⎵_" else _lowered(below))
    if tag in ("msubsup", "munderover") and len(children) == 3:
        return _text(children[0]) + _lowered(_text(children[1])) + _raised(_text(children[2]))
    if tag == "mmultiscripts":
        return "".join(map(_text, children))
    if tag == "mtable":
        return "; ".join(filter(None, map(_text, children)))
    if tag == "mtr":
        return _AFTER_CELL.sub(r" \1 ", " ".join(filter(None, map(_text, children))))
    return _joined(children)  # mrow, mstyle, mpadded, mphantom, mtd …


def _over(element: ElementTree.Element, base: str, above: str) -> str:
    """Return the text of msup or mover: a superscript, an accent, a stacked relation, or a brace that is dropped."""
    if element.tag == "msup":
        return base + _raised(above)
    if element.get("accent") == "true" and (mark := _ACCENTS.get(above)):
        return (
            normalize("NFC", "".join(_accented(letter, mark) for letter in base)) if len(base) < 4 else base
        )
    if both := _STACKED.get((above, base)):
        return both
    return base if above in "⏞⎴" or not above.strip() else base + _raised(above)


def _accented(letter: str, mark: str) -> str:
    return letter + mark if letter.isalpha() or letter.isdecimal() else letter


def _raised(text: str) -> str:
    return _script(text, "^", _SUPERSCRIPTS)


def _lowered(text: str) -> str:
    return _script(text, "_", _SUBSCRIPTS)


def _script(text: str, mark: str, characters: dict[str, str]) -> str:
    """Return a superscript or subscript in Unicode's characters for it, or else after TeX's mark."""
    text = text.strip()
    if text and all(sign in characters for sign in text):
        return "".join(map(characters.__getitem__, text))
    return f"{mark}{_braced(text)}" if text else ""


def _braced(text: str) -> str:
    """Return the text of a script, in braces if it is not a single character, word or number."""
    text = _NEEDLESS_BLANK.sub("", text)
    return text if len(text) == 1 or _SIMPLE.fullmatch(text) else f"{{{text}}}"


def _under_root(text: str) -> str:
    """Return a radicand, in parentheses if it is not a single character or number."""
    text = text.strip()
    return text if len(text) < 2 or text.isdecimal() or _is_in_brackets(text) else f"({text})"


def _bracketed(text: str) -> str:
    """Return the numerator or denominator of a fraction, in parentheses if it contains an operator or a space."""
    text = text.strip()
    closed = all(category(sign)[0] in "LNM" or sign in ".′_" for sign in text)
    return text if closed or _is_in_brackets(text) else f"({text})"


def _is_in_brackets(text: str) -> bool:
    return text.startswith("(") and text.endswith(")") and "(" not in text[1:-1]
