"""A paper as a RIS record, for EndNote, Zotero, Mendeley, JabRef and their like.

Tags are those of the RIS specification of 2011 (Research Information Systems) that these programs agree on.
Lines end with CR LF, as it demands: EndNote on Windows insists on it, and all others take it. Text is UTF-8.
"""

from __future__ import annotations

from datetime import UTC, date, tzinfo

from sitegen.exports import journal, metadata
from sitegen.library.library import day_in
from sitegen.models import Paper
from sitegen.text import abstract, withdrawn


def record(paper: Paper, url: str, zone: tzinfo = UTC) -> str:
    """Make the record, its last line ``ER  - ``; ``url`` is the page that a reader is sent to.

    It is that of a journal's article where BibTeX has an ``@article``.
    """
    published = journal.article(paper)
    day = day_in(zone)(paper.published)
    identifier = f"arXiv:{paper.id.base}"
    fields = [
        ("TY", "JOUR" if published else "UNPB"),
        ("TI", abstract.to_text(paper.title)),
        *(("AU", credit.name.inverted) for credit in paper.credits),
        *(_article_fields(published) if published else _preprint_fields(paper, day)),
        ("AN", identifier),
        ("DO", metadata.cited_doi(paper)),
        ("UR", url),
        *(("KW", category) for category in paper.categories),
        ("N1", "Withdrawn" if withdrawn.statement(paper.comment, paper.abstract) else ""),
    ]
    lines = [f"{tag}  - {value}" for tag, value in fields if value]
    # A line break in a value would begin a field of the author's own making; one look for all is cheap.
    whole = "|".join([*lines, ""])
    if not whole.isprintable() and len(whole.splitlines()) > 1:
        lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value.strip()]
    return "\r\n".join([*lines, "ER  - ", ""])


def _article_fields(published: journal.Article) -> list[tuple[str, str]]:
    first, _, last = published.pages.partition("-")
    return [
        ("PY", f"{published.year:04}"),
        ("JO", published.journal),
        ("VL", published.volume),
        ("IS", published.number),
        ("SP", first),
        ("EP", last),
    ]


def _preprint_fields(paper: Paper, day: date) -> list[tuple[str, str]]:
    reference = abstract.to_text(paper.journal_ref)
    return [
        ("PY", f"{day.year:04}"),
        ("DA", metadata.slashed(day)),
        ("PB", "arXiv"),
        ("N1", f"Published in {reference}" if reference else ""),
    ]
