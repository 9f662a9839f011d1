"""RIS, CSL-JSON, references in words, and what machines read on a paper's page."""

from __future__ import annotations

import json
import re

import msgspec
import pytest
from export_samples import KERNELS, MACAQUE, NAMES, NEURAL_IDEALS, PUMP, REAL, group, papers, person
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.exports import citation, csl, metadata, ris
from sitegen.models import Paper
from sitegen.site.derived import Texts, derive

URL = "https://example.org/abs/1/"

# --- RIS --------------------------------------------------------------------------------------------------


def fields_of(record: str) -> list[tuple[str, str]]:
    lines = record.split("\r\n")
    assert lines.pop() == ""
    parsed = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line) for line in lines]
    assert all(parsed), lines
    return [(line[1], line[2]) for line in parsed if line]


def test_a_record_of_a_journal_article() -> None:
    assert fields_of(ris.record(MACAQUE, URL)) == [
        ("TY", "JOUR"),
        ("TI", "Task learning increases information redundancy of neural responses in macaque visual cortex"),
        ("AU", "Liu, Shizhao"),
        ("AU", "Pletenev, Anton"),
        ("AU", "Haefner, Ralf M."),
        ("AU", "Snyder, Adam C."),
        ("PY", "2026"),
        ("JO", "Science"),
        ("VL", "391"),
        ("IS", "6789"),
        ("SP", "1029"),
        ("EP", "1035"),
        ("AN", "arXiv:2603.07369"),
        ("DO", "10.1126/science.adw7707"),
        ("UR", URL),
        ("KW", "q-bio.NC"),
        ("ER", ""),
    ]


@pytest.mark.parametrize(
    ("paper", "tag", "expected"),
    [
        (NEURAL_IDEALS, "TY", ["UNPB"]),
        (NEURAL_IDEALS, "TI", ["Gröbner Bases of Neural Ideals"]),
        (NEURAL_IDEALS, "PB", ["arXiv"]),
        (NEURAL_IDEALS, "DO", ["10.48550/arXiv.1612.05660"]),
        (NEURAL_IDEALS, "KW", ["q-bio.NC", "math.AC", "math.AG"]),
        (PUMP, "N1", []),
        (NAMES, "N1", ["Withdrawn"]),
        (NAMES, "AU", ["van der Berg, Anna", "Montgomery, Erwin B., Jr.", "Jayadeva", "王, 伟"]),
        (
            KERNELS,
            "AU",
            ["Ayhan, Murat Seckin", "Raghavan, Vijay", "Alzheimer's disease Neuroimaging Initiative"],
        ),
    ],
)
def test_ris_field(paper: Paper, tag: str, expected: list[str]) -> None:
    assert [value for name, value in fields_of(ris.record(paper, URL)) if name == tag] == expected


@pytest.mark.parametrize("ending", ["\r", "\n", "\r\n", "\v", "\x1e", "\x85", "\u2028"])
def test_line_breaks_are_folded(ending: str) -> None:
    paper = msgspec.structs.replace(PUMP, credits=(person(f"Doe{ending}ER  -", f"J.{ending}"),))
    assert ("AU", "Doe ER -, J.") in fields_of(ris.record(paper, URL))


@given(papers)
@settings(max_examples=60, deadline=None)
def test_a_record_ends_once_whatever_the_text(paper: Paper) -> None:
    record = ris.record(paper, URL)
    tags = [tag for tag, _ in fields_of(record)]
    assert tags[0] == "TY"
    assert tags.count("ER") == tags.count("TY") == 1
    assert tags[-1] == "ER"
    assert len(record.splitlines()) == len(tags)


# --- CSL-JSON ---------------------------------------------------------------------------------------------

# The variables of the CSL 1.0.2 data schema that a preprint may have, and what they hold; other names and
# other types of value are invalid there.
CSL_TEXT = {
    "DOI", "URL", "abstract", "annote", "archive", "archive_location", "container-title", "genre", "keyword",
    "language", "medium", "note", "publisher", "source", "status", "title", "version",
}  # fmt: skip
CSL_NUMBERS = {"edition", "issue", "number", "page", "volume"}
CSL_NAME_PARTS = {"family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal"}


