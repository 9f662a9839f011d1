"""What the small pictures show: links, tooltips, shades and words, in well-formed markup of modest size."""

from __future__ import annotations

import gzip
import random
import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.site import charts, urls
from sitegen.text import ROOT

YEARS = [
    charts.Bar(label=str(year), value=year % 7 * 100 + 1, url=urls.year(year)) for year in range(1992, 2027)
]
DAYS_2026 = [date(2026, 1, 1) + timedelta(number) for number in range(365)]
WORKING_DAYS = {day: 1 + day.toordinal() % 23 for day in DAYS_2026 if day.weekday() < 5}


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
    assert charts.heatmap(2026, {}, title="T") == ""
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
        labels = [text.text for text in parsed(drawn).iter("text") if text.get("dy")]
        assert labels == [bar.label for bar in years[:count]]
        assert 'class="chart bars few"' in drawn


def test_a_year_without_papers_has_a_tooltip_and_no_link() -> None:
    bars = charts.bars(
        [
            charts.Bar("1992", 5, "archive/1992/"),
            charts.Bar("1993", 0, None),
            charts.Bar("1994", 9, "archive/1994/"),
        ],
        title="Papers per year",
    )
    assert tooltips(bars) == ["1992: 5 papers", "1993: 0 papers", "1994: 9 papers"]
    assert list(links(bars)) == ["/archive/1992/", "/archive/1994/"]


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
    drawn = heights(charts.bars([charts.Bar(str(value), value, "a/") for value in (1, 500, 1000)], title="T"))
    assert drawn == [max(drawn[0], 1), drawn[2] / 2, drawn[2]]
    assert drawn[0] >= drawn[2] / 100


def test_bars_of_nothing_but_empty_years() -> None:
    assert heights(charts.bars([charts.Bar("1999", 0, None)], title="T")) in ([], [0])


# --- calendar -------------------------------------------------------------------------------------------------


def test_each_day_with_papers_is_a_link_relative_to_the_page_of_its_year() -> None:
    calendar = charts.heatmap(
        2026, {date(2026, 3, 7): 12, date(2026, 12, 31): 1}, title="Papers per day in 2026"
    )
    assert links(calendar) == {"03/07/": "7 March: 12 papers", "12/31/": "31 December: 1 paper"}
    assert urls.day(date(2026, 3, 7)) == urls.year(2026) + "03/07/"
    assert "Papers per day in 2026" in words(calendar)
    assert "7 March" in words(calendar)


def test_every_month_is_named_and_every_day_drawn() -> None:
    for year, days in ((2026, 365), (2024, 366), (2028, 366), (2023, 365)):
        calendar = charts.heatmap(year, {date(year, 5, 1): 1}, title="T")
        shapes = "".join(path.get("d", "") for path in parsed(calendar).iter("path"))
        places = re.findall(r"M(\d+) (\d+)", shapes)
        assert len(places) == len(set(places)) == days
        texts = [text.text for text in parsed(calendar).iter("text")]
        assert [text for text in texts if text in {name[:3] for name in urls.MONTHS}] == [
            name[:3] for name in urls.MONTHS
        ]
        # Nothing is cut off.
        svg = parsed(calendar).find("svg")
        assert svg is not None
        width, height = (int(side) for side in svg.get("viewBox", "").split()[2:])
        assert max(int(x) for x, _ in places) + 11 <= width
        assert max(int(y) for _, y in places) + 11 <= height


def test_weeks_are_columns_and_monday_is_first() -> None:
    monday = date(2026, 6, 1)
    calendar = charts.heatmap(2026, {monday + timedelta(number): 1 for number in range(8)}, title="T")
    places = [
        tuple(map(int, re.findall(r"\d+", path.get("d", ""))[:2]))
        for path in parsed(calendar).iterfind(".//a/path")
    ]
    columns, rows = zip(*places, strict=True)
    assert len(set(columns[:7])) == 1 and columns[7] > columns[0]
    assert list(rows[:7]) == sorted(set(rows[:7]))
    assert rows[7] == rows[0]


def test_shades_follow_the_quartiles_of_the_days_with_papers() -> None:
    counts = {date(2026, 1, number): number for number in range(1, 21)}
    shades = {
        int(link.get("href", "").split("/")[1]): group.get("class")
        for group in parsed(charts.heatmap(2026, counts, title="T")).iter("g")
        for link in group.iter("a")
    }
    assert [shades[number] for number in (1, 5, 10, 15, 20)] == ["heat1", "heat1", "heat2", "heat3", "heat4"]
    assert sorted(shades, key=lambda number: (shades[number] or "", number)) == sorted(shades)


def test_equal_days_have_one_shade_the_lightest() -> None:
    calendar = charts.heatmap(2026, dict.fromkeys(DAYS_2026, 3), title="T")
    assert [group.get("class") for group in parsed(calendar).iter("g") if list(group)] == ["heat1"]


# --- sparkline ------------------------------------------------------------------------------------------------


def test_a_sparkline_says_what_it_shows() -> None:
    spark = charts.sparkline([(2012, 2), (2013, 0), (2014, 1)], title="Papers per year by Ada Byron")
    assert tooltips(spark) == ["Papers per year by Ada Byron: 3 papers, at most 2 a year"]
    assert "2012" in words(spark) and "2014" in words(spark)
    drawn = heights(spark)
    svg = parsed(spark).find("svg")
    assert svg is not None
    assert drawn == [float(svg.get("viewBox", "").split()[3]), drawn[0] / 2]  # the most fills the height


# --- all of them ----------------------------------------------------------------------------------------------


def test_sizes() -> None:
    """Bytes of a large archive's pictures, and of the longest one as it is sent."""
    assert len(charts.bars(YEARS, title="Papers per year").encode()) < 6_500
    calendar = charts.heatmap(2026, WORKING_DAYS, title="Papers per day in 2026").encode()
    assert len(WORKING_DAYS) == 261
    assert len(calendar) < 30_000
    assert len(gzip.compress(calendar, mtime=0)) < 4_000
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
    }
    assert title in words(bars)
    assert tooltips(bars) == [f"{label}: {charts.papers(value)}" for label, value in series]
    spark = charts.sparkline([(2000 + index, value) for index, (_, value) in enumerate(series)], title=title)
    assert tooltips(spark)[0].startswith(title)


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.sampled_from(DAYS_2026), st.integers(1, 500), min_size=1),
    st.randoms(use_true_random=False),
    HOSTILE,
)
def test_the_order_of_days_does_not_matter(counts: dict[date, int], rng: random.Random, title: str) -> None:
    calendar = charts.heatmap(2026, counts, title=title)
    shuffled = list(counts)
    rng.shuffle(shuffled)
    assert charts.heatmap(2026, {day: counts[day] for day in shuffled}, title=title) == calendar
    assert sorted(links(calendar)) == sorted(f"{day.month:02}/{day.day:02}/" for day in counts)
    assert title in words(calendar)
