"""What a check of a site finds, and what it carries along on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from sitegen.errors import Location, Problem

Subject = Literal["size", "names", "pages", "links", "feeds", "sitemap", "newest feed"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong with a site, or that will be before long."""

    subject: Subject
    problem: Problem
    is_warning: bool = False  # it keeps no site from going online


class BuiltSite(msgspec.Struct, frozen=True, kw_only=True):
    """A built site: where it is, where it will stand, and the paths of its files."""

    output: Path
    url: str  # with a slash at its end
    files: frozenset[str]


class Link(msgspec.Struct, frozen=True, order=True, gc=False):
    """A link from one file of the site to another; ``target`` is empty for what leads out of the site."""

    target: str
    fragment: str
    source: str
    text: str  # as written there


class Findings(msgspec.Struct):
    """What some files gave: links that lead nowhere, links to a place in another page, other findings."""

    links: int = 0  # within the site; each counted once per file
    feeds: int = 0
    listed: set[str] = msgspec.field(default_factory=set)  # files that a sitemap lists
    unlisted: set[str] = msgspec.field(default_factory=set)  # pages that ask not to be found
    broken: list[Link] = msgspec.field(default_factory=list)
    fragments: list[Link] = msgspec.field(default_factory=list)
    found: list[Finding] = msgspec.field(default_factory=list)

    def report(
        self, subject: Subject, path: str, message: str, remedy: str = "", *, is_warning: bool = False
    ) -> None:
        """Add a finding."""
        problem = Problem(location=Location(path=path), message=message, remedy=remedy)
        self.found.append(Finding(subject=subject, problem=problem, is_warning=is_warning))

    def add(self, other: Findings) -> None:
        """Add all that other files gave."""
        self.links += other.links
        self.feeds += other.feeds
        self.listed |= other.listed
        self.unlisted |= other.unlisted
        self.broken += other.broken
        self.fragments += other.fragments
        self.found += other.found
