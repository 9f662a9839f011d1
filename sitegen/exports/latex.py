r"""Converts Unicode text to LaTeX that pdfLaTeX typesets, and checks which formulas are safe in a document.

pdfLaTeX knows about 340 characters beyond ASCII with ``\usepackage[T1]{fontenc}``; they are not changed. It stops at
all others, so they are replaced: signs become formulas with commands of LaTeX's kernel or amssymb, a letter loses a
diacritic that T1 lacks (ạ becomes a), letters of other scripts are romanised (王 becomes Wang). LuaLaTeX reads the
same entries; RIS and CSL-JSON keep the original spelling.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from sitegen.exports.mathnames import MATH_COMMANDS
from sitegen.text.commands import rare_command
from sitegen.text.patterns import pattern

# Braces become commands, because BibTeX counts a brace even after a backslash.
ESCAPES = {
    **{character: "\\" + character for character in "&%$#_"},
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "\\": r"{\textbackslash}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
}
# The characters that t1enc.dfu and ts1enc.dfu of LaTeX's kernel declare for the encodings T1 and TS1, except arrows
# and signs that look the same as formulas. µ counts as a Greek letter.
_PDFLATEX_KNOWS = (
    "\u00a1-\u00ac\u00ae-\u00b4\u00b6-\u0125\u0128-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u0165\u0168-\u017e"
    "\u01cd-\u01d4"
    "\u01e6-\u01eb\u01f0\u01f4\u01f5\u0218-\u021b\u0232\u0233\u1e02\u1e03\u1e0d\u1e1e-\u1e21\u1e25\u1e30\u1e31\u1e37"
    "\u1e43\u1e45\u1e47\u1e5b\u1e63\u1e6d\u1e8e-\u1e91\u1ef2\u1ef3\u2010-\u2015\u2018-\u201a\u201c-\u201e\u2020-\u2022"
    "\u2030\u2039\u203a\u20ac\u2122\u27e8\u27e9"
)
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ", "0123456789+-=()niT", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True))
_GREEK_NAMES = r"""
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi
    psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega mu vartheta varphi varpi varrho varepsilon
    varsigma
"""
_GREEK_COMMANDS = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩµϑϕϖϱϵς", _GREEK_NAMES.split(), strict=True))
# Greek letters without a TeX command, because they look like Latin ones.
_LATIN_LOOKALIKES = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))
_SIGN_TABLE = r"""
    − - ⋅ \cdot ∙ \bullet ∗ \ast ≤ \leq ≥ \geq ≠ \neq ≈ \approx ∼ \sim ≃ \simeq ≅ \cong ≡ \equiv
    ∝ \propto ∞ \infty ∂ \partial ∇ \nabla ℓ \ell ℏ \hbar ℎ h ∈ \in ∉ \notin ⊂ \subset ⊆ \subseteq ∪ \cup
    ∩ \cap ∅ \emptyset → \rightarrow ← \leftarrow ↔ \leftrightarrow ↑ \uparrow ↓ \downarrow ⇒ \Rightarrow
    ⇔ \Leftrightarrow ⇌ \rightleftharpoons ↦ \mapsto ⟶ \longrightarrow
    ′ ' ″ '' ‴ ''' ∘ \circ √ \surd ∑ \sum ∏ \prod ∫ \int ≪ \ll ≫ \gg ≲ \lesssim ≳ \gtrsim
    ⪅ \lessapprox ⪆ \gtrapprox ⊗ \otimes ⊕ \oplus ∖ \setminus ∧ \wedge ∨ \vee ∀ \forall ∃ \exists ★ \star
    ✓ \checkmark □ \square ■ \blacksquare △ \triangle ▲ \blacktriangle ⩽ \leqslant ⩾ \geqslant ≔ :=
    ⟺ \Longleftrightarrow ⟹ \Longrightarrow • \bullet ⪯ \preceq ⪰ \succeq 𝟙 \mathbf{1} ∆ \Delta Ω \Omega
    ⁄ / ∕ / ○ \circ ● \bullet ◦ \circ ‖ \Vert ∥ \parallel ∣ \mid
