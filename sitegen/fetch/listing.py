"""Requests for single papers by identifier, and for the day's announcements."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from sitegen.errors import Location, Problem
from sitegen.feeds.feed import Answer
from sitegen.fetch.client import ArxivClient, Rejected, is_arxiv
from sitegen.fetch.harvest import read_answer
from sitegen.models import ArxivId, Paper

_IDS_OF_A_REQUEST = 100  # they are part of the address, which must not get too long
_ATTEMPTS = 2  # before an identifier counts as unknown, or a day as one without announcements


def single_papers(client: ArxivClient, ids: Sequence[ArxivId]) -> tuple[list[Paper], list[Problem]]:
    """Return papers by identifier, and a problem for each identifier that two answers lack."""
    papers: list[Paper] = []
    problems: list[Problem] = []
    for at in range(0, len(ids), _IDS_OF_A_REQUEST):
        wanted = [id.base for id in ids[at : at + _IDS_OF_A_REQUEST]]
        parameters = {"id_list": ",".join(wanted), "start": 0, "max_results": len(wanted)}
        url = f"{client.endpoint}?{urlencode(parameters, safe=',/')}"
        attempts = 0

        def parse(body: bytes, wanted: Sequence[str] = wanted) -> Answer:
            nonlocal attempts
            answer = read_answer(body)
            if answer.daily or not answer.ids:
                raise Rejected(f"the answer is empty: arXiv finds none of {len(wanted):,} identifiers")
            attempts += 1
            if attempts < _ATTEMPTS and not set(wanted) <= set(answer.ids):
                raise Rejected("the answer lacks papers that were asked for")
            return answer

        answer = client.ask(url, parse)
        papers += answer.papers
        problems += answer.problems
        problems += (
            Problem(
                location=Location(path=url, key=missing),
                message="arXiv does not know this identifier",
                remedy="correct it in site.toml, [fetch] ids",
            )
            for missing in wanted
            if missing not in answer.ids
        )
    return papers, problems


def announced_today(client: ArxivClient, category: str) -> tuple[list[Paper], list[Problem]]:
    """Return the papers and problems of a category's daily feed.

    The feed is empty on weekends and holidays; it is believed to be when two answers are.
    """
    attempts = 0

    def parse(body: bytes) -> Answer:
        nonlocal attempts
        answer = read_answer(body)
        if not answer.daily:
            raise Rejected("the answer is no feed of the day's announcements")
        attempts += 1
        if attempts < _ATTEMPTS and not answer.ids:
            raise Rejected("the day's announcements are empty")
        return answer

    answer = client.ask(_daily_url(client.endpoint, category), parse)
    return list(answer.papers), list(answer.problems)


def _daily_url(endpoint: str, category: str) -> str:
    """Return the address of a category's daily feed, on rss.arxiv.org or on the server of another endpoint."""
    parts = urlsplit(endpoint)
    netloc = "rss.arxiv.org" if is_arxiv(parts.hostname or "") else parts.netloc
    return f"{parts.scheme}://{netloc}/atom/{category}"
