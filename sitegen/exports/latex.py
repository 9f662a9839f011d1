r"""Unicode text as LaTeX that pdfLaTeX typesets, and which commands a formula may have.

pdfLaTeX knows about 340 characters beyond ASCII with ``\usepackage[T1]{fontenc}``: they stay as they are. All others
become TeX: signs become formulas of LaTeX's kernel or of amssymb, a letter loses the mark that T1 has not (ạ), and
letters of other scripts are romanised (王 is Wang), because pdfLaTeX stops at each of them. LuaLaTeX reads the same
entry; RIS and CSL-JSON have the original spelling.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from sitegen.exports.mathnames import MATH_COMMANDS
from sitegen.text.commands import rare_command
from sitegen.text.patterns import pattern

# Braces become commands too, because BibTeX counts a brace even behind a backslash.
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
# Declared for the encodings T1 and TS1 (t1enc.dfu, ts1enc.dfu of LaTeX's kernel), apart from arrows and signs that
# look alike as formulas. µ is a Greek letter here.
_KNOWN = (
    "\u00a1-\u00ac\u00ae-\u00b4\u00b6-\u0125\u0128-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u0165\u0168-\u017e"
    "\u01cd-\u01d4"
    "\u01e6-\u01eb\u01f0\u01f4\u01f5\u0218-\u021b\u0232\u0233\u1e02\u1e03\u1e0d\u1e1e-\u1e21\u1e25\u1e30\u1e31\u1e37"
    "\u1e43\u1e45\u1e47\u1e5b\u1e63\u1e6d\u1e8e-\u1e91\u1ef2\u1ef3\u2010-\u2015\u2018-\u201a\u201c-\u201e\u2020-\u2022"
    "\u2030\u2039\u203a\u20ac\u2122\u27e8\u27e9"
)
_HIGH = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ", "0123456789+-=()niT", strict=True))
_LOW = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True))
_GREEK_NAMES = r"""
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi
    psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega mu vartheta varphi varpi varrho varepsilon
    varsigma
"""
_GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩµϑϕϖϱϵς", _GREEK_NAMES.split(), strict=True))
# Capitals that look like Latin ones, for which TeX has no commands; and omicron.
_LATIN_LOOKS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))
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
_SIGNS = dict(zip(_SIGN_TABLE.split()[::2], _SIGN_TABLE.split()[1::2], strict=True))
_STYLES = {
    "DOUBLE-STRUCK": "mathbb",
    "BOLD": "mathbf",
    "FRAKTUR": "mathfrak",
    "BLACK-LETTER": "mathfrak",
    "SCRIPT": "mathcal",
    "SANS-SERIF": "mathsf",
    "MONOSPACE": "mathtt",
}

# No author's text keeps it: for whoever lifts formulas out of a text before the rest is romanised and escaped.
PLACEHOLDER = "\ufffc"
_TEX = r"[&%$#_{}~^\\<>|\x00-\x1f\x7f-\xa0\xad\u2028\u2029]"
TEX = pattern(_TEX)  # of ASCII, all that is special
# A Latin letter with combining marks comes first: the marks are not to be met alone.
SPECIAL = pattern(
    rf"(?:[A-Za-z][\u0300-\u036f]+)|[{''.join(_HIGH)}]*[⁰⁴-⁹⁺⁻⁼⁽⁾ⁿⁱᵀ][{''.join(_HIGH)}]*|[{''.join(_LOW)}]+"
    rf"|{_TEX}|[^\x00-\x7f\ufffc{_KNOWN}]"
)
_OTHER_SCRIPT = pattern(r"[^\W\d_]+")
_GREEK_RUN = pattern(r"[\u0370-\u03ff\u1f00-\u1fff]+")
_STYLED_WORD = pattern(r"[\U0001d400-\U0001d7ff]{2,}")
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))


def romanised(text: str) -> str:
    """Return text whose letters TeX can make: composed, without invisible characters, other scripts in Latin letters.

    A single Greek letter is a symbol and stays; a Greek word is romanised.
    """
    if text.isascii():
        return text
    text = _STYLED_WORD.sub(
        lambda found: unicodedata.normalize("NFKC", found[0]), unicodedata.normalize("NFC", text)
    )
    text = "".join([_visible(sign) for sign in text])
    greek = any(_is_greek_word(run) for run in _GREEK_RUN.findall(text))
    return _OTHER_SCRIPT.sub(lambda found: _romanised_word(found[0], greek), text)


def _visible(sign: str) -> str:
    if sign.isascii() and sign.isprintable():
        return sign
    if sign.isspace() or unicodedata.category(sign) == "Zs":
        return " "
    return "" if unicodedata.category(sign) in _INVISIBLE else sign


def _is_greek_word(run: str) -> bool:
    return len(run) > 3 or not all(sign in _GREEK or sign in _LATIN_LOOKS for sign in run)


def _romanised_word(word: str, greek: bool) -> str:
    if word.isascii():
        return word
    return "".join([anyascii(sign) if _is_foreign(sign, greek) else sign for sign in word])


@lru_cache(maxsize=2048)
def _is_foreign(sign: str, greek: bool) -> bool:
    """Whether a letter is of a script that is romanised: not Latin, no symbol, and Greek only in a Greek text."""
    name = unicodedata.name(sign, "")
    if name.startswith("GREEK"):
        return greek or (sign not in _GREEK and sign not in _LATIN_LOOKS)
    if name.startswith(("LATIN", "SUPERSCRIPT", "SUBSCRIPT", "MODIFIER LETTER", "MICRO")) or sign in _SIGNS:
        return False
    return not unicodedata.decomposition(sign).startswith("<")


def escaped(text: str) -> str:
    """Return romanised text in which TeX's own characters are escaped and unknown ones are TeX."""
    return SPECIAL.sub(_replaced, text)


