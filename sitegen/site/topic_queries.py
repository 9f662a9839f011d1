"""Queries for topics, given by slug."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from sitegen.incremental.queries import query
from sitegen.library.layout import Place
from sitegen.library.topic_words import Topic
from sitegen.site.site_data import SiteData


class TopicQueries(SiteData):
    """All that pages show of topics."""

    @cached_property
    def _topics(self) -> Mapping[str, Topic]:
        return {topic.slug: topic for topic in self._found_topics.topics if self._papers_about[topic.slug]}

    @cached_property
    def _papers_about(self) -> Mapping[str, tuple[str, ...]]:
        papers: dict[str, list[str]] = {topic.slug: [] for topic in self._found_topics.topics}
        slugs, topics_of = list(papers), self._found_topics.of_paper
        for base in self._library.papers:
            for place in topics_of[base]:
                papers[slugs[place]].append(base)
        return {slug: tuple(found) for slug, found in papers.items()}

    def _slugs_of_topics(self) -> Iterable[str]:
        return self._topics

    @query()
    def topics(self) -> Mapping[str, int]:
        """Return the number of papers of every topic, in alphabetical order of their names."""
        return {slug: len(self._papers_about[slug]) for slug in self._topics}

    @query(_slugs_of_topics)
    def topic(self, slug: str) -> Topic:
        """Return a topic."""
        return self._topics[slug]

    @query(_slugs_of_topics)
    def papers_of_topic(self, slug: str) -> tuple[str, ...]:
        """Return the papers that are about a topic."""
        return self._papers_about[slug]

    @cached_property
    def _slugs_of_forms(self) -> Mapping[str, str]:
        return {" ".join(form): slug for slug, topic in self._topics.items() for form in topic.forms}

    @query()
    def topic_forms(self) -> Mapping[str, str]:
        """Return the topic of each of its forms, which are given as the stems of their words with blanks between."""
        return self._slugs_of_forms

    @query()
    def layout(self) -> Mapping[str, Place]:
        """Return the places of papers on the map that the owner has computed; none if there is no map."""
        known = self._library.papers
        return {base: place for base, place in self._layout.items() if base in known}

    @query()
    def has_map(self) -> bool:
        """Return whether there is a page with a map."""
        return bool(self._topics) and not self._library.papers.keys().isdisjoint(self._layout)

    def _bases_of_papers(self) -> Iterable[str]:
        return self._library.papers

    def _digests_of_topics(self) -> dict[str, bytes]:
        slugs = [topic.slug for topic in self._found_topics.topics]
        return {
            base: " ".join([slugs[place] for place in places]).encode()
            for base, places in self._found_topics.of_paper.items()
        }

    @query(_bases_of_papers, _digests_of_topics)
    def topics_of(self, base: str) -> tuple[str, ...]:
        """Return the topics of a paper, the most important first."""
        topics = self._found_topics.topics
        return tuple([topics[place].slug for place in self._found_topics.of_paper[base]])
