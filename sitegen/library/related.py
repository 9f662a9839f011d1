"""Which papers stand near a paper, and why: shared authors, and rare terms that titles have in common.

An inverted index of authors and terms; one that many papers bear is left out, so that the work stays linear in
the number of papers. A term's or an author's weight falls by one whenever the papers that bear it double, and
depends on nothing else in the archive: a new paper changes the neighbours of those that it is near to, and of
hardly any others, so that few pages are made anew.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

import msgspec

from sitegen.incremental.cache import Cache
from sitegen.library.features import DIGEST, Features, features, reason
from sitegen.models import ArxivId, Paper

# An author of more papers, or a term of more titles, tells little and costs much.
_AUTHOR_PAPERS = 200
_TERM_PAPERS = 40
# Weights of what only two papers share. One rare word alone stays below the threshold (titles meet by chance in
# "revisited"); an author of at most 16 papers reaches it alone, a more prolific one only together with a term.
_AUTHOR_WEIGHT, _TERM_WEIGHT = 10, 6
_THRESHOLD = 7
# However many authors two papers share: past this, terms decide which of a group's papers are nearest.
_AUTHOR_SCORE_LIMIT = 14
_LIMIT = 5
# An update of more than a part of the archive costs as much as to begin again.
_MAX_CHANGED_SHARE = 1 / 4
# More than there can be.
_MONTHS, _PAPERS = 1 << 20, 1 << 24


_KIND = "related"  # of bodies in the cache


class Related(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A neighbour: its base identifier, and what it shares in words («Ada Byron; also on: cortical waves»)."""

    id: str
    reason: str


class _SavedSearch(msgspec.Struct, frozen=True, array_like=True):
    """What a search has found. A paper keeps the number under which it came in, whatever comes in later.

    What is large stays encoded until it is needed, and most of what is in it even then.
    """

    bases: list[str]
    months: list[int]
    digests: bytes
    authors: msgspec.Raw  # which papers bear each key
    terms: msgspec.Raw
    found: bytes  # the answer: the elder papers first


# The same, to be encoded.
_SavedFields = tuple[list[str], list[int], bytes, Mapping[str, object], Mapping[str, object], bytes]


class _Kind(NamedTuple):
    """Authors or terms."""

    at_most: int
    weight: int

    def weight_for(self, papers: int) -> int:
        """Return what a key weighs that so many papers bear."""
        return self.weight + 1 - (papers - 1).bit_length() if 2 <= papers <= self.at_most else 0


_AUTHOR, _TERM = _Kind(_AUTHOR_PAPERS, _AUTHOR_WEIGHT), _Kind(_TERM_PAPERS, _TERM_WEIGHT)

# A key that weighs something: its weight, the numbers of the papers that bear it, and itself.
_Weighted = tuple[int, set[int], str]


_ENCODE = msgspec.msgpack.Encoder().encode
_FEATURES = msgspec.msgpack.Decoder(Features)
_NEIGHBOURS = msgspec.msgpack.Decoder(tuple[Related, ...])
_SAVED = msgspec.msgpack.Decoder(_SavedSearch)
_PARTS = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])
_NUMBERS = msgspec.msgpack.Decoder(list[int])
_NONE = msgspec.Raw(_ENCODE([]))


def related(papers: Sequence[Paper], limit: int = _LIMIT) -> dict[str, tuple[Related, ...]]:
    """Return up to ``limit`` neighbours of each paper by base identifier, the nearest first.

    The order of ``papers`` does not matter: of equally near ones that of the nearest month comes first, then the
    elder. A paper without good neighbours has fewer, or none.
    """
    ordered = sorted(papers, key=lambda paper: paper.id.sort_key)
    known = [features(paper) for paper in ordered]
    authors, terms = _postings(paper.authors for paper in known), _postings(paper.terms for paper in known)
    return _all_neighbours([paper.id.base for paper in ordered], known, authors, terms, limit)


def decode_answer(answer: bytes) -> dict[str, msgspec.Raw]:
    """Return what a ``Search`` has found, by base identifier, for ``decode_neighbours`` to read."""
    return _PARTS.decode(answer)


