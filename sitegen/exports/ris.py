"""A paper as a RIS record, for EndNote, Zotero, Mendeley, JabRef and their like.

Tags are those of the RIS specification of 2011 (Research Information Systems) that these programs agree on.
Lines end with CR LF, as it demands: EndNote on Windows insists on it, and all others take it. Text is UTF-8.
"""

from __future__ import annotations

from sitegen.exports import metadata
from sitegen.models import Paper
from sitegen.text import abstract, withdrawn


def record(paper: Paper, url: str) -> str:
    """Make the record, its last line ``ER  - ``; ``url`` is the page that a reader is sent to."""
    journal = abstract.to_text(paper.journal_ref)
    identifier = f"arXiv:{paper.id.base}"
    fields = [
        ("TY", "JOUR" if journal else "UNPB"),
        ("TI", abstract.to_text(paper.title)),
        *(("AU", credit.name.inverted) for credit in paper.credits),
        ("PY", f"{paper.published.year:04}"),
        ("DA", metadata.slashed(paper.published)),
        ("JO", journal),
        # PB would name the publisher of the journal, so arXiv stands there for what only arXiv has published.
        ("PB", "" if journal else "arXiv"),
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
