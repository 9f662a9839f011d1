"""The golden site: what it must look like, and `make golden`, which refreshes that from what is built now.

The whole site is kept as digests, and some files in full, so that a change can be reviewed as a diff
without a thousand files in the repository.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from hashlib import blake2b
from pathlib import Path

from conftest import GOLDEN, build, copy_content

EXPECTED = GOLDEN / "expected"
DIGESTS = EXPECTED / "digests.txt"

# One of each kind of page, and the awkward papers.
IN_FULL = (
    "404.html",
    "about/index.html",
    "abs/2512.31415/index.html",
    "abs/2601.00042/index.html",
    "abs/2603.07369/index.html",
    "abs/q-bio/0309001/index.html",
    "archive/2026/03/07/index.html",
    "archive/2026/03/23/index.html",
    "archive/2026/03/index.html",
    "archive/2026/index.html",
    "archive/index.html",
    "authors/by-letter/g/index.html",
    "authors/index.html",
    "authors/ralf-m-haefner/index.html",
    "categories/index.html",
    "categories/q-bio.NC/index.html",
    "categories/q-bio.NC/papers.bib",
    "feed.xml",
    "index.html",
    "manifest.webmanifest",
    "notes/index.html",
    "papers.json",
    "robots.txt",
    "sitemap.xml",
)

_DIGEST = re.compile(rb"(\bstatic/[\w/.-]+?)\.[0-9a-f]{8}(?=\.[a-z0-9]+\b)")


def files_of(output: Path) -> dict[str, bytes]:
    """Return every file of a site by its path, the manifest left out: it is sitegen's own."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.name != ".sitegen-manifest"
    }


def without_digests(files: dict[str, bytes]) -> dict[str, bytes]:
    """Take the digests out of the names of static files, so that a new style sheet changes no page here."""
    return {
        _DIGEST.sub(rb"\1", path.encode()).decode(): _DIGEST.sub(rb"\1", data)
        if path.endswith(("html", "css", "webmanifest"))
        else data
        for path, data in files.items()
    }


def digests(files: dict[str, bytes]) -> str:
    """Return a line for each file: the digest of its bytes, and its path."""
    return "".join(f"{blake2b(files[path], digest_size=16).hexdigest()}  {path}\n" for path in sorted(files))


def refresh() -> None:
    """Build the golden site and keep it as what is expected from now on."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = without_digests(files_of(build(copy_content(folder), folder / "output")))
    shutil.rmtree(EXPECTED, ignore_errors=True)
    for path in IN_FULL:
        target = EXPECTED / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files[path])
    DIGESTS.write_text(digests(files), "utf-8")


if __name__ == "__main__":
    refresh()
