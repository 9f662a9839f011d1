"""The manifest: the files that sitegen wrote into the output folder, with their sizes.

Only files in it are ever replaced or deleted. It is in the output folder itself, so that it survives the cache. Its
checksum detects damage, not forgery: a path that leads out of the output folder counts as damage too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from sitegen.errors import PublishError
from sitegen.incremental import checksum

NAME = ".sitegen-manifest"

Manifest = Mapping[str, int]  # size in bytes by path relative to the output folder


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    inputs: bytes  # digest of all that the site was made from; files of other bytes may have the same sizes
    files: dict[str, int]


_DRIVE = re.compile("\n/[A-Za-z]:")
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
        known = _DECODER.decode(body).files
    except msgspec.MsgspecError:
        return None
    return known if are_inside(known) else None


def are_inside(paths: Collection[str]) -> bool:
    """Return whether all paths are relative, normalised, and on every system inside of the folder they start from."""
    # One text of all, because a look at each of 51,000 paths would take ten times as long.
    text = "\n/" + "/\n/".join(paths) + "/"
    if not paths or any(part in text for part in ("//", "/./", "/../", "\\", "\0")):
        return not paths
    return text.count("\n") == len(paths) and not (":" in text and _DRIVE.search(text))


def refuse_outside(paths: Collection[str]) -> None:
    """Raise PublishError if a file of the site has a name that no manifest may have."""
    if not are_inside(paths):
        name = next(path for path in paths if not are_inside([path]))
        raise PublishError.at(
            repr(name), "is no name for a file of a site", "rename the file in static/ that it comes from"
        )


def encode(manifest: Manifest, inputs: bytes) -> bytes:
    """Return a manifest as bytes with a checksum; the order of its paths is kept.

    ``inputs`` is the digest of everything that the site was made from.
    """
    return checksum.protect(msgspec.msgpack.encode((inputs, manifest)))
