"""Real titles, abstracts, formulas and names: what becomes of each stands in data/texts.toml."""

import re
import tomllib
from pathlib import Path

import pytest

from sitegen.models import ArxivId
from sitegen.text import ROOT, abstract, math, mathtext, names

TABLE = tomllib.loads((Path(__file__).parent / "data" / "texts.toml").read_text("utf-8"))
ENTRIES = [(kind, entry) for kind in ("title", "abstract", "formula", "name") for entry in TABLE[kind]]
MATH = re.compile(
    r"<math[^>]*><semantics><mrow>(?P<mathml>.*?)</mrow><annotation[^>]*>(?P<tex>[^<]*)</annotation></semantics></math>",
    re.DOTALL,
)


def local(identifier: ArxivId) -> str | None:
    """Stand for a site that has the papers of 2026."""
    return f"abs/{identifier.base}/" if identifier.base.startswith("26") else None


def made(kind: str, entry: dict[str, str]) -> dict[str, str]:
    """Return what the site makes of an entry, under the entry's own keys."""
    if kind == "name":
        name = names.parse(entry["printed"])
        order = names.sort_key(name).replace("\t", ", ")
        return {"shown": name.printed, "sorted": order, "inverted": name.inverted}
    if kind == "formula":
        html = math.to_html(entry["tex"])
        found = MATH.fullmatch(html)
        return {"mathml": found["mathml"] if found else html, "text": mathtext.to_text(entry["tex"])}
    html = (
        abstract.inline_html(entry["tex"]) if kind == "title" else abstract.to_html(entry["tex"], local)
    ).replace(ROOT, "@")
    return {"html": MATH.sub(r"⟦\g<tex>⟧", html), "text": abstract.to_text(entry["tex"])}


@pytest.mark.parametrize(
    ("kind", "entry"), ENTRIES, ids=[f"{kind}-{index}" for index, (kind, _) in enumerate(ENTRIES)]
)
def test_what_a_reader_sees(kind: str, entry: dict[str, str]) -> None:
    source = {key: value for key, value in entry.items() if key in ("paper", "tex", "printed")}
    assert source | made(kind, entry) == entry


def test_there_are_enough_of_them() -> None:
    assert len(ENTRIES) >= 150
    assert min(len(TABLE[kind]) for kind in TABLE) >= 40


# A brace that an escape has set free is TeX again.
PLAIN = [entry["text"] for kind, entry in ENTRIES if kind != "name" and r"\{" not in entry["tex"]]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert abstract.to_text(text) == text


@pytest.mark.parametrize("printed", [entry["shown"] for kind, entry in ENTRIES if kind == "name"])
def test_a_name_that_is_shown_reads_the_same_again(printed: str) -> None:
    assert names.parse(printed).printed == printed
