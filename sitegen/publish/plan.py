"""Which files are to be written and deleted: a pure comparison of what should be with what is."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from sitegen.publish.manifest import Manifest


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Paths relative to the output folder."""

    write: tuple[str, ...]
    unchanged: tuple[str, ...]
    delete: tuple[str, ...]


def plan(site: Manifest, staged: Collection[str], standing: Manifest) -> Plan:
    """Compare the files that the site consists of, of which some are ``staged``, with those that stand."""
    fresh = frozenset(staged)
    return Plan(
        write=tuple(staged),
        unchanged=tuple([path for path in site if path not in fresh]),
        delete=tuple([path for path in standing if path not in site]),
    )
