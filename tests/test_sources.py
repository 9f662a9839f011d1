"""Which files a site is made from: links are followed, leftovers are not, and nothing unreadable is overlooked."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import build, copy_content
from golden import files_of

from sitegen import sources
from sitegen.cli import main
from sitegen.preview import sources as watched
from sitegen.publish import folder

FOLDERS = ("content/feeds", "content/pages", "content/notes", "templates", "static")
SUFFIXES = {
    "content/feeds": ".xml",
    "content/pages": ".md",
    "content/notes": ".md",
    "templates": ".html",
    "static": ".png",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site with a small feed and all the folders that its owner may have, built once: read only."""
    made = tmp_path_factory.mktemp("built") / "site"
    copy_content(made)
    for name in ("templates", "static"):
        (made / name).mkdir()
    build(made / "content", made / "output", "--jobs", "1")
    return made


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    """A copy of the built site."""
    return shutil.copytree(built, tmp_path / "site")


def run(site: Path, *options: str) -> int:
    output = ["--output", str(site / "output")]
    return main(["build", "--content", str(site / "content"), *output, "--jobs", "1", "--quiet", *options])


def refused(site: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Build, which must fail with one line and leave the site as it is; return the line."""
    before = files_of(site / "output")
    capsys.readouterr()
    assert run(site, *options) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert files_of(site / "output") == before
    return line.replace(f"{site}/", "")


def forbid(monkeypatch: pytest.MonkeyPatch, forbidden: Path) -> None:
    """Have the system refuse a folder or file, as it does to all but root after chmod 000."""

    def guarded(real: Callable[..., object]) -> Callable[..., object]:
        def call(path: object = ".", *rest: object, **more: object) -> object:
            if isinstance(path, str | Path) and Path(path).absolute() == forbidden:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return real(path, *rest, **more)

        return call

    monkeypatch.setattr(os, "listdir", guarded(os.listdir))
    monkeypatch.setattr(os, "scandir", guarded(os.scandir))
    monkeypatch.setattr("io.open", guarded(open))


@pytest.mark.parametrize("place", FOLDERS)
def test_a_folder_that_cannot_be_read(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    forbid(monkeypatch, site / place)
    said = f"{place}: cannot be read: Permission denied (check its permissions; the site stays as it is)"
    for options in ((), ("--strict",), ("--accept-loss",), ("--verbose",)):
        assert refused(site, capsys, *options) == f"error: {said}"


@pytest.mark.parametrize("place", FOLDERS)
@pytest.mark.parametrize("inner", ["", "below/"])
def test_a_file_that_cannot_be_read(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str, inner: str
) -> None:
    path = site / place / f"{inner}new{SUFFIXES[place]}"
    path.parent.mkdir(exist_ok=True)
    path.write_text("text", "utf-8")
    forbid(monkeypatch, path)
    assert refused(site, capsys).startswith(
        f"error: {path.relative_to(site)}: cannot be read: Permission denied"
    )


@pytest.mark.parametrize("place", ["content/site.toml", "content/people.toml"])
def test_settings_that_are_no_file(site: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    (site / place).unlink()
    os.mkfifo(site / place)
    assert refused(site, capsys) == f"error: {place}: is a named pipe, not a file (put a file in its place)"
    (site / place).unlink()
    (site / place).symlink_to("nowhere")
    assert refused(site, capsys).startswith(f"error: {place}: is a link to nowhere, which is not there")


@pytest.mark.parametrize("place", FOLDERS)
def test_links_that_lead_nowhere(site: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    for name in (f"new{SUFFIXES[place]}", "folder", "README"):
        link = site / place / name
        link.symlink_to(site / "gone")
        said = f"{place}/{name}: is a link to gone, which is not there (mend the link or remove it)"
        assert refused(site, capsys) == f"error: {said}"
        link.unlink()
        link.symlink_to(link)
        assert refused(site, capsys).startswith(f"error: {place}/{name}: is a link that leads back to itself")
        link.unlink()
    shutil.rmtree(site / place)
    (site / place).symlink_to("gone")
    assert refused(site, capsys).startswith(f"error: {place}: is a link to gone, which is not there")
    (site / place).unlink()
    (site / place).write_text("text", "utf-8")
    assert refused(site, capsys) == f"error: {place}: is not a folder (a folder belongs here, or nothing)"


def test_a_fetch_and_a_check_do_not_take_an_unreadable_folder_for_an_empty_one(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content, output = ["--content", str(site / "content")], ["--output", str(site / "output")]
    forbid(monkeypatch, site / "content" / "feeds")
    (site / "arxiv.json").touch()
    with (site / "content" / "site.toml").open("a") as settings:
        settings.write('[fetch]\ncategories = ["q-bio.NC"]\n')
    for command in (
        ["fetch", "--from-json", str(site / "arxiv.json"), *content],
        ["fetch", "--compact", *content],
        ["check", *content, *output],
    ):
        assert main(command) == 1
        assert "content/feeds: cannot be read: Permission denied" in capsys.readouterr().err


@pytest.mark.parametrize("place", FOLDERS)
def test_linked_folders_are_followed_and_loops_end(tmp_path: Path, place: str) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / place
    (elsewhere / "deep").mkdir(parents=True)
    (elsewhere / "deep" / f"one{SUFFIXES[place]}").touch()
    (elsewhere / "deep" / "back").symlink_to(elsewhere)
    folder.mkdir(parents=True)
    (folder / "self").symlink_to(folder)
    (folder / "linked").symlink_to(elsewhere)
    (folder / "again").symlink_to(elsewhere)
    names = [f"{link}/deep/one{SUFFIXES[place]}" for link in ("again", "linked")]
    assert [file.name for file in sources.tree(folder).files] == names
    assert list(watched.take_snapshot([folder])) == [f"{folder}/{name}" for name in names]


def test_what_stands_in_linked_folders_is_published_and_its_changes_are_seen(
    site: Path, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    for name in ("feeds", "pages", "notes", "static", "templates"):
        (shared / name).mkdir(parents=True)
    for feed in (site / "content" / "feeds").iterdir():
        feed.rename(shared / "feeds" / feed.name)
    (shared / "pages" / "help.md").write_text("# Help\n", "utf-8")
    (shared / "notes" / "one.md").write_text('+++\narxiv = "2603.07369"\n+++\n# Linked\n\nSeen.\n', "utf-8")
    (shared / "static" / "logo.png").write_bytes(b"logo")
    (shared / "templates" / "extra.html").write_text("first", "utf-8")
    (site / "templates" / "404.html").write_text("{% include 'linked/extra.html' %}", "utf-8")
    for place in FOLDERS:
        (site / place / "linked").symlink_to(shared / Path(place).name)
    assert run(site) == 0
    output = site / "output"
    assert "Seen." in (output / "abs" / "2603.07369" / "index.html").read_text("utf-8")
    assert (output / "linked" / "help" / "index.html").exists()
    assert len(list(output.glob("static/linked/logo.*.png"))) == 1
    assert (output / "404.html").read_text("utf-8").strip() == "first"
    (shared / "templates" / "extra.html").write_text("second", "utf-8")
    (shared / "pages" / "help.md").write_text("# Help\n\nMore.\n", "utf-8")
    assert run(site) == 0
    assert (output / "404.html").read_text("utf-8").strip() == "second"
    assert "More." in (output / "linked" / "help" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("place", FOLDERS)
def test_what_is_no_file_is_named_and_left_out(
    site: Path, capsys: pytest.CaptureFixture[str], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site / place)  # the path of a socket has to be short
    suffix = SUFFIXES[place]
    os.mkfifo(f"pipe{suffix}")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"socket{suffix}")
    Path(f"device{suffix}").symlink_to("/dev/zero")
    before = files_of(site / "output")
    for _ in range(2):  # a build that does nothing says it too
        assert run(site) == 0
        said = capsys.readouterr().err.replace(f"{site}/", "").splitlines()
        assert [line for line in said if place in line] == [
            f"problem: {place}/{kind}{suffix}: is {what}, not a file, and was left out (move it elsewhere)"
            for kind, what in (("device", "a device"), ("pipe", "a named pipe"), ("socket", "a socket"))
        ]
    assert files_of(site / "output") == before
    assert run(site, "--strict") == 1
    assert len(watched.take_snapshot([site / place])) >= 3


LEFT_BEHIND = (
    "x.html~", "x.css.~1~", ".x.css.swp", "x.css.swp", "x.css.swo", "x.SWN", "x.un~", "#x.css#", ".#x.css",
    ".DS_Store", "._x.css", "Thumbs.db", "thumbs.db", "ehthumbs.db", "desktop.ini", "Desktop.ini", "x.css.bak",
    "x.BAK", "x.css.orig", "x.css.rej", "x.css.old", "x.tmp", "x.css.save", "~$x.docx", "x.pdf.part",
    "x.crdownload", "x.css___jb_tmp___", "x.css___jb_old___", ".directory", ".git", "Icon\r", "__MACOSX",
)  # fmt: skip
KEPT = ("x.swf", "x.css", "a~b.png", "#x", "x#", "orig.png", "bak", "old.css", "x.partial.css", "save", "db")


def test_leftovers_of_editors_and_systems_are_never_published(site: Path) -> None:
    for name in LEFT_BEHIND:
        for place in (*FOLDERS, "static/root", "static/root/.well-known"):
            (site / place).mkdir(exist_ok=True)
            (site / place / name).write_bytes(b"left behind")
    (site / "content" / "pages" / ".#about.md").symlink_to("nobody@nowhere.1234")  # Emacs while one is edited
    for name in ("__MACOSX", "old.bak", ".git"):
        shutil.rmtree(site / "static" / name, ignore_errors=True)
        (site / "static" / name).unlink(missing_ok=True)
        (site / "static" / name).mkdir()
        (site / "static" / name / "x.css").write_bytes(b"left behind")
    assert run(site, "--strict") == 0
    assert [path for path, data in files_of(site / "output").items() if data == b"left behind"] == []


def test_other_names_are_published(tmp_path: Path) -> None:
    for name in KEPT:
        (tmp_path / name).touch()
    assert {file.name for file in sources.tree(tmp_path).files} == set(KEPT)


def test_the_watch_sees_what_stands_beside_a_link_to_nothing(tmp_path: Path) -> None:
    for name in ("a.md", "z.md"):
        (tmp_path / name).touch()
    (tmp_path / "m.md").symlink_to("nowhere")
    before = watched.take_snapshot([tmp_path])
    assert sorted(before) == [str(tmp_path / name) for name in ("a.md", "m.md", "z.md")]
    (tmp_path / "z.md").write_text("more")
    (tmp_path / "nowhere").write_text("there")
    changed = ["m.md", "nowhere", "z.md"]
    after = watched.take_snapshot([tmp_path])
    assert watched.changed_paths(before, after) == [str(tmp_path / name) for name in changed]


def test_the_watch_sees_when_a_folder_can_be_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked" / "a.md").touch()
    (tmp_path / "z.md").touch()
    with monkeypatch.context() as patch:
        forbid(patch, tmp_path / "locked")
        before = watched.take_snapshot([tmp_path])
    assert list(before) == [str(tmp_path / "locked"), str(tmp_path / "z.md")]
    after = watched.take_snapshot([tmp_path])
    assert watched.changed_paths(before, after) == [
        str(tmp_path / "locked"),
        str(tmp_path / "locked" / "a.md"),
    ]
    (tmp_path / "z.md").chmod(0o600)
    assert watched.changed_paths(after, watched.take_snapshot([tmp_path])) == [str(tmp_path / "z.md")]


def test_a_site_never_loses_all_its_papers_unasked(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feeds = site / "content" / "feeds"
    (site / "away").mkdir()
    shutil.rmtree(site / "content" / "notes")
    assert run(site) == 0
    for feed in list(feeds.iterdir()):
        feed.rename(site / "away" / feed.name)
    lost = (
        "output: the site has papers, and would have none (check whether feeds are missing; if it is meant, "
    )
    for options in ((), ("--strict",), ("--verbose",), ("--url", "https://example.net/")):
        assert refused(site, capsys, *options).startswith(f"error: {lost}build with --accept-loss)")
    (site / "output" / ".sitegen-manifest").write_bytes(b"damaged")
    assert refused(site, capsys).startswith(f"error: {lost}")
    assert run(site, "--accept-loss") == 0
    assert run(site) == 0, "there is nothing left to lose"


def test_a_large_site_never_loses_most_of_its_pages_unasked(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(site / "content" / "notes")
    pages = len(list((site / "output").rglob("*.html")))
    for feed in (site / "content" / "feeds").iterdir():
        if feed.name != "series.xml":
            feed.unlink()
    monkeypatch.setattr(folder, "_MANY_PAGES", pages - 1)
    assert "pages of the site, " in refused(site, capsys)
    monkeypatch.setattr(folder, "_MANY_PAGES", pages)
    assert run(site) == 0, "other feeds in place of a few samples are no loss"


@pytest.mark.parametrize(
    "place",
    [
        "content", "content/out", "content/feeds", "content/feeds/out", "content/pages/out", "content/notes/out",
        "static", "static/out", "templates/out", ".", "linked/out", "to-static", "shared/out",
    ],
)  # fmt: skip
def test_an_output_folder_among_the_sources(
    site: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (site / "linked").symlink_to("content")
    (site / "to-static").symlink_to("static")
    (site / "shared").mkdir()
    (site / "content" / "feeds" / "shared").symlink_to(site / "shared")
    before = files_of(site)
    for made in (False, True):
        if made:
            (site / place).mkdir(exist_ok=True)
        command = ["build", "--content", str(site / "content"), "--output", str(site / place)]
        assert main(command) == 1
        assert "has to be apart from " in capsys.readouterr().err
        assert files_of(site) == before
