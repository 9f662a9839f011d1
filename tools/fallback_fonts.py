"""Prints the @font-face rules of static/site.css that make local fonts as wide and as high as the site's own.

Usage: python tools/fallback_fonts.py NAME=FILE..., with fonttools and brotli installed. NAME is a key of LOCAL, FILE
the font itself or one with the same widths: Liberation Sans for Arial, Liberation Serif for Times New Roman, Gelasio
for Georgia. Until a font of the site has arrived, its text is set in one of these, and nothing moves when it comes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

STATIC = Path(__file__).parent.parent / "static/fonts"
FEEDS = Path(__file__).parent.parent / "content/feeds"
# The site's font and its weight to measure; weights of the rule, its family, and the names of the local font.
LOCAL = {
    "georgia": ("serif", 400, "200 500", "Serif Georgia", ("Georgia",)),
    "georgia-bold": ("serif", 600, "600 900", "Serif Georgia", ("Georgia Bold", "Georgia-Bold")),
    "times": ("serif", 400, "200 500", "Serif Times", ("Times New Roman", "Liberation Serif")),
    "times-bold": ("serif", 600, "600 900", "Serif Times", ("Times New Roman Bold", "Liberation Serif Bold")),
    "noto": ("serif", 400, "200 900", "Serif Noto", ("Noto Serif",)),
    "arial": ("sans", 400, "200 500", "Sans Arial", ("Arial", "Liberation Sans")),
    "arial-bold": ("sans", 600, "600 900", "Sans Arial", ("Arial Bold", "Liberation Sans Bold")),
    "roboto": ("sans", 400, "200 900", "Sans Roboto", ("Roboto",)),
}


def main(arguments: list[str]) -> None:
    """Print a rule for each argument."""
    text = sample()
    for argument in arguments:
        name, _, path = argument.partition("=")
        family, weight, weights, rule, names = LOCAL[name]
        own = instantiateVariableFont(TTFont(STATIC / f"{family}.woff2"), {"wght": weight})
        factor = width(own, text) / width(TTFont(path), text)
        units, line = own["head"].unitsPerEm, own["hhea"]
        sources = ",".join(f'local("{local}")' for local in names)
        print(
            f'@font-face{{font-family:"{rule}";font-weight:{weights};src:{sources};size-adjust:{factor:.2%};'
            f"ascent-override:{line.ascent / units / factor:.2%};"
            f"descent-override:{-line.descent / units / factor:.2%};"
            f"line-gap-override:{line.lineGap / units / factor:.0%}}}"
        )


def sample() -> str:
    """Return titles and abstracts of the shipped feed, in the letters that all fonts have."""
    feeds = "".join(path.read_text("utf-8") for path in sorted(FEEDS.glob("*.xml")))
    texts = re.findall(r"<(?:title|summary)>(.*?)</", feeds, re.DOTALL)
    return re.sub(r"[^A-Za-z ,.]", "", " ".join(texts))


def width(font: TTFont, text: str) -> float:
    """Return the width of a text in em, without kerning."""
    names, widths = font.getBestCmap(), font["hmtx"]
    return sum(widths[names[ord(letter)]][0] for letter in text) / font["head"].unitsPerEm


if __name__ == "__main__":
    main(sys.argv[1:])
