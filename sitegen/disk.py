"""Files that are written whole or not at all, and locks between processes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


def replace_file(path: Path, data: bytes, *, temporary: Path, synced: bool) -> None:
    """Write ``data`` to ``temporary``, then rename it to ``path``, so that readers see the old file or the new one.

    Missing folders are made. ``synced`` makes the file outlast a power cut, at the price of some milliseconds. On
    OSError ``temporary`` is removed and ``path`` is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if synced:
            write_synced(temporary, data)
        else:
            temporary.write_bytes(data)
        temporary.replace(path)
        if synced:
            sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def write_synced(path: Path, data: bytes) -> None:
    """Write a file in place and wait until its data are on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk: a rename is not durable before."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def exclusive_lock(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a lock that one process at a time can have; ``path`` is its file, which exists as long as it is held.

    If another process holds it: wait for it, or raise BlockingIOError. The system releases the lock however this
    process ends, as soon as the processes that it has forked have ended too: none of them works on unlocked files.
    """
    while True:
        with path.open("a") as file:  # not "w", which would empty the file that a link leads to
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            if not _is_at(path, file):
                continue  # the last holder removed the file that was opened here: other processes lock a new one
            try:
                yield
            finally:
                path.unlink(missing_ok=True)
            return


def _is_at(path: Path, file: IO[str]) -> bool:
    """Return whether an open file is still the one that ``path`` names."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
