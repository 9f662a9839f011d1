"""What the last build was made of: where nothing of it has changed, there is nothing to build.

The output is a pure function of its sources, so the same digest of them means the same site. What is remembered may
be deleted or damaged at any time; it then costs the time of a build.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen import sealed, sources
from sitegen.publish.folder import Standing
from sitegen.sources import Tree


class _Memory(msgspec.Struct, frozen=True, kw_only=True):
    sources: bytes  # their digest
    listed: bytes  # digest of the manifest that the build wrote
    report: bytes


_DECODER = msgspec.msgpack.Decoder(_Memory)


def digest(files: Iterable[Path], trees: Iterable[Tree], *rest: bytes) -> bytes:
    """Return the digest of some files, of all in some trees, and of whatever else counts.

    SourceError if one cannot be read; one that is not there counts as that.
    """
    total = blake2b(digest_size=16)
    for part in rest:
        total.update(len(part).to_bytes(8, "big") + part)
    for file in files:
        total.update(_digestible(file.name, str(file)) if file.exists() else b"\0none")
    for tree in trees:
        total.update(b"\0folder")
        for name, path in sorted(tree.files):
            total.update(_digestible(name, path))
        for problem in tree.skipped:
            total.update(b"\0skipped" + problem.location.path.encode())
    return total.digest()


def _digestible(name: str, path: str) -> bytes:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise sources.error_at(path, error) from error
    return os.fsencode(name) + b"\0" + len(data).to_bytes(8, "big") + data


def recall(place: Path, output: Path, standing: Standing, sources: bytes) -> bytes | None:
    """Return the report of the last build, if it was one of these sources and all its files are there in full."""
    try:
        if (body := sealed.recall(place)) is None:
            return None
        known = _DECODER.decode(body)
        if known.sources != sources or known.listed != standing.listed:
            return None
        files = standing.manifest.items()
        whole = all(os.stat(f"{output}/{path}").st_size == file.size for path, file in files)  # noqa: PTH116
    except (OSError, msgspec.MsgspecError):
        return None
    return known.report if whole else None


def remember(place: Path, listed: bytes, sources: bytes, report: bytes) -> None:
    """Keep a report, with the digest of the manifest; where it can't be kept, the next build just takes longer."""
    sealed.keep(place, msgspec.msgpack.encode(_Memory(sources=sources, listed=listed, report=report)))
