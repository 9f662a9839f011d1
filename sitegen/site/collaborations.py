"""Limits for papers by so many authors that their names must not stand on every page of every author.

Without them a site of P papers by the same A authors has P · A² names. The paper's own page has all of them, and so
have its BibTeX entry and that of its year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sitegen.models import Credit
from sitegen.site import urls
from sitegen.site.bylines import is_crowd
from sitegen.site.contexts import Count
from sitegen.site.model import SiteModel

# Authors that an entry of a feed names, if there are more than one more.
_NAMED_IN_A_FEED = 10


def named_in_feed(credits: Sequence[Credit]) -> tuple[str, ...]:
    """Return the names for an entry of a feed: all, or the first ten and «and 3,051 more»."""
    named = credits if len(credits) <= _NAMED_IN_A_FEED + 1 else credits[:_NAMED_IN_A_FEED]
    names = [credit.name.printed for credit in named]
    if more := len(credits) - len(named):
        names.append(f"and {more:,} more")
    return tuple(names)


def largest(site: SiteModel, papers: Iterable[str]) -> Count | None:
    """Return the paper with most authors among those whose authors are not counted as co-authors, if there is one."""
    crowds = [paper for paper in map(site.paper, papers) if is_crowd(paper.credits)]
    if not crowds:
        return None
    return with_authors(site, max(crowds, key=lambda paper: len(paper.credits)).id.base)


def with_authors(site: SiteModel, base: str) -> Count:
    """Return the title and the page of a paper, and the number of its authors."""
    return Count(label=site.title(base), url=urls.paper(base), count=len(site.paper(base).credits))
