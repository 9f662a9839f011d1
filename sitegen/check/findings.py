"""Values that the modules of a check share: the site, its links, and what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from sitegen.errors import Location, Problem

Subject = Literal["size", "names", "pages", "links", "feeds", "exports", "sitemap", "newest feed"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong with a site, or may soon be."""

    subject: Subject
    problem: Problem
    is_warning: bool = False  # the site may be published nevertheless


class BuiltSite(msgspec.Struct, frozen=True, kw_only=True):
    """A built site."""

    output: Path
    url: str  # where it will be published; ends in a slash
    files: frozenset[str]  # paths relative to ``output``


class Link(msgspec.Struct, frozen=True, order=True, gc=False):
    """A link from one file of the site to another, as paths; ``target`` is empty if it leads out of the site."""

    target: str
    fragment: str
    source: str
    text: str  # as written in the source


class Findings(msgspec.Struct):
    """What the files checked so far contain, and what is wrong with them."""

    links: int = 0  # within the site; the same link counts once per file
    feeds: int = 0
    exports: int = 0  # references, structured data, and files that scripts load
    listed: set[str] = msgspec.field(default_factory=set)  # files that a sitemap lists
    # Pages with noindex, or without a canonical address.
    unlisted: set[str] = msgspec.field(default_factory=set)
    broken: list[Link] = msgspec.field(default_factory=list)  # their target does not exist
    fragments: list[Link] = msgspec.field(default_factory=list)  # to an id of another page, not checked yet
    found: list[Finding] = msgspec.field(default_factory=list)

    def report(
        self,
        subject: Subject,
        path: str,
        message: str,
        remedy: str,
        *,
        line: int | None = None,
        is_warning: bool = False,
    ) -> None:
        """Add a finding."""
        problem = Problem(location=Location(path=path, line=line), message=message, remedy=remedy)
        self.found.append(Finding(subject=subject, problem=problem, is_warning=is_warning))

    def add(self, other: Findings) -> None:
        """Add the findings of other files."""
        self.links += other.links
        self.feeds += other.feeds
        self.exports += other.exports
        self.listed |= other.listed
        self.unlisted |= other.unlisted
        self.broken += other.broken
        self.fragments += other.fragments
        self.found += other.found
