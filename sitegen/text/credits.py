"""From the author elements of a feed, or a list in one text, to names.

An author element may hold two people, a person and a group ("A. One for the X Collaboration"), or a part of a name;
arXiv's own splitter makes an author of the colon in "X Collaboration: A. One" and of the "Jr." in "B. Two, Jr.".
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


class _Part:
    """A name on its way: its text so far, its affiliations, and whether it is known to be a group's."""

    def __init__(self, text: str, places: tuple[str, ...] = (), group: bool = False) -> None:
        self.text, self.places, self.group = text, places, group


def credits(fields: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[Credit, ...]:
    """Return the authors of author elements, each with its affiliations; parts without a letter are passed over."""
    parts: list[_Part] = []
    for text, places in fields:
        for piece, is_group in _pieces(text):
            _add(parts, piece, places, is_group)
    return _credits(parts)


def _add(parts: list[_Part], text: str, places: tuple[str, ...], is_group: bool) -> None:
    """Add a piece to the names before it; a colon makes a group of the last one, a lone "Jr." belongs to it."""
    if not _LETTER.search(text):
        if parts and text.lstrip().startswith(":"):
            _head(parts[-1])
    elif parts and not parts[-1].group and names.is_suffix(text):
        parts[-1].text += f", {text}"
    else:
        parts.append(_Part(text, places, is_group))


def _head(part: _Part) -> None:
    """Make a group of what stands before a colon, but of "A. One:"."""
    part.group = part.group or not _AN_INITIAL.search(part.text)


def _credits(parts: Iterable[_Part]) -> tuple[Credit, ...]:
    found = []
    for part in parts:
        try:
            name = names.group(part.text) if part.group else names.parse(part.text)
        except ValueError:
            continue
        found.append(Credit(name=name, affiliations=part.places))
    return tuple(found)


# --- one author element -----------------------------------------------------------------------------------


@lru_cache(1 << 13)  # the same authors come again and again
def _pieces(text: str) -> tuple[tuple[str, bool], ...]:
    """Return the names in one author element, and whether each is known to be a group's."""
    found: list[tuple[str, bool]] = []
    for part in plain(text).split(";"):
        *heads, last = _COLON.split(part)
        for head in heads:
            if not _LETTER.search(head):
                found.append((":", False))
            elif head.strip().lower() not in _LABELS:
                pieces = _several(head)
                found += [*pieces[:-1], (pieces[-1][0], not _AN_INITIAL.search(pieces[-1][0]))]
        found += _several(last)
    return tuple(found)


_COLON = pattern(r":(?=\s|\Z)")
_AND = pattern(r"\s(?:and|And|AND|&)\s")


def _several(text: str) -> list[tuple[str, bool]]:
    """Return the names in "Martin Huber And Hans Braun"; what may be one name, or one group, stays whole."""
    if len(with_group := _with_group(text)) > 1:
        return [
            each for part, is_group in with_group for each in ([(part, True)] if is_group else _several(part))
        ]
    if names.is_group(text) or names.is_address(text):
        return [(text, False)]
    parts = _AND.split(text.strip())
    if len(parts) > 1:
        several = all(len(part.split()) > 1 and part[:1].isupper() and "," not in part for part in parts)
    else:
        parts = [part.strip() for part in text.split(",")]
        several = _is_list(parts)
    return [(part, False) for part in parts] if several else [(text, False)]


def _is_list(parts: list[str]) -> bool:
    """Return whether commas part people: in "A. One, B. Two", or where there are three with two words each."""
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
    """Return the person and the group of "A. One for the X Collaboration"; all else whole."""
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
    # Of several persons before it, the last one is looked at.
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
    """Read "A. One (MIT), B. Two, Jr. and the C Collaboration": each name with its affiliations.

    arXiv's own form of numbered affiliations is known, "A. One (1), B. Two (1 and 2) ((1) MIT, (2) Caltech)".
    Parts without a letter in them are passed over.
    """
    return _list(plain(text))


def _list(text: str) -> tuple[Credit, ...]:
    parts: list[_Part] = []
    notes: list[tuple[_Part, str]] = []
    legend: dict[str, str] = {}
    done = depth = 0
    opened = -1  # where the outermost parenthesis was opened
    for separator in _SEPARATOR.finditer(text):
        mark = separator[0]
        if mark == "(":
            if depth == 0:
                _add_pieces(parts, text[done : separator.start()])
                done = opened = separator.end()
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
            if depth == 0 and opened >= 0:
                content = text[opened : separator.start()]
                done, opened = separator.end(), -1
                if _OF_GROUP.match(content):
                    parts.append(_Part(_OF_GROUP.sub("", content, count=1), group=True))
                elif content.lstrip().startswith("("):
                    _, *labels = _LABEL.split(content)
                    legend |= zip(labels[::2], (place.strip(_EDGES) for place in labels[1::2]), strict=True)
                elif content.strip() and parts:
                    notes.append((parts[-1], content.strip()))
        elif depth == 0:
            _add_pieces(parts, text[done : separator.start()])
            done = separator.end()
            if mark == ":" and parts:
                _head(parts[-1])
    if opened >= 0:  # nobody closes it, which is no reason to lose the names behind it
        return _list(text.replace("(", ",").replace(")", ","))
    _add_pieces(parts, text[done:])
    for part, note in notes:
        part.places = tuple(dict.fromkeys((*part.places, *_resolved(note, legend))))
    return _credits(parts)


def _add_pieces(parts: list[_Part], text: str) -> None:
    """Add what stands between two separators."""
    if parts and _PLURAL.search(text):  # "the H1 and ZEUS Collaborations"
        last = parts.pop()
        text = f"{last.text} and {text.strip()}"
        pieces = [(text, True)] if last.group else _with_group(text)
    else:
        pieces = _with_group(text)
    for piece, is_group in pieces:
        _add(parts, piece, (), is_group)


_PLURAL = pattern(r"\s(?:collaborations|consortia)\s*\Z", re.IGNORECASE)


def _resolved(note: str, legend: dict[str, str]) -> list[str]:
    """Return the places that a note in parentheses names, or refers to."""
    if _REFERENCES.fullmatch(note) and (legend or note[0].isdigit()):
        return [legend[label] for label in _REFERENCE.findall(note) if label in legend]
    return [note]
