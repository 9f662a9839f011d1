"""Reads the author elements of a feed, or a list of authors in one text, into credits.

An author element may hold two people, a person and a group ("A. One for the X Collaboration"), or a part of a name:
arXiv's API returns the colon of "X Collaboration: A. One" and the "Jr." of "B. Two, Jr." as authors of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from sitegen.models import Credit
from sitegen.text import names
from sitegen.text.names_plain import plain
from sitegen.text.patterns import pattern

_EDGES = " ,;:-–—"
_LETTER = pattern(r"[^\W\d_]")
_AN_INITIAL = pattern(r"(?:^|\s)[^\W\d_]\.")
_LABELS = frozenset({"author", "authors", "by", "presented by", "presenter", "speaker"})


class _Author:
    """An author being read: the text of the name so far, the affiliations, and whether it is certainly a group."""

    def __init__(self, text: str, affiliations: tuple[str, ...] = (), is_group: bool = False) -> None:
        self.text, self.affiliations, self.is_group = text, affiliations, is_group


def credits(fields: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[Credit, ...]:
    """Return the credits of author elements, given as text and affiliations; names without a letter are skipped."""
    authors: list[_Author] = []
    for text, affiliations in fields:
        for piece, is_group in _pieces(text):
            _add(authors, piece, affiliations, is_group)
    return _credits(authors)


def _add(authors: list[_Author], text: str, affiliations: tuple[str, ...], is_group: bool) -> None:
    """Add an author; but a colon only marks the last author as a group, and a lone "Jr." belongs to its name."""
    if not _LETTER.search(text):
        if authors and text.lstrip().startswith(":"):
            _mark_as_group(authors[-1])
    elif authors and not authors[-1].is_group and names.is_suffix(text):
        authors[-1].text += f", {text}"
    else:
        authors.append(_Author(text, affiliations, is_group))


def _mark_as_group(author: _Author) -> None:
    """Mark an author that a colon follows as a group, unless the name has an initial: "A. One:"."""
    author.is_group = author.is_group or not _AN_INITIAL.search(author.text)


def _credits(authors: Iterable[_Author]) -> tuple[Credit, ...]:
    found = []
    for author in authors:
        try:
            name = names.group(author.text) if author.is_group else names.parse(author.text)
        except ValueError:
            continue
        found.append(Credit(name=name, affiliations=author.affiliations))
    return tuple(found)


# --- one author element -----------------------------------------------------------------------------------


@lru_cache(1 << 13)  # most authors have several papers
def _pieces(text: str) -> tuple[tuple[str, bool], ...]:
    """Return the names in one author element, each with True if it is certainly a group's."""
    found: list[tuple[str, bool]] = []
    for part in plain(text).split(";"):
        *heads, last = _COLON.split(part)
        for head in heads:
            if not _LETTER.search(head):
                found.append((":", False))
            elif head.strip().lower() not in _LABELS:
                pieces = _split_names(head)
                found += [*pieces[:-1], (pieces[-1][0], not _AN_INITIAL.search(pieces[-1][0]))]
        found += _split_names(last)
    return tuple(found)


_COLON = pattern(r":(?=\s|\Z)")
# "S. K. Roberts. P. V. E. McClintock": both have initials. "Ali Mohd. Firdaus Omar" is one person.
_FULL_STOP = pattern(r"(?<=[^\W\d_]{4})\.\s+")
_INITIAL_WITHIN = pattern(r"(?:\A|\s)[^\W\d_](?:\.|\s)")
_AND = pattern(r"\s(?:and|And|AND|&)\s")


def _split_names(text: str) -> list[tuple[str, bool]]:
    """Return the names in "Martin Huber And Hans Braun", each with True if it is certainly a group's.

    A text that may be a single name, or a single group, is returned whole.
    """
    if len(with_group := _with_group(text)) > 1:
        return [
            each
            for part, is_group in with_group
            for each in ([(part, True)] if is_group else _split_names(part))
        ]
    if names.is_group(text) or names.is_address(text):
        return [(text, False)]
    parts = _AND.split(text.strip())
    if len(sentences := _FULL_STOP.split(text.strip())) > 1 and all(map(_INITIAL_WITHIN.search, sentences)):
        parts, several = sentences, True
    elif len(parts) > 1:
        several = all(len(part.split()) > 1 and part[:1].isupper() and "," not in part for part in parts)
    else:
        parts = [part.strip() for part in text.split(",")]
        several = _is_list(parts)
    return [(part, False) for part in parts] if several else [(text, False)]


def _is_list(parts: list[str]) -> bool:
    """Return whether the parts between commas are people: "A. One, B. Two", or three or more of two words each."""
    if any(len(part.split()) < 2 or names.is_suffix(part) for part in parts):
        return False
    return len(parts) > 2 or (len(parts) == 2 and all(map(_STARTS_WITH_INITIAL.match, parts)))


