"""The list of topics and the page of a topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from sitegen.library.topic_words import Topic
from sitegen.search.query import quoted
from sitegen.site import split, urls
from sitegen.site.bylines import Author
from sitegen.site.contexts import Count, Group, Link, TopicLetter, TopicPage, TopicsPage
from sitegen.site.lists import activity, fitting, items_of_year, room_beside
from sitegen.site.machine import ENTRIES_IN_A_TOPIC_BIBLIOGRAPHY
from sitegen.site.model import SiteModel

_CRUMB = Link(label="Topics", url=urls.TOPICS)
_RELATED_SHOWN, _AUTHORS_SHOWN = 12, 12
# Of so many papers of a topic, at least, a paper must be about another one for the two to be related.
_SHARED = 2
# Lines beside a list that the picture of the years takes.
_LINES_OF_ACTIVITY = 5


def topics_page(site: SiteModel) -> TopicsPage:
    """Return what the list of all topics shows."""
    counts = [_count(site.topic(slug), papers) for slug, papers in site.topics().items()]
    letters = groupby(counts, key=lambda count: count.label[0].upper())
    return TopicsPage(
        title="Topics",
        description=f"{len(counts)} terms that recur in the papers of {site.settings().title}.",
        url=urls.TOPICS,
        section=urls.TOPICS,
        topics=len(counts),
        letters=tuple([TopicLetter(label=letter, topics=tuple(members)) for letter, members in letters]),
        map_url=urls.MAP if site.has_map() else "",
    )


def largest_topics(site: SiteModel, most: int) -> tuple[Count, ...]:
    """Return the topics with most papers."""
    ranked = sorted(site.topics().items(), key=lambda item: (-item[1], item[0]))
    return tuple([_count(site.topic(slug), papers) for slug, papers in ranked[:most]])


def topic_page(site: SiteModel, slug: str, number: int) -> TopicPage:
    """Return part ``number`` (from 1) of the papers that are about a topic."""
    topic, papers = site.topic(slug), site.papers_of_topic(slug)
    years = {base: site.submitted_on(base).year for base in papers}
    first, last = years[papers[-1]], years[papers[0]]
    section = urls.topic(slug)
    part = split.part(
        section, papers, site.lists().page_size, number, lambda *ends: span(*[years[base] for base in ends])
    )
    groups = [
        Group(label=str(year), url=urls.year(year), items=items_of_year(site, members))
        for year, members in groupby(part.items, key=years.__getitem__)
    ]
    room = room_beside(len(part.items), len(groups)) - _LINES_OF_ACTIVITY
    related = fitting(_related(site, slug, papers), _RELATED_SHOWN, room // 2)
    authors = fitting(_authors(site, papers), _AUTHORS_SHOWN, room - len(related))
    title, noun = heading(topic), "paper" if len(papers) == 1 else "papers"
    return TopicPage(
        title=title,
        description=f"{len(papers):,} {noun} about {topic.name}, {span(last, first)}, in {site.settings().title}.",
        url=part.url,
        section=urls.TOPICS,
        crumbs=(_CRUMB,),
        feed_url=urls.feed(section),
        also=topic.also,
        extent=f"{len(papers):,} {noun}, {span(last, first)}",
        activity_html=activity(site, f"Papers per year about {title}", list(years.values()))
        if first < last
        else "",
        years=tuple(groups),
        pager=part.pager,
        related=related,
        authors=authors,
        search_url=urls.search(quoted(topic.name)),
        bibliography=Link(label=_bibliography_label(len(papers)), url=urls.bibliography(section)),
    )


def _bibliography_label(papers: int) -> str:
    shown = ENTRIES_IN_A_TOPIC_BIBLIOGRAPHY
    return "BibTeX of all" if papers <= shown else f"BibTeX of the newest {shown}"


def heading(topic: Topic) -> str:
    """Return the name of a topic with a capital, if it is not written with capitals of its own (fMRI)."""
    word, blank, rest = topic.name.partition(" ")
    return f"{word.capitalize() if word.islower() else word}{blank}{rest}"


def span(newest: int, oldest: int) -> str:
    """Return ``2012`` or ``2004–2012``."""
    return str(newest) if newest == oldest else f"{oldest}–{newest}"


def _count(topic: Topic, papers: int) -> Count:
    return Count(label=heading(topic), url=urls.topic(topic.slug), count=papers)


def _related(site: SiteModel, slug: str, papers: Sequence[str]) -> list[Count]:
    """Return the topics that many of some papers are about, those first that are about little else."""
    shared = Counter([other for base in papers for other in site.topics_of(base) if other != slug])
    others = [site.topic(other) for other, count in shared.items() if count >= _SHARED]
    others.sort(key=lambda topic: (-(shared[topic.slug] ** 2) / topic.papers, topic.slug))
    return [_count(topic, shared[topic.slug]) for topic in others]


def _authors(site: SiteModel, papers: Sequence[str]) -> list[Count]:
    """Return those who have several of some papers, most papers first."""
    counts: Counter[Author] = Counter()
    for base in papers:
        counts.update({author for author in site.authors(base) if author.slug})
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        Count(label=author.name, url=urls.person(author.slug), count=count)
        for author, count in ranked
        if count > 1
    ]
