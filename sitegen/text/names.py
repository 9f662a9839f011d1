"""Parses names of people and groups, and forms the keys by which they are compared and sorted.

An ambiguous name gets the reading that is most frequent among authors of papers: the last word is the family name
(Márquez in «Gabriel García Márquez»: García may be a second given name), and a capital Van before it is part of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

from sitegen.models import Name
from sitegen.text import lines
from sitegen.text.names_plain import plain
from sitegen.text.patterns import pattern


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# "Ramón y Cajal", "Silva e Costa": the word before these belongs to the family name too.
_JOINING = _words("y e i und")
# Particles that begin a family name if they are in lower case.
_LOWER = _JOINING | _words("""
    af al am av aw bar ben bin bint d d' d’ da dal dalla dall' dall’ das de de' de’ degli dei del dela dell'
    dell’ della delle delli dello den der des di do dos du el het ibn in la las le les lo los mac op ould san
    st. 't ’t te ten ter thor til tot uit van vande vanden vander ver vom von vor zu zum zur
    ال آل بن ابن ابو أبو
""")
# Particles that begin a family name with a capital too, directly before the last word. Words that are also given
# names or syllables of East Asian names (San, Bin, Zu, Do) are left out.
_CAPITAL = _words("""
    Al Ben Bar Da Dal Dalla Dall' Dall’ Das De De' De’ Dei Del Dell' Dell’ Della Delle Dello Den Der Des Di Dos
    Du D' D’ El Ibn La Las Le Les Lo Los Mac Mc O' O’ Ould St St. Saint Te Ten Ter Van Vande Vanden Vander Ver
    Von Zum Zur
""")
_PARTICLES = _LOWER | _CAPITAL
# After these family names, which come first, Van is a given name.
_VIETNAMESE = _words(
    "Nguyen Tran Pham Le Hoang Huynh Vu Vo Dang Bui Do Ho Ngo Duong Ly Phan Dinh Trinh Truong Dao Luong"
)
_GENERATIONS = _words("Jr JR jr Sr SR II III IV V VI VII VIII 2nd 3rd 4th 5th")
# Degrees, religious orders and fellowships, without the full stops and spaces between their letters (Ph. D., S. J.).
_DEGREES = _words("""
    PhD PHD Phd DPhil MD MSc MSC BSc MPhil MPH DSc ScD EdD PsyD PharmD MBBS MBChB DVM DDS MBA Esq
    FRS FRCP FRCPC FACP SJ OFM OP OSB OCD OMI SDB CSC FSC
""")
# After a single word these are initials: "Sharma OP".
_INITIALS_TOO = _words("SJ OP CSC V VI")
_TITLES = ("Dr ", "Dr. ", "Prof ", "Prof. ", "Professor ", "Mr ", "Mr. ", "Mrs ", "Mrs. ", "Ms. ")

# A name that contains one of these words, in lower case, capitalised or in capitals, is that of a group.
_GROUPS = _words("""
    collaboration collaborations collab collab. consortium consortia coalition initiative team group network project
    institute committee investigators alliance association society foundation taskforce community university
    department laboratory centre center council program programme registry school faculty hospital academy dept dept.
    univ univ. universidad universität université università institut
""")
_GROUP_WORDS = _GROUPS | {word.capitalize() for word in _GROUPS} | {word.upper() for word in _GROUPS}
_ON_BEHALF = pattern(r"\A(?:[Oo]n behalf of (?:the )?|[Rr]epresenting (?:the )?|[Ff]or (?:the )?|[Tt]he )")
_CERTAIN_GROUP = pattern(r"[Oo]n behalf of |[Ff]or the |the ")

# Affiliations, which are in the place of a name if an author filled in arXiv's form wrongly.
_WORKPLACE = r"(?:department|dept|universit\w*|univ|faculty|hospital|laborator\w+|institut\w*|school)\b"
_PLACES = pattern(rf"\b{_WORKPLACE}.*,|,.*(?:\b{_WORKPLACE}|\b\d{{4,}}\b)|://|\bwww\.", re.IGNORECASE)
_EMAIL = pattern(r"[\s,(\[<]*\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+[)\]>]*")

# What stands in the place of a name where there is none; and countries, which are the ends of addresses.
_NO_NAMES = _words("""
    n/a none null anonymous anon anon. unknown tba tbd author authors various and
    usa u.s.a. uk u.k. china germany france italy spain india japan brazil canada russia
