"""The site map: every page of the site, from the front page to robots.txt, on one screen.

A route says where a page is written, with which template, and how its context is made. Making a context is put
off, because a worker process makes the contexts of its own share of the pages.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from sitegen.errors import Location, Problem, RouteCollision
from sitegen.pages import archive, authors, categories, front, machine, split, urls
from sitegen.pages.assets import Assets
from sitegen.pages.contexts import Context
from sitegen.pages.edition import Edition
from sitegen.pages.paper import paper_page


class Route(NamedTuple):
    """One file of the site: its URL below the root, its template (empty for a copied file), its context."""

    url: str
    template: str
    context: Callable[[], Context]


def site_map(edition: Edition, assets: Assets) -> tuple[Route, ...]:
    """Return every page of the site; RouteCollision names the pages that would share a file."""
    routes = list(_pages(edition))
    routes += _machine_files(edition, [route for route in routes if route.template != "404.html"])
    routes += [Route(url, "", partial(_itself, file)) for url, file in assets.files.items()]
    _refuse_collisions(routes)
    return tuple(routes)


def _pages(edition: Edition) -> Iterator[Route]:
    library = edition.library
    calendar = archive.Calendar(edition)
    index = authors.by_letter(edition)

    def parts(count: int) -> range:
        return range(1, count + 1)

    yield Route(urls.HOME, "home.html", partial(front.home, edition, calendar))
    for base in library.papers:
        yield Route(urls.paper(base), "paper.html", partial(paper_page, edition, base))

    yield Route(urls.AUTHORS, "authors.html", partial(authors.authors_page, edition, index))
    for letter, people in index.items():
        for number in parts(len(split.parts(people, edition.config.lists.page_size))):
            url = urls.part(urls.letter(letter), number)
            yield Route(url, "letter.html", partial(authors.letter_page, edition, index, letter, number))
    for slug, person in library.people.items():
        for number in parts(authors.author_parts(edition, person)):
            url = urls.part(urls.person(slug), number)
            yield Route(url, "author.html", partial(authors.author_page, edition, slug, number))

    yield Route(urls.ARCHIVE, "archive.html", partial(archive.archive_page, edition, calendar))
    for year in calendar.years:
        yield Route(urls.year(year), "year.html", partial(archive.year_page, edition, calendar, year))
    for month in calendar.months:
        for number in parts(archive.month_parts(edition, calendar, month)):
            url = urls.part(urls.month(*month), number)
            yield Route(url, "month.html", partial(archive.month_page, edition, calendar, month, number))
    for day in calendar.days:
        for number in parts(archive.day_parts(edition, calendar, day)):
            url = urls.part(urls.day(day), number)
            yield Route(url, "day.html", partial(archive.day_page, edition, calendar, day, number))

    if library.in_category:
        yield Route(urls.CATEGORIES, "categories.html", partial(categories.categories_page, edition))
    for name in library.in_category:
        yield Route(urls.category(name), "category.html", partial(categories.category_page, edition, name))
        if categories.is_split(edition, name):
            for year, papers in edition.category_years(name).items():
                for number in parts(len(split.parts(papers, edition.config.lists.page_size))):
                    url = urls.part(urls.category_year(name, year), number)
                    make = partial(categories.category_year_page, edition, name, year, number)
                    yield Route(url, "category.html", make)

    if library.notes:
        for number in parts(front.notes_parts(edition)):
            yield Route(
                urls.part(urls.NOTES, number), "notes.html", partial(front.notes_page, edition, number)
            )
    for page in library.pages:
        yield Route(urls.markdown_page(page.slug), "page.html", partial(front.text_page, edition, page))
    yield Route("404.html", "404.html", partial(front.not_found, edition))


def _machine_files(edition: Edition, pages: list[Route]) -> Iterator[Route]:
    library = edition.library
    yield Route(urls.SITE_FEED, "feed.xml", partial(machine.site_feed, edition))
    for name in library.in_category:
        section = urls.category(name)
        yield Route(urls.feed(section), "feed.xml", partial(machine.category_feed, edition, name))
        make = partial(machine.category_bibliography, edition, name)
        yield Route(urls.bibliography(section), "papers.bib", make)
    for slug, person in library.people.items():
        if len(person.papers) >= edition.config.lists.person_feed:
            section = urls.person(slug)
            yield Route(urls.feed(section), "feed.xml", partial(machine.person_feed, edition, slug))
            make = partial(machine.person_bibliography, edition, slug)
            yield Route(urls.bibliography(section), "papers.bib", make)
    calendar = archive.Calendar(edition)
    for year in calendar.years:
        if papers := calendar.papers_of_year(year):
            make = partial(machine.bibliography, edition, f"{edition.site.title}: {year}", papers)
            yield Route(urls.year_bibliography(year), "papers.bib", make)
    yield Route(urls.PAPERS_JSON, "papers.json", partial(machine.papers_json, edition))

    changed = {urls.paper(base): paper.updated.date().isoformat() for base, paper in library.papers.items()}
    addresses = [(page.url, changed.get(page.url, "")) for page in pages]
    runs = split.parts(addresses, machine.URLS_IN_A_SITEMAP)
    if len(runs) == 1:
        yield Route("sitemap.xml", "sitemap.xml", partial(machine.sitemap, edition, addresses))
    else:
        yield Route("sitemap.xml", "sitemap-index.xml", partial(machine.sitemap_index, edition, len(runs)))
        for number, run in enumerate(runs, 1):
            yield Route(urls.sitemap_part(number), "sitemap.xml", partial(machine.sitemap, edition, run))
    yield Route("robots.txt", "robots.txt", partial(machine.robots, edition))
    yield Route("manifest.webmanifest", "manifest.webmanifest", partial(machine.manifest, edition))


def _itself(context: Context) -> Context:
    return context


def _refuse_collisions(routes: list[Route]) -> None:
    taken: dict[str, str] = {}
    problems = []
    for route in routes:
        path = urls.output_path(route.url)
        # Some file systems take A and a, or é and é, for the same name.
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in taken:
            problems.append(
                Problem(
                    location=Location(path=path),
                    message=f"two pages want this file: {route.url!r} and {taken[folded]!r}",
                    remedy="rename the Markdown page or static file that claims it",
                )
            )
        taken[folded] = route.url
    if problems:
        raise RouteCollision(*problems)
