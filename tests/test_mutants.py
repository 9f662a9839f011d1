"""The faults that tests/mutants.py plants: each patch still applies, and names a test that is there."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import mutants
import pytest
from conftest import PROJECT

MUTANTS = mutants.read(PROJECT / "tests" / "mutants")


def test_there_are_enough_of_them() -> None:
    assert len(MUTANTS) >= 40


def test_every_patch_applies() -> None:
    command = ["git", "apply", "--check", "--unidiff-zero"]
    # One by one, since two may change the same line.
    stale = [
        mutant.name
        for mutant in MUTANTS
        if subprocess.run([*command, mutant.patch], cwd=PROJECT, capture_output=True, check=False).returncode
    ]
    assert not stale, "make these anew: the lines that they change are others now"


def test_every_test_is_there() -> None:
    for mutant in MUTANTS:
        file, _, test = mutant.test.partition("::")
        tree = ast.parse((PROJECT / file).read_text("utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert test.partition("[")[0] in functions, mutant.name


def test_a_patch_without_its_first_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.patch").write_text("--- a/x\n+++ b/x\n")
    with pytest.raises(ValueError, match=r"a\.patch:1: write what it breaks"):
        mutants.read(tmp_path)
