"""The domain's values: frozen and keyword-only, without any I/O.

They are msgspec structs, because these decode from the cache about ten times faster than dataclasses, and because the
digest of a page is that of its encoded context. Structs of which an archive has many are encoded as arrays, without
field names (``array_like``). They are not garbage-collected (``gc=False``), as frozen values have no cycles.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal

import msgspec

AnnounceType = Literal["new", "cross", "replace", "replace-cross"]

# https://info.arxiv.org/help/arxiv_identifier.html: the old scheme until 2007-03, four digits until 2014-12.
# Only ASCII digits match (re.A) and archive names are bounded, because identifiers become file names.
_NEW = re.compile(r"(\d\d)(0[1-9]|1[0-2])\.(\d{4,5})", re.A)
_OLD = re.compile(
    r"([a-z]{1,12}(?:-[a-z]{1,12})?)(?:\.[A-Za-z]{2}|\.[a-z]{1,12}-[a-z]{1,12})?/(\d\d)(0[1-9]|1[0-2])(\d{3})",
    re.A,
)
_PREFIX = re.compile(
    r"(?:https?://(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html)/|oai:arxiv\.org:|arxiv:"
    r"|(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:)?10\.48550/arxiv\.)",
    re.I | re.A,
)
_VERSION = re.compile(r"v([1-9]\d{0,3})\Z", re.A)


class ArxivId(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """An arXiv identifier of either scheme; ``base`` is the part without the version.

    ``base`` is ``2603.07369`` or ``q-bio/0309001`` (of ``math.CA/0611800`` the subject class is dropped, as arXiv
    does). ``version`` is None if none was given, which for arXiv means the latest version.
    """

    base: str
    version: int | None = None

    @classmethod
    def parse(cls, text: str) -> ArxivId:
        """Parse an identifier, bare or in an arXiv URL, OAI name or DOI; ValueError if the text is none of these."""
        rest = _PREFIX.sub("", text.strip(), count=1).removesuffix(".pdf").rstrip("/")
        version = None
        if found := _VERSION.search(rest):
            version, rest = int(found[1]), rest[: found.start()]
        if match := _NEW.fullmatch(rest):
            yymm, digits = int(match[1] + match[2]), len(match[3])
            if yymm >= 704 and digits == (4 if yymm < 1501 else 5) and int(match[3]) > 0:
                return cls(rest, version)
        elif match := _OLD.fullmatch(rest):
            archive, yy, mm, number = match.groups()
            if (int(yy) >= 91 or int(yy + mm) <= 703) and int(number) > 0:
                return cls(f"{archive}/{yy}{mm}{number}", version)
        raise ValueError(f"not an arXiv identifier: {text[:80]!r}")

    def __str__(self) -> str:
        return self.base if self.version is None else f"{self.base}v{self.version}"

    @property
    def sort_key(self) -> str:
        """A text that sorts identifiers of both schemes by year and month (``202603``), number and archive.

        All numbers of one month have the same number of digits, so that texts sort as numbers do.
        """
        base = self.base
        if base[4:5] == ".":
            return ("20" if base < "91" else "19") + base
        archive, _, number = base.rpartition("/")
        return f"{'20' if number < '91' else '19'}{number}{archive}"


class Name(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A name as printed, in Unicode, and its parts; ``group`` is true for a collaboration, which has no given name.

    A credit that is not a name (an address, a lone "Jr.") is a group with an empty ``family``, and gets no page.
    """

    printed: str
    family: str
    given: str = ""
    suffix: str = ""
    group: bool = False

    @property
    def inverted(self) -> str:
        """The name as ``Family, Given, Suffix``, the form for bibliographies (BibTeX, RIS, Highwire)."""
        if self.group:
            return self.printed
        if self.family and self.given and not self.suffix:  # the usual case, and faster
            return f"{self.family}, {self.given}"
        return ", ".join(part for part in (self.family, self.given, self.suffix) if part)


class Credit(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One author of one paper, with the name and affiliations as given on that paper."""

    name: Name
    affiliations: tuple[str, ...] = ()


class Version(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A version of a paper and its time of submission (UTC)."""

    number: int
    submitted: datetime


class Announcement(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """An entry in arXiv's listing of a day, in arXiv's time zone."""

    day: date
    kind: AnnounceType


class Paper(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A preprint as described by its feeds.

    Title, abstract, comment and journal reference are as the author wrote them, including TeX. White space is folded,
    except for the lines of the abstract. ``sitegen.text`` converts these texts to HTML and plain text. Names are
    converted to Unicode already, because persons are recognised by them. Times are UTC.
    """

    id: ArxivId
    title: str
    credits: tuple[Credit, ...]
    abstract: str
    published: datetime  # submission of version 1
    updated: datetime  # submission of this version
    comment: str = ""
    journal_ref: str = ""
    dois: tuple[str, ...] = ()  # of the published work, without the resolver; the preprint's own is arxiv_doi
    primary: str = ""  # canonical category, or "" if the feed has none
    categories: tuple[str, ...] = ()  # canonical, in the feed's order, including the primary one
    subject_classes: tuple[str, ...] = ()  # MSC and ACM codes
    links: tuple[str, ...] = ()  # http(s) links of the entry other than abstract page, PDF and DOI
    license: str = ""
    announcements: tuple[Announcement, ...] = ()  # ascending
    versions: tuple[Version, ...] = ()  # ascending
    dated_by_announcement: bool = (
        False  # dates are of an announcement, as daily feeds have no submission dates
    )

    @property
    def arxiv_doi(self) -> str:
        """The DOI that arXiv registers for the preprint."""
        return f"10.48550/arXiv.{self.id.base}"


class Person(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A person or group with a page of its own. ``papers`` are base identifiers, newest first.

    ``moved`` holds the other slugs of the person, which redirect to the page, each with its number of papers: see
    ``library.people``.
    """

    slug: str
    name: Name
    letter: str  # of the index of authors: a to z, or "other"
    variants: tuple[str, ...]  # all printed names, in the order of library.people._rank
    papers: tuple[str, ...]
    orcid: str = ""
    homepage: str = ""
    moved: tuple[tuple[str, int], ...] = ()


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A Markdown note by the site's owner on one paper; ``html`` is sanitised."""

    slug: str
    paper: str  # base identifier
    title: str
    html: str
    author: str = ""
    date: date | None = None


class MarkdownPage(msgspec.Struct, frozen=True, kw_only=True):
    """A Markdown page by the site's owner; ``html`` is sanitised."""

    slug: str
    title: str
    html: str
    description: str = ""


class Related(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A paper that is like another one, and what it shares with it: authors, topics or both."""

    id: str  # base identifier
    authors: tuple[str, ...]  # printed names
    topics: tuple[str, ...]  # phrases of both texts, the weightiest first
