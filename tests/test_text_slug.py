"""Slugs: readable, short, ASCII, and never the same for two."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.text import slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Lovelace", "ada-lovelace"),
        ("Conor O'Keefe", "conor-okeefe"),
        ("Luca Dall’Asta", "luca-dallasta"),
        ("J. J. Hopfield", "j-j-hopfield"),
        ("Müller, José", "muller-jose"),
        ("Jean-Pierre", "jean-pierre"),
        ("王伟", "wangwei"),
        ("Ольга Петрова", "olga-petrova"),
        ("  --  ", ""),
        ("", ""),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 100, "a" * 80),
        ("word " * 30, "-".join(["word"] * 16)),
        ("a" * 79 + " bc", "a" * 79),
        ("a" * 80 + " bc", "a" * 80),
        ("x " + "a" * 78 + " b", "x-" + "a" * 78),
    ],
)
def test_slugify(text: str, expected: str) -> None:
    assert slug.slugify(text) == expected


def unique_slugs(items: list[tuple[str, str]], reserved: Iterable[str] = ()) -> dict[str, str]:
    """Give each key a slug of its text."""
    keys = [key for key, _ in items]
    return dict(zip(keys, slug.unique_slugs(keys, [text for _, text in items], reserved), strict=True))


@pytest.mark.parametrize("name", ["Con", "AUX", "nul", "Prn", "COM1", "lpt9"])
def test_no_slug_is_a_device_of_windows(name: str) -> None:
    (made,) = unique_slugs([(name, name)]).values()
    assert re.fullmatch(rf"{name.lower()}-[0-9a-f]{{6}}", made)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("aux", "aux-"),
        ("docs/Con", "docs/Con-"),
        ("aux.XX", "aux-.XX"),
        ("com1.txt", "com1-.txt"),
        ("conin$", "conin$-"),
        ("q-bio.NC", "q-bio.NC"),
        ("constant/auxiliary", "constant/auxiliary"),
        ("", ""),
    ],
)
def test_portable(path: str, expected: str) -> None:
    assert slug.portable(path) == expected


def test_the_first_has_the_plain_slug() -> None:
    slugs = unique_slugs([("josé", "José"), ("jose", "Jose"), ("josè", "Josè"), ("ada", "Ada")])
    assert slugs["josé"] == "jose"
    assert slugs["ada"] == "ada"
    assert re.fullmatch("jose-[0-9a-f]{6}", slugs["jose"])
    assert re.fullmatch("jose-[0-9a-f]{6}", slugs["josè"])
    assert len(set(slugs.values())) == 4


def test_a_slug_stays_when_others_come_later() -> None:
    first = [("a", "José"), ("b", "Jose"), ("c", "??")]
    assert unique_slugs(first).items() <= unique_slugs([*first, ("d", "Jose"), ("e", "!!")]).items()


def test_empty_and_reserved_slugs_have_a_digest() -> None:
    slugs = unique_slugs([("?", "?"), ("by letter", "By Letter")], {"by-letter"})
    assert re.fullmatch("x-[0-9a-f]{6}", slugs["?"])
    assert re.fullmatch("by-letter-[0-9a-f]{6}", slugs["by letter"])


def test_a_taken_digest_grows() -> None:
    ours = unique_slugs([("a", "Jo"), ("b", "Jo")])["b"]
    # Somebody whose very name is that slug came before.
    slugs = unique_slugs([("a", "Jo"), ("c", ours), ("b", "Jo")])
    assert slugs["c"] == ours
    assert re.fullmatch(ours + "[0-9a-f]", slugs["b"])
    assert unique_slugs([("a", "Jo"), ("b", "Jo")], {ours})["b"] == slugs["b"]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120))
def test_any_text_has_a_slug(text: str) -> None:
    made = slug.slugify(text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", made)
    assert len(made) <= 80
    assert slug.slugify(made) == made


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=3),
            st.sampled_from(["José", "Jose", "jose-", "?", "王伟", "by letter", "a" * 90, "?" * 330 + "a"])
            | st.text(),
        ),
        unique_by=lambda item: item[0],
    )
)
def test_slugs_are_unique(items: list[tuple[str, str]]) -> None:
    slugs = unique_slugs(items, {"by-letter", "jose"})
    assert slugs.keys() == {key for key, _ in items}
    assert len(set(slugs.values())) == len(slugs)
    assert not {"by-letter", "jose", ""} & set(slugs.values())
