"""Catching up and following in a real browser."""

from __future__ import annotations

import base64
import bz2
import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from conftest import axe_violations, build, hold, new_context, serving, until

HEAD = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
    "<id>http://arxiv.org/api/x</id><title>T</title><updated>2019-12-31T00:00:00Z</updated>"
)
PAPERS = 180  # three a day from 1 November 2019 on
CATEGORIES = ("q-bio.NC", "q-bio.PE", "q-bio.QM")
NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError'); }})"
)
Open = Callable[..., Any]


def entry(number: int, day: str, *, category: str = "q-bio.NC", author: str = "", revised: str = "") -> str:
    """Return paper ``number`` of a feed, submitted on a day, and perhaps revised on another."""
    names = f"<author><name>{author or f'Some Body{number}'}</name></author><author><name>Zoe Last</name></author>"
    return (
        f"<entry><id>http://arxiv.org/abs/1911.{number:05}v{2 if revised else 1}</id><title>Paper {number}</title>"
        f"<summary>Abstract {number} on {'neurons' if number % 10 else 'whales'}, "
        "see arXiv:1911.00001.</summary>"
        f"<published>{day}T12:00:00Z</published><updated>{revised or day}T12:00:00Z</updated>{names}"
        f'<category term="{category}" scheme="http://arxiv.org/schemas/atom"/>'
        f'<arxiv:primary_category term="{category}"/></entry>'
    )


