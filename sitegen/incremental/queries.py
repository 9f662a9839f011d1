"""Queries: the only way for a page to learn something, so that what a page depends on is known from what it asked.

A query is a method of a :class:`Model` under :func:`query`. Asked for its result, it notes its name, such as
``person ada-byron``. Every query has a digest of its result; pages are made again when the digest of a query that
they asked has changed. Build systems call that a verifying trace (Mokhov, Mitchell, Peyton Jones, «Build Systems à
la Carte», 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import msgspec

from sitegen.incremental.checksum import digest

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound="Model")

_ENCODE = msgspec.msgpack.Encoder(order="deterministic").encode


class _Query(NamedTuple):
    kind: str
    result: Callable[..., Any]
    arguments: Callable[[Any], Iterable[Any]] | None  # None: the query has no argument
    digests: Callable[[Any], Mapping[Any, bytes]] | None  # None: digests of the encoded results


class Model:
    """What a site holds, by queries. Nothing but queries is public."""

    def __init__(self) -> None:
        self._asked: set[str] = set()

    def begin_trace(self) -> set[str]:
        """Return a set that receives the names of all queries asked from now on, until the next call."""
        self._asked = set()
        return self._asked

    def query_names(self) -> list[str]:
        """Return the names of all queries with all their arguments."""
        names: list[str] = []
        for asked in self._queries():
            if asked.arguments is None:
                names.append(asked.kind)
            else:
                names += [f"{asked.kind} {argument}" for argument in asked.arguments(self)]
        return names

    def query_digests(self) -> dict[str, bytes]:
        """Return the digest of the result of every query, by the query's name."""
        found: dict[str, bytes] = {}
        for kind, result, arguments, digests in self._queries():
            if arguments is None:
                found[kind] = digest(_ENCODE(result(self)))
            elif digests is not None:
                known = digests(self)
                found |= {f"{kind} {argument}": known[argument] for argument in arguments(self)}
            else:
                found |= {f"{kind} {one}": digest(_ENCODE(result(self, one))) for one in arguments(self)}
        return found

    @classmethod
    def _queries(cls) -> list[_Query]:
        methods = [getattr(cls, name) for name in dir(cls)]
        return [method.query for method in methods if isinstance(getattr(method, "query", None), _Query)]


def query(
    arguments: Callable[[Any], Iterable[Any]] | None = None,
    digests: Callable[[Any], Mapping[Any, bytes]] | None = None,
) -> Callable[[Callable[Concatenate[M, P], R]], Callable[Concatenate[M, P], R]]:
    """Make a method of a model a query.

    ``arguments`` gives all arguments that the query has results for; without it, the query takes no argument. The
    method must depend on nothing but the model, and its result must be encodable, unless ``digests`` gives the digest
    of each result by its argument.
    """

    def decorate(method: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
        asked = _noted(method, method.__name__)
        asked.query = _Query(method.__name__, method, arguments, digests)  # type: ignore[attr-defined]
        return asked

    return decorate


def part_of(kind: str) -> Callable[[Callable[Concatenate[M, P], R]], Callable[Concatenate[M, P], R]]:
    """Make a method part of the result of a query of another name: the digest of that query covers it."""
    return lambda method: _noted(method, kind)


def _noted(method: Callable[Concatenate[M, P], R], kind: str) -> Callable[Concatenate[M, P], R]:
    @wraps(method)
    def ask(model: M, /, *args: P.args, **named: P.kwargs) -> R:
        model._asked.add(f"{kind} {args[0]}" if args else kind)
        return method(model, *args, **named)

    return ask
