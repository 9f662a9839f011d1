"""Where a build works beside the output folder, and how trouble there is told.

=======================  ===========================================================
``.NAME.sitegen-new``    the staging folder; after an exchange, the old site
``.NAME.sitegen-old``    the old site, where the system cannot exchange two folders
``.NAME.sitegen-todo``   the journal of a small update
=======================  ===========================================================

The names are such that nobody else's folder has one: what is found there is thrown away.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Literal

from sitegen.errors import PublishError


def staging(output: Path) -> Path:
    """Return the folder in which a site is made, on the file system of the output folder."""
    return _beside(output, "new")


def previous(output: Path) -> Path:
    """Return where the old site is for a moment."""
    return _beside(output, "old")


def journal(output: Path) -> Path:
    """Return the file that says what is left to do."""
    return _beside(output, "todo")


def _beside(output: Path, suffix: str) -> Path:
    whole = output.absolute()
    if whole.name in ("", ".."):
        raise PublishError.at(output, "is no folder for a site", "name another one with --output")
    return whole.with_name(f".{whole.name}.sitegen-{suffix}")


class explained:  # noqa: N801 - it reads as the statement that it is; a generator takes ten times as long
    """Turn what the system says into a PublishError that names the place, and what was tried."""

    def __init__(self, output: Path, tried: Literal["read", "written"] = "written") -> None:
        self._output, self._tried = output, tried

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            place = error.filename or self._output
            raise PublishError.at(
                place, f"cannot be {self._tried}: {error.strerror}", "see to space and permissions"
            ) from error
