"""Merge many small feed files into one for each year, without loss of data.

The new files are written beside the old ones, read back, and compared with them; only then are the old ones removed.
An interruption does no harm, because a build that reads the same paper twice makes the same site. One record of each
version of a paper is kept, so that the titles and abstracts of old versions are not lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen.errors import FeedError, FetchError, Problem, SitegenError
from sitegen.feeds import feed, store
from sitegen.feeds.feed import Answer
from sitegen.fetch import writer
from sitegen.library.merge import merge
from sitegen.models import Paper

Progress = Callable[[str, int, int], None]


class CompactReport(msgspec.Struct, frozen=True, kw_only=True):
    """The papers, and the feed files before and after."""

    papers: int
    before: int
    after: int
    bytes_before: int
    bytes_after: int
    seconds: float
    problems: tuple[Problem, ...]


def compact(source: Path, progress: Progress = lambda *_: None) -> CompactReport:
    """Merge the feed files of a content folder by year of submission; FetchError if data would be lost.

    A file with problems is left as it is, and its problems are reported.
    """
    with writer.locked_feeds(source):
        return _compact(source / "feeds", progress)


def _compact(folder: Path, progress: Progress) -> CompactReport:
    started = time.perf_counter()
    old_files = store.feed_files(folder)
    bytes_before = sum(path.stat().st_size for path in old_files)
    old: dict[Path, Answer] = {}
    problems: list[Problem] = []
    for number, path in enumerate(old_files, 1):
        try:
            answer = feed.read_answer(path, str(path))
        except FeedError as error:
            problems += error.problems
        else:
            problems += answer.problems
            if not answer.problems:
                old[path] = answer
        progress("reading feeds", number, len(old_files))
    records = [paper for answer in old.values() for paper in answer.papers]
    kept = list(_records_to_keep(records))
    made = max((answer.made for answer in old.values() if answer.made), default=None)
    new = set()
    for number, (path, data) in enumerate(_new_files(folder, kept, made), 1):
        new.add(path)
        if path not in old:
            writer.write(path, data)
        progress("writing feeds", number, number)
    _verify(folder, records, new)
    for path in old:
        if path not in new:
            path.unlink()
    after = store.feed_files(folder)
    return CompactReport(
        papers=len({paper.id.base for paper in records}),
        before=len(old_files),
        after=len(after),
        bytes_before=bytes_before,
        bytes_after=sum(path.stat().st_size for path in after),
        seconds=round(time.perf_counter() - started, 3),
        problems=tuple(problems),
    )


def _records_to_keep(records: Iterable[Paper]) -> Iterator[Paper]:
    """Yield one record for each version of each paper, or all records of it if they merge to another paper."""
    groups: dict[str, dict[int | None, list[Paper]]] = {}
    for record in records:
        groups.setdefault(record.id.base, {}).setdefault(record.id.version, []).append(record)
    for versions in groups.values():
        every = [record for group in versions.values() for record in group]
        fewer = [paper for group in versions.values() for paper in merge(group)]
        yield from fewer if merge(fewer) == merge(every) else dict.fromkeys(every)


def _new_files(folder: Path, records: list[Paper], made: datetime | None) -> Iterator[tuple[Path, bytes]]:
    """Yield the paths and bytes of the new files, not compressed; the same records give the same names and bytes.

    ``made`` is the date of the newest old file. The files of the last year get it, because the front page shows it.
    """
    year_of = {paper.id.base: paper.published.year for paper in merge(records)}
    years: dict[int, list[Paper]] = {}
    for record in records:
        years.setdefault(year_of[record.id.base], []).append(record)
    for year, members in sorted(years.items()):
        members.sort(key=lambda paper: (paper.id.sort_key, paper.id.version or 0, msgspec.json.encode(paper)))
        for part in writer.file_parts(members):
            # The digest in its name keeps a new file from replacing an old one before all are written.
            newest = max(paper.updated for paper in part)
            updated = min(newest, made) if made and year != max(years) else made or newest
            data = writer.encode(part, f"arXiv: papers of {year}", updated)
            digest = blake2b(data, digest_size=4).hexdigest()
            yield folder / f"archive-{year}-{digest}{writer.suffix(part)}", data


def _verify(folder: Path, records: list[Paper], new: Iterable[Path]) -> None:
    """Read the new files from the disk and compare them with the old records; FetchError if they differ."""
    read = [paper for path in new for paper in feed.read(path, str(path))[0]]
    before, after = ({paper.id.base: paper for paper in merge(some)} for some in (records, read))
    versions = {(paper.id.base, paper.id.version) for paper in read}
    for base, paper in before.items():
        if after.get(base) != paper:
            raise _loss(folder, base)
    for record in records:
        if (record.id.base, record.id.version) not in versions:
            raise _loss(folder, str(record.id))


def _loss(folder: Path, paper: str) -> SitegenError:
    message = f"the compacted files would not hold the same data of {paper}"
    return FetchError.at(folder, message, "nothing was removed; the files named archive-… may be deleted")
