"""Measures catch-up on a built site: `make bench-catchup SITE=output`.

For each month that shows about 250 papers (new, cross-listed and revised ones), the bytes of its files of days with
gzip, as hosts send them, without and with the abstracts; the bytes on the server for each paper of the archive;
and in a browser, the time from opening the page since the first of the newest month to its first papers.
"""

from __future__ import annotations

import argparse
import base64
import bz2
import functools
import gzip
import http.server
import json
import re
import shutil
import statistics
import sys
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NAME = re.compile(r"(\d{4}-\d\d)-\d+(-abstracts)?\.js")
SHOWN = range(235, 266)
FIRST = """
    window.first = new Promise((found) => {
      const look = () => document.querySelector("#days li") ? found(performance.now()) : requestAnimationFrame(look);
      look();
    });
"""


class Month(NamedTuple):
    """A month: papers that catch-up shows of it, and bytes of its files with gzip."""

    shown: int
    lists: int
    abstracts: int


def main() -> int:
    """Measure, and print tables in Markdown."""
    parser = argparse.ArgumentParser(prog="catchup", description="Measure catch-up on a built site.")
    parser.add_argument("site", type=Path, help="its output folder")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="openings of the page (%(default)s)")
    options = parser.parse_args()
    found = sorted((options.site / "catchup").glob("*.js"))
    if not found:
        print(f"catchup: {options.site} is no built site", file=sys.stderr)
        return 1
    known = months(found)
    print("| month | papers shown | lists | with abstracts |\n|---|--:|--:|--:|")
    for name, month in known.items():
        if month.shown in SHOWN:
            whole = month.lists + month.abstracts
            print(f"| {name} | {month.shown} | {month.lists / 1000:.1f} KB | {whole / 1000:.1f} KB |")
    papers = len(json.loads((options.site / "papers.json").read_bytes()))
    stored = sum(path.stat().st_size for path in found)
    print(f"\nOn the server: {stored / papers / 1000:.2f} KB a paper.")
    last = max(known)
    times = openings(options.site, f"{last}-01", options.runs)
    print(f"First papers since {last}-01: {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms.")
    return 0


def months(files: list[Path]) -> dict[str, Month]:
    """Return all months by name."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for path in files:
        if not (name := NAME.fullmatch(path.name)):
            continue
        data = path.read_bytes()
        month = sums[name[1]]
        month[2 if name[2] else 1] += len(gzip.compress(data, 6))
        if not name[2]:
            days = json.loads(bz2.decompress(base64.b64decode(data.split(b'"')[3])))
            month[0] += sum(len(papers) for _, groups in days for _, papers in groups)
    return {name: Month(*sums[name]) for name in sorted(sums)}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


def openings(site: Path, since: str, runs: int) -> list[float]:
    """Return milliseconds from opening catch-up to its first papers, each time in a new window."""
    handler: Any = functools.partial(_Quiet, directory=str(site))
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = next(filter(None, map(shutil.which, BROWSERS)))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        times = []
        for _ in range(runs):
            page = browser.new_page()
            page.add_init_script(FIRST)
            page.goto(f"http://127.0.0.1:{server.server_port}/catchup/?since={since}")
            times.append(float(page.evaluate("first")))
            page.close()
        browser.close()
        server.shutdown()
    return times


if __name__ == "__main__":
    sys.exit(main())
