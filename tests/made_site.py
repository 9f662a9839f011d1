"""A site of any size, made of the feeds that the tests have: the same one every time."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Collection, Iterator
from html import escape
from pathlib import Path
from random import Random
from typing import NamedTuple

from conftest import GOLDEN, PROJECT

FEEDS = PROJECT / "tests" / "data" / "feeds"
SHIPPED = FEEDS / "api-today.atom.xml"
# Read beside the golden content: affiliations, an old identifier, RSS of both kinds, no category of the field.
OTHERS = ("api-2012.atom.xml", "api-affiliations.atom.xml", "api-old-identifier.atom.xml", "daily.rss.xml")

MANIFEST = ".sitegen-manifest"

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/made</id>
  <title>made</title>
  <updated>2026-03-20T00:00:00Z</updated>
"""
_ENTRY = re.compile(r"  <entry>\n.*?  </entry>\n", re.DOTALL)
_ID = re.compile(r"<id>http://arxiv\.org/abs/(\S+?)v(\d+)</id>")
_CROSS_LISTS = ("cs.NE", "stat.ML", "cond-mat.dis-nn", "q-bio.QM", "cs.LG", "eess.IV")
_SETTINGS = """title = "Neurons & Cognition"
url = "https://example.org/archive/"
description = "Made for tests."
language = "en"
owner = "Nobody"
theme_color = "#0d5c63"
timezone = "UTC"

[field]
name = "Neurons and Cognition"
category = "q-bio.NC"

[lists]
page_size = 20
feed_size = 30
person_feed = 3
fold_authors = 5
home_days = 3
"""
_NOTE = """+++
arxiv = "2504.00003"
title = "A first look"
date = 2025-03-01
+++

It stands beside [another](arxiv:2505.00004): $a^2 + b^2$, and ![a plot](/static/plot.svg).
"""


class Feed(NamedTuple):
    """A feed file of arXiv's API, cut into its entries."""

    head: str
    entries: tuple[str, ...]
    tail: str = "</feed>\n"


class Text(NamedTuple):
    """What papers are made of: titles, abstracts and names of real ones."""

    titles: tuple[str, ...]
    abstracts: tuple[str, ...]
    people: tuple[str, ...]


