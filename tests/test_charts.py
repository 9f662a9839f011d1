"""What the small pictures show: links, tooltips, scales and words, in well-formed markup of modest size."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.site import charts, urls
from sitegen.text import ROOT

YEARS = [
    charts.Bar(label=str(year), value=year % 7 * 100 + 1, url=urls.year(year)) for year in range(1992, 2027)
]


def parsed(markup: str) -> ElementTree.Element:
    """The picture as XML, which has no NUL."""
    return ElementTree.fromstring(markup.replace(ROOT, "/"))


def links(markup: str) -> dict[str, str]:
    """Address and tooltip of every link."""
    return {link.get("href", ""): link.findtext("title", "") for link in parsed(markup).iter("a")}


def tooltips(markup: str) -> list[str]:
    return [title.text or "" for title in parsed(markup).iter("title")]


def words(markup: str) -> str:
    """What stands below the picture, for everybody."""
    return " ".join("".join(caption.itertext()) for caption in parsed(markup).iter("figcaption"))


def heights(markup: str, class_: str = "bar") -> list[float]:
    """Height of each bar, in the drawing's units."""
    shapes = "".join(path.get("d", "") for path in parsed(markup).iter("path") if path.get("class") == class_)
    return [float(height) for height in re.findall(r"v-([\d.]+)h", shapes)]


def test_nothing_to_draw_is_no_picture() -> None:
    assert charts.bars([], title="T") == ""
    assert charts.sparkline([], title="T") == ""


# --- bars -----------------------------------------------------------------------------------------------------


def test_each_bar_is_a_link_with_its_count() -> None:
    bars = charts.bars(
        [charts.Bar("2018", 1, "archive/2018/"), charts.Bar("2019", 1204, "archive/2019/")],
        title="Papers per year",
    )
    assert links(bars) == {"/archive/2018/": "2018: 1 paper", "/archive/2019/": "2019: 1,204 papers"}
    assert ROOT + "archive/2018/" in bars


def test_every_bar_of_a_young_archive_has_its_year_below_it() -> None:
    years = [charts.Bar(str(year), year - 2019, urls.year(year)) for year in range(2020, 2027)]
    for count in range(1, len(years) + 1):
        drawn = charts.bars(years[:count], title="Papers per year")
        labels = [text.text for text in parsed(drawn).iter("text") if text.get("y") == "100%"]
        assert labels == [bar.label for bar in years[:count]]
        assert 'class="chart bars few"' in drawn


def test_years_without_papers_are_marked_and_not_drawn_as_zero() -> None:
    years = {1992: 5, 1993: 0, 1994: 0, 1995: 9, 1996: 0, 1997: 1}
    series = [
        charts.Bar(str(year), count, urls.year(year) if count else None) for year, count in years.items()
    ]
    bars = charts.bars(series, title="Papers per year")
    assert len(heights(bars)) == len(links(bars)) == 3
    marks = {mark.findtext("title"): mark.get("width") for mark in parsed(bars).iter("rect")}
    assert marks == {
        "1993–1994: no papers in the feeds": f"{2 / 7:.1%}",
        "1996: no papers in the feeds": f"{1 / 7:.1%}",
    }
    assert "no papers of 1993–1994, 1996 in the feeds" in words(bars)
    full = charts.bars([bar for bar in series if bar.value], title="Papers per year")
    assert "rect" not in full
    assert "feeds" not in words(full)


def test_1_and_14_papers_can_be_told_apart_beside_3000() -> None:
    series = [charts.Bar(str(1990 + index), count, "a/") for index, count in enumerate((1, 14, 3000))]
    bars = charts.bars(series, title="T", wide=True)
    one, fourteen, most = heights(bars)
    assert 3 * one < fourteen < most
    assert "heights are square roots" in words(bars)
    assert {"1", "14", "3,000"} <= {text.text for text in parsed(bars).iter("text")}


@pytest.mark.parametrize("number", [1, 2, 15, 35])
def test_bars_say_when_and_how_many(number: int) -> None:
    bars = charts.bars(YEARS[:number], title="Papers per year")
    assert len(links(bars)) == number
    text = words(bars)
    assert "Papers per year" in text
    assert YEARS[0].label in text or number == 1
    assert YEARS[number - 1].label in text
    assert f"{max(bar.value for bar in YEARS[:number]):,}" in text


