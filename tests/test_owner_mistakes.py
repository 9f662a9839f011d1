"""What owners of a site do wrong: each mistake is told with its file, line or key, and a remedy; nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from sitegen import resources
from sitegen.cli import main
from sitegen.site.urls import RESERVED

Made = Callable[[Path], object]

HEAD = 'title = "T"\nurl = "https://example.net/"\n'  # what goes wrong stands on line 3 and below
NOTE = '+++\narxiv = "2603.07364"\n'
SITE, PEOPLE = "content/site.toml", "content/people.toml"
PAGE, NOTES, TEMPLATE = "content/pages/a.md", "content/notes/a.md", "templates/page.html"
SOURCES = {
    SITE: HEAD,
    PEOPLE: '[[person]]\nname = "Shizhao Liu"\n',
    "content/pages/about.md": "# About\n\nThe archive.\n",
    "content/notes/one.md": f"{NOTE}+++\n# One\n\nA note.\n",
}


def folder(path: Path) -> None:
    path.mkdir()


def link_to(target: str) -> Made:
    return lambda path: path.symlink_to(target)


# Kind of mistake: the file, what it holds, the line and key that are named after it, and words of the remedy.
MISTAKES: dict[str, tuple[str, str | bytes | Made, str, str]] = {
    # --- the file as a whole ---
    "settings in UTF-16": (SITE, HEAD.encode("utf-16"), "1", "save it as UTF-8"),
    "settings in Latin-1": (SITE, (HEAD + "owner = 'Müller'").encode("latin-1"), "3", "save it as UTF-8"),
    "people in UTF-16": (PEOPLE, '[[person]]\nname = "A"'.encode("utf-16"), "1", "save it as UTF-8"),
    "page in Latin-1": (PAGE, "# T\n\nMüller".encode("latin-1"), "3", "save it as UTF-8"),
    "two byte order marks": (SITE, f"\ufeff\ufeff{HEAD}", "1", "delete the invisible character U+FEFF"),
    "mistake after Windows' line ends": (
        SITE,
        (HEAD + "owner = 1\n").replace("\n", "\r\n"),
        "3: owner",
        "quotation",
    ),
    "mistake after carriage returns alone": (
        SITE,
        (HEAD + "owner = 1\n").replace("\n", "\r"),
        "3: owner",
        "quotation",
    ),
    "settings that are missing": (SITE, Path.unlink, "", "sitegen new"),
    "settings without a word": (SITE, "", " title", "give the site a name"),
    "settings that are a folder": (SITE, folder, "", "put a file in its place"),
    "settings in JSON": (SITE, '{"title": "T"}', "1", "write TOML"),
    "settings in YAML": (SITE, "title: T\nurl: https://example.net/", "1", "write = between"),
    "settings in HTML": (SITE, "<!doctype html>", "1", "write TOML"),
    "settings with a conflict of Git": (
        SITE,
        f"{HEAD}<<<<<<< HEAD\nowner = 'a'\n=======\nowner = 'b'\n>>>>>>> x\n",
        "3",
        "keep one of the two",
    ),
    "page with a conflict of Git": (
        PAGE,
        "# T\n\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n",
        "3",
        "keep one of the two",
    ),
    "page that is a link to nothing": (PAGE, link_to("none.md"), "", "mend the link"),
    "page that is a link to itself": (PAGE, link_to("a.md"), "", "mend the link"),
    "feed that is a link to nothing": ("content/feeds/a.xml", link_to("none.xml"), "", "mend the link"),
    "pages that are a file": (
        "content/notes",
        lambda path: (shutil.rmtree(path), path.touch()),
        "",
        "a folder belongs",
    ),
    # --- TOML ---
    "key twice": (SITE, HEAD + "owner = 'a'\nowner = 'b'\n", "4", "keep one"),
    "table twice": (SITE, HEAD + "[field]\n[lists]\n[field]\n", "5", "keep one"),
    "text without quotation marks": (SITE, HEAD + "owner = Me", "3", "write text in quotation marks"),
    "text that does not end": (SITE, HEAD + 'owner = "Me', "3", "write text in quotation marks"),
    "curly quotation marks": (SITE, HEAD + "owner = “Me”", "3", "straight quotation marks"),
    "colon": (SITE, HEAD + "owner: 'Me'", "3", "write = between"),
    "apostrophe": (SITE, HEAD + "owner = 'O'Brien'", "3", "double quotation marks"),
    "backslash": (SITE, HEAD + r'owner = "C:\Users"', "3", "single quotation marks"),
    "blank that is none": (SITE, HEAD + "owner\u00a0= 'Me'", "3", "U+00A0"),
    "capital letter of true": (SITE, HEAD + "offline = True", "3", "write true or false"),
    "yes": (SITE, HEAD + "offline = yes", "3", "write true or false"),
    "no value": (SITE, HEAD + "owner =\n", "3", "give it a value"),
    "semicolon": (SITE, HEAD + "owner = 'Me';", "3", "remove the semicolon"),
    "number that begins with 0": (SITE, HEAD + "[lists]\npage_size = 050", "4", "write digits alone"),
    "number with a comma": (SITE, HEAD + "[lists]\npage_size = 1,00", "4", "write digits alone"),
    "braces over two lines": (
        SITE,
        HEAD + "field = { name = 'x',\n category = 'x' }",
        "3",
        "write a [table]",
    ),
    "number of thousands of digits": (
        SITE,
        HEAD + "[lists]\npage_size = " + "9" * 5000,
        "4",
        "a smaller number",
    ),
    "nested very deeply": (SITE, HEAD + "x = " + "[" * 3000 + "]" * 3000, "", "brackets"),
    "control character": (SITE, HEAD + 'owner = "a\\u001bb"', "3: owner", "remove it"),
    "NUL": (SITE, HEAD + "owner = 'a\0b'", "3", "U+0000"),
    # --- keys, types and values of site.toml ---
    "mistyped key": (SITE, HEAD + "desciption = 'x'", "3: desciption", "did you mean description?"),
    "mistyped table": (SITE, HEAD + "[feild]\nname = 'x'", "3: feild", "did you mean field?"),
    "key below another table": (
        SITE,
        HEAD + "[lists]\nlanguage = 'de'",
        "4: lists.language",
        "above the first [table]",
    ),
    "key above its table": (SITE, HEAD + "page_size = 50", "3: page_size", "it belongs in [lists]"),
    "number for a text": (SITE, HEAD + "owner = 1", "3: owner", "quotation marks"),
    "table for a text": (SITE, HEAD + "owner.name = 'x'", "3: owner", "one text"),
    "text for a number": (
        SITE,
        HEAD + "[lists]\npage_size = '50'",
        "4: lists.page_size",
        "without quotation marks",
    ),
    "text for true": (SITE, HEAD + "offline = 'true'", "3: offline", "without quotation marks"),
    "text for a list": (
        SITE,
        HEAD + "[fetch]\ncategories = 'cs.LG'",
        "4: fetch.categories",
        "square brackets",
    ),
    "one bracket for two": (SITE, HEAD + "[watch]\ntitle = 'x'", "3: watch", "two brackets"),
    "empty title": (SITE, 'title = ""\nurl = "https://example.net/"', "1: title", "give the site a name"),
    "invisible title": (
        SITE,
        'title = "\\u200b"\nurl = "https://example.net/"',
        "1: title",
        "give the site a name",
    ),
    "negative size of a page": (SITE, HEAD + "[lists]\npage_size = -5", "4: lists.page_size", "100"),
    "huge size of a page": (SITE, HEAD + "[lists]\npage_size = " + "9" * 30, "4: lists.page_size", "100"),
    "size that is not a number": (
        SITE,
        HEAD + "[lists]\npage_size = nan",
        "4: lists.page_size",
        "a whole number",
    ),
    "colour that is none": (SITE, HEAD + "theme_color = 'navy'", "3: theme_color", "six hexadecimal digits"),
    "colour with a rule of CSS": (SITE, HEAD + "theme_color = '#fff;}*{x'", "3: theme_color", "hexadecimal"),
    "language by its name": (SITE, HEAD + "language = 'deutsch'", "3: language", "such as en"),
    "offset for a time zone": (SITE, HEAD + "timezone = '+01:00'", "3: timezone", "Europe/Berlin"),
    "category in capital letters": (
        SITE,
        HEAD + "[field]\ncategory = 'Q-BIO.NC'",
        "4: field.category",
        "q-bio.NC?",
    ),
    "search for nothing": (
        SITE,
        HEAD + "[[watch]]\ntitle = 'x'\nquery = ''",
        "5: watch[0].query",
        "what to search",
    ),
    "search at ../": (
        SITE,
        HEAD + "[[watch]]\ntitle = 'x'\nquery = 'grid'\nslug = '../x'",
        "6: watch[0].slug",
        "write x",
    ),
    "identifier that is none": (
        SITE,
        HEAD + "[fetch]\nids = ['2613.1']",
        "4: fetch.ids[0]",
        "such as 2603.07369",
    ),
    # --- addresses ---
    "address without a scheme": (
        SITE,
        "title = 'T'\nurl = 'example.net/'",
        "2: url",
        "write https://example.net/",
    ),
    "javascript: for the site": (SITE, "title = 'T'\nurl = 'javascript:x'", "2: url", "https://"),
    "data: for the owner": (SITE, HEAD + "owner_url = 'data:text/html,x'", "3: owner_url", "https://"),
    "vbscript: for the owner": (SITE, HEAD + "owner_url = 'VBScript:x'", "3: owner_url", "https://"),
    "line feed in an address": (
        SITE,
        HEAD + 'owner_url = "java\\nscript:x"',
        "3: owner_url",
        "percent-encode",
    ),
    "control character in an address": (
        SITE,
        HEAD + 'owner_url = "\\u0001javascript:x"',
        "3: owner_url",
        "remove it",
    ),
    "e-mail address for a page": (
        SITE,
        HEAD + "owner_url = 'mailto:a@b.org'",
        "3: owner_url",
        "belong in contact",
    ),
    "mailto: in contact": (
        SITE,
        HEAD + "contact = 'mailto:a@b.org'",
        "3: contact",
        "such as archive@example.org",
    ),
    "javascript: in the navigation": (
        SITE,
        HEAD + "[[navigation]]\nlabel = 'x'\npage = ' JavaScript:x'",
        "5: navigation[0].page",
        "https://",
    ),
    "another host in the navigation": (
        SITE,
        HEAD + "[[navigation]]\nlabel = 'x'\npage = '//evil.example'",
        "5: navigation[0].page",
        "https://",
    ),
    "file: for the API": (
        SITE,
        HEAD + "[fetch]\nendpoint = 'file:///etc/passwd'",
        "4: fetch.endpoint",
        "https://",
    ),
    "password in an address": (SITE, HEAD + "owner_url = 'https://a:b@c.org'", "3: owner_url", "remove it"),
    # --- people.toml ---
    "person with one bracket": (PEOPLE, "[person]\nname = 'A B'", "1: person", "two brackets"),
    "mistyped key of a person": (PEOPLE, "[[person]]\nnam = 'A B'", "2: person[0].nam", "did you mean name?"),
    "person without a name": (
        PEOPLE,
        "[[person]]\norcid = '0000-0002-1825-0097'",
        "1: person[0].name",
        "the form to show",
    ),
    "person of digits": (PEOPLE, "[[person]]\nname = '123'", "2: person[0].name", "as papers do"),
    "name of two persons": (
        PEOPLE,
        "[[person]]\nname = 'A B'\n[[person]]\nname = 'a b'",
        "4: person[1].name",
        "keep it in one",
    ),
    "ORCID iD with a slip": (
        PEOPLE,
        "[[person]]\nname = 'A B'\norcid = '0000-0002-1825-0098'",
        "3: person[0].orcid",
        "orcid.org",
    ),
    # --- front matter ---
    "front matter in YAML": (PAGE, "---\ntitle: T\n---\nx", "1", "write TOML"),
    "front matter in JSON": (PAGE, '{\n"title": "T"\n}\nx', "1", "write TOML"),
    "front matter without an end": (PAGE, "+++\ntitle = 'T'\nx", "1", "close it"),
    "front matter that comes late": (PAGE, "\n\n+++\ntitle = 'T'\n+++\nx", "3", "first line of the file"),
    "front matter after a zero-width space": (
        PAGE,
        "\u200b+++\ntitle = 'T'\n+++\nx",
        "1",
        "first line of the file",
    ),
    "four signs": (PAGE, "++++\ntitle = 'T'\n++++\nx", "1", "write +++"),
    "mistyped key of a page": (PAGE, "+++\ntitel = 'T'\n+++\n# T", "2: titel", "did you mean title?"),
    "key of a note on a page": (PAGE, f"{NOTE}+++\n# T", "2: arxiv", "known here"),
    "key of front matter twice": (PAGE, "+++\ntitle = 'a'\ntitle = 'b'\n+++\nx", "3", "keep one"),
    "page without a title": (PAGE, "text", "1: title", "# Title"),
    "page with an empty title": (PAGE, "# \n\ntext", "1: title", "# Title"),
    "page with an invisible title": (PAGE, "# \u200b\n\ntext", "1: title", "# Title"),
    "page without a word": (PAGE, "", "1: title", "# Title"),
    "day that does not exist": (NOTES, f"{NOTE}date = 2026-02-30\n+++\n# T\n\nx", "3", "2026-03-07"),
    "day first": (NOTES, f"{NOTE}date = 08.02.2026\n+++\n# T\n\nx", "3", "year first"),
    "month first": (NOTES, f"{NOTE}date = 02/28/2026\n+++\n# T\n\nx", "3", "year first"),
    "day of one digit": (NOTES, f"{NOTE}date = 2026-2-8\n+++\n# T\n\nx", "3", "2026-03-07"),
    "day in quotation marks": (
        NOTES,
        f"{NOTE}date = '2026-02-28'\n+++\n# T\n\nx",
        "3: date",
        "without quotation marks",
    ),
    "note on no paper": (NOTES, "# T\n\nx", "1: arxiv", "name the paper"),
    "note on two papers": (
        NOTES,
        "+++\narxiv = ['2603.07364', '2603.07365']\n+++\n# T\n\nx",
        "2: arxiv",
        "one text",
    ),
    "note on what is no paper": (NOTES, "+++\narxiv = '2613.1'\n+++\n# T\n\nx", "2: arxiv", "2603.07369"),
    # --- Markdown ---
    "picture at another host": (PAGE, "# T\n\n![x](https://evil.example/a.png)", "3", "put it into static/"),
    "picture at // and a host": (PAGE, "# T\n\n<img src='//evil.example/a.png'>", "3", "put it into static/"),
    "link to no paper": (PAGE, "# T\n\n[x](arxiv:2613.1)", "3", "arxiv:2603.07369"),
    "lists nested very deeply": (PAGE, "# T\n\n" + "* " * 3000 + "x", "", "nested very deeply"),
    "paragraph that does not end": (PAGE, "# T\n\n" + "*a* b " * 4000, "", "divide it by blank lines"),
    # --- names of files and addresses ---
    "capital letters": ("content/pages/Über Uns.md", "# T", "", "rename it to uber-uns.md"),
    "same address but for case": ("content/pages/About.md", "# T", "", "rename it to about.md"),
    "full stop in a name": ("content/pages/a.b.md", "# T", "", "rename it to a-b.md"),
    "letters of no Latin name": ("content/pages/王.md", "# T", "", "rename it to page.md"),
    "line feed in a name": ("content/pages/a\nb.md", "# T", "", "rename it to a-b.md"),
    "name that is not UTF-8": (os.fsdecode(b"content/pages/\xff.md"), "# T", "", "rename it to page.md"),
    "index": ("content/pages/index.md", "# T", "", "rename it to about.md"),
    "index of a folder": ("content/pages/lab/index.md", "# T", "", "rename it to lab.md"),
    **{
        f"page at {name}/": (f"content/pages/{name}.md", "# T", "", "another name")
        for name in sorted(RESERVED)
    },
    "page among papers": ("content/pages/abs/2603.md", "# T", "", "another name"),
    "static file in place of a page": ("static/root/about/index.html", "x", "", "static/root/"),
    "static file in place of the site's": ("static/root/feed.xml", "x", "", "static/root/"),
    "static file in place of a folder": ("static/root/authors", "x", "", "static/root/"),
    "static file that differs in case": ("static/root/FEED.xml", "x", "", "static/root/"),
    "style sheet in Latin-1": ("static/site.css", "/*\nü".encode("latin-1"), "2", "save it as UTF-8"),
    # --- templates ---
    "syntax of a template": (TEMPLATE, "<p>\n{% if %}", "2", "mend it there"),
    "block that does not end": (TEMPLATE, "<p>\n{% if page %}\nx", "3", "mend it there"),
    "unknown tag": (TEMPLATE, "\n{% foo %}", "2", "mend it there"),
    "unknown filter": (TEMPLATE, "\n{{ page.title|foo }}", "2", "mend it there"),
    "unknown name": (TEMPLATE, "\n{{ pgae.title }}", "2", "templates/README.md"),
    "unknown field": (TEMPLATE, "\n{{ page.titel }}", "2", "templates/README.md"),
    "call of a text": (TEMPLATE, "\n{{ page.title() }}", "2", "templates/README.md"),
    "unknown static file": (TEMPLATE, "\n{{ asset('x.png') }}", "2", "templates/README.md"),
    "missing include": (TEMPLATE, "\n{% include 'none.html' %}", "2", "add it"),
    "missing layout": (TEMPLATE, "{% extends 'none.html' %}", "1", "add it"),
    "include of a file elsewhere": (TEMPLATE, "{% include '../content/site.toml' %}", "1", "add it"),
    "include of itself": (TEMPLATE, "\n{% include 'page.html' %}", "2", "break the circle"),
    "block twice": (TEMPLATE, "{% block a %}{% endblock %}{% block a %}{% endblock %}", "1", "mend it there"),
    "template in Latin-1": (TEMPLATE, "<p>\nü".encode("latin-1"), "2", "save it as UTF-8"),
    "control character in a template": (TEMPLATE, "<p>\n\0", "2", "delete it"),
    "template that is a folder": (TEMPLATE, folder, "", "take it away"),
    "template that is a link to itself": (TEMPLATE, link_to("page.html"), "", "mend the link"),
    "more text than memory": (TEMPLATE, "{{ 'x' * 10**15 }}", "1", "templates/README.md"),
}

# These do not stop a build: what is wrong is left out, and said. With --strict the exit code is 1.
PROBLEMS: dict[str, tuple[str, str | bytes | Made, str, str]] = {
    "note on a paper that no feed has": (
        NOTES,
        "+++\narxiv = '2501.00001'\n+++\n# T\n\nx",
        " arxiv",
        "correct",
    ),
    "empty note": (NOTES, f"{NOTE}+++\n# T\n", "", "left out"),
    "script in a page": (PAGE, "# T\n\n`<script>`\n\n    <script>\n\n<script>x</script>", "3", "unsafe_html"),
    "frame in a note": (
        NOTES,
        f"{NOTE}+++\n# T\n\nx\n\n<iframe src='https://a.org'></iframe>",
        "8",
        "unsafe_html",
    ),
    "style": (PAGE, "# T\n\n<p style='color: red'>x</p>", "3", "unsafe_html"),
    "handler": (PAGE, "# T\n\n<p onclick=x>x</p>", "3", "unsafe_html"),
    "link to javascript:": (PAGE, "# T\n\n[x](javascript:x)", "3", "https://"),
    "link to data:": (PAGE, "# T\n\n[x][1]\n\n[1]: data:text/html,x", "5", "https://"),
    "picture from data:": (PAGE, "# T\n\nx ![x](data:image/png;base64,x)", "3", "https://"),
    "ending .markdown": ("content/pages/a.markdown", "# T", "", "rename it to a.md"),
    "ending .md.txt": ("content/pages/a.md.txt", "# T", "", "rename it to a.md"),
    "page in the content folder": ("content/a.md", "# T", "", "pages/"),
    "feed in the content folder": ("content/a.xml", "<feed/>", "", "put it into feeds/"),
    "feed that ends in .txt": ("content/feeds/a.xml.txt", "<feed/>", "", ".xml"),
    "mistyped name of a file": ("content/peopel.toml", "", "", "did you mean people.toml?"),
    "mistyped name of a folder": ("content/page", folder, "", "did you mean pages?"),
    "feed that is a web page": (
        "content/feeds/a.xml",
        "<!doctype html><title>x</title>",
        "",
        "fetch it again",
    ),
    "feed of something else": (
        "content/feeds/a.xml",
        "<rss><channel><title>x</title></channel></rss>",
        "",
        "fetch",
    ),
    "named pipe": (PAGE, os.mkfifo, "", "move it elsewhere"),
    "link to a folder around it": ("content/pages/loop", link_to("."), "", "remove the link"),
}


class Site(NamedTuple):
    """A site that was built once; ``write`` makes one of its sources wrong."""

    root: Path

    def restore(self) -> None:
        for name in ("content", "templates", "static"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        for name, text in SOURCES.items():
            self.write(name, text)
        (self.root / "content" / "feeds").mkdir()
        shutil.copy(resources.sample_feed(), self.root / "content" / "feeds")

    def write(self, name: str, made: str | bytes | Made) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(made):
            if path.is_file() and made is not Path.unlink:
                path.unlink()
            made(path)
        else:
            path.write_bytes(made if isinstance(made, bytes) else made.encode())

    def build(self, *options: str) -> int:
        paths = ["--content", str(self.root / "content"), "--output", str(self.root / "output")]
        return main(["build", *paths, "--quiet", "--jobs", "1", *options])

    def output(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in (self.root / "output").rglob("*")
            if path.is_file()
        }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, dict[str, bytes]]:
    site = Site(tmp_path_factory.mktemp("site"))
    site.restore()
    assert site.build("--strict") == 0
    return site, site.output()


@pytest.fixture
def site(built: tuple[Site, dict[str, bytes]]) -> Iterator[Site]:
    yield built[0]
    built[0].restore()


def reported(kind: str, said: str, site: Site, file: str) -> list[str]:
    """Return what is said of a file, after its name; every line has a kind, a place, a fault and a remedy."""
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in file)
    lines = said.replace(f"{site.root}/", "").splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(rf"{kind}: [^:]+(?::\d+)?: .+ \([^()]+(?:\(.*\))?[^()]*\)", line), line
        assert "mistake in sitegen" not in line
        assert len(line) < 500
    return [line.removeprefix(f"{kind}: {shown}:") for line in lines if line.startswith(f"{kind}: {shown}:")]


def stands(line: str, place: str) -> bool:
    """Return whether what is said after a file's name begins with a place: a line, a key, both, or "" for none."""
    return line.startswith(f"{place}: ") if place else line.startswith(" ")


def test_there_are_sixty_kinds() -> None:
    assert len(MISTAKES) >= 60


@pytest.mark.parametrize(("file", "made", "place", "remedy"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_and_nothing_is_lost(
    built: tuple[Site, dict[str, bytes]],
    site: Site,
    file: str,
    made: str | bytes | Made,
    place: str,
    remedy: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    site.write(file, made)
    capsys.readouterr()
    assert site.build() == 1
    found = reported("error", capsys.readouterr().err, site, file)
    assert any(stands(line, place) and remedy in line.partition(" (")[2] for line in found), found
    assert site.output() == built[1]


@pytest.mark.parametrize(("file", "made", "place", "remedy"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_is_left_out_is_told(
    built: tuple[Site, dict[str, bytes]],
    site: Site,
    file: str,
    made: str | bytes | Made,
    place: str,
    remedy: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    site.write(file, made)
    capsys.readouterr()
    assert site.build() == 0
    found = reported("problem", capsys.readouterr().err, site, file)
    assert any(stands(line, place) and remedy in line.partition(" (")[2] for line in found), found
    assert site.build("--strict") == 1
    assert {name for name in built[1] if name.endswith(".html")} <= site.output().keys()
