"""The same work on many things, shared among forked processes where the system can fork.

What a worker finds is sent as bytes: values that the processes share are inherited, and never travel.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
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


def share(work: Callable[[int], bytes], jobs: int) -> Iterator[bytes]:
    """Yield ``work(0) … work(jobs - 1)``, the first made by this process while others make theirs."""
    tasks = [Task(lambda number=number: work(number), jobs) for number in range(1, jobs)]  # type: ignore[misc]
    try:
        yield work(0)
        for task in tasks:
            yield task.result()
    finally:
        for task in tasks:
            task.end()


class Task:
    """Work that another process does meanwhile; where there is none, it is done when its result is asked for."""

    def __init__(
        self, work: Callable[[], bytes], jobs: int, afterwards: Callable[[], None] = lambda: None
    ) -> None:
        """Begin ``work``, if ``jobs`` are more than one; what is done ``afterwards`` nobody waits for."""
        self._work, self._afterwards, self._forked = work, afterwards, jobs > 1 and can_fork()
        if not self._forked:
            return
        context = multiprocessing.get_context("fork")
        self._answer, answer = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_answer, args=(self._answer, answer, work, afterwards), daemon=True
        )
        self._process.start()
        answer.close()

    def result(self) -> bytes:
        """Wait for what the work gives; an error is raised as it was raised there."""
        if not self._forked:
            result = self._work()
            self._afterwards()
            return result
        try:
            error = self._answer.recv()
            if error is None:
                return self._answer.recv_bytes()
        except EOFError:
            self._process.join()
            error = ChildProcessError(f"a process of the build ended with {self._process.exitcode}")
        raise error

    def wait(self) -> None:
        """Wait until all is done, what comes afterwards too."""
        if self._forked:
            self._process.join()

    def end(self) -> None:
        """End the work, whether it is done or not."""
        if self._forked:
            self._answer.close()
            self._process.terminate()
            self._process.join()


def _answer(
    question: Connection, answer: Connection, work: Callable[[], bytes], afterwards: Callable[[], None]
) -> None:
    _leave_signals()
    # This process has inherited the other end as well: if it kept that, it would wait for itself to listen when the
    # process that asked was killed, and nobody could build while it waits.
    question.close()
    try:
        result = work()
    except Exception as error:
        answer.send(error)
        return
    with suppress(BrokenPipeError):  # nobody listens any more
        answer.send(None)
        answer.send_bytes(result)
    answer.close()
    afterwards()


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
