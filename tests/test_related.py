"""Which papers stand near a paper, and what a reader is told about why."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_site import make_site

from sitegen.incremental.cache import Cache
from sitegen.incremental.checksum import digest
from sitegen.library import vectors
from sitegen.library.features import authors, read
from sitegen.library.related import Search, decode_neighbours, query, related
from sitegen.library.related import decode_answer as encoded
from sitegen.models import ArxivId, Credit, Paper, Related
from sitegen.text import names


def paper(
    number: int,
    title: str,
    authors: Sequence[str] = (),
    *,
    abstract: str = "",
    comment: str = "",
    month: str = "2001",
) -> Paper:
    moment = datetime(2000 + int(month[:2]), int(month[2:]), 1, tzinfo=UTC)
    return Paper(
        id=ArxivId.parse(f"{month}.{number:05}"),
        title=title,
        credits=tuple(Credit(name=names.parse(author)) for author in authors),
        abstract=abstract,
        comment=comment,
        published=moment,
        updated=moment,
    )


def search(papers: Sequence[Paper], cache: Cache, program: bytes = b"program") -> Search:
    return Search(papers, [digest(repr(paper).encode()) for paper in papers], cache, program)


def found(answer: bytes) -> dict[str, tuple[Related, ...]]:
    return {base: decode_neighbours(part) for base, part in encoded(answer).items()}


def neighbours(*papers: Paper, of: int = 0) -> list[str]:
    """Identifiers of the neighbours of one of the papers, without the month."""
    return [near.id[5:] for near in related(papers)[papers[of].id.base]]


def shared(*papers: Paper) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Authors and topics that the first paper shares with the second; none if they are no neighbours."""
    near = {near.id: near for near in related(papers)[papers[0].id.base]}.get(papers[1].id.base)
    return (near.authors, near.topics) if near else ((), ())


ADA, BEN, CAI, DEE, EVA = "Ada Byron", "Ben Gunn", "Cai Lun", "Dee Brown", "Eva Luna"


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([ADA], [ADA], (ADA,)),
        ([ADA], ["ADA  BYRON"], (ADA,)),
        ([ADA, BEN], [BEN, CAI, ADA], (ADA, BEN)),
        ([ADA, ADA], [ADA], (ADA,)),
        ([ADA], ["Ada Byrón"], ()),
        ([ADA], [BEN], ()),
        ([], [], ()),
    ],
)
def test_shared_authors(ours: list[str], theirs: list[str], expected: tuple[str, ...]) -> None:
    assert shared(paper(1, "Cortical waves", ours), paper(2, "Sleep of mice", theirs)) == (expected, ())


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        # Neighbouring words read as one phrase, and as they stand in the first paper.
        ("Cortical waves in sleep", "Sleeping cats and cortical waves", ["cortical waves", "sleep"]),
        ("Cortical waves", "A cortical wave", ["cortical waves"]),
        ("Pulse-coupled oscillators", "On pulse coupled oscillators", ["pulse-coupled oscillators"]),
        ("Parkinson's disease", "Tremor in Parkinson’s disease", ["Parkinson's disease"]),
        ("Single-cell RNA", "Single-cell RNA of mice", ["single-cell RNA"]),
        ("Integrate-and-fire axons", "Integrate-and-fire axons of mice", ["integrate-and-fire axons"]),
        ("Polarization of waves", "Cortical waves: polarization", ["polarization", "waves"]),
        ("Waves, cortical", "Cortical, waves", ["waves", "cortical"]),
        # No more than three phrases.
        ("Zebra, grid, wave, song, fish", "Fish song; wave; grid; zebra", ["zebra", "grid", "wave"]),
        # What papers on everything share is named only if there is nothing else.
        ("Neural networks of waves", "Networks, neural, and waves", ["waves"]),
        ("Neurons of mice", "Neurons of cats", ["neurons"]),
        # Words of any abstract, figures of speech, short words and numbers say nothing.
        ("A novel approach revisited: results", "Results: a novel approach revisited", []),
        ("Fine-tuning coarse-grained trade-offs", "Coarse-grained trade-offs by fine-tuning", []),
        ("A network predicts", "It predicts a net", []),
        ("1995 2010 2020", "1995 2010 2020", []),
        ("", "", []),
        ("Cats - Waves", "Sleep - Waves", ["waves"]),
        (r"Waves of $\psi$", r"Waves of $\psi$ and \emph{waves}", ["waves"]),
        (r"Schr\"odinger cats", "Schrödinger cats, again", ["schrödinger cats"]),
    ],
)
def test_shared_topics(ours: str, theirs: str, expected: list[str]) -> None:
    assert shared(paper(1, ours), paper(2, theirs)) == ((), tuple(expected))
    assert shared(paper(1, "", abstract=ours), paper(2, "", abstract=theirs))[0] == ()


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Cortical Waves Between Cats", "", ["cortical waves", "cats"]),
        ("Hopfield Networks Between Cats", "We study Hopfield networks.", ["Hopfield networks", "cats"]),
        ("Keller-Segel Waves", "A flux-limited Keller-Segel model.", ["Keller-Segel waves"]),
        # A title in a sentence's capitals keeps its names; its first word is known by the abstract alone.
        ("Stable waves in Hopfield networks", "", ["stable waves", "Hopfield networks"]),
        ("Hopfield networks and cats", "Of Hopfield.", ["Hopfield networks", "cats"]),
        ("Sleep and Cortical waves", "Cortical waves, and cortical sleep.", ["cortical waves", "sleep"]),
        ("Circuits of fMRI and NMDA receptors", "", ["NMDA receptors", "circuits", "fMRI"]),
        ("Sparks of Ca2+", "", ["sparks", "Ca2"]),
        ("İstanbul Waves", "", ["İstanbul waves"]),
    ],
)
def test_topics_are_written_as_in_a_sentence(title: str, abstract: str, expected: list[str]) -> None:
    other = title.upper() if "İ" not in title else title
    assert shared(paper(1, title, abstract=abstract), paper(2, other)) == ((), tuple(expected))


