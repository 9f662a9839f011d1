"""The site model: all data that pages may show, as queries.

Papers are given by base identifier (``2603.07369``), persons by slug, months as ``(year, month)``. Lists of papers
are tuples of base identifiers, newest first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from sitegen.config.settings import Field, Lists
from sitegen.config.watches import Watch
from sitegen.incremental.checksum import digest
from sitegen.incremental.queries import query
from sitegen.models import MarkdownPage, Note
from sitegen.site.category_queries import CategoryQueries
from sitegen.site.contexts import Site, StaticFile
from sitegen.site.date_queries import DateQueries
from sitegen.site.paper_queries import PaperQueries
from sitegen.site.person_queries import PersonQueries
from sitegen.site.topic_queries import TopicQueries


class SiteModel(PaperQueries, PersonQueries, DateQueries, CategoryQueries, TopicQueries):
    """All queries: those of papers, persons, dates, categories and topics, and those of the site as a whole."""

    _addresses: Sequence[str] = ()

    def set_addresses(self, addresses: Sequence[str]) -> None:
        """Set the result of ``addresses``, which is known when the site map is complete."""
        self._addresses = addresses

    @query()
    def addresses(self) -> Sequence[str]:
        """Return the addresses of all pages that search engines are told of, below the root and in order."""
        return self._addresses

    @query()
    def settings(self) -> Site:
        """Return the settings that every page shows."""
        return self._site

    @query()
    def time_zone(self) -> str:
        """Return the name of the time zone in which days begin and end."""
        return str(self._library.zone)

    @query()
    def lists(self) -> Lists:
        """Return the settings for lists."""
        return self._config.lists

    @query()
    def repository(self) -> str:
        """Return the repository on GitHub where readers report mistakes, or an empty text."""
        return self._config.repository

    @query()
    def field(self) -> Field:
        """Return the settings that describe the field of research."""
        return self._config.field

    @query()
    def all_notes(self) -> tuple[Note, ...]:
        """Return the owner's notes on all papers, newest first."""
        notes = [note for notes in self._library.notes.values() for note in notes]
        notes.sort(key=lambda note: (note.date.isoformat() if note.date else "", note.slug), reverse=True)
        return tuple(notes)

    @query()
    def markdown_pages(self) -> tuple[str, ...]:
        """Return the slugs of the owner's pages."""
        return tuple([page.slug for page in self._library.pages])

    @query(lambda self: [page.slug for page in self._library.pages])
    def markdown_page(self, slug: str) -> MarkdownPage:
        """Return a page of the owner's."""
        return next(page for page in self._library.pages if page.slug == slug)

    @query()
    def asset_names(self) -> Mapping[str, str]:
        """Return the address of every static file by its name."""
        return self._assets.names

    @query()
    def root_files(self) -> tuple[str, ...]:
        """Return the addresses of the owner's files that are published at the root under their own names."""
        return tuple(sorted(self._assets.as_they_are))

    @query()
    def static_files(self) -> tuple[str, ...]:
        """Return the addresses of all static files."""
        return tuple(self._assets.files)

    def _file_digests(self) -> dict[str, bytes]:
        return {url: digest(file.data) for url, file in self._assets.files.items()}

    @query(lambda self: self._assets.files, _file_digests)
    def static_file(self, url: str) -> StaticFile:
        """Return the contents of a static file by its address."""
        return self._assets.files[url]

    @query()
    def offline(self) -> bool:
        """Return whether browsers keep pages for use without a network."""
        return self._config.offline

    @query()
    def worker(self) -> str:
        """Return the script of the service worker."""
        return self._assets.worker

    @query()
    def search_files(self) -> tuple[str, ...]:
        """Return the names of the files of the search index."""
        return tuple(self._search_files.names)

    @query(lambda self: self._search_files.names, lambda self: self._search_files.digests())
    def search_file(self, name: str) -> str:
        """Return the text of a file of the search index."""
        return self._search_files.text(name)

    @query()
    def names_files(self) -> tuple[str, ...]:
        """Return the names of the files of the index of persons, seen from search/."""
        return tuple(self._names_files.names)

    @query(lambda self: self._names_files.names, lambda self: self._names_files.digests())
    def names_file(self, name: str) -> str:
        """Return the text of a file of the index of persons."""
        return self._names_files.text(name)

    @query()
    def watches(self) -> tuple[Watch, ...]:
        """Return the saved searches."""
        return self._config.watch

    @query(lambda self: [watch.slug for watch in self._config.watch])
    def watch(self, slug: str) -> tuple[str, ...]:
        """Return the papers that match a saved search, newest first."""
        return self._watched[slug]

    @cached_property
    def _watched(self) -> Mapping[str, tuple[str, ...]]:
        found = {watch.slug: self._search_files.papers_for(watch.query) for watch in self._config.watch}
        position = self._library.position
        return {
            slug: tuple(sorted(papers, key=lambda base: position[base])) for slug, papers in found.items()
        }
