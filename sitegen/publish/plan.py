"""Which files are to be written and deleted: a pure comparison of what should be with what is."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from sitegen.publish.manifest import Manifest


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Paths relative to the output folder, each kind in order."""

    write: tuple[str, ...]
    unchanged: tuple[str, ...]
    delete: tuple[str, ...]


def is_current(path: str, key: bytes, manifest: Manifest, present: Mapping[str, int]) -> bool:
    """Return whether a file holds this page already: same key, and the file is there in full size."""
    known = manifest.get(path)
    return known is not None and known.key == key and present.get(path) == known.size


def plan(wanted: Collection[str], staged: Collection[str], manifest: Manifest) -> Plan:
    """Compare the files that the site consists of with those staged anew and those written before."""
    fresh = frozenset(staged)
    site = frozenset(wanted)
    return Plan(
        write=tuple(sorted(fresh)),
        unchanged=tuple(sorted(site - fresh)),
        delete=tuple(sorted(path for path in manifest if path not in site)),
    )
