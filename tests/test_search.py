"""Search: words of texts, answers to queries, and the same answers in Python and in JavaScript."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright._impl._driver import compute_driver_executable

from sitegen.resources import static_dir
from sitegen.search import engine, index
from sitegen.search.corrections import is_one_edit
from sitegen.search.index import Record
from sitegen.search.query import identifier
from sitegen.search.reader import Files, identifiers_in, papers_at
from sitegen.search.terms import PUBLISHED, terms
from sitegen.search.words import words

TESTS = Path(__file__).parent
NODE = compute_driver_executable()[0]
TOKENS = json.loads((TESTS / "data/search/tokens.json").read_text("utf-8"))


@pytest.mark.parametrize("row", TOKENS, ids=[row["about"] for row in TOKENS])
def test_words(row: dict[str, Any]) -> None:
    found, second_forms = words(row["text"])
    assert found == row["words"]
    assert [list(form) for form in second_forms] == row["second_forms"]


def test_unit_tests_in_javascript() -> None:
    """Their table of words is the same as here."""
    ran = subprocess.run([NODE, "--test", TESTS / "js/"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


# --- a small archive ------------------------------------------------------------------------------------------

PAPERS = (
    ("2001.00001", "Grid cells of the entorhinal cortex", "Edvard Moser; May-Britt Moser",
     "Place cells were found before grid cells. The hippocampus and the cortex.", "q-bio.NC", "2020-01-01"),
    ("2001.00002", "Place cells in the hippocampus", "John O'Keefe",
     "A grid of electrodes recorded cells in the hippocampus of rats.", "q-bio.NC", "2020-01-05"),
    ("2101.00003", "Growth of bacteria", "Hans Müller; Gergő Orbán",
     "Co-evolution of phages and bacteria in small worlds.", "q-bio.PE", "2021-01-02"),
    ("2101.00004", "Aggregation of α-synuclein", "Danielle S. Bassett",
     "Parkinson's disease and a small-world network of proteins.", "q-bio.BM", "2021-03-02"),
    ("2201.00005", "Small networks of neurons", "Danielle S. Bassett; Karl Mueller",
     "Coevolution of network and neuron. A world that is small.", "q-bio.NC", "2022-03-02"),
)  # fmt: skip


def record(
    base: str, title: str, authors: str, abstract: str, category: str, day: str, dois: Sequence[str] = ()
) -> Record:
    names = authors.split("; ")
    return Record(
        base=base,
        day=day,
        category=category,
        published=bool(dois),
        title=title,
        authors=tuple(names[:4]),
        more_authors=max(0, len(names) - 4),
        terms=terms(
            title=title,
            abstract=abstract,
            authors=names,
            categories=[category.lower()],
            identifiers=[base, *dois],
            flags=[PUBLISHED] if dois else [],
        ),
    )


class Archive:
    """An index of papers, and what Python's engine answers from it."""

    def __init__(self, base: Sequence[Record], tail: Sequence[Record], folder: Path | None = None) -> None:
        places = {paper.base: place for place, paper in enumerate(base)}
        replaced = [(places[new.base], place) for place, new in enumerate(tail) if new.base in places]
        tiers = index.tier(base, "b1", endings=True), index.tier(tail, "t1", endings=not base)
        self.files = {**tiers[0].files, **tiers[1].files}
        self.files["head"] = index.head(tiers[0].head, tiers[1].head, replaced)
        for name, text in self.files.items() if folder else ():
            assert folder
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.js").write_text(text, "utf-8")
        self.index = Files(self.load("head"))

    def load(self, name: str) -> Any:
        return index.value_of(self.files[name])

    def identifier(self, paper: int) -> str:
        name, place = papers_at(self.index, paper)
        return identifiers_in(self.load(name))[place]

    def answer(self, query: str) -> dict[str, Any]:
        found = engine.search(self.index, self.load, query)
        return {
            "query": query,
            "total": len(found.papers),
            "hits": [[self.identifier(paper), found.scores[paper]] for paper in found.papers[:50]],
            "corrections": [list(correction) for correction in found.corrections],
        }


