"""The output folder: what is in it, and staging beside it.

New files are first written in full to a folder beside the output. A build that fails amid that leaves the site
untouched; ``commit`` puts them into place.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from sitegen.errors import PublishError
from sitegen.publish import manifest as manifests
from sitegen.publish import places
from sitegen.publish.manifest import Manifest


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What an output folder holds: our manifest, and the size of every file that is really there."""

    manifest: Manifest
    present: Mapping[str, int]
    damaged: bool = False  # there is a manifest that cannot be read, and so nothing is known of the files


def inspect(output: Path) -> Standing:
    """Look at an output folder; PublishError where it is none, or holds files but no manifest: those are not ours."""
    if output.is_symlink() or (output.exists() and not output.is_dir()):
        raise PublishError.at(output, "is not a folder", "choose another one with --output")
    known = manifests.load(output)
    try:
        present = dict(_sizes(str(output), "")) if output.exists() else {}
    except OSError as error:
        raise PublishError.at(output, f"cannot be read: {error.strerror}") from error
    if known is None and manifests.NAME in present:
        return Standing(manifest={}, present={}, damaged=True)
    if known is None and present:
        raise PublishError.at(
            output,
            "holds files that sitegen did not write",
            "empty the folder, or choose another one with --output",
        )
    return Standing(manifest=known or {}, present=present)


def refuse_foreign(output: Path, standing: Standing, paths: Iterable[str]) -> None:
    """Raise PublishError if one of the paths that a build is to write is a file of somebody else's."""
    foreign = [path for path in paths if path in standing.present and path not in standing.manifest]
    if foreign:
        more = f", nor {len(foreign) - 1:,} others" if len(foreign) > 1 else ""
        raise PublishError.at(
            output / foreign[0],
            f"is in the way: sitegen did not write this file{more}",
            "move it elsewhere, or choose another folder with --output",
        )


def _sizes(folder: str, prefix: str) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _sizes(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield prefix + entry.name, entry.stat(follow_symlinks=False).st_size


@contextmanager
def staging(output: Path) -> Iterator[Path]:
    """Give a new, empty folder beside the output; it is removed afterwards, unless a journal still needs it."""
    stage = places.staging(output)
    with places.explained(output):
        stage.mkdir(parents=True)
    try:
        yield stage
    finally:
        if not places.journal(output).exists():
            shutil.rmtree(stage, ignore_errors=True)


def stage_file(stage: Path, path: str, data: bytes) -> None:
    """Write a file of the site into the staging folder."""
    target = f"{stage}/{path}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with places.explained(stage):
        try:
            handle = os.open(target, flags, 0o644)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 - 46,000 times
            handle = os.open(target, flags, 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(data)


def total_size(manifest: Mapping[str, manifests.Written]) -> int:
    """Return the bytes of all files of the site."""
    return sum(written.size for written in manifest.values())
