"""Measures the search index of a large corpus: `make bench-search`; see --help.

Prints the size of the index, what a query reads, what 15 new papers change, the processor time that search adds to
a build, and how often the wanted paper of a known-item query comes first and among the first ten. Bytes are those of
gzip, as GitHub Pages sends them.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import corpus
from bench import CORPUS
from known_items import KINDS, KnownItem, known_items
from msgspec.structs import replace

from sitegen.build import build, read_feeds
from sitegen.feeds.store import Feeds
from sitegen.fetch import writer
from sitegen.incremental.cache import Cache
from sitegen.library.merge import merge
from sitegen.models import ArxivId, Paper
from sitegen.search import engine, reader
from sitegen.search.index import value_of
from sitegen.site.derived import DerivedFields, derive
from sitegen.site.search_files import SearchFiles
from sitegen.text import abstract

NEW_PAPERS, QUERIES_READ, HITS = 15, 200, 10


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="search", description="Measure the search index.")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="DIR", help="a folder of feed files")
    parser.add_argument(
        "--sizes", default="11803", metavar="N,N", help="papers; pages are built of the first"
    )
    parser.add_argument("--queries", type=int, default=400, metavar="N", help="known-item queries")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the queries")
    options = parser.parse_args()
    records = corpus.read(options.corpus)
    for number, size in enumerate(map(int, options.sizes.split(","))):
        with tempfile.TemporaryDirectory() as folder:
            content = Path(folder) / "content"
            corpus.write(records, size, content / "feeds")
            _write_settings(content)
            print(f"\n{size:,} papers")
            _measure(content, options.queries, options.seed, with_pages=number == 0)
    return 0


def _write_settings(content: Path) -> None:
    (content / "site.toml").write_text(
        'title = "Benchmark"\nurl = "https://example.org/"\ndescription = "A corpus."\n', "utf-8"
    )


def _measure(content: Path, queries: int, seed: int, *, with_pages: bool) -> None:
    feeds = read_feeds(content)
    papers = merge(feeds.papers)
    site = Index(content, papers, feeds)
    output = content.parent / "output"
    if with_pages:
        build(content, output)
    site.print_size()
    site.print_bytes(random.Random(seed), output if with_pages else None)
    site.print_known_items(queries, seed)
    site.print_new_papers()
    _print_time(papers, feeds, content)


class Index:
    """The index of a corpus, and what is read of it."""

    def __init__(self, content: Path, papers: Sequence[Paper], feeds: Feeds) -> None:
        self.content, self.papers = content, papers
        self.derived = _derived(papers, feeds, content)
        self.files = {name: text.encode() for name, text in _texts(_search_files(self.derived, content))}
        self.read: set[str] = set()

    def load(self, name: str) -> Any:
        """Return the value of a file, and note that it was read."""
        self.read.add(name)
        return value_of(self.files[name].decode())

    def fresh(self) -> reader.Files:
        """Return the files as a browser has them that has read the head only."""
        self.read.clear()
        return reader.Files(self.load("head"))

    def identifier(self, files: reader.Files, paper: int) -> str:
        """Return the identifier of a paper by its number."""
        name, place = reader.papers_at(files, paper)
        return str(self.load(name)[0].split(" ")[place])

    def print_size(self) -> None:
        """Print the number and the size of the files."""
        size, papers = sum(map(len, self.files.values())), len(self.papers)
        packed = sum(map(_packed, self.files.values()))
        print(
            f"  index: {len(self.files)} files, {size / papers:.0f} B a paper raw, {packed / papers:.0f} gzip"
        )

    def print_bytes(self, chance: random.Random, output: Path | None) -> None:
        """Print what queries of two title words read until the first ten hits, with their pages if there are any."""
        titles = [words for paper in self.papers if len(words := _long_words(paper.title)) > 1]
        index, pages = [], []
        for words in chance.sample(titles, min(len(titles), QUERIES_READ)):
            files = self.fresh()
            found = engine.search(files, self.load, " ".join(chance.sample(words, 2)))
            hits = [self.identifier(files, paper) for paper in found.papers[:HITS]]
            index.append(sum(_packed(self.files[name]) for name in self.read))
            if output:
                pages.append(sum(_packed((output / f"abs/{hit}/index.html").read_bytes()) for hit in hits))
        print(f"  two title words read {_kilobytes(index)} of the index, head included")
        if output:
            script = _packed(next(output.glob("static/search.*.js")).read_bytes())
            whole = [script + one + other for one, other in zip(index, pages, strict=True)]
            print(
                f"  with the pages of {HITS} hits and the engine ({script / 1000:.1f} KB): {_kilobytes(whole)}"
            )

    def print_known_items(self, number: int, seed: int) -> None:
        """Print how often the wanted paper comes first, and among the first ten."""
        records = [self.derived.search_record(paper) for paper in self.papers]
        abstracts = [abstract.to_text(paper.abstract) for paper in self.papers]
        files, asked, first, ten = self.fresh(), Counter[str](), Counter[str](), Counter[str]()
        for item in known_items(records, abstracts, number, seed):
            hits = self._hits(files, item)
            asked[item.kind] += 1
            first[item.kind] += hits[:1] == [item.base]
            ten[item.kind] += item.base in hits
        for kind in KINDS:
            if asked[kind]:
                print(
                    f"    {kind:16} first {first[kind] / asked[kind]:6.1%}, in ten {ten[kind] / asked[kind]:6.1%}"
                )
        print(
            f"  known items: first {first.total() / number:.1%}, in the first ten {ten.total() / number:.1%}"
        )

    def _hits(self, files: reader.Files, item: KnownItem) -> list[str]:
        found = engine.search(files, self.load, item.query)
        return [self.identifier(files, paper) for paper in found.papers[:HITS]]

    def print_new_papers(self) -> None:
        """Print what new papers change: files, bytes and processor time; and how much at most, over many days."""
        files, bytes_changed = [], []
        before, papers = self.files, list(self.papers)
        for day in range(24):
            papers = [*_new_papers(papers, day), *papers]
            writer.save(
                self.content / "feeds",
                f"new-{day:02}",
                papers[:NEW_PAPERS],
                title="new",
                updated=papers[0].updated,
            )
            feeds = read_feeds(self.content)
            after = {
                name: text.encode()
                for name, text in _texts(
                    _search_files(_derived(merge(feeds.papers), feeds, self.content), self.content)
                )
            }
            changed = [name for name, data in after.items() if before.get(name) != data]
            files.append(len(changed))
            bytes_changed.append(sum(len(after[name]) for name in changed))
            before = after
        usual = sorted(zip(bytes_changed, files, strict=True))
        folds = [pair for pair in usual if pair[1] > 60]
        usual = [pair for pair in usual if pair[1] <= 60]
        print(
            f"  {NEW_PAPERS} new papers rewrite {max(pair[1] for pair in usual)} files at most,"
            f" {statistics.mean(pair[0] for pair in usual) / 1000:.0f} KB on average, {usual[-1][0] / 1000:.0f} KB at"
            f" most; {len(folds)} of 24 times all, {folds[-1][0] / 1e6 if folds else 0:.1f} MB"
        )


def _new_papers(papers: Sequence[Paper], day: int) -> list[Paper]:
    """Return papers that were submitted after all others, with texts of old ones."""
    newest = max(paper.updated for paper in papers).astimezone(UTC)
    found = []
    for number, paper in enumerate(random.Random(day).sample(papers, NEW_PAPERS)):
        when = newest + timedelta(minutes=NEW_PAPERS - number)
        name = ArxivId(f"2912.{day * 100 + number + 1:05}", 1)
        found.append(replace(paper, id=name, published=when, updated=when, versions=(), announcements=()))
    return found


def _derived(papers: Sequence[Paper], feeds: Feeds, content: Path) -> DerivedFields:
    return DerivedFields(papers, feeds, _cache(content), program=b"", zone=UTC)


def _cache(content: Path) -> Cache:
    return Cache(content.parent / ".sitegen")


def _search_files(derived: DerivedFields, content: Path) -> SearchFiles:
    return SearchFiles(derived.papers, derived, _cache(content), b"")


def _texts(files: SearchFiles) -> Iterator[tuple[str, str]]:
    return ((name, files.text(name)) for name in files.names)


def _print_time(papers: Sequence[Paper], feeds: Feeds, content: Path) -> None:
    """Print the processor time that search adds to a build."""
    derived = _derived(papers, feeds, content)
    every = _seconds(lambda: [derive(paper) for paper in papers])
    files = _seconds(lambda: _cold(derived, content))
    same = _seconds(lambda: _search_files(derived, content))
    print(
        f"  processor: all derived values {every:.2f} s; both tiers {files:.2f} s cold, {same:.3f} s unchanged"
    )


def _cold(derived: DerivedFields, content: Path) -> None:
    for path in (content.parent / ".sitegen").glob("search/*"):
        path.unlink()
    list(_texts(_search_files(derived, content)))


def _seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of the fastest of three runs."""
    gc.disable()
    found = []
    for _ in range(3):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    gc.enable()
    return min(found)


def _long_words(title: str) -> list[str]:
    return [
        word
        for word in dict.fromkeys(abstract.to_text(title).lower().split())
        if len(word) > 3 and word.isalpha()
    ]


def _packed(data: bytes) -> int:
    return len(gzip.compress(data, 6))


def _kilobytes(sizes: Sequence[int]) -> str:
    return f"{statistics.mean(sizes) / 1000:.1f} KB on average, {max(sizes) / 1000:.1f} KB at most"


if __name__ == "__main__":
    raise SystemExit(main())
