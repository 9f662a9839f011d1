"""Computes which files are to be written and deleted; it reads no files."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from sitegen.publish.manifest import Manifest


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Paths relative to the output folder."""

    write: tuple[str, ...]
    unchanged: tuple[str, ...]
    delete: tuple[str, ...]


def plan(site: Manifest, staged: Collection[str], existing: Manifest) -> Plan:
    """Compare the files of the new ``site``, some of them ``staged``, with those of the ``existing`` site."""
    fresh = frozenset(staged)
    return Plan(
        write=tuple(staged),
        unchanged=tuple([path for path in site if path not in fresh]),
        delete=tuple([path for path in existing if path not in site]),
    )
