"""What `sitegen check` finds on a built site, and what it leaves in peace."""

import os
import re
from datetime import date
from pathlib import Path

import pytest
from conftest import build, copy_content

from sitegen.check.site import check
from sitegen.cli import main

URL = "https://example.github.io/repo/"


TITLE = "<title>T</title>"
DESCRIPTION = '<meta name="description" content="D">'
CANONICAL = f'<link rel="canonical" href="{URL}">'


def page(body: str, head: str = TITLE + DESCRIPTION) -> str:
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{body}</body></html>\n'


def feed(*entries: str, of: str = "<id>f</id><title>F</title><updated>2026-03-07T00:00:00Z</updated>") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{of}{"".join(entries)}</feed>'


def entry(id: str, more: str = "<title>E</title><updated>2026-03-07T00:00:00+01:00</updated>") -> str:
    return f"<entry><id>{id}</id>{more}</entry>"


def sitemap(*addresses: str) -> str:
    return f"<urlset>{''.join(f'<url><loc>{address}</loc></url>' for address in addresses)}</urlset>"


def index_of_search(buckets: int) -> dict[str, str]:
    """Return the files of a search index of one paper."""
    head = '{"tiers":[{"folder":"b","papers":1,"starts":["a b"]},{"folder":"t","papers":0,"starts":[]}]}'
    names = [*(f"b/w{number}" for number in range(buckets)), "b/p0", "b/d0", "b/r0"]
    files = {f"search/{name}.js": f'sitegenSearch("{name}","x")\n' for name in names}
    return files | {
        "search/head.js": f'sitegenSearch("head",{head})\n',
        "names/a.js": 'sitegenSearch("../names/a",[1])',
        "catchup/2026.js": 'ReaderDays.take("2026",[])',
        "static/site.js": "any script (",
    }


def site(folder: Path, files: dict[str, str]) -> Path:
    """Write a site; its sitemap lists all pages, where the files have none of their own."""
    files = {"index.html": page("")} | files
    pages = [URL + path for path in files if path.endswith(".html") and path != "404.html"]
    for path, text in ({"sitemap.xml": sitemap(*pages)} | files).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def found(folder: Path) -> list[str]:
    report = check(folder, URL)
    return [str(finding.problem) for finding in (*report.problems, *report.warnings)]


GOOD = {
    "folder, file, fragment and query": '<a href="a/">1</a> <a href="a/#x">2</a> <a href="#y" id="y">3</a>'
    ' <a href="?q=1">4</a> <a href="./">5</a> <a href="a/../feed.xml">6</a> <a href="#top">7</a>',
    "other hosts and schemes": '<a href="https://arxiv.org/abs/1">1</a> <a href="mailto:a@b.c">2</a>',
    "its own absolute address": f'<a href="{URL}a/">1</a> <meta content="{URL}feed.xml">',
    "percent-encoding and entities": '<a href="%61/?a=1&amp;b=2#%78">1</a>',
    "pictures": '<img src="i.svg" srcset="i.svg 1x, a/../i.svg 2x" alt="">',
    "what looks like a link in text": '<p> href=&quot;gone/&quot; and href="gone/" here</p>',
    "what looks like a template in a text": "<pre>{{ page.title }}</pre><p>title={{EEG} {{x}} {% of %}</p>",
    "a script's own strings": "<script>a = ' href=\"gone/\"> {{ page.title }}'</script>",
    "references": '<pre id="bibtex">@misc{k, title={{A} \\{ {b {c {d {e}}}}\\}}, month=feb # "x{"}y",'
    " year=2026,}</pre>"
    '<pre id="ris">TY  - UNPB\nTI  - &lt;T&gt;\nER  - \n</pre><pre id="csl">{"title": "a &amp; b"}</pre>',
    "structured data": '<script type="application/ld+json">{"a": "\\u003cb\\u003e"}</script>',
    "a picture that has a title": "<svg><title></title></svg>",
    "a picture inside of the style sheet": '<link rel="stylesheet" href="s.css">',
}


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD)
def test_a_good_page_has_no_problems(tmp_path: Path, body: str) -> None:
    files = {
        "a/index.html": page('<p id="x">'),
        "feed.xml": feed(entry("a"), entry("b")),
        "i.svg": "<svg/>",
        "404.html": page('<meta name="robots" content="noindex">'),
    }
    files["a/papers.bib"] = "% Papers\n@comment{x}\n@misc{k,}\n"
    files["search/index.html"] = page("")
    files |= index_of_search(1)
    css = '/* url(gone.png) */ a{background:url("i.svg")} b{background:url(data:image/png;base64,AA)}'
    assert found(site(tmp_path, files | {"index.html": page(body), "s.css": css})) == []


