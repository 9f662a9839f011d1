"""Bytes that tell whether they are whole: what the program keeps for itself may be cut short or damaged."""

from __future__ import annotations

from hashlib import blake2b

_SIZE = 16  # bytes of the digest that stands in front


def digest(body: bytes) -> bytes:
    """Return the digest of some bytes."""
    return blake2b(body, digest_size=_SIZE).digest()


def seal(body: bytes) -> bytes:
    """Return bytes with their digest in front of them."""
    return digest(body) + body


def unseal(data: bytes) -> bytes | None:
    """Return what was sealed; None if it is not whole."""
    body = data[_SIZE:]
    return body if digest(body) == data[:_SIZE] else None
