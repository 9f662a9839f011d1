"""A build that is killed, wherever it is: no file is ever half-written, and the next command finds a whole site.

SITEGEN_KILLS is how often a larger site's update is killed at a random step; SITEGEN_SEED makes it other steps.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from conftest import build
from kill_points import ask, builder
from made_site import (
    all_files,
    change_all_pages,
    copy_site,
    differing,
    entries_below,
    make_site,
    make_small_site,
)

from sitegen.cli import main

KILLS = int(os.environ.get("SITEGEN_KILLS", "12"))
SEED = os.environ.get("SITEGEN_SEED", "1")

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
    return make_small_site(tmp_path / "site")


def every_step(mode: str, folder: Path) -> Iterator[int]:
    """Build a site, and have at each step what a build that is killed there leaves.

    That is a copy, and whatever is done to it is undone before the next step; it is made of links, since no file is
    ever written to where it stands. A step that leaves the same files as the one before it is passed over.
    """
    aside, last = folder.with_name("aside"), ""
    with builder(mode, folder) as process:
        said, number = ask(process, "stop"), 0
        while said == "step":
            if (now := state(folder)) != last:
                last, number = now, number + 1
                folder.rename(aside)
                shutil.copytree(aside, folder, copy_function=os.link)
                yield number
                shutil.rmtree(folder)
                aside.rename(folder)
            said = ask(process, "")
        assert said.startswith("lived")
        assert number > 50


def state(folder: Path) -> str:
    """Return what tells whether anything in a folder has changed."""
    found = sorted((name, entry.stat(follow_symlinks=False)) for name, entry in entries_below(folder))
    return repr([(name, status.st_ino, status.st_size, status.st_mtime_ns) for name, status in found])


def next_command(content: Path, output: Path) -> None:
    """Do what is not a build, and looks at the output."""
    main(["check", "--content", str(content), "--output", str(output), "--quiet"])


@pytest.mark.parametrize("mode", ["burst", "exchange", "two renames"])
def test_an_update_is_killed_at_each_step(mode: str, content: Path, tmp_path: Path) -> None:
    folder = content.parent
    output = folder / "output"
    old = site(build(content, output))
    beside = {path.name for path in folder.iterdir()}
    change_all_pages(content)
    new = site(build(copy_site(folder, tmp_path / "cold"), tmp_path / "cold" / "output"))
    assert old.keys() - new.keys()
    assert new.keys() - old.keys()

    seen: Counter[str] = Counter()
    for step in every_step(mode, folder):
        found = site(output)
        seen["gone" if not found else "mixed" if is_mixed(found, old, new) else "whole"] += 1
        next_command(content, output)
        whole = site(output) in (old, new)
        assert whole
        assert {path.name for path in folder.iterdir()} <= beside
        if step % 5 == 0:
            build(content, output)
            assert not differing(site(output), new)
    assert not differing(site(output), new)
    assert (seen["mixed"] > 0) is (mode == "burst")
    assert seen["gone"] == (1 if mode == "two renames" else 0)


def test_a_first_build_is_killed_at_each_step(content: Path, tmp_path: Path) -> None:
    folder = content.parent
    new = site(build(copy_site(folder, tmp_path / "cold"), tmp_path / "cold" / "output"))
    for step in every_step("burst", folder):
        found = site(folder / "output")
        assert not found or not differing(found, new)
        if step % 5 == 0:
            build(content, folder / "output")
            assert not differing(site(folder / "output"), new)
            assert len(list(folder.iterdir())) == 5
    assert not differing(site(folder / "output"), new)


@pytest.mark.parametrize("error", ["ENOSPC", "EROFS", "SIGINT"])
def test_an_update_fails_or_is_stopped_at_some_steps(error: str, content: Path, tmp_path: Path) -> None:
    """The disk is full or read-only from some step on, or Ctrl-C is pressed: the site is the old or the new one.

    Only after the disk became read-only amid a burst has the next command to finish it.
    """
    folder, aside = content.parent, tmp_path / "aside"
    output = folder / "output"
    old = site(build(content, output))
    beside = {path.name for path in folder.iterdir()}
    change_all_pages(content)
    new = site(build(copy_site(folder, tmp_path / "cold"), tmp_path / "cold" / "output"))
    folder.rename(aside)
    seen: Counter[str] = Counter()
    with builder("burst", folder) as process:

        def built(line: str) -> list[str]:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(aside, folder, copy_function=os.link)
            return ask(process, line).split()

        count = int(built("0")[1])
        for step in sorted(Random(SEED).sample(range(1, count + 1), min(count, 2 * KILLS))):
            said, _ = built(f"{step} {error}")
            is_amid = is_mixed(site(output), old, new)
            seen["mixed" if is_amid else said] += 1
            assert said == "failed" or not differing(site(output), new)
            assert error == "EROFS" or not is_amid
            assert is_amid or site(output) in (old, new)
            next_command(content, output)
            assert site(output) in (old, new)
            assert {path.name for path in folder.iterdir()} <= beside
        build(content, output)
        assert not differing(site(output), new)
    reported = list(filter(None, (tmp_path / "errors").read_text("utf-8").splitlines()))
    assert len(reported) == seen["failed"] + seen["mixed"] > min(KILLS, 50)
    wanted = f"cannot be written: {os.strerror(getattr(errno, error))}" if error != "SIGINT" else "stopped"
    assert all(wanted in line for line in reported)


# --- a larger site, at some of its steps -----------------------------------------------------------------


class Update(NamedTuple):
    """What is changed before a build, and which files the site then has."""

    change: Callable[[Path], object]
    files: Files


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


def test_an_update_by_two_processes_is_killed_at_random_steps(tmp_path: Path) -> None:
    random = Random(SEED)
    content = make_site(tmp_path / "site", 110, 150)
    folder = content.parent
    output = build(content, folder / "output")
    rounds = updates(content, tmp_path / "cold")
    small, large = (len(differing(rounds[number].files, rounds[number + 1].files)) for number in (-1, 0))
    assert small < 20 < 500 < large
    seen: Counter[str] = Counter()
    with builder("as it is", folder, jobs=2) as process:
        steps = []
        for update in rounds:
            update.change(content)
            said, count = ask(process, "0").split()
            assert said == "lived"
            steps.append(int(count))
        for number in range(KILLS):
            update, old = rounds[number % len(rounds)], rounds[number % len(rounds) - 1].files
            update.change(content)
            killed = ask(process, str(random.randint(1, steps[number % len(rounds)]))) == "killed"
            mixed = is_mixed(site(output), old, update.files)
            seen["mixed" if mixed else "killed" if killed else "lived"] += 1
            if number % 3 == 0 or mixed:
                next_command(content, output)
                assert not is_mixed(site(output), old, update.files)
            assert ask(process, "0").startswith("lived")
            assert not differing(site(output), update.files)
            assert {path.name for path in folder.iterdir()} == {
                *("content", "templates", "static", "output", ".sitegen")
            }
    assert seen["killed"] > KILLS // 2
