"""Finds the papers nearest to each paper, by shared authors and by rare terms that titles have in common.

An inverted index maps authors and terms to papers. Those of very many papers are left out, so that the time grows
linearly with the number of papers. The weight of an author or a term falls by one whenever its number of papers
doubles, and depends on nothing else. So a new paper changes few neighbours of other papers, and few pages.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import NamedTuple

import msgspec

from sitegen.incremental.cache import Cache
from sitegen.library.features import DIGEST, Features, features, reason
from sitegen.models import ArxivId, Paper

# Authors of more papers, and terms of more titles, are left out: they say little and take much time.
_AUTHOR_PAPERS = 200
_TERM_PAPERS = 40
# Weights of an author or a term that only two papers share. One rare word alone stays below the threshold, because
# titles share words like "revisited" by chance. An author of at most 16 papers reaches the threshold alone, a more
# prolific one only together with a term.
_AUTHOR_WEIGHT, _TERM_WEIGHT = 10, 6
_THRESHOLD = 7
# Limit to the weight of all shared authors, so that terms decide which papers of a group of authors are nearest.
_AUTHOR_SCORE_LIMIT = 14
_LIMIT = 5
# If a larger part of the papers is new or has changed, a full search takes no longer than an update.
_MAX_CHANGED_SHARE = 1 / 4
# Upper bounds, used to encode score, distance in months and paper in one integer: see _rank.
_MONTHS, _PAPERS = 1 << 20, 1 << 24

_KIND = "related"  # of bodies in the cache


class Related(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A neighbour: its base identifier, and what is shared, as text («Ada Byron; also on: cortical waves»)."""

    id: str
    reason: str


class _SavedSearch(msgspec.Struct, frozen=True, array_like=True):
    """The cached state of a search. Papers are numbered in order of arrival, and later searches keep the numbers.

    Large fields stay encoded until they are needed, and then only the parts that are needed are decoded.
    """

    bases: list[str]
    months: list[int]
    digests: bytes  # of each paper's features, 16 bytes each
    authors: msgspec.Raw  # numbers of the papers of each author, by person key
    terms: msgspec.Raw  # numbers of the papers of each term
    found: bytes  # encoded neighbours by base identifier, oldest paper first


# The fields of _SavedSearch, not yet encoded.
_SavedFields = tuple[list[str], list[int], bytes, Mapping[str, object], Mapping[str, object], bytes]


class _Kind(NamedTuple):
    """How authors, or terms, are weighed."""

    at_most: int  # papers; an author or a term of more has no weight
    weight: int  # of one that two papers share

    def weight_for(self, papers: int) -> int:
        """Return the weight of an author or a term of so many papers."""
        return self.weight + 1 - (papers - 1).bit_length() if 2 <= papers <= self.at_most else 0


_AUTHOR, _TERM = _Kind(_AUTHOR_PAPERS, _AUTHOR_WEIGHT), _Kind(_TERM_PAPERS, _TERM_WEIGHT)

_Weighted = tuple[
    int, set[int], str
]  # an author or a term: its weight, the numbers of its papers, and its key

_ENCODE = msgspec.msgpack.Encoder().encode
_FEATURES = msgspec.msgpack.Decoder(Features)
_NEIGHBOURS = msgspec.msgpack.Decoder(tuple[Related, ...])
_SAVED = msgspec.msgpack.Decoder(_SavedSearch)
_PARTS = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])
_NUMBERS, _NONE = msgspec.msgpack.Decoder(list[int]), msgspec.Raw(_ENCODE([]))


def related(papers: Sequence[Paper], limit: int = _LIMIT) -> dict[str, tuple[Related, ...]]:
    """Return up to ``limit`` neighbours of each paper by base identifier, nearest first.

    Of papers with the same score, the one nearest in time comes first, then the older one. A paper may have none.
    The result does not depend on the order of ``papers``.
    """
    ordered = sorted(papers, key=lambda paper: paper.id.sort_key)
    known = [features(paper) for paper in ordered]
    authors, terms = _postings(paper.authors for paper in known), _postings(paper.terms for paper in known)
    return _all_neighbours([paper.id.base for paper in ordered], known, authors, terms, limit)


def decode_answer(answer: bytes) -> dict[str, msgspec.Raw]:
    """Return the result of ``Search.run``: by base identifier, what ``decode_neighbours`` decodes."""
    return _PARTS.decode(answer)


