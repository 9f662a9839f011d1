"""Corpora of any size, made of real papers: for the benchmark only.

A corpus that is smaller than the real one is an even choice from it. A larger one repeats it: a copy has an
identifier of its own in the month of its paper, a title of which half the long words are those of other titles, and
authors of whom three in four are other people, with a middle initial. So persons grow somewhat slower than papers,
as they do in the real corpus. The same papers and size give the same bytes.
"""

from __future__ import annotations

import copy
import gzip
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from sitegen.feeds.guard import ARXIV, ATOM
from sitegen.feeds.store import feed_files
from sitegen.models import ArxivId

ENTRIES_IN_A_FILE = 2000
# A corpus in versions is that of an archive which has been fetched for months: many small files, and papers that come
# again in a later version.
FILES_OF_VERSIONS = 200
LATER_VERSIONS = (0,) * 14 + (1,) * 4 + (2,) * 2  # of 20 papers: 30 % have one or two
SAME_PERSON = 4  # one author in so many is in a copy who he is in the real paper
_A, _X = f"{{{ATOM}}}", f"{{{ARXIV}}}"
_LONG_WORD = re.compile(r"\b[a-z]{4,}\b")


class Record(NamedTuple):
    """A paper of the real corpus."""

    id: ArxivId
    entry: ET.Element


class _Copy(NamedTuple):
    """A paper of a corpus that is made; ``number`` is 0 for a real one."""

    id: ArxivId
    record: Record
    number: int


def entries(path: Path) -> Iterator[ET.Element]:
    """Return the entries of one Atom file, plain or gzipped."""
    data = path.read_bytes()
    root = ET.fromstring(gzip.decompress(data) if path.suffix == ".gz" else data)
    return root.iter(f"{_A}entry")


def read(folder: Path) -> list[Record]:
    """Return the papers of a folder of Atom files by age; of several records of a paper, the last one read."""
    found: dict[str, Record] = {}
    for path in feed_files(folder):
        for entry in entries(path):
            id = ArxivId.parse(entry.findtext(f"{_A}id", ""))
            found[id.base] = Record(id, entry)
    return sorted(found.values(), key=lambda record: record.id.sort_key)


def write(records: Sequence[Record], size: int, folder: Path, *, versions: bool = False) -> None:
    """Write a corpus of so many papers into a new folder, as gzipped Atom files, the oldest papers first.

    With ``versions``, 30 % of the papers come in two or three versions, and there are about 200 files.
    """
    ET.register_namespace("", ATOM)
    ET.register_namespace("arxiv", ARXIV)
    folder.mkdir(parents=True)
    copies = sorted(_copies(records, size), key=lambda copy: copy.id.sort_key)
    words = [word for record in records for word in _LONG_WORD.findall(_title_of(record))]
    made = [_entry(copy, words) for copy in copies]
    if versions:
        made = _in_versions(made)
    in_a_file = -(-len(made) // FILES_OF_VERSIONS) if versions else ENTRIES_IN_A_FILE
    for start in range(0, len(made), in_a_file):
        feed = _feed(start)
        feed.extend(made[start : start + in_a_file])
        data = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
        (folder / f"{start:06}.xml.gz").write_bytes(gzip.compress(data, mtime=0))


def _in_versions(made: Iterable[ET.Element]) -> list[ET.Element]:
    """Return entries and later versions of some of them, in the order in which they were submitted."""
    found: list[tuple[str, ET.Element]] = []
    for entry in made:
        base = ArxivId.parse(entry.findtext(f"{_A}id", "")).base
        published = entry.findtext(f"{_A}published", "")
        for version in range(1, 2 + LATER_VERSIONS[crc32(base.encode()) % len(LATER_VERSIONS)]):
            later = copy.deepcopy(entry)
            updated = f"{int(published[:4]) + version - 1}{published[4:]}".replace("-02-29", "-02-28")
            for name, text in (("id", f"http://arxiv.org/abs/{base}v{version}"), ("updated", updated)):
                if (element := later.find(f"{_A}{name}")) is not None:
                    element.text = text
            found.append((updated, later))
    found.sort(key=lambda pair: pair[0])
    return [entry for _, entry in found]


def _copies(records: Sequence[Record], size: int) -> Iterator[_Copy]:
    taken = {record.id.base for record in records}
    for number in range(-(-size // len(records))):
        for record in _even_choice(records, size - number * len(records)):
            yield _Copy(_fresh(record.id, number, taken) if number else record.id, record, number)


def _even_choice(records: Sequence[Record], size: int) -> Iterable[Record]:
    if size >= len(records):
        return records
    return (records[index * len(records) // size] for index in range(size))


def _fresh(id: ArxivId, number: int, taken: set[str]) -> ArxivId:
    """Return an identifier of the same month that no other paper has, and take it."""
    # https://info.arxiv.org/help/arxiv_identifier.html
    digits = 3 if "/" in id.base else len(id.base) - len("1501.")
    month, highest = id.base[:-digits], 10**digits - 1
    start = int(id.base[-digits:]) + number * 97
    for candidate in range(start, start + highest):
        base = f"{month}{candidate % highest + 1:0{digits}}"
        if base not in taken:
            taken.add(base)
            return ArxivId.parse(f"{base}v{id.version or 1}")
    raise SystemExit(f"bench: the month of {id.base} is full: ask for a smaller --sizes")


def _feed(start: int) -> ET.Element:
    feed = ET.Element(f"{_A}feed")
    for name, text in (
        ("id", f"urn:sitegen:benchmark:{start:06}"),
        ("title", "A corpus made for measuring"),
        ("updated", "2020-01-01T00:00:00Z"),
    ):
        ET.SubElement(feed, f"{_A}{name}").text = text
    return feed


def _entry(made: _Copy, words: Sequence[str]) -> ET.Element:
    """Return the entry of a copy: identifier, title, authors, DOI and links are changed."""
    if not made.number:
        return made.record.entry
    entry = copy.deepcopy(made.record.entry)
    for element in entry.iter():
        match element.tag.rpartition("}")[2]:
            case "id":
                element.text = f"http://arxiv.org/abs/{made.id}"
            case "title":
                element.text = _title(_title_of(made.record), made, words)
            case "name":
                element.text = _author(element.text or "", made.number)
            case "doi":
                element.text = f"{element.text}.{made.number}"
            case "link" if element.get("title") == "doi":
                element.set("href", f"{element.get('href')}.{made.number}")
            case "link":
                element.set("href", (element.get("href") or "").replace(made.record.id.base, made.id.base))
    return entry


def _title_of(record: Record) -> str:
    return " ".join(record.entry.findtext(f"{_A}title", "").split())


def _title(title: str, made: _Copy, words: Sequence[str]) -> str:
    """Return a title in which half the long words are others, drawn from all titles."""
    chance = random.Random(made.id.base)

    def other_word(found: re.Match[str]) -> str:
        return chance.choice(words) if chance.random() < 0.5 else found[0]

    # In TeX a word may be a command.
    other = title if re.search(r"[\\$]", title) else _LONG_WORD.sub(other_word, title)
    return other if other != title else f"{title}, part {made.number + 1}"


def _author(name: str, number: int) -> str:
    first, *rest = name.split() or [name]
    if not rest or crc32(f"{name} {number}".encode()) % SAME_PERSON == 0:
        return name
    return " ".join([first, f"{chr(ord('A') + (number - 1) % 26)}.", *rest])
