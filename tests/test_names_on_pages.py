"""Names on the pages of a small site: who has a page, at which addresses, and in which order names are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import build
from made_site import paper_by, write_small_content

from sitegen.check.site import check
from sitegen.cli import main

URL = "https://archive.test/"
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Build a site of papers with these authors, the oldest paper first; a problem fails the test."""

    def made(*papers: tuple[str, ...], people: str = "", title: str = "A title") -> Path:
        entries = "".join(paper_by(number, authors, title) for number, authors in enumerate(papers, 1))
        content = write_small_content(tmp_path / "content", URL, entries)
        (content / "people.toml").write_text(people)
        return build(content, tmp_path / "output", "--strict", "--jobs", "1")

    return made


def people_of(site: Path) -> set[str]:
    """Return the folders of persons."""
    return {folder.name for folder in (site / "authors").iterdir() if folder.is_dir()} - {"by-letter"}


def test_an_earlier_address_leads_to_the_person(make: Make) -> None:
    one, other = ("Danielle S Bassett",), ("Danielle S. Bassett",)
    site = make(one, other, other, other, ("Bo Chen",))
    (earlier,) = people_of(site) - {"danielle-s-bassett", "bo-chen"}
    own, former = site / "authors/danielle-s-bassett", site / "authors" / earlier
    page = (former / "index.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../../authors/danielle-s-bassett/">' in page
    assert f'<link rel="canonical" href="{URL}authors/danielle-s-bassett/">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert '<a href="../danielle-s-bassett/">Danielle S. Bassett</a>' in page
    assert len(page) < 700
    # It had three papers, and so a feed and a .bib file.
    for name in ("feed.xml", "papers.bib"):
        assert (former / name).read_bytes() == (own / name).read_bytes()
    assert earlier not in (site / "sitemap.xml").read_text("utf-8")
    assert "Also published as <bdi>Danielle S Bassett</bdi>." in (own / "index.html").read_text("utf-8")
    assert check(site, URL).problems == ()


def test_no_feed_stands_where_there_was_none(make: Make) -> None:
    site = make(("Ada S. Byron",), ("Ada S. Byron",), ("Ada S. Byron",), ("Ada S Byron",))
    (earlier,) = people_of(site) - {"ada-s-byron"}
    assert [path.name for path in (site / "authors" / earlier).iterdir()] == ["index.html"]


def test_similar_names_lead_to_each_other(make: Make) -> None:
    site = make(("José Pérez",), ("Jose Perez",))
    (other,) = people_of(site) - {"jose-perez"}
    first = (site / "authors/jose-perez/index.html").read_text("utf-8")
    assert f'Similar names: <a href="../{other}/">Jose Perez</a> (1)</p>' in first
    second = (site / "authors" / other / "index.html").read_text("utf-8")
    assert 'Similar names: <a href="../jose-perez/">José Pérez</a> (1)</p>' in second


def test_a_colon_makes_a_group(make: Make) -> None:
    site = make(("Sample Bay", ":", "F. Other"))
    page = (site / "abs/2603.00001/index.html").read_text("utf-8")
    assert "author={{Sample Bay} and Other, F.}" in page
    assert '{"@type":"Organization","name":"Sample Bay"}' in page
    assert people_of(site) == {"sample-bay", "f-other"}


def test_a_group_behind_a_name_is_an_author(make: Make) -> None:
    site = make(
        ("Ada Example for the SAMPLE collaboration",), ("Ada Example (on behalf of SAMPLE Collaboration)",)
    )
    assert people_of(site) == {"ada-example", "sample-collaboration"}
    assert "2 papers" in (site / "authors/ada-example/index.html").read_text("utf-8")


def test_what_is_no_name_is_shown_without_a_page(make: Make) -> None:
    address = "Department of Physics, University of Example"
    site = make(("Ada Example", address))
    assert people_of(site) == {"ada-example"}
    for page in (
        "abs/2603.00001/index.html",
        "archive/2026/03/01/index.html",
        "authors/ada-example/index.html",
    ):
        assert f"<bdi>{address}</bdi>" in (site / page).read_text("utf-8")


def test_a_name_of_nobody_in_people_toml_is_an_error(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(("Ada Example",))
    (tmp_path / "content/people.toml").write_text('[[person]]\nname = ".."\n')
    assert main(["build", "--content", str(tmp_path / "content"), "--output", str(tmp_path / "output")]) == 1
    said = capsys.readouterr().err
    assert re.search(r"people\.toml:2: person\[0\]\.name: expected the name of a person", said)
    assert "Traceback" not in said


MIXED = ("Ada Example", "דוד לוי", "محمد الراشد", "B. Other")  # Hebrew and Arabic side by side, between Latin
TITLE = "על המוח?"


@pytest.mark.parametrize("page", ["abs/2603.00001/", "archive/2026/03/01/", "authors/ada-example/"])
def test_names_are_read_in_their_order(make: Make, chromium: Any, page: str) -> None:
    site = make(MIXED, title=TITLE)
    tab = chromium.new_page(viewport={"width": 1280, "height": 800})
    tab.goto(f"file://{site}/{page}index.html")
    names = tab.locator("main :is(a, b)")  # the person of the page is no link there
    boxes = [names.get_by_text(name, exact=True).first.bounding_box() for name in MIXED]
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    assert max(middles) - min(middles) < min(box["height"] for box in boxes) / 2, "they are in one line"
    assert [box["x"] for box in boxes] == sorted(box["x"] for box in boxes)
    tab.close()


def test_a_coauthor_is_listed_once_however_papers_print_the_name(make: Make) -> None:
    site = make(("Ada Byron", "Bo S. Chen"), ("Ada Byron", "Bo S Chen"))
    page = (site / "authors/ada-byron/index.html").read_text("utf-8")
    listed = page[page.index("Co-authors") : page.index("</aside>")]
    assert listed.count('href="../bo-s-chen/"') == 1
    assert re.search(r'href="../bo-s-chen/">[^<]*</a> <a href="../../search/\?q=[^"]+">2</a>', listed)
