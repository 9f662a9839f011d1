"""The page of a paper."""

from __future__ import annotations

from datetime import date, tzinfo
from functools import lru_cache

from sitegen.exports import metadata
from sitegen.library.related import Related
from sitegen.models import Credit, Note, Paper
from sitegen.pages import urls
from sitegen.pages.contexts import (
    CreditLine,
    Link,
    NoteView,
    PaperPage,
    RelatedPaper,
    VersionLine,
)
from sitegen.pages.edition import Edition, category_link
from sitegen.text import doi

_ANNOUNCED_AS = {
    "new": "new submission",
    "cross": "cross-listed",
    "replace": "replaced",
    "replace-cross": "replaced, cross-listed",
}
# arXiv makes HTML of papers submitted since December 2023.
_FIRST_WITH_HTML = "202312"


def paper_page(edition: Edition, base: str) -> PaperPage:
    """Return what the page of a paper shows."""
    library = edition.library
    paper = library.papers[base]
    abs_url = metadata.abs_url(paper.id)
    submitted, revised = library.day_of[base], library.day(paper.updated)
    fold = edition.config.lists.fold_authors
    credits = [_credit_line(edition, credit) for credit in paper.credits]
    # A fold that hides one or two names only costs a click.
    shown = len(credits) if len(credits) <= fold + 2 else fold
    entry = edition.entry(paper)
    crumbs = _crumbs(submitted)
    texts = edition.texts(paper)
    has_html = paper.id.sort_key >= _FIRST_WITH_HTML and not entry.withdrawn
    return PaperPage(
        title=edition.title(paper),
        description=texts.description,
        url=urls.paper(base),
        section=urls.ARCHIVE,
        crumbs=crumbs,
        feed_url="",
        id=base,
        version=f"v{paper.id.version}" if paper.id.version else "",
        heading_html=entry.title_html,
        credits=tuple(credits[:shown]),
        folded_credits=tuple(credits[shown:]),
        abstract_html=texts.abstract_html,
        withdrawn=entry.withdrawn,
        withdrawal_html=edition.withdrawal_html(paper) if entry.withdrawn else "",
        submitted=urls.spoken_date(submitted),
        submitted_url=crumbs[-1].url,
        revised=urls.spoken_date(revised) if revised != submitted else "",
        versions=_versions(paper, library.zone),
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
        related=tuple([_related(edition, near) for near in edition.related(base)]),
        notes=tuple([note_view(edition, note) for note in library.notes.get(base, ())]),
        newer=_neighbour(edition, library.position[base] - 1),
        older=_neighbour(edition, library.position[base] + 1),
        meta=metadata.highwire(paper, edition.site.language, library.zone),
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


_category = lru_cache(maxsize=512)(category_link)


def note_id(note: Note) -> str:
    """Return the fragment under which a note stands on its paper's page."""
    return f"note-{note.slug.replace('/', '-')}"


def note_view(edition: Edition, note: Note) -> NoteView:
    """Return a note as its paper's page shows it."""
    return NoteView(
        id=note_id(note),
        title=note.title,
        author=note.author,
        date=urls.spoken_date(note.date) if note.date else "",
        body_html=edition.with_assets(note.html),
    )


def _credit_line(edition: Edition, credit: Credit) -> CreditLine:
    return CreditLine(
        name=credit.name.printed,
        url=edition.person_url(credit.name),
        affiliations="; ".join(credit.affiliations),
    )


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


def _related(edition: Edition, neighbour: Related) -> RelatedPaper:
    paper = edition.library.papers[neighbour.id]
    return RelatedPaper(
        title_html=edition.entry(paper).title_html,
        url=urls.paper(neighbour.id),
        reason=f"{edition.library.day_of[neighbour.id].year} · {neighbour.reason}",
    )


def _neighbour(edition: Edition, position: int) -> Link | None:
    order = edition.library.order
    if not 0 <= position < len(order):
        return None
    paper = order[position]
    return Link(label=edition.title(paper), url=urls.paper(paper.id.base))
