"""Lists of papers in a real browser: names, abstracts, marks, and how much of a list is on a screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from conftest import build, new_context, serving, until
from made_site import paper_by, write_small_content

TEAM = ("Ada Byron", "Bo Chen", "Cara Diaz", "Dan Eder", "Eva Fox", "Finn Gould")
TITLES = (
    "Slow waves",
    "A model of the hippocampus at rest and in motion",
    "Dynamic reconfiguration of large networks of neurons while subjects learn a sequence of movements",
)
PAPERS = 25  # of March 2026, two a day
HEAD = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
    "<id>http://arxiv.org/api/x</id><title>T</title><updated>2026-04-20T00:00:00Z</updated>"
)
Open = Callable[..., Any]


def entry(
    number: int, authors: Sequence[str], more: str = "", day: int = 0, category: str = "q-bio.NC"
) -> str:
    """Return paper ``number`` of a feed."""
    moment = f"2026-03-{day or 1 + number // 2:02}T12:00:00Z"
    names = "".join(f"<author><name>{escape(author)}</name></author>" for author in authors)
    return (
        f"<entry><id>http://arxiv.org/abs/2603.{number:05}v1</id><title>{TITLES[number % 3]}, part {number}</title>"
        f"<summary>Abstract {number}, see arXiv:2603.00001.</summary>"
        f"<published>{moment}</published><updated>{moment}</updated>{names}"
        f'<category term="{category}" scheme="http://arxiv.org/schemas/atom"/>'
        f'<arxiv:primary_category term="{category}"/>{more}</entry>'
    )


def make_site(folder: Path, entries: Sequence[str], settings: str = "") -> Path:
    """Build a site of one feed; return its output folder."""
    (folder / "content/feeds").mkdir(parents=True)
    text = f'title = "Site"\nurl = "https://archive.test/repo/"\n{settings}'
    (folder / "content/site.toml").write_text(text, "utf-8")
    (folder / "content/feeds/feed.xml").write_text(f"{HEAD}{''.join(entries)}</feed>", "utf-8")
    return build(folder / "content", folder / "output", "--strict")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a month of papers, all by one team but for some."""
    cross_list = '<category term="cs.NE" scheme="http://arxiv.org/schemas/atom"/>'
    entries = [entry(number, TEAM, cross_list) for number in range(1, PAPERS - 1)]
    entries.append(
        entry(
            PAPERS - 1, TEAM[::-1], '<arxiv:doi xmlns="http://arxiv.org/schemas/atom">10.1000/1</arxiv:doi>'
        )
    )
    entries.append(entry(PAPERS, [*TEAM, "SAMPLE Collaboration", "Zoe Last"], category="cs.LG"))
    return make_site(tmp_path_factory.mktemp("lists"), entries)


