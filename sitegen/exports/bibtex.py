"""A paper as a BibTeX entry, and the key it is cited by.

The entry is arXiv's own ``@misc``, or an ``@article`` with the same fields and more, mended: text outside formulas is
what pdfLaTeX typesets (see ``latex``), so that BibTeX and biber with any LaTeX read it; formulas stay TeX where
LaTeX, amsmath and amssymb have their commands; capitals that a bibliography style must not lower are in braces.
Nothing an author wrote can end a field or the entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, tzinfo

from anyascii import anyascii

from sitegen.exports import journal, latex, metadata
from sitegen.library.library import day_in
from sitegen.models import ArxivId, Name, Paper
from sitegen.text import abstract, math, tex, withdrawn
from sitegen.text.patterns import pattern

# --- keys -------------------------------------------------------------------------------------------------

_TITLE_WORDS = 4
_LONGEST_WORD = 40  # characters: hostile words, and collaborations that write a sentence as their name
_LONGEST_TEXT = 1000  # likewise; no title needs more for four words
_NOT_KEY = pattern(r"[^a-z0-9 ]+")

# The English function words that arXiv omits from a key: the "Glasgow" list of information retrieval. The stop words
# in library/features.py are another list: words that titles of all fields share.
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


def base_key(paper: Paper, zone: tzinfo = UTC) -> str:
    """Make the key that arXiv would: family name, year of version 1, four telling words of the title.

    It consists of lower-case ASCII letters and digits, begins with a letter unless the name begins with a
    digit, and is never empty.
    """
    name = paper.credits[0].name if paper.credits else None
    family = _letters(name.printed if name.group else name.family).replace(" ", "") if name else ""
    words = _letters(abstract.to_text(paper.title)).split()
    telling = [word[:_LONGEST_WORD] for word in words if word not in _STOP_WORDS][:_TITLE_WORDS]
    return f"{family[:_LONGEST_WORD] or 'anonymous'}{day_in(zone)(paper.published).year}{''.join(telling)}"


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


def entry(paper: Paper, key: str, zone: tzinfo = UTC) -> str:
    """Make the entry, without a line break at its end; ``key`` comes from :func:`unique_keys`.

    It is an ``@article``, of the year in which it was published, where the journal reference says so beyond doubt;
    else a ``@misc`` of the day of version 1 in a time zone.
    """
    base = paper.id.base
    published = journal.article(paper)
    fields = [
        key,
        _field("title", _title(paper.title)),
        _field("author", " and ".join(filter(None, (_author(credit.name) for credit in paper.credits)))),
        *(_article_fields(published) if published else _day_fields(day_in(zone)(paper.published))),
        _field("eprint", base),
        _field("archivePrefix", "arXiv"),
        _field("primaryClass", _escape(paper.primary)),
        # Verbatim for biber and for LaTeX's \url: an escape would spoil them.
        _field("doi", metadata.cited_doi(paper)),
        _field("url", metadata.abs_url(base)),
        _field("note", _note(paper, told=published is not None)),
    ]
    return f"@{'article' if published else 'misc'}{{" + ",\n  ".join(filter(None, fields)) + "\n}"


def remark(text: str) -> str:
    """Return text on one line, fit to stand between entries.

    BibTeX has no comments: it passes over everything up to the next ``@``, which begins an entry, after a ``%`` too.
    """
    return " ".join(text.split()).replace("@", "(at)")


def _field(name: str, value: str) -> str:
    return f"{name}={{{value}}}" if value else ""


def _article_fields(published: journal.Article) -> list[str]:
    return [
        _field("journal", _escape(published.journal)),
        _field("volume", published.volume),
        _field("number", published.number.replace("-", "--")),
        _field("pages", published.pages.replace("-", "--")),
        _field("year", f"{published.year:04}"),
    ]


def _day_fields(day: date) -> list[str]:
    # The month is a macro, not a string: styles then print it in the language of the document.
    return [_field("year", f"{day.year:04}"), f"month={_MONTHS[day.month - 1]}"]


def _note(paper: Paper, *, told: bool) -> str:
    """Return what no field of its own says; ``told``, the journal reference is in fields."""
    notes = []
    if paper.journal_ref and not told:
        notes.append("Published in " + _escape(abstract.to_text(paper.journal_ref)).rstrip("."))
    if withdrawn.statement(paper.comment, paper.abstract):
        notes.append("Withdrawn")
    return ". ".join(notes)


def _escape(text: str) -> str:
    if text.isascii() and not latex.TEX.search(text):
        return text
    return latex.escaped(latex.romanised(" ".join(text.replace(latex.PLACEHOLDER, " ").split())))


# --- authors ----------------------------------------------------------------------------------------------

_DIVIDER = pattern(r",|\b[Aa][Nn][Dd]\b|^others$")
_ODD_NAME = pattern(f"{latex.TEX.pattern}|[^\\x00-\\x7f]|{_DIVIDER.pattern}")
_TOKEN = pattern(r"[\s~-]+")
_LETTER = pattern("[A-Za-z]")


def _author(name: Name) -> str:
    """``Family, Given`` or ``Family, Suffix, Given``; a name without such parts is one word in braces."""
    if name.group:
        return f"{{{_escape(name.printed)}}}"
    if not name.given:
        whole = f"{name.family} {name.suffix}".rstrip()
        return f"{{{_escape(whole)}}}" if _TOKEN.search(whole) else _name_part(whole)
    family, suffix, given = _family(name.family), _name_part(name.suffix), _name_part(name.given)
    # A part may have held nothing that can be written, and a comma must not stand at the end.
    return ", ".join(filter(None, (family, suffix, given)))


def _family(family: str) -> str:
    """Return a family name as BibTeX and biber take it whole: da {Silva e Costa}, {Ortega y Gasset}, {al-Hassan}.

    Up to the last lower-case word but one they take all words for particles, which are not cited; BibTeX also parts
    words at hyphens, and knows the case of ASCII letters only. Particles in front stay outside of the braces.
    """
    if family.isalpha() or _DIVIDER.search(family):
        return _name_part(family)
    words = family.split()
    start = next((index for index, word in enumerate(words[:-1]) if not word.islower()), len(words) - 1)
    rest = " ".join(words[start:])
    if not any(map(_looks_lower, _TOKEN.split(rest)[:-1])):
        return _name_part(family)
    return " ".join([*map(_name_part, words[:start]), f"{{{_escape(rest)}}}"])


def _looks_lower(token: str) -> bool:
    first = _LETTER.search(token)
    return first is not None and first[0].islower()


def _name_part(part: str) -> str:
    if not _ODD_NAME.search(part):
        return part
    # A comma or the word "and" would divide the name, and "others" alone means "et al."
    made = _escape(part)
    return f"{{{made}}}" if _DIVIDER.search(made) else made


# --- titles -----------------------------------------------------------------------------------------------

_FORMULA = latex.PLACEHOLDER  # stands for a formula while the words round it are treated
_BRACE = pattern("[{}]")
_TEX_CHARACTER = pattern(r"\\[\\{}]")
_CORE = pattern(rf"(?:[^\W_]|{_FORMULA})(?:.*(?:[^\W_]|{_FORMULA}))?")  # a word without outer punctuation
_JOINTS = pattern("[-‐–—/]")
_DIGIT = pattern(r"\d")


def _title(source: str) -> str:
    text, formulas = _lift_formulas(source)
    text = latex.romanised(text)
    words = text.split()
    special = not text.isascii() or latex.TEX.search(text) is not None
    sentence_case = _is_sentence_case(words)
    opening = True  # of a sentence: its capital is the style's business
    pieces = []
    for word in words:
        noun = sentence_case and not opening
        # Most words are small or have one capital, in front; the rest is worth a closer look.
        if (word.islower() and _FORMULA not in word) or (word.isalpha() and word[1:].islower() and not noun):
            pieces.append(latex.escaped(word) if special else word)
        else:
            pieces.append(_protect(word, noun))
        opening = word[-1] in ":?!-–—"
    first, *rest = " ".join(pieces).split(_FORMULA)
    return first + "".join(formula + part for formula, part in zip(formulas, rest, strict=True))


def _lift_formulas(source: str) -> tuple[str, list[str]]:
    """Return Unicode text with a mark in place of each formula, and the formulas in TeX.

    A formula that cannot be kept as TeX is given in its Unicode form, or as its source where it has none.
    """
    text = []
    formulas = []
    for kind, piece in tex.pieces(source):
        if kind == "math" and (formula := _harmless(piece)):
            formulas.append(f"${formula}$")
            text.append(_FORMULA)
        elif kind in ("math", "tex", "text"):
            text.append(abstract.piece_text((kind, piece)).replace(_FORMULA, " "))
    return "".join(text), formulas


def _harmless(piece: str) -> str:
    """Return a formula without its delimiters; "" if it must not run in another's document, or would stop it."""
    formula = " ".join(math.strip_delimiters(piece)[0].split())
    if not latex.is_safe_formula(formula) or not _is_balanced(formula) or math.convert(piece).reason:
        return ""
    return formula


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
        return latex.escaped(word)
    kept = core[0]
    if not (_FORMULA in kept or (proper_noun and kept[0].isupper()) or _has_fixed_capital(kept)):
        return latex.escaped(word)
    # The core begins with a letter, a digit or a formula, so that no "{\\" arises: BibTeX takes that for a
    # "special character", in which it lowers letters all the same.
    return (
        f"{latex.escaped(word[: core.start()])}{{{latex.escaped(kept)}}}{latex.escaped(word[core.end() :])}"
    )


def _has_fixed_capital(word: str) -> bool:
    """Whether a capital stands alone, within a word or by a digit: DNA, mRNA, C. elegans, V1, EMG-Based."""
    for part in _JOINTS.split(word):
        if part[1:] != part[1:].lower():
            return True
        if part[:1].isupper() and (_DIGIT.search(part) or (len(part) == 1 and word != "A")):
            return True
    return False