def decode_neighbours(part: msgspec.Raw) -> tuple[Related, ...]:
    """Return the neighbours of a paper, nearest first."""
    return _NEIGHBOURS.decode(part)


class Search:
    """A search as by ``related``, but from encoded features, and starting from the cached result of the last one."""

    def __init__(self, papers: Iterable[tuple[ArxivId, bytes]], cache: Cache, program: bytes) -> None:
        """``papers`` are identifiers with encoded ``Features``; ``program`` is the digest of the program."""
        self._known = {paper.base: kept for paper, kept in papers}
        self._cache, self._key = cache, program.hex()
        self._result: _SavedFields | None = None
        saved = self._load()
        # If a paper is gone, the numbers of papers have changed, and everything is searched again.
        self._saved = saved if saved and all(map(self._known.__contains__, saved.bases)) else None
        self._changed = _changed(self._saved, self._known) if self._saved else set()
        self._new = len(self._known) - len(self._saved.bases if self._saved else ())

    def has_result(self) -> bool:
        """Return whether the last search was for the same papers, so that ``run`` has nothing to do."""
        return self._saved is not None and not self._changed and not self._new

    def run(self) -> bytes:
        """Return the neighbours of all papers, encoded for ``decode_answer``."""
        if self._saved and self.has_result():
            return self._saved.found
        if self._saved and self._new + len(self._changed) <= len(self._known) * _MAX_CHANGED_SHARE:
            self._result = _search_changed(self._saved, self._known, self._changed)
        else:
            self._result = _search_all(self._known)
        return self._result[-1]

    def _load(self) -> _SavedSearch | None:
        with suppress(msgspec.MsgspecError):  # there is none, or another version of the program saved it
            return _SAVED.decode(self._cache.get(_KIND, self._key) or b"")
        return None

    def save(self) -> None:
        """Cache the result of ``run``. If that fails, the next search takes longer."""
        if self._result:
            self._cache.put(_KIND, self._key, _ENCODE(self._result))
        self._cache.sweep(_KIND, {self._key})


def _search_all(known: Mapping[str, bytes]) -> _SavedFields:
    """Return the neighbours of all papers, as fields of a ``_SavedSearch``."""
    bases = sorted(known, key=lambda base: ArxivId(base).sort_key)
    features = [_FEATURES.decode(known[base]) for base in bases]
    authors = _postings(paper.authors for paper in features)
    terms = _postings(paper.terms for paper in features)
    answer = _ENCODE(_all_neighbours(bases, features, authors, terms))
    digests = b"".join([paper.digest for paper in features])
    return bases, [paper.month for paper in features], digests, authors, terms, answer


def _changed(saved: _SavedSearch, known: Mapping[str, bytes]) -> set[int]:
    """Return the numbers of the papers whose features have changed."""
    digests = [known[base][DIGEST] for base in saved.bases]
    if b"".join(digests) == saved.digests:
        return set()
    return {
        number
        for number, digest in enumerate(digests)
        if saved.digests[16 * number : 16 * number + 16] != digest
    }


class _LazyFeatures(dict[int, Features]):
    """The features of papers by number, decoded at the first access."""

    def __init__(self, bases: Sequence[str], known: Mapping[str, bytes]) -> None:
        self._bases, self._known = bases, known

    def __missing__(self, number: int) -> Features:
        self[number] = paper = _FEATURES.decode(self._known[self._bases[number]])
        return paper


