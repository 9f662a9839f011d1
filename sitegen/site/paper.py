"""The page of a paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from sitegen.exports import journal, metadata
from sitegen.feeds import taxonomy
from sitegen.library.topic_words import stems
from sitegen.models import Note, Paper, Related
from sitegen.search.query import quoted
from sitegen.site import urls
from sitegen.site.contexts import (
    CategoryLink,
    CreditLine,
    Link,
    NoteView,
    PaperPage,
    RelatedPaper,
    VersionLink,
)
from sitegen.site.lists import with_assets
from sitegen.site.model import SiteModel
from sitegen.text import doi

_ANNOUNCED_AS = {
    "new": "new submission",
    "cross": "cross-listed",
    "replace": "replaced",
    "replace-cross": "replaced, cross-listed",
}
_LONGEST_REFERENCE = 60  # characters, where a line has room for little more than the name of a journal
_LONGEST_NEIGHBOUR = 60  # characters of the title of a paper that is near in time alone
# Papers with more versions are very rare; a page names only those that are in the feeds.
_ALL_VERSIONS = 100
_AUTHORS_NAMED = 3  # at most, as shared by a related paper
# arXiv makes HTML of papers submitted since December 2023.
_FIRST_WITH_HTML = "202312"


def paper_page(site: SiteModel, base: str) -> PaperPage:
    """Return what the page of a paper shows."""
    paper = site.paper(base)
    abs_url = metadata.abs_url(paper.id)
    submitted, revised = site.submitted_on(base), site.updated_on(base)
    zone = ZoneInfo(site.time_zone())
    affiliations = _affiliations(paper)
    credits = _credit_lines(site, base, affiliations)
    # The last author is always shown. A fold that hides one or two names only costs a click.
    fold = site.lists().fold_authors
    shown, last = (fold, len(credits) - 1) if len(credits) > fold + 3 else (len(credits), len(credits))
    entry = site.entry(base)
    texts, beside = site.texts(base), site.beside(base)
    has_html = paper.id.sort_key >= _FIRST_WITH_HTML and not entry.withdrawn
    return PaperPage(
        title=site.title(base),
        description=texts.description,
        url=urls.paper(base),
        section=urls.ARCHIVE,
        id=base,
        version=f"v{paper.id.version}" if paper.id.version else "",
        heading_html=entry.title_html,
        credits=tuple(credits[:shown]),
        folded_credits=tuple(credits[shown:last]),
        last_credits=tuple(credits[last:]),
        affiliations=affiliations,
        abstract_html=texts.abstract_html,
        withdrawn=entry.withdrawn,
        withdrawal_html=site.withdrawal_html(base) if entry.withdrawn else "",
        before_withdrawal=_before_withdrawal(paper) if entry.withdrawn else None,
        submitted=urls.short_date(submitted),
        submitted_url=urls.day(submitted),
        revised=urls.short_date(revised) if revised != submitted else "",
        versions=_versions(paper, zone),
        announcements=tuple(
            [f"{_ANNOUNCED_AS[known.kind]}, {urls.spoken_date(known.day)}" for known in paper.announcements]
        ),
        comment_html=texts.comment_html,
        journal=site.journal(base),
        journal_name=_journal_name(site.journal(base)),
        published=tuple([_doi(known) for known in paper.dois]),
        preprint=_doi(paper.arxiv_doi),
        primary=_category(paper.primary) if paper.primary else None,
        cross_lists=tuple([_category(other) for other in paper.categories if other != paper.primary]),
        subject_classes=paper.subject_classes,
        recurring=tuple(
            [Link(label=site.topic(slug).name, url=urls.topic(slug)) for slug in site.topics_of(base)]
        ),
        abs_url=abs_url,
        pdf_url="" if entry.withdrawn else metadata.pdf_url(paper.id),
        html_url=metadata.html_url(paper.id) if has_html else "",
        links=tuple([Link(label=link.split("://", 1)[-1].rstrip("/"), url=link) for link in paper.links]),
        license_url=paper.license,
        bibtex=texts.bibtex,
        ris=texts.ris,
        csl=texts.csl,
        reference=texts.reference,
        markdown=texts.markdown,
        related=tuple([_related(site, near) for near in site.related(base)]),
        more_related_url=urls.search(query) if (query := site.related_query(base)) else "",
        notes=tuple([note_view(site, note) for note in site.notes(base)]),
        newer=_link(site, beside.newer),
        older=_link(site, beside.older),
        meta=metadata.highwire(paper, site.settings().language, zone),
        json_ld_html=texts.json_ld_html,
    )


@lru_cache(maxsize=512)
def _category(code: str) -> CategoryLink:
    return CategoryLink(id=code, name=taxonomy.name(code), url=urls.category(code))


def note_id(note: Note) -> str:
    """Return the fragment under which a note stands on its paper's page."""
    return f"note-{note.slug.replace('/', '-')}"


