"""`sitegen authors suggest`: which names may be one person's, what is suggested, and what a review writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_site import paper_by, write_small_content

from sitegen.authors.alike import alike
from sitegen.authors.edit import PeopleToml
from sitegen.cli import main
from sitegen.config.people import load_people
from sitegen.errors import ConfigError
from sitegen.text import names


@pytest.mark.parametrize(
    ("one", "other", "notes"),
    [
        ("James Whittington", "James C. R. Whittington", ()),
        ("Danielle S. Bassett", "D. S. Bassett", ("initial",)),
        ("D. Bassett", "Danielle S. Bassett", ("initial",)),
        ("José Pérez", "Jose Perez", ()),
        ("Jörg Müller", "Joerg Mueller", ("spelling",)),
        ("Jorg Muller", "Jörg Müller", ()),
        ("Jean-Philippe Thiran", "JP Thiran", ("initial",)),
        ("Xiaoming Li", "Xiao-Ming Li", ("spaces",)),
        ("Jan van der Berg", "Jan Vanderberg", ("particle",)),
        ("Wei Wang", "Wang Wei", ("order",)),
        ("Sergei Ivanov", "Sergey Ivanov", ("spelling",)),
        ("Maria García López", "Maria García", ("second family name",)),
        ("Mike Davies", "Michael Davies", ("short form",)),
        ("Bertrand Thirion", "Bertand Thirion", ("spelling",)),
    ],
)
def test_names_that_may_be_one(one: str, other: str, notes: tuple[str, ...]) -> None:
    for first, second in ((one, other), (other, one)):
        found = alike(names.parse(first), names.parse(second))
        assert found is not None
        assert not notes or found.notes == notes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("David Chen", "Daniel Chen"),
        ("D. S. Bassett", "D. T. Bassett"),
        ("James C. Whittington", "James D. Whittington"),
        ("Li Wei", "Lee Wei"),
        ("Francesco Rossi", "Francesca Rossi"),
        ("Min Zhang", "Mingzhe Zhang"),
        ("Ed Sample Jr.", "Ed Sample III"),
        ("J. Scott Turner", "James Scott"),
        ("Atlas Collaboration", "A. Collaboration"),
        ("Chen", "D. Chen"),
    ],
)
def test_names_of_two(one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        assert alike(names.parse(first), names.parse(second)) is None


# Bassett and D. S. Bassett share Scott Grafton; the two Chens share nobody, and have a frequent name.
PAPERS = (
    ("Danielle S. Bassett", "Scott Grafton"),
    ("Danielle S. Bassett", "Ada Byron"),
    ("D. S. Bassett", "Scott Grafton", "Ada Byron"),
    ("J. Thiran", "Jean-Philippe Thiran"),
    ("Jörg Müller", "Ada Byron"),
    ("Joerg Mueller", "Ada Byron"),
    ("D. Chen", "Bo Sample"),
    ("David Chen", "Cy Sample"),
    *[(f"{given} Chen",) for given in ("Dora", "Dina", "Dan", "Derek", "Dirk", "Dawn", "Don", "Dean", "Duo")],
)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    entries = [
        paper_by(number, authors, f"Paper {number}", year=2010 + number % 4)
        for number, authors in enumerate(PAPERS, 1)
    ]
    return write_small_content(tmp_path / "content", "https://archive.test/", "".join(entries))


def suggest(content: Path, *options: str) -> int:
    return main(["authors", "suggest", "--content", str(content), *options])


def test_a_table_with_evidence(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert suggest(content) == 0
    said = capsys.readouterr()
    pairs = [line for line in said.out.splitlines() if not line.startswith("   ")]
    assert len(pairs) == 2
    assert "Danielle S. Bassett (2)" in said.out
    assert "initial; shared co-authors: Ada Byron, Scott Grafton; categories 100% alike" in said.out
    assert "2 pairs" in said.err
    # Those who are on one paper are two persons, and those with a frequent name need better evidence.
    assert "Thiran" not in said.out
    assert "Chen" not in said.out
    assert not (content / "people.toml").exists(), "nothing is joined"
    suggest(content, "--threshold", "0", "--quiet")
    assert "D. Chen" in capsys.readouterr().out


def test_toml_to_paste(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suggest(content, "--toml", "--quiet")
    pasted = capsys.readouterr().out
    (content / "people.toml").write_text(pasted, "utf-8")
    known = {entry.name: entry.names for entry in load_people(content).persons}
    assert known == {"Danielle S. Bassett": ("D. S. Bassett",), "Jörg Müller": ("Joerg Mueller",)}
    suggest(content, "--toml")
    assert capsys.readouterr().out == "", "who is joined is not suggested again"


def test_names_told_apart_are_not_suggested(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (content / "people.toml").write_text('[[different]]\nnames = ["d.s. bassett", "Danielle S Bassett"]\n')
    suggest(content, "--quiet")
    assert "Bassett" not in capsys.readouterr().out


def test_toml_says_what_to_add_to_an_entry(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (content / "people.toml").write_text(
        '[[person]]\nname = "Dani Bassett"\nnames = ["Danielle S. Bassett"]\n'
    )
    suggest(content, "--toml", "--quiet")
    assert '# In people.toml, add to the names of person[0]: "D. S. Bassett"\n' in capsys.readouterr().out


COMMENTED = """\
# Ours. \u00e9
[[different]] # first
names = ["A", "B"]

