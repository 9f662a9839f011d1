"""What outlasts a power cut: files are on the disk before the names that lead to them, and a site before its update.

No test can cut the power. These list what the system is asked for, in order: where a system may write later what it
was told earlier, only that order keeps a site whole.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import build, copy_content

from sitegen import disk
from sitegen.publish import system


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the system is asked to do, with the last part of a file's path; everything is done nevertheless."""
    seen: list[tuple[str, str]] = []
    sync, replace, write_buffers = os.fsync, os.replace, system.write_buffers

    def synced(handle: int) -> None:
        seen.append(("sync", Path(f"/proc/self/fd/{handle}").readlink().name))
        sync(handle)

    def replaced(source: str | Path, target: str | Path) -> None:
        if ".sitegen" not in Path(target).parts:  # the cache need not outlast anything
            seen.append(("rename", Path(target).name))
        replace(source, target)

    def written(folder: Path) -> None:
        seen.append(("write all", folder.name))
        write_buffers(folder)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(system, "write_buffers", written)
    return seen


def test_a_file_is_on_the_disk_before_its_name_is(asked: list[tuple[str, str]], tmp_path: Path) -> None:
    disk.replace_file(tmp_path / "a", b"data", temporary=tmp_path / "b", synced=True)
    assert asked == [("sync", "b"), ("rename", "a"), ("sync", tmp_path.name)]


def test_an_update_is_on_the_disk_before_it_begins(asked: list[tuple[str, str]], tmp_path: Path) -> None:
    content, output = copy_content(tmp_path), tmp_path / "output"
    build(content, output)
    kinds = [what for what, _ in asked]
    assert kinds == ["write all", "rename", "write all"]
    assert asked[1:] == [("rename", "output"), ("write all", "output")]

    asked.clear()
    (content / "pages" / "new.md").write_text("# New\n\nA text.\n", "utf-8")
    build(content, output)
    kinds = [what for what, _ in asked]
    # The staged files, the journal and its name; then the burst, and what it has renamed.
    assert kinds[:3] == ["write all", "sync", "write all"]
    assert set(kinds[3:-1]) == {"rename"}
    assert asked[-1] == ("write all", "output")
