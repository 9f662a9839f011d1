"""Measures the search for related papers: `make bench-related`; see --help.

Prints how often a paper that cites another one by its arXiv identifier has this among its first five neighbours, the
share of papers without neighbours and of neighbours with only authors in common, the processor time of a first search
and of one after 15 new papers, and the number of old papers that these are near to. With --sample, some papers with
their neighbours and what they share are printed, for a reader to judge.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from bench import CORPUS

from sitegen.feeds import store
from sitegen.incremental import checksum
from sitegen.incremental.cache import Cache
from sitegen.library import related
from sitegen.library.merge import merge
from sitegen.models import Paper, Related

T = TypeVar("T")

LABELS = CORPUS.parent / "related-by-citation.json"
NEW = 15  # papers of a new feed
# Of 191 labelled papers, as measured before abstracts were compared. The method was: shared authors and rare terms of
# titles.
FORMER_HITS = 0.712

Neighbours = Mapping[str, Sequence[Related]]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="related", description="Measure the search for related papers.")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="DIR", help="a folder of feed files")
    parser.add_argument(
        "--labels", type=Path, default=LABELS, metavar="FILE", help="JSON: papers by paper, both identifiers"
    )
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="print N papers with neighbours")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the choice of papers to print")
    options = parser.parse_args()
    papers = papers_of(options.corpus)
    if not papers:
        print(
            f"related: no papers in {options.corpus}: name a folder of feeds with --corpus", file=sys.stderr
        )
        return 1
    gc.disable()  # as in a build
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        before = _search(papers[:-NEW], cache, f"first search, {len(papers) - NEW:,} papers")
        now = _search(papers, cache, f"search after {NEW} new papers")
    print(f"old papers with other neighbours: {sum(near != now[base] for base, near in before.items())}")
    if options.labels.exists():
        _print_hits(now, json.loads(options.labels.read_text()))
    _print_shares(now)
    titles = {paper.id.base: " ".join(paper.title.split()) for paper in papers}
    for base in random.Random(options.seed).sample(sorted(now), options.sample):
        _print_neighbours(base, now[base], titles)
    return 0


def papers_of(folder: Path) -> list[Paper]:
    """Return the papers of a folder of feed files, the oldest first."""
    with tempfile.TemporaryDirectory() as cache:
        feeds = store.read_all(
            folder,
            Cache(Path(cache)),
            program=b"",
            derive=lambda paper: store.Derived(paper, b"", b""),
            jobs=os.cpu_count() or 1,
            progress=lambda *_: None,
        )
    return sorted(merge(feeds.papers), key=lambda paper: paper.id.sort_key)


def _search(papers: Sequence[Paper], cache: Cache, title: str) -> Neighbours:
    """Search as a build does, print the time, and return the neighbours of each paper."""
    digests = [checksum.digest(repr(paper).encode()) for paper in papers]
    search = related.Search(papers, digests, cache, b"")
    answer = _timed(title, search.run)
    search.save()
    return {base: related.decode_neighbours(part) for base, part in related.decode_answer(answer).items()}


def _timed(title: str, work: Callable[[], T]) -> T:
    started, started_cpu = time.perf_counter(), time.process_time()
    result = work()
    wall, cpu = time.perf_counter() - started, time.process_time() - started_cpu
    print(f"{title}: {cpu:.2f} processor s, {wall:.2f} s")
    return result


def _print_hits(found: Neighbours, labels: Mapping[str, Sequence[str]]) -> None:
    """Print the share of papers of which a labelled one is among the neighbours.

    It is also given with one vote for each group of papers that citations link, and without the largest group: a
    tenth of all labels are the talks of one symposium, which cite its proceedings.
    """
    hits = {
        base: any(near.id in expected for near in found[base])
        for base, expected in labels.items()
        if base in found
    }
    groups = sorted(_groups(labels, hits), key=len)
    votes = [_mean([hits[base] for base in group]) for group in groups]
    others = [hits[base] for group in groups[:-1] for base in group]
    print(
        f"hit in the first five: {_mean(hits.values()):.3f} of {len(hits)} papers (formerly {FORMER_HITS}); "
        f"{_mean(votes):.3f} with one vote for each of {len(groups)} groups; "
        f"{_mean(others):.3f} of {len(others)} papers outside the largest group"
    )


def _groups(labels: Mapping[str, Sequence[str]], papers: Iterable[str]) -> list[set[str]]:
    """Return the papers in groups of those that labels link."""
    groups: list[set[str]] = []
    for base in papers:
        linked = {base, *labels[base]}
        apart = [group for group in groups if group.isdisjoint(linked)]
        groups = [*apart, linked.union(*[group for group in groups if not group.isdisjoint(linked)])]
    known = set(papers)
    return [group & known for group in groups]


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / max(1, len(numbers))


def _print_shares(found: Neighbours) -> None:
    near = [neighbour for neighbours in found.values() for neighbour in neighbours]
    none = _mean(not neighbours for neighbours in found.values())
    authors = _mean(not neighbour.topics for neighbour in near)
    print(f"papers without a neighbour: {none:.1%}; neighbours with only authors in common: {authors:.1%}")


def _print_neighbours(base: str, found: Iterable[Related], titles: Mapping[str, str]) -> None:
    print(f"\n{base}  {titles[base]}")
    for near in found:
        shared = [f"authors: {', '.join(near.authors)}"] if near.authors else []
        shared += [f"on: {', '.join(near.topics)}"] if near.topics else []
        print(f"  {near.id}  {titles[near.id]}\n      {'; '.join(shared)}")


if __name__ == "__main__":
    sys.exit(main())
