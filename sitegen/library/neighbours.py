"""The search for the neighbours of all papers, from nothing or from the state of the last search.

The neighbours of a paper depend on all papers. After a change, neighbours are searched for of the papers that have
changed, of those that had one of these as a neighbour, and of those to which one of these is now near enough.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import msgspec
from msgspec.structs import replace

from sitegen.library import features, vectors
from sitegen.library.features import Text
from sitegen.library.phrases import Phrases
from sitegen.library.vectors import Space, Terms, TermWeights, Vector
from sitegen.models import Paper, Related

# If more of the papers have changed, to find out which others that concerns would take longer than to search for all.
_MAX_CHANGED_SHARE = 1 / 4
# Two papers with an author in common are versions of one work if of all terms of their titles so many are common.
_SAME_TITLE = 0.6

_ENCODE = msgspec.msgpack.Encoder().encode
_NONE = msgspec.Raw(_ENCODE([]))


class Known(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a search has found out about a paper, and needs in the next search."""

    digest: bytes  # of the paper
    terms: Terms
    authors: bytes  # codes, 8 bytes each
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
    space = Space([paper.vector for paper in known.values()], months)
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
    for rows in vectors.batches(sorted(stale)):
        near = [space.nearest(row) for row in rows]
        pairs = [(row, other) for row, (others, _) in zip(rows, near, strict=True) for other in others]
        shared = iter(space.shared(pairs))
        texts.read([bases[row] for row in {*rows, *chain.from_iterable(pairs)}])
        for row, (others, needed) in zip(rows, near, strict=True):
            base, neighbours = bases[row], [bases[other] for other in others]
            known[base] = replace(known[base], near=tuple(neighbours), needed=needed)
            answer[base] = msgspec.Raw(
                _ENCODE(texts.explain(base, dict(zip(neighbours, shared, strict=False))))
            )
    return State(weights, known), answer


def _known(
    texts: _Texts, digests: Mapping[str, bytes], before: State | None
) -> tuple[dict[str, Known], TermWeights]:
    """Return what is known of each paper before its neighbours are searched for, and the weights of terms.

    Of papers whose text, authors and weights are those of the last search, it is the same object as in ``before``.
    """
    old = before.papers if before else {}
    known = {
        base: old[base] for base, digest in digests.items() if base in old and old[base].digest == digest
    }
    changed = [base for base in digests if base not in known]
    texts.read(changed)
    terms = {base: paper.terms for base, paper in known.items()} | texts.terms(changed)
    authors = {base: paper.authors for base, paper in known.items()} | texts.authors(changed)
    codes = [terms[base].codes for base in digests]
    weights = vectors.term_weights(codes[: vectors.frozen_papers(len(codes))])
    if before and (reweighted := vectors.changed_weights(before.weights, weights)):
        bases = list(digests)
        changed = list({*changed, *[bases[row] for row in vectors.with_terms(codes, reweighted)]})
    own = [terms[base] for base in changed], [authors[base] for base in changed]
    for base, vector in zip(changed, vectors.vectors(*own, weights), strict=True):
        if base not in known or vector != known[base].vector:
            known[base] = Known(digests[base], terms[base], authors[base], vector)
    return {base: known[base] for base in digests}, weights


class _Texts:
    """The words and the authors of papers, read when they are first needed."""

    def __init__(self, papers: Mapping[str, Paper]) -> None:
        self._papers = papers
        self._texts: dict[str, Text] = {}
        self._authors: dict[str, dict[int, str]] = {}

    def read(self, bases: Iterable[str]) -> None:
        """Read those of some papers that have not been read."""
        unread = [self._papers[base] for base in bases if base not in self._texts]
        for papers in vectors.batches(unread):
            for paper, authors in zip(papers, features.authors(papers), strict=True):
                self._texts[paper.id.base], self._authors[paper.id.base] = features.read(paper), authors

    def terms(self, bases: Sequence[str]) -> dict[str, Terms]:
        """Return the terms of some papers."""
        return dict(zip(bases, vectors.count_terms([self._texts[base] for base in bases]), strict=True))

    def authors(self, bases: Sequence[str]) -> dict[str, bytes]:
        """Return the codes of the authors of some papers, 8 bytes each."""
        return {base: array("Q", sorted(self._authors[base])).tobytes() for base in bases}

    def explain(self, base: str, near: Mapping[str, Mapping[int, int]]) -> list[Related]:
        """Return neighbours of a paper with what they share, given the codes of terms and authors that they share.

        Versions of one work stand one after another, in the place of the nearest of them.
        """
        authors, phrases = self._authors[base], Phrases(self._texts[base])
        ordered: list[Related] = []
        met: set[int] = set()  # authors of neighbours so far
        for other, shared in near.items():
            people = tuple([name for code, name in authors.items() if code in shared])
            found = Related(other, people, phrases.shared(self._texts[other], shared))
            place = len(ordered)
            if not met.isdisjoint(self._authors[other]):
                same = [at for at, known in enumerate(ordered) if self._is_same_work(other, known.id)]
                place = same[-1] + 1 if same else place
            ordered.insert(place, found)
            met.update(self._authors[other])
        return ordered

    def _is_same_work(self, base: str, other: str) -> bool:
        if self._authors[base].keys().isdisjoint(self._authors[other]):
            return False
        title, other_title = self._texts[base].title_terms(), self._texts[other].title_terms()
        return len(title & other_title) >= _SAME_TITLE * len(title | other_title)
