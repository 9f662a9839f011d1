"""A paper as a RIS record, for EndNote, Zotero, Mendeley, JabRef and similar programs.

Tags are those of the RIS specification of 2011 (Research Information Systems) that all these programs support.
Lines end with CR LF, which the specification and EndNote on Windows require. Text is UTF-8.
"""

from __future__ import annotations

from datetime import UTC, date, tzinfo

from sitegen.exports import journal, metadata
from sitegen.library.library import day_in
from sitegen.models import Paper
from sitegen.text import abstract, withdrawn


def record(paper: Paper, url: str, zone: tzinfo = UTC) -> str:
    """Return the record, which ends with the line ``ER  - ``; ``url`` is the page that it links to.

    Its type is JOUR for the papers that are an ``@article`` in BibTeX, otherwise UNPB.
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
    # A line break in a value could begin a forged field. Checking all values at once is cheap.
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