def _replaced(found: re.Match[str]) -> str:
    return _latex(found[0])


@lru_cache(maxsize=4096)
def _latex(signs: str) -> str:
    """Return the TeX of a character, of a letter with its marks, or of a run of raised or lowered signs."""
    if signs in ESCAPES:
        return ESCAPES[signs]
    if signs[0] in _HIGH:
        return _formula("^" + _grouped("".join(map(_HIGH.__getitem__, signs))))
    if signs[0] in _LOW:
        return _formula("_" + _grouped("".join(map(_LOW.__getitem__, signs))))
    if len(signs) > 1 or (unicodedata.decomposition(signs) and signs not in _SIGNS):
        return _decomposed(signs)
    return _sign(signs)


def _grouped(signs: str) -> str:
    return signs if len(signs) == 1 else f"{{{signs}}}"


def _formula(tex: str) -> str:
    return f"{{${tex}$}}"


def _sign(sign: str) -> str:
    if sign in _GREEK:
        return _formula("\\" + _GREEK[sign])
    if sign in _LATIN_LOOKS:
        return _LATIN_LOOKS[sign]
    if sign in _SIGNS:
        return _formula(_SIGNS[sign])
    if sign.isspace():
        return " "
    if unicodedata.category(sign) in _INVISIBLE:
        return ""
    name = rare_command(sign)
    if name in MATH_COMMANDS:
        return _formula("\\" + name)
    # Marks on their own have no form, and neither has what anyascii does not know.
    return escaped(anyascii(sign).strip(":"))


def _decomposed(signs: str) -> str:
    """Return the TeX of a letter with marks, of a mathematical alphabet, or of what stands for several characters."""
    style, _, _ = unicodedata.decomposition(signs[0]).partition("> ")
    if style == "<font" and len(signs) == 1:
        return _styled(signs)
    plain = unicodedata.normalize("NFKC" if style.startswith("<") else "NFD", signs)
    base, marks = plain[0], plain[1:]
    if not (base.isascii() and base.isalpha() and marks and all(map(unicodedata.combining, marks))):
        return escaped(plain) if plain != signs else escaped(anyascii(signs))
    # \d{a} would do for BibTeX, but biber makes the unknown character of it again: the nearest letter is taken.
    for end in range(len(marks), 0, -1):
        letter = unicodedata.normalize("NFC", base + marks[:end])
        if len(letter) == 1 and not SPECIAL.search(letter):
            return letter
    return base


def _styled(sign: str) -> str:
    letter = unicodedata.normalize("NFKC", sign)
    if letter in _GREEK or letter in _SIGNS:
        return _sign(letter)
    name = unicodedata.name(sign)
    command = next((made for word, made in _STYLES.items() if word in name), "")
    # The fonts of \mathbb and \mathcal have capitals only.
    if command in ("mathbb", "mathcal") and not letter.isupper():
        command = "mathbf" if command == "mathbb" else ""
    return (
        _formula(f"\\{command}{{{letter}}}" if command else letter) if letter.isascii() else escaped(letter)
    )


# Whatever reads, writes, defines or expands is no command of MATH_COMMANDS, nor is what only some package has.
_COMMAND = pattern(r"\\([A-Za-z]+|.?)")
_UNSAFE = pattern(r"[%#&\x00-\x1f\x7f-\U0010ffff]|\^\^|(?:text|mbox|rm)[a-z]*\s*\{[^{}]*[_^$\\]")
_ESCAPED_SIGNS = frozenset(",:;! {}|")


def is_safe_formula(formula: str) -> bool:
    """Whether a formula, without its delimiters, may run in the document of whoever cites the paper."""
    if _UNSAFE.search(formula):
        return False
    return all(name in MATH_COMMANDS or name in _ESCAPED_SIGNS for name in _COMMAND.findall(formula))
