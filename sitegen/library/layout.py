"""The file ``content/map.csv``: where papers are on the map, as `sitegen map` has computed it.

Each line has the base identifier of a paper and two whole numbers from 0 to 1000, from the left and from the top.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from sitegen import sources
from sitegen.errors import ContentError, Problem

SIZE = 1000  # the largest coordinate
HEADING = "paper,x,y"
REMEDY = "make the file anew: sitegen map"
_LINE = re.compile(r"^(\d{4}\.\d{4,5}|[a-z-]+/\d{7}),(\d{1,3}|1000),(\d{1,3}|1000)$", re.MULTILINE | re.ASCII)

Place = tuple[int, int]


def path_of(content: Path) -> Path:
    """Return the path of the file in a content folder."""
    return content / "map.csv"


def load(content: Path) -> dict[str, Place]:
    """Return the place of each paper in the file by base identifier; none if there is no file.

    ContentError names the first line that cannot be read, SourceError the file.
    """
    path = path_of(content)
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise sources.error_at(path, error) from error
    except UnicodeDecodeError as error:
        raise ContentError(Problem.at(path, "is no text in UTF-8", REMEDY)) from error
    places = {base: (int(x), int(y)) for base, x, y in _LINE.findall(text)}
    lines = text.splitlines()
    if len(places) != len(lines) - 1 or lines[0] != HEADING:
        _refuse(path, lines)
    return places


def _refuse(path: Path, lines: Sequence[str]) -> None:
    """Raise ContentError for the first line that is not as it should be."""
    known: set[str] = set()
    for number, line in enumerate(lines or [""], 1):
        match = _LINE.fullmatch(line)
        message = ""
        if number == 1:
            message = "" if line == HEADING else f"expected {HEADING!r}"
        elif match is None:
            message = f"expected an arXiv identifier and two numbers from 0 to {SIZE}"
        elif match[1] in known:
            message = "this paper has a place already"
        if message:
            raise ContentError(Problem.at(path, f"{message}, found {line[:60]!r}", REMEDY, line=number))
        known.add(match[1] if match else "")


def dump(places: Mapping[str, Place]) -> str:
    """Return the text of the file."""
    lines = [f"{base},{x},{y}" for base, (x, y) in sorted(places.items())]
    return "\n".join([HEADING, *lines, ""])


def between(places: Iterable[Place]) -> Place | None:
    """Return the median of some places, which is where a new paper with these neighbours belongs; None of none."""
    known = list(places)
    if not known:
        return None
    return round(median([x for x, _ in known])), round(median([y for _, y in known]))