def test_abstracts_are_compared_as_well_as_titles() -> None:
    ours = paper(1, "What rodents know", abstract="Place cells remap in a new maze. Place cells are stable.")
    theirs = paper(2, "Of mazes", [ADA], abstract="A model of place cells; place cells again.")
    assert shared(ours, theirs, paper(3, "Sleep of cats", abstract="Cats sleep.")) == ((), ("place cells",))


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("8 pages, Sagres Symposium 2019", "Talk at the Sagres symposium", ("Sagres Symposium",)),
        ("In Proceedings of Rain 7", "Proceedings of RAIN 8", ("Rain",)),
        ("Written in Sagres", "Sagres, 8 pages", ()),
        ("Sagres Symposium", "Written in Sagres", ()),
        ("Sagres Symposium", "", ()),
    ],
)
def test_papers_of_one_event_are_near(ours: str, theirs: str, expected: tuple[str, ...]) -> None:
    """Their comments name the event."""
    assert shared(paper(1, "Sleep", comment=ours), paper(2, "Waves", comment=theirs)) == ((), expected)


def test_proceedings_are_nearer_to_a_paper_than_other_papers_of_the_event() -> None:
    """What the proceedings say of the event at large makes them no less near."""
    event = "In Proceedings of the Sagres Symposium"
    talks = [
        paper(number, f"Cats{letter} dogs{letter}", comment=event)
        for number, letter in enumerate("abcdef", 1)
    ]
    at_large = " ".join(f"thanks{letter}" for letter in "abcdefghijklmnopqrstuvwxyzåäöü")
    proceedings = paper(9, "Sagres Symposium", abstract=at_large, comment=event)
    assert [neighbours(*talks, proceedings, of=talk)[0] for talk in range(6)] == ["00009"] * 6


def test_what_both_papers_are_about_is_named_before_what_they_mention() -> None:
    """It is in the title or comes twice."""
    ours = paper(1, "Cortical waves", abstract="In zebras, cortical waves.")
    theirs = paper(2, "Cortical waves", abstract="As for zebras, see there.")
    assert shared(ours, theirs) == ((), ("cortical waves",))


def test_the_nearest_comes_first_and_five_are_enough() -> None:
    papers = [
        paper(1, "Cortical waves of mice", [ADA, BEN]),
        paper(2, "Sleep", [ADA]),
        paper(3, "Cortical waves of mice asleep", [ADA, BEN]),
        paper(4, "Cortical waves of cats"),
        *(paper(number, f"Waves {word}") for number, word in enumerate(["seen", "heard", "felt", "lost"], 5)),
    ]
    near = neighbours(*papers)
    assert near[:2] == ["00003", "00004"]
    assert len(near) == 5


