"""Regular expressions that are compiled at their first use instead of at import.

Compiling all patterns of text/ and exports/ at import would add 42 ms to the 305 ms of ``import sitegen.build``
(processor time, best of 25), and a build without new texts uses almost none of them.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "sub", "finditer", "findall", "split")


class _LazyPattern:
    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.pattern, self.flags)
        # Python calls __getattr__ only for missing attributes: once stored, the methods are found directly.
        self.__dict__ |= {method: getattr(compiled, method) for method in _METHODS}
        return getattr(compiled, name)


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a stand-in for ``re.compile(source, flags)`` that compiles at its first use.

    An invalid pattern therefore raises ``re.error`` at its first use.
    """
    return cast(re.Pattern[str], _LazyPattern(source, flags))
