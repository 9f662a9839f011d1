"""The files of the search index: which papers are in which tier, and the tiers themselves, kept from build to build.

Both tiers are pure functions of the records in the feeds, so that an incremental build writes what a cold one does.
The events of an archive are the versions of its papers, in the order of their submission. The base holds the archive
as it was after the first of them, a multiple of EVENTS; the tail holds each paper that is new or different since. So
a new feed changes the tail only, until there are EVENTS more versions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from sitegen.incremental import checksum
from sitegen.incremental.cache import Cache, Part, parts_of
from sitegen.incremental.workers import Task
from sitegen.library import earlier
from sitegen.models import Paper
from sitegen.search import engine, index
from sitegen.search.index import Tier, value_of
from sitegen.search.reader import Files, identifiers_in, papers_at
from sitegen.site.derived import DerivedFields

# The base grows by so many versions of papers at a time. At least so many are always in the tail, because feeds may
# bring some out of order: a version that is older than the base makes the whole base anew.
EVENTS, EVENTS_IN_TAIL = 256, 64

_KIND, _FILES = "search", "search-files"


class SearchPapers(NamedTuple):
    """The papers of both tiers in order of submission, as merged or as in a record of a feed."""

    base: Sequence[Paper]
    tail: Sequence[Paper]
    replaced: Sequence[tuple[int, int]]  # places in the base and in the tail of papers that are in both


def divide(papers: Sequence[Paper], derived: DerivedFields) -> SearchPapers:
    """Divide papers, which are newest first, into the base and the tail."""
    records = derived.records
    submitted = earlier.versions(records)
    sealed = max(0, len(submitted) - EVENTS_IN_TAIL) // EVENTS * EVENTS
    if not sealed:
        return SearchPapers((), papers[::-1], ())
    base, newer, before = earlier.as_of(submitted[sealed - 1], papers, records)
    place = {paper.id.base: number for number, paper in enumerate(base)}
    tail: list[Paper] = []
    replaced: list[tuple[int, int]] = []
    for paper in reversed(papers):
        if (name := paper.id.base) not in newer:
            continue
        if (old := before.get(name)) is not None:
            if derived.search_digest(old) == derived.search_digest(paper):
                continue
            replaced.append((place[name], len(tail)))
        tail.append(paper)
    return SearchPapers(base, tail, replaced)


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A tier in the cache."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    head: dict[str, Any]


_DECODER = msgspec.msgpack.Decoder(_Kept)


class SearchFiles:
    """All files of the search index, by their names below search/."""

    def __init__(
        self, papers: Sequence[Paper], derived: DerivedFields, cache: Cache, program: bytes, jobs: int
    ) -> None:
        self._derived, self._cache, self._program, self._jobs = derived, cache, program, jobs
        divided = self.papers = divide(papers, derived)
        base, tail = self._tier("b", divided.base), self._tier("t" if divided.base else "a", divided.tail)
        cache.sweep(_KIND, {base.key, tail.key})
        cache.sweep(_FILES, {base.key, tail.key})
        self._tiers = (base, tail)
        self._identifiers: dict[str, list[str]] = {}  # by name of their file
        self.folders: tuple[str, str] = (base.head["folder"], tail.head["folder"])
        self._head = index.head(base.head, tail.head, divided.replaced)

    @cached_property
    def names(self) -> Sequence[str]:
        """The names of all files."""
        return ["head", *[name for tier in self._tiers for name in tier.names]]

    def digests(self) -> dict[str, bytes]:
        """Return the digest of each file. The names of all but the head tell what is in them."""
        return dict.fromkeys(self.names, b"same") | {"head": checksum.digest(self._head.encode())}

    def text(self, name: str) -> str:
        """Return the text of a file."""
        if name == "head":
            return self._head
        return next(tier for tier in self._tiers if tier.has(name)).text(name)

    def papers_for(self, query: str) -> list[str]:
        """Return the identifiers of the papers that match a query, the best first."""
        files = Files(value_of(self._head))
        found = engine.search(files, lambda name: value_of(self.text(name)), query)
        return [self._identifier(*papers_at(files, paper)) for paper in found.papers]

    def _identifier(self, name: str, place: int) -> str:
        if name not in self._identifiers:
            self._identifiers[name] = identifiers_in(value_of(self.text(name)))
        return self._identifiers[name][place]

    def _tier(self, letter: str, papers: Sequence[Paper]) -> KeptTier:
        digests = b"".join(map(self._derived.search_digest, papers))
        folder = letter + checksum.digest(digests).hex()[:12]
        records = map(self._derived.search_record, papers)
        return KeptTier(
            self._cache,
            checksum.digest(self._program + folder.encode()).hex(),
            lambda: index.tier(tuple(records), folder, endings=letter != "t"),
            self._jobs,
        )


class KeptTier:
    """A tier, whose files are read from the cache; if some are not there, the tier is made anew."""

    def __init__(
        self, cache: Cache, key: str, make: Callable[[], Tier], jobs: int, kind: str = _KIND
    ) -> None:
        """Keep the tier under a key, as bodies of a kind and of ``KIND-files``."""
        self.key, self._cache, self._make, self._kind, self._files = key, cache, make, kind, f"{kind}-files"
        self._made: Mapping[str, str] = {}
        kept = None
        if body := cache.get(kind, key):
            with suppress(msgspec.MsgspecError):
                kept = _DECODER.decode(body)
        if kept is None:
            # In a process of its own, because the memory that it takes, 240 MB for 11,803 papers, is free afterwards.
            kept = _DECODER.decode(Task(self._keep, jobs).result())
        self.names, self.head = kept.names, kept.head
        self._parts: dict[str, Part] = dict(
            zip(kept.names, parts_of(self._files, key, kept.sizes), strict=True)
        )

    def _keep(self) -> bytes:
        """Make the tier, and return what is kept of it beside its files."""
        made = self._files_made()
        sizes = self._cache.put_parts(self._files, self.key, [text.encode() for text in made.files.values()])
        kept = msgspec.msgpack.encode(_Kept(tuple(made.files), tuple(sizes), made.head))
        self._cache.put(self._kind, self.key, kept)
        return kept

    def has(self, name: str) -> bool:
        """Return whether the tier has a file of this name."""
        return name in self._parts

    def text(self, name: str) -> str:
        """Return the text of a file."""
        if name in self._made:
            return self._made[name]
        body = self._cache.get_part(self._parts[name])
        return str(body, "utf-8") if body is not None else self._files_made().files[name]

    def _files_made(self) -> Tier:
        made = self._make()
        self._made = made.files
        return made