@pytest.fixture(scope="module")
def archive() -> Archive:
    records = [record(*paper) for paper in PAPERS]
    return Archive(records[:3], records[3:])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("grid cells", "1 2"),
        ("GRID  Cells", "1 2"),
        ('"grid cells"', "1"),
        ('"cells in the hippocampus"', "2"),  # over words that are not indexed
        ('"the hippocampus cells"', ""),
        ("cells -entorhinal", "2"),
        ("entorhinal OR electrodes", "1 2"),
        ("hippoc", "2 1"),  # the last word may go on
        ("hippoc cells", ""),  # any other may not
        ("cell", "1 2"),  # and so may be in another number
        ("ti:hippocampus", "2"),
        ("abs:electrodes", "2"),
        ("au:moser", "1"),
        ("au:grid", ""),
        ("moser", "1"),
        ("orban", "3"),
        ("Orbán", "3"),
        ("muller", "3"),
        ("müller", "3 5"),
        ("mueller", "3 5"),
        ("o'keefe", "2"),
        ("okeefe", "2"),
        ("alpha-synuclein", "4"),
        ("α-synuclein", "4"),
        ("parkinson", "4"),
        ("co-evolution", "3 5"),
        ("coevolution", "3 5"),
        ("small-world", "3 4 5"),
        ("cat:q-bio.NC", "1 2 5"),
        ("cat:q-bio", "1 2 3 4 5"),
        ("year:2021", "3 4"),
        ("year:2020..2021 bassett", "4"),
        ("year:2022..", "5"),
        ("year:..2020", "1 2"),
        ("bassett 2021", "4"),
        ("id:2101", "3 4"),
        ("2001.00002", "2"),
        ("https://arxiv.org/abs/2101.00003v7", "3"),
        ('"Danielle S. Bassett" network', "4 5"),
        ('"Moser May-Britt"', ""),  # no phrase spans two names
        ("the", ""),
        ("", ""),
        ('"', ""),
        ("OR", ""),
        ("-cells", "3 4 5"),  # of all papers
        ("-cells -bacteria", "4 5"),
    ],
)
def test_query(archive: Archive, query: str, expected: str) -> None:
    hits = archive.answer(query)["hits"]
    assert sorted(str(int(base[-5:])) for base, _ in hits) == sorted(expected.split()), query


def test_words_of_the_title_count_more(archive: Archive) -> None:
    assert archive.answer("hippocampus")["hits"][0][0] == "2001.00002"
    # The newer paper would come first if both counted the same.
    two = [
        record("2001.00001", "The cortex", "Ada Byron", "A study.", "q-bio.NC", "2020-01-01"),
        record("2001.00002", "A study", "Ada Byron", "The cortex, of cortex.", "q-bio.NC", "2020-01-05"),
    ]
    hits = Archive(two, []).answer("cortex")["hits"]
    assert [base for base, _ in hits] == ["2001.00001", "2001.00002"]


@pytest.mark.parametrize(
    ("typed", "used", "first"),
    [
        ("hippocamus", "hippocampus", "2001.00002"),
        ("ippocampus", "hippocampus", "2001.00002"),
        ("bacteira", "bacteria", "2101.00003"),
        ("basett", "bassett", "2101.00004"),
    ],
)
def test_a_misspelled_word_is_corrected_and_reported(
    archive: Archive, typed: str, used: str, first: str
) -> None:
    found = archive.answer(typed)
    assert found["corrections"] == [[typed, used]]
    assert found["hits"][0][0] == first


@pytest.mark.parametrize(
    ("typed", "corrections"),
    [
        ("hippocamus electrdes", "hippocampus electrodes"),
        ("electrdes hippocamus rats", "electrodes hippocampus"),
        ("hippocamus xylophone", ""),  # a word that is like no other: nothing is shown
        ("hippocamus xylophone OR rats", "hippocampus"),
        ("hippocamus " * 7 + "electrdes", "hippocampus " * 7 + "electrodes"),
        ("hippocamus " * 8 + "electrdes", ""),  # no more than eight
    ],
)
def test_several_misspelled_words_are_corrected(archive: Archive, typed: str, corrections: str) -> None:
    found = archive.answer(typed)
    assert [used for _, used in found["corrections"]] == corrections.split()
    assert [base for base, _ in found["hits"]] == (["2001.00002"] if corrections else [])


def test_the_first_papers_of_an_archive_have_no_base(archive: Archive) -> None:
    """Words are corrected all the same, whichever letter is wrong."""
    young = Archive([], [record(*paper) for paper in PAPERS])
    for typed in ("hippocamus", "ippocampus", "bacteira"):
        assert young.answer(typed)["corrections"] == archive.answer(typed)["corrections"]


def test_a_word_that_is_like_no_other_finds_nothing(archive: Archive) -> None:
    assert archive.answer("xylophone") == {"query": "xylophone", "total": 0, "hits": [], "corrections": []}


def test_a_new_version_replaces_the_old() -> None:
    records = [record(*paper) for paper in PAPERS]
    revised = record("2001.00001", "Border cells", "Edvard Moser", "Of rats.", "q-bio.NC", "2020-01-01")
    archive = Archive(records, [revised])
    assert archive.answer("entorhinal")["total"] == 0
    assert [base for base, _ in archive.answer("border")["hits"]] == ["2001.00001"]
    assert archive.answer("cat:q-bio")["total"] == len(PAPERS)
    # Papers with equal scores are newest first, whichever tier they are in.
    assert [base for base, _ in archive.answer("year:2020..")["hits"]] == [
        paper[0] for paper in reversed(PAPERS)
    ]


