"""Counts the formulas of a large corpus and times the conversion of texts: `make bench-texts`; see --help.

Prints what share of the formulas becomes MathML, the most frequent reasons why one does not, microseconds a formula,
and the processor seconds that the texts of all papers take in a cold build: titles, abstracts, comments and journal
references, as HTML and as plain text.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import CORPUS

from sitegen.feeds import store
from sitegen.incremental.cache import Cache
from sitegen.models import Paper
from sitegen.text import abstract, formulas, math, mathtext


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="texts", description="Count formulas and time work on text.")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="DIR", help="a folder of feed files")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs, of which the fastest counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        feeds = store.read_all(
            options.corpus,
            Cache(Path(cache)),
            program=b"",
            derive=lambda paper: store.Derived(paper, b"", b""),
            jobs=1,
            progress=lambda *_: None,
        )
    papers = feeds.papers
    if not papers:
        print(f"texts: no papers in {options.corpus}: name a folder of feeds with --corpus", file=sys.stderr)
        return 1
    found = [
        source
        for paper in papers
        for text in _texts(paper)
        for is_formula, source in formulas.split_math(text)
        if is_formula
    ]
    reasons = [reason for source in found if (reason := math.convert(source).reason)]
    share = 1 - len(reasons) / max(1, len(found))
    print(
        f"{len(papers):,} papers, {len(found):,} formulas, {len(reasons):,} stay TeX ({share:.2%} converted)"
    )
    for reason, count in Counter(reasons).most_common(10):
        print(f"  {count:5,}  {reason}")
    raw = sum("\\" in text for text in map(_title_without_code, papers))
    print(f"titles with a backslash outside of code: {raw:,} ({raw / len(papers):.2%})")
    each = _fastest(lambda: [math.convert.__wrapped__(source) for source in found], options.runs)
    print(f"MathML: {each / max(1, len(found)) * 1e6:.1f} µs a formula")
    print(f"all text, as HTML and plain: {_fastest(lambda: _all_text(papers), options.runs):.2f} processor s")
    return 0


def _texts(paper: Paper) -> tuple[str, ...]:
    return paper.title, paper.abstract, paper.comment, paper.journal_ref


def _title_without_code(paper: Paper) -> str:
    html = abstract.inline_html(paper.title)
    return re.sub(r"<(code|math)\b.*?</\1>", "", html, flags=re.DOTALL)


def _all_text(papers: Sequence[Paper]) -> None:
    for cached in (math.convert, mathtext.to_text, abstract.to_text):
        cached.cache_clear()
    for paper in papers:
        abstract.to_html(paper.abstract, lambda _: None)
        abstract.inline_html(paper.title)
        abstract.inline_html(paper.comment, lambda _: None)
        for text in _texts(paper):
            abstract.to_text(text)


def _fastest(work: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


if __name__ == "__main__":
    sys.exit(main())