def decode_neighbours(part: msgspec.Raw) -> tuple[Related, ...]:
    """Return the neighbours of a paper."""
    return _NEIGHBOURS.decode(part)


class Search:
    """The same for an archive of which the features are known, and perhaps most neighbours."""

    def __init__(self, papers: Iterable[tuple[ArxivId, bytes]], cache: Cache, program: bytes) -> None:
        """Search among ``papers`` with their encoded ``Features``; the result is kept in the cache."""
        self._papers = papers
        self._cache = cache
        self._key = program.hex()
        self._result: _SavedFields | None = None

    def run(self) -> bytes:
        """Find the neighbours of all papers; ``decode_answer`` reads the answer."""
        known = {paper.base: kept for paper, kept in self._papers}
        saved = self._load()
        # Without a paper that was there, all lists of numbers would be others.
        if saved and all(map(known.__contains__, saved.bases)):
            changed = _changed(saved, known)
            if not changed and len(known) == len(saved.bases):
                return saved.found
            if len(known) - len(saved.bases) + len(changed) <= len(known) * _MAX_CHANGED_SHARE:
                self._result = _search_changed(saved, known, changed)
                return self._result[-1]
        self._result = _search_all(known)
        return self._result[-1]

    def _load(self) -> _SavedSearch | None:
        if (body := self._cache.get(_KIND, self._key)) is None:
            return None
        try:
            return _SAVED.decode(body)
        except msgspec.MsgspecError:
            return None

    def save(self) -> None:
        """Keep what was found; where it can't be kept, the next search takes longer."""
        if self._result:
            self._cache.put(_KIND, self._key, _ENCODE(self._result))
        self._cache.sweep(_KIND, {self._key})


def _search_all(known: Mapping[str, bytes]) -> _SavedFields:
    """Find all neighbours; return the fields of a ``_SavedSearch``."""
    bases = sorted(known, key=lambda base: ArxivId(base).sort_key)
    features = [_FEATURES.decode(known[base]) for base in bases]
    authors = _postings(paper.authors for paper in features)
    terms = _postings(paper.terms for paper in features)
    answer = _ENCODE(_all_neighbours(bases, features, authors, terms))
    months = [paper.month for paper in features]
    digests = b"".join([paper.digest for paper in features])
    return bases, months, digests, authors, terms, answer


def _changed(saved: _SavedSearch, known: Mapping[str, bytes]) -> set[int]:
    """Return the numbers of the papers that are no longer what they were."""
    digests = [known[base][DIGEST] for base in saved.bases]
    if b"".join(digests) == saved.digests:
        return set()
    return {
        number
        for number, digest in enumerate(digests)
        if saved.digests[16 * number : 16 * number + 16] != digest
    }


class _LazyFeatures(dict[int, Features]):
    """The features of papers by number, decoded when they are asked for."""

    def __init__(self, bases: Sequence[str], known: Mapping[str, bytes]) -> None:
        self._bases, self._known = bases, known

    def __missing__(self, number: int) -> Features:
        self[number] = paper = _FEATURES.decode(self._known[self._bases[number]])
        return paper


