"""What a site is built from, looked at again and again: which files are there, and which have changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

# By path: what tells that a file is no longer the same. A file that is moved in may have an old date.
Snapshot = Mapping[str, tuple[int, int, int]]


def look(folders: Iterable[Path], output: Path) -> Snapshot:
    """Return what the folders hold now; one that is not there holds nothing, and hidden files do not count.

    ``output`` is left out, wherever it stands: a build would start the next. What is staged beside it is hidden.
    """
    found: dict[str, tuple[int, int, int]] = {}
    left_out = {os.path.realpath(output)}
    waiting = [str(folder) for folder in folders]
    while waiting:
        folder = waiting.pop()
        if (real := os.path.realpath(folder)) in left_out:
            continue
        left_out.add(real)  # once is enough, and links may go round in a circle
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir():
                        waiting.append(entry.path)
                    else:
                        status = entry.stat()
                        found[entry.path] = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError:  # it has just gone, or may not be read: the build says so
            continue
    return found


def changed(before: Snapshot, after: Snapshot) -> list[str]:
    """Return the paths of files that are new, gone or not the same, in order."""
    paths = before.keys() | after.keys()
    return sorted(path for path in paths if before.get(path) != after.get(path))
