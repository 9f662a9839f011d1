"""What the entries of people.toml do to a built site: joined, divided and changed names, and warnings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from sitegen.build import BuildReport, build
from sitegen.check.site import check
from sitegen.config.people import PersonEntry
from sitegen.library.claims import identified
from sitegen.library.related import related
from sitegen.models import ArxivId, Credit, Paper
from sitegen.text import names

URL = "https://archive.test/"
BASES = [f"2603.{number:05}" for number in range(1, 10)]


def entry(base: str, authors: tuple[str, ...], version: int = 1, note: str = "") -> str:
    first, moment = f"2026-03-{base[-2:]}T12:00:00Z", f"2026-04-{base[-2:]}T12:00:00Z"
    credits = "".join(f"<author><name>{escape(author)}</name></author>" for author in authors)
    return (
        f"<entry><id>http://arxiv.org/abs/{base}v{version}</id><title>Oscillations {base} {note}</title>"
        f"<summary>Neurons fire. {note}</summary><published>{first}</published>"
        f"<updated>{moment if version > 1 else first}</updated>{credits}<arxiv:comment>{note}</arxiv:comment>"
        '<category term="q-bio.NC" scheme="http://arxiv.org/schemas/atom"/></entry>'
    )


def site(folder: Path, entries: list[str], people: str) -> tuple[Path, BuildReport]:
    content = folder / "content"
    (content / "feeds").mkdir(parents=True, exist_ok=True)
    (content / "site.toml").write_text(f'title = "Site"\nurl = "{URL}"\nrepository = "example/archive"\n')
    (content / "people.toml").write_text(people, "utf-8")
    (content / "feeds/feed.xml").write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
        "<id>http://arxiv.org/api/x</id><title>T</title><updated>2026-04-20T00:00:00Z</updated>"
        f"{''.join(entries)}</feed>",
        "utf-8",
    )
    return folder / "output", build(content, folder / "output", jobs=1)


ENTRIES = [
    entry(BASES[0], ("Jane Former", "Bo Chen")),
    entry(BASES[0], ("Jane Former", "Bo Chen"), version=2),
    entry(BASES[1], ("J. Former", "Bo Chen"), note="With an appendix by Jane  Former (see Former, Jane)."),
    entry(BASES[2], ("Jane Former", "Wei Wang")),
    entry(BASES[3], ("José Pérez", "Wei Wang")),
    entry(BASES[4], ("Jose Perez", "Wei Wang")),
    entry(BASES[5], ("J. Perez", "Wei Wang")),
    entry(BASES[6], ("John Later", "Bo Chen")),
]
PEOPLE = f"""
[[person]]
name = "John Later"
names = ["Jane Former", "J. Former"]
silent = true

[[person]]
name = "José Pérez"
id = "j-p"
names = ["Jose Perez"]
orcid = "0000-0002-1825-0097"
homepage = "https://example.org/perez"

[[person]]
name = "Wei Wang"
id = "wei-wang-2"
papers = ["{BASES[4]}", "{BASES[5]}"]

