"""Checks a built site as a reader meets it: its files and links, whatever built them.

Markup is read by regular expressions, because html.parser takes minutes for 46,000 pages. They rest on what
the renderer guarantees: attributes stand in double quotes (reported where they do not), and text has no raw
``<`` or ``>``.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

import msgspec

from sitegen import parallel
from sitegen.errors import Location, Problem
from sitegen.pages import urls

# GitHub Pages publishes no site above 1 GB: https://docs.github.com/pages, "GitHub Pages limits".
SIZE_WARNED = 800_000_000
SIZE_REFUSED = 950_000_000

_FILES_IN_A_RUN = 1_000

# What a paper says is no leftover: BibTeX holds "{{", and code may well be a template.
_VERBATIM = re.compile(r"<(script|style|pre|code|textarea)\b([^>]*)>.*?</\1>", re.S)
_ATTRIBUTE = re.compile(r'\s(href|src|srcset|poster|action|id|content)="([^"]*)"(?=[^<>]*>)')
_UNQUOTED = re.compile(r'<[a-z][^<>"]*\s(?:href|src|srcset|action|id)=[^"\s]')
_LOADS_FOREIGN = re.compile(
    r'<link\b(?=[^<>]*\srel="(?:stylesheet|icon|manifest|(?:module)?preload|preconnect|dns-prefetch)\b)'
    r'[^<>]*\shref="((?:https?:)?//[^"]*)"'
)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_CSS_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)""")
# Of every leftover one of these is a part; to look for them first is thirty times as fast.
_LEFTOVER_MARKS = ("{{", "{%", "Undefined(", "undefined object", " object at 0x", "Markup(")
_LEFTOVER = re.compile(
    r"\{\{-? ?[a-z_]+(?:\.[a-z_]+)+ ?(?:\|[^}]*)?-?\}\}"
    r"|\{%[-+]? ?(?:if|else|elif|for|include|extends|block|set|macro|import|from|end[a-z]+)\b[^}]*%\}"
    r"|\bUndefined\(|\bundefined object\b| object at 0x[0-9a-f]{6}|\bMarkup\("
)
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_HARMLESS_SCHEMES = frozenset({"http", "https", "mailto", "data"})
_LOADED = frozenset({"src", "srcset", "poster"})


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at."""

    files: int
    pages: int
    links: int  # within the site; each counted once per file
    bytes: int


class _Site(msgspec.Struct, frozen=True, kw_only=True):
    output: Path
    url: str
    files: frozenset[str]


class _Link(msgspec.Struct, frozen=True, order=True, gc=False):
    """A link from one file of the site to another; ``target`` is empty for what leads out of the site."""

    target: str
    fragment: str
    source: str
    text: str  # as written there


class _Findings(msgspec.Struct):
    """What a few files gave: links that lead nowhere, links to a place in another page, other problems."""

    links: int = 0
    broken: list[_Link] = msgspec.field(default_factory=list)
    fragments: list[_Link] = msgspec.field(default_factory=list)
    problems: list[Problem] = msgspec.field(default_factory=list)

    def report(self, path: str, message: str, remedy: str = "") -> None:
        self.problems.append(_problem(path, message, remedy))


def check(output: Path, base_url: str, *, jobs: int = 0) -> tuple[tuple[Problem, ...], Summary]:
    """Check the site in a folder that is to be served at ``base_url``: without problems it may go online.

    A problem that many pages share, such as a link to the same missing file, is reported once. ``jobs``
    is how many processes work at it; 0 stands for one for each core where the site is large.
    """
    size, problems, files = _inventory(output)
    site = _Site(output=output, url=base_url.rstrip("/") + "/", files=frozenset(files))
    whole = _Findings(problems=problems)
    runs = -(-len(files) // _FILES_IN_A_RUN)
    for part in parallel.run(partial(_check_run, site, files), runs, jobs or (os.cpu_count() or 1)):
        whole.links += part.links
        whole.broken += part.broken
        whole.fragments += part.fragments
        whole.problems += part.problems
    whole.problems += _broken(site, whole.broken)
    whole.problems += _missing_places(site, whole.fragments)
    pages = sum(path.endswith(".html") for path in files)
    return tuple(whole.problems), Summary(files=len(files), pages=pages, links=whole.links, bytes=size)


def _inventory(output: Path) -> tuple[int, list[Problem], list[str]]:
    """Return size, what is wrong with names, kinds and modes, and the paths of all files, sorted."""
    size, problems, files = 0, [], []
    if not output.is_dir():
        return 0, [_problem(str(output), "there is no such folder", "run `sitegen build` first")], []
    taken: dict[str, str] = {}
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(output / folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                path = folder + entry.name
                folded = folder + unicodedata.normalize("NFC", entry.name).casefold()
                if (other := taken.setdefault(folded, path)) != path:
                    problems.append(_problem(path, f"on some file systems this is the same name as {other}"))
                if entry.is_symlink():
                    problems.append(_problem(path, "is a symbolic link, which GitHub Pages does not publish"))
                elif entry.is_dir():
                    waiting.append(path + "/")
                else:
                    status = entry.stat()
                    size += status.st_size
                    files.append(path)
                    if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o444 != 0o444:
                        problems.append(_problem(path, "is not readable by everybody", f"chmod 644 {path}"))
    if size > SIZE_WARNED:
        limit = "refuses" if size > SIZE_REFUSED else "is near to refusing"
        problems.append(_problem(str(output), f"{size / 1e6:,.0f} MB: GitHub Pages {limit} it (1 GB a site)"))
    return size, problems, sorted(files)


def _check_run(site: _Site, files: Sequence[str], run: int) -> _Findings:
    findings = _Findings()
    for path in files[run * _FILES_IN_A_RUN : (run + 1) * _FILES_IN_A_RUN]:
        kind = path.rpartition(".")[2]
        if kind in _CHECKS:
            data = (site.output / path).read_bytes()
            try:
                text = data.decode()
            except UnicodeDecodeError as error:
                findings.report(path, f"is not UTF-8 (byte {error.start})")
                continue
            for character, name in (("\0", "NUL"), ("�", "U+FFFD, the mark of a lost character,")):
                if character in text:
                    near = text[max(0, (at := text.index(character)) - 30) : at + 30]
                    findings.report(path, f"{name} in {near!r}")
            _CHECKS[kind](site, path, text, findings)
    return findings


def _check_html(site: _Site, path: str, text: str, findings: _Findings) -> None:
    markup = _VERBATIM.sub(r"<\1\2></\1>", text)
    if any(mark in markup for mark in _LEFTOVER_MARKS) and (leftover := _LEFTOVER.search(markup)):
        findings.report(path, f"holds {leftover[0][:60]!r}", "mend the template that left it")
    if unquoted := _UNQUOTED.search(markup):
        findings.report(path, f"has an attribute without double quotes: {unquoted[0][-60:]!r}")
    for foreign in _LOADS_FOREIGN.findall(markup):
        findings.report(path, f"loads {foreign} from another host")
    attributes = set(_ATTRIBUTE.findall(markup))
    places = {value for name, value in attributes if name == "id"}
    for name, value in attributes:
        if name == "id" or (name == "content" and not value.startswith(site.url)):
            continue
        for written in _candidates(value) if name == "srcset" else (value,):
            text = unescape(written) if "&" in written else written
            if name in _LOADED and text.startswith(("https:", "http:", "//")):
                findings.report(path, f"loads {text} from another host")
            elif link := _link(site, path, text, findings):
                _follow(site, link, places, findings)


def _check_css(site: _Site, path: str, text: str, findings: _Findings) -> None:
    for groups in set(_CSS_URL.findall(_CSS_COMMENT.sub("", text))):
        written = "".join(groups)
        if written.startswith(("https:", "http:", "//")):
            findings.report(path, f"loads {written} from another host")
        elif not written.startswith("#") and (link := _link(site, path, written, findings)):
            _follow(site, link, (), findings)


def _check_xml(site: _Site, path: str, text: str, findings: _Findings) -> None:
    """Check that a feed or sitemap is well-formed, and every address in it that is below the site's own."""
    found: set[str] = set()
    characters: list[str] = []

    def start(_: str, attributes: dict[str, str]) -> None:
        characters.clear()
        found.update(attributes[key] for key in ("href", "src") if key in attributes)

    def end(name: str) -> None:
        if name in ("loc", "id"):
            found.add("".join(characters).strip())

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters.append
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        findings.report(path, f"is not well-formed XML: {error}")
    for address in found:
        if address.startswith(site.url) and (link := _link(site, path, address, findings)):
            _follow(site, link, (), findings)


