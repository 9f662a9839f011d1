"""Hostile feeds in every dialect: what a site says and shows of them is what harmless ones would have it do."""

from __future__ import annotations

from pathlib import Path

import hostile
import oracle
import pytest
from oracle import Page

from sitegen.feeds import feed

CASES = 2_500  # at least, in a batch; there are two


@pytest.mark.parametrize("seed", [1, 2])
def test_a_batch_of_hostile_papers(seed: int) -> None:
    cases, faults = oracle.run(seed)
    assert faults == []
    assert cases >= CASES


@pytest.mark.parametrize(
    "markup",
    [
        "<p onclick=x>",
        "<p style='color:red'>",
        "<a href='javascript:x'>",
        "<a href=' jAvascript:x'>",
        "<a href='data:text/html,x'>",
        "<a href='//evil.invalid/'>",
        "<a href='https://example.org/\u202egnp.exe'>",
        "<img src='https://evil.invalid/x.png'>",
        "<script>x</script>",
        "<script src='//evil.invalid/x.js'></script>",
        "<math><a href='../'></a></math>",
        "<!-- x -->",
        "<?x?>",
        "<![CDATA[x]]>",
        "<p class=a class=b>",
    ],
)
def test_what_no_page_may_hold(markup: str) -> None:
    assert Page(markup).faults


@pytest.mark.parametrize("markup", ["<b>x</b>", "<img src='../a.png'>", "<section></section>", "<p class=x>"])
def test_elements_are_seen_that_a_twin_has_not(markup: str) -> None:
    page, twin = Page(f"<main>{markup}</main>"), Page("<main></main>")
    assert not page.faults
    assert (page.skeleton == twin.skeleton) == (markup == "<b>x</b>")


def test_every_dialect_is_read_in_full() -> None:
    for name, data, members in hostile.feeds(3, 60):
        papers, _ = feed.parse(data, name)
        assert {paper.id.base for paper in papers} == {one.id for one in members}


def test_the_search_goes_on_where_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seeds: list[int] = []

    def run(seed: int) -> tuple[int, list[str]]:
        seeds.append(seed)
        return 10, ["wrong"] if seed == 1_001 else []

    monkeypatch.setattr(oracle, "run", run)
    kept = f"{tmp_path}/fuzz/progress.json"
    assert oracle.main(["--cases", "20", "--kept", kept]) == 1
    assert oracle.main(["--cases", "40", "--kept", kept]) == 1
    assert seeds == [1_000, 1_001, 1_002, 1_003]
    said = capsys.readouterr().out
    assert "seed 1001: wrong" in said
    assert said.endswith("40 of 40 cases, 1 seeds with faults\n")
