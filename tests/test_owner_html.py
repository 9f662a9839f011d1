"""HTML of an owner: what ``unsafe_html`` publishes, ids that the layout has too, and addresses that would run."""

from __future__ import annotations

import json
import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
from conftest import PROJECT, build

from sitegen.config.settings import load
from sitegen.content import load_notes, load_pages
from sitegen.errors import ConfigError, ContentError
from sitegen.owner_html import IDS_OF_LAYOUT
from sitegen.text import ROOT

HEAD = 'title = "T"\nurl = "https://example.net/"\n'

# --- unsafe_html ---

UNSAFE = """\
# T

<p style="color: red" onclick="go()" class="mine">x</p>

<script>if (1 < 2 && 3 > 2) go("</p>")</script>
<style>.mine > p { color: blue }</style>

<iframe src="https://video.example/1" allowfullscreen></iframe>
<svg viewBox="0 0 1 1"><linearGradient id="g"/><path d="M0 0"/></svg>
<form action="/search/"><input name="q" disabled></form>

<base href="https://evil.example/"><meta http-equiv="refresh" content="0"><title>x</title>

[about](/about/) $x^2$ <a href="javascript:go()">x</a> <form action="javascript:go()"></form>

<div>
"""


def page(folder: Path, text: str, *, unsafe_html: bool = False) -> str:
    (folder / "pages").mkdir(exist_ok=True)
    (folder / "pages" / "a.md").write_text(text, "utf-8")
    ((found,), _) = load_pages(folder, unsafe_html=unsafe_html)
    return found.html


def test_all_html_is_published_where_the_owner_allows_it(tmp_path: Path) -> None:
    html = page(tmp_path, UNSAFE, unsafe_html=True)
    for kept in (
        '<p style="color: red" onclick="go()" class="mine">',
        '<script>if (1 < 2 && 3 > 2) go("</p>")</script>',
        "<style>.mine > p { color: blue }</style>",
        '<iframe src="https://video.example/1" allowfullscreen="">',
        '<svg viewBox="0 0 1 1"><linearGradient id="g">',
        '<input name="q" disabled="">',
        f'<a href="{ROOT}about/">',
        f'<form action="{ROOT}search/">',
        "<math",
    ):
        assert kept in html
    for never in ("<base", "<meta", "<title", "javascript:"):
        assert never not in html
    assert html.count("<div") == html.count("</div>") == 1  # one that is left open does not hold the layout


def test_without_the_setting_the_same_page_holds_nothing_that_runs(tmp_path: Path) -> None:
    html = page(tmp_path, UNSAFE)
    assert not re.search("<(?:script|style|iframe|svg|form|input|base|meta)|onclick|style=|go|mine", html)


def test_only_the_settings_of_the_site_allow_html(tmp_path: Path) -> None:
    content = tmp_path / "content"
    (content / "pages").mkdir(parents=True)
    (content / "notes").mkdir()
    (content / "pages" / "a.md").write_text("# T\n\n<script>go()</script>", "utf-8")
    (content / "site.toml").write_text(HEAD, "utf-8")
    output = build(content, tmp_path / "output")
    assert "go()" not in (output / "a" / "index.html").read_text("utf-8")
    (content / "site.toml").write_text(f"{HEAD}unsafe_html = true\n", "utf-8")
    build(content, output)
    assert "<script>go()</script>" in (output / "a" / "index.html").read_text("utf-8")
    (content / "notes" / "a.md").write_text(
        '+++\narxiv = "2603.07369"\nunsafe_html = true\n+++\n# T\n\nx', "utf-8"
    )
    with pytest.raises(ContentError, match=":3: unsafe_html: unknown key"):
        load_notes(content)


# --- ids ---


def test_ids_of_the_layout_are_known() -> None:
    layout = "".join((PROJECT / "templates" / name).read_text("utf-8") for name in ("base.html", "page.html"))
    scripts = "".join(
        path.read_text("utf-8") for path in sorted((PROJECT / "static").rglob("*.js")) if len(path.stem) > 2
    )
    used = set(re.findall(r'\bid="([\w-]+)"', layout))
    used |= {
        one or other for one, other in re.findall(r'getElementById\("([\w-]+)"\)|\.id = "([\w-]+)"', scripts)
    }
    assert {"content", "contents"} <= used <= IDS_OF_LAYOUT


