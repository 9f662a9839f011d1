"""A harvest that is killed at random, again and again, by a signal that it can't see coming."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from arxiv_server import Arxiv, Clock, records, serve
from test_fetch import Site, offered

PROGRAM = Path(__file__).parent / "fetch_until_killed.py"
PAPERS = 3000
PAGE = 60
KILLS = 20


def test_a_harvest_killed_twenty_times_ends_complete(tmp_path: Path) -> None:
    chance = random.Random(2026)
    with serve(Arxiv(records(PAPERS), Clock())) as arxiv:
        site = Site(tmp_path, arxiv)
        for _ in range(KILLS):
            # After so many more requests it is killed, wherever in its work it then is.
            reached = threading.Event()
            arxiv.events = [(len(arxiv.requests) + chance.randint(1, 3), reached.set)]
            process = start(site)
            assert reached.wait(timeout=60)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=chance.random() * 0.05)
            process.kill()
            process.communicate()
            assert site.entries() == []
        process = start(site)
        said, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert said.split()[:2] == [str(PAPERS), "0"]
        assert site.held() == offered(arxiv)
        assert set(Counter(paper.id.base for paper in site.entries()).values()) == {1}
        # Little was asked twice: a page for each kill, at most.
        assert len(arxiv.requests) <= PAPERS // (PAGE - PAGE // 4) + 2 + 2 * KILLS
        assert not list(site.feeds.glob(".*"))


def start(site: Site) -> subprocess.Popen[str]:
    command = [sys.executable, str(PROGRAM), str(site.content), site.arxiv.endpoint, str(PAGE)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
