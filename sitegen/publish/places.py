"""The paths that a build uses beside the output folder, and errors of the system there.

=======================  ====================  ==================================================================
beside the output        in a mount point
=======================  ====================  ==================================================================
``.NAME.sitegen-new``    ``.sitegen-new``      the staging folder; after an exchange, the old site
``.NAME.sitegen-old``    ``.sitegen-old``      the old site, where the system cannot exchange two folders
``.NAME.sitegen-todo``   ``.sitegen-todo``     the journal of an update by renames
=======================  ====================  ==================================================================

Files can only be renamed within one file system. If the output folder is a mount point (a volume of a container),
these paths are therefore inside of it. What is found at them is ours and is deleted.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple

from sitegen.errors import PublishError
from sitegen.publish import system


class Places(NamedTuple):
    """The paths in the table above."""

    staging: Path
    previous: Path
    journal: Path


def staging(output: Path) -> Path:
    """Return the folder in which a site is made, on the file system of the output folder."""
    return _used(output).staging


def previous(output: Path) -> Path:
    """Return the folder to which the old site is moved."""
    return _used(output).previous


def journal(output: Path) -> Path:
    """Return the journal of an update."""
    return _used(output).journal


def possible(output: Path) -> tuple[Places, Places]:
    """Return all places of earlier builds: a mount point in a container may be a plain folder outside of it."""
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


class explained:  # noqa: N801 - used like a function; a contextlib generator takes ten times as long
    """Context manager that turns an OSError into a PublishError with the path and what was tried."""

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
