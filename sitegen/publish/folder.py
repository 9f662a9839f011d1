"""The output folder: what is in it, staging beside it, and putting new files into place.

New files are first written in full to a folder beside the output; only when every page is there are they moved
in, one rename each. A build that fails before that leaves the site untouched.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sitegen.errors import PublishError
from sitegen.publish import manifest as manifests
from sitegen.publish.manifest import Manifest
from sitegen.publish.plan import Plan


def inspect(output: Path) -> tuple[Manifest, dict[str, int]]:
    """Return the manifest of an output folder and the size of every file that is really in it.

    PublishError where it is no folder, or holds files but no manifest: those are not ours to touch.
    """
    if output.is_symlink() or (output.exists() and not output.is_dir()):
        raise PublishError.at(output, "is not a folder", "choose another one with --output")
    known = manifests.load(output)
    try:
        present = dict(_sizes(str(output), "")) if output.exists() else {}
    except OSError as error:
        raise PublishError.at(output, f"cannot be read: {error.strerror}") from error
    if known is None and present.keys() - {manifests.NAME}:
        raise PublishError.at(
            output,
            "holds files that sitegen did not write",
            "empty the folder, or choose another one with --output",
        )
    return known or {}, present


def _sizes(folder: str, prefix: str) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _sizes(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield prefix + entry.name, entry.stat(follow_symlinks=False).st_size


@contextmanager
def staging(output: Path) -> Iterator[Path]:
    """Give a new, empty folder beside the output, on the same file system; it is removed afterwards."""
    stage = output.with_name(f"{output.name}.new")
    with _explained(output):
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def stage_file(stage: Path, path: str, data: bytes) -> None:
    """Write a file of the site into the staging folder."""
    target = f"{stage}/{path}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with _explained(stage):
        try:
            handle = os.open(target, flags, 0o644)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 - 46,000 times
            handle = os.open(target, flags, 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(data)


def move_in(stage: Path, output: Path, plan: Plan, manifest: Manifest) -> None:
    """Put staged files into place, delete what the site no longer has, and write the manifest."""
    with _explained(output):
        stage_file(stage, manifests.NAME, manifests.encode(manifest))
        if not output.exists():
            stage.rename(output)
            return
        made: set[str] = set()
        for path in plan.write:
            folder = os.path.dirname(path)  # noqa: PTH120
            if folder not in made:
                (output / folder).mkdir(parents=True, exist_ok=True)
                made.add(folder)
            os.replace(f"{stage}/{path}", f"{output}/{path}")  # noqa: PTH105
        for path in plan.delete:
            (output / path).unlink(missing_ok=True)
            _remove_empty_folders(output, (output / path).parent)
        os.replace(stage / manifests.NAME, output / manifests.NAME)  # noqa: PTH105


def _remove_empty_folders(output: Path, folder: Path) -> None:
    while folder != output:
        try:
            folder.rmdir()
        except OSError:  # not empty: somebody else's file, or another page
            return
        folder = folder.parent


def total_size(manifest: Mapping[str, manifests.Written]) -> int:
    """Return the bytes of all files of the site."""
    return sum(written.size for written in manifest.values())


@contextmanager
def _explained(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename or output
        raise PublishError.at(
            place, f"cannot be written: {error.strerror}", "see to space and permissions"
        ) from error
