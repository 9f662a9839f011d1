"""Journal references as fields: those that are beyond doubt, and no others."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import msgspec
import pytest
import rispy
from export_samples import MACAQUE, person
from pybtex.database import parse_string

from sitegen.exports import bibtex, citation, csl, journal, ris
from sitegen.models import Paper
from sitegen.text import abstract

REFERENCES = tomllib.loads((Path(__file__).parent / "data" / "journal_refs.toml").read_text("utf-8"))[
    "reference"
]
URL = "https://example.org/"


@pytest.mark.parametrize("row", REFERENCES, ids=lambda row: row["text"])
def test_parse(row: dict[str, object]) -> None:
    found = journal.parse(abstract.to_text(str(row["text"])))
    assert [str(part) for part in found or ()] == row["article"]


def test_all_exports_agree_on_an_article() -> None:
    paper = msgspec.structs.replace(MACAQUE, journal_ref="Illinois J. Math. 52 (2008) no.2, 681--689")
    entry = parse_string(bibtex.entry(paper, "key"), "bibtex").entries["key"]
    assert entry.type == "article"
    fields = [entry.fields[name] for name in ("journal", "volume", "number", "pages", "year")]
    assert fields == ["Illinois J. Math.", "52", "2", "681--689", "2008"]
    assert [entry.fields[name] for name in ("eprint", "archivePrefix", "primaryClass", "doi")] == [
        "2603.07369",
        "arXiv",
        "q-bio.NC",
        "10.1126/science.adw7707",
    ]
    assert "note" not in entry.fields
    [record] = rispy.loads(ris.record(paper, URL).replace("\r\n", "\n"))
    tags = ("type_of_reference", "alternate_title3", "volume", "number", "start_page", "end_page", "year")
    names = {"alternate_title3": "journal_name"}
    found = [record.get(tag) or record.get(names.get(tag, "")) for tag in tags]
    assert found == ["JOUR", "Illinois J. Math.", "52", "2", "681", "689", "2008"]
    item = csl.item(paper, "key", URL)
    assert [item[name] for name in ("type", "container-title", "volume", "issue", "page", "issued")] == [
        "article-journal",
        "Illinois J. Math.",
        "52",
        "2",
        "681-689",
        {"date-parts": [[2008]]},
    ]
    assert " (2008). Task learning" in citation.reference(paper, URL).plain


@pytest.mark.parametrize(
    "paper",
    [
        msgspec.structs.replace(MACAQUE, dois=()),
        msgspec.structs.replace(MACAQUE, dois=("10.1/x",)),
        msgspec.structs.replace(MACAQUE, journal_ref="Proc. ICML 12 (2003) 1-8"),
        msgspec.structs.replace(
            MACAQUE,
            journal_ref="Friedman. Quantum Dots. Nature 1, 2 (2003)",
            credits=(person("Friedman", "L."),),
        ),
    ],
)
def test_what_is_in_doubt_stays_a_note(paper: Paper) -> None:
    note = f"Published in {paper.journal_ref}"
    entry = parse_string(bibtex.entry(paper, "key"), "bibtex").entries["key"]
    assert (entry.type, entry.fields["note"], entry.fields["year"]) == ("misc", note, "2026")
    record = ris.record(paper, URL)
    assert record.startswith("TY  - UNPB")
    assert f"N1  - {note}\r\n" in record
    item = json.loads(csl.dumps(csl.item(paper, "key", URL)))
    assert (item["type"], item["note"]) == ("article", note)
