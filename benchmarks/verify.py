"""Checks that a built site is complete: `bench.py --verify`."""

from __future__ import annotations

import json
import re
from pathlib import Path


def verify(output: Path) -> list[str]:
    """Return what a built site lacks: a paper's page, an author on it, or the paper on the author's page."""
    papers = json.loads((output / "papers.json").read_text("utf-8"))
    problems = [] if papers else ["papers.json is empty"]
    listed = {
        slug.name: {
            url for page in slug.rglob("index.html") for url in _linked(page.read_text("utf-8"), "abs")
        }
        for slug in (output / "authors").iterdir()
        if slug.is_dir() and slug.name != "by-letter"
    }
    for paper in papers:
        page = output / paper["url"] / "index.html"
        if not page.is_file():
            problems.append(f"{paper['id']}: there is no {paper['url']}")
            continue
        # Authors stand before the first section; what follows names those of other papers.
        authors = _linked(page.read_text("utf-8").split("<h2", 1)[0], "authors")
        if len(authors) != len(paper["authors"]):
            problems.append(f"{paper['id']}: shows {len(authors)} of {len(paper['authors'])} authors")
        problems += (
            f"{paper['id']}: is not on the page of {author}"
            for author in authors
            if paper["url"].removeprefix("abs/").rstrip("/") not in listed.get(author, ())
        )
    return problems


def _linked(text: str, section: str) -> list[str]:
    return re.findall(rf'href="(?:\.\./)+{section}/([^"]+)/"', text)
