"""Small pictures, drawn as SVG when the site is built: bars, a calendar, a sparkline.

A picture is a ``figure`` whose caption says in words what it shows. The drawing itself is hidden from screen
readers, and its links are left out of the order of the Tab key: what they lead to stands as text beside it.
Colours are the style sheet's: classes ``bar`` and ``heat0`` to ``heat4``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape
from typing import NamedTuple

from sitegen.site import urls
from sitegen.text import ROOT

# Room for so many bars at least, each of which then has its label; below the second number of bars the picture
# is narrow (class few). A young archive's bars would be slabs otherwise.
_FEWEST_COLUMNS = 7
_FEW = 14
_BAR_HEIGHT = 100
# Pixels that a label takes with the space beside it, and the narrowest picture that it must fit.
_LABEL_WIDTH, _NARROWEST = 40, 280
# Side of a day in the calendar and distance from one to the next, in pixels.
_DAY, _STEP = 11, 14
_LEFT, _TOP = 30, 18
_LEVELS = 4
# Width of a year in a sparkline, in pixels.
_SPARK_STEP = 14


class Bar(NamedTuple):
    """A year and its papers; without a URL it is no link."""

    label: str
    value: int
    url: str | None


def bars(series: Sequence[Bar], *, title: str) -> str:
    """Return bars of equal width side by side, each a link to its year; empty for an empty series.

    The bars stretch to the width at hand inside a drawing that does not, so that labels keep the size of text.
    """
    if not series:
        return ""
    columns = max(len(series), _FEWEST_COLUMNS)
    peak = max(range(len(series)), key=lambda index: series[index].value)
    most = series[peak]
    drawn = [
        _linked(bar.url, f"{bar.label}: {papers(bar.value)}", _column(index, bar.value, most.value or 1))
        for index, bar in enumerate(series)
    ]
    texts = [_label(peak, columns, f"{most.value:,}", 'y="-6"')]
    texts += [
        _label(index, columns, series[index].label, 'y="100%" dy="17"')
        for index in _labelled(series, columns)
    ]
    span = "" if len(series) == 1 else f", {series[0].label} to {series[-1].label}"
    return (
        f'<figure class="chart bars{" few" if len(series) < _FEW else ""}"><svg aria-hidden="true">'
        f'<svg viewBox="0 0 {columns} {_BAR_HEIGHT}" preserveAspectRatio="none">{"".join(drawn)}</svg>'
        f"{''.join(texts)}</svg>"
        f"<figcaption>{escape(title + span)}; most, {most.value:,}, in {escape(most.label)}</figcaption></figure>"
    )


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


def _column(index: int, value: int, most: int) -> str:
    # Whoever has papers has a bar that can be seen.
    height = max(round(value * _BAR_HEIGHT / most, 1), 1.5) if value else 0
    hit = f'<path class="hit" d="M{index} 0h1v{_BAR_HEIGHT}h-1z"/>'
    return f'{hit}<path class="bar" d="M{index}.1 {_BAR_HEIGHT}v-{height:g}h.8v{height:g}z"/>'


def _linked(url: str | None, tip: str, shape: str) -> str:
    tipped = f"<title>{escape(tip)}</title>{shape}"
    return f'<a href="{ROOT}{url}" tabindex="-1">{tipped}</a>' if url else f"<g>{tipped}</g>"


def heatmap(year: int, counts: Mapping[date, int], *, title: str) -> str:
    """Return the days of a year as squares, weeks in columns and Monday first, shaded by their counts.

    Its links are relative to the page of the year, on which it stands.
    """
    if not counts:
        return ""
    levels = _levels(counts)
    first = date(year, 1, 1)
    shift = first.weekday()
    squares: list[list[str]] = [[] for _ in range(_LEVELS + 1)]
    for number in range((date(year + 1, 1, 1) - first).days):
        day = first + timedelta(number)
        column, row = divmod(number + shift, 7)
        shape = f"M{_LEFT + column * _STEP} {_TOP + row * _STEP}h{_DAY}v{_DAY}h-{_DAY}z"
        if count := counts.get(day, 0):
            tip = f"{day.day} {urls.MONTHS[day.month - 1]}: {papers(count)}"
            link = f'<a href="{day.month:02}/{day.day:02}/" tabindex="-1"><title>{tip}</title><path d="{shape}"/></a>'
            squares[levels[count]].append(link)
        else:
            squares[0].append(shape)
    empty = f'<path class="heat0" d="{"".join(squares[0])}"/>'
    active = "".join(
        f'<g class="heat{level}">{"".join(squares[level])}</g>' for level in range(1, _LEVELS + 1)
    )
    months = "".join(
        f'<text x="{_LEFT + (((date(year, month, 1) - first).days + shift + 6) // 7) * _STEP}" y="10">'
        f"{urls.MONTHS[month - 1][:3]}</text>"
        for month in range(1, 13)
    )
    weekdays = "".join(
        f'<text x="0" y="{_TOP + row * _STEP + 9}">{name}</text>'
        for row, name in ((0, "Mon"), (2, "Wed"), (4, "Fri"))
    )
    width, height = _LEFT + 54 * _STEP, _TOP + 7 * _STEP
    busiest = max(counts, key=lambda day: (counts[day], day))
    return (
        f'<figure class="chart heat"><svg aria-hidden="true" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{months}{weekdays}{empty}{active}</svg>'
        f"<figcaption><span>{escape(title)}: {_days(len(counts))} with papers, most on "
        f"{busiest.day} {urls.MONTHS[busiest.month - 1]} ({counts[busiest]})</span></figcaption></figure>"
    )


def _levels(counts: Mapping[date, int]) -> dict[int, int]:
    """Return the shade of each count, 1 to 4, by quartiles of the days that have any."""
    ordered = sorted(counts.values())
    bounds = [ordered[len(ordered) * part // _LEVELS] for part in range(1, _LEVELS)]
    return {count: 1 + sum(count > bound for bound in bounds) for count in set(ordered)}


def sparkline(series: Sequence[tuple[int, int]], *, title: str) -> str:
    """Return the papers of consecutive years, two or more, as tiny bars in one path; empty for an empty series."""
    if not series:
        return ""
    most = max(value for _, value in series) or 1
    path = "".join(
        f"M{index}.1 20v-{height:g}h.8v{height:g}z"
        for index, (_, value) in enumerate(series)
        if (height := max(round(value * 20 / most, 1), 1) if value else 0)
    )
    first, last = series[0][0], series[-1][0]
    total = sum(value for _, value in series)
    return (
        f'<figure class="chart spark"><svg role="img" width="{len(series) * _SPARK_STEP}" '
        f'viewBox="0 0 {len(series)} 20" preserveAspectRatio="none">'
        f"<title>{escape(title)}: {papers(total)}, at most {most} a year</title>"
        f'<path class="bar" d="{path}"/></svg>'
        f"<figcaption><span>{first}</span><span>{last}</span></figcaption></figure>"
    )


def papers(number: int) -> str:
    """``1 paper``, ``1,204 papers``."""
    return "1 paper" if number == 1 else f"{number:,} papers"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
