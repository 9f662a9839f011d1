"""Measures the search index of a large corpus: `make bench-search`; see --help.

Prints the size of the index, what a query reads, what 15 new papers change, the processor time that search adds to
a build, and how often the wanted paper of a known-item query comes first and among the first ten; then the same of
Pagefind beside it, in Chromium. Bytes are those of gzip, as GitHub Pages sends them.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import beside_pagefind as pagefind
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
from sitegen.search.index import Record, value_of
from sitegen.search.terms import terms
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
    parser.add_argument(
        "--timed", type=int, default=40, metavar="N", help="queries that are asked in Chromium"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the queries")
    options = parser.parse_args()
    records = corpus.read(options.corpus)
    for number, size in enumerate(map(int, options.sizes.split(","))):
        with tempfile.TemporaryDirectory() as folder:
            content = Path(folder) / "content"
            corpus.write(records, size, content / "feeds")
            _write_settings(content)
            print(f"\n{size:,} papers")
            _measure(content, options, with_pages=number == 0)
    return 0


def _write_settings(content: Path) -> None:
    (content / "site.toml").write_text(
        'title = "Benchmark"\nurl = "https://example.org/"\ndescription = "A corpus."\n', "utf-8"
    )


def _measure(content: Path, options: argparse.Namespace, *, with_pages: bool) -> None:
    feeds = read_feeds(content)
    papers = merge(feeds.papers)
    site = Index(content, papers, feeds)
    output = content.parent / "output"
    if with_pages:
        build(content, output)
    site.print_size()
    site.print_bytes(random.Random(options.seed), output if with_pages else None)
    site.print_known_items(options.queries, options.seed)
    if with_pages:
        _print_beside_pagefind(site, options)
    site.print_new_papers()
    _print_time(papers, feeds, content)


def _print_beside_pagefind(site: Index, options: argparse.Namespace) -> None:
    """Print a table of figures of ours and of Pagefind, of the pages that are built and of those with new papers."""
    if (command := pagefind.program()) is None:
        print("  Pagefind can't be installed, so it is not measured", file=sys.stderr)
        return
    output, other = site.content.parent / "output", site.content.parent / "pagefind"
    processor = [pagefind.index(command, output, other)]
    chance = random.Random(options.seed)
    queries = [" ".join(chance.sample(words, 2)) for words in chance.sample(site.titles, options.timed)]
    items = list(known_items(site.records, site.abstracts, options.queries, options.seed))
    asked = [item.query for item in items]
    with pagefind.chromium() as browser:
        figures = pagefind.ours(browser, output, queries), pagefind.theirs(browser, other, queries)
        hits = pagefind.our_hits(browser, output, asked), pagefind.their_hits(browser, other, asked)
    folders = [output / "search", output / "names"], [other / "pagefind"]
    before = [pagefind.files_below(*own) for own in folders]
    _save_new(site.content, _new_papers(site.papers, 0), 0)
    build(site.content, output)
    for path in (site.content / "feeds").glob("new-00.*"):
        path.unlink()
    processor.append(pagefind.index(command, output, other))
    after = [pagefind.files_below(*own) for own in folders]
    papers = len(site.papers)
    rows = [
        (
            "bytes to ten hits with sentences, mean",
            [f"{statistics.mean(one.sizes) / 1000:.1f} KB" for one in figures],
        ),
        ("first hit, nothing in the cache", [pagefind.told(one.cold) for one in figures]),
        ("first hit, asked before", [pagefind.told(one.warm) for one in figures]),
        ("index: files", [str(len(files)) for files in before]),
        (
            "index: bytes a paper",
            [f"{sum(size for _, size in files.values()) / papers:.0f}" for files in before],
        ),
        (
            "15 new papers: files rewritten",
            [str(len(pagefind.changed(*two))) for two in zip(before, after, strict=True)],
        ),
        (
            "15 new papers: KB",
            [f"{sum(pagefind.changed(*two)) / 1000:.0f}" for two in zip(before, after, strict=True)],
        ),
        (
            "processor, cold and with 15 new papers",
            ["see below", " and ".join(f"{one:.1f} s" for one in processor)],
        ),
    ]
    for kind in ("all", *KINDS):
        at = [place for place, item in enumerate(items) if kind in ("all", item.kind)]
        rows.append((f"known items, first and in ten: {kind}", [_found(one, items, at) for one in hits]))
    print("\n| | sitegen | Pagefind |\n|---|--:|--:|")
    for name, (ours, theirs) in rows:
        print(f"| {name} | {ours} | {theirs} |")


def _found(hits: Sequence[Sequence[str]], items: Sequence[KnownItem], at: Sequence[int]) -> str:
    """Return how often, of the queries at some places, the paper wanted is the first hit and among the first ten."""
    places = [[f"/abs/{items[place].base}/" in address for address in hits[place]] for place in at]
    first, ten = (sum(any(one[:most]) for one in places) / len(at) for most in (1, HITS))
    return f"{first:.1%} / {ten:.1%}"


def _save_new(content: Path, papers: Sequence[Paper], day: int) -> None:
    """Save papers as a feed of their own."""
    name, updated = f"new-{day:02}", papers[0].updated
    writer.save(content / "feeds", name, papers, title="new", updated=updated)


class Index:
    """The index of a corpus, and what is read of it."""

    def __init__(self, content: Path, papers: Sequence[Paper], feeds: Feeds) -> None:
        self.content, self.papers = content, papers
        self.derived = _derived(papers, feeds, content)
        self.files = {name: text.encode() for name, text in _texts(_search_files(self.derived, content))}
        self.read: set[str] = set()

    @cached_property
    def titles(self) -> list[list[str]]:
        """The long words of each title that has two."""
        return [words for paper in self.papers if len(words := _long_words(paper.title)) > 1]

    @cached_property
    def records(self) -> list[Record]:
        """All papers as they are indexed."""
        return [self.derived.search_record(paper) for paper in self.papers]

    @cached_property
    def abstracts(self) -> list[str]:
        """The abstracts of all papers as plain text."""
        return [abstract.to_text(paper.abstract) for paper in self.papers]

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
        return reader.identifiers_in(self.load(name))[place]

    def print_size(self) -> None:
        """Print the number and the size of the files."""
        size, papers = sum(map(len, self.files.values())), len(self.papers)
        packed = sum(map(_packed, self.files.values()))
        print(
            f"  index: {len(self.files)} files, {size / papers:.0f} B a paper raw, {packed / papers:.0f} gzip"
        )

    def print_bytes(self, chance: random.Random, output: Path | None) -> None:
        """Print what queries of two title words read until the first ten hits, with their pages if there are any."""
        index, pages = [], []
        for words in chance.sample(self.titles, min(len(self.titles), QUERIES_READ)):
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
        files, asked, first, ten = self.fresh(), Counter[str](), Counter[str](), Counter[str]()
        for item in known_items(self.records, self.abstracts, number, seed):
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
            _save_new(self.content, papers[:NEW_PAPERS], day)
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
    return SearchFiles(derived.papers, derived, _cache(content), b"", jobs=1)


def _texts(files: SearchFiles) -> Iterator[tuple[str, str]]:
    return ((name, files.text(name)) for name in files.names)


def _print_time(papers: Sequence[Paper], feeds: Feeds, content: Path) -> None:
    """Print the processor time that search adds to a build."""
    derived = _derived(papers, feeds, content)
    every = _seconds(lambda: [derive(paper) for paper in papers])
    texts = [(derived.facts[paper.id.base].title, abstract.to_text(paper.abstract)) for paper in papers]
    names = [[credit.name.printed for credit in paper.credits] for paper in papers]
    fields = list(zip(texts, names, strict=True))
    words = _seconds(lambda: [terms(title=one, abstract=other, authors=own) for (one, other), own in fields])
    files = _seconds(lambda: _cold(derived, content))
    same = _seconds(lambda: _search_files(derived, content))
    print(
        f"  processor: all derived values {every:.2f} s, of which words {words:.2f} s;"
        f" both tiers {files:.2f} s cold, {same:.3f} s unchanged"
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
