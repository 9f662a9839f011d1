"""The golden site in a real browser: reading, citing and finding one's way, on a desk and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import BASE_PATH, axe_violations, new_context, serving, until

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
    "catching up": "catchup/",
    "following": "following/",
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


@pytest.mark.parametrize("kind", ["home", "paper"])
def test_a_page_has_the_icon_of_the_site_once(open_page: Open, served: str, kind: str) -> None:
    icons = open_page(served + PAGES[kind]).locator("link[rel=icon]")
    assert icons.evaluate_all("links => links.map((link) => link.href)") == [served + "favicon.svg"]


def test_a_walk_without_scripts(open_page: Open, served: str) -> None:
    walk(open_page(served, java_script_enabled=False))


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_everybody_can_use_it(open_page: Open, served: str, width: int) -> None:
    page, violations = open_page(served, width), []
    for kind, address in PAGES.items():
        assert page.goto(served + address).status == status(address)
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        violations += [f"{kind}, {wrong}" for wrong in axe_violations(page)]
    assert violations == []


def test_a_reference_is_copied(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper"], permissions=["clipboard-read", "clipboard-write"])
    bibtex = page.locator("#bibtex").inner_text()
    assert bibtex.startswith("@article{liu2026task")
    page.get_by_role("button", name="Copy").click()
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
        page.locator(".cite").get_by_role("button", name="Save").click()
    assert started.value.suggested_filename.endswith(".json")
    saved = json.loads(Path(started.value.path()).read_text("utf-8"))
    assert saved["DOI"] == "10.1126/science.adw7707"


def test_ris_is_saved_with_the_line_ends_that_it_requires(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper"])
    page.get_by_text("RIS", exact=True).click()
    with page.expect_download() as started:
        page.locator(".cite").get_by_role("button", name="Save").click()
    saved = Path(started.value.path()).read_bytes()
    assert saved.endswith(b"ER  - \r\n")
    assert saved.count(b"\n") == saved.count(b"\r\n")


def test_references_open_without_scripts(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper"], java_script_enabled=False)
    assert page.get_by_role("button").count() == 0
    assert page.locator("#bibtex").is_visible()
    assert not page.locator("#ris").is_visible()
    page.get_by_text("RIS", exact=True).click()
    assert page.locator("#ris").inner_text().rstrip().endswith("ER  -")
    assert not page.locator("#bibtex").is_visible()


def test_formats_of_a_reference_are_chosen_by_keys(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper"])
    focused = "document.activeElement.closest('label, button').innerText"
    shown = (
        "[...document.querySelectorAll('.cite pre')].filter(pre => pre.checkVisibility()).map(pre => pre.id)"
    )
    page.get_by_role("radio", name="BibTeX").focus()
    steps = []
    for key in ("ArrowRight", "Enter", "Space", "ArrowLeft", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
        steps.append((key, page.evaluate(focused), page.evaluate(shown)))
    assert steps == [
        ("ArrowRight", "RIS", ["ris"]),
        ("Enter", "RIS", ["ris"]),
        ("Space", "RIS", ["ris"]),
        ("ArrowLeft", "BibTeX", ["bibtex"]),
        ("ArrowLeft", "Markdown", [""]),
        ("ArrowRight", "BibTeX", ["bibtex"]),
    ]
    after = []
    for _ in range(2):
        page.keyboard.press("Tab")
        after.append(page.evaluate(focused))
    assert after == ["Copy", "Save"]


def test_the_format_last_chosen_opens_first(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper"])
    page.get_by_text("CSL-JSON", exact=True).click()
    page.goto(served + PAGES["withdrawn paper"])
    assert page.locator("#csl").is_visible()
    assert not page.locator("#bibtex").is_visible()


@pytest.mark.parametrize("width", [1280, 360, 320])
def test_formats_of_a_reference_stand_in_one_line(open_page: Open, served: str, width: int) -> None:
    page = open_page(served + PAGES["paper"], width)
    # All at one moment: the text above may move when the fonts arrive.
    tops = "labels => labels.map((label) => Math.round(label.getBoundingClientRect().top))"
    places = page.locator(".cite label").evaluate_all(tops)
    assert len(places) == 5
    assert len(set(places)) == 1


@pytest.mark.parametrize(
    "kind", ["paper", "paper with a folded list of authors", "notes", "text", "missing page"]
)
def test_nothing_scrolls_sideways_where_text_is_large(open_page: Open, served: str, kind: str) -> None:
    page = open_page(served + PAGES[kind], 320, status=status(PAGES[kind]))
    width = "document.scrollingElement.scrollWidth"
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert page.evaluate(width) == 320
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%', 'important')")
    assert page.evaluate(width) == 360


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
            "['html', 'body', 'h1', 'dt', '.dateline', 'a', '.banner']"
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


def missing_paper(page: Any) -> str:
    """Return what the page for what is missing says of an identifier, when it has looked for the paper."""
    page.wait_for_load_state("networkidle")
    return page.locator("#missing").inner_text()


@pytest.mark.parametrize("address", ["abs/2603.07369v2", "pdf/2603.07369v2.pdf", "2603.07369v2/"])
def test_the_address_of_a_version_leads_to_the_paper(open_page: Open, served: str, address: str) -> None:
    page = open_page(served + address, status=404)
    follow(page.get_by_role("link", name="Task learning increases information redundancy"))
    assert page.url == served + PAGES["paper"]
    page.go_back()
    assert "Version 2 is at arXiv" in missing_paper(page)
    link = page.get_by_role("link", name="arXiv:2603.07369v2")
    assert link.get_attribute("href") == "https://arxiv.org/abs/2603.07369v2"


def test_an_old_address_with_a_subject_class_leads_to_the_paper(open_page: Open, served: str) -> None:
    page = open_page(served + "abs/q-bio.NC/0309001", status=404)
    follow(page.locator(".found a"))
    assert page.url == served + "abs/q-bio/0309001/"


@pytest.mark.parametrize("identifier", ["2401.00001", "math/0611800"])
def test_an_unknown_paper_is_at_arxiv(open_page: Open, served: str, identifier: str) -> None:
    page = open_page(f"{served}abs/{identifier}/", status=404)
    assert missing_paper(page).startswith(f"This archive has no paper arXiv:{identifier}")
    link = page.get_by_role("link", name=f"arXiv:{identifier}")
    assert link.get_attribute("href") == f"https://arxiv.org/abs/{identifier}"


@pytest.mark.parametrize("address", ["abs/0000.00000/", "papers/2603.0736/", "archive/2026/13/"])
def test_what_is_no_identifier_is_not_taken_for_one(open_page: Open, served: str, address: str) -> None:
    page = open_page(served + address, status=404)
    assert missing_paper(page).startswith("There is nothing at this address.")
    assert page.locator("main a[href*='arxiv.org']").count() == 0


def test_the_bibtex_of_a_page_is_saved(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["day"])
    titles = page.locator("main .list > li > a").all_inner_texts()
    with page.expect_download() as started:
        page.get_by_role("button", name="BibTeX of this page").click()
    assert started.value.suggested_filename == "7-march-2026.bib"
    entries = Path(started.value.path()).read_text("utf-8").split("\n\n")
    assert len(entries) == len(titles)
    assert entries[0].startswith("@article{liu2026task")
    assert all(entry.startswith("@") and entry.rstrip().endswith("}") for entry in entries)


def test_a_person_of_two_papers_has_the_bibtex_of_the_page(open_page: Open, shipped_site: Path) -> None:
    with serving(shipped_site) as address:
        page = open_page(address + "authors/william-dorrell/")
        page.get_by_role("button", name="BibTeX of this page").wait_for()


@pytest.mark.parametrize("kind", ["day", "month", "notes"])
def test_pages_of_papers_offer_their_bibtex(open_page: Open, served: str, kind: str) -> None:
    page = open_page(served + PAGES[kind])
    assert page.get_by_role("button", name="BibTeX of this page").count() == 1
    page = open_page(served + PAGES[kind], java_script_enabled=False)
    assert page.get_by_role("button").count() == 0
    offered = page.get_by_role("link", name="BibTeX of the year")
    assert [link.evaluate("link => link.href") for link in offered.all()] == (
        [] if kind == "notes" else [served + "papers-2026.bib"]
    )


def test_a_page_with_a_bib_of_all_its_papers_offers_no_other(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["author"])
    assert page.get_by_role("link", name="BibTeX of all").count() == 1
    assert page.get_by_role("button", name="BibTeX of this page").count() == 0


def test_hidden_authors_unfold(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper with a folded list of authors"], java_script_enabled=False)
    assert not page.get_by_role("link", name="Carmen O'Neill").is_visible()
    assert page.get_by_role("link", name="Dario D'Angelo").is_visible(), "the last author"
    page.get_by_text("more authors").click()
    assert page.get_by_role("link", name="Carmen O'Neill").is_visible()


def test_unfolding_authors_by_keys_keeps_the_place(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper with a folded list of authors"])
    page.get_by_text("more authors").focus()
    page.keyboard.press("Enter")
    until(page, "document.activeElement.closest('.fold ul')")
    assert page.evaluate("document.activeElement.textContent") == "Elif Erdem"


def test_authors_read_in_order_with_commas_between(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper with a folded list of authors"])
    page.get_by_text("more authors").click()
    text = " ".join(page.locator("article .authors").inner_text().split())
    assert text.startswith(
        "Atlas Collaboration of Synthetic Connectomes, Ada Abbott, Bo Brandt, Chiara Conti, "
    )
    assert text.endswith(", Bilal bin Yusuf, Carmen O'Neill, Dario D'Angelo")
    assert " ," not in text
    assert ",," not in text


def test_what_is_printed_of_a_paper(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["paper with a folded list of authors"], java_script_enabled=False)
    page.emulate_media(media="print")
    assert page.get_by_role("link", name="Carmen O'Neill").is_visible()
    assert not page.get_by_text("more authors").is_visible()
    page.goto(served + PAGES["paper"])
    assert page.get_by_text("arXiv:2603.07369v2", exact=True).is_visible()
    assert not page.get_by_role("link", name="PDF").is_visible()
    places = ["h1", ".authors", ".dateline", ".abstract", ".data", ".cite", ".related"]
    tops = [page.locator(place).bounding_box()["y"] for place in places if page.locator(place).count()]
    assert tops == sorted(tops), "facts stand before the references and the related papers"
    address = "link => getComputedStyle(link, '::after').content"
    link = page.locator(".dateline").get_by_role("link", name="DOI")
    assert link.evaluate(address) == '" https://doi.org/10.1126/science.adw7707"'
    assert {other.evaluate(address) for other in page.locator(".authors a, .abstract a").all()} == {"none"}


def test_no_paper_runs_a_script(open_page: Open, served: str) -> None:
    page = open_page(served + PAGES["withdrawn paper"])
    assert "<script>alert(1)</script>" in heading(page)
