"""The states of a site that the measured builds of sitegen start from, and the command.

All builds of one size use the same path, because the cache is bound to the path of the output. The folder is a fresh
copy each time, without hard links to other copies, and is made before timing starts.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
NEW_FEED = PROJECT / "sitegen" / "sample.xml"  # 15 papers; content/feeds begins with the same
SITE = """\
title = "Quantitative Biology"
url = "https://example.org/archive/"
"""
NOTE = """\
+++
arxiv = "{paper}"
author = "A reader"
date = 2026-03-22
+++

# What we made of it

{text}
"""
MEMORY = Path("/dev/shm")  # a file system in memory, where there is one


class Room:
    """Creates one site after another, always at the same path."""

    def __init__(self, folder: Path) -> None:
        # The site being built, sites done with, a site that was never built, and one that was.
        self.site = folder / "site"
        self._used = folder / "used"
        self._plain, self._built = folder / "plain", folder / "built"
        self._paper = ""
        self._used.mkdir(parents=True)

    def furnish(self, feeds: Path, paper: str, build: Callable[[], None]) -> None:
        """Keep one copy of a site that was never built, and one that ``build`` has built; both have one note."""
        self._paper = paper
        shutil.copytree(feeds, self._plain / "content" / "feeds")
        (self._plain / "content" / "site.toml").write_text(SITE, "utf-8")
        self._write_note(self._plain, "Two accounts of it were at odds; this one settles the question.")
        _copy(self._plain, self.site)
        build()
        self.site.rename(self._built)

    @property
    def built(self) -> Path:
        """The output of the site that is kept built."""
        return self._built / "output"

    @contextmanager
    def empty(self) -> Iterator[Path]:
        """Give an empty folder in the site's place."""
        self.site.mkdir()
        try:
            yield self.site
        finally:
            self._clear()

    @contextmanager
    def prepared(self, case: str) -> Iterator[Path]:
        """Give a site in the state that a case starts from."""
        _STATES[case](self)
        try:
            yield self.site
        finally:
            self._clear()

    def cold(self) -> None:
        """Give a site that was never built."""
        _copy(self._plain, self.site)

    def cached(self) -> None:
        """Give a site without output, whose cache holds only what was read from feeds."""
        self.cold()
        for kind in ("readings", "texts"):
            _copy(self._built / ".sitegen" / kind, self.site / ".sitegen" / kind)

    def unchanged(self) -> None:
        """Give a built site."""
        _copy(self._built, self.site)

    def feed(self) -> None:
        """Give a built site to which a feed was added."""
        self.unchanged()
        shutil.copy(NEW_FEED, self.site / "content" / "feeds" / "new.atom.xml")

    def template(self) -> None:
        """Give a built site whose owner has changed the template that all pages begin with."""
        self.unchanged()
        text = (PROJECT / "templates" / "base.html").read_text("utf-8")
        changed = text.replace("</footer>", "<p>Kept by the library.</p>\n</footer>")
        assert changed != text
        (self.site / "templates").mkdir()
        (self.site / "templates" / "base.html").write_text(changed, "utf-8")

    def note(self) -> None:
        """Give a built site of which a note was edited."""
        self.unchanged()
        self._write_note(self.site, "Two accounts of it were at odds, and after this one they still are.")

    def _write_note(self, site: Path, text: str) -> None:
        (site / "content" / "notes").mkdir(exist_ok=True)
        note = NOTE.format(paper=self._paper, text=text)
        (site / "content" / "notes" / "reading.md").write_text(note, "utf-8")

    def _clear(self) -> None:
        # On a disk, creating files after many deletions is several times slower, so deletion waits for the end.
        if self.site.is_relative_to(MEMORY):
            shutil.rmtree(self.site)
        else:
            self.site.rename(self._used / str(len(list(self._used.iterdir()))))


_STATES = {
    "cold": Room.cold,
    "cached": Room.cached,
    "unchanged": Room.unchanged,
    "feed": Room.feed,
    "template": Room.template,
    "note": Room.note,
}
TITLES = {
    "cold": "cold, from raw Atom",
    "cached": "cold, feeds read before",
    "unchanged": "nothing changed",
    "feed": "new feed of 15 papers",
    "template": "base template edited",
    "note": "one note edited",
}


def command(jobs: int) -> list[str]:
    """Return the command that builds the site in the current folder."""
    return [
        sys.executable,
        "-m",
        "sitegen",
        "build",
        "--json",
        "--quiet",
        *(["--jobs", str(jobs)] if jobs else []),
    ]


def _copy(source: Path, target: Path) -> None:
    # Without -d, cp copies hard links as separate files. Copying in Python takes ten times longer.
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-RPp", str(source), str(target)], check=True)
