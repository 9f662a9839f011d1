"""The front page says when the newest feed is from: by what feeds say themselves, never by a clock."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

import pytest
from conftest import build, copy_content

FEEDS = Path(__file__).parent / "data" / "feeds"
DATED = {
    "api-2012.atom.xml": "2012-10-08",
    "api-today.atom.xml": "2026-03-22",
    "api-empty.atom.xml": "2026-04-12",  # nothing new is news too
    "daily-2023.rdf.xml": "2023-12-29",  # half past eight in the evening of the 28th, in New York
    "daily-empty.rss.xml": "2024-02-25",
    "daily.atom.xml": "2024-08-23",
    "daily.rss.xml": "2024-02-23",
    "api-error.atom.xml": "",  # refused, so it tells nothing
}


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A site without feeds."""
    copied = copy_content(tmp_path)
    for feed in (copied / "feeds").iterdir():
        feed.unlink()
    return copied


def shown(content: Path) -> str:
    """Build a site and return the date of the newest feed on its front page, "" where there is none."""
    home = (build(content, content.parent / "output") / "index.html").read_text("utf-8")
    found = re.search(r'last update: <time datetime="([\d-]+)">', home)
    return found[1] if found else ""


@pytest.mark.parametrize(("name", "day"), DATED.items())
def test_every_dialect_is_dated(content: Path, name: str, day: str) -> None:
    (content / "feeds" / "a.xml").write_bytes((FEEDS / name).read_bytes())
    assert shown(content) == day


def test_the_newest_counts_whatever_the_dates_of_files(content: Path) -> None:
    for number, name in enumerate(DATED):
        path = content / "feeds" / f"{number}.xml.gz"
        path.write_bytes(gzip.compress((FEEDS / name).read_bytes()))
        os.utime(path, (4_000_000_000 - number,) * 2)
    assert shown(content) == "2026-04-12"
    assert shown(content) == "2026-04-12", "as before, from what is remembered"


@pytest.mark.parametrize("date", [b"", b"yesterday", b"2026-13-45T00:00:00Z"])
def test_a_feed_without_a_date_is_a_feed_all_the_same(content: Path, date: bytes) -> None:
    dated = (FEEDS / "api-today.atom.xml").read_bytes()
    without = dated.replace(
        b"<updated>2026-03-22T12:04:09Z</updated>", b"<updated>" + date + b"</updated>", 1
    )
    assert without != dated
    (content / "feeds" / "a.xml").write_bytes(without)
    assert shown(content) == ""
    assert (content.parent / "output" / "abs" / "2603.07369" / "index.html").exists()


def test_no_feed_no_date(content: Path) -> None:
    assert shown(content) == ""
