"""Many records of the same paper, from any number of feed files, become one.

The highest version wins, then the later ``updated``. The result depends on the set of records alone: neither
their order nor their number matters, and merging a merged library changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec

from sitegen.models import Announcement, Credit, Paper, Version

# A feed that lacks these says nothing about them, whatever its version.
_FILLED_FROM_ANY_VERSION = ("primary", "categories", "subject_classes", "license")
# These may have been withdrawn with a new version, so only a record of the same version may lend them.
_FILLED_FROM_SAME_VERSION = ("comment", "journal_ref", "dois", "links")


def merge(records: Iterable[Paper]) -> tuple[Paper, ...]:
    """Return one paper per arXiv identifier, newest first (by submission, then identifier)."""
    first_of: dict[str, Paper] = {}
    groups: dict[str, list[Paper]] = {}  # of those that are there more than once
    for record in records:
        base = record.id.base
        if (first := first_of.setdefault(base, record)) is not record:
            groups.setdefault(base, [first]).append(record)
    papers = [
        record if _is_settled(record) else _settle([record])
        for base, record in first_of.items()
        if base not in groups
    ]
    papers += map(_settle, groups.values())
    # By one key after the other: identifiers are nearly in order of submission already, and pairs compare slowly.
    papers.sort(key=lambda paper: paper.id.sort_key, reverse=True)
    papers.sort(key=attrgetter("published"), reverse=True)
    return tuple(papers)


def settled(record: Paper) -> Paper:
    """Return a record as a library has it that knows no other of its paper; to merge it later comes to the same."""
    return _settle([record])


def _settle(group: list[Paper]) -> Paper:
    if len(group) == 1 and _is_settled(group[0]):
        return group[0]
    ranked = sorted(group, key=_rank, reverse=True) if len(group) > 1 else group
    best = ranked[0]
    changes: dict[str, Any] = {}
    for field in _FILLED_FROM_ANY_VERSION + _FILLED_FROM_SAME_VERSION:
        if not getattr(best, field):
            for other in ranked[1:]:
                same = other.id.version == best.id.version
                if (same or field in _FILLED_FROM_ANY_VERSION) and (value := getattr(other, field)):
                    changes[field] = value
                    break
    published = _published(ranked)
    credits = _credits(best, ranked)
    versions = _versions(ranked, published)
    announcements = _announcements(ranked)
    changes |= {"published": published} if published != best.published else {}
    changes |= {"credits": credits} if credits is not best.credits else {}
    changes |= {"versions": versions} if versions != best.versions else {}
    changes |= {"announcements": announcements} if announcements != best.announcements else {}
    return msgspec.structs.replace(best, **changes) if changes else best


def _is_settled(record: Paper) -> bool:
    if record.dated_by_announcement:
        return True
    first = record.versions[0] if record.versions else None
    return first is not None and first.number == 1 and first.submitted == record.published


def _rank(record: Paper) -> tuple[int, bool, datetime, bytes]:
    # Last, the content itself: two records that differ only there must not depend on the order of files. Of two with
    # the same title, the one that names authors wins.
    content = msgspec.json.encode((record.title, bool(record.credits), record))
    return record.id.version or 0, not record.dated_by_announcement, record.updated, content


def _published(ranked: list[Paper]) -> datetime:
    submitted = [record.published for record in ranked if not record.dated_by_announcement]
    return min(submitted or [record.published for record in ranked])


def _credits(best: Paper, ranked: list[Paper]) -> tuple[Credit, ...]:
    """Return the credits of ``best``, with affiliations from a feed that gives them, if it names the same authors."""
    if len(ranked) == 1 or any(credit.affiliations for credit in best.credits):
        return best.credits
    names = [credit.name.printed for credit in best.credits]
    for other in ranked[1:]:
        if any(credit.affiliations for credit in other.credits) and names == [
            credit.name.printed for credit in other.credits
        ]:
            return other.credits
    return best.credits


def _versions(ranked: list[Paper], published: datetime) -> tuple[Version, ...]:
    """Return every version seen; an announcement's date stands only where no submission date is known."""
    seen: dict[int, datetime] = {}
    for announced in (False, True):
        found: dict[int, datetime] = {}
        for record in ranked:
            if record.dated_by_announcement is announced:
                for version in record.versions:
                    found[version.number] = min(
                        version.submitted, found.get(version.number, version.submitted)
                    )
        seen = found | seen
        if not announced and (seen or any(not record.dated_by_announcement for record in ranked)):
            seen[1] = published
    return tuple(Version(number, moment) for number, moment in sorted(seen.items()))


def _announcements(ranked: list[Paper]) -> tuple[Announcement, ...]:
    if len(ranked) == 1:
        return ranked[0].announcements
    return tuple(sorted({announcement for record in ranked for announcement in record.announcements}))