def day_of(number: int) -> str:
    month, day = divmod((number - 1) // 3, 30)
    return f"2019-{11 + month}-{day + 1:02}"


def write_site(folder: Path, entries: Sequence[str]) -> Path:
    (folder / "content/feeds").mkdir(parents=True, exist_ok=True)
    (folder / "content/site.toml").write_text(
        'title = "Site"\nurl = "https://archive.test/repo/"\n[lists]\nperson_feed = 2\n', "utf-8"
    )
    (folder / "content/feeds/feed.xml").write_text(f"{HEAD}{''.join(entries)}</feed>", "utf-8")
    return build(folder / "content", folder / "output", "--strict")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with the papers of two months; Ada Byron has each twentieth, and paper 7 was revised at the end."""
    entries = [
        entry(
            number,
            day_of(number),
            category=CATEGORIES[number % 3],
            author="Ada Byron" if number % 20 == 0 else "",
            revised="2019-12-30" if number == 7 else "",
        )
        for number in range(1, PAPERS + 1)
    ]
    first_version = entry(7, day_of(7), category=CATEGORIES[1])
    entries.append(first_version.replace("Abstract 7", "Another abstract").replace("Paper 7", "Old title"))
    return write_site(tmp_path_factory.mktemp("catchup"), entries)


@pytest.fixture(scope="module")
def served_site(site: Path) -> Iterator[str]:
    with serving(site) as address:
        yield address


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Open]:
    """Open an address in a fresh window; an error, or a request to another host, fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_address(
        address: str, width: int = 1280, script: str = "", without: str = "", **options: Any
    ) -> Any:
        contexts.append(new_context(chromium, viewport={"width": width, "height": 900}, **options))
        if script:
            contexts[-1].add_init_script(script)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if without:
            page.route(without, lambda route: route.abort())  # of which the browser's console tells
        else:
            page.on(
                "console",
                lambda message: complaints.append(message.text) if message.type == "error" else None,
            )
        page.on(
            "request", lambda request: complaints.append(request.url) if is_elsewhere(request.url) else None
        )
        host = urlsplit(address).netloc

        def is_elsewhere(url: str) -> bool:
            return urlsplit(url).netloc != host and not url.startswith(("data:", "blob:"))

        page.goto(address)
        return page

    yield open_address
    for context in contexts:
        context.close()
    assert complaints == []


def titles(page: Any) -> list[str]:
    return page.locator(".list > li > a:first-of-type").all_inner_texts()


def numbers(page: Any) -> list[int]:
    return [int(title.removeprefix("Paper ")) for title in titles(page)]


def ready(page: Any) -> Any:
    page.locator("#days .list > li").first.wait_for()
    return page


def read_to_the_end(page: Any) -> None:
    until(
        page,
        "() => { scrollTo(0, document.body.scrollHeight);"
        " return document.getElementById('end').textContent.includes('since') }",
    )


@pytest.mark.parametrize("width", [1280, 360])
def test_three_actions_lead_to_a_category_since_a_day_with_abstracts(
    open_page: Open, served_site: str, width: int
) -> None:
    page = ready(open_page(f"{served_site}catchup/", width))
    page.get_by_label("Since").fill("2019-11-01")
    page.get_by_label("Category").select_option("q-bio.NC")
    page.get_by_label("Show all abstracts").check()
    until(page, "document.querySelector('#days .list details p')")
    first = page.locator("#days .list > li").first
    assert first.locator("p", has_text="q-bio.NC").is_visible()
    page.locator("#days details p", has_text=re.compile(r"Abstract \d+ on")).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # The address is the list.
    asked = urlsplit(page.url).query
    assert asked == "since=2019-11-01&cat=q-bio.NC"
    again = ready(open_page(f"{served_site}catchup/?{asked}", width))
    assert titles(again)[:3] == titles(page)[:3]


@pytest.mark.parametrize(("order", "expected"), [("newest", 1), ("oldest", -1)])
def test_days_come_as_one_scrolls_until_the_end(
    open_page: Open, served_site: str, order: str, expected: int
) -> None:
    page = open_page(served_site)
    files: list[str] = []
    page.on("request", lambda request: files.append(request.url.rpartition("/")[2]))
    page.goto(f"{served_site}catchup/?since=2019-11-11&order={order}")
    ready(page)
    until(page, "/^[\\d,]+ papers left$/.test(document.getElementById('said').textContent)")
    left = int(re.findall(r"\d+", page.locator("#said").inner_text())[0])
    since = [number for number in range(1, PAPERS + 1) if day_of(number) >= "2019-11-11"]
    assert 100 < left < len(since) + 1
    # The page itself asks for the file of the newest days, with which most readers begin.
    asked = {name for name in files if re.match(r"2019-\d\d-\d\.js", name)}
    assert len(asked) == (1 if order == "newest" else 2), "no more than is read"
    assert not [name for name in files if "abstracts" in name], "nor what nobody has unfolded"
    read_to_the_end(page)
    shown = numbers(page)
    assert sorted(shown) == sorted([*since, 7]), "each once, and the revised one"
    days = [day_of(number) for number in shown if number != 7]
    assert days == sorted(days)[::-expected]
    assert "That is all since 11 Nov 2019." in page.locator("#end").inner_text()


@pytest.mark.parametrize(
    ("asked", "day", "end"),
    [
        ("1900-01-01", "2019-11-01", "That is all since 1 Nov 2019."),
        ("2019-12-31", "2019-12-31", "There is nothing since 31 Dec 2019."),
        ("yesterday", "2019-12-24", "That is all since 24 Dec 2019."),
    ],
)
def test_any_day_can_be_asked_for(open_page: Open, served_site: str, asked: str, day: str, end: str) -> None:
    page = open_page(f"{served_site}catchup/?since={asked}")
    read_to_the_end(page)
    assert page.get_by_label("Since").input_value() == day
    assert page.locator("#end").inner_text() == end


def test_revised_papers_stand_apart(open_page: Open, served_site: str) -> None:
    page = ready(open_page(f"{served_site}catchup/?since=2019-12-30"))
    day = page.locator("section", has_text="30 Dec 2019")
    assert day.get_by_role("heading").all_inner_texts()[1:] == ["Submitted", "Revised"]
    revised = day.locator("ul").last.locator("li")
    assert revised.count() == 1
    assert "updated v2: title, abstract" in revised.inner_text()
    assert "3 Nov 2019" in revised.inner_text()


def test_words_are_found_in_abstracts(open_page: Open, served_site: str) -> None:
    page = ready(open_page(f"{served_site}catchup/?since=2019-11-01"))
    page.get_by_label("Words").fill("Whales")
    until(page, "document.querySelectorAll('#days li').length && location.search.includes('words')")
    read_to_the_end(page)
    assert sorted(numbers(page)) == [number for number in range(1, PAPERS + 1) if number % 10 == 0]
    assert "That is all of what you chose" in page.locator("#end").inner_text()


def test_an_abstract_unfolds_with_its_links(open_page: Open, served_site: str) -> None:
    page = ready(open_page(f"{served_site}catchup/"))
    one = page.locator("#days li").first
    one.get_by_text("Abstract", exact=True).click()
    link = one.locator("details").get_by_role("link", name="arXiv:1911.00001")
    link.wait_for()
    assert link.evaluate("link => link.href") == f"{served_site}abs/1911.00001/"


def test_what_is_not_interesting_is_left_out(open_page: Open, served_site: str) -> None:
    page = ready(open_page(f"{served_site}catchup/"))
    hidden = page.evaluate(
        """() => ReaderStorage.update("hidden", (hidden) => { hidden["1911.00180"] = "x"; })"""
    )
    assert hidden == ""
    page.reload()
    ready(page)
    read_to_the_end(page)
    assert 180 not in numbers(page)
    assert 179 in numbers(page)
    assert "1 paper not interesting to you left out" in page.locator("#end").inner_text()


def test_two_visits_with_an_update_between(open_page: Open, tmp_path: Path) -> None:
    entries = [entry(number, day_of(number)) for number in range(1, 31)]
    write_site(tmp_path, entries)
    with serving(tmp_path / "output") as address:
        page = open_page(f"{address}archive/")  # which is no visit
        page.clock.install(time="2020-01-01T10:00:00Z")
        page.goto(address)
        page.get_by_role("link", name="catch up since any day").wait_for()
        assert page.locator(".fresh").count() == 0
        write_site(tmp_path, [*entries, entry(31, "2019-11-11"), entry(32, "2019-11-12")])
        page.clock.set_fixed_time("2020-01-02T10:00:00Z")
        page.goto(address)
        page.get_by_role("link", name="2 new since 10 Nov 2019: catch up").wait_for()
        fresh = page.locator("section", has=page.locator(".fresh"))
        assert titles(fresh) == ["Paper 32", "Paper 31"]
        page.reload()
        page.get_by_role("link", name="2 new since 10 Nov 2019: catch up").click()
        ready(page)
        assert page.get_by_label("Since").input_value() == "2019-11-10"
        assert page.get_by_role("button", name="Last visit").get_attribute("aria-pressed") == "true"
        assert numbers(page)[:2] == [32, 31]
        page.goto(f"{address}archive/2019/11/12/")
        page.get_by_text("New to you.").wait_for()
        page.goto(f"{address}archive/2019/11/10/")
        page.locator(".star").first.wait_for()
        assert page.get_by_text("New to you.").count() == 0
        page.clock.set_fixed_time("2020-01-03T10:00:00Z")
        page.goto(address)
        page.get_by_role("link", name="catch up since any day").wait_for()
        assert page.locator(".fresh").count() == 0, "nothing has come since"


@pytest.mark.parametrize("width", [1280, 360])
def test_one_click_follows_an_author(open_page: Open, served_site: str, width: int) -> None:
    page = open_page(f"{served_site}authors/ada-byron/", width)
    page.get_by_role("button", name="Follow", exact=True).click()
    page.get_by_role("button", name="Following", exact=True).wait_for()
    page.goto(f"{served_site}categories/q-bio.QM/")
    page.get_by_role("button", name="Follow", exact=True).click()
    page.goto(f"{served_site}following/")
    page.locator("#new li").first.wait_for()
    shown = numbers(page)
    assert {180, 160, 140} < set(shown), "of the author"
    assert 179 in shown, "of the category"
    assert 178 not in shown
    assert [day_of(number) for number in shown] == sorted(map(day_of, shown))[::-1]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width < 900:
        page.locator("summary", has_text="You follow").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Feeds as OPML").click()
    feeds = ElementTree.fromstring(Path(saved.value.path()).read_text("utf-8")).findall("body/outline")
    assert {(feed.get("text"), feed.get("xmlUrl")) for feed in feeds} == {
        ("Ada Byron", f"{served_site}authors/ada-byron/feed.xml"),
        ("q-bio.QM", f"{served_site}categories/q-bio.QM/feed.xml"),
    }
    page.get_by_role("button", name="Following Ada Byron").click()
    page.reload()
    page.locator("#new li").first.wait_for()
    assert 160 not in numbers(page)


def test_with_storage_off_one_catches_up_and_is_told_why_nothing_is_kept(
    open_page: Open, served_site: str
) -> None:
    page = ready(open_page(f"{served_site}catchup/", script=NO_STORAGE))
    assert 180 in numbers(page)
    page.goto(f"{served_site}authors/ada-byron/")
    page.get_by_role("button", name="Follow", exact=True).click()
    page.get_by_text("this browser stores no data for this site").wait_for()
    page.goto(f"{served_site}following/")
    page.get_by_text("You follow nothing yet").wait_for()


@pytest.mark.parametrize("address", ["catchup/", "following/", "authors/ada-byron/"])
def test_without_scripts_no_button_is_dead(open_page: Open, served_site: str, address: str) -> None:
    page = open_page(served_site + address, java_script_enabled=False)
    assert page.locator("main").locator("button:visible, input:visible, select:visible").count() == 0
    if address == "catchup/":
        page.get_by_role("link", name="All years, months and days").click()
        assert page.url == f"{served_site}archive/"


def test_from_a_disk_one_catches_up(open_page: Open, site: Path) -> None:
    page = ready(open_page((site / "catchup/index.html").as_uri()))
    assert 180 in numbers(page)
    page.get_by_role("link", name="Paper 180").click()
    page.get_by_role("heading", name="Paper 180").wait_for()
    page.goto((site / "authors/ada-byron/index.html").as_uri())
    page.get_by_role("button", name="Follow", exact=True).click()
    page.goto((site / "following/index.html").as_uri())
    page.get_by_text("Not read: Ada Byron (pages of authors cannot be read from a disk)").wait_for()


@pytest.mark.parametrize("width", [1280, 360])
def test_everybody_can_use_it(open_page: Open, served_site: str, width: int) -> None:
    page = open_page(f"{served_site}authors/ada-byron/", width)
    page.get_by_role("button", name="Follow", exact=True).click()
    for address in ("catchup/?since=2019-12-28", "following/"):
        page.goto(served_site + address)
        page.locator(".list > li").first.wait_for()
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        assert axe_violations(page) == []


def test_papers_that_name_no_category_are_of_the_field(open_page: Open, shipped_site: Path) -> None:
    with serving(shipped_site) as address:
        page = open_page(f"{address}catchup/?since=2026-03-01")
        everything = titles(ready(page))
        page.get_by_label("Category").select_option("q-bio.NC")
        page.wait_for_url("**cat=q-bio.NC**")
        assert titles(ready(page)) == everything
        page.goto(f"{address}categories/q-bio.NC/")
        page.get_by_role("button", name="Follow").click()
        page.goto(f"{address}following/")
        page.locator("#new .list > li").first.wait_for()
        assert titles(page)[0] == everything[0]


def test_files_of_days_are_small(shipped_site: Path) -> None:
    sent = stored = papers = 0
    for path in (shipped_site / "catchup").glob("20*-*.js"):
        written = path.read_bytes()
        value = bz2.decompress(base64.b64decode(written.split(b'"')[3]))
        papers += len(json.loads(value)) if "abstracts" in path.name else 0
        sent += len(gzip.compress(written, 6))
        stored += len(written)
    assert papers == 15
    # More papers in a file take less: 0.37 and 0.63 KB in an archive of 11,803.
    assert sent / papers < 830
    assert stored / papers < 1100


class Hand:
    """A reader's hand at a page: it counts clicks, keys and choices."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.actions = 0

    def click(self, role: str, name: str | re.Pattern[str]) -> None:
        self.actions += 1
        self.page.get_by_role(role, name=name, exact=isinstance(name, str)).first.click()

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)

    def choose(self, label: str, value: str) -> None:
        self.actions += 1
        field = self.page.get_by_label(label, exact=True)
        field.select_option(value) if field.evaluate("(node) => node.options") else field.fill(value)

    def did(self) -> int:
        """Return how many actions there were since this was asked last."""
        actions, self.actions = self.actions, 0
        return actions


@pytest.mark.parametrize("width", [1280, 360])
def test_ten_tasks_take_few_actions(open_page: Open, served_site: str, width: int) -> None:
    page = open_page(served_site, width)
    hand = Hand(page)
    assert titles(page)[0] == "Paper 180"
    assert hand.did() == 0, "what is new today stands on the front page"
    hand.click("link", "catch up since any day")
    assert 180 in numbers(ready(page))
    assert hand.did() == 1, "what is new since the last visit, or of a week"
    hand.choose("Since", "2019-11-01")
    hand.choose("Category", "q-bio.NC")
    hand.click("checkbox", "Show all abstracts")
    page.locator("#days details p", has_text=re.compile(r"Abstract \d+ on")).first.wait_for()
    assert hand.did() == 3, "since a day, in a category, with abstracts"
    page.goto(f"{served_site}authors/ada-byron/")
    hand.click("button", "Follow")
    page.get_by_role("button", name="Following").wait_for()
    assert hand.did() == 1, "an author is followed"
    page.goto(f"{served_site}categories/q-bio.QM/")
    hand.click("button", re.compile("^Save Paper 179"))
    page.get_by_role("link", name="Reading list, 1 paper").wait_for()
    assert hand.did() == 1, "a paper of a list is saved"
    for number in (176, 173, 170, 167, 164, 161, 158, 155, 152):
        page.get_by_role("button", name=f"Save Paper {number}", exact=True).click()
    hand.click("link", "Reading list, 10 papers")
    with page.expect_download() as saved:
        hand.click("button", "BibTeX")
    assert Path(saved.value.path()).read_text("utf-8").count("@misc{") == 10
    assert hand.did() == 2, "ten saved papers are a .bib file"
    page.goto(served_site)
    hand.click("link", "Reading list, 10 papers")
    hand.click("button", "Make an address")
    page.get_by_role("img", name="QR code of the address").wait_for()
    assert hand.did() == 2, "the list is on the way to the phone"
    address = page.get_by_label("Address of this list").input_value()
    page.goto(f"{served_site}abs/1911.00180/")
    page.locator(".fulltext .star").wait_for()
    hand.press("s")
    page.get_by_role("link", name="Reading list, 11 papers").wait_for()
    assert hand.did() == 1, "a paper is saved from its own page"
    hand.press("x")
    assert hand.did() == 1, "and is not interesting"
    hand.press("z")
    page.wait_for_function("() => !Object.keys(ReaderStorage.get('hidden')).length")
    assert hand.did() == 1, "which is undone"
    other = open_page(address, width)
    hand = Hand(other)
    hand.click("button", "Add all to my reading list")
    other.get_by_role("link", name="Reading list, 10 papers").wait_for()
    assert hand.did() == 1, "the phone has the list"


def test_abstracts_are_open_that_were_asked_for_while_days_are_read(
    open_page: Open, served_site: str
) -> None:
    page = open_page(served_site)
    let_come = hold(page, "**/catchup/2019-12-1.js")
    page.goto(f"{served_site}catchup/?since=2019-12-26", wait_until="commit")
    until(page, "document.querySelector('[name=since]')?.value")
    page.get_by_label("Show all abstracts").check()
    let_come()
    ready(page)
    assert page.locator("#days details[open] p").count() > 0
    assert page.locator("#days li:not(:has-text('updated')) > details:not([open])").count() == 0


def test_days_of_an_earlier_choice_are_not_shown_after_another(open_page: Open, tmp_path: Path) -> None:
    entries = [entry(number, day_of(number)) for number in range(1, 61)]
    write_site(tmp_path, [*entries, entry(61, "2018-12-01")])
    with serving(tmp_path / "output") as address:
        page = ready(open_page(f"{address}catchup/?since=2019-11-01"))
        assert len(numbers(page)) < 60
        let_come = hold(page, "**/catchup/2018.js")
        page.get_by_label("Since").fill("2018-12-01")
        until(page, "!document.querySelector('#days li')")
        page.evaluate("dispatchEvent(new Event('scroll'))")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        assert numbers(page) == []
        let_come()
        read_to_the_end(page)
        assert sorted(numbers(page)) == list(range(1, 62)), "each once"


def test_a_year_that_cannot_be_read_is_told(open_page: Open, served_site: str) -> None:
    page = open_page(f"{served_site}catchup/", without="**/catchup/2019.js")
    page.get_by_text("could not be read").wait_for()
    assert page.get_by_text("There is nothing").count() == 0


def test_what_is_followed_stays_while_another_tab_is_read(open_page: Open, served_site: str) -> None:
    page = open_page(f"{served_site}authors/ada-byron/")
    page.get_by_role("button", name="Follow", exact=True).click()
    page.goto(f"{served_site}following/")
    page.locator("#new li").first.wait_for()
    page.evaluate("addEventListener('storage', ({ key }) => { window.heard = key; })")
    page.locator("#new li").first.evaluate("(item) => { item.id = 'same'; }")
    other = page.context.new_page()
    other.goto(f"{served_site}categories/q-bio.QM/")
    # As a visit does; within a second, the same would be kept again, of which no tab is told.
    other.evaluate("() => ReaderStorage.update('visit', (visit) => { visit.at = '2020-01-01T00:00:00Z'; })")
    until(page, "window.heard?.endsWith(':visit')")
    assert page.locator("#same").count() == 1
    other.get_by_role("button", name="Follow", exact=True).click()
    until(page, "document.querySelector('#new').textContent.includes('Paper 179')")


def test_what_a_followed_search_finds_is_shown(open_page: Open, served_site: str) -> None:
    page = open_page(served_site)
    page.evaluate(
        """() => ReaderStorage.update("follows", (follows) => {
            follows["search/?q=whales"] = {kind: "search", title: "whales", feed: "", since: ""};
        })"""
    )
    page.goto(f"{served_site}following/")
    page.locator("#new li").first.wait_for()
    assert numbers(page)[:3] == [180, 170, 160], "the newest ones first"
    assert page.locator("#new li").first.locator("p").first.inner_text() == "Ada Byron, Zoe Last"
    if not page.locator("#followed").is_visible():
        page.locator("summary", has_text="You follow").click()
    page.locator("#followed").get_by_role("link", name="whales").click()
    page.wait_for_url("**/search/?q=whales")
    page.locator("#hits li").first.wait_for()
