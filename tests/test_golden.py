"""The golden site as a whole, and what a second build of it does: nothing but what changed."""

from __future__ import annotations

import difflib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import GOLDEN, build, copy_content
from golden import DIGESTS, EXPECTED, IN_FULL, digests, files_of, without_digests
from made_site import stamps

from sitegen.cli import main

FEED = "made.xml"  # the second feed of the golden content


def report(content: Path, output: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Build and return the report that --json prints."""
    capsys.readouterr()
    build(content, output, "--json")
    return json.loads(capsys.readouterr().out.splitlines()[-1])


@pytest.fixture(scope="module")
def golden_files(golden_site: Path) -> dict[str, bytes]:
    return without_digests(files_of(golden_site))


@pytest.mark.parametrize("path", IN_FULL)
def test_a_golden_file(golden_files: dict[str, bytes], path: str) -> None:
    expected = (EXPECTED / path).read_text("utf-8").splitlines()
    made = golden_files[path].decode().splitlines()
    difference = "\n".join(difflib.unified_diff(expected, made, "expected", "made", lineterm="", n=1))
    assert not difference, f"{path}; `make golden` keeps it as it is now\n{difference}"


def test_the_whole_golden_site(golden_files: dict[str, bytes]) -> None:
    expected = set(DIGESTS.read_text("utf-8").splitlines())
    made = set(digests(golden_files).splitlines())
    changed = sorted({line.split("  ", 1)[1] for line in expected ^ made})
    assert not changed, f"{len(changed)} files differ; `make golden` keeps them as they are now"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return copy_content(tmp_path)


@pytest.fixture
def output(tmp_path: Path, content: Path) -> Path:
    return build(content, tmp_path / "output")


def test_a_second_build_writes_nothing(
    content: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stamps(output)
    second = report(content, output, capsys)
    assert (second["written"], second["deleted"]) == (0, 0)
    assert second["unchanged"] == len(before)
    assert stamps(output) == before


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


ALIAS = '[[person]]\nname = "José García"\nalso = ["Jose Garcia"]\n'
NOTE = '+++\narxiv = "2512.31415"\ntitle = "Another"\n+++\n\nText.\n'


def edit_papers(site: Path) -> None:
    replace(site / "content/feeds" / FEED, "An atlas of", "Another atlas of")
    replace(site / "content/feeds" / FEED, "Bo Brandt", "Bo Brand")


def edit_notes_and_people(site: Path) -> None:
    write(site / "content/people.toml", ALIAS)
    write(site / "content/notes/another.md", NOTE)
    (site / "content/notes/redundancy.md").unlink()
    write(site / "content/pages/rules.md", "# Rules\n\nBe kind.\n")


def edit_settings(site: Path) -> None:
    settings = site / "content/site.toml"
    replace(settings, "home_days = 3", "home_days = 2")
    replace(settings, "[field]", 'timezone = "Pacific/Kiritimati"\n\n[field]')


def add_template(site: Path) -> None:
    write(site / "templates/404.html", "Gone: {{ page.title }}\n")


def add_style(site: Path) -> None:
    write(site / "static/site.css", "body { color: teal }\n")


def remove_feed(site: Path) -> None:
    (site / "content/feeds" / FEED).unlink()


def restore_feed(site: Path) -> None:
    shutil.copy(GOLDEN / "content/feeds" / FEED, site / "content/feeds")


# One after the other, each on what those before it left.
EDITS = (
    edit_papers,
    edit_notes_and_people,
    edit_settings,
    add_template,
    add_style,
    remove_feed,
    restore_feed,
)


def test_whatever_changes_a_rebuild_equals_a_cold_build(content: Path, output: Path, tmp_path: Path) -> None:
    site = content.parent
    known = files_of(output)
    for edit in EDITS:
        name = edit.__name__
        edit(site)
        rebuilt = files_of(build(content, output))
        assert rebuilt != known, f"{name} changes nothing"
        cold = tmp_path / f"cold-{name}"
        shutil.copytree(site, cold, ignore=shutil.ignore_patterns(".sitegen", "output", "cold-*"))
        assert rebuilt == files_of(build(cold / "content", cold / "output")), name
        known = rebuilt


def test_one_edit_touches_only_what_shows_it(
    content: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stamps(output)
    page = content / "pages" / "about.md"
    page.write_text(page.read_text("utf-8") + "\nOne more line.\n", "utf-8")
    assert report(content, output, capsys)["written"] == 1
    after = stamps(output)
    assert {path for path in after if after[path] != before[path]} == {"about/index.html"}


def test_a_feed_that_goes_takes_its_pages_along(
    content: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (output / "mine.txt").write_text("somebody else's", "utf-8")
    (output / "abs" / "q-bio" / "kept").mkdir()
    assert (output / "abs" / "q-bio" / "0309001" / "index.html").exists()
    (content / "feeds" / FEED).unlink()
    assert report(content, output, capsys)["deleted"] > 0
    assert not (output / "abs" / "q-bio" / "0309001").exists()
    assert not (output / "abs" / "2512.31415").exists()
    assert (output / "abs" / "2603.07364" / "index.html").exists()
    assert (output / "mine.txt").read_text("utf-8") == "somebody else's"
    assert (output / "abs" / "q-bio" / "kept").is_dir()


def test_a_folder_that_is_not_ours_is_refused(
    content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = tmp_path / "homework"
    foreign.mkdir()
    (foreign / "thesis.tex").write_text("…", "utf-8")
    assert main(["build", "--content", str(content), "--output", str(foreign)]) == 1
    assert "homework" in capsys.readouterr().err
    assert [path.name for path in foreign.iterdir()] == ["thesis.tex"]


def test_what_stays_tex_is_named_and_counted_where_that_is_asked_for(
    content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = content / "feeds" / FEED
    feed.write_text(
        feed.read_text("utf-8").replace(r"$O(n^2)$ operations", r"$\bigfoo&lt;n$ operations"), "utf-8"
    )
    output = tmp_path / "verbose"
    assert report(content, output, capsys)["problems"] == 0
    assert (
        main(["build", "--content", str(content), "--output", str(output), "--strict", "-v", "--json"]) == 0
    )
    said = capsys.readouterr()
    assert r"arXiv:q-bio/0309001v2: abstract: stays TeX: $\bigfoo<n$: Unknown command" in said.err
    assert json.loads(said.out)["problems"] == 1
    page = (output / "abs" / "q-bio" / "0309001" / "index.html").read_text("utf-8")
    assert r'<code class="tex">$\bigfoo&lt;n$</code>' in page


def test_the_sitemap_of_a_site_that_gains_or_loses_a_page(content: Path, tmp_path: Path) -> None:
    output = build(content, tmp_path / "site")
    before = files_of(output)
    page = content / "pages" / "lab" / "tools.md"  # no menu shows it
    page.parent.mkdir()
    page.write_text("# Tools\n", "utf-8")
    build(content, output)
    assert "/lab/tools/</loc>" in (output / "sitemap.xml").read_text("utf-8")
    page.unlink()
    assert files_of(build(content, output)) == before


def test_what_is_remembered_of_a_build_is_never_stale(
    content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = content / "feeds" / FEED
    output = build(content, tmp_path / "remembered")
    # A problem is told again, though nothing is built again; people.toml names an author whom no paper has now.
    feed.write_text(feed.read_text("utf-8").replace("2601.00042v3</id>", "none</id>"), "utf-8")
    for written in (True, False):
        told = report(content, output, capsys)
        assert (told["problems"], told["written"] > 0) == (2, written)
        assert told["written"] + told["unchanged"] == len(files_of(output))
    for memory in (content.parent / ".sitegen" / "builds").iterdir():
        good = memory.read_bytes()
        for place in range(0, len(good), 1 + len(good) // 10):
            memory.write_bytes(good[:place] + bytes([good[place] ^ 4]) + good[place + 1 :])
            assert report(content, output, capsys)["problems"] == 2
    # Every kind of source counts.
    site = content.parent
    for folder in ("templates", "static"):
        (site / folder).mkdir(exist_ok=True)
    (site / "static" / "new.txt").write_text("new", "utf-8")
    assert report(content, output, capsys)["written"] > 0
    (site / "templates" / "robots.txt").write_text("{{ page.sitemap }}", "utf-8")
    assert report(content, output, capsys)["written"] == 1
    settings = content / "site.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("\ncontact", '\ntheme_color = "#123456"\ncontact', 1), "utf-8"
    )
    assert report(content, output, capsys)["written"] > 2  # the style sheet and all that use it
    before = files_of(output)
    assert report(content, output, capsys)["written"] == 0
    assert files_of(output) == before
    assert main(["build", "--content", str(content), "--output", str(output), "--url", "https://x.org/"]) == 0
    assert files_of(output) != before


def test_a_lost_or_damaged_file_comes_back(
    content: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cold = files_of(output)
    (output / "index.html").unlink()
    (output / "feed.xml").write_text("half", "utf-8")
    assert report(content, output, capsys)["written"] == 2
    assert files_of(output) == cold


def test_a_failed_build_leaves_the_site_as_it_was(content: Path, output: Path) -> None:
    before = stamps(output)
    (content / "site.toml").write_text("title = 5", "utf-8")
    assert main(["build", "--content", str(content), "--output", str(output)]) == 1
    assert stamps(output) == before
    assert not list(output.parent.glob("output.*"))


def test_two_processes_write_what_one_does(content: Path, output: Path, tmp_path: Path) -> None:
    assert files_of(build(content, tmp_path / "two", "--jobs", "2")) == files_of(output)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/Adak", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
    ],
    ids=["east", "west"],
)
def test_the_machine_leaves_no_trace(golden_site: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    copy_content(tmp_path / "elsewhere")
    command = [sys.executable, "-m", "sitegen", "build", "--quiet"]
    subprocess.run(command, cwd=tmp_path / "elsewhere", env=os.environ | environment, check=True)
    assert files_of(tmp_path / "elsewhere" / "output") == files_of(golden_site)


def test_every_file_can_be_read_by_a_server(golden_site: Path) -> None:
    modes = {path.stat().st_mode & 0o777 for path in golden_site.rglob("*") if path.is_file()}
    assert modes == {0o644}


def test_abstracts_are_on_the_pages_of_the_thirty_newest_days(content: Path, output: Path) -> None:
    shutil.rmtree(content / "notes")
    for feed in (content / "feeds").iterdir():
        feed.unlink()

    def with_abstracts(days: range) -> list[int]:
        entries = "".join(
            f"<entry><id>http://arxiv.org/abs/2401.{day:05}v1</id><title>Paper {day}</title>"
            f"<summary>Abstract of {day}.</summary><author><name>Ada Byron</name></author>"
            f"<published>2024-01-{day:02}T12:00:00Z</published><updated>2024-01-{day:02}T12:00:00Z</updated>"
            '<category term="q-bio.NC"/></entry>'
            for day in days
        )
        feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Test</title>{entries}</feed>'
        (content / "feeds" / f"{days.start}.xml").write_text(feed, "utf-8")
        build(content, output)
        pages = {day: output / f"archive/2024/01/{day:02}/index.html" for day in range(1, days.stop)}
        return [day for day, page in pages.items() if f"Abstract of {day}." in page.read_text("utf-8")]

    assert with_abstracts(range(1, 31)) == [*range(1, 31)]
    assert with_abstracts(range(31, 32)) == [*range(2, 32)]
