"""The reading list in a real browser: saving, tags, files, shared addresses, keys; without storage or a network."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from conftest import BASE_PATH, _Pages, _Server, axe_violations, build, copy_content, hold, new_context, until

WIDTHS = {"desk": 1280, "phone": 360}
BOTH = pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
LIST = "categories/q-bio.NC/"  # has more than ten papers
DAY = "archive/2026/03/07/"
PAPER = "2603.07369"
# What a ContextObject in a SPAN may say by Dublin Core: ANSI/NISO Z39.88-2004, its matrix info:ofi/fmt:kev:mtx:dc.
DUBLIN_CORE = (
    "title creator subject description publisher contributor date type format identifier source language relation "
    "coverage rights"
)
COINS_KEYS = {"ctx_ver", "rft_val_fmt", "rft_id"} | {f"rft.{key}" for key in DUBLIN_CORE.split()}
OLD = "q-bio/0309001"  # before April 2007; its title has a formula

Open = Callable[..., Any]


@pytest.fixture
def contexts(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Return new browser windows; what their consoles or the network complain of fails the test."""
    complaints: list[str] = []
    opened = []

    def open_context(width: int = 1280, *, loads_all: bool = True, **options: Any) -> Any:
        context = new_context(chromium, viewport={"width": width, "height": 800}, **options)
        opened.append(context)

        def on_page(page: Any) -> None:
            def on_console(message: Any) -> None:
                # A browser says itself that something could not be loaded.
                missing = re.search('Failed to load resource|CORS policy|scheme "file" is not', message.text)
                if message.type in ("error", "warning") and (loads_all or not missing):
                    complaints.append(f"{message.type}: {message.text}")

            def on_request(request: Any) -> None:
                if not request.url.startswith(("http://127.0.0.1", "file:", "data:", "blob:")):
                    complaints.append(f"asked another host: {request.url}")

            page.on("console", on_console)
            page.on("request", on_request)
            page.on("pageerror", lambda error: complaints.append(str(error)))

        context.on("page", on_page)
        return context

    yield open_context
    for context in opened:
        context.close()
    assert complaints == []


def save_all(page: Any, address: str, most: int = 100) -> list[str]:
    """Save papers of a list, by one click each; return their identifiers."""
    page.goto(address)
    stars = page.locator("main .list > li > .star")
    stars.first.wait_for()
    count = min(most, stars.count())
    for place in range(count):
        stars.nth(place).click()
    found: list[str] = [stars.nth(place).get_attribute("data-paper") for place in range(count)]
    return found


def shown(page: Any) -> list[str]:
    """Return the identifiers of the papers that the reading list shows."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#reading-list .list > li')].map((item) => item.dataset.paper)"
    )
    return found


def open_list(page: Any, address: str) -> None:
    page.goto(address)
    page.locator("#reading-list:not([hidden])").wait_for()


def saved_file(page: Any, name: str) -> tuple[str, str]:
    """Press a button that saves a file; return the file's name and text, with its own line ends."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    path = Path(download.value.path())
    return download.value.suggested_filename, path.read_bytes().decode()


def said(page: Any) -> Any:
    return page.locator("#said-here")


def reference(page: Any, address: str, name: str) -> str:
    """Return a reference as the paper's own page gives it."""
    page.goto(address)
    text: str = page.locator(".cite label", has_text=re.compile(f"^{name}$")).evaluate(
        "(label) => label.nextElementSibling.textContent"
    )
    return text


@BOTH
def test_a_paper_is_saved_from_a_list_with_one_click(contexts: Any, served: str, width: int) -> None:
    page = contexts(width).new_page()
    page.goto(served + DAY)
    star = page.locator(f".star[data-paper='{PAPER}']")
    star.click()
    assert star.get_attribute("aria-pressed") == "true"
    assert page.get_by_role("link", name="Reading list, 1 paper").is_visible()
    page.goto(f"{served}abs/{PAPER}/")
    on_paper = page.locator(".fulltext .star")
    assert on_paper.get_attribute("aria-pressed") == "true"
    open_list(page, served + "reading-list/")
    entry = page.locator(f"li[data-paper='{PAPER}']")
    assert "Task learning increases information redundancy" in entry.inner_text()
    assert "Shizhao Liu" in entry.inner_text()
    entry.locator(".star").click()
    assert shown(page) == []
    said(page).get_by_role("button", name="Undo").click()
    assert shown(page) == [PAPER]


