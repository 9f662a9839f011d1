"""Makes static/fonts/math.woff2 of STIX Two Math: the signs that formulas hold, and radicals of one width.

Usage: python tools/math_font.py stix-two-math.woff2 static/fonts/math.woff2, with fonttools and brotli installed; the
original is in npm's package @fontsource/stix-two-math. Chromium takes the width of the largest radical for that of
each, which leaves a gap behind a small one, so all are made as wide as the smallest.
"""

from __future__ import annotations

import sys

from fontTools import subset
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

SIGNS = """
    20-7E A0-FF 131 237 2C6-2CD 2D8-2DD 300-30C 331 338 370-3FF 2010-2015 2016-2027 2030-2037 2044 2057 2061-2064
    20D7 2102 210A-2113 2115 2118-211D 2124 2126 2128 212C-2134 2135-2138 213C-2140 2145-2149 2190-21FF 2200-22FF
    2308-230B 239B-23B5 23DE-23DF 25A0-25A1 25B3 25CB 2605-2606 266D-266F 2713 27C2 27E6-27EF 27F5-27FF 2A00-2A06
    2A7D-2A7E 2A85-2A86 2AAF-2AB0 1D400-1D4CF 1D504-1D56B 1D5A0-1D5D3 1D670-1D6A5 1D6A8-1D755 1D7CE-1D7E1
"""
RADICAL = 0x221A


def main(source: str, target: str) -> None:
    """Write the font."""
    options = subset.Options(
        flavor="woff2",
        hinting=False,
        layout_features=["ssty", "kern", "mark", "mkmk", "dtls", "flac", "ccmp"],
    )
    font = subset.load_font(source, options)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=[code for part in SIGNS.split() for code in _codes(part)])
    chosen.subset(font)
    _narrow_radicals(font)
    subset.save_font(font, target, options)


def _codes(part: str) -> range:
    first, _, last = part.partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)


def _narrow_radicals(font: TTFont) -> None:
    smallest = font.getBestCmap()[RADICAL]
    variants = font["MATH"].table.MathVariants
    growing = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(smallest)]
    names = {record.VariantGlyph for record in growing.MathGlyphVariantRecord}
    names |= {part.glyph for part in growing.GlyphAssembly.PartRecords}
    width = font["hmtx"][smallest][0]
    for name in names - {smallest}:
        _scale(font, name, width / font["hmtx"][name][0], width)


def _scale(font: TTFont, name: str, factor: float, width: int) -> None:
    pen = TTGlyphPen(None)
    font.getGlyphSet()[name].draw(TransformPen(pen, (factor, 0, 0, 1, 0, 0)))
    glyph = pen.glyph()
    glyph.recalcBounds(font["glyf"])
    font["glyf"][name] = glyph
    font["hmtx"][name] = (width, glyph.xMin)


if __name__ == "__main__":
    main(*sys.argv[1:])