def test_heights_are_in_proportion_and_none_is_too_small_to_see() -> None:
    drawn = heights(charts.bars([charts.Bar(str(value), value, "a/") for value in (1, 100, 199)], title="T"))
    assert drawn[1] == pytest.approx(drawn[2] * 100 / 199, abs=0.1)
    assert drawn[0] > drawn[2] / 100


def test_bars_of_nothing_but_empty_years() -> None:
    assert heights(charts.bars([charts.Bar("1999", 0, None)], title="T")) in ([], [0])


# --- tints of a calendar --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "legend"),
    [
        ([], {}),
        ([3, 3], {1: "3"}),
        ([1, 14], {1: "1", 4: "14"}),
        ([1, 2, 60], {1: "1", 3: "2", 4: "60"}),
        ([*range(1, 15), 200], {1: "1–3", 2: "4–7", 3: "8–12", 4: "13–200"}),
    ],
)
def test_the_legend_tells_what_tints_stand_for(counts: list[int], legend: dict[int, str]) -> None:
    assert dict(charts.legend(charts.tints(counts))) == legend


@given(st.lists(st.integers(1, 10**4), min_size=2))
def test_more_papers_are_never_paler(counts: list[int]) -> None:
    tints = charts.tints(counts)
    ordered = [tints[count] for count in sorted(tints)]
    assert ordered == sorted(ordered)
    assert set(ordered) <= {1, 2, 3, 4}
    if len(ordered) > 1:
        assert (ordered[0], ordered[-1]) == (1, 4)


# --- sparkline ------------------------------------------------------------------------------------------------


def test_a_sparkline_says_what_it_shows() -> None:
    spark = charts.sparkline([(2012, 8), (2013, 0), (2014, 4)], title="Papers per year by Ada Byron")
    assert tooltips(spark) == ["Papers per year by Ada Byron: 12 papers, at most 8 a year"]
    assert "2012" in words(spark) and "2014" in words(spark)
    drawn = heights(spark)
    svg = parsed(spark).find("svg")
    assert svg is not None
    assert drawn == [float(svg.get("viewBox", "").split()[3]), drawn[0] / 2]  # the most fills the height


def test_a_sparkline_has_a_scale() -> None:
    one, many = (charts.sparkline([(2012, 1), (2013, most)], title="T") for most in (1, 14))
    assert [parsed(spark).findtext("span") for spark in (one, many)] == ["5", "14"]
    assert max(heights(one)) * 5 == max(heights(many))


def test_a_sparkline_marks_years_that_the_archive_has_no_papers_of() -> None:
    series = [(2012, 1), (2013, 0), (2014, 0), (2015, 1)]
    spark = charts.sparkline(series, title="T", gaps=(2000, 2014))
    (mark,) = (path.get("d") for path in parsed(spark).iter("path") if path.get("class") == "gap")
    assert mark == "M2 0h1v20h-1z"
    assert "gap" not in charts.sparkline(series, title="T")


# --- all of them ----------------------------------------------------------------------------------------------


def test_sizes() -> None:
    """Bytes of a large archive's pictures."""
    assert len(charts.bars(YEARS, title="Papers per year").encode()) < 6_500
    assert len(charts.bars(YEARS, title="Papers per year", wide=True).encode()) < 10_000
    assert (
        len(
            charts.sparkline(
                [(2000 + number, 3) for number in range(20)], title="Papers per year by A"
            ).encode()
        )
        < 900
    )


TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=20
)
HOSTILE = st.one_of(TEXTS, st.sampled_from(["</svg><script>", '"><b>', "a&b", "]]>", "&lt;"]))


@settings(max_examples=60, deadline=None)
@given(HOSTILE, st.lists(st.tuples(HOSTILE, st.integers(0, 10**6)), min_size=1, max_size=40))
def test_text_stays_text(title: str, series: list[tuple[str, int]]) -> None:
    bars = charts.bars(
        [charts.Bar(label, value, "a/" if value else None) for label, value in series], title=title
    )
    assert {element.tag for element in parsed(bars).iter()} <= {
        "figure",
        "figcaption",
        "svg",
        "span",
        "path",
        "title",
        "desc",
        "a",
        "g",
        "text",
        "pattern",
        "rect",
    }
    assert title in words(bars)
    shown = [f"{label}: {charts.papers(value)}" for label, value in series if value]
    assert [tip for tip in tooltips(bars) if not tip.endswith(": no papers in the feeds")] == shown
    spark = charts.sparkline([(2000 + index, value) for index, (_, value) in enumerate(series)], title=title)
    assert tooltips(spark)[0].startswith(title)
