"""Markdown pages and notes: what readers get, what a mistake says, and what nobody can smuggle in."""

from __future__ import annotations

import re
import shutil
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from conftest import build
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen import resources
from sitegen.cli import main
from sitegen.content import load_notes, load_pages, misnamed_files
from sitegen.errors import ContentError
from sitegen.models import MarkdownPage, Note
from sitegen.site.urls import with_paper_links
from sitegen.text import ROOT, math


def write(folder: Path, name: str, text: str | bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def page(folder: Path, text: str) -> MarkdownPage:
    write(folder, "pages/a.md", text)
    (found,), _ = load_pages(folder)
    return msgspec.structs.replace(found, html=with_paper_links(found.html, {"2603.07369"}))


def body(folder: Path, text: str) -> str:
    return page(folder, f"# T\n\n{text}").html.replace(ROOT, "{root}")


# --- what a text becomes ------------------------------------------------------------------------------------

X1 = r"\(x_1\)"
MARKDOWN = {
    # links: from the site's root, to papers, and such as stay
    "[x](/abs/2603.07369/)": '<p><a href="{root}abs/2603.07369/">x</a></p>',
    "[x](/search/?q=a#b)": '<p><a href="{root}search/?q=a#b">x</a></p>',
    "[x](/)": '<p><a href="{root}">x</a></p>',
    "[x](arxiv:2603.07369)": '<p><a href="{root}abs/2603.07369/">x</a></p>',
    "[x](arXiv:2603.07369v2)": '<p><a href="{root}abs/2603.07369/">x</a></p>',
    # a paper that the archive lacks is at arXiv
    "[x](arXiv:q-bio/0309001v2)": '<p><a href="https://arxiv.org/abs/q-bio/0309001v2">x</a></p>',
    "<a href='arxiv:2401.00001' title='arxiv:2401.00001'>x</a>": '<p><a href="https://arxiv.org/abs/2401.00001" '
    'title="arxiv:2401.00001">x</a></p>',
    "`[x](arxiv:2401.00001)`": "<p><code>[x](arxiv:2401.00001)</code></p>",
    # backslashes in an address are slashes, as browsers take them
    "![x](images\\x.png)": '<p><img alt="x" src="images/x.png" loading="lazy"></p>',
    # what is neither front matter nor meant to be
    "a\n\n---\n\nNote: b": "<p>a</p>\n<hr>\n<p>Note: b</p>",
    "```\n+++\ntitle = 'x'\n+++\n```": "<pre><code>+++\ntitle = 'x'\n+++\n</code></pre>",
    "    +++\n    title = 'x'\n    +++": "<pre><code>+++\ntitle = 'x'\n+++\n</code></pre>",
    "<!--\n+++\ntitle = 'x'\n+++\n-->\n\na": "<p>a</p>",
    "a\n\n+++\n\nb": "<p>a</p>\n<p>+++</p>\n<p>b</p>",
    "[x](../b/)": '<p><a href="../b/">x</a></p>',
    "[x](#y)": '<p><a href="#y">x</a></p>',
    "[x](https://example.org/)": '<p><a href="https://example.org/">x</a></p>',
    "[x](mailto:a@example.org)": '<p><a href="mailto:a@example.org">x</a></p>',
    "[x](//example.org/)": '<p><a href="https://example.org/">x</a></p>',
    "<a href='/about/'>x</a>": '<p><a href="{root}about/">x</a></p>',
    "![x](/static/x.png)": '<p><img alt="x" src="{root}static/x.png" loading="lazy"></p>',
    # headings begin at h2, with an id to point at
    "## Über *uns*": '<h2 id="über-uns">Über <em>uns</em></h2>',
    "# One\n\n## Two": '<h2 id="one">One</h2>\n<h3 id="two">Two</h3>',
    "### Deep\n\n#### Deeper": '<h2 id="deep">Deep</h2>\n<h3 id="deeper">Deeper</h3>',
    "<h1>Raw</h1>": "<h2>Raw</h2>",
    "###### Six\n\n# One": '<h6 id="six">Six</h6>\n<h2 id="one">One</h2>',
    # extensions
    '"It\'s" -- so...': "<p>“It’s” – so…</p>",
    "a | b\n--|--:\n1 | 2": "<table>\n<thead>\n<tr>\n<th>a</th>\n"
    '<th class="align-right">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n'
    '<td class="align-right">2</td>\n</tr>\n</tbody>\n</table>',
    "```python\na < b\n```": '<pre><code class="language-python">a &lt; b\n</code></pre>',
    "```\n# <h1>\n```": "<pre><code># &lt;h1&gt;\n</code></pre>",
    "V4\n: area": "<dl>\n<dt>V4</dt>\n<dd>area</dd>\n</dl>",
    "V4\n\n*[V4]: area four": '<p><abbr title="area four">V4</abbr></p>',
    "<figure><img src='a.png'><figcaption>F</figcaption></figure>": '<figure><img src="a.png" loading="lazy">'
    "<figcaption>F</figcaption></figure>",
    # formulas, which are not for Markdown; nor is money a formula
    "*It* is $a_i*b_i$, \\(x_1\\)": f"<p><em>It</em> is {math.to_html('$a_i*b_i$')}, {math.to_html(X1)}</p>",
    "$$\nx < y\n$$": f"<p>{math.to_html('$$x < y$$', block=True)}</p>",
    "From $5 to $6, `$a$` or `$PATH` and `$HOME`, \\$x$": "<p>From $5 to $6, <code>$a$</code> or <code>$PATH</code> "
    "and <code>$HOME</code>, $x$</p>",
    "    $a$": "<pre><code>$a$\n</code></pre>",
    "$\\nonsense<b>$": '<p><code class="tex">$\\nonsense&lt;b&gt;$</code></p>',
    '[$x$](/a "$y$")': f'<p><a href="{{root}}a" title="$y$">{math.to_html("$x$")}</a></p>',
    "a\0b\x02c\x1bd &#0; &lt;i&gt;": "<p>abcd � &lt;i&gt;</p>",
    "[x](/a\0b/)": '<p><a href="{root}ab/">x</a></p>',
    "": "",
}


@pytest.mark.parametrize(("text", "expected"), MARKDOWN.items())
def test_markdown(tmp_path: Path, text: str, expected: str) -> None:
    assert body(tmp_path, text) == expected


def test_a_footnote_leads_there_and_back(tmp_path: Path) -> None:
    html = body(tmp_path, "a[^1]\n\n[^1]: b")
    assert '<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>' in html
    assert '<li id="fn:1">' in html
    assert 'href="#fnref:1"' in html


def test_a_table_of_contents_leaves_the_title_out(tmp_path: Path) -> None:
    html = body(tmp_path, "[TOC]\n\n## One")
    assert re.findall(r'href="[^"]*"', html) == ['href="#one"']


@pytest.mark.parametrize(
    ("text", "title", "html"),
    [
        ('# The *C. elegans* `<b>` & "us"\n\nx', "The C. elegans <b> & “us”", "<p>x</p>"),
        ("Setext\n======\nx", "Setext", "<p>x</p>"),
        ("x\n\n# Late", "Late", "<p>x</p>"),
        ('+++\ntitle = "Front"\n+++\nx', "Front", "<p>x</p>"),
        ('+++\ntitle = "Same"\n+++\n# Same\nx', "Same", "<p>x</p>"),
        ('+++\ntitle = "Front"\n+++\n# Other\nx', "Front", '<h2 id="other">Other</h2>\n<p>x</p>'),
        ("\ufeff+++\r\ntitle = 'Windows'\r\n+++\r\nx", "Windows", "<p>x</p>"),
        ("+++\ntitle = 'No text'\n+++", "No text", ""),
        ("# A [link](/x/)&#1;\n", "A link", ""),
    ],
)
def test_a_title_is_not_doubled(tmp_path: Path, text: str, title: str, html: str) -> None:
    found = page(tmp_path, text)
    assert (found.title, found.html) == (title, html)


def test_pages_are_named_by_their_files(tmp_path: Path) -> None:
    for name in ("b", "lab/people", "a-1", "_draft", ".hidden", "_drafts/c", "lab/.x"):
        write(tmp_path, f"pages/{name}.md", f"+++\ndescription = 'd'\n+++\n# {name}")
    write(tmp_path, "pages/picture.txt", "no page")
    found = [(page.slug, page.title, page.description) for page in load_pages(tmp_path)[0]]
    assert found == [("a-1", "a-1", "d"), ("b", "b", "d"), ("lab/people", "lab/people", "d")]


def test_no_folder_is_no_page(tmp_path: Path) -> None:
    assert load_pages(tmp_path) == ((), ())
    assert load_notes(tmp_path) == ((), ())


def test_notes_on_one_page_do_not_share_ids(tmp_path: Path) -> None:
    text = "# T\n\n## Method\n\nx[^1] [there](#method)\n\n[^1]: y"
    write(tmp_path, "notes/2603.07369.md", f'+++\narxiv = "2603.07369v1"\n+++\n{text}')
    write(
        tmp_path,
        "notes/club/b.md",
        f'+++\narxiv="https://arxiv.org/abs/2603.07369"\nauthor="A"\n'
        f"date=2026-03-22\ntitle='Front'\n+++\n{text}",
    )
    notes, problems = load_notes(tmp_path)
    assert problems == ()
    first, second = notes
    assert (first.slug, first.paper, first.title, first.author, first.date) == (
        "2603.07369",
        "2603.07369",
        "T",
        "",
        None,
    )
    assert (second.slug, second.paper, second.title, second.author, second.date) == (
        "club/b",
        "2603.07369",
        "Front",
        "A",
        date(2026, 3, 22),
    )
    ids = [re.findall(r' id="([^"]*)"', note.html) for note in notes]
    assert len({*ids[0], *ids[1]}) == len(ids[0]) + len(ids[1]) > 4
    for note, own in zip(notes, ids, strict=True):
        assert set(re.findall(r'href="#([^"]*)"', note.html)) <= set(own)


def test_markdown_by_another_name_is_reported(tmp_path: Path) -> None:
    reported = ("pages/a.markdown", "notes/sub/B.MD")
    drafts = ("pages/_drafts/a.mkd", "notes/.b.markdown", "pages/folder.mkd/plot.png")
    for name in (*reported, *drafts, "notes/good.md", "feeds/c.MD"):
        write(tmp_path, name, "")
    assert [str(problem).removeprefix(f"{tmp_path}/") for problem in misnamed_files(tmp_path)] == [
        "pages/a.markdown: is not read, for its name does not end in .md (rename it to a.md)",
        "notes/sub/B.MD: is not read, for its name does not end in .md (rename it to B.md)",
    ]


def test_an_empty_note_is_left_out_and_reported(tmp_path: Path) -> None:
    write(tmp_path, "notes/a.md", '+++\narxiv = "2603.07369"\n+++\n# Only a title\n')
    notes, (problem,) = load_notes(tmp_path)
    assert notes == ()
    assert str(problem) == f"{tmp_path}/notes/a.md: the note is empty (it was left out)"


# --- mistakes -----------------------------------------------------------------------------------------------

FRONT = '+++\narxiv = "2603.07369"\n'
MOVE = "move it to the first line of the file, with nothing before it"
WRITE = 'write TOML between two lines of +++: title = "…"'
MISTAKES: dict[str, dict[str | bytes, tuple[str, ...]]] = {
    "pages/a.md": {
        "no heading": ("1: title: is missing (begin the text with a line: # Title)",),
        "+++\ndescription = 'x'\n+++\nno heading": (
            "1: title: is missing (begin the text with a line: # Title)",
        ),
        "+++\n\ntitel = 'x'\n+++\n# T": ("3: titel: unknown key (did you mean title?)",),
        "+++\ntitle = 1\n+++\n# T": (
            "2: title: expected a string, found an integer (put it in quotation marks)",
        ),
        "+++\ntitle = x\n+++\n# T": (
            "2: is not valid TOML: Invalid value in column 9 "
            "(write text in quotation marks, and each setting on a line of its own: key = value)",
        ),
        "+++\ntitle = 'x'\n\n# T": ("1: the front matter has no end (close it with a line of +++)",),
        "---\ntitle: x\n---\n# T": (
            '1: front matter in YAML is not read (write TOML between two lines of +++: title = "…")',
        ),
        **{
            text: (f"{line}: front matter is read only where the file begins with it ({MOVE})",)
            for text, line in {
                "\n\n+++\ntitle = 'x'\n+++\na": 3,
                " \t\n+++\ntitle = 'x'\n+++\na": 2,
                b"\xef\xbb\xbf\xef\xbb\xbf+++\ntitle = 'x'\n+++\na": 1,
                "\u200b+++\ntitle = 'x'\n+++\na": 1,
                " +++\ntitle = 'x'\n+++\na": 1,
                "<!-- mine -->\n+++\ntitle = 'x'\n+++\na": 2,
                "<!--\nmine\n-->\n\n+++\ntitle = 'x'\n\na": 5,
                "# comment\n+++\ntitle = 'x'\n+++\na": 2,
                "# T\n\ntext\n\n+++\n# comment\n\n\"title\" = 'x'\n+++\na": 5,
                "+++\ntitle = 'x'\n+++\n+++\ntitle = 'x'\n+++\na": 4,
                "\r\n+++\r\ntitle = 'x'\r\n+++\r\n# T": 2,
            }.items()
        },
        "++++\ntitle = 'x'\n++++\na": ("1: front matter begins with +++ alone, not with ++++ (write +++)",),
        "+++ toml\ntitle = 'x'\n+++\na": (
            "1: front matter begins with +++ alone, not with +++ toml (write +++)",
        ),
        "+++\ntitle = 'x'\n---\n# T": ("1: the front matter has no end (close it with a line of +++)",),
        "+++": ("1: the front matter has no end (close it with a line of +++)",),
        **{
            text: (f"{line}: front matter in YAML is not read ({WRITE})",)
            for text, line in {
                "---\n# comment\ntitle: x\n---\n# T": 1,
                '---\n"title": x\n---\n# T': 1,
                "---\n'my title': x\n---\n# T": 1,
                "---\n\ntitle: x\n---\n# T": 1,
                "---\ntitle: x\n\n# T": 1,
                "--- # comment\ntitle: x\n...\n# T": 1,
                "\n---\nsub-title:\n  x\n---\n# T": 2,
                "<!-- mine -->\n\n---\ntitle: x\n---\n# T": 3,
                "# comment\n---\ntitle: x\n---\n# T": 2,
                "---yaml\ntitle: x\n---\n# T": 1,
                b"\xef\xbb\xbf---\r\ntitle: x\r\n---\r\n# T": 1,
            }.items()
        },
        "---\ntitle = 'x'\n---\n# T": (f"1: front matter stands between lines of +++ ({WRITE})",),
        '{\n"title": "x"\n}\n\n# T': (f"1: front matter in JSON is not read ({WRITE})",),
        "title = 'x'\n\n# T": (f"1: the setting title stands outside of front matter ({WRITE})",),
        b"# T\n\nM\xfcller": ("3: is not UTF-8 text (save it as UTF-8)",),
        "+++\ntitle = 'T'\n+++\n\n[a](arxiv:2613.1)\n\n![x](http://example.org/x.png)": (
            "5: 'arxiv:2613.1' names no paper (write it as in arxiv:2603.07369)",
            "7: the image 'http://example.org/x.png' is at another host "
            "(put it into static/ and write /static/NAME)",
        ),
        "# T\n\n" + "* " * 3000 + "x": (
            "the Markdown cannot be read: RecursionError "
            "(look for lists or quotations that are nested very deeply)",
        ),
    },
    "pages/Über Uns.md": {
        "# T": (
            "a file's name becomes an address, so it is made of a–z, 0–9 and single hyphens "
            "(rename it to uber-uns.md)",
        )
    },
    "pages/lab/2603.07369.md": {
        "# T": (
            "a file's name becomes an address, so it is made of a–z, 0–9 and single hyphens "
            "(rename it to lab/2603-07369.md)",
        )
    },
    "pages/王.md": {
        "# T": (
            "a file's name becomes an address, so it is made of a–z, 0–9 and single hyphens "
            "(rename it to page.md)",
        )
    },
    "notes/a.md": {
        "# T\n\nx": ('1: arxiv: is missing (name the paper: arxiv = "2603.07369")',),
        "+++\nauthor = 'A'\n+++\n# T\n\nx": ('1: arxiv: is missing (name the paper: arxiv = "2603.07369")',),
        "+++\narxiv = 2603.07369\n+++\n# T\n\nx": (
            "2: arxiv: expected a string, found a float (put it in quotation marks)",
        ),
        "+++\narxiv = '2613.07369'\n+++\n# T\n\nx": (
            "2: arxiv: not an arXiv identifier: '2613.07369' (such as arxiv = \"2603.07369\")",
        ),
        f"{FRONT}date = '2026-03-22'\npaper = 'x'\n+++\nx": (
            "3: date: expected a date, found a string (write it without quotation marks, such as 2026-03-07)",
            "4: paper: unknown key (known here: arxiv, author, date, title)",
            "1: title: is missing (begin the text with a line: # Title)",
        ),
    },
}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [(name, text, expected) for name, cases in MISTAKES.items() for text, expected in cases.items()],
)
def test_a_mistake_is_reported_where_it_stands(
    tmp_path: Path, name: str, text: str | bytes, expected: tuple[str, ...]
) -> None:
    write(tmp_path, name, text)
    with pytest.raises(ContentError) as caught:
        load_pages(tmp_path)
        load_notes(tmp_path)
    prefix = str(tmp_path / name)
    found = [str(problem) for problem in caught.value.problems]
    assert all(line.startswith(prefix) for line in found)
    assert sorted(line[len(prefix) :].lstrip(": ") for line in found) == sorted(expected)


