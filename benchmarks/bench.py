"""Measures builds of corpora of several sizes, beside Eleventy and Hugo if installed: `make bench`, or see --help.

Measured are six cases of sitegen, a full build of each peer (Eleventy, Hugo), and the floor: the time in which a
plain loop writes the files of a cold build. Runs of all builds alternate. Each time is the median of several runs,
each in a new folder. Folders are in /dev/shm if the system has it, because times on a disk vary. Memory is measured
in an extra run that is not timed, because sampling takes processor time. The peers are expected in --peers; a missing
one is reported, with the command that installs it, and left out. measure.py defines the columns.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import cases
import corpus
import measure
import peer
import tables
from cases import MEMORY, NEW_FEED, PROJECT, SITE, Room
from measure import BuildFailed
from tables import Run
from verify import verify

__all__ = ["CORPUS", "NEW_FEED", "PROJECT", "SITE"]  # imported by the other benchmarks

CORPUS = PROJECT.parent / "shared" / "corpus" / "q-bio-11803"
PEERS = PROJECT / "benchmarks" / ".peers"
SIZES = (1000, 11803, 50000)
FLOOR = "floor"
_PROBLEMS_SHOWN = 5
CASES = (*cases.TITLES, *peer.NAMES, FLOOR)


class Bench(NamedTuple):
    """Options and data that all cases of one size share; they run in ``folder``."""

    folder: Path
    options: argparse.Namespace
    records: list[corpus.Record]
    peers: list[peer.Peer]

    @property
    def titles(self) -> dict[str, str]:
        """Titles of all rows, in order, by name."""
        wanted = {**cases.TITLES, **{one.name: one.title for one in self.peers}, FLOOR: "floor: files only"}
        return {name: title for name, title in wanted.items() if name in self.options.cases}


def main() -> int:
    """Measure and print the tables; with --verify, check the built sites."""
    options = _parser().parse_args()
    records = corpus.read(options.corpus)
    if not records:
        print(f"bench: no feeds in {options.corpus}: name a folder of feeds with --corpus", file=sys.stderr)
        return 1
    peers = peer.installed(options.peers, options.cases)
    problems: list[str] = []
    sizes: dict[int, dict[str, list[Run]]] = {}
    with _temporary_folder() as folder:
        versions = "".join(f", {one.title}" for one in peers)
        print(f"Medians of {options.runs}: {tables.machine()}{versions}.", flush=True)
        for size in options.sizes:
            bench = Bench(folder / str(size), options, records, peers)
            sizes[size], found = _measure_size(bench, size)
            problems += found
            print(f"\n{tables.of_size(size, sizes[size], bench.titles)}", flush=True)
            if folder.is_relative_to(
                MEMORY
            ):  # room for the next size; a disk is cleared at the end: see cases.py
                shutil.rmtree(bench.folder)
            if options.json:
                options.json.write_text(json.dumps(_figures(sizes), indent=1), "utf-8")
        if len(sizes) > 1:
            print(f"\n### Growth\n\n{tables.growth(sizes, bench.titles)}")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Time builds of large corpora.")
    add = parser.add_argument
    add("--corpus", type=Path, default=CORPUS, metavar="DIR", help="a folder of feed files")
    add("--sizes", type=_sizes, default=SIZES, metavar="N,N", help="papers (1000,11803,50000)")
    add("--cases", type=_cases, default=CASES, metavar="NAME,NAME", help=f"of {','.join(CASES)} (all)")
    add("--runs", type=_positive, default=5, metavar="N", help="timed runs of each case (%(default)s)")
    add("--jobs", type=int, default=0, metavar="N", help="sitegen's processes (one for each core)")
    add("--peers", type=Path, default=PEERS, metavar="DIR", help="where Eleventy and Hugo are installed")
    add("--versions", action="store_true", help="30 %% of the papers in several versions, over 200 files")
    add("--verify", action="store_true", help="check that every paper and author is there")
    add("--json", type=Path, metavar="FILE", help="write the figures of all runs to a file as well")
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({_positive(part) for part in text.split(",")}))


def _cases(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := set(names) - set(CASES):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: there are only {', '.join(CASES)}")
    return names


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sitegen-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name).resolve()


def _measure_size(bench: Bench, size: int) -> tuple[dict[str, list[Run]], list[str]]:
    """Return the runs of each case, and the problems that --verify found."""
    problems: list[str] = []
    builds = _builds(bench, size, problems)
    results: dict[str, list[Run]] = {name: [] for name in builds}
    memory: dict[str, int] = {}
    for number in range(bench.options.runs + 1):
        for name, build in list(builds.items()):
            try:
                run = build(number == 0)
            except BuildFailed as failure:
                if name in cases.TITLES:
                    raise SystemExit(f"bench: {failure}") from None
                _say(f"{bench.titles[name]} failed and is left out: {failure}")
                del builds[name], results[name]
                continue
            if number == 0:
                memory[name] = run.usage.memory
                continue
            results[name].append(run._replace(usage=run.usage._replace(memory=memory[name])))
            _say(f"{size:,} papers, run {number}: {bench.titles[name]}, {run.usage.wall:.2f} s")
    return results, problems


def _builds(bench: Bench, size: int, problems: list[str]) -> dict[str, Callable[[bool], Run]]:
    """Create the sites that the builds of one size start from; return a function for each build.

    Its argument is true for the run that measures memory, false for a timed run.
    """
    _say(f"{size:,} papers: making the corpus")
    feeds, room = bench.folder / "feeds", Room(bench.folder / "room")
    corpus.write(bench.records, size, feeds, versions=bench.options.versions)
    _say(f"{size:,} papers: building the site that the cases start from")
    room.furnish(feeds, bench.records[0].id.base, partial(_first_build, bench, room, size))
    builds: dict[str, Callable[[bool], Run]] = {}
    for name in cases.TITLES:
        builds[name] = partial(_sitegen_run, bench, room, name, problems)
    if bench.peers:
        _say(f"{size:,} papers: grouping them for the peers")
        setup = peer.set_up(feeds, bench.folder / "peers")
        builds |= {one.name: partial(_peer_run, room, setup, one) for one in bench.peers}
    builds[FLOOR] = partial(_floor_run, room)
    return {name: build for name, build in builds.items() if name in bench.titles}


def _first_build(bench: Bench, room: Room, size: int) -> None:
    ended, report = _run_sitegen(bench, room.site)
    found = f"{report['papers']:,} papers, {report['people']:,} people, {report['problems']} problems"
    _say("\n  ".join([f"found {found}", *ended.complained.splitlines()[:_PROBLEMS_SHOWN]]))
    if report["papers"] != size:
        raise SystemExit(f"bench: sitegen lost some of {size:,} papers")


def _sitegen_run(bench: Bench, room: Room, case: str, problems: list[str], measure_memory: bool) -> Run:
    with room.prepared(case) as site:
        before = measure.files(site / "output")
        ended, report = _run_sitegen(bench, site, measure_memory)
        run = Run(ended.usage, measure.compare(before, measure.files(site / "output")))
        if measure_memory and bench.options.verify:
            found = verify(site / "output")
            problems += (f"{report['papers']:,} papers, {cases.TITLES[case]}: {line}" for line in found)
    return run


def _run_sitegen(
    bench: Bench, site: Path, measure_memory: bool = False
) -> tuple[measure.Ended, dict[str, int]]:
    command = cases.command(bench.options.jobs)
    ended = measure.build(command, site, {"PYTHONPATH": str(PROJECT)}, memory=measure_memory)
    report: dict[str, int] = json.loads(ended.said.splitlines()[-1])
    return ended, report


def _peer_run(room: Room, setup: peer.Setup, one: peer.Peer, measure_memory: bool) -> Run:
    with room.empty() as output:
        ended = measure.build(*setup.command(one, output), memory=measure_memory)
        return Run(ended.usage, measure.compare({}, measure.files(output)))


def _floor_run(room: Room, _measure_memory: bool) -> Run:
    with room.empty() as output:
        usage = measure.floor(room.built, output)
        return Run(usage, measure.compare({}, measure.files(output)))


def _figures(sizes: Mapping[int, Mapping[str, list[Run]]]) -> list[dict[str, Any]]:
    return [
        {"papers": size, "case": case, "run": number, **run.usage._asdict(), **run.output._asdict()}
        for size, runs in sizes.items()
        for case, own in runs.items()
        for number, run in enumerate(own, 1)
    ]


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
