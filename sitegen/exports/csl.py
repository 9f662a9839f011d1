"""A paper as CSL-JSON, which citation processors (pandoc, citeproc-js, Zotero) take as data.

Variables, types and their shapes are those of the CSL 1.0.2 data schema (csl-data.json of the Citation Style
Language project). ``article`` is the type that CSL 1.0.2 gives to preprints.
"""

from __future__ import annotations

import msgspec

from sitegen.exports import metadata
from sitegen.models import Name, Paper
from sitegen.text import abstract, withdrawn

_encode = msgspec.json.Encoder().encode


def item(paper: Paper, key: str, url: str) -> dict[str, object]:
    """Make one item of a CSL-JSON list; ``key`` becomes its id, ``url`` is the page a reader is sent to."""
    journal = abstract.to_text(paper.journal_ref)
    identifier = f"arXiv:{paper.id.base}"
    day = paper.published
    data: dict[str, object] = {
        "id": key,
        "type": "article-journal" if journal else "article",
        "title": abstract.to_text(paper.title),
        "author": [_name(credit.name) for credit in paper.credits],
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
    }
    if journal:
        # "number" would be the article's number within its journal, so the preprint's goes elsewhere.
        data |= {"container-title": journal, "archive": "arXiv", "archive_location": identifier}
    else:
        data |= {"number": identifier, "publisher": "arXiv"}
    data |= {"DOI": metadata.cited_doi(paper), "URL": url}
    if withdrawn.statement(paper.comment, paper.abstract):
        data["note"] = "Withdrawn"
    return data


def dumps(data: dict[str, object]) -> str:
    """Write an item as JSON with a line for each variable, letters of all scripts as they are."""
    lines = [f'  "{name}": {_encode(value).decode()}' for name, value in data.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def _name(name: Name) -> dict[str, str]:
    if name.group:
        return {"literal": name.printed}
    if name.family and name.given and not name.suffix:  # as nearly all are
        return {"family": name.family, "given": name.given}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: value for part, value in parts.items() if value}
