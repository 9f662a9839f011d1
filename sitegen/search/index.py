"""The search index: a set of small files, of which a browser reads a few for each query.

**Two tiers.** The *base* holds the state of the archive at some moment, which moves seldom. The *tail* holds all
papers that are new or different since. Each tier is an index of its own, in a folder whose name has a digest of
its content. ``search/head.js`` names both (``head``), and lists the papers of the base that the tail replaces.

**Files.** Each file is one call, ``sitegenSearch("NAME",VALUE)`` and a line end, with VALUE in JSON, so that a page
that was opened from a disk can load it as a script. NAME is its path below ``search/`` without ``.js``. A tier has:

- ``w0, w1 …``: buckets of terms, in order. A *term* is ``word field``: ``grid t`` is the word "grid" in a title (the
  letters are in ``terms``). VALUE is one string: words, front coded (``codec``) and separated by ``!``, each followed
  by its fields: a blank, the letter, and the postings. Postings are the number of papers; the distance of each paper
  from the one before, less 1 (the first from -1); and the weight of the term in each, two weights in a digit.
- ``p0, p1 …``: positions, for phrases. The file of bucket 7 is p(7 // PLACES_BUCKETS). VALUE has one string for each
  bucket: positions of all papers of a term, in the order of its postings; terms are separated by ``!``. A position
  is coded as twice its distance from the one before (the first from 0), plus 1 if it is the paper's last.
- ``d0, d1 …``: of PAPERS_IN_A_FILE papers each, four columns: identifiers, front coded; days of submission,
  as distances in digits (the first from day 0, as Python's ``toordinal`` counts); primary categories,
  as places in the tier's list of categories, in digits; and ``1`` for each published paper, ``0`` for each other.
- ``r0, r1 …``: of ROWS_IN_A_FILE papers, title and first authors of each, one after the other: "A. Byron+2" if two
  authors are left out.
- ``e0, e1 …``, in the base, or in the tail if the base is empty: words of titles and abstracts, for corrections.
  ``ending_file`` tells the file from the last two letters. VALUE is a string: each word reversed, front coded and
  followed by a digit, the bit length of about the number of its papers; words are separated by ``!``.

**Numbers of papers** are places in the order of submission, so that new papers come last. Papers of the tail are
numbered on from those of the base. In the head, a tier lists the first paper of each year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from sitegen.search.codec import DIGITS, SEPARATOR, bucket_text, front_coded, number
from sitegen.search.terms import ABSTRACT, TITLE, Terms

BUCKET_SIZE = 20_000  # characters; one term may take more
FEWEST_BUCKETS = 24  # of a tier, whose buckets are then smaller …
SMALLEST_BUCKET = 4_000  # … but not below this size
PLACES_BUCKETS = 4  # buckets whose positions share a file
PAPERS_IN_A_FILE = 256
ROWS_IN_A_FILE = 1024
ENDING_FILES = 16
CORRECTED_LETTERS = 4  # at least, in a word that is corrected


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A paper as it is indexed."""

    base: str  # identifier
    day: str  # of submission, YYYY-MM-DD
    category: str  # the primary one, or empty
    published: bool
    title: str
    authors: tuple[str, ...]  # the first few, as printed
    more_authors: int
    terms: Terms


class Tier(NamedTuple):
    """The files of a tier by name, and what the head says of it."""

    files: dict[str, str]
    head: dict[str, Any]


