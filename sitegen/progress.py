"""The progress of long work, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

# Work shorter than this, in seconds, shows no progress bar.
_SHORT = 1.0


class Progress:
    """Shows the progress of long work: a bar for each stage on a terminal, elsewhere one line for each long stage."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._stage = ""
        self._started = 0.0
        self._printed = False
        self._bar: Any = None

    def __enter__(self) -> Callable[..., None]:
        return self._update

    def __exit__(self, *_: object) -> None:
        self._close()

    def say(self, text: str) -> None:
        """Print a line beside the bar."""
        if self._quiet:
            return
        if self._bar is not None:
            self._bar.write(text, file=sys.stderr)
        else:
            print(text, file=sys.stderr)

    def _update(self, stage: str, done: int, total: int, detail: str = "") -> None:
        if self._quiet:
            return
        if stage != self._stage:
            self._close()
            self._stage, self._started, self._printed = stage, time.monotonic(), False
        late = time.monotonic() - self._started > _SHORT
        if self._terminal and late:
            if self._bar is None:
                from tqdm import tqdm

                tqdm.monitor_interval = 0  # its thread does not survive a fork
                self._bar = tqdm(total=total, desc=stage, leave=False, dynamic_ncols=True)
            self._bar.total = total  # it may grow during the work
            self._bar.set_postfix_str(detail, refresh=False)
            self._bar.update(done - self._bar.n)
        elif late and not self._printed:
            print(f"{stage}: {total:,}", file=sys.stderr)
            self._printed = True

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
