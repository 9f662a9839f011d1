"""Papers by hundreds of authors: their own pages name all, and what is made for each author stays small."""

from __future__ import annotations

import re
import sys
from html import unescape
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from conftest import PROJECT

from sitegen import cli

sys.path.insert(0, str(PROJECT / "benchmarks"))
import hostile_feeds

ATOM = "{http://www.w3.org/2005/Atom}"
MANY = 130
WORDS = ("grid", "place", "border", "speed", "head")


def authors(first: int, number: int) -> str:
    names = (f"<author><name>Ada Member{n}</name></author>" for n in range(first, first + number))
    return "".join(names)


def build(folder: Path, *entries: str) -> Path:
    feeds = folder / "content" / "feeds"
    feeds.mkdir(parents=True)
    (feeds / "a.xml").write_bytes(hostile_feeds.feed(*entries))
    (folder / "content" / "site.toml").write_text('title = "A"\nurl = "https://a.org/"\n')
    output = folder / "output"
    cli.main(["build", "--content", str(folder / "content"), "--output", str(output), "--jobs", "1"])
    return output


def collaboration(papers: int, number: int) -> list[str]:
    rest = '<summary>We measured it.</summary><category term="hep-ex"/>' + authors(0, number)
    return [hostile_feeds.entry(n, title=f"A {WORDS[n]} cell", rest=rest) for n in range(papers)]


class Site(NamedTuple):
    output: Path

    def text(self, path: str) -> str:
        return (self.output / path).read_text("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Three papers by Member0 to Member129, one of them with 150 others, one of Member1 with a friend."""
    once = hostile_feeds.entry(10, title="A single paper", rest="<summary>x</summary>" + authors(1000, 150))
    few = hostile_feeds.entry(
        11, title="Of two", rest="<summary>x</summary><author><name>Bo Friend</name></author>" + authors(1, 1)
    )
    return Site(build(tmp_path_factory.mktemp("site"), *collaboration(3, MANY), once, few))


def test_a_papers_own_page_and_bibtex_name_everybody(site: Site) -> None:
    page = site.text("abs/2401.00001/index.html")
    for number in range(MANY):
        assert f'<a href="../../authors/ada-member{number}/">Ada Member{number}</a>' in page
        assert f'<meta name="citation_author" content="Member{number}, Ada">' in page
    (entry,) = re.findall(r"author=\{(.*?)\}", page)
    assert entry == " and ".join(f"Member{number}, Ada" for number in range(MANY))
    assert f"Member{MANY - 1}, Ada" in site.text("papers-2024.bib")
    assert f"Ada Member{MANY - 1}" in site.text("papers.json")


@pytest.mark.parametrize("path", ["authors/ada-member1/papers.bib", "categories/hep-ex/papers.bib"])
def test_other_bibliographies_name_the_first_and_others(site: Site, path: str) -> None:
    assert re.findall(r"author=\{(Member.*?)\}", site.text(path)) == ["Member0, Ada and others"] * 3


@pytest.mark.parametrize(
    ("path", "named"),
    [("feed.xml", 10), ("categories/hep-ex/feed.xml", 10), ("authors/ada-member1/feed.xml", 3)],
)
def test_feeds_name_the_first_and_the_number_of_the_others(site: Site, path: str, named: int) -> None:
    root = ElementTree.fromstring(site.text(path))
    names = {
        entry.findtext(f"{ATOM}title"): [name.text for name in entry.iterfind(f"{ATOM}author/{ATOM}name")]
        for entry in root.iterfind(f"{ATOM}entry")
    }
    first = [f"Ada Member{number}" for number in range(named)]
    assert names["A place cell"] == [*first, f"and {MANY - named} more"]
    assert "Of two" not in names or names["Of two"] == ["Bo Friend", "Ada Member1"]


def test_eleven_authors_are_named_in_feeds(tmp_path: Path) -> None:
    rest = "<summary>x</summary>" + authors(0, 11)
    output = build(tmp_path, hostile_feeds.entry(rest=rest))
    assert "<name>Ada Member10</name>" in (output / "feed.xml").read_text()


def test_an_author_page_counts_co_authors_of_small_papers_and_leads_to_the_others(site: Site) -> None:
    page = unescape(site.text("authors/ada-member1/index.html"))
    assert "4 papers, 2024" in page
    assert re.findall(r'<a href="\.\./\.\./(abs/[^"]+/)"[^>]*>130 of this one</a>', page)
    named = set(re.findall(r'href="\.\./(ada-member\d+|bo-friend)/"', page))
    assert named == {"ada-member0", "bo-friend"}, "of each paper by many, the first author"
    assert page.count("<b>Ada Member1</b>") == 4


def test_who_is_one_of_many_once_has_a_short_page(site: Site) -> None:
    page = site.text("authors/ada-member1003/index.html")
    assert len(page) < 600
    assert '<a href="../../abs/2401.00011/">A single paper</a> (2024)' in page
    assert "One of 150 authors" in page
    assert "authors/ada-member1003/" not in site.text("sitemap.xml")
    assert "authors/ada-member1/" in site.text("sitemap.xml")
    assert "authors/bo-friend/" not in site.text("sitemap.xml"), "who has one paper and no feed"
    assert "../ada-member1003/" in site.text("authors/by-letter/m/index.html") + site.text(
        "authors/by-letter/m/page-2/index.html"
    ) + site.text("authors/by-letter/m/page-3/index.html")


def test_who_has_a_few_papers_by_many_has_a_short_page_of_all(site: Site) -> None:
    page = site.text("authors/ada-member7/index.html")
    assert len(page) < 1000
    assert re.findall(r"One of 130 authors of <a [^>]*>(A \w+ cell)</a> \(2024\)", page) == [
        "A border cell", "A place cell", "A grid cell",
    ]  # fmt: skip
    assert [path.name for path in (site.output / "authors/ada-member7").iterdir()] == ["index.html"]


def test_who_has_more_papers_by_many_has_a_feed(tmp_path: Path) -> None:
    rest = "<summary>x</summary>" + authors(0, 101)
    output = build(tmp_path, *(hostile_feeds.entry(number, rest=rest) for number in range(21)))
    page = (output / "authors/ada-member7/index.html").read_text("utf-8")
    assert page.count("<b>Ada Member7</b>") == 21
    assert (output / "authors/ada-member7/feed.xml").read_text("utf-8").count("<entry>") == 5


def test_the_site_is_whole(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    content = str(site.output.parent / "content")
    cli.main(["check", "--content", content, "--output", str(site.output)])
    assert "problem" not in capsys.readouterr().out


def test_twice_the_authors_take_twice_the_bytes(tmp_path: Path) -> None:
    sizes = [
        sum(file.stat().st_size for file in (output / "authors").rglob("*") if file.is_file())
        for number in (MANY, 2 * MANY)
        for output in [build(tmp_path / str(number), *collaboration(3, number))]
    ]
    assert sizes[1] <= 2.1 * sizes[0]
