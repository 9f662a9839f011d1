"""Files for machines: Atom feeds, bibliographies, papers.json, sitemaps, robots.txt, manifest, search index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sitegen.exports import bibtex, metadata
from sitegen.models import Paper
from sitegen.site import split, urls
from sitegen.site.collaborations import named_in_feed
from sitegen.site.contexts import (
    AtomFeed,
    Bibliography,
    FeedEntry,
    OpenSearch,
    PaperRecord,
    PapersJson,
    Robots,
    Sitemap,
    SitemapIndex,
    SitemapUrl,
    StaticFile,
    WebManifest,
)
from sitegen.site.lists import stamp
from sitegen.site.model import SiteModel
from sitegen.text import abstract

# Above it a sitemap becomes an index of several (the protocol's own limit is 50,000).
URLS_IN_A_SITEMAP = 40_000
# There are many authors: their feeds carry fewer entries than the site's, and less of each abstract.
ENTRIES_IN_A_PERSON_FEED = 5
# Categories have whole abstracts, but a field's own category has no more than ten papers a day.
ENTRIES_IN_A_CATEGORY_FEED = 25
# Topics have short feeds too, and the BibTeX of their newest papers: whole ones would take 0.5 KB a paper.
ENTRIES_IN_A_TOPIC_FEED = 10
ENTRIES_IN_A_TOPIC_BIBLIOGRAPHY = 20


def atom_feed(
    site: SiteModel, title: str, url: str, alternate: str, papers: Sequence[str], *, brief: bool = False
) -> AtomFeed:
    """Return a feed of papers, the latest change first; a brief one has the beginnings of abstracts."""
    latest = sorted(
        map(site.paper, papers), key=lambda paper: (paper.updated, paper.id.sort_key), reverse=True
    )
    newest = latest[0].updated if latest else datetime(1970, 1, 1, tzinfo=UTC)
    root, zone = site.settings().url, ZoneInfo(site.time_zone())
    return AtomFeed(
        title=title,
        url=root + url,
        alternate=root + alternate,
        updated=stamp(newest, zone),
        entries=tuple(_feed_entry(site, paper, brief) for paper in latest),
    )


def site_feed(site: SiteModel) -> AtomFeed:
    """Return the feed of the newest papers of the whole archive."""
    return atom_feed(site, site.settings().title, urls.SITE_FEED, urls.HOME, site.latest())


def category_feed(site: SiteModel, code: str) -> AtomFeed:
    """Return the feed of a category's newest papers."""
    size = min(site.lists().feed_size, ENTRIES_IN_A_CATEGORY_FEED)
    section = urls.category(code)
    title = f"{code} – {site.settings().title}"
    return atom_feed(site, title, urls.feed(section), section, site.papers_of_category(code)[:size])


def person_feed(site: SiteModel, slug: str) -> AtomFeed:
    """Return the feed of a person's newest papers."""
    person = site.person(slug)
    section = urls.person(slug)
    title = f"{person.name.printed} – {site.settings().title}"
    papers = person.papers[:ENTRIES_IN_A_PERSON_FEED]
    return atom_feed(site, title, urls.feed(section), section, papers, brief=True)


def topic_feed(site: SiteModel, slug: str) -> AtomFeed:
    """Return the feed of the newest papers that are about a topic."""
    papers = site.papers_of_topic(slug)[:ENTRIES_IN_A_TOPIC_FEED]
    section = urls.topic(slug)
    title = f"{site.topic(slug).name} – {site.settings().title}"
    return atom_feed(site, title, urls.feed(section), section, papers, brief=True)


def _feed_entry(site: SiteModel, paper: Paper, brief: bool) -> FeedEntry:
    base, zone = paper.id.base, ZoneInfo(site.time_zone())
    return FeedEntry(
        # The same from version to version (RFC 4287, 4.2.6).
        id=metadata.abs_url(base),
        url=site.settings().url + urls.paper(base),
        title=site.title(base),
        authors=named_in_feed(paper.credits, brief=brief),
        published=stamp(paper.published, zone),
        updated=stamp(paper.updated, zone),
        categories=() if brief else paper.categories,
        summary=site.brief(base) if brief else abstract.to_text(paper.abstract),
    )


def _bibliography(
    site: SiteModel, subject: str, papers: Sequence[str], entry: Callable[[str], str]
) -> Bibliography:
    """Return the BibTeX of papers under one line that says what they are; ``entry`` gives that of each."""
    heading = bibtex.remark(f"{site.settings().title}: {subject}")
    return Bibliography(heading=heading, entries=tuple(map(entry, papers)))


