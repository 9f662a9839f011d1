"""Regular expressions that are compiled when they are first asked for anything.

All of the text rooms' take 17 ms to compile, and most builds have no new text to read.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "sub", "finditer", "findall", "split")


class _Pattern:
    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.pattern, self.flags)
        # From now on these are found without asking here.
        self.__dict__ |= {method: getattr(compiled, method) for method in _METHODS}
        return getattr(compiled, name)


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression; a mistake in it is an error when it is used, not here."""
    return cast(re.Pattern[str], _Pattern(source, flags))