@pytest.mark.parametrize(("one", "other", "is_one"), [("ab", "ba", True), ("grid", "girt", False)])
def test_one_edit(one: str, other: str, is_one: bool) -> None:
    assert is_one_edit(one, other) is is_one


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("doi:10.1371/Journal.X", "10.1371/journal.x"),
        ("arXiv:2001.00001v2", "2001.00001"),
        ("https://journals.aps.org/pre/abstract/10.1103/PhysRevE.75.02", "10.1103/physreve.75.02"),
        ("arxiv.org/abs/2001.00001", "2001.00001"),
        ("https://arxiv.org/abs/2001.00001v2?context=q-bio", "2001.00001"),
        ("grid", ""),
    ],
)
def test_identifier(text: str, expected: str) -> None:
    assert identifier(text) == expected


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("comment", "By the"),
        ("comment", "-- … !"),
        ("journal", "\U0001f9e0"),
        ("title", ""),
        ("abstract", "of"),
        ("authors", ["…", "-"]),
        ("categories", ["q bio", "!", "", 'a"b\\c']),
        ("identifiers", ["10.1000/a!b", "10.1000/ü"]),
    ],
)
def test_texts_without_words_do_no_harm(field: str, text: Any) -> None:
    texts: dict[str, Any] = {"title": "Grid cells", "abstract": "Cells.", "authors": ["Edvard Moser"]}
    paper = record(*PAPERS[0])
    odd = msgspec.structs.replace(paper, base="1901.00001", terms=terms(**{**texts, field: text}))
    empty = msgspec.structs.replace(paper, base="1901.00002", terms=terms(title="", abstract="", authors=[]))
    found = Archive([odd, empty], [paper]).answer("cells OR moser")
    assert {base for base, _ in found["hits"]} == {"2001.00001", "1901.00001"}


# --- Python and JavaScript ------------------------------------------------------------------------------------


def made_up_records(number: int, chance: random.Random) -> Iterator[Record]:
    """Yield papers with words of which a few are frequent and most are rare, as in a language."""
    syllables = re.findall(r"\S+", "ba ka lö mü né ra st in o'k tra β co- son ing ty ø łe z qu the")
    vocabulary = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(900)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]

    def text(size: int) -> str:
        return " ".join(chance.choices(vocabulary, weights, k=size))

    for place in range(number):
        yield record(
            f"20{place // 50:02}.{place + 1:05}",
            text(chance.randint(2, 12)),
            "; ".join(f"{text(1)} {chance.choice('ABCD')}. {text(1)}" for _ in range(chance.randint(1, 6))),
            text(chance.randint(20, 120)),
            chance.choice(["q-bio.NC", "q-bio.PE", "cs.LG"]),
            f"{2000 + place // 50}-01-01",
            [f"10.1000/{place}"] if chance.random() < 0.4 else [],
        )


def made_up_queries(records: Sequence[Record], number: int, chance: random.Random) -> Iterator[str]:
    for _ in range(number):
        paper = chance.choice(records)
        found = [*paper.title.split(), *paper.authors[0].split()]
        first, second = chance.choice(found), chance.choice(found)
        place = chance.randrange(len(first))
        yield chance.choice(
            [
                f"{first} {second}",
                f"{first[:place]}{first[place + 1 :]} {second}",
                f"{first[: place + 1]}",
                f'"{paper.title}"',
                f'"{first} {second}" OR {second}',
                f"ti:{first} -{second} ",
                f"au:{paper.authors[0].split()[-1]} {paper.day[:4]}",
                f"cat:{paper.category} year:{paper.day[:4]}..2004 {first}",
                f"is:published {first}",
                paper.base,
            ]
        )


def plain_scores(papers: Sequence[tuple[Any, ...]], query: Sequence[str]) -> dict[str, float]:
    """Return the BM25F scores of the papers that have all words of a query (Robertson and Zaragoza, 2009, 3.6)."""
    fields = {"title": (14.0, 0.5, 8), "abstract": (1.0, 0.5, 95)}  # weight, b, usual length
    frequency: dict[str, dict[str, float]] = {word: {} for word in query}
    for base, *texts in papers:
        for (weight, b, usual), text in zip(fields.values(), texts, strict=True):
            in_order = words(text)[0]
            for word in query:
                if count := in_order.count(word):
                    share = weight * count / (1 - b + b * len(in_order) / usual)
                    frequency[word][base] = frequency[word].get(base, 0.0) + share
    scores = {}
    for base in set.intersection(*[set(found) for found in frequency.values()]):
        score = 0.0
        for found in frequency.values():
            rarity = log(1 + (len(papers) - len(found) + 0.5) / (len(found) + 0.5))
            score += rarity * found[base] / (5.0 + found[base])
        scores[base] = score
    return scores


