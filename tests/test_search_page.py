"""What readers see of the search, in a real browser: the page, suggestions, saved searches; on a disk; no scripts."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree

import msgspec
import pytest
from conftest import BASE_PATH, _Pages, _Server, axe_violations, build, copy_content, new_context
from playwright.sync_api import expect

from sitegen.feeds import feed, store
from sitegen.fetch import writer
from sitegen.models import ArxivId, Paper
from sitegen.site import search_files
from sitegen.text import credits

START = datetime(2016, 1, 1, tzinfo=UTC)
WIDTHS = {"desk": 1280, "phone": 360}
BOTH = pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
ABSTRACT = (
    "Some sentences say nothing of it. The hippocampus of {animal} keeps maps of space. "
    "Dr. E. Smith et al. disagree. Others do not, e.g. those who count. Maps of $x^2$ are in the hippocampus. "
    "The end is near."
)
WATCHES = """
[[watch]]
title = "Maps"
query = "hippocampus maps OR quokka"

[[watch]]
title = "Quokkas"
query = "quokka"
slug = "small-kangaroos"
"""
ATOM = "{http://www.w3.org/2005/Atom}"

# Timers of the page that are set from now on wait until a test runs those that are left.
HOLD_TIMERS = """() => {
    const clear = clearTimeout;
    let last = 1e6;
    globalThis.held = new Map();
    globalThis.setTimeout = (work) => { held.set(last += 1, work); return last; };
    globalThis.clearTimeout = (timer) => { held.delete(timer); clear(timer); };
}"""

Open = Callable[..., Any]


class Site(NamedTuple):
    """A site with both tiers of the index, on a server and on the disk."""

    content: Path
    output: Path
    address: str

    def on_disk(self, url: str) -> str:
        page, _, query = url.partition("?")
        return (self.output / page / "index.html").as_uri() + (f"?{query}" if query else "")


def papers(model: Paper) -> Iterator[Paper]:
    """Yield 60 papers over four years."""
    animals = ("rats", "bats", "mice")
    for number in range(60):
        people = ["Ada Byron" if number % 3 else "Gergő Orbán", f"Writer {chr(65 + number % 26)}. Nobody"]
        if number % 10 == 4:
            people = [
                "Danielle S. Bassett",
                "Karl Müller",
                "Li Wu",
                "Max Last",
                "Omitted Person",
                "Zoe Zenith",
            ]
        when = START + timedelta(days=24 * number)
        yield msgspec.structs.replace(
            model,
            id=ArxivId(f"{when:%y%m}.{number + 1:05}", 1),
            title=f"On {animals[number % 3]} and memory, part {number}"
            if number
            else "Grid cells & quokkas: 1 < 2",
            abstract=ABSTRACT.format(animal=animals[number % 3]),
            credits=credits.credits([(name, ()) for name in people]),
            published=when,
            updated=when,
            versions=(),
            announcements=(),
            comment="",
            categories=("q-bio.NC", "cs.NE") if number % 4 else ("q-bio.QM",),
            primary="q-bio.NC" if number % 4 else "q-bio.QM",
            journal_ref="Nature 1, 2 (2017)" if number % 5 == 0 else "",
            dois=("10.1000/xyz.7",) if number == 7 else (),
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("search")
    content = copy_content(folder)
    model = feed.read(path := store.feed_files(content / "feeds")[0], path.name)[0][0]
    for path in store.feed_files(content / "feeds"):
        path.unlink()
    for path in (content / "notes").iterdir():
        path.unlink()
    writer.save(content / "feeds", "made", tuple(papers(model)), title="made", updated=START)
    with (content / "site.toml").open("a") as file:
        file.write(WATCHES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_files, "EVENTS", 8)
        patch.setattr(search_files, "EVENTS_IN_TAIL", 6)
        output = build(content, folder / "output")
    with _Server(("127.0.0.1", 0), functools.partial(_Pages, directory=str(output))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Site(content, output, f"http://127.0.0.1:{server.server_port}{BASE_PATH}")
        server.shutdown()
        thread.join()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Open]:
    """Open an address; what the console says, and requests to other hosts, fail the test."""
    complaints: list[str] = []
    contexts = []

    def open_address(address: str, width: int = 1280, **options: Any) -> Any:
        context = new_context(chromium, viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        home = urlsplit(address)[:2]

        def on_request(request: Any) -> None:
            if urlsplit(request.url)[:2] != home and not request.url.startswith(("data:", "blob:")):
                complaints.append(f"asked another host: {request.url}")

        page.on("request", on_request)
        page.on(
            "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else 0
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_address
    for context in contexts:
        context.close()
    assert complaints == []


def said(page: Any, text: str) -> None:
    """Wait until the page tells its result in these words."""
    page.locator("#said").get_by_text(text).wait_for()


def titles(page: Any) -> list[str]:
    return list(page.locator("#hits > li > a").all_inner_texts())


def all_shown(page: Any, number: int) -> list[str]:
    page.locator(f"#hits > li:nth-child({number})").wait_for()
    return titles(page)


def fits(page: Any, width: int) -> bool:
    return bool(page.evaluate("document.scrollingElement.scrollWidth") <= width)


# --- the search page --------------------------------------------------------------------------------------------


@BOTH
def test_papers_are_found_while_one_types(site: Site, open_page: Open, width: int) -> None:
    page = open_page(f"{site.address}search/", width)
    page.locator("#search [name=q]").press_sequentially("quokkas gri")
    said(page, "1 paper")
    assert all_shown(page, 1) == ["Grid cells & quokkas: 1 < 2"]
    assert page.locator("#hits > li > a mark").all_inner_texts() == ["Grid", "quokkas"]
    page.locator("#hits > li > a").click()
    page.wait_for_url("**/abs/1601.00001/")


@BOTH
def test_two_sentences_of_the_abstract_answer(site: Site, open_page: Open, width: int) -> None:
    page = open_page(f"{site.address}search/?q=hippocampus+rats", width)
    all_shown(page, 20)
    sentences = page.locator("#hits > li").first.locator("p:not([class])")
    assert sentences.inner_text().startswith("… The hippocampus of rats keeps maps of space. … Maps of")
    assert sentences.locator("math").count() == 1
    assert sentences.locator("mark").all_inner_texts() == ["hippocampus", "rats", "hippocampus"]
    assert fits(page, width)


def test_authors_are_marked_and_lead_to_their_pages(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/?q=au:basset")
    all_shown(page, 6)
    by = page.locator("#hits .by").first
    assert by.inner_text() == "Danielle S. Bassett, Karl Müller, Li Wu, … Zoe Zenith"
    assert by.locator("mark").all_inner_texts() == ["Bassett"]
    by.get_by_role("link", name="Zoe Zenith").click()
    page.wait_for_url("**/authors/zoe-zenith/")


@BOTH
def test_filters_count_and_their_address_is_shareable(site: Site, open_page: Open, width: int) -> None:
    page = open_page(f"{site.address}search/?q=memory", width)
    said(page, "59 papers")
    page.locator("#cat li").first.wait_for(state="attached")
    if width < 900:
        page.get_by_text("Filters").click()
    assert page.locator("#cat li").all_inner_texts() == ["q-bio.NC\n45", "q-bio.QM\n14"]
    assert page.locator("#published li").all_inner_texts() == ["Journal or DOI\n12"]
    page.locator("#author").get_by_role("link", name="Ada Byron").click()
    said(page, "36 papers")
    page.locator("#published").get_by_role("link").click()
    said(page, "9 papers")
    page.go_back()
    said(page, "36 papers")
    page.locator("#cat").get_by_role("link", name="q-bio.QM").click()
    said(page, "8 papers")
    other = open_page(page.url, width)
    said(other, "8 papers")
    assert all_shown(other, 8) == all_shown(page, 8)
    other.locator("#on").get_by_role("link", name="q-bio.QM").click()
    said(other, "36 papers")
    page.go_back()
    said(page, "36 papers")
    page.go_back()
    said(page, "59 papers")


def test_a_filter_adds_to_one_chosen_just_before(site: Site, open_page: Open) -> None:
    """The second is pressed while the counts of the first are still awaited: both hold."""
    page = open_page(f"{site.address}search/?q=memory")
    page.locator("#published li").first.wait_for(state="attached")
    held: list[Any] = []
    page.route(
        "**/abs/**", lambda route: held.append(route)
    )  # without the papers' pages, filters are not renewed
    page.locator("#author").get_by_role("link", name="Ada Byron").click()
    said(page, "36 papers")
    page.locator("#published").get_by_role("link").click()
    said(page, "9 papers")
    for waiting in held:
        waiting.continue_()


def test_years_are_chosen_by_dragging_and_by_keyboard(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/?q=memory")
    page.locator("#bars i").first.wait_for()
    counts = [bar.get_attribute("title") for bar in page.locator("#bars i").all()]
    assert counts == ["2016: 15 papers", "2017: 15 papers", "2018: 15 papers", "2019: 14 papers"]
    first, second = (page.locator("#bars i").nth(place).bounding_box() for place in (1, 2))
    page.mouse.move(first["x"] + 5, first["y"] + 9)
    page.mouse.down()
    page.mouse.move(second["x"] + 5, second["y"] + 9)
    page.mouse.up()
    said(page, "30 papers")
    assert "years=2017-2018" in page.url
    page.get_by_label("To year").select_option("2019")
    said(page, "44 papers")
    assert [bar.get_attribute("title") for bar in page.locator("#bars i").all()] == counts


def test_ten_thousand_hits_are_paged(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/?q=memory&sort=new")
    first = all_shown(page, 20)
    assert first[0] == "On mice and memory, part 59"
    page.locator("#pages").get_by_role("link", name="2", exact=True).click()
    page.locator("#hits").get_by_text("part 39").wait_for()
    assert all_shown(page, 20)[0] == "On rats and memory, part 39"
    assert page.locator("#pages [aria-current]").inner_text() == "2"
    page.go_back()
    page.locator("#hits").get_by_text("part 59").wait_for()


def test_a_misspelled_word_is_told(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/?q=hippocamus+rats")
    said(page, "No paper has hippocamus; showing hippocampus. 20 papers")


@pytest.mark.parametrize(
    "typed",
    ["1606.00008", "arXiv:1606.00008v1", "https://arxiv.org/pdf/1606.00008", "https://doi.org/10.1000/XYZ.7"],
)
def test_an_identifier_leads_to_its_paper(site: Site, open_page: Open, typed: str) -> None:
    page = open_page(site.address)
    page.get_by_label("Search papers").fill(typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/abs/1606.00008/")


def test_a_paper_that_is_not_here_is_shown_at_arxiv(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/?q=2101.00001")
    said(page, "no such paper")
    assert (
        page.get_by_role("link", name="arXiv:2101.00001").get_attribute("href")
        == "https://arxiv.org/abs/2101.00001"
    )


def test_going_back_finds_what_was_typed_last(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/?q=mice")
    all_shown(page, 20)
    page.evaluate(HOLD_TIMERS)  # the address is yet that of the query before
    page.get_by_label("Search all papers").fill("quokkas")
    said(page, "1 paper")
    page.locator("#hits > li > a").first.click()
    page.wait_for_url("**/abs/**")
    page.go_back()
    said(page, "1 paper")
    assert page.get_by_label("Search all papers").input_value() == "quokkas"


def test_what_cannot_be_read_is_said(site: Site, open_page: Open) -> None:
    """The results of another query are not shown then."""
    page = open_page(f"{site.address}search/?q=mice")
    all_shown(page, 20)
    page.route("**/search/*/p*.js", lambda route: route.fulfill(body="gone"))  # positions, for phrases
    page.get_by_label("Search all papers").fill('"maps of space"')
    said(page, "The index cannot be read.")
    assert not page.locator("#hits").is_visible()


def test_related_words_are_offered_and_added(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/?q=mice")
    related = page.locator("#related").get_by_role("link")
    related.first.wait_for()
    word = related.first.inner_text()
    related.first.click()
    assert page.get_by_label("Search all papers").input_value() == f"mice {word}"


@BOTH
def test_nothing_moves_while_results_come(site: Site, open_page: Open, width: int) -> None:
    page = open_page(f"{site.address}search/?q=hippocampus&cat=q-bio.NC", width)
    page.locator("#related li").first.wait_for()
    page.locator("#author li").first.wait_for(state="attached")
    moved = page.evaluate(
        """() => new Promise((resolve) => new PerformanceObserver((list) => {
            resolve(list.getEntries().reduce((sum, entry) => sum + entry.value, 0));
        }).observe({ type: "layout-shift", buffered: true }) || setTimeout(() => resolve(0), 200))"""
    )
    assert moved < 0.05


def test_a_query_is_followed(site: Site, open_page: Open) -> None:
    """The page for what is followed then shows its newest papers."""
    page = open_page(f"{site.address}search/?q=quokkas")
    star = page.get_by_role("button", name="Follow", exact=True)
    star.click()
    assert page.locator("#star button").get_attribute("aria-pressed") == "true"
    page.goto(f"{site.address}following/")
    page.locator("#new").get_by_role("link", name="Grid cells & quokkas: 1 < 2").wait_for()
    page.locator("#followed").get_by_role("link", name="quokkas").click()
    said(page, "1 paper")
    assert page.locator("#star button").get_attribute("aria-pressed") == "true"


def test_references_are_saved_as_the_papers_have_them(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/?q=au:bassett&sort=new", accept_downloads=True)
    all_shown(page, 6)

    def saved(button: str) -> str:
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        assert download.value.suggested_filename == "au-bassett.bib"
        return Path(download.value.path()).read_text("utf-8")

    everything = saved("Save all as .bib")
    assert everything.count("@") == 6
    page.locator("#hits input").nth(1).check()
    one = saved("Save 1 selected as .bib")
    assert one in everything
    page.locator("#hits > li > a").nth(1).click()
    page.wait_for_url("**/abs/**")
    assert one == page.locator("#bibtex").text_content() + "\n"


@BOTH
def test_everybody_can_use_the_search_page(site: Site, open_page: Open, width: int) -> None:
    page = open_page(f"{site.address}search/?q=hippocamus+rats&years=2016-2018", width, color_scheme="light")
    all_shown(page, 15)
    page.locator("#on a").wait_for()
    page.locator("#related a").first.wait_for()
    page.evaluate("document.getElementById('filters').open = true")
    assert axe_violations(page) == []
    assert fits(page, width)
    page = open_page(f"{site.address}search/", width, color_scheme="light")
    assert axe_violations(page) == []
    assert fits(page, width)


def test_what_a_screen_reader_is_told(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}archive/")
    page.get_by_label("Search papers").press_sequentially("bassett")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    expect(page.locator("header form")).to_match_aria_snapshot("""
      - search:
        - combobox "Search papers" [expanded]: bassett
        - listbox "Suggestions":
          - option "Danielle S. Bassett author" [selected]
          - option "On rats and memory, part 54 2019"
    """)
    page.keyboard.press("Escape")
    expect(page.locator("header form")).to_match_aria_snapshot("""
      - search:
        - combobox "Search papers" [expanded=false]: bassett
    """)
    page.goto(f"{site.address}search/?q=memory&cat=q-bio.NC&page=2")
    all_shown(page, 20)
    page.locator("#author li").first.wait_for()
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 800})
        if width < 900:
            page.get_by_text("Filters").click()
        expect(page.get_by_role("main")).to_match_aria_snapshot("""
          - search:
            - paragraph:
              - searchbox "Search all papers": memory
            - status: 45 papers
            - heading "Only" [level=2]
            - list:
              - listitem:
                - link "q-bio.NC (remove)"
            - group:
              - heading "Category" [level=2]
              - list:
                - listitem:
                  - link "q-bio.NC"
                  - text: "45"
              - heading "Published" [level=2]
              - list:
                - listitem:
                  - link "Journal or DOI"
                  - text: "10"
            - paragraph:
              - link "Relevance"
              - link "Newest first"
            - button "Follow"
            - button "Save all as .bib"
            - heading "Related words" [level=2]
            - list:
              - listitem:
                - link "part"
            - list:
              - listitem:
                - checkbox /Select \\d{4}\\.\\d{5}/
                - link /and memory, part/
            - navigation "Pages of results":
              - link "1"
              - link "2"
        """)
    page.locator("#search [name=q]").fill("xylophone")
    expect(page.get_by_role("main")).to_match_aria_snapshot("""
      - search:
        - paragraph:
          - searchbox "Search all papers": xylophone
        - status: No paper has all of this.
    """)


def test_a_result_is_told_once_when_the_reader_pauses(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/")
    page.evaluate("""() => {
        globalThis.told = [];
        new MutationObserver(() => told.push(document.getElementById("told").textContent))
            .observe(document.getElementById("told"), { childList: true });
    }""")
    page.evaluate(HOLD_TIMERS)
    box = page.get_by_label("Search all papers")
    for typed, result in {"quo": "1 paper", "quokkx": "No paper has all", "quokka": "1 paper"}.items():
        box.fill(typed)
        said(page, result)
    assert page.evaluate("told") == []
    page.evaluate("held.forEach((work) => work())")
    assert page.evaluate("told") == ["1 paper"]


def test_the_focus_stays_at_what_was_chosen(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/?q=memory")
    said(page, "59 papers")

    def choose(place: str, name: str, result: str) -> Any:
        link = page.locator(place).get_by_role("link", name=name)
        link.focus()
        page.keyboard.press("Enter")
        said(page, result)
        return link

    expect(choose("#cat", "q-bio.NC", "45 papers")).to_be_focused()
    expect(page.locator("#cat [aria-current]")).to_be_focused()
    expect(choose("#sort", "Newest first", "45 papers")).to_be_focused()
    page.locator("#related li").first.wait_for()
    choose("#on", "q-bio.NC", "59 papers")
    expect(page.locator("#said")).to_be_focused()
    page.locator("#pages a").nth(1).press("Enter")
    expect(page.locator("#said")).to_be_focused()
    assert page.evaluate("scrollY") == 0


# --- boxes ----------------------------------------------------------------------------------------------------


@BOTH
def test_suggestions_in_the_box_of_every_page(site: Site, open_page: Open, width: int) -> None:
    page = open_page(f"{site.address}archive/", width, color_scheme="light")
    assert page.locator("#finder").count() == 0  # no script before it is used
    page.keyboard.press("/")
    box = page.get_by_label("Search papers")
    assert box.evaluate("box => box === document.activeElement")
    box.press_sequentially("quokk")
    option = page.get_by_role("option")
    option.first.wait_for()
    assert option.all_inner_texts() == ["Grid cells & quokkas: 1 < 2\n2016"]
    assert box.get_attribute("aria-expanded") == "true"
    assert axe_violations(page) == []
    assert fits(page, width)
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == option.first.get_attribute("id")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "quokk"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/abs/1601.00001/")


def test_authors_and_categories_are_suggested(site: Site, open_page: Open) -> None:
    page = open_page(site.address)
    for typed, label in {
        "bassett": "Danielle S. Bassett\nauthor",
        "quantitative meth": "Quantitative Methods (q-bio.QM)\ncategory",
    }.items():
        page.get_by_label("Search papers").fill("")
        page.get_by_label("Search papers").press_sequentially(typed)
        page.get_by_role("option", name=label.partition("\n")[0]).wait_for()
        assert label in page.get_by_role("option").all_inner_texts()
    page.get_by_role("option", name="Quantitative").click()
    page.wait_for_url("**/categories/q-bio.QM/")


def test_enter_leads_to_the_search_page(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}authors/ada-byron/")
    page.get_by_label("Search papers").fill("quokka")
    page.keyboard.press("Enter")
    said(page, "1 paper")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bassett d", "Danielle S. Bassett"),
        ("danielle basett", "Danielle S. Bassett"),
        ("bassett ds", "Danielle S. Bassett"),
        ("bqssett", "Danielle S. Bassett"),
        ("assett", "Danielle S. Bassett"),
        ("muller", "Karl Müller"),
        ("Mueller Karl", "Karl Müller"),
        ("wu", "Li Wu"),
        ("orban gergo", "Gergő Orbán"),
        ("nobody z", "Writer Z. Nobody"),
    ],
)
def test_a_person_is_found_by_any_part_of_the_name(
    site: Site, open_page: Open, typed: str, found: str
) -> None:
    page = open_page(f"{site.address}authors/")
    page.get_by_label("Find a person").press_sequentially(typed)
    page.get_by_role("option", name=found).wait_for()
    page.get_by_role("option", name=found).click()
    page.wait_for_url("**/authors/*/")
    assert page.get_by_role("heading", level=1).inner_text() == found


# --- without a server, without scripts -------------------------------------------------------------------------


@BOTH
def test_search_on_a_disk(site: Site, open_page: Open, width: int) -> None:
    page = open_page(site.on_disk("archive/"), width)
    page.get_by_label("Search papers").press_sequentially("quokk")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    said(page, "1 paper")
    assert all_shown(page, 1) == ["Grid cells & quokkas: 1 < 2"]
    page.locator("#hits a").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Grid cells & quokkas: 1 < 2"
    page = open_page(site.on_disk("search/?q=memory&years=2016"), width)
    said(page, "15 papers")
    page.locator("#on").get_by_role("link").click()
    said(page, "59 papers")
    page = open_page(site.on_disk("authors/"), width)
    page.get_by_label("Find a person").press_sequentially("danielle basett")
    page.get_by_role("option").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Danielle S. Bassett"


@BOTH
def test_without_scripts_the_page_says_so(site: Site, open_page: Open, width: int) -> None:
    page = open_page(f"{site.address}authors/", width, java_script_enabled=False)
    assert not page.get_by_label("Find a person").is_visible()
    assert page.get_by_label("Search papers").count() == 0
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    main = page.get_by_role("main")
    assert "needs JavaScript" in main.inner_text()
    assert not main.locator("#search").is_visible()
    assert main.locator(".ways a").all_inner_texts() == [
        "Authors",
        "Archive",
        "Categories",
        "Maps",
        "Quokkas",
    ]
    form = main.locator(".elsewhere")
    assert form.get_attribute("action") == "https://duckduckgo.com/"
    assert form.locator("[name=sites]").get_attribute("value") == "example.github.io/repo"
    assert fits(page, width)


def test_the_home_page_names_the_search_for_the_address_bar(site: Site, open_page: Open) -> None:
    page = open_page(site.address)
    link = page.locator("link[rel=search]")
    assert link.get_attribute("type") == "application/opensearchdescription+xml"
    root = ElementTree.fromstring((site.output / "opensearch.xml").read_text("utf-8"))
    template = root.find("{*}Url").get("template")
    assert template == "https://example.github.io/repo/search/?q={searchTerms}"
    assert len(root.find("{*}ShortName").text) <= 16


# --- saved searches ---------------------------------------------------------------------------------------------


def test_a_saved_search_has_the_papers_that_the_browser_finds(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}watch/maps/")
    link = page.get_by_role("link", name="hippocampus maps OR quokka")
    shown = page.locator("main .list > li > a").all_inner_texts()
    link.click()
    said(page, "60 papers")
    page.get_by_role("link", name="Newest first").click()
    page.locator("#hits").get_by_text("part 59").wait_for()
    assert all_shown(page, 20)[: len(shown)] == shown


def test_a_saved_search_has_a_feed(site: Site) -> None:
    feed = ElementTree.parse(site.output / "watch/small-kangaroos/feed.xml").getroot()
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == [
        "Grid cells & quokkas: 1 < 2"
    ]
    assert feed.findtext(f"{ATOM}title") == "Quokkas – Neurons & Cognition"


def test_the_search_page_lists_saved_searches(site: Site, open_page: Open) -> None:
    page = open_page(f"{site.address}search/")
    assert page.locator(".watches li").all_inner_texts() == ["Maps\n60", "Quokkas"]


def test_a_saved_search_follows_the_feeds(site: Site, tmp_path: Path) -> None:
    content = copy_content(tmp_path, site.content)
    output = build(content, tmp_path / "output")

    def state() -> dict[str, int]:
        return {
            name: (output / "watch" / name).stat().st_mtime_ns
            for name in ("maps/index.html", "small-kangaroos/feed.xml")
        }

    before = state()
    model = feed.read(path := store.feed_files(content / "feeds")[0], path.name)[0][0]
    when = datetime(2026, 1, 1, tzinfo=UTC)
    new = msgspec.structs.replace(
        model,
        id=ArxivId("2601.00001", 1),
        title="On hippocampus",
        abstract="Maps.",
        published=when,
        updated=when,
    )
    writer.save(content / "feeds", "new", (new,), title="new", updated=START)
    build(content, output)
    after = state()
    assert after["maps/index.html"] != before["maps/index.html"]
    assert after["small-kangaroos/feed.xml"] == before["small-kangaroos/feed.xml"]
    assert "On hippocampus" in (output / "watch/maps/feed.xml").read_text("utf-8")
