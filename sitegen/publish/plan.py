"""Which files are to be written and deleted: a pure comparison of what should be with what is."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from sitegen.publish.manifest import Manifest, Written


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Paths relative to the output folder."""

    write: tuple[str, ...]
    unchanged: tuple[str, ...]
    delete: tuple[str, ...]


def plan(site: Mapping[str, Written], staged: Collection[str], manifest: Manifest) -> Plan:
    """Compare the files that the site consists of with those staged anew and those written before."""
    fresh = frozenset(staged)
    return Plan(
        write=tuple(staged),
        unchanged=tuple([path for path in site if path not in fresh]),
        delete=tuple([path for path in manifest if path not in site]),
    )
