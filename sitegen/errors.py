"""Everything that can go wrong, and where.

    SitegenError                 the user can correct it; cli.py prints it and exits with 1
    ├── ConfigError              site.toml or people.toml: every mistake of the file at once
    ├── SourceError              a source file or folder that cannot be read
    ├── ContentError             a Markdown page, a note, or a static file
    ├── FeedError                a feed file that is refused as a whole
    ├── FetchError               arXiv cannot be reached, or its answers are incomplete or contradictory
    ├── TemplateError            a template that does not compile, or uses a name that does not exist
    ├── RouteCollision           two pages with the same output file
    ├── PublishError             the output folder cannot be written, or has files that sitegen did not write
    └── WorkerError              a worker process was killed

A :class:`Problem` is weaker than an error: it is reported, counted, and the build goes on.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

import msgspec

_PACKAGE = Path(__file__).parent
_PLACE = "_sitegen_place"  # attribute of an error
_REMEDY = "check its permissions, and the space on the disk"
_LONGEST_MESSAGE = 300  # characters


def readable(path: Path | str) -> str:
    """Return a path as text that can be printed and stored; a byte that is not UTF-8 becomes a question mark."""
    return str(path).encode("utf-8", "replace").decode()


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """A file, and possibly a line, a key path or an entry's id in it."""

    path: str
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        # The name of a file may hold a line feed, or a control character for terminals.
        path = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in self.path)
        place = f"{path}:{self.line}" if self.line is not None else path
        return f"{place}: {self.key}" if self.key else place


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was skipped or corrected: where it is, what is wrong, and what to do about it."""

    location: Location
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" + (f" ({self.remedy})" if self.remedy else "")

    @classmethod
    def at(
        cls, path: Path | str, message: str, remedy: str = "", *, line: int | None = None, key: str = ""
    ) -> Problem:
        """Return a problem with a file, or a place in it."""
        return cls(location=Location(path=str(path), line=line, key=key), message=message, remedy=remedy)


class SitegenError(Exception):
    """One or more problems that stop the command; each is printed on a line of its own."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    def __reduce__(self) -> tuple[type[SitegenError], tuple[Problem, ...]]:
        # Errors of worker processes are pickled. By default Exception would be rebuilt from its text alone.
        return type(self), self.problems

    @classmethod
    def at(
        cls, path: Path | str, message: str, remedy: str = "", *, line: int | None = None, key: str = ""
    ) -> Self:
        """Return an error of this class with a single problem."""
        return cls(Problem.at(path, message, remedy, line=line, key=key))


def problems_of(error: Exception) -> tuple[Problem, ...]:
    """Return the problems to print for any error; one that is not a SitegenError or of the system is a bug."""
    if isinstance(error, SitegenError):
        return error.problems
    if isinstance(error, OSError) and error.filename is not None:
        reason = error.strerror or type(error).__name__
        path = readable(os.fsdecode(error.filename))
        return (Problem.at(path, f"cannot be used: {reason}", _REMEDY),)
    if isinstance(error, OSError):
        return (Problem.at("sitegen", f"the system says: {error}", _REMEDY),)
    if isinstance(error, MemoryError):
        return (
            Problem.at("sitegen", "there is too little memory", "sitegen build --jobs 1 takes the least"),
        )
    said = " ".join(readable(str(error)).split())[:_LONGEST_MESSAGE]
    message = f"this is a mistake in sitegen: {type(error).__name__}" + (f": {said}" if said else "")
    remedy = "please report it; with --debug you see the traceback"
    return (Problem(location=place_of(error), message=message, remedy=remedy),)


def place_of(error: BaseException) -> Location:
    """Return the innermost line of sitegen's own code that an error came through, here or in another process."""
    if kept := getattr(error, _PLACE, None):
        return Location(path=kept[0], line=kept[1])
    found, trace = Location(path="sitegen"), error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(_PACKAGE):
            found = Location(path=path.relative_to(_PACKAGE.parent).as_posix(), line=trace.tb_lineno)
        trace = trace.tb_next
    return found


def keep_place(error: BaseException) -> None:
    """Store the place of an error in the error itself: tracebacks are lost between processes."""
    where = place_of(error)
    setattr(error, _PLACE, (where.path, where.line))


class ConfigError(SitegenError):
    """Mistakes in site.toml or people.toml."""


class SourceError(SitegenError):
    """A source file or folder that cannot be read."""


class ContentError(SitegenError):
    """A Markdown page, a note or a static file that cannot be used."""


class FeedError(SitegenError):
    """A feed file that is refused as a whole: not well-formed, not a feed, or an error of the API."""


class FetchError(SitegenError):
    """Papers that could not be fetched: no answer, a wrong answer, or another fetch is running."""


class TemplateError(SitegenError):
    """A template that does not compile, or that uses a field which its page does not have."""


class RouteCollision(SitegenError):
    """Two pages with the same output file."""


class PublishError(SitegenError):
    """The output folder cannot be written, or holds files that sitegen did not write."""


class WorkerError(SitegenError):
    """A worker process was killed, most likely because memory ran out."""
