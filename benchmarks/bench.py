"""Times builds of a large corpus and prints a table in Markdown: `make bench`, or see --help.

Three builds are measured: a cold one, one where nothing changed, and one after a new feed of 15 papers came.
Every figure is the median of several runs, each of which starts from nothing in a folder of its own, in
memory where the system has /dev/shm. Processor time counts all processes of a build, and so does memory: the
sum over processes of their proportional shares (PSS), sampled, at its highest.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
CORPUS = PROJECT.parent / "shared" / "corpus" / "q-bio-11803"
NEW_FEED = PROJECT / "sitegen" / "sample.xml"
SAMPLING = 0.05  # seconds between two looks at the memory
SITE = """\
title = "Quantitative Biology"
url = "https://example.org/archive/"
"""


class Run(NamedTuple):
    """One build: wall and processor time in seconds, highest memory in MB, what sitegen itself reports."""

    wall: float
    cpu: float
    memory: float
    report: dict[str, int]


def main() -> int:
    """Measure, print the table, and with --verify look at the site that came out."""
    options = _parser().parse_args()
    feeds = sorted(options.corpus.glob("*.xml*"))
    if not feeds:
        print(f"bench: no feeds in {options.corpus}: name a folder of feeds with --corpus", file=sys.stderr)
        return 1
    builds: dict[str, list[Run]] = {"cold build": [], "nothing changed": [], "15 new papers": []}
    problems: list[str] = []
    for number in range(options.runs):
        with _workshop() as folder:
            (folder / "content" / "feeds").mkdir(parents=True)
            (folder / "content" / "site.toml").write_text(SITE, "utf-8")
            for feed in feeds:
                shutil.copy(feed, folder / "content" / "feeds")
            for runs in builds.values():
                if runs is builds["15 new papers"]:
                    shutil.copy(NEW_FEED, folder / "content" / "feeds")
                runs.append(_measure(folder, options.jobs))
            if options.verify and number == 0:
                problems = verify(folder)
    print(_table(builds, options))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Time builds of a large corpus.")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="DIR", help="a folder of feed files")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each build (%(default)s)")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes (one for each core)")
    parser.add_argument("--verify", action="store_true", help="check that every paper and author is there")
    return parser


@contextmanager
def _workshop() -> Iterator[Path]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="sitegen-", dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def _measure(folder: Path, jobs: int) -> Run:
    command = [sys.executable, "-m", "sitegen", "build", "--json", "--quiet"]
    command += ["--jobs", str(jobs)] if jobs else []
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=subprocess.DEVNULL, env=_environment()
        )
        highest = 0
        while True:
            # WNOWAIT leaves the process to be waited for with its times, its children's among them.
            if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
            highest = max(highest, _memory(process.pid))
            time.sleep(SAMPLING)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"bench: the build failed: {' '.join(command)}")
        said.seek(0)
        report = json.loads(said.read().splitlines()[-1])
    return Run(wall, used.ru_utime + used.ru_stime, highest / 1e6, report)


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(PROJECT)}


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


def _table(builds: dict[str, list[Run]], options: argparse.Namespace) -> str:
    cold = builds["cold build"][0].report
    lines = [
        f"{cold['papers']:,} papers, {cold['people']:,} people, {_files(cold):,} files, "
        f"{cold['bytes'] / 1e6:,.0f} MB; medians of {options.runs} on {_machine()}.",
        "",
        "| build | seconds | processor seconds | memory, MB | files written |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, runs in builds.items():
        wall = statistics.median(run.wall for run in runs)
        cpu = statistics.median(run.cpu for run in runs)
        memory = statistics.median(run.memory for run in runs)
        written = runs[0].report["written"]
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {memory:,.0f} | {written:,} |")
    return "\n".join(lines)


def _files(report: dict[str, int]) -> int:
    return report["written"] + report["unchanged"]


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def verify(folder: Path) -> list[str]:
    """Return what a built site lacks: a paper's page, an author on it, or the paper on the author's page."""
    output = folder / "output"
    papers = json.loads((output / "papers.json").read_text("utf-8"))
    problems = [] if papers else ["papers.json is empty"]
    listed = {
        slug.name: {
            url for page in slug.rglob("index.html") for url in _linked(page.read_text("utf-8"), "abs")
        }
        for slug in (output / "authors").iterdir()
        if slug.is_dir() and slug.name != "by-letter"
    }
    for paper in papers:
        page = output / paper["url"] / "index.html"
        if not page.is_file():
            problems.append(f"{paper['id']}: there is no {paper['url']}")
            continue
        # Authors stand before the first section; what follows names those of other papers.
        authors = _linked(page.read_text("utf-8").split("<h2", 1)[0], "authors")
        if len(authors) != len(paper["authors"]):
            problems.append(f"{paper['id']}: shows {len(authors)} of {len(paper['authors'])} authors")
        problems += (
            f"{paper['id']}: is not on the page of {author}"
            for author in authors
            if paper["url"].removeprefix("abs/").rstrip("/") not in listed.get(author, ())
        )
    return problems


def _linked(text: str, section: str) -> list[str]:
    return re.findall(rf'href="(?:\.\./)+{section}/([^"]+)/"', text)


if __name__ == "__main__":
    sys.exit(main())
