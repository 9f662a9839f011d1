"""The index of authors and the page of a person."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import NamedTuple

from sitegen.models import Person
from sitegen.site import charts, collaborations, split, urls
from sitegen.site.company import Company, company
from sitegen.site.contexts import (
    AuthorPage,
    AuthorsPage,
    Count,
    CrowdPaper,
    Group,
    Letter,
    LetterPage,
    Link,
    MemberPage,
    MovedPage,
)
from sitegen.site.lists import activity, category_counts, fitting, items_of_person, prolific, room_beside
from sitegen.site.model import SiteModel
from sitegen.site.person_queries import LETTERS, PROLIFIC, Namesakes

_CRUMB = Link(label="Authors", url=urls.AUTHORS)
_CATEGORIES_SHOWN = 8
# Lines that the picture of the active years takes beside a list, and lines from which on there is room for it, and
# for all parts.
_LINES_OF_ACTIVITY, _LINES_FOR_ACTIVITY, _LINES_FOR_ALL = 5, 10, 14


def authors_page(site: SiteModel) -> AuthorsPage:
    """Return what the way into the index shows."""
    total = site.number_of_people()
    few = total <= site.lists().page_size
    everybody = map(site.person, site.people()) if few else ()
    return AuthorsPage(
        title="Authors",
        description=f"All {total:,} authors of {site.settings().title}, from A to Z.",
        url=urls.AUTHORS,
        section=urls.AUTHORS,
        people=total,
        letters=_letters(site, ""),
        prolific=() if few else prolific(site, PROLIFIC),
        everybody=tuple(_count(person) for person in everybody),
    )


def letter_page(site: SiteModel, letter: str, number: int) -> LetterPage:
    """Return part ``number`` (from 1) of a letter's list."""
    slugs = site.letter(letter)
    runs = split.parts(slugs, site.lists().page_size)
    section = urls.letter(letter)
    label = _label(letter)
    ends = [_range(site.person(run[0]), site.person(run[-1])) for run in runs]
    names = label if len(runs) == 1 else ends[number - 1]
    return LetterPage(
        title=f"Authors: {names}",
        description=f"Authors of {site.settings().title} by family name: {names}.",
        url=urls.part(section, number),
        section=urls.AUTHORS,
        crumbs=(_CRUMB,),
        people=len(slugs),
        letters=_letters(site, letter),
        persons=tuple(_count(site.person(slug)) for slug in runs[number - 1]),
        pager=split.pager(section, number, ends),
    )


def author_page(site: SiteModel, slug: str, number: int) -> AuthorPage:
    """Return part ``number`` (from 1) of a person's page."""
    person, lists = site.person(slug), site.lists()
    papers = person.papers
    url = urls.person(slug)
    years = {base: site.submitted_on(base).year for base in papers}
    first, last = years[papers[-1]], years[papers[0]]
    part = split.part(
        url, papers, lists.page_size, number, lambda newest, oldest: _span(years[newest], years[oldest])
    )
    groups = [
        Group(label=str(year), url=urls.year(year), items=items_of_person(site, slug, members))
        for year, members in groupby(part.items, key=years.__getitem__)
    ]
    beside = _beside(site, person, room_beside(len(part.items), len(groups)), active=first < last)
    has_feed = len(papers) >= lists.person_feed
    similar = site.namesakes(slug)
    number_of_papers = charts.papers(len(papers))
    extent = f"{number_of_papers}, {_span(first, last)}"
    return AuthorPage(
        title=person.name.printed,
        description=f"{extent}, in {site.settings().title}." if has_feed else "",
        url=part.url,
        section=urls.AUTHORS,
        feed_url=urls.feed(url) if has_feed else "",
        papers=number_of_papers,
        extent=extent,
        ends=(_dated(site, papers[-1]), _dated(site, papers[0])) if len(papers) > 1 else (),
        group=person.name.group,
        variants=tuple([form for form in person.variants if form != person.name.printed]),
        similar=_similar(similar),
        more_similar=similar.more,
        report_url=_report_url(site, person, similar),
        orcid=person.orcid,
        homepage=person.homepage,
        activity_html=activity(site, f"Papers per year by {person.name.printed}", list(years.values()))
        if beside.active
        else "",
        years=tuple(groups),
        pager=part.pager,
        coauthors=beside.company.shown,
        further_coauthors=beside.company.further,
        more_coauthors=beside.company.more,
        crowd=beside.crowd,
        categories=beside.categories,
        bibliography_url=urls.bibliography(url) if has_feed else "",
    )