"""
_SIGN_COMMANDS = dict(zip(_SIGN_TABLE.split()[::2], _SIGN_TABLE.split()[1::2], strict=True))
_STYLE_COMMANDS = {
    "DOUBLE-STRUCK": "mathbb",
    "BOLD": "mathbf",
    "FRAKTUR": "mathfrak",
    "BLACK-LETTER": "mathfrak",
    "SCRIPT": "mathcal",
    "SANS-SERIF": "mathsf",
    "MONOSPACE": "mathtt",
}

# Callers put it in place of formulas while the rest of a text is converted; they remove it from the text before.
PLACEHOLDER = "\ufffc"
_TEX = r"[&%$#_{}~^\\<>|\x00-\x1f\x7f-\xa0\xad\u2028\u2029]"
TEX = pattern(_TEX)  # the ASCII characters that need an escape, and blanks that are no plain space
# A Latin letter with combining marks is the first alternative, so that marks are not matched without their letter.
SPECIAL = pattern(
    rf"(?:[A-Za-z][\u0300-\u036f]+)|[{''.join(_SUPERSCRIPTS)}]*[⁰⁴-⁹⁺⁻⁼⁽⁾ⁿⁱᵀ][{''.join(_SUPERSCRIPTS)}]*|[{''.join(_SUBSCRIPTS)}]+"
    rf"|{_TEX}|[^\x00-\x7f\ufffc{_PDFLATEX_KNOWS}]"
)
_OTHER_SCRIPT = pattern(r"[^\W\d_]+")
_GREEK_RUN = pattern(r"[\u0370-\u03ff\u1f00-\u1fff]+")
_STYLED_WORD = pattern(r"[\U0001d400-\U0001d7ff]{2,}")
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))


def romanised(text: str) -> str:
    """Return text in NFC without invisible characters, with letters of other scripts in Latin letters.

    A Greek word is romanised; single Greek letters in a text without Greek words are symbols and are not changed.
    """
    if text.isascii():
        return text
    text = _STYLED_WORD.sub(
        lambda found: unicodedata.normalize("NFKC", found[0]), unicodedata.normalize("NFC", text)
    )
    text = "".join([_without_invisible(sign) for sign in text])
    greek = any(_is_greek_word(run) for run in _GREEK_RUN.findall(text))
    return _OTHER_SCRIPT.sub(lambda found: _romanised_word(found[0], greek), text)


def _without_invisible(sign: str) -> str:
    if sign.isascii() and sign.isprintable():
        return sign
    if sign.isspace() or unicodedata.category(sign) == "Zs":
        return " "
    return "" if unicodedata.category(sign) in _INVISIBLE else sign


def _is_greek_word(run: str) -> bool:
    return len(run) > 3 or not all(sign in _GREEK_COMMANDS or sign in _LATIN_LOOKALIKES for sign in run)


def _romanised_word(word: str, greek: bool) -> str:
    if word.isascii():
        return word
    return "".join([anyascii(sign) if _is_foreign(sign, greek) else sign for sign in word])


@lru_cache(maxsize=2048)
def _is_foreign(sign: str, greek: bool) -> bool:
    """Whether to romanise a letter: it is neither Latin nor a symbol, and Greek only if ``greek`` is true."""
    name = unicodedata.name(sign, "")
    if name.startswith("GREEK"):
        return greek or (sign not in _GREEK_COMMANDS and sign not in _LATIN_LOOKALIKES)
    if (
        name.startswith(("LATIN", "SUPERSCRIPT", "SUBSCRIPT", "MODIFIER LETTER", "MICRO"))
        or sign in _SIGN_COMMANDS
    ):
        return False
    return not unicodedata.decomposition(sign).startswith("<")


def escaped(text: str) -> str:
    """Return LaTeX for text from ``romanised``: special characters escaped, unknown ones replaced by TeX."""
    return SPECIAL.sub(_replacement, text)


def _replacement(found: re.Match[str]) -> str:
    return _to_tex(found[0])


@lru_cache(maxsize=4096)
def _to_tex(signs: str) -> str:
    """Return the TeX of a character, of a letter with combining marks, or of a run of super- or subscripts."""
    if signs in ESCAPES:
        return ESCAPES[signs]
    if signs[0] in _SUPERSCRIPTS:
        return _formula("^" + _grouped("".join(map(_SUPERSCRIPTS.__getitem__, signs))))
    if signs[0] in _SUBSCRIPTS:
        return _formula("_" + _grouped("".join(map(_SUBSCRIPTS.__getitem__, signs))))
    if len(signs) > 1 or (unicodedata.decomposition(signs) and signs not in _SIGN_COMMANDS):
        return _decomposed(signs)
    return _sign(signs)


def _grouped(signs: str) -> str:
    return signs if len(signs) == 1 else f"{{{signs}}}"


def _formula(tex: str) -> str:
    return f"{{${tex}$}}"


def _sign(sign: str) -> str:
    if sign in _GREEK_COMMANDS:
        return _formula("\\" + _GREEK_COMMANDS[sign])
    if sign in _LATIN_LOOKALIKES:
        return _LATIN_LOOKALIKES[sign]
    if sign in _SIGN_COMMANDS:
        return _formula(_SIGN_COMMANDS[sign])
    if sign.isspace():
        return " "
    if unicodedata.category(sign) in _INVISIBLE:
        return ""
    name = rare_command(sign)
    if name in MATH_COMMANDS:
        return _formula("\\" + name)
    # The result is empty for a combining mark alone, and for a character that anyascii does not know.
    return escaped(anyascii(sign).strip(":"))


def _decomposed(signs: str) -> str:
    """Return the TeX of a letter with marks, of a styled mathematical letter, or of a compatibility character."""
    style, _, _ = unicodedata.decomposition(signs[0]).partition("> ")
    if style == "<font" and len(signs) == 1:
        return _styled(signs)
    plain = unicodedata.normalize("NFKC" if style.startswith("<") else "NFD", signs)
    base, marks = plain[0], plain[1:]
    if not (base.isascii() and base.isalpha() and marks and all(map(unicodedata.combining, marks))):
        return escaped(plain) if plain != signs else escaped(anyascii(signs))
    # Keep as many marks as pdfLaTeX knows. \d{a} would work in BibTeX, but biber turns it back into the character.
    for end in range(len(marks), 0, -1):
        letter = unicodedata.normalize("NFC", base + marks[:end])
        if len(letter) == 1 and not SPECIAL.search(letter):
            return letter
    return base


def _styled(sign: str) -> str:
    letter = unicodedata.normalize("NFKC", sign)
    if letter in _GREEK_COMMANDS or letter in _SIGN_COMMANDS:
        return _sign(letter)
    name = unicodedata.name(sign)
    command = next((command for word, command in _STYLE_COMMANDS.items() if word in name), "")
    # \mathbb and \mathcal have capitals only.
    if command in ("mathbb", "mathcal") and not letter.isupper():
        command = "mathbf" if command == "mathbb" else ""
    return (
        _formula(f"\\{command}{{{letter}}}" if command else letter) if letter.isascii() else escaped(letter)
    )


# MATH_COMMANDS has no command that reads or writes files, defines macros, or needs another package.
_COMMAND = pattern(r"\\([A-Za-z]+|.?)")
_UNSAFE = pattern(r"[%#&\x00-\x1f\x7f-\U0010ffff]|\^\^|(?:text|mbox|rm)[a-z]*\s*\{[^{}]*[_^$\\]")
_ESCAPED_SIGNS = frozenset(",:;! {}|")


def is_safe_formula(formula: str) -> bool:
    """Whether a formula, without its delimiters, is harmless in any document that cites the paper."""
    if _UNSAFE.search(formula):
        return False
    return all(name in MATH_COMMANDS or name in _ESCAPED_SIGNS for name in _COMMAND.findall(formula))