def _search_changed(saved: _SavedSearch, known: Mapping[str, bytes], changed: set[int]) -> _SavedFields:
    """Return the neighbours of all papers, as fields of a ``_SavedSearch``; most are those of ``saved``.

    Neighbours are searched for new and ``changed`` papers, for papers that are or were near to one of these, and for
    papers with an author or a term whose weight has changed.
    """
    parts = _PARTS.decode(saved.found)
    bases = [*saved.bases, *[base for base in known if base not in parts]]
    features = _LazyFeatures(bases, known)
    new = [*changed, *range(len(saved.bases), len(bases))]
    months = [*saved.months, *[features[number].month for number in range(len(saved.bases), len(bases))]]
    ages, by_age = _ages(bases, parts)

    authors, terms = _PARTS.decode(saved.authors), _PARTS.decode(saved.terms)
    touched = {
        *new,
        *_update_postings(_AUTHOR, authors, {number: features[number].authors for number in new}, changed),
        *_update_postings(_TERM, terms, {number: features[number].terms for number in new}, changed),
        *_previously_near(saved, {bases[number] for number in changed}),
    }

    def shared(numbers: Collection[int]) -> Iterator[tuple[int, list[_Weighted], list[_Weighted]]]:
        papers = [features[number] for number in numbers]
        by_author = _index(_AUTHOR, _decode_postings(authors, [paper.authors for paper in papers]))
        by_term = _index(_TERM, _decode_postings(terms, [paper.terms for paper in papers]))
        for number in numbers:
            yield number, *_shared(features[number], by_author, by_term)

    for _, own_authors, own_terms in shared(new):
        touched.update([other for other, _ in _scores(own_authors, own_terms)])
    for number, own_authors, own_terms in shared(touched):
        ranks = [
            _rank(score, months[other] - months[number]) + ages[other]
            for other, score in _scores(own_authors, own_terms)
            if other != number
        ]
        ranks = sorted(ranks)[:_LIMIT]
        neighbours = _explain(bases, by_age, ranks, features[number], own_authors, own_terms)
        parts[bases[number]] = msgspec.Raw(_ENCODE(neighbours))
    answer = _ENCODE({bases[number]: parts[bases[number]] for number in by_age})
    digests = b"".join([known[base][DIGEST] for base in bases])
    return bases, months, digests, authors, terms, answer


def _previously_near(saved: _SavedSearch, changed: set[str]) -> Iterator[int]:
    """Yield the numbers of the papers that had one of the ``changed`` papers as a neighbour."""
    if changed:
        parts = decode_answer(saved.found)
        for number, base in enumerate(saved.bases):
            if not changed.isdisjoint([near.id for near in decode_neighbours(parts[base])]):
                yield number


def _ages(bases: Sequence[str], elder: Iterable[str]) -> tuple[list[int], list[int]]:
    """Return the rank by age of each paper, and the papers oldest first; ``elder`` are known papers in that order."""
    number_of = {base: number for number, base in enumerate(bases)}
    by_age = [number_of[base] for base in elder]
    for number in range(len(by_age), len(bases)):
        insort(by_age, number, key=lambda number: ArxivId(bases[number]).sort_key)
    ages = [0] * len(bases)
    for age, number in enumerate(by_age):
        ages[number] = age
    return ages, by_age


def _update_postings(
    kind: _Kind, postings: dict[str, msgspec.Raw], new: Mapping[int, Iterable[str]], changed: set[int]
) -> set[int]:
    """Add new and changed papers to ``postings``; return the papers of keys whose weight has changed."""
    bearers = _decode_postings(postings, new.values())
    if changed:
        for key, part in postings.items():
            if not changed.isdisjoint(numbers := _NUMBERS.decode(part)):
                bearers[key] = numbers
    touched: set[int] = set()
    now = {key: [number for number in numbers if number not in changed] for key, numbers in bearers.items()}
    for number, keys in new.items():
        for key in keys:
            now[key].append(number)
    for key, numbers in now.items():
        postings[key] = msgspec.Raw(_ENCODE(numbers))
        if kind.weight_for(len(numbers)) != kind.weight_for(len(bearers[key])):
            touched.update(numbers)
    return touched


def _decode_postings(
    postings: Mapping[str, msgspec.Raw], papers: Iterable[Iterable[str]]
) -> dict[str, list[int]]:
    """Return the numbers of the papers of each key that one of ``papers`` has."""
    return {key: _NUMBERS.decode(postings.get(key, _NONE)) for key in set().union(*papers)}


