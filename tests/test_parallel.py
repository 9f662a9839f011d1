"""Work that forked processes do meanwhile: what comes of it, and that nothing of it is left behind."""

from __future__ import annotations

import errno
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE, copy_content, heed_interrupts

from sitegen import disk
from sitegen.build import build
from sitegen.errors import TemplateError, WorkerError
from sitegen.incremental import workers
from sitegen.incremental.workers import Task

LARGE = b"x" * 5_000_000


def children() -> set[int]:
    """Return the child processes of this one; the browser of other tests may be among them."""
    with subprocess.Popen(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, text=True) as listing:
        processes, _ = listing.communicate()
    return {
        pid
        for pid, parent in (map(int, line.split()) for line in processes.splitlines())
        if parent == os.getpid() and pid != listing.pid
    }


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before


def open_files() -> set[str]:
    return set(os.listdir("/dev/fd"))  # noqa: PTH208


def fail() -> bytes:
    raise ValueError("no good")


def die() -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def test_a_result_can_be_asked_for_by_every_process_that_comes_after() -> None:
    task = Task(lambda: LARGE, jobs=2)
    assert list(workers.share(lambda _: task.result()[:1] * 3, jobs=3)) == [b"xxx"] * 3
    assert task.result() == LARGE
    task.wait()


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_works_are_done_by_a_few_processes(jobs: int) -> None:
    results = workers.run(lambda number: b"%d" % number * (1_000_000 if number % 2 else 1), 7, jobs)
    assert {number: result[-1:] for number, result in results} == {n: b"%d" % n for n in range(7)}


def test_the_first_that_fails_ends_the_others() -> None:
    before = open_files()
    with pytest.raises(ValueError, match="no good"):
        list(workers.run(lambda number: fail() if number else time.sleep(60) or b"", 9, jobs=2))
    assert open_files() == before


@pytest.mark.parametrize(
    ("work", "error", "said"),
    [(fail, ValueError, "no good"), (die, WorkerError, "was killed")],
)
def test_a_failure_is_that_of_the_work(work: Callable[[], bytes], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        Task(work, jobs=2).result()


def test_where_no_process_can_be_forked_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more() -> int:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", no_more)
    before = open_files()
    assert Task(lambda: b"done", jobs=2).result() == b"done"
    assert open_files() == before


def test_builds_that_fail_leave_no_process_and_no_open_file(tmp_path: Path) -> None:
    content = copy_content(tmp_path)
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "author.html").write_text("{{ page.nothing }}", "utf-8")
    before: set[str] = set()
    for _ in range(3):
        with pytest.raises(TemplateError, match="nothing"):
            build(content, tmp_path / "output", jobs=2)
        before = before or open_files()
        assert open_files() == before


def test_a_build_whose_parent_waits_for_no_child(tmp_path: Path) -> None:
    content = copy_content(tmp_path)
    command = [sys.executable, "-m", "sitegen", "build", "--content", str(content), "--jobs", "2", "--quiet"]
    run = subprocess.run(
        [*command, "--output", str(tmp_path / "output")],
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_a_signal_to_a_new_process_is_not_for_what_it_was_forked_from() -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    owner = os.getpid()
    before = signal.signal(signal.SIGTERM, interrupted)
    try:
        for _ in range(100):
            Task(lambda: b"", jobs=2).end()
            if os.getpid() != owner:
                os._exit(1)  # the new process went on as if it were this one
    except KeyboardInterrupt:
        assert os.getpid() != owner
        os._exit(1)
    finally:
        signal.signal(signal.SIGTERM, before)


# A command whose helper processes tell their number and then wait for the end of their standard input.
HELD = """
import os, sys
from pathlib import Path
from sitegen import build, cli, disk
from sitegen.incremental import workers

lock = Path(sys.argv.pop())

def held(number):
    os.write(1, b"%d\\n" % os.getpid())
    sys.stdin.read()
    return b""

def work(*_, **__):
    with disk.exclusive_lock(lock, wait=False):
        list(workers.run(held, 2, 2))

build.build = work
cli.run()
"""


@pytest.fixture
def held(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command that has two helper processes and holds a lock."""
    command = [sys.executable, "-c", HELD, "build", str(tmp_path / "lock")]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,
    ) as run:
        assert run.stdout
        assert len({run.stdout.readline(), run.stdout.readline(), b"%d\n" % run.pid}) == 3
        yield run


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_helpers_too(held: subprocess.Popen[bytes], number: int, tmp_path: Path) -> None:
    held.send_signal(number)
    assert held.stdout
    assert held.stderr
    assert held.wait(PATIENCE) == 130
    ended, _, _ = select.select([held.stdout], [], [], PATIENCE)
    assert ended  # no process has it open any more
    assert held.stderr.read() == b"\nstopped\n"
    assert not (tmp_path / "lock").exists()


def test_helpers_of_a_killed_command_hold_its_lock_until_they_end(
    held: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """Otherwise they would write into the staging folder of the next build."""
    held.kill()
    assert held.wait() == -signal.SIGKILL
    with pytest.raises(BlockingIOError), disk.exclusive_lock(tmp_path / "lock", wait=False):
        pass
    assert held.stdin
    assert held.stdout
    held.stdin.close()
    assert held.stdout.read() == b""
    with disk.exclusive_lock(tmp_path / "lock", wait=False):
        pass
