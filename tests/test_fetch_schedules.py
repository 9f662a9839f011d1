"""Hundreds of random schedules of faults, papers that come and papers that go, over a real connection.

The clock is made, so nobody waits; all else is real: requests, answers and files. In every schedule fetches are run
until one succeeds; then the archive must have every paper that arXiv has, each once. In a third of them a day goes
by with new and revised papers, and is fetched as well.

SITEGEN_SCHEDULES=1000 makes it more of them.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from arxiv_server import FAULTS, START, Arxiv, Clock, Record, records, serve
from test_fetch import CERTIFICATE, READ_ONCE, Site, assert_polite, offered

from sitegen.errors import FetchError
from sitegen.feeds import feed
from sitegen.fetch import client
from sitegen.fetch.harvest import HarvestLimits

SCHEDULES = int(os.environ.get("SITEGEN_SCHEDULES", "400"))
_AT_ONCE = 50
_RUNS = 40  # after so many fetches in vain a schedule would be hopeless
REACH = HarvestLimits(page=6, overlap=2, last=1000)
SHORT_REACH = HarvestLimits(page=6, overlap=2, last=12)


class Schedule:
    """What one schedule does, all of it drawn from its seed."""

    def __init__(self, seed: int, arxiv: Arxiv) -> None:
        self.chance = chance = random.Random(seed)
        self.arxiv = arxiv
        # One in four is beyond what the API hands out, and goes on by date.
        self.late = "2505.09999"  # the paper that comes
        self.reach = SHORT_REACH if seed % 4 == 0 else REACH
        arxiv.last = self.reach.last
        arxiv.papers = records(chance.randint(4, 14))
        arxiv.clock = Clock()
        arxiv.requests = []
        arxiv.faults = self._faults(chance.choice([0.05, 0.2, 0.35, 0.5]))
        # While pages are read one paper comes in the middle (a cross-list), and another goes. They don't do so
        # between the same two pages, or both in one harvest that goes on by date: nobody can see that who
        # doesn't read all twice (sitegen/fetch/harvest.py).
        events = [(chance.randint(2, 12), self._come), (chance.randint(2, 12), self._go)]
        arxiv.events = sorted(events, key=lambda event: event[0])[: 1 if self.reach is SHORT_REACH else 2]

    def _faults(self, share: float) -> Iterator[str]:
        kinds = sorted(FAULTS)
        while True:
            yield self.chance.choice(kinds) if self.chance.random() < share else ""

    def _come(self) -> None:
        papers = self.arxiv.papers
        moment = papers[self.chance.randrange(len(papers))].published + timedelta(minutes=30)
        papers.append(Record(self.late, moment, moment))
        papers.sort(key=lambda paper: paper.published)

    def _go(self) -> None:
        papers = self.arxiv.papers
        del papers[self.chance.randrange(len(papers) - 1)]

    def change(self) -> None:
        """Let a day pass on which papers are revised and new ones come."""
        papers = self.arxiv.papers
        for index in self.chance.sample(range(len(papers)), 2):
            papers[index] = papers[index].revised(START + timedelta(hours=index))
        # A cross-list and a withdrawal together would leave arXiv's count as it was.
        self.late = "2505.09998"
        self.arxiv.events = [(len(self.arxiv.requests) + 1, self.chance.choice([self._come, self._go]))]
        papers += [Record(f"2603.{90000 + n}", *[START + timedelta(hours=n)] * 2) for n in range(1, 4)]


def fetch_until_done(site: Site, schedule: Schedule, **wanted: object) -> None:
    for _ in range(_RUNS):
        before, asked = site.files(), len(site.arxiv.requests)
        try:
            site.fetch(schedule.reach, **wanted)
            break
        except FetchError:
            assert site.files() == before
    else:
        raise AssertionError("no fetch succeeded")
    # At the worst each of three rounds asks for every page as often as it may.
    pages = 2 + len(site.arxiv.papers) // (REACH.page - REACH.overlap)
    assert len(site.arxiv.requests) - asked <= 4 * 4 * client.ATTEMPTS * pages


@pytest.mark.parametrize("first", range(0, SCHEDULES, _AT_ONCE))
def test_nothing_is_lost_or_doubled(tmp_path: Path, first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Neither the disk, nor certificates, nor the reading of the same answer again are what is tested here: they would
    # take most of the time.
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setattr(feed, "parse_answer", READ_ONCE)
    with serve(Arxiv([], Clock())) as arxiv:
        for seed in range(first, first + _AT_ONCE):
            folder = tmp_path / str(seed)
            schedule = Schedule(seed, arxiv)
            site = Site(folder, arxiv)
            fetch_until_done(site, schedule)
            once = Counter(paper.id.base for paper in site.entries())
            assert offered(arxiv).keys() <= once.keys(), (seed, "lost")
            assert set(once.values()) == {1}, (seed, "doubled")
            assert_polite(arxiv)
            if seed % 3:
                continue
            schedule.change()
            # Of so few papers two that are withdrawn are more than a fifth.
            fetch_until_done(site, schedule, accept_loss=True)
            assert offered(arxiv).items() <= site.held().items(), (seed, "lost a version")
            records_of = Counter(str(paper.id) for paper in site.entries())
            assert set(records_of.values()) == {1}, (seed, "doubled")
            assert_polite(arxiv)