def member_page(site: SiteModel, slug: str) -> MemberPage:
    """Return the short page of a person who has a few papers, each by many authors."""
    person = site.person(slug)
    return MemberPage(
        title=person.name.printed,
        papers=tuple([collaborations.with_authors(site, base) for base in person.papers]),
        similar=_similar(site.namesakes(slug)),
    )


def _similar(known: Namesakes) -> tuple[Count, ...]:
    return tuple(
        [Count(label=other.name, url=urls.person(other.slug), count=other.papers) for other in known.persons]
    )


class _Beside(NamedTuple):
    """What stands beside the papers of a person."""

    active: bool  # whether the picture of the active years does
    categories: tuple[Count, ...]
    company: Company
    crowd: CrowdPaper | None


def _beside(site: SiteModel, person: Person, room: int, *, active: bool) -> _Beside:
    """Return what fits into ``room`` lines; a single paper tells everything itself."""
    if len(person.papers) == 1:
        return _Beside(False, (), Company((), (), 0), None)
    active = active and room >= _LINES_FOR_ACTIVITY
    room -= _LINES_OF_ACTIVITY * active
    # Co-authors come last, and first when there is not much room.
    categories: tuple[Count, ...] = ()
    if room >= _LINES_FOR_ALL:
        counts = Counter([category for base in person.papers for category in site.paper(base).categories])
        categories = fitting(category_counts(counts), _CATEGORIES_SHOWN, room // 2)
        room -= len(categories) + 2
    crowd = collaborations.largest(site, person.papers)
    return _Beside(active, categories, company(site, person, room), crowd)


def _span(newest: int, oldest: int) -> str:
    years = sorted((newest, oldest))
    return str(newest) if newest == oldest else f"{years[0]}–{years[1]}"


def _dated(site: SiteModel, base: str) -> Link:
    return Link(label=urls.short_date(site.submitted_on(base)), url=urls.paper(base))


def _report_url(site: SiteModel, person: Person, similar: Namesakes) -> str:
    """Return the address of a new issue about similar names, or "" without any, or without a repository."""
    repository = site.repository()
    if not (similar.persons and repository):
        return ""
    title = f"One person? {person.name.printed}"
    return urls.new_issue(
        repository, title=title, body=f"{site.settings().url}{urls.person(person.slug)} is: "
    )


def moved_page(site: SiteModel, slug: str) -> MovedPage:
    """Return what stands at an earlier address of a person's page."""
    return MovedPage(title=site.person(slug).name.printed, target=urls.person(slug))


def _count(person: Person) -> Count:
    return Count(label=person.name.inverted, url=urls.person(person.slug), count=len(person.papers))


def _label(letter: str) -> str:
    return "#" if letter == "other" else letter.upper()


def _letters(site: SiteModel, current: str) -> tuple[Letter, ...]:
    index = site.letters()
    shown = LETTERS if "other" in index else LETTERS[:-1]
    return tuple(
        Letter(
            label=_label(letter),
            url=urls.letter(letter) if letter in index else "",
            current=letter == current,
        )
        for letter in shown
    )


def _range(first: Person, last: Person) -> str:
    start, end = first.name.family, last.name.family
    return start if start == end else f"{start} – {end}"
