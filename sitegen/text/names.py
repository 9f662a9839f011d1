"""Names of people and of groups: their parts, what they sort under, and when two are the same.

Where a name leaves several readings open, the one that is most frequent among authors of papers is taken:
the last word is the family name (of García Márquez too, which nobody can tell from a second given name),
and a capital Van before it is part of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

from sitegen.models import Name
from sitegen.text import lines, tex
from sitegen.text.patterns import pattern


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# "Ramón y Cajal", "Silva e Costa": these join the word before them to the family name.
_JOINING = _words("y e i und")
# Particles that begin a family name where they are written in lower case.
_LOWER = _JOINING | _words("""
    af al am av aw bar ben bin bint d d' d’ da dal dalla dall' dall’ das de de' de’ degli dei del dela dell'
    dell’ della delle delli dello den der des di do dos du el het ibn in la las le les lo los mac op ould san
    st. 't ’t te ten ter thor til tot uit van vande vanden vander ver vom von vor zu zum zur
    ال آل بن ابن ابو أبو
""")
# Those that begin one with a capital too, right before the last word. Left out are words that are given names
# or syllables of East Asian names as well (San, Bin, Zu, Do).
_CAPITAL = _words("""
    Al Ben Bar Da Dal Dalla Dall' Dall’ Das De De' De’ Dei Del Dell' Dell’ Della Delle Dello Den Der Des Di Dos
    Du D' D’ El Ibn La Las Le Les Lo Los Mac Mc O' O’ Ould St St. Saint Te Ten Ter Van Vande Vanden Vander Ver
    Von Zum Zur
""")
_PARTICLES = _LOWER | _CAPITAL
# Behind these family names, which come first, Van is a given name.
_VIETNAMESE = _words(
    "Nguyen Tran Pham Le Hoang Huynh Vu Vo Dang Bui Do Ho Ngo Duong Ly Phan Dinh Trinh Truong Dao Luong"
)
_SUFFIXES = _words("Jr Jr. JR jr jr. Sr Sr. SR II III IV 2nd 3rd PhD Ph.D. Ph.D MD M.D. DPhil MSc Esq Esq.")

# A word of these, in any of three cases, makes a name that of a group.
_GROUPS = _words("""
    collaboration collaborations consortium consortia coalition initiative team group network project institute
    committee investigators alliance association society foundation taskforce community university department
    laboratory centre center council program programme registry
