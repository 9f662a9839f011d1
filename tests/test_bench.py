"""The corpora that `make bench` makes: as many papers as asked for, and such as arXiv could have."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import GOLDEN, PROJECT

from sitegen.feeds import feed, store
from sitegen.models import ArxivId, Paper

sys.path.insert(0, str(PROJECT / "benchmarks"))
import corpus

RECORDS = corpus.read(GOLDEN / "content" / "feeds")


def made(size: int, folder: Path) -> list[Paper]:
    corpus.write(RECORDS, size, folder)
    readings = [feed.read(path, path.name) for path in store.feed_files(folder)]
    assert [problem for _, problems in readings for problem in problems] == []
    return [paper for papers, _ in readings for paper in papers]


def month(id: ArxivId) -> tuple[str, str]:
    archive, _, number = id.base.rpartition("/")
    return archive, number[:4]


@pytest.mark.parametrize("size", [7, len(RECORDS), 4 * len(RECORDS) + 5])
def test_a_corpus_has_as_many_different_papers_as_asked_for(size: int, tmp_path: Path) -> None:
    papers = made(size, tmp_path / "feeds")
    assert len({paper.id.base for paper in papers}) == len(papers) == size
    assert [paper.id for paper in papers] == sorted(
        (paper.id for paper in papers), key=lambda id: id.sort_key
    )


def test_a_copy_is_another_paper_of_the_same_month_by_other_people(tmp_path: Path) -> None:
    papers = made(4 * len(RECORDS), tmp_path / "feeds")
    assert Counter(month(paper.id) for paper in papers) == Counter(
        {key: 4 * count for key, count in Counter(month(record.id) for record in RECORDS).items()}
    )
    titles = Counter(paper.title for paper in papers)
    assert max(titles.values()) < 4
    people = {credit.name.printed for paper in papers for credit in paper.credits}
    real = {name.text for record in RECORDS for name in record.entry.iter(f"{corpus._A}name")}
    assert 2 * len(real) < len(people) < 4 * len(real)


def test_the_same_papers_and_size_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        made(2 * len(RECORDS), tmp_path / folder)
    one, two = (
        [path.read_bytes() for path in sorted((tmp_path / name).iterdir())] for name in ("one", "two")
    )
    assert one == two
