"""Everything that can go wrong, and where.

    SitegenError                 a user can mend it; cli.py prints it and exits with 1
    ├── ConfigError              site.toml or people.toml: every mistake of the file at once
    ├── SourceError              a file or folder that the site is made from, and that cannot be read
    ├── ContentError             a Markdown page, a note, or a static file
    ├── FeedError                a feed file that is refused whole
    ├── FetchError               arXiv cannot be reached, or its answers cannot be true
    ├── TemplateError            a template that does not compile or asks for what is not there
    ├── RouteCollision           two pages that want the same URL
    ├── PublishError             the output folder cannot be written, or is not ours
    └── WorkerError              a process that helped was ended from without

A :class:`Problem` is weaker than an error: it is reported, counted, and the build goes on.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

_PACKAGE = Path(__file__).parent
_PLACE = "_sitegen_place"
_REMEDY = "see to its permissions, and to space on the disk"
_LONGEST_MESSAGE = 300  # characters


def readable(path: Path | str) -> str:
    """Return a path as text that can be printed and kept: the names of files need not be UTF-8."""
    return str(path).encode("utf-8", "replace").decode()


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """A place that a person can open: a file, and in it a line, a key path or an entry's id."""

    path: str
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line is not None else self.path
        return f"{place}: {self.key}" if self.key else place


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was skipped or mended: where, what is wrong, and what to do about it."""

    location: Location
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" + (f" ({self.remedy})" if self.remedy else "")


class SitegenError(Exception):
    """One or more problems that stop the command; each is printed on a line of its own."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    def __reduce__(self) -> tuple[type[SitegenError], tuple[Problem, ...]]:
        # An error in a worker process arrives here pickled; Exception would rebuild it from its text.
        return type(self), self.problems

    @classmethod
    def at(
        cls, path: Path | str, message: str, remedy: str = "", *, line: int | None = None, key: str = ""
    ) -> SitegenError:
        """Make an error of this class with a single problem."""
        where = Location(path=str(path), line=line, key=key)
        return cls(Problem(location=where, message=message, remedy=remedy))


def problems_of(error: Exception) -> tuple[Problem, ...]:
    """Return what to tell a user of any error: what to mend, or else that it is a mistake in sitegen, and where."""
    if isinstance(error, SitegenError):
        return error.problems
    if isinstance(error, OSError) and error.filename is not None:
        where = Location(path=readable(os.fsdecode(error.filename)))
        said = error.strerror or type(error).__name__
        return (Problem(location=where, message=f"cannot be used: {said}", remedy=_REMEDY),)
    if isinstance(error, OSError):
        return (
            Problem(location=Location(path="sitegen"), message=f"the system says: {error}", remedy=_REMEDY),
        )
    if isinstance(error, MemoryError):
        remedy = "sitegen build --jobs 1 takes the least"
        return (
            Problem(location=Location(path="sitegen"), message="there is too little memory", remedy=remedy),
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
    """Write the place of an error into it, because a traceback does not get from one process to another."""
    where = place_of(error)
    setattr(error, _PLACE, (where.path, where.line))


class ConfigError(SitegenError):
    """Mistakes in site.toml or people.toml."""


class SourceError(SitegenError):
    """A file or folder that the site is made from, and that cannot be read."""


class ContentError(SitegenError):
    """A Markdown page, a note or a static file that cannot be used."""


class FeedError(SitegenError):
    """A feed file that is refused whole: not well-formed, not a feed, or an error of the API."""


class FetchError(SitegenError):
    """Papers that could not be fetched: no answer, none that can be true, or another fetch is at it."""


class TemplateError(SitegenError):
    """A template that does not compile, or that asks for a field which its page does not offer."""


class RouteCollision(SitegenError):
    """Two pages that would be written to the same file."""


class PublishError(SitegenError):
    """The output folder cannot be written, or holds files that sitegen did not write."""


class WorkerError(SitegenError):
    """A process that the command had started was ended from without, most likely for want of memory."""
