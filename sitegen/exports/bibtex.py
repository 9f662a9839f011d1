"""A paper as a BibTeX entry, and its citation key.

The entry has the fields of arXiv's own ``@misc``; an ``@article`` has more. Text outside formulas is converted to
what pdfLaTeX typesets (see ``latex``), for BibTeX and biber. Formulas stay TeX if LaTeX, amsmath and amssymb define
their commands. Capitals that a bibliography style must not lower-case are in braces. No text of a feed can end a
field or the entry.
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
_LONGEST_WORD = 40  # characters; hostile words, and collaborations whose name is a sentence, are cut
_LONGEST_TEXT = 1000  # characters; enough for four words of any title
_NOT_KEY = pattern(r"[^a-z0-9 ]+")

# The English function words that arXiv omits from a key: the "Glasgow" list of information retrieval. The stop words
# in library/features.py are another list: words that titles of all fields share.
_GLASGOW_LIST = """
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
_STOP_WORDS = frozenset(_GLASGOW_LIST.split())


def base_key(paper: Paper, zone: tzinfo = UTC) -> str:
    """Return the key as arXiv forms it: family name, year of version 1, four words of the title.

    English function words of the title are left out. The key consists of lower-case ASCII letters and digits, begins
    with a letter unless the name begins with a digit, and is never empty.
    """
    name = paper.credits[0].name if paper.credits else None
    family = _letters(name.printed if name.group else name.family).replace(" ", "") if name else ""
    words = _letters(abstract.to_text(paper.title)).split()
    title_words = [word[:_LONGEST_WORD] for word in words if word not in _STOP_WORDS][:_TITLE_WORDS]
    return (
        f"{family[:_LONGEST_WORD] or 'anonymous'}{day_in(zone)(paper.published).year}{''.join(title_words)}"
    )


def unique_keys(wanted: Iterable[tuple[ArxivId, str]]) -> dict[str, str]:
    """Return a unique key for each paper, by base identifier; ``wanted`` holds each paper's ``base_key``.

    If several papers have the same base key, the lowest identifier keeps it, and the others append their digits. Keys
    are assigned in the order of identifiers, so that a newer paper does not change an older one's key.
    """
    assigned: dict[str, str] = {}
    taken: set[str] = set()
    for identifier, key in sorted(wanted, key=lambda pair: pair[0].sort_key):
        if key in taken:
            key += "".join(filter(str.isdigit, identifier.base))
        # Still taken: old identifiers of two archives may have the same digits, and a title may end with such digits.
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


def entry(paper: Paper, key: str, zone: tzinfo = UTC, *, only_first: bool = False) -> str:
    """Return the entry, without a line break at its end; ``key`` comes from :func:`unique_keys`.

    It is an ``@article``, with the year of publication, if the journal reference is unambiguous (see ``journal``);
    otherwise a ``@misc``, with the date of version 1 in ``zone``. With ``only_first``, the other authors are
    ``others``, which styles print as «et al.».
    """
    base = paper.id.base
    published = journal.article(paper)
    named = paper.credits[:1] if only_first else paper.credits
    authors = [*(_author(credit.name) for credit in named), "others" if only_first else ""]
    fields = [
        key,
        _field("title", _title(paper.title)),
        _field("author", " and ".join(filter(None, authors))),
        *(_article_fields(published) if published else _day_fields(day_in(zone)(paper.published))),
        _field("eprint", base),
        _field("archivePrefix", "arXiv"),
        _field("primaryClass", _escape(paper.primary)),
        # Not escaped, because biber and LaTeX's \url read these fields verbatim.
        _field("doi", metadata.cited_doi(paper)),
        _field("url", metadata.abs_url(base)),
        _field("note", _note(paper, with_reference=published is None)),
    ]
    return f"@{'article' if published else 'misc'}{{" + ",\n  ".join(filter(None, fields)) + "\n}"


