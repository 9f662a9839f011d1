"""A paper as CSL-JSON, the input of citation processors (pandoc, citeproc-js, Zotero).

Variables and types are those of the CSL 1.0.2 data schema (csl-data.json of the Citation Style
Language project). ``article`` is the type that CSL 1.0.2 gives to preprints.
"""

from __future__ import annotations

from datetime import UTC, tzinfo

import msgspec

from sitegen.exports import journal, metadata
from sitegen.library.library import day_in
from sitegen.models import Name, Paper
from sitegen.text import abstract, withdrawn

_encode = msgspec.json.Encoder().encode


def item(paper: Paper, key: str, url: str, zone: tzinfo = UTC) -> dict[str, object]:
    """Return one item of a CSL-JSON list; ``key`` becomes its id, and ``url`` the page that it links to.

    Its type is "article-journal" for the papers that are an ``@article`` in BibTeX.
    """
    published = journal.article(paper)
    identifier = f"arXiv:{paper.id.base}"
    day = day_in(zone)(paper.published)
    data: dict[str, object] = {
        "id": key,
        "type": "article-journal" if published else "article",
        "title": abstract.to_text(paper.title),
        "author": [_name(credit.name) for credit in paper.credits],
        "issued": {"date-parts": [[published.year] if published else [day.year, day.month, day.day]]},
    }
    if published:
        places = {"volume": published.volume, "issue": published.number, "page": published.pages}
        data |= {"container-title": published.journal} | {
            name: place for name, place in places.items() if place
        }
        # "number" is the article's number within its journal, so the preprint's number has another variable.
        data |= {"archive": "arXiv", "archive_location": identifier}
    else:
        data |= {"number": identifier, "publisher": "arXiv"}
    data |= {"DOI": metadata.cited_doi(paper), "URL": url}
    if notes := _notes(paper, with_reference=published is None):
        data["note"] = notes
    return data


def _notes(paper: Paper, *, with_reference: bool) -> str:
    """Return the variable "note": the journal reference, if wanted, and whether the paper was withdrawn."""
    reference = abstract.to_text(paper.journal_ref).rstrip(".") if with_reference else ""
    notes = [f"Published in {reference}" if reference else ""]
    if withdrawn.statement(paper.comment, paper.abstract):
        notes.append("Withdrawn")
    return ". ".join(filter(None, notes))


def dumps(data: dict[str, object]) -> str:
    """Return an item as JSON with one line for each variable; characters beyond ASCII are not escaped."""
    lines = [f'  "{name}": {_encode(value).decode()}' for name, value in data.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def _name(name: Name) -> dict[str, str]:
    if name.group:
        return {"literal": name.printed}
    if name.family and name.given and not name.suffix:  # nearly all names
        return {"family": name.family, "given": name.given}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: value for part, value in parts.items() if value}
