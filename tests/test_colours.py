"""The owner's colour: it colours the site in both themes, and whatever it is, what is set in it can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import build, copy_content
from hypothesis import given
from hypothesis import strategies as st

from sitegen.config.settings import Config
from sitegen.site import colours

STYLE = (Path(__file__).parent.parent / "static/site.css").read_text("utf-8")
COLOR = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
THEMES = {"light": colours.LIGHT, "dark": colours.DARK}


def custom_properties(theme: str) -> dict[str, str]:
    """Custom properties of the style sheet in a theme."""
    light, *_, dark = re.findall(r"{([^{}]*--paper:[^{}]*)}", STYLE.partition("@media print")[0])
    return dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", {"light": light, "dark": dark}[theme]))


def mixed(color: str, share: float, other: str) -> str:
    """color-mix() of CSS in sRGB."""
    parts = [(int(color[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(share * one + (1 - share) * two):02x}" for one, two in parts)


@pytest.mark.parametrize("theme", THEMES)
def test_papers_are_those_of_the_style_sheet(theme: str) -> None:
    known = custom_properties(theme)
    assert THEMES[theme].papers == (known["paper"], known["raised"])


def test_the_default_is_that_of_the_style_sheet() -> None:
    assert custom_properties("light")["accent"] == colours.DEFAULT == Config(title="", url="").theme_color


def test_contrast_is_that_of_wcag() -> None:
    assert colours.least_contrast("#000000", ["#ffffff"]) == pytest.approx(21)
    assert colours.least_contrast("#767676", ["#ffffff", "#000000"]) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("color", ["ink", "muted", "accent", "alert", "visited"])
def test_text_can_be_read_on_both_papers(theme: str, color: str) -> None:
    known = custom_properties(theme)
    assert colours.least_contrast(known[color], [known["paper"], known["raised"]]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@given(color=COLOR)
def test_every_colour_can_be_read(theme: str, color: str) -> None:
    accent, soft = colours.accent(color, THEMES[theme])
    known = custom_properties(theme)
    assert colours.least_contrast(accent, [known["paper"], known["raised"], soft]) >= 4.5
    for share in map(
        float, re.findall(r"\.tint[123]{background:color-mix\(in srgb,var\(--accent\) (\d+)%", STYLE)
    ):
        tint = mixed(accent, share / 100, known["paper"])
        assert colours.least_contrast(known["ink"], [tint]) >= 4.5


def test_a_colour_that_can_be_read_is_kept() -> None:
    assert colours.accent("#b00020", colours.LIGHT).accent == "#b00020"
    assert colours.accent("#ffd400", colours.LIGHT).accent != "#ffd400"


@given(COLOR)
def test_the_hue_is_the_owners(color: str) -> None:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    if max(red, green, blue) - min(red, green, blue) < 60:
        return  # nearly grey
    for theme in THEMES.values():
        shown = colours.accent(color, theme).accent
        parts = [int(shown[at : at + 2], 16) for at in (1, 3, 5)]
        strongest = max(range(3), key=parts.__getitem__)
        assert (red, green, blue)[strongest] >= max(red, green, blue) - 70


@pytest.mark.parametrize("own", [colours.DEFAULT, "#B00020"])
def test_the_style_sheet_has_the_owners_colour(tmp_path: Path, own: str) -> None:
    content = copy_content(tmp_path)
    settings = (content / "site.toml").read_text("utf-8")
    settings = re.sub(r"(?m)^theme_color.*\n", "", settings)
    (content / "site.toml").write_text(f'theme_color = "{own}"\n{settings}', "utf-8")
    output = build(content, tmp_path / "output")
    (path,) = output.glob("static/site.*.css")
    assert f"static/{path.name}" in (output / "index.html").read_text("utf-8")
    built = path.read_text("utf-8")
    assert ("--accent:#b00020" in built) is (own != colours.DEFAULT)
    if own == colours.DEFAULT:
        assert re.sub(r"url\([^)]*\)", "", built) == re.sub(r"url\([^)]*\)", "", STYLE)
