"""A paper as a BibTeX entry, and the key it is cited by.

The entry is arXiv's own ``@misc``, mended: text outside formulas is Unicode with LaTeX's special characters
escaped, so that both biber and BibTeX with a modern LaTeX read it; formulas stay TeX; capitals that a
bibliography style must not lower are in braces. Nothing an author wrote can end a field or the entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from anyascii import anyascii

from sitegen.exports import metadata
from sitegen.models import ArxivId, Name, Paper
from sitegen.text import abstract, math, tex, withdrawn
from sitegen.text.patterns import pattern

# --- keys -------------------------------------------------------------------------------------------------

_TITLE_WORDS = 4
_LONGEST_WORD = 40  # characters: hostile words, and collaborations that write a sentence as their name
_LONGEST_TEXT = 1000  # likewise; no title needs more for four words
_NOT_KEY = pattern(r"[^a-z0-9 ]+")

# The English function words that arXiv passes over in a key: the "Glasgow" list of information retrieval.
_GLASGOW = """
a about above across after afterwards again against all almost alone along already also although always am
among amongst amount an and another any anyhow anyone anything anyway anywhere are around as at back be
became because become becomes becoming been before beforehand behind being below beside besides between
beyond bill both bottom but by call can cannot cant co con could couldnt cry de describe detail do done
down due during each eg eight either eleven else elsewhere empty enough etc even ever every everyone
everything everywhere except few fifteen fill find fire first five for former formerly forty found four
from front full further get give go had has hasnt have he hence her here hereafter hereby herein hereupon
hers herself him himself his how however hundred ie if in inc indeed interest into is it its itself keep
last latter latterly least less ltd made many may me meanwhile might mill mine more moreover most mostly
move much must my myself name namely neither never nevertheless next nine no nobody none nor not nothing
now nowhere of off often on once one only onto or other others otherwise our ours ourselves out over own
part per perhaps please put rather re same see seem seemed seeming seems serious several she should show
side since sincere six sixty so some somehow someone something sometime sometimes somewhere still such
system take ten than that the their them themselves then thence there thereafter thereby therefore therein
thereupon these they thin third this those though three through throughout thru thus to together too top
toward towards twelve twenty two un under until up upon us very via was we well were what whatever when
whence whenever where whereafter whereas whereby wherein whereupon wherever whether which while whither
who whoever whole whom whose why will with within without would yet you your yours yourself yourselves
"""
_STOP_WORDS = frozenset(_GLASGOW.split())


def base_key(paper: Paper) -> str:
    """Make the key that arXiv would: family name, year of version 1, four telling words of the title.

    It consists of lower-case ASCII letters and digits, begins with a letter unless the name begins with a
    digit, and is never empty.
    """
    name = paper.credits[0].name if paper.credits else None
    family = _letters(name.printed if name.group else name.family).replace(" ", "") if name else ""
    words = _letters(abstract.to_text(paper.title)).split()
    telling = [word[:_LONGEST_WORD] for word in words if word not in _STOP_WORDS][:_TITLE_WORDS]
    return f"{family[:_LONGEST_WORD] or 'anonymous'}{paper.published.year}{''.join(telling)}"


def unique_keys(wanted: Iterable[tuple[ArxivId, str]]) -> dict[str, str]:
    """Give each paper, by its base identifier, the key that it would like to have, or one like it.

    Keys differ in more than the case of letters. Where several papers want one key, the oldest identifier gets it and
    the others append their digits. Papers are served from the oldest on, so that one that comes later changes none
    that is there.
    """
    assigned: dict[str, str] = {}
    taken: set[str] = set()
    for identifier, key in sorted(wanted, key=lambda pair: pair[0].sort_key):
        if key in taken:
            key += "".join(filter(str.isdigit, identifier.base))
        # Left are old identifiers of two archives with the same digits, and titles that end like such a key.
        while key in taken:
            key += "x"
        taken.add(key)
        assigned[identifier.base] = key
    return assigned


def _letters(text: str) -> str:
    text = text[:_LONGEST_TEXT]
    return _NOT_KEY.sub("", (text if text.isascii() else anyascii(text)).lower())


# --- entries ----------------------------------------------------------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def entry(paper: Paper, key: str) -> str:
    """Make the entry, without a line break at its end; ``key`` comes from :func:`keys`."""
    base = paper.id.base
    fields = [
        key,
        _field("title", _title(paper.title)),
        _field("author", " and ".join(filter(None, (_author(credit.name) for credit in paper.credits)))),
        _field("year", f"{paper.published.year:04}"),
        # A macro, not a string: styles then print the month in the language of the document.
        f"month={_MONTHS[paper.published.month - 1]}",
        _field("eprint", base),
        _field("archivePrefix", "arXiv"),
        _field("primaryClass", _escape(paper.primary)),
        # Verbatim for biber and for LaTeX's \url: an escape would spoil them.
        _field("doi", metadata.cited_doi(paper)),
        _field("url", metadata.abs_url(base)),
        _field("note", _note(paper)),
    ]
    return "@misc{" + ",\n  ".join(filter(None, fields)) + "\n}"


def _field(name: str, value: str) -> str:
    return f"{name}={{{value}}}" if value else ""


def _note(paper: Paper) -> str:
    notes = []
    if paper.journal_ref:
        notes.append("Published in " + _prose(abstract.to_text(paper.journal_ref)).rstrip("."))
    if withdrawn.statement(paper.comment, paper.abstract):
        notes.append("Withdrawn")
    return ". ".join(notes)


# What LaTeX reads as a command, or as another character in its default font encoding. Braces become commands
# too, because BibTeX counts a brace even behind a backslash.
_ESCAPES = {
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
# pdfLaTeX has no Greek in its text fonts: a letter on its own becomes a formula, a Greek word stays itself.
_GREEK_NAMES = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi
    psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega mu
"""
_GREEK_LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩµ"
_GREEK = {
    letter: rf"{{$\{name}$}}" for letter, name in zip(_GREEK_LETTERS, _GREEK_NAMES.split(), strict=True)
}
_SPECIAL = pattern(r"[&%$#_{}~^\\<>|\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPECIAL_PROSE = pattern(rf"{_SPECIAL.pattern}|(?<![Ͱ-Ͽ])[{_GREEK_LETTERS}](?![Ͱ-Ͽ])")
_REPLACEMENTS = _ESCAPES | _GREEK


def _escape(text: str, special: re.Pattern[str] = _SPECIAL) -> str:
    if not special.search(text):
        return text
    # What has no replacement is a control character.
    return special.sub(lambda found: _REPLACEMENTS.get(found[0], ""), " ".join(text.split()))


def _prose(text: str) -> str:
    return _escape(text, _SPECIAL if text.isascii() else _SPECIAL_PROSE)


# --- authors ----------------------------------------------------------------------------------------------

_DIVIDER = pattern(r",|\b[Aa][Nn][Dd]\b|^others$")
_ODD_NAME = pattern(f"{_SPECIAL.pattern}|{_DIVIDER.pattern}")


def _author(name: Name) -> str:
    """``Family, Given`` or ``Family, Suffix, Given``; a name without such parts is one word in braces."""
    if name.group:
        return f"{{{_escape(name.printed)}}}"
    if not name.given:
        whole = f"{name.family} {name.suffix}".rstrip()
        return f"{{{_escape(whole)}}}" if " " in whole else _name_part(whole)
    if not name.suffix:
        return f"{_name_part(name.family)}, {_name_part(name.given)}"
    return f"{_name_part(name.family)}, {_name_part(name.suffix)}, {_name_part(name.given)}"


def _name_part(part: str) -> str:
    if not _ODD_NAME.search(part):
        return part
    # A comma or the word "and" would divide the name, and "others" alone means "et al."
    return f"{{{_escape(part)}}}" if _DIVIDER.search(part) else _escape(part)


# --- titles -----------------------------------------------------------------------------------------------

_FORMULA = "\ue000"  # private use: stands for a formula while the words round it are treated
# Formulas are TeX that runs in the document of whoever cites the paper, so whatever reads, writes, defines or
# expands is refused, and so is what means nothing in a formula. The title then shows its Unicode form.
_UNSAFE_MATH = pattern(
    r"[%#&\x00-\x1f\x7f-\x9f\u2028\u2029]|\^\^|\\let\b|\\[A-Za-z@]*"
    r"(?:input|includ|writ|open|read|def|csname|catcode|command|token|lua|shell|special|every|loop|expand|begin"
    r"|end|pdf|immediate|file)"
)
_BRACE = pattern("[{}]")
_TEX_CHARACTER = pattern(r"\\[\\{}]")
_CORE = pattern(rf"(?:[^\W_]|{_FORMULA})(?:.*(?:[^\W_]|{_FORMULA}))?")  # a word without outer punctuation
_JOINTS = pattern("[-‐–—/]")
_DIGIT = pattern(r"\d")


def _title(source: str) -> str:
    text, formulas = _lift_formulas(source)
    words = text.split()
    special = not text.isascii() or _SPECIAL.search(text) is not None
    sentence_case = _is_sentence_case(words)
    opening = True  # of a sentence: its capital is the style's business
    pieces = []
    for word in words:
        noun = sentence_case and not opening
        # Most words are small or have one capital, in front; the rest is worth a closer look.
        if (word.islower() and _FORMULA not in word) or (word.isalpha() and word[1:].islower() and not noun):
            pieces.append(_prose(word) if special else word)
        else:
            pieces.append(_protect(word, noun))
        opening = word[-1] in ":?!-–—"
    first, *rest = " ".join(pieces).split(_FORMULA)
    return first + "".join(formula + part for formula, part in zip(formulas, rest, strict=True))


def _lift_formulas(source: str) -> tuple[str, list[str]]:
    """Unicode text with a mark in place of each formula, and the formulas in TeX."""
    text = []
    formulas = []
    for kind, piece in tex.pieces(source):
        if kind == "math" and (formula := _harmless(piece)):
            formulas.append(f"${formula}$")
            text.append(_FORMULA)
        elif kind in ("math", "tex", "text"):
            text.append(piece.replace(_FORMULA, " "))
    return "".join(text), formulas


def _harmless(piece: str) -> str:
    """Return a formula without its delimiters, or "" if it must not run in another's document."""
    formula = " ".join(math.inside(piece)[0].split())
    return "" if _UNSAFE_MATH.search(piece) or not _is_balanced(formula) else formula


def _is_balanced(formula: str) -> bool:
    """Whether braces match for BibTeX, which counts all, and for TeX, where an escaped one is a character."""
    return _matches(formula) and _matches(_TEX_CHARACTER.sub("", formula))


def _matches(text: str) -> bool:
    depth = 0
    for brace in _BRACE.findall(text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _is_sentence_case(words: list[str]) -> bool:
    """Whether most telling words are lower-case, so that a capital within the title is a proper noun's."""
    lower = capital = 0
    for word in words[1:]:
        if len(word) > 3:
            if word.islower():
                lower += word not in _STOP_WORDS
            elif word[0].isupper():
                capital += 1
    return lower >= capital


def _protect(word: str, proper_noun: bool) -> str:
    """Put a word in braces, its outer punctuation left out, if lower-casing would spoil it."""
    core = _CORE.search(word)
    if core is None:
        return _prose(word)
    kept = core[0]
    if not (_FORMULA in kept or (proper_noun and kept[0].isupper()) or _has_fixed_capital(kept)):
        return _prose(word)
    # The core begins with a letter, a digit or a formula, so that no "{\\" arises: BibTeX takes that for a
    # "special character", in which it lowers letters all the same.
    return f"{_prose(word[: core.start()])}{{{_prose(kept)}}}{_prose(word[core.end() :])}"


def _has_fixed_capital(word: str) -> bool:
    """Whether a capital stands alone, within a word or by a digit: DNA, mRNA, C. elegans, V1, EMG-Based."""
    for part in _JOINTS.split(word):
        if part[1:] != part[1:].lower():
            return True
        if part[:1].isupper() and (_DIGIT.search(part) or (len(part) == 1 and word != "A")):
            return True
    return False
