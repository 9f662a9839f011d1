"""Co-authors on the page of a person, with the searches for joint papers."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from sitegen.models import Person
from sitegen.search.words import words
from sitegen.site import urls
from sitegen.site.bylines import Author, is_crowd
from sitegen.site.contexts import Coauthor, Link
from sitegen.site.model import SiteModel

_HEADING = 2  # lines
_SHOWN = 30
# Named beyond those shown, for each paper of a person: all authors of a paper name each other.
_NAMED_A_PAPER, _NAMED = 10, 150
_WORTH_NAMING = 10  # fewer are only counted: the few papers beside them name them
_FORMS_SEARCHED = 3  # of a name


class Company(NamedTuple):
    """The co-authors of a person."""

    shown: tuple[Coauthor, ...]  # most joint papers first
    further: tuple[Link, ...]  # named without a count
    more: int  # number of those who are not named


def company(site: SiteModel, person: Person, room: int) -> Company:
    """Return the co-authors of a person, of whom as many are shown with a count as fit into ``room`` lines.

    Those who share a single paper are not shown: that paper names them. If nobody is shown, nobody is named.
    """
    counts: Counter[Author] = Counter()
    for base in person.papers:
        if not is_crowd(site.paper(base).credits):
            counts.update(set(site.authors(base)))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    others = [(author, shared) for author, shared in ranked if author.slug not in ("", person.slug)]
    frequent = sum(shared > 1 for _, shared in others)
    end = max(0, min(frequent, _SHOWN, room - _HEADING))
    if not end:
        return Company((), (), 0)
    last = end
    if len(others) - end >= _WORTH_NAMING:
        last += min(_NAMED, _NAMED_A_PAPER * len(person.papers))
    own = _search_for(person.variants)
    return Company(
        tuple([_coauthor(site, author, shared, own) for author, shared in others[:end]]),
        tuple([Link(label=author.name, url=urls.person(author.slug)) for author, _ in others[end:last]]),
        max(0, len(others) - last),
    )


def _coauthor(site: SiteModel, author: Author, shared: int, own: str) -> Coauthor:
    joint = f"{own} {_search_for(site.further_forms(author.slug) or (author.name,))}"
    return Coauthor(
        label=author.name, url=urls.person(author.slug), count=shared, papers_url=urls.search(joint)
    )


def _search_for(variants: tuple[str, ...]) -> str:
    """Return a search for the papers of a person, by the forms of the name that consist of different words."""
    forms: dict[str, str] = {}
    for form in variants:
        forms.setdefault(" ".join(words(form)[0]), form.replace('"', ""))
    return " OR ".join([f'au:"{form}"' for form in list(forms.values())[:_FORMS_SEARCHED]])
