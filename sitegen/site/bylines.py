"""The authors that a list names of a paper: the first three and the last, and the person whose page it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sitegen.models import Credit
from sitegen.site import urls
from sitegen.site.contexts import AuthorLink

# The last author leads the group in many fields.
_FIRST = 3


# Of a paper by more authors than these, nobody is counted as a co-author, and a .bib of a person or a category names
# the first author only, as INSPIRE does. Largest of 11,803 papers of q-bio: 81; of all at arXiv about 5,200.
CROWD = 100


def is_crowd(credits: Sequence[Credit]) -> bool:
    """Return whether a paper has more authors than lists of people take notice of."""
    return len(credits) > CROWD


class Author(NamedTuple):
    """An author of a paper."""

    slug: str  # of the person; empty if the credit is not a name
    name: str  # the person's own, which may differ from the name on this paper


class Byline(NamedTuple):
    """The authors of a paper, and which of them lists name."""

    credits: Sequence[Credit]
    authors: Sequence[Author]  # the person behind each credit
    places: Sequence[int]  # of those that lists name
    place_of: Mapping[str, int]  # by slug, of a long list; empty for a short one


def byline(credits: Sequence[Credit], authors: Sequence[Author]) -> Byline:
    """Return the byline of a paper, given its credits and the person behind each.

    It is made once for each paper: a list of three thousand authors must not be read for each of their pages.
    """
    places = _places(credits)
    place_of: dict[str, int] = {}
    if is_crowd(credits):
        for place, author in enumerate(authors):
            place_of.setdefault(author.slug, place)
    return Byline(credits, authors, places, place_of)


def author_links(line: Byline, own: str = "") -> tuple[AuthorLink, ...]:
    """Return the authors to show of a paper.

    ``own`` is the slug of the person on whose page the list is: this person is shown always, without a link.
    """
    credits, authors, places, place_of = line
    if own and is_crowd(credits):  # each of thousands has a page that lists it
        places = places[:1]
    if own and not any(authors[place].slug == own for place in places):
        slugs = [author.slug for author in authors] if not place_of else []
        if own in place_of or own in slugs:
            places = sorted([*places, place_of[own] if place_of else slugs.index(own)])
    links, following = [], 0
    for place in places:
        slug, is_own = authors[place].slug, bool(own) and authors[place].slug == own
        comma = ", " if place else ""
        links.append(
            AuthorLink(
                before=comma if place == following else f"{comma}… ",
                label=credits[place].name.printed,
                url=urls.person(slug) if slug and not is_own else "",
                own=is_own,
            )
        )
        following = place + 1
    return tuple(links)


def _places(credits: Sequence[Credit]) -> Sequence[int]:
    """Return the positions of the authors to show. A collaboration stands for the authors after its first ones."""
    if len(credits) <= _FIRST + 1:
        return range(len(credits))
    last = next(
        (place for place, credit in enumerate(credits) if credit.name.group and credit.name.family),
        len(credits) - 1,
    )
    return [*range(min(last, _FIRST)), last]
