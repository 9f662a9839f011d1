"""Checksums, which detect damage to files of our own, and digests, which identify bytes."""

from __future__ import annotations

from hashlib import blake2b
from zlib import crc32

_SEED = 0x5174  # not 0: four zero bytes must not be the checksum of an empty body
_SIZE = 4  # bytes of the checksum, which comes before the body


def digest(body: bytes | memoryview) -> bytes:
    """Return the 16-byte digest of some bytes."""
    return blake2b(body, digest_size=16).digest()


def protect(body: bytes) -> bytes:
    """Return a body with its checksum before it. CRC-32 detects damage in a fifth of the time of a digest."""
    return _checksum(body) + body


def verified(data: bytes) -> memoryview | None:
    """Return the body of protected data, or None if the data is damaged or incomplete."""
    body = memoryview(data)[_SIZE:]
    return body if len(data) >= _SIZE and _checksum(body) == data[:_SIZE] else None


def _checksum(body: bytes | memoryview) -> bytes:
    return crc32(body, _SEED).to_bytes(_SIZE, "big")
