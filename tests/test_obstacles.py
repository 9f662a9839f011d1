"""What others put into an output folder or beside it: links, forged lists, files in the way. Nothing is lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from conftest import build, without_progress
from made_site import all_files, change_all_pages, copy_site, differing, make_small_site

from sitegen.build import build as make_site
from sitegen.cli import main
from sitegen.errors import PublishError
from sitegen.incremental import checksum
from sitegen.incremental.workers import Task
from sitegen.publish import commit, manifest, places

NOBODY = 65534


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return make_small_site(tmp_path / "site")


@pytest.fixture
def output(content: Path) -> Path:
    return build(content, content.parent / "output")


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A folder of somebody else."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "mine").write_text("theirs", "utf-8")
    return tmp_path / "theirs"


def cold(content: Path) -> dict[str, bytes]:
    """Return the site that is built where nothing is."""
    folder = content.parent.with_name("cold")
    return all_files(build(copy_site(content.parent, folder), folder / "output"))


def fails(content: Path, output: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Build, which fails in one line, and return the line."""
    capsys.readouterr()
    assert main(["build", "--content", str(content), "--output", str(output), "--jobs", "1"]) == 1
    (line,) = without_progress(capsys.readouterr().err).splitlines()
    return line


# --- links ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["burst", "exchange"])
@pytest.mark.parametrize("place", ["about", "abs", "abs/quant-ph", "archive", "authors", "help"])
def test_a_folder_that_is_a_link_is_refused(
    place: str,
    mode: str,
    content: Path,
    output: Path,
    theirs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Pages behind it would be changed (abs), deleted (about), or added (help)."""
    if (output / place).exists():
        shutil.copytree(output / place, theirs, dirs_exist_ok=True)
        shutil.rmtree(output / place)
    (output / place).symlink_to(theirs)
    (content / "pages" / "help.md").write_text("# Help\n", "utf-8")
    (content / "pages" / "about.md").unlink()
    settings = content / "site.toml"
    settings.write_text(settings.read_text("utf-8").replace('"T"', '"U"'), "utf-8")
    if mode == "exchange":
        monkeypatch.setattr(commit, "_SMALL", 1)
    before, site = all_files(theirs), all_files(output)
    said = fails(content, output, capsys)
    assert said.startswith(f"error: {output}/{place}: is a link")
    assert "remove the link" in said
    assert (all_files(theirs), all_files(output)) == (before, site)
    (output / place).unlink()
    assert not differing(all_files(build(content, output)), cold(content))
    assert all_files(theirs) == before
    assert not list(output.parent.glob(".output*"))


@pytest.mark.parametrize("mode", ["burst", "exchange"])
@pytest.mark.parametrize("place", ["index.html", "about/index.html", manifest.NAME])
def test_a_file_that_is_a_link_is_replaced_and_not_what_it_leads_to(
    place: str, mode: str, content: Path, output: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (theirs / "mine").write_bytes((output / place).read_bytes())
    (output / place).unlink()
    (output / place).symlink_to(theirs / "mine")
    before = all_files(theirs)
    build(content, output)
    if mode == "exchange":
        monkeypatch.setattr(commit, "_SMALL", 1)
    change_all_pages(content)
    assert not differing(all_files(build(content, output)), cold(content))
    assert not any(path.is_symlink() for path in output.rglob("*"))
    assert all_files(theirs) == before


@pytest.mark.parametrize("name", ["new", "old", "todo"])
@pytest.mark.parametrize("is_there", [True, False])
def test_links_at_the_places_beside_the_output_are_removed(
    name: str, is_there: bool, content: Path, output: Path, theirs: Path
) -> None:
    before = all_files(theirs)
    place = output.with_name(f".output.sitegen-{name}")
    target = theirs if name != "todo" else theirs / "mine"
    place.symlink_to(target if is_there else theirs / "nothing")
    change_all_pages(content)
    assert not differing(all_files(build(content, output)), cold(content))
    assert all_files(theirs) == before
    assert not place.is_symlink()


def test_a_link_that_comes_after_a_kill_is_refused_when_the_update_is_finished(
    content: Path,
    output: Path,
    theirs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    (content / "pages" / "about.md").write_text("# Others\n", "utf-8")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(commit, "_burst", killed)
        build(content, output)
    before = all_files(theirs)
    shutil.rmtree(output / "about")
    (output / "about").symlink_to(theirs)
    assert "about: is a link" in fails(content, output, capsys)
    assert all_files(theirs) == before
    (output / "about").unlink()
    assert not differing(all_files(build(content, output)), cold(content))


# --- forged lists -----------------------------------------------------------------------------------------

OUTSIDE = (
    "../theirs/mine",
    "about/../../theirs/mine",
    "..",
    ".",
    "",
    "/etc/sitegen-test",
    "./index.html",
    "about/./index.html",
    "about//index.html",
    "about/",
    "C:/theirs",
    "..\\theirs\\mine",
    "about\0",
    "about\nabout",
)


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_that_leads_out_is_damage(
    path: str, content: Path, output: Path, theirs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, site = all_files(theirs), all_files(output)
    aside = output.with_name("theirs")  # what ../theirs is, seen from the output folder
    theirs.rename(aside)
    known = manifest.decode((output / manifest.NAME).read_bytes())
    assert known
    assert manifest.decode(manifest.encode(known, b"")) == known
    assert manifest.decode(manifest.encode({path: 6, **known}, b"")) is None
    (output / manifest.NAME).write_bytes(manifest.encode({**known, path: 6}, b""))
    for todo in ({"write": [path]}, {"delete": ["index.html", path]}):
        stage = places.staging(output)
        stage.mkdir()
        (stage / "index.html").write_text("forged", "utf-8")
        places.journal(output).write_bytes(checksum.protect(msgspec.msgpack.encode(todo)))
        with commit.locked_output(output):  # as any command does
            assert (output / "index.html").read_bytes() == site["index.html"]
        assert not stage.exists()
        assert not places.journal(output).exists()
    capsys.readouterr()
    build(content, output)
    assert "the list of the site's files is damaged" in capsys.readouterr().err
    assert all_files(aside) == before
    assert not differing(all_files(output), site)


def test_a_journal_of_something_else_is_no_journal(output: Path) -> None:
    before = all_files(output)
    for body in (b"", b"\xc1", msgspec.msgpack.encode(["index.html"]), msgspec.msgpack.encode({"delete": 1})):
        places.journal(output).write_bytes(checksum.protect(body))
        with commit.locked_output(output):
            assert all_files(output) == before
        assert not places.journal(output).exists()


@pytest.mark.parametrize("name", ["a\\b.txt", "a\nb.txt", "C:b.txt"])
def test_no_file_of_a_site_has_a_name_that_the_list_may_not_hold(
    name: str, content: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (content.parent / "static" / "root").mkdir()
    (content.parent / "static" / "root" / name).write_text("text", "utf-8")
    before = all_files(output)
    assert "is no name for a file of a site (rename the file in static/" in fails(content, output, capsys)
    assert all_files(output) == before


# --- in the way, or refused -------------------------------------------------------------------------------


def make_folder(place: Path) -> None:
    place.unlink(missing_ok=True)
    place.mkdir(parents=True)
    (place / "mine").write_text("mine", "utf-8")


def make_file(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.write_text("mine", "utf-8")


def make_link(place: Path) -> None:
    place.parent.mkdir(exist_ok=True)
    place.symlink_to("mine")


@pytest.mark.parametrize(
    ("place", "make"),
    [
        ("index.html", make_folder),
        ("help/index.html", make_folder),
        ("about", make_file),
        ("help", make_file),
        ("help", make_link),
        ("help/index.html", make_link),
    ],
)
def test_what_is_in_the_way_is_refused_before_any_change(
    place: str, make: object, content: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(output / place)  # type: ignore[operator]
    (content / "pages" / "help.md").write_text("# Help\n", "utf-8")
    (content / "pages" / "about.md").write_text("# Others\n", "utf-8")
    before = all_files(output)
    assert f"error: {output}/{place}: is " in fails(content, output, capsys)
    assert all_files(output) == before
    assert os.path.lexists(output / place)
    assert not list(output.parent.glob(".output*"))


@pytest.fixture
def site_of_nobody(output: Path) -> Iterator[Path]:
    """The site where everybody may come, which pytest's own folders are not for; root gives it to somebody else."""
    with TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        shutil.copytree(output.parent, site)
        if os.geteuid() == 0:
            for path in (site.parent, site, *site.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        yield site


@pytest.mark.parametrize("place", ["abs", "."])
def test_a_folder_without_permission_is_refused_before_any_change(place: str, site_of_nobody: Path) -> None:
    """Root is refused nothing, so the build is somebody else's."""
    content, output = site_of_nobody / "content", site_of_nobody / "output"
    (content / "site.toml").write_text('title = "U"\nurl = "https://example.org/"\n', "utf-8")
    before = all_files(output)
    (output / place).chmod(0o555)

    def by_nobody() -> bytes:
        if os.geteuid() == 0:
            os.setuid(NOBODY)
        tempfile.tempdir = str(site_of_nobody)  # of this process; the lock is there
        with pytest.raises(PublishError) as error:
            make_site(content, output, jobs=1)
        return str(error.value).encode()

    said = Task(by_nobody, jobs=2).result().decode()
    (output / place).chmod(0o755)
    assert f"{output / place}: cannot be written: Permission denied" in said
    assert all_files(output) == before
    assert not list(site_of_nobody.glob(".output*"))
