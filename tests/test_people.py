"""Who is the same person, what their page is called, and in which order they stand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.config.people import PersonEntry
from sitegen.library.people import persons
from sitegen.models import ArxivId, Credit, Paper
from sitegen.text import names


def papers(*authors: tuple[str, ...]) -> list[Paper]:
    """Papers with these authors, the first one the oldest, given newest first."""
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = [
        Paper(
            id=ArxivId.parse(f"2001.{number:05}v1"),
            title="A title",
            credits=tuple(Credit(name=names.parse(author)) for author in group),
            abstract="",
            published=start + timedelta(number),
            updated=start + timedelta(number),
        )
        for number, group in enumerate(authors, 1)
    ]
    return made[::-1]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Ada Byron", "ADA  byron", True),
        ("José Pérez", "Jose\u0301 Pe\u0301rez", True),
        ("José Pérez", "Jose Perez", False),
        ("J. Smith", "John Smith", False),
        ("Anna van der Berg", "Anna Van Der Berg", True),
        ("J. A. Smith", "J.A. Smith", True),
        ("Jean-Pierre Example", "Jean Pierre Example", True),
        ("Ada Example", "Ada Example, Ph. D.", True),
        ("Ed Sample", "Ed Sample Jr.", False),
        ("王伟", "王偉", False),
    ],
)
def test_same_name_same_person(first: str, second: str, same: bool) -> None:
    people, slug_of, *_ = persons(papers((first,), (second,)))
    assert (len(people) == 1) is same
    assert len(set(slug_of.values())) == len(people)


def test_who_was_here_first_keeps_the_plain_slug() -> None:
    _, slug_of, *_ = persons(papers(("José Pérez",), ("Jose Perez",)))
    assert slug_of["José Pérez"] == "jose-perez"
    assert slug_of["Jose Perez"].startswith("jose-perez-")
    _, swapped, *_ = persons(papers(("Jose Perez",), ("José Pérez",)))
    assert swapped["Jose Perez"] == "jose-perez"
    # The digest is of the name: it is the same in every archive.
    assert len({*slug_of.values(), *swapped.values()}) == 3


@pytest.mark.parametrize(
    ("forms", "own", "earlier"),
    [
        (
            ["Danielle S Bassett", "Danielle S. Bassett"],
            "danielle-s-bassett",
            "danielle-s-bassett-[0-9a-f]{6}",
        ),
        (["JCR Licklider", "J. C. R. Licklider"], "jcr-licklider", "j-c-r-licklider"),
        (["Ada Example", "Dr. Ada Example"], "ada-example", "dr-ada-example"),
    ],
)
def test_an_address_that_was_given_leads_to_the_person(forms: list[str], own: str, earlier: str) -> None:
    first, second = forms
    people, slug_of, *_ = persons(papers((first,), (second,), (second, "Bo Chen")))
    assert slug_of[first] == slug_of[second] == own
    ((slug, count),) = people[own].moved
    assert re.fullmatch(earlier, slug)
    assert count == 2
    assert people[own].papers == ("2001.00003", "2001.00002", "2001.00001")
    assert people["bo-chen"].moved == ()


def test_forms_that_had_one_address_leave_no_other() -> None:
    people, _, *_ = persons(papers(("Ada Byron",), ("ADA  BYRON",)))
    assert people["ada-byron"].moved == ()


@pytest.mark.parametrize(
    ("forms", "shown"),
    [
        (["Ada S Byron", "Ada S. Byron", "Ada S Byron"], "Ada S Byron"),  # the most frequent
        (["Ada S Byron", "Ada S. Byron"], "Ada S. Byron"),  # the longest
        (["ADA BYRON", "ADA BYRON", "Ada Byron"], "Ada Byron"),  # not in capitals
        (["Dr. Ada Byron", "Dr. Ada Byron", "Ada Byron"], "Ada Byron"),  # without titles
        (["Nir. S. Gov", "Nir S. Gov"], "Nir S. Gov"),  # without odd points
        (["Jean Pierre Example", "Jean-Pierre Example"], "Jean Pierre Example"),  # the alphabet
    ],
)
def test_the_form_that_is_shown(forms: list[str], shown: str) -> None:
    for order in (forms, forms[::-1]):
        (person,) = persons(papers(*[(form,) for form in order]))[0].values()
        assert person.name.printed == shown
        assert set(person.variants) == set(forms)


def test_what_is_no_name_has_no_page() -> None:
    people, slug_of, *_ = persons(papers(("Ada Byron", "Department of Physics, University of Example")))
    assert list(people) == ["ada-byron"]
    assert list(slug_of) == ["Ada Byron"]


def test_people_toml_parts_names() -> None:
    known = [PersonEntry(name="J. Smith"), PersonEntry(name="J Smith", names=("John Smith",))]
    people, slug_of, *_ = persons(papers(("J. Smith",), ("J Smith",), ("J.  Smith", "John Smith")), known)
    assert people[slug_of["J. Smith"]].papers == ("2001.00003", "2001.00001")
    assert people[slug_of["J Smith"]].papers == ("2001.00003", "2001.00002")
    assert len(people) == 2


def test_people_toml_knows_all_forms_of_its_names() -> None:
    entry = PersonEntry(name="Dani Bassett", names=("Danielle S. Bassett",))
    people, slug_of, *_ = persons(papers(("Danielle S Bassett",), ("Danielle S. Bassett",)), [entry])
    (person,) = people.values()
    assert (person.name.printed, person.slug) == ("Dani Bassett", "dani-bassett")
    assert [count for _, count in person.moved] == [1, 1], "wherever a form of the name had a page"
    assert person.moved[0][0] == "danielle-s-bassett"
    assert set(slug_of.values()) == {"dani-bassett"}


def test_people_toml_joins_names() -> None:
    entry = PersonEntry(name="José Pérez", names=("Jose Perez", "J. Perez"), orcid="0000-0002-1825-0097")
    people, slug_of, *_ = persons(papers(("Jose Perez",), ("J. Perez",), ("José Pérez",)), [entry])
    (person,) = people.values()
    assert (person.slug, person.name.printed, person.orcid) == (
        "jose-perez",
        "José Pérez",
        "0000-0002-1825-0097",
    )
    assert set(person.variants) == {"José Pérez", "Jose Perez", "J. Perez"}
    assert person.papers == ("2001.00003", "2001.00002", "2001.00001"), "newest first"
    assert len(set(slug_of.values())) == 1


def test_links_that_do_not_follow_from_a_name_are_told() -> None:
    one, other = "José Pérez", "Jose Perez"
    assert persons(papers((one, "Ada Byron")))[2] == {}
    assert persons(papers((one,), (other,)))[2].keys() == {other}, "who comes second has another slug"
    by_case = persons(papers(("Ada Byron",), ("ADA BYRON",), ("Ada Byron",)))[2]
    assert by_case == {"ADA BYRON": "ADA BYRON\tada-byron\tAda Byron\0"}, (
        "the most frequent form needs no telling"
    )
    for entry in (PersonEntry(name=one, names=(other,)), PersonEntry(name="The Jose  Perez", names=(other,))):
        people, slug_of, link_of, *_ = persons(papers((other,)), [entry])
        own = slug_of[other]
        assert link_of == {other: f"{other}\t{own}\t{people[own].name.printed}\0"}


def test_the_index_never_loses_its_folder_to_a_person() -> None:
    _, slug_of, *_ = persons(papers(("By Letter",)))
    assert slug_of["By Letter"] != "by-letter"


def test_order_is_by_family_name() -> None:
    people, _, *_ = persons(papers(("Zoe Abel", "Ana van Ärden", "Émile Zola", "Åsa Berg", "Bo Chen")))
    assert [person.name.family.split()[-1] for person in people.values()] == [
        "Abel",
        "Ärden",
        "Berg",
        "Chen",
        "Zola",
    ]


def test_named_twice_on_one_paper_is_one_paper() -> None:
    people, _, *_ = persons(papers(("Ada Byron", "Ada Byron")))
    assert people["ada-byron"].papers == ("2001.00001",)


some_names = st.sampled_from(
    [
        "José Pérez",
        "Jose Perez",
        "JOSE PEREZ",
        "王伟",
        "李娜",
        "王 伟",
        "Ада Байрон",
        "X",
        "By Letter",
        "O'Neil",
        "ONeil",
        "O’Neil",
        "Jose-Perez",
        "J. PEREZ",
        "J Perez",
        "Con",
    ]
)


@settings(max_examples=60)
@given(st.lists(st.lists(some_names, min_size=1, max_size=4), min_size=1, max_size=6))
def test_slugs_are_unique_and_nobody_is_lost(groups: list[list[str]]) -> None:
    written = papers(*map(tuple, groups))
    people, slug_of, *_ = persons(written)
    assert len({slug.casefold() for slug in people}) == len(people)
    assert all(slug and slug.isascii() for slug in people)
    addresses = [slug for person in people.values() for slug in (person.slug, *dict(person.moved))]
    assert len(set(addresses)) == len(addresses)
    for paper in written:
        for credit in paper.credits:
            assert paper.id.base in people[slug_of[credit.name.printed]].papers


def test_persons_with_papers_but_no_id_never_have_the_plain_address() -> None:
    entries = [PersonEntry(name="Wei Wang", papers=(paper,)) for paper in ("2001.00001", "2001.00002")]
    for authors in ([("Wei Wang",)] * 2, [("Wei Wang",)] * 3):
        people = persons(papers(*authors), entries)
        own = [people.slug_on[paper]["Wei Wang"] for paper in ("2001.00001", "2001.00002")]
        assert len(set(own)) == 2
        # Whoever comes later with this name has the plain address; until then it leads to the first of the two.
        assert all(re.fullmatch("wei-wang-[0-9a-f]{6}", slug) for slug in own)
        assert people.by_slug[own[0]].moved == ((("wei-wang", 1),) if len(authors) == 2 else ())
        assert people.by_slug[own[1]].moved == ()
        assert ("wei-wang" in people.by_slug) is (len(authors) == 3)