_STARTS_WITH_INITIAL = pattern(r"[^\W\d_]\.[^,]*[^\W\d_]{2}")
_BETWEEN = pattern(r"\s*,\s*(?:and\s+)?|\s(?:and|&)\s", re.IGNORECASE)
_FOR = pattern(
    r"[\s,(\[–—-]+(?P<kind>for|on\s+behalf\s+of|in\s+the\s+name\s+of|representing)\s+"
    r"(?P<the>the\s+)?(?P<group>[^()\[\]]{1,300})[)\]]?\s*\Z",
    re.IGNORECASE,
)
_AND_THE = pattern(
    r"[\s,(\[]+(?:and|with|&)\s+(?P<the>the\s+)?(?P<group>[^()\[\]]{1,300})[)\]]?\s*\Z", re.IGNORECASE
)
_COLLABORATION = pattern(r"\b(?:collab(?:orations?|\b)|consorti(?:um|a)\b)", re.IGNORECASE)


def _with_group(text: str) -> list[tuple[str, bool]]:
    """Return the person and the group of "A. One for the X Collaboration", or else the whole text."""
    text = text[:2000] if len(text) > 2000 else text
    if found := _FOR.search(text):
        person, group = text[: found.start()].strip(_EDGES), found["group"].strip(_EDGES)
        certain = len(found["kind"].split()) > 1 or found["the"] or names.is_group(group)
    elif found := _AND_THE.search(text):
        person, group = text[: found.start()].strip(_EDGES), found["group"].strip(_EDGES)
        certain = names.is_group(group) and (found["the"] or _AN_INITIAL.search(person))
    else:
        parts = [part.strip() for part in text.split(",")]
        groups = [bool(_COLLABORATION.search(part)) for part in parts]
        if len(parts) == 2 and sum(groups) == 1 and names.may_be_person(parts[groups.index(False)]):
            return list(zip(parts, groups, strict=True))
        return [(text, False)]
    # Several persons may precede the group; only the last one is checked.
    if certain and _LETTER.search(group) and names.may_be_person(_BETWEEN.split(person)[-1]):
        return [(person, False), (group, True)]
    return [(text, False)]


# --- lists in one text ------------------------------------------------------------------------------------

_SEPARATOR = pattern(r"[(),;]|:(?=\s|\Z)|\s(?:and|&)\s")
_LABEL = pattern(r"(?:^|[,;]?\s)\s*\((\w{1,3})\)\s*")
_REFERENCES = pattern(r"\w{1,3}(?:(?:\s*,\s*|\s+and\s+)\w{1,3})*")
_REFERENCE = pattern(r"(?!and\b)\w+")
_OF_GROUP = pattern(r"\s*(?:for|on behalf of|representing)\s+(?:the\s+)?", re.IGNORECASE)


def split_list(text: str) -> tuple[Credit, ...]:
    """Return the credits in "A. One (MIT), B. Two, Jr. and the C Collaboration", with their affiliations.

    arXiv's form of numbered affiliations is read too: "A. One (1), B. Two (1 and 2) ((1) MIT, (2) Caltech)".
    Names without a letter are skipped.
    """
    return _split_plain_list(plain(text))


def _split_plain_list(text: str) -> tuple[Credit, ...]:
    """Return the credits in a list that is plain text; see ``split_list``."""
    authors: list[_Author] = []
    notes: list[tuple[_Author, str]] = []
    legend: dict[str, str] = {}
    done = depth = 0
    opened = -1  # where the outermost parenthesis was opened
    for separator in _SEPARATOR.finditer(text):
        mark = separator[0]
        if mark == "(":
            if depth == 0:
                _add_pieces(authors, text[done : separator.start()])
                done = opened = separator.end()
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
            if depth == 0 and opened >= 0:
                content = text[opened : separator.start()]
                done, opened = separator.end(), -1
                if _OF_GROUP.match(content):
                    authors.append(_Author(_OF_GROUP.sub("", content, count=1), is_group=True))
                elif content.lstrip().startswith("("):
                    _, *labels = _LABEL.split(content)
                    legend |= zip(labels[::2], (place.strip(_EDGES) for place in labels[1::2]), strict=True)
                elif content.strip() and authors:
                    notes.append((authors[-1], content.strip()))
        elif depth == 0:
            _add_pieces(authors, text[done : separator.start()])
            done = separator.end()
            if mark == ":" and authors:
                _mark_as_group(authors[-1])
    if (
        opened >= 0
    ):  # an unclosed parenthesis: read again with it as a comma, so that the names after it are not lost
        return _split_plain_list(text.replace("(", ",").replace(")", ","))
    _add_pieces(authors, text[done:])
    for author, note in notes:
        author.affiliations = tuple(dict.fromkeys((*author.affiliations, *_affiliations(note, legend))))
    return _credits(authors)


def _add_pieces(authors: list[_Author], text: str) -> None:
    """Add the authors in the text between two separators."""
    if authors and _PLURAL.search(text):  # "the H1 and ZEUS Collaborations"
        last = authors.pop()
        text = f"{last.text} and {text.strip()}"
        pieces = [(text, True)] if last.is_group else _with_group(text)
    else:
        pieces = _with_group(text)
    for piece, is_group in pieces:
        _add(authors, piece, (), is_group)


_PLURAL = pattern(r"\s(?:collaborations|consortia)\s*\Z", re.IGNORECASE)


def _affiliations(note: str, legend: dict[str, str]) -> list[str]:
    """Return the affiliations in a note in parentheses: those of the legend that it refers to, or the note itself."""
    if _REFERENCES.fullmatch(note) and (legend or note[0].isdigit()):
        return [legend[label] for label in _REFERENCE.findall(note) if label in legend]
    return [note]