BAD = {
    "missing page": (
        {"a/index.html": page('<a href="../b/">')},
        "a/index.html: links to '../b/', and there is no b/",
    ),
    "missing slash": ({"a/index.html": page('<a href="../a">')}, "put a slash at its end"),
    "missing place here": ({"a/index.html": page('<a href="#z">')}, "links to '#z', but has no such id"),
    "missing place there": ({"a/index.html": page('<a href="../#z">')}, "index.html has no id 'z'"),
    "out of the site": ({"index.html": page('<a href="../x/">')}, "no such place in the site"),
    "picture": ({"index.html": page('<img src="x.png" alt="">')}, "there is no x.png"),
    "one of several pictures": ({"index.html": page('<img srcset="y.png 2x" alt="">')}, "there is no y.png"),
    "form": ({"index.html": page('<form action="search/">')}, "there is no search/index.html"),
    "its own absolute address": ({"index.html": page(f'<a href="{URL}x/">')}, "there is no x/index.html"),
    "preview picture": ({"index.html": page(f'<meta content="{URL}x.png">')}, "there is no x.png"),
    "from the host's root": ({"index.html": page('<a href="/repo/">')}, "works neither from a disk"),
    "404 beside the site": ({"404.html": page('<a href="/a/">')}, "no such place in the site"),
    "404 to a missing page": ({"404.html": page('<a href="/repo/a/">')}, "there is no a/index.html"),
    "script in a link": (
        {"index.html": page('<a href="JavaScript:alert(1)">')},
        "should not have: 'JavaScript:",
    ),
    "script in a link, disguised": (
        {"index.html": page('<a href="java&#115;cript:alert(1)">')},
        "should not have",
    ),
    "script of another host": (
        {"index.html": page('<script src="https://cdn.example/x.js"></script>')},
        "another host",
    ),
    "picture of another host": ({"index.html": page('<img src="//cdn.example/x.png">')}, "from another host"),
    "style of another host": (
        {"index.html": page('<link rel="stylesheet" href="https://cdn.example/x.css">')},
        "from another host",
    ),
    "unquoted link": ({"index.html": page("<a href=a/>")}, "without double quotes"),
    "style sheet": ({"s.css": "a{background:url('x.png')}"}, "s.css: links to 'x.png'"),
    "style sheet, other host": ({"s.css": "@import url(https://cdn.example/x.css);"}, "from another host"),
    "feed": ({"feed.xml": feed(f'<link href="{URL}x/"/>')}, "feed.xml: links to"),
    "feed that is none": ({"feed.xml": "<rss/>"}, "feed.xml: is no Atom feed"),
    "feed of no namespace": ({"feed.xml": "<feed><id>f</id></feed>"}, "feed.xml: is no Atom feed"),
    "feed without a date": ({"feed.xml": feed(of="<id>f</id><title>F</title>")}, "the feed has no updated"),
    "entry without a title": (
        {"feed.xml": feed(entry("a"), entry("b", "<updated>2026-03-07T00:00:00Z</updated>"))},
        "entry 2 has no title, and readers refuse it",
    ),
    "entry without a time zone": (
        {"feed.xml": feed(entry("a", "<title>E</title><updated>2026-03-07T00:00:00</updated>"))},
        "entry 1 has an invalid date: '2026-03-07T00:00:00'",
    ),
    "two entries of one id": ({"feed.xml": feed(entry("a"), entry("a"))}, "two entries have the id a"),
    "feed that is not XML": (
        {"feed.xml": "<feed><entry></feed>"},
        "not well-formed XML: mismatched tag: line 1",
    ),
    "sitemap": (
        {"sitemap.xml": sitemap(URL, f"\n{URL}x/")},
        "there is no x/index.html",
    ),
    "sitemap of another site": (
        {"sitemap.xml": sitemap(URL, "https://example.org/")},
        f"lists https://example.org/, which is not below {URL} (build and check for the same --url)",
    ),
    "sitemap that lacks a page": (
        {f"{name}/index.html": page("", TITLE + DESCRIPTION + CANONICAL) for name in "abc"}
        | {"c/index.html": page(""), "sitemap.xml": sitemap(URL)},
        "sitemap.xml: does not list a/index.html, nor 1 more",
    ),
    "sitemap too long": ({"sitemap.xml": sitemap(*[URL] * 50_001)}, "search engines read 50,000"),
    "sitemap that is not XML": ({"sitemap-1.xml": "<urlset>"}, "sitemap-1.xml:1: is not well-formed XML"),
    "papers.json": ({"papers.json": '[{"url":"abs/1/"}]'}, "there is no abs/1/index.html"),
    "JSON": ({"papers.json": "{"}, "papers.json:1: is not JSON"),
    "template in an attribute": ({"index.html": page('<p title="{{ page.title }}">')}, "'{{ page.title }}'"),
    "template in a text": ({"index.html": page("{% if page.x %}")}, "correct the template"),
    "representation": ({"index.html": page("&lt;x.Y object at 0x7f3a00112233&gt;")}, " object at 0x"),
    "NUL": ({"index.html": page("a\0b")}, "NUL in"),
    "lost character": ({"papers.bib": "", "a/index.html": page("Mo�bius")}, "U+FFFD"),
    "names that differ in case": ({"A/index.html": page(""), "a/index.html": page("")}, "same name as A"),
    "a device of Windows": (
        {"notes/aux.x/index.html": page("")},
        "notes/aux.x: aux.x is a device on Windows",
    ),
    "a long name": (
        {f"{'a' * 201}.txt": ""},
        "the name has 205 bytes; above 200 some systems cannot keep it",
    ),
    "an id twice": (
        {"index.html": page('<p id="x">\n<p id="y"><b id="x">')},
        "index.html:4: has 2 elements with the id 'x' (rename one; ",
    ),
    "no title": (
        {"index.html": page("<svg><title>A</title>", DESCRIPTION)},
        "has no title (fill <title> in its",
    ),
    "empty title": (
        {"index.html": page("", f"\n<title> </title>{DESCRIPTION}")},
        "index.html:3: has no title",
    ),
    "no description": (
        {"a/index.html": page("", TITLE)},
        'no description (fill <meta name="description"> in',
    ),
    "empty description": (
        {"index.html": page("", TITLE + '<meta name="description" content=" ">')},
        "index.html:2: has no description",
    ),
    "a page too large": (
        {"a/index.html": page("é" * 1_000_000)},
        "a/index.html: has 2.0 MB, and search engines read 2 (divide it into several pages)",
    ),
    **{
        f"BibTeX: {what}": (
            {"a/papers.bib": f"% Papers\n{text}"},
            f"a/papers.bib:{line}: has BibTeX that cannot be read: {reason}",
        )
        for what, text, line, reason in (
            (
                "a group that does not end",
                "\n@misc{k, title={a {b}",
                3,
                "title of k has no value, or one that",
            ),
            ("no comma", "@misc{k, title={a} year=1}", 2, "the entry k does not end after"),
            ("no value", "@misc{k, title=}", 2, "title of k has no value"),
            ("no key", "@misc{, title={a}}", 2, "'@misc{, title={a}}' does not begin an entry"),
            ("two entries of one key", "@misc{k, year=1}\n@misc{K, year=2}", 3, "two entries have the key K"),
            ("a string that does not end", "@string{a = {b}", 2, "a command has no end"),
        )
    },
    **{
        f"RIS: {what}": (
            {"a/papers.ris": text},
            f"a/papers.ris:{line}: has RIS that cannot be read: {reason}",
        )
        for what, text, line, reason in (
            ("no end", "TY  - UNPB\r\nTI  - A\r\n", 3, "a record has no ER line"),
            ("no begin", "TI  - A\r\nER  - \r\n", 1, "TI stands outside of a record"),
            ("a line broken", "TY  - UNPB\r\nTI  - A\r\nb\r\nER  - \r\n", 3, "'b' is no line of RIS"),
            ("two records in one", "TY  - UNPB\r\nTY  - UNPB\r\nER  - \r\n", 2, "a record has no ER line"),
        )
    },
    "BibTeX of a page": (
        {"index.html": page('<pre id="bibtex">@misc{k,\n  title={a\n}</pre>')},
        "index.html:3: has BibTeX that cannot be read",
    ),
    "RIS of a page": ({"index.html": page('<pre id="ris">TY  - UNPB</pre>')}, "index.html:3: has RIS that"),
    "CSL-JSON of a page": (
        {"index.html": page('<pre id="csl">{\n"a": &quot;\n"}</pre>')},
        "index.html:4: has CSL-JSON that cannot be read",
    ),
    "JSON-LD": (
        {"index.html": page('\n<script type="application/ld+json">{"a": }</script>')},
        "index.html:4: has JSON-LD that cannot be read: JSON is malformed",
    ),
    "a file of the index that is cut off": (
        index_of_search(1) | {"search/b/d0.js": 'sitegenSearch("b/d0","'},
        "search/b/d0.js:1: is cut off, or is not what a page's script loads (run `sitegen build` again",
    ),
    "a file of the index that is not JSON": (
        index_of_search(1) | {"names/a.js": 'sitegenSearch("../names/a",[1,])'},
        "names/a.js:1: holds a value that is not JSON",
    ),
    "a file of the index under another name": (
        index_of_search(1) | {"catchup/2026.js": 'ReaderDays.take("2025",[])'},
        "catchup/2026.js:1: says that it is '2025', so no script finds it",
    ),
    "an index that lacks a file": (
        index_of_search(0),
        "search/head.js:1: names search/b/w0.js, and there is no such file",
    ),
    "an index of another shape": (
        index_of_search(1) | {"search/head.js": 'sitegenSearch("head",{"tiers":[{}]})'},
        "search/head.js:1: holds a value that is not JSON: Object missing required field",
    ),
    "names in two Unicode forms": (
        {"é/index.html": page(""), "e\u0301/index.html": page("")},
        "the same name as",
    ),
}


