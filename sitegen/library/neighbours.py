"""The search for the neighbours of all papers, from nothing or from the state of the last search.

The neighbours of a paper depend on all papers. After a change, neighbours are searched for of the papers that have
changed, of those that had one of these as a neighbour, and of those to which one of these is now near enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from sitegen.library import features, vectors
from sitegen.library.features import Features, Phrases, Text
from sitegen.library.related import Related
from sitegen.library.vectors import Space, TermWeights, Vector
from sitegen.models import Paper

# If more of the papers have changed, to find out which others that concerns would take longer than to search for all.
_MAX_CHANGED_SHARE = 1 / 4
# Two papers with an author in common are versions of one work if of all terms of their titles so many are common.
_SAME_TITLE = 0.6

_ENCODE = msgspec.msgpack.Encoder().encode
_NONE = msgspec.Raw(_ENCODE([]))


class Known(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a search has found out about a paper, and needs in the next search."""

    digest: bytes  # of the paper
    features: Features
    vector: Vector
    near: tuple[str, ...] = ()  # base identifiers of its neighbours
    needed: int = 0  # how near another paper must be to become one of them


class State(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a search leaves to the next one: papers by base identifier, in order of age."""

    weights: TermWeights
    papers: dict[str, Known]


Found = dict[str, msgspec.Raw]  # the encoded neighbours of each paper, by base identifier


def search(
    papers: Mapping[str, Paper], digests: Sequence[bytes], before: State | None, found: Found
) -> tuple[State, Found]:
    """Return the state of a search, and the neighbours of all papers, nearest first.

    ``papers`` are given by base identifier in order of age; ``digests`` are theirs. ``before`` is the state of the
    last search, and ``found`` are the neighbours that it found; the result is the same without them.
    """
    texts, bases = _Texts(papers), list(papers)
    known, weights = _known(texts, dict(zip(bases, digests, strict=True)), before)
    old = before.papers if before else {}
    changed = {base for base, paper in known.items() if paper is not old.get(base)}
    months = [int(paper.id.sort_key[:4]) * 12 + int(paper.id.sort_key[4:6]) for paper in papers.values()]
    space = Space(
        [paper.vector for paper in known.values()],
        [paper.features.authors for paper in known.values()],
        months,
    )
    stale: Iterable[int] = range(len(bases))
    if len(changed) <= len(bases) * _MAX_CHANGED_SHARE:
        gone = changed | (old.keys() - known.keys())
        entering = [row for row, base in enumerate(bases) if base in changed]
        stale = {
            *[row for row, paper in enumerate(known.values()) if not gone.isdisjoint(paper.near)],
            *entering,
            *space.nearer(entering, [paper.needed for paper in known.values()]),
        }
    answer = {base: found.get(base, _NONE) for base in bases}
    for row in stale:
        rows, needed = space.nearest(row)
        shared = dict(zip([bases[other] for other in rows], space.shared(row, rows), strict=True))
        related = texts.together(texts.explain(bases[row], shared))
        known[bases[row]] = replace(known[bases[row]], near=tuple(shared), needed=needed)
        answer[bases[row]] = msgspec.Raw(_ENCODE(related))
    return State(weights, known), answer


def _known(
    texts: _Texts, digests: Mapping[str, bytes], before: State | None
) -> tuple[dict[str, Known], TermWeights]:
    """Return what is known of each paper before its neighbours are searched for, and the weights of terms.

    Of papers whose text, authors and weights are those of the last search, it is the same object as in ``before``.
    """
    old = before.papers if before else {}
    same = {base for base, digest in digests.items() if base in old and old[base].digest == digest}
    own = {base: old[base].features if base in same else texts.features(base) for base in digests}
    terms = [features.terms for features in own.values()]
    weights = vectors.term_weights(terms[: vectors.frozen_papers(len(terms))])
    weighed = own.keys() - same
    if before and (reweighted := vectors.changed_weights(before.weights, weights)):
        bases = list(own)
        weighed |= {bases[row] for row in vectors.with_terms(terms, reweighted)}
    new = dict(zip(weighed, vectors.vectors([own[base] for base in weighed], weights), strict=True))
    known = {
        base: old[base]
        if base in same and new.get(base, old[base].vector) == old[base].vector
        else Known(digests[base], features, new[base])
        for base, features in own.items()
    }
    return known, weights


class _Texts:
    """The words and the authors of papers, read when they are first needed."""

    def __init__(self, papers: Mapping[str, Paper]) -> None:
        self._papers = papers
        self._read: dict[str, tuple[Text, dict[bytes, str]]] = {}

    def read(self, base: str) -> tuple[Text, dict[bytes, str]]:
        """Return the words of a paper, and its authors by code."""
        if (known := self._read.get(base)) is None:
            paper = self._papers[base]
            known = self._read[base] = features.read(paper), features.authors(paper)
        return known

    def features(self, base: str) -> Features:
        """Return the features of a paper."""
        return features.features(*self.read(base))

    def explain(self, base: str, near: Mapping[str, Mapping[int, int]]) -> list[Related]:
        """Return neighbours of a paper with what they share, given the weights of shared terms of each."""
        text, authors = self.read(base)
        phrases = Phrases(text)
        related = []
        for other, weights in near.items():
            other_text, other_authors = self.read(other)
            people = tuple([name for code, name in authors.items() if code in other_authors])
            topics = phrases.shared(other_text, weights) if weights else ()
            related.append(Related(other, people, topics))
        return related

    def together(self, related: Sequence[Related]) -> list[Related]:
        """Return neighbours with versions of one work one after another, in the place of the nearest of them."""
        lists = [self.read(near.id)[1] for near in related]
        if len(set().union(*lists)) == sum(map(len, lists)):  # no two have an author in common
            return list(related)
        ordered: list[Related] = []
        for near in related:
            places = [place for place, other in enumerate(ordered) if self._is_same_work(near.id, other.id)]
            ordered.insert(places[-1] + 1 if places else len(ordered), near)
        return ordered

    def _is_same_work(self, base: str, other: str) -> bool:
        (text, authors), (other_text, other_authors) = self.read(base), self.read(other)
        if authors.keys().isdisjoint(other_authors):
            return False
        title, other_title = text.title_terms(), other_text.title_terms()
        return len(title & other_title) >= _SAME_TITLE * len(title | other_title)
