"""Many small feed files become one for each year, and nothing that they say is lost.

The new files are written beside the old ones, read back, and compared with them; only then are the old ones removed.
At each moment in between the archive is the same, because reading a paper twice changes nothing. Of each version of
a paper one record is kept, so that titles and abstracts of old versions stay where feeds have shown them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen.errors import FeedError, FetchError, Problem
from sitegen.feeds import feed, store
from sitegen.feeds.feed import Answer
from sitegen.fetch import writer
from sitegen.library.merge import merge
from sitegen.models import Paper

Progress = Callable[[str, int, int], None]


class CompactReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was made of how many feed files."""

    papers: int
    before: int
    after: int
    bytes_before: int
    bytes_after: int
    seconds: float
    problems: tuple[Problem, ...]


def compact(source: Path, progress: Progress = lambda *_: None) -> CompactReport:
    """Merge the feed files of a content folder by year of submission; FetchError if something would be lost.

    A file with a problem in it is left as it is.
    """
    with writer.sole(source):
        return _compact(source / "feeds", progress)


def _compact(folder: Path, progress: Progress) -> CompactReport:
    started = time.perf_counter()
    everything = store.feed_files(folder)
    bytes_before = sum(path.stat().st_size for path in everything)
    old: dict[Path, Answer] = {}
    problems: list[Problem] = []
    for number, path in enumerate(everything, 1):
        try:
            answer = feed.read_answer(path, str(path))
        except FeedError as error:
            problems += error.problems
        else:
            problems += answer.problems
            if not answer.problems:
                old[path] = answer
        progress("reading feeds", number, len(everything))
    records = [paper for answer in old.values() for paper in answer.papers]
    kept = list(_records(records))
    made = max((answer.made for answer in old.values() if answer.made), default=None)
    new = set()
    for number, (path, data) in enumerate(_files(folder, kept, made), 1):
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
        before=len(everything),
        after=len(after),
        bytes_before=bytes_before,
        bytes_after=sum(path.stat().st_size for path in after),
        seconds=round(time.perf_counter() - started, 3),
        problems=tuple(problems),
    )


def _records(records: Iterable[Paper]) -> Iterator[Paper]:
    """Yield one record for each version of each paper, or all where that would say something else."""
    groups: dict[str, dict[int | None, list[Paper]]] = {}
    for record in records:
        groups.setdefault(record.id.base, {}).setdefault(record.id.version, []).append(record)
    for versions in groups.values():
        every = [record for group in versions.values() for record in group]
        fewer = [paper for group in versions.values() for paper in merge(group)]
        yield from fewer if merge(fewer) == merge(every) else dict.fromkeys(every)


def _files(folder: Path, records: list[Paper], made: datetime | None) -> Iterator[tuple[Path, bytes]]:
    """Yield the new files, unpacked; the same records give the same names and bytes.

    The files of the last year bear the date of the newest old one, ``made``: the front page tells it.
    """
    year_of = {paper.id.base: paper.published.year for paper in merge(records)}
    years: dict[int, list[Paper]] = {}
    for record in records:
        years.setdefault(year_of[record.id.base], []).append(record)
    for year, members in sorted(years.items()):
        members.sort(key=lambda paper: (paper.id.sort_key, paper.id.version or 0, msgspec.json.encode(paper)))
        for part in writer.file_parts(members):
            # Other papers, another name: a new file never takes the place of an old one before all are written.
            newest = max(paper.updated for paper in part)
            updated = min(newest, made) if made and year != max(years) else made or newest
            data = writer.encode(part, f"arXiv: papers of {year}", updated)
            digest = blake2b(data, digest_size=4).hexdigest()
            yield folder / f"archive-{year}-{digest}{writer.suffix(part)}", data


def _verify(folder: Path, records: list[Paper], new: Iterable[Path]) -> None:
    """Compare what the new files say, read from the disk, with what the old ones said; FetchError at a difference."""
    read = [paper for path in new for paper in feed.read(path, str(path))[0]]
    before, after = ({paper.id.base: paper for paper in merge(some)} for some in (records, read))
    versions = {(paper.id.base, paper.id.version) for paper in read}
    for base, paper in before.items():
        if after.get(base) != paper:
            _refuse(folder, base)
    for record in records:
        if (record.id.base, record.id.version) not in versions:
            _refuse(folder, str(record.id))


def _refuse(folder: Path, paper: str) -> None:
    message = f"the compacted files would not say the same of {paper}"
    raise FetchError.at(folder, message, "nothing was removed; the files named archive-… may be deleted")
