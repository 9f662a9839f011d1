"""The golden site in a real browser: reading, citing and finding one's way, on a desk and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import BASE_PATH, new_context, tool

MISSING = "no/such/page/"
PAGES = {  # kind of page: address
    "home": "",
    "paper": "abs/2603.07369/",
    "paper with a folded list of authors": "abs/2512.31415/",
    "paper with mathematics": "abs/q-bio/0309001/",
    "withdrawn paper": "abs/2601.00042/",
    "authors": "authors/",
    "authors of a letter": "authors/by-letter/g/",
    "author": "authors/ralf-m-haefner/",
    "archive": "archive/",
    "year": "archive/2026/",
    "month": "archive/2026/03/",
    "day": "archive/2026/03/07/",
    "categories": "categories/",
    "category": "categories/q-bio.NC/",
    "split list": "authors/prolific-p-writer/page-2/",
    "year of a category": "categories/q-bio.NC/2024/",
    "notes": "notes/",
    "text": "about/",
    "missing page": MISSING,
}
WIDTHS = {"desk": 1280, "phone": 360}

Open = Callable[..., Any]


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Open]:
    """Open an address in a fresh browser; what the console or the network complain of fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_address(address: str, width: int = 1280, status: int = 200, **options: Any) -> Any:
        context = new_context(chromium, viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        home = urlsplit(address)

        def on_request(request: Any) -> None:
            if urlsplit(request.url)[:2] != home[:2] and not request.url.startswith(("data:", "blob:")):
                complaints.append(f"asked another host: {request.url}")

        def on_console(message: Any) -> None:
            # A browser says so whenever the page itself comes with status 404.
            if message.type in ("error", "warning") and message.location["url"] != page.url:
                complaints.append(f"{message.type}: {message.text}")

        page.on("request", on_request)
        page.on("console", on_console)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        assert page.goto(address).status == status
        return page

    yield open_address
    for context in contexts:
        context.close()
    assert complaints == []


def status(address: str) -> int:
    return 404 if address == MISSING else 200


def follow(link: Any) -> None:
    """Click a link, and wait until the page that it leads to stands there whole."""
    with link.page.expect_navigation():
        link.click()


def go(page: Any, name: str) -> None:
    """Follow a link of the main navigation."""
    follow(page.get_by_role("navigation", name="Main").get_by_role("link", name=name))


def heading(page: Any) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def walk(page: Any) -> None:
    """Click from home to a paper, its author, the archive and a category."""
    title = page.locator("main .list > li > a").first.inner_text()
    follow(page.locator("main .list > li > a").first)
    assert heading(page) == title
    author = page.locator("article .authors a").first.inner_text()
    follow(page.locator("article .authors a").first)
    assert heading(page) == author
    go(page, "Archive")
    assert heading(page) == "Archive"
    follow(page.get_by_role("main").get_by_role("link", name="2026", exact=True).last)
    assert heading(page) == "2026"
    follow(page.get_by_role("main").get_by_role("link", name="March").last)
    assert heading(page) == "March 2026"
    follow(page.get_by_role("main").get_by_role("link", name="7", exact=True).last)
    assert heading(page) == "7 March 2026"
    go(page, "Categories")
    follow(page.get_by_role("main").get_by_role("link", name="Neurons and Cognition").first)
    assert "Neurons and Cognition" in heading(page)
    follow(page.locator("header .brand"))
    assert page.get_by_role("link", name="Skip to content").count() == 1


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_walk_through_the_site(open_page: Open, served: str, width: int) -> None:
    page = open_page(served, width)
    walk(page)
    assert page.url == served


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_walk_from_the_disk(open_page: Open, golden_site: Path, width: int) -> None:
    page = open_page((golden_site / "index.html").as_uri(), width)
    walk(page)
    assert page.url == (golden_site / "index.html").as_uri()


def test_a_walk_without_scripts(open_page: Open, served: str) -> None:
    walk(open_page(served, java_script_enabled=False))


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_everybody_can_use_it_and_nothing_scrolls_sideways_on_a_phone(
    open_page: Open, served: str, address: str
) -> None:
    page = open_page(served + address, status=status(address), color_scheme="light")
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    page.evaluate(tool("axe", ".js").read_text("utf-8"))
    light = page.evaluate("axe.run()")
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate("axe.run({runOnly: ['color-contrast']})")
    assert len(light["passes"]) > 10
    assert [rule["id"] for rule in dark["passes"]] == ["color-contrast"]
    assert [
        f"{rule['id']}: {rule['help']}: {node['html'][:120]}"
        for rule in light["violations"] + dark["violations"]
        for node in rule["nodes"]
    ] == []
    page.set_viewport_size({"width": WIDTHS["phone"], "height": 800})
    assert page.evaluate("document.scrollingElement.scrollWidth") == WIDTHS["phone"]


def test_a_reference_is_copied(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper"], permissions=["clipboard-read", "clipboard-write"])
    bibtex = page.locator("#bibtex").inner_text()
    assert bibtex.startswith("@article{liu2026task")
    button = page.locator(".cite details[open]").get_by_role("button", name="Copy")
    button.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == bibtex


def test_the_abstract_is_told_to_reference_managers(open_page: Open, served: str) -> None:
    page = open_page(served + "abs/q-bio/0309001/")
    told = page.locator("head > meta[name=citation_abstract]").get_attribute("content")
    assert told.startswith("We bound the cost of decoding with $O(n^2)$")
    assert r"$\alpha_i \in \mathbb{R}$" in told


def test_a_formula_is_copied_as_tex(open_page: Open, served: str) -> None:
    page = open_page(served + "abs/q-bio/0309001/", permissions=["clipboard-read", "clipboard-write"])
    copied = {}
    for name, selected in {"title": "h1", "display": "math[display=block]", "part": ".abstract msub"}.items():
        page.evaluate("place => getSelection().selectAllChildren(document.querySelector(place))", selected)
        page.keyboard.press("Control+c")
        copied[name] = page.evaluate("navigator.clipboard.readText()")
    assert copied == {
        "title": r"Naïve coding of two-photon spikes: an $O(n^2)$ bound on $\sum_i \alpha_i$",
        "display": r"$$\frac{1}{n}\sum_{i=1}^{n} \alpha_i \le \sqrt{\log n}.$$",
        "part": r"$\alpha_i \in \mathbb{R}$",
    }


def test_formulas_are_set_in_a_font_made_for_them(open_page: Open, served: str) -> None:
    page = open_page(served + "abs/q-bio/0309001/")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Text Math\"'))")
    # A radical is as high as what stands under it.
    root, inside = (page.locator(place).bounding_box() for place in ("msqrt", "msqrt > *"))
    assert root
    assert inside
    assert root["height"] > inside["height"]
    fonts = "[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family)"
    assert "Text Math" in page.evaluate(fonts)
    page = open_page(served + PAGES["archive"])
    assert "Text Math" not in page.evaluate(f"document.fonts.ready.then(() => {fonts})")


def test_a_reference_is_saved(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper"])
    page.get_by_text("CSL-JSON", exact=True).click()
    with page.expect_download() as started:
        page.locator("details", has=page.locator("#csl")).last.get_by_role("button", name="Save").click()
    assert started.value.suggested_filename.endswith(".json")
    saved = json.loads(Path(started.value.path()).read_text("utf-8"))
    assert saved["DOI"] == "10.1126/science.adw7707"


def test_references_open_without_scripts(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper"], java_script_enabled=False)
    assert page.get_by_role("button").count() == 0
    assert page.locator("#bibtex").is_visible()
    assert not page.locator("#ris").is_visible()
    page.get_by_text("RIS", exact=True).click()
    assert page.locator("#ris").inner_text().rstrip().endswith("ER  -")


def test_the_choice_of_light_or_dark_stays(open_page: Open, served: str) -> None:
    page = open_page(served, color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.get_by_role("button", name="Switch between light and dark").click()
    dark = page.evaluate(colour)
    assert dark != light
    go(page, "Authors")
    assert page.evaluate(colour) == dark
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate(colour) == light


def test_paper_is_white_and_its_text_is_dark(open_page: Open, served: str) -> None:
    def printed(scheme: str) -> Any:
        page.emulate_media(media="print", color_scheme=scheme)
        return page.evaluate(
            "['html', 'body', 'h1', '.aff, .small, dt', 'a', '.banner']"
            ".map(name => document.querySelector(name)).filter(Boolean).map(node => getComputedStyle(node))"
            ".map(style => [style.color, style.backgroundColor, style.colorScheme])"
        )

    page = open_page(served + PAGES["withdrawn paper"], color_scheme="light")
    expected = printed("light")
    assert expected[1] == ["rgb(0, 0, 0)", "rgb(255, 255, 255)", "light"]
    # As the system has it, then as the button is pressed: dark, light.
    for _ in range(3):
        assert [printed("light"), printed("dark")] == [expected, expected]
        page.emulate_media(media="screen", color_scheme="light")
        page.get_by_role("button", name="Switch between light and dark").click()


@pytest.mark.parametrize("depth", ["missing", "abs/0000.00000/", "a/b/c/d/e.html"])
def test_a_missing_page_leads_back(open_page: Open, served: str, depth: str) -> None:
    page = open_page(served + depth, status=404)
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background != "rgba(0, 0, 0, 0)", "the style sheet is missing"
    for link in page.locator("a[href]").all():
        address = urlsplit(link.evaluate("link => link.href"))
        if address.netloc == urlsplit(served).netloc:
            assert address.path.startswith(BASE_PATH)
    go(page, "Authors")
    assert page.url == served + "authors/"


def test_hidden_authors_unfold(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper with a folded list of authors"], java_script_enabled=False)
    assert not page.get_by_role("link", name="Carmen O'Neill").is_visible()
    page.get_by_text("more authors").click()
    assert page.get_by_role("link", name="Carmen O'Neill").is_visible()


def test_no_paper_runs_a_script(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["withdrawn paper"])
    assert "<script>alert(1)</script>" in heading(page)
