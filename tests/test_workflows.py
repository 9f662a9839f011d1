"""GitHub's workflows: what they use is pinned, and the steps that publish do what they say, whatever arXiv does."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PROJECT

WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
SITE = PROJECT / ".github" / "workflows" / "site.yml"
ADDRESS = "https://example.github.io/repo"

# How GitHub's runner starts a step: https://docs.github.com/actions/reference/workflow-syntax, jobs.*.steps[*].shell
SHELLS = {"bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"], "sh": ["sh", "-e", "-c"]}

# Stands in for the program: says what it was asked, fetches a feed, and fails where it is told to.
SITEGEN = """#!/bin/sh
echo "$@" >> "$ASKED"
case " $FAILING " in *" $1 "*)
    echo "error: $1 has failed" >&2
    exit 1
esac
if [ "$1" = fetch ] && [ -n "$NEW" ]; then
    echo "<feed/>" > "content/feeds/$NEW"
fi
echo "$1: done"
"""


def git(*arguments: str, where: Path) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout


class Run:
    """A run of the publishing job on this machine: its shell steps are carried out, its actions only noted."""

    def __init__(self, folder: Path, *, failing: str = "", new: str = "") -> None:
        self.origin, self.work = folder / "origin", folder / "work"
        self.asked, self.summary = folder / "asked", folder / "summary"
        self.outcomes: dict[str, str] = {}
        self.published = False
        program = folder / "bin" / "sitegen"
        program.parent.mkdir()
        program.write_text(SITEGEN)
        program.chmod(0o755)
        git("init", "--quiet", "--bare", "--initial-branch=main", str(self.origin), where=folder)
        git("clone", "--quiet", str(self.origin), str(self.work), where=folder)
        (self.work / "content" / "feeds").mkdir(parents=True)
        (self.work / "content" / "feeds" / "old.xml").write_text("<feed/>")
        git("add", ".", where=self.work)
        git("commit", "--quiet", "-m", "Begin", where=self.work)
        git("push", "--quiet", "origin", "HEAD:main", where=self.work)
        git("branch", "--quiet", "--set-upstream-to=origin/main", where=self.work)
        self.environment = os.environ | {
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "ASKED": str(self.asked),
            "FAILING": failing,
            "NEW": new,
            "SITE_URL": ADDRESS,
        }
        workflow = yaml.safe_load(SITE.read_text("utf-8"))
        self.shell = workflow["defaults"]["run"]["shell"]
        self.result = self._steps(workflow["jobs"]["publish"]["steps"])

    def _steps(self, steps: list[dict[str, Any]]) -> int:
        for step in steps:
            condition = step.get("if", "")
            if condition:
                name, outcome = re.fullmatch(r"steps\.(\w+)\.outcome == '(\w+)'", condition).groups()
                if self.outcomes[name] != outcome:
                    continue
            if "uses" in step:
                self.published |= step["uses"].startswith("actions/deploy-pages@")
                continue
            if step["name"] == "Install sitegen":
                continue
            command = [*SHELLS[self.shell], step["run"]]
            done = subprocess.run(
                command, cwd=self.work, env=self.environment, capture_output=True, check=False
            )
            self.outcomes[step.get("id", "")] = "failure" if done.returncode else "success"
            if done.returncode and not step.get("continue-on-error"):
                return done.returncode
        return 0

    def kept(self) -> list[str]:
        return git("ls-tree", "-r", "--name-only", "main", where=self.origin).split()


def test_a_day_with_new_papers(tmp_path: Path) -> None:
    run = Run(tmp_path, new="new.xml")
    assert (run.result, run.published) == (0, True)
    assert run.kept() == ["content/feeds/new.xml", "content/feeds/old.xml"]
    assert run.asked.read_text().splitlines() == ["fetch", f"build --url {ADDRESS}", f"check --url {ADDRESS}"]
    assert run.summary.read_text().splitlines() == [
        "### Fetch",
        "    fetch: done",
        "### Build",
        "    build: done",
        "### Check",
        "    check: done",
    ]


def test_a_day_with_nothing_new(tmp_path: Path) -> None:
    run = Run(tmp_path)
    assert (run.result, run.published) == (0, True)
    assert git("log", "--format=%s", "main", where=run.origin) == "Begin\n"


def test_a_failed_fetch_is_red_and_publishes_what_is_there(tmp_path: Path) -> None:
    run = Run(tmp_path, failing="fetch")
    assert (run.result, run.published) == (1, True)
    assert run.kept() == ["content/feeds/old.xml"]
    assert "    error: fetch has failed\n" in run.summary.read_text()
    assert "    check: done\n" in run.summary.read_text()


@pytest.mark.parametrize("command", ["build", "check"])
def test_nothing_broken_is_published(tmp_path: Path, command: str) -> None:
    run = Run(tmp_path, failing=command, new="new.xml")
    assert (run.result, run.published) == (1, False)
    assert "content/feeds/new.xml" in run.kept(), "what was fetched is kept all the same"
    assert f"    error: {command} has failed\n" in run.summary.read_text()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text("utf-8"))
    assert used
    for action in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_one_version_of_an_action_is_used() -> None:
    used = {line for path in WORKFLOWS for line in re.findall(r"uses: (.*)", path.read_text("utf-8"))}
    assert len({re.sub(r"(/restore|/save)?@.*", "", line) for line in used}) == len(
        {re.sub(r"/(restore|save)@", "@", line) for line in used}
    )


def test_all_supported_versions_are_tested() -> None:
    text = (PROJECT / "pyproject.toml").read_text("utf-8")
    matrix = yaml.safe_load((SITE.parent / "tests.yml").read_text("utf-8"))["jobs"]["tests"]["strategy"][
        "matrix"
    ]
    assert re.findall(r"Python :: (3\.\d+)", text) == matrix["python"]