def test_common_authors_alone_are_at_most_two_of_the_neighbours() -> None:
    papers = [
        paper(1, "Cortical waves", [ADA]),
        *(paper(number, f"Alone{'abcdefgh'[number]}", [ADA]) for number in range(2, 8)),
        paper(8, "Cortical grids"),
    ]
    assert sorted(neighbours(*papers)) == ["00002", "00003", "00008"]


def test_a_common_subject_outweighs_a_long_common_list_of_authors() -> None:
    everybody = [ADA, BEN, CAI, DEE, EVA]
    papers = [
        paper(1, "Cortical waves", everybody),
        paper(2, "Sleep", everybody),
        paper(3, "Cortical waves", [ADA]),
    ]
    assert neighbours(*papers) == ["00003", "00002"]


def test_equally_near_ones_stand_by_months_between_and_then_by_identifier() -> None:
    papers = [
        paper(5, "Cortical waves", month="2006"),
        paper(1, "Cortical waves", month="1901"),
        paper(9, "Cortical waves", month="2007"),
        paper(8, "Cortical waves", month="2007"),
    ]
    assert neighbours(*papers) == ["00008", "00009", "00001"]


def test_versions_of_one_work_stand_together() -> None:
    """The two by Ada are nearly the same; without Ben's paper between them, both are as near as they look."""
    papers = [
        paper(1, "Cortical waves of sleeping mice", [CAI]),
        paper(2, "Cortical waves of sleeping cats and dogs", [ADA]),
        paper(3, "Cortical waves of sleeping fish", [BEN]),
        paper(4, "Cortical waves, sleeping cats, dogs: an extended version for zebras", [ADA]),
    ]
    assert neighbours(*papers) == ["00003", "00002", "00004"]
    apart = [*papers[:2], paper(3, "Cortical waves of cats", [BEN]), papers[3]]
    assert neighbours(*apart) == ["00002", "00004", "00003"]


def test_a_paper_with_nothing_in_common_has_no_neighbours() -> None:
    papers = [paper(1, "Cortical waves", [ADA]), paper(2, "Sleep of mice", [BEN]), paper(3, "", [])]
    assert set(related(papers).values()) == {()}
    assert related([]) == {}


def test_a_collaboration_of_thousands() -> None:
    """Its first twenty members count, and it costs no more than they do."""
    members = [f"Member{number} Someone" for number in range(3000)]
    papers = [paper(number, "Higgs", members) for number in range(1, 31)]
    assert len(next(authors(papers))) == 20
    assert len(related(papers)["2001.00001"]) == 5
    last = paper(99, "Alone", members[-1:])
    assert related([papers[0], last])["2001.00099"] == ()


def test_hostile_texts_are_read_in_part() -> None:
    long = r"\alpha $ { \frac " * 30_000 + "cortical waves"
    endless = [paper(number, long, abstract=long) for number in (1, 2)]
    assert not any("cortical" in str(near) for near in related(endless).values())
    assert len(read(endless[0]).words) < 6400  # characters that are read, of 1,200,000


def test_a_query_for_more_papers_names_the_topics_of_most_neighbours() -> None:
    near = [
        Related("2001.00001", (), ("place cells", "maze")),
        Related("2001.00002", (ADA,), ()),
        Related("2001.00003", (), ("remapping", "maze")),
    ]
    assert query(near) == 'maze OR "place cells" OR remapping'
    assert query(near[1:2]) == ""


# Few words and names, so that papers meet; marks and letters that change their number in lower case.
WORDS = st.sampled_from(
    [
        "cortical",
        "Waves",
        "sleep",
        "Hopfield",
        "NMDA",
        "the",
        "İİİİİ",
        "ẞtraße",
        "$x$",
        r"\'el\`ene",
        ":",
        "<b>",
        "ﬁshes",
    ]
)
PAPERS = st.lists(
    st.tuples(st.lists(WORDS, max_size=6), st.lists(st.sampled_from([ADA, BEN, CAI, DEE, EVA]), max_size=3)),
    max_size=12,
)


def made(drawn: list[tuple[list[str], list[str]]]) -> list[Paper]:
    return [
        paper(number, " ".join(words), authors, abstract=" ".join(words[::-1]))
        for number, (words, authors) in enumerate(drawn, 1)
    ]


