"""Run as a program: a fetch of pages of so many papers, without a pause between them, to be killed amid its work.

Neither is for users: arXiv's server wants to be spared.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sitegen.arxiv.client import Clock, Manners
from sitegen.arxiv.harvest import Reach
from sitegen.fetch import Wanted, fetch

if __name__ == "__main__":
    content, endpoint, page = sys.argv[1:]
    report = fetch(
        Path(content),
        Wanted(endpoint=endpoint),
        clock=Clock(),
        manners=Manners(spacing=0),
        reach=Reach(page=int(page), overlap=min(25, int(page) // 4)),
    )
    print(report.new, report.unchanged, report.requests)