def year_bibliography(site: SiteModel, year: int) -> Bibliography:
    """Return the BibTeX of a year."""
    return _bibliography(site, str(year), site.papers_of_year(year), site.bibtex)


def category_bibliography(site: SiteModel, code: str) -> Bibliography:
    """Return the BibTeX of a category."""
    return _bibliography(site, code, site.papers_of_category(code), site.short_bibtex)


def person_bibliography(site: SiteModel, slug: str) -> Bibliography:
    """Return the BibTeX of a person."""
    person = site.person(slug)
    return _bibliography(site, person.name.printed, person.papers, site.short_bibtex)


def topic_bibliography(site: SiteModel, slug: str) -> Bibliography:
    """Return the BibTeX of the newest papers that are about a topic."""
    papers = site.papers_of_topic(slug)[:ENTRIES_IN_A_TOPIC_BIBLIOGRAPHY]
    return _bibliography(site, site.topic(slug).name, papers, site.short_bibtex)


def papers_json(site: SiteModel) -> PapersJson:
    """Return the list of all papers."""
    zone = ZoneInfo(site.time_zone())
    return PapersJson(
        papers=tuple(
            PaperRecord(
                id=base,
                version=paper.id.version,
                title=site.title(base),
                authors=tuple([credit.name.printed for credit in paper.credits]),
                published=paper.published.astimezone(zone),
                updated=paper.updated.astimezone(zone),
                categories=_primary_first(paper),
                doi=metadata.published_doi(paper) or None,
                dois=metadata.published_dois(paper),
                journal=site.journal(base) or None,
                url=urls.paper(base),
            )
            for base in site.papers()
            for paper in (site.paper(base),)
        )
    )


def _primary_first(paper: Paper) -> tuple[str, ...]:
    if not paper.primary:
        return paper.categories
    return (paper.primary, *(other for other in paper.categories if other != paper.primary))


def sitemap(site: SiteModel, number: int) -> Sitemap:
    """Return part ``number`` (from 1) of the sitemap; of papers it has the day of the latest version."""
    root, runs = site.settings().url, split.parts(site.addresses(), URLS_IN_A_SITEMAP)
    updated = {urls.paper(base): str(site.updated_on(base)) for base in site.papers()}
    return Sitemap(
        urls=tuple([SitemapUrl(loc=root + url, lastmod=updated.get(url, "")) for url in runs[number - 1]])
    )


def sitemap_index(site: SiteModel) -> SitemapIndex:
    """Return the index of a sitemap in several parts."""
    root, runs = site.settings().url, split.parts(site.addresses(), URLS_IN_A_SITEMAP)
    return SitemapIndex(
        parts=tuple(SitemapUrl(loc=root + urls.sitemap_part(number)) for number in range(1, len(runs) + 1))
    )


def search_file(site: SiteModel, name: str) -> StaticFile:
    """Return a file of the search index; it has no template."""
    return StaticFile(data=site.search_file(name).encode())


def names_file(site: SiteModel, name: str) -> StaticFile:
    """Return a file of the index of persons; it has no template."""
    return StaticFile(data=site.names_file(name).encode())


def watch_feed(site: SiteModel, slug: str) -> AtomFeed:
    """Return the feed of the newest papers that match a saved search."""
    watch = next(watch for watch in site.watches() if watch.slug == slug)
    section = urls.watch(slug)
    title = f"{watch.title} – {site.settings().title}"
    papers = site.watch(slug)[: min(site.lists().feed_size, ENTRIES_IN_A_CATEGORY_FEED)]
    return atom_feed(site, title, urls.feed(section), section, papers)


def opensearch(site: SiteModel) -> OpenSearch:
    """Return the description of the search for a browser's address bar."""
    return OpenSearch(url=site.settings().url + urls.SEARCH)


def robots(site: SiteModel) -> Robots:
    """Return robots.txt."""
    return Robots(sitemap=site.settings().url + "sitemap.xml")


def manifest(site: SiteModel) -> WebManifest:
    """Return the web manifest; its addresses are relative to itself (W3C Web Application Manifest)."""
    settings = site.settings()
    icons = [
        {"src": f"icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}
        for size in (192, 512)
    ]
    return WebManifest(
        data={
            "name": settings.title,
            "short_name": settings.title[:30],
            "description": settings.description,
            "lang": settings.language,
            "start_url": "./",
            "scope": "./",
            "display": "minimal-ui",
            "background_color": "#ffffff",
            "theme_color": settings.theme_color,
            "icons": icons,
        }
    )
