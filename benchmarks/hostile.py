"""Builds a site of each large hostile feed: `make bench-hostile`; see --help.

Prints for each family of ``hostile_feeds`` the size of the file, the processor time and the greatest memory of
`sitegen build`, the size of the site, and what is reported; then the same for large collaborations, and for
2 MB of each piece of text, in seconds a MB.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import hostile_feeds
from hostile_feeds import FAMILIES

from sitegen.text import abstract

_SETTINGS = 'title = "A"\nurl = "https://a.org/"\n'
_MEGABYTE = 1_000_000


class _Built(NamedTuple):
    """What a build took and left."""

    seconds: float  # of the processor
    memory: int  # bytes, of the largest process
    size: int  # bytes of the site
    said: str


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="hostile", description="Build sites of large hostile feeds.")
    parser.add_argument("--megabytes", type=float, default=32, metavar="N", help="size of each file")
    parser.add_argument("--only", default="", metavar="TEXT", help="families whose names contain it")
    parser.add_argument("--limit", type=int, default=120, metavar="S", help="processor seconds for a build")
    options = parser.parse_args()
    size = int(options.megabytes * _MEGABYTE)
    for family in FAMILIES:
        if options.only in family.name:
            _print(family.name, family.make(size), family.suffix, options.limit)
    for name, data in _collaborations():
        if options.only in name:
            _print(name, data, ".xml", options.limit)
    if not options.only:
        _texts()
    return 0


def _print(name: str, data: bytes, suffix: str, limit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        built = _build(Path(folder), data, suffix, limit)
    print(
        f"{name:32} {len(data) / _MEGABYTE:6.1f} MB {built.seconds:6.1f} s {built.memory / _MEGABYTE:6.0f} MB"
        f" {built.size / _MEGABYTE:7.1f} MB of site  {built.said[:80]}",
        flush=True,
    )


def _build(folder: Path, data: bytes, suffix: str, limit: int) -> _Built:
    content, output = folder / "content", folder / "output"
    (content / "feeds").mkdir(parents=True)
    (content / "site.toml").write_text(_SETTINGS)
    (content / "feeds" / f"a{suffix}").write_bytes(data)
    command = [sys.executable, "-m", "sitegen", "build", "--content", str(content), "--output", str(output)]
    said = folder / "said"
    with said.open("wb") as file:
        child = subprocess.Popen(
            [*command, "--jobs", "1"],
            stdout=file,
            stderr=file,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)),
        )
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    lines = said.read_text("utf-8", "replace").replace(str(folder), "").splitlines()
    last = next((line for line in lines if "feeds/a" in line or " papers" in line), "no answer")
    if "Traceback" in " ".join(lines) or child.returncode < 0:
        last = f"FAILED ({child.returncode}): {last}"
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    return _Built(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, size, last)


def _collaborations() -> Iterator[tuple[str, bytes]]:
    for papers, authors in ((3, 2000), (1, 20_000), (40, 3061)):
        people = "".join(f"<author><name>A. B. Smith{n}</name></author>" for n in range(authors))
        rest = f'<summary>{"We measured it again. " * 40}</summary><category term="hep-ex"/>{people}'
        entries = (hostile_feeds.entry(number, rest=rest) for number in range(papers))
        yield f"{papers} papers by {authors:,}", hostile_feeds.feed(*entries)
    rest = '<summary>Few words.</summary><author><name>Ada Lovelace</name></author><category term="hep-ex"/>'
    same_day = (hostile_feeds.entry(number, rest=rest) for number in range(3000))
    yield "3,000 papers of one day and author", hostile_feeds.feed(*same_day)


def _texts() -> None:
    pieces = (
        "\\begin{x}",
        "\\begin{itemize}\\item a ",
        "{",
        "$",
        "`",
        "\\foo{",
        "\\foo ",
        "$x$ ",
        "\n",
        "\\emph{a} ",
    )
    for piece in pieces:
        text = piece * (2 * _MEGABYTE // len(piece))
        started = time.process_time()
        abstract.to_html(text, lambda _: None)
        print(f"{piece!r:32} {(time.process_time() - started) / 2:6.2f} s a MB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
