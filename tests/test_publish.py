"""What stands in the way of a build, and what it does then: one clear line, and nothing is lost."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PATIENCE, build, copy_content, without_progress
from golden import files_of

from sitegen import resources
from sitegen.cli import main
from sitegen.publish import folder, manifest, places, system


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return copy_content(tmp_path)


def test_an_archive_without_papers_says_how_to_get_some(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(content / "feeds")
    shutil.rmtree(content / "notes")
    assert main(["build", "--content", str(content), "--output", str(content.parent / "output")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("0 papers, ")
    assert f"No papers yet: run sitegen fetch, or put arXiv feeds into {content}/feeds/\n" in said


def test_names_that_are_no_utf8(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (b"feeds/\xff.xml", b"notes/\xff.markdown"):
        Path(os.fsdecode(os.fsencode(content) + b"/" + name)).write_text("nothing", "utf-8")
    assert main(["build", "--content", str(content), "--output", str(content.parent / "output")]) == 0
    said = capsys.readouterr().err
    assert f"problem: {content}/feeds/?.xml:1: plain text, not a feed" in said
    assert f"problem: {content}/notes/?.markdown: is not read" in said


@pytest.fixture
def output(content: Path) -> Path:
    return build(content, content.parent / "output")


def failing(content: Path, output: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Build, which must fail in one clear line, and return that line."""
    capsys.readouterr()
    assert main(["build", "--content", str(content), "--output", str(output), "--jobs", "1"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    (line,) = without_progress(said.err).splitlines()
    return line


def test_a_template_that_asks_for_none(
    content: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (content.parent / "templates").mkdir()
    (content.parent / "templates" / "404.html").write_text("\n{% extends 'bas.html' %}", "utf-8")
    assert failing(content, output, capsys) == (
        "error: templates/404.html:2: asks for 'bas.html', and there is no such template "
        "(add it, or mend the name)"
    )


def add_page(content: Path) -> None:
    (content / "pages" / "help.md").write_text("# Help\n", "utf-8")


def test_an_edit_that_keeps_a_page_s_size(content: Path, output: Path) -> None:
    page, made = content / "pages" / "about.md", output / "about" / "index.html"
    others = {path: path.stat().st_mtime_ns for path in output.rglob("*.html") if path != made}
    page.write_text(page.read_text("utf-8") + "\nOne word.\n", "utf-8")
    build(content, output)
    before = made.read_text("utf-8")
    page.write_text(page.read_text("utf-8").replace("One word.", "Two word."), "utf-8")
    build(content, output)
    assert made.read_text("utf-8") == before.replace("One word.", "Two word.") != before
    assert others.items() <= {path: path.stat().st_mtime_ns for path in output.rglob("*.html")}.items()


@pytest.mark.parametrize("change", [b"{0}", b"{0}{0}"])
def test_a_file_of_another_size_is_made_again(content: Path, output: Path, change: bytes) -> None:
    file = output / "robots.txt"
    right = file.read_bytes()
    file.write_bytes(change.replace(b"{0}", right[1:]))
    build(content, output)
    assert file.read_bytes() == right


def test_two_processes_make_a_folder_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mkdir = os.mkdir

    def late(path: str) -> None:
        """Say what was true before the other process made the folder."""
        monkeypatch.setattr(os, "mkdir", mkdir)
        Path(path).mkdir(parents=True)
        raise FileNotFoundError(path)

    monkeypatch.setattr(os, "mkdir", late)
    folder.Stage(tmp_path).put("abs/2401.00001/index.html", b"page")
    assert (tmp_path / "abs" / "2401.00001" / "index.html").read_bytes() == b"page"


def test_a_full_disk(
    content: Path, output: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(output)
    add_page(content)
    real = os.open

    def full(path: str, flags: int, *rest: int, **more: int) -> int:
        if str(path).endswith("help/index.html"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(folder.os, "open", full)
    line = failing(content, output, capsys)
    assert "help/index.html: cannot be written: No space left on device" in line
    assert files_of(output) == before
    assert not places.staging(output).exists()


def test_a_disk_that_fills_while_pages_are_moved_in(
    content: Path, output: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_page(content)
    real, left = os.replace, 3

    def refused(source: str, target: str) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refused)
        assert "cannot be written: Permission denied" in failing(content, output, capsys)
    assert places.journal(output).exists()
    # Any command that looks at the site finishes it first.
    assert main(["check", "--content", str(content), "--output", str(output), "--quiet"]) == 0
    assert files_of(output) == files_of(build(content, content.parent / "cold"))
    assert not places.journal(output).exists()


def test_a_file_of_somebody_else_is_never_written_over(
    content: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_page(content)
    (output / "help").mkdir()
    (output / "help" / "index.html").write_text("mine", "utf-8")
    before = files_of(output)
    assert "help/index.html: is in the way: sitegen did not write this file" in failing(
        content, output, capsys
    )
    assert files_of(output) == before
    (content / "pages" / "guide.md").write_text("# Guide\n\nA text.\n", "utf-8")
    (output / "guide").mkdir()
    (output / "guide" / "index.html").write_text("mine", "utf-8")
    assert "sitegen did not write this file, nor 1 others" in failing(content, output, capsys)


@pytest.mark.parametrize("where", [0, 20, -1])
def test_a_damaged_list_of_files(
    where: int, content: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(output)
    listed = output / manifest.NAME
    damaged = bytearray(listed.read_bytes())
    damaged[where] ^= 1
    listed.write_bytes(damaged)
    (output / "index.html").write_text("half", "utf-8")
    build(content, output)
    assert "the list of the site's files is damaged" in capsys.readouterr().err
    assert files_of(output) == before
    build(content, output)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", ["*/*", "readings/*", "texts/*", "traces/*"])
def test_a_damaged_cache(content: Path, output: Path, kind: str) -> None:
    before = files_of(output)
    cached = sorted((content.parent / ".sitegen").glob(kind))
    assert cached
    for number, path in enumerate(cached):
        damaged = bytearray(path.read_bytes())
        for where in range(number, len(damaged), 500):
            damaged[where] ^= 255
        path.write_bytes(damaged)
    shutil.rmtree(output)
    assert files_of(build(content, output)) == before


def test_of_two_builds_at_once_the_second_waits(content: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    command = [sys.executable, "-m", "sitegen", "build", "--content", str(content), "--output", str(output)]
    with system.exclusive_lock(output):
        runs = [
            subprocess.Popen(
                [*command, "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            for _ in range(2)
        ]
        assert [run.poll() for run in runs] == [None, None]
        assert not output.exists()
    for run in runs:
        assert run.communicate(timeout=PATIENCE)[0] == ""
        assert run.returncode == 0
    assert files_of(output) == files_of(build(content, tmp_path / "cold"))


def test_folders_of_others_beside_the_output_stay(content: Path, output: Path) -> None:
    for name in ("output.new", "output.old", ".output.backup"):
        (output.parent / name).mkdir()
        (output.parent / name / "mine").write_text("mine", "utf-8")
    add_page(content)
    build(content, output)
    assert [(output.parent / name / "mine").exists() for name in ("output.new", "output.old")] == [True, True]


@pytest.mark.parametrize("name", [".", "..", "/"])
def test_a_folder_that_is_no_place_for_a_site(
    name: str, content: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(content)
    assert "--output" in failing(content, Path(name), capsys)


def test_a_site_in_a_new_layout_has_the_bytes_of_a_cold_one(
    content: Path, output: Path, tmp_path: Path
) -> None:
    """The blocks of its pages are taken from those that stand, and put into the new frame."""
    layout = (resources.templates_dir() / "base.html").read_text("utf-8")
    own = content.parent / "templates"
    own.mkdir(exist_ok=True)
    build(content, output)
    for header in ('<header class="own">', "<header>{{ site.title }}", "<header>{{ page.title }}"):
        (own / "base.html").write_text(layout.replace("<header>", header), "utf-8")
        build(content, output)
        cold = tmp_path / "cold" / str(len(header))
        build(content, cold)
        assert files_of(output) == files_of(cold)


def test_a_reader_who_has_seen_enough_is_no_error(content: Path, output: Path) -> None:
    command = [sys.executable, "-m", "sitegen", "build", "--content", str(content), "--output", str(output)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
    assert files_of(output)
