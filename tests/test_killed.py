"""A build that is killed, wherever it is: no file is ever half-written, and the next command finds a whole site.

SITEGEN_KILLS is how often a larger site's update is killed at a random moment; SITEGEN_SEED makes it other moments.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from conftest import PROJECT, build
from made_site import all_files, copy_site, differing, make_site

from sitegen.cli import main

FEED = PROJECT / "tests" / "data" / "feeds" / "api-old-identifier.atom.xml"
KILLS = int(os.environ.get("SITEGEN_KILLS", "12"))
SEED = os.environ.get("SITEGEN_SEED", "1")
ENVIRONMENT = os.environ | {"PYTHONPATH": str(PROJECT)}

Files = dict[str, bytes]


def site(output: Path) -> Files:
    return all_files(output) if output.exists() else {}


def is_mixed(found: Files, old: Files, new: Files) -> bool:
    """Say whether a site is neither the old nor the new one; no file of it may be anything else."""
    odd = [path for path, data in found.items() if data not in (old.get(path), new.get(path))]
    assert not odd, f"neither old nor new: {odd}"
    return bool(differing(found, old)) and bool(differing(found, new))


# --- a small site, at each of its steps -------------------------------------------------------------------


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A small site's content, beside templates that take no time."""
    content = tmp_path / "site" / "content"
    for folder in ("content/feeds", "content/pages", "templates", "static"):
        (tmp_path / "site" / folder).mkdir(parents=True)
    (content / "site.toml").write_text('title = "T"\nurl = "https://example.org/"\n', "utf-8")
    shutil.copy(FEED, content / "feeds")
    (content / "pages" / "about.md").write_text("# About\n", "utf-8")
    (tmp_path / "site" / "static" / "file").write_text("text", "utf-8")
    for template in (PROJECT / "templates").glob("*.html"):
        text = "" if template.name.startswith("_") else "{{ page.title }} · {{ site.title }}"
        (tmp_path / "site" / "templates" / template.name).write_text(text, "utf-8")
    return content


def change(content: Path) -> None:
    """Have a page more, another that is gone and whose name is a folder's now, a title that stands on every page."""
    shutil.rmtree(content / "pages")
    (content / "pages" / "about").mkdir(parents=True)
    (content / "pages" / "about" / "us.md").write_text("# Us\n", "utf-8")
    (content.parent / "static" / "file").unlink()
    (content.parent / "static" / "file").mkdir()
    (content.parent / "static" / "file" / "inside").write_text("text", "utf-8")
    (content / "site.toml").write_text('title = "U"\nurl = "https://example.org/"\n', "utf-8")


@contextmanager
def killer(mode: str, folder: Path) -> Iterator[Callable[[int], bool]]:
    """Give what builds a site and is killed before a step of its; it says whether there was such a step."""
    command = [sys.executable, str(PROJECT / "tests" / "kill_points.py"), mode, str(folder)]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout

        def killed_at(step: int) -> bool:
            assert process.stdin
            assert process.stdout
            print(step, file=process.stdin, flush=True)
            said = process.stdout.readline().strip()
            assert said in ("killed", "lived")
            return said == "killed"

        yield killed_at
        process.stdin.close()


def every_step(mode: str, folder: Path, prepare: Callable[[], object]) -> Iterator[int]:
    """Kill the same build at each of its steps, one after the other."""
    with killer(mode, folder) as killed_at:
        for step in range(1, 100_000):
            prepare()
            if not killed_at(step):
                assert step > 100
                return
            yield step