def _search_changed(saved: _SavedSearch, known: Mapping[str, bytes], changed: set[int]) -> _SavedFields:
    """Find the neighbours of papers that are new or were ``changed``, and of those that they touch.

    A paper's neighbours are others when it is near to one of those now, or was so far; or when something that it
    bears weighs more or less than it did, or nothing any more.
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
        by_author = _index(
            _AUTHOR, _decode_postings(authors, [features[number].authors for number in numbers])
        )
        by_term = _index(_TERM, _decode_postings(terms, [features[number].terms for number in numbers]))
        for number in numbers:
            yield number, *_shared(features[number], by_author, by_term)

    for _, own_authors, own_terms in shared(new):
        touched.update([other for other, _ in _scores(own_authors, own_terms)])
    for number, own_authors, own_terms in shared(touched):
        month, near = months[number], _scores(own_authors, own_terms)
        ranks = [
            _rank(score, months[other] - month) + ages[other] for other, score in near if other != number
        ]
        ranks = sorted(ranks)[:_LIMIT]
        neighbours = _explain(bases, by_age, ranks, features[number], own_authors, own_terms)
        parts[bases[number]] = msgspec.Raw(_ENCODE(neighbours))
    answer = _ENCODE({bases[number]: parts[bases[number]] for number in by_age})
    digests = b"".join([known[base][DIGEST] for base in bases])
    return bases, months, digests, authors, terms, answer


def _previously_near(saved: _SavedSearch, changed: set[str]) -> Iterator[int]:
    """Return the numbers of the papers that had one of the ``changed`` ones among their neighbours."""
    if changed:
        parts = decode_answer(saved.found)
        for number, base in enumerate(saved.bases):
            if not changed.isdisjoint([near.id for near in decode_neighbours(parts[base])]):
                yield number


def _ages(bases: Sequence[str], elder: Iterable[str]) -> tuple[list[int], list[int]]:
    """Return each paper's place by age, and the papers by age; of the first ones the order is known."""
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
    """Enter the keys of ``new`` papers; return the papers of keys that weigh something else since then."""
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
    """Return which papers bear each key of some."""
    return {key: _NUMBERS.decode(postings.get(key, _NONE)) for key in set().union(*papers)}


def _all_neighbours(
    bases: Sequence[str],
    features: Sequence[Features],
    authors: Mapping[str, list[int]],
    terms: Mapping[str, list[int]],
    limit: int = _LIMIT,
) -> dict[str, tuple[Related, ...]]:
    """Find the neighbours of all papers, numbered by age.

    Each is compared with its elders alone: two papers are as near to each other as the other way round.
    """
    months = [paper.month for paper in features]
    # Which papers bear a key is entered as they pass by.
    by_author = _index(_AUTHOR, authors, filled=False)
    by_term = _index(_TERM, terms, filled=False)
    shared = [_shared(paper, by_author, by_term) for paper in features]
    ranks: list[list[int]] = [[] for _ in bases]
    for number, (own_authors, own_terms) in enumerate(shared):
        month, enter = months[number], ranks[number].append
        for other, score in _scores(own_authors, own_terms):
            # As of _rank: a call would take longer than all of this.
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
    """Return the keys that two papers share, and of terms those that weigh something."""
    return {
        key: (weight, set(numbers) if filled else set(), key)
        for key, numbers in postings.items()
        if len(numbers) > 1 and ((weight := kind.weight_for(len(numbers))) or kind is _AUTHOR)
    }


def _shared(
    paper: Features, by_author: Mapping[str, _Weighted], by_term: Mapping[str, _Weighted]
) -> tuple[list[_Weighted], list[_Weighted]]:
    """Return what a paper shares with others: authors as they stand, and terms, the weightiest first."""
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
    """Return the neighbours of these ranks with what they share."""
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
        # Most share authors alone, as the score tells.
        if score != min(by_authors, _AUTHOR_SCORE_LIMIT):
            places = [places_of[key] for _, numbers, key in terms if other in numbers]
        neighbours.append(Related(bases[other], reason(title, people, places)))
    return tuple(neighbours)


def _postings(features: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """Return the numbers of the papers that bear each key."""
    postings: defaultdict[str, list[int]] = defaultdict(list)
    for number, keys in enumerate(features):
        for key in keys:
            postings[key].append(number)
    return postings


def _rank(score: int, months: int) -> int:
    """Return a number by which papers sort, the nearest first, with room for one of a paper to be added to it."""
    return (abs(months) - score * _MONTHS) * _PAPERS


def _scores(authors: Iterable[_Weighted], terms: Sequence[_Weighted]) -> Iterable[tuple[int, int]]:
    """Return the numbers of the papers near enough to one that bears these keys, each with its score."""
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
        for other in numbers:
            scores[other] = scores.get(other, 0) + weight
    # What is left can only add to what was found before.
    scores = {other: score for other, score in scores.items() if score + left >= _THRESHOLD}
    if scores:
        for weight, numbers, _ in rest:
            for other in scores.keys() & numbers:
                scores[other] += weight
    return [near for near in scores.items() if near[1] >= _THRESHOLD]