def remark(text: str) -> str:
    """Return text as one line that is allowed between entries.

    BibTeX has no comments: it skips everything up to the next ``@``, even after a ``%``, so ``@`` is replaced.
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
    # The month is a macro, without braces, so that styles print it in the language of the document.
    return [_field("year", f"{day.year:04}"), f"month={_MONTHS[day.month - 1]}"]


def _note(paper: Paper, *, with_reference: bool) -> str:
    """Return the note: the journal reference, unless other fields hold it, and whether the paper was withdrawn."""
    notes = []
    if paper.journal_ref and with_reference:
        notes.append("Published in " + _escape(abstract.to_text(paper.journal_ref)).rstrip("."))
    if withdrawn.statement(paper.comment, paper.abstract):
        notes.append("Withdrawn")
    return ". ".join(notes)


def _escape(text: str) -> str:
    if text.isascii() and not latex.TEX.search(text):
        return text
    return latex.escaped(latex.romanised(" ".join(text.replace(latex.PLACEHOLDER, " ").split())))


# --- authors ----------------------------------------------------------------------------------------------

_NAME_DIVIDER = pattern(r",|\b[Aa][Nn][Dd]\b|^others$")
_ODD_NAME = pattern(f"{latex.TEX.pattern}|[^\\x00-\\x7f]|{_NAME_DIVIDER.pattern}")
_TOKEN = pattern(r"[\s~-]+")
_LETTER = pattern("[A-Za-z]")


def _author(name: Name) -> str:
    """Return ``Family, Given`` or ``Family, Suffix, Given``; in braces, a group or a name without a given name."""
    if name.group:
        return f"{{{_escape(name.printed)}}}"
    if not name.given:
        whole = f"{name.family} {name.suffix}".rstrip()
        return f"{{{_escape(whole)}}}" if _TOKEN.search(whole) else _name_part(whole)
    family, suffix, given = _family(name.family), _name_part(name.suffix), _name_part(name.given)
    # A part may be empty after escaping; the name must not end with a comma.
    return ", ".join(filter(None, (family, suffix, given)))


def _family(family: str) -> str:
    """Return a family name that BibTeX and biber cite whole: da {Silva e Costa}, {Ortega y Gasset}, {al-Hassan}.

    They treat all words up to the last lower-case word that precedes another one as particles, and do not cite them.
    BibTeX also splits words at hyphens, and knows the case of ASCII letters only. Braces around the rest of the name
    prevent that; particles at its beginning stay outside.
    """
    if family.isalpha() or _NAME_DIVIDER.search(family):
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
    # Outside braces, a comma or the word "and" would divide the name, and "others" alone means "et al."
    escaped = _escape(part)
    return f"{{{escaped}}}" if _NAME_DIVIDER.search(escaped) else escaped


# --- titles -----------------------------------------------------------------------------------------------

_FORMULA = latex.PLACEHOLDER  # replaces a formula while the words around it are converted
_BRACE = pattern("[{}]")
_TEX_CHARACTER = pattern(r"\\[\\{}]")
_CORE = pattern(rf"(?:[^\W_]|{_FORMULA})(?:.*(?:[^\W_]|{_FORMULA}))?")  # a word without outer punctuation
_JOINTS = pattern("[-‐–—/]")
_DIGIT = pattern(r"\d")


def _title(source: str) -> str:
    """Return a title as LaTeX, with braces around what a style must not lower-case."""
    text, formulas = _lift_formulas(source)
    text = latex.romanised(text)
    words = text.split()
    special = not text.isascii() or latex.TEX.search(text) is not None
    sentence_case = _is_sentence_case(words)
    opening = True  # whether a sentence begins, whose capital the style may lower-case
    pieces = []
    for word in words:
        is_noun = sentence_case and not opening
        # Most words are lower-case or have only their first letter upper-case; these need no braces.
        if (word.islower() and _FORMULA not in word) or (
            word.isalpha() and word[1:].islower() and not is_noun
        ):
            pieces.append(latex.escaped(word) if special else word)
        else:
            pieces.append(_protect(word, is_noun))
        opening = word[-1] in ":?!-–—"
    first, *rest = " ".join(pieces).split(_FORMULA)
    return first + "".join(formula + part for formula, part in zip(formulas, rest, strict=True))


def _lift_formulas(source: str) -> tuple[str, list[str]]:
    """Return Unicode text with ``_FORMULA`` in place of each formula, and the formulas as ``$…$``.

    A formula that cannot stay TeX becomes part of the text: in Unicode, or as its source if it has no such form.
    """
    text = []
    formulas = []
    for kind, piece in tex.pieces(source):
        if kind == "math" and (formula := _safe_formula(piece)):
            formulas.append(f"${formula}$")
            text.append(_FORMULA)
        elif kind in ("math", "tex", "text"):
            text.append(abstract.piece_text((kind, piece)).replace(_FORMULA, " "))
    return "".join(text), formulas


def _safe_formula(piece: str) -> str:
    """Return a formula without its delimiters; "" if it could harm or stop a document that cites the paper."""
    formula = " ".join(math.strip_delimiters(piece)[0].split())
    if not latex.is_safe_formula(formula) or not _is_balanced(formula) or math.convert(piece).reason:
        return ""
    return formula


def _is_balanced(formula: str) -> bool:
    """Whether braces match for BibTeX, which counts all of them, and for TeX, which does not count escaped ones."""
    return _braces_match(formula) and _braces_match(_TEX_CHARACTER.sub("", formula))


def _braces_match(text: str) -> bool:
    depth = 0
    for brace in _BRACE.findall(text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _is_sentence_case(words: list[str]) -> bool:
    """Whether most words are lower-case, so that a capital within the title marks a proper noun."""
    lower = capital = 0
    for word in words[1:]:
        if len(word) > 3:
            if word.islower():
                lower += word not in _STOP_WORDS
            elif word[0].isupper():
                capital += 1
    return lower >= capital


def _protect(word: str, proper_noun: bool) -> str:
    """Return an escaped word, in braces if a style must not lower-case it; outer punctuation stays outside."""
    core = _CORE.search(word)
    if core is None:
        return latex.escaped(word)
    kept = core[0]
    if not (_FORMULA in kept or (proper_noun and kept[0].isupper()) or _has_fixed_capital(kept)):
        return latex.escaped(word)
    # The core begins with a letter, a digit or a formula, never with a backslash: "{\\" is a "special character" to
    # BibTeX, in which it lower-cases letters in spite of the braces.
    return (
        f"{latex.escaped(word[: core.start()])}{{{latex.escaped(kept)}}}{latex.escaped(word[core.end() :])}"
    )


def _has_fixed_capital(word: str) -> bool:
    """Whether a word has a capital alone, within it or beside a digit: DNA, mRNA, C. elegans, V1, EMG-Based."""
    for part in _JOINTS.split(word):
        if part[1:] != part[1:].lower():
            return True
        if part[:1].isupper() and (_DIGIT.search(part) or (len(part) == 1 and word != "A")):
            return True
    return False
