"""Which papers stand near a paper, and why: shared authors, and rare terms that titles have in common.

An inverted index of authors and terms; one that many papers bear is left out, so that the work stays linear in
the number of papers. A term's or an author's weight falls by one whenever the papers that bear it double, and
depends on nothing else in the archive: a new paper changes the neighbours of those that it is near to, and of
hardly any others, so that few pages are made anew.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from sitegen import sealed
from sitegen.models import ArxivId, Paper
from sitegen.text import abstract, names, tex

# An author of more papers, or a term of more titles, tells little and costs much.
_AUTHOR_PAPERS = 200
_TERM_PAPERS = 40
# Of a collaboration's thousands of members, the first stand for all.
_LONG_LIST, _AUTHORS_READ = 50, 20
# Hostile titles: far above any real one.
_TITLE_READ = 400

# Weights of what only two papers share. One rare word alone stays below the threshold (titles meet by chance in
# "revisited"); an author of at most 16 papers reaches it alone, a more prolific one only together with a term.
_AUTHOR_WEIGHT, _TERM_WEIGHT = 10, 6
_THRESHOLD = 7
# However many authors two papers share: past this, terms decide which of a group's papers are nearest.
_AUTHORS_AT_MOST = 14

_AUTHORS_NAMED, _TERMS_NAMED = 3, 3

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TOKEN = re.compile(rf"({_WORD.pattern})|[^\s\w-]|\d+")
_CAPITALISED = re.compile(r"(?<!\w)[^\W\d_a-z][^\W\d_A-Z]+(?!\w)")
# Words that titles of any field share.
_STOP_WORDS = """
about above accounts across affect affected affects after against aimed allow allows along also among analyses
analysis analytic analytical answer application applications applied applying approach approaches arise arises
arising around aspects assessing assessment associated based become becomes before behind being best better
between beyond both cannot case cases cause causes challenge challenges change changes changing chapter
characterization characterizing class comes comment commentary common comparative compared comparing
comparison complex concept consequences considerations consistent contribute contributes contribution correct
corrigendum could current data dealing demonstrate demonstrates dependent derived description design detailed
detecting determine determining develop developing development different does doing down driven during each
effect effective effects efficient either elucidate emerge emerges emerging enable enables enhance enhanced
enhances erratum evaluating evaluation even ever every evidence examining example exhibit exhibits explain
explained explaining exploring exposed facilitates fast find finding first following formula framework from
full fully further future general generalized given gives good governs have having help here high higher idea
impact implication implications important improve improved improves improving including increase increased
increases induces inducing infer inferring influence insight insights into introducing introduction investigating
investigation involved issue issues just keep know large larger lead leading leads less lessons level levels
like long make makes making many match matter matters measure measurement measurements measuring mechanism
mechanisms meets method methodology methods minimal model modeling modelling models more most much multiple
nature near need needs never note novel observation observations obtained often only open other others over
overview part parts perspective perspectives possible potential practical predict predicting prediction
preliminary presence present principle principles problem problems process processes produce produced produces
promote promotes properties property proposal proposed provide provides quantification quantifying question
questions recent reduce reduced reducing regarding related relation relations relationship relationships
relevance relevant reply report require required requires research response result results reveal revealed
revealing reveals review revisited role roles same scale seem seems several should show shows significance
simple simulation simulations single small some specific state statistical still studies study studying such
suggest suggests support supports survey system systems take takes taking technique techniques than that their
them then theoretical theory there these they this those three through thus time together tool tools toward
towards type types under underlying understand understanding unified unifying upon used useful user users
using variety various versus very view want ways well were what when where whether which while will with
within without work works would your
"""
# In a small archive they are rare enough to count, and say nothing unless another word goes with them.
_NOTHING_ALONE = frozenset({"brain", "cell", "learning", "network", "neural", "neuron"})
_STOPS = frozenset(_STOP_WORDS.split())


class Related(msgspec.Struct, frozen=True, gc=False):
    """A neighbour: its base identifier, and what it shares in words («Ada Byron; also on: cortical waves»)."""

    id: str
    reason: str


class Features(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a paper can share: names as printed by author's key, and places in the title by term."""

    month: int  # counted from year 0
    title: str  # as it reads in a sentence
    authors: dict[str, str]
    terms: dict[str, tuple[int, int]]


# Key -> its weight, and the numbers of the papers that bear it.
_Index = Mapping[str, tuple[int, list[int]]]


_DECODER = msgspec.msgpack.Decoder(Features)
_NEIGHBOURS = msgspec.msgpack.Decoder(dict[str, tuple[Related, ...]])


