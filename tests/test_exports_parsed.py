"""Files of several records, read back by other people's parsers: a record says what its paper says, and no more.

BibTeX is read by pybtex, which is as strict as BibTeX, and by bibtexparser, which finds entries as reference managers
do; RIS by rispy; feeds by feedparser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import bibtexparser
import feedparser
import msgspec
import pytest
import rispy
from conftest import build
from export_samples import MACAQUE, REAL, group, papers, person
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pybtex.database import BibliographyData, parse_string

from sitegen.exports import bibtex, csl, metadata, ris
from sitegen.models import Paper

URL = "https://example.org/abs/1/"
# Each would begin an entry, end one, or make a parser refuse the file, where it is not kept apart.
HOSTILE = (
    'E @preamble("\\immediate\\write18{touch pwned}") @misc(k, title="pwned") @string(jan="x")',
    "a@b.example",
    "@article{pwned, title={x}}",
    "@comment{ @misc{pwned,",
    "Doe} } @misc{pwned, title={x}",
    "Line\n@misc{pwned,\r title={x}}",
    "Line\u2028@misc{pwned, title={x}}",
    'Quote " # jan # "',
    "Percent % and \\",
    "{{{",
    "ER  - \nTY  - JOUR",
    "</script><script>",
)


def bib(heading: str, members: Sequence[Paper]) -> str:
    """Put entries together as papers.bib does."""
    entries = [bibtex.entry(paper, f"key{number}") for number, paper in enumerate(members)]
    return f"% {bibtex.remark(heading)}\n" + "".join(f"\n{entry}\n" for entry in entries)


def read_strictly(text: str) -> BibliographyData:
    data = parse_string(text, "bibtex")
    assert not data.preamble
    return data


def check_bib(text: str, members: Sequence[Paper]) -> None:
    """Check that each paper is one entry, by both parsers, and that nothing else is."""
    keys = [f"key{number}" for number in range(len(members))]
    assert list(read_strictly(text).entries) == keys
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == keys
    assert not library.preambles
    assert not library.strings
    for entry, paper in zip(library.entries, members, strict=True):
        assert entry["eprint"] == paper.id.base


@pytest.mark.parametrize("text", HOSTILE)
def test_a_heading_is_no_entry(text: str) -> None:
    check_bib(bib(f"Site: {text}", REAL), REAL)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_and_names_stay_in_their_entries(text: str) -> None:
    hostile = msgspec.structs.replace(
        MACAQUE, title=text, credits=(person(text, text), group(text)), journal_ref=text, comment=text
    )
    members = (hostile, *REAL, hostile)
    check_bib(bib(text, members), members)


@given(st.text(), st.lists(papers, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_bib_holds_its_papers_and_no_more(heading: str, members: list[Paper]) -> None:
    check_bib(bib(heading, members), members)


def test_names_come_back_from_bibtex() -> None:
    paper = msgspec.structs.replace(
        MACAQUE,
        credits=(
            person("van der Berg", "Anna"),
            person("Ortega y Gasset", "José"),
            person("Montgomery", "Erwin B.", "Jr."),
            group("Allen and Sons"),
        ),
    )
    found = read_strictly(bib("", [paper])).entries["key0"].persons["author"]
    assert [
        (name.prelast_names, name.last_names, name.lineage_names, name.first_names) for name in found
    ] == [
        (["van", "der"], ["Berg"], [], ["Anna"]),
        ([], ["{Ortega y Gasset}"], [], ["José"]),
        ([], ["Montgomery"], ["Jr."], ["Erwin"]),
        ([], ["{Allen and Sons}"], [], []),
    ]


@given(st.lists(papers, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ris_of_several_papers(members: list[Paper]) -> None:
    text = "".join(ris.record(paper, URL) for paper in members)
    # rispy takes \n alone for the end of a line, as other programs do.
    records = rispy.loads(text.replace("\r\n", "\n"))
    assert [record["accession_number"] for record in records] == [f"arXiv:{p.id.base}" for p in members]
    assert all(record["type_of_reference"] in ("JOUR", "UNPB") for record in records)


@pytest.mark.parametrize("text", HOSTILE)
def test_ris_with_hostile_titles_and_names(text: str) -> None:
    hostile = msgspec.structs.replace(MACAQUE, title=text, credits=(person(text), group(text)))
    [record, _] = rispy.loads((ris.record(hostile, URL) + ris.record(MACAQUE, URL)).replace("\r\n", "\n"))
    assert record["title"] == " ".join(record["title"].split())
    assert len(record["authors"]) == 2


@given(st.lists(papers, max_size=3))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_csl_json_of_several_papers(members: list[Paper]) -> None:
    items = [csl.item(paper, "key", URL) for paper in members]
    assert json.loads(f"[{','.join(map(csl.dumps, items))}]") == items


@pytest.mark.parametrize("text", HOSTILE)
def test_json_ld_with_hostile_titles_and_names(text: str) -> None:
    hostile = msgspec.structs.replace(MACAQUE, title=text, credits=(person(text), group(text)))
    made = metadata.json_ld(hostile)
    assert not re.search("[<>&]", made)
    assert len(json.loads(made)["author"]) == 2


# --- a whole site -----------------------------------------------------------------------------------------

_SETTINGS = """title = "Site a@b.example @misc{pwned, title={x}}"
url = "https://example.org/"
owner = "@string{x}"
timezone = "UTC"
[field]
name = "Field"
category = "q-bio.NC"
"""


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose title, names and titles of papers are hostile: to be read only."""
    folder = tmp_path_factory.mktemp("hostile")
    feeds = folder / "content" / "feeds"
    feeds.mkdir(parents=True)
    (folder / "content" / "site.toml").write_text(_SETTINGS, "utf-8")
    entries = [
        f"<entry><id>http://arxiv.org/abs/2401.{number:05}v1</id><title>T {escape(text)}</title>"
        f"<summary>{escape(text)}</summary><published>2024-01-02T00:00:00Z</published><updated>2024-01-02T00:00:00Z</updated>"
        f"<author><name>{escape(text)}</name></author><author><name>Ada Example</name></author>"
        f'<category term="q-bio.NC"/></entry>'
        for number, text in enumerate([*HOSTILE, *HOSTILE], 1)
    ]
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>t</title><updated>2024-01-01T00:00:00Z</updated>'
    (feeds / "a.xml").write_text(head + "".join(entries) + "</feed>", "utf-8")
    return build(folder / "content", folder / "output", "--jobs", "1")


