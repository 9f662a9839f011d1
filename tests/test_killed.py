"""A build that is killed, wherever it is: no file is ever half-written, and the next command finds a whole site."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT, build
from golden import files_of

from sitegen.cli import main
from sitegen.publish import commit, places, system

FEED = PROJECT / "tests" / "data" / "feeds" / "api-old-identifier.atom.xml"
# What Python tells of what a program does to files, before it does it.
TELLING = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A small site's content."""
    content = tmp_path / "content"
    (content / "feeds").mkdir(parents=True)
    (content / "site.toml").write_text('title = "T"\nurl = "https://example.org/"\n', "utf-8")
    shutil.copy(FEED, content / "feeds")
    (content / "pages").mkdir()
    (content / "pages" / "about.md").write_text("# About\n", "utf-8")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "file").write_text("text", "utf-8")
    return content


def killed_at(point: int, work: Callable[[], object]) -> bool:
    """Do work in a process that kills itself before its ``point``-th change to a file; False if it lived on."""
    child = os.fork()
    if child == 0:
        left, staged = point, 0

        def count(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal left, staged
            opens = (
                event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            )
            if not (opens or event in TELLING) or "output" not in str(arguments[0]):
                return
            if (opens or event == "os.mkdir") and "sitegen-new" in str(arguments[0]):
                # One file that nobody sees yet is like another.
                staged += 1
                if staged % 6:
                    return
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        written = system.write_buffers

        def counted(folder: Path) -> None:
            count("os.link", (folder,))
            written(folder)
            count("os.link", (folder,))

        commit.system.write_buffers = counted
        sys.addaudithook(count)
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def every_point(work: Callable[[], object], prepare: Callable[[], object]) -> Iterator[int]:
    """Kill the same work at each of its steps, one after the other."""
    for point in range(1, 100_000):
        prepare()
        if not killed_at(point, work):
            assert point > 10
            return
        yield point


def site(output: Path) -> dict[str, bytes]:
    return files_of(output) if output.exists() else {}


def is_clean(folder: Path) -> bool:
    return {path.name for path in folder.iterdir()} == {"content", "output", ".sitegen", "before", "static"}


@pytest.mark.parametrize("kind", ["burst", "exchange", "two renames"])
def test_an_update(kind: str, content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = content.parent
    output, before = folder / "output", folder / "before"
    if kind != "burst":
        monkeypatch.setattr(commit, "_SMALL", 1)
    if kind == "two renames":
        monkeypatch.setattr(system, "exchange", lambda *_: False)
    shutil.copytree(build(content, output), before)
    old = site(output)
    # A page more, another that is gone and whose name is a folder's now, a title that stands on every page.
    shutil.rmtree(content / "pages")
    (content / "pages" / "about").mkdir(parents=True)
    (content / "pages" / "about" / "us.md").write_text("# Us\n", "utf-8")
    (content.parent / "static" / "file").unlink()
    (content.parent / "static" / "file").mkdir()
    (content.parent / "static" / "file" / "inside").write_text("text", "utf-8")
    new = site(build(content, folder / "cold"))
    shutil.rmtree(folder / "cold")
    assert old.keys() - new.keys()
    assert new.keys() - old.keys()

    def prepare() -> None:
        shutil.rmtree(output, ignore_errors=True)
        for left in (places.staging(output), places.previous(output)):
            shutil.rmtree(left, ignore_errors=True)
        places.journal(output).unlink(missing_ok=True)
        shutil.copytree(before, output)

    def work() -> int:
        return main(["build", "--content", str(content), "--output", str(output), "--quiet", "--jobs", "1"])

    mixed = gone = 0
    for point in every_point(work, prepare):
        found = site(output)
        assert all(data in (old.get(path), new.get(path)) for path, data in found.items())
        mixed += bool(found) and found not in (old, new)
        gone += not found
        with commit.opened(output):  # as every command does that looks at the output
            assert site(output) in (old, new)
        if point % 5 == 0:
            build(content, output)
            assert site(output) == new
        assert is_clean(folder)
    assert (mixed > 0) is (kind == "burst")
    assert gone == (1 if kind == "two renames" else 0)


def test_a_first_build(content: Path) -> None:
    output = content.parent / "output"
    (content.parent / "before").mkdir()
    new = site(build(content, output))

    def prepare() -> None:
        shutil.rmtree(output, ignore_errors=True)
        shutil.rmtree(places.staging(output), ignore_errors=True)

    def work() -> int:
        return main(["build", "--content", str(content), "--output", str(output), "--quiet", "--jobs", "1"])

    for _ in every_point(work, prepare):
        assert site(output) in ({}, new)
        build(content, output)
        assert site(output) == new
        assert is_clean(content.parent)