def related(papers: Sequence[Paper], limit: int = 5) -> dict[str, tuple[Related, ...]]:
    """Return up to ``limit`` neighbours of each paper by base identifier, the nearest first.

    The order of ``papers`` does not matter: of equally near ones that of the nearest month comes first, then the
    elder. A paper without good neighbours has fewer, or none.
    """
    ordered = sorted(papers, key=lambda paper: paper.id.sort_key)
    return _related([paper.id.base for paper in ordered], [features(paper) for paper in ordered], limit=limit)


class _Memory(msgspec.Struct, frozen=True, array_like=True):
    """What a search has found: the digest of each paper's features, and its neighbours."""

    engine: bytes
    features: dict[str, bytes]
    found: dict[str, tuple[Related, ...]]


_MEMORY = msgspec.msgpack.Decoder(_Memory)


class Search:
    """The same for an archive of which the features are known, and perhaps most neighbours."""

    def __init__(self, papers: Iterable[tuple[ArxivId, bytes]], place: Path, engine: bytes) -> None:
        """Search among ``papers`` with their encoded ``Features``; what is found is kept in a file at ``place``."""
        self._papers = papers
        self._place = place
        self._engine = engine
        self._memory: _Memory | None = None

    def run(self) -> bytes:
        """Find the neighbours of all papers; ``found`` reads the answer."""
        ordered = sorted(self._papers, key=lambda paper: paper[0].sort_key)
        digests = {paper.base: sealed.digest(kept) for paper, kept in ordered}
        memory = self._recalled()
        if memory.features == digests:
            return msgspec.msgpack.encode(memory.found)
        decode = _DECODER.decode
        known = [decode(kept) for _, kept in ordered]
        # With a paper that is no longer what it was, its old neighbours would have to be found as well.
        grown = memory.features.items() <= digests.items()
        found = _related(list(digests), known, memory.found if grown else {})
        self._memory = _Memory(self._engine, digests, found)
        return msgspec.msgpack.encode(found)

    def _recalled(self) -> _Memory:
        nothing = _Memory(self._engine, {}, {})
        if (body := sealed.recall(self._place)) is None:
            return nothing
        try:
            memory = _MEMORY.decode(body)
        except msgspec.MsgspecError:
            return nothing
        return memory if memory.engine == self._engine else nothing

    def remember(self) -> None:
        """Keep what was found; where it can't be kept, the next search takes longer."""
        if self._memory:
            sealed.keep(self._place, msgspec.msgpack.encode(self._memory))


def found(answer: bytes) -> dict[str, tuple[Related, ...]]:
    """Return what a ``Search`` has found."""
    return _NEIGHBOURS.decode(answer)


def _related(
    bases: list[str],
    features: list[Features],
    before: Mapping[str, tuple[Related, ...]] = MappingProxyType({}),
    limit: int = 5,
) -> dict[str, tuple[Related, ...]]:
    """Find the neighbours of all papers, where those of all but the new ones were as ``before`` without these."""
    authors = _postings(paper.authors for paper in features)
    terms = _postings(paper.terms for paper in features)
    by_author = _index(authors, _AUTHOR_PAPERS, _AUTHOR_WEIGHT)
    by_term = _index(terms, _TERM_PAPERS, _TERM_WEIGHT)
    touched = {number for number, base in enumerate(bases) if base not in before}
    new = len(touched)
    # A new paper touches those that share something with it, be it only that they share that with one more; but for
    # what so many shared before that it counted for nothing.
    for number in list(touched):
        for postings, keys, at_most in (
            (authors, features[number].authors, _AUTHOR_PAPERS),
            (terms, features[number].terms, _TERM_PAPERS),
        ):
            touched.update(*(postings[key] for key in keys if len(postings[key]) - new <= at_most))
    return {
        base: tuple(
            Related(bases[other], _reason(features[number], features[other], by_term))
            for other in _nearest(number, features, by_author, by_term)[:limit]
        )
        if number in touched
        else before[base]
        for number, base in enumerate(bases)
    }


