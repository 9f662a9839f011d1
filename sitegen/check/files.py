"""Check the content of a site's files, by their type.

HTML is read with regular expressions, because html.parser takes minutes for 46,000 pages. They rely on two things
that the renderer guarantees: attributes are in double quotes (any other is reported), and text has no raw ``<`` or
``>``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape

import msgspec

from sitegen.check import exports, links, machine
from sitegen.check.findings import BuiltSite, Findings
from sitegen.site import urls

# Elements whose text may look like template code: BibTeX has "{{", and a paper may quote a template.
_VERBATIM = re.compile(r"<(script|style|pre|code|textarea)\b([^>]*)>(.*?)</\1>", re.S)
_EXPORT = re.compile(r'\sid="(bibtex|ris|csl)"|\stype="application/ld\+json"')
_FORMATS = {"bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON", None: "JSON-LD"}
_TITLE = re.compile(r"<title>\s*[^<\s]")
_DESCRIPTION = re.compile(r'<meta\b(?=[^<>]*\sname="description")[^<>]*\scontent="\s*[^"\s]')
# Googlebot reads the first 2 MB of a page, and no more: https://developers.google.com/search/docs, "Googlebot". The
# largest page of 45,000 of a real site has 49 KB.
_LARGEST_PAGE = 2_000_000
_ATTRIBUTE = re.compile(r'\s(href|src|srcset|poster|action|id|content)="([^"]*)"(?=[^<>]*>)')
_UNQUOTED = re.compile(r'<[a-z][^<>"]*\s(?:href|src|srcset|action|id)=[^"\s]')
_LOADS_FOREIGN = re.compile(
    r'<link\b(?=[^<>]*\srel="(?:stylesheet|icon|manifest|(?:module)?preload|preconnect|dns-prefetch)\b)'
    r'[^<>]*\shref="((?:https?:)?//[^"]*)"'
)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_CSS_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)""")
# Each leftover contains one of these; to search for them first is thirty times as fast.
_LEFTOVER_MARKS = ("{{", "{%", "Undefined(", "undefined object", " object at 0x", "Markup(")
_LEFTOVER = re.compile(
    r"\{\{-? ?[a-z_]+(?:\.[a-z_]+)+ ?(?:\|[^}]*)?-?\}\}"
    r"|\{%[-+]? ?(?:if|else|elif|for|include|extends|block|set|macro|import|from|end[a-z]+)\b[^}]*%\}"
    r"|\bUndefined\(|\bundefined object\b| object at 0x[0-9a-f]{6}|\bMarkup\("
)
_NOINDEX = '<meta name="robots" content="noindex'
_CANONICAL = '<link rel="canonical" '
_KEEP_HERE = "keep the file in static/, and load it from there"
_LOADED = frozenset({"src", "srcset", "poster"})


def check_files(site: BuiltSite, paths: Iterable[str]) -> Findings:
    """Return what is wrong in files of a site, and their links; ``paths`` are relative to the output folder."""
    findings = Findings()
    for path in paths:
        kind = path.rpartition(".")[2]
        if kind in _CHECKS:
            try:
                text = (site.output / path).read_bytes().decode()
            except OSError as error:
                findings.report("pages", path, f"cannot be read: {error.strerror}", "check its permissions")
                continue
            except UnicodeDecodeError as error:
                findings.report("pages", path, f"is not UTF-8 (byte {error.start})", "save it in UTF-8")
                continue
            for character, name in (("\0", "NUL"), ("\ufffd", "U+FFFD, the mark of a lost character,")):
                if character in text:
                    near = text[max(0, (at := text.index(character)) - 30) : at + 30]
                    remedy = "write the file that it comes from anew, in UTF-8"
                    findings.report("pages", path, f"{name} in {near!r}", remedy, line=_line(text, character))
            _CHECKS[kind](site, path, text, findings)
    return findings


def _check_html(site: BuiltSite, path: str, text: str, findings: Findings) -> None:
    markup = _without_verbatim(path, text, findings)
    _check_head(path, text, markup, findings)
    _check_markup(path, text, markup, findings)
    attributes = _ATTRIBUTE.findall(markup)
    ids = Counter(value for name, value in attributes if name == "id")
    if len(ids) < ids.total():
        twice = next(id for id, number in ids.items() if number > 1)
        remedy = "rename one; a link to it leads to the first, and labels and scripts may take the wrong one"
        line = _line(text, f' id="{twice}"', 2)
        findings.report("pages", path, f"has {ids[twice]} elements with the id {twice!r}", remedy, line=line)
    for name, value in set(attributes):
        if name == "id" or (name == "content" and not value.startswith(site.url)):
            continue
        for written in _candidates(value) if name == "srcset" else (value,):
            address = unescape(written) if "&" in written else written
            if name in _LOADED and address.startswith(("https:", "http:", "//")):
                message = f"loads {address} from another host"
                findings.report("pages", path, message, _KEEP_HERE, line=_line(text, written))
            elif link := links.read(site, path, address, findings):
                links.follow(site, link, ids, findings)


