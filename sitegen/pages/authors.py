"""The index of authors and the page of a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sitegen.library.people import coauthors
from sitegen.models import Paper, Person
from sitegen.pages import charts, split, urls
from sitegen.pages.contexts import AuthorPage, AuthorsPage, Count, Letter, LetterPage, Link, MovedPage
from sitegen.pages.edition import LETTERS, PROLIFIC, Edition

_CRUMB = Link(label="Authors", url=urls.AUTHORS)
_COAUTHORS_SHOWN = 30
_CATEGORIES_SHOWN = 8


def prolific(edition: Edition, most: int) -> tuple[Count, ...]:
    """Return those with most papers; who has but one is not listed, and fewer than three make no list."""
    several = edition.prolific[:most]
    return tuple(_count(person, person.name.printed) for person in several) if len(several) > 2 else ()


def authors_page(edition: Edition) -> AuthorsPage:
    """Return what the way into the index shows."""
    people = edition.library.people.values()
    total = len(people)
    few = total <= edition.config.lists.page_size
    return AuthorsPage(
        title="Authors",
        description=f"All {total:,} authors of {edition.site.title}, from A to Z.",
        url=urls.AUTHORS,
        section=urls.AUTHORS,
        crumbs=(),
        feed_url="",
        people=total,
        letters=_letters(edition.by_letter, ""),
        prolific=() if few else prolific(edition, PROLIFIC),
        everybody=tuple(_count(person, person.name.inverted) for person in people) if few else (),
    )


def letter_page(edition: Edition, letter: str, number: int) -> LetterPage:
    """Return part ``number`` (from 1) of a letter's list."""
    runs = split.parts(edition.by_letter[letter], edition.config.lists.page_size)
    section = urls.letter(letter)
    label = _label(letter)
    ends = [_range(run[0], run[-1]) for run in runs]
    return LetterPage(
        title=f"Authors: {label if len(runs) == 1 else ends[number - 1]}",
        description="",
        url=urls.part(section, number),
        section=urls.AUTHORS,
        crumbs=(_CRUMB,),
        feed_url="",
        people=len(edition.by_letter[letter]),
        letters=_letters(edition.by_letter, letter),
        persons=tuple(_count(person, person.name.inverted) for person in runs[number - 1]),
        pager=split.pager(section, len(runs), number, ends),
    )


def author_parts(edition: Edition, person: Person) -> int:
    """Return how many pages a person's papers take."""
    return -(-len(person.papers) // edition.config.lists.page_size)


def author_page(edition: Edition, slug: str, number: int) -> AuthorPage:
    """Return part ``number`` (from 1) of a person's page."""
    library = edition.library
    person = library.people[slug]
    papers = [library.papers[base] for base in person.papers]
    runs = split.parts(papers, edition.config.lists.page_size)
    url = urls.person(slug)
    years = [library.day_of[base].year for base in person.papers]
    first, last = years[-1], years[0]
    span = str(first) if first == last else f"{first}–{last}"
    # A single paper names its authors and tells its categories itself, unless the list of them is cut short.
    alone = len(papers) == 1 and not edition.entry(papers[0]).more_authors
    together = [] if alone else _coauthors(edition, person)
    has_feed = len(papers) >= edition.config.lists.person_feed
    noun = "paper" if len(papers) == 1 else "papers"
    return AuthorPage(
        title=person.name.printed,
        description="",
        url=urls.part(url, number),
        section=urls.AUTHORS,
        crumbs=_CRUMBS[person.letter],
        feed_url=urls.feed(url) if has_feed else "",
        extent=f"{len(papers)} {noun}, {span}",
        group=person.name.group,
        variants=tuple(form for form in person.variants if form != person.name.printed),
        similar=tuple(Link(label=label, url=urls.person(other)) for label, other in person.similar),
        orcid=person.orcid,
        activity_html=_activity(person, years) if first < last else "",
        years=edition.groups_by_year(runs[number - 1]),
        pager=split.pager(url, len(runs), number),
        coauthors=tuple(together[:_COAUTHORS_SHOWN]),
        more_coauthors=max(0, len(together) - _COAUTHORS_SHOWN),
        categories=_categories(papers) if len(papers) > 1 else (),
        bibliography_url=urls.bibliography(url) if has_feed else "",
    )


def moved_page(edition: Edition, slug: str) -> MovedPage:
    """Return what stands at an earlier address of a person's page."""
    return MovedPage(title=edition.library.people[slug].name.printed, target=urls.person(slug))


def _coauthors(edition: Edition, person: Person) -> list[Count]:
    if len(person.papers) == 1:
        own = urls.person(person.slug)
        return [author for author in edition.credits(person.papers[0]) if author.url != own]
    people = edition.library.people
    return [
        Count(label=people[other].name.printed, url=urls.person(other), count=shared)
        for other, shared in coauthors(person, edition.authors)
    ]


def _count(person: Person, label: str) -> Count:
    return Count(label=label, url=urls.person(person.slug), count=len(person.papers))


def _label(letter: str) -> str:
    return "#" if letter == "other" else letter.upper()


def _letters(index: Mapping[str, Sequence[Person]], current: str) -> tuple[Letter, ...]:
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


_CRUMBS = {letter: (_CRUMB, Link(label=_label(letter), url=urls.letter(letter))) for letter in LETTERS}


def _activity(person: Person, years: Sequence[int]) -> str:
    counts = Counter(years)
    return charts.sparkline(
        [(year, counts[year]) for year in range(years[-1], years[0] + 1)],
        title=f"Papers per year by {person.name.printed}",
    )


def _categories(papers: Sequence[Paper]) -> tuple[Count, ...]:
    counts = Counter(category for paper in papers for category in paper.categories)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_CATEGORIES_SHOWN]
    return tuple(Count(label=name, url=urls.category(name), count=count) for name, count in ranked)
