"""The panel that the preview shows over the last good site after a failed build: problems and lines of source."""

from __future__ import annotations

from html import escape
from itertools import islice
from pathlib import Path

from sitegen.errors import Location, Problem

_LINES_AROUND = 3
_LONGEST_LINE = 300  # characters
_COMPRESSED = (".gz",)

_STYLE = """
:host { all: initial }
details { position: fixed; inset: auto 0 0 0; z-index: 2147483647; max-height: 100vh; overflow: auto;
  box-sizing: border-box; padding: 1rem 1.5rem; border-top: 4px solid #e5484d; background: #1b1717;
  color: #f5eeee; font: 16px/1.5 system-ui, sans-serif }
details[open] { top: 0 }
summary { cursor: pointer; font-weight: 600 }
section { max-width: 60rem; margin: 1.5rem auto }
code, pre { font: 14px/1.6 ui-monospace, monospace }
code { color: #ffb3b5; overflow-wrap: anywhere }
p { margin: .25rem 0; overflow-wrap: anywhere }
pre { overflow: auto; padding: .5rem 1rem; background: #000 }
pre mark { color: #fff; background: #7d1a1e }
"""


def panel(problems: tuple[Problem, ...], nonce: str) -> str:
    """Return the panel as markup for the end of a page; a shadow root separates its style from the page's.

    ``nonce`` is that of the page's Content-Security-Policy.
    """
    sections = "".join(map(_section, problems))
    return (
        f'<div id="sitegen-failure"><template shadowrootmode="open"><style nonce="{nonce}">{_STYLE}</style>'
        '<details open role="alert"><summary>The build failed. Fold this away to see the last good site</summary>'
        f"{sections}</details></template></div>"
    )


def _section(problem: Problem) -> str:
    remedy = f"<p>{escape(problem.remedy)}</p>" if problem.remedy else ""
    lines = "\n".join(
        f"<mark>{escape(line)}</mark>" if at == problem.location.line else escape(line)
        for at, line in excerpt(problem.location)
    )
    shown = f"<pre>{lines}</pre>" if lines else ""
    return (
        f"<section><p><code>{escape(str(problem.location))}</code></p><p>{escape(problem.message)}</p>"
        f"{remedy}{shown}</section>"
    )


def excerpt(where: Location) -> list[tuple[int, str]]:
    """Return (number, "12 | text") for the lines around a place; empty if it has no line or cannot be read."""
    if where.line is None or where.path.endswith(_COMPRESSED):
        return []
    first = max(1, where.line - _LINES_AROUND)
    try:
        with Path(where.path).open(encoding="utf-8", errors="replace") as file:
            lines = [line.rstrip("\n") for line in islice(file, first - 1, where.line + _LINES_AROUND)]
    except OSError:
        return []
    width = len(str(first + len(lines)))
    return [(at, f"{at:{width}} | {line[:_LONGEST_LINE]}") for at, line in enumerate(lines, first)]
