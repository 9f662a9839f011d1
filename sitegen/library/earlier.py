"""The archive as it was after some of its versions were submitted.

What is made of the earlier archive stays as it is when a new feed comes, in an incremental build and in a cold one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import NamedTuple, TypeAlias

from sitegen.models import Paper

Version: TypeAlias = tuple[datetime, str]  # when a version was submitted, and the paper


class Earlier(NamedTuple):
    """The papers of the earlier archive, oldest first, and how they differ from those of today."""

    papers: Sequence[Paper]
    newer: Set[str]  # papers that have a version since, or are new
    before: Mapping[str, Paper]  # of newer papers, the latest record that the earlier archive had


def versions(records: Iterable[Paper]) -> list[Version]:
    """Return all versions that feeds have records of, in the order of submission."""
    return sorted({_version(record) for record in records})


def as_of(last: Version, papers: Sequence[Paper], records: Iterable[Paper]) -> Earlier:
    """Return the archive as it was after ``last``, by the papers of today and all records of feeds."""
    newer = {paper.id.base for paper in papers if _version(paper) > last}
    before: dict[str, Paper] = {}
    for record in records:
        base = record.id.base
        if base in newer and _version(record) <= last:
            before[base] = max(before.get(base, record), record, key=_rank)
    found = [before.get(paper.id.base) if paper.id.base in newer else paper for paper in papers]
    return Earlier(sorted([paper for paper in found if paper is not None], key=_age), newer, before)


def _version(record: Paper) -> Version:
    return record.updated, record.id.base


def _rank(record: Paper) -> tuple[int, datetime]:
    return record.id.version or 0, record.updated


def _age(paper: Paper) -> tuple[datetime, str]:
    return paper.published, paper.id.sort_key
