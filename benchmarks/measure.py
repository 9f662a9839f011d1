"""Measures time, memory and written files of one build, and the floor: the least time to write the same files."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

SAMPLING = 0.05  # seconds between two looks at the memory
_CHUNK = 1000  # files


class BuildFailed(Exception):
    """A command failed; the message holds the end of its output."""


class Usage(NamedTuple):
    """What a build took: wall and processor time in seconds, memory in bytes at its highest (0: not measured).

    Both count all processes; memory is the sum of their proportional shares (PSS), so shared pages count once.
    """

    wall: float
    cpu: float
    memory: int


class Ended(NamedTuple):
    """A command that ended well: what it took, and what it printed."""

    usage: Usage
    said: str
    complained: str


class _File(NamedTuple):
    """What tells a file that was written from one that was left alone."""

    inode: int
    modified: int
    size: int


Files = dict[str, _File]  # of an output folder, by path


class Output(NamedTuple):
    """A site after a build: all its files, and of these the ones that the build wrote."""

    files: int
    bytes: int
    pages: int  # of HTML
    written: int
    written_bytes: int
    written_pages: int


def build(command: list[str], cwd: Path, environment: Mapping[str, str], *, memory: bool = False) -> Ended:
    """Run a command, sampling its memory if ``memory`` is true; BuildFailed if it fails."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**_environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
        )
        with ExitStack() as meanwhile:
            watch = meanwhile.enter_context(_Watch(process.pid)) if memory else None
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complained.seek(0)
        ended = Ended(
            Usage(wall, used.ru_utime + used.ru_stime, watch.highest if watch else 0),
            said.read(),
            complained.read(),
        )
    if process.returncode:
        raise BuildFailed(f"{' '.join(command)}: {(ended.complained or ended.said)[-800:]}")
    return ended


def _environment() -> dict[str, str]:
    # With this variable, Python would compile the modules in every run; an installed program is compiled once.
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class _Watch:
    """Samples the memory of a process and its descendants in a thread."""

    def __init__(self, pid: int) -> None:
        self.highest = 0
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        pause = SAMPLING
        while not self._ended.wait(pause):
            started = time.perf_counter()
            self.highest = max(self.highest, _memory(self._pid))
            # Reading smaps_rollup of a large process takes long, so sampling uses at most a twentieth of the time.
            pause = max(SAMPLING, 20 * (time.perf_counter() - started))


def _memory(root: int) -> int:
    """Return the bytes that a process and all below it use; shared pages are counted once."""
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:  # it has just ended
            continue
    return total


def files(output: Path) -> Files:
    """Return the files of a folder; none where there is none."""
    return dict(_walk(str(output), "")) if output.exists() else {}


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, _File]]:
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, f"{prefix}{entry.name}/")
            else:
                status = entry.stat(follow_symlinks=False)
                yield prefix + entry.name, _File(status.st_ino, status.st_mtime_ns, status.st_size)


def compare(before: Files, after: Files) -> Output:
    """Return counts of an output folder, found by comparing its files before and after a build."""
    written = {path: file for path, file in after.items() if before.get(path) != file}
    return Output(
        files=len(after),
        bytes=sum(file.size for file in after.values()),
        pages=_pages(after),
        written=len(written),
        written_bytes=sum(file.size for file in written.values()),
        written_pages=_pages(written),
    )


def _pages(files: Files) -> int:
    return sum(path.endswith(".html") for path in files)


def floor(source: Path, target: Path) -> Usage:
    """Write the files of a site into another, new folder, by a plain loop; reading them is not counted."""
    paths = sorted(files(source))
    wall = cpu = 0.0
    made: set[str] = set()
    for start in range(0, len(paths), _CHUNK):
        chunk = [(path, (source / path).read_bytes()) for path in paths[start : start + _CHUNK]]
        started, started_cpu = time.perf_counter(), time.process_time()
        _write(str(target), chunk, made)
        wall += time.perf_counter() - started
        cpu += time.process_time() - started_cpu
    return Usage(wall, cpu, 0)


def _write(target: str, chunk: list[tuple[str, bytes]], made: set[str]) -> None:
    for path, data in chunk:
        folder = path.rpartition("/")[0]
        if folder not in made:
            os.makedirs(f"{target}/{folder}", exist_ok=True)  # noqa: PTH103 - a Path costs as much as the folder
            made.add(folder)
        handle = os.open(f"{target}/{path}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.write(handle, data)
        os.close(handle)
