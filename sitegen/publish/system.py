"""Calls of the operating system that Python does not offer: exchange two folders, write all buffers, mount points."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sitegen import disk

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h
_RENAME_SWAP = 2  # sys/stdio.h of macOS


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders atomically; False if the system cannot."""
    names = os.fsencode(one), os.fsencode(other)
    if rename := _function("renameat2"):
        return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
    if rename := _function("renamex_np"):
        return bool(rename(names[0], names[1], _RENAME_SWAP) == 0)
    return False


def is_mount_point(folder: Path) -> bool:
    """Return whether a file system is mounted at a folder, or another folder bound to it."""
    return os.path.ismount(folder) or os.path.realpath(folder) in _mount_points()


def mounted_below(folder: Path) -> str:
    """Return a mount point below a folder; "" if there is none."""
    inside = os.path.join(os.path.realpath(folder), "")  # noqa: PTH118 - with a slash at its end
    return next((point for point in _mount_points() if point.startswith(inside)), "")


def _mount_points() -> list[str]:
    """Return all mount points; none if the system does not list them (proc(5), /proc/pid/mountinfo, field 5)."""
    try:
        lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return []
    # Blanks and backslashes are written there as \\040, \\134 and so on.
    points = (
        re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), line.split()[4]) for line in lines
    )
    return sorted(map(os.fsdecode, points))


def write_buffers(folder: Path) -> None:
    """Wait until all changes of a folder's file system are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        if not (syncfs := _function("syncfs")) or syncfs(handle) != 0:
            os.sync()
    finally:
        os.close(handle)


@cache
def _function(name: str) -> Any:
    if sys.platform not in ("linux", "darwin"):
        return None
    import ctypes  # here, because small updates need no exchange

    return getattr(ctypes.CDLL(None, use_errno=True), name, None)


@contextmanager
def exclusive_lock(output: Path) -> Iterator[None]:
    """Wait until no other build of an output folder is running, and make others wait.

    The lock file is in the folder for temporary files, so that none is left beside the output.
    """
    digest = blake2b(os.fsencode(output.resolve()), digest_size=8).hexdigest()
    path = Path(tempfile.gettempdir()) / f"sitegen-{os.getuid()}-{digest}.lock"
    with disk.exclusive_lock(path, wait=True):
        yield
