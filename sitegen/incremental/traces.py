"""The last build of a site: which queries each page asked, and what their results were.

Its record is valid for the manifest that the build wrote, and so for those very files. Without it all pages are made
again; those that come out with the same bytes are not written.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping

import msgspec

from sitegen.incremental.cache import Cache

KIND = "traces"


class Trace(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How one page was made."""

    template: str
    queries: bytes  # numbers of the queries that it asked, as an array of unsigned 32-bit integers
    section: str = ""  # section of the site that its frame shows
    cuts: bytes = b""  # where the blocks of its template stand in its bytes


class LastBuild(msgspec.Struct, frozen=True, array_like=True):
    """How all pages of a site were made. The number of a query is its place among ``queries``."""

    manifest: bytes  # digest of the manifest that the build wrote
    program: bytes  # digest of the program and of its libraries
    queries: dict[str, bytes]  # digest of each result by the query's name; empty if there is none any more
    blocks: dict[str, bytes]  # digest of each template but for its layout
    frames: dict[str, bytes]  # digest of each template's layout
    pages: dict[str, Trace]  # by path

    def pages_that_asked(self, queries: set[int]) -> set[str]:
        """Return the paths of the pages that asked one of some queries, given by number."""
        if not queries:
            return set()
        return {
            path
            for path, trace in self.pages.items()
            if not queries.isdisjoint(memoryview(trace.queries).cast("I"))
        }


_DECODER = msgspec.msgpack.Decoder(LastBuild)


def load(cache: Cache, key: str, manifest: bytes, program: bytes) -> LastBuild | None:
    """Return the last build of an output folder, if this program made it and it wrote this manifest; else None."""
    if (body := cache.get(KIND, key)) is None:
        return None
    try:
        last = _DECODER.decode(body)
    except msgspec.MsgspecError:  # another version of the program wrote it
        return None
    return last if (last.manifest, last.program) == (manifest, program) else None


def save(cache: Cache, key: str, build: LastBuild) -> None:
    """Store the record of the last build of an output folder."""
    cache.put(KIND, key, msgspec.msgpack.encode(build))


def numbered(names: Iterable[str], last: LastBuild | None) -> dict[str, int]:
    """Return the number of every query; queries of the last build keep theirs, so that its traces stay valid."""
    every = dict.fromkeys(last.queries if last else ())
    every |= dict.fromkeys(names)
    return {name: number for number, name in enumerate(every)}


def changed(digests: Mapping[str, bytes], last: LastBuild) -> set[int]:
    """Return the numbers of the queries of the last build whose results are others now, or are gone."""
    return {
        number
        for number, (name, digest) in enumerate(last.queries.items())
        if digests.get(name, b"") != digest
    }


def encoded(asked: Iterable[str], numbers: Mapping[str, int]) -> bytes:
    """Return the queries of a trace by their numbers; KeyError if one is none of the model's."""
    return array("I", sorted(map(numbers.__getitem__, asked))).tobytes()
