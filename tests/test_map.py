"""The map: its page, its file in content/, and the command that computes it."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from conftest import build, new_context, serving, tool
from topics_site import PAPERS, SUBJECTS, entries, identifier, make_content

from sitegen.cli import main
from sitegen.library import layout


@pytest.fixture(scope="module")
def served_map(mapped_site: Path) -> Iterator[str]:
    with serving(mapped_site / "output") as address:
        yield address


def page(folder: Path, url: str) -> str:
    return (folder / "output" / url / "index.html").read_text("utf-8")


def test_each_topic_is_on_the_map_and_in_its_list(mapped_site: Path) -> None:
    text = page(mapped_site, "map")
    topics = {path.parent.name for path in mapped_site.glob("output/topics/*/index.html")}
    assert len(topics) > len(SUBJECTS) / 2
    labels = re.findall(r'<a href="\.\./topics/([^/]+)/" tabindex="-1"><text', text)
    assert set(labels) == topics
    assert set(re.findall(r'<li><a href="\.\./topics/([^/]+)/">', text)) == topics
    assert '<a href="../map/">' in page(mapped_site, "topics")


def test_new_papers_are_placed_too(mapped_site: Path) -> None:
    # Each of them has neighbours in the file.
    assert f"{PAPERS} papers" in page(mapped_site, "map")


def test_a_new_paper_stands_amid_its_neighbours() -> None:
    assert layout.between([(1, 9), (2, 8), (900, 7)]) == (2, 8)
    assert layout.between([]) is None


def test_the_drawing_is_small(mapped_site: Path) -> None:
    assert len(page(mapped_site, "map")) < 30_000


def test_without_the_file_nothing_else_differs(mapped_site: Path, tmp_path: Path) -> None:
    shutil.copytree(mapped_site / "content", tmp_path / "content")
    layout.path_of(tmp_path / "content").unlink()
    shutil.copytree(mapped_site / ".sitegen", tmp_path / ".sitegen")
    shutil.copytree(mapped_site / "output", tmp_path / "output")
    output = build(tmp_path / "content", tmp_path / "output")
    assert not (output / "map").exists()
    different = {
        path.relative_to(output).as_posix()
        for path in output.rglob("*.html")
        if path.read_bytes() != (mapped_site / "output" / path.relative_to(output)).read_bytes()
    }
    assert different <= {"topics/index.html", "index.html"}
    assert main(["check", "--content", str(tmp_path / "content"), "--output", str(output), "--quiet"]) == 0


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "map.csv:1: expected 'paper,x,y'"),
        ("2601.00001,1,2\n", "map.csv:1: expected 'paper,x,y'"),
        ("paper,x,y\n2601.00001,1,2\n2601.00002,1\n", "map.csv:3: expected an arXiv identifier"),
        ("paper,x,y\n2601.00001,1,1001\n", "map.csv:2: expected an arXiv identifier"),
        ("paper,x,y\n<<<<<<< HEAD\n", "map.csv:2: expected an arXiv identifier"),
        ("paper,x,y\n2601.00001,1,2\n2601.00001,1,2\n", "map.csv:3: this paper has a place already"),
    ],
)
def test_mistakes_in_the_file(
    text: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = make_content(tmp_path, entries(3))
    layout.path_of(content).write_text(text, "utf-8")
    assert main(["build", "--content", str(content), "--output", str(tmp_path / "output")]) == 1
    errors = capsys.readouterr().err
    assert place in errors
    assert "sitegen map" in errors


def test_what_is_written_is_read() -> None:
    places = {"2601.00001": (0, 1000), "q-bio/0309001": (17, 4)}
    assert layout.dump(places) == "paper,x,y\n2601.00001,0,1000\nq-bio/0309001,17,4\n"


def test_the_command_places_like_papers_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    papers = entries(120)
    content = make_content(tmp_path, papers)
    assert main(["map", "--content", str(content)]) == 0
    assert "map.csv" in capsys.readouterr().out
    places = layout.load(content)
    assert places.keys() == set(map(identifier, papers))
    of_subject = [[places[identifier(papers[n])] for n in range(start, 120, 12)] for start in range(12)]
    apart = [abs(x - u) + abs(y - v) for group in of_subject for x, y in group for u, v in group]
    all_apart = [abs(x - u) + abs(y - v) for x, y in places.values() for u, v in places.values()]
    assert mean(apart) < mean(all_apart) / 3


def test_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = make_content(tmp_path, entries(3))
    monkeypatch.setitem(sys.modules, "openTSNE", None)
    assert main(["map", "--content", str(content)]) == 1
    assert "pip install 'sitegen[map]'" in capsys.readouterr().err
    assert not layout.path_of(content).exists()


def test_the_command_needs_papers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = make_content(tmp_path, entries(3))
    assert main(["map", "--content", str(content)]) == 1
    assert "3 papers, too few" in capsys.readouterr().err


_BOXES = """() => [...document.querySelectorAll('.map text')].map(text => text.getBoundingClientRect())
    .filter(box => box.width).map(({left, right, top, bottom}) => [left, right, top, bottom])"""
_ADDRESSES = ("map/", "topics/", "topics/visual-cortex/")


@pytest.fixture
def opened(chromium: Any, served_map: str) -> Iterator[Callable[..., Any]]:
    contexts = []

    def open_at(address: str, width: int, scheme: str = "light") -> Any:
        context = new_context(chromium, viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        shown = context.new_page()
        shown.goto(served_map + address)
        return shown

    yield open_at
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 1100, 360])
def test_labels_do_not_touch(opened: Callable[..., Any], width: int) -> None:
    shown = opened("map/", width)
    shown.evaluate("document.fonts.ready")
    boxes = shown.evaluate(_BOXES)
    assert len(boxes) > len(SUBJECTS) / 2
    assert all(left >= 0 and right <= width for left, right, _, _ in boxes)
    touching = [
        (one, other)
        for number, one in enumerate(boxes)
        for other in boxes[:number]
        if one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
    ]
    assert touching == []
    shown.locator(".map a:visible").first.click()
    shown.wait_for_url("**/topics/*/")


@pytest.mark.parametrize("width", [1280, 360])
def test_everybody_can_use_the_pages(opened: Callable[..., Any], width: int) -> None:
    shown = opened(_ADDRESSES[0], width)
    for address in _ADDRESSES:
        shown.goto(shown.url.split("/repo/")[0] + "/repo/" + address)
        shown.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        shown.evaluate(tool("axe", ".js").read_text("utf-8"))
        for scheme in ("light", "dark"):
            shown.emulate_media(color_scheme=scheme)
            found = shown.evaluate("axe.run({rules: {'target-size': {enabled: true}}})")
            assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found["violations"]] == []
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
