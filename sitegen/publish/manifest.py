"""The manifest: the files that sitegen wrote into the output folder, with their sizes.

Only files in it are ever replaced or deleted. It is in the output folder itself, so that it survives the cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from sitegen.errors import PublishError
from sitegen.incremental import checksum

NAME = ".sitegen-manifest"

Manifest = Mapping[str, int]  # size in bytes by path relative to the output folder


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    inputs: bytes  # digest of all that the site was made from; files of other bytes may have the same sizes
    files: dict[str, int]


_DECODER = msgspec.msgpack.Decoder(_Stored)


def read(output: Path) -> bytes | None:
    """Return the bytes of the manifest in an output folder, or None where there is none."""
    try:
        return (output / NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise PublishError.at(
            output / NAME, f"cannot be read: {error.strerror}", "check its permissions"
        ) from error


def decode(data: bytes) -> Manifest | None:
    """Return the manifest decoded; None if it is damaged."""
    if (body := checksum.verified(data)) is None:
        return None
    try:
        return _DECODER.decode(body).files
    except msgspec.MsgspecError:
        return None


def encode(manifest: Manifest, inputs: bytes) -> bytes:
    """Return a manifest as bytes with a checksum; the order of its paths is kept.

    ``inputs`` is the digest of everything that the site was made from.
    """
    return checksum.protect(msgspec.msgpack.encode((inputs, manifest)))
