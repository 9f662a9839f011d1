"""All feed files of a site: read once, and remembered by the digest of their bytes.

feedparser takes half a millisecond an entry, so what it found is kept in the cache; the cache may be deleted, or
damaged, at any time.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from datetime import datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen import parallel, sealed
from sitegen.arxiv import feed
from sitegen.errors import FeedError, Problem
from sitegen.models import Paper


class Reading(msgspec.Struct, frozen=True):
    """What a feed file was found to hold; ``refused`` says why it was refused whole."""

    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...]
    refused: tuple[Problem, ...] = ()
    made: datetime | None = None
    facts: tuple[bytes, ...] = ()  # what ``describe`` says of each paper


class Feeds(msgspec.Struct, frozen=True, kw_only=True):
    """What all feed files hold together."""

    papers: tuple[Paper, ...]  # every record of every file
    facts: tuple[bytes, ...]  # what ``describe`` says of each
    problems: tuple[Problem, ...]
    newest: datetime | None  # when the newest file was made, by what it says itself


_DECODER = msgspec.msgpack.Decoder(Reading)

# Below so many bytes of feeds a second process costs more than it saves.
_WORTH_A_PROCESS = 1_000_000


def feed_files(folder: Path) -> list[Path]:
    """Return the feed files below a folder, in order of their names."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.name.endswith((".xml", ".xml.gz", ".atom", ".rss"))
        and not path.name.startswith(".")
        and path.is_file()
    )


def read_all(
    folder: Path,
    cache: Path,
    *,
    engine: bytes,
    describe: Callable[[Paper], tuple[Paper, bytes]],
    jobs: int,
    progress: Callable[[int, int], None],
) -> Feeds:
    """Read all feed files of a folder; refused files are among the problems.

    ``describe`` says how a paper that is read is to be kept, and what else is to be remembered of it. ``engine`` is
    the digest of the program: what another version of it has read is read anew. ``progress`` is called with the
    number of files done and of all.
    """
    files = feed_files(folder)
    if sum(path.stat().st_size for path in files) < _WORTH_A_PROCESS:
        jobs = 1
    papers: list[Paper] = []
    facts: list[bytes] = []
    problems: list[Problem] = []
    names = [f"{folder.name}/{path.relative_to(folder).as_posix()}" for path in files]
    # The largest first, so that the last process to finish has little to do.
    order = sorted(range(len(files)), key=lambda index: -files[index].stat().st_size)
    work = partial(_read_nth, files, names, order, cache, engine, describe)
    readings: dict[int, Reading] = {}
    used = set()
    for done, (index, cached, data) in enumerate(parallel.run(work, len(files), jobs), 1):
        readings[index] = _DECODER.decode(data)
        used.add(cached)
        progress(done, len(files))
    for index in range(len(files)):
        papers += readings[index].papers
        facts += readings[index].facts
        problems += map(partial(_located, folder), (*readings[index].refused, *readings[index].problems))
    _forget_others(cache, used)
    dates = [reading.made for reading in readings.values() if reading.made]
    return Feeds(
        papers=tuple(papers), facts=tuple(facts), problems=tuple(problems), newest=max(dates, default=None)
    )


def _located(folder: Path, problem: Problem) -> Problem:
    # What is remembered knows the file from its folder on, wherever that stands; a person wants a path to open.
    where = msgspec.structs.replace(problem.location, path=str(folder.parent / problem.location.path))
    return msgspec.structs.replace(problem, location=where)


def _read_nth(
    files: list[Path],
    names: list[str],
    order: list[int],
    cache: Path,
    engine: bytes,
    describe: Callable[[Paper], tuple[Paper, bytes]],
    nth: int,
) -> tuple[int, str, bytes]:
    index = order[nth]
    path, name = files[index], names[index]
    try:
        contents = path.read_bytes()
    except OSError as error:
        problem = FeedError.at(name, f"cannot be read: {error.strerror}").problems
        return index, "", msgspec.msgpack.encode(Reading((), (), problem))
    digest = blake2b(engine + name.encode() + b"\0" + contents, digest_size=16).hexdigest()
    cached = cache / f"{digest}.feed"
    if (known := _load(cached)) is not None:
        return index, cached.name, known
    try:
        answer = feed.read_answer(path, name)
        kept = [describe(paper) for paper in answer.papers]
        reading = Reading(
            papers=tuple(paper for paper, _ in kept),
            problems=answer.problems,
            made=answer.made,
            facts=tuple(facts for _, facts in kept),
        )
    except FeedError as error:
        reading = Reading((), (), error.problems)
    gc.collect()  # feedparser leaves cycles behind, and the collector is off while a site is built
    data = msgspec.msgpack.encode(reading)
    _save(cached, data)
    return index, cached.name, data


def _load(path: Path) -> bytes | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return sealed.unseal(data)


def _save(path: Path, data: bytes) -> None:
    """Write a cache file whole or not at all; a cache that cannot be written only costs time."""
    beside = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(sealed.seal(data))
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)


def _forget_others(cache: Path, used: set[str]) -> None:
    if cache.is_dir():
        for path in cache.iterdir():
            if path.name not in used and path.is_file():
                path.unlink(missing_ok=True)
