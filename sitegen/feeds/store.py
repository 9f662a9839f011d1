"""All feed files of a site: read once, and kept in the cache by the digest of their bytes.

feedparser takes half a millisecond an entry. For each record the cache also holds what is derived from it alone: see
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
from sitegen.feeds.guard import printable
from sitegen.incremental import checksum, workers
from sitegen.incremental.cache import Cache, Part, parts_of
from sitegen.models import Paper


class Derived(NamedTuple):
    """What is derived from a record alone."""

    paper: Paper  # the record as a library has it that knows no other record of the paper
    facts: bytes  # what every build reads
    texts: bytes  # what is read when a page is made of the paper


class Feeds(msgspec.Struct, frozen=True, kw_only=True):
    """What all feed files hold together."""

    papers: tuple[Paper, ...]  # every record of every file
    facts: tuple[bytes, ...]  # of each record
    texts: tuple[Part, ...]  # where the texts of each record are
    problems: tuple[Problem, ...]
    newest: datetime | None  # when the newest file was made, by what it says itself


class _Reading(msgspec.Struct, frozen=True):
    """What a feed file holds; ``refused`` says why it was refused whole."""

    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...]
    refused: tuple[Problem, ...] = ()
    made: datetime | None = None
    facts: tuple[bytes, ...] = ()
    texts: tuple[int, ...] = ()  # size in bytes of the texts of each record, which are in a file of their own


_DECODER = msgspec.msgpack.Decoder(_Reading)
_LIST = msgspec.msgpack.Decoder(list[_Reading])

# Kinds of bodies in the cache.
_READINGS, _TEXTS = "readings", "texts"

_FEED_SUFFIXES = (".xml", ".xml.gz", ".atom", ".rss")

# Bytes of feeds; for fewer, a process costs more than it saves.
_WORTH_A_PROCESS = 1_000_000


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
    """Read all feed files of a folder; refused files are among the problems, SourceError if one cannot be read.

    ``derive`` gives what is derived from a record. ``program`` is the digest of the program: files that another
    version of it has read are read anew. ``progress`` is called with the number of files read and of all.
    """
    files = feed_files(folder)
    names = [readable(path.relative_to(folder.parent)) for path in files]
    keys = [_key(path, name, program) for path, name in zip(files, names, strict=True)]
    kept = {index: body for index, key in enumerate(keys) if (body := cache.get(_READINGS, key))}

    def read(number: int) -> bytes:
        data = [_read(files[index], names[index], keys[index], cache, derive) for index in runs[number]]
        return msgspec.msgpack.encode(list(map(msgspec.Raw, data)))

    runs = _runs({index: _size(path) for index, path in enumerate(files) if index not in kept})
    if len(runs) > 1:  # before processes are forked, each of which would import it for itself
        import_module("sitegen.feeds.feed")
    found = workers.run(read, len(runs), jobs)
    # While other processes read feeds.
    readings = {index: _DECODER.decode(kept.pop(index)) for index in list(kept)}
    progress(len(readings), len(files))
    for number, answer in found:
        readings |= zip(runs[number], _LIST.decode(answer), strict=True)
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
            _located(folder, problem)
            for reading in in_order
            for problem in (*reading.refused, *reading.problems)
        ),
        newest=max((reading.made for reading in in_order if reading.made), default=None),
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # whoever reads it will tell
        return 0


def _runs(sizes: Mapping[int, int]) -> list[list[int]]:
    """Deal files of some sizes out into runs, each worth a process, the largest first: the last has little to do."""
    runs: list[list[int]] = []
    room = 0
    for index in sorted(sizes, key=lambda index: -sizes[index]):
        if room <= 0:
            runs.append([])
            room = _WORTH_A_PROCESS
        runs[-1].append(index)
        room -= sizes[index]
    return runs


def _located(folder: Path, problem: Problem) -> Problem:
    # What is remembered knows the file from its folder on, wherever that stands; a person wants a path to open.
    where = msgspec.structs.replace(problem.location, path=readable(folder.parent / problem.location.path))
    return msgspec.structs.replace(problem, location=where)


def _key(path: Path, name: str, program: bytes) -> str:
    """Return the key of the reading of a file; SourceError if the file cannot be read."""
    try:
        contents = path.read_bytes()
    except OSError as error:
        raise sources.error_at(path, error) from error
    return checksum.digest(program + os.fsencode(name) + b"\0" + contents).hex()


def _read(path: Path, name: str, key: str, cache: Cache, derive: Callable[[Paper], Derived]) -> bytes:
    """Read a feed file, store its reading and the texts of its records, and return the reading encoded."""
    from sitegen.feeds import feed  # here, because a build that reads no feed need not wait for feedparser

    sizes: list[int] = []
    gc.freeze()  # what is there already, and may be much
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
    gc.collect()  # feedparser leaves cycles behind, and the collector is off while a site is built
    gc.unfreeze()
    data = msgspec.msgpack.encode(reading)
    if os.access(path, os.R_OK):  # else the reading is not that of its contents
        cache.put(_READINGS, key, data)
    return data


def _derived(
    papers: Iterable[Paper], name: str, derive: Callable[[Paper], Derived]
) -> tuple[list[Derived], list[Problem]]:
    """Return what is derived from each paper of a file, and a problem for each of which that failed."""
    derived: list[Derived] = []
    problems: list[Problem] = []
    for paper in papers:
        try:
            derived.append(derive(paper))
        except Exception as error:  # whatever it is: one entry must not keep the others from being built
            problems.append(skipped(name, paper, error))
    return derived, problems


def skipped(path: str, paper: Paper, error: Exception) -> Problem:
    """Return the problem of a paper that is left out, because its texts cannot be made."""
    message = f"the entry is skipped: its texts cannot be made: {printable(repr(error))}"
    where = Location(path=path, key=f"arXiv:{paper.id}")
    return Problem(
        location=where, message=message, remedy="mend the entry, and report this as a fault of sitegen"
    )
