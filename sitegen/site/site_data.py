"""The data behind the site model. Pages have access to it through queries only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from sitegen.config.settings import Config
from sitegen.exports import bibtex
from sitegen.incremental.queries import Model
from sitegen.library.layout import Place
from sitegen.library.library import Library
from sitegen.library.topics import Topics
from sitegen.site import urls
from sitegen.site.assets import Assets
from sitegen.site.bylines import Author, Byline
from sitegen.site.contexts import Entry, Link, Site
from sitegen.site.derived import DerivedFields
from sitegen.site.names_files import NamesFiles
from sitegen.site.search_files import SearchFiles


class SiteData(Model):
    """The library with the site's settings, and what follows from both."""

    def __init__(
        self,
        library: Library,
        config: Config,
        assets: Assets,
        derived: DerivedFields,
        indexes: tuple[SearchFiles, NamesFiles],
        related: Callable[[], Mapping[str, msgspec.Raw]],
        atlas: tuple[Topics, Mapping[str, Place]],
    ) -> None:
        """``related`` waits for the encoded neighbours of all papers and returns them by base identifier.

        ``atlas`` are the topics, and the places of papers on the map, if there is one.
        """
        super().__init__()
        self._library = library
        self._config = config
        self._assets = assets
        self._facts = derived.facts
        self._records = derived.records
        self._read_texts = derived.texts
        self._search_files, self._names_files = indexes
        self._find_related = related
        self._found_topics, self._layout = atlas
        self._site = _site(library, config, atlas[0])
        self._cite_keys = bibtex.unique_keys(
            (paper.id, derived.facts[paper.id.base].cite_key) for paper in library.order
        )
        # Results that many lists ask for.
        self._entries: dict[str, Entry] = {}
        self._authors: dict[str, tuple[Author, ...]] = {}
        self._bibtex: dict[str, str] = {}
        self._short_bibtex: dict[str, str] = {}
        self._bylines: dict[str, Byline] = {}
        self._briefs: dict[str, str] = {}


def _site(library: Library, config: Config, topics: Topics) -> Site:
    """Return what every template can show: the settings, and the links at the top and bottom of each page.

    Links at the top are those of the settings or, if there are none, the built-in ones and the owner's pages.
    """
    built_in = [
        Link(label="Search", url=urls.SEARCH),
        Link(label="Authors", url=urls.AUTHORS),
        Link(label="Archive", url=urls.ARCHIVE),
    ]
    if library.in_category:
        built_in.append(Link(label="Categories", url=urls.CATEGORIES))
    if topics.topics:
        built_in.append(Link(label="Topics", url=urls.TOPICS))
    if library.notes:
        built_in.append(Link(label="Notes", url=urls.NOTES))
    built_in += [
        Link(label=page.title, url=urls.markdown_page(page.slug))
        for page in library.pages
        if "/" not in page.slug
    ]
    chosen = [Link(label=entry.label, url=entry.page) for entry in config.navigation]
    return Site(
        title=config.title,
        description=config.description,
        url=config.url,
        language=config.language,
        owner=config.owner,
        owner_url=config.owner_url,
        theme_color=config.theme_color,
        navigation=tuple(chosen or built_in),
        footer=(
            Link(label="Catch up", url=urls.CATCH_UP),
            Link(label="Following", url=urls.FOLLOWING),
            Link(label="Reading list", url=urls.READING_LIST),
            Link(label="Atom feed", url=urls.SITE_FEED),
            Link(label="papers.json", url=urls.PAPERS_JSON),
        ),
    )
