"""Check what other programs read of a site: references, structured data, and the files that scripts load.

Each ``*_fault`` function returns the line of the first fault, counted from 1, and what is wrong there; None if there
is none. They take time linear in the length of the text, because a hostile feed can lengthen it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from sitegen.check.findings import BuiltSite, Findings
from sitegen.search import people
from sitegen.search.index import PAPERS_IN_A_FILE, PLACES_BUCKETS, ROWS_IN_A_FILE
from sitegen.site import urls

_REMEDY = "correct the template that made it, or report it to sitegen's authors if the template is built in"
_REBUILD = "run `sitegen build` again, and publish the whole folder"


class Fault(NamedTuple):
    """Where a text cannot be read, and why."""

    line: int
    reason: str


# BibTeX counts every brace, escaped or not. Most values have no inner braces, and are matched at once.
_BRACE = re.compile(r"[{}]")
_FLAT_VALUE = re.compile(r'\{[^{}]*\}|"(?:[^"{}]|\{[^{}]*\})*"|\d+|[A-Za-z][\w:.+/-]*')
_HEAD = re.compile(r"""@\s*([A-Za-z]+)\s*\{\s*([^\s,{}"#%'()=]+)\s*(?=[,}])""")
_FIELD = re.compile(r"\s*,\s*([A-Za-z][\w:.+/-]*)\s*=\s*")
_JOIN = re.compile(r"\s*#\s*")
_CLOSE = re.compile(r"\s*,?\s*\}")
_COMMAND = re.compile(r"@\s*(?:comment|string|preamble)\s*(?=\{)", re.I)


def bibtex_fault(text: str) -> Fault | None:
    """Find what keeps BibTeX from reading a text: an entry that does not end, a field without value, a key twice."""
    keys: set[str] = set()
    position = text.find("@")
    while position >= 0:
        if command := _COMMAND.match(text, position):
            end, reason = _group_end(text, command.end()), "a command has no end"
        else:
            end, reason = _entry_end(text, position, keys)
        if end < 0:
            return Fault(text.count("\n", 0, position) + 1, reason)
        position = text.find("@", end)
    return None


def _entry_end(text: str, start: int, keys: set[str]) -> tuple[int, str]:
    """Return where an entry ends, and ""; or -1 and what is wrong with it. Its key is added to ``keys``."""
    if not (head := _HEAD.match(text, start)):
        return -1, f"{text[start : start + 40]!r} does not begin an entry"
    key = head[2]
    if key.lower() in keys:
        return -1, f"two entries have the key {key}"
    keys.add(key.lower())
    end = head.end()
    while field := _FIELD.match(text, end):
        end = _value_end(text, field.end())
        while end >= 0 and (join := _JOIN.match(text, end)):
            end = _value_end(text, join.end())
        if end < 0:
            return -1, f"{field[1]} of {key} has no value, or one that does not end"
    if close := _CLOSE.match(text, end):
        return close.end(), ""
    return -1, f"the entry {key} does not end after {text[max(start, end - 40) : end]!r}"


def _value_end(text: str, start: int) -> int:
    """Return where a value ends; -1 if it does not."""
    if flat := _FLAT_VALUE.match(text, start):
        return flat.end()
    return _group_end(text, start) if text.startswith("{", start) else -1


def _group_end(text: str, start: int) -> int:
    """Return where the group in braces that begins at ``start`` ends; -1 if it does not."""
    depth = 0
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end()
    return -1


_RIS_LINE = re.compile(r"([A-Z][A-Z0-9])  - (.*)")


def ris_fault(text: str) -> Fault | None:
    """Find what keeps programs from reading RIS records, each of which begins with TY and ends with ER."""
    inside = False
    number = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not (line := line.removesuffix("\r")):
            continue
        if not (match := _RIS_LINE.fullmatch(line)):
            return Fault(number, f"{line[:40]!r} is no line of RIS")
        if (match[1] == "TY") == inside:
            return Fault(
                number, "a record has no ER line" if inside else f"{match[1]} stands outside of a record"
            )
        inside = match[1] != "ER"
    return Fault(number, "a record has no ER line") if inside else None


def json_fault(text: str) -> Fault | None:
    """Find why a text is not JSON."""
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        byte = re.search(r"\(byte (\d+)\)", str(error))
        at = int(byte[1]) if byte else len(text.encode())
        return Fault(text.encode()[:at].count(b"\n") + 1, str(error))
    except RecursionError:
        return Fault(1, "it is nested too deeply")
    return None


FORMATS: dict[str, Callable[[str], Fault | None]] = {
    "BibTeX": bibtex_fault,
    "RIS": ris_fault,
    "CSL-JSON": json_fault,
    "JSON-LD": json_fault,
}


def check_export(path: str, text: str, format: str, first_line: int, findings: Findings) -> None:
    """Check a reference or structured data, which begins in some line of a file."""
    findings.exports += 1
    if fault := FORMATS[format](text):
        message = f"has {format} that cannot be read: {fault.reason}"
        findings.report("exports", path, message, _REMEDY, line=first_line + fault.line - 1)


def check_bibtex_file(_: BuiltSite, path: str, text: str, findings: Findings) -> None:
    """Check a .bib file."""
    check_export(path, text, "BibTeX", 1, findings)


def check_ris_file(_: BuiltSite, path: str, text: str, findings: Findings) -> None:
    """Check an .ris file."""
    check_export(path, text, "RIS", 1, findings)


# A script that does nothing but hand over a value, so that it loads from a disk, where JSON does not.
_HANDS_OVER = re.compile(r'(sitegenSearch|ReaderDays\.take)\("([^"\\]*)",(.*)\)\s*', re.S)
_FOLDERS = (urls.SEARCH, people.FOLDER.removeprefix("../"), urls.CATCH_UP)


class _Tier(msgspec.Struct):
    folder: str
    papers: int
    starts: list[str]


class _Head(msgspec.Struct):
    tiers: list[_Tier]


def check_script(site: BuiltSite, path: str, text: str, findings: Findings) -> None:
    """Check a file of the search index, of the index of persons, or of catch-up; other scripts are not read."""
    if not path.startswith(_FOLDERS):
        return
    findings.exports += 1
    if not (match := _HANDS_OVER.fullmatch(text)):
        findings.report("exports", path, "is cut off, or is not what a page's script loads", _REBUILD, line=1)
        return
    name = match[2]
    wanted = urls.search_file(name) if match[1] == "sitegenSearch" else urls.days_file(name)
    if wanted != path:
        findings.report("exports", path, f"says that it is {name!r}, so no script finds it", _REBUILD, line=1)
    is_head = path == urls.search_file("head")
    try:
        value: Any = msgspec.json.decode(match[3], type=_Head if is_head else Any)
    except (msgspec.DecodeError, RecursionError) as error:
        findings.report("exports", path, f"holds a value that is not JSON: {error}", _REBUILD, line=1)
        return
    if is_head:
        lacking = [file for file in _files_of_index(value) if file not in site.files]
        if lacking:
            more = f" and {len(lacking) - 1:,} more" if len(lacking) > 1 else ""
            message = f"names {lacking[0]}{more}, and there is no such file"
            findings.report("exports", path, message, _REBUILD, line=1)


def _files_of_index(head: _Head) -> Iterator[str]:
    """Yield the paths of the files that a search may load, by what the head of the index says."""
    for tier in head.tiers:
        buckets, papers = len(tier.starts), tier.papers
        sizes = (
            ("w", buckets, 1),
            ("p", buckets, PLACES_BUCKETS),
            ("d", papers, PAPERS_IN_A_FILE),
            ("r", papers, ROWS_IN_A_FILE),
        )
        for letter, amount, in_a_file in sizes:
            for number in range(-(-amount // in_a_file)):
                yield urls.search_file(f"{tier.folder}/{letter}{number}")
