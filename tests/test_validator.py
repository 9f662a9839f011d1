"""Every page against the Nu HTML checker, which is what https://validator.w3.org/nu/ runs."""

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import tool


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


def test_style_sheets_and_pictures(golden_site: Path) -> None:
    for option, suffix in (("--css", "css"), ("--svg", "svg")):
        files = [str(path) for path in golden_site.rglob(f"*.{suffix}")]
        assert files
        assert complaints(option, *files) == ""


def test_it_would_find_a_mistake(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<!doctype html><html lang=en><title>T</title><p id=a><p id=a>", "utf-8")
    assert "Duplicate ID" in complaints(str(page))
