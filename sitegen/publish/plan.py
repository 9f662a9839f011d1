"""Which files are to be written and deleted: a pure comparison of what should be with what is."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from sitegen.publish.folder import Standing
from sitegen.publish.manifest import Manifest, Written


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Paths relative to the output folder."""

    write: tuple[str, ...]
    unchanged: tuple[str, ...]
    delete: tuple[str, ...]


def stale(keys: Mapping[str, bytes], standing: Standing) -> list[str]:
    """Return the paths of the pages that no file holds already: another key, no file, or not all of it."""
    manifest, missing = standing.manifest, standing.missing
    if not manifest:
        return list(keys)
    return [
        path
        for path, key in keys.items()
        if (known := manifest.get(path)) is None or known.key != key or path in missing
    ]


def plan(site: Mapping[str, Written], staged: Collection[str], manifest: Manifest) -> Plan:
    """Compare the files that the site consists of with those staged anew and those written before."""
    fresh = frozenset(staged)
    return Plan(
        write=tuple(staged),
        unchanged=tuple([path for path in site if path not in fresh]),
        delete=tuple([path for path in manifest if path not in site]),
    )
