"""What `pip install` gives: the wheel, in an environment of its own, makes and builds a site anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PROJECT, without_progress

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def sitegen(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the installed command in a folder; the checkout is out of its sight."""
    folder = tmp_path_factory.mktemp("wheel")
    # hatchling is here already, so that no network is needed.
    make = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*make, "--no-index", "--wheel-dir", str(folder), str(PROJECT)], check=True)
    (wheel,) = folder.glob("*.whl")

    home = folder / "venv"
    venv.create(home, symlinks=True)
    install = [sys.executable, "-m", "pip", "--python", str(home), "install", "--quiet", "--no-compile"]
    subprocess.run([*install, "--no-deps", "--no-index", str(wheel)], check=True)
    site_packages = next((home / "lib").glob("python*")) / "site-packages"
    # What sitegen depends on comes from the environment of the tests. An editable sitegen there stays unseen,
    # because only its site-packages are looked into, not the .pth files in them.
    dependencies = home / "dependencies"
    dependencies.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.lower().startswith(("sitegen", "_editable_impl_sitegen")):
            (dependencies / entry.name).symlink_to(entry)
    (site_packages / "dependencies.pth").write_text(f"{dependencies}\n", "utf-8")
    command = home / "bin" / "sitegen"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [command, *arguments], cwd=where, env=environment, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture
def new_site(sitegen: Run, tmp_path: Path) -> Path:
    made = sitegen(tmp_path, "new", "my site")
    assert (made.returncode, made.stderr) == (0, "")
    return tmp_path / "my site"


def test_it_brings_the_workflow(sitegen: Run, tmp_path: Path) -> None:
    made = sitegen(tmp_path, "new", "--github", "OWNER/sitegen", "own")
    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / "own" / ".github" / "workflows" / "site.yml").stat().st_size > 1000


def test_it_is_the_wheel_that_runs(sitegen: Run, tmp_path: Path) -> None:
    failed = sitegen(tmp_path, "build", "--debug")
    assert "site-packages/sitegen/cli.py" in failed.stderr
    assert str(PROJECT) not in failed.stderr


def test_a_new_site_builds(sitegen: Run, new_site: Path) -> None:
    built = sitegen(new_site, "build", "--strict")
    assert (built.returncode, without_progress(built.stderr)) == (0, "")
    assert "15 papers" in built.stdout
    output = new_site / "output"
    assert "Task learning increases" in (output / "abs/2603.07369/index.html").read_text("utf-8")
    assert list((output / "static").glob("site.*.css"))
    assert (output / "about" / "index.html").exists()
    checked = sitegen(new_site, "check")
    assert (checked.returncode, "problem" in checked.stdout + checked.stderr) == (0, False)


def test_the_owners_files_win(sitegen: Run, new_site: Path) -> None:
    (new_site / "templates" / "404.html").write_text("mine: {{ page.title }}", "utf-8")
    (new_site / "static" / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", "utf-8")
    (new_site / "static" / "logo.txt").write_text("my own file", "utf-8")
    built = sitegen(new_site, "build", "--quiet")
    assert (built.returncode, built.stderr) == (0, "")
    output = new_site / "output"
    assert (output / "404.html").read_text("utf-8").startswith("mine: ")
    assert (output / "favicon.svg").read_text("utf-8").startswith("<svg xmlns='")
    assert [path.read_text("utf-8") for path in (output / "static").glob("logo.*.txt")] == ["my own file"]
    assert "<!doctype html>" in (output / "index.html").read_text("utf-8")


def test_a_mistake_in_the_owners_template_names_the_line(sitegen: Run, new_site: Path) -> None:
    (new_site / "templates" / "404.html").write_text("\n\n{{ page.titel }}", "utf-8")
    built = sitegen(new_site, "build")
    assert built.returncode == 1
    assert "templates/404.html:3: " in built.stderr
    assert "Traceback" not in built.stderr
    assert not (new_site / "output").exists()


def test_a_fork_may_replace_all_content() -> None:
    build = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert [path for path in build["targets"]["wheel"]["force-include"] if "content" in path] == []
