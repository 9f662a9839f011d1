"""Topics: which terms they are, their pages, and how little of them a new feed changes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import build, copy_content
from topics_site import NEW, PAPERS, entries, make_content, write_feed

from sitegen.cli import main
from sitegen.library.topic_words import Matcher, Topic, Words, stems
from sitegen.models import ArxivId, Paper


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site with topics, before and after a new feed: content, before, after and cold."""
    folder = tmp_path_factory.mktemp("topics")
    papers = entries(PAPERS)
    content = make_content(folder, papers[:-NEW])
    build(content, folder / "output", "--strict")
    shutil.copytree(folder / "output", folder / "before")
    write_feed(content, "new.xml", papers[-NEW:])
    build(content, folder / "output", "--strict")
    shutil.rmtree(folder / ".sitegen")
    build(content, folder / "cold", "--strict")
    return folder


def page(folder: Path, url: str) -> str:
    return (folder / url / "index.html").read_text("utf-8")


def topics_of(folder: Path) -> dict[str, tuple[str, int]]:
    """Return the name of each topic and the number of its papers, by slug, as the list of topics has them."""
    text = page(folder, "topics")
    found = re.findall(r'<li><a href="\./([^/"]+)/">(.*?)</a>(?: <span>([\d,]+))?', text)
    return {slug: (name, int(count or 1)) for slug, name, count in found}


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_recurring_terms_are_topics(made: Path) -> None:
    topics = topics_of(made / "output")
    assert {"grid-cell", "spike-sorting", "visual-cortex", "sleep", "reaction-network"} <= topics.keys()
    assert not {"report", "unlike", "study", "grid", "cell"} & topics.keys()
    assert topics["grid-cell"][0] == "Grid cell"


def test_forms_of_a_term_are_one_topic(made: Path) -> None:
    slugs = topics_of(made / "output").keys()
    assert not {"grid-cells", "reaction-networks"} & slugs
    assert len({"eeg", "electroencephalography"} & slugs) == 1
    (slug,) = {"eeg", "electroencephalography"} & slugs
    text = page(made / "output", f"topics/{slug}")
    assert "EEG" in text
    assert "lectroencephalography" in text


def test_a_topic_has_the_papers_that_are_about_it(made: Path) -> None:
    _, count = topics_of(made / "output")["grid-cell"]
    text = page(made / "output", "topics/grid-cell")
    titles = re.findall(r'<li><a href="[^"]+/abs/[^"]+">(.*?)</a>', text)
    # A mention in another paper's abstract is not enough.
    assert len(titles) == count == len(range(0, PAPERS, 12))
    assert all(title.startswith("Grid cells") for title in titles)
    assert re.findall(r">(20\d\d)</a></h2>", text) == ["2018", "2017", "2016", "2015"]
    assert "Papers per year about Grid cell: 18 papers" in text
    assert "Authors</h2>" in text


def test_a_topic_has_a_feed_and_bibtex_of_its_newest_papers(made: Path) -> None:
    folder = made / "output/topics/grid-cell"
    assert (folder / "feed.xml").read_text("utf-8").count("<entry>") == 10
    assert (folder / "papers.bib").read_text("utf-8").count("@misc{") == 18
    text = (folder / "index.html").read_text("utf-8")
    assert "BibTeX of all" in text
    assert "download>" in text


def test_a_paper_names_its_topics(made: Path) -> None:
    text = page(made / "output", "abs/1501.00001")
    assert re.search(r'<dt>Topics<dd><a href="[./]+topics/grid-cell/">grid cell</a>', text)


def test_what_related_papers_share_leads_to_the_topic(made: Path) -> None:
    text = page(made / "output", "abs/1501.00001")
    related = text[text.index('class="related"') :]
    assert re.search(r'both on: *<a href="[./]+topics/grid-cell/">', related.replace("\n", " "))


def test_few_papers_have_no_topics(tmp_path: Path) -> None:
    folder = build(copy_content(tmp_path), tmp_path / "output")
    assert not (folder / "topics").exists()
    assert "topics/" not in page(folder, "")


def test_a_new_feed_changes_no_topic(made: Path) -> None:
    before, after = topics_of(made / "before"), topics_of(made / "output")
    assert {slug: name for slug, (name, _) in before.items()} == {
        slug: name for slug, (name, _) in after.items()
    }
    assert after["grid-cell"][1] > before["grid-cell"][1]


def test_after_a_new_feed_all_is_as_in_a_cold_build(made: Path) -> None:
    assert files(made / "output") == files(made / "cold")


def test_links_and_limits(made: Path) -> None:
    assert (
        main(["check", "--content", str(made / "content"), "--output", str(made / "output"), "--quiet"]) == 0
    )


def paper(title: str, abstract: str) -> Paper:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return Paper(
        id=ArxivId("2601.00001"),
        title=title,
        credits=(),
        abstract=abstract,
        published=moment,
        updated=moment,
    )


def about(title: str, abstract: str, *topics: Sequence[str]) -> list[str]:
    """Return the names of the topics that a paper is about; each topic is given by its forms."""
    words = Words()
    text = words.read(paper(title, abstract))
    known = [Topic(forms[0], forms[0], "", tuple(map(stems, forms)), 1) for forms in topics]
    return [known[place].name for place in Matcher(known, words).topics(*text)]


CASES: dict[str, tuple[str, str, list[str]]] = {
    "in the title": ("Place cells at night", "", ["place cells"]),
    "once in the abstract": ("Nights", "A place cell.", []),
    "twice in the abstract": ("Nights", "A place cell, and other place-cells.", ["place cells"]),
    "an acronym in brackets is no second mention": ("Nights", "Electroencephalography (EEG) is old.", []),
    "an acronym alone": ("Nights", "Electroencephalography (EEG) is old. EEG is not.", ["EEG"]),
    "the longer one counts": ("Spiking neural networks", "", ["spiking neural networks"]),
    "not across a sign": ("A place: cells", "", []),
    "not across a stop word": ("Place of cells", "", []),
    "the title comes first": ("EEG", "Place cells and place cells and place cells.", ["EEG", "place cells"]),
    "not in a formula": ("$EEG$", "", []),
}


@pytest.mark.parametrize(("title", "abstract", "expected"), CASES.values(), ids=CASES)
def test_what_a_paper_is_about(title: str, abstract: str, expected: list[str]) -> None:
    topics = [
        ("place cells",),
        ("EEG", "electroencephalography"),
        ("neural networks",),
        ("spiking neural networks",),
    ]
    assert about(title, abstract, *topics) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("neural network", "Neural Networks"),
        ("mean-field", "mean field"),
        ("tumour growth", "tumor growth"),
        ("neuronal network", "neuron networks"),
        ("self-organisation", "self-organization"),
        ("population codes", "population coding"),
    ],
)
def test_forms_with_the_same_stems(one: str, other: str) -> None:
    assert stems(one) == stems(other)
    assert all(stems(one))