def _check_json(site: _Site, path: str, text: str, findings: _Findings) -> None:
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        findings.report(path, f"is not JSON: {error}")
        return
    if path == urls.PAPERS_JSON and isinstance(document, list):
        for paper in document:
            if link := _link(site, path, paper["url"], findings):
                _follow(site, link, (), findings)


_CHECKS = {
    "html": _check_html,
    "css": _check_css,
    "xml": _check_xml,
    "svg": _check_xml,
    "json": _check_json,
    "webmanifest": _check_json,
}


def _candidates(srcset: str) -> Iterator[str]:
    return (candidate.split()[0] for candidate in srcset.split(",") if candidate.strip())


def _link(site: _Site, source: str, text: str, findings: _Findings) -> _Link | None:
    """Return where a link of a page leads, None where that is another site; what may not be is reported."""
    address, _, fragment = text.partition("#")
    address = address.partition("?")[0]
    root = urlsplit(site.url).path
    if not address:
        target = source
    elif address.startswith(site.url):
        target = address[len(site.url) :]
    elif scheme := _SCHEME.match(address):
        if scheme[1].lower() not in _HARMLESS_SCHEMES:
            findings.report(source, f"has a link that a site should not have: {text[:80]!r}")
        return None
    elif address.startswith("//"):
        return None
    elif address.startswith("/"):
        if source != "404.html":  # which is served at any depth
            findings.report(
                source, f"links to {text!r}, which works neither from a disk nor under another path"
            )
            return None
        target = address[len(root) :] if address.startswith(root) else "../"
    else:
        target = posixpath.join(posixpath.dirname(source), address)
    if "./" in target or "//" in target or target.endswith(("/.", "/..")):
        slash = "/" if target.endswith(("/", "/.", "/..")) else ""
        target = posixpath.normpath(target) + slash
        target = "" if target == "./" else target
    if not target or target.endswith("/"):
        target += "index.html"
    if "%" in target:
        target = unquote(target)
    return _Link("" if target.startswith("../") else target, unquote(fragment), source, text)


