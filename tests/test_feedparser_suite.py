"""The feeds that feedparser is tested with: none of them is arXiv's, and each ends in papers or a clear problem."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import CACHE

from sitegen.errors import FeedError
from sitegen.feeds.feed import parse

# What the class of an error, or a value of Python, would look like.
_UNCLEAR = re.compile(r"Error\(|Exception|Traceback|object at 0x|\bNone\b|<unknown>")


def outcome(path: Path) -> str:
    """Return what is amiss with what becomes of a feed; "" if all is well."""
    try:
        papers, problems = parse(path.read_bytes(), "feeds/a.xml")
    except FeedError as error:
        papers, problems = (), error.problems
    except Exception as error:
        return repr(error)
    if not papers and not problems:
        return "neither papers nor a problem"
    for problem in problems:
        said = str(problem)
        if (
            not said.startswith("feeds/a.xml")
            or not problem.remedy
            or _UNCLEAR.search(said)
            or len(said) > 400
        ):
            return said
    return ""


def test_each_feed_ends_in_papers_or_a_clear_problem() -> None:
    folders = sorted(CACHE.glob("feedparser/*.*.*[0-9]"))
    if not folders:
        pytest.skip("no feeds; tools/prepare_tests.sh fetches them")
    files = [path for path in sorted(folders[-1].rglob("*")) if path.is_file() and path.suffix != ".py"]
    assert len(files) > 2000
    amiss = {str(path.relative_to(folders[-1])): said for path in files if (said := outcome(path))}
    assert not amiss
