"""Where a build works beside the output folder, and how trouble there is told.

=======================  ====================  ==================================================================
beside the output        in a mount point
=======================  ====================  ==================================================================
``.NAME.sitegen-new``    ``.sitegen-new``      the staging folder; after an exchange, the old site
``.NAME.sitegen-old``    ``.sitegen-old``      the old site, where the system cannot exchange two folders
``.NAME.sitegen-todo``   ``.sitegen-todo``     the journal of an update by renames
=======================  ====================  ==================================================================

Files can only be renamed within one file system, so an output folder that is a mount point (a volume of a container)
is worked in, not beside. The names are such that nobody else's folder has one: what is found there is thrown away.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple

from sitegen.errors import PublishError
from sitegen.publish import system


class Places(NamedTuple):
    """The folders and the file that a build makes for itself."""

    staging: Path
    previous: Path
    journal: Path


def staging(output: Path) -> Path:
    """Return the folder in which a site is made, on the file system of the output folder."""
    return _used(output).staging


def previous(output: Path) -> Path:
    """Return where the old site is for a moment."""
    return _used(output).previous


def journal(output: Path) -> Path:
    """Return the file that says what is left to do."""
    return _used(output).journal


def possible(output: Path) -> tuple[Places, Places]:
    """Return where an earlier build may have worked: what is a mount point in a container may be none outside."""
    return _beside(output), _inside(output)


def _used(output: Path) -> Places:
    return _inside(output) if system.is_mount_point(output) else _beside(output)


def _beside(output: Path) -> Places:
    whole = output.absolute()
    if whole.name in ("", ".."):
        raise PublishError.at(output, "is no folder for a site", "name another one with --output")
    return _places(whole.with_name(f".{whole.name}.sitegen-"))


def _inside(output: Path) -> Places:
    return _places(output.absolute() / ".sitegen-")


def _places(beginning: Path) -> Places:
    return Places(*(beginning.with_name(beginning.name + suffix) for suffix in ("new", "old", "todo")))


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
                place, f"cannot be {self._tried}: {error.strerror}", "check space and permissions"
            ) from error
