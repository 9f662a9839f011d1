"""The site map: every page of the site, from the front page to robots.txt, on one screen.

A route says where a page is written, with which template, how its context is made, and of what. Making a context is
put off, because most builds need few of them: a page whose values are those of the last build is not made at all.
The pages are dealt out to the processes of a build like cards, kind by kind: each asks for its own share of the map.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, NamedTuple, TypeVar

import msgspec

from sitegen.errors import Location, Problem, RouteCollision
from sitegen.models import Paper, Person
from sitegen.pages import archive, authors, categories, front, machine, split, urls
from sitegen.pages.assets import Assets
from sitegen.pages.contexts import Context
from sitegen.pages.edition import Edition
from sitegen.pages.paper import paper_page
from sitegen.pages.state import Touched

T = TypeVar("T")

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


_Make = Callable[..., Context]
# A route but for its values.
_Unvalued = tuple[str, str, _Make, tuple[Any, ...]]


class Route(NamedTuple):
    """One file of the site: its URL below the root, its template (empty for a copied file), how its context is made.

    ``values`` stand for all that the context is made of, settings apart: the same values make the same context. None
    are those of the last build.
    """

    url: str
    template: str
    make: _Make
    arguments: tuple[Any, ...]
    values: bytes | None

    def context(self) -> Context:
        """Make what the template is given."""
        return self.make(*self.arguments)


class Share(NamedTuple):
    """One of ``jobs`` shares of everything, from 0."""

    number: int
    jobs: int

    def of(self, items: Iterable[T]) -> Iterator[T]:
        """Return this share of some things."""
        return islice(items, self.number, None, self.jobs)


def site_map(edition: Edition, assets: Assets, share: Share, among: Touched | None = None) -> Iterator[Route]:
    """Return a share of the pages and files of the site, all but the sitemap, which knows of all.

    Of papers and persons, those are ``among`` them that are touched; lists have no values if none is.
    """
    library = edition.library
    same = among is not None and not among.lists
    papers = library.papers if among is None else sorted(among.papers)
    people = (
        library.people.values() if among is None else map(library.people.__getitem__, sorted(among.people))
    )
    yield from _persons(edition, share, people)
    yield from _letters(edition, share, same)
    yield from _archive(edition, share, same)
    yield from _categories(edition, share, same)
    yield from _bibliographies_and_feeds(edition, share, same)
    for small in share.of(_small_pages(edition, assets)):
        yield small()
    # Last, because their neighbours are looked for meanwhile.
    yield from _papers(edition, share, papers)
    for url, file in share.of(assets.files.items()):
        yield Route(url, "", _itself, (file,), file.data)


def untouched(edition: Edition, share: Share, touched: Touched) -> Iterator[_Unvalued]:
    """Return a share of the routes of papers and persons that a site map has not ``among`` it, but for their values.

    These are what they were.
    """
    for base in share.of(edition.library.papers):
        if base not in touched.papers:
            yield _of_paper(edition, base)
    for slug, person in share.of(edition.library.people.items()):
        if slug not in touched.people:
            yield from _of_person(edition, person)


def _of_paper(edition: Edition, base: str) -> _Unvalued:
    return urls.paper(base), "paper.html", paper_page, (edition, base)


def _of_person(edition: Edition, person: Person) -> Iterator[_Unvalued]:
    """Return the pages and files of a person."""
    lists, slug, papers = edition.config.lists, person.slug, len(person.papers)
    url = urls.person(slug)
    yield url, "author.html", authors.author_page, (edition, slug, 1)
    if papers > lists.page_size:
        for number in range(2, authors.author_parts(edition, person) + 1):
            yield urls.part(url, number), "author.html", authors.author_page, (edition, slug, number)
    if papers >= lists.person_feed:
        yield urls.feed(url), "feed.xml", machine.person_feed, (edition, slug)
        yield urls.bibliography(url), "papers.bib", machine.person_bibliography, (edition, slug)
    for earlier, count in person.moved:
        yield from _at_earlier_address(edition, person, urls.person(earlier), count)


def _at_earlier_address(edition: Edition, person: Person, url: str, papers: int) -> Iterator[_Unvalued]:
    """Return what stands where a page of so many of a person's papers was: redirects, and the same feed and .bib.

    No static host redirects a feed, and readers of feeds and BibTeX do not follow a page.
    """
    lists, slug = edition.config.lists, person.slug
    for number in range(1, -(-papers // lists.page_size) + 1):
        yield urls.part(url, number), "moved.html", authors.moved_page, (edition, slug)
    if papers >= lists.person_feed:
        yield urls.feed(url), "feed.xml", machine.person_feed, (edition, slug)
        yield urls.bibliography(url), "papers.bib", machine.person_bibliography, (edition, slug)


def _small_pages(edition: Edition, assets: Assets) -> Iterator[Callable[[], Route]]:
    library, calendar = edition.library, edition.calendar
    yield partial(_small, urls.HOME, "home.html", front.home, edition, calendar)
    # The largest is the second: the first process has the sitemap to make when all have done.
    yield lambda: Route(
        urls.PAPERS_JSON, "papers.json", machine.papers_json, (edition,), edition.all_shown(library.order)
    )
    yield partial(_small, urls.ARCHIVE, "archive.html", archive.archive_page, edition, calendar)
    yield partial(_small, urls.AUTHORS, "authors.html", authors.authors_page, edition)
    if library.in_category:
        yield partial(_small, urls.CATEGORIES, "categories.html", categories.categories_page, edition)
    if library.notes:
        for number in range(1, front.notes_parts(edition) + 1):
            url = urls.part(urls.NOTES, number)
            yield partial(_small, url, "notes.html", front.notes_page, edition, number)
    for page in library.pages:
        yield partial(_small, urls.markdown_page(page.slug), "page.html", front.text_page, edition, page)
    yield partial(_small, "404.html", "404.html", front.not_found, edition)
    if "robots.txt" not in assets.as_they_are:  # the owner's own wins
        yield partial(_small, "robots.txt", "robots.txt", machine.robots, edition)
    yield partial(_small, "manifest.webmanifest", "manifest.webmanifest", machine.manifest, edition)


def _small(url: str, template: str, make: Callable[..., Context], *arguments: Any) -> Route:
    """Return a page of which there are few: its context itself is its values."""
    context = make(*arguments)
    return Route(url, template, _itself, (context,), _ENCODER.encode(context))


def _papers(edition: Edition, share: Share, among: Collection[str]) -> Iterator[Route]:
    library, shown, near = edition.library, edition.shown, edition.near
    order, position, encode = library.order, library.position, _ENCODER.encode
    beside = [b"", *[shown[paper.id.base] for paper in order], b""]
    for base in share.of(among):
        place = position[base]
        values = b"\0".join(
            [
                *beside[place : place + 3],
                near[base],
                *[shown[neighbour.id] for neighbour in edition.related(base)],
                encode(library.notes.get(base, ())),
            ]
        )
        yield Route(*_of_paper(edition, base), values)


def _letters(edition: Edition, share: Share, same: bool) -> Iterator[Route]:
    who, size = edition.who, edition.config.lists.page_size
    for letter, people in share.of(edition.by_letter.items()):
        runs = split.parts(people, size)
        ends = "\0".join(f"{run[0].name.family} {run[-1].name.family}" for run in runs)
        common = f"{len(people)} {''.join(edition.by_letter)} {ends}".encode()
        for number, run in enumerate(runs, 1):
            values = None if same else common + b"".join([who[person.slug] for person in run])
            url = urls.part(urls.letter(letter), number)
            yield Route(url, "letter.html", authors.letter_page, (edition, letter, number), values)


def _persons(edition: Edition, share: Share, people: Iterable[Person]) -> Iterator[Route]:
    who, shown = edition.who, edition.shown
    for person in share.of(people):
        values = who[person.slug] + b"".join([shown[base] for base in person.papers])
        for route in _of_person(edition, person):
            yield Route(*route, values)


def _archive(edition: Edition, share: Share, same: bool) -> Iterator[Route]:
    calendar, all_shown, encode = edition.calendar, edition.all_shown, _ENCODER.encode
    for year in share.of(calendar.years):
        months = calendar.by_year[year]
        counts = [(day, len(calendar.submitted[day])) for month in months for day in calendar.by_month[month]]
        values = None
        if not same:
            values = encode((archive.neighbours(calendar.years, year), months, counts))
            if sum(count for _, count in counts) <= edition.config.lists.page_size:
                values += all_shown(calendar.papers_of_year(year))
        yield Route(urls.year(year), "year.html", archive.year_page, (edition, calendar, year), values)
    for month in share.of(calendar.months):
        papers = calendar.papers_of_month(month)
        runs = split.parts(papers, edition.config.lists.page_size)
        common = encode((archive.neighbours(calendar.months, month), len(papers)))
        for number, run in enumerate(runs, 1):
            url = urls.part(urls.month(*month), number)
            arguments = (edition, calendar, month, number)
            values = None if same else common + all_shown(run)
            yield Route(url, "month.html", archive.month_page, arguments, values)
    days = calendar.days
    for day, older, newer in share.of(zip(days, [None, *days], [*days[1:], None], strict=False)):
        yield from _day(edition, day, "" if same else f"{older} {newer} {day in calendar.latest} ")


def _day(edition: Edition, day: date, neighbours: str) -> Iterator[Route]:
    """Return the pages of a day; without its neighbours they are those of the last build."""
    calendar = edition.calendar
    submitted, revised = calendar.submitted.get(day, ()), calendar.revised.get(day, ())
    listed = calendar.announced.get(day, ())
    papers = [*submitted, *revised, *[paper for _, paper in listed]]
    values = None
    if neighbours:
        # Which of them stand where follows from these.
        kinds = "".join([f"{kind} " for kind, _ in listed])
        values = f"{neighbours}{len(submitted)} {kinds}".encode() + edition.all_shown(papers)
    size = edition.config.lists.page_size
    parts = 1 if len(papers) <= size else len(split.parts(archive.of_day(calendar, day), size))
    for number in range(1, parts + 1):
        arguments = (edition, calendar, day, number)
        yield Route(urls.part(urls.day(day), number), "day.html", archive.day_page, arguments, values)


def _categories(edition: Edition, share: Share, same: bool) -> Iterator[Route]:
    in_category = edition.library.in_category
    for name in share.of(in_category):
        years = edition.category_years(name)
        common = (
            f"{edition.primaries[name]} {[(year, len(members)) for year, members in years.items()]}".encode()
        )
        shown = categories.shown_first(edition, name)
        values = None if same else common + edition.all_shown(shown)
        yield Route(urls.category(name), "category.html", categories.category_page, (edition, name), values)
        if categories.is_split(edition, name):
            for year, members in years.items():
                for number, run in enumerate(split.parts(members, edition.config.lists.page_size), 1):
                    url = urls.part(urls.category_year(name, year), number)
                    arguments = (edition, name, year, number)
                    values = None if same else common + edition.all_shown(run)
                    yield Route(url, "category.html", categories.category_year_page, arguments, values)


def _bibliographies_and_feeds(edition: Edition, share: Share, same: bool) -> Iterator[Route]:
    library = edition.library

    def all_shown(papers: Iterable[Paper]) -> bytes | None:
        return None if same else edition.all_shown(papers)

    if share.number == 0:
        yield Route(urls.SITE_FEED, "feed.xml", machine.site_feed, (edition,), all_shown(edition.latest))
    for name, papers in share.of(library.in_category.items()):
        section, values = urls.category(name), all_shown(papers)
        yield Route(urls.feed(section), "feed.xml", machine.category_feed, (edition, name), values)
        bibliography = machine.category_bibliography
        yield Route(urls.bibliography(section), "papers.bib", bibliography, (edition, name), values)
    for year in share.of(edition.calendar.years):
        if members := edition.calendar.papers_of_year(year):
            url = urls.year_bibliography(year)
            yield Route(url, "papers.bib", machine.year_bibliography, (edition, year), all_shown(members))


def sitemap_names(pages: int) -> list[str]:
    """Return the files that the sitemap of so many pages takes; of several, the last is the index of the others."""
    parts = -(-pages // machine.URLS_IN_A_SITEMAP)
    return [*map(urls.sitemap_part, range(1, parts + 1)), "sitemap.xml"] if parts > 1 else ["sitemap.xml"]


def sitemap(edition: Edition, addresses: Sequence[str]) -> Iterator[Route]:
    """Return the sitemap of all ``addresses`` of the site; it may take several files."""
    runs = split.parts(addresses, machine.URLS_IN_A_SITEMAP)
    # It says when a paper was updated.
    papers = edition.all_shown(edition.library.order)
    for name, run in zip(sitemap_names(len(addresses)), runs, strict=False):
        values = papers + "\n".join(run).encode()
        yield Route(name, "sitemap.xml", machine.sitemap, (edition, run), values)
    if len(runs) > 1:
        yield _small("sitemap.xml", "sitemap-index.xml", machine.sitemap_index, edition, len(runs))


def _itself(context: Context) -> Context:
    return context


def refuse_collisions(
    paths: Sequence[str], standing: Collection[str] = (), as_they_are: Collection[str] = ()
) -> None:
    """Raise RouteCollision, which names the pages, if two of a site's files are the same.

    Of those that are ``standing`` already, no two are. A file of static/root/, whose URLs are ``as_they_are``,
    may also be where other files have a folder.
    """
    if len(own := set(paths)) == len(paths) and own.issubset(standing):
        return
    # Some file systems take A and a, or é and é, for the same name.
    folded = [_folded(path) for path in paths]
    taken: dict[str, str] = {}
    problems = []
    if len(set(folded)) < len(folded):
        for path, name in sorted(zip(paths, folded, strict=True)):
            url = path.removesuffix("index.html")
            if name in taken:
                problems.append(_collision(path, _two_pages(taken[name], url)))
            taken[name] = url
    for path in _in_the_way(dict(zip(folded, paths, strict=True)), as_they_are):
        problems += file_and_folder(path).problems
    if problems:
        raise RouteCollision(*problems)


def _two_pages(one: str, other: str) -> str:
    if one == other:
        return f"the site has a page of its own at {one!r}, and another one wants to be there"
    return f"two pages want this file: {one!r} and {other!r}"


def _collision(path: str, message: str) -> Problem:
    remedy = "rename the Markdown page, or the file in static/ or static/root/, that claims it"
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