def put_back(before: Path, folder: Path) -> None:
    """Have an output folder and a cache as they were, and nothing beside them."""
    for path in folder.iterdir():
        if path.name not in ("content", "templates", "static"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in ("output", ".sitegen"):
        if (before / name).exists():
            shutil.copytree(before / name, folder / name)


def next_command(content: Path, output: Path) -> None:
    """Do what is not a build, and looks at the output."""
    main(["check", "--content", str(content), "--output", str(output), "--quiet"])


@pytest.mark.parametrize("mode", ["burst", "exchange", "two renames"])
def test_an_update_is_killed_at_each_step(mode: str, content: Path, tmp_path: Path) -> None:
    folder = content.parent
    output, before = folder / "output", tmp_path / "before"
    old = site(build(content, output))
    shutil.copytree(folder, before)
    change(content)
    new = site(build(copy_site(folder, tmp_path / "cold"), tmp_path / "cold" / "output"))
    assert old.keys() - new.keys()
    assert new.keys() - old.keys()

    seen: Counter[str] = Counter()
    for step in every_step(mode, folder, lambda: put_back(before, folder)):
        found = site(output)
        seen["gone" if not found else "mixed" if is_mixed(found, old, new) else "whole"] += 1
        next_command(content, output)
        whole = site(output) in (old, new)
        assert whole
        assert {path.name for path in folder.iterdir()} <= {path.name for path in before.iterdir()}
        if step % 5 == 0:
            build(content, output)
            assert not differing(site(output), new)
    assert (seen["mixed"] > 0) is (mode == "burst")
    assert seen["gone"] == (1 if mode == "two renames" else 0)


def test_a_first_build_is_killed_at_each_step(content: Path, tmp_path: Path) -> None:
    folder = content.parent
    shutil.copytree(folder, tmp_path / "before")
    new = site(build(copy_site(folder, tmp_path / "cold"), tmp_path / "cold" / "output"))
    for step in every_step("burst", folder, lambda: put_back(tmp_path / "before", folder)):
        found = site(folder / "output")
        assert not found or not differing(found, new)
        if step % 3 == 0:
            build(content, folder / "output")
            assert not differing(site(folder / "output"), new)
            assert len(list(folder.iterdir())) == 5


# --- a larger site, at any moment -------------------------------------------------------------------------


class Update(NamedTuple):
    """What is changed before a build, and which files the site then has."""

    change: Callable[[Path], object]
    files: Files


def command(content: Path) -> list[str]:
    folder = content.parent
    paths = ["--content", str(content), "--output", str(folder / "output")]
    return [sys.executable, "-m", "sitegen", "build", *paths, "--quiet", "--jobs", "2"]


def updates(content: Path, elsewhere: Path) -> list[Update]:
    """Return four updates of a site that lead back to what it was: small ones, and others of all its pages."""
    settings, note = content / "site.toml", content / "notes" / "a-first-look.md"
    first, text = settings.read_text("utf-8"), note.read_text("utf-8")
    changes: list[Callable[[Path], object]] = [
        lambda content: (content / "notes" / note.name).write_text(f"{text}\nMore of it.\n", "utf-8"),
        lambda content: (content / "site.toml").write_text(first.replace("Nobody", "Somebody"), "utf-8"),
        lambda content: (content / "notes" / note.name).write_text(text, "utf-8"),
        lambda content: (content / "site.toml").write_text(first, "utf-8"),
    ]
    found = []
    for number, change in enumerate(changes):
        change(content)
        folder = elsewhere / str(number)
        found.append(Update(change, all_files(build(copy_site(content.parent, folder), folder / "output"))))
    return found


def kill_amid(content: Path, seconds: float) -> bool:
    """Build, and kill the build after so many seconds; False if it was done before."""
    process = subprocess.Popen(
        command(content), env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait() < 0


def test_an_update_is_killed_at_random_moments(tmp_path: Path) -> None:
    random = Random(SEED)
    content = make_site(tmp_path / "site", 150, 330)
    output = build(content, tmp_path / "site" / "output")
    rounds = updates(content, tmp_path / "cold")
    small, large = (len(differing(rounds[number].files, rounds[number + 1].files)) for number in (-1, 0))
    assert small < 20 < 500 < large
    took = 0.0
    old = rounds[-1].files
    seen: Counter[str] = Counter()
    number = 0
    while seen["killed"] < KILLS:
        update = rounds[number % len(rounds)]
        update.change(content)
        if number < len(rounds):
            started = time.perf_counter()
            subprocess.run(command(content), env=ENVIRONMENT, check=True)
            took = max(took, time.perf_counter() - started)
        else:
            killed = kill_amid(content, random.random() * took)
            seen["killed"] += killed
            mixed = is_mixed(site(output), old, update.files)
            if killed:
                seen["mixed" if mixed else "new" if site(output) == update.files else "old"] += 1
            if number % 3 == 0 or mixed:
                next_command(content, output)
                assert not is_mixed(site(output), old, update.files)
            subprocess.run(command(content), env=ENVIRONMENT, check=True, timeout=120)
        assert not differing(site(output), update.files)
        assert {path.name for path in content.parent.iterdir()} == {
            *("content", "templates", "static", "output", ".sitegen")
        }
        old = update.files
        number += 1
    print(dict(seen))
    assert seen["mixed"] <= max(1, KILLS // 200)
