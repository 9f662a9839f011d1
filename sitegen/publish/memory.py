"""What the last build was made of: where nothing of it has changed, there is nothing to build.

The output is a pure function of its sources, so the same digest of them means the same site. What is remembered may
be deleted or damaged at any time; it then costs the time of a build.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen import sealed
from sitegen.publish.folder import Standing


class _Memory(msgspec.Struct, frozen=True, kw_only=True):
    sources: bytes  # their digest
    listed: bytes  # digest of the manifest that the build wrote
    report: bytes


_DECODER = msgspec.msgpack.Decoder(_Memory)


def digest(folders: Iterable[Path], *rest: bytes) -> bytes:
    """Return the digest of every file below some folders, through links too, and of whatever else counts."""
    total = blake2b(digest_size=16)
    for part in rest:
        total.update(len(part).to_bytes(8, "big") + part)
    for folder in folders:
        total.update(b"\0folder")
        for name, path in sorted(_files(folder)):
            try:
                data = Path(path).read_bytes()
            except OSError as error:  # it may be told later what is wrong with it
                data = str(error.errno).encode()
            total.update(os.fsencode(name) + b"\0" + len(data).to_bytes(8, "big") + data)
    return total.digest()


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Return the path of every file below a folder, relative to it and in full; loops of links end."""
    seen: set[str] = set()
    for where, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(where)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        for name in files:
            path = os.path.join(where, name)  # noqa: PTH118
            yield os.path.relpath(path, folder), path


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
