"""Broken, hostile and huge feeds: each is read or refused, never half, and no text takes more than linear work."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from conftest import PROJECT

from sitegen import cli
from sitegen.errors import FeedError, Problem
from sitegen.feeds import bounds, feed
from sitegen.models import ArxivId, Paper, Version
from sitegen.site.derived import derive
from sitegen.text import credits, markup

sys.path.insert(0, str(PROJECT / "benchmarks"))
import hostile_feeds
from hostile_feeds import FAMILIES, Family


def reading(data: bytes) -> tuple[str, tuple[Paper, ...], str]:
    """Return the outcome, the papers and what is reported."""
    try:
        papers, problems = feed.parse(data, "feeds/a.xml")
    except FeedError as error:
        return "refused", (), str(error)
    said = "\n".join(map(str, problems))
    return ("cut" if problems else "papers") if papers else "skipped", papers, said


@pytest.mark.parametrize("name", ["name", "authors in one element", "authors, RSS 1.0"])
def test_a_text_that_is_too_long_takes_no_memory_of_its_own(name: str) -> None:
    (family,) = [family for family in FAMILIES if family.name == name]
    data = family.make(8_000_000)
    tracemalloc.start()
    try:
        outcome, _, said = reading(data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert outcome == "skipped"
    assert "is longer than 1 MB" in said
    assert most < 3 * len(data)


def test_there_are_forty_families() -> None:
    assert len({family.name for family in FAMILIES}) == len(FAMILIES) >= 40


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_hostile_file_ends_in_papers_or_in_a_report(family: Family) -> None:
    outcome, papers, said = reading(family.make(family.small))
    assert (outcome, family.says in said) == (family.outcome, True), said[:300]
    if outcome != "papers":
        assert said.startswith("feeds/a.xml")
    for paper in papers:
        derive(paper)


def test_a_site_is_made_of_all_of_them_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feeds = tmp_path / "content" / "feeds"
    feeds.mkdir(parents=True)
    (tmp_path / "content" / "site.toml").write_text('title = "A"\nurl = "https://a.org/"\n')
    for number, family in enumerate(FAMILIES):
        (feeds / f"{number:02}{family.suffix}").write_bytes(family.make(min(family.small, 5000)))
    (feeds / "good.xml").write_bytes(hostile_feeds.feed(hostile_feeds.entry(77_777, title="A good paper")))
    cli.main(["build", "--content", str(tmp_path / "content"), "--output", str(tmp_path / "output")])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert "A good paper" in (tmp_path / "output" / "abs" / "2401.77778" / "index.html").read_text()


def test_a_feed_cut_short_at_any_byte_has_no_papers() -> None:
    for data in hostile_feeds.cut_feeds():
        outcome, papers, said = reading(data)
        assert (outcome, papers) == ("refused", ()), said


# --- fields ---

WORDS = "place cell "


@pytest.mark.parametrize(
    ("field", "before", "bound"),
    [
        ("abstract", "<summary>", bounds.ABSTRACT),
        ("comment", "<arxiv:comment>", bounds.COMMENT),
        ("journal_ref", "<arxiv:journal_ref>", bounds.JOURNAL),
    ],
)
def test_a_text_beyond_its_bound_is_cut_where_readers_see_it(field: str, before: str, bound: int) -> None:
    after = before.replace("<", "</")
    within, beyond = ((WORDS * bound)[:length].strip() for length in (bound, bound + 2))
    for text, is_cut in ((within, False), (beyond, True)):
        rest = f"{before}{text}{after}" + ("" if field == "abstract" else "<summary>x</summary>")
        (paper,), problems = feed.parse(hostile_feeds.feed(hostile_feeds.entry(rest=rest)), "feeds/a.xml")
        kept = getattr(paper, field)
        assert kept == text or is_cut
        assert kept.endswith(" […]") == is_cut
        assert len(kept) <= bound
        assert [problem.message for problem in problems] == (
            [f"its {field} is longer than {bound:,} characters and is cut there"] if is_cut else []
        )


def problem_of(entry: str) -> Problem:
    papers, problems = feed.parse(hostile_feeds.feed(entry, hostile_feeds.entry(2)), "feeds/a.xml")
    assert [paper.id.base for paper in papers] == ["2401.00003"], "the next entry is read"
    return problems[0]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (hostile_feeds.entry(title="a " * 1001), "its title is longer than 2,000 characters"),
        (
            hostile_feeds.entry(rest="<author><name>A B</name></author>" * 25_001),
            "more than 25,000 authors",
        ),
        (hostile_feeds.entry(rest='<category term="a"/>' * 101), "more than 100 categories"),
        (hostile_feeds.entry(rest=f"<category>{'a,' * 1001}</category>"), "a category of more than 2,000"),
        (hostile_feeds.entry(rest=f"<summary>{'a' * (1 << 20)}</summary>"), "«summary» is longer than 1 MB"),
        (hostile_feeds.entry(rest="<archive:version>1 x</archive:version>" * 1001), "elements"),
    ],
    ids=["title", "authors", "categories", "category", "summary", "versions"],
)
def test_an_entry_beyond_a_bound_is_skipped_by_name(entry: str, said: str) -> None:
    problem = problem_of(entry)
    assert "the entry is skipped: " in problem.message
    assert said in problem.message
    assert str(problem.location).startswith("feeds/a.xml:3: http://arxiv.org/abs/2401.00002v1")


def test_the_largest_real_values_are_far_below_their_bounds() -> None:
    """The paper of ATLAS and CMS has 5,154 authors; an abstract of 6,000 characters is the longest at arXiv."""
    people = "".join(f"<author><name>A. B. Smith{n}</name></author>" for n in range(5154))
    entry = hostile_feeds.entry(title="a " * 200, rest=f"<summary>{'a b ' * 1500}</summary>{people}")
    (paper,), problems = feed.parse(hostile_feeds.feed(entry), "feeds/a.xml")
    assert problems == ()
    assert len(paper.credits) == 5154


# --- work on texts ---

PIECES = [
    *("\\begin{x}", "\\begin{itemize}\\item a ", "\\end{itemize}", "{", "}", "$", "$x$ ", "$$ ", "`", "``a "),
    *(
        "''a ",
        "\\foo ",
        "\\foo{",
        "\\foo{a}",
        "\\foo[",
        "\\emph{a} ",
        "\\textbf{",
        "{\\it a ",
        "\\frac{",
        "\\(",
    ),
    *("$\\frac{", "\\[", "$\\text{", "\\cite{", "\\url{", "\\label{", "\\href{a}{", "\n  a", "\n", "a-\n"),
    *("[", "<", "<i>", "<ul><li>a", "&amp;", "http://a.b ", "10.1000/ab(c ", "arXiv:2401.00001 ", "a^2 "),
    *("~", "--", "\\", "'a", "withdrawn by the ", "\u200d", "a\u0301", "\\(x\\) ", "\\'", "\\'e", "\\b{a} "),
    *("*a* ", "_a_ ", "](", "^", "_{", "#", "%", '"'),
]


def steps(work: Callable[[], Any]) -> int:
    """Return how many functions are called, of Python and of C."""
    calls = 0

    def count(_: FrameType, event: str, __: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def paper_with(text: str) -> Paper:
    day = datetime(2024, 1, 2, tzinfo=UTC)
    return Paper(
        id=ArxivId("2401.00001", 1),
        title="A title",
        credits=(),
        abstract=text,
        published=day,
        updated=day,
        versions=(Version(1, day),),
    )


@pytest.mark.parametrize("piece", PIECES)
def test_twice_the_text_takes_twice_the_steps(piece: str) -> None:
    def work(size: int) -> Callable[[], Any]:
        text = (piece * size)[:size]
        return lambda: (derive(paper_with(markup.authored(text))), credits.split_list(text))

    work(100)()  # what is compiled or imported at first use
    # After a text command the end of a formula is looked for in 2,000 characters.
    size = 24_000 if "text{" in piece else 1500
    once, twice = steps(work(size)), steps(work(2 * size))
    assert twice <= 2.2 * once + 200, twice / once