def read_feed(path: Path) -> Feed:
    """Read a feed file, packed or not."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    entries = tuple(_ENTRY.findall(text))
    head, tail = (text.partition(entries[0])[0], text.rpartition(entries[-1])[2]) if entries else (_HEAD, "")
    return Feed(head, entries, tail or "</feed>\n")


def write_feed(path: Path, feed: Feed) -> None:
    """Write a feed file, packed where its name says so."""
    data = "".join((feed.head, *feed.entries, feed.tail)).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def new_feed(entries: tuple[str, ...]) -> Feed:
    """Return a feed of these entries."""
    return Feed(_HEAD, entries)


def identifier(entry: str) -> tuple[str, int]:
    """Return the identifier and the version of an entry; none of a spoilt one."""
    found = _ID.search(entry)
    return (found[1], int(found[2])) if found else ("", 0)


def texts(people: int) -> Text:
    """Return the texts of the shipped feed, with as many names as are asked for."""
    entries = "".join(read_feed(SHIPPED).entries)
    names = sorted(set(re.findall(r"<name>(.*?)</name>", entries)))
    given, family = [name.split()[0] for name in names], [name.split()[-1] for name in names]
    more = (f"{given[number % 61]} {family[number * 7 % 59]}" for number in range(10 * people))
    return Text(
        titles=tuple(re.findall(r"<title>(.*?)</title>", entries)),
        abstracts=tuple(re.findall(r"<summary>(.*?)</summary>", entries, re.DOTALL)),
        people=tuple(dict.fromkeys([*names, *more]))[:people],
    )


def new_entry(random: Random, source: Text, name: str, version: int = 1, year: int = 2025) -> str:
    """Return a paper that nobody wrote."""
    month, day, hour = random.randint(1, 12), random.randint(1, 6), random.randint(0, 23)
    first = f"{year}-{month:02}-{day:02}T{hour:02}:30:{random.randint(0, 59):02}Z"
    last = first if version == 1 else f"{year + 1}-01-{version:02}T00:00:01Z"
    authors = random.sample(source.people, random.randint(1, min(8, len(source.people))))
    title = (
        f"{escape(random.choice(('On', 'Against', 'A model of', 'Notes on')))} {random.choice(source.titles)}"
    )
    tags = ("q-bio.NC", *random.sample(_CROSS_LISTS, random.randint(0, 2)))
    return "".join(
        [
            f"  <entry>\n    <id>http://arxiv.org/abs/{name}v{version}</id>\n",
            f"    <title>{title}, part {name}</title>\n    <updated>{last}</updated>\n",
            f"    <summary>{random.choice(source.abstracts)} See $x_{{{version}}} \\le n^2$.</summary>\n",
            *(f'    <category term="{tag}" scheme="http://arxiv.org/schemas/atom"/>\n' for tag in tags),
            f"    <published>{first}</published>\n    <arxiv:comment>{version} pages</arxiv:comment>\n",
            '    <arxiv:primary_category term="q-bio.NC"/>\n',
            *(f"    <author>\n      <name>{author}</name>\n    </author>\n" for author in authors),
            "  </entry>\n",
        ]
    )


def make_site(site: Path, papers: int, people: int, others: Collection[str] = OTHERS) -> Path:
    """Make a site's folder with some papers beside those of the golden site and others; return its content.

    Without ``others`` the shipped feed is missing too, and with it the many people who have one paper only.
    """
    content = site / "content"
    shutil.copytree(GOLDEN / "content", content)
    for name in others:
        shutil.copy(FEEDS / name, content / "feeds" / name)
    if not others:
        (content / "feeds" / "q-bio.NC-2026-03-22.atom.xml").unlink()
    (content / "site.toml").write_text(_SETTINGS, "utf-8")
    (content / "notes" / "a-first-look.md").write_text(_NOTE, "utf-8")
    (content / "pages" / "help").mkdir()
    (content / "pages" / "help" / "search.md").write_text("# Search\n\nAsk [us](/about/).\n", "utf-8")
    for name, feed in _feeds(papers, people):
        write_feed(content / "feeds" / name, feed)
    _add_own_files(site)
    return content


def _feeds(papers: int, people: int) -> Iterator[tuple[str, Feed]]:
    random, source = Random(5), texts(people)
    names = [f"25{number % 11 + 1:02}.{number:05}" for number in range(1, papers - 4)]
    names += [f"q-bio/030{number}00{number}" for number in range(1, 6)]
    entries = [
        new_entry(random, source, name, year=2003 if "/" in name else 2025 - (number % 9 == 8))
        for number, name in enumerate(names)
    ]
    for start in range(0, papers, 25):
        yield (
            f"made-{start // 25}.xml{'.gz' if start == 25 else ''}",
            new_feed(tuple(entries[start : start + 25])),
        )
    for version in (2, 4):
        revised = names[:: 5 * version]
        yield (
            f"revised-{version}.xml",
            new_feed(tuple(new_entry(random, source, name, version) for name in revised)),
        )


def _add_own_files(site: Path) -> None:
    for folder in ("templates", "static/pictures"):
        (site / folder).mkdir(parents=True)
    built_in = (PROJECT / "templates" / "letter.html").read_text("utf-8")
    (site / "templates" / "letter.html").write_text(built_in.replace("</h1>", "</h1><!-- ours -->"), "utf-8")
    (site / "static" / "plot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>\n', "utf-8")
    (site / "static" / "own.css").write_text('p { background: url("pictures/dot.gif") }\n', "utf-8")
    (site / "static" / "pictures" / "dot.gif").write_bytes(bytes(range(64)))


def make_small_site(site: Path) -> Path:
    """Make the folder of a site of few pages, with templates that take no time; return its content."""
    content = site / "content"
    for folder in ("content/feeds", "content/pages", "templates", "static"):
        (site / folder).mkdir(parents=True)
    (content / "site.toml").write_text('title = "T"\nurl = "https://example.org/"\n', "utf-8")
    shutil.copy(FEEDS / "api-old-identifier.atom.xml", content / "feeds")
    (content / "pages" / "about.md").write_text("# About\n", "utf-8")
    (site / "static" / "file").write_text("text", "utf-8")
    for template in (PROJECT / "templates").glob("*.html"):
        text = "" if template.name.startswith("_") else "{{ page.title }} · {{ site.title }}"
        (site / "templates" / template.name).write_text(text, "utf-8")
    return content


def change_all_pages(content: Path) -> None:
    """Change the small site: one page more, another gone whose name is a folder's now, a new title on every page."""
    shutil.rmtree(content / "pages")
    (content / "pages" / "about").mkdir(parents=True)
    (content / "pages" / "about" / "us.md").write_text("# Us\n", "utf-8")
    (content.parent / "static" / "file").unlink()
    (content.parent / "static" / "file").mkdir()
    (content.parent / "static" / "file" / "inside").write_text("text", "utf-8")
    (content / "site.toml").write_text('title = "U"\nurl = "https://example.org/"\n', "utf-8")