def _all_neighbours(
    bases: Sequence[str],
    features: Sequence[Features],
    authors: Mapping[str, list[int]],
    terms: Mapping[str, list[int]],
    limit: int = _LIMIT,
) -> dict[str, tuple[Related, ...]]:
    """Return the neighbours of all papers, which are numbered by age.

    Scores are symmetric, so each paper is compared with older ones only.
    """
    months = [paper.month for paper in features]
    # The sets of papers are filled in the loop below, so that they hold only older papers.
    by_author = _index(_AUTHOR, authors, filled=False)
    by_term = _index(_TERM, terms, filled=False)
    shared = [_shared(paper, by_author, by_term) for paper in features]
    ranks: list[list[int]] = [[] for _ in bases]
    for number, (own_authors, own_terms) in enumerate(shared):
        month, enter = months[number], ranks[number].append
        for other, score in _scores(own_authors, own_terms):
            # The same as _rank; a call would take longer than the rest of the loop.
            rank = (abs(months[other] - month) - score * _MONTHS) * _PAPERS
            enter(rank + other)
            ranks[other].append(rank + number)
        for _, numbers, _ in own_authors:
            numbers.add(number)
        for _, numbers, _ in own_terms:
            numbers.add(number)
    by_age = range(len(bases))
    neighbours = {}
    for number, base in enumerate(bases):
        ranks[number].sort()
        neighbours[base] = _explain(bases, by_age, ranks[number][:limit], features[number], *shared[number])
    return neighbours


def _index(kind: _Kind, postings: Mapping[str, list[int]], *, filled: bool = True) -> dict[str, _Weighted]:
    """Return the authors and terms of at least two papers; terms without weight are left out."""
    return {
        key: (weight, set(numbers) if filled else set(), key)
        for key, numbers in postings.items()
        if len(numbers) > 1 and ((weight := kind.weight_for(len(numbers))) or kind is _AUTHOR)
    }


def _shared(
    paper: Features, by_author: Mapping[str, _Weighted], by_term: Mapping[str, _Weighted]
) -> tuple[list[_Weighted], list[_Weighted]]:
    """Return the authors (in the paper's order) and the terms (heaviest first) that a paper shares with others."""
    terms = sorted(filter(None, map(by_term.get, paper.terms)), key=itemgetter(0), reverse=True)
    return [*filter(None, map(by_author.get, paper.authors))], terms


def _explain(
    bases: Sequence[str],
    by_age: Sequence[int],
    ranks: Iterable[int],
    own: Features,
    authors: Iterable[_Weighted],
    terms: Iterable[_Weighted],
) -> tuple[Related, ...]:
    """Return the neighbours with these ranks, each with the text on what it shares."""
    names, places_of, title = own.authors, own.terms, own.title
    neighbours = []
    for rank in ranks:
        other, score, by_authors = by_age[rank % _PAPERS], -(rank // (_MONTHS * _PAPERS)), 0
        people = []
        for weight, numbers, key in authors:
            if other in numbers:
                people.append(names[key])
                by_authors += weight
        places: list[int] = []
        # Most papers share authors only, in which case the score is that of the authors.
        if score != min(by_authors, _AUTHOR_SCORE_LIMIT):
            places = [places_of[key] for _, numbers, key in terms if other in numbers]
        neighbours.append(Related(bases[other], reason(title, people, places)))
    return tuple(neighbours)


def _postings(features: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """Return the numbers of the papers that have each key."""
    postings: defaultdict[str, list[int]] = defaultdict(list)
    for number, keys in enumerate(features):
        for key in keys:
            postings[key].append(number)
    return postings


def _rank(score: int, months: int) -> int:
    """Return a sort key, least for the nearest paper; a paper's rank by age can be added to it."""
    return (abs(months) - score * _MONTHS) * _PAPERS


def _scores(authors: Iterable[_Weighted], terms: Sequence[_Weighted]) -> Iterable[tuple[int, int]]:
    """Return the papers that reach the threshold with these authors and terms, each with its score."""
    scores: dict[int, int] = {}
    for weight, numbers, _ in authors:
        if not weight:
            continue
        if not scores:
            scores = dict.fromkeys(numbers, weight)
            continue
        for other in numbers:
            score = scores.get(other, 0) + weight
            scores[other] = score if score < _AUTHOR_SCORE_LIMIT else _AUTHOR_SCORE_LIMIT
    left = 0
    for weight, _, _ in terms:
        left += weight
    rest = iter(terms)
    while left >= _THRESHOLD:
        weight, numbers, _ = next(rest)
        left -= weight
        scores |= {other: scores.get(other, 0) + weight for other in numbers}
    # The remaining terms are too light to reach the threshold alone, so they only add to papers found so far.
    scores = {other: score for other, score in scores.items() if score + left >= _THRESHOLD}
    if scores:
        for weight, numbers, _ in rest:
            for other in scores.keys() & numbers:
                scores[other] += weight
    return [near for near in scores.items() if near[1] >= _THRESHOLD]
