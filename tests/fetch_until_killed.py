"""Run as a program: `sitegen fetch`, of pages small enough that there is time to kill it between two of them.

What is not for users is here: how many papers a page has.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sitegen.arxiv.client import Clock
from sitegen.arxiv.harvest import Reach
from sitegen.fetch import Wanted, fetch

if __name__ == "__main__":
    content, endpoint, page = sys.argv[1:]
    report = fetch(
        Path(content),
        Wanted(endpoint=endpoint),
        clock=Clock(),
        reach=Reach(page=int(page), overlap=min(25, int(page) // 4)),
    )
    print(report.new, report.unchanged, report.requests)
