"""The page of a paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from sitegen.exports import metadata
from sitegen.feeds import taxonomy
from sitegen.library.related import Related
from sitegen.models import Note, Paper
from sitegen.site import urls
from sitegen.site.contexts import (
    CategoryLink,
    CreditLine,
    Link,
    NoteView,
    PaperPage,
    RelatedPaper,
    VersionLine,
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
_AUTHORS_NAMED = 3  # at most, as shared by a related paper
# arXiv makes HTML of papers submitted since December 2023.
_FIRST_WITH_HTML = "202312"


def paper_page(site: SiteModel, base: str) -> PaperPage:
    """Return what the page of a paper shows."""
    paper = site.paper(base)
    abs_url = metadata.abs_url(paper.id)
    submitted, revised = site.submitted_on(base), site.updated_on(base)
    zone = ZoneInfo(site.time_zone())
    fold = site.lists().fold_authors
    credits = _credit_lines(site, base)
    # A fold that hides one or two names only costs a click.
    shown = len(credits) if len(credits) <= fold + 2 else fold
    entry = site.entry(base)
    crumbs = _crumbs(submitted)
    texts, beside = site.texts(base), site.beside(base)
    has_html = paper.id.sort_key >= _FIRST_WITH_HTML and not entry.withdrawn
    return PaperPage(
        title=site.title(base),
        description=texts.description,
        url=urls.paper(base),
        section=urls.ARCHIVE,
        crumbs=crumbs,
        id=base,
        version=f"v{paper.id.version}" if paper.id.version else "",
        heading_html=entry.title_html,
        credits=tuple(credits[:shown]),
        folded_credits=tuple(credits[shown:]),
        abstract_html=texts.abstract_html,
        withdrawn=entry.withdrawn,
        withdrawal_html=site.withdrawal_html(base) if entry.withdrawn else "",
        submitted=urls.spoken_date(submitted),
        submitted_url=crumbs[-1].url,
        revised=urls.spoken_date(revised) if revised != submitted else "",
        versions=_versions(paper, zone),
        announcements=tuple(
            [f"{_ANNOUNCED_AS[known.kind]}, {urls.spoken_date(known.day)}" for known in paper.announcements]
        ),
        comment_html=texts.comment_html,
        journal=entry.journal,
        dois=tuple([Link(label=known, url=doi.url(known)) for known in (*paper.dois, paper.arxiv_doi)]),
        primary=_category(paper.primary) if paper.primary else None,
        cross_lists=tuple([_category(other) for other in paper.categories if other != paper.primary]),
        subject_classes=paper.subject_classes,
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
        notes=tuple([note_view(site, note) for note in site.notes(base)]),
        newer=_link(site, beside.newer),
        older=_link(site, beside.older),
        meta=metadata.highwire(paper, site.settings().language, zone),
        json_ld_html=texts.json_ld_html,
    )


# Papers that stand one after the other have their day in common, and all share their categories.
@lru_cache(maxsize=64)
def _crumbs(day: date) -> tuple[Link, ...]:
    return (
        Link(label="Archive", url=urls.ARCHIVE),
        Link(label=str(day.year), url=urls.year(day.year)),
        Link(label=urls.MONTHS[day.month - 1], url=urls.month(day.year, day.month)),
        Link(label=str(day.day), url=urls.day(day)),
    )


@lru_cache(maxsize=512)
def _category(code: str) -> CategoryLink:
    return CategoryLink(id=code, name=taxonomy.name(code), url=urls.category(code))


def note_id(note: Note) -> str:
    """Return the fragment under which a note stands on its paper's page."""
    return f"note-{note.slug.replace('/', '-')}"


def note_view(site: SiteModel, note: Note) -> NoteView:
    """Return a note as its paper's page shows it."""
    return NoteView(
        id=note_id(note),
        title=note.title,
        author=note.author,
        date=urls.spoken_date(note.date) if note.date else "",
        body_html=with_assets(site, note.html),
    )


def _credit_lines(site: SiteModel, base: str) -> list[CreditLine]:
    return [
        CreditLine(
            name=credit.name.printed,
            url=urls.person(author.slug) if author.slug else "",
            affiliations="; ".join(credit.affiliations),
        )
        for credit, author in zip(site.paper(base).credits, site.authors(base), strict=True)
    ]


def _versions(paper: Paper, zone: tzinfo) -> tuple[VersionLine, ...]:
    if len(paper.versions) < 2:
        return ()
    return tuple(
        VersionLine(
            label=f"v{version.number}",
            url=f"https://arxiv.org/abs/{paper.id.base}v{version.number}",
            date=f"{urls.spoken_date(moment)}, {moment:%H:%M %Z}",
        )
        for version in paper.versions
        for moment in [version.submitted.astimezone(zone)]
    )


def _related(site: SiteModel, neighbour: Related) -> RelatedPaper:
    return RelatedPaper(
        title_html=site.entry(neighbour.id).title_html,
        url=urls.paper(neighbour.id),
        year=str(site.submitted_on(neighbour.id).year),
        authors=_enumerated(neighbour.authors),
        is_one_author=len(neighbour.authors) == 1,
        topics=tuple([Link(label=topic, url="") for topic in neighbour.topics]),
    )


def _enumerated(people: Sequence[str]) -> str:
    """Return ``A``, ``A and B``, ``A, B and C`` or ``A, B and 7 others``."""
    if len(people) < 2:
        return people[0] if people else ""
    if len(people) > _AUTHORS_NAMED:
        people = [*people[: _AUTHORS_NAMED - 1], f"{len(people) - _AUTHORS_NAMED + 1} others"]
    return f"{', '.join(people[:-1])} and {people[-1]}"


def _link(site: SiteModel, base: str | None) -> Link | None:
    return Link(label=site.title(base), url=urls.paper(base)) if base else None
