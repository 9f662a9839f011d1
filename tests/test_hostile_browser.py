"""A site of hostile papers in a real browser: nothing of theirs runs, and no page asks another host for anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import hostile
import pytest
from conftest import PROJECT, build, new_context, serving, until
from oracle import Page

PAPERS = 60
POLICY = re.compile(r'<meta http-equiv="content-security-policy" content="([^"]*)">')
SETTINGS = """title = "Site <b>&"
url = "https://example.org/repo/"
description = "A field."
owner = "Nobody"
timezone = "UTC"
offline = true
[field]
name = "Field"
category = "q-bio.NC"
"""
IMPLIED = ("html", "head", "body", "tbody")  # elements whose tags need not be written
# Says of each violation of the policy what it was; the browser's own message does not always.
REPORT = """addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) => {
  console.error(`violation: ${effectiveDirective} ${blockedURI} ${sample}`);
});"""


class Site(NamedTuple):
    """A hostile site on a server."""

    output: Path
    address: str
    papers: list[hostile.Entry]


class Visitor(NamedTuple):
    """A browser window and what it complained of."""

    page: Any
    complaints: list[str]

    def ran(self) -> bool:
        """Return whether a script of a feed has run in the page."""
        return bool(self.page.evaluate(f"'{hostile.FLAG}' in window"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hostile")
    feeds = folder / "content" / "feeds"
    feeds.mkdir(parents=True)
    (folder / "content" / "site.toml").write_text(SETTINGS, "utf-8")
    papers = []
    for name, data, members in hostile.feeds(5, PAPERS):
        (feeds / name).write_bytes(data)
        papers += members
    output = build(folder / "content", folder / "output")
    with serving(output) as address:
        yield Site(output, address, papers)


@pytest.fixture
def visitor(chromium: Any, site: Site) -> Iterator[Visitor]:
    complaints: list[str] = []
    context = new_context(chromium, viewport={"width": 1280, "height": 900})
    context.add_init_script(REPORT)
    page = context.new_page()
    host = urlsplit(site.address).netloc

    def on_request(request: Any) -> None:
        if urlsplit(request.url).netloc != host and not request.url.startswith(("data:", "blob:")):
            complaints.append(f"asked another host: {request.url}")

    def on_dialog(dialog: Any) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    context.on("request", on_request)
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", on_dialog)
    yield Visitor(page, complaints)
    context.close()


UNFOLD = "for (const fold of document.querySelectorAll('details')) fold.open = true"


def test_pages_of_hostile_papers_and_people(site: Site, visitor: Visitor) -> None:
    people = sorted((site.output / "authors").glob("*/index.html"))
    paths = [f"abs/{one.id}/" for one in site.papers[:50]]
    paths += [f"authors/{quote(path.parent.name)}/" for path in people[:8]]
    paths += ["", "archive/2024/", "archive/2024/02/", "authors/", "categories/q-bio.NC/", "no/such/page"]
    for path in paths:
        visitor.page.goto(site.address + path)
        until(visitor.page, "document.querySelector('button.theme')")
        visitor.page.evaluate(UNFOLD)
        assert not visitor.ran(), path
    missing = [text for text in visitor.complaints if "404" in text]
    assert visitor.complaints == missing
    assert len(missing) == 1


def test_search_for_hostile_texts(site: Site, visitor: Visitor) -> None:
    page = visitor.page
    for one in site.papers[::5]:
        page.goto(f"{site.address}search/?q={quote(one.title)}")
        until(page, "document.getElementById('said').textContent")
        assert not visitor.ran()
    for number in (0, 7, 15, 23):
        page.goto(site.address)
        page.locator(".find input").fill(f"Z{number}q")
        page.locator(".suggested li").first.wait_for()
        assert not visitor.ran()
    page.goto(f"{site.address}search/?q=Z7q")
    page.locator("#hits > li").first.wait_for()
    assert visitor.complaints == []


def test_catching_up_with_hostile_papers(site: Site, visitor: Visitor) -> None:
    page = visitor.page
    page.goto(f"{site.address}catchup/?since=2023-12-01")
    page.get_by_label("Show all abstracts").check()
    until(
        page,
        "scrollTo(0, document.body.scrollHeight),"
        " document.getElementById('end').textContent.includes('since')",
    )
    assert page.locator("#days .list > li").count() >= PAPERS
    page.evaluate(UNFOLD)
    page.locator("#days details p").first.wait_for()
    for one in site.papers[::10]:
        page.locator("#catchup [name=words]").fill(one.title)
    assert not visitor.ran()
    assert visitor.complaints == []


def test_a_reading_list_of_hostile_papers(site: Site, visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    for one in site.papers[:8]:
        page.goto(f"{site.address}abs/{one.id}/")
        page.locator("main .star").first.click()
    text = '"><img src=x onerror=window.hostile=1><script>window.hostile=1</script>'
    paper = {
        "title": text,
        "authors": text,
        "category": text,
        "saved": text,
        "read": False,
        "tags": [text],
        "note": text,
    }
    backup = {
        "version": 1,
        "papers": {"2401.00001": paper, text: paper},
        "follows": {text: {"kind": text, "title": text}},
    }
    files = {
        "hostile.json": json.dumps(backup),
        "hostile.bib": f"@misc{{x, title={{{text}}}, eprint={{2401.00013}}, note={{{text}}}}}",
        "hostile.ris": f"TY  - JOUR\nTI  - {text}\nAN  - arXiv:2401.00025\nER  - \n",
    }
    page.goto(f"{site.address}reading-list/")
    page.locator("li[data-paper]").first.wait_for()
    for name, content in files.items():
        (tmp_path / name).write_text(content, "utf-8")
        page.locator("input[type=file]").set_input_files(tmp_path / name)
    for tags in page.locator("[aria-label^='Tags of']").all()[:3]:
        tags.fill(text)
        tags.press("Enter")
    page.get_by_role("searchbox", name="Search the reading list").fill("Z")
    page.goto(f"{site.address}reading-list/?papers={quote(text)}#{quote(text)}")
    until(page, "!document.getElementById('reading-list').hidden")
    page.goto(f"{site.address}following/?{quote(text)}")
    assert not visitor.ran()
    assert visitor.complaints == []


def test_browsers_read_pages_as_the_oracle_does(chromium: Any, site: Site) -> None:
    """A page whose elements differ for the two parsers could hide something from the oracle."""
    context = new_context(chromium)
    page = context.new_page()
    texts = [path.read_text("utf-8") for path in sorted(site.output.rglob("*.html"))]
    assert len(texts) > 150
    found = page.evaluate(
        """(texts) => texts.map((text) => [...new DOMParser().parseFromString(text, "text/html").all].map(
          (element) => [element.localName, ...element.getAttributeNames()]))""",
        texts,
    )
    context.close()
    for text, elements in zip(texts, found, strict=True):
        seen = [(tag.lower(), frozenset(map(str.lower, names))) for tag, *names in elements]
        opened = Page(text).opened
        assert [e for e in seen if e[0] not in IMPLIED] == [e for e in opened if e[0] not in IMPLIED]


# --- the policy itself --------------------------------------------------------------------------------------


def test_every_page_has_a_policy_before_it_asks_for_anything(site: Site, golden_site: Path) -> None:
    pages = [*site.output.rglob("*.html"), *golden_site.rglob("*.html")]
    assert len(pages) > 200
    for path in pages:
        head = path.read_text("utf-8")
        policy = POLICY.search(head)
        assert policy, path
        assert not re.search("<(script|link|img|style)", head[: policy.start()]), path
        assert policy[1].startswith("default-src 'none'"), path
        assert "unsafe" not in policy[1], path
        assert not re.search(r"<style|\sstyle=|<script(?! src=| type=\"application/ld\+json\")", head), path


def test_what_slipped_into_a_page_would_not_run(site: Site, visitor: Visitor) -> None:
    spoilt = site.output / "spoilt" / "index.html"
    spoilt.parent.mkdir()
    page = (
        (site.output / "abs" / site.papers[0].id / "index.html").read_text("utf-8").replace("../../", "../")
    )
    attack = (
        "<main><script>window.hostile=1</script><img src=x.png onerror=window.hostile=1 style='color:red'>"
        "<img src=https://evil.invalid/x.png><script src=https://evil.invalid/x.js></script><base href=https://evil.invalid/>"
        "<iframe src=https://evil.invalid/></iframe><link rel=stylesheet href=https://evil.invalid/x.css>"
    )
    spoilt.write_text(re.sub("<main[^>]*>", attack, page), "utf-8")
    blocked: set[str] = set()
    visitor.page.on(
        "requestfailed", lambda request: blocked.add(request.url) if request.failure == "csp" else None
    )
    visitor.page.goto(f"{site.address}spoilt/")
    until(visitor.page, "document.querySelector('button.theme')")
    assert not visitor.ran()
    # The browser tells of requests that it then blocks.
    asked = {text.split()[-1] for text in visitor.complaints if text.startswith("asked another host")}
    assert asked == blocked == {f"https://evil.invalid/x.{kind}" for kind in ("png", "js", "css")}
    violations = {text.split()[1] for text in visitor.complaints if text.startswith("violation:")}
    assert violations >= {
        "script-src-elem", "script-src-attr", "style-src-attr", "style-src-elem", "img-src", "base-uri", "frame-src",
    }  # fmt: skip


def test_the_form_for_another_search_engine_is_allowed(chromium: Any, site: Site) -> None:
    context = new_context(chromium, java_script_enabled=False)
    page = context.new_page()
    context.route(
        "https://duckduckgo.com/**",
        lambda route: route.fulfill(body="<h1>found</h1>", content_type="text/html"),
    )
    page.goto(f"{site.address}search/")
    page.locator("#elsewhere").fill("neurons")
    page.get_by_role("button", name="Search at DuckDuckGo").click()
    page.get_by_role("heading", name="found").wait_for()
    context.close()


def test_the_page_of_the_service_worker_has_a_policy_that_allows_its_style_sheet() -> None:
    script = (PROJECT / "static" / "worker.js").read_text("utf-8")
    assert "<style" not in script
    assert "default-src 'none';style-src 'self'" in script


ATTEMPTS = (
    "document.body.innerHTML = '<img src=x onerror=1>'",
    "document.body.insertAdjacentHTML('beforeend', '<svg><a xlink:href=\" javascript:1\">x</a></svg>')",
    "document.body.innerHTML = '<iframe srcdoc=x></iframe>'",
    "document.createElement('script').src = 'https://evil.invalid/x.js'",
    "document.createElement('script').src = '/elsewhere.js'",
    "document.createElement('script').textContent = '1'",
    "new Worker('https://evil.invalid/x.js')",
)


def test_scripts_cannot_make_a_script_of_text(site: Site, visitor: Visitor) -> None:
    visitor.page.goto(site.address)
    raised = {
        attempt: visitor.page.evaluate(
            f"() => {{ try {{ {attempt} }} catch (error) {{ return error.name }} }}"
        )
        for attempt in ATTEMPTS
    }
    assert raised == dict.fromkeys(ATTEMPTS, "TypeError")
