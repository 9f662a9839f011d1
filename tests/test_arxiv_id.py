"""arXiv identifiers: every form that people and feeds write them in, and what is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.models import ArxivId


@pytest.mark.parametrize(
    ("written", "base", "version"),
    [
        # the scheme since 2015, since 2007-04, and before
        ("2603.07369", "2603.07369", None),
        ("2603.07369v1", "2603.07369", 1),
        ("0704.0001", "0704.0001", None),
        ("1412.9999v12", "1412.9999", 12),
        ("1501.00001", "1501.00001", None),
        ("q-bio/0309001", "q-bio/0309001", None),
        ("cond-mat/9306039v1", "cond-mat/9306039", 1),
        ("hep-th/9901001v3", "hep-th/9901001", 3),
        ("math/0703001", "math/0703001", None),
        ("chao-dyn/9107001", "chao-dyn/9107001", None),
        # arXiv drops the subject class
        ("math.GT/0309136", "math/0309136", None),
        ("cond-mat.stat-mech/0102536v2", "cond-mat/0102536", 2),
        # inside what feeds, people and libraries write
        ("http://arxiv.org/abs/2603.07369v1", "2603.07369", 1),
        ("https://arxiv.org/abs/2603.07369", "2603.07369", None),
        ("https://export.arxiv.org/abs/q-bio/0309001v1", "q-bio/0309001", 1),
        ("https://arxiv.org/pdf/2603.07369v2.pdf", "2603.07369", 2),
        ("https://arxiv.org/pdf/2603.07369v2", "2603.07369", 2),
        ("https://arxiv.org/html/2603.07369v2/", "2603.07369", 2),
        ("oai:arXiv.org:2203.01250v3", "2203.01250", 3),
        ("arXiv:2203.01250", "2203.01250", None),
        ("10.48550/arXiv.2203.01250", "2203.01250", None),
        ("https://doi.org/10.48550/arXiv.2203.01250v2", "2203.01250", 2),
        ("  2203.01250v3\n", "2203.01250", 3),
    ],
)
def test_what_is_an_identifier(written: str, base: str, version: int | None) -> None:
    assert ArxivId.parse(written) == ArxivId(base, version)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "0000.0000",
        "0703.0001",  # the new scheme began in 2007-04
        "1412.00001",  # five digits began in 2015
        "1501.0001",
        "2613.00001",  # there is no month 13
        "2603.00000",  # numbers begin at 1
        "2603.073699",
        "2603.07369v0",
        "2603.07369v",
        "2603.07369v1v2",
        "q-bio/0704001",  # the old scheme ended in 2007-03
        "q-bio/9013001",
        "q-bio/0309000",
        "Q-BIO/0309001",
        "../../etc/passwd",
        "q-bio/../0309001",
        "javascript:alert(1)//2603.07369",
        "https://example.org/abs/2603.07369",
        "https://arxiv.org/list/q-bio/recent",
        "2603.07369 2603.07370",
        # digits and letters of other scripts
        "２401.00001",
        "2401.0000١",
        "2401.00001v²",
        "2401.00001v１",
        "q-bio/030900１",
        "httpſ://arxiv.org/abs/2603.07369",
        "arχiv:2603.07369",
        # no archive's name
        f"{'a' * 256}/0101001",
        f"{'a-' * 128}a/0101001",
        f"q-bio.{'a' * 256}-b/0101001",
    ],
)
def test_what_is_none(written: str) -> None:
    with pytest.raises(ValueError, match="not an arXiv identifier"):
        ArxivId.parse(written)


def test_the_message_does_not_repeat_a_long_text() -> None:
    with pytest.raises(ValueError) as caught:
        ArxivId.parse("x" * 1_000_000)
    assert len(str(caught.value)) < 200


@st.composite
def identifiers(draw: st.DrawFn) -> ArxivId:
    year, month = draw(st.integers(1991, 2090)), draw(st.integers(1, 12))
    yymm = f"{year % 100:02}{month:02}"
    version = draw(st.none() | st.integers(1, 9999))
    if (year, month) < (2007, 4):
        archive = draw(st.sampled_from(["q-bio", "math", "cond-mat", "hep-th"]))
        return ArxivId(f"{archive}/{yymm}{draw(st.integers(1, 999)):03}", version)
    width = 4 if year < 2015 else 5
    return ArxivId(f"{yymm}.{draw(st.integers(1, 10**width - 1)):0{width}}", version)


def submitted(id: ArxivId) -> tuple[date, int]:
    digits = id.base.rpartition("/")[2].replace(".", "")
    year = int(digits[:2])
    return date(year + (1900 if year >= 91 else 2000), int(digits[2:4]), 1), int(digits[4:])


@given(identifiers())
def test_an_identifier_reads_back_as_itself(id: ArxivId) -> None:
    assert ArxivId.parse(str(id)) == id
    assert ArxivId.parse(f"https://arxiv.org/abs/{id}") == id
    assert ArxivId.parse(f"oai:arXiv.org:{id}") == id


@given(identifiers(), identifiers())
def test_order_is_that_of_time_over_both_schemes(one: ArxivId, other: ArxivId) -> None:
    if submitted(one) != submitted(other):
        assert (one.sort_key < other.sort_key) == (submitted(one) < submitted(other))
    assert (one.sort_key == other.sort_key) == (one.base == other.base)


@given(st.text(max_size=40))
def test_any_text_is_an_identifier_or_refused(text: str) -> None:
    try:
        id = ArxivId.parse(text)
    except ValueError:
        return
    assert ArxivId.parse(str(id)) == id
