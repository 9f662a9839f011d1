"""What was measured, as tables in Markdown."""

from __future__ import annotations

import datetime
import os
import platform
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from measure import Output, Usage


class Run(NamedTuple):
    """One build, measured, and the site that came out."""

    usage: Usage
    output: Output


Runs = Mapping[str, Sequence[Run]]  # by case, in the order of rows

_HEAD = """\
| build | wall, s | processor, s | memory, MB | files written | MB written | files | MB | ms a page |"""


def machine() -> str:
    """Say where and when something was measured."""
    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        system = platform.platform(terse=True)
    cores, today = os.cpu_count(), datetime.date.today()
    return f"{today}, {cores} cores, Python {platform.python_version()}, {system}"


def of_size(size: int, runs: Runs, titles: Mapping[str, str]) -> str:
    """Return the table of one size; each figure is the median of all runs of its case."""
    references = [name for name in ("eleventy", "hugo") if name in runs]
    head = "".join(f" × {titles[name].split()[0]} |" for name in references)
    lines = [f"### {size:,} papers", "", _HEAD + head, "|---" + "|--:" * (8 + len(references)) + "|"]
    for name, own in runs.items():
        wall = _median(run.usage.wall for run in own)
        cells = [titles[name], *_figures(own)]
        cells += [_significant(wall / _median(run.usage.wall for run in runs[other])) for other in references]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _figures(runs: Sequence[Run]) -> list[str]:
    def median(of: Callable[[Run], float]) -> float:
        return _median(map(of, runs))

    memory = median(lambda run: run.usage.memory)
    page = _page(runs)
    return [
        _wall(runs),
        f"{median(lambda run: run.usage.cpu):.2f}",
        f"{memory / 1e6:,.0f}" if memory else "–",
        f"{median(lambda run: run.output.written):,.0f}",
        f"{median(lambda run: run.output.written_bytes) / 1e6:,.1f}",
        f"{median(lambda run: run.output.files):,.0f}",
        f"{median(lambda run: run.output.bytes) / 1e6:,.1f}",
        f"{page:.3f}" if page else "–",
    ]


def _wall(runs: Sequence[Run]) -> str:
    """Return the median, and how far the runs are apart."""
    walls = [run.usage.wall for run in runs]
    spread = f" ({min(walls):.2f}–{max(walls):.2f})" if len(walls) > 1 else ""
    return f"{_median(walls):.2f}{spread}"


def _page(runs: Sequence[Run]) -> float:
    """Return the milliseconds of a page, or 0 where a build does not make most of the site's."""
    output = runs[0].output
    if 2 * output.written_pages < output.pages or not output.pages:
        return 0
    return _median(run.usage.wall for run in runs) / output.written_pages * 1000


def growth(sizes: Mapping[int, Runs], titles: Mapping[str, str]) -> str:
    """Return how time and memory grow from size to size, of builds that make most of a site's pages."""
    steps = list(pairwise(sizes))
    head = ["build", *(f"ms a page at {size:,}" for size in sizes)]
    head += [f"KB of memory a paper, {small:,} to {large:,}" for small, large in steps]
    lines = [f"| {' | '.join(head)} |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for name, title in titles.items():
        pages = [_page(runs[name]) if name in runs else 0 for runs in sizes.values()]
        if not any(pages):
            continue
        cells = [title, *(f"{page:.3f}" if page else "–" for page in pages)]
        cells += [
            _memory_a_paper(sizes[small].get(name, ()), sizes[large].get(name, ()), large - small)
            for small, large in steps
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _memory_a_paper(small: Sequence[Run], large: Sequence[Run], papers: int) -> str:
    if not (small and large and small[0].usage.memory and papers):
        return "–"
    less, more = (_median(run.usage.memory for run in runs) for runs in (small, large))
    return f"{(more - less) / papers / 1000:.1f}"


def _median(figures: Iterable[float]) -> float:
    return statistics.median(figures)


def _significant(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"