def test_scores_are_those_of_bm25f() -> None:
    """Weights in the index are rounded to half a power of two, so that a frequency is wrong by 19 % at most."""
    chance = random.Random(9)
    vocabulary = [f"word{number}" for number in range(400)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    papers = [
        (
            f"2001.{number:05}",
            " ".join(chance.choices(vocabulary, weights, k=chance.randint(3, 15))),
            " ".join(chance.choices(vocabulary, weights, k=chance.randint(20, 200))),
        )
        for number in range(1, 400)
    ]
    records = [record(base, title, "A. B.", text, "q-bio.NC", "2020-01-01") for base, title, text in papers]
    archive = Archive(records[:300], records[300:])
    for _ in range(100):
        query = chance.choices(vocabulary, weights, k=2)
        expected = plain_scores(papers, list(dict.fromkeys(query)))
        found = engine.search(archive.index, archive.load, f"{' '.join(dict.fromkeys(query))} ")
        scores = {archive.identifier(paper): found.scores[paper] for paper in found.papers}
        assert scores == pytest.approx(expected, rel=0.24)


def test_python_and_javascript_give_the_same_answers(tmp_path: Path) -> None:
    chance = random.Random(15)
    records = list(made_up_records(700, chance))
    revised = [paper for paper in made_up_records(700, chance) if paper.base[-1] == "7"][:20]
    new = sorted([*records[600:], *revised], key=lambda paper: paper.base)
    archive = Archive(records[:600], list({paper.base: paper for paper in new}.values()), tmp_path)
    queries = list(made_up_queries(records, 500, chance))
    queries += [" ".join(word[0] + word[2:] for word in paper.title.split()[:2]) for paper in records[:40]]
    answers = ask(tmp_path, [("search", query, {"limit": 50}) for query in queries])
    expected = list(map(archive.answer, queries))
    assert [
        {
            "query": query,
            "total": answer["total"],
            "hits": [[hit["id"], hit["score"]] for hit in answer["hits"]],
            "corrections": [[one["typed"], one["used"]] for one in answer["corrections"]],
        }
        for query, answer in zip(queries, answers, strict=True)
    ] == expected
    assert sum(answer["total"] > 0 for answer in expected) > 400
    assert any(answer["corrections"] for answer in expected)


def ask(folder: Path, calls: Sequence[Sequence[Any]]) -> Any:
    """Call the browser's engine, in the form in which a site has it, on an index; return what it answers."""
    script = folder / "search.js"
    script.write_bytes((static_dir() / "search.js").read_bytes())
    ran = subprocess.run(
        [NODE, TESTS / "js/ask.js", folder, script],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the index of the small archive."""
    records = [record(*paper) for paper in PAPERS]
    records[3] = record(*PAPERS[3], ["10.1371/journal.pcbi.1"])
    Archive(records[:3], records[3:], tmp_path)
    return tmp_path


def test_what_the_browser_knows_of_a_hit(folder: Path) -> None:
    found, short = ask(folder, [("search", "synuclein", {"rows": True}), ("search", "synuclein")])
    assert {**found["hits"][0], "score": 0} == {
        "id": "2101.00004",
        "url": "abs/2101.00004/",
        "date": "2021-03-02",
        "year": 2021,
        "category": "q-bio.BM",
        "published": True,
        "title": "Aggregation of α-synuclein",
        "authors": "Danielle S. Bassett",
        "score": 0,
    }
    assert "title" not in short["hits"][0]


def test_pages_of_hits(folder: Path) -> None:
    first, second = ask(
        folder,
        [
            ("find", {"q": "cat:q-bio", "sort": "new"}, 2),
            ("find", {"q": "cat:q-bio", "sort": "new", "page": "2"}, 2),
        ],
    )
    assert [hit["id"][-1] for hit in first["hits"] + second["hits"]] == ["5", "4", "3", "2"]
    assert first["total"] == 5


@pytest.mark.parametrize(
    "typed",
    ["2101.00004", "https://arxiv.org/abs/2101.00004v2", "doi:10.1371/JOURNAL.pcbi.1", "id:2101.00004"],
)
def test_an_identifier_leads_to_its_paper(folder: Path, typed: str) -> None:
    found, unknown = ask(folder, [("find", {"q": typed}, 20), ("find", {"q": "2101.99999"}, 20)])
    assert bool(found["wanted"]) == (not typed.startswith("id:"))
    assert [hit["url"] for hit in found["hits"]] == ["abs/2101.00004/"]
    assert unknown["total"] == 0


def test_what_is_not_misspelled_reads_no_lists_of_words(folder: Path) -> None:
    _, before, _, after = ask(
        folder, [("search", "grid cells"), ("read",), ("search", "hippocamus"), ("read",)]
    )
    assert not [name for name in before if "/e" in name]
    assert [name for name in after if "/e" in name]
