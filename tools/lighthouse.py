"""Measures pages of a built site with Lighthouse, behind a server that compresses as GitHub Pages does.

Usage: python tools/lighthouse.py SITE [RUNS]. Prints the scores of the largest page of each kind, and exits with 1 if
one is below DEMANDED; the score for performance is the median of RUNS runs (default 5). `tools/prepare_lighthouse.sh`
installs Lighthouse.
"""

from __future__ import annotations

import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable

BASE_PATH = "/repo/"
DEMANDED = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
LIGHTHOUSE = Path(__file__).parent.parent / ".cache/lighthouse/node_modules/lighthouse/cli/index.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COMPRESSED = (".html", ".css", ".js", ".svg", ".json", ".xml", ".webmanifest", "/")


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves a folder under BASE_PATH: compressed text, kept by browsers for ten minutes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path.removeprefix(BASE_PATH.rstrip("/"))))
        path = path / "index.html" if path.is_dir() else path
        if not self.path.startswith(BASE_PATH) or not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in COMPRESSED:
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def main(site: Path, runs: int) -> int:
    """Return 0 if all scores are as demanded, otherwise 1."""
    failed = False
    with served(site) as address:
        for kind, path in pages(site).items():
            reports = [report(address + path, DEMANDED)]
            reports += [report(address + path, ["performance"]) for _ in range(runs - 1)]
            scores = {
                name: [score(one, name) for one in reports if name in one["categories"]] for name in DEMANDED
            }
            medians = {name: statistics.median(values) for name, values in scores.items()}
            shift = max(one["audits"]["cumulative-layout-shift"]["numericValue"] for one in reports)
            line = ", ".join(f"{name} {value:g}" for name, value in medians.items())
            print(f"{kind}: {line} (performance {scores['performance']}, CLS {shift:.4f})", flush=True)
            for name, demanded in DEMANDED.items():
                if medians[name] < demanded:
                    failed = True
                    print(f"  {name} is below {demanded}: {'; '.join(reasons(reports[0], name))}", flush=True)
    return int(failed)


def pages(site: Path) -> dict[str, str]:
    """Return a page of each kind, the largest there is, as a path below the site's root."""

    def largest(pattern: str) -> str:
        found = max(site.glob(pattern), key=lambda path: (path.stat().st_size, path.as_posix()))
        return found.parent.relative_to(site).as_posix() + "/"

    digits = "[0-9]" * 2
    return {
        "home": "",
        "paper": largest("abs/*/index.html"),
        "author": largest("authors/*/index.html"),
        "day": largest(f"archive/*/{digits}/{digits}/index.html"),
        "month": largest(f"archive/*/{digits}/index.html"),
    }


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; yield its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{BASE_PATH}"
        server.shutdown()
        thread.join()


def report(address: str, categories: list[str] | dict[str, int]) -> Any:
    """Return Lighthouse's report of a page on a simulated phone."""
    node, _ = compute_driver_executable()
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    with tempfile.NamedTemporaryFile(suffix=".json") as target:
        options = [
            f"--only-categories={','.join(categories)}",
            "--output=json",
            f"--output-path={target.name}",
        ]
        options += ["--quiet", "--no-enable-error-reporting", "--chrome-flags=--headless=new --no-sandbox"]
        command = [node, LIGHTHOUSE, address, *options]
        subprocess.run(command, check=True, env=os.environ | {"CHROME_PATH": str(browser)})
        return json.load(target)


def score(one: Any, category: str) -> int:
    """Return a score from 0 to 100."""
    return round(100 * (one["categories"][category]["score"] or 0))


def reasons(one: Any, category: str) -> list[str]:
    """Return what costs points, such as ``Largest Contentful Paint 2.6 s``."""
    audits = [one["audits"][ref["id"]] for ref in one["categories"][category]["auditRefs"] if ref["weight"]]
    return [
        f"{audit['title']} {audit.get('displayValue', '')}".strip()
        for audit in audits
        if audit["score"] is not None and audit["score"] < 1
    ]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5))
