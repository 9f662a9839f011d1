"""The layout of the golden site in a real browser: what moves, what is cut off, what is large enough to be tapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import new_context
from test_browser import MISSING, PAGES, WIDTHS, status

Open = Callable[..., Any]

# Shifts of the layout that nobody asked for, since the page was opened: https://web.dev/articles/cls
WATCH_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
OWN_FONTS = """
    [...document.fonts].filter((font) => font.status === "loaded" && font.family.includes("Text ")).length
"""
# What is tapped and is no part of a running text.
SMALL_TARGETS = """
    [...document.querySelectorAll("a[href], button, summary")]
      .filter((node) => node.checkVisibility() && !node.closest(".skip, svg, .authors, .list p, .noted p, sup"))
      .filter((node) => getComputedStyle(node).display !== "inline"
        || ![...node.parentNode.childNodes].some((near) => near.nodeType === Node.TEXT_NODE && near.data.trim()))
      .map((node) => [node.getBoundingClientRect(), node.outerHTML.slice(0, 80)])
      .filter(([box]) => box.height < 32 || box.width < 24)
      .map(([box, html]) => `${box.width} x ${box.height}: ${html}`)
"""
# Large text sets its own size for the root, as a reader does in the settings of a browser.
LARGE_TEXT = "document.documentElement.style.setProperty('font-size', '200%', 'important')"


@pytest.fixture
def new_page(chromium: Any) -> Iterator[Open]:
    """Return an empty page in a window of some width; it counts the shifts of whatever it opens."""
    contexts = []

    def empty_page(width: int) -> Any:
        contexts.append(new_context(chromium, viewport={"width": width, "height": 900}))
        page = contexts[-1].new_page()
        page.add_init_script(WATCH_SHIFTS)
        return page

    yield empty_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("kind", ["home", "paper", "author", "day", "month", "year", "archive"])
def test_nothing_moves_when_the_fonts_arrive(new_page: Open, served: str, kind: str, width: int) -> None:
    page = new_page(width)
    waiting: list[Any] | None = []
    page.route("**/*.woff2", lambda route: route.continue_() if waiting is None else waiting.append(route))
    page.goto(served + PAGES[kind], wait_until="commit")
    page.locator("footer").wait_for()
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
    fallback = page.locator("main").bounding_box()
    assert page.evaluate(OWN_FONTS) == 0
    while len(waiting) < 2:  # one for each of the two families of text
        page.wait_for_timeout(30)
    arrived, waiting = waiting, None
    for route in arrived:
        route.continue_()
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    assert page.evaluate(OWN_FONTS) >= 2
    assert page.evaluate("shifted") <= 0.02
    assert page.locator("main").bounding_box() == pytest.approx(fallback, rel=0.03)


@pytest.mark.parametrize("kind", ["home", "paper", "author"])
def test_the_fonts_of_text_are_preloaded(new_page: Open, served: str, kind: str) -> None:
    page = new_page(WIDTHS["desk"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2].partition(".")[0]))
    page.route("**/*.css", lambda route: route.abort())  # nothing else than the preload asks for fonts then
    page.goto(served + PAGES[kind])
    page.locator("link[rel=preload]").first.wait_for(state="attached")
    assert {"serif", "sans"} <= set(asked)
    page.unroute("**/*.css")
    asked.clear()
    page.goto(served + PAGES[kind], wait_until="networkidle")
    assert (asked.count("serif"), asked.count("sans")) == (1, 1), (
        "what is preloaded is used, not fetched again"
    )


def test_the_choice_of_dark_does_not_wait_for_the_large_script(new_page: Open, served: str) -> None:
    page = new_page(WIDTHS["desk"])
    page.route("**/site.*.js", lambda route: route.abort())
    page.goto(served)
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.reload()
    assert page.evaluate(colour) != light


def test_every_day_of_a_calendar_can_be_read_on_paper(new_page: Open, served: str) -> None:
    page = new_page(WIDTHS["desk"])
    page.goto(served + PAGES["year"])
    page.emulate_media(media="print")
    colours = page.evaluate(
        "[...document.querySelectorAll('.months td > a')].map(a => getComputedStyle(a).color)"
    )
    assert set(colours) == {"rgb(0, 0, 0)"}


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_nothing_is_cut_off_on_a_phone(new_page: Open, served: str, address: str) -> None:
    page = new_page(WIDTHS["phone"])
    response = page.goto(served + address)
    assert response.status == status(address)
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    overflow = "document.scrollingElement.scrollWidth"
    assert page.evaluate(overflow) == WIDTHS["phone"]
    assert page.evaluate(SMALL_TARGETS) == []
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate(overflow) == 320
    page.set_viewport_size({"width": WIDTHS["phone"], "height": 900})
    page.evaluate(LARGE_TEXT)
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 32
    assert page.evaluate(overflow) == WIDTHS["phone"]


def test_the_front_page_begins_with_papers(new_page: Open, served: str) -> None:
    page = new_page(WIDTHS["desk"])
    page.goto(served)
    box = page.locator(".list > li").first.bounding_box()
    assert box["y"] < 300
    title = page.get_by_role("heading", level=1).inner_text()
    assert page.locator("body").inner_text().count(title) == 1


def test_only_the_newest_day_has_new_papers(new_page: Open, served: str) -> None:
    page = new_page(WIDTHS["desk"])
    page.goto(served)
    days = page.locator("section:has(> .list)")
    assert days.count() > 2
    assert [days.nth(index).locator(".list .new").count() > 0 for index in range(3)] == [True, False, False]


def test_a_year_is_a_calendar(new_page: Open, served: str) -> None:
    page = new_page(WIDTHS["desk"])
    page.goto(served + PAGES["year"])
    march = page.get_by_role("table", name="March")
    assert [row.locator("td").count() for row in march.locator("tbody tr").all()] == [7] * 6
    day = march.get_by_role("link", name="7", exact=True)
    assert day.get_attribute("title") == "4 papers"
    # 7 March 2026 is a Saturday.
    assert day.evaluate("link => link.closest('td').cellIndex") == 5
    shown = page.locator(".legend span", has_text="4").evaluate(
        "node => getComputedStyle(node).backgroundColor"
    )
    assert day.evaluate("link => getComputedStyle(link).backgroundColor") == shown


def test_a_missing_page_is_no_exception(new_page: Open, served: str) -> None:
    page = new_page(WIDTHS["phone"])
    page.goto(served + MISSING)
    assert page.evaluate("shifted") <= 0.02