""")
_POSTCODE = pattern(r"\d{4,6}\s")

_EDGES = " ,;:"
_LETTER = pattern(r"[^\W\d_]")
_INITIAL = pattern(r"[^\W\d_]\.")
_EAST_ASIAN = pattern(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+")


def parse(printed: str) -> Name:
    """Return a printed name with its parts; raise ValueError if it has no letter or names nobody ("et al.").

    ``Name.printed`` is Unicode without TeX, markup and footnote marks, with white space folded, and without commas or
    "and" at its ends; a group's is without "for the" too. Case, order and titles stay as the authors wrote them. For
    a text that is no name (an address, a lone "Jr.") ``family`` is empty.
    """
    text = _cleaned(printed)
    if not _LETTER.search(text) or text.lower() in _NOBODY:
        raise ValueError(f"not a name: {printed[:80]!r}")
    words = text.split(" ")
    if is_suffix(text) or "@" in text or is_address(text) or text.lower() in _NO_NAMES:
        return Name(printed=text, family="", group=True)
    if is_group(text) or _CERTAIN_GROUP.match(text):
        return group(text)
    if "," in _without_notes(text):
        return _parse_with_commas(text)
    end = len(words) - _suffix_length(words)
    return _name(text, words[:end], " ".join(words[end:]))


def group(text: str) -> Name:
    """Return a text as the name of a group, without "for the" before it."""
    text = _cleaned(text)
    shown = _ON_BEHALF.sub("", text, count=1)
    shown = shown if _LETTER.search(shown) else text
    return Name(printed=shown, family=shown, group=True)


def is_group(text: str) -> bool:
    """Return whether the text contains a word that only names of groups have."""
    return not _GROUP_WORDS.isdisjoint(
        _without_notes(text).replace("-", " ").translate(_PUNCTUATION_AS_SPACES).split()
    )


def may_be_person(text: str) -> bool:
    """Return whether a text looks like a person's given and family name: "Ada van Example"."""
    words = text.split()
    return (
        len(words) > 1
        and words[0].lower() not in ("the", "for", "on")
        and not is_group(text)
        and all(word in _PARTICLES or not word[0].islower() for word in words)
    )


_PUNCTUATION_AS_SPACES = dict.fromkeys(map(ord, ",;"), " ")
_IN_BRACKETS = pattern(r"\([^()]*\)")


def _without_notes(text: str) -> str:
    """Return a text without parentheses and their content, such as an affiliation."""
    return _IN_BRACKETS.sub("", text) if "(" in text else text


def is_address(text: str) -> bool:
    """Return whether a text is an affiliation, a postal address or a web address."""
    return bool(_PLACES.search(_without_notes(text[:300])) or _POSTCODE.match(text))


def is_suffix(text: str) -> bool:
    """Return whether a text consists of suffixes of a name only: Jr., III, Ph. D."""
    words = text.replace(",", " ").split()
    # Suffixes are recognised only after a name.
    return bool(words) and _suffix_length(["Given", "Family", *words]) == len(words)


def _suffix_length(words: list[str]) -> int:
    """Return the number of words at the end of a name that belong to suffixes (generations, degrees, orders)."""
    end = len(words)
    while end > 1 and (size := _last_suffix(words[:end])):
        end -= size
    return len(words) - end


def _last_suffix(words: list[str]) -> int:
    """Return the number of words of the last suffix, 0 if there is none: "Ph. D." has two."""
    for size in range(1, min(3, len(words) - 1) + 1):
        before, last = words[:-size], words[-size:]
        joined = "".join(last).replace(".", "")
        is_generation = size == 1 and joined in _GENERATIONS and last != ["V."]
        known = is_generation or joined in _DEGREES
        # "Kovalenko S. J.", "Kumar V" and "A. B. M. D." end with initials.
        initials = (size > 1 and joined != "PhD") or joined in _INITIALS_TOO
        if known and not (initials and (len(before) < 2 or len(before[-1].rstrip(".")) == 1)):
            return size
    return 0


_NOTE_NUMBERS = pattern(r"(?<=\w|\.)\s*[(\[]\d{1,2}(?:(?:[,\s]+|\s?and\s?)\d{1,2}){0,20}[)\]]\Z")
_AND_OTHERS = pattern(r"(?<=\w)\s+et\.? al\.?\Z")
_NOBODY = _words("al. al others") | {"et al", "et al.", "et. al.", "and others"}


def _cleaned(printed: str) -> str:
    """Return a printed name as plain text, without e-mail addresses, note numbers, "et al." and "and" at its ends."""
    text = plain(printed)
    if "@" in text:
        text = _EMAIL.sub("", text).strip() or text
    # Only the end is searched: a search that starts at every mark and runs to the end would take quadratic time.
    text = (text[:-80] + _NOTE_NUMBERS.sub("", text[-80:])).strip(_EDGES)
    text = text[:-20] + _AND_OTHERS.sub("", text[-20:])
    return text.removeprefix("and ").removesuffix(" and").strip(_EDGES)


