"""``sitegen new``: the folder that it makes, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from conftest import PROJECT

from sitegen import resources
from sitegen.cli import main
from sitegen.config.people import PersonEntry, load_people
from sitegen.config.settings import (
    Config,
    Fetch,
    Field,
    Lists,
    NavigationEntry,
    load,
)
from sitegen.config.watches import Watch
from sitegen.content import load_notes, load_pages
from sitegen.errors import SitegenError
from sitegen.scaffold import create


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def uncommented(path: Path) -> None:
    """Take out the # in front of every example in a file."""
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.M), encoding="utf-8")


def test_a_new_folder_can_be_used_as_it_is(tmp_path: Path) -> None:
    written = create(tmp_path / "my" / "site")
    content = tmp_path / "my" / "site" / "content"
    assert sorted(path.relative_to(tmp_path / "my" / "site").as_posix() for path in written) == [
        ".gitignore",
        "content/feeds/sample.xml",
        "content/notes/_example.md",
        "content/pages/about.md",
        "content/people.toml",
        "content/site.toml",
        "static/README.md",
        "templates/README.md",
    ]
    assert load(content).title == "Neurons and Cognition"
    assert load_people(content).persons == ()
    assert [page.title for page in load_pages(content)] == ["About"]
    assert load_notes(content) == ((), ())
    assert (content / "feeds" / "sample.xml").read_bytes().count(b"<entry>") == 15


def test_a_workflow_for_a_repository_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    assert main(["new", "--github", "OWNER/sitegen", str(folder)]) == 0
    workflow = (folder / ".github" / "workflows" / "site.yml").read_text("utf-8")
    own = (PROJECT / ".github" / "workflows" / "site.yml").read_text("utf-8")
    different = [
        lines for lines in zip(own.splitlines(), workflow.splitlines(), strict=True) if len(set(lines)) > 1
    ]
    install = "        run: pip install --quiet"
    assert different == [(f"{install} .", f'{install} "git+https://github.com/OWNER/sitegen"')]
    assert "pyproject" not in workflow


@pytest.mark.parametrize(
    "name", ["sitegen", "https://github.com/OWNER/sitegen", "a/b/c", 'a/b"', "a/", "/b", ""]
)
def test_a_repository_that_is_none(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["new", "--github", name, str(tmp_path / "site")])
    assert "must be a repository on GitHub, such as OWNER/sitegen" in capsys.readouterr().err


def test_the_comments_of_site_toml_tell_the_defaults(tmp_path: Path) -> None:
    create(tmp_path)
    content = tmp_path / "content"
    uncommented(content / "site.toml")
    config = load(content)
    default = Config(title="", url="")
    assert config.lists == default.lists
    for name in ("language", "timezone", "theme_color"):
        assert getattr(config, name) == getattr(default, name)
    assert (config.fetch.endpoint, config.fetch.max) == (default.fetch.endpoint, default.fetch.max)


def test_the_comments_of_site_toml_name_every_setting(tmp_path: Path) -> None:
    create(tmp_path)
    text = (tmp_path / "content" / "site.toml").read_text("utf-8")
    named = set(re.findall(r"^(?:# )?(\w+) = |^(?:# )?\[+(\w+)\]", text, re.M))
    settings = {
        field.name
        for struct in (Config, Field, Lists, NavigationEntry, Watch, Fetch)
        for field in msgspec.structs.fields(struct)
    }
    assert {left or right for left, right in named} == settings


def test_the_examples_work(tmp_path: Path) -> None:
    create(tmp_path)
    content = tmp_path / "content"
    uncommented(content / "people.toml")
    people = load_people(content)
    ada, bo, wei = people.persons
    assert ada == PersonEntry(
        name="Ada M. Example",
        names=("A. M. Example", "A. Example"),
        id="ada-example",
        orcid="0000-0002-1825-0097",
        homepage="https://example.org/ada/",
    )
    assert (bo.silent, wei.papers) == (True, ("2603.07369", "2603.07364"))
    assert people.different == (("J. Example", "Jane Example"),)
    (content / "notes" / "_example.md").rename(content / "notes" / "example.md")
    (note,), problems = load_notes(content)
    assert (note.paper, note.title, problems) == ("2603.07369", "What we made of it", ())


@pytest.mark.parametrize("name", ["site.toml", ".hidden", "content"])
def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(SitegenError, match=r"the folder is not empty \(name a folder that is new or empty\)"):
        create(tmp_path)
    assert snapshot(tmp_path) == {name: b"mine"}


def test_a_fresh_git_repository_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(b"mine")
    assert create(tmp_path)
    assert snapshot(tmp_path)[".git/config"] == b"mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "site").write_bytes(b"mine")
    with pytest.raises(SitegenError, match=r"site: is no folder \(name a folder"):
        create(tmp_path / "site")
    with pytest.raises(SitegenError, match=r"site/below.*: cannot be written: Not a directory"):
        create(tmp_path / "site" / "below")
    assert snapshot(tmp_path) == {"site": b"mine"}


def test_the_shipped_files_are_found() -> None:
    assert resources.templates_dir().name == "templates"
    assert resources.static_dir().name == "static"
    assert b"<feed" in resources.sample_feed().read_bytes()


def test_an_installed_package_holds_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_INSTALLED", tmp_path)
    (tmp_path / "templates").mkdir()
    assert resources.templates_dir() == tmp_path / "templates"
    with pytest.raises(
        SitegenError, match=r"static: sitegen's own files are missing \(install sitegen again\)"
    ):
        resources.static_dir()
