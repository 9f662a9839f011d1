"""Does the same build again and again, and kills it each time at another step: ``kill_points.py MODE SITE``.

For each number that comes on standard input, a child of this process builds the site and kills itself before the step
of that number: a file opened for writing, half of what is written to it, a rename, a link, a folder made, a file or
folder removed, buffers written to the disk, two folders exchanged. It says «killed», or «lived» where the build has
no such step. Nothing of sitegen is touched for that but, in all modes except «burst», the number of changes above
which a site is exchanged as a whole: it is meant for larger sites than one that can be built so often.
"""

from __future__ import annotations

import builtins
import ctypes
import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# What Python tells of before it does it; opening and folders' exchange are seen to below.
TELLING = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate")


class Steps:
    """Counts what is done to the files of a site, and kills this process at one of them."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.left = 0

    def step(self, at: object, last_words: Callable[[], object] = lambda: None) -> None:
        """Count a step that is about to be done to a file; ``last_words`` is how much of it is done before death."""
        if self.left and self.site in os.fsdecode(
            at if isinstance(at, bytes | str | os.PathLike) else self.site
        ):
            self.left -= 1
            if self.left == 0:
                last_words()
                os.kill(os.getpid(), signal.SIGKILL)

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take note of what Python tells."""
        if event in TELLING:
            # What is named from a folder that is open is in the one that is being thrown away.
            self.step(None if len(arguments) > 1 and arguments[-1] not in (-1, None) else arguments[0])
        elif event == "open" and not isinstance(arguments[0], int) and _writes(arguments[2]):
            self.step(arguments[0])


def _writes(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


class _File(io.FileIO):
    """A file whose writing is a step: the one who is killed there has written half."""

    steps: Steps

    def write(self, data: Any, /) -> int:
        half = bytes(data)[: len(data) // 2]
        self.steps.step(self.name, lambda: super(_File, self).write(half))
        return super().write(data)


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
        place = _place(handle)
        half = [data[: len(data) // 2] for data in rest]
        steps.step(place, lambda: real(handle, *half) if half else None)
        return real(handle, *rest)

    return counted


def watch(steps: Steps, exchanges: bool) -> None:
    """Have every step of this process counted."""
    _File.steps = steps
    io.open = builtins.open = _opening(io.open)
    ctypes.CDLL = _calling(steps, exchanges)  # type: ignore[misc]
    for name in ("write", "fsync", "fdatasync"):
        setattr(os, name, _counting(steps, name))
    sys.addaudithook(steps.heard)


def main(mode: str, site: str) -> None:
    """Read numbers, and say what became of each build."""
    from sitegen import build, cli  # noqa: F401 - loaded once for all builds
    from sitegen.publish import commit

    if mode != "burst":
        commit._SMALL = 1
    steps = Steps(site)
    watch(steps, exchanges=mode != "two renames")
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            steps.left = int(line)
            paths = ["--content", f"{site}/content", "--output", f"{site}/output"]
            code = cli.main(["build", *paths, "--quiet", "--jobs", "1"])
            os._exit(code)
        _, status = os.waitpid(child, 0)
        said = "killed" if os.WIFSIGNALED(status) else "lived" if status == 0 else "failed"
        print(said, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
