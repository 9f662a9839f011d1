"""A paper as CSL-JSON, which citation processors (pandoc, citeproc-js, Zotero) take as data.

Variables, types and their shapes are those of the CSL 1.0.2 data schema (csl-data.json of the Citation Style
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
    """Make one item of a CSL-JSON list; ``key`` becomes its id, ``url`` is the page a reader is sent to.

    It is a journal's article where BibTeX has an ``@article``.
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
        # "number" would be the article's number within its journal, so the preprint's goes elsewhere.
        data |= {"archive": "arXiv", "archive_location": identifier}
    else:
        data |= {"number": identifier, "publisher": "arXiv"}
    data |= {"DOI": metadata.cited_doi(paper), "URL": url}
    if notes := _notes(paper, told=published is not None):
        data["note"] = notes
    return data


def _notes(paper: Paper, *, told: bool) -> str:
    reference = "" if told else abstract.to_text(paper.journal_ref).rstrip(".")
    notes = [f"Published in {reference}" if reference else ""]
    if withdrawn.statement(paper.comment, paper.abstract):
        notes.append("Withdrawn")
    return ". ".join(filter(None, notes))


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
