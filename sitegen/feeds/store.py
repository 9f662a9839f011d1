"""Reads all feed files of a site, and caches each reading by the digest of the file's bytes.

Reading an entry takes about half a millisecond. The cache also holds what is derived from each record alone: see
:class:`Derived`.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import msgspec

from sitegen import sources
from sitegen.errors import FeedError, Location, Problem, readable
from sitegen.feeds.document import printable
from sitegen.incremental import checksum, workers
from sitegen.incremental.cache import Cache, Part, parts_of
from sitegen.models import Paper


class Derived(NamedTuple):
    """What is derived from a record alone."""

    paper: Paper  # the result of ``merge`` if this is the paper's only record
    facts: bytes  # encoded; read by every build
    texts: bytes  # encoded; read when a page of the paper is made


class Feeds(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of all feed files together."""

    papers: tuple[Paper, ...]  # every record of every file
    facts: tuple[bytes, ...]  # of each record; empty if they must be derived again, see library.silent
    texts: tuple[Part, ...]  # where the texts of each record are in the cache
    problems: tuple[Problem, ...]
    newest: datetime | None  # the newest of the feeds' own dates


class _Reading(msgspec.Struct, frozen=True):
    """The contents of one feed file, as cached; ``refused`` holds the reasons if the file was refused."""

    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...]
    refused: tuple[Problem, ...] = ()
    made: datetime | None = None
    facts: tuple[bytes, ...] = ()
    texts: tuple[int, ...] = ()  # size in bytes of each record's texts, which are in a separate file


_DECODER = msgspec.msgpack.Decoder(_Reading)
_LIST = msgspec.msgpack.Decoder(list[_Reading])

# Kinds of bodies in the cache.
_READINGS, _TEXTS = "readings", "texts"

_FEED_SUFFIXES = (".xml", ".xml.gz", ".atom", ".rss")

# For fewer bytes of feeds, starting a process takes longer than it saves.
_BATCH_BYTES = 1_000_000


def feed_files(folder: Path) -> list[Path]:
    """Return the feed files below a folder, in order of their names; SourceError if it cannot be read."""
    files = sources.tree(folder).files
    return sorted(Path(file.path) for file in files if file.name.endswith(_FEED_SUFFIXES))


def read_all(
    folder: Path,
    cache: Cache,
    *,
    program: bytes,
    derive: Callable[[Paper], Derived],
    jobs: int,
    progress: Callable[[int, int], None],
) -> Feeds:
    """Return the contents of all feed files of a folder. Refused files are among the problems.

    ``derive`` makes a record's derived values. ``program`` is the digest of the program; files that another version
    has read are read again. ``progress`` is called with the number of files read so far and of all files.
    SourceError if a file or the folder cannot be read.
    """
    files = feed_files(folder)
    names = [readable(path.relative_to(folder.parent)) for path in files]
    keys = [_key(path, name, program) for path, name in zip(files, names, strict=True)]
    kept = {index: body for index, key in enumerate(keys) if (body := cache.get(_READINGS, key))}

    def read(number: int) -> bytes:
        data = [_read(files[index], names[index], keys[index], cache, derive) for index in batches[number]]
        return msgspec.msgpack.encode(list(map(msgspec.Raw, data)))

    batches = _batches({index: _size(path) for index, path in enumerate(files) if index not in kept})
    if len(batches) > 1:  # imported once, before processes are forked
        import_module("sitegen.feeds.feed")
    found = workers.run(read, len(batches), jobs)
    # Cached readings are decoded while other processes read feeds.
    readings = {index: _DECODER.decode(kept.pop(index)) for index in list(kept)}
    progress(len(readings), len(files))
    for number, answer in found:
        readings |= zip(batches[number], _LIST.decode(answer), strict=True)
        progress(len(readings), len(files))
    cache.sweep(_READINGS, set(keys))
    cache.sweep(_TEXTS, set(keys))
    in_order = [readings[index] for index in range(len(files))]
    return Feeds(
        papers=tuple(paper for reading in in_order for paper in reading.papers),
        facts=tuple(facts for reading in in_order for facts in reading.facts),
        texts=tuple(
            part
            for key, reading in zip(keys, in_order, strict=True)
            for part in parts_of(_TEXTS, key, reading.texts)
        ),
        problems=tuple(
            _with_full_path(folder, problem)
            for reading in in_order
            for problem in (*reading.refused, *reading.problems)
        ),
        newest=max((reading.made for reading in in_order if reading.made), default=None),
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # reported when the file is read
        return 0


def _batches(sizes: Mapping[int, int]) -> list[list[int]]:
    """Return batches of the files with these sizes, each large enough for a process; the largest files come first."""
    batches: list[list[int]] = []
    room = 0
    for index in sorted(sizes, key=lambda index: -sizes[index]):
        if room <= 0:
            batches.append([])
            room = _BATCH_BYTES
        batches[-1].append(index)
        room -= sizes[index]
    return batches


def _with_full_path(folder: Path, problem: Problem) -> Problem:
    # Cached paths begin at the feeds folder, so that the site can be moved; messages have the path from here.
    where = msgspec.structs.replace(problem.location, path=readable(folder.parent / problem.location.path))
    return msgspec.structs.replace(problem, location=where)


def _key(path: Path, name: str, program: bytes) -> str:
    """Return the cache key of a file's reading; SourceError if the file cannot be read."""
    try:
        contents = path.read_bytes()
    except OSError as error:
        raise sources.error_at(path, error) from error
    return checksum.digest(program + os.fsencode(name) + b"\0" + contents).hex()


def _read(path: Path, name: str, key: str, cache: Cache, derive: Callable[[Paper], Derived]) -> bytes:
    """Read a feed file, store its reading and the texts of its records, and return the reading encoded."""
    from sitegen.feeds import feed  # imported here: builds that read no new feed do without feedparser

    sizes: list[int] = []
    gc.freeze()  # spares the collection below all objects that exist already
    try:
        answer = feed.read_answer(path, name)
    except FeedError as error:
        reading = _Reading((), (), error.problems)
    else:
        derived, left_out = _derived(answer.papers, name, derive)
        sizes = cache.put_parts(_TEXTS, key, [known.texts for known in derived])
        reading = _Reading(
            papers=tuple(known.paper for known in derived),
            problems=(*answer.problems, *left_out),
            made=answer.made,
            facts=tuple(known.facts for known in derived),
            texts=tuple(sizes),
        )
    gc.collect()  # feedparser leaves reference cycles, and automatic collection is off during a build
    gc.unfreeze()
    data = msgspec.msgpack.encode(reading)
    if os.access(path, os.R_OK):  # if it became unreadable, the result is not that of its contents
        cache.put(_READINGS, key, data)
    return data


def _derived(
    papers: Iterable[Paper], name: str, derive: Callable[[Paper], Derived]
) -> tuple[list[Derived], list[Problem]]:
    """Return the derived values of each paper of a file, and a problem for each paper for which that failed."""
    derived: list[Derived] = []
    problems: list[Problem] = []
    for paper in papers:
        try:
            derived.append(derive(paper))
        except Exception as error:  # of any kind: one bad entry must not prevent others from being built
            problems.append(skipped(name, paper, error))
    return derived, problems


def skipped(path: str, paper: Paper, error: Exception) -> Problem:
    """Return the problem to report for a paper that is left out because deriving its texts failed."""
    message = f"the entry is skipped: its texts cannot be made: {printable(repr(error))}"
    where = Location(path=path, key=f"arXiv:{paper.id}")
    return Problem(
        location=where, message=message, remedy="correct the entry, and report this as a fault of sitegen"
    )