def tier(records: Sequence[Record], folder: str, *, endings: bool) -> Tier:
    """Return the tier of some papers, in order of submission, in a folder below search/."""
    from sitegen.search.inverted import inverted  # only here, because it imports numpy

    terms, postings, places = inverted([record.terms for record in records])
    files: dict[str, str] = {}

    def add(name: str, value: Any) -> None:
        files[f"{folder}/{name}"] = file_text(f"{folder}/{name}", value)

    categories = {code: index for index, code in enumerate(sorted({record.category for record in records}))}
    starts: list[str] = []
    places_of_buckets: list[str] = []
    for start, end in _buckets(terms, postings):
        bucket = terms[start:end]
        add(f"w{len(starts)}", bucket_text(bucket, postings[start:end]))
        places_of_buckets.append(SEPARATOR.join(places[start:end]))
        starts.append(bucket[0])
    for index in range(0, len(starts), PLACES_BUCKETS):
        add(f"p{index // PLACES_BUCKETS}", places_of_buckets[index : index + PLACES_BUCKETS])
    for index in range(0, len(records), PAPERS_IN_A_FILE):
        add(
            f"d{index // PAPERS_IN_A_FILE}",
            _papers_file(records[index : index + PAPERS_IN_A_FILE], categories),
        )
    for index in range(0, len(records), ROWS_IN_A_FILE):
        rows = [[record.title, _authors(record)] for record in records[index : index + ROWS_IN_A_FILE]]
        add(f"r{index // ROWS_IN_A_FILE}", list(chain.from_iterable(rows)))
    if endings and records:
        for index, text in enumerate(_endings(terms, postings)):
            add(f"e{index}", text)
    years: dict[str, int] = {}
    for index, record in enumerate(records):
        years.setdefault(record.day[:4], index)
    return Tier(
        files,
        {
            "folder": folder,
            "papers": len(records),
            "starts": starts,
            "years": list(years.items()),
            "categories": list(categories),
        },
    )


def file_text(name: str, value: Any) -> str:
    """Return the text of a file of the index."""
    return f'sitegenSearch("{name}",{msgspec.json.encode(value).decode()})\n'


def value_of(text: str) -> Any:
    """Return the value that a file of the index hands over."""
    return msgspec.json.decode(text[text.index(",") + 1 : text.rindex(")")])


def _buckets(terms: Sequence[str], postings: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield start and end of each bucket of terms. All fields of a word are in one bucket."""
    sizes = [len(text) + 4 for text in postings]  # of a name about four characters are not shared
    limit = min(BUCKET_SIZE, max(SMALLEST_BUCKET, sum(sizes) // FEWEST_BUCKETS))
    start = size = 0
    for index, term in enumerate(terms):
        size += sizes[index]
        if size > limit and index > start and term.split(" ")[0] != terms[index - 1].split(" ")[0]:
            yield start, index
            start, size = index, sizes[index]
    if start < len(terms):
        yield start, len(terms)


def _authors(record: Record) -> str:
    """Return the authors of a row: "A. Byron+2" if two are left out."""
    return ", ".join(record.authors) + (f"+{record.more_authors}" if record.more_authors else "")


def _papers_file(records: Sequence[Record], categories: Mapping[str, int]) -> list[str]:
    """Return columns: identifiers, distances of days in digits, categories in digits, and a 1 if published, or 0."""
    days = [date.fromisoformat(record.day).toordinal() for record in records]
    return [
        " ".join(front_coded([record.base for record in records])),
        "".join([number(after - before) for before, after in zip([0, *days], days, strict=False)]),
        "".join([number(categories[record.category]) for record in records]),
        "".join(["1" if record.published else "0" for record in records]),
    ]


def ending_file(word: str) -> int:
    """Return the number of the file that has the words with the same last two letters as this one."""
    return (
        sum([factor * ord(letter) for factor, letter in zip((7, 1), word[-2:], strict=True)]) % ENDING_FILES
    )


def _endings(terms: Sequence[str], postings: Sequence[str]) -> Iterator[str]:
    length: dict[str, int] = {}  # of the postings
    for term, text in zip(terms, postings, strict=True):
        word, field = term[:-2], term[-1]
        if field in (TITLE, ABSTRACT) and len(word) >= CORRECTED_LETTERS and word.isalpha():
            length[word] = max(length.get(word, 0), len(text))
    files: list[list[str]] = [[] for _ in range(ENDING_FILES)]
    for word in length:
        files[ending_file(word)].append(word[::-1])
    for reversed_words in files:
        reversed_words.sort()
        # Postings take two to five characters for each paper.
        marks = [DIGITS[(length[word[::-1]] // 3).bit_length()] for word in reversed_words]
        yield SEPARATOR.join(
            [word + mark for word, mark in zip(front_coded(reversed_words), marks, strict=True)]
        )


def head(base: Mapping[str, Any], tail: Mapping[str, Any], replaced: Sequence[tuple[int, int]]) -> str:
    """Return the text of search/head.js from the heads of the tiers.

    ``replaced`` has the numbers, in the base and in the tail, of papers that are in both.
    """
    return file_text("head", {"tiers": [base, tail], "replaced": replaced})
