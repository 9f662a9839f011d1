"""Whatever is done to a site, a rebuild leaves what a first build would make, and rewrites no more than it must.

SITEGEN_SEED makes it another 200 edits, or those of a run that failed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from edits import Site
from edits_of_look import KINDS, Kind, Shows
from made_site import (
    MANIFEST,
    all_files,
    copy_site,
    differing,
    make_site,
    new_entry,
    new_feed,
    stamps,
    texts,
    write_feed,
)

from sitegen.build import BuildReport, build

SEED = os.environ.get("SITEGEN_SEED", "1")
SHARDS, EDITS = 5, 200
PAPERS, PEOPLE = 40, 10

Files = dict[str, bytes]


def chosen(shard: int) -> list[list[Kind]]:
    """Return what is done before each build: of all shards together, every kind alone and twice with another."""
    random = Random(SEED)
    plan = [[kind] for kind in KINDS]
    others: list[Kind] = []
    while len(others) < EDITS - len(KINDS):
        others += random.sample(KINDS, len(KINDS))
    plan += [others[start : start + 2] for start in range(0, EDITS - len(KINDS), 2)]
    random.shuffle(plan)
    return plan[shard::SHARDS]


def apply(kind: Kind, site: Site) -> None:
    """Do one thing to a site, as soon as it has something to which it can be done."""
    assert any(kind.edit(site) for _ in range(50)), f"{kind.name} can't be done"


def cold_build(site: Site, folder: Path) -> Files:
    """Build the site anew elsewhere, with no output and no cache."""
    build(copy_site(site.folder, folder / "site"), folder / "output", jobs=1)
    files = all_files(folder / "output")
    shutil.rmtree(folder)
    return files


def assert_report(report: BuildReport, known: Files, made: Files, rewritten: set[str]) -> None:
    assert report.written == len(rewritten)
    assert report.written + report.unchanged == len(made.keys() - {MANIFEST})
    assert report.deleted == len(known.keys() - made.keys())


def assert_shows(kind: Kind, known: Files, made: Files, rewritten: set[str]) -> None:
    changed = differing(made, known)
    if kind.shows is Shows.YES:
        assert changed, f"{kind.name} changes nothing"
    if kind.shows is Shows.NO:
        assert not changed, kind.name
        assert len(rewritten) == kind.name.endswith("_output")


def assert_nothing_needless(known: Files, made: Files, rewritten: set[str]) -> None:
    """Check that edits of papers and texts rewrite only what shows them."""
    # What stands around every page, as its navigation does, counts for all files; 404.html shows nothing else.
    if made["404.html"] == known["404.html"]:
        needless = [path for path in sorted(rewritten) if made[path] == known.get(path)]
        assert not needless


@pytest.mark.parametrize("shard", range(SHARDS))
def test_after_each_edit_a_rebuild_leaves_what_a_first_build_makes(shard: int, tmp_path: Path) -> None:
    random = Random(f"{SEED} {shard}")
    site = Site(tmp_path / "site", random, texts(PEOPLE))
    make_site(site.folder, PAPERS, PEOPLE, others=())
    output = site.folder / "output"
    build(site.content, output, jobs=1)
    known = all_files(output)
    for number, kinds in enumerate(chosen(shard)):
        print(f"SITEGEN_SEED={SEED}, shard {shard}, edit {number}: {', '.join(kind.name for kind in kinds)}")
        for kind in kinds:
            apply(kind, site)
        before = stamps(output)
        report = build(site.content, output, jobs=1)
        made = all_files(output)
        different = differing(made, cold_build(site, tmp_path / "cold"))
        assert not different, f"{len(different)} files are not what a first build makes: {different[:5]}"
        rewritten = {path for path, stamp in stamps(output).items() if before.get(path) != stamp}
        assert_report(report, known, made, rewritten)
        if len(kinds) == 1:
            assert_shows(kinds[0], known, made, rewritten)
        if all(kind.content for kind in kinds):
            assert_nothing_needless(known, made, rewritten)
        known = made


def replace_hidden_file(site: Path) -> None:
    (site / "static" / ".nojekyll").write_text("not empty", "utf-8")


def change_hidden_template(site: Path) -> None:
    (site / "templates" / ".part.html").write_text("changed", "utf-8")


def change_feeds_elsewhere(site: Path) -> None:
    (site.parent / "feeds" / "made-0.xml").unlink()


@pytest.mark.parametrize("edit", [replace_hidden_file, change_hidden_template, change_feeds_elsewhere])
def test_no_source_is_overlooked(edit: Callable[[Path], None], tmp_path: Path) -> None:
    site = tmp_path / "site"
    content, output = make_site(site, 10, 5, others=()), site / "output"
    (site / "templates" / ".part.html").write_text("part", "utf-8")
    (site / "templates" / "404.html").write_text('{% include ".part.html" %}', "utf-8")
    (content / "feeds").rename(tmp_path / "feeds")
    (content / "feeds").symlink_to(tmp_path / "feeds", target_is_directory=True)
    build(content, output, jobs=1)
    before = all_files(output)
    edit(site)
    build(content, output, jobs=1)
    made = all_files(output)
    shutil.rmtree(output)
    shutil.rmtree(site / ".sitegen")
    build(content, output, jobs=1)
    changed, different = differing(made, before), differing(made, all_files(output))
    assert not different
    assert changed


def test_people_toml_knows_a_collaboration_as_feeds_print_it(tmp_path: Path) -> None:
    content = make_site(tmp_path / "site", 10, 5, others=())
    printed = "The Atlas Collaboration of Synthetic Connectomes"  # as in made.xml
    person = f'[[person]]\nname = "Atlas Group"\nalso = ["{printed}"]\n'
    (content / "people.toml").write_text(person, "utf-8")
    build(content, tmp_path / "output", jobs=1)
    assert (tmp_path / "output" / "authors" / "atlas-group" / "index.html").exists()


def test_papers_stay_near_each_other_for_another_reason(tmp_path: Path) -> None:
    """The page of a paper names what it shares with another one, of which the abstract has changed."""
    site = tmp_path / "site"
    content, output = make_site(site, 10, 5, others=()), site / "output"
    feed, page = content / "feeds" / "waves.xml", output / "abs" / "2601.00001" / "index.html"
    source = texts(60)

    def entry(number: int, abstract: str) -> str:
        made = new_entry(Random(number), source, f"2601.{number:05}")
        made = re.sub("<title>.*?</title>", "<title>Cortical waves</title>", made, flags=re.DOTALL)
        return re.sub("<summary>.*?</summary>", f"<summary>{abstract}</summary>", made, flags=re.DOTALL)

    reasons = []
    for abstract in ("Zebras and cats, zebras.", "Lions and cats, lions."):
        write_feed(feed, new_feed((entry(1, "Zebras, lions, zebras, lions."), entry(2, abstract))))
        build(content, output, jobs=1)
        reasons.append(re.findall("both on: (.*)", page.read_text("utf-8"))[0])
    made = all_files(output)
    assert not differing(made, cold_build(Site(site, Random(1), source), tmp_path / "cold"))
    assert "zebras" in reasons[0]
    assert "zebras" not in reasons[1]
