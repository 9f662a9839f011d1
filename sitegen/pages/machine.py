"""Files for machines: Atom feeds, bibliographies, papers.json, sitemaps, robots.txt, the web manifest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sitegen.exports import bibtex, metadata
from sitegen.models import Paper
from sitegen.pages import urls
from sitegen.pages.contexts import (
    AtomFeed,
    Bibliography,
    FeedEntry,
    Manifest,
    PaperRecord,
    PapersJson,
    Robots,
    Sitemap,
    SitemapIndex,
    SitemapUrl,
)
from sitegen.pages.edition import Edition, stamp
from sitegen.text import abstract

# Above it a sitemap becomes an index of several (the protocol's own limit is 50,000).
URLS_IN_A_SITEMAP = 40_000
# There are many authors: their feeds carry fewer entries than the site's, and less of each abstract.
ENTRIES_IN_A_PERSON_FEED = 10
# Categories have whole abstracts, but a field's own category has no more than ten papers a day.
ENTRIES_IN_A_CATEGORY_FEED = 25


def atom_feed(
    edition: Edition, title: str, url: str, alternate: str, papers: Sequence[Paper], *, brief: bool = False
) -> AtomFeed:
    """Return a feed of papers, the latest change first; a brief one has the beginnings of abstracts."""
    latest = sorted(papers, key=lambda paper: (paper.updated, paper.id.sort_key), reverse=True)
    newest = latest[0].updated if latest else datetime(1970, 1, 1, tzinfo=UTC)
    return AtomFeed(
        title=title,
        url=edition.absolute(url),
        alternate=edition.absolute(alternate),
        updated=stamp(newest, edition.library.zone),
        entries=tuple(_feed_entry(edition, paper, brief) for paper in latest),
    )


def site_feed(edition: Edition) -> AtomFeed:
    """Return the feed of the newest papers of the whole archive."""
    return atom_feed(edition, edition.site.title, urls.SITE_FEED, urls.HOME, edition.latest)


def category_feed(edition: Edition, identifier: str) -> AtomFeed:
    """Return the feed of a category's newest papers."""
    size = min(edition.config.lists.feed_size, ENTRIES_IN_A_CATEGORY_FEED)
    papers = edition.library.in_category[identifier][:size]
    section = urls.category(identifier)
    return atom_feed(edition, f"{identifier} – {edition.site.title}", urls.feed(section), section, papers)


def person_feed(edition: Edition, slug: str) -> AtomFeed:
    """Return the feed of a person's newest papers."""
    person = edition.library.people[slug]
    papers = [edition.library.papers[base] for base in person.papers[:ENTRIES_IN_A_PERSON_FEED]]
    section = urls.person(slug)
    title = f"{person.name.printed} – {edition.site.title}"
    return atom_feed(edition, title, urls.feed(section), section, papers, brief=True)


def _feed_entry(edition: Edition, paper: Paper, brief: bool) -> FeedEntry:
    return FeedEntry(
        # The same from version to version (RFC 4287, 4.2.6).
        id=metadata.abs_url(paper.id.base),
        url=edition.absolute(urls.paper(paper.id.base)),
        title=edition.title(paper),
        authors=tuple(credit.name.printed for credit in paper.credits),
        published=stamp(paper.published, edition.library.zone),
        updated=stamp(paper.updated, edition.library.zone),
        categories=() if brief else paper.categories,
        summary=edition.brief(paper) if brief else abstract.to_text(paper.abstract),
    )


def bibliography(edition: Edition, heading: str, papers: Sequence[Paper]) -> Bibliography:
    """Return the BibTeX of papers under one line that says what they are."""
    return Bibliography(
        heading=bibtex.remark(heading),
        entries=tuple(edition.bibtex(paper) for paper in papers),
    )


def year_bibliography(edition: Edition, year: int) -> Bibliography:
    """Return the BibTeX of a year."""
    return bibliography(edition, f"{edition.site.title}: {year}", edition.calendar.papers_of_year(year))


def category_bibliography(edition: Edition, identifier: str) -> Bibliography:
    """Return the BibTeX of a category."""
    papers = edition.library.in_category[identifier]
    return bibliography(edition, f"{edition.site.title}: {identifier}", papers)


def person_bibliography(edition: Edition, slug: str) -> Bibliography:
    """Return the BibTeX of a person."""
    person = edition.library.people[slug]
    papers = [edition.library.papers[base] for base in person.papers]
    return bibliography(edition, f"{edition.site.title}: {person.name.printed}", papers)


def papers_json(edition: Edition) -> PapersJson:
    """Return the list of all papers."""
    zone = edition.library.zone
    return PapersJson(
        papers=tuple(
            PaperRecord(
                id=paper.id.base,
                version=paper.id.version,
                title=edition.title(paper),
                authors=tuple([credit.name.printed for credit in paper.credits]),
                published=paper.published.astimezone(zone),
                updated=paper.updated.astimezone(zone),
                categories=_primary_first(paper),
                doi=metadata.published_doi(paper) or None,
                dois=metadata.published_dois(paper),
                journal=edition.journal(paper) or None,
                url=urls.paper(paper.id.base),
            )
            for paper in edition.library.order
        )
    )


def _primary_first(paper: Paper) -> tuple[str, ...]:
    if not paper.primary:
        return paper.categories
    return (paper.primary, *(other for other in paper.categories if other != paper.primary))


def sitemap(edition: Edition, addresses: Sequence[str]) -> Sitemap:
    """Return a sitemap; of papers it has the day of the latest version."""
    root, updated = edition.absolute(""), edition.updated_on
    return Sitemap(
        urls=tuple([SitemapUrl(loc=root + url, lastmod=updated.get(url, "")) for url in addresses])
    )


def sitemap_index(edition: Edition, parts: int) -> SitemapIndex:
    """Return the index of a sitemap in several parts."""
    return SitemapIndex(
        parts=tuple(
            SitemapUrl(loc=edition.absolute(urls.sitemap_part(number)), lastmod="")
            for number in range(1, parts + 1)
        )
    )


def robots(edition: Edition) -> Robots:
    """Return robots.txt."""
    return Robots(sitemap=edition.absolute("sitemap.xml"))


def manifest(edition: Edition) -> Manifest:
    """Return the web manifest; its addresses are relative to itself (W3C Web Application Manifest)."""
    site = edition.site
    icons = [
        {"src": f"icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}
        for size in (192, 512)
    ]
    return Manifest(
        data={
            "name": site.title,
            "short_name": site.title[:30],
            "description": site.description,
            "lang": site.language,
            "start_url": "./",
            "scope": "./",
            "display": "minimal-ui",
            "background_color": "#ffffff",
            "theme_color": site.theme_color,
            "icons": icons,
        }
    )