@settings(max_examples=25, deadline=None)
@given(PAPERS, st.randoms(use_true_random=False))
def test_order_does_not_matter(drawn: list[tuple[list[str], list[str]]], rng: random.Random) -> None:
    papers = made(drawn)
    found = related(papers)
    shuffled = papers[:]
    rng.shuffle(shuffled)
    assert related(shuffled) == found
    assert set(found) == {paper.id.base for paper in papers}
    for base, near in found.items():
        ids = [neighbour.id for neighbour in near]
        assert base not in ids
        assert len(set(ids)) == len(ids) <= 5
        assert all(neighbour.authors or neighbour.topics for neighbour in near)


def test_a_new_paper_leaves_most_neighbours_as_they_were() -> None:
    rng = random.Random(7)
    people = [f"Given{number} Family{number}" for number in range(300)]
    words = [f"word{''.join(rng.choices('abcdefghij', k=6))}" for _ in range(400)]
    papers = [
        paper(number, " and ".join(rng.choices(words, k=5)), rng.sample(people, 3))
        for number in range(1, 501)
    ]
    before = related(papers)
    after = related([*papers, paper(999, " and ".join(words[:5]), people[:3])])
    changed = sum(before[base] != after[base] for base in before)
    assert changed < 60
    assert after["2001.00999"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 30), st.sampled_from([16, 1024]))
def test_an_archive_that_grows_finds_what_a_new_one_finds(seed: int, new: int, block: int) -> None:
    """Few words and many papers, so that weights of terms change with the last of them."""
    chance = random.Random(seed)
    archive = [drawn(chance, number) for number in range(1, 90)]
    chance.shuffle(archive)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "_BLOCK", block)
        cache = Cache(Path(folder))
        before = search(archive[new:], cache)
        before.run()
        before.save()
        assert found(search(archive, cache).run()) == related(archive)
        # Papers that are gone, and a file that is damaged.
        assert found(search(archive[:60], cache).run()) == related(archive[:60])
        kept = cache.path("related", b"program".hex())
        kept.write_bytes(kept.read_bytes()[:-1])
        assert found(search(archive, cache).run()) == related(archive)


def drawn(chance: random.Random, number: int) -> Paper:
    """Return a paper of few words, by some of five persons."""
    words = ["cortical", "waves", "spiking", "grid", "Hopfield", "sleep"]
    return paper(
        number,
        " ".join(chance.sample(words, chance.randint(1, 3))),
        chance.sample([ADA, BEN, CAI, DEE, EVA], chance.randint(0, 2)),
        abstract=" ".join(chance.choices(words, k=chance.randint(0, 6))),
        month="2001" if number % 3 else "1912",
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 9), st.integers(0, 9), st.sampled_from([16, 1024]))
def test_papers_that_change_come_late_or_go_leave_no_trace(
    seed: int, changed: int, new: int, block: int
) -> None:
    """Three updates in a row, of which each builds on what the one before it remembers."""
    chance = random.Random(seed)
    archive = {number: drawn(chance, number) for number in chance.sample(range(1, 100), 80)}
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "_BLOCK", block)
        cache = Cache(Path(folder))
        for _ in range(4):
            papers = list(archive.values())
            searching = search(papers, cache)
            answer = searching.run()
            assert list(found(answer).items()) == list(related(papers).items())
            searching.save()
            assert search(papers[::-1], cache).has_result()
            assert search(papers[::-1], cache).run() == answer
            for number in chance.sample(range(1, 100), new) + chance.sample(sorted(archive), changed):
                archive[number] = drawn(chance, number)
            if chance.random() < 0.5:
                del archive[chance.choice(sorted(archive))]


def test_a_build_without_a_changed_paper_does_not_import_numpy(tmp_path: Path) -> None:
    content = make_site(tmp_path / "site", 10, 5, others=())
    code = (
        "import sys; from pathlib import Path; from sitegen.build import build;"
        f"build(Path({str(content)!r}), Path({str(tmp_path / 'output')!r}), jobs=1); print('numpy' in sys.modules)"
    )

    def imports_numpy() -> str:
        return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert imports_numpy() == "True\n"
    (content / "pages" / "new.md").write_text("+++\ntitle = 'New'\n+++\nNew.\n", "utf-8")
    assert imports_numpy() == "False\n"