def _follow(site: _Site, link: _Link, own_places: Iterable[str], findings: _Findings) -> None:
    findings.links += 1
    if link.target not in site.files:
        findings.broken.append(link)
    elif link.fragment and link.fragment != "top":  # which HTML itself defines
        if link.target != link.source:
            findings.fragments.append(link)
        elif link.fragment not in own_places:
            findings.report(link.source, f"links to {link.text!r}, but has no such id")


def _broken(site: _Site, links: Iterable[_Link]) -> Iterator[Problem]:
    by_target: dict[str, list[_Link]] = {}
    for link in sorted(links):
        by_target.setdefault(link.target, []).append(link)
    for target, same in by_target.items():
        message = f"links to {same[0].text!r}, and there is no {target or 'such place in the site'}"
        if len(same) > 1:
            message += f"; {len(same) - 1:,} more links lead there"
        remedy = "put a slash at its end" if f"{target}/index.html" in site.files else ""
        yield _problem(same[0].source, message, remedy)


def _missing_places(site: _Site, links: Iterable[_Link]) -> Iterator[Problem]:
    page, places = "", set()
    for link in sorted(links):
        if link.target != page:
            page = link.target
            text = (site.output / page).read_text("utf-8")
            places = {unescape(value) for name, value in _ATTRIBUTE.findall(text) if name == "id"}
        if link.fragment not in places:
            yield _problem(link.source, f"links to {link.text!r}, but {page} has no id {link.fragment!r}")


def _problem(path: str, message: str, remedy: str = "") -> Problem:
    return Problem(location=Location(path=path), message=message, remedy=remedy)
