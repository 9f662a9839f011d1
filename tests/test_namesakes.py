"""Which persons may be one, going by their names."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import build
from test_lists_browser import entry, make_site

from sitegen.library.namesakes import namesakes
from sitegen.models import Person
from sitegen.text import names


def person(printed: str, papers: int = 1) -> Person:
    bases = tuple([f"2603.{number:05}" for number in range(1, papers + 1)])
    name = names.parse(printed)
    return Person(slug=printed, name=name, letter="a", variants=(printed,), papers=bases)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Danielle S. Bassett", "D. S. Bassett", True),
        ("Danielle S. Bassett", "D. Bassett", True),
        ("Danielle S. Bassett", "Danielle Bassett", True),
        ("Danielle S. Bassett", "DS Bassett", True),
        ("Danielle S. Bassett", "D.S. Bassett", True),
        ("Danielle S. Bassett", "D. T. Bassett", False),
        ("Danielle S. Bassett", "David S. Bassett", False),
        ("Danielle S. Bassett", "S. Bassett", False),
        ("Danielle S. Bassett", "Danielle S. Basset", False),
        ("Dan Bassett", "Danielle Bassett", False),
        ("José Pérez", "Jose Perez", True),
        ("José Pérez", "J. Perez", True),
        ("Jean-Pierre Martin", "J.-P. Martin", True),
        ("Jean-Pierre Martin", "J. Martin", True),
        ("Jean-Pierre Martin", "Jean-Paul Martin", False),
        ("Anna van der Berg", "A. van der Berg", True),
        ("LI WEI", "Lin Wei", False),
        ("SAMPLE Collaboration", "S. Collaboration", False),
    ],
)
def test_names_that_may_be_forms_of_one(one: str, other: str, alike: bool) -> None:
    found = namesakes([person(one), person(other)])
    assert {slug: [known.slug for known in others] for slug, others in found.items()} == (
        {one: [other], other: [one]} if alike else {}
    )


def test_who_has_most_papers_comes_first() -> None:
    people = [person("Y. Wang"), person("Yi Wang", 2), person("Yu Wang", 3), person("Yu L. Wang", 2)]
    found = {slug: [other.slug for other in others] for slug, others in namesakes(people).items()}
    assert found == {
        "Y. Wang": ["Yu Wang", "Yi Wang", "Yu L. Wang"],
        "Yi Wang": ["Y. Wang"],
        "Yu Wang": ["Yu L. Wang", "Y. Wang"],
        "Yu L. Wang": ["Yu Wang", "Y. Wang"],
    }


def test_a_page_follows_when_a_similar_name_comes_and_when_its_papers_grow(tmp_path: Path) -> None:
    output = make_site(tmp_path, [entry(1, ["Danielle S. Bassett"])])
    page = output / "authors/danielle-s-bassett/index.html"
    assert "Similar names" not in page.read_text("utf-8")
    for number in (2, 3):
        feed = (tmp_path / "content/feeds/feed.xml").read_text("utf-8")
        (tmp_path / f"content/feeds/{number}.xml").write_text(
            feed.partition("<entry>")[0] + entry(number, ["D. Bassett"]) + "</feed>", "utf-8"
        )
        build(tmp_path / "content", output, "--strict")
        link = f'Similar names: <a href="../d-bassett/">D. Bassett</a> ({number - 1})'
        assert link in page.read_text("utf-8")