""")
_GROUP_WORDS = _GROUPS | {word.capitalize() for word in _GROUPS} | {word.upper() for word in _GROUPS}
_ON_BEHALF = pattern(r"(?:on behalf of |for )?(?:the )?", re.IGNORECASE)
_BEHALF_WORDS = _words("for For the on On")

_EDGES = " ,;:"
_LETTER = pattern(r"[^\W_]")
_INITIAL = pattern(r"[^\W\d_]\.")
_EAST_ASIAN = pattern(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+")


def parse(printed: str) -> Name:
    """Read a name as it is printed; ValueError if there is no letter or digit in it.

    ``Name.printed`` is Unicode without TeX, with white space folded and without footnote marks, markup, commas or
    an "and" that lead nowhere; a group's is without "for the" as well. All else stays as the authors had it: case,
    order, titles.
    """
    text = _cleaned(printed)
    words = text.split(" ")
    if words[0] in _BEHALF_WORDS or not _GROUP_WORDS.isdisjoint(words):
        shown = _ON_BEHALF.sub("", text, count=1)
        if len(words) > 1 and _LETTER.search(shown):
            return Name(printed=shown, family=shown, group=True)
    if "," in text:
        return _parse_with_commas(text)
    if not _LETTER.search(text) or text.lower() in _NOBODY:
        raise ValueError(f"not a name: {printed[:80]!r}")
    suffix = ""
    while len(words) > 1 and words[-1] in _SUFFIXES:
        suffix = f"{words.pop()} {suffix}".rstrip()
    return _name(text, words, suffix)


# Markup and addresses in angle brackets; marks that lead to a footnote or an affiliation.
_TAG = pattern(r"<[^<>]*>")
_NOTE_MARKS = pattern(
    r"(?<=\w|\.)\s*(?:\$\s*\^?\s*\{?[\w,*\s\\]{1,24}\}?\s*\$|\(\d{1,2}(?:[,\s]+\d{1,2})*\)|[*∗†‡§¶⁰¹²³⁴⁵⁶⁷⁸⁹⁎])+\Z"
)
_AND_OTHERS = pattern(r"(?<=\w)\s+et\.? al\.?\Z")
_NOBODY = _words("al. al others") | {"et al", "et al.", "et. al.", "and others"}


def _cleaned(printed: str) -> str:
    if "<" in printed:
        printed = _TAG.sub(" ", printed)
    if "~" in printed:  # it ties the parts of a name, whatever stands beside it
        printed = re.sub(r"(?<!\\)~", " ", printed)
    text = " ".join(tex.decode(printed).split())
    # Only its end is looked at, because from each mark the search goes on to there.
    text = (text[:-80] + _NOTE_MARKS.sub("", text[-80:])).strip(_EDGES)
    text = (
        _AND_OTHERS.sub("", text[-20:]) if len(text) <= 20 else text[:-20] + _AND_OTHERS.sub("", text[-20:])
    )
    return text.removeprefix("and ").removesuffix(" and").strip(_EDGES)


_AND = pattern(r"\s(?:and|And|AND|&)\s")


def several(printed: str) -> list[str]:
    """Return the names in "Martin Huber And Hans Braun"; what may be one name, or one group, stays whole."""
    parts = _AND.split(" ".join(printed.split()))
    if len(parts) == 1 or not _GROUP_WORDS.isdisjoint(printed.split()):
        return [printed]
    whole = all(len(part.split()) > 1 and part[:1].isupper() and "," not in part for part in parts)
    return parts if whole else [printed]


def _parse_with_commas(text: str) -> Name:
    """Read "Given Family, Jr.", "Family, Given" and "Family, Given, Jr."; other commas part nothing."""
    parts = [words for part in text.split(",") if (words := part.split())]
    suffix = ""
    for index in range(len(parts) - 1, 0, -1):
        if all(word in _SUFFIXES for word in parts[index]):
            suffix = f"{' '.join(parts.pop(index))} {suffix}".rstrip()
    if len(parts) == 2:
        family, given = parts
        return Name(printed=text, family=" ".join(family), given=" ".join(given), suffix=suffix)
    return _name(text, [word for words in parts for word in words], suffix)


def _name(printed: str, words: list[str], suffix: str) -> Name:
    if words[-1].endswith(")"):
        # What stands in parentheses behind a name, in whatever script, is no part of its order.
        words = next((words[:index] for index in range(1, len(words)) if words[index][0] == "("), words)
    if len(words) > 1 and not printed.isascii() and _EAST_ASIAN.fullmatch(words[0]):
        family, given = words[:1], words[1:]
    elif words[-1].endswith(".") and _INITIAL.fullmatch(words[-1]):
        family, given = _with_initial_behind(words)
    else:
        begin = _family_begins(words)
        given, family = words[:begin], words[begin:]
    return Name(printed=printed, family=" ".join(family), given=" ".join(given), suffix=suffix)


def _with_initial_behind(words: list[str]) -> tuple[list[str], list[str]]:
    """Return family and given names of "Kovalenko V." and "Cristian Pérez A." (a second family name)."""
    end = len(words)
    while end > 1 and _INITIAL.fullmatch(words[end - 1]):
        end -= 1
    if end == 1:
        return (words[:1], words[1:]) if not _INITIAL.fullmatch(words[0]) else (words[-1:], words[:-1])
    begin = _family_begins(words[:end])
    return words[begin:], words[:begin]


def _family_begins(words: list[str]) -> int:
    """Return the index of the word with which the family name begins."""
    begin = last = len(words) - 1
    if last == 2 and words[1] == "Van" and words[0] in _VIETNAMESE:
        return last
    if _PARTICLES.isdisjoint(words):
        return last
    if words[last - 1] not in _PARTICLES:
        # "R. de Almeida Prado": the last run of particles in lower case, wherever it stands.
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


def person_key(printed: str) -> str:
    """Return what two printed forms of one name share: case, spacing and Unicode form fold, no more."""
    return _caseless(printed.replace("\n", " "))


def person_keys(printed: Sequence[str]) -> list[str]:
    """Return the key of each printed name."""
    return lines.each(_caseless, printed)


def _caseless(text: str) -> str:
    # Case folding may undo the normal form.
    text = text.lower() if text.isascii() else normalize("NFKC", normalize("NFKC", text).casefold())
    text = lines.squeezed(text, " ")
    if text.replace("\n", "").isprintable():
        return text
    # A blank is the only white space that can be printed.
    return "\n".join([" ".join(line.split()) for line in text.split("\n")])


_LEADING_PARTICLES = pattern(
    rf"(?:(?:{'|'.join(sorted(map(re.escape, _LOWER), key=len, reverse=True))}) |d['’]|al-|el-|ال)+(?=\S)"
)
_NOT_SORTED = pattern(r"[^a-z0-9 ]+")
_LETTERS = lines.Letters(
    lambda text: _NOT_SORTED.sub("", text.lower().replace("-", " ")), {ord("\n"): "\n", ord("\t"): "\t"}
)


def sort_key(name: Name) -> str:
    """Return family and given names for sorting, in lower-case ASCII letters, digits and single blanks.

    A tab stands between the two: it comes before all of these, so that the shorter of two names is the first.

    Particles in lower case do not count (van der Berg sorts under B, al-Khwarizmi under K), capital ones do
    (Van Essen under V), as The Chicago Manual of Style has it for indexes (17th ed., 16.71, 16.76), and
    libraries in the Netherlands and in Germany. They come after the given names, as there.
    """
    return _folded(_parted(name))


def sort_keys(many: Sequence[Name]) -> list[str]:
    """Return the ``sort_key`` of each name."""
    return lines.each(_folded, list(map(_parted, many)))


def letter(order: str) -> str:
    """Return the letter, a to z, under which an index has a name of this ``sort_key``; ``other`` for the rest."""
    first = order[:1]
    return first if first.isalpha() else "other"


def _parted(name: Name) -> str:
    family, given = name.family, name.given
    if not family[:1].isupper() and not name.group and (found := _LEADING_PARTICLES.match(family)):
        family, given = family[found.end() :], f"{given} {found[0]}"
    return f"{family}\t{given}"


def _folded(text: str) -> str:
    text = lines.squeezed(text.translate(_LETTERS), " ")
    return text.replace(" \t", "\t").replace("\t ", "\t")


# --- lists ------------------------------------------------------------------------------------------------

_SEPARATOR = pattern(r"[(),;:]|\s(?:and|&)\s|\s(?=(?:for|on behalf of) the\s)")
_LABEL = pattern(r"(?:^|[,;]?\s)\s*\((\w{1,3})\)\s*")
_REFERENCES = pattern(r"\w{1,3}(?:(?:\s*,\s*|\s+and\s+)\w{1,3})*")
_REFERENCE = pattern(r"(?!and\b)\w+")


def split_list(text: str) -> tuple[tuple[Name, tuple[str, ...]], ...]:
    """Read "A. One (MIT), B. Two, Jr. and the C Collaboration": each name with its affiliations.

    arXiv's own form of numbered affiliations is known, "A. One (1), B. Two (1 and 2) ((1) MIT, (2) Caltech)".
    Parts without a name in them are passed over.
    """
    found: list[tuple[list[str], list[str]]] = [([], [])]  # pieces of a name, affiliations
    legend: dict[str, str] = {}
    text = " ".join(tex.decode(text).split())
    done = depth = opened = 0
    for separator in _SEPARATOR.finditer(text):
        mark = separator[0]
        if mark == "(":
            if depth == 0:
                found[-1][0].append(text[done : separator.start()])
                opened = separator.end()
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
            if depth == 0 and opened:
                _note(text[opened : separator.start()], found[-1][1], legend)
                done, opened = separator.end(), 0
        elif depth == 0:
            found[-1][0].append(text[done : separator.start()])
            done = separator.end()
            if not (mark == "," and _is_suffix(text, done)):
                found.append(([], []))
            else:
                found[-1][0].append(", ")
    if opened:  # nobody closes it, which is no reason to lose the names behind it
        return split_list(text.replace("(", ",").replace(")", ","))
    found[-1][0].append(text[done:])
    credits = []
    for pieces, notes in found:
        try:
            name = parse("".join(pieces))
        except ValueError:
            continue
        credits.append((name, tuple(dict.fromkeys(_resolved(notes, legend)))))
    return tuple(credits)


def _is_suffix(text: str, position: int) -> bool:
    return (text[position : position + 12].split() or [""])[0].rstrip(",;") in _SUFFIXES


def _note(content: str, notes: list[str], legend: dict[str, str]) -> None:
    """File what stands in parentheses: the key to the numbers, or one author's affiliation."""
    if content.lstrip().startswith("("):
        _, *parts = _LABEL.split(content)
        legend.update(zip(parts[::2], (place.strip(_EDGES) for place in parts[1::2]), strict=True))
    elif content.strip():
        notes.append(content.strip())


def _resolved(notes: list[str], legend: dict[str, str]) -> list[str]:
    places = []
    for note in notes:
        if _REFERENCES.fullmatch(note) and (legend or note[0].isdigit()):
            places += [legend[label] for label in _REFERENCE.findall(note) if label in legend]
        else:
            places.append(note)
    return places
