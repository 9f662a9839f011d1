"""Answers queries from the files of the index. static/search/engine.js is the same in the browser.

A search is a function of the query and of the files that are there. It runs, notes which files it lacks, and runs
again when these are loaded, until it lacks none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import floor, log
from typing import Any, NamedTuple

from sitegen.search.codec import WEIGHTS
from sitegen.search.corrections import nearest
from sitegen.search.index import CORRECTED_LETTERS
from sitegen.search.query import Atom, Query, identifier, parse
from sitegen.search.reader import Files, Term, positions, postings, terms_between
from sitegen.search.terms import WORD_FIELDS

# BM25F: weight of each field, and how soon further occurrences of a word count less.
FIELD_WEIGHTS = {"t": 14.0, "a": 9.0 * 2**-1.8, "b": 1.0, "c": 0.4, "j": 0.6, "k": 1.0, "i": 1.0, "f": 1.0}
K1 = 5.0
# What a paper gets for another form of the word, in proportion: an inflection, and a word that goes on.
INFLECTED, GOES_ON = 0.3, 0.4
# The frequency of each weight, see ``inverted``; of authors it is 2**-1.8 times that.
FREQUENCY = [2 ** (0.6 * weight - 0.9) for weight in range(WEIGHTS)]
SHORTEST_PREFIX = 3  # letters of the last word, for it to go on
CORRECTED_WORDS = 8  # of a query, at most: of a whole abstract that somebody pastes, each would take seconds

Scores = dict[int, float]  # by number of the paper; papers of the tail are numbered after those of the base


class Correction(NamedTuple):
    """A word that no paper has, and the one that was searched for instead."""

    typed: str
    used: str


class Answer(NamedTuple):
    """The papers that match a query, the best first."""

    papers: list[int]
    scores: Scores
    corrections: list[Correction]


def _forms(word: str) -> list[str]:
    """Return the plural of a word, or its singular."""
    if len(word) < 4 or not word.isalpha():
        return []
    if word.endswith("ies"):
        return [word[:-3] + "y"]
    if word.endswith("ss"):
        return [word + "es"]
    if word.endswith("es"):
        return [word[:-1], word[:-2]]
    if word.endswith("s"):
        return [word[:-1]]
    if word.endswith("y"):
        return [word[:-1] + "ies"]
    return [word + "s", word + "es"] if word[-1] in "hxz" else [word + "s"]


def _matching(files: Files, word: str, letters: str, is_prefix: bool) -> Iterator[tuple[Term, float]]:
    """Yield the terms that a word stands for, each with the proportion in which it counts."""
    forms = _forms(word) if letters[0] in WORD_FIELDS else []
    goes_on = is_prefix and len(word) >= SHORTEST_PREFIX
    for term in terms_between(files, f"{word} ", f"{word}\uffff" if goes_on else f"{word}!"):
        if term.field in letters:
            yield term, 1 if term.word == word else INFLECTED if term.word in forms else GOES_ON
    for form in forms:
        if not (goes_on and form.startswith(word)):
            for term in terms_between(files, f"{form} ", f"{form}!"):
                if term.field in letters:
                    yield term, INFLECTED


def _word_scores(files: Files, word: str, letters: str, is_prefix: bool) -> Scores:
    """Return the scores of the papers that have a word."""
    frequency: Scores = {}
    exact: set[int] = set()
    for term, factor in _matching(files, word, letters, is_prefix):
        weight_of_field = FIELD_WEIGHTS[term.field] * factor
        for paper, weight in zip(*postings(files, term), strict=True):
            if paper not in files.replaced:
                frequency[paper] = frequency.get(paper, 0) + weight_of_field * FREQUENCY[weight]
                if factor != GOES_ON:
                    exact.add(paper)
    rarity = _rarity(files, len(exact) or len(frequency))
    return {paper: rarity * value / (K1 + value) for paper, value in frequency.items()}


def _rarity(files: Files, papers: int) -> float:
    return log(1 + (files.papers - papers + 0.5) / (papers + 0.5))


def _atom_scores(files: Files, atom: Atom) -> Scores:
    """Return the scores of the papers that match an atom."""
    best: Scores = {}
    if atom.years:
        first, last = atom.years
        best = {paper: 0.0 for paper in files.of_years(first, last) if paper not in files.replaced}
    for reading in atom.readings:
        last_word = len(reading) - 1
        scores = _all_of(
            [
                _word_scores(files, word, atom.fields, atom.is_prefix and index == last_word)
                for index, (_, word) in enumerate(reading)
            ]
        )
        if atom.is_phrase:
            scores = {paper: scores[paper] for paper in _with_phrase(files, reading, atom.fields, scores)}
        for paper, score in scores.items():
            best[paper] = max(score, best.get(paper, 0.0))
    return best


def _all_of(parts: list[Scores]) -> Scores:
    """Return the sums of the scores of papers that are in all parts."""
    fewest = min(parts, key=len)
    return {
        paper: sum([part[paper] for part in parts])
        for paper in fewest
        if all(paper in part for part in parts)
    }


def _with_phrase(files: Files, reading: Any, letters: str, papers: Scores) -> set[int]:
    """Return those of the papers that have the words of a reading in their order, in one field."""
    found: set[int] = set()
    for field in letters:
        starts: dict[int, set[int]] | None = None
        for distance, word in reading:
            here: dict[int, set[int]] = {}
            for term in terms_between(files, f"{word} {field}", f"{word} {field}!"):
                for paper, where in positions(files, term, papers):
                    here[paper] = {position - distance for position in where}
            starts = (
                here
                if starts is None
                else {paper: here[paper] & where for paper, where in starts.items() if paper in here}
            )
        found |= {paper for paper, where in (starts or {}).items() if where}
    return found


def _matches(files: Files, query: Query) -> Scores:
    """Return the scores of the papers that match a query."""
    if not query.groups:
        return {}
    parts = []
    for group in query.groups:
        sums: Scores = {}
        for atom in group:
            for paper, score in _atom_scores(files, atom).items():
                sums[paper] = sums.get(paper, 0.0) + score
        parts.append(sums)
    scores = _all_of(parts)
    for atom in query.without:
        for paper in _atom_scores(files, atom):
            scores.pop(paper, None)
    return scores


# --- corrections ----------------------------------------------------------------------------------------------


def _corrected(files: Files, query: Query, scores: Scores) -> tuple[Scores, list[Correction]]:
    """Return the scores of a query with misspelled words corrected, and what was corrected.

    Misspelled are words that no paper has; if all words are in some paper but not together, any word may be. Of
    several corrections of a word, the one with most hits is used; unknown words after it are left out of these
    searches.
    """
    corrections: list[Correction] = []
    single = _single_words(query)[:CORRECTED_WORDS]
    unknown = [place for place in single if not _atom_scores(files, _at(query, place))]
    for number, place in enumerate(unknown or ([] if scores else single)):
        atom, best = _at(query, place), dict[int, float]()
        later = {group for group, _ in unknown[number + 1 :] if len(query.groups[group]) == 1}
        for word in nearest(files, atom.readings[0][0][1], atom.fields):
            other = _replaced(query, place, atom._replace(readings=(((0, word),),), is_prefix=False))
            kept = [group for index, group in enumerate(other.groups) if index not in later]
            if len(found := _matches(files, Query(tuple(kept), query.without))) > len(best):
                best, correction, corrected = found, Correction(atom.typed, word), other
        if best:
            query = corrected
            corrections.append(correction)
            if not unknown:
                break
    if not corrections:
        return scores, []
    found = _matches(files, query)
    return (found, corrections) if found else (scores, [])


def _single_words(query: Query) -> list[tuple[int, int]]:
    """Return group and place of the atoms that may be corrected."""
    return [
        (number, place)
        for number, group in enumerate(query.groups)
        for place, atom in enumerate(group)
        if atom.readings
        and len(atom.readings[0]) == 1
        and len(word := atom.readings[0][0][1]) >= CORRECTED_LETTERS
        and word.isalpha()
        and atom.fields[0] in WORD_FIELDS
    ]


def _at(query: Query, place: tuple[int, int]) -> Atom:
    return query.groups[place[0]][place[1]]


def _replaced(query: Query, place: tuple[int, int], atom: Atom) -> Query:
    groups = [list(group) for group in query.groups]
    groups[place[0]][place[1]] = atom
    return Query(tuple(map(tuple, groups)), query.without)


# --- the whole ----------------------------------------------------------------------------------------------


def answer(files: Files, text: str) -> Answer:
    """Return the answer to a query from the files that are loaded; ``files.lacking`` names those that it lacks."""
    query = parse(text)
    if wanted := identifier(text):
        exact = Atom(wanted, "i", (((0, wanted),),))
        query = Query(((exact,),), ())
    scores, corrections = _matches(files, query), list[Correction]()
    if not files.lacking:
        scores, corrections = _corrected(files, query, scores)
    scores = {paper: floor(score * 1000 + 0.5) / 1000 for paper, score in scores.items()}
    papers = sorted(scores, key=lambda paper: (-scores[paper], -files.order(paper)))
    return Answer(papers, scores, corrections)


def search(files: Files, load: Callable[[str], Any], text: str) -> Answer:
    """Return the answer to a query. ``load`` returns the value of a file of the index by its name."""
    while True:
        files.lacking.clear()
        found = answer(files, text)
        if not files.lacking:
            return found
        for name in sorted(files.lacking):
            files.add(name, load(name))
