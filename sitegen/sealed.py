"""Bytes that tell whether they are whole: what the program keeps for itself may be cut short or damaged.

A checksum is enough for that, and takes a fifth of the time of a digest. Where the same bytes must be the same thing,
as in the key of a page, a digest is.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

# Not 0, so that four zeros are not a checksum of nothing.
_SEED = 0x5174
_SIZE = 4  # bytes of the checksum that stands in front


def digest(body: bytes | memoryview) -> bytes:
    """Return the digest of some bytes."""
    return blake2b(body, digest_size=16).digest()


def seal(body: bytes) -> bytes:
    """Return bytes with their checksum in front of them."""
    return _checksum(body) + body


def unseal(data: bytes) -> memoryview | None:
    """Return what was sealed; None if it is not whole."""
    body = memoryview(data)[_SIZE:]
    return body if len(data) >= _SIZE and _checksum(body) == data[:_SIZE] else None


def _checksum(body: bytes | memoryview) -> bytes:
    return crc32(body, _SEED).to_bytes(_SIZE, "big")


def recall(place: Path) -> memoryview | None:
    """Return what is kept in a file; None if there is none, or it is not whole."""
    try:
        data = place.read_bytes()
    except OSError:
        return None
    return unseal(data)


def keep(place: Path, body: bytes) -> None:
    """Keep something in a file, whole or not at all; where it can't be kept, it has to be found again."""
    put(place, seal(body))


def put(place: Path, data: bytes) -> None:
    """Keep what is sealed already, or in pieces that are."""
    beside = place.with_suffix(f".{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(place)
    except OSError:
        with suppress(OSError):
            beside.unlink()
