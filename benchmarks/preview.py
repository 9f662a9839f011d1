"""Times how long a new feed takes to show in an open browser: `make bench-preview`, or see --help.

Measured is the whole way that a person waits: from a feed of 15 papers being moved into content/feeds/, through the
preview's looking, building and telling the browser, to the new paper being visible on the page of its month, which
was open. Each figure is of several arrivals of the same feed, which is taken away between them; the first is apart,
because it fills the cache. A browser is needed, as for the tests.
"""

from __future__ import annotations

import argparse
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

from bench import NEW_FEED, PROJECT, SITE
from playwright.sync_api import Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MONTH = "archive/2026/03/"
PAPER = "main a[href*='2603.07364']"  # of that month, in the new feed


class Arrival(NamedTuple):
    """Seconds from the arrival of a feed to its paper on the screen, and how many of them were the build."""

    whole: float
    build: float


def main() -> int:
    """Measure, and print a table in Markdown."""
    options = _parser().parse_args()
    sites = {"15 papers": [], "a large archive": sorted(options.corpus.glob("*.xml*"))}
    print("| archive | median | fastest | slowest | of which the build |")
    print("|---|--:|--:|--:|--:|")
    for name, feeds in sites.items():
        if name != "15 papers" and not feeds:
            print(f"preview: no feeds in {options.corpus}: name a folder with --corpus", file=sys.stderr)
            return 1
        arrivals = _measure(feeds, options.runs)
        whole = [arrival.whole for arrival in arrivals]
        build = statistics.median(arrival.build for arrival in arrivals)
        figures = (statistics.median(whole), min(whole), max(whole), build)
        print(f"| {name} | {' | '.join(f'{figure:.2f} s' for figure in figures)} |", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="preview", description="Time a new feed's way into the browser.")
    default = PROJECT.parent / "shared" / "corpus" / "q-bio-11803"
    parser.add_argument("--corpus", type=Path, default=default, metavar="DIR", help="a folder of feed files")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="arrivals of the feed (%(default)s)")
    return parser


def _measure(feeds: list[Path], runs: int) -> list[Arrival]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="sitegen-", dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        inside = folder / "content" / "feeds"
        inside.mkdir(parents=True)
        (folder / "content" / "site.toml").write_text(SITE, "utf-8")
        # A paper of the month that is there from the start, so that the month has a page.
        first = inside / "first.xml"
        first.write_text(_one_entry(NEW_FEED.read_text("utf-8")), "utf-8")
        for feed in feeds:
            shutil.copy(feed, inside)
        with _preview(folder) as (process, address), _browser() as page:
            page.goto(address + MONTH)
            # Not wait_for_function, which evaluates text: pages forbid that.
            while not page.evaluate("window.LiveReload?.connector.protocol === 7"):
                page.wait_for_timeout(30)
            arrivals = [_arrive(page, process, folder, inside) for _ in range(runs + 1)]
    return arrivals[1:]


def _one_entry(feed: str) -> str:
    before, entry, _ = re.split(r"(?<=</entry>)|(?=<entry>)", feed, maxsplit=2)
    return f"{before}{entry}</feed>"


def _arrive(page: Page, process: subprocess.Popen[str], folder: Path, inside: Path) -> Arrival:
    beside = folder / "new.xml"
    shutil.copy(NEW_FEED, beside)
    started = time.perf_counter()
    beside.rename(inside / "new.xml")
    page.locator(PAPER).first.wait_for()
    whole = time.perf_counter() - started
    build = _build_seconds(process)
    (inside / "new.xml").unlink()
    page.locator(PAPER).first.wait_for(state="detached")
    _build_seconds(process)
    return Arrival(whole, build)


def _build_seconds(process: subprocess.Popen[str]) -> float:
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"in ([\d.]+) s \(", line):
            return float(found[1])
    raise SystemExit("preview: it has ended")


@contextmanager
def _preview(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "sitegen", "serve", "--port", "0"]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        _build_seconds(process)
        assert process.stdout
        serving = next(line for line in process.stdout if "Serving" in line)
        yield process, serving.split(" at ")[1].split()[0]
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def _browser() -> Iterator[Page]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise SystemExit("preview: no Chromium; tools/prepare_tests.sh installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
