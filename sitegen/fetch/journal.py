"""What has arrived, kept on the disk entry by entry, so that a run that is killed can be gone on with.

An entry is written whole or not at all, and one that is damaged ends the journal: what came after it is asked for
again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from sitegen.fetch import writer
from sitegen.incremental.checksum import protect, verified

T = TypeVar("T")


class Journal(Generic[T]):
    """A folder of numbered entries, all of one type."""

    def __init__(self, folder: Path, kind: type[T]) -> None:
        self._folder = folder
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._length = 0

    def entries(self) -> Iterator[T]:
        """Yield the entries that are there, and go on writing behind the last good one."""
        self._length = 0
        while (entry := self._load(self._path(self._length))) is not None:
            self._length += 1
            yield entry
        self._cut(self._length)

    def keep(self, entry: T) -> None:
        """Write one more entry."""
        data = msgspec.msgpack.encode(entry)
        writer.write(self._path(self._length), protect(data))
        self._length += 1

    def clear(self) -> None:
        """Forget all entries."""
        self._cut(0)

    def _cut(self, length: int) -> None:
        # The last first: what a kill in between leaves is a beginning of the journal.
        for path in sorted(self._folder.glob("*.page"), reverse=True):
            if path.name >= self._path(length).name:
                path.unlink(missing_ok=True)
        self._length = length

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.page"

    def _load(self, path: Path) -> T | None:
        try:
            body = verified(path.read_bytes())
            return None if body is None else self._decoder.decode(body)
        except (OSError, msgspec.MsgspecError):
            return None
