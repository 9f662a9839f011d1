"""Every page against the Nu HTML checker, which is what https://validator.w3.org/nu/ runs."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import tool
from test_text_math import FRAGMENTS

from sitegen.text import math


def complaints(*arguments: str) -> str:
    """Return what the checker calls errors, one a line; it exits with 1 where there are some."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("no Java; tools/prepare_tests.sh installs it")
    # The checker wants a deep stack. The second compiler pays off in a server, not in a run of seconds.
    machine = [java, "-Xss8m", "-XX:TieredStopAtLevel=1", "-jar", str(tool("vnu", ".jar"))]
    command = [*machine, "--errors-only", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode == 0) is (not run.stderr), run.stdout + run.stderr
    return run.stderr


@pytest.mark.parametrize("site", ["golden_site", "shipped_site"])
def test_pages(site: str, request: pytest.FixtureRequest) -> None:
    output: Path = request.getfixturevalue(site)
    assert len(list(output.rglob("*.html"))) > 30
    assert complaints("--skip-non-html", str(output)) == ""


def test_formulas_of_all_kinds(tmp_path: Path) -> None:
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
    page = tmp_path / "index.html"
    body = "\n".join(f"<p>{html}" for html in formulas)
    page.write_text(f"<!doctype html><html lang=en><meta charset=utf-8><title>T</title>{body}", "utf-8")
    assert complaints(str(page)) == ""


def test_style_sheets_and_pictures(golden_site: Path) -> None:
    for option, suffix in (("--css", "css"), ("--svg", "svg")):
        files = [str(path) for path in golden_site.rglob(f"*.{suffix}")]
        assert files
        assert complaints(option, *files) == ""


def test_it_would_find_a_mistake(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<!doctype html><html lang=en><title>T</title><p id=a><p id=a>", "utf-8")
    assert "Duplicate ID" in complaints(str(page))
