"""The values that the program is about: frozen, keyword-only, without any I/O.

They are msgspec structs, because a struct decodes from the cache about ten times faster than a dataclass
and the digest of a page is the digest of its encoded context. Those of which an archive has many are encoded
without the names of their fields, and without the collector's mark, since nothing frozen can contain itself.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal

import msgspec

AnnounceType = Literal["new", "cross", "replace", "replace-cross"]

# https://info.arxiv.org/help/arxiv_identifier.html: the old scheme until 2007-03, four digits until 2014-12.
# Digits are ASCII alone (re.A), and the names of archives have bounds: identifiers become the names of files.
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
    """An arXiv identifier of either scheme, parsed once; ``base`` is the form that every version shares.

    ``base`` is ``2603.07369`` or ``q-bio/0309001`` (the subject class of ``math.CA/0611800`` is dropped, as
    arXiv does); ``version`` is None where none was given, which arXiv reads as the latest one.
    """

    base: str
    version: int | None = None

    @classmethod
    def parse(cls, text: str) -> ArxivId:
        """Read an identifier, bare or inside an arXiv URL, OAI name or DOI; ValueError says what it is not."""
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
        """Chronological order over both schemes: year and month (``202603``), number, then the archive's name.

        All numbers of one month have the same number of digits.
        """
        base = self.base
        if base[4:5] == ".":
            return ("20" if base < "91" else "19") + base
        archive, _, number = base.rpartition("/")
        return f"{'20' if number < '91' else '19'}{number}{archive}"


class Name(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A name as printed, in Unicode, and its parts; ``group`` is a collaboration, which has no given name.

    A text in the place of an author that is no name (an address, a lone "Jr.") counts as a group without a
    ``family``; nobody has a page for it.
    """

    printed: str
    family: str
    given: str = ""
    suffix: str = ""
    group: bool = False

    @property
    def inverted(self) -> str:
        """``Family, Given, Suffix``: the form that bibliographies sort by (BibTeX, RIS, Highwire)."""
        if self.group:
            return self.printed
        if self.family and self.given and not self.suffix:  # as nearly all are
            return f"{self.family}, {self.given}"
        return ", ".join(part for part in (self.family, self.given, self.suffix) if part)


class Credit(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One author of one paper: the name printed there, and the affiliations given there."""

    name: Name
    affiliations: tuple[str, ...] = ()


class Version(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A version that some feed has shown, with the moment it was submitted (UTC)."""

    number: int
    submitted: datetime


class Announcement(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """An appearance in arXiv's daily listing."""

    day: date
    kind: AnnounceType


class Paper(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A preprint as its feeds describe it.

    Title, abstract, comment and journal reference are kept as the author wrote them (TeX and all, white space
    folded except for the abstract's line structure); ``sitegen.text`` makes HTML and plain text of them.
    Names are Unicode already, because a person is recognised by them. Moments are UTC.
    """

    id: ArxivId
    title: str
    credits: tuple[Credit, ...]
    abstract: str
    published: datetime  # version 1 was submitted
    updated: datetime  # this version was submitted
    comment: str = ""
    journal_ref: str = ""
    dois: tuple[str, ...] = ()  # bare, of the published work; the preprint's own is 10.48550/arXiv.ID
    primary: str = ""  # canonical category, or "" where the feed names none
    categories: tuple[str, ...] = ()  # canonical, in the feed's order, the primary one among them
    subject_classes: tuple[str, ...] = ()  # MSC and ACM codes
    links: tuple[str, ...] = ()  # http(s) links of the entry beyond abs, PDF and DOI
    license: str = ""
    announcements: tuple[Announcement, ...] = ()  # ascending
    versions: tuple[Version, ...] = ()  # ascending
    dated_by_announcement: bool = False  # a daily feed has no submission dates; the API's win over it

    @property
    def arxiv_doi(self) -> str:
        """The DOI that arXiv registers for every paper."""
        return f"10.48550/arXiv.{self.id.base}"


class Person(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """Somebody who is credited: one page. ``papers`` are base identifiers, newest first.

    ``similar`` are the persons whose names differ in accents alone: name and slug. ``moved`` are earlier slugs of the
    page, each with the number of papers that the page at that address had: see ``library.people``.
    """

    slug: str
    name: Name
    letter: str  # under which the index has it: a to z, or "other"
    variants: tuple[str, ...]  # every printed form, the most frequent first
    papers: tuple[str, ...]
    orcid: str = ""
    similar: tuple[tuple[str, str], ...] = ()
    moved: tuple[tuple[str, int], ...] = ()


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A Markdown note of the site's owner on one paper; ``html`` is sanitised."""

    slug: str
    paper: str  # base identifier
    title: str
    html: str
    author: str = ""
    date: date | None = None


class MarkdownPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the site's owner; ``html`` is sanitised."""

    slug: str
    title: str
    html: str
    description: str = ""
