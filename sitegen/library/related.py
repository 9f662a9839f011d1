"""Related papers: the result of a search for the nearest papers of each paper, kept between builds.

``neighbours`` has the search, ``vectors`` its arithmetic, ``features`` what is compared, ``phrases`` what a reader is
told of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress

import msgspec

from sitegen.incremental import checksum
from sitegen.incremental.cache import Cache
from sitegen.models import Paper, Related
from sitegen.search.query import quoted

_KIND = "related"  # of bodies in the cache
_TOPICS_SEARCHED = 6


class _Saved(msgspec.Struct, frozen=True, array_like=True):
    """The cached result of a search. The state stays encoded until it is needed."""

    inputs: bytes  # digest of the papers
    answer: bytes
    state: msgspec.Raw  # encoded neighbours.State


_ENCODE = msgspec.msgpack.Encoder().encode
_NEIGHBOURS = msgspec.msgpack.Decoder(tuple[Related, ...])
_SAVED = msgspec.msgpack.Decoder(_Saved)
_PARTS = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])


def related(papers: Iterable[Paper]) -> dict[str, tuple[Related, ...]]:
    """Return up to five neighbours of each paper by base identifier, nearest first.

    Of papers that are equally near, the one nearest in time comes first, then the older one. A paper that has neither
    a subject nor an author in common with another one has none. The order of ``papers`` does not matter.
    """
    from sitegen.library import neighbours

    by_age = {paper.id.base: paper for paper in sorted(papers, key=lambda paper: paper.id.sort_key)}
    _, found = neighbours.search(by_age, [b""] * len(by_age), None, {})
    return {base: decode_neighbours(part) for base, part in found.items()}


def query(related: Iterable[Related]) -> str:
    """Return a search for more papers on the topics that a paper shares with its neighbours, or an empty text.

    ``"place cells" OR remapping``: the topics of most neighbours, those of the nearest first.
    """
    topics = Counter([topic for near in related for topic in near.topics])
    return " OR ".join([quoted(topic) for topic, _ in topics.most_common(_TOPICS_SEARCHED)])


def decode_answer(answer: bytes) -> dict[str, msgspec.Raw]:
    """Return the result of ``Search.run``: by base identifier, what ``decode_neighbours`` decodes."""
    return _PARTS.decode(answer)


def decode_neighbours(part: msgspec.Raw) -> tuple[Related, ...]:
    """Return the neighbours of a paper, nearest first."""
    return _NEIGHBOURS.decode(part)


class Search:
    """A search as by ``related`` that starts from the cached result of the last one."""

    def __init__(
        self, papers: Sequence[Paper], digests: Sequence[bytes], cache: Cache, program: bytes
    ) -> None:
        """``digests`` are those of the papers; ``program`` is the digest of the program."""
        ordered = sorted(zip(papers, digests, strict=True), key=lambda pair: pair[0].id.sort_key)
        self._papers = {paper.id.base: paper for paper, _ in ordered}
        self._digests = [digest for _, digest in ordered]
        self._inputs = checksum.digest(_ENCODE((list(self._papers), self._digests)))
        self._cache, self._key = cache, program.hex()
        self._saved, self._new = self._load(), b""

    def has_result(self) -> bool:
        """Return whether the last search was for the same papers, so that ``run`` has nothing to do."""
        return self._saved is not None and self._saved.inputs == self._inputs

    def run(self) -> bytes:
        """Return the neighbours of all papers, encoded for ``decode_answer``."""
        if self._saved and self.has_result():
            return self._saved.answer
        # Imported here: builds in which no paper has changed do without numpy, which takes 0.1 s to import.
        from sitegen.library import neighbours

        before = msgspec.msgpack.decode(self._saved.state, type=neighbours.State) if self._saved else None
        last = decode_answer(self._saved.answer) if self._saved else {}
        state, found = neighbours.search(self._papers, self._digests, before, last)
        answer = _ENCODE(found)
        self._new = _ENCODE((self._inputs, answer, state))  # a _Saved, without a second copy of the state
        return answer

    def _load(self) -> _Saved | None:
        with suppress(msgspec.MsgspecError):  # there is none
            return _SAVED.decode(self._cache.get(_KIND, self._key) or b"")
        return None

    def save(self) -> None:
        """Cache the result of ``run``. If that fails, the next search takes longer."""
        if self._new:
            self._cache.put(_KIND, self._key, self._new)
        self._cache.sweep(_KIND, {self._key})
