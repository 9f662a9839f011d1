"""What the pages of papers, notes and texts say: facts, versions, affiliations, whose a note is, headings."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from conftest import build

Make = Callable[..., Path]

JOURNAL = "<arxiv:journal_ref>{}</arxiv:journal_ref>"
DOI = '<arxiv:doi>{0}</arxiv:doi><link rel="related" href="https://doi.org/{0}" title="doi"/>'


def entry(
    identifier: str = "2603.00001v1",
    *,
    authors: tuple[tuple[str, ...], ...] = (("Ada Byron",),),
    published: str = "2026-03-07T12:00:00Z",
    updated: str = "2026-03-07T12:00:00Z",
    more: str = "",
) -> str:
    """Return an entry of arXiv's API; each author is a name and any number of affiliations."""
    people = "".join(
        f"<author><name>{name}</name>"
        + "".join(f"<arxiv:affiliation>{place}</arxiv:affiliation>" for place in places)
        + "</author>"
        for name, *places in authors
    )
    return (
        f"<entry><id>http://arxiv.org/abs/{identifier}</id><title>A title</title><summary>Text.</summary>"
        f"<published>{published}</published><updated>{updated}</updated>{people}{more}"
        '<arxiv:primary_category term="q-bio.NC"/>'
        '<category term="q-bio.NC" scheme="http://arxiv.org/schemas/atom"/></entry>'
    )


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Build a site of these entries, each in a feed of its own; other files of its content are given by name."""

    def made(*entries: str, settings: str = "", **files: str) -> Path:
        content = tmp_path / "content"
        (content / "feeds").mkdir(parents=True)
        (content / "site.toml").write_text(f'title = "Site"\nurl = "https://archive.test/"\n{settings}')
        for name, text in files.items():
            folder, _, file = name.partition("_")
            (content / folder).mkdir(exist_ok=True)
            (content / folder / f"{file}.md").write_text(text)
        for number, one in enumerate(entries):
            (content / f"feeds/{number}.xml").write_text(
                '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"><title>T</title>'
                f"<id>http://arxiv.org/api/x</id><updated>2026-03-20T00:00:00Z</updated>{one}</feed>"
            )
        return build(content, tmp_path / "output", "--strict")

    return made


def html(site: Path, address: str = "abs/2603.00001/") -> str:
    return (site / address / "index.html").read_text("utf-8")


def text(markup: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", "", markup)).split())


def dateline(site: Path) -> str:
    found = re.search('<p class="dateline">(.*)', html(site))
    assert found
    return text(found[1])


def facts(site: Path) -> dict[str, list[str]]:
    """Return the list of facts of the paper: the lines under each name."""
    found = re.search('<dl class="data">(.*?)</dl>', html(site), re.DOTALL)
    assert found
    return {
        text(name): [text(line) for line in re.split("<dd[^>]*>", lines)[1:]]
        for name, lines in (re.split("(?=<dd)", part, maxsplit=1) for part in found[1].split("<dt>")[1:])
    }


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", "7 Mar 2026 · q-bio.NC"),
        (DOI.format("10.1000/x"), "7 Mar 2026 · q-bio.NC · DOI"),
        (
            JOURNAL.format("Science, 391(6789), 1029-1035 (2026)") + DOI.format("10.1000/x"),
            "7 Mar 2026 · q-bio.NC · Science · DOI",
        ),
        (JOURNAL.format("Proc. of a workshop"), "7 Mar 2026 · q-bio.NC · Proc. of a workshop"),
    ],
)
def test_the_line_under_the_authors(make: Make, more: str, expected: str) -> None:
    site = make(entry(more=more))
    assert dateline(site) == expected
    page = html(site)
    assert page.index('class="authors"') < page.index('class="dateline"') < page.index("Abstract")


def test_a_long_reference_is_cut_in_the_line_and_whole_among_the_facts(make: Make) -> None:
    reference = "In: A book with a very long name, edited by somebody, published somewhere, chapter 12"
    site = make(entry(more=JOURNAL.format(reference)))
    assert dateline(site).endswith("…")
    assert len(dateline(site)) < len(reference)
    assert facts(site)["Published version"] == [reference]


def test_the_published_version_and_the_preprint_are_told_apart(make: Make) -> None:
    site = make(entry(more=JOURNAL.format("Science, 391, 1029 (2026)") + DOI.format("10.1000/x")))
    known = facts(site)
    assert known["Published version"] == ["Science, 391, 1029 (2026)", "10.1000/x"]
    assert known["Preprint"] == ["10.48550/arXiv.2603.00001"]


def test_a_preprint_is_not_called_published(make: Make) -> None:
    known = facts(make(entry()))
    assert "Published version" not in known
    assert known["Preprint"] == ["10.48550/arXiv.2603.00001"]


def test_all_versions_are_linked_with_the_dates_that_are_known(make: Make) -> None:
    site = make(
        entry("2603.00001v3", updated="2026-04-01T12:00:00Z"),
        entry("2603.00001v6", updated="2026-05-02T12:00:00Z"),
    )
    assert facts(site)["Versions"] == ["v1 7 March 2026", "v2", "v3 1 April 2026", "v4 v5", "v6 2 May 2026"]
    assert re.findall(r'"https://arxiv\.org/abs/2603\.00001(v\d)">\1</a>', html(site)) == [
        f"v{number}" for number in range(1, 7)
    ]
    assert dateline(site) == "7 Mar 2026, revised 2 May 2026 (v6) · q-bio.NC"


def test_a_number_of_versions_that_cannot_be_fills_no_page(make: Make) -> None:
    site = make(entry("2603.00001v9999", updated="2026-04-01T12:00:00Z"))
    assert facts(site)["Versions"] == ["v1 7 March 2026", "v9999 1 April 2026"]


def test_one_version_is_no_list(make: Make) -> None:
    assert "Versions" not in facts(make(entry()))


def test_a_withdrawn_paper_leads_to_the_version_before(make: Make) -> None:
    withdrawn = "<arxiv:comment>This paper has been withdrawn by the author</arxiv:comment>"
    site = make(entry("2603.00001v3", updated="2026-04-01T12:00:00Z", more=withdrawn))
    banner = html(site).partition('class="banner"')[2].partition("</div>")[0]
    assert "This paper has been withdrawn by the author" in banner
    assert '<a href="https://arxiv.org/abs/2603.00001v2">' in banner


def test_affiliations_are_numbered_and_listed_once(make: Make) -> None:
    site = make(entry(authors=(("Ada Byron", "Rochester", "Ulm"), ("Bo Chen",), ("Cy Dee", "Ulm"))))
    authors = html(site).partition('class="authors">')[2].partition("</ul>")[0]
    assert text(authors) == "Ada Byron1,2, Bo Chen, Cy Dee2"
    assert re.findall("<li>(.*)", html(site).partition("Affiliations")[2].partition("</ol>")[0]) == [
        "Rochester",
        "Ulm",
    ]


def test_an_affiliation_of_all_needs_no_number(make: Make) -> None:
    site = make(entry(authors=(("Ada Byron", "Ulm"), ("Bo Chen", "Ulm"))))
    assert "<sup>" not in html(site)
    assert "<li>Ulm" in html(site)


def test_a_fold_of_authors_shows_the_last(make: Make) -> None:
    people = tuple((f"Ada {letter}yron",) for letter in "ABCDEFGH")
    site = make(entry(authors=people), settings="[lists]\nfold_authors = 3\n")
    found = html(site)
    inside = found.partition("4 more authors</summary>")[2].partition("</details>")[0]
    assert text(inside) == "Ada Dyron, Ada Eyron, Ada Fyron, Ada Gyron"
    assert "Ada Hyron" in found.partition("</details>")[2].partition("</ul>")[0]


def test_few_authors_are_not_folded(make: Make) -> None:
    people = tuple((f"Ada {letter}yron",) for letter in "ABCDEF")
    site = make(entry(authors=people), settings="[lists]\nfold_authors = 3\n")
    assert "more authors" not in html(site)


@pytest.mark.parametrize(
    ("front", "settings", "expected"),
    [
        ('author = "Bo Chen"\ndate = 2026-03-22', 'owner = "A lab"', "Bo Chen · 22 March 2026"),
        ("", 'owner = "A lab"', "A lab"),
        ("", "", "Site"),
    ],
)
def test_a_note_says_whose_it_is(make: Make, front: str, settings: str, expected: str) -> None:
    note = f'+++\narxiv = "2603.00001"\n{front}\n+++\n\n# A thought\n\nIt is $x^2$ & *more*.[^1]\n\n[^1]: Aside.\n'
    site = make(entry(), settings=settings, notes_thought=note)
    assert f'<p class="over">Note by {expected}</p>' in html(site)
    assert f'<p class="over">{expected}</p>' in html(site, "notes/")
    assert '<p class="beginning">It is x2 &amp; more.</p>' in html(site, "notes/")


def test_a_long_text_lists_its_headings(make: Make) -> None:
    two = "# Help\n\nFirst.\n\n## One & two\n\nText.\n\n## Three\n\nText.\n"
    site = make(entry(), pages_help=f"{two}\n## *Four*\n\nText.\n", pages_short=two)
    contents = html(site, "help/").partition('class="contents">')[2].partition("</ul>")[0]
    assert re.findall('<a href="#([^"]*)">(.*?)</a>', contents) == [
        ("one-two", "One &amp; two"),
        ("three", "Three"),
        ("four", "Four"),
    ]
    for name in ("one-two", "three", "four"):
        assert f'<h2 id="{name}">' in html(site, "help/")
    assert 'class="contents"' not in html(site, "short/")
