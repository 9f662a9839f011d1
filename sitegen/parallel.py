"""The same work on many things, shared among forked processes where the system can fork."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

# A forked worker finds here what it is to do, without its being pickled: a library of papers is large.
_work: Callable[[int], Any] | None = None


def run(work: Callable[[int], T], count: int, jobs: int) -> Iterator[T]:
    """Yield ``work(0) … work(count - 1)`` in order, made by ``jobs`` processes; errors arrive as they were raised."""
    global _work
    if jobs <= 1 or count <= 1 or not can_fork():
        yield from map(work, range(count))
        return
    _work = work
    try:
        with multiprocessing.get_context("fork").Pool(min(jobs, count), _leave_signals) as pool:
            yield from pool.imap(_call, range(count))
    finally:
        _work = None


def can_fork() -> bool:
    """Return whether this system forks safely: Windows can't, and macOS's own libraries don't survive it."""
    return sys.platform not in ("win32", "darwin")


def _leave_signals() -> None:
    """Leave Ctrl-C to the process that forked this one, which ends it; SIGTERM is how."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _call(index: int) -> Any:
    assert _work is not None
    return _work(index)