@pytest.fixture(scope="module")
def served_lists(site: Path) -> Iterator[str]:
    with serving(site) as address:
        yield address


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Open]:
    """Open an address in a fresh window; an error of a script fails the test."""
    errors: list[str] = []
    contexts = []

    def open_address(address: str, width: int = 1280, height: int = 900, **options: Any) -> Any:
        contexts.append(new_context(chromium, viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        return page

    yield open_address
    for context in contexts:
        context.close()
    assert errors == []


MONTH, DAY = "archive/2026/03/", "archive/2026/03/02/"
AUTHOR = "authors/dan-eder/"  # the fourth of six


def bylines(page: Any) -> list[str]:
    return [text.strip() for text in page.locator(".list > li > p:first-of-type").all_inner_texts()]


def test_a_list_names_the_first_three_authors_and_the_last(open_page: Open, served_lists: str) -> None:
    shown = bylines(open_page(served_lists + MONTH))
    assert shown[2] == "Ada Byron, Bo Chen, Cara Diaz, … Finn Gould"
    assert shown[1] == "Finn Gould, Eva Fox, Dan Eder, … Ada Byron"
    assert shown[0] == "Ada Byron, Bo Chen, Cara Diaz, … SAMPLE Collaboration", "which stands for its members"


def test_a_person_is_named_on_all_entries_of_the_own_page_and_in_bold(
    open_page: Open, served_lists: str
) -> None:
    page = open_page(served_lists + AUTHOR)
    assert bylines(page)[2] == "Ada Byron, Bo Chen, Cara Diaz, Dan Eder, … Finn Gould"
    for one in page.locator(".list > li").all():
        name = one.locator("p:first-of-type").get_by_text("Dan Eder", exact=True)
        assert int(name.evaluate("name => getComputedStyle(name).fontWeight")) >= 600
        others = one.locator("p:first-of-type > a").first
        assert int(others.evaluate("name => getComputedStyle(name).fontWeight")) == 400
    assert (
        bylines(open_page(served_lists + "authors/eva-fox/"))[2]
        == "Ada Byron, Bo Chen, Cara Diaz, … Eva Fox, Finn Gould"
    )


def test_a_published_paper_is_marked(open_page: Open, served_lists: str) -> None:
    page = open_page(served_lists + MONTH)
    marked = page.locator(".list > li", has=page.get_by_text("published", exact=True))
    assert marked.locator("> a").all_inner_texts() == [f"{TITLES[24 % 3]}, part 24"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_visited_titles_have_a_colour_of_their_own(open_page: Open, served_lists: str, scheme: str) -> None:
    page = open_page(served_lists + MONTH, color_scheme=scheme)
    # A script may not see which links were visited, only what the style sheet says of them.
    rule = page.evaluate(
        "[...document.styleSheets[0].cssRules].filter(rule => rule.selectorText?.includes('.list > li > a:visited'))"
        ".map(rule => rule.style.color)"
    )
    assert rule == ["var(--visited)"]
    colours = page.evaluate(
        "['--visited', '--ink', '--muted', '--paper'].map(name => {"
        " const probe = document.body.appendChild(document.createElement('i'));"
        " probe.style.color = `var(${name})`; return getComputedStyle(probe).color.match(/\\d+/g).map(Number)})"
    )
    visited, ink, muted, paper = map(tuple, colours)
    assert len({visited, ink, muted}) == 3
    assert contrast(visited, paper) >= 4.5
    assert contrast(visited, ink) >= 1.5, "it is seen to be another one"


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return the contrast of two colours by WCAG 2."""

    def luminance(colour: tuple[int, ...]) -> float:
        parts = [part / 255 for part in colour]
        red, green, blue = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("width", "height", "least"), [(1280, 900, 10), (360, 740, 4)])
def test_many_papers_are_on_a_screen(
    open_page: Open, served_lists: str, width: int, height: int, least: int
) -> None:
    page = open_page(served_lists + MONTH, width, height)
    page.evaluate("document.fonts.ready")
    ends = page.evaluate(
        "[...document.querySelectorAll('.list > li')].map(li => li.getBoundingClientRect().bottom)"
    )
    assert len([end for end in ends if end <= height]) >= least


@pytest.mark.parametrize(
    "address", ["", MONTH, DAY, AUTHOR, "categories/q-bio.NC/", "categories/", "authors/"]
)
def test_nothing_scrolls_sideways(open_page: Open, served_lists: str, address: str) -> None:
    page = open_page(served_lists + address)
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    for width in (320, 360, 768):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.scrollingElement.scrollWidth") == width


@pytest.mark.parametrize("address", [MONTH, DAY, AUTHOR, "categories/q-bio.NC/"])
def test_the_right_column_is_never_longer_than_the_list(
    open_page: Open, served_lists: str, address: str
) -> None:
    page = open_page(served_lists + address)
    beside, listed = page.locator(".listing > aside"), page.locator(".listing > div").bounding_box()
    if address == DAY:
        assert beside.count() == 0, "two papers leave no room"
    else:
        box = beside.bounding_box()
        assert box["x"] >= listed["x"] + listed["width"]
        assert beside.evaluate("node => node.scrollHeight") <= listed["height"]
        assert beside.evaluate("node => getComputedStyle(node).position") == "sticky"


def test_on_a_phone_the_right_column_is_folded_above_the_list(open_page: Open, served_lists: str) -> None:
    page = open_page(served_lists + AUTHOR, 360, 740)
    beside = page.locator(".listing > aside").get_by_role("link", name="Ada Byron")
    tools = page.get_by_role("link", name="BibTeX of all").bounding_box()
    fold = page.locator("summary", has_text="Co-authors")
    first = page.locator(".list > li").first.bounding_box()
    assert tools["y"] < fold.bounding_box()["y"] < first["y"] < 500
    assert not beside.is_visible()
    fold.click()
    assert beside.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.reload()
    assert beside.is_visible(), "there is room beside the list"


def abstracts(place: Any) -> Any:
    return place.locator("details p", has_text="Abstract ")


@pytest.mark.parametrize("address", ["", MONTH, DAY, AUTHOR, "categories/q-bio.NC/"])
def test_an_abstract_unfolds(open_page: Open, served_lists: str, address: str) -> None:
    page = open_page(served_lists + address)
    one = page.locator(".list > li").last
    number = re.findall(r"part (\d+)", one.inner_text())[0]
    assert not abstracts(one).is_visible()
    one.get_by_text("Abstract", exact=True).click()
    abstracts(one).wait_for()
    assert abstracts(one).inner_text() == f"Abstract {number}, see arXiv:2603.00001."
    link = abstracts(one).get_by_role("link")
    assert link.evaluate("link => link.href") == served_lists + "abs/2603.00001/"


def test_all_abstracts_unfold_and_that_is_remembered(open_page: Open, served_lists: str) -> None:
    page = open_page(served_lists + DAY)
    assert abstracts(page).first.is_hidden()
    page.get_by_label("Show all abstracts").check()
    abstracts(page).first.wait_for()
    page.goto(served_lists + MONTH)
    assert page.get_by_label("Show all abstracts").is_checked()
    abstracts(page.locator(".list > li").first).wait_for()
    last = abstracts(page.locator(".list > li").last)
    assert last.count() == 0, "far below nothing is fetched yet"
    page.locator(".list > li").last.scroll_into_view_if_needed()
    last.wait_for()
    page.get_by_label("Show all abstracts").uncheck()
    page.reload()
    assert abstracts(page).count() == 0


def test_an_abstract_that_cannot_be_fetched_folds_again(open_page: Open, served_lists: str) -> None:
    page = open_page(served_lists + MONTH)
    page.route("**/abs/**", lambda route: route.abort())
    fold = page.locator(".list details").first
    with page.expect_event("requestfailed"):
        fold.locator("summary").click()
    until(page, "!document.querySelector('.list details').open")
    page.unroute("**/abs/**")
    fold.locator("summary").click()
    abstracts(page).first.wait_for()


def test_pages_of_the_newest_thirty_days_hold_abstracts(tmp_path: Path) -> None:
    entries = "".join(paper_by(number, TEAM, f"Part {number}") for number in range(1, 32))
    output = build(write_small_content(tmp_path / "content", "https://a.org/", entries), tmp_path / "output")
    pages = [output / f"archive/2026/03/{day:02}/index.html" for day in range(1, 32)]
    assert [page.read_text("utf-8").count("Text.") for page in pages] == [0, *[1] * 30]


def test_from_a_disk_abstracts_are_where_the_page_has_them(open_page: Open, site: Path) -> None:
    page = open_page((site / MONTH / "index.html").as_uri())
    assert page.locator(".list details").count() == 0
    assert page.get_by_label("Show all abstracts").count() == 0
    page = open_page((site / DAY / "index.html").as_uri())
    page.locator(".list summary").first.click()
    abstracts(page).first.wait_for()


def test_without_scripts_nothing_is_missing(open_page: Open, served_lists: str) -> None:
    page = open_page(served_lists + DAY, java_script_enabled=False)
    page.locator(".list summary").first.click()
    abstracts(page).first.wait_for()
    assert page.get_by_label("Show all abstracts").count() == 0
    page = open_page(served_lists + MONTH, java_script_enabled=False)
    assert page.locator(".list > li").count() == PAPERS
    assert page.locator(".list summary").count() == 0


def test_pages_of_a_list_say_what_is_on_them(tmp_path: Path) -> None:
    entries = [entry(number, TEAM[:2], day=min(28, number)) for number in range(1, 22)]
    output = make_site(tmp_path, entries, "[lists]\npage_size = 10\n")
    pages = [output / MONTH / name for name in ("index.html", "page-2/index.html", "page-3/index.html")]
    texts = [page.read_text("utf-8") for page in pages]
    assert [text.count("<li><a") for text in texts] == [7, 7, 7]
    for text, own in zip(texts, ("21–15 Mar", "14–8 Mar", "7–1 Mar"), strict=True):
        above, below = (
            text.split('<ul class="list">')[0],
            text.split("</ul></section>")[-1].rpartition("</ul>")[2],
        )
        for nav in (above, below):
            assert re.findall(r"<a href=\"[^\"]*\"(?: aria-current=\"page\")?>(\d+–\d+ Mar)</a>", nav) == [
                "21–15 Mar",
                "14–8 Mar",
                "7–1 Mar",
            ]
            assert re.findall(r"<a [^>]* aria-current=\"page\">([^<]*)<", nav) == [own]


def test_a_list_of_many_pages_links_those_beside_it(tmp_path: Path) -> None:
    entries = [entry(number, TEAM[:1], day=min(28, number)) for number in range(1, 71)]
    output = make_site(tmp_path, entries, "[lists]\npage_size = 10\n")
    page = (output / "authors/ada-byron/page-3/index.html").read_text("utf-8")
    above = page.split('<ul class="list">')[0]
    assert "<span>Page 3 of 7</span>" in above
    assert above.count('rel="prev"') == above.count('rel="next"') == 1


def test_categories_with_few_papers_are_folded(tmp_path: Path) -> None:
    terms = ["q-bio.NC"] * 12 + ["q-bio.QM"] * 15 + ["q-bio.GN", "q-bio.BM", "cs.LG", "cs.AI"]
    entries = [entry(number, TEAM[:1], category=term) for number, term in enumerate(terms, 1)]
    page = (make_site(tmp_path, entries) / "categories/index.html").read_text("utf-8")
    shown, _, folded = page.partition("<details>")
    codes = r'<span class="code">([^<]+)<'
    assert re.findall(codes, shown) == ["q-bio.QM", "q-bio.NC"]
    assert re.findall(codes, folded) == ["q-bio.BM", "q-bio.GN", "cs.AI", "cs.LG"]
    assert "Computer Science" in folded
