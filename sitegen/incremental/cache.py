"""A cache in files. Everything in it can be computed again, so any file may be deleted or damaged at any time.

The key of a body is the digest of everything that the body is derived from, the program included. A body under the
right key is therefore always up to date.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from sitegen import disk
from sitegen.incremental import checksum


class Part(NamedTuple):
    """The place of one body in a file with several."""

    kind: str
    key: str
    start: int  # in bytes, checksum included
    size: int


class Cache:
    """A folder of bodies: ``KIND/KEY`` is a file that holds one of them behind a checksum."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, kind: str, key: str) -> Path:
        """Return the file of a body."""
        return self.folder / kind / key

    def get(self, kind: str, key: str) -> memoryview | None:
        """Return a body, or None if it is absent or damaged."""
        try:
            return checksum.verified(self.path(kind, key).read_bytes())
        except OSError:
            return None

    def put(self, kind: str, key: str, body: bytes) -> None:
        """Store a body, whole or not at all; failures are ignored, because the body can be derived again."""
        self.put_parts(kind, key, [body])

    def get_part(self, part: Part) -> memoryview | None:
        """Return one body of a file with several, or None if it is absent or damaged.

        After a new feed with 50 papers, reading the texts of all 11,800 (79 MB) would take longer than the build.
        """
        try:
            return checksum.verified(
                os.pread(_opened(self.path(part.kind, part.key)).handle, part.size, part.start)
            )
        except OSError:
            return None

    def put_parts(self, kind: str, key: str, bodies: Sequence[bytes]) -> list[int]:
        """Store several bodies in one file, each behind its checksum; return the size of each part in bytes."""
        parts = list(map(checksum.protect, bodies))
        target = self.path(kind, key)
        beside = target.with_name(f"{key}.{os.getpid()}")
        with suppress(OSError):
            disk.replace_file(target, b"".join(parts), temporary=beside, synced=False)
        return list(map(len, parts))

    def sweep(self, kind: str, used: Container[str]) -> None:
        """Remove the bodies of a kind whose keys are not in ``used``."""
        with suppress(OSError):
            for entry in list(os.scandir(self.folder / kind)):
                if entry.name not in used:
                    with suppress(OSError):
                        os.unlink(entry.path)  # noqa: PTH108 - a DirEntry's path is a string


def parts_of(kind: str, key: str, sizes: Sequence[int]) -> Iterator[Part]:
    """Return the parts of a file, given the sizes that ``put_parts`` returned."""
    return (Part(kind, key, end - size, size) for size, end in zip(sizes, accumulate(sizes), strict=True))


class _Opened:
    """A file that is open as long as this object exists."""

    def __init__(self, path: Path) -> None:
        self.handle = os.open(path, os.O_RDONLY)

    def __del__(self) -> None:
        if hasattr(self, "handle"):
            os.close(self.handle)


_opened = lru_cache(maxsize=16)(_Opened)  # papers read one after another are mostly in the same file
