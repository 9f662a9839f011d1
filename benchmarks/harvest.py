"""Fetches a large corpus from a server on this machine, killed at random on the way: `make bench-harvest`.

The server plays arXiv's API over the papers of the corpus. A new site's `sitegen fetch` is killed by a signal that it
can't see coming, again and again, then left to end. What it has by then is compared with what the server has. Before
that the same is fetched without a kill, for the time that it takes.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

from bench import CORPUS, PROJECT

from sitegen.feeds import feed, store
from sitegen.models import ArxivId

sys.path.insert(0, str(PROJECT / "tests"))
from arxiv_server import Arxiv, Clock, Record, serve

_ENTRY = re.compile(r"<entry>.*?</entry>\s*", re.DOTALL)
_FIELD = re.compile(r"<(id|published|updated)>([^<]*)</\1>")


def main() -> int:
    """Fetch, compare and print."""
    parser = argparse.ArgumentParser(
        prog="harvest", description="Fetch a corpus, killed at random on the way."
    )
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="DIR", help="a folder of feed files")
    parser.add_argument(
        "--kills", type=int, default=20, metavar="N", help="how often it is killed (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=2026, metavar="N", help="of the moments (%(default)s)")
    options = parser.parse_args()
    papers = _records(options.corpus)
    if not papers:
        print(f"harvest: no papers in {options.corpus}: name a folder with --corpus", file=sys.stderr)
        return 1
    wrong = 0
    for kills in (0, options.kills):
        with serve(Arxiv(papers, Clock())) as arxiv, tempfile.TemporaryDirectory() as folder:
            site = Path(folder) / "site"
            _run("-m", "sitegen", "new", str(site))
            with (site / "content" / "site.toml").open("a") as settings:
                settings.write('categories = ["q-bio.NC"]\n')  # [fetch] is the last table
            for sample in (site / "content" / "feeds").iterdir():
                sample.unlink()
            started = time.perf_counter()
            killed = _fetch(site, arxiv, kills, random.Random(options.seed))
            seconds = time.perf_counter() - started
            lost, doubled, other = _compare(site, papers)
        wrong += lost + doubled + other
        print(
            f"{len(papers):,} papers, killed {killed} times: {lost} lost, {doubled} doubled, "
            f"{other} in another version; {len(arxiv.requests)} requests, {seconds:.1f} s"
        )
    return 1 if wrong else 0


def _records(corpus: Path) -> list[Record]:
    found: dict[str, Record] = {}
    for path in sorted(corpus.glob("*.xml*")):
        text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
        for entry in _ENTRY.findall(text):
            field = dict(_FIELD.findall(entry))
            id = ArxivId.parse(field["id"])
            published, updated = (datetime.fromisoformat(field[name]) for name in ("published", "updated"))
            # All are in the category that a new site asks for; what they say of it themselves stays.
            found[id.base] = Record(id.base, published, updated, id.version or 0, xml=entry)
    return list(found.values())


def _fetch(site: Path, arxiv: Arxiv, kills: int, chance: random.Random) -> int:
    # As `sitegen fetch` does it, but without its three seconds between two requests.
    command = [
        str(PROJECT / "tests" / "fetch_until_killed.py"),
        str(site / "content"),
        arxiv.endpoint,
        "1000",
    ]
    killed = 0
    while killed < kills:
        reached = threading.Event()
        arxiv.events = [(len(arxiv.requests) + chance.randint(1, 2), reached.set)]
        process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
        while process.poll() is None and not reached.wait(0.01):
            pass
        time.sleep(chance.random() * 0.5)
        if process.poll() is None:
            process.kill()
            killed += 1
        process.wait()
    _run(*command)
    return killed


def _run(*command: str) -> None:
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)


def _compare(site: Path, papers: list[Record]) -> tuple[int, int, int]:
    """Return how many papers are lost, there twice, and there in another version."""
    read = [
        paper.id
        for path in store.feed_files(site / "content" / "feeds")
        for paper in feed.read(path, path.name)[0]
    ]
    times = Counter(id.base for id in read)
    version = {id.base: id.version or 0 for id in read}
    there = [paper for paper in papers if paper.id in times]
    other = sum(version[paper.id] != paper.version for paper in there)
    return len(papers) - len(there), sum(count > 1 for count in times.values()), other


if __name__ == "__main__":
    sys.exit(main())