def check_csl(item: dict[str, object]) -> None:
    assert item["type"] in ("article", "article-journal")
    assert isinstance(item["id"], str)
    for variable, value in item.items():
        if variable in CSL_TEXT | {"id", "type"}:
            assert isinstance(value, str), variable
        elif variable in CSL_NUMBERS:
            assert isinstance(value, str | int), variable
        elif variable == "author":
            assert isinstance(value, list)
            for name in value:
                assert set(name) <= CSL_NAME_PARTS
                assert all(isinstance(part, str) for part in name.values())
        else:
            assert variable == "issued", f"no variable of CSL: {variable}"
            assert isinstance(value, dict)
            [parts] = value["date-parts"]
            assert len(parts) == (3 if item["type"] == "article" else 1)
            assert all(isinstance(part, int) for part in parts)


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        (
            MACAQUE,
            {
                "id": "key",
                "type": "article-journal",
                "title": MACAQUE.title,
                "author": [
                    {"family": "Liu", "given": "Shizhao"},
                    {"family": "Pletenev", "given": "Anton"},
                    {"family": "Haefner", "given": "Ralf M."},
                    {"family": "Snyder", "given": "Adam C."},
                ],
                "issued": {"date-parts": [[2026]]},
                "container-title": "Science",
                "volume": "391",
                "issue": "6789",
                "page": "1029-1035",
                "archive": "arXiv",
                "archive_location": "arXiv:2603.07369",
                "DOI": "10.1126/science.adw7707",
                "URL": URL,
            },
        ),
        (
            NAMES,
            {
                "id": "key",
                "type": "article",
                "title": "Names & the DNA of E. coli",
                "author": [
                    {"family": "van der Berg", "given": "Anna"},
                    {"family": "Montgomery", "given": "Erwin B.", "suffix": "Jr."},
                    {"family": "Jayadeva"},
                    {"family": "王", "given": "伟"},
                ],
                "issued": {"date-parts": [[2003, 9, 1]]},
                "number": "arXiv:q-bio/0309001",
                "publisher": "arXiv",
                "DOI": "10.48550/arXiv.q-bio/0309001",
                "URL": URL,
                "note": "Withdrawn",
            },
        ),
    ],
)
def test_csl_item(paper: Paper, expected: dict[str, object]) -> None:
    assert csl.item(paper, "key", URL) == expected


def test_csl_group_is_literal() -> None:
    names = csl.item(KERNELS, "key", URL)["author"]
    assert isinstance(names, list)
    assert names[-1] == {"literal": "Alzheimer's disease Neuroimaging Initiative"}


@given(st.one_of(papers, st.sampled_from(REAL)))
@settings(max_examples=60, deadline=None)
def test_csl_is_valid_and_reads_back(paper: Paper) -> None:
    item = csl.item(paper, "key", URL)
    check_csl(item)
    assert json.loads(csl.dumps(item)) == item


def test_csl_json_is_for_eyes_too() -> None:
    text = csl.dumps(csl.item(NAMES, "key", URL))
    assert "王" in text, "letters of all scripts as they are"
    assert [line.split(":")[0] for line in text.splitlines()[1:4]] == ['  "id"', '  "type"', '  "title"']


