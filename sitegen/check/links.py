"""Resolve the links of a site, and report those whose target does not exist."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import unquote, urlsplit

from sitegen.check.findings import BuiltSite, Findings, Link

ID = re.compile(r'\sid="([^"]*)"(?=[^<>]*>)')

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_NO_ID = "correct the link, or give the heading that it means this id"
_HARMLESS_SCHEMES = frozenset({"http", "https", "mailto", "data"})


def read(site: BuiltSite, source: str, text: str, findings: Findings) -> Link | None:
    """Return the link that ``text``, an address in a file, stands for; None if it leads to another site.

    An address that a site should not have is reported.
    """
    address, _, fragment = text.partition("#")
    address = address.partition("?")[0]
    root = urlsplit(site.url).path
    if not address:
        target = source
    elif address.startswith(site.url):
        target = address[len(site.url) :]
    elif scheme := _SCHEME.match(address):
        if scheme[1].lower() not in _HARMLESS_SCHEMES:
            message = f"has a link that a site should not have: {text[:80]!r}"
            findings.report("links", source, message, "remove it from the template or page")
        return None
    elif address.startswith("//"):
        return None
    elif address.startswith("/"):
        if source != "404.html":  # which is served at any depth
            message = f"links to {text!r}, which works neither from a disk nor under another path"
            findings.report("links", source, message, "write it relative to the page")
            return None
        target = address[len(root) :] if address.startswith(root) else "../"
    else:
        # Most links only climb, and need none of normpath, which takes as long as all the rest of a link's check.
        folder = source.rpartition("/")[0]
        while folder and address.startswith("../"):
            folder, address = folder.rpartition("/")[0], address[3:]
        target = f"{folder}/{address}" if folder else address
    if "./" in target or "//" in target or target.endswith(("/.", "/..")):
        slash = "/" if target.endswith(("/", "/.", "/..")) else ""
        target = posixpath.normpath(target) + slash
        target = "" if target == "./" else target
    if not target or target.endswith("/"):
        target += "index.html"
    if "%" in target:
        target = unquote(target)
    return Link("" if target.startswith("../") else target, unquote(fragment), source, text)


def follow(site: BuiltSite, link: Link, own_ids: Iterable[str], findings: Findings) -> None:
    """Count a link and check its target; an id in another page is checked by :func:`report_missing_ids`."""
    findings.links += 1
    if link.target not in site.files:
        findings.broken.append(link)
    elif link.fragment and link.fragment != "top":  # which HTML itself defines
        if link.target != link.source:
            findings.fragments.append(link)
        elif link.fragment not in own_ids:
            findings.report("links", link.source, f"links to {link.text!r}, but has no such id", _NO_ID)


def report_broken(site: BuiltSite, findings: Findings) -> None:
    """Report the links to missing files, once for each target."""
    by_target: dict[str, list[Link]] = {}
    for link in sorted(findings.broken):
        by_target.setdefault(link.target, []).append(link)
    for target, same in by_target.items():
        message = f"links to {same[0].text!r}, and there is no {target or 'such place in the site'}"
        if len(same) > 1:
            message += f"; {len(same) - 1:,} more links lead there"
        lacks_slash = f"{target}/index.html" in site.files
        remedy = "put a slash at its end" if lacks_slash else "correct the link, or add what it leads to"
        findings.report("links", same[0].source, message, remedy)


def _ids(site: BuiltSite, page: str) -> set[str]:
    """Return the ids of a page; none if it cannot be read, which ``check_files`` reports."""
    try:
        text = (site.output / page).read_text("utf-8", errors="replace")
    except OSError:
        return set()
    return set(map(unescape, ID.findall(text)))


def report_missing_ids(site: BuiltSite, findings: Findings) -> None:
    """Report the links to an id that their target does not have."""
    page, ids = "", set()
    for link in sorted(findings.fragments):
        if link.target != page:
            page = link.target
            ids = _ids(site, page)
        if link.fragment not in ids:
            message = f"links to {link.text!r}, but {page} has no id {link.fragment!r}"
            findings.report("links", link.source, message, _NO_ID)
