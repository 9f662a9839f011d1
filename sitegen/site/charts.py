"""Small pictures, drawn as SVG when the site is built: bars and a sparkline; and the tints of a calendar's days.

A picture is a ``figure`` whose caption says in words what it shows. The drawing itself is hidden from screen
readers, and its links are left out of the order of the Tab key: what they lead to stands as text beside it.
Colours are the style sheet's: classes ``bar``, ``gap`` and ``rule``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from math import sqrt
from typing import NamedTuple

from sitegen.text import ROOT

# Room for so many bars at least, each of which then has its label; below the second number of bars the picture
# is narrow (class few). A young archive's bars would be slabs otherwise.
_FEWEST_COLUMNS = 7
_FEW = 14
_BELOW = 'y="100%" dy="17"'
_BAR_HEIGHT = 100
# The most bars whose years and numbers are all labelled where the picture is as wide as a desk's page (class n).
_MOST_LABELLED = 36
_HATCHING = (
    '<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="rule" d="M0 0v7"/></pattern>'
)
# Pixels that a label takes with the space beside it, and the narrowest picture that it must fit.
_LABEL_WIDTH, _NARROWEST = 40, 280
# From so many papers a year on, heights are square roots: otherwise 1 and 14 papers look the same beside 3,000.
_ROOTS_FROM = 200
_TINTS = 4
# Width of a year in a sparkline, in pixels; papers that fill its height at least, so that one is not a tall bar.
_SPARK_STEP, _SPARK_HEIGHT, _SPARK_LEAST = 14, 20, 5


class Bar(NamedTuple):
    """A year and its papers; without a URL it is no link."""

    label: str
    value: int
    url: str | None


def bars(series: Sequence[Bar], *, title: str, wide: bool = False) -> str:
    """Return bars of equal width side by side, each a link to its year; empty for an empty series.

    A ``wide`` picture has the number and the year of each bar, where there is room.

    The bars stretch to the width at hand inside a drawing that does not, so that labels keep the size of text.
    A year without papers has no bar of height zero, but is hatched: the feeds do not say that none was submitted.
    """
    if not series:
        return ""
    columns = max(len(series), _FEWEST_COLUMNS)
    peak = max(range(len(series)), key=lambda index: series[index].value)
    most = series[peak]
    drawn = [_drawn(index, bar, most.value) for index, bar in enumerate(series) if bar.value]
    gaps = _gaps(series)
    texts = [_label(peak, columns, f"{most.value:,}", 'y="-6"')]
    labelled = _labelled(series, columns)
    texts += [_label(index, columns, series[index].label, _BELOW) for index in labelled]
    if wide and len(series) <= _MOST_LABELLED:
        texts += _further_labels(series, columns, {peak}, labelled)
    span = "" if len(series) == 1 else f", {series[0].label} to {series[-1].label}"
    remarks = "; heights are square roots" if most.value >= _ROOTS_FROM else ""
    if gaps:
        remarks += f"; no papers of {', '.join(_span(series, *gap) for gap in gaps)} in the feeds"
    caption = f"{title}{span}; most, {most.value:,}, in {most.label}{remarks}"
    return (
        f'<figure class="chart bars{" few" if len(series) < _FEW else ""}"><svg aria-hidden="true">'
        f"{_HATCHING if gaps else ''}{''.join(_hatched(series, columns, *gap) for gap in gaps)}"
        f'<svg viewBox="0 0 {columns} {_BAR_HEIGHT}" preserveAspectRatio="none">{"".join(drawn)}</svg>'
        f"{''.join(texts)}</svg><figcaption>{escape(caption)}</figcaption></figure>"
    )


def _gaps(series: Sequence[Bar]) -> list[tuple[int, int]]:
    """Return the first and last index of each run of years without papers."""
    runs = [
        list(run) for empty, run in groupby(range(len(series)), key=lambda i: not series[i].value) if empty
    ]
    return [(run[0], run[-1]) for run in runs]


def _span(series: Sequence[Bar], first: int, last: int) -> str:
    return series[first].label if first == last else f"{series[first].label}–{series[last].label}"


def _hatched(series: Sequence[Bar], columns: int, first: int, last: int) -> str:
    tip = escape(f"{_span(series, first, last)}: no papers in the feeds")
    place = f'x="{first / columns:.1%}" width="{(last - first + 1) / columns:.1%}" height="100%"'
    return f'<rect {place} fill="url(#hatch)"><title>{tip}</title></rect>'


def _labelled(series: Sequence[Bar], columns: int) -> list[int]:
    """Return the bars that get a label: the first, the last, decades, then others, while they keep apart."""
    last = len(series) - 1
    decades = [index for index, bar in enumerate(series) if bar.label.endswith("0")]
    rest = range(len(series)) if last < 7 else ()
    apart = columns * _LABEL_WIDTH / _NARROWEST
    chosen: list[int] = []
    for index in (0, last, *decades, *rest):
        if all(abs(index - other) >= apart for other in chosen):
            chosen.append(index)
    return sorted(chosen)


def _label(index: int, columns: int, text: str, place: str) -> str:
    # At the edges a label ends with its bar; its middle stands under the bar's everywhere else.
    centre = (index + 0.5) / columns
    edge = _LABEL_WIDTH / 2 / _NARROWEST
    if centre < edge:
        return f'<text x="{(index + 0.1) / columns:.1%}" {place}>{escape(text)}</text>'
    if centre > 1 - edge:
        return f'<text x="{(index + 0.9) / columns:.1%}" {place} text-anchor="end">{escape(text)}</text>'
    return f'<text x="{centre:.1%}" {place} text-anchor="middle">{escape(text)}</text>'


def _further_labels(
    series: Sequence[Bar], columns: int, above: Collection[int], below: Collection[int]
) -> Iterator[str]:
    """Yield numbers above bars and years below them, except those that have one already."""
    most = max(bar.value for bar in series)
    for index, bar in enumerate(series):
        centre = f'class="n" x="{(index + 0.5) / columns:.1%}"'
        if bar.value and index not in above:
            yield f'<text {centre} y="{100 - _height(bar.value, most):.0f}%" dy="-6">{bar.value:,}</text>'
        if index not in below:
            yield f"<text {centre} {_BELOW}>{escape(bar.label)}</text>"


def _drawn(index: int, bar: Bar, most: int) -> str:
    """Return a bar with its tooltip and the area above it, which is part of the link."""
    height = _height(bar.value, most)
    area = f'<path class="hit" d="M{index} 0h1v{_BAR_HEIGHT}h-1z"/>'
    shape = f'<path class="bar" d="M{index}.1 {_BAR_HEIGHT}v-{height:g}h.8v{height:g}z"/>'
    return _linked(bar.url, f"{bar.label}: {papers(bar.value)}", area + shape)


def _height(value: int, most: int) -> float:
    # Whoever has papers has a bar that can be seen.
    share = sqrt(value / most) if most >= _ROOTS_FROM else value / most
    return max(round(share * _BAR_HEIGHT, 1), 1.5)


def _linked(url: str | None, tip: str, shape: str) -> str:
    tipped = f"<title>{escape(tip)}</title>{shape}"
    return f'<a href="{ROOT}{url}" tabindex="-1">{tipped}</a>' if url else f"<g>{tipped}</g>"


def tints(counts: Iterable[int]) -> dict[int, int]:
    """Return the tint of each number of papers, 1 to 4: the smallest has the lightest, the largest the darkest.

    Tints follow the order of the different numbers, so that one busy day does not leave all others pale.
    """
    ordered = sorted(set(counts))
    last = len(ordered) - 1
    steps = 2 * (_TINTS - 1)
    return {
        count: 1 + (steps * rank + last) // (2 * last) if last else 1 for rank, count in enumerate(ordered)
    }


def legend(tinted: dict[int, int]) -> Iterator[tuple[int, str]]:
    """Yield each tint in use with the numbers that have it, such as ``(2, "3–5")``, the lightest first."""
    for tint, run in groupby(sorted(tinted), key=tinted.__getitem__):
        counts = list(run)
        yield tint, str(counts[0]) if len(counts) == 1 else f"{counts[0]}–{counts[-1]}"


def sparkline(series: Sequence[tuple[int, int]], *, title: str, gaps: Collection[int] = ()) -> str:
    """Return the papers of consecutive years, two or more, as tiny bars in one path; empty for an empty series.

    The number at the top of its scale stands beside it. ``gaps`` are years of which the archive has no papers;
    they are shaded.
    """
    if not series:
        return ""
    most = max(value for _, value in series)
    top = max(most, _SPARK_LEAST)
    path = "".join(
        f"M{index}.1 {_SPARK_HEIGHT}v-{height:g}h.8v{height:g}z"
        for index, (_, value) in enumerate(series)
        if (height := max(round(value * _SPARK_HEIGHT / top, 1), 1) if value else 0)
    )
    shaded = "".join(
        f"M{index} 0h1v{_SPARK_HEIGHT}h-1z" for index, (year, _) in enumerate(series) if year in gaps
    )
    shade = f'<path class="gap" d="{shaded}"/>' if shaded else ""
    first, last = series[0][0], series[-1][0]
    total = sum(value for _, value in series)
    return (
        f'<figure class="chart spark"><svg role="img" width="{len(series) * _SPARK_STEP}" '
        f'viewBox="0 0 {len(series)} {_SPARK_HEIGHT}" preserveAspectRatio="none">'
        f"<title>{escape(title)}: {papers(total)}, at most {most} a year</title>"
        f'{shade}<path class="bar" d="{path}"/></svg><span>{top}</span>'
        f"<figcaption><span>{first}</span><span>{last}</span></figcaption></figure>"
    )


def papers(number: int) -> str:
    """``1 paper``, ``1,204 papers``."""
    return "1 paper" if number == 1 else f"{number:,} papers"
