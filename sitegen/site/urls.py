"""The only place that forms a URL or an output path.

A URL is relative to the site's root, without a leading slash: ``abs/2603.07369/``. Templates put the way back
to the root in front of it, so that the site works at a root, under a path and from a disk.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from urllib.parse import quote_plus

from sitegen.models import ArxivId
from sitegen.text import PAPER_LINK, ROOT
from sitegen.text.slug import portable

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_PAPER_LINK = re.compile(re.escape(PAPER_LINK) + r"([^\"]+)")

HOME = ""
PAPERS = "abs/"
AUTHORS = "authors/"
ARCHIVE = "archive/"
CATEGORIES = "categories/"
NOTES = "notes/"
TOPICS = "topics/"
MAP = "map/"
SEARCH = "search/"
CATCH_UP = "catchup/"
FOLLOWING = "following/"
READING_LIST = "reading-list/"
SITE_FEED = "feed.xml"
OPENSEARCH = "opensearch.xml"
PAPERS_JSON = "papers.json"
# The service worker. Its address decides which pages it serves, and has to stay.
WORKER = "sw.js"


def paper(base: str) -> str:
    """arXiv's own path, so that swapping the host leads from one to the other."""
    return f"{PAPERS}{base}/"


def with_paper_links(html: str, papers: Collection[str]) -> str:
    """Return an owner's text with its links to papers: to their pages here, or to arXiv where there are none."""

    def address(link: re.Match[str]) -> str:
        identifier = ArxivId.parse(link[1])
        own = identifier.base in papers
        return ROOT + paper(identifier.base) if own else f"https://arxiv.org/abs/{identifier}"

    return _PAPER_LINK.sub(address, html) if PAPER_LINK in html else html


def person(slug: str) -> str:
    return f"authors/{slug}/"


def letter(name: str) -> str:
    return f"authors/by-letter/{name}/"


def year(number: int) -> str:
    return f"archive/{number:04}/"


def month(number: int, month: int) -> str:
    return f"archive/{number:04}/{month:02}/"


def day(day: date) -> str:
    return f"archive/{day.year:04}/{day.month:02}/{day.day:02}/"


def category(identifier: str) -> str:
    return f"categories/{portable(identifier)}/"


def category_year(identifier: str, number: int) -> str:
    return f"{category(identifier)}{number:04}/"


def topic(slug: str) -> str:
    return f"topics/{portable(slug)}/"


def markdown_page(slug: str) -> str:
    return f"{portable(slug)}/"


def year_bibliography(number: int) -> str:
    return f"papers-{number:04}.bib"


def bibliography(section: str) -> str:
    """The .bib file of a person, a category or a topic, given the URL of its page."""
    return section + "papers.bib"


def feed(section: str) -> str:
    """The Atom feed of a person, a category or a topic, given the URL of its page."""
    return section + "feed.xml"


def sitemap_part(number: int) -> str:
    return f"sitemap-{number}.xml"


def days_name(month: tuple[int, int], number: int) -> str:
    """Part ``number`` (from 1) of the papers of a month, in the files of days that are read by catch-up."""
    return f"{month[0]:04}-{month[1]:02}-{number}"


def abstracts_name(name: str) -> str:
    """The abstracts of the papers in a file of days."""
    return f"{name}-abstracts"


def days_file(name: str) -> str:
    """A file of days, or of a year."""
    return f"{CATCH_UP}{name}.js"


def search_file(name: str) -> str:
    """A file of the search index, or of the index of persons, by its name seen from search/."""
    return f"{name.removeprefix('../')}.js" if name.startswith("../") else f"{SEARCH}{name}.js"


def watch(slug: str) -> str:
    """The page of a saved search."""
    return f"watch/{slug}/"


def part(section: str, number: int) -> str:
    """Page ``number`` (from 1) of a list that is split; the first is the section's own page."""
    return section if number == 1 else f"{section}page-{number}/"


def search(query: str) -> str:
    """The search page with the answers to a query."""
    return f"{SEARCH}?q={quote_plus(query, safe=':')}"


def new_issue(repository: str, *, title: str, body: str) -> str:
    """The form for a new issue of a repository on GitHub, filled in."""
    return f"https://github.com/{repository}/issues/new?title={quote_plus(title)}&body={quote_plus(body, safe=':/')}"


def output_paths(urls: Iterable[str]) -> list[str]:
    """Return the files that are served at many URLs."""
    return [f"{url}index.html" if url[-1:] in ("/", "") else url for url in urls]


def way_to_root(path: str) -> str:
    """Return the relative prefix that leads from an output file back to the site's root (``../../``)."""
    return "../" * path.count("/")


def spoken_date(moment: date) -> str:
    """``7 March 2026``: English, whatever the locale of the machine."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def day_and_month(moment: date) -> str:
    """``7 Mar``, below a heading that tells the year."""
    return f"{moment.day} {MONTHS[moment.month - 1][:3]}"


def short_date(moment: date) -> str:
    """``7 Mar 2026``."""
    return f"{moment.day} {MONTHS[moment.month - 1][:3]} {moment.year}"
