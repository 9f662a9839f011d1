"""Features by which papers are compared (authors, and terms of titles), and the text that names shared ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from sitegen.incremental import checksum
from sitegen.models import Paper
from sitegen.text import abstract, names, tex

# Of a list with more than _LONG_LIST authors, only the first _AUTHORS_READ are compared.
_LONG_LIST, _AUTHORS_READ = 50, 20
# A limit for hostile titles, far above any real one: characters of a title that are read.
_TITLE_READ = 400
# A place in a title is encoded as start * _SPAN_BASE + end, because one integer decodes faster than two.
_SPAN_BASE = 1 << 12  # above the length in characters of any title, TeX commands converted

_AUTHORS_NAMED, _TERMS_NAMED = 3, 3  # at most, in a reason

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
# These are terms only together with another word. In a small archive they would be rare enough to count.
_NOTHING_ALONE = frozenset({"brain", "cell", "learning", "network", "neural", "neuron"})
_STOPS = frozenset(_STOP_WORDS.split())


class Features(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The features of a paper: printed names by person key, and places in the title by term."""

    digest: bytes  # of all other fields
    month: int  # counted from year 0
    title: str  # with the capitals of a sentence
    authors: dict[str, str]
    terms: dict[str, int]  # place of the first occurrence: start * _SPAN_BASE + end


# Where encoded features hold the digest: after the headers of the array (1 byte) and of the digest (2 bytes).
DIGEST = slice(3, 3 + 16)

_ENCODE = msgspec.msgpack.Encoder().encode


def features(paper: Paper) -> Features:
    """Return the features of a paper."""
    credits = paper.credits if len(paper.credits) <= _LONG_LIST else paper.credits[:_AUTHORS_READ]
    authors: dict[str, str] = {}
    for credit in credits:
        if credit.name.family:
            authors.setdefault(names.person_key(credit.name), credit.name.printed)
    title = " ".join(paper.title[:_TITLE_READ].split())
    if not tex.is_plain(title):
        title = abstract.to_text(title)[: _SPAN_BASE - 1]
    month = int(paper.id.sort_key[:6])
    terms = _terms(title)
    title = _sentence_case(title, terms, paper.abstract)
    rest = month // 100 * 12 + month % 100, title, authors, terms
    return Features(checksum.digest(_ENCODE(rest)), *rest)


def reason(title: str, people: Sequence[str], places: list[int]) -> str:
    """Return a text on what two papers share: people, and the terms at these places of a title.

    Terms that overlap are joined to one phrase. ``places`` is sorted in place.
    """
    if not places:
        return _enumerated(people)
    places.sort()
    phrases: list[str] = []
    first, last = divmod(places[0], _SPAN_BASE)
    for place in places:
        start, end = divmod(place, _SPAN_BASE)
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
    """Return the words of a title and its pairs of adjacent words, each with the place of its first occurrence.

    Terms are in lower case, without a possessive or the plural's s. Words that are separated by a stop word, a short
    word, a digit or a punctuation mark other than a hyphen are not adjacent.
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
            terms[word] = start * _SPAN_BASE + end
        if before and (pair := f"{before} {word}") not in terms:
            terms[pair] = start_before * _SPAN_BASE + end
        before, start_before = word, start
    return terms


def _sentence_case(title: str, terms: Mapping[str, int], abstract: str) -> str:
    """Return a title with the capitals of a sentence; names keep theirs (Hopfield, fMRI).

    A capitalised word is a name if the abstract has it with a capital only. If the abstract does not have the word,
    the first word loses its capital, and the others do if the title capitalises all terms.
    """
    sentence = any(title[place // _SPAN_BASE].islower() for place in terms.values())

    def lowered(found: re.Match[str]) -> str:
        word, lower = found[0], found[0].lower()
        if len(lower) != len(word):  # terms are found by position, so lengths must not change
            return word
        written = f" {word}" in abstract or f"-{word}" in abstract or (sentence and found.start() > 0)
        return word if written and lower not in abstract else lower

    return _CAPITALISED.sub(lowered, title)