# --- references in words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        (
            MACAQUE,
            "Liu, S., Pletenev, A., Haefner, R. M., & Snyder, A. C. (2026). Task learning increases "
            "information redundancy of neural responses in macaque visual cortex. Science, 391(6789), "
            "1029-1035 (2026). arXiv:2603.07369. https://doi.org/10.1126/science.adw7707",
        ),
        (
            NEURAL_IDEALS,
            "Garcia, R., García Puente, L. D., & Shiu, A. (2016). Gröbner Bases of Neural Ideals. "
            "arXiv:1612.05660. https://doi.org/10.48550/arXiv.1612.05660",
        ),
        (
            NAMES,
            "van der Berg, A., Montgomery, E. B., Jr., Jayadeva, & 王, 伟 (2003). Names & the DNA of "
            "E. coli. arXiv:q-bio/0309001. https://doi.org/10.48550/arXiv.q-bio/0309001",
        ),
        (
            msgspec.structs.replace(PUMP, credits=(), title="Why?"),
            "(2017). Why? arXiv:1711.00989. https://doi.org/10.48550/arXiv.1711.00989",
        ),
    ],
)
def test_plain(paper: Paper, expected: str) -> None:
    assert citation.reference(paper, URL).plain == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Jean-Pierre", "J.-P."),
        ("J.-P.", "J.-P."),
        ("R.M.", "R. M."),
        ("émile", "É."),
        ("Ya. A.", "Y. A."),
        ("-", ""),
        ("小明", "小明"),
    ],
)
def test_initials(given: str, expected: str) -> None:
    paper = msgspec.structs.replace(PUMP, credits=(person("X", given),))
    assert citation.reference(paper, URL).plain.startswith(
        f"X, {expected} (2017)." if expected else "X (2017)."
    )


@pytest.mark.parametrize(
    ("count", "expected"), [(20, "A18, A19, & A20 (2017)."), (21, "A18, A19, … A21 (2017).")]
)
def test_many_authors(count: int, expected: str) -> None:
    paper = msgspec.structs.replace(
        PUMP, credits=tuple(group(f"A{number}") for number in range(1, count + 1))
    )
    assert expected in citation.reference(paper, URL).plain


@pytest.mark.parametrize(
    ("title", "family", "expected"),
    [
        ("Plain", "Doe", "Doe (2017). [Plain.](https://example.org/abs/1/) arXiv:1711.00989. "),
        ("a*b_c [d](e)", "Doe", r"Doe (2017). [a\*b\_c \[d\](e).]("),
        ("H&E and x < y, 5 | 6", "Doe", r"Doe (2017). [H&amp;E and x &lt; y, 5 \| 6.]("),
        (r"An $O(n^2)$ bound on \(a<b\)", "Doe", r"Doe (2017). [An $O(n^2)$ bound on $a\lt b$.]("),
        (r"Loss $](http://x.org)$ and $[0,1]$", "Doe", r"Doe (2017). [Loss \](http://x.org) and \[0,1\].]("),
        ("x", "1. Doe", r"1\. Doe (2017). ["),
        ("x", "- Doe", r"\- Doe (2017). ["),
        ("x", "# Doe", r"\# Doe (2017). ["),
    ],
)
def test_markdown(title: str, family: str, expected: str) -> None:
    paper = msgspec.structs.replace(PUMP, title=title, credits=(person(family),))
    text = citation.reference(paper, URL).markdown
    assert text.startswith(expected)
    assert text.endswith(" <https://doi.org/10.48550/arXiv.1711.00989>")


def test_markdown_link_cannot_be_left() -> None:
    assert "](https://example.org/a%29%20b)" in citation.reference(PUMP, "https://example.org/a) b").markdown


@given(papers)
@settings(max_examples=60, deadline=None)
def test_markdown_has_no_markup_of_the_author(paper: Paper) -> None:
    reference = citation.reference(paper, URL).markdown
    assert len(reference.splitlines()) == len(citation.reference(paper, URL).plain.splitlines()) == 1
    # What stands between dollars is a formula to every program that reads it.
    reference = re.sub(r"(?<!\\)\$[^$`\[\]&<>]+\$", "", reference)
    text = re.sub(r"\\[!-/:-@\[-`{-~]", "", reference).replace(f"]({URL})", "", 1)
    assert text.count("<") == text.count(">") == 1  # round the DOI
    line = text.rpartition(" <")[0]
    assert not re.search(r"[`*_~|$\]]", line)
    assert line.count("[") <= 1  # before the title


# --- what machines read -----------------------------------------------------------------------------------


