"""What the output folder holds of ours: the key of every page, so that the next build knows what changed.

The manifest stands in the output folder itself: whatever becomes of the cache, a folder knows which of its files
sitegen wrote, and only those are ever replaced or deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from sitegen.errors import PublishError
from sitegen.sealed import seal, unseal

NAME = ".sitegen-manifest"


class Written(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file of ours: the key of the page, and the size of the file in bytes."""

    key: bytes
    size: int
    frame: bytes = b""  # digest of what is around its blocks
    section: str = ""  # for which the frame was made
    cuts: bytes = b""  # where the blocks are


Manifest = Mapping[str, Written]  # by path relative to the output folder

_DECODER = msgspec.msgpack.Decoder(dict[str, Written])


def read(output: Path) -> bytes | None:
    """Return the bytes of the manifest in an output folder, or None where there is none."""
    try:
        return (output / NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise PublishError.at(
            output / NAME, f"cannot be read: {error.strerror}", "see to its permissions"
        ) from error


def decode(data: bytes) -> Manifest | None:
    """Return the manifest that some bytes are; None if it cannot be trusted."""
    if (body := unseal(data)) is None:
        return None
    try:
        return _DECODER.decode(body)
    except msgspec.MsgspecError:
        return None


def encode(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest, in its order, with a checksum before them that tells damage."""
    return seal(msgspec.msgpack.encode(manifest))
