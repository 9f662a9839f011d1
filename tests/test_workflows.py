"""GitHub's workflows: what they use is pinned, and the steps that publish do what they say, whatever arXiv does."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PROJECT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
SITE = PROJECT / ".github" / "workflows" / "site.yml"
ADDRESS = "https://example.github.io/repo"

# How GitHub's runner starts a step: https://docs.github.com/actions/reference/workflow-syntax, jobs.*.steps[*].shell
SHELLS = {"bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"], "sh": ["sh", "-e", "-c"]}

# Stand in for programs. sitegen says what it was asked, fetches a feed, builds a page for each feed, and fails where
# it is told to; what MEANWHILE holds happens while it fetches.
PROGRAMS = {
    "sitegen": """#!/bin/sh
echo "$@" >> "$ASKED"
case " $FAILING " in *" $1 "*)
    echo "error: $1 has failed" >&2
    exit 1
esac
if [ "$1" = fetch ]; then
    [ -z "$NEW" ] || echo "<feed/>" > "content/feeds/$NEW"
    sh -ec "$MEANWHILE" >&2
elif [ "$1" = build ]; then
    mkdir output
    cat content/*.toml content/feeds/* > output/.sitegen-manifest
    for feed in $(ls content/feeds); do mkdir -p "output/abs/$feed"; done
fi
echo "$1: done"
""",
    "curl": '#!/bin/sh\ncat "$LIVE/build.txt"\n',
    "gh": '#!/bin/sh\necho "gh $@" >> "$ASKED"\n',
    "sleep": "#!/bin/sh\n",
}


def git(*arguments: str, where: Path) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout.strip()


class GitHub:
    """A repository and its pages on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.origin, self.owner = folder, folder / "origin", folder / "owner"
        self.live = folder / "live"  # the site as it is shown
        self.deployed: set[str] = set()  # commits
        for name, text in PROGRAMS.items():
            program = folder / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(text)
            program.chmod(0o755)
        git("init", "--quiet", "--bare", "--initial-branch=main", str(self.origin), where=folder)
        git("clone", "--quiet", str(self.origin), str(self.owner), where=folder)
        (self.owner / "content" / "feeds").mkdir(parents=True)
        (self.owner / "content" / "feeds" / "old.xml").write_text("<feed/>")
        self.edit("title")

    def edit(self, title: str) -> str:
        """Commit and push as the owner; return the commit."""
        subprocess.run(["sh", "-ec", self.edits(title)], check=True, capture_output=True)
        return git("rev-parse", "HEAD", where=self.owner)

    def edits(self, title: str) -> str:
        """Return what a shell does to edit as the owner does."""
        commit = 'git -c user.name=B -c user.email=b@example.org commit --quiet -m "$TITLE"'
        return (
            f"cd {self.owner}; TITLE={title}; git pull --quiet --rebase origin main 2>&1 || true\n"
            f"echo $TITLE > content/site.toml; git add .; {commit}; git push --quiet origin HEAD:main"
        )

    def tip(self) -> str:
        return git("rev-parse", "main", where=self.origin)

    def protect(self) -> None:
        """Let the branch take no push from now on."""
        hook = self.origin / "hooks" / "pre-receive"
        hook.write_text("#!/bin/sh\necho 'Changes must be made through a pull request.' >&2\nexit 1\n")
        hook.chmod(0o755)

    def kept(self) -> list[str]:
        return git("ls-tree", "-r", "--name-only", "main", "content/feeds/", where=self.origin).split()

    def shown(self) -> list[str]:
        return sorted(path.name for path in (self.live / "abs").iterdir())


# The real program, but that a fetch brings the papers of a sample and asks nobody.
REAL = """#!/bin/sh
if [ "$1" = fetch ]; then
    mkdir -p content/feeds
    cp {sample} content/feeds/new.xml
else
    exec {python} -m sitegen "$@"
fi
"""


def test_the_recipe_without_a_fork(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (PROJECT / "README.md").read_text("utf-8")
    recipe = textwrap.dedent(readme[readme.index("sitegen new --github ") - 2 :].partition("```")[0])
    sample = PROJECT / "sitegen" / "sample.xml"
    program = REAL.format(sample=shlex.quote(str(sample)), python=shlex.quote(sys.executable))
    (github.folder / "bin" / "sitegen").write_text(program)
    shutil.rmtree(github.origin)
    git("init", "--quiet", "--bare", "--initial-branch=main", str(github.origin), where=github.folder)
    monkeypatch.setenv("PATH", f"{github.folder / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    settings = {
        "user.name": "A",
        "user.email": "a@example.org",
        f"url.file://{github.origin}.insteadOf": "https://github.com/YOU/my-archive",
    }
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
    for number, (key, value) in enumerate(settings.items()):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    subprocess.run(["sh", "-ec", recipe], cwd=github.folder, check=True, capture_output=True)
    monkeypatch.setattr(
        sys.modules[__name__], "SITE", github.folder / "my-archive" / SITE.relative_to(PROJECT)
    )
    run = Run(github)
    assert (run.result, run.published) == (0, True), run.summary.read_text()
    assert "2603.07369" in github.shown()
    assert github.kept() == ["content/feeds/new.xml"]
    assert not list(github.live.glob(".sitegen-*"))


class Run:
    """A run of the publishing job: its shell steps are carried out; of its actions, what they do is imitated."""

    def __init__(
        self, github: GitHub, *, commit: str = "", failing: str = "", new: str = "", meanwhile: str = ""
    ) -> None:
        self.github, self.commit = github, commit or github.tip()
        folder = Path(tempfile.mkdtemp(dir=github.folder))
        self.work, self.asked, self.summary = folder / "work", folder / "asked", folder / "summary"
        self.outcomes: dict[str, str] = {}
        self.said = ""
        self.failed = self.published = self.saved = False
        self.environment = os.environ | {
            "PATH": f"{github.folder / 'bin'}:{os.environ['PATH']}",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REF_NAME": "main",
            "GITHUB_SHA": self.commit,
            "GITHUB_RUN_ID": "1",
            "ASKED": str(self.asked),
            "FAILING": failing,
            "NEW": new,
            "MEANWHILE": meanwhile,
            "LIVE": str(github.live),
            "SITE_URL": ADDRESS,
        }
        workflow = yaml.safe_load(SITE.read_text("utf-8"))
        self.shell = workflow["defaults"]["run"]["shell"]
        for step in workflow["jobs"]["publish"]["steps"]:
            if self._is_due(step.get("if", "")):
                self._do(step)
        self.result = int(self.failed)
        self.commands = self.asked.read_text().splitlines() if self.asked.exists() else []

    def _is_due(self, condition: str) -> bool:
        """Tell whether a step is carried out: without a status function, not after a failure."""
        text = condition.removeprefix("${{").removesuffix("}}").strip()
        if self.failed and "cancelled()" not in text:
            return False
        for part in filter(None, text.split(" && ")):
            if match := re.fullmatch(r"steps\.(\w+)\.outcome == '(\w+)'", part):
                if self.outcomes.get(match[1]) != match[2]:
                    return False
            else:
                assert part in ("!cancelled()", "github.event_name == 'schedule'"), part
        return True

    def _do(self, step: dict[str, Any]) -> None:
        action = step.get("uses", "").partition("@")[0]
        if action == "actions/checkout":
            self._check_out(step.get("with", {}).get("ref"))
        elif action == "actions/cache/save":
            self.saved = True
        elif action == "actions/deploy-pages":
            self.published = True
            if self.commit not in self.github.deployed:
                self.github.deployed.add(self.commit)
                shutil.rmtree(self.github.live, ignore_errors=True)
                shutil.copytree(self.work / "output", self.github.live)
        elif not action and step["name"] != "Install sitegen":
            self._carry_out(step)

    def _check_out(self, ref: str | None) -> None:
        """Take a shallow clone, of the branch if the step names it, and of the event's commit if it does not."""
        assert ref in (None, "${{ github.ref }}")
        git(
            "clone",
            "--quiet",
            "--depth=1",
            f"file://{self.github.origin}",
            str(self.work),
            where=self.github.folder,
        )
        if ref is None:
            git("fetch", "--quiet", "--depth=1", "origin", self.commit, where=self.work)
            git("reset", "--quiet", "--hard", self.commit, where=self.work)

    def _carry_out(self, step: dict[str, Any]) -> None:
        command = [*SHELLS[self.shell], step["run"]]
        done = subprocess.run(
            command, cwd=self.work, env=self.environment, capture_output=True, check=False, text=True
        )
        self.said += done.stdout
        self.outcomes[step.get("id", "")] = "failure" if done.returncode else "success"
        self.failed |= bool(done.returncode) and not step.get("continue-on-error")


@pytest.fixture
def github(tmp_path: Path) -> GitHub:
    return GitHub(tmp_path)


ASKED = ["fetch", f"build --url {ADDRESS}", f"check --url {ADDRESS}"]


def test_a_day_with_new_papers(github: GitHub) -> None:
    run = Run(github, new="new.xml")
    assert (run.result, run.published) == (0, True)
    assert github.kept() == ["content/feeds/new.xml", "content/feeds/old.xml"]
    assert github.shown() == ["new.xml", "old.xml"]
    assert run.commands == ASKED
    assert run.summary.read_text().splitlines() == [
        "### Fetch",
        "    fetch: done",
        "### Build",
        "    build: done",
        "### Check",
        "    check: done",
    ]
    assert {path.name for path in github.live.iterdir()} == {"abs", "build.txt"}


def test_a_day_with_nothing_new(github: GitHub) -> None:
    run = Run(github)
    assert (run.result, run.published) == (0, True)
    assert git("log", "--format=%s", "main", where=github.origin) == "title"
    assert "::" not in run.said


def test_a_failed_fetch_is_red_and_publishes_what_is_there(github: GitHub) -> None:
    run = Run(github, failing="fetch")
    assert (run.result, run.published) == (1, True)
    assert github.shown() == ["old.xml"]
    assert "    error: fetch has failed\n" in run.summary.read_text()
    assert "    check: done\n" in run.summary.read_text()


@pytest.mark.parametrize("command", ["build", "check"])
def test_nothing_broken_is_published(github: GitHub, command: str) -> None:
    run = Run(github, failing=command, new="new.xml")
    assert (run.result, run.published, run.saved) == (1, False, True)
    assert "content/feeds/new.xml" in github.kept(), "what was fetched is kept all the same"
    assert f"    error: {command} has failed\n" in run.summary.read_text()


def test_a_site_without_papers_is_not_published(github: GitHub) -> None:
    git("rm", "--quiet", "content/feeds/old.xml", where=github.owner)
    (github.owner / "content" / "feeds").mkdir(exist_ok=True)
    (github.owner / "content" / "feeds" / ".keep").touch()
    github.edit("empty")
    run = Run(github, failing="fetch")
    assert (run.result, run.published, run.saved) == (1, False, True)
    assert "::error::There is no paper in content/feeds" in run.said


def test_of_two_queued_runs_the_second_works_on_what_the_first_has_added(github: GitHub) -> None:
    before = github.tip()
    first = Run(github, commit=before, new="first.xml")
    # Both were asked for at the same commit, and the second fetch brings nothing, or other papers, or fails.
    for options in ({}, {"failing": "fetch"}, {"new": "second.xml"}):
        second = Run(github, commit=before, **options)
        assert second.result == ("failing" in options)
        feeds = sorted(path.name for path in (second.work / "output" / "abs").iterdir())
        assert feeds[:2] == ["first.xml", "old.xml"]
    assert first.result == 0
    assert len(github.kept()) == 3


def test_an_edit_that_comes_while_a_run_fetches_is_not_lost(github: GitHub) -> None:
    run = Run(github, new="new.xml", meanwhile=github.edits("edited"))
    assert run.result == 0
    assert github.kept() == ["content/feeds/new.xml", "content/feeds/old.xml"]
    assert git("show", "main:content/site.toml", where=github.origin) == "edited"
    assert (run.work / "content" / "site.toml").read_text() == "edited\n"
    # The run of the edit's own commit waited.
    edited = git("rev-parse", "main~1", where=github.origin)
    waited = Run(github, commit=edited)
    assert (waited.result, github.shown()) == (0, ["new.xml", "old.xml"])


def test_an_edit_in_the_same_file_does_not_keep_the_site_from_being_published(github: GitHub) -> None:
    same = f"echo other > {github.owner}/content/feeds/new.xml; {github.edits('edited')}"
    run = Run(github, new="new.xml", meanwhile=same)
    assert (run.result, run.published, github.shown()) == (1, True, ["new.xml", "old.xml"])
    assert "::error::The branch took no commit" in run.said


def test_a_protected_branch_does_not_keep_the_site_from_being_published(github: GitHub) -> None:
    github.protect()
    run = Run(github, new="new.xml")
    assert (run.result, run.published, run.saved) == (1, True, True)
    assert github.shown() == ["new.xml", "old.xml"]
    assert "::error::The branch took no commit, so the new papers are published but not kept." in run.said


def test_an_old_run_that_is_run_again_changes_nothing(github: GitHub) -> None:
    old = github.tip()
    Run(github, commit=old, new="first.xml")
    Run(github, commit=github.edit("edited"), new="second.xml")
    tip, shown = github.tip(), github.shown()
    again = Run(github, commit=old)
    assert (again.result, github.tip(), github.shown()) == (0, tip, shown)
    assert again.commands == ASKED, "and no further run is asked for"


def test_a_second_deployment_of_one_commit_is_made_by_a_run_of_the_newest(github: GitHub) -> None:
    pushed = github.tip()
    assert Run(github).result == 0
    night = Run(github, commit=pushed, new="new.xml")
    assert github.shown() == ["old.xml"], "GitHub takes it for the one that it has"
    assert (night.result, night.commands) == (0, [*ASKED, "gh workflow run site.yml --ref main"])
    assert "::notice::The site is not shown yet" in night.said
    assert (Run(github).result, github.shown()) == (0, ["new.xml", "old.xml"])


def test_a_site_that_is_not_shown_is_red(github: GitHub) -> None:
    github.deployed.add(github.tip())
    run = Run(github)
    assert (run.result, run.commands) == (1, ASKED)
    assert f"::error::{ADDRESS}/build.txt is not that of this run" in run.said


@pytest.mark.parametrize(("days", "is_said"), [(44, False), (45, True), (59, True)])
def test_a_schedule_says_when_it_will_stop(github: GitHub, days: int, is_said: bool) -> None:
    git("commit", "--quiet", "--amend", "--no-edit", f"--date={days}.days.ago", where=github.owner)
    moment = int(git("log", "-1", "--format=%at", where=github.owner))
    environment = os.environ | {"GIT_COMMITTER_DATE": f"@{moment} +0000"}
    command = ["git", "-c", "user.name=B", "-c", "user.email=b@example.org", "commit", "--amend", "--no-edit"]
    subprocess.run(command, cwd=github.owner, env=environment, check=True, capture_output=True)
    git("push", "--quiet", "--force", "origin", "HEAD:main", where=github.owner)
    run = Run(github)
    assert run.result == 0
    assert (f"::notice::No commit for {days} days." in run.said) == is_said


def test_the_run_that_follows_is_one_of_the_same_workflow() -> None:
    workflow = yaml.safe_load(SITE.read_text("utf-8"))
    assert f"gh workflow run {SITE.name} " in SITE.read_text("utf-8")
    assert "workflow_dispatch" in workflow[True]  # YAML 1.1 reads `on` as true
    assert workflow["permissions"]["actions"] == "write"


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


def test_development_uses_locked_versions() -> None:
    """Any other version or file than the one that was locked is refused; what is wanted of it, it satisfies."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [requirement for extra in project["optional-dependencies"].values() for requirement in extra]
    wanted = map(Requirement, (*project["dependencies"], *extras))
    text = (PROJECT / "requirements-dev.txt").read_text("utf-8")
    locked: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=\S)", text.rstrip()):
        if not block.startswith("#"):
            name, version = re.match(r"([\w.-]+)==([\w.]+)", block).groups()
            assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), name
            locked.setdefault(canonicalize_name(name), []).append(version)
    for requirement in wanted:
        if requirement.name == project["name"]:  # one of its own extras
            continue
        versions = locked[canonicalize_name(requirement.name)]
        assert all(version in requirement.specifier for version in versions), f"{requirement}: make lock"
    assert "://" not in text, "the file names no registry"
    assert "--require-hashes --requirement requirements-dev.txt" in (
        PROJECT / "tools" / "install.sh"
    ).read_text("utf-8")


def test_what_the_security_page_names_is_there() -> None:
    text = (PROJECT / "SECURITY.md").read_text("utf-8")
    tests = set(re.findall(r"\btest_\w+\.py", text))
    modules = set(re.findall(r"`((?!test)(?:[a-z]+/)*[a-z_]+\.py)`", text))
    assert tests and modules
    assert [name for name in tests if not (PROJECT / "tests" / name).is_file()] == []
    assert [name for name in modules if not (PROJECT / "sitegen" / name).is_file()] == []
