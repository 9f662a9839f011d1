"""What papers can share, and what two of them share in words: authors, and rare terms of their titles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from sitegen.incremental import checksum
from sitegen.models import Paper
from sitegen.text import abstract, names, tex

# Of a collaboration's thousands of members, the first stand for all.
_LONG_LIST, _AUTHORS_READ = 50, 20
# Hostile titles: far above any real one.
_TITLE_READ = 400
_WIDEST = 1 << 12  # in letters, even where a command stands for several

_AUTHORS_NAMED, _TERMS_NAMED = 3, 3

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TOKEN = re.compile(rf"({_WORD.pattern})|[^\s\w-]|\d+")
_CAPITALISED = re.compile(r"(?<!\w)[^\W\d_a-z][^\W\d_A-Z]+(?!\w)")
# Words that titles of all fields share, and that therefore do not show that two papers are related. Not the list of
# exports/bibtex.py, which is arXiv's and decides on the keys of BibTeX entries.
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


class Features(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a paper can share: names as printed by author's key, and places in the title by term."""

    mark: bytes  # the digest of the rest
    month: int  # counted from year 0
    title: str  # as it reads in a sentence
    authors: dict[str, str]
    terms: dict[str, int]  # start * _WIDEST + end: one number is read faster than two


# Of encoded features; before it stand the heads of the array and of the mark itself.
MARK = slice(3, 3 + 16)

_ENCODE = msgspec.msgpack.Encoder().encode


def features(paper: Paper) -> Features:
    """Return what a paper can share."""
    credits = paper.credits if len(paper.credits) <= _LONG_LIST else paper.credits[:_AUTHORS_READ]
    authors: dict[str, str] = {}
    for credit in credits:
        if credit.name.family:
            authors.setdefault(names.person_key(credit.name), credit.name.printed)
    title = " ".join(paper.title[:_TITLE_READ].split())
    if not tex.is_plain(title):
        title = abstract.to_text(title)[: _WIDEST - 1]
    month = int(paper.id.sort_key[:6])
    terms = _terms(title)
    title = _as_in_a_sentence(title, terms, paper.abstract)
    rest = month // 100 * 12 + month % 100, title, authors, terms
    return Features(checksum.digest(_ENCODE(rest)), *rest)


def reason(title: str, people: Sequence[str], places: list[int]) -> str:
    """Say what two papers share: people, and the terms at these places of a title, neighbours joined."""
    if not places:
        return _enumerated(people)
    places.sort()
    phrases: list[str] = []
    first, last = divmod(places[0], _WIDEST)
    for place in places:
        start, end = divmod(place, _WIDEST)
        if start >= last:
            phrases.append(title[first:last])
            first, last = start, end
        elif end > last:
            last = end
    phrases.append(title[first:last])
    topics = f"also on: {', '.join(phrases[:_TERMS_NAMED])}"
    return f"{_enumerated(people)}; {topics}" if people else topics


def _enumerated(people: Sequence[str]) -> str:
    """Return ``A``, ``A and B``, ``A, B and C`` or ``A, B and 7 others``."""
    if len(people) < 2:
        return people[0] if people else ""
    if len(people) > _AUTHORS_NAMED:
        people = [*people[: _AUTHORS_NAMED - 1], f"{len(people) - _AUTHORS_NAMED + 1} others"]
    return f"{', '.join(people[:-1])} and {people[-1]}"


def _terms(title: str) -> dict[str, int]:
    """Return the words of a title and the pairs of neighbouring ones, with where they stand first.

    A term is in lower case, without a possessive or the plural's s; a stop word, a short word or a mark of
    punctuation parts its neighbours.
    """
    terms: dict[str, int] = {}
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
            terms[word] = start * _WIDEST + end
        if before and (pair := f"{before} {word}") not in terms:
            terms[pair] = start_before * _WIDEST + end
        before, start_before = word, start
    return terms


def _as_in_a_sentence(title: str, terms: Mapping[str, int], abstract: str) -> str:
    """Return a title without the capitals of a title, but with those of names (Hopfield, fMRI).

    The abstract tells them apart. Where it is silent, the first word loses its capital, and others do if the
    title capitalises all of its words.
    """
    sentence = any(title[place // _WIDEST].islower() for place in terms.values())

    def lowered(found: re.Match[str]) -> str:
        word, lower = found[0], found[0].lower()
        if len(lower) != len(word):  # never mind: terms are found by their positions
            return word
        written = f" {word}" in abstract or f"-{word}" in abstract or (sentence and found.start() > 0)
        return word if written and lower not in abstract else lower

    return _CAPITALISED.sub(lowered, title)
