"""The last build of a site: which queries each page asked, and what their results were.

The record is valid only for the manifest that the build wrote. Without a record all pages are made again; pages that
come out with the same bytes are not written.

A query has a number: the rank of its kind times 2**24, plus the rank of its argument. A query keeps its number from
build to build, so that the traces of pages that are not made again stay valid.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from typing import Any

import msgspec

from sitegen.incremental.cache import Cache

_KIND = "traces"
_ARGUMENTS = 1 << 24

Digests = Mapping[str, dict[str, bytes]]  # of results of queries, by kind and argument


class Trace(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How one page was made."""

    template: str
    queries: bytes  # numbers of the queries that it asked, as an array of unsigned 32-bit integers
    section: str = ""  # section of the site that its frame shows
    cuts: bytes = b""  # positions of its template's blocks in its bytes: see Rendered.cuts


class LastBuild(msgspec.Struct, frozen=True, array_like=True):
    """How all pages of a site were made."""

    manifest: bytes  # digest of the manifest that the build wrote
    program: bytes  # digest of the program and of its libraries
    queries: dict[str, dict[str, bytes]]  # digests; empty for a query that has no result any more
    templates: dict[str, tuple[bytes, bytes]]  # digests of each template's blocks and of its frame
    pages: list[Trace]  # in the order of the manifest

    def pages_that_asked(self, paths: Sequence[str], queries: set[int]) -> set[str]:
        """Return those of ``paths``, which are all paths of the manifest, whose pages asked one of ``queries``."""
        if not queries:
            return set()
        return {
            path
            for path, trace in zip(paths, self.pages, strict=True)
            if not queries.isdisjoint(memoryview(trace.queries).cast("I"))
        }

    def changed(self, digests: Digests) -> set[int]:
        """Return the numbers of the queries whose digests have changed, or which no longer have a result."""
        return {
            number
            for rank, (kind, before) in enumerate(self.queries.items())
            if (now := digests.get(kind, {})) != before
            for number, (argument, digest) in enumerate(before.items(), rank * _ARGUMENTS)
            if now.get(argument, b"") != digest
        }


_DECODER = msgspec.msgpack.Decoder(LastBuild)


def load(cache: Cache, key: str, manifest: bytes, program: bytes) -> LastBuild | None:
    """Return the last build of an output folder; None if another program made it, or it wrote another manifest."""
    if (body := cache.get(_KIND, key)) is None:
        return None
    try:
        last = _DECODER.decode(body)
    except msgspec.MsgspecError:  # another version of the program wrote it
        return None
    return last if (last.manifest, last.program) == (manifest, program) else None


def save(cache: Cache, key: str, build: LastBuild) -> None:
    """Store the record of the last build of an output folder."""
    cache.put(_KIND, key, msgspec.msgpack.encode(build))


class Numbers(dict[str, "_NumbersOfKind"]):
    """The numbers of queries by kind and argument; those of a kind are computed at its first use."""

    def __init__(self, arguments: Mapping[str, Iterable[str]], last: LastBuild | None) -> None:
        """Number queries, given all arguments of each kind; queries of the last build keep their numbers."""
        before: Digests = last.queries if last else {}
        self._arguments = {
            kind: dict.fromkeys(chain(before.get(kind, ()), arguments.get(kind, ())))
            for kind in chain(before, [kind for kind in arguments if kind not in before])
        }
        self._ranks = {kind: rank for rank, kind in enumerate(self._arguments)}

    def __missing__(self, kind: str) -> _NumbersOfKind:
        first = self._ranks[kind] * _ARGUMENTS
        self[kind] = _NumbersOfKind(zip(self._arguments[kind], count(first)))
        return self[kind]

    def in_order(self, digests: Digests) -> dict[str, dict[str, bytes]]:
        """Return digests by kind and argument, in the order of the numbers, as ``LastBuild.queries``.

        The digest of a query that has no result any more is empty.
        """
        return {
            kind: dict.fromkeys(arguments, b"") | digests.get(kind, {})
            for kind, arguments in self._arguments.items()
        }


class _NumbersOfKind(dict[Any, int]):
    """The numbers of queries of a kind by argument, which may also be given as text."""

    def __missing__(self, argument: Any) -> int:
        if isinstance(argument, str):
            raise KeyError(argument)  # the model has no such query
        number = self[argument] = self[str(argument)]
        return number


def encoded(asked: Iterable[int]) -> bytes:
    """Return the numbers of queries as ``Trace.queries``."""
    return array("I", asked).tobytes()
