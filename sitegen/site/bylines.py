"""The authors that a list names of a paper: the first three and the last, and the person whose page it is."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.models import Credit
from sitegen.site import urls
from sitegen.site.contexts import AuthorLink
from sitegen.site.site_data import Author

# The last author leads the group in many fields.
_FIRST = 3


def author_links(
    credits: Sequence[Credit], authors: Sequence[Author], own: str = ""
) -> tuple[AuthorLink, ...]:
    """Return the authors to show of a paper, given its credits and the person behind each.

    ``own`` is the slug of the person on whose page the list is: this person is shown always, without a link.
    """
    places = _places(credits)
    if own:
        slugs = [author.slug for author in authors]
        if own in slugs and not any(slugs[place] == own for place in places):
            places = sorted([*places, slugs.index(own)])
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
