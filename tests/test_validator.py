"""Every page against the Nu HTML checker, which is what https://validator.w3.org/nu/ runs."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import tool
from test_text_math import FRAGMENTS

from sitegen.text import math

MISTAKES = {
    "index.html": "<!doctype html><html lang=en><title>T</title><p id=a><p id=a>",
    "style.css": "p { color: nothing }\n",
    "picture.svg": '<svg xmlns="http://www.w3.org/2000/svg"><nothing/></svg>',
}


@pytest.fixture(scope="module")
def complaints(
    golden_site: Path, shipped_site: Path, mapped_site: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    """What the checker calls errors, by the folder of the files; one run of it looks at all."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("no Java; tools/prepare_tests.sh installs it")
    formulas, mistake = (tmp_path_factory.mktemp(name) for name in ("formulas", "mistake"))
    (formulas / "index.html").write_text(page_of_formulas(), "utf-8")
    for name, text in MISTAKES.items():
        (mistake / name).write_text(text, "utf-8")
    # Of the site with topics, only what the others do not have.
    new = tmp_path_factory.mktemp("topics")
    for name in ("topics", "map"):
        shutil.copytree(mapped_site / "output" / name, new / name)
    folders = {
        "golden": golden_site,
        "shipped": shipped_site,
        "topics": new,
        "formulas": formulas,
        "mistake": mistake,
    }
    # The checker wants a deep stack. The second compiler pays off in a server, not in a run of seconds.
    machine = [java, "-Xss8m", "-XX:TieredStopAtLevel=1", "-jar", str(tool("vnu", ".jar"))]
    options = ["--errors-only", "--skip-non-html", "--also-check-css", "--also-check-svg"]
    run = subprocess.run(
        [*machine, *options, *map(str, folders.values())], capture_output=True, text=True, check=False
    )
    found: dict[str, list[str]] = {name: [] for name in folders}
    for line in run.stderr.splitlines():
        (name,) = (
            name for name, folder in folders.items() if folder.as_uri().removeprefix("file://") in line
        )
        found[name].append(line)
    return found


def page_of_formulas() -> str:
    chance = random.Random(2603)
    parts = [
        *FRAGMENTS.split(),
        r"\tfrac12",
        r"\dbinom nk",
        r"\displaystyle",
        r"\kern1pt",
        r"\sqrt{x}",
        "{x}",
        "_{i}",
    ]
    drawn = ["".join(chance.choices(parts, k=chance.randint(1, 8))) for _ in range(20_000)]
    made = {math.to_html(f"${tex}$", block=True) for tex in (*parts, *drawn)}
    formulas = sorted(html for html in made if html.startswith("<math"))
    assert len(formulas) > 1000
    body = "\n".join(f"<p>{html}" for html in formulas)
    return f"<!doctype html><html lang=en><meta charset=utf-8><title>T</title>{body}"


@pytest.mark.parametrize("site", ["golden", "shipped"])
def test_pages_style_sheets_and_pictures(
    site: str, complaints: dict[str, list[str]], request: pytest.FixtureRequest
) -> None:
    output: Path = request.getfixturevalue(f"{site}_site")
    assert len(list(output.rglob("*.html"))) > 30
    assert {path.suffix for path in output.rglob("*")} >= {".css", ".svg"}
    assert complaints[site] == []


def test_topics_and_the_map(complaints: dict[str, list[str]]) -> None:
    assert complaints["topics"] == []


def test_formulas_of_all_kinds(complaints: dict[str, list[str]]) -> None:
    assert complaints["formulas"] == []


def test_it_would_find_mistakes(complaints: dict[str, list[str]]) -> None:
    found = "".join(complaints["mistake"])
    assert "Duplicate ID" in found
    assert all(name in found for name in MISTAKES)