[[different]]
names = ["J. Perez", "José Pérez"]
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with joined, divided and changed names, which was built without them first."""
    folder = tmp_path_factory.mktemp("people")
    site(folder, ENTRIES, "")
    output, report = site(folder, ENTRIES, PEOPLE)
    assert report.problems == ()
    cold, _ = site(tmp_path_factory.mktemp("cold"), ENTRIES, PEOPLE)
    assert contents(output) == contents(cold)
    return output


def contents(output: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(output)): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }


def read(output: Path, name: str) -> str:
    return (output / name / "index.html").read_text("utf-8")


def test_a_changed_name_leaves_no_trace(built: Path) -> None:
    for name, data in contents(built).items():
        for trace in (b"former", b"jane"):
            assert trace not in data.lower(), name
            assert trace.decode() not in name
    person = read(built, "authors/john-later")
    assert "4 papers" in person
    for base in (BASES[0], BASES[1], BASES[2], BASES[6]):
        assert f'href="../../abs/{base}/"' in person
        assert "author={Later, John and " in read(built, f"abs/{base}")
    assert "With an appendix by John Later (see John Later)." in read(built, f"abs/{BASES[1]}")


def test_joined_names_are_one_person_and_keep_their_addresses(built: Path) -> None:
    person = read(built, "authors/j-p")
    assert "2 papers" in person
    assert 'href="https://orcid.org/0000-0002-1825-0097"' in person
    assert '<a href="https://example.org/perez">Homepage</a>' in person
    assert "Also published as <bdi>Jose Perez</bdi>." in person
    # Each form had a page of its own before.
    moved = [
        folder.name
        for folder in (built / "authors").iterdir()
        if folder.name != "by-letter"
        and folder.is_dir()
        and "url=../../authors/j-p/" in read(built, f"authors/{folder.name}")
    ]
    assert len(moved) == 2
    assert "jose-perez" in moved


def test_the_papers_of_a_name_are_divided(built: Path) -> None:
    second, first = read(built, "authors/wei-wang-2"), read(built, "authors/wei-wang")
    for base in (BASES[2], BASES[3]):
        assert f"abs/{base}/" in first
        assert f"abs/{base}/" not in second
        assert 'href="../../authors/wei-wang/">Wei Wang</a>' in read(built, f"abs/{base}")
    for base in (BASES[4], BASES[5]):
        assert f"abs/{base}/" in second
        assert f"abs/{base}/" not in first
        assert 'href="../../authors/wei-wang-2/">Wei Wang</a>' in read(built, f"abs/{base}")


def test_related_papers_are_by_the_same_person_not_the_same_name() -> None:
    papers = [
        Paper(
            id=ArxivId.parse(base),
            title=f"{word} paper",
            credits=(Credit(name=names.parse(author)),),
            abstract="",
            published=datetime(2026, 3, day, tzinfo=UTC),
            updated=datetime(2026, 3, day, tzinfo=UTC),
        )
        for day, (base, word, author) in enumerate(
            zip(
                BASES,
                ("Apple", "Pear", "Plum", "Fig"),
                ("Wei Wang", "W. Wang", "Wei Wang", "Wei Wang"),
                strict=False,
            ),
            1,
        )
    ]
    entries = [
        PersonEntry(name="Wei Wang", id="w-2", names=("W. Wang",), papers=(BASES[0], BASES[1])),
    ]
    compared, digests = identified(papers, [b""] * len(papers), entries)
    assert [digest == b"" for digest in digests] == [False, False, True, True]
    found = related(compared)
    assert {base: [(near.id, near.authors) for near in near] for base, near in found.items()} == {
        BASES[0]: [(BASES[1], ("Wei Wang",))],
        BASES[1]: [(BASES[0], ("Wei Wang",))],
        BASES[2]: [(BASES[3], ("Wei Wang",))],
        BASES[3]: [(BASES[2], ("Wei Wang",))],
    }


def test_persons_told_apart_do_not_lead_to_each_other(built: Path) -> None:
    assert "Similar names" not in read(built, "authors/j-perez")
    assert "Similar names" in read(built, "authors/wei-wang")


def test_readers_can_report_similar_names(built: Path) -> None:
    assert (
        '<a href="https://github.com/example/archive/issues/new?title=One+person%3F+Wei+Wang&amp;'
        'body=https://archive.test/authors/wei-wang/+is:+">The same person? Tell the maintainers</a>'
    ) in read(built, "authors/wei-wang")


def test_the_site_has_no_dead_link(built: Path) -> None:
    assert check(built, URL).problems == ()


def test_who_takes_all_papers_of_a_name_has_its_address_too(tmp_path: Path) -> None:
    people = f'[[person]]\nname = "Wei Wang"\nid = "w-w"\npapers = ["{BASES[0]}"]\n'
    output, _ = site(tmp_path, [entry(BASES[0], ("Wei Wang",)), entry(BASES[1], ("Bo Chen",))], people)
    assert "url=../../authors/w-w/" in read(output, "authors/wei-wang")
    # Another person comes, who has the name and its address.
    output, _ = site(tmp_path, [entry(BASES[0], ("Wei Wang",)), entry(BASES[1], ("Wei Wang",))], people)
    assert f"abs/{BASES[1]}/" in read(output, "authors/wei-wang")
    assert f"abs/{BASES[0]}/" in read(output, "authors/w-w")


def test_an_id_takes_an_address_from_another_name(tmp_path: Path) -> None:
    people = '[[person]]\nname = "Bo Chen"\nid = "ada-byron"\n'
    output, _ = site(tmp_path, [entry(BASES[0], ("Ada Byron", "Bo Chen"))], people)
    assert "<h1>Bo Chen</h1>" in read(output, "authors/ada-byron")
    assert check(output, URL).problems == ()


Warned = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def warned(tmp_path_factory: pytest.TempPathFactory) -> Warned:
    """Return what a build says about people.toml."""
    folder = tmp_path_factory.mktemp("warned")

    def said(people: str) -> list[str]:
        _, report = site(folder, [entry(BASES[0], ("Ada Byron", "Bo Chen"))], people)
        return [str(problem).rpartition("people.toml:")[2] for problem in report.problems]

    return said


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ('[[person]]\nname = "ADA BYRON"', []),
        (
            '[[person]]\nname = "Ada Byron"\nnames = [\n  "A. Byron",\n]',
            ["4: person[0].names[0]: no paper has 'A. Byron' (write it as papers print it, or remove it)"],
        ),
        (
            '[[person]]\nname = "A. Byron"',
            ["2: person[0].name: no paper has 'A. Byron' (write it as papers print it, or remove it)"],
        ),
        (
            '[[person]]\nname = "Ada King"\nnames = ["A. Byron", "Ada Byron"]\nsilent = true',
            ["3: person[0].names[0]: no paper has 'A. Byron' (write it as papers print it, or remove it)"],
        ),
        (
            '[[person]]\nname = "Ada Byron"\npapers = [\n"2603.00001",\n"2603.00002"]',
            [
                "5: person[0].papers[1]: no feed has the paper 2603.00002 "
                "(correct the identifier, or add a feed that has it)"
            ],
        ),
        (
            '[[person]]\nname = "A. Byron"\nnames = ["Ada Byron"]\n'
            '[[different]]\nnames = ["Ada Byron", "Adam Byron"]',
            ["5: different[0].names[1]: no paper has 'Adam Byron' (write it as papers print it, or remove it)"],
        ),
    ],
    ids=["fine", "name", "shown", "silent", "paper", "different"],
)  # fmt: skip
def test_what_nobody_has_is_a_warning(warned: Warned, people: str, expected: list[str]) -> None:
    assert warned(people) == expected
