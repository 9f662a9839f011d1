"""Whatever cannot be read, written or rendered is told in a line with its file and a remedy; never as a traceback."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen import cli
from sitegen.cli import main
from sitegen.errors import problems_of
from sitegen.incremental import workers

Made = Callable[[Path], object]

LATIN_1 = "für".encode("latin-1")


def put(name: str, data: str | bytes = "") -> Made:
    def make(site: Path) -> None:
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    return make


def loop(name: str) -> Made:
    """Make a link that leads to itself, which nobody can read, not even root."""

    def make(site: Path) -> None:
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(path, ignore_errors=True)
        path.unlink(missing_ok=True)
        path.symlink_to(path.name)

    return make


def folder(name: str) -> Made:
    def make(site: Path) -> None:
        (site / name).unlink(missing_ok=True)
        (site / name).mkdir(parents=True)

    return make


def file_in_place_of(name: str) -> Made:
    def make(site: Path) -> None:
        shutil.rmtree(site / name, ignore_errors=True)
        put(name)(site)

    return make


BASE = '{% extends "base.html" %}'
# What is amiss, and how the line on it begins after the site's folder and what it holds.
BUILD: dict[str, tuple[Made, str, str]] = {
    "template in Latin-1": (
        put("templates/page.html", b"<p>\n" + LATIN_1),
        "templates/page.html:2: is not UTF-8 text",
        "save it as UTF-8",
    ),
    "layout in Latin-1": (
        put("templates/base.html", LATIN_1),
        "templates/base.html:1: is not UTF-8 text",
        "UTF-8",
    ),
    "included template in Latin-1": (
        put("templates/_foot.html", LATIN_1),
        "templates/_foot.html:1: is not UTF-8 text",
        "save it as UTF-8",
    ),
    "style sheet in Latin-1": (
        put("static/site.css", b"/*\n" + LATIN_1),
        "static/site.css:2: is not UTF-8 text",
        "save it as UTF-8",
    ),
    "template that includes itself": (
        put("templates/page.html", "x\n{% include 'page.html' %}"),
        "templates/page.html:2: it includes, ",
        "circle",
    ),
    "template that extends itself": (
        put("templates/page.html", "{% extends 'page.html' %}"),
        "templates/page.html:1: it includes, ",
        "circle",
    ),
    "layout that extends itself": (
        put("templates/base.html", "{% extends 'base.html' %}"),
        "templates/base.html:1: it includes, ",
        "circle",
    ),
    "two templates that include each other": (
        lambda site: (
            put("templates/page.html", "{% include 'a.html' %}")(site),
            put("templates/a.html", "{% include 'page.html' %}")(site),
        ),
        "templates/",
        "break the circle",
    ),
    "endless macro": (
        put("templates/page.html", "{% macro a() %}\n{{ a() }}{% endmacro %}{{ a() }}"),
        "templates/page.html:2: it includes, ",
        "break the circle",
    ),
    "block that calls itself": (
        put("templates/page.html", BASE + "{% block content %}{{ self.content() }}{% endblock %}"),
        "templates/page.html:1: it includes, ",
        "break the circle",
    ),
    "KeyError in a template": (
        put("templates/page.html", "\n{{ {}.popitem() }}"),
        "templates/page.html:2: KeyError: ",
        "templates/README.md",
    ),
    "IndexError in a template": (
        put("templates/page.html", "{{ [].pop() }}"),
        "templates/page.html:1: IndexError: pop from",
        "templates/README",
    ),
    "LookupError in a template": (
        put("templates/page.html", "{{ 'x'.encode('y') }}"),
        "templates/page.html:1: LookupError: unknown enc",
        "README",
    ),
    "division by zero in a template": (
        put("templates/page.html", "{{ 1 / 0 }}"),
        "templates/page.html:1: ZeroDivisionError: ",
        "templates/README.md",
    ),
    "StopIteration in a template": (
        put("templates/page.html", "{{ ''.__iter__().__next__() }}"),
        "templates/page.html:1: ",
        "templates/README.md",
    ),
    "unknown static file": (
        put("templates/page.html", "{{ asset('x.png') }}"),
        "templates/page.html:1: there is no file 'x.png'",
        "README",
    ),
    "mistake in a layout": (
        put("templates/base.html", "<p>\n{{ page.nothing }}{% block content %}{% endblock %}"),
        "templates/base.html:2: ",
        "templates/README.md",
    ),
    "twenty-five nested loops": (
        put("templates/page.html", "{% for a in [1] %}" * 25 + "{% endfor %}" * 25),
        "templates/page.html",
        "README",
    ),
    "nested very deeply": (
        put("templates/page.html", "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
        "templates/page.html",
        "",
    ),
    "number of thousands of digits": (
        put("templates/page.html", "{{ " + "9" * 5000 + " }}"),
        "templates/page.html",
        "",
    ),
    "missing include": (
        put("templates/page.html", "{% include 'none.html' %}"),
        "templates/page.html:1: asks for 'none.html'",
        "add it",
    ),
    "template that is a folder": (
        folder("templates/base.html"),
        "templates/base.html: is not a file",
        "take it away",
    ),
    "template that is a loop": (
        loop("templates/page.html"),
        "templates/page.html: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "style sheet that is a loop": (
        loop("static/x.css"),
        "static/x.css: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "static folder that is a loop": (
        loop("static"),
        "static: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "content that is a loop": (loop("content"), "content: is a link that leads to itself", "--content"),
    "content that is a file": (
        file_in_place_of("content"),
        "content/site.toml: is not a folder",
        "a folder belongs here",
    ),
    "pages that are a loop": (
        loop("content/pages"),
        "content/pages: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "page that is a loop": (
        loop("content/pages/a.md"),
        "content/pages/a.md: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "notes that are a loop": (
        loop("content/notes"),
        "content/notes: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "settings that are a loop": (
        loop("content/site.toml"),
        "content/site.toml: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "settings that are a folder": (
        folder("content/site.toml"),
        "content/site.toml: is a folder, not a file",
        "put a file in its place",
    ),
    "people that are a loop": (
        loop("content/people.toml"),
        "content/people.toml: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "people that are a folder": (
        folder("content/people.toml"),
        "content/people.toml: is a folder, not a file",
        "put a file in its place",
    ),
    "feeds that are a loop": (
        loop("content/feeds"),
        "content/feeds: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "output that is a loop": (loop("output"), "output: is a link that leads to itself", "--output"),
    "output that is a file": (put("output"), "output: is not a folder", "choose another one with --output"),
    "output below a file": (put("out"), "out", "check space and permissions"),
}


def command(site: Path, name: str, *options: str, output: str = "output") -> int:
    return main(
        [name, "--content", str(site / "content"), "--output", str(site / output), "--quiet", *options]
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    put("content/site.toml", 'title = "T"\nurl = "https://example.net/"\n')(tmp_path)
    put("content/pages/a.md", "# A page\n")(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("make", "begins", "remedy"), BUILD.values(), ids=BUILD)
def test_build(site: Path, make: Made, begins: str, remedy: str, capsys: pytest.CaptureFixture[str]) -> None:
    make(site)
    capsys.readouterr()
    output = "out/put" if begins == "out" else "output"
    assert command(site, "build", "--jobs", "1", output=output) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    said = lines[0].removeprefix("error: ").removeprefix(f"{site}/")
    assert said.startswith(begins), said
    assert remedy in said.rpartition(" (")[2], said
    assert said.endswith(")") or not remedy
    assert "mistake in sitegen" not in said
    assert len(said) < 400


def test_a_layout_that_goes_wrong_later_is_told_too(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(site, "build", "--jobs", "1") == 0
    put(
        "templates/base.html",
        "{{ page.section.x.y }}{% block head %}{% endblock %}{% block content %}{% endblock %}",
    )(site)
    capsys.readouterr()
    assert command(site, "build", "--jobs", "1") == 1
    assert "templates/base.html:1: " in capsys.readouterr().err


SNAPSHOT_LINE = (
    '{"id": "2603.07369", "title": "T", "abstract": "A", "categories": "cs.LG", "authors_parsed": [["A", "B", ""]], '
    '"versions": [{"version": "v1", "created": "Sat, 7 Mar 2026 22:41:26 GMT"}]}'
)
SNAPSHOT = ("fetch", "--from-json", "{site}/snapshot.json")
OTHERS: dict[str, tuple[Made, tuple[str, ...], str, str]] = {
    "lock of a fetch that is a folder": (
        folder(".sitegen/fetch.lock"),
        SNAPSHOT,
        ".sitegen/fetch.lock: ",
        "permissions",
    ),
    "lock of a fetch that is a loop": (
        loop(".sitegen/fetch.lock"),
        SNAPSHOT,
        ".sitegen/fetch.lock: ",
        "permissions",
    ),
    "cache that is a file": (put(".sitegen"), SNAPSHOT, ".sitegen", "permissions"),
    "feeds that are a file": (put("content/feeds"), SNAPSHOT, "content/feeds", ""),
    "feeds that are a loop": (
        loop("content/feeds"),
        SNAPSHOT,
        "content/feeds: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "snapshot that is a folder": (
        lambda _: None,
        ("fetch", "--from-json", "{site}/content"),
        "content: cannot be read: Is a dir",
        "name the snap",
    ),
    "snapshot that is not there": (
        lambda _: None,
        ("fetch", "--from-json", "{site}/none"),
        "none: cannot be read: No such",
        "name the snapshot",
    ),
    "compacting without feeds": (
        loop("content/feeds"),
        ("fetch", "--compact"),
        "content/feeds: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "check of a loop": (loop("output"), ("check",), "output: is a link that leads to itself", "--output"),
    "check with feeds that are a loop": (
        loop("content/feeds"),
        ("check",),
        "content/feeds: is a link that leads back to itself",
        "mend the link or remove it",
    ),
    "new in place of a loop": (
        loop("new"),
        ("new", "{site}/new"),
        "new: is no folder",
        "name a folder that is new",
    ),
    "new below a file": (put("file"), ("new", "{site}/file/new"), "file", "name another folder"),
    "new in place of a file": (
        put("new"),
        ("new", "{site}/new"),
        "new: is no folder",
        "name a folder that is new",
    ),
}


@pytest.mark.parametrize(("make", "words", "begins", "remedy"), OTHERS.values(), ids=OTHERS)
def test_other_commands(
    site: Path,
    make: Made,
    words: tuple[str, ...],
    begins: str,
    remedy: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    put("content/site.toml", 'title = "T"\nurl = "https://example.net/"\n[fetch]\ncategories = ["cs.LG"]\n')(
        site
    )
    put("snapshot.json", SNAPSHOT_LINE)(site)
    make(site)
    name, *options = (word.format(site=site) for word in words)
    code = main([name, *options]) if name == "new" else command(site, name, *options)
    assert code == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    said = lines[0].removeprefix("error: ").removeprefix(f"{site}/")
    assert said.startswith(begins), said
    assert remedy in said, said
    assert "mistake in sitegen" not in said


def test_a_check_goes_on_over_files_that_are_none(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(site, "build", "--jobs", "1") == 0
    put("output/deep.json", "[" * 100_000)(site)
    put("output/papers.json", '["x", {"url": 1}, {}]')(site)
    put("output/latin.html", LATIN_1)(site)
    put("output/links.html", '<a href="latin.html#x">x</a>')(site)
    capsys.readouterr()
    assert command(site, "check") == 1
    said = capsys.readouterr().err
    assert "deep.json:1: is not JSON: it is nested too deeply" in said
    assert "latin.html: is not UTF-8 (byte 1)" in said
    assert "latin.html has no id 'x'" in said


# --- the last door ---


def broken(error: Exception) -> Callable[[object], int]:
    def fail(_: object) -> int:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            KeyError("x"),
            "error: sitegen/cli.py:{line}: this is a mistake in sitegen: KeyError: 'x' "
            "(please report it; with --debug you see the traceback)",
        ),
        (
            RecursionError(),
            "error: sitegen/cli.py:{line}: this is a mistake in sitegen: RecursionError (please",
        ),
        (
            ValueError("two\nlines" * 1000),
            "error: sitegen/cli.py:{line}: this is a mistake in sitegen: ValueError: two",
        ),
        (
            PermissionError(13, "Permission denied", "a/b"),
            "error: a/b: cannot be used: Permission denied (check its",
        ),
        (
            OSError(28, "No space left on device"),
            "error: sitegen: the system says: [Errno 28] No space left on device",
        ),
        (
            MemoryError(),
            "error: sitegen: there is too little memory (sitegen build --jobs 1 takes the least)",
        ),
    ],
)
def test_any_other_error_is_told_as_well(
    error: Exception, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(cli._COMMANDS, "build", broken(error))
    assert main(["build"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    before, _, after = expected.partition("{line}")
    assert line.startswith(before)
    assert after in line
    assert len(line) < 500
    with pytest.raises(type(error)):
        main(["build", "--debug"])


class Stubborn(Exception):
    """An error that cannot be rebuilt from its text, as some libraries have them."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two[:0])


@pytest.mark.skipif(not workers.can_fork(), reason="this system does not fork")
@pytest.mark.parametrize("error", [KeyError("x"), Stubborn("x", "y")])
def test_an_error_of_another_process_says_where_it_was(error: Exception) -> None:
    def work() -> bytes:
        raise error

    task = workers.Task(work, 2)
    with pytest.raises((KeyError, RuntimeError), match="x") as caught:
        task.result()
    (problem,) = problems_of(caught.value)
    assert type(error).__name__ in problem.message
    assert problem.location.path == "sitegen/incremental/workers.py"
