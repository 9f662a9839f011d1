"""The report of the last build, which is returned again if no source has changed.

The output is a pure function of the sources, so sources with the same digest give the same site.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen import sources
from sitegen.incremental.cache import Cache
from sitegen.sources import Tree

_KIND = "builds"


class _Done(msgspec.Struct, frozen=True, array_like=True):
    sources: bytes  # their digest
    manifest: bytes  # digest of the manifest that the build wrote
    report: msgspec.Raw


_DECODER = msgspec.msgpack.Decoder(_Done)


def sources_digest(files: Iterable[Path], trees: Iterable[Tree], *rest: bytes) -> bytes:
    """Return the 16-byte digest of ``files``, of all files in ``trees``, and of ``rest``.

    SourceError if a file cannot be read. A missing file gives a digest of its own.
    """
    total = blake2b(digest_size=16)
    for part in rest:
        total.update(len(part).to_bytes(8, "big") + part)
    for file in files:
        total.update(_digestible(file.name, str(file)) if file.exists() else b"\0none")
    for tree in trees:
        for folder in tree.folders:  # one in place of a template is a mistake
            total.update(b"\0folder" + os.fsencode(folder))
        for name, path in sorted(tree.files):
            total.update(_digestible(name, path))
        for problem in (*tree.skipped, *tree.loops):
            total.update(b"\0skipped" + problem.location.path.encode())
    return total.digest()


def _digestible(name: str, path: str) -> bytes:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise sources.error_at(path, error) from error
    return os.fsencode(name) + b"\0" + len(data).to_bytes(8, "big") + data


def report(
    cache: Cache, key: str, made_of: bytes, manifest: bytes, output: Path, sizes: Mapping[str, int]
) -> bytes | None:
    """Return the encoded report of the last build; None if sources or output files have changed since.

    ``made_of`` is the digest of the sources, ``manifest`` that of the manifest, ``sizes`` are its files' sizes.
    """
    if (body := cache.get(_KIND, key)) is None:
        return None
    try:
        known = _DECODER.decode(body)
        if (known.sources, known.manifest) != (made_of, manifest):
            return None
        whole = all(os.lstat(f"{output}/{path}").st_size == size for path, size in sizes.items())
    except (OSError, msgspec.MsgspecError):
        return None
    return bytes(known.report) if whole else None


def save(cache: Cache, key: str, made_of: bytes, manifest: bytes, report: bytes) -> None:
    """Store the report of a build."""
    cache.put(_KIND, key, msgspec.msgpack.encode(_Done(made_of, manifest, msgspec.Raw(report))))