def test_every_bib_of_a_hostile_site(hostile_site: Path) -> None:
    files = sorted(hostile_site.rglob("*.bib"))
    assert {path.parent.parent.name for path in files} >= {"authors", "categories"}
    for path in files:
        text = path.read_text("utf-8")
        assert text.startswith("% Site a(at)b.example (at)misc{pwned, title={x}}")
        library = bibtexparser.parse_string(text)
        keys = [entry.key for entry in library.entries]
        assert keys == list(read_strictly(text).entries) == re.findall(r"^@\w+\{(\w+),$", text, re.MULTILINE)
        assert not (library.failed_blocks or library.preambles or library.strings)


def test_every_feed_of_a_hostile_site(hostile_site: Path) -> None:
    for path in hostile_site.rglob("feed.xml"):
        found = feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
        assert not found.bozo
        assert found.entries
        assert all(entry.title.startswith("T ") for entry in found.entries)


def test_lists_and_json_of_a_hostile_site(hostile_site: Path) -> None:
    records = json.loads((hostile_site / "papers.json").read_text("utf-8"))
    assert len(records) == 2 * len(HOSTILE)
    for path in (hostile_site / "abs").rglob("index.html"):
        page = path.read_text("utf-8")
        [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
        assert json.loads(script)["@type"] == "ScholarlyArticle"


# --- days and years in a time zone ------------------------------------------------------------------------


def test_the_year_of_a_paper_is_the_same_everywhere(tmp_path: Path) -> None:
    feeds = tmp_path / "content" / "feeds"
    feeds.mkdir(parents=True)
    (tmp_path / "content" / "site.toml").write_text(_SETTINGS.replace("UTC", "Asia/Tokyo"), "utf-8")
    (feeds / "a.xml").write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>t</title><updated>2024-02-01T00:00:00Z</updated>'
        "<entry><id>http://arxiv.org/abs/2312.00001v2</id><title>Title</title><summary>Abstract.</summary>"
        "<published>2023-12-31T20:00:00Z</published><updated>2023-12-31T21:30:00Z</updated>"
        '<author><name>Ada Example</name></author><category term="q-bio.NC"/></entry></feed>',
        "utf-8",
    )
    output = build(tmp_path / "content", tmp_path / "output", "--jobs", "1")
    texts = {
        path.relative_to(output).as_posix(): path.read_text("utf-8")
        for path in output.rglob("*.*")
        if path.suffix in (".html", ".xml", ".bib", ".json")
    }
    assert [name for name, text in texts.items() if "2023" in text] == []
    page = texts["abs/2312.00001/index.html"]
    for said in (
        "1 January 2024",
        'name="citation_date" content="2024/01/01"',
        'name="citation_online_date" content="2024/01/01"',
        '"datePublished":"2024-01-01"',
        "@misc{example2024title,",
        "year={2024}",
        "month=jan",
        "PY  - 2024\nDA  - 2024/01/01",
        '"issued": {"date-parts":[[2024,1,1]]}',
        "Example, A. (2024). Title.",
    ):
        assert said in page
    assert "@misc{example2024title," in texts["papers-2024.bib"]
    assert "<published>2024-01-01T05:00:00+09:00</published>" in texts["feed.xml"]
    assert '"published":"2024-01-01T05:00:00+09:00"' in texts["papers.json"]
    assert "archive/2024/01/01/index.html" in texts
    assert "<lastmod>2024-01-01</lastmod>" in texts["sitemap.xml"]


def test_the_id_of_an_entry_stays_from_version_to_version(hostile_site: Path) -> None:
    found = feedparser.parse((hostile_site / "feed.xml").read_bytes())
    assert {entry.id for entry in found.entries} == {
        f"https://arxiv.org/abs/2401.{number:05}" for number in range(1, 2 * len(HOSTILE) + 1)
    }
