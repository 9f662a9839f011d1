"""What a site is built from, looked at again and again: which files are there, and which have changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from sitegen import sources

# By path: what tells that a file is no longer the same. A file that is moved in may have an old date, and one that
# could not be read may be readable now.
Snapshot = Mapping[str, tuple[int, ...]]


def look(folders: Iterable[Path]) -> Snapshot:
    """Return what the folders hold now; one that is not there holds nothing, and hidden files do not count.

    What cannot be looked at is in it with the reason: the build says so, and a reason that ends is a change.
    """
    found: dict[str, tuple[int, ...]] = {}

    def failed(path: str, error: OSError) -> None:
        found[path] = (error.errno or 0,)

    for folder in folders:
        tree = sources.tree(folder, failed)
        for path in [file.path for file in tree.files] + [problem.location.path for problem in tree.skipped]:
            try:
                status = os.stat(path)  # noqa: PTH116 - several times a second, thousands of them
                found[path] = status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode
            except OSError as error:  # it has just gone
                failed(path, error)
    return found


def changed(before: Snapshot, after: Snapshot) -> list[str]:
    """Return the paths of files that are new, gone or not the same, in order."""
    paths = before.keys() | after.keys()
    return sorted(path for path in paths if before.get(path) != after.get(path))
