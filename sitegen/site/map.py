"""The map: where papers are dense, drawn as areas, and the names of the topics that they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from sitegen.library.layout import SIZE, Place, between
from sitegen.library.topic_words import Topic
from sitegen.site import urls
from sitegen.site.contexts import Count, Link, MapLabel, MapPage, MapPlace
from sitegen.site.contours import density
from sitegen.site.model import SiteModel
from sitegen.site.topics import heading

# A topic stands where most of its papers are, within a square of this many units of the layout.
_SPOT = 80
_NEAR_SHOWN = 3


class _Sheet(NamedTuple):
    """The room for labels, in rem: the map's size where it is narrowest, and its sizes of text (see site.css)."""

    width: float
    height: float
    sizes: tuple[float, float, float]  # of text, the largest first
    most: tuple[int, int, int]  # labels of each size
    # The map may be wider, and then labels are further apart.


_DESK = _Sheet(62.5, 44, (1, 0.86, 0.76), (14, 36, 60))
_PHONE = _Sheet(18.8, 34, (0.86, 0.76, 0.76), (6, 12, 12))
_LETTER = 0.5  # width of a letter, as a share of the size of text: an upper bound of the mean
_LINE, _GAP = (
    1.2,
    0.5,
)  # height of a line as a share of the size of text, and the least distance of labels in rem
# Where a label may stand instead of its place, in lines down and in half widths to the right.
_SHIFTS = ((0, 0), (0, 1), (0, -1), (0.8, 0), (-0.8, 0), (0, 2), (0, -2))


class _Spot(NamedTuple):
    """Where a topic is on the map."""

    topic: Topic
    place: Place
    papers: int  # about it that are there


def map_page(site: SiteModel) -> MapPage:
    """Return what the map shows."""
    places = _places(site)
    spots = [
        _spot(site.topic(slug), [places[base] for base in site.papers_of_topic(slug) if base in places])
        for slug in site.topics()
    ]
    found = [spot for spot in spots if spot.papers]
    settings = site.settings()
    return MapPage(
        title="Map",
        description=f"The papers of {settings.title} as a map, near ones side by side, with their topics.",
        url=urls.MAP,
        section=urls.TOPICS,
        crumbs=(Link(label="Topics", url=urls.TOPICS),),
        papers=len(places),
        density_html=density(places.values()),
        labels=_labels(found, _DESK),
        few_labels=_labels(found, _PHONE),
        places=tuple([_in_words(site, spot, found) for spot in found]),
    )


def _places(site: SiteModel) -> Mapping[str, Place]:
    """Return the place of each paper: that of the owner's file, or the middle of its neighbours' if it is newer."""
    known = site.layout()
    places = {}
    for base in site.papers():
        place = known.get(base)
        if place is None:
            place = between([known[near.id] for near in site.related(base) if near.id in known])
        if place is not None:
            places[base] = place
    return places


def _spot(topic: Topic, places: Sequence[Place]) -> _Spot:
    """Return where most of the papers of a topic are, and how many of them."""
    if not places:
        return _Spot(topic, (0, 0), 0)
    half = _SPOT // 2
    cells: Counter[Place] = Counter()
    for x, y in places:  # squares overlap by half, so that no group is cut
        cells.update({(x // half + dx, y // half + dy) for dx in (0, 1) for dy in (0, 1)})
    column, row = min(cells, key=lambda cell: (-cells[cell], cell))
    inside = [(x, y) for x, y in places if x // half in (column - 1, column) and y // half in (row - 1, row)]
    middle = round(median([x for x, _ in inside])), round(median([y for _, y in inside]))
    return _Spot(topic, middle, len(inside))


def _labels(spots: Iterable[_Spot], sheet: _Sheet) -> tuple[MapLabel, ...]:
    """Return the labels that have room on a sheet without touching each other, most papers first."""
    taken: list[tuple[float, float, float, float]] = []
    labels: list[MapLabel] = []
    ranked = sorted(spots, key=lambda spot: (-spot.papers, spot.topic.slug))
    for spot in ranked:
        size = next((size for size in range(3) if len(labels) < sum(sheet.most[: size + 1])), None)
        if size is None:
            break
        name = heading(spot.topic)
        width = len(name) * _LETTER * sheet.sizes[size]
        height = _LINE * sheet.sizes[size]
        if width > sheet.width - 2 * _GAP:
            continue
        for right, down in _SHIFTS:
            x = spot.place[0] / SIZE * sheet.width + right * width / 2
            y = spot.place[1] / SIZE * sheet.height + down * height
            x = min(max(x, width / 2 + _GAP), sheet.width - width / 2 - _GAP)
            y = min(max(y, height), sheet.height - height / 2)
            box = x - width / 2, y - height / 2, x + width / 2, y + height / 2
            if not any(_touch(box, other) for other in taken):
                taken.append(box)
                labels.append(
                    MapLabel(
                        label=name,
                        url=urls.topic(spot.topic.slug),
                        x=f"{100 * x / sheet.width:.1f}",
                        y=f"{100 * (y + height / 4) / sheet.height:.1f}",
                        size=size + 1,
                    )
                )
                break
    return tuple(labels)


def _touch(box: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return (
        box[0] < other[2] + _GAP
        and other[0] < box[2] + _GAP
        and box[1] < other[3] + _GAP / 2
        and other[1] < box[3] + _GAP / 2
    )


def _in_words(site: SiteModel, spot: _Spot, spots: Sequence[_Spot]) -> MapPlace:
    """Return a topic with those next to it on the map."""
    x, y = spot.place
    others = sorted(
        [other for other in spots if other.topic is not spot.topic],
        key=lambda other: ((other.place[0] - x) ** 2 + (other.place[1] - y) ** 2, other.topic.slug),
    )
    slug = spot.topic.slug
    papers = len(site.papers_of_topic(slug))
    return MapPlace(
        topic=Count(label=heading(spot.topic), url=urls.topic(slug), count=papers),
        near=tuple(
            [
                Link(label=heading(other.topic), url=urls.topic(other.topic.slug))
                for other in others[:_NEAR_SHOWN]
            ]
        ),
    )
