"""The same content is the same site, byte for byte, on whatever machine and however it is built.

Another Python takes part where SITEGEN_OTHER_PYTHON names it: one interpreter or several (PATH shows how), which
have what sitegen needs installed. The matrix of the tests' workflow covers others.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PROJECT, build
from made_site import (
    MANIFEST,
    Feed,
    all_files,
    copy_site,
    differing,
    make_site,
    new_feed,
    read_feed,
    write_feed,
)

PAPERS, PEOPLE = 150, 330  # a thousand files: enough that several processes share the work
OTHER_PYTHONS = list(filter(None, os.environ.get("SITEGEN_OTHER_PYTHON", "").split(os.pathsep)))

# Each differs from the one in which the site was built first in all that may leave a trace: what strings hash to, the
# time zone, the locale (one that the machine has not got is the locale C), and who may read new files.
ENVIRONMENTS = {
    "Kolkata, in C": (0o000, {"PYTHONHASHSEED": "0", "TZ": "Asia/Kolkata", "LC_ALL": "C"}),
    "Los Angeles, in Turkish": (
        0o022,
        {"PYTHONHASHSEED": "1", "TZ": "America/Los_Angeles", "LC_ALL": "tr_TR.UTF-8"},
    ),
    "Kiritimati, in Latin 1": (
        0o077,
        {"PYTHONHASHSEED": "random", "TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.ISO-8859-1"},
    ),
    "UTC, in UTF-8": (0o002, {"PYTHONHASHSEED": "2", "TZ": "UTC", "LC_ALL": "C.UTF-8"}),
}


def run(
    content: Path | str,
    output: Path | str,
    *options: str,
    cwd: Path | None = None,
    environment: dict[str, str] | None = None,
    umask: int = -1,
    python: str = sys.executable,
) -> None:
    """Build with the command line, in a process of its own."""
    command = [python, "-m", "sitegen", "build", "--content", str(content), "--output", str(output)]
    subprocess.run(
        [*command, "--quiet", *options],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(PROJECT)} | (environment or {}),
        umask=umask,
        check=True,
    )


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that was never built: to be copied only."""
    site = tmp_path_factory.mktemp("made") / "site"
    make_site(site, PAPERS, PEOPLE)
    return site


