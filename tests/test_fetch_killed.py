"""A harvest that is killed at random, again and again, by a signal that it can't see coming."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path

from arxiv_server import Arxiv, Clock, records, serve
from conftest import PATIENCE
from test_fetch import Site, offered

PROGRAM = Path(__file__).parent / "fetch_until_killed.py"
PAPERS = 3000
PAGE = 60
KILLS = 20


def test_a_harvest_killed_twenty_times_ends_complete(tmp_path: Path) -> None:
    chance = random.Random(2026)
    with serve(Arxiv(records(PAPERS), Clock())) as arxiv:
        site = Site(tmp_path, arxiv)
        command = [sys.executable, str(PROGRAM), str(site.content), arxiv.endpoint, str(PAGE)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin
            assert process.stdout
            for _ in range(KILLS):
                # After so many more requests it is killed, wherever in its work it then is: it is not sent an answer
                # any more, so that it cannot come to an end before that.
                reached, over = threading.Event(), threading.Event()
                asked = len(arxiv.requests) + chance.randint(1, 3)
                arxiv.events = [(asked, reached.set), (asked + 1, partial(over.wait, PATIENCE))]
                print("fetch", file=process.stdin, flush=True)
                child = int(process.stdout.readline())
                assert reached.wait(PATIENCE)
                time.sleep(chance.random() * 0.05)  # any moment will do
                os.kill(child, signal.SIGKILL)
                assert process.stdout.readline() == "killed\n"
                over.set()
                assert site.entries() == []
            arxiv.events = []
            print("fetch", file=process.stdin, flush=True)
            process.stdout.readline()
            said = process.stdout.readline()
        assert said.split()[:2] == [str(PAPERS), "0"]
        assert site.held() == offered(arxiv)
        assert set(Counter(paper.id.base for paper in site.entries()).values()) == {1}
        # Little was asked twice: a page for each kill, at most.
        assert len(arxiv.requests) <= PAPERS // (PAGE - PAGE // 4) + 2 + 2 * KILLS
        assert not list(site.feeds.glob(".*"))
