"""Run as a program: fetches of pages of so many papers, without a pause between them, to be killed amid their work.

Neither is for users: arXiv's server wants to be spared. For each line of standard input a child of this process
fetches, and its number is printed when it begins; when it has ended, what it brought, or «killed».
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sitegen.fetch.client import Clock, RequestPolicy
from sitegen.fetch.harvest import HarvestLimits
from sitegen.fetch.request import FetchOptions
from sitegen.fetch.run import fetch


def fetched(content: str, endpoint: str, page: str) -> str:
    report = fetch(
        Path(content),
        FetchOptions(endpoint=endpoint),
        clock=Clock(),
        policy=RequestPolicy(spacing=0),
        limits=HarvestLimits(page=int(page), overlap=min(25, int(page) // 4)),
    )
    return f"{report.new} {report.unchanged} {report.requests}"


if __name__ == "__main__":
    while sys.stdin.readline():
        if (child := os.fork()) == 0:
            print(os.getpid(), flush=True)
            print(fetched(*sys.argv[1:]), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print("killed", flush=True)
