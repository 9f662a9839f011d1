"""The site map: every page and file of the site on one screen.

A route says where a page is written, with which template, and how its context is made. Contexts are made later, and
only of pages that may have changed: what a page depends on is what its function asks of the site model.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from sitegen.errors import Location, Problem, RouteCollision
from sitegen.site import archive, authors, catchup, categories, front, machine, reader, search, topics, urls
from sitegen.site import map as field_map
from sitegen.site.category_queries import CategoryYear
from sitegen.site.contexts import Context
from sitegen.site.model import SiteModel
from sitegen.site.paper import paper_page

MEMBER = "member.html"  # template of a person whose few papers all have many authors; in no sitemap either
MOVED = "moved.html"  # template of an earlier address of a person's page, which is in no sitemap


class Route(NamedTuple):
    """One file of the site."""

    url: str  # below the root
    template: str  # empty if ``make`` returns a StaticFile, whose bytes are written as they are
    make: Callable[..., Context]  # called with the site model and the arguments
    arguments: tuple[Any, ...]


def site_map(site: SiteModel) -> list[Route]:
    """Return all pages and files of the site."""
    routes = [route for section in _SECTIONS for route in section(site)]
    # Search engines find the pages of people with few papers by those papers.
    few = {
        urls.person(slug)
        for slug, papers in site.papers_of_people().items()
        if papers < site.lists().person_feed
    }
    addresses = sorted(
        [
            url
            for url, template, _, _ in routes
            if template not in ("", MEMBER, MOVED) and url[-1:] in ("/", "") and url not in few
        ]
    )
    site.set_addresses(addresses)
    routes += _sitemaps(len(addresses))
    return routes


_Routes = Iterator[Route]


def _single_pages(site: SiteModel) -> _Routes:
    yield Route(urls.HOME, "home.html", front.home, ())
    yield Route(urls.PAPERS_JSON, "papers.json", machine.papers_json, ())
    yield Route(urls.SITE_FEED, "feed.xml", machine.site_feed, ())
    yield Route(urls.ARCHIVE, "archive.html", archive.archive_page, ())
    yield Route(urls.AUTHORS, "authors.html", authors.authors_page, ())
    if site.categories():
        yield Route(urls.CATEGORIES, "categories.html", categories.categories_page, ())
    yield Route(urls.SEARCH, "search.html", search.search_page, ())
    yield Route(urls.OPENSEARCH, "opensearch.xml", machine.opensearch, ())
    yield Route(urls.CATCH_UP, "catchup.html", catchup.catch_up_page, ())
    yield Route(urls.FOLLOWING, "following.html", catchup.following_page, ())
    if notes := site.all_notes():
        for number in _parts(site, len(notes)):
            yield Route(urls.part(urls.NOTES, number), "notes.html", front.notes_page, (number,))
    for slug in site.markdown_pages():
        yield Route(urls.markdown_page(slug), "page.html", front.text_page, (slug,))
    yield Route(urls.READING_LIST, "reading-list.html", reader.reading_list, ())
    if urls.WORKER not in site.root_files():
        yield Route(urls.WORKER, "", reader.service_worker, ())
    yield Route("404.html", "404.html", front.not_found, ())
    if "robots.txt" not in site.root_files():  # the owner's own wins
        yield Route("robots.txt", "robots.txt", machine.robots, ())
    yield Route("manifest.webmanifest", "manifest.webmanifest", machine.manifest, ())


def _persons(site: SiteModel) -> _Routes:
    shown, earns_feed = site.lists().page_size, site.lists().person_feed
    members = set(site.members())
    for slug, papers in site.papers_of_people().items():
        url = urls.person(slug)
        if slug in members:
            yield Route(url, MEMBER, authors.member_page, (slug,))
            continue
        yield Route(url, "author.html", authors.author_page, (slug, 1))
        if papers > shown:
            for number in _parts(site, papers)[1:]:
                yield Route(urls.part(url, number), "author.html", authors.author_page, (slug, number))
        if papers >= earns_feed:
            yield Route(urls.feed(url), "feed.xml", machine.person_feed, (slug,))
            yield Route(urls.bibliography(url), "papers.bib", machine.person_bibliography, (slug,))
    for slug, addresses in site.moved_people().items():
        for earlier, papers in addresses:
            yield from _at_earlier_address(site, slug, urls.person(earlier), papers)
    for letter in site.letters():
        for number in _parts(site, len(site.letter(letter))):
            url = urls.part(urls.letter(letter), number)
            yield Route(url, "letter.html", authors.letter_page, (letter, number))


def _at_earlier_address(site: SiteModel, slug: str, url: str, papers: int) -> _Routes:
    """Return what stands where a page of so many of a person's papers was: redirects, and the same feed and .bib.

    No static host redirects a feed, and readers of feeds and BibTeX do not follow a page.
    """
    for number in _parts(site, papers):
        yield Route(urls.part(url, number), MOVED, authors.moved_page, (slug,))
    if papers >= site.lists().person_feed:
        yield Route(urls.feed(url), "feed.xml", machine.person_feed, (slug,))
        yield Route(urls.bibliography(url), "papers.bib", machine.person_bibliography, (slug,))


def _dates(site: SiteModel) -> _Routes:
    for year, papers in site.years():
        yield Route(urls.year(year), "year.html", archive.year_page, (year,))
        if papers:
            yield Route(urls.year_bibliography(year), "papers.bib", machine.year_bibliography, (year,))
        for month, _ in site.year(year).months:
            for number in _parts(site, len(site.month(month).papers)):
                url = urls.part(urls.month(*month), number)
                yield Route(url, "month.html", archive.month_page, (month, number))
    for day in site.days():
        for number in _parts(site, archive.number_of_papers(site.day(day))):
            yield Route(urls.part(urls.day(day), number), "day.html", archive.day_page, (day, number))


def _files_of_days(site: SiteModel) -> _Routes:
    for year, _ in site.years():
        yield Route(urls.days_file(str(year)), "", catchup.year_file, (year,))
        for month, _ in site.year(year).months:
            for number, _ in enumerate(catchup.parts(site, month), 1):
                name = urls.days_name(month, number)
                yield Route(urls.days_file(name), "", catchup.days_file, (month, number))
                url = urls.days_file(urls.abstracts_name(name))
                yield Route(url, "", catchup.abstracts_file, (month, number))


def _categories(site: SiteModel) -> _Routes:
    for code in site.categories():
        url = urls.category(code)
        yield Route(url, "category.html", categories.category_page, (code,))
        yield Route(urls.feed(url), "feed.xml", machine.category_feed, (code,))
        yield Route(urls.bibliography(url), "papers.bib", machine.category_bibliography, (code,))
        if categories.is_split(site, code):
            for year, papers in site.category(code).years:
                key = CategoryYear(code, year)
                for number in _parts(site, papers):
                    part = urls.part(urls.category_year(code, year), number)
                    yield Route(part, "category.html", categories.category_year_page, (key, number))


def _topics(site: SiteModel) -> _Routes:
    if found := site.topics():
        yield Route(urls.TOPICS, "topics.html", topics.topics_page, ())
    if site.has_map():
        yield Route(urls.MAP, "map.html", field_map.map_page, ())
    for slug, papers in found.items():
        url = urls.topic(slug)
        for number in _parts(site, papers):
            yield Route(urls.part(url, number), "topic.html", topics.topic_page, (slug, number))
        yield Route(urls.feed(url), "feed.xml", machine.topic_feed, (slug,))
        yield Route(urls.bibliography(url), "papers.bib", machine.topic_bibliography, (slug,))


def _papers(site: SiteModel) -> _Routes:
    # After all other pages: the search for related papers goes on while those are made.
    for base in site.papers():
        yield Route(urls.paper(base), "paper.html", paper_page, (base,))


def _static_files(site: SiteModel) -> _Routes:
    for url in site.static_files():
        yield Route(url, "", SiteModel.static_file, (url,))


def _watches(site: SiteModel) -> _Routes:
    for watch in site.watches():
        url = urls.watch(watch.slug)
        for number in _parts(site, len(site.watch(watch.slug))):
            yield Route(urls.part(url, number), "watch.html", search.watch_page, (watch.slug, number))
        yield Route(urls.feed(url), "feed.xml", machine.watch_feed, (watch.slug,))


def _search_files(site: SiteModel) -> _Routes:
    for name in site.search_files():
        yield Route(urls.search_file(name), "", machine.search_file, (name,))
    for name in site.names_files():
        yield Route(urls.search_file(name), "", machine.names_file, (name,))


_SECTIONS: tuple[Callable[[SiteModel], _Routes], ...] = (
    _single_pages, _persons, _dates, _files_of_days, _categories, _topics, _watches, _papers, _static_files,
    _search_files,
)  # fmt: skip


def _sitemaps(pages: int) -> _Routes:
    parts = max(1, -(-pages // machine.URLS_IN_A_SITEMAP))
    if parts == 1:
        yield Route("sitemap.xml", "sitemap.xml", machine.sitemap, (1,))
        return
    for number in range(1, parts + 1):
        yield Route(urls.sitemap_part(number), "sitemap.xml", machine.sitemap, (number,))
    yield Route("sitemap.xml", "sitemap-index.xml", machine.sitemap_index, ())


def _parts(site: SiteModel, items: int) -> range:
    """Return the numbers, from 1, of the pages that a list of so many items takes."""
    return range(1, max(1, -(-items // site.lists().page_size)) + 1)


def refuse_collisions(
    paths: Sequence[str], existing: Collection[str] = (), as_they_are: Collection[str] = ()
) -> None:
    """Raise RouteCollision, which names the pages, if two of a site's files are the same.

    ``existing`` are the paths of the last build, which are known to differ. A file of static/root/, whose URLs are
    ``as_they_are``, may also be where other files have a folder.
    """
    if len(own := set(paths)) == len(paths) and own.issubset(existing):
        return
    # Some file systems take A and a, or é and é, for the same name.
    folded = [_folded(path) for path in paths]
    taken: dict[str, str] = {}
    problems = []
    if len(set(folded)) < len(folded):
        for path, name in sorted(zip(paths, folded, strict=True)):
            url = path.removesuffix("index.html")
            if name in taken:
                one, other = taken[name].removesuffix("index.html"), url
                source = next((known for known in (taken[name], path) if known in as_they_are), "")
                place = f"static/root/{source}" if source else path
                problems.append(_collision(place, _two_pages(one, other)))
            taken[name] = path
    for path in _in_the_way(dict(zip(folded, paths, strict=True)), as_they_are):
        problems += file_and_folder(f"static/root/{path}").problems
    if problems:
        raise RouteCollision(*problems)


def _two_pages(one: str, other: str) -> str:
    if one == other:
        return f"the site has a page of its own at {one!r}, and another one wants to be there"
    return f"two pages want this file: {one!r} and {other!r}"


def _collision(path: str, message: str) -> Problem:
    remedy = "rename or remove the file in static/root/, or the Markdown page, that claims it"
    return Problem(location=Location(path=path), message=message, remedy=remedy)


def file_and_folder(path: str) -> RouteCollision:
    """Return the error to raise where a file of the site has the name of a folder of the site."""
    return RouteCollision(_collision(path, "a file and a folder of the site want the same name here"))


def _in_the_way(paths: Mapping[str, str], as_they_are: Collection[str]) -> Iterator[str]:
    """Yield the files of static/root/ that have the name of a folder, or stand in a folder with the name of a file.

    ``paths`` are all files of the site, by their folded names.
    """
    for file in sorted(as_they_are):
        inside = _folded(file) + "/"
        is_folder = any(name.startswith(inside) for name in paths)
        if is_folder or any(folder.as_posix() in paths for folder in PurePosixPath(_folded(file)).parents):
            yield file


def _folded(path: str) -> str:
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()
