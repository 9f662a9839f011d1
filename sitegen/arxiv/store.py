"""All feed files of a site: read once, and remembered by the digest of their bytes.

feedparser takes half a millisecond an entry, so what it found is kept in the cache; the cache may be deleted, or
damaged, at any time.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import msgspec

from sitegen import parallel, sealed, sources
from sitegen.arxiv.guard import printable
from sitegen.errors import FeedError, Location, Problem, readable
from sitegen.models import Paper


class Reading(msgspec.Struct, frozen=True):
    """What a feed file was found to hold; ``refused`` says why it was refused whole."""

    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...]
    refused: tuple[Problem, ...] = ()
    made: datetime | None = None
    facts: tuple[bytes, ...] = ()  # what ``describe`` says of each paper
    texts: tuple[int, ...] = ()  # how long is what it says at length, which stands in a file of its own


class Description(NamedTuple):
    """What is to be remembered of a paper that is read."""

    paper: Paper  # as it is to be kept
    facts: bytes  # what every build asks for
    texts: bytes  # what is asked for when a page is made of the paper


class Place(NamedTuple):
    """Where a paper's texts are kept."""

    file: str
    start: int
    size: int


class Feeds(msgspec.Struct, frozen=True, kw_only=True):
    """What all feed files hold together."""

    papers: tuple[Paper, ...]  # every record of every file
    facts: tuple[bytes, ...]  # what ``describe`` says of each
    texts: tuple[Place, ...]  # where stands what it says of each at length
    problems: tuple[Problem, ...]
    newest: datetime | None  # when the newest file was made, by what it says itself


_DECODER = msgspec.msgpack.Decoder(Reading)
_READINGS = msgspec.msgpack.Decoder(list[Reading])

_FEED_SUFFIXES = (".xml", ".xml.gz", ".atom", ".rss")

# Bytes of feeds; for fewer, a process costs more than it saves.
_WORTH_A_PROCESS = 1_000_000


def feed_files(folder: Path) -> list[Path]:
    """Return the feed files below a folder, in order of their names; SourceError if it cannot be read."""
    files = sources.tree(folder).files
    return sorted(Path(file.path) for file in files if file.name.endswith(_FEED_SUFFIXES))


def read_all(
    folder: Path,
    cache: Path,
    *,
    engine: bytes,
    describe: Callable[[Paper], Description],
    jobs: int,
    progress: Callable[[int, int], None],
) -> Feeds:
    """Read all feed files of a folder; refused files are among the problems, SourceError if one cannot be read.

    ``describe`` says what is to be remembered of a paper that is read. ``engine`` is the digest of the program: what
    another version of it has read is read anew. ``progress`` is called with the number of files done and of all.
    """
    files = feed_files(folder)
    names = [readable(path.relative_to(folder.parent)) for path in files]
    places = [_place(path, name, cache, engine) for path, name in zip(files, names, strict=True)]
    kept = {index: body for index, place in enumerate(places) if (body := sealed.recall(place))}

    def read(number: int) -> bytes:
        data = [_read(files[index], names[index], places[index], describe) for index in runs[number]]
        return msgspec.msgpack.encode(list(map(msgspec.Raw, data)))

    runs = _runs({index: _size(path) for index, path in enumerate(files) if index not in kept})
    if len(runs) > 1:  # before processes are forked, each of which would import it for itself
        import_module("sitegen.arxiv.feed")
    found = parallel.run(read, len(runs), jobs)
    # Others read meanwhile.
    readings = {index: _DECODER.decode(kept.pop(index)) for index in list(kept)}
    progress(len(readings), len(files))
    for number, answer in found:
        readings |= zip(runs[number], _READINGS.decode(answer), strict=True)
        progress(len(readings), len(files))
    _forget_others(cache, {path.name for place in places for path in (place, _beside(place))})
    in_order = [readings[index] for index in range(len(files))]
    return Feeds(
        papers=tuple(paper for reading in in_order for paper in reading.papers),
        facts=tuple(facts for reading in in_order for facts in reading.facts),
        texts=tuple(
            Place(file, end - size, size)
            for file, reading in zip(map(str, map(_beside, places)), in_order, strict=True)
            for size, end in zip(reading.texts, accumulate(reading.texts), strict=True)
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


def _place(path: Path, name: str, cache: Path, engine: bytes) -> Path:
    """Return where the reading of a file is kept; SourceError if the file cannot be read."""
    try:
        contents = path.read_bytes()
    except OSError as error:
        raise sources.error_at(path, error) from error
    digest = blake2b(engine + os.fsencode(name) + b"\0" + contents, digest_size=16).hexdigest()
    return cache / f"{digest}.feed"


def _beside(place: Path) -> Path:
    """Return where the texts of a file's papers are kept, one after the other, each sealed."""
    return place.with_suffix(".texts")


def texts(place: Place) -> memoryview | None:
    """Return the texts of a paper; None if they are not there, or not whole."""
    try:
        return sealed.unseal(os.pread(_opened(place.file).handle, place.size, place.start))
    except OSError:
        return None


class _Opened:
    """A file that is open as long as somebody has this."""

    def __init__(self, file: str) -> None:
        self.handle = os.open(file, os.O_RDONLY)

    def __del__(self) -> None:
        if hasattr(self, "handle"):
            os.close(self.handle)


_opened = lru_cache(maxsize=16)(_Opened)  # papers that are asked for together mostly came with one feed


def _read(path: Path, name: str, place: Path, describe: Callable[[Paper], Description]) -> bytes:
    from sitegen.arxiv import feed  # here, because a build that finds all read already need not wait for it

    shelf: list[bytes] = []
    gc.freeze()  # what is there already, and may be much
    try:
        answer = feed.read_answer(path, name)
    except FeedError as error:
        reading = Reading((), (), error.problems)
    else:
        described, skipped = _described(answer.papers, name, describe)
        shelf = [sealed.seal(known.texts) for known in described]
        reading = Reading(
            papers=tuple(known.paper for known in described),
            problems=(*answer.problems, *skipped),
            made=answer.made,
            facts=tuple(known.facts for known in described),
            texts=tuple(map(len, shelf)),
        )
    gc.collect()  # feedparser leaves cycles behind, and the collector is off while a site is built
    gc.unfreeze()
    data = msgspec.msgpack.encode(reading)
    if os.access(path, os.R_OK):  # else its reading is of no contents
        sealed.put(_beside(place), b"".join(shelf))
        sealed.keep(place, data)
    return data


def _described(
    papers: Iterable[Paper], name: str, describe: Callable[[Paper], Description]
) -> tuple[list[Description], list[Problem]]:
    """Return what is to be remembered of each paper of a file, and which papers are skipped because that failed."""
    described: list[Description] = []
    problems: list[Problem] = []
    for paper in papers:
        try:
            described.append(describe(paper))
        except Exception as error:  # whatever it is: one entry must not keep the others from being built
            problems.append(skipped(name, paper, error))
    return described, problems


def skipped(path: str, paper: Paper, error: Exception) -> Problem:
    """Return the problem of a paper that is left out, because its texts cannot be made."""
    message = f"the entry is skipped: its texts cannot be made: {printable(repr(error))}"
    where = Location(path=path, key=f"arXiv:{paper.id}")
    return Problem(
        location=where, message=message, remedy="mend the entry, and report this as a fault of sitegen"
    )


def _forget_others(cache: Path, used: set[str]) -> None:
    if cache.is_dir():
        for path in cache.iterdir():
            if path.name not in used and path.is_file():
                path.unlink(missing_ok=True)
