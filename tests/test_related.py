"""Which papers stand near a paper, and what a reader is told about why."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.incremental.cache import Cache
from sitegen.library.features import DIGEST, features
from sitegen.library.related import Related, Search, decode_neighbours, related
from sitegen.library.related import decode_answer as encoded
from sitegen.models import ArxivId, Credit, Paper
from sitegen.text import names


def paper(
    number: int, title: str, authors: Sequence[str] = (), *, abstract: str = "", month: str = "2001"
) -> Paper:
    moment = datetime(2000 + int(month[:2]), int(month[2:]), 1, tzinfo=UTC)
    return Paper(
        id=ArxivId.parse(f"{month}.{number:05}"),
        title=title,
        credits=tuple(Credit(name=names.parse(author)) for author in authors),
        abstract=abstract,
        published=moment,
        updated=moment,
    )


def found(answer: bytes) -> dict[str, tuple[Related, ...]]:
    return {base: decode_neighbours(part) for base, part in encoded(answer).items()}


def neighbours(*papers: Paper, of: int = 0, limit: int = 5) -> list[tuple[str, str]]:
    """Identifiers and reasons of the neighbours of one of the papers."""
    return [(near.id, near.reason) for near in related(papers, limit)[papers[of].id.base]]


def reason(*papers: Paper) -> str:
    """Why the second of the papers is a neighbour of the first, or nothing."""
    return dict(neighbours(*papers)).get(papers[1].id.base, "")


ADA, BEN, CAI, DEE, EVA = "Ada Byron", "Ben Gunn", "Cai Lun", "Dee Brown", "Eva Luna"


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([ADA], [ADA], "Ada Byron"),
        ([ADA], ["ADA  BYRON"], "Ada Byron"),
        ([ADA, BEN], [BEN, CAI, ADA], "Ada Byron and Ben Gunn"),
        ([ADA, BEN, CAI], [CAI, BEN, ADA], "Ada Byron, Ben Gunn and Cai Lun"),
        ([ADA, BEN, CAI, DEE, EVA], [ADA, BEN, CAI, DEE, EVA], "Ada Byron, Ben Gunn and 3 others"),
        ([ADA, ADA], [ADA], "Ada Byron"),
        ([ADA], ["Ada Byrón"], ""),
        ([ADA], [BEN], ""),
        ([], [], ""),
    ],
)
def test_shared_authors(ours: list[str], theirs: list[str], expected: str) -> None:
    assert reason(paper(1, "Cortical waves", ours), paper(2, "Sleep of mice", theirs)) == expected


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        # Neighbouring words read as one phrase, and as they stand in the first title.
        ("Cortical waves in sleep", "Sleeping cats and cortical waves", "also on: cortical waves"),
        ("Cortical waves", "A cortical wave", "also on: cortical waves"),
        ("Pulse-coupled oscillators", "On pulse coupled oscillators", "also on: pulse-coupled oscillators"),
        ("Parkinson's disease", "Tremor in Parkinson’s disease", "also on: parkinson's disease"),
        ("Polarization of waves", "Cortical waves: polarization", "also on: polarization, waves"),
        ("Waves, cortical", "Cortical, waves", "also on: waves, cortical"),
        # No more than three phrases.
        ("Zebra, grid, wave, song, fish", "Fish song; wave; grid; zebra", "also on: zebra, grid, wave"),
        # A single word, words of any title, short words and numbers say too little.
        ("Cortical waves", "Cortical cats", ""),
        ("A novel approach revisited: results", "Results: a novel approach revisited", ""),
        ("Fly eye cat dog", "Fly eye cat dog", ""),
        ("1995 2010 2020", "1995 2010 2020", ""),
        ("", "", ""),
        (r"Waves of $\psi$", r"Waves of $\psi$ and \emph{waves}", ""),
        (r"Schr\"odinger bridges", "Schrödinger bridges, again", "also on: schrödinger bridges"),
    ],
)
def test_shared_terms(ours: str, theirs: str, expected: str) -> None:
    assert reason(paper(1, ours), paper(2, theirs)) == expected


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Cortical Waves Between Cats", "", "also on: cortical waves, cats"),
        ("Hopfield Networks Between Cats", "We study Hopfield networks.", "also on: Hopfield networks, cats"),
        ("Keller-Segel Waves", "A flux-limited Keller-Segel model.", "also on: Keller-Segel waves"),
        # A title in a sentence's capitals keeps its names; its first word is known by the abstract alone.
        ("Stable waves in Hopfield networks", "", "also on: stable waves, Hopfield networks"),
        ("Hopfield networks and cats", "Of Hopfield.", "also on: Hopfield networks, cats"),
        ("Sleep and Cortical waves", "Cortical waves, and cortical sleep.", "also on: sleep, cortical waves"),
        ("Circuits of fMRI and NMDA receptors", "", "also on: circuits, fMRI, NMDA receptors"),
        ("İstanbul Networks", "", "also on: İstanbul networks"),
    ],
)
def test_terms_are_written_as_in_a_sentence(title: str, abstract: str, expected: str) -> None:
    assert (
        reason(paper(1, title, abstract=abstract), paper(2, title.upper() if "İ" not in title else title))
        == expected
    )


def test_authors_and_terms_in_one_reason() -> None:
    first, second = paper(1, "Cortical waves", [ADA, BEN]), paper(2, "Waves, cortical", [BEN, ADA])
    assert reason(first, second) == "Ada Byron and Ben Gunn; also on: cortical, waves"


def test_the_nearest_comes_first_and_five_are_enough() -> None:
    papers = [
        paper(1, "Cortical waves", [ADA, BEN]),
        paper(2, "Sleep", [ADA]),
        paper(3, "Cortical waves in sleep", [ADA, BEN]),
        paper(4, "Cortical waves of cats"),
        *(paper(number, f"Alone {number}", [ADA]) for number in range(5, 12)),
    ]
    found = [near for near, _ in neighbours(*papers)]
    assert found[0] == "2001.00003"
    assert found[1] == "2001.00004"
    assert len(found) == 5
    assert len(neighbours(*papers, limit=1)) == 1


def test_a_common_subject_outweighs_a_long_common_list_of_authors() -> None:
    everybody = [ADA, BEN, CAI, DEE, EVA]
    papers = [
        paper(1, "Cortical waves", everybody),
        paper(2, "Sleep", everybody),
        paper(3, "Cortical waves", [ADA]),
    ]
    assert [near for near, _ in neighbours(*papers)] == ["2001.00003", "2001.00002"]


def test_equally_near_ones_stand_by_months_between_and_then_by_identifier() -> None:
    papers = [
        paper(5, "Here", [ADA], month="2006"),
        paper(1, "There", [ADA], month="1901"),
        paper(9, "Now", [ADA], month="2007"),
        paper(8, "Then", [ADA], month="2007"),
    ]
    assert [near for near, _ in neighbours(*papers)] == ["2007.00008", "2007.00009", "1901.00001"]


def test_what_many_papers_share_is_no_reason() -> None:
    """A term of more than 40 titles, and an author of more than 200 papers."""
    common = [paper(number, f"Cortical waves {'abcdefgh'[number % 8] * 5}") for number in range(1, 41)]
    assert neighbours(*common)
    assert "cortical waves" not in str(related([*common, paper(99, "Cortical waves")]))
    prolific = [paper(number, "Of mice", [ADA]) for number in range(3, 201)]
    two = [paper(1, "Deep sleep", [ADA]), paper(2, "Sleep", [ADA])]
    assert neighbours(*two, *prolific)
    assert not any(related([*two, *prolific, paper(999, "Of mice", [ADA])]).values())


def test_a_prolific_author_needs_a_term_as_well() -> None:
    others = [paper(number, "Of mice", [ADA]) for number in range(3, 40)]
    assert reason(paper(1, "Sleep", [ADA]), paper(2, "Cats", [ADA]), *others) == ""
    assert (
        reason(paper(1, "Deep sleep", [ADA]), paper(2, "Sleep", [ADA]), *others)
        == "Ada Byron; also on: sleep"
    )


def test_a_collaboration_of_thousands() -> None:
    """Its first twenty members count, and it costs no more than they do."""
    members = [f"Member{number} Someone" for number in range(3000)]
    papers = [paper(number, "Higgs", members) for number in range(1, 31)]
    assert len(features(papers[0]).authors) == 20
    assert neighbours(*papers)[0][1] == "Member0 Someone, Member1 Someone and 18 others; also on: higgs"
    last = paper(99, "Alone", members[-1:])
    assert related([papers[0], last])["2001.00099"] == ()


def test_hostile_titles_are_read_in_part() -> None:
    endless = [paper(number, r"\alpha $ { \frac " * 30_000 + "cortical waves") for number in (1, 2)]
    for near in related(endless).values():
        assert "cortical" not in str(near)
    assert len(features(endless[0]).title) < 4096  # characters, of 600,000


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


@settings(max_examples=60, deadline=None)
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
        assert all(neighbour.reason for neighbour in near)


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


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 30))
def test_an_archive_that_grows_finds_what_a_new_one_finds(seed: int, new: int) -> None:
    """Few words and many papers, so that terms become too frequent, and weights fall, with the last of them."""
    chance = random.Random(seed)
    words = ["cortical", "waves", "spiking", "grid"]
    archive = [
        paper(
            number,
            " ".join(chance.sample(words, chance.randint(1, 3))),
            chance.sample([ADA, BEN, CAI, DEE, EVA], chance.randint(0, 2)),
            month=chance.choice(["2001", "2002"]),
        )
        for number in range(1, 90)
    ]
    known = [(paper.id, msgspec.msgpack.encode(features(paper))) for paper in archive]
    chance.shuffle(known)
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        before = Search(known[new:], cache, b"program")
        before.run()
        before.save()
        assert found(Search(known, cache, b"program").run()) == related(archive)
        # Papers that are gone, and a file that is damaged.
        assert found(Search(known[:60], cache, b"program").run()) == found(
            Search(known[:60], cache, b"other").run()
        )
        kept = cache.path("related", b"program".hex())
        kept.write_bytes(kept.read_bytes()[:-1])
        assert found(Search(known, cache, b"program").run()) == related(archive)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 9), st.integers(0, 9))
def test_papers_that_change_or_come_in_late_leave_no_trace(seed: int, changed: int, new: int) -> None:
    """Three updates in a row, of which each builds on what the one before it remembers."""
    chance = random.Random(seed)
    words = ["cortical", "waves", "spiking", "grid", "Hopfield", "sleep"]

    def drawn(number: int) -> Paper:
        title = " ".join(chance.sample(words, chance.randint(1, 4)))
        authors = chance.sample([ADA, BEN, CAI, DEE, EVA], chance.randint(0, 2))
        return paper(number, title, authors, month="2001" if number % 3 else "1912")

    archive = {number: drawn(number) for number in chance.sample(range(1, 100), 80)}
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        for _ in range(4):
            known = [(paper.id, msgspec.msgpack.encode(features(paper))) for paper in archive.values()]
            search = Search(known, cache, b"program")
            answer = search.run()
            assert list(found(answer).items()) == list(related(list(archive.values())).items())
            search.save()
            assert Search(known[::-1], cache, b"program").run() == answer
            for number in chance.sample(range(1, 100), new) + chance.sample(sorted(archive), changed):
                archive[number] = drawn(number)


def test_a_mark_stands_where_it_is_looked_for() -> None:
    """It tells papers apart that share all but one thing."""
    base = paper(1, "Cortical waves", [ADA])
    others = [base, paper(1, "Cortical wave", [ADA]), paper(1, "Cortical waves", [BEN])]
    assert len({features(other).digest for other in others}) == len(others)
    encoded = msgspec.msgpack.encode(features(base))
    assert encoded[DIGEST] == features(base).digest