def _parse_with_commas(text: str) -> Name:
    """Return the name in "Given Family, Jr.", "Family, Given" or "Family, Given, Jr."; other commas are ignored."""
    parts = [words for part in text.split(",") if (words := part.split())]
    suffix = ""
    for index in range(len(parts) - 1, 0, -1):
        # "Kovalenko, S. J." and "Sample, V" are a family name and initials.
        single = len(parts) == 2 and len(parts[0]) == 1
        if _suffix_length([*parts[0], *(() if single else ("Family",)), *parts[index]]) == len(parts[index]):
            suffix = f"{' '.join(parts.pop(index))} {suffix}".rstrip()
    if len(parts) == 2:
        family, given = parts
        return Name(printed=text, family=" ".join(family), given=" ".join(given), suffix=suffix)
    words = [word for words in parts for word in words]
    end = len(words) - _suffix_length(words)
    return _name(text, words[:end], " ".join([*words[end:], suffix]).strip())


def _without_title(words: list[str]) -> list[str]:
    while len(words) > 2 and f"{words[0]} " in _TITLES:
        words = words[1:]
    return words


def _name(printed: str, words: list[str], suffix: str) -> Name:
    """Return the name of a person from the words of title, given and family names."""
    words = _without_title(words)
    if words[-1].endswith(")"):
        # Parentheses at the end, which often repeat the name in another script, are no part of the family name.
        words = next((words[:index] for index in range(1, len(words)) if words[index][0] == "("), words)
    if len(words) > 1 and not printed.isascii() and _EAST_ASIAN.fullmatch(words[0]):
        family, given = words[:1], words[1:]
    elif words[-1].endswith(".") and _INITIAL.fullmatch(words[-1]):
        family, given = _with_initial_last(words)
    else:
        begin = _family_begins(words)
        given, family = words[:begin], words[begin:]
    return Name(printed=printed, family=" ".join(family), given=" ".join(given), suffix=suffix)


def _with_initial_last(words: list[str]) -> tuple[list[str], list[str]]:
    """Return family and given names of a name that ends with an initial: "Kovalenko V.", "Cristian Pérez A."

    The initial is that of a given name, or of a second family name.
    """
    end = len(words)
    while end > 1 and _INITIAL.fullmatch(words[end - 1]):
        end -= 1
    if end == 1:
        return (words[:1], words[1:]) if not _INITIAL.fullmatch(words[0]) else (words[-1:], words[:-1])
    begin = _family_begins(words[:end])
    return words[begin:], words[:begin]


def _family_begins(words: list[str]) -> int:
    """Return the index of the first word of the family name."""
    begin = last = len(words) - 1
    if last == 2 and words[1] == "Van" and words[0] in _VIETNAMESE:
        return last
    if _PARTICLES.isdisjoint(words):
        return last
    if words[last - 1] not in _PARTICLES:
        # "R. de Almeida Prado": the family name begins with the last particles in lower case, anywhere in the name.
        begin = next((index + 1 for index in range(last - 2, -1, -1) if words[index] in _LOWER), last)
        # "Luciano da F. Costa": no family name begins with an initial.
        if _INITIAL.fullmatch(words[begin]):
            return last
    while begin > 0:
        is_particle = words[begin - 1] in _PARTICLES and (begin > 1 or words[0] in _LOWER)
        if not is_particle and words[begin] not in _JOINING:
            break
        begin -= 1
    return begin


# --- identity and order -----------------------------------------------------------------------------------


def person_key(name: Name) -> str:
    """Return a key that is the same for all forms of a person's name.

    Forms may differ in case, spacing, Unicode form, full stops, hyphens instead of spaces, the kind of apostrophe,
    spaces between initials ("J. C. R.", "J.C.R." and "JCR"), titles and degrees; they may not differ in accents.
    """
    return _person_key_lines(_without_titles_and_degrees(name).replace("\n", " "))


def person_keys(many: Sequence[Name]) -> list[str]:
    """Return the ``person_key`` of each name."""
    return lines.map_lines(_person_key_lines, list(map(_without_titles_and_degrees, many)))


def printed_key(printed: str) -> str:
    """Return a key that is the same for printed names that differ only in case, spacing and Unicode form.

    Addresses of author pages are derived from it, see ``library.people``.
    """
    return _printed_key_lines(printed.replace("\n", " "))


def printed_keys(printed: Sequence[str]) -> list[str]:
    """Return the ``printed_key`` of each printed name."""
    return lines.map_lines(_printed_key_lines, printed)


