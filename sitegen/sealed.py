"""Bytes that tell whether they are whole: what the program keeps for itself may be cut short or damaged."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

_SIZE = 16  # bytes of the digest that stands in front


def digest(body: bytes | memoryview) -> bytes:
    """Return the digest of some bytes."""
    return blake2b(body, digest_size=_SIZE).digest()


def seal(body: bytes) -> bytes:
    """Return bytes with their digest in front of them."""
    return digest(body) + body


def unseal(data: bytes) -> memoryview | None:
    """Return what was sealed; None if it is not whole."""
    body = memoryview(data)[_SIZE:]
    return body if digest(body) == data[:_SIZE] else None


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
        beside.unlink(missing_ok=True)