def copy_site(site: Path, target: Path) -> Path:
    """Copy what a site is made of, and nothing that a build made; return the copy's content."""
    for name in ("content", "templates", "static"):
        if (site / name).exists():
            shutil.copytree(site / name, target / name)
    return target / "content"


def all_files(output: Path) -> dict[str, bytes]:
    """Return every file of an output folder by its path, the list that sitegen keeps of them too."""
    return {name: Path(entry.path).read_bytes() for name, entry in entries_below(output) if entry.is_file()}


def stamps(output: Path) -> dict[str, tuple[int, int]]:
    """Return what tells whether a file of a site was replaced or rewritten: inode and time of the last change."""
    return {
        name: (status.st_ino, status.st_mtime_ns)
        for name, entry in entries_below(output)
        if entry.is_file() and name != MANIFEST
        for status in (entry.stat(),)
    }


def entries_below(folder: Path | str, within: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield all that is below a folder with its path from there; pathlib takes several times as long."""
    for entry in os.scandir(folder):
        yield within + entry.name, entry
        if entry.is_dir(follow_symlinks=False):
            yield from entries_below(entry.path, f"{within}{entry.name}/")


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Return the paths that only one of two sites has, or that hold something else in each."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def paper_by(number: int, authors: Collection[str], title: str, year: int = 2026) -> str:
    """Return an entry of a small feed, with little but its authors."""
    moment = f"{year}-03-{number:02}T12:00:00Z"
    credits = "".join(f"<author><name>{escape(author)}</name></author>" for author in authors)
    return (
        f"<entry><id>http://arxiv.org/abs/2603.{number:05}v1</id><title>{title}</title><summary>Text.</summary>"
        f"<published>{moment}</published><updated>{moment}</updated>{credits}"
        '<category term="q-bio.NC" scheme="http://arxiv.org/schemas/atom"/></entry>'
    )


def write_small_content(content: Path, url: str, entries: str) -> Path:
    """Make a content folder of settings and one feed; return it."""
    (content / "feeds").mkdir(parents=True)
    (content / "site.toml").write_text(f'title = "Site"\nurl = "{url}"\n')
    (content / "feeds" / "feed.xml").write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
        f"<id>http://arxiv.org/api/x</id><title>T</title><updated>2026-03-20T00:00:00Z</updated>{entries}</feed>",
        "utf-8",
    )
    return content