@pytest.fixture(scope="session")
def expected(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All files of that site."""
    folder = tmp_path_factory.mktemp("expected")
    return all_files(build(copy_site(made, folder), folder / "output"))


@pytest.fixture
def content(made: Path, tmp_path: Path) -> Path:
    """A copy of the site's content beside its own templates and static files."""
    return copy_site(made, tmp_path / "site")


def assert_same(output: Path, expected: dict[str, bytes]) -> None:
    different = differing(all_files(output), expected)
    assert not different, f"{len(different)} files differ, {different[:5]} among them"


def test_the_site_has_what_it_is_to_prove(expected: dict[str, bytes]) -> None:
    assert len(expected) > 1000
    wanted = {
        MANIFEST,
        "abs/q-bio/0309001/index.html",
        "categories/cs.NE/index.html",
        "categories/q-bio.NC/2025/page-6/index.html",  # of more than 100 papers in one year
        "help/search/index.html",
        "notes/index.html",
    }
    assert not wanted - expected.keys()
    pages = {path: data for path, data in expected.items() if path.startswith("abs/")}
    assert b"/static/plot." in pages["abs/2504.00003/index.html"]
    assert b"arXiv:2502.00001v4" in pages["abs/2502.00001/index.html"]
    assert b"<!-- ours -->" in expected["authors/by-letter/s/index.html"]
    assert any(path.startswith("static/pictures/dot.") for path in expected)


@pytest.mark.parametrize(("umask", "environment"), ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_in_any_environment(
    umask: int, environment: dict[str, str], content: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    environment = {"LANG": environment["LC_ALL"], "PYTHONUTF8": "0"} | environment
    run(content, tmp_path / "output", "--jobs", "2", environment=environment, umask=umask)
    assert_same(tmp_path / "output", expected)


if OTHER_PYTHONS:

    @pytest.mark.parametrize("python", OTHER_PYTHONS)
    def test_with_another_python(
        python: str, content: Path, tmp_path: Path, expected: dict[str, bytes]
    ) -> None:
        run(content, tmp_path / "output", python=python)
        (tmp_path / "output" / MANIFEST).unlink()  # it says which libraries took part
        assert_same(tmp_path / "output", {path: data for path, data in expected.items() if path != MANIFEST})


def test_with_the_folders_named_from_here_or_from_the_root(
    content: Path, tmp_path: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = (
        (content.parent, "content", "output"),
        (tmp_path / "far" / "off", "../../site/content", "output"),
        (Path("/"), content, tmp_path / "absolute"),
    )
    for here, source, output in places:
        here.mkdir(parents=True, exist_ok=True)
        monkeypatch.chdir(here)
        assert_same(build(Path(source), Path(output)), expected)
        shutil.rmtree(content.parent / ".sitegen")


def test_in_a_folder_of_any_name(made: Path, tmp_path: Path, expected: dict[str, bytes]) -> None:
    folder = tmp_path / "a long way" / "Größe & Ωmega" / "論文"
    assert_same(build(copy_site(made, folder), folder / "the output"), expected)


def test_from_files_that_were_made_in_another_order(
    content: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    other = tmp_path / "other"
    for path in sorted(content.parent.rglob("*"), reverse=True):
        if path.is_file():
            target = other / path.relative_to(content.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)  # without the times
            os.utime(target, (1, len(path.name)))
    assert_same(build(other / "content", other / "output"), expected)


@pytest.mark.parametrize("jobs", [1, 2, 4])
@pytest.mark.parametrize("megabytes", [0, 1])
def test_by_any_number_of_processes(
    jobs: int,
    megabytes: int,
    content: Path,
    tmp_path: Path,
    expected: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Of a megabyte, the feeds too are read by several processes.
    with (content / "feeds" / "made.xml").open("a", encoding="utf-8") as file:
        file.write("\n" * (megabytes << 20))
    fork, forks = os.fork, []
    monkeypatch.setattr(os, "fork", lambda: forks.append(fork()) or forks[-1])
    assert_same(build(content, tmp_path / "output", "--jobs", str(jobs)), expected)
    assert bool(forks) is (jobs > 1)


def turned_round(feeds: Path) -> None:
    """Name the files so that the last comes first."""
    files = sorted(feeds.iterdir(), reverse=True)
    for number, path in enumerate(files):
        path.rename(feeds / f"{number:03}{''.join(path.suffixes[-2:])}")


def packed(feeds: Path) -> None:
    """Pack what is not packed, and unpack what is; some in a folder."""
    (feeds / "more").mkdir()
    for number, path in enumerate(sorted(feeds.glob("*.*"))):
        target = path.with_suffix("") if path.suffix == ".gz" else path.with_name(f"{path.name}.gz")
        data = path.read_bytes()
        path.unlink()
        target = feeds / "more" / target.name if number % 3 == 0 else target
        target.write_bytes(gzip.decompress(data) if path.suffix == ".gz" else gzip.compress(data))


def _dealt(feeds: Path) -> tuple[str, ...]:
    """Take all papers out of arXiv's own answers, in order; the files are empty then."""
    entries: tuple[str, ...] = ()
    for path in sorted(feeds.iterdir()):
        feed = read_feed(path)
        if feed.entries and "daily" not in path.name:
            entries += feed.entries
            write_feed(path, feed._replace(entries=()))
    assert len(entries) > PAPERS
    return entries


def split_otherwise(feeds: Path) -> None:
    """Deal the papers out to other files, seven to each, the last first."""
    entries = _dealt(feeds)[::-1]
    for start in range(0, len(entries), 7):
        write_feed(feeds / f"x{start}.xml{'.gz' if start % 2 else ''}", new_feed(entries[start : start + 7]))


def said_twice(feeds: Path) -> None:
    """Have every paper in two files."""
    for path in sorted(feeds.iterdir()):
        shutil.copyfile(path, feeds / f"again-{path.name}")


def in_one_file(feeds: Path) -> None:
    """Have all papers of arXiv's answers in one file, in an order of no meaning."""
    write_feed(
        feeds / "all.xml", Feed(new_feed(()).head, tuple(sorted(_dealt(feeds), key=lambda text: text[::-1])))
    )


ORDERS = (turned_round, packed, split_otherwise, said_twice, in_one_file)


@pytest.mark.parametrize("order", ORDERS)
def test_from_the_same_papers_in_other_files(
    order: Callable[[Path], None], content: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    before = {path.name for path in (content / "feeds").iterdir()}
    order(content / "feeds")
    assert {path.name for path in (content / "feeds").iterdir()} != before
    assert_same(build(content, tmp_path / "output"), expected)


def test_names_of_any_script_where_the_locale_has_none(tmp_path: Path) -> None:
    built = []
    for number, locale in enumerate(("C.UTF-8", "C")):
        site = tmp_path / str(number) / "größe"
        content = make_site(site, 10, 10)
        for place in ("content/feeds/größe.xml", "static/größe.svg"):
            shutil.copyfile(content / "feeds" / "made-0.xml", site / place)
        run(content, site / "output", environment={"LC_ALL": locale, "PYTHONUTF8": "0"})
        built.append(all_files(site / "output"))
    assert not differing(*built)
