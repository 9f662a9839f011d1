"""A journal on the disk of the pages that have arrived, from which the next fetch continues an interrupted one.

Each entry is a file, written whole or not at all. A damaged entry ends the journal: the pages after it are requested
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
        """Yield the entries in order and remove those from the first damaged one on."""
        self._length = 0
        while (entry := self._load(self._path(self._length))) is not None:
            self._length += 1
            yield entry
        self._truncate(self._length)

    def append(self, entry: T) -> None:
        """Write an entry after the last one; FetchError if it cannot be written."""
        data = msgspec.msgpack.encode(entry)
        writer.write(self._path(self._length), protect(data))
        self._length += 1

    def clear(self) -> None:
        """Remove all entries."""
        self._truncate(0)

    def _truncate(self, length: int) -> None:
        """Remove the entries from number ``length`` on."""
        # The last entry first, so that an interruption leaves no gap.
        for path in sorted(self._folder.glob("*.page"), reverse=True):
            if path.name >= self._path(length).name:
                path.unlink(missing_ok=True)
        self._length = length

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.page"

    def _load(self, path: Path) -> T | None:
        """Return an entry; None if it is missing or damaged."""
        try:
            body = verified(path.read_bytes())
            return None if body is None else self._decoder.decode(body)
        except (OSError, msgspec.MsgspecError):
            return None