def has_titles(name: Name) -> bool:
    """Return whether a printed name has a title before it or a degree after it; generations (Jr.) do not count."""
    return name.printed.startswith(_TITLES) or any(
        word.replace(".", "") not in _GENERATIONS for word in name.suffix.split()
    )


def _without_titles_and_degrees(name: Name) -> str:
    """Return the printed name as "Given Family Jr.", without titles and degrees."""
    printed = name.printed
    if name.group or not (name.suffix or "," in printed or printed.startswith(_TITLES)):
        return printed
    generations = [word for word in name.suffix.split() if word.replace(".", "") in _GENERATIONS]
    return " ".join([name.given, name.family, *generations])


# Two or three capitals that cannot be a syllable and therefore are initials: JCR, AJ. Excluded are abbreviations (Md
# for Mohammed), particles, initials of two letters (Ch for Charles), and family names.
_INITIALS_TOGETHER = pattern(
    r"(?<!\S)(?!(?:MD|ST|MC|NG|CH|KH|PH|SH|TH|ZH|AL|AM|AN|AB|AR|ED|EL|EN|ER|IL|IM|IN|OH|OK|OM|OP|UM|UN|UR)\b)"
    r"(?:(?<=[^\W\d_A-Z] )|(?=[^\n]*[^\W\d_A-Z]))"  # in a name that is not in capitals
    r"(?:[BCDFGHJKLMNPQRSTVWXZ]{2,3}|[AEIOU][BCDFGHJKLMNPQRSTVWXZ])(?![^\s.])"
)
_APOSTROPHES = dict.fromkeys(map(ord, "’‘‛ʼʻ`´′＇"), "'")
_SEPARATORS_AS_SPACES = dict.fromkeys(map(ord, ".,-‐‑‒–—−﹣－"), " ")


def _person_key_lines(text: str) -> str:
    """Return the lines of the text as keys: see ``person_key``."""
    text = _INITIALS_TOGETHER.sub(lambda found: " ".join(found[0]), text)
    text = _printed_key_lines(text.translate(_APOSTROPHES)).translate(_SEPARATORS_AS_SPACES)
    # "O' Toole", "N 'Gou"
    return lines.squeezed(text, " ").replace("' ", "'").replace(" '", "'")


def _printed_key_lines(text: str) -> str:
    """Return the lines of the text as keys: see ``printed_key``."""
    # Case folding may undo the normalisation.
    text = text.lower() if text.isascii() else normalize("NFKC", normalize("NFKC", text).casefold())
    text = lines.squeezed(text, " ")
    if text.replace("\n", "").isprintable():
        return text
    # Some white space other than the space is left: the space is the only printable one.
    return "\n".join([" ".join(line.split()) for line in text.split("\n")])


_LEADING_PARTICLES = pattern(
    rf"(?:(?:{'|'.join(sorted(map(re.escape, _LOWER), key=len, reverse=True))}) |d['’]|al-|el-|ال)+(?=\S)"
)
_NOT_SORTED = pattern(r"[^a-z0-9 ]+")
_LETTERS = lines.Transliteration(
    lambda text: _NOT_SORTED.sub("", text.lower().replace("-", " ")), {ord("\n"): "\n", ord("\t"): "\t"}
)


def sort_key(name: Name) -> str:
    """Return family name, a tab and given names, in lower-case ASCII letters, digits and single spaces.

    The tab sorts before all other characters, so that a family name sorts before longer ones that begin with it.

    Particles in lower case are ignored (van der Berg sorts under B, al-Khwarizmi under K) and appended to the given
    names; capital particles count (Van Essen under V). This is the rule of The Chicago Manual of Style for indexes
    (17th ed., 16.71, 16.76), and of libraries in the Netherlands and in Germany.
    """
    return _ascii_key(_sort_parts(name))


def sort_keys(many: Sequence[Name]) -> list[str]:
    """Return the ``sort_key`` of each name."""
    return lines.map_lines(_ascii_key, list(map(_sort_parts, many)))


def index_letter(order: str) -> str:
    """Return the index letter, a to z, of a name with this ``sort_key``; ``other`` if it begins with no letter."""
    first = order[:1]
    return first if first.isalpha() else "other"


def _sort_parts(name: Name) -> str:
    """Return family name, a tab and given names, with particles in lower case moved to the given names."""
    family, given = name.family, name.given
    if not family[:1].isupper() and not name.group and (found := _LEADING_PARTICLES.match(family)):
        family, given = family[found.end() :], f"{given} {found[0]}"
    return f"{family}\t{given}"


def _ascii_key(text: str) -> str:
    text = lines.squeezed(text.translate(_LETTERS), " ")
    return text.replace(" \t", "\t").replace("\t ", "\t")