def test_highwire() -> None:
    assert metadata.highwire(MACAQUE) == (
        ("citation_author", "Liu, Shizhao"),
        ("citation_author", "Pletenev, Anton"),
        ("citation_author", "Haefner, Ralf M."),
        ("citation_author", "Snyder, Adam C."),
        ("citation_date", "2026/03/07"),
        ("citation_publication_date", "2026/03/07"),
        ("citation_online_date", "2026/03/07"),
        ("citation_doi", "10.1126/science.adw7707"),
        ("citation_pdf_url", "https://arxiv.org/pdf/2603.07369"),
        ("citation_arxiv_id", "2603.07369"),
        ("citation_keywords", "q-bio.NC"),
        ("citation_language", "en"),
    )


def test_highwire_leaves_out_what_a_paper_has_not() -> None:
    tags = dict(metadata.highwire(NAMES, "de"))
    assert tags["citation_publication_date"] == "2003/09/01"
    assert tags["citation_online_date"] == "2003/10/05"
    assert tags["citation_language"] == "de"
    assert "citation_doi" not in tags
    assert "citation_keywords" not in tags


def test_json_ld() -> None:
    paper = msgspec.structs.replace(KERNELS, license="http://creativecommons.org/licenses/by/4.0/")
    assert json.loads(metadata.json_ld(paper)) == {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": "Multiple Kernel Learning and Automatic Subspace Relevance Determination for "
        "High-dimensional Neuroimaging Data",
        "author": [
            {"@type": "Person", "name": "Murat Seckin Ayhan"},
            {"@type": "Person", "name": "Vijay Raghavan"},
            {"@type": "Organization", "name": "Alzheimer's disease Neuroimaging Initiative"},
        ],
        "datePublished": "2017-06-02",
        "sameAs": ["https://arxiv.org/abs/1706.00856"],
        "license": "http://creativecommons.org/licenses/by/4.0/",
    }


@given(papers)
@settings(max_examples=60, deadline=None)
def test_json_ld_is_safe_in_a_script(paper: Paper) -> None:
    text = metadata.json_ld(paper)
    assert not re.search("[<>&\u2028\u2029]", text)
    data = json.loads(text)
    assert [agent["name"] for agent in data["author"]] == [credit.name.printed for credit in paper.credits]
    assert data.get("license", "http").startswith("http")


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Short.", 6, "Short."),
        ("one two three", 12, "one two…"),
        ("one two, three", 11, "one two…"),
        ("神经网络的学习", 5, "神经网络…"),
        ("a " + "b" * 50, 20, "a " + "b" * 17 + "…"),
    ],
)
def test_description_is_cut_at_a_word(text: str, limit: int, expected: str) -> None:
    assert metadata.shorten(text, limit) == expected


def test_description_of_a_paper_without_abstract_is_its_title() -> None:
    texts = msgspec.msgpack.decode(derive(msgspec.structs.replace(NAMES, abstract="")).texts, type=Texts)
    assert texts.description == "Names & the DNA of E. coli"


@given(st.text(), st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_shortened_text_is_never_longer(text: str, limit: int) -> None:
    short = metadata.shorten(text, limit)
    assert len(short) <= limit
    assert short == text or text.startswith(short.removesuffix("…"))


def test_addresses_at_arxiv_keep_a_version() -> None:
    paper_id = NEURAL_IDEALS.id
    assert metadata.abs_url(paper_id) == "https://arxiv.org/abs/1612.05660v4"
    assert metadata.pdf_url(paper_id.base) == "https://arxiv.org/pdf/1612.05660"
    assert metadata.html_url(paper_id) == "https://arxiv.org/html/1612.05660v4"


@pytest.mark.parametrize(
    ("dois", "journal", "expected"),
    [((), "", False), (("10.1000/xyz.7",), "", True), (("in press",), "", True), ((), "Nature 1, 2", True)],
)
def test_a_paper_with_any_doi_or_a_journal_is_published(
    dois: tuple[str, ...], journal: str, expected: bool
) -> None:
    assert metadata.is_published(msgspec.structs.replace(MACAQUE, dois=dois, journal_ref=journal)) == expected
