"""The owner's colour as accents that can be read on the site's light and dark paper.

Hue and chroma are the owner's; lightness is moved until the contrast suffices. Colours are computed in OKLCH
(Björn Ottosson, https://bottosson.github.io/posts/oklab/), in which equal steps of lightness look equal; contrast is
that of WCAG 2.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, hypot, sin
from typing import NamedTuple

DEFAULT = "#0d5c63"  # the accent of site.css
CONTRAST = 4.5  # WCAG AA, for text of any size
_Triple = tuple[float, float, float]


class Theme(NamedTuple):
    """What an accent is seen on, and how it is made; site.css has the same colours."""

    papers: tuple[str, ...]  # --paper and --raised
    lightness: float | None  # of the accent to begin with, from 0 to 1; None for that of the owner's colour
    step: float  # by which lightness is moved while the contrast is too low
    chroma: float  # of the accent at most
    soft: tuple[
        float, float
    ]  # lightness of --accent-soft, on which the accent stands too, and its chroma at most


LIGHT = Theme(papers=("#fdfcfa", "#f5f3ee"), lightness=None, step=-0.005, chroma=0.4, soft=(0.91, 0.02))
DARK = Theme(papers=("#161817", "#1f2221"), lightness=0.78, step=0.005, chroma=0.13, soft=(0.32, 0.035))


class Accent(NamedTuple):
    """Colours of one theme as #rrggbb."""

    accent: str
    soft: str


def accent(color: str, theme: Theme) -> Accent:
    """Return the owner's colour, #rrggbb, as an accent with enough contrast to everything that it stands on."""
    lightness, chroma, hue = _lch(color)
    soft_lightness, soft_chroma = theme.soft
    soft = _hex(soft_lightness, min(chroma, soft_chroma), hue)
    chroma = min(chroma, theme.chroma)
    found = color
    if theme.lightness is not None:
        lightness = theme.lightness
        found = _hex(lightness, chroma, hue)
    while least_contrast(found, (*theme.papers, soft)) < CONTRAST:
        lightness += theme.step
        found = _hex(lightness, chroma, hue)
    return Accent(found, soft)


def style(color: str) -> str:
    """Return the rules that give site.css the owner's colour; empty for the default, which it has already."""
    if color == DEFAULT:
        return ""
    light, dark = (
        "{--accent:%s;--accent-soft:%s}" % accent(color, theme)  # noqa: UP031 - braces are CSS's
        for theme in (LIGHT, DARK)
    )
    return (
        f"\n/* theme_color of site.toml */\n@media screen{{:root{light}:root[data-theme=dark]{dark}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){dark}}}\n"
    )


def least_contrast(color: str, backgrounds: Sequence[str]) -> float:
    """Return the lowest contrast of a colour to several others, from 1 to 21."""
    own = _luminance(color)
    others = map(_luminance, backgrounds)
    return min((max(own, other) + 0.05) / (min(own, other) + 0.05) for other in others)


def _luminance(color: str) -> float:
    red, green, blue = _linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(color: str) -> _Triple:
    """Return the linear red, green and blue of #rrggbb, each from 0 to 1."""
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return _expand(red), _expand(green), _expand(blue)


def _expand(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _compress(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _lch(color: str) -> _Triple:
    """Return lightness (0 to 1), chroma and hue (radians) of #rrggbb."""
    red, green, blue = _linear(color)
    l_ = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    m_ = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    s_ = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_
    a = 1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_
    b = 0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_
    return lightness, hypot(a, b), atan2(b, a)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """Return #rrggbb; chroma that no screen can show at this lightness is reduced."""
    while min(rgb := _rgb(lightness, chroma, hue)) < -0.0005 or max(rgb) > 1.0005:
        chroma -= 0.002
        if chroma <= 0:
            rgb = _rgb(min(max(lightness, 0), 1), 0, hue)
            break
    return "#" + "".join(f"{round(255 * _compress(min(max(part, 0), 1))):02x}" for part in rgb)


def _rgb(lightness: float, chroma: float, hue: float) -> _Triple:
    """Return linear red, green and blue, which lie between 0 and 1 for a colour that a screen can show."""
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
