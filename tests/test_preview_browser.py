"""`sitegen serve` beside an open browser: what a change of each source does to the page."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Preview, copy_content, new_context, until

Serve = Callable[..., Preview]

FEED = "q-bio.NC-2026-03-22.atom.xml"
PAPER = "main a[href*='2603.07364']"  # of that feed
MONTH = "archive/2026/03/"  # where it stands
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page that fails the test if the browser says that it blocked something."""
    context = new_context(chromium)
    page, blocked = context.new_page(), []
    page.on("console", lambda said: blocked.append(said.text) if "been blocked" in said.text else None)
    yield page
    context.close()
    assert blocked == []


@pytest.fixture
def new_feed(tmp_path: Path) -> Path:
    """A feed that is still beside the site's content, which has other papers."""
    feed = copy_content(tmp_path) / "feeds" / FEED
    return feed.rename(tmp_path / FEED)


def open_page(page: Any, address: str) -> None:
    """Open a page, wait until it waits for news, and mark it: a reload takes the mark away."""
    page.goto(address)
    until(page, "window.LiveReload?.connector.protocol === 7")
    page.evaluate("window.isOld = true")


def is_old(page: Any) -> bool:
    return bool(page.evaluate("window.isOld === true"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("base", ["/", "/repo/"])
def test_a_new_feed_shows_in_the_open_browser(serve: Serve, page: Any, new_feed: Path, base: str) -> None:
    preview = serve("--base", base)
    open_page(page, preview.url + MONTH)
    assert page.locator(PAPER).count() == 0
    new_feed.rename(preview.folder / "content" / "feeds" / FEED)
    page.locator(PAPER).first.wait_for()
    assert preview.says("Changed:") == f"Changed: content/feeds/{FEED}"


def test_a_feed_that_is_moved_in_with_an_old_date(serve: Serve, page: Any, new_feed: Path) -> None:
    preview = serve()
    open_page(page, preview.url + MONTH)
    os.utime(new_feed, (1_000_000_000, 1_000_000_000))
    new_feed.rename(preview.folder / "content" / "feeds" / FEED)
    page.locator(PAPER).first.wait_for()


def test_a_second_change_soon_after_the_first(serve: Serve, page: Any) -> None:
    preview = serve()
    open_page(page, preview.url)
    settings = preview.folder / "content" / "site.toml"
    edit(settings, 'title = "Neurons & Cognition"', 'title = "One"')
    page.get_by_role("heading", level=1, name="One").wait_for()
    edit(settings, 'title = "One"', 'title = "Two"')
    page.get_by_role("heading", level=1, name="Two").wait_for()


def test_folders_that_come_later(serve: Serve, page: Any) -> None:
    preview = serve()
    open_page(page, preview.url)
    templates = preview.folder / "templates"
    templates.mkdir()
    (templates / "home.html").write_text("<html><head></head><h1>Mine: {{ page.title }}</h1>", "utf-8")
    page.get_by_role("heading", name="Mine: Neurons & Cognition").wait_for()
    (templates / "home.html").unlink()
    page.get_by_role("heading", name="Neurons & Cognition", exact=True).wait_for()


def test_content_that_comes_later(serve: Serve, page: Any, tmp_path: Path) -> None:
    content = copy_content(tmp_path).rename(tmp_path / "elsewhere")
    preview = serve("--content", "content2")
    open_page(page, preview.url)
    assert "content2/site.toml" in page.get_by_role("alert").inner_text()
    content.rename(tmp_path / "content2")
    page.get_by_role("heading", name="Neurons & Cognition").wait_for()
    assert page.get_by_role("alert").count() == 0


def test_a_style_sheet_changes_under_an_open_page(serve: Serve, page: Any) -> None:
    preview = serve()
    open_page(page, preview.url)
    page.evaluate("scrollTo(0, 200)")
    static = preview.folder / "static"
    static.mkdir()
    for colour in ("rgb(1, 2, 3)", "rgb(4, 5, 6)"):
        (static / "site.css").write_text(f"body {{ background: {colour}; height: 3000px }}", "utf-8")
        until(page, f"{BACKGROUND} === '{colour}'")
        until(page, "document.querySelectorAll('link[rel=stylesheet]').length === 1")
    assert is_old(page)
    assert page.evaluate("scrollY") == 200
    with page.expect_navigation():
        page.get_by_role("link", name="Authors").first.click()
    page.get_by_role("heading", name="Authors", level=1).wait_for()
    assert page.evaluate(BACKGROUND) == "rgb(4, 5, 6)"


def test_a_failed_build_shows_over_the_last_good_site(serve: Serve, page: Any) -> None:
    preview = serve()
    open_page(page, preview.url)
    settings = preview.folder / "content" / "site.toml"
    edit(settings, "page_size = 10", "page_size = 'ten <b>'")
    alert = page.get_by_role("alert")
    alert.wait_for()
    shown = alert.inner_text()
    assert "content/site.toml:13: lists.page_size" in shown
    assert "13 | page_size = 'ten <b>'" in shown
    assert alert.locator("mark").inner_text() == "13 | page_size = 'ten <b>'"
    assert preview.says("error:").startswith("error: content/site.toml:13: lists.page_size:")
    assert preview.says("13 | page_size")

    # The site behind it is whole, and so is every other page.
    page.get_by_text("The build failed").click()
    page.get_by_role("link", name="Authors").first.click()
    page.get_by_role("heading", name="Authors", level=1).wait_for()
    alert.wait_for()
    assert b"The build failed" not in (preview.folder / "output" / "index.html").read_bytes()

    edit(settings, "page_size = 'ten <b>'", "page_size = 10")
    alert.wait_for(state="detached")
    page.get_by_role("heading", name="Authors", level=1).wait_for()


def test_a_template_that_fails(serve: Serve, page: Any) -> None:
    preview = serve()
    open_page(page, preview.url)
    templates = preview.folder / "templates"
    templates.mkdir()
    (templates / "home.html").write_text("<p>\n{% if page.title %}\n{{ page.tilte }}\n{% endif %}\n", "utf-8")
    shown = page.get_by_role("alert").inner_text()
    assert "templates/home.html:3" in shown
    assert "3 | {{ page.tilte }}" in shown


def test_pages_find_a_preview_that_was_started_again(serve: Serve, page: Any, new_feed: Path) -> None:
    first = serve()
    open_page(page, first.url + MONTH)
    first.end(signal.SIGTERM)
    new_feed.rename(first.folder / "content" / "feeds" / FEED)
    serve("--port", str(first.port))
    page.locator(PAPER).first.wait_for()
