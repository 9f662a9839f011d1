"""Show that the tests can fail: plant one fault at a time in a copy of the project, and see the named test catch it.

Usage: tests/mutants.py [NAME...]

Each file of tests/mutants/ is a patch. Its first line says what it breaks and which test has to catch that, as
``what: tests/file.py::test``. Before any fault, all these tests have to pass. Exits with 1 if a fault is caught by
no test, if a patch no longer applies, or if a test fails without it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
_FIRST_LINE = re.compile(r"(.+): (tests/\S+)\n")
# Neither needed by the tests, nor small.
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".cache", ".sitegen", "output", "dist", "__pycache__", ".*_cache", ".hypothesis"
)
# Exit codes of pytest: https://docs.pytest.org/en/stable/reference/exit-codes.html
_PASSED, _FAILED = 0, 1


class Mutant(NamedTuple):
    """A fault to plant, and the test that has to catch it."""

    patch: Path
    what: str
    test: str

    @property
    def name(self) -> str:
        return self.patch.stem


def read(folder: Path) -> list[Mutant]:
    """Return all faults, sorted by name. ValueError names a patch without its first line."""
    found = []
    for patch in sorted(folder.glob("*.patch")):
        text = patch.read_text("utf-8")
        if not (match := _FIRST_LINE.match(text)):
            raise ValueError(f"{patch}:1: write what it breaks, a colon, and the test: tests/file.py::test")
        found.append(Mutant(patch, match[1], match[2]))
    return found


def applies(mutant: Mutant, tree: Path) -> str:
    """Apply a patch; return why it could not be applied, or ""."""
    command = ["git", "apply", "--unidiff-zero", str(mutant.patch)]
    # Without a repository around the copy: otherwise git leaves out what that one ignores.
    environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(tree.parent)}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


def run(tree: Path, *tests: str) -> int:
    """Run tests of a tree; return the exit code of pytest."""
    # The sources change within a second, which compiled ones would not show.
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    options = ["-n", "0", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile", "unshrunk"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False).returncode


def verdict(mutant: Mutant, tree: Path) -> str:
    """Plant a fault, run its test, and take the fault out; return "" if the test caught it, or what is wrong."""
    if reason := applies(mutant, tree):
        return f"the patch no longer applies; make it anew: {reason}"
    code = run(tree, mutant.test)
    # Not by the patch turned round: it has no context, and may find another place.
    for line in mutant.patch.read_text("utf-8").splitlines():
        if line.startswith("+++ b/"):
            shutil.copyfile(PROJECT / line.removeprefix("+++ b/"), tree / line.removeprefix("+++ b/"))
    if code == _PASSED:
        return "not caught"
    return "" if code == _FAILED else f"pytest cannot run the test: exit code {code}"


def main(names: list[str]) -> int:
    mutants = [one for one in read(PROJECT / "tests" / "mutants") if not names or one.name in names]
    if unknown := set(names) - {mutant.name for mutant in mutants}:
        sys.exit(f"no such file: tests/mutants/{min(unknown)}.patch")
    bad = 0
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        tree = Path(folder) / "project"
        shutil.copytree(PROJECT, tree, ignore=_LEFT_OUT, symlinks=True)
        if (PROJECT / ".cache").is_dir():
            (tree / ".cache").symlink_to(PROJECT / ".cache")
        if run(tree, *sorted({mutant.test for mutant in mutants})) != _PASSED:
            sys.exit("a test fails without any fault: run `make test` first")
        width = max(len(mutant.name) for mutant in mutants)
        for mutant in mutants:
            began = time.monotonic()
            wrong = verdict(mutant, tree)
            bad += bool(wrong)
            seconds = time.monotonic() - began
            print(f"{mutant.name:{width}}  {seconds:4.0f} s  {wrong or mutant.test}", flush=True)
    print(f"{len(mutants) - bad} of {len(mutants)} faults are caught")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