@pytest.mark.parametrize(("files", "message"), BAD.values(), ids=BAD)
def test_a_bad_site_says_what_and_where(tmp_path: Path, files: dict[str, str], message: str) -> None:
    problems = found(site(tmp_path, files))
    assert any(message in problem for problem in problems), problems
    assert len(problems) == 1
    assert re.search(r" \(.{12,}\)$", problems[0], re.S), "each says what to do"


def test_a_mistake_of_many_pages_is_one_problem(tmp_path: Path) -> None:
    files = {f"{number}/index.html": page('<a href="../gone/">') for number in range(3)}
    assert found(site(tmp_path, files)) == [
        "0/index.html: links to '../gone/', and there is no gone/index.html; 2 more links lead there"
        " (correct the link, or add what it leads to)"
    ]


def test_a_fault_of_a_template_is_one_problem(tmp_path: Path) -> None:
    files = {f"{number}/index.html": page("", DESCRIPTION) for number in range(3)}
    (said,) = found(site(tmp_path, files))
    assert said.startswith("0/index.html: has no title; the same 2 more times (fill <title> in its template")


def test_a_site_without_a_description_may_be_published(tmp_path: Path) -> None:
    report = check(site(tmp_path, {"a/index.html": page("", TITLE)}), URL)
    assert (len(report.problems), len(report.warnings)) == (0, 1)


