"""Which terms of an archive are its topics.

A term is one to four words between stop words and signs. It is a candidate if enough papers are about it, if it
stands where noun phrases begin and end (at a stop word or a sign), and if authors put it into titles. Candidates are
ranked by C-value (K. Frantzi, S. Ananiadou, H. Mima: Automatic recognition of multi-word terms, Int. J. Digital
Libraries 3, 2000), with the number of papers in place of the number of occurrences, and log(1 + words) in place of
log(words), so that single words have a rank too (A. Barrón-Cedeño et al.: An improved automatic term recognition
method for Spanish, CICLing 2009).
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import log2
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sitegen.library.topic_words import HYPHENS, LONGEST, TIMES, Topic, Words, stems
from sitegen.text.slug import slugify

Ints: TypeAlias = NDArray[np.int64]
Small: TypeAlias = NDArray[np.int32]
Term: TypeAlias = tuple[str, ...]  # stems

MOST_TOPICS = 250
_STAYING = 330  # rank up to which a topic stays one
_FEWEST_PAPERS = 6  # that are about a topic
# Terms that more of the papers are about say what the archive is about, and nothing about a paper.
_MOST_OF_ALL = 0.1
# Shares of the papers with a term that have it in the title, by number of words: fillers are rare there.
_IN_TITLE = {1: 0.35, 2: 0.12, 3: 0.12, 4: 0.12}
# Shares of the occurrences that are followed, and preceded, by a stop word or a sign: adjectives are followed by a
# noun, and parts of longer terms (ganglia, Huxley neuron) are preceded by a word.
_ENDS, _BEGINS = 0.4, 0.3
# An acronym belongs to the term that stands before it in so many papers, and in so many of those with any.
_ACRONYM_PAPERS, _ACRONYM_SHARE = 3, 0.6
_LONGEST_ACRONYM = 8
_MODEL = stems("models")
_SPELLED_BY = 30  # oldest papers that decide on the spelling, so that it does not change as an archive grows

# Words that make no topic by themselves, or with each other only.
_GENERAL_WORDS = """
alignment architecture activation activity adhesion automation cell clock closure cloud cognitive color compression
correlation crop decoding detection dictionary distribution dynamic dynamical elegans equation feature finite
forecasting function fusion game global harvesting inference information interaction leaky integrate learning linear
localization migration model network neuro pattern population process rate receptor registration response signal
single size spatial stationary steady state structure system temporal time tongue toolbox topology transmission tree
trial type ultra world
"""
_GENERAL = frozenset(stems(_GENERAL_WORDS))


class Texts(NamedTuple):
    """The words of all papers, one after another, the oldest paper first."""

    numbers: NDArray[np.uint32]  # as by ``Words.read``
    stems: Small  # number of the stem of each word; 0 for a word that no term has
    names: Sequence[
        str
    ]  # of stems, without those that are too rare for a topic, which share the number after these
    paper: Small  # the number of the paper of each word
    is_title: NDArray[np.bool_]  # of each word
    papers: int


class _Counts(NamedTuple):
    """Where the terms of one length are that enough papers are about. Terms and papers are given by numbers."""

    terms: Sequence[Term]
    # One element for each term and paper with it:
    of: Ints
    paper: Ints
    is_titled: NDArray[np.bool_]
    is_about: NDArray[np.bool_]
    # One element for each occurrence:
    occurring: Ints
    occurring_in: Small  # the paper
    is_ending: NDArray[np.bool_]
    is_beginning: NDArray[np.bool_]


def choose(papers: Sequence[tuple[array[int], int]], words: Words, ends: Sequence[int]) -> tuple[Topic, ...]:
    """Return the topics of papers that ``words`` has read, the oldest first.

    Topics are chosen for the first papers up to each of ``ends``, of which the last is the number of papers. Each
    time, those of before stay while they rank among the first ``_STAYING``.
    """
    texts = _texts(papers, words)
    counts = [_counts(texts, length) for length in range(1, LONGEST + 1)]
    long_forms = _acronyms(texts, words)
    topics: list[list[Term]] = []
    candidates: dict[Term, int] = {}
    for end in ends:
        candidates = _candidates(counts, end)
        ranked = _ranked(candidates)
        staying = {forms[0] for forms in topics} & set(ranked[:_STAYING])
        topics = _grouped(sorted(ranked, key=lambda term: term not in staying), long_forms)
    return _named(_spellings(texts, words, topics), topics, long_forms, candidates)


def _texts(papers: Sequence[tuple[array[int], int]], words: Words) -> Texts:
    joined = array("I")
    for text, _ in papers:
        joined.extend(text)
    numbers = np.frombuffer(joined, np.uint32)
    all_stems = dict.fromkeys(words.stems)  # the first is empty, that of breaks
    number_of = dict(zip(all_stems, range(len(all_stems)), strict=True))
    of_word = np.array([number_of[stem] for stem in words.stems], np.int32)
    is_frequent = np.bincount(of_word[numbers], minlength=len(all_stems)) >= _FEWEST_PAPERS
    is_frequent[0] = True
    names = [stem for stem, kept in zip(all_stems, is_frequent.tolist(), strict=True) if kept]
    renumbered = np.where(is_frequent, np.cumsum(is_frequent) - 1, len(names)).astype(np.int32)
    sizes = np.array([len(text) for text, _ in papers])
    places = np.arange(len(numbers), dtype=np.int32)
    titles = np.array([title for _, title in papers]) + np.cumsum(sizes) - sizes  # where they end
    return Texts(
        numbers=numbers,
        stems=renumbered[of_word][numbers],
        names=names,
        paper=np.repeat(np.arange(len(papers), dtype=np.int32), sizes),
        is_title=places < np.repeat(titles.astype(np.int32), sizes),
        papers=len(papers),
    )


def _places(texts: Texts, length: int) -> tuple[Ints, Ints]:
    """Return the first word of each run of ``length`` words of terms, and a key of its stems."""
    last = len(texts.stems) - length  # the last word is a break
    is_word = (texts.stems > 0) & (texts.stems < len(texts.names))
    is_run = is_word[:last].copy()
    for offset in range(1, length):
        is_run &= is_word[offset : last + offset]
    places = np.flatnonzero(is_run)
    keys = texts.stems[places].astype(np.int64)
    for offset in range(1, length):
        keys = keys * len(texts.names) + texts.stems[places + offset]
    return places, keys


def _term(texts: Texts, place: int, length: int) -> Term:
    return tuple([texts.names[stem] for stem in texts.stems[place : place + length]])


def _counts(texts: Texts, length: int) -> _Counts:
    """Count the terms of ``length`` words that enough papers are about."""
    places, keys = _places(texts, length)
    _, first, kinds = np.unique(keys, return_index=True, return_inverse=True)
    pairs = kinds * texts.papers + texts.paper[places]
    order = np.argsort(pairs, kind="stable")
    starts = np.flatnonzero(np.diff(pairs[order], prepend=-1))
    is_titled = np.logical_or.reduceat(texts.is_title[places][order], starts)
    is_about = is_titled | (np.diff(np.append(starts, len(order))) >= TIMES)
    pairs = pairs[order][starts]
    kept = np.bincount(pairs[is_about] // texts.papers, minlength=len(first)) >= _FEWEST_PAPERS
    numbers = np.cumsum(kept) - 1  # of the terms that are kept
    own, occurring = kept[pairs // texts.papers], kept[kinds]
    terms = [_term(texts, place, length) for place in places[first[kept]].tolist()]
    places, kinds, pairs = places[occurring], kinds[occurring], pairs[own]
    return _Counts(
        terms=terms,
        of=numbers[pairs // texts.papers],
        paper=pairs % texts.papers,
        is_titled=is_titled[own],
        is_about=is_about[own],
        occurring=numbers[kinds],
        occurring_in=texts.paper[places],
        is_ending=texts.stems[places + length] == 0,
        is_beginning=texts.stems[places - 1] == 0,  # before the first word is the last one, which is a break
    )


def _candidates(counts: Sequence[_Counts], papers: int) -> dict[Term, int]:
    """Return the candidates among the terms of the first papers, with the number of papers that are about each."""
    found: dict[Term, int] = {}
    for length, known in enumerate(counts, 1):
        size = len(known.terms)
        old, occurring = known.paper < papers, known.occurring_in < papers
        having = np.bincount(known.of[old], minlength=size)
        titled = np.bincount(known.of[old & known.is_titled], minlength=size)
        about = np.bincount(known.of[old & known.is_about], minlength=size)
        times = np.bincount(known.occurring[occurring], minlength=size)
        ending = np.bincount(known.occurring[occurring & known.is_ending], minlength=size)
        beginning = np.bincount(known.occurring[occurring & known.is_beginning], minlength=size)
        chosen = (
            (about >= _FEWEST_PAPERS)
            & (about <= _MOST_OF_ALL * papers)
            & (titled >= _IN_TITLE[length] * having)
            & (ending >= _ENDS * times)
            & (beginning >= _BEGINS * times)
        )
        found |= {known.terms[number]: int(about[number]) for number in np.flatnonzero(chosen).tolist()}
    return found


def _ranked(candidates: dict[Term, int]) -> list[Term]:
    """Return candidates by C-value, the highest first."""
    longer: defaultdict[Term, list[int]] = defaultdict(list)  # papers of the candidates that hold a term
    for term, about in candidates.items():
        for part in _parts(term):
            longer[part].append(about)
    values = {}
    for term, about in candidates.items():
        if _GENERAL.issuperset(term):
            continue
        others = longer.get(term, [])
        values[term] = log2(1 + len(term)) * (about - (sum(others) / len(others) if others else 0))
    return sorted(values, key=lambda term: (-values[term], term))


def _parts(term: Term) -> Iterator[Term]:
    """Yield the terms that a longer one holds."""
    for length in range(1, len(term)):
        for start in range(len(term) - length + 1):
            yield term[start : start + length]


def _acronyms(texts: Texts, words: Words) -> dict[Term, Term]:
    """Return the term that each acronym stands for, as in «transcranial magnetic stimulation (TMS)»."""
    opening, closing = words["("], words[")"]
    numbers = texts.numbers
    is_word = (texts.stems > 0) & (texts.stems < len(texts.names))
    places = np.flatnonzero((numbers[1:-2] == opening) & (numbers[3:] == closing) & is_word[2:-1]) + 1
    papers: defaultdict[Term, Counter[Term]] = defaultdict(Counter)  # by acronym and term
    for place in places.tolist():
        acronym = words.words[numbers[place + 1]]
        if sum(map(str.isupper, acronym)) < 2 or len(acronym) > _LONGEST_ACRONYM:
            continue
        run = next((n for n in range(LONGEST, 0, -1) if place >= n and is_word[place - n : place].all()), 0)
        for length in range(run, 0, -1):
            spelled = [words.words[number].lower() for number in numbers[place - length : place]]
            if _abbreviates(acronym.lower().removesuffix("s"), spelled):
                papers[_term(texts, place + 1, 1)][_term(texts, place - length, length)] += 1
                break
    return {
        acronym: term
        for acronym, counts in papers.items()
        for term, count in counts.most_common(1)
        if count >= max(_ACRONYM_PAPERS, _ACRONYM_SHARE * counts.total())
    }


def _abbreviates(acronym: str, words: Sequence[str]) -> bool:
    """Return whether an acronym has the first letter of each word, in order, and no letter that is not in them."""
    if "".join([word[0] for word in words]) == acronym:
        return True
    joined, at = "".join(words), 0
    if len(words) > len(acronym) or joined[0] != acronym[0]:
        return False
    for letter in acronym:
        if (at := joined.find(letter, at) + 1) == 0:
            return False
    return len(words) == 1


def _grouped(ranked: Sequence[Term], long_forms: Mapping[Term, Term]) -> list[list[Term]]:
    """Return the forms of each topic, the one of highest rank first.

    These are forms of one topic: an acronym and what it stands for; terms that differ in blanks only; a term, and the
    same with «model» behind it.
    """
    acronym_of = {term: acronym for acronym, term in long_forms.items()}
    topics: dict[str, list[Term]] = {}
    known = set(ranked)
    for term in ranked:
        shorter = term[:-1] if term[-1:] == _MODEL and term[:-1] in known else term
        long = long_forms.get(shorter, shorter)
        key = "".join(long)
        if key in topics:
            topics[key] = list(dict.fromkeys([*topics[key], term]))
        elif len(topics) < MOST_TOPICS:
            topics[key] = list(dict.fromkeys([term, long, acronym_of.get(long, long)]))
    return list(topics.values())


def _named(
    spelled: Mapping[Term, str],
    topics: Sequence[Sequence[Term]],
    long_forms: Mapping[Term, Term],
    papers: Mapping[Term, int],
) -> tuple[Topic, ...]:
    """Return topics with their names; of two whose names have the same slug, only that of higher rank."""
    named: dict[str, Topic] = {}
    for forms in topics:
        name = spelled[forms[0]]
        also = next((spelled[form] for form in forms[1:] if _stands_for(form, forms[0], long_forms)), "")
        if slug := slugify(name):
            also = also[:-1] if also[:-1].isupper() and also.endswith("s") else also  # GRNs
            named.setdefault(slug, Topic(slug, name, also, tuple(forms), papers[forms[0]]))
    return tuple(named.values())


def _stands_for(form: Term, other: Term, long_forms: Mapping[Term, Term]) -> bool:
    return long_forms.get(form) == other or long_forms.get(other) == form


def _spellings(texts: Texts, words: Words, topics: Collection[Collection[Term]]) -> dict[Term, str]:
    """Return how most of the oldest papers spell each form of the topics in their abstracts."""
    terms = {form for forms in topics for form in forms}
    numbers = {name: number for number, name in enumerate(texts.names)}
    spelled = {}
    for length in range(1, LONGEST + 1):
        own = {term: _key([numbers[stem] for stem in term], texts) for term in terms if len(term) == length}
        places, keys = _places(texts, length)
        wanted = np.isin(keys, list(own.values()))
        places, keys = places[wanted], keys[wanted]
        order = np.lexsort((places, texts.is_title[places], keys))
        places, keys = places[order], keys[order]
        for term, key in own.items():
            start, end = np.searchsorted(keys, [key, key + 1])
            forms = Counter(
                [
                    _spelled([words.words[number] for number in texts.numbers[place : place + length]])
                    for place in places[start : min(end, start + _SPELLED_BY)]
                ]
            )
            spelled[term] = min(forms, key=lambda form: (-forms[form], form))
    return spelled


def _key(stems: Sequence[int], texts: Texts) -> int:
    key = 0
    for stem in stems:
        key = key * len(texts.names) + stem
    return key


def _spelled(words: Sequence[str]) -> str:
    """Return words of a text as a name: with the hyphens and capitals that the text has."""
    joined = " ".join(words)
    for hyphen in HYPHENS:
        joined = joined.replace(f"{hyphen} ", "-")
    return joined.rstrip(HYPHENS).replace("’", "'")
