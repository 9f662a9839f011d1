"""An output folder that is a mount point, as a volume of a container is: nothing can be renamed into it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import build, copy_content
from golden import files_of

from sitegen.cli import main
from sitegen.publish import commit, places, system


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return copy_content(tmp_path)


@pytest.fixture(params=["tmpfs", "bind"])
def volume(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A mount point with a blank in its name: of another file system, or of a folder of the same one."""
    folder = tmp_path / "out put"
    folder.mkdir()
    (tmp_path / "bound").mkdir()
    what = ["-t", "tmpfs", "none"] if request.param == "tmpfs" else ["--bind", str(tmp_path / "bound")]
    if subprocess.run(["mount", *what, str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("only root can mount")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def renaming(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that only seems to be a mount point: what is renamed into it from outside is refused."""
    folder = tmp_path / "output"
    folder.mkdir()
    real = os.replace

    def replace(source: Any, target: Any) -> None:
        inside = [Path(path).is_relative_to(folder) for path in (source, target)]
        if any(inside) and not all(inside):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(source), None, str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(os, "link", lambda *_: pytest.fail("links in a mount point"))
    monkeypatch.setattr(system, "exchange", lambda *_: pytest.fail("exchanges a mount point"))
    monkeypatch.setattr(system, "_mount_points", lambda: ["/", str(folder)])
    return folder


def builds_like_a_cold_one(content: Path, output: Path) -> None:
    """Build a first time, with a small change and with a large one, each as a cold build elsewhere does."""

    def matches(number: int) -> None:
        assert files_of(build(content, output, "--jobs", "1")) == cold(content, number)
        assert {path.name for path in output.iterdir() if path.name.startswith(".")} == {
            ".nojekyll",
            ".sitegen-manifest",
        }
        assert not list(output.parent.glob(".out*"))

    matches(1)
    (content / "pages" / "help.md").write_text("# Help\n", "utf-8")
    matches(2)
    settings = content / "site.toml"
    settings.write_text(settings.read_text("utf-8").replace('title = "', 'title = "New '), "utf-8")
    (content / "pages" / "help.md").unlink()
    matches(3)
    matches(4)


def cold(content: Path, number: int) -> dict[str, bytes]:
    folder = content.parent / "cold" / str(number)
    shutil.copytree(content, folder / "content")
    return files_of(build(folder / "content", folder / "output", "--jobs", "1"))


def test_a_volume_is_built_into(content: Path, volume: Path) -> None:
    assert system.is_mount_point(volume)
    builds_like_a_cold_one(content, volume)


def test_nothing_is_renamed_into_a_mount_point_from_outside(content: Path, renaming: Path) -> None:
    builds_like_a_cold_one(content, renaming)


class Killed(BaseException):
    """The process ends here."""


def test_a_burst_in_a_mount_point_that_is_killed_is_finished_by_the_next_command(
    content: Path, renaming: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = files_of(build(content, renaming, "--jobs", "1"))
    settings = content / "site.toml"
    first = settings.read_text("utf-8")
    second = first.replace('title = "', 'title = "New ')
    settings.write_text(second, "utf-8")
    new, real = cold(content, 1), os.replace
    seen = set()
    for at in (1, 5, 30, 60, 90):
        calls = 0

        def replace(source: Any, target: Any) -> None:
            nonlocal calls
            calls += 1
            if calls >= at:  # noqa: B023 - it is called in this turn only
                raise Killed
            real(source, target)

        settings.write_text(second, "utf-8")
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(os, "replace", replace)
            build(content, renaming, "--jobs", "1")
        shown = {path: data for path, data in files_of(renaming).items() if not path.startswith(".sitegen-")}
        is_amid = shown not in (old, new)
        with commit.locked_output(renaming):  # as any command does
            found = files_of(renaming)
        assert found in (old, new), at
        assert not places.staging(renaming).exists()
        seen.add((is_amid, found == new))
        settings.write_text(first, "utf-8")
        assert files_of(build(content, renaming, "--jobs", "1")) == old
    assert (True, True) in seen


def test_a_mount_point_within_the_output_folder_is_refused_before_any_change(
    content: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = build(content, content.parent / "output", "--jobs", "1")
    before = files_of(output)
    (content / "pages" / "help.md").write_text("# Help\n", "utf-8")
    monkeypatch.setattr(system, "_mount_points", lambda: ["/", str(output / "abs")])
    assert main(["build", "--content", str(content), "--output", str(output), "--jobs", "1"]) == 1
    assert f"error: {output}/abs: is on another file system" in capsys.readouterr().err
    assert files_of(output) == before
