"""Runs work in forked processes, where the system can fork.

A worker inherits all values by the fork and returns its result as bytes.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import NoReturn

from sitegen.errors import WorkerError, keep_place


def run(work: Callable[[int], bytes], count: int, jobs: int) -> Iterator[tuple[int, bytes]]:
    """Yield each of ``work(0) … work(count - 1)`` with its number as soon as it is done by one of ``jobs`` processes.

    Work begins at once, before the first result is asked for. An exception in a worker is raised here.
    """
    waiting = iter(range(count))
    tasks = {number: Task(partial(work, number), jobs) for number in islice(waiting, jobs)}

    def results() -> Iterator[tuple[int, bytes]]:
        try:
            while tasks:
                number = Task.first(tasks)
                result = tasks[number].result()
                tasks.pop(number).wait()
                tasks.update({more: Task(partial(work, more), jobs) for more in islice(waiting, 1)})
                yield number, result
        finally:
            for task in tasks.values():
                task.end()

    return results()


def share(work: Callable[[int], bytes], jobs: int) -> Generator[bytes, None, None]:
    """Yield ``work(0) … work(jobs - 1)`` in order; this process does the first, other processes the rest."""
    tasks = [Task(partial(work, number), jobs) for number in range(1, jobs)]
    try:
        yield work(0)
        for task in tasks:
            yield task.result()
    finally:
        for task in tasks:
            task.end()


class Task:
    """Work in a forked process; without one, ``result`` does the work.

    Processes that are forked later can read the result too, because it is in shared memory.
    """

    def __init__(
        self, work: Callable[[], bytes], jobs: int, afterwards: Callable[[], None] = lambda: None
    ) -> None:
        """Start ``work`` if ``jobs`` is more than one; ``afterwards`` runs when the result can already be read."""
        self._work, self._afterwards, self._worker = work, afterwards, 0
        if jobs <= 1 or not can_fork():
            return
        self._owner = os.getpid()
        handles: list[int] = []
        # The signals are blocked until the new process has reset their handlers. A handler that raises (Ctrl-C, the
        # preview's for SIGTERM) would otherwise make the child continue with the parent's code.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        try:
            handles.append(_memory_file())
            handles += os.pipe()
            self._answer, self._ended, ended = handles
            self._worker = os.fork()
            if self._worker == 0:
                _answer(self._answer, ended, work, afterwards, blocked)
            os.close(ended)
        except OSError:  # no more processes or files: result() does the work
            for handle in handles:
                os.close(handle)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    def result(self) -> bytes:
        """Wait for the result and return it; an exception in the worker is raised here."""
        if not self._worker:
            result = self._work()
            self._afterwards()
            return result
        os.read(self._ended, 1)  # nothing is ever written there: the worker closes its end
        answer = _all_of(self._answer)
        if answer[:1] == _DONE:
            return answer[1:]
        if answer[:1] == _FAILED:
            raise pickle.loads(answer[1:])  # noqa: S301 - our own process wrote it
        remedy = "check whether there is memory enough; sitegen build --jobs 1 takes the least"
        raise WorkerError.at("sitegen", "a worker process was killed", remedy)

    @staticmethod
    def first(tasks: Mapping[int, Task]) -> int:
        """Wait until a result can be had without waiting for another process, and return the key of its task."""
        if here := [key for key, task in tasks.items() if not task._worker]:
            return here[0]
        keys = {task._ended: key for key, task in tasks.items()}
        poll = select.poll()
        for handle in keys:
            poll.register(handle)
        return keys[poll.poll()[0][0]]

    def wait(self) -> None:
        """Wait until the process has ended, its ``afterwards`` included."""
        if self._worker and os.getpid() == self._owner:
            with suppress(ChildProcessError):  # if SIGCHLD is ignored, the system has reaped the child
                os.waitpid(self._worker, 0)
            self._worker = 0
            os.close(self._answer)
            os.close(self._ended)

    def end(self) -> None:
        """Stop the process, whether its work is done or not."""
        if self._worker and os.getpid() == self._owner:
            with suppress(ProcessLookupError):
                os.kill(self._worker, signal.SIGTERM)
            self.wait()

    def __del__(self) -> None:
        # No process may be left running after an error, or by a preview that builds repeatedly.
        self.end()


_DONE, _FAILED = b"+", b"-"


def _answer(
    answer: int, ended: int, work: Callable[[], bytes], afterwards: Callable[[], None], blocked: Iterable[int]
) -> NoReturn:
    """Do the work in the forked process, write the answer, close ``ended``, and exit."""
    try:
        _leave_signals()
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        try:
            mark, data = _DONE, work()
        except Exception as error:
            mark, data = _FAILED, _pickled(error)
        written = 0
        while written < len(data):
            written += os.pwrite(answer, data[written:], 1 + written)
        os.pwrite(answer, mark, 0)  # last: until then, there is no answer
        os.close(ended)
        if mark == _DONE:
            afterwards()
    finally:
        os._exit(0)


def _pickled(error: Exception) -> bytes:
    """Return a pickled error; one that cannot be pickled becomes a RuntimeError with the same text."""
    keep_place(error)
    try:
        data = pickle.dumps(error)
        pickle.loads(data)  # noqa: S301 - our own; an exception with arguments of its own may fail only here
    except Exception:
        other = RuntimeError(f"{type(error).__name__}: {error}").with_traceback(error.__traceback__)
        keep_place(other)
        return pickle.dumps(other)
    return data


def _memory_file() -> int:
    if hasattr(os, "memfd_create"):  # Linux
        return os.memfd_create("answer")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _all_of(handle: int) -> bytes:
    size, data = os.fstat(handle).st_size, b""
    while len(data) < size and (more := os.pread(handle, size - len(data), len(data))):
        data += more
    return data


def can_fork() -> bool:
    """Return whether this system forks safely: Windows can't, and macOS's own libraries don't survive it."""
    return sys.platform not in ("win32", "darwin")


def _leave_signals() -> None:
    """Ignore Ctrl-C: the parent handles it, and ends this process by SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