def features(paper: Paper) -> Features:
    """Return what a paper can share."""
    credits = paper.credits if len(paper.credits) <= _LONG_LIST else paper.credits[:_AUTHORS_READ]
    authors: dict[str, str] = {}
    for credit in credits:
        authors.setdefault(names.person_key(credit.name.printed), credit.name.printed)
    title = " ".join(paper.title[:_TITLE_READ].split())
    if not tex.is_plain(title):
        title = abstract.to_text(title)
    month = paper.id.sort_key[0]
    terms = _terms(title)
    title = _as_in_a_sentence(title, terms, paper.abstract)
    return Features(month // 100 * 12 + month % 100, title, authors, terms)


def _terms(title: str) -> dict[str, tuple[int, int]]:
    """Return the words of a title and the pairs of neighbouring ones, with where they stand first.

    A term is in lower case, without a possessive or the plural's s; a stop word, a short word or a mark of
    punctuation parts its neighbours.
    """
    terms: dict[str, tuple[int, int]] = {}
    before, start_before = "", 0
    for token in _TOKEN.finditer(title):
        word = (token[1] or "").lower()
        if len(word) < 4 or word in _STOPS:
            before = ""
            continue
        start, end = token.span()
        if word[-1] == "s" and word[-2] not in "sui":
            word = word[:-1].rstrip("'’")
        if word not in terms and word not in _NOTHING_ALONE:
            terms[word] = start, end
        if before and (pair := f"{before} {word}") not in terms:
            terms[pair] = start_before, end
        before, start_before = word, start
    return terms


def _postings(features: Iterable[Iterable[str]]) -> Mapping[str, list[int]]:
    """Return the numbers of the papers that bear each key."""
    postings: defaultdict[str, list[int]] = defaultdict(list)
    for number, keys in enumerate(features):
        for key in keys:
            postings[key].append(number)
    return postings


def _index(postings: Mapping[str, list[int]], at_most: int, weight: int) -> _Index:
    """Return each key that 2 to ``at_most`` papers bear; ``weight`` is that of a key of only two."""
    return {
        key: (weight + 1 - (len(numbers) - 1).bit_length(), numbers)
        for key, numbers in postings.items()
        if 2 <= len(numbers) <= at_most
    }


def _nearest(number: int, features: Sequence[Features], by_author: _Index, by_term: _Index) -> list[int]:
    """Return the numbers of all papers near enough to that of ``number``, the nearest first."""
    own = features[number]
    scores: defaultdict[int, int] = defaultdict(int)
    for weight, numbers in filter(None, map(by_author.get, own.authors)):
        for other in numbers:
            scores[other] += weight
    for other, score in scores.items():
        if score > _AUTHORS_AT_MOST:
            scores[other] = _AUTHORS_AT_MOST
    postings = sorted(filter(None, map(by_term.get, own.terms)), key=lambda posting: -posting[0])
    left = sum(weight for weight, _ in postings)
    for weight, numbers in postings:
        # Where all that is left falls short of the threshold, it can only add to what was found before.
        for other in numbers if left >= _THRESHOLD else scores.keys() & numbers:
            scores[other] += weight
        left -= weight
    scores.pop(number, None)
    ranked = sorted(
        (-score, abs(features[other].month - own.month), other)
        for other, score in scores.items()
        if score >= _THRESHOLD
    )
    return [other for _, _, other in ranked]


def _reason(own: Features, other: Features, by_term: _Index) -> str:
    """Say what two papers share, in the words of the first."""
    people = [own.authors[key] for key in own.authors if key in other.authors]
    terms = [term for term in own.terms.keys() & other.terms.keys() if term in by_term]
    topics = f"also on: {', '.join(_phrases(own, terms))}" if terms else ""
    return "; ".join(filter(None, (_enumerated(people), topics)))


def _phrases(own: Features, terms: Iterable[str]) -> list[str]:
    """Return terms as they read in the title, neighbours joined to one phrase."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted(own.terms[term] for term in terms):
        if spans and start < spans[-1][1]:
            start, end = spans[-1][0], max(end, spans.pop()[1])
        spans.append((start, end))
    return [own.title[start:end] for start, end in spans[:_TERMS_NAMED]]


def _as_in_a_sentence(title: str, terms: Mapping[str, tuple[int, int]], abstract: str) -> str:
    """Return a title without the capitals of a title, but with those of names (Hopfield, fMRI).

    The abstract tells them apart. Where it is silent, the first word loses its capital, and others do if the
    title capitalises all of its words.
    """
    sentence = any(title[start].islower() for start, _ in terms.values())

    def lowered(found: re.Match[str]) -> str:
        word, lower = found[0], found[0].lower()
        if len(lower) != len(word):  # never mind: terms are found by their positions
            return word
        written = f" {word}" in abstract or f"-{word}" in abstract or (sentence and found.start() > 0)
        return word if written and lower not in abstract else lower

    return _CAPITALISED.sub(lowered, title)


def _enumerated(people: Sequence[str]) -> str:
    """Return ``A``, ``A and B``, ``A, B and C`` or ``A, B and 7 others``."""
    if len(people) > _AUTHORS_NAMED:
        people = [*people[: _AUTHORS_NAMED - 1], f"{len(people) - _AUTHORS_NAMED + 1} others"]
    return " and ".join(filter(None, (", ".join(people[:-1]), *people[-1:])))
