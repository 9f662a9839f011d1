"""Limits for papers by so many authors that their names must not stand on every page of every author.

Without them a site of P papers by the same A authors has P · A² names. The paper's own page has all of them, and so
have its BibTeX entry and that of its year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sitegen.models import Credit
from sitegen.site import urls
from sitegen.site.bylines import is_crowd
from sitegen.site.contexts import CrowdPaper
from sitegen.site.model import SiteModel

# Authors that an entry of a feed names, if there are more than one more. Of brief feeds there are many.
_NAMED_IN_A_FEED, _NAMED_IN_A_BRIEF_FEED = 10, 3


def named_in_feed(credits: Sequence[Credit], *, brief: bool) -> tuple[str, ...]:
    """Return the names for an entry of a feed: all, or the first and «and 3,051 more»."""
    most = _NAMED_IN_A_BRIEF_FEED if brief else _NAMED_IN_A_FEED
    named = credits if len(credits) <= most + 1 else credits[:most]
    names = [credit.name.printed for credit in named]
    if more := len(credits) - len(named):
        names.append(f"and {more:,} more")
    return tuple(names)


def largest(site: SiteModel, papers: Iterable[str]) -> CrowdPaper | None:
    """Return the paper with most authors among those whose authors are not counted as co-authors, if there is one."""
    crowds = [paper for paper in map(site.paper, papers) if is_crowd(paper.credits)]
    if not crowds:
        return None
    return with_authors(site, max(crowds, key=lambda paper: len(paper.credits)).id.base)


def with_authors(site: SiteModel, base: str) -> CrowdPaper:
    """Return the title, the page and the year of a paper, and the number of its authors."""
    return CrowdPaper(
        label=site.title(base),
        url=urls.paper(base),
        authors=len(site.paper(base).credits),
        year=str(site.submitted_on(base).year),
    )
