"""Merges all records of a paper, from any number of feed files, into one.

The record with the highest version is used; of several, the one with the latest ``updated``. The result depends only
on the set of records, not on their order or number, and merging merged papers changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec

from sitegen.models import Announcement, Credit, Paper, Version

# Fields that some feeds lack. A missing value is taken from a record of any version.
_FILLED_FROM_ANY_VERSION = ("primary", "categories", "subject_classes", "license")
# Authors may remove these in a new version, so a missing value is taken only from a record of the same version.
_FILLED_FROM_SAME_VERSION = ("comment", "journal_ref", "dois", "links")


def merge(records: Iterable[Paper]) -> tuple[Paper, ...]:
    """Return one paper for each arXiv identifier, newest first (by submission, then identifier)."""
    first_of: dict[str, Paper] = {}
    groups: dict[str, list[Paper]] = {}  # of papers with several records
    for record in records:
        base = record.id.base
        if (first := first_of.setdefault(base, record)) is not record:
            groups.setdefault(base, [first]).append(record)
    papers = [
        record if _is_merged(record) else _merge_group([record])
        for base, record in first_of.items()
        if base not in groups
    ]
    papers += map(_merge_group, groups.values())
    # Two stable sorts are faster than one by pairs: identifiers are nearly in order of submission already.
    papers.sort(key=lambda paper: paper.id.sort_key, reverse=True)
    papers.sort(key=attrgetter("published"), reverse=True)
    return tuple(papers)


def merge_single(record: Paper) -> Paper:
    """Return the paper of which this is the only record. Merging the result with further records is allowed."""
    return _merge_group([record])


def _merge_group(group: list[Paper]) -> Paper:
    """Return the paper of these records, which all have the same base identifier."""
    if len(group) == 1 and _is_merged(group[0]):
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


def _is_merged(record: Paper) -> bool:
    """Return whether merging this record alone would not change it: its dates and versions agree."""
    if record.dated_by_announcement:
        return True
    first = record.versions[0] if record.versions else None
    return first is not None and first.number == 1 and first.submitted == record.published


def _rank(record: Paper) -> tuple[int, bool, datetime, bytes]:
    """Return the sort key of a record; the greatest one is used."""
    # The content comes last, so that the result does not depend on the order of files. Of two records with the same
    # title, one with authors goes before one without.
    content = msgspec.json.encode((record.title, bool(record.credits), record))
    return record.id.version or 0, not record.dated_by_announcement, record.updated, content


def _published(ranked: list[Paper]) -> datetime:
    """Return the earliest submission date, or the earliest announcement if no record has a submission date."""
    submitted = [record.published for record in ranked if not record.dated_by_announcement]
    return min(submitted or [record.published for record in ranked])


def _credits(best: Paper, ranked: list[Paper]) -> tuple[Credit, ...]:
    """Return the credits of ``best``, or of another record with the same names if only that has affiliations."""
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
    """Return all versions, ascending; announcement dates are used only for versions without a submission date."""
    seen: dict[int, datetime] = {}
    for announced in (False, True):
        found: dict[int, datetime] = {}
        for record in ranked:
            if record.dated_by_announcement is announced:
                for version in record.versions:
                    found[version.number] = min(
                        version.submitted, found.get(version.number, version.submitted)
                    )
        seen = found | seen  # submission dates, which come first, take precedence
        if not announced and (seen or any(not record.dated_by_announcement for record in ranked)):
            seen[1] = published
    return tuple(Version(number, moment) for number, moment in sorted(seen.items()))


def _announcements(ranked: list[Paper]) -> tuple[Announcement, ...]:
    if len(ranked) == 1:
        return ranked[0].announcements
    return tuple(sorted({announcement for record in ranked for announcement in record.announcements}))