def test_what_github_does_not_publish(tmp_path: Path) -> None:
    folder = site(tmp_path, {"secret.txt": "x"})
    (folder / "secret.txt").chmod(0o600)
    (folder / "link.html").symlink_to("index.html")
    assert found(folder) == [
        "link.html: is a symbolic link, which GitHub Pages does not publish"
        " (put a copy of the file in its place)",
        "secret.txt: is not readable by everybody (chmod 644 secret.txt)",
    ]


def test_a_site_without_a_sitemap(tmp_path: Path) -> None:
    (site(tmp_path, {}) / "sitemap.xml").unlink()
    assert found(tmp_path) == [
        "sitemap.xml: there is no such file, by which search engines find pages (run `sitegen build` again)",
    ]


def test_pages_are_found_by_an_index_of_sitemaps(tmp_path: Path) -> None:
    index = f"<sitemapindex><sitemap><loc>{URL}sitemap-1.xml</loc></sitemap></sitemapindex>"
    files = {"a/index.html": page(""), "sitemap.xml": index, "sitemap-1.xml": sitemap(URL, f"{URL}a/")}
    assert found(site(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("size", "message", "problems"), [(799, "", 0), (850, "is near to refusing", 0), (960, "refuses", 1)]
)
def test_a_site_too_large(tmp_path: Path, size: int, message: str, problems: int) -> None:
    with (site(tmp_path, {}) / "large.bin").open("wb") as file:
        file.truncate(size * 1_000_000)  # takes no space on the disk
    remedy = "publish the site on another host, or fetch fewer categories or years"
    assert found(tmp_path) == (
        [f"{tmp_path}: {size} MB: GitHub Pages {message} it (1 GB a site) ({remedy})"] if message else []
    )
    assert len(check(tmp_path, URL).problems) == problems


@pytest.mark.parametrize(
    ("newest", "said"),
    [
        (date(2026, 3, 7), ""),
        (date(2026, 3, 1), ""),
        (date(2026, 2, 28), "the newest is from 2026-02-28, 8 days ago (run `sitegen fetch`"),
        (None, "no feed has a date"),
    ],
)
def test_feeds_that_come_no_more(tmp_path: Path, newest: date | None, said: str) -> None:
    report = check(site(tmp_path, {}), URL, newest_feed=newest, today=date(2026, 3, 8))
    assert report.problems == ()
    assert [str(finding.problem).startswith(f"content/feeds: {said}") for finding in report.warnings] == (
        [True] if said else []
    )


@pytest.mark.parametrize(("fetched", "warnings"), [(date(2026, 3, 1), 0), (date(2026, 2, 28), 1)])
def test_a_quiet_query_is_no_warning(tmp_path: Path, fetched: date, warnings: int) -> None:
    today, newest = date(2026, 3, 8), date(2025, 1, 1)
    report = check(site(tmp_path, {}), URL, newest_feed=newest, last_fetch=fetched, today=today)
    assert len(report.warnings) == warnings


def test_many_files_give_the_same_in_one_process_and_in_two(tmp_path: Path) -> None:
    files = {f"{number}/index.html": page(f'<a href="../{number + 1}/#x">') for number in range(1200)}
    folder = site(tmp_path, files)
    report = check(folder, URL, jobs=1)
    assert report == check(folder, URL, jobs=2)
    assert len(report.problems) == 1200
    assert {row.subject: row.amount for row in report.summary}["links"] == "2,401 links"


def test_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    folder = site(tmp_path, {"index.html": page("")})
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.html")).write_text(page('<a href="gone/">'), "utf-8")
    assert any("there is no gone/" in finding for finding in found(folder))


def test_no_site_at_all(tmp_path: Path) -> None:
    assert found(tmp_path / "output") == [
        f"{tmp_path}/output: there is no such folder (run `sitegen build` first)"
    ]


def test_the_golden_site_is_fit_to_publish(golden_site: Path) -> None:
    assert found(golden_site) == []
    content = golden_site.parent / "content"
    assert main(["check", "--content", str(content), "--output", str(golden_site), "--quiet"]) == 0


def test_the_command_fails_on_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = build(copy_content(tmp_path), tmp_path / "output")
    command = ["check", "--content", str(tmp_path / "content"), "--output", str(output)]
    assert main(command) == 0, "a warning is no failure"
    said = capsys.readouterr()
    assert said.err.startswith("warning: content/feeds: the newest is from 2026-03-25, ")
    table = re.findall(r"^(\S.*?)  +(\S.*?)  +(\S.*)$", said.out, re.M)
    assert [(subject, verdict) for subject, _, verdict in table] == [
        ("size", "good"),
        ("names", "good"),
        ("pages", "good"),
        ("links", "good"),
        ("feeds", "good"),
        ("exports", "good"),
        ("sitemap", "good"),
        ("newest feed", "1 warning"),
    ]
    assert table[-1][1] == "2026-03-25"
    (output / "about" / "index.html").unlink()
    assert main(command) == 1
    said = capsys.readouterr()
    assert "there is no about/index.html" in said.err
    assert re.search(r"^links .* links +1 problem$", said.out, re.M)


def test_a_site_that_is_built_for_another_address(tmp_path: Path) -> None:
    output = build(copy_content(tmp_path), tmp_path / "output", "--url", "https://example.org/elsewhere")
    command = ["check", "--content", str(tmp_path / "content"), "--output", str(output), "--quiet"]
    assert (
        '<link rel="canonical" href="https://example.org/elsewhere/">' in (output / "index.html").read_text()
    )
    assert main([*command, "--url", "https://example.org/elsewhere"]) == 0
    assert main(command) == 1


def test_the_address_of_an_example_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = build(copy_content(tmp_path), tmp_path / "output", "--url", "https://example.com/x/")
    command = ["check", "--content", str(tmp_path / "content"), "--output", str(output)]
    assert main([*command, "--url", "https://example.com/x/"]) == 0
    said = capsys.readouterr()
    assert "warning: content/site.toml: https://example.com/x/ is the address of an example" in said.err
    assert re.search(r"^feeds .* feeds +1 warning$", said.out, re.M)


@pytest.mark.parametrize(
    "url", ["example.org", "ftp://example.org/", "https://example.org/?a", "https://a b/"]
)
def test_an_address_that_is_none(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["build", "--url", url])
    assert "argument --url: " in capsys.readouterr().err