def test_no_id_of_a_page_is_one_of_the_layout(tmp_path: Path) -> None:
    content = tmp_path / "content"
    (content / "pages").mkdir(parents=True)
    (content / "site.toml").write_text(HEAD, "utf-8")
    headings = "".join(
        f"## {name.replace('-', ' ')}\n\n[there](#{name})\n\n" for name in sorted(IDS_OF_LAYOUT)
    )
    text = f"# T\n\n{headings}## Other\n\n[there](#other)\n"
    (content / "pages" / "a.md").write_text(text, "utf-8")
    html = (build(content, tmp_path / "output") / "a" / "index.html").read_text("utf-8")
    ids = Counter(re.findall(r'\bid="([^"]*)"', html))
    assert max(ids.values()) == 1
    assert "other" in ids  # others stay, for there are links to them
    article = html[html.index("<article") :]
    assert set(re.findall(r'href="#([^"]*)"', article)) <= set(ids) - {"content"}


# --- addresses that run ---

ADDRESSES = [
    "javascript:x",
    "JavaScript:x",
    " javascript:x",
    "\tjavascript:x",
    "java\tscript:x",
    "java\nscript:x",
    "java\rscript:x",
    "javascript\t:x",
    "\x01javascript:x",
    "\x1fjavascript:x",
    "java\x00script:x",
    "java\x7fscript:x",
    "\x85javascript:x",
    "\u00a0javascript:x",
    "\u200bjavascript:x",
    "\u2028javascript:x",
    "\u3000javascript:x",
    "\ufeffjavascript:x",
    "javascript&colon;x",
    "&#106;avascript:x",
    "&#x6A;avascript:x",
    "java&Tab;script:x",
    "java&NewLine;script:x",
    "&#1;javascript:x",
    "javascript://example.org/%0ax",
    "javascript:x//https://",
    "JAVASCRIPT:x",
    "ja\\vascript:x",
    "vbscript:x",
    "VBScript:x",
    "data:text/html,x",
    "data:text/html;base64,eA==",
    "data:image/svg+xml,x",
    "feed:javascript:x",
    "view-source:javascript:x",
    "jar:javascript:x",
    "blob:https://example.org/x",
    "filesystem:https://example.org/x",
    "file:///etc/passwd",
    "livescript:x",
    "mocha:x",
    "/javascript:x",
    "/\tjavascript:x",
    "//javascript:x",
    "./javascript:x",
    "?javascript:x",
    "#javascript:x",
]

SETTINGS = (
    "owner_url = {}",
    "contact = {}",
    "[[navigation]]\nlabel = 'x'\npage = {}",
    "[fetch]\ncontact = {}",
    "[fetch]\nendpoint = {}",
    "title = 'T'\nurl = {}",
)

MARKDOWN = (
    "[x]({})",
    "[x](<{}>)",
    "[x][r]\n\n[r]: {}",
    "<{}>",
    "![x]({})",
    '<a href="{}">x</a>',
    "<a href={}>x</a>",
    "<img src='{}'>",
    '<form action="{}"><button formaction="{}">x</button></form>',
    '<object data="{}"></object>',
    '<svg><a xlink:href="{}" href="{}">x</a></svg>',
    '<iframe src="{}"></iframe>',
    '<video poster="{}" src="{}"></video>',
)


def runs(address: str) -> bool:
    """Return whether a browser would run an address, or leave the web for it, wherever the site's root is."""
    read = re.sub(r"[\t\n\r]", "", unescape(address).strip("".join(map(chr, range(33))))).replace(ROOT, "./")
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", read)
    return bool(scheme) and scheme[1].lower() not in ("http", "https", "mailto")


@pytest.mark.parametrize("setting", SETTINGS)
def test_no_setting_has_an_address_that_runs(tmp_path: Path, setting: str) -> None:
    head = "" if setting.startswith("title") else HEAD
    for address in ADDRESSES:
        (tmp_path / "site.toml").write_text(head + setting.format(json.dumps(address)), "utf-8")
        try:
            config = load(tmp_path)
        except ConfigError as error:
            assert all(problem.remedy for problem in error.problems), address
            continue
        kept = [
            config.owner_url,
            config.url,
            config.fetch.endpoint,
            *(entry.page for entry in config.navigation),
        ]
        # The template puts the way to the site's root before what does not begin with a scheme and "//".
        assert not any(runs(text if "://" in text else f"./{text}") for text in kept), address
        assert not any(text.startswith(("/", "\\")) for text in kept), address


@pytest.mark.parametrize("unsafe_html", [False, True])
@pytest.mark.parametrize("markdown", MARKDOWN)
def test_no_page_has_an_address_that_runs(tmp_path: Path, markdown: str, unsafe_html: bool) -> None:
    for address in ADDRESSES:
        try:
            html = page(tmp_path, f"# T\n\n{markdown.replace('{}', address)}\n", unsafe_html=unsafe_html)
        except ContentError as error:
            assert all(problem.remedy for problem in error.problems), address
            continue
        names = "href|src|action|formaction|data|poster|xlink:href"
        found = re.findall(rf'<[^<>]* (?:{names})="([^"]*)"', html) + re.findall(
            rf' (?:{names})="([^"]*)"', html
        )
        assert not any(map(runs, found)), (address, html)
