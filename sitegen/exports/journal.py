"""Parses journal references of a few common shapes into fields; all others stay text.

Authors write journal references in free text. Only references with exactly one reading are parsed: a journal's name,
its volume, pages and year, in an order that shows which number is which. Proceedings, books and preprints are not
parsed, because they are not journal articles.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from sitegen.exports import metadata
from sitegen.models import Paper
from sitegen.text import abstract
from sitegen.text.patterns import pattern


class Article(NamedTuple):
    """Where an article was published; a hyphen separates its first and last page."""

    journal: str
    volume: str
    number: str  # "" if the reference names none
    pages: str
    year: int


_JOURNAL = r"(?P<journal>(?:[A-Z]|e[A-Z])[^\W\d_]*(?:[^\W\d_]|[ .&'’:\-–])*?)"
_VOLUME = r"(?:[Vv]ol(?:ume|\.)?|Tome|Bd\.)?\s?(?P<volume>[1-9]\d{0,3})"
_NUMBER = r"(?:no?s?\.?|No?s?\.?|[Nn]umber|[Ii]ssue|[Ii]ss\.)\s?(?P<number>\d{1,4}(?:[-–]\d{1,4})?)"
_IN_BRACKETS = r"\s?\((?P<number>\d{1,4}(?:[-–]\d{1,4})?)\)"
_PAGE = r"[A-Za-z]{0,2}\d{1,8}[A-Za-z]?"
_PAGES = rf"(?:[Pp]p?\.?|[Pp]ages?|[Aa]rticle|id\.?)?\s?(?P<pages>{_PAGE}(?:\s?[-–—]{{1,2}}\s?{_PAGE})?)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTH = r"(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? )?"

_ISSUE = _NUMBER.replace("<number>", "<issue>")
_ISSUE_IN_BRACKETS = _IN_BRACKETS.replace("<number>", "<issue>")

# Each matches everything after the name of the journal.
_SHAPES = tuple(
    pattern(rf"{_JOURNAL}{shape}\.?")
    for shape in (
        # Science, 391(6789), 1029-1035 (2026); Phys. Rev. Lett. 99, 048301 (2007); Biophys. J. 94:4867-4872 (2008)
        rf",?\s?{_VOLUME}(?:{_IN_BRACKETS})?(?:,\s?|:\s?|\s){_PAGES},?\s?\({_MONTH}{_YEAR}\)",
        # J. Foo 12, no. 3, 45-67 (2008)
        rf",?\s?{_VOLUME},?\s{_NUMBER}(?:,\s?|:\s?){_PAGES},?\s?\({_MONTH}{_YEAR}\)",
        # Phys.Rev.D76:013009,2007; Physical Review E 84, 041904, 2011; J. Foo 1(1):013513, 2007
        rf",?\s?{_VOLUME}(?:{_IN_BRACKETS})?[,:]\s?{_PAGES},\s?{_MONTH}{_YEAR}",
        # J. Foo, 57, No. 1-2, 1-27, 2008; Neural Networks, Volume 20, Issue 3, April 2007, Pages 287-289
        rf",?\s?{_VOLUME},?\s{_NUMBER},\s?{_PAGES},\s?{_MONTH}{_YEAR}",
        rf",?\s?{_VOLUME},\s{_NUMBER},\s{_MONTH}{_YEAR},\s{_PAGES}",
        # J. Algebra 321 (2009), 3450-3468; Math. Res. Lett. 15 (2008), no. 2, 351-358; Eur. J. 473 (2007) 805
        rf",?\s?{_VOLUME}(?:{_IN_BRACKETS})?,?\s?\({_YEAR}\)[,:]?\s?(?:{_ISSUE},\s?)?{_PAGES}",
        # Ann. Appl. Probab. 2008, Vol. 18, No. 3, 1026-1058; BMC Bioinformatics 2008, 9:123; J. Foo, 2022, 40, 4-9
        rf",?\s{_YEAR},\s{_VOLUME}(?:,\s{_NUMBER}|{_ISSUE_IN_BRACKETS})?(?:,\s?|:\s?){_PAGES}",
    )
)

# Words that name no journal, or that show that a reference is more than one of an article.
_SOCIETIES = r"(?:nat|r\.? ?soc|roy|amer|ams|lond|phys|inst)"  # their proceedings are journals
_NOT_A_JOURNAL = pattern(
    rf"^in\b|^advances in neural\b|\bproc(?:eedings)?\b(?!\.? (?:of the )?{_SOCIETIES})"
    r"|\b(?:conf|conference|workshop|symp|symposium|congress|lect|lecture|notes|springer|press|verlag|thesis|chapter"
    r"|chap|eds?|edited|editor|book|ser|series|accepted|submitted|appear|published|preprint|arxiv|biorxiv|medrxiv|report"
    r"|vol|volume|tome|issue|no|nos|pp?|pages?|article|erratum|et al|see|also|kokyuroku|jhep|jcap|jinst)\b",
    re.IGNORECASE,
)
_SENTENCE = pattern(r"\b[a-z][a-z]+\. |[a-z]{10,}\. ")
_SHORT_NAMES = frozenset("EPL PNAS MNRAS ApJ AJ JACS JOSA".split())  # noqa: SIM905
_RANGE = pattern(r"\s?[-–—]{1,2}\s?")


def article(paper: Paper) -> Article | None:
    """Return where a paper was published; None if it has no publisher's DOI, or its reference is not unambiguous."""
    if not paper.journal_ref or not metadata.published_doi(paper):
        return None
    found = parse(abstract.to_text(paper.journal_ref))
    if found is None:
        return None
    # If an author's name is in it, the reference begins with the authors, not with a journal.
    words = set(re.split(r"\W+", found.journal.lower()))
    return None if any(credit.name.family.lower() in words for credit in paper.credits) else found


@lru_cache(maxsize=256)
def parse(text: str) -> Article | None:
    """Parse a journal reference in plain text; None if it has no known shape, or two readings."""
    readings = {found for shape in _SHAPES if (match := shape.fullmatch(text)) and (found := _fields(match))}
    return readings.pop() if len(readings) == 1 else None


def _fields(match: re.Match[str]) -> Article | None:
    named = match.groupdict()
    journal = named["journal"].strip(" :-–")
    volume, number = named["volume"], _RANGE.sub("-", named.get("number") or named.get("issue") or "")
    pages = _RANGE.sub("-", named["pages"])
    if (
        not _is_journal(journal)
        or any(map(_looks_like_year, (volume, number, pages)))
        or not _pages_ascend(pages)
    ):
        return None
    return Article(journal, volume, number, pages, int(named["year"]))


def _is_journal(name: str) -> bool:
    if len(name) < 2 or len(name.split()) > 10 or _NOT_A_JOURNAL.search(name) or _SENTENCE.search(name):
        return False
    # NeurIPS and ICML are conferences.
    capitals = sum(map(str.isupper, name))
    return name in _SHORT_NAMES or " " in name or "." in name or 2 * capitals < len(name)


def _looks_like_year(text: str) -> bool:
    return len(text) == 4 and text.startswith(("19", "20"))


def _pages_ascend(pages: str) -> bool:
    first, _, last = pages.partition("-")
    if not last or not (first.isdecimal() and last.isdecimal()):
        return True
    # The last page may be shortened: 1029-35.
    return len(last) < len(first) or int(last) > int(first)