@BOTH
def test_what_a_search_found_is_saved(contexts: Any, served: str, width: int) -> None:
    page = contexts(width).new_page()
    page.goto(served + "search/?q=redundancy+macaque")
    page.locator(f"#hits .star[data-paper='{PAPER}']").click()
    page.get_by_role("link", name="Reading list, 1 paper").wait_for()
    open_list(page, served + "reading-list/")
    text = page.locator("#reading-list .list > li").inner_text()
    assert "Task learning increases information redundancy" in text
    assert "Shizhao Liu" in text


def test_ten_papers_become_a_bib_file_in_two_actions(contexts: Any, served: str) -> None:
    context = contexts()
    page = context.new_page()
    ids = save_all(page, served + LIST, 10)
    assert len(ids) == 10
    page.locator(".kept").click()  # the first action
    page.locator("#reading-list:not([hidden])").wait_for()
    name, text = saved_file(page, "BibTeX")  # the second
    order = shown(page)
    assert sorted(order) == sorted(ids)
    assert name == "reading-list.bib"
    entries = [reference(page, f"{served}abs/{paper}/", "BibTeX") for paper in order]
    assert text == "\n\n".join(entries) + "\n"


def test_other_formats_are_those_of_the_pages(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    for paper in (PAPER, OLD):
        page.goto(f"{served}abs/{paper}/")
        page.locator(".fulltext .star").click()
    open_list(page, served + "reading-list/")
    order = shown(page)
    files = {name: saved_file(page, name) for name in ("RIS", "CSL-JSON", "Markdown", "CSV")}
    texts = {
        name: [reference(page, f"{served}abs/{paper}/", name) for paper in order]
        for name in ("RIS", "CSL-JSON", "Markdown")
    }
    assert files["RIS"] == ("reading-list.ris", ("\n".join(texts["RIS"]) + "\n").replace("\n", "\r\n"))
    assert files["CSL-JSON"][1] == "[\n" + ",\n".join(texts["CSL-JSON"]) + "\n]\n"
    assert [entry["id"] for entry in json.loads(files["CSL-JSON"][1])]
    assert files["Markdown"][1] == "".join(f"- {text}\n" for text in texts["Markdown"])
    assert files["CSV"][1].startswith("\ufeffarXiv,Title,")
    assert files["CSV"][1].count("\r\n") == 3


def test_spreadsheets_take_no_note_for_a_formula(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    save_all(page, served + DAY, 1)
    open_list(page, served + "reading-list/")
    page.locator(".own textarea").fill('=HYPERLINK("http://example.org")')
    page.locator(".own textarea").blur()
    assert saved_file(page, "CSV")[1].endswith(',"\'=HYPERLINK(""http://example.org"")"\r\n')


@BOTH
def test_tags_notes_and_read_papers(contexts: Any, served: str, width: int) -> None:
    page = contexts(width).new_page()
    first, second, *_ = save_all(page, served + LIST, 3)
    open_list(page, served + "reading-list/")
    tags = page.locator(f"li[data-paper='{first}'] .own input")
    tags.fill("to cite, methods,, to cite")
    tags.press("Enter")
    tags.blur()
    note = page.locator(f"li[data-paper='{first}'] textarea")
    note.fill("Compare Figure 3.")
    note.blur()
    page.locator(f"li[data-paper='{second}'] .is-read").click()
    page.get_by_role("button", name="methods 1").click()
    assert shown(page) == [first]
    assert "tag=methods" in page.url
    assert saved_file(page, "BibTeX")[0] == "methods.bib"
    page.reload()
    page.locator("#reading-list:not([hidden])").wait_for()
    assert shown(page) == [first]
    assert page.locator(f"li[data-paper='{first}'] .own input").input_value() == "to cite, methods"
    page.get_by_role("button", name="methods 1").click()
    page.get_by_role("button", name="Read 1", exact=True).click()
    assert shown(page) == [second]
    page.get_by_role("button", name="All 3").click()
    page.get_by_label("Search the reading list").fill("figure 3")
    assert shown(page) == [first]
    page.get_by_label("Search the reading list").fill("no such paper")
    assert page.get_by_text("No paper of the list matches.").is_visible()


def test_files_made_here_and_a_backup_can_be_opened(contexts: Any, served: str, tmp_path: Path) -> None:
    page = contexts().new_page()
    save_all(page, served + DAY, 4)
    page.goto(f"{served}abs/{OLD}/")
    page.locator(".fulltext .star").click()
    open_list(page, served + "reading-list/")
    ids = sorted(shown(page))
    assert len(ids) == 5
    page.locator(".own textarea").first.fill("Mine.")
    page.locator(".own textarea").first.blur()
    for button in ("BibTeX", "RIS", "Save a backup"):
        name, text = saved_file(page, button)
        path = tmp_path / name
        path.write_bytes(text.encode())
        other = contexts().new_page()
        open_list(other, served + "reading-list/")
        other.locator("input[type=file]").set_input_files(path)
        other.locator(f"li[data-paper='{OLD}']").wait_for()
        assert sorted(shown(other)) == ids, button
        notes = [field.input_value() for field in other.locator(".own textarea").all()]
        assert ("Mine." in notes) == (button == "Save a backup")


def test_references_are_found_by_identifier_and_doi(contexts: Any, served: str, tmp_path: Path) -> None:
    doi = dois_of(contexts().new_page(), served)
    path = tmp_path / "mine.bib"
    path.write_text(
        "@string{n = {Nature}}\n@comment{arXiv:2601.00042}\n"
        f"@article{{one, title={{No identifier}}, doi = {{{doi[1].upper()}}}}}\n"
        f"@misc{{two, url = {{https://arxiv.org/abs/{PAPER}v2}}}}\n"
        "@misc{three, eprint = {1901.00001}, archiveprefix={arXiv}}\n@book{four, title={A book}}\n",
        "utf-8",
    )
    page = contexts(loads_all=False).new_page()
    open_list(page, served + "reading-list/")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("#said-here", has_text="added").wait_for()
    assert sorted(shown(page)) == sorted([PAPER, doi[0]])
    assert said(page).inner_text() == "2 added. 2 of the file are not in this archive, or not to be read now."


def dois_of(page: Any, served: str) -> tuple[str, str]:
    """Return a paper other than PAPER that has a publisher's DOI, and the DOI."""
    papers = page.request.get(served + "papers.json").json()
    return next((one["id"], one["doi"]) for one in papers if one.get("doi") and one["id"] != PAPER)


@BOTH
def test_a_list_moves_to_another_device_as_an_address(contexts: Any, served: str, width: int) -> None:
    page = contexts(width).new_page()
    ids = save_all(page, served + DAY, 2)
    open_list(page, served + "reading-list/")
    page.locator(".own input").first.fill("to cite")
    page.locator(".own input").first.blur()
    page.locator(".own textarea").first.fill("Ada's copy.")
    page.locator(".own textarea").first.blur()
    page.get_by_role("button", name="Make an address").click()
    page.get_by_role("img", name="QR code of the address").wait_for()
    address = page.get_by_label("Address of this list").input_value()
    assert urlsplit(address).path == BASE_PATH + "reading-list/"

    requests: list[str] = []
    other = contexts(width).new_page()
    other.on("request", lambda request: requests.append(request.url))
    open_list(other, address)
    other.get_by_text("A list of 2 papers from an address.").wait_for()
    other.locator("#reading-list .list", has_text="Task learning").wait_for()
    assert sorted(shown(other)) == sorted(ids)
    assert "to cite" in other.locator("#reading-list .list").inner_text()
    assert "Ada's copy." not in other.locator("main").inner_text()
    assert not [url for url in requests if "list=" in urlsplit(url).query + urlsplit(url).path]
    assert other.locator(".kept").inner_text() == ""  # nothing is adopted yet
    other.get_by_role("button", name="Add all to my reading list").click()
    other.get_by_role("link", name="Reading list, 2 papers").wait_for()
    said(other).get_by_role("button", name="Undo").click()
    other.get_by_role("link", name="Reading list, 0 papers").wait_for()


@pytest.mark.parametrize("action", ["Add all to my reading list", "CSV"])
def test_a_shared_list_is_whole_although_its_papers_are_still_read(
    contexts: Any, served: str, action: str
) -> None:
    page = contexts().new_page()
    ids = save_all(page, served + DAY, 3)
    open_list(page, served + "reading-list/")
    page.get_by_role("button", name="Make an address").click()
    address = page.get_by_label("Address of this list").input_value()
    other = contexts().new_page()
    let_come = hold(other, "**/abs/**", len(ids))
    open_list(other, address)
    other.get_by_role("button", name=action).click()
    if action == "CSV":
        with other.expect_download() as saved:
            let_come()
        rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"))))
        assert [bool(row["Title"]) for row in rows] == [True] * len(ids)
    else:
        other.get_by_role("button", name=action).click()  # again, which does it once
        let_come()
        other.get_by_role("link", name="Reading list, 3 papers").wait_for()
        assert said(other).inner_text().startswith("3 papers added to your reading list.")
        tab = other.context.new_page()
        tab.goto(f"{served}abs/{OLD}/")
        tab.locator(".fulltext .star").click()
        said(other).get_by_role("button", name="Undo").click()
        other.locator(f"li[data-paper='{OLD}']").wait_for()
        assert shown(other) == [OLD], "what another tab has saved since is not undone"


def test_a_file_is_called_by_the_tag_whose_papers_it_has(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    save_all(page, served + DAY, 2)
    open_list(page, served + "reading-list/")
    page.locator(".own input").first.fill("methods")
    page.locator(".own input").first.blur()
    page.get_by_role("button", name="methods 1").click()
    let_come = hold(page, "**/abs/**")
    with page.expect_download() as saved:
        page.get_by_role("button", name="BibTeX", exact=True).click()
        page.get_by_role("button", name="methods 1").click()
        let_come()
    assert saved.value.suggested_filename == "methods.bib"
    assert Path(saved.value.path()).read_text("utf-8").count("@misc{") == 1


def test_an_address_is_shown_no_longer_than_it_holds_what_is_chosen(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    save_all(page, served + DAY, 2)
    open_list(page, served + "reading-list/")
    for change in (
        lambda: page.get_by_label("with my notes and what I have read").check(),
        lambda: page.get_by_role("button", name="Unread 2").click(),
    ):
        page.get_by_role("button", name="Make an address").click()
        page.get_by_role("img", name="QR code of the address").wait_for()
        change()
        assert page.get_by_label("Address of this list").count() == 0


def test_a_damaged_address_is_said_to_be_damaged(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    open_list(page, served + "reading-list/#list=i45WMjIzMNYz")
    assert said(page).inner_text() == "The list in this address is damaged: part of it is missing."


def test_what_comes_from_outside_stays_text(contexts: Any, served: str, tmp_path: Path) -> None:
    attack = "<img src=x onerror=document.title='hit'>"
    paper = {"title": attack, "authors": attack, "category": attack, "tags": [attack], "note": attack}
    backup = {
        "sitegen": "backup",
        "version": 1,
        "papers": {PAPER: paper, "../../evil": paper, "__proto__": paper},
        "follows": {"https://example.org/": {"kind": "author", "title": attack}},
    }
    path = tmp_path / "backup.json"
    path.write_text(json.dumps(backup), "utf-8")
    page = contexts().new_page()
    open_list(page, served + "reading-list/")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("#reading-list .list > li").wait_for()
    assert shown(page) == [PAPER]
    assert page.locator("#reading-list .list > li > a").inner_text() == attack
    assert page.title() != "hit"
    assert page.locator("main img").count() == 0
    assert "Followed 0" in " ".join(page.locator("aside").inner_text().split())


def test_keys_save_hide_and_undo(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    page.goto(served + LIST)
    page.locator("main .star").first.wait_for()
    for key in "jj":
        page.keyboard.press(key)
    second = page.locator("main .list > li").nth(1)
    assert second.locator(":scope > a").evaluate("(link) => link === document.activeElement")
    page.keyboard.press("s")
    assert second.locator(".star").get_attribute("aria-pressed") == "true"
    page.keyboard.press("x")
    assert "unwanted" in (second.get_attribute("class") or "")
    page.keyboard.press("z")  # one action
    assert "unwanted" not in (second.get_attribute("class") or "")
    page.keyboard.press("k")
    page.keyboard.press("a")
    assert page.locator("main .list > li").first.locator("details").evaluate("(fold) => fold.open")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    assert "next and previous paper" in dialog.inner_text()
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("g")
        page.keyboard.press("l")
    assert page.url == served + "reading-list/"
    page.locator("#reading-list:not([hidden])").wait_for()
    page.get_by_label("Search the reading list").press_sequentially("sxo?gh")
    assert len(page.locator("dialog").all()) == 0
    assert page.url.startswith(served + "reading-list/")


def test_what_is_not_interesting_is_listed_and_taken_back(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    page.goto(f"{served}abs/{PAPER}/")
    page.locator(".fulltext .star").wait_for()
    page.keyboard.press("x")
    page.goto(f"{served}abs/{OLD}/")
    page.locator(".fulltext .star").wait_for()
    page.keyboard.press("x")
    open_list(page, served + "reading-list/")
    page.get_by_text("Not interesting", exact=True).last.click()
    listed = page.locator("[data-place=unwanted] li")
    listed.filter(has_text="Task learning increases information redundancy").wait_for()
    assert [item.locator("a").get_attribute("href") for item in listed.all()] == [
        f"{served}abs/{OLD}/",
        f"{served}abs/{PAPER}/",
    ]
    page.get_by_role("button", name=f"Interested again in {PAPER}").click()
    assert listed.count() == 1
    said(page).get_by_role("button", name="Undo").click()
    assert listed.count() == 2
    for name in (PAPER, OLD):
        page.get_by_role("button", name=f"Interested again in {name}").click()
    assert not page.locator("[data-place=hidden]").is_visible()


def test_keys_can_be_turned_off(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    page.goto(f"{served}abs/{PAPER}/")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Single keys are shortcuts").uncheck()
    page.get_by_role("button", name="Close", exact=True).click()
    page.keyboard.press("s")
    assert page.locator(".fulltext .star").get_attribute("aria-pressed") == "false"
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Single keys are shortcuts").check()
    page.get_by_role("button", name="Close", exact=True).click()
    page.keyboard.press("s")
    assert page.locator(".fulltext .star").get_attribute("aria-pressed") == "true"


def test_two_tabs_show_the_same(contexts: Any, served: str) -> None:
    context = contexts()
    one, other = context.new_page(), context.new_page()
    open_list(other, served + "reading-list/")
    ids = save_all(one, served + DAY, 2)
    other.locator("#reading-list .list > li").nth(1).wait_for()
    assert sorted(shown(other)) == sorted(ids)
    # A note that is being written in one tab does not lose what the other tab does.
    note = other.locator(".own textarea").first
    note.fill("half a sen")
    one.locator(".star[aria-pressed=false]").first.click()
    other.get_by_role("link", name="Reading list, 3 papers").wait_for()
    assert note.input_value() == "half a sen"
    note.press_sequentially("tence")
    note.blur()
    other.locator("#reading-list .list > li").nth(2).wait_for()
    assert "half a sentence" in [field.input_value() for field in other.locator("textarea").all()]


def test_a_full_storage_is_told(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    saved, *_ = save_all(page, served + DAY, 1)
    page.evaluate(
        """() => { let size = 1 << 22; let n = 0;
        while (size) { try { localStorage.setItem(`filler${n++}`, "x".repeat(size)); } catch { size >>= 1; } } }"""
    )
    star = page.locator(".list > li > .star[aria-pressed=false]").first
    star.click()
    assert "storage for this site is full" in said(page).inner_text()
    assert star.get_attribute("aria-pressed") == "false"
    open_list(page, served + "reading-list/")
    assert shown(page) == [saved]


def test_without_storage_it_is_told_why_nothing_is_kept(contexts: Any, served: str) -> None:
    context = contexts()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError'); }})"
    )
    page = context.new_page()
    page.goto(served + DAY)
    star = page.locator(".list > li > .star").first
    star.click()
    assert "this browser stores no data for this site" in said(page).inner_text()
    assert star.get_attribute("aria-pressed") == "false"
    open_list(page, served + "reading-list/")
    assert page.get_by_text("Nothing is saved yet.").is_visible()


def test_a_newer_version_of_what_is_kept_is_left_alone(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    page.goto(served + DAY)
    newer = '{"version":2,"value":{"what":"ever"}}'
    page.evaluate(f"localStorage.setItem('sitegen{BASE_PATH}:papers', '{newer}')")
    page.locator(".list > li > .star").first.click()
    assert "written by a newer version" in said(page).inner_text()
    assert page.evaluate(f"localStorage.getItem('sitegen{BASE_PATH}:papers')") == newer


def test_all_that_is_kept_can_be_deleted(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    page.goto(served)
    page.evaluate("localStorage.setItem('of another site', '1')")
    page.get_by_role("button", name="Switch between light and dark").click()
    save_all(page, served + DAY, 2)
    names = page.evaluate("Object.keys(localStorage).sort()")
    assert names == ["of another site", f"sitegen{BASE_PATH}:papers", f"sitegen{BASE_PATH}:visit", "theme"]
    open_list(page, served + "reading-list/")
    assert "Saved papers, with tags and notes 2" in " ".join(page.locator("aside").inner_text().split())
    page.get_by_role("button", name="Delete all of it").click()
    assert page.evaluate("Object.keys(localStorage)") == ["of another site"]
    assert page.get_by_text("Nothing is saved yet.").is_visible()
    said(page).get_by_role("button", name="Undo").click()
    assert set(names) - {"theme"} <= set(page.evaluate("Object.keys(localStorage)"))


def test_zotero_sees_the_papers_of_a_list(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    page.goto(served + DAY)
    page.locator(".star").first.wait_for()
    titles = page.locator("span.Z3988").evaluate_all("(spans) => spans.map((span) => span.title)")
    assert len(titles) == page.locator("main .list > li").count()
    for title in titles:
        keys = {key for key, _ in parse_qsl(title, strict_parsing=True, errors="strict")}
        assert re.fullmatch(r"(?:[\w.*-]+=(?:[\w.*+-]|%[0-9A-F]{2})*(?:&|$))+", title, re.ASCII)
        assert {"ctx_ver", "rft_val_fmt"} <= keys <= COINS_KEYS
    item = parse_qs(next(title for title in titles if PAPER in title))
    assert item["ctx_ver"] == ["Z39.88-2004"]
    assert item["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:dc"]
    assert item["rft.type"] == ["preprint"]
    assert item["rft.title"][0].startswith("Task learning increases information redundancy")
    assert item["rft.creator"] == ["Shizhao Liu", "Anton Pletenev", "Ralf M. Haefner", "Adam C. Snyder"]
    assert item["rft_id"] == [f"info:doi/10.48550/arXiv.{PAPER}", f"https://arxiv.org/abs/{PAPER}"]
    assert item["rft.date"] == ["2026-03"]
    # A paper's page has the tags that Zotero reads; related papers are no list to save.
    page.goto(f"{served}abs/{PAPER}/")
    page.locator(".star").first.wait_for()
    assert page.locator(".Z3988").count() == 0


def test_zotero_is_told_when_the_list_changes(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    save_all(page, served + DAY, 2)
    open_list(page, served + "reading-list/")
    page.evaluate("document.addEventListener('ZoteroItemUpdated', () => { window.told = true; })")
    page.locator("#reading-list .star").first.click()
    assert page.evaluate("window.told") is True
    assert page.locator("#reading-list .Z3988").count() == 1


@BOTH
def test_without_scripts_the_page_says_what_it_needs(contexts: Any, served: str, width: int) -> None:
    page = contexts(width, java_script_enabled=False).new_page()
    page.goto(served + "reading-list/")
    assert "That needs JavaScript" in page.locator("main").inner_text()
    assert page.locator("main button:visible, main input:visible").count() == 0
    page.goto(served + DAY)
    assert page.locator(".star").count() == 0


def test_papers_are_saved_from_a_disk_too(contexts: Any, golden_site: Path) -> None:
    page = contexts(loads_all=False).new_page()
    page.goto((golden_site / DAY / "index.html").as_uri())
    page.locator(f".star[data-paper='{PAPER}']").click()
    page.locator(".kept").click()
    page.locator("#reading-list .list > li").wait_for()
    assert shown(page) == [PAPER]
    assert PAPER in saved_file(page, "CSV")[1]
    page.get_by_role("button", name="BibTeX").click()
    page.locator("#said-here", has_text="Not all papers could be read").wait_for()
    page.locator("#reading-list .list > li > a").click()
    assert page.url.endswith(f"abs/{PAPER}/index.html")


@BOTH
def test_accessibility(contexts: Any, served: str, width: int) -> None:
    page = contexts(width).new_page()
    save_all(page, served + LIST, 3)
    page.keyboard.press("x")
    findings = [problems(page)]
    open_list(page, served + "reading-list/")
    page.locator("[data-place=hidden] summary").click()
    page.locator(".own input").first.fill("to cite")
    page.locator(".own input").first.blur()
    page.locator(".is-read").nth(1).click()
    page.get_by_role("button", name="Make an address").click()
    page.locator(".qr").wait_for()
    findings.append(problems(page))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    address = page.get_by_label("Address of this list").input_value()
    page.get_by_role("heading", name="Reading list").click()
    page.keyboard.press("?")
    findings.append(problems(page))
    other = contexts(width).new_page()
    open_list(other, address)
    other.locator("#reading-list .told").wait_for()
    findings.append(problems(other))
    other.goto(f"{served}abs/{PAPER}/")
    other.locator(".fulltext .star").click()
    findings.append(problems(other))
    empty = contexts(width).new_page()
    open_list(empty, served + "reading-list/")
    findings.append(problems(empty))
    assert findings == [[]] * len(findings)


def problems(page: Any) -> list[str]:
    """Return what axe finds wrong with a page, without the message that covers part of it for a while."""
    page.evaluate("document.getElementById('said-here')?.replaceChildren()")
    return axe_violations(page)


class Switched(_Pages):
    """A server that can be out of reach."""

    is_on = True

    def do_GET(self) -> None:  # noqa: N802  # http.server calls it so
        if self.is_on:
            super().do_GET()
        else:
            self.close_connection = True  # without an answer


class Offline(NamedTuple):
    """A site that browsers keep."""

    content: Path
    output: Path
    address: str

    def change(self, old: str, new: str) -> None:
        """Change site.toml, and build again."""
        settings = self.content / "site.toml"
        settings.write_text(settings.read_text("utf-8").replace(old, new, 1), "utf-8")
        build(self.content, self.output)


@pytest.fixture
def offline_site(tmp_path: Path) -> Iterator[Offline]:
    content, output = copy_content(tmp_path), tmp_path / "output"
    settings = content / "site.toml"
    settings.write_text("offline = true\n" + settings.read_text("utf-8"), "utf-8")
    build(content, output)
    handler = functools.partial(Switched, directory=str(output))
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        Switched.is_on = True
        address = f"http://127.0.0.1:{server.server_port}{BASE_PATH}"
        yield Offline(content, output, address)
        server.shutdown()
        thread.join()


def wait_until(page: Any, condition: str) -> None:
    """Wait until an asynchronous expression is true in a page."""
    page.evaluate(
        f"""async () => {{
            while (!({condition})) await new Promise((resolve) => setTimeout(resolve, 50));
        }}"""
    )


def wait_for_worker(page: Any, site: Offline, *pages: str) -> None:
    """Wait until a service worker serves the page and has kept some pages."""
    wait_until(page, "navigator.serviceWorker.controller")
    for url in pages:
        wait_until(page, f"await caches.match('{site.address}{url}')")


def test_visited_and_saved_papers_are_there_without_a_network(contexts: Any, offline_site: Offline) -> None:
    address, context = offline_site.address, contexts(loads_all=False)
    page = context.new_page()
    page.goto(address + DAY)
    page.locator(f".star[data-paper='{PAPER}']").click()
    worker = (offline_site.output / "sw.js").read_text("utf-8")
    later = json.loads(worker.partition(" = ")[2].partition(";\n")[0])["later"]
    wait_for_worker(page, offline_site, DAY, f"abs/{PAPER}/", "reading-list/", *later)
    Switched.is_on = False
    for url in ("", DAY, f"abs/{PAPER}/"):
        page.goto(address + url)
        page.locator(".star").first.wait_for()
        assert (
            page.locator("main").evaluate("(main) => getComputedStyle(main).minHeight") == "480px"
        )  # its style
    open_list(page, address + "reading-list/?tag=")
    assert shown(page) == [PAPER]
    assert saved_file(page, "BibTeX")[1].startswith("@")
    page.goto(address + "catchup/")
    page.get_by_label("Show all abstracts").check()
    page.locator("#days details[open] p").first.wait_for()
    page.goto(address + "search/?q=redundancy+macaque")
    page.locator("#hits", has_text="Task learning increases information redundancy").wait_for()
    page.goto(address + "authors/")
    assert "This page is not on this device" in page.locator("main, body").first.inner_text()


def test_an_update_between_two_visits_brings_new_pages_in_their_own_style(
    contexts: Any, offline_site: Offline
) -> None:
    address, context = offline_site.address, contexts(loads_all=False)
    page = context.new_page()
    page.goto(address + DAY)
    wait_for_worker(page, offline_site, DAY, "")
    before = page.locator("link[rel=stylesheet]").get_attribute("href")
    offline_site.change('title = "Neurons & Cognition"', 'title = "Neurons, Again"\ntheme_color = "#8a2b14"')
    other = context.new_page()
    other.goto(address)
    assert "Neurons, Again" in other.title()
    # The page that was open is told, and both pages are kept in the new style.
    page.locator("#said-here", has_text="This page has been updated.").wait_for()
    said(page).get_by_role("button", name="Reload").click()
    until(page, "document.title.includes('Neurons, Again')")
    assert page.locator("link[rel=stylesheet]").get_attribute("href") != before
    Switched.is_on = False
    other.goto(address + DAY)
    assert "Neurons, Again" in other.title()
    color = other.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')")
    assert color == page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')")
    assert color != "#0d5c63"


def test_a_site_that_is_kept_no_longer_removes_what_was_kept(contexts: Any, offline_site: Offline) -> None:
    page = contexts().new_page()
    page.goto(offline_site.address)
    wait_for_worker(page, offline_site, "")
    offline_site.change("offline = true", "offline = false")
    page.goto(offline_site.address)
    wait_until(page, "!(await navigator.serviceWorker.getRegistrations()).length")
    wait_until(page, "!(await caches.keys()).length")


def test_without_the_setting_nothing_is_kept(contexts: Any, served: str) -> None:
    page = contexts().new_page()
    page.goto(served)
    page.locator(".star").first.wait_for()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
