"""Compares the search of a built site with Pagefind's of the same papers, in Chromium, for `make bench-search`.

Pagefind is given the article of each paper's page without its citations, related papers and links, and is used by its
JavaScript interface on an empty page; ours runs on the whole search page. A server on this machine compresses what
GitHub Pages does. Bytes are those of responses; a hit counts when its sentences are there.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from playwright.sync_api import Browser, Page, sync_playwright

PEERS = Path(__file__).resolve().parent / ".peers"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WARM = 3
_COMPRESSED = (".html", ".css", ".js", ".json", ".svg", ".xml", ".txt")
_LEFT_OUT = "#cite, .related, .fulltext, .dateline"

# A page of Pagefind's. ``find`` resolves to the milliseconds to the first hit, when ten were there, and these.
_PAGE = """<!doctype html><title>Pagefind</title><script type="module">
const engine = await import("./pagefind/pagefind.js");
await engine.init();
globalThis.find = async (query, hits) => {
  const start = performance.now();
  const { results } = await engine.search(query);
  const pages = results.slice(0, hits).map((one) => one.data());
  await pages[0]; // undefined if there is none
  const first = performance.now() - start;
  const found = await Promise.all(pages);
  return [first, Date.now(), found.map((one) => one.url)];
};
</script>
"""
_OURS = """globalThis.find = (query, hits) => new Promise((resolve) => {
  const input = document.querySelector("#search input");
  const list = document.getElementById("hits");
  const said = document.getElementById("said");
  list.replaceChildren();
  said.textContent = "";
  let first;
  const start = performance.now();
  const look = () => {
    first ??= list.childElementCount ? performance.now() - start : undefined;
    const none = said.textContent.endsWith("has all of this.");
    const total = Number(said.textContent.replace(/^.*[.] /, "").replace(/[^0-9]/g, "")) || 0;
    if (!none && (!total || list.childElementCount < Math.min(hits, total))) return;
    observer.disconnect();
    const urls = [...list.querySelectorAll("li > a")].slice(0, hits).map((one) => one.href);
    resolve([first ?? performance.now() - start, Date.now(), urls]);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.getElementById("search"), { childList: true, subtree: true, characterData: true });
  input.value = query;
  input.dispatchEvent(new Event("input"));
}); 0"""  # a function as the value would be called


_OUR_FILES = re.compile("/(?:search|names|abs)/.+[.]js|/abs/|/static/search[.]")


Files: TypeAlias = dict[str, tuple[bytes, int]]


class Figures(NamedTuple):
    """What was measured of one engine."""

    sizes: list[int]
    cold: list[float]  # milliseconds to the first hit
    warm: list[float]


def program() -> list[str] | None:
    """Return the command of Pagefind, installed in benchmarks/.peers if need be; None if that is impossible."""
    folder = PEERS / "pagefind"
    found = folder / "pagefind_bin" / "pagefind"
    if not found.exists():
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--target",
            str(folder),
            "pagefind_bin>=1.5",
        ]
        if subprocess.run(pip, check=False).returncode:
            return None
    return [str(found)]


def index(command: Sequence[str], output: Path, site: Path) -> float:
    """Index the papers' pages of a built site into a folder, which is made anew; return processor seconds."""
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(output / "abs", site / "abs")
    (site / "index.html").write_text(_PAGE, "utf-8")
    options = ["--site", str(site), "--root-selector", "article.paper", "--exclude-selectors", _LEFT_OUT]
    process = subprocess.Popen([*command, *options, "--glob", "abs/**/*.html"], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"pagefind: status {status}")
    return used.ru_utime + used.ru_stime


def files_below(*folders: Path) -> Files:
    """Return digest and size of each file below some folders, by its path."""
    return {
        str(path): (hashlib.sha1(data := path.read_bytes()).digest(), len(data))
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


def changed(before: Files, after: Files) -> list[int]:
    """Return the size of each file that is new or different."""
    return [entry[1] for name, entry in after.items() if before.get(name) != entry]


class _Handler(SimpleHTTPRequestHandler):
    """Serves files compressed as GitHub Pages does, and counts the bytes of bodies."""

    protocol_version = "HTTP/1.1"
    sent: list[
        tuple[float, str, int]
    ]  # when a file was asked for, in milliseconds; its path, bytes of the body

    def do_GET(self) -> None:
        asked = time.time() * 1000
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        is_packed = path.suffix in _COMPRESSED
        body = _packed(path) if is_packed else path.read_bytes()
        self.sent.append((asked, self.path, len(body)))
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if is_packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@functools.cache
def _packed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, type[_Handler]]]:
    """Serve a folder on this machine."""
    handler = type("Handler", (_Handler,), {"sent": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", handler
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium."""
    path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def measure(
    browser: Browser,
    folder: Path,
    start: str,
    queries: Sequence[str],
    counts: Callable[[str], object],
    script: str = "",
) -> Figures:
    """Ask each query on a fresh page with an empty cache, then again on the same page.

    The bytes are those of all that ``counts`` is true of.
    """
    figures = Figures([], [], [])
    with served(folder) as (address, handler):
        for query in queries:
            context = browser.new_context()
            handler.sent.clear()
            page = _opened(context.new_page(), address + start, script)
            first, end, _ = page.evaluate("(query) => find(query, 10)", query)
            sizes = [size for asked, path, size in handler.sent if asked <= end and counts(path)]
            figures.sizes.append(sum(sizes))
            figures.cold.append(first)
            page.wait_for_load_state("networkidle")
            for _ in range(WARM):
                page.evaluate("() => find('neurons', 10)")
                page.wait_for_timeout(300)  # what the page does after the first hits
                figures.warm.append(page.evaluate("(query) => find(query, 10)", query)[0])
            context.close()
    return figures


def _opened(page: Page, address: str, script: str) -> Page:
    page.goto(address, wait_until="networkidle")
    if script:
        page.evaluate(script)
    page.wait_for_function("() => globalThis.find")
    return page


def found(
    browser: Browser, folder: Path, start: str, queries: Sequence[str], script: str = ""
) -> list[list[str]]:
    """Return the addresses of the first ten hits of each query."""
    with served(folder) as (address, _):
        page = _opened(browser.new_page(), address + start, script)
        hits = [page.evaluate("(query) => find(query, 10)", query)[2] for query in queries]
        page.close()
    return hits


def ours(browser: Browser, output: Path, queries: Sequence[str]) -> Figures:
    """Return the figures of a built site's search page."""
    return measure(browser, output, "search/", queries, _OUR_FILES.match, _OURS)


def theirs(browser: Browser, site: Path, queries: Sequence[str]) -> Figures:
    """Return the figures of Pagefind."""
    return measure(browser, site, "", queries, lambda path: path != "/")


def our_hits(browser: Browser, output: Path, queries: Sequence[str]) -> list[list[str]]:
    """Return the addresses of the first ten hits of each query on a built site's search page."""
    return found(browser, output, "search/", queries, _OURS)


def their_hits(browser: Browser, site: Path, queries: Sequence[str]) -> list[list[str]]:
    """Return the addresses of the first ten hits of each query by Pagefind."""
    return found(browser, site, "", queries)


def told(values: Sequence[float]) -> str:
    """Return the fastest, the median, and the slowest of nineteen in twenty."""
    ordered = sorted(values)
    return (
        f"{ordered[0]:.0f} ms at best, median {statistics.median(ordered):.0f},"
        f" p95 {ordered[int(len(ordered) * 0.95)]:.0f}"
    )
