"""The hardest titles and names of feeds for LaTeX: ``python tests/latex_hardest.py FOLDER > tests/data/latex.toml``.

The score of a text is the number of its characters that are not ASCII or that TeX takes for its own. The 200 titles
and the 100 names with the highest scores are taken, of equal ones those that come first in alphabetical order.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from sitegen.feeds import feed

TITLES, NAMES = 200, 100
SPECIAL = frozenset("\\{}$&#%_^~<>|\"'`")


def score(text: str) -> int:
    """Return how many characters of a text are hard."""
    return sum(not sign.isascii() or sign in SPECIAL for sign in text)


def hardest(texts: Iterable[str], size: int) -> list[str]:
    """Return the texts with the highest scores."""
    return sorted(set(texts), key=lambda text: (-score(text), text))[:size]


def main() -> None:
    """Print the hardest titles and names of a folder of feeds as TOML."""
    files = sorted(Path(sys.argv[1]).glob("*.xml*"))
    papers = [paper for file in files for paper in feed.read(file, file.name)[0]]
    names = {credit.name.printed for paper in papers for credit in paper.credits}
    print("# The hardest titles and names of 11,803 papers of arXiv (CC0), chosen by tests/latex_hardest.py.")
    for key, texts in (
        ("titles", hardest((paper.title for paper in papers), TITLES)),
        ("names", hardest(names, NAMES)),
    ):
        print(f"{key} = [")
        for text in texts:
            print(f"  '''{text}''',")
        print("]")


if __name__ == "__main__":
    main()
