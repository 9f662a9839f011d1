"""The density of points in the plane as contours: areas that hold a share of the points, each within the one before.

Points are counted on a grid, the counts are smoothed, and the outline of the cells above a threshold is drawn with
rounded corners.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sitegen.library.layout import SIZE, Place

_COLUMNS, _ROWS = 84, 60
# Each contour holds this share of the points, those in the densest cells.
_SHARES = (0.985, 0.88, 0.7, 0.48, 0.26)
_KERNEL = (1, 4, 6, 4, 1)  # in both directions
_SMALLEST = 6  # corners of an outline; smaller ones are specks

_Grid = list[list[float]]
_Corner = tuple[int, int]


def density(places: Collection[Place]) -> str:
    """Return an SVG that can be stretched, with a path for each contour (classes d1 to d5, the densest last)."""
    grid = _smoothed(_counted(places))
    values = sorted([value for row in grid for value in row], reverse=True)
    paths = []
    for level, threshold in enumerate(_thresholds(values), 1):
        outlines = "".join([_rounded(outline) for outline in _outlines(grid, threshold)])
        paths.append(f'<path class="d{level}" d="{outlines}"/>')
    # Coordinates are doubled, so that the middle between two corners is a whole number.
    return f'<svg viewBox="0 0 {2 * _COLUMNS} {2 * _ROWS}" preserveAspectRatio="none">{"".join(paths)}</svg>'


def _counted(places: Collection[Place]) -> _Grid:
    grid = [[0.0] * _COLUMNS for _ in range(_ROWS)]
    for x, y in places:
        grid[min(y * _ROWS // SIZE, _ROWS - 1)][min(x * _COLUMNS // SIZE, _COLUMNS - 1)] += 1
    return grid


def _smoothed(grid: _Grid) -> _Grid:
    """Return the grid with each value spread over its neighbours, rows first, then columns."""
    for _ in range(2):
        grid = [list(column) for column in zip(*map(_spread, grid), strict=True)]
    return grid


def _spread(values: Sequence[float]) -> list[float]:
    reach = len(_KERNEL) // 2
    padded = [*[0.0] * reach, *values, *[0.0] * reach]
    return [
        sum([weight * padded[place + offset] for offset, weight in enumerate(_KERNEL)])
        for place in range(len(values))
    ]


def _thresholds(values: Sequence[float]) -> Iterator[float]:
    """Yield for each share the least value of the cells that hold it; ``values`` are in descending order."""
    total, held, place = sum(values), 0.0, 0
    found = []
    for share in sorted(_SHARES):
        while place < len(values) and held < share * total:
            held += values[place]
            place += 1
        found.append(values[max(place - 1, 0)])
    yield from reversed(found)


def _outlines(grid: _Grid, threshold: float) -> Iterator[list[_Corner]]:
    """Yield the corners of each outline of the cells that are not below a threshold; the area is on its right."""

    def is_inside(row: int, column: int) -> bool:
        return 0 <= row < _ROWS and 0 <= column < _COLUMNS and grid[row][column] >= threshold

    edges: dict[_Corner, list[_Corner]] = {}  # from each corner to the next ones
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            if not is_inside(row, column):
                continue
            corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
            sides = [(row - 1, column), (row, column + 1), (row + 1, column), (row, column - 1)]
            for number, side in enumerate(sides):
                if not is_inside(*side):
                    edges.setdefault(corners[number], []).append(corners[(number + 1) % 4])
    while edges:
        start = corner = next(iter(edges))
        outline: list[_Corner] = []
        while not outline or corner != start:
            outline.append(corner)
            following = edges[corner]
            corner = following.pop()
            if not following:
                del edges[outline[-1]]
        yield outline


def _rounded(outline: Sequence[_Corner]) -> str:
    """Return an outline as a path of curves between the middles of its sides; nothing of a speck.

    Sides are as long as they are straight, so that a flight of steps becomes a slope.
    """
    if len(outline) < _SMALLEST:
        return ""
    around = zip([outline[-1], *outline[:-1]], outline, [*outline[1:], outline[0]], strict=True)
    corners = [corner for before, corner, after in around if before[0] != after[0] and before[1] != after[1]]
    middles = [
        (x + next_x, y + next_y)
        for (x, y), (next_x, next_y) in zip(corners, [*corners[1:], corners[0]], strict=True)
    ]
    curves = []
    last = middles[-1]
    for (x, y), middle in zip(corners, middles, strict=True):
        curves.append(f"q{2 * x - last[0]} {2 * y - last[1]} {middle[0] - last[0]} {middle[1] - last[1]}")
        last = middle
    return f"M{last[0]} {last[1]}{''.join(curves)}z".replace(" -", "-")