[[person]]
name = "Danielle S. Bassett" # shown
# between
names = [
  "Dani S. Bassett", # a comment, with a ]
]
# the end
"""


def review(content: Path, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    given: Iterator[str] = iter(answers)

    def ask(_: str) -> str:
        try:
            return next(given)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", ask)
    assert suggest(content, "--review") == 0


def test_a_review_keeps_the_file_as_it_is(
    content: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = content / "people.toml"
    path.write_text(COMMENTED, "utf-8")
    review(content, monkeypatch, "what?", "y", "n")
    assert path.read_text("utf-8") == (
        COMMENTED.replace('"Dani S. Bassett", #', '"Dani S. Bassett", "D. S. Bassett", #')
        + '\n[[different]]\nnames = ["Jörg Müller", "Joerg Mueller"]\n'
    )
    said = capsys.readouterr().out
    assert "Paper 1  https://arxiv.org/abs/2603.00001" in said
    assert "1 pair joined, 1 told apart, 0 skipped" in said
    review(content, monkeypatch)
    assert "0 pairs joined, 0 told apart, 0 skipped" in capsys.readouterr().out


def test_a_review_writes_a_new_file_and_can_be_left(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    review(content, monkeypatch, "y")
    text = (content / "people.toml").read_text("utf-8")
    assert text == '[[person]]\nname = "Danielle S. Bassett"\nnames = ["D. S. Bassett"]\n'
    review(content, monkeypatch, "s")
    assert (content / "people.toml").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[[person]]\nname = "A"\n', '[[person]]\nname = "A"\nnames = ["B \\"b\\""]\n'),
        ('[[person]]\nname = "A"', '[[person]]\nname = "A"\nnames = ["B \\"b\\""]\n'),
        ("[[person]]\nname = 'A'\nnames = []", '[[person]]\nname = \'A\'\nnames = ["B \\"b\\""]'),
        (
            "[[person]]\nname = 'A'\nalso = ['C',\n 'D'\n # 'E'\n]\n",
            "[[person]]\nname = 'A'\nalso = ['C',\n 'D', \"B \\\"b\\\"\"\n # 'E'\n]\n",
        ),
    ],
)
def test_a_name_is_added(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "people.toml").write_text(before)
    PeopleToml(tmp_path).add_names(0, ['B "b"'])
    assert (tmp_path / "people.toml").read_text() == after


def test_an_unusual_file_is_left_alone(tmp_path: Path) -> None:
    source = 'person = [{ name = "A", orcid = "0000-0002-1825-0097" }]\n'
    (tmp_path / "people.toml").write_text(source)
    with pytest.raises(ConfigError, match="add the names by hand"):
        PeopleToml(tmp_path).add_names(0, ["B"])
    assert (tmp_path / "people.toml").read_text() == source


@pytest.mark.parametrize("options", [("--threshold", "2"), ("--limit", "-1"), ("--toml", "--review")])
def test_wrong_usage(content: Path, options: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        suggest(content, *options)
    assert caught.value.code == 2
