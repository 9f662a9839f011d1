"""The last step of a build: the staged site replaces the one in the output folder.

A new site, or one with many changes, is exchanged with the old one in a single step: at every moment the folder
holds the old site or the new one. Three kinds of updates are a burst of renames instead: small ones, those of a mount
point, and those of a folder that also has files of others. During a burst every file is whole, but some are of the
old site and some of the new one. A journal of the renames is written first. If the burst is interrupted, it is
finished before the command ends; after a kill or a power cut, by the next command before it does anything else. A
staging folder without a journal is incomplete and is deleted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from sitegen import disk
from sitegen.errors import PublishError
from sitegen.incremental import checksum, workers
from sitegen.publish import manifest as manifests
from sitegen.publish import places, system
from sitegen.publish.folder import files, prepare, refuse_part
from sitegen.publish.plan import Plan

# Updates with more changes than _SMALL, or than _PART of a large site's files, are made by exchange: a burst should
# take at most a hundredth of the build's time, so that readers or a power cut hardly ever meet one. Exchanging a
# large site takes as long as making thousands of its pages, because all unchanged files have to be linked.
_SMALL, _PART = 500, 1 / 50
# From this number of files on, a second process saves time when they are listed or removed.
_MANY = 5_000


class _Todo(msgspec.Struct, frozen=True, kw_only=True):
    """A journal: the paths that a burst moves in and deletes, or that whole folders are exchanged."""

    write: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    whole: bool = False  # exchange the folders


@contextmanager
def locked_output(output: Path) -> Iterator[None]:
    """Lock an output folder, and finish or undo what an interrupted command left there; the same at the end."""
    with system.exclusive_lock(output):
        with places.explained(output):
            _recover(output)
        try:
            yield
        finally:
            # An error of the block says more than one that comes of it here; the next command raises that.
            with suppress(OSError, PublishError):
                _recover(output)


def _recover(output: Path) -> None:
    """Finish the update that an interrupted command had journalled; delete staged files without a journal."""
    for left in places.possible(output):
        if (todo := _load(left.journal)) and todo.whole:
            _take_place(output)
        elif todo:
            prepare(output, todo.write, todo.delete)
            _burst(output, left.staging, todo)
        for place in left.journal, left.staging, left.previous:
            if _is_folder(place):
                shutil.rmtree(place)
            else:
                _unlink(place)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def commit(output: Path, plan: Plan, manifest: bytes) -> None:
    """Move the staged files of a plan into the output folder, delete old files, and write the new manifest."""
    with places.explained(output):
        _commit(output, plan, manifest)


def _commit(output: Path, plan: Plan, manifest: bytes) -> None:
    stage = places.staging(output)
    (stage / manifests.NAME).write_bytes(manifest)
    if elsewhere := system.mounted_below(output):
        refuse_part(elsewhere)
    if not output.exists() or not any(output.iterdir()):
        system.write_buffers(stage)
        os.replace(stage, output)  # noqa: PTH105 - onto an empty folder, which Path.rename refuses on no system
        system.write_buffers(output)
    elif stage.parent != output.absolute() and _is_large(plan) and _complete(output, stage, plan):
        system.write_buffers(stage)
        if not system.exchange(stage, output):
            _save(places.journal(output), _Todo(whole=True))
            _take_place(output)
            places.journal(output).unlink()
        system.write_buffers(output)
        _throw_away(stage, plan)
        _throw_away(places.previous(output), plan)
    else:
        todo = _Todo(write=(*plan.write, manifests.NAME), delete=plan.delete)
        prepare(output, todo.write, todo.delete)
        system.write_buffers(stage)
        _save(places.journal(output), todo)
        _burst(output, stage, todo)
        places.journal(output).unlink()


def _throw_away(old: Path, plan: Plan) -> None:
    """Remove an old site. Known paths are removed first, because listing every folder takes longer."""
    if not old.exists():
        return
    paths = sorted([*plan.write, *plan.unchanged, *plan.delete])
    jobs = 2 if len(paths) > _MANY else 1

    def remove(share: int) -> bytes:
        # Each of the processes has folders of its own.
        folders = set()
        for path in paths[share * len(paths) // jobs : (share + 1) * len(paths) // jobs]:
            with suppress(OSError):
                os.unlink(f"{old}/{path}")  # noqa: PTH108
            folders.add(os.path.dirname(path))  # noqa: PTH120
        for folder in sorted(folders, reverse=True):
            with suppress(OSError):
                os.rmdir(f"{old}/{folder}")  # noqa: PTH106
        return b""

    for _ in workers.share(remove, jobs):
        pass
    shutil.rmtree(old, ignore_errors=True)


def _is_large(plan: Plan) -> bool:
    return len(plan.write) + len(plan.delete) > max(_SMALL, _PART * len(plan.unchanged))


def _complete(output: Path, stage: Path, plan: Plan) -> bool:
    """Link all unchanged files into the staging folder; False without hard links, or if there are foreign files."""
    ours = {*plan.unchanged, *plan.write, *plan.delete, manifests.NAME}
    jobs = 2 if len(ours) > _MANY else 1

    def incomplete(share: int) -> bytes:
        if any(path not in ours for path in files(output, share, jobs)):
            return b"foreign files"
        made: set[str] = set()
        try:
            for path in plan.unchanged[share::jobs]:
                folder = os.path.dirname(path)  # noqa: PTH120
                if folder not in made:
                    os.makedirs(f"{stage}/{folder}", exist_ok=True)  # noqa: PTH103
                    made.add(folder)
                os.link(f"{output}/{path}", f"{stage}/{path}")
        except OSError:
            return b"a file system without links"
        return b""

    return not any(list(workers.share(incomplete, jobs)))


def _take_place(output: Path) -> None:
    """Move the old site away and the new one in; steps that are done already are skipped."""
    stage, old = places.staging(output), places.previous(output)
    if _is_folder(stage):
        if output.exists():
            output.rename(old)
        stage.rename(output)


def _burst(output: Path, stage: Path, todo: _Todo) -> None:
    # Delete first, because a new folder may have the name of an old file.
    for path in todo.delete:
        _unlink(output / path)
        _remove_empty_folders(output, (output / path).parent)
    made: set[str] = set()
    for path in todo.write:
        source, target = f"{stage}/{path}", f"{output}/{path}"
        if not os.path.exists(source) and os.path.exists(target):  # noqa: PTH110
            continue  # it was moved before the interruption
        folder = os.path.dirname(target)  # noqa: PTH120
        if folder not in made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            made.add(folder)
        os.replace(source, target)  # noqa: PTH105
    system.write_buffers(output)


def _unlink(path: Path) -> None:
    # After a restart, a new folder may have this name already, or a file the name of its parent.
    with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
        path.unlink()


def _remove_empty_folders(output: Path, folder: Path) -> None:
    while folder != output:
        try:
            folder.rmdir()
        except OSError:  # not empty, or already removed before an interruption
            if folder.exists():
                return
        folder = folder.parent


def _save(path: Path, todo: _Todo) -> None:
    disk.write_synced(path, checksum.protect(msgspec.msgpack.encode(todo)))
    system.write_buffers(path.parent)


def _load(path: Path) -> _Todo | None:
    """Return a journal; None if there is none, or it was not completely written, or names a path outside."""
    try:
        body = checksum.verified(path.read_bytes())
        todo = None if body is None else msgspec.msgpack.decode(body, type=_Todo)
    except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError):
        return None
    return todo if todo and manifests.are_inside(todo.write + todo.delete) else None
