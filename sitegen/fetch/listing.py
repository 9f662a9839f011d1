"""What is asked of arXiv besides a query: single papers by identifier, and the day's announcements."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from sitegen.errors import Location, Problem
from sitegen.feeds.feed import Answer
from sitegen.fetch.client import ArxivClient, Rejected, is_arxiv
from sitegen.fetch.harvest import read_answer
from sitegen.models import ArxivId, Paper

_IDS_OF_A_REQUEST = 100  # their list stands in the address, which must not get too long
_LOOKS = 2  # before an identifier is held to be unknown, or a day to have no announcements


def single_papers(
    client: ArxivClient, endpoint: str, ids: Sequence[ArxivId]
) -> tuple[list[Paper], list[Problem]]:
    """Return papers by identifier; one that arXiv does not know, asked twice, is a problem."""
    papers: list[Paper] = []
    problems: list[Problem] = []
    for at in range(0, len(ids), _IDS_OF_A_REQUEST):
        wanted = [id.base for id in ids[at : at + _IDS_OF_A_REQUEST]]
        parameters = {"id_list": ",".join(wanted), "start": 0, "max_results": len(wanted)}
        url = f"{endpoint}?{urlencode(parameters, safe=',/')}"
        looks = 0

        def judge(body: bytes, wanted: Sequence[str] = wanted) -> Answer:
            nonlocal looks
            answer = read_answer(body)
            if answer.daily or not answer.ids:
                raise Rejected(f"the answer is empty: arXiv finds none of {len(wanted):,} identifiers")
            looks += 1
            if looks < _LOOKS and not set(wanted) <= set(answer.ids):
                raise Rejected("the answer lacks papers that were asked for")
            return answer

        answer = client.ask(url, judge)
        papers += answer.papers
        problems += answer.problems
        problems += (
            Problem(
                location=Location(path=url, key=missing),
                message="arXiv does not know this identifier",
                remedy="mend it in site.toml, [fetch] ids",
            )
            for missing in wanted
            if missing not in answer.ids
        )
    return papers, problems


def announced_today(client: ArxivClient, endpoint: str, category: str) -> tuple[list[Paper], list[Problem]]:
    """Return what a category's daily feed announces; none on a weekend or a holiday, which is asked twice."""
    url = daily_url(endpoint, category)
    looks = 0

    def judge(body: bytes) -> Answer:
        nonlocal looks
        answer = read_answer(body)
        if not answer.daily:
            raise Rejected("the answer is no feed of the day's announcements")
        looks += 1
        if looks < _LOOKS and not answer.ids:
            raise Rejected("the day's announcements are empty")
        return answer

    answer = client.ask(url, judge)
    return list(answer.papers), list(answer.problems)


def daily_url(endpoint: str, category: str) -> str:
    """Return the address of a category's daily feed; a server that stands in for arXiv has it at the same path."""
    parts = urlsplit(endpoint)
    netloc = "rss.arxiv.org" if is_arxiv(parts.hostname or "") else parts.netloc
    return f"{parts.scheme}://{netloc}/atom/{category}"
