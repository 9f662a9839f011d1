"""Bounds of feed files, entries and fields: each far above any real feed, and each keeps time or memory small.

The number after each bound is the largest value in the corpus that it was measured on: 11,803 papers of q-bio from
1992 to 2022, and recorded answers of arXiv's API. Lengths of texts are in characters of the decoded text.

An entry beyond a bound is skipped and reported, and so is a field of little weight, which is cut or left out. A file
is refused whole only where no single entry is to blame.
"""

from __future__ import annotations

from collections.abc import Sequence

# --- a file -------------------------------------------------------------------------------------------------

# Bytes of XML. 100,000 papers are about 200 MB; reading takes 1.3 times the memory. Largest: 5 MB.
FILE = 220 << 20
# Members of a gzip file; each costs 10 µs even if it is empty. Largest: 1. A block gzip of FILE has 3,500.
GZIP_MEMBERS = 10_000
# Bytes before the root element, which regular expressions search for a DOCTYPE. Largest: 39.
PROLOG = 4096
# Bytes outside of all entries, which feedparser reads again with every run of entries. Largest: 713.
HEAD = 8 << 10
# Entries of a feed with an xml:base, which feedparser has to read one by one. No real feed has one.
BASED = 300
# 100,000 papers of 2 KB are 200 MB; an entry takes 1 KB of memory before it is read. Largest: 2,000.
ENTRIES = 250_000
# Skipped entries, if they are more than half of all so far; in other files, any number may be skipped. Largest: 0.
SKIPPED = 1000
# Entries of one identifier, whatever its versions: they are merged together. Largest: 1.
RECORDS = 1000
# Entries that feedparser cannot read; each is read in a run and then once more by itself. Largest: 0.
UNREADABLE = 1000
# Bytes of one tag or comment, which feedparser's parser scans again with each 64 KB until it ends. Largest: 300.
TOKEN = 256 << 10
COMMENTS = 10_000  # quadratic time in feedparser. Largest: 0.
NAMESPACES = 64  # prefixes are compared with one another. Largest: 3.
NAMES = 1000  # of elements, and of attributes; each is kept. Largest: 25.
DEPTH = 50  # elements within elements, a level of recursion each. Largest: 4.
ATTRIBUTES = 50  # of one element; quadratic time in feedparser. Largest: 5.

# --- an entry -----------------------------------------------------------------------------------------------

# Bytes of one element of an entry. Largest: 3 KB; a list of AUTHORS in one element of a daily feed takes 1 MB.
ELEMENT = 1 << 20
# Of all levels, but no authors or categories; feedparser's time is quadratic in those of unknown names. Largest: 15.
ELEMENTS = 1000
# A title is converted some ten times, for as many formats. Largest: 236; arXiv has up to about 400.
TITLE = 2000
# Largest: 2,954. arXiv's form takes 1,920, and took up to about 6,000.
ABSTRACT = 20_000
COMMENT = 5000  # Largest: 591.
JOURNAL = 2000  # Largest: 147.
DOI = 2000  # the text of one field, which may list several. Largest: 138.
DOIS = 50  # Largest: 2.
# Every author has a page. Largest: 81; of all at arXiv about 5,200 (ATLAS and CMS together).
AUTHORS = 25_000
# Of one author; a list of all authors in one element of a daily feed may have that many for each. Largest: 66.
NAME = 1000
# Without a space, in an author, which feedparser searches for an e-mail address in quadratic time. Largest: 23.
WORD = 1000
AFFILIATION = 1000  # Largest: 29.
AFFILIATIONS = 100  # of one author. Largest: 1.
# Each is compared with all previous ones, and has a page. Largest: 9.
CATEGORIES = 100
# Of one category, which may be a list of subject classes (MSC, ACM). Largest: 60.
CATEGORY = 2000
LINKS = 100  # Largest: 2.
ADDRESS = 2000  # of a link, or of a licence. Largest: 57.
VERSIONS = 1000  # Largest: 1 in a feed; arXiv's numbers have up to three digits.
ANNOUNCEMENTS = 1000  # Largest: 1.

CUT_MARK = " […]"


def refuse(field: str, length: int, bound: int) -> None:
    """Raise ValueError if a field that an entry cannot do without is longer than its bound, in characters."""
    if length > bound:
        raise ValueError(f"its {field} is longer than {bound:,} characters")


def cut(field: str, text: str, bound: int, notes: list[str]) -> str:
    """Return a text, cut at a word and marked if it is longer than its bound; then a note is added."""
    if len(text) <= bound:
        return text
    notes.append(f"its {field} is longer than {bound:,} characters and is cut there")
    kept = text[: bound - len(CUT_MARK)]
    # A word of a thousand letters is none.
    at_word = max(kept.rfind(" ", -1000), kept.rfind("\n", -1000))
    return (kept[:at_word] if at_word > 0 else kept).rstrip() + CUT_MARK


def fewer(field: str, values: Sequence[str], bound: int, length: int, notes: list[str]) -> list[str]:
    """Return the first ``bound`` values of a field, but none longer than ``length``; what is left out is noted."""
    kept = list(values[:bound])
    if len(values) > bound:
        notes.append(f"of its {len(values):,} {field}, only the first {bound} are kept")
    if any(len(value) > length for value in kept):
        kept = [value for value in kept if len(value) <= length]
        notes.append(f"among its {field} is one longer than {length:,} characters, which is left out")
    return kept
