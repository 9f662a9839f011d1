"""Builds beside a fetch beside a preview of one site: none disturbs another."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from arxiv_server import Arxiv, Clock, records, serve
from conftest import PATIENCE, build, previews
from made_site import all_files, copy_site, differing, make_small_site
from test_fetch import Site, offered

PAPERS = 43


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with serve(Arxiv(records(PAPERS), Clock())) as arxiv:
        site = Site(tmp_path / "site", arxiv)
        small = make_small_site(tmp_path / "small")
        shutil.copytree(small / "feeds", site.feeds, dirs_exist_ok=True)
        shutil.copytree(small.parent / "templates", site.content.parent / "templates")
        yield site


def test_builds_beside_a_fetch_beside_a_preview(site: Site, tmp_path: Path) -> None:
    folder = site.content.parent
    output = folder / "output"
    command = [sys.executable, "-m", "sitegen", "build", "--jobs", "2", "--quiet"]
    runs: list[subprocess.Popen[str]] = []

    def start() -> None:
        runs.append(
            subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        )

    with previews(folder) as serve_it:
        preview = serve_it()
        # Builds begin before the fetch, while it asks, and when its file has just appeared.
        start()
        site.arxiv.events = [(2, start), (4, start)]
        assert site.fetch().new == PAPERS
        start()
        with urlopen(preview.url, timeout=PATIENCE) as page:
            assert page.status == 200
        for run in runs:
            assert run.communicate(timeout=PATIENCE)[0] == ""
            assert run.returncode == 0
        # What the preview noticed too late, or is still building, changes nothing.
        build(site.content, output)
        cold = copy_site(folder, tmp_path / "cold")
        assert not differing(all_files(output), all_files(build(cold, tmp_path / "cold" / "output")))
    assert len(runs) == 4
    assert site.held().keys() > offered(site.arxiv).keys()
