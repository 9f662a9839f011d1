"""Whether anything has changed since the last build: if not, there is nothing to build.

The output is a pure function of its sources, so the same digest of the sources means the same site.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen.incremental.cache import Cache

_KIND = "builds"


class _Done(msgspec.Struct, frozen=True, array_like=True):
    sources: bytes  # their digest
    manifest: bytes  # digest of the manifest that the build wrote
    report: msgspec.Raw


_DECODER = msgspec.msgpack.Decoder(_Done)


def sources_digest(folders: Iterable[Path], *rest: bytes) -> bytes:
    """Return the digest of every file below some folders, through links too, and of whatever else counts."""
    total = blake2b(digest_size=16)
    for part in rest:
        total.update(len(part).to_bytes(8, "big") + part)
    for folder in folders:
        total.update(b"\0folder")
        for name, path in sorted(_files(folder)):
            try:
                data = Path(path).read_bytes()
            except OSError as error:  # whoever reads the file will report it
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


def report(
    cache: Cache, key: str, sources: bytes, manifest: bytes, output: Path, sizes: Mapping[str, int]
) -> bytes | None:
    """Return the encoded report of the last build, if its sources were the same and all its files are whole."""
    if (body := cache.get(_KIND, key)) is None:
        return None
    try:
        known = _DECODER.decode(body)
        if (known.sources, known.manifest) != (sources, manifest):
            return None
        whole = all(os.stat(f"{output}/{path}").st_size == size for path, size in sizes.items())  # noqa: PTH116
    except (OSError, msgspec.MsgspecError):
        return None
    return bytes(known.report) if whole else None


def save(cache: Cache, key: str, sources: bytes, manifest: bytes, report: bytes) -> None:
    """Store the report of a build."""
    cache.put(_KIND, key, msgspec.msgpack.encode(_Done(sources, manifest, msgspec.Raw(report))))