def _without_verbatim(path: str, text: str, findings: Findings) -> str:
    """Return a page without the content of scripts and the like, and check the references and JSON-LD in it."""

    def emptied(element: re.Match[str]) -> str:
        name, attributes, content = element.groups()
        if attributes and (match := _EXPORT.search(attributes)):
            format = _FORMATS[match[1]]
            line = text.count("\n", 0, element.start(3)) + 1
            exports.check_export(path, unescape(content) if match[1] else content, format, line, findings)
        return f"<{name}{attributes}></{name}>"

    return _VERBATIM.sub(emptied, text)


def _check_head(path: str, text: str, markup: str, findings: Findings) -> None:
    """Check what search engines and feed readers take of a page: its title, its description, and its size."""
    head = markup.partition("<body")[0]
    if not _TITLE.search(head):
        remedy = "fill <title> in its template; browsers and search engines name the page by it"
        findings.report("pages", path, "has no title", remedy, line=_line(text, "<title"))
    if _NOINDEX in markup or _CANONICAL not in head:
        findings.unlisted.add(path)
    if _NOINDEX not in markup and not _DESCRIPTION.search(head):
        remedy = 'fill <meta name="description"> in its template, or the description of the Markdown page'
        line = _line(text, "<title")
        findings.report("pages", path, "has no description", remedy, line=line, is_warning=True)
    if len(text) > _LARGEST_PAGE // 4 and (size := len(text.encode())) > _LARGEST_PAGE:
        message = f"has {size / 1e6:,.1f} MB, and search engines read {_LARGEST_PAGE / 1e6:,.0f}"
        findings.report("pages", path, message, "divide it into several pages", is_warning=True)


def _check_markup(path: str, text: str, markup: str, findings: Findings) -> None:
    """Report what no template should leave in a page."""
    if any(mark in markup for mark in _LEFTOVER_MARKS) and (leftover := _LEFTOVER.search(markup)):
        line = _line(text, leftover[0])
        remedy = "correct the template that left it"
        findings.report("pages", path, f"holds {leftover[0][:60]!r}", remedy, line=line)
    if unquoted := _UNQUOTED.search(markup):
        message = f"has an attribute without double quotes: {unquoted[0][-60:]!r}"
        findings.report("pages", path, message, "put them in the template", line=_line(text, unquoted[0]))
    for foreign in _LOADS_FOREIGN.findall(markup):
        line = _line(text, foreign)
        findings.report("pages", path, f"loads {foreign} from another host", _KEEP_HERE, line=line)


def _line(text: str, part: str, occurrence: int = 1) -> int | None:
    """Return the line of an occurrence of a part, counted from 1; None if there is none."""
    at = -1
    for _ in range(occurrence):
        at = text.find(part, at + 1)
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def _check_css(site: BuiltSite, path: str, text: str, findings: Findings) -> None:
    for groups in set(_CSS_URL.findall(_CSS_COMMENT.sub("", text))):
        written = "".join(groups)
        if written.startswith(("https:", "http:", "//")):
            message = f"loads {written} from another host"
            findings.report("pages", path, message, _KEEP_HERE, line=_line(text, written))
        elif not written.startswith("#") and (link := links.read(site, path, written, findings)):
            links.follow(site, link, (), findings)


def _check_json(site: BuiltSite, path: str, text: str, findings: Findings) -> None:
    if fault := exports.json_fault(text):
        remedy = "correct the template that made it"
        findings.report("pages", path, f"is not JSON: {fault.reason}", remedy, line=fault.line)
        return
    document = msgspec.json.decode(text)
    if path == urls.PAPERS_JSON and isinstance(document, list):
        for paper in document:
            url = paper.get("url") if isinstance(paper, dict) else None
            # The owner's own template may have made the file, in any shape.
            if isinstance(url, str) and (link := links.read(site, path, url, findings)):
                links.follow(site, link, (), findings)


_CHECKS = {
    "html": _check_html,
    "css": _check_css,
    "xml": machine.check_xml,
    "svg": machine.check_xml,
    "json": _check_json,
    "bib": exports.check_bibtex_file,
    "ris": exports.check_ris_file,
    "js": exports.check_script,
    "webmanifest": _check_json,
}


def _candidates(srcset: str) -> Iterator[str]:
    """Return the addresses in a srcset attribute."""
    return (candidate.split()[0] for candidate in srcset.split(",") if candidate.strip())
