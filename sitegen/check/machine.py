"""Check the files that other programs read: feeds, sitemaps and other XML, such as SVG."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from posixpath import basename
from xml.parsers import expat

from sitegen.check import links
from sitegen.check.findings import BuiltSite, Findings, Subject

# Limit of a sitemap, and of an index of sitemaps: https://www.sitemaps.org/protocol.html
_ADDRESSES_IN_A_SITEMAP = 50_000

# RFC 4287, sections 4.1.1 and 4.1.2: what a feed and each of its entries must have.
_ATOM = "http://www.w3.org/2005/Atom"
_REQUIRED = ("id", "title", "updated")

_REMEDY = "correct the template that made it"


class _Document:
    """The addresses in an XML document, and the elements that sitemaps and feeds consist of."""

    def __init__(self) -> None:
        self.addresses: set[str] = set()  # in href, src and id
        self.listed: list[str] = []  # addresses in a sitemap
        # Required elements of the feed itself, then of each entry: text by name.
        self.feed: list[dict[str, str]] = []
        self._elements: list[str] = []
        self._text: list[str] = []

    def parse(self, text: str) -> None:
        """Read a document; ExpatError if it is not well-formed."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(text.encode(), True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._text.clear()
        self._elements.append(name)
        self.addresses.update(attributes[key] for key in ("href", "src") if key in attributes)
        if name in (f"{_ATOM} feed", f"{_ATOM} entry"):
            self.feed.append({})

    def _end(self, name: str) -> None:
        self._elements.pop()
        namespace, _, local = name.rpartition(" ")
        text = "".join(self._text).strip()
        if local == "loc":
            self.listed.append(text)
        elif local == "id":
            self.addresses.add(text)
        parent = self._elements[-1] if self._elements else ""
        if local in _REQUIRED and namespace == _ATOM and parent in (f"{_ATOM} feed", f"{_ATOM} entry"):
            self.feed[0 if parent.endswith(" feed") else -1].setdefault(local, text)


def check_xml(site: BuiltSite, path: str, text: str, findings: Findings) -> None:
    """Check that an XML file is well-formed, that a feed or sitemap is complete, and its links into the site."""
    is_feed, is_sitemap = basename(path) == "feed.xml", basename(path).startswith("sitemap")
    document = _Document()
    try:
        document.parse(text)
    except expat.ExpatError as error:
        subject: Subject = "feeds" if is_feed else "sitemap" if is_sitemap else "pages"
        findings.report(subject, path, f"is not well-formed XML: {error}", _REMEDY, line=error.lineno)
        return
    if is_feed:
        findings.feeds += 1
        _check_feed(path, document.feed, findings)
    if is_sitemap:
        _check_sitemap(site, path, document.listed, findings)
    for address in document.addresses | set(document.listed):
        if address.startswith(site.url) and (link := links.read(site, path, address, findings)):
            links.follow(site, link, (), findings)
            if is_sitemap and link.target.endswith(".html"):
                findings.listed.add(link.target)


def _check_feed(path: str, parts: list[dict[str, str]], findings: Findings) -> None:
    if not parts:
        findings.report("feeds", path, "is no Atom feed", _REMEDY)
    seen: set[str] = set()
    for number, part in enumerate(parts):
        what = f"entry {number}" if number else "the feed"
        for name in _REQUIRED:
            if not part.get(name):
                findings.report("feeds", path, f"{what} has no {name}, and readers refuse it", _REMEDY)
        if (moment := part.get("updated")) and not _is_moment(moment):
            findings.report("feeds", path, f"{what} has an invalid date: {moment!r}", _REMEDY)
        if number and (id := part.get("id")):
            if id in seen:
                message = f"two entries have the id {id}, and readers show one of them"
                findings.report("feeds", path, message, _REMEDY)
            seen.add(id)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _check_sitemap(site: BuiltSite, path: str, listed: list[str], findings: Findings) -> None:
    if len(listed) > _ADDRESSES_IN_A_SITEMAP:
        message = f"lists {len(listed):,} addresses; search engines read {_ADDRESSES_IN_A_SITEMAP:,}"
        findings.report("sitemap", path, message, "divide it, and list the parts in an index of sitemaps")
    foreign = [address for address in listed if not address.startswith(site.url)]
    if foreign:
        more = f" and {len(foreign) - 1:,} more" if len(foreign) > 1 else ""
        message = f"lists {foreign[0]}{more}, which is not below {site.url}"
        findings.report("sitemap", path, message, "build and check for the same --url")


def report_unlisted(site: BuiltSite, paths: Iterable[str], findings: Findings) -> None:
    """Report the pages among ``paths`` that no sitemap lists, though they have a canonical address and no noindex."""
    if "sitemap.xml" not in site.files:
        message = "there is no such file, by which search engines find pages"
        findings.report("sitemap", "sitemap.xml", message, "run `sitegen build` again")
        return
    pages = {path for path in paths if path.endswith(".html")} - {"404.html"}
    if left_out := sorted(pages - findings.listed - findings.unlisted):
        more = f", nor {len(left_out) - 1:,} more" if len(left_out) > 1 else ""
        findings.report(
            "sitemap", "sitemap.xml", f"does not list {left_out[0]}{more}", "run `sitegen build` again"
        )
