"""The library as it is being published: with this configuration, under these citation keys."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cached_property
from heapq import nlargest
from itertools import groupby
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from sitegen import sealed
from sitegen.arxiv import taxonomy
from sitegen.config import Config
from sitegen.exports import bibtex, csl, metadata
from sitegen.facts import Facts, Texts
from sitegen.library.library import Library
from sitegen.library.related import Related, neighbours_of
from sitegen.models import ArxivId, Name, Paper, Person
from sitegen.pages import urls
from sitegen.pages.calendar import Calendar
from sitegen.pages.contexts import CategoryLink, Count, Entry, Group, Item, Link, Site
from sitegen.text import ROOT, abstract, withdrawn

LETTERS = (*"abcdefghijklmnopqrstuvwxyz", "other")
# A list names so many authors before it says "and 12 more".
AUTHORS_IN_A_LIST = 5
# No page names more of those with most papers.
PROLIFIC = 60

_ENCODER = msgspec.msgpack.Encoder()
_STATIC_FILE = re.compile(re.escape(ROOT) + r"static/([^\"'<>?#]+)")


class Edition:
    """Library, configuration and what follows from both; entries of lists are made once and kept."""

    def __init__(
        self,
        library: Library,
        config: Config,
        *,
        assets: Mapping[str, str],
        facts: Mapping[str, Facts],
        texts: Callable[[Paper], Texts],
        related: Callable[[], Mapping[str, msgspec.Raw]],
        who: Mapping[str, bytes] | None = None,
    ) -> None:
        """Publish a library with its ``facts`` and ``texts``; ``related`` papers are asked for after all else.

        ``who`` are the persons encoded, if they are known.
        """
        self.library = library
        self.config = config
        self._assets = assets
        self._facts = facts
        self._texts = texts
        self._find_related = related
        self._who = who
        self.site = _site(library, config)
        self.cite_keys = bibtex.unique_keys(
            (paper.id, facts[paper.id.base].cite_key) for paper in library.order
        )
        self.calendar = Calendar(library)
        self._entries: dict[str, Entry] = {}
        self._bibtex: dict[str, str] = {}
        self._briefs: dict[str, str] = {}
        self._alone: dict[str, tuple[Group, ...]] = {}
        self._authors: dict[str, frozenset[str]] = {}
        self._credits: dict[str, list[Count]] = {}
        self._category_years: dict[str, dict[int, list[Paper]]] = {}

    @cached_property
    def near(self) -> Mapping[str, msgspec.Raw]:
        """The neighbours of each paper, encoded; each process waits for them when it needs them."""
        return self._find_related()

    def related(self, base: str) -> tuple[Related, ...]:
        """Return the nearest papers of a paper."""
        return neighbours_of(self.near[base])

    def prepare(self) -> None:
        """Find out what pages need, before they are dealt out to processes."""
        _ = self.shown, self.who, self.by_letter, self.latest, self.primaries

    @cached_property
    def shown(self) -> Mapping[str, bytes]:
        """The digest, by base identifier, of all that a page may show of a paper alone: the record, links, marks."""
        papers, notes, keys = self.library.papers, self.library.notes, self.cite_keys
        links = self._links()
        shown = {}
        for base, known in self._facts.items():
            # What is as the paper itself would have it need not be said, and of most papers all is.
            key = "" if keys[base] == known.cite_key else keys[base]
            present = [other for other in known.mentions if other in papers] if known.mentions else ()
            link = links.get(base, "")
            if key or present or link or base in notes:
                rest = f"{link}{key} {len(notes.get(base, ()))} {present}"
                shown[base] = sealed.digest(known.digest + rest.encode())
            else:
                shown[base] = known.digest
        return shown

    def _links(self) -> Mapping[str, str]:
        """How links to persons read, by paper, where that does not follow from the names in the paper."""
        library = self.library
        papers, link_of = library.papers, library.link_of
        slugs = {library.slug_of[printed] for printed in link_of}
        return {
            base: "".join([link_of.get(credit.name.printed, "") for credit in papers[base].credits])
            for base in {base for slug in slugs for base in library.people[slug].papers}
        }

    @cached_property
    def who(self) -> Mapping[str, bytes]:
        """All that is known of every person, by slug, encoded."""
        if self._who is not None:
            return self._who
        people, encode = self.library.people, _ENCODER.encode
        # In the order in which they were found, which is that of the memory: by their names it takes twice the time.
        return {slug: encode(people[slug]) for slug in dict.fromkeys(self.library.slug_of.values())}

    @cached_property
    def by_letter(self) -> Mapping[str, Sequence[Person]]:
        """The persons under the first letter of their family name, in order; letters that somebody has."""
        index: dict[str, list[Person]] = {letter: [] for letter in LETTERS}
        for letter, people in groupby(self.library.people.values(), attrgetter("letter")):
            index[letter] += people
        return {letter: people for letter, people in index.items() if people}

    def all_shown(self, papers: Iterable[Paper]) -> bytes:
        """Return the digests of what is shown of some papers."""
        shown = self.shown
        return b"".join([shown[paper.id.base] for paper in papers])

    def title(self, paper: Paper) -> str:
        """Return a paper's title as plain text."""
        return self._facts[paper.id.base].title

    def journal(self, paper: Paper) -> str:
        """Return a paper's journal reference as plain text."""
        return self._facts[paper.id.base].journal

    @cached_property
    def latest(self) -> list[Paper]:
        """The papers that changed last, as many as the site's feed has."""
        size = self.config.lists.feed_size
        moments = nlargest(size, [paper.updated for paper in self.library.order])
        changed = [paper for paper in self.library.order if paper.updated >= moments[-1]]
        changed.sort(key=lambda paper: (paper.updated, paper.id.sort_key), reverse=True)
        return changed[:size]

    @cached_property
    def updated_on(self) -> Mapping[str, str]:
        """The day of each paper's latest version, by the URL of its page."""
        return {
            urls.paper(base): str(self.library.day(paper.updated))
            for base, paper in self.library.papers.items()
        }

    def absolute(self, url: str) -> str:
        """Return the public address of a URL below the root."""
        return self.site.url + url

    def person_url(self, name: Name) -> str:
        """Return the URL of the page of who is credited, "" where that is no name."""
        slug = self.library.slug_of.get(name.printed)
        return urls.person(slug) if slug else ""

    @cached_property
    def earlier_addresses(self) -> frozenset[str]:
        """The URLs of pages that lead to where a person's page is now."""
        size = self.config.lists.page_size
        return frozenset(
            urls.part(urls.person(slug), number)
            for person in self.library.people.values()
            for slug, papers in person.moved
            for number in range(1, -(-papers // size) + 1)
        )

    def entry(self, paper: Paper) -> Entry:
        """Return a paper as it stands in lists."""
        base = paper.id.base
        if (entry := self._entries.get(base)) is None:
            entry = self._entries[base] = self._make_entry(paper)
        return entry

    def _make_entry(self, paper: Paper) -> Entry:
        facts = self._facts[paper.id.base]
        day = self.library.day_of[paper.id.base]
        # "and 1 more" takes more room than the name itself.
        shown = len(paper.credits) if len(paper.credits) <= AUTHORS_IN_A_LIST + 1 else AUTHORS_IN_A_LIST
        return Entry(
            url=urls.paper(paper.id.base),
            id=paper.id.base,
            title_html=facts.heading,
            authors=tuple(
                Link(label=credit.name.printed, url=self.person_url(credit.name))
                for credit in paper.credits[:shown]
            ),
            more_authors=len(paper.credits) - shown,
            date=urls.short_date(day),
            primary=paper.primary,
            journal=facts.journal,
            withdrawn=bool(withdrawn.statement(paper.comment, paper.abstract)),
            notes=len(self.library.notes.get(paper.id.base, ())),
        )

    def with_assets(self, html: str) -> str:
        """Return an owner's text with the real addresses of the static files that it shows (/static/plot.png)."""

        def real(match: re.Match[str]) -> str:
            return ROOT + self._assets.get(match[1], f"static/{match[1]}")

        return _STATIC_FILE.sub(real, html)

    def texts(self, paper: Paper) -> Texts:
        """Return a paper in the words of this edition: with links to its own papers, under its citation keys."""
        base = paper.id.base
        texts, facts, key = self._texts(paper), self._facts[base], self.cite_keys[base]
        if key != facts.cite_key:
            zone = self.library.zone
            item = csl.item(paper, key, metadata.abs_url(paper.id), zone)
            texts = replace(texts, bibtex=bibtex.entry(paper, key, zone), csl=csl.dumps(item))
        if any(mentioned in self.library.papers for mentioned in facts.mentions):
            texts = replace(
                texts,
                abstract_html=abstract.to_html(paper.abstract, self._local),
                comment_html=abstract.inline_html(paper.comment, self._local),
            )
        # Lists ask for these again and again.
        self._bibtex[base], self._briefs[base] = texts.bibtex, texts.brief
        return texts

    def _local(self, identifier: ArxivId) -> str | None:
        return urls.paper(identifier.base) if identifier.base in self.library.papers else None

    def withdrawal_html(self, paper: Paper) -> str:
        """Return the statement that a paper was withdrawn as markup, "" where there is none."""
        said = withdrawn.statement(paper.comment, paper.abstract)
        return abstract.inline_html(said, self._local) if said else ""

    def bibtex(self, paper: Paper) -> str:
        """Return a paper's BibTeX entry."""
        return self._bibtex.get(paper.id.base) or self.texts(paper).bibtex

    def brief(self, paper: Paper) -> str:
        """Return the beginning of a paper's abstract."""
        return self._briefs.get(paper.id.base) or self.texts(paper).brief

    def category_years(self, identifier: str) -> dict[int, list[Paper]]:
        """Return a category's papers by year of submission, newest first."""
        if (years := self._category_years.get(identifier)) is None:
            years = self._category_years[identifier] = {}
            for paper in self.library.in_category[identifier]:
                years.setdefault(self.library.day_of[paper.id.base].year, []).append(paper)
        return years

    def items(self, papers: Iterable[Paper]) -> tuple[Item, ...]:
        """Return papers as plain items of a list."""
        return tuple([Item(entry=self.entry(paper), mark="", abstract_html="") for paper in papers])

    def groups_by_year(self, papers: Sequence[Paper]) -> tuple[Group, ...]:
        """Return papers, newest first, under a heading for each year."""
        # Most persons have one paper, and share it with others who have no more.
        alone = papers[0].id.base if len(papers) == 1 else ""
        if alone in self._alone:
            return self._alone[alone]
        years: dict[int, list[Paper]] = {}
        for paper in papers:
            years.setdefault(self.library.day_of[paper.id.base].year, []).append(paper)
        groups = tuple(
            [
                Group(label=str(year), url=urls.year(year), items=self.items(members), more=0)
                for year, members in years.items()
            ]
        )
        if alone:
            self._alone[alone] = groups
        return groups

    def authors(self, base: str) -> frozenset[str]:
        """Return the slugs of those who wrote a paper."""
        if (known := self._authors.get(base)) is None:
            slug_of = self.library.slug_of
            credits = self.library.papers[base].credits
            known = self._authors[base] = frozenset(
                [slug_of[credit.name.printed] for credit in credits if credit.name.printed in slug_of]
            )
        return known

    def credits(self, base: str) -> list[Count]:
        """Return those who wrote a paper as coauthors of one another, in the order of their slugs."""
        if (known := self._credits.get(base)) is None:
            people = self.library.people
            known = self._credits[base] = [
                Count(label=people[slug].name.printed, url=urls.person(slug), count=1)
                for slug in sorted(self.authors(base))
            ]
        return known

    @cached_property
    def prolific(self) -> list[Person]:
        """Those who have several papers, the most prolific first; as many as a page may name."""
        several = [person for person in self.library.people.values() if len(person.papers) > 1]
        return nlargest(PROLIFIC, several, key=lambda person: len(person.papers))

    @cached_property
    def primaries(self) -> Mapping[str, int]:
        """The number of papers that have a category as their primary one."""
        return Counter([paper.primary for paper in self.library.order if paper.primary in paper.categories])


def update_mark(paper: Paper) -> str:
    """Return how a list marks a paper that is there because of a new version."""
    return f"updated v{paper.id.version}" if paper.id.version else "updated"


def category_link(identifier: str) -> CategoryLink:
    """Return a category with arXiv's name for it."""
    return CategoryLink(id=identifier, name=taxonomy.name(identifier), url=urls.category(identifier))


def stamp(moment: datetime, zone: tzinfo) -> str:
    """Return a moment as RFC 3339 in a time zone, to the second."""
    return moment.astimezone(zone).isoformat(timespec="seconds").replace("+00:00", "Z")


def _site(library: Library, config: Config) -> Site:
    built_in = [Link(label="Authors", url=urls.AUTHORS), Link(label="Archive", url=urls.ARCHIVE)]
    if library.in_category:
        built_in.append(Link(label="Categories", url=urls.CATEGORIES))
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
        footer=(Link(label="Atom feed", url=urls.SITE_FEED), Link(label="papers.json", url=urls.PAPERS_JSON)),
    )
