"""Reads the files of the index: terms, postings, positions, and what is known of each paper.

Files that a search needs and that are not loaded yet are noted; see ``engine``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sitegen.search.codec import SEPARATOR, VALUES, WEIGHTS, bucket_terms, front_decoded, numbers, weights_of
from sitegen.search.index import PAPERS_IN_A_FILE, PLACES_BUCKETS


class Files:
    """The files of the index that are loaded, and the names of those that a search lacks."""

    def __init__(self, head: Mapping[str, Any]) -> None:
        self.head = head
        self.tiers: list[Mapping[str, Any]] = head["tiers"]
        self.first = [0, self.tiers[0]["papers"]]  # number of the first paper of each tier
        self.replaced: dict[int, int] = {old: self.first[1] + new for old, new in head["replaced"]}
        self.replaces = {new: old for old, new in self.replaced.items()}
        self.papers = self.first[1] + self.tiers[1]["papers"] - len(self.replaced)
        self.lacking: set[str] = set()
        self._loaded: dict[str, Any] = {}
        self._buckets: dict[str, tuple[list[str], list[str]]] = {}

    def add(self, name: str, value: Any) -> None:
        """Add a file that was loaded."""
        self._loaded[name] = value

    def get(self, name: str) -> Any:
        """Return the value of a file, or None, and note that it is lacking."""
        if name not in self._loaded:
            self.lacking.add(name)
            return None
        return self._loaded[name]

    def bucket(self, name: str) -> tuple[list[str], list[str]]:
        """Return the terms of a bucket and the postings of each."""
        if name not in self._buckets:
            if (text := self.get(name)) is None:
                return [], []
            pairs = list(bucket_terms(text))
            self._buckets[name] = [term for term, _ in pairs], [coded for _, coded in pairs]
        return self._buckets[name]

    def order(self, paper: int) -> int:
        """Return a number that is higher for papers that were submitted later."""
        return self.replaces.get(paper, paper)

    def place(self, paper: int) -> tuple[Mapping[str, Any], int]:
        """Return the tier of a paper and its number there."""
        tier = paper >= self.first[1]
        return self.tiers[tier], paper - self.first[tier]

    def of_years(self, first: int, last: int) -> Iterator[int]:
        """Yield the papers that were submitted in some years, and their replaced forms."""
        for tier, start in zip(self.tiers, self.first, strict=True):
            years = tier["years"]
            ends = [begin for _, begin in years[1:]] + [tier["papers"]]
            for (year, begin), end in zip(years, ends, strict=False):  # a tier may have no papers
                if first <= int(year) <= last:
                    yield from range(start + begin, start + end)


class Term(NamedTuple):
    """Where a term is in the index."""

    word: str
    field: str
    tier: int
    bucket: int
    entry: int  # in the bucket


def terms_between(files: Files, low: str, high: str) -> Iterator[Term]:
    """Yield all terms from ``low`` up to but without ``high``, in both tiers."""
    for number, tier in enumerate(files.tiers):
        starts = tier["starts"]
        for bucket in range(max(0, bisect_right(starts, low) - 1), bisect_right(starts, high)):
            for entry, term in enumerate(files.bucket(f"{tier['folder']}/w{bucket}")[0]):
                if low <= term < high:
                    word, _, field = term.rpartition(" ")
                    yield Term(word, field, number, bucket, entry)


def postings(files: Files, term: Term) -> tuple[list[int], list[int]]:
    """Return the papers that have a term, and the weight in each. Replaced papers are among them."""
    text = files.bucket(f"{files.tiers[term.tier]['folder']}/w{term.bucket}")[1][term.entry]
    values = numbers(text)
    count = next(values)
    papers, paper = [], files.first[term.tier] - 1
    for _ in range(count):
        paper += next(values) + 1
        papers.append(paper)
    pairs = [VALUES[digit] for digit in weights_of(text, count)]
    return papers, [weight for pair in pairs for weight in (pair % WEIGHTS, pair // WEIGHTS)][:count]


def positions(files: Files, term: Term, papers: Collection[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield those of the papers that have a term, with its positions."""
    folder = files.tiers[term.tier]["folder"]
    if (value := files.get(f"{folder}/p{term.bucket // PLACES_BUCKETS}")) is None:
        return
    values = numbers(value[term.bucket % PLACES_BUCKETS].split(SEPARATOR)[term.entry])
    for paper in postings(files, term)[0]:
        found, position, is_last = [], 0, 0
        while not is_last:
            step, is_last = divmod(next(values), 2)
            position += step
            found.append(position)
        if paper in papers:
            yield paper, found


def papers_at(files: Files, paper: int) -> tuple[str, int]:
    """Return the name of the file that describes a paper, and its place there."""
    tier, number = files.place(paper)
    return f"{tier['folder']}/d{number // PAPERS_IN_A_FILE}", number % PAPERS_IN_A_FILE


def identifiers_in(described: Sequence[str]) -> list[str]:
    """Return the identifiers of all papers that a file describes, from its value."""
    return list(front_decoded(described[0].split(" ")))
