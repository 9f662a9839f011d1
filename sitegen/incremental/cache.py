"""A folder for what is derived from files of the site and can be derived again at any time."""

from __future__ import annotations

import os
from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from zlib import crc32

_CHECKSUM_SIZE = 4  # bytes, in front of the body
_CHECKSUM_SEED = (
    0x5174  # not 0: the CRC-32 of nothing is four zero bytes, which an empty disk block holds too
)


class Cache:
    """Derived values, each body in a file of its own: ``FOLDER/KIND/KEY``.

    A key is the hexadecimal digest of everything that the body was derived from, including the program, so a body
    found under its key is never out of date. Bodies may be deleted or damaged at any time, by anyone.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is created when the first body is put there."""
        self._folder = folder

    def get(self, kind: str, key: str) -> memoryview | None:
        """Return the body with this key, or None if it is absent or damaged."""
        try:
            data = memoryview((self._folder / kind / key).read_bytes())
        except OSError:
            return None
        body = data[_CHECKSUM_SIZE:]
        return body if data[:_CHECKSUM_SIZE] == _checksum(body) else None

    def put(self, kind: str, key: str, body: bytes) -> None:
        """Write a body, whole or not at all; where it cannot be written, the value is derived again next time."""
        place = self._folder / kind / key
        temporary = place.with_name(f".{key}.{os.getpid()}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(_checksum(body) + body)
            temporary.replace(place)
        except OSError:
            with suppress(OSError):
                temporary.unlink()

    def sweep(self, kind: str, used: Container[str]) -> None:
        """Remove the bodies of a kind whose keys are not in ``used``, and what interrupted writes left behind."""
        with suppress(OSError):
            for path in list((self._folder / kind).iterdir()):
                if path.name not in used:
                    with suppress(OSError):
                        path.unlink()


def _checksum(body: bytes | memoryview) -> bytes:
    return crc32(body, _CHECKSUM_SEED).to_bytes(_CHECKSUM_SIZE, "big")
