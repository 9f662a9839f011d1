"""Snapshots of the source files of a site, and the changes between two of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from sitegen import sources

# By path: the values that change when a file changes. Time alone does not suffice: a file that is moved here may have
# an old time. The mode is included, because a file may become readable.
Snapshot = Mapping[str, tuple[int, ...]]


def take_snapshot(folders: Iterable[Path]) -> Snapshot:
    """Return a snapshot of the folders, without hidden files; a missing folder is empty.

    A file that cannot be examined is included with the number of its error, so that the end of the error is a change.
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
            except OSError as error:  # it has just been removed
                failed(path, error)
    return found


def changed_paths(before: Snapshot, after: Snapshot) -> list[str]:
    """Return the sorted paths of files that were added, removed or changed_paths."""
    paths = before.keys() | after.keys()
    return sorted(path for path in paths if before.get(path) != after.get(path))