def note_author(site: SiteModel, note: Note) -> str:
    """Return whose a note is: its author's, else the site owner's, else the site's."""
    return note.author or site.settings().owner or site.settings().title


def note_view(site: SiteModel, note: Note) -> NoteView:
    """Return a note as its paper's page shows it."""
    return NoteView(
        id=note_id(note),
        title=note.title,
        author=note_author(site, note),
        date=urls.spoken_date(note.date) if note.date else "",
        body_html=with_assets(site, note.html),
    )


def _affiliations(paper: Paper) -> tuple[str, ...]:
    """Return all affiliations of a paper's authors, each once, in the order in which they are first given."""
    return tuple(dict.fromkeys([place for credit in paper.credits for place in credit.affiliations]))


def _credit_lines(site: SiteModel, base: str, affiliations: tuple[str, ...]) -> list[CreditLine]:
    credits = site.paper(base).credits
    # A number by every name says nothing where all are of one place.
    all_of_one = len(affiliations) == 1 and all(credit.affiliations for credit in credits)
    numbers = {} if all_of_one else {place: str(number) for number, place in enumerate(affiliations, 1)}
    return [
        CreditLine(
            name=credit.name.printed,
            url=urls.person(author.slug) if author.slug else "",
            marks=",".join([numbers[place] for place in credit.affiliations]) if numbers else "",
        )
        for credit, author in zip(credits, site.authors(base), strict=True)
    ]


def _versions(paper: Paper, zone: tzinfo) -> tuple[tuple[VersionLink, ...], ...]:
    """Return the lines of the list of versions: one for each with a date, one for each run of those without."""
    latest = max([paper.id.version or 1, *[version.number for version in paper.versions]])
    if latest == 1:
        return ()
    dates = {version.number: version.submitted.astimezone(zone) for version in paper.versions}
    lines: list[tuple[VersionLink, ...]] = []
    for number in range(1, latest + 1) if latest <= _ALL_VERSIONS else dates:
        moment = dates.get(number)
        version = VersionLink(
            label=f"v{number}",
            url=metadata.abs_url(f"{paper.id.base}v{number}"),
            date=urls.spoken_date(moment) if moment else "",
        )
        if not moment and lines and not lines[-1][0].date:
            lines[-1] += (version,)
        else:
            lines.append((version,))
    return tuple(lines)


def _before_withdrawal(paper: Paper) -> Link | None:
    """Return the version before the latest one, which of a withdrawn paper is the last that has a text.

    If no feed has the number of the latest version, it is the first one.
    """
    before = (paper.id.version or 2) - 1 if paper.updated > paper.published else 0
    url = metadata.abs_url(f"{paper.id.base}v{before}")
    return Link(label=f"Read version {before} at arXiv", url=url) if before else None


def _journal_name(reference: str) -> str:
    """Return the name of the journal if it is beyond doubt, else the beginning of the reference."""
    if not reference:
        return ""
    article = journal.parse(reference)
    return article.journal if article else metadata.shorten(reference, _LONGEST_REFERENCE)


def _doi(known: str) -> Link:
    return Link(label=known, url=doi.url(known))


def _related(site: SiteModel, neighbour: Related) -> RelatedPaper:
    return RelatedPaper(
        title_html=site.entry(neighbour.id).title_html,
        url=urls.paper(neighbour.id),
        year=str(site.submitted_on(neighbour.id).year),
        authors=_enumerated(neighbour.authors),
        is_one_author=len(neighbour.authors) == 1,
        topics=tuple([Link(label=phrase, url=_phrase_url(site, phrase)) for phrase in neighbour.topics]),
    )


def _phrase_url(site: SiteModel, phrase: str) -> str:
    """Return the page of the topic that a phrase is a form of, or the search for the phrase."""
    slug = site.topic_forms().get(" ".join(stems(phrase)))
    return urls.topic(slug) if slug else urls.search(quoted(phrase))


def _enumerated(people: Sequence[str]) -> str:
    """Return ``A``, ``A and B``, ``A, B and C`` or ``A, B and 7 others``."""
    if len(people) < 2:
        return people[0] if people else ""
    if len(people) > _AUTHORS_NAMED:
        people = [*people[: _AUTHORS_NAMED - 1], f"{len(people) - _AUTHORS_NAMED + 1} others"]
    return f"{', '.join(people[:-1])} and {people[-1]}"


def _link(site: SiteModel, base: str | None) -> Link | None:
    if base is None:
        return None
    return Link(label=metadata.shorten(site.title(base), _LONGEST_NEIGHBOUR), url=urls.paper(base))
