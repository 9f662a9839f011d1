"""Many records of a paper become one, whatever their order and number."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.library.merge import merge, merge_single
from sitegen.models import Announcement, ArxivId, Credit, Name, Paper, Version

START = datetime(2020, 1, 1, tzinfo=UTC)


def record(identifier: str = "2001.00001v1", **fields: object) -> Paper:
    parsed = ArxivId.parse(identifier)
    defaults: dict[str, object] = {
        "id": parsed,
        "title": "A title",
        "credits": (Credit(name=Name(printed="Ada Byron", family="Byron", given="Ada")),),
        "abstract": "An abstract.",
        "published": START,
        "updated": START,
        "versions": (Version(parsed.version, START),) if parsed.version else (),
    }
    return Paper(**(defaults | fields))  # type: ignore[arg-type]


def only(*records: Paper) -> Paper:
    (paper,) = merge(records)
    return paper


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        pytest.param(
            record("2001.00001v2", title="second"),
            record("2001.00001v1", title="first", updated=START + timedelta(9)),
            "second",
            id="highest version",
        ),
        pytest.param(
            record("2001.00001v10", title="tenth"),
            record("2001.00001v9", title="ninth"),
            "tenth",
            id="as numbers",
        ),
        pytest.param(
            record(title="later", updated=START + timedelta(1)),
            record(title="sooner"),
            "later",
            id="later update",
        ),
        pytest.param(
            record("2001.00001", title="unversioned", updated=START + timedelta(1)),
            record("2001.00001v1", title="known"),
            "known",
            id="a version that is known",
        ),
        pytest.param(
            record(title="daily", updated=START + timedelta(3), dated_by_announcement=True),
            record(title="api"),
            "api",
            id="submission dates over announcement dates",
        ),
    ],
)
def test_which_record_wins(first: Paper, second: Paper, winner: str) -> None:
    assert only(first, second).title == only(second, first).title == winner


def test_a_record_that_names_authors_wins() -> None:
    named, nameless = record(), record(credits=())
    assert only(named, nameless).credits == only(nameless, named).credits == named.credits


def test_fields_that_one_feed_lacks_come_from_another() -> None:
    bare = record("2001.00001v2", updated=START + timedelta(2))
    rich = record(
        "2001.00001v1", primary="q-bio.NC", categories=("q-bio.NC",), comment="4 pages", license="CC"
    )
    same = record("2001.00001v2", journal_ref="J. Tests 1", dois=("10.1/x",))
    paper = only(bare, rich, same)
    assert (paper.primary, paper.license) == ("q-bio.NC", "CC")
    assert (paper.journal_ref, paper.dois) == ("J. Tests 1", ("10.1/x",))
    assert paper.comment == "", "an older version's comment may have been taken back"


def test_history_is_kept_from_successive_feeds() -> None:
    second = START + timedelta(30)
    paper = only(
        record("2001.00001v2", updated=second, versions=(Version(2, second),)),
        record(
            "2001.00001v1",
            published=START + timedelta(1),
            updated=START + timedelta(1),
            dated_by_announcement=True,
            versions=(Version(1, START + timedelta(1)),),
            announcements=(Announcement(date(2020, 1, 2), "new"),),
        ),
    )
    assert paper.published == START
    assert paper.versions == (Version(1, START), Version(2, second))
    assert paper.announcements == (Announcement(date(2020, 1, 2), "new"),)


def test_affiliations_come_from_the_feed_that_has_them() -> None:
    plain = record(updated=START + timedelta(1))
    given_there = record(
        credits=(msgspec.structs.replace(plain.credits[0], affiliations=("Analytical Society",)),)
    )
    assert only(plain, given_there).credits[0].affiliations == ("Analytical Society",)


def test_newest_first() -> None:
    papers = merge(
        [
            record("2001.00001v1"),
            record("2001.00002v1"),
            record("1912.00001v1", published=START - timedelta(9)),
        ]
    )
    assert [paper.id.base for paper in papers] == ["2001.00002", "2001.00001", "1912.00001"]


moments = st.integers(0, 5).map(lambda days: START + timedelta(days))
records = st.builds(
    lambda number, version, title, published, updated, comment, primary, daily: record(
        f"2001.0000{number}" + (f"v{version}" if version else ""),
        title=title,
        published=published,
        updated=updated,
        comment=comment,
        primary=primary,
        dated_by_announcement=daily,
    ),
    st.integers(1, 2),
    st.integers(0, 3),
    st.sampled_from("ab"),
    moments,
    moments,
    st.sampled_from(["", "x", "y"]),
    st.sampled_from(["", "q-bio.NC"]),
    st.booleans(),
)


@settings(max_examples=150)
@given(st.lists(records, max_size=8), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(many: list[Paper], chance: object) -> None:
    merged = merge(many)
    shuffled = many + many[:3]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge(shuffled) == merged
    assert merge(merged) == merged
    assert merge([*merged, *many]) == merged
    assert merge(map(merge_single, many)) == merged