def test_all_bad_files_are_reported_at_once(tmp_path: Path) -> None:
    write(tmp_path, "pages/a.md", "no title")
    write(tmp_path, "pages/b.md", "# Good")
    write(tmp_path, "pages/C.md", "# T")
    with pytest.raises(ContentError) as caught:
        load_pages(tmp_path)
    assert [Path(problem.location.path).name for problem in caught.value.problems] == ["C.md", "a.md"]


def test_a_text_that_failed_leaves_nothing_behind(tmp_path: Path) -> None:
    write(tmp_path, "pages/a.md", "# T\n\n" + "* " * 3000 + "x")
    with pytest.raises(ContentError):
        load_pages(tmp_path)
    assert body(tmp_path, "* a") == "<ul>\n<li>a</li>\n</ul>"


# --- what nobody can smuggle in -----------------------------------------------------------------------------

HARMLESS_TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr",
    "img", "li", "ol", "p", "pre", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
    "div", "del", "span", "details", "summary",
}  # fmt: skip
HARMLESS_ATTRIBUTES = {
    "href", "src", "alt", "title", "id", "class", "loading", "start", "lang", "dir", "width", "height",
}  # fmt: skip


class Inspector(HTMLParser):
    """Refuses all but a short list of tags and attributes, and every address that a browser would run."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in HARMLESS_TAGS, tag
        for name, value in attrs:
            assert name in HARMLESS_ATTRIBUTES, name
            if name in ("href", "src"):
                # What browsers drop (https://url.spec.whatwg.org/#concept-basic-url-parser); ROOT may be nothing.
                address = re.sub(r"^[\x00-\x20]+|[\t\r\n]", "", value or "").lower()
                scheme = re.match(r"[a-z][a-z0-9+.-]*:", address)
                assert scheme is None or scheme[0] in ("https:", "http:", "mailto:"), value
                assert not address.startswith(("//", "\\")), value

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def inspect(html: str) -> None:
    inspector = Inspector(convert_charrefs=True)
    inspector.feed(html)
    inspector.close()
    assert not re.search(r"[\x01-\x08\x0b-\x1f]", html)
    # NUL is ROOT, which stands at the beginning of an address and nowhere else.
    assert html.count("\0") == len(re.findall('(?:href|src)="\0', html))


ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](<java&#10;script:alert(1)>)",
    "[x](vbscript:x)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](/javascript:alert(1))",
    "[x](/\tjavascript:alert(1))",
    "[x](/\\evil.example)",
    "<a href='/&#9;javascript:alert(1)'>x</a>",
    "<a href='/&#0;javascript:alert(1)'>x</a>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    '![x](a.png "q\\" onerror=\\"alert(1)")',
    "<p style='position:fixed;inset:0'>x</p>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<iframe src=//evil.example></iframe>",
    "<object data=x></object><embed src=x>",
    "<form action=//evil.example><input name=q><button formaction=javascript:x>x</button></form>",
    "<a href='https://example.org' target=_blank onclick=alert(1)>x</a>",
    "x {: onclick=alert(1) style=color:red class=masthead }",
    "<div markdown='1' onmouseover=alert(1)>*x*</div>",
    "<a href='java&#2;script:alert(1)'>x</a>",
    "<a href='java&#x1f;script:alert(1)'>x</a>",
    "<a href='java&#x7f;script:alert(1)'>x</a>",
    "<a href='&#2;/&#2;/evil.example/'>x</a>",
    "<!-- comment --><!DOCTYPE html><?php x ?>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "`<script>`</code><script>alert(1)</script>",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    '``` { .x onclick="alert(1)" }\nx\n```',
    '[^x"onclick=alert(1)]\n\n[^x"onclick=alert(1)]: y',
    '*[x]: "><script>alert(1)</script>\n\nx',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "\x02wzxhzdk:0\x03 <script>alert(1)</script>",
    "klzzwxh:0000 &#2;wzxhzdk:0&#3;",
    "<a href='\0javascript:alert(1)'>x</a>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_gets_through(tmp_path: Path, attack: str) -> None:
    html = page(tmp_path, f"# T {attack}\n\nT\n=\n\n{attack}\n\n* {attack}").html
    inspect(html)


def test_dropped_pictures_leave_no_broken_ones(tmp_path: Path) -> None:
    assert body(tmp_path, "a ![x](data:image/png;base64,AAAA) b") == "<p>a  b</p>"


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="\\\\evil.example/a.png">',
        '<img src="\\/evil.example/a.png">',
        '<img src="/\\evil.example/a.png">',
        "![a](\\\\\\\\evil.example/a.png)",
        '<img src="\t\\\\evil.example/a.png">',
        '<img src="/&#9;/evil.example/a.png">',
        '<img src="/&#10;/evil.example/a.png">',
        "![a](/&#9;/evil.example/a.png)",
        '<img src="&#2;//evil.example/a.png">',
        '<img src="/&#2;/evil.example/a.png">',
        '<img src="&#x7f;//evil.example/a.png">',
        '<img src="&#xa0;//evil.example/a.png">',
        '<img src="&sol;&bsol;evil.example/a.png">',
        '<img src="ht&#10;tps://evil.example/a.png">',
        '<img src="HTTPS:evil.example/a.png">',
        '<img src="http:/evil.example/a.png">',
        "![a][r]\n\n[r]: //evil.example/a.png",
    ],
)
def test_a_picture_of_another_host_is_refused(tmp_path: Path, markup: str) -> None:
    with pytest.raises(ContentError, match=r"a\.md:[35]: the image '.*' is at another host"):
        page(tmp_path, f"# T\n\n{markup}")


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="a.png" srcset="//evil.example/a.png 2x">',
        '<picture><source srcset="//evil.example/a.png"><img src="a.png"></picture>',
        '<video src="//evil.example/a.mp4" poster="//evil.example/a.png"></video>',
        '<audio src="//evil.example/a"></audio><input type=image src="//evil.example/a">',
        '<svg><image href="//evil.example/a.png"/><use xlink:href="//evil.example/a.svg#b"/></svg>',
        '<link rel="stylesheet" href="//evil.example/a.css"><style>@import "//evil.example/a.css"</style>',
        '<p style="background: url(//evil.example/a.png)">x</p>',
        '<table background="//evil.example/a.png"><tr><td background="//evil.example/a.png">x</table>',
        '<object data="//evil.example/a"></object><iframe src="//evil.example/a"></iframe>',
        '<q cite="//evil.example/">x</q><a href="b" ping="//evil.example/">x</a>',
    ],
)
def test_nothing_else_loads_from_another_host(tmp_path: Path, markup: str) -> None:
    assert "evil.example" not in page(tmp_path, f"# T\n\n{markup}").html


def test_a_script_in_a_title_is_text(tmp_path: Path) -> None:
    assert page(tmp_path, "# `<script>alert(1)</script>`").title == "<script>alert(1)</script>"


PIECES = [
    "<", ">", "\"", "'", "&", "=", "(", ")", "[", "]", "!", "#", "*", "`", "~", "|", "\\", "/", ":", ";",
    "{", "}", "\n", "\t", "\0", "\x02", "\x03", "<a", "<img", "href=", "src=", "onerror=x", "style=",
    "javascript:", "arxiv:2603.07369", "data:", "<script>", "</script>", "<svg>", "<!--", "-->", "](/",
    "&#0;", "&#x6a;", "[^1]", "```", "---", "x", " ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_is_safe_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        found = page(folder, f"+++\ntitle = 'T'\n+++\n{text}")
    except ContentError as error:
        assert error.problems
    else:
        inspect(found.html)


def test_the_shipped_pages_and_notes_are_sound() -> None:
    content = Path(__file__).parent.parent / "content"
    assert "about" in {page.slug for page in load_pages(content)[0]}
    notes, problems = load_notes(content)
    assert notes
    assert all(isinstance(note, Note) for note in notes)
    assert problems == ()


def test_a_link_to_a_paper_leads_to_arxiv_until_the_archive_has_it(tmp_path: Path) -> None:
    content = tmp_path / "content"
    write(content, "site.toml", 'title = "T"\nurl = "https://example.org/"')
    write(content, "pages/a.md", "# T\n\n[one](arxiv:2603.07364)")
    (content / "feeds").mkdir()
    site = build(content, tmp_path / "output")
    assert '<a href="https://arxiv.org/abs/2603.07364">one</a>' in (site / "a/index.html").read_text("utf-8")
    assert main(["check", "--content", str(content), "--output", str(site), "--quiet"]) == 0
    shutil.copy(resources.sample_feed(), content / "feeds")
    build(content, tmp_path / "output")
    assert '<a href="../abs/2603.07364/">one</a>' in (site / "a/index.html").read_text("utf-8")
