"""Builds a site, and stops or kills the build at one of its steps: ``kill_points.py MODE SITE JOBS``.

A step is a file opened for writing, half of what is written to it, a rename, a link, a folder made, a file or folder
removed, buffers written to the disk, two folders exchanged. Between two steps nothing changes on the disk: what a
build leaves that is killed at any moment is what it leaves at one of its steps.

Each line of standard input is a build, made by a child of this process:

- ``stop``: the build says «step» before each step, and waits for a line before it goes on;
- a number: the build is killed before the step of that number;
- a number, a blank, and SIGINT: the build gets this signal before the step;
- a number, a blank, and the name of an error of the system: from that step on, the system refuses with this error
  whatever would change the disk. ENOSPC refuses only what takes space.

At the end this process says «lived», «failed» or «killed», and how many steps there were.

Nothing of sitegen is touched for that but, in all modes except «burst» and «as it is», the number of changes above
which a site is exchanged as a whole: it is meant for larger sites than one that can be built so often.
"""

from __future__ import annotations

import builtins
import ctypes
import errno
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What Python tells of before it does it; opening and folders' exchange are seen to below.
TELLING = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate")
FREEING = ("os.rename", "os.remove", "os.rmdir", "os.truncate")  # what a full disk does not refuse


class Steps:
    """Counts what is done to the files of a site, and stops or kills this process there."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.owner = 0  # the process whose steps they are; those that help it are not stopped
        self.count = 0
        self.last = 0  # the step at which this process is killed, or from which it is refused; 0 for none
        self.error = 0  # with which it is refused; 0 if it gets a signal
        self.signal = signal.SIGKILL
        self.stops = False

    def step(
        self, at: object, half: Callable[[], object] = lambda: None, *, takes_space: bool = False
    ) -> bool:
        """Count a step that is about to be done to a file; True if ``half`` of it has been done here."""
        path = os.fsdecode(at) if isinstance(at, bytes | str | os.PathLike) else self.site
        if os.getpid() != self.owner or self.site not in path:
            return False
        self.count += 1
        if self.error and 0 < self.last <= self.count and (takes_space or self.error != errno.ENOSPC):
            if self.count == self.last:
                half()
            raise OSError(self.error, os.strerror(self.error), path)
        if self.count == self.last and not self.error:
            half()
            os.kill(os.getpid(), self.signal)
        if not self.stops:
            return False
        half()
        print("step", flush=True)
        if not sys.stdin.readline():
            os._exit(1)
        return True

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take note of what Python tells."""
        if event in TELLING:
            # What is named from a folder that is open is in the one that is being thrown away.
            named = None if len(arguments) > 1 and arguments[-1] not in (-1, None) else arguments[0]
            self.step(named, takes_space=event not in FREEING)
        elif event == "open" and not isinstance(arguments[0], int) and _writes(arguments[2]):
            self.step(arguments[0], takes_space=True)


def _writes(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


class _File(io.FileIO):
    """A file whose writing is a step: the one who is killed there has written half."""

    steps: Steps

    def write(self, data: Any, /) -> int:
        whole = bytes(data)
        middle = len(whole) // 2
        half = lambda: super(_File, self).write(whole[:middle])  # noqa: E731
        if not self.steps.step(self.name, half, takes_space=True):
            return super().write(whole)
        return middle + super().write(whole[middle:])


def _place(handle: int) -> str:
    return str(Path(f"/proc/self/fd/{handle}").readlink())


def _opening(real: Callable[..., Any]) -> Callable[..., Any]:
    def opened(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if not set("wax+") & set(mode) or (isinstance(file, int) and file < 3):
            return real(file, mode, *rest, **more)
        raw = _File(file, mode.replace("b", "").replace("t", ""), closefd=more.get("closefd", True))
        if isinstance(file, int):
            raw.name = _place(file)
        buffered = io.BufferedWriter(raw)
        if "b" in mode:
            return buffered
        return io.TextIOWrapper(buffered, rest[1] if len(rest) > 1 else more.get("encoding") or "utf-8")

    return opened


def _calling(steps: Steps, exchanges: bool) -> type[ctypes.CDLL]:
    """Return how C's functions are found, those that matter here being steps."""

    class Library(ctypes.CDLL):
        def __getattr__(self, name: str) -> Any:
            real = super().__getattr__(name)
            if name not in ("syncfs", "renameat2", "renamex_np"):
                return real

            def called(*arguments: Any) -> int:
                steps.step(None)
                return -1 if name.startswith("rename") and not exchanges else int(real(*arguments))

            return called

    return Library


def _counting(steps: Steps, name: str) -> Callable[..., Any]:
    real = getattr(os, name)

    def counted(handle: int, *rest: Any) -> Any:
        if not rest:
            steps.step(_place(handle))
            return real(handle)
        data = rest[0]
        middle = len(data) // 2
        if not steps.step(_place(handle), lambda: real(handle, data[:middle]), takes_space=True):
            return real(handle, data)
        return middle + real(handle, data[middle:])

    return counted


def watch(steps: Steps, exchanges: bool) -> None:
    """Have every step of this process counted."""
    _File.steps = steps
    io.open = builtins.open = _opening(io.open)
    ctypes.CDLL = _calling(steps, exchanges)  # type: ignore[misc]
    for name in ("write", "fsync", "fdatasync"):
        setattr(os, name, _counting(steps, name))
    sys.addaudithook(steps.heard)


def main(mode: str, site: str, jobs: str) -> None:
    """Build as often as there are lines, and say what became of each build."""
    from sitegen import build, cli  # noqa: F401 - loaded once for all builds
    from sitegen.publish import commit

    if mode in ("exchange", "two renames"):
        commit._SMALL = 1
    steps = Steps(site)
    watch(steps, exchanges=mode != "two renames")
    # Not read ahead: what follows may be for the child.
    while line := sys.stdin.readline().strip():
        if (child := os.fork()) == 0:
            steps.owner = os.getpid()
            steps.stops, (at, _, error) = line == "stop", line.replace("stop", "0").partition(" ")
            steps.last, steps.error = int(at), getattr(errno, error, 0)
            if error == "SIGINT":
                steps.signal = signal.SIGINT
                signal.signal(signal.SIGINT, signal.default_int_handler)
            paths = ["--content", f"{site}/content", "--output", f"{site}/output"]
            code = cli.main(["build", *paths, "--quiet", "--jobs", jobs])
            print("lived" if code == 0 else "failed", steps.count, flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print("killed", flush=True)


@contextmanager
def builder(mode: str, folder: Path, jobs: int = 1) -> Iterator[subprocess.Popen[str]]:
    """Start this program for the site in a folder; the file ``errors`` beside the folder gets what it reports."""
    # Builds wait for each other; these are not to wait for one that is stopped.
    (locks := folder.with_name("locks")).mkdir()
    project = Path(__file__).parent.parent
    with (
        folder.with_name("errors").open("w") as errors,
        subprocess.Popen(
            [sys.executable, __file__, mode, str(folder), str(jobs)],
            env=os.environ | {"PYTHONPATH": str(project), "TMPDIR": str(locks)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        yield process


def ask(process: subprocess.Popen[str], line: str) -> str:
    """Send a line to the program, and return what it says."""
    assert process.stdin
    assert process.stdout
    print(line, file=process.stdin, flush=True)
    said = process.stdout.readline().strip()
    assert said.split()[:1] in (["step"], ["lived"], ["failed"], ["killed"]), said
    return said


if __name__ == "__main__":
    main(*sys.argv[1:])
