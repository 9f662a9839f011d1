"""Check the content of a site's files, by their type.

HTML is read with regular expressions, because html.parser takes minutes for 46,000 pages. They rely on two things
that the renderer guarantees: attributes are in double quotes (any other is reported), and text has no raw ``<`` or
``>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

import msgspec

from sitegen.check import links, machine
from sitegen.check.findings import BuiltSite, Findings
from sitegen.site import urls

# Elements whose text may look like template code: BibTeX has "{{", and a paper may quote a template.
_VERBATIM = re.compile(r"<(script|style|pre|code|textarea)\b([^>]*)>.*?</\1>", re.S)
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
                findings.report("pages", path, f"is not UTF-8 (byte {error.start})")
                continue
            for character, name in (("\0", "NUL"), ("�", "U+FFFD, the mark of a lost character,")):
                if character in text:
                    near = text[max(0, (at := text.index(character)) - 30) : at + 30]
                    findings.report("pages", path, f"{name} in {near!r}")
            _CHECKS[kind](site, path, text, findings)
    return findings


def _check_html(site: BuiltSite, path: str, text: str, findings: Findings) -> None:
    markup = _VERBATIM.sub(r"<\1\2></\1>", text)
    if any(mark in markup for mark in _LEFTOVER_MARKS) and (leftover := _LEFTOVER.search(markup)):
        findings.report("pages", path, f"holds {leftover[0][:60]!r}", "correct the template that left it")
    if unquoted := _UNQUOTED.search(markup):
        findings.report("pages", path, f"has an attribute without double quotes: {unquoted[0][-60:]!r}")
    for foreign in _LOADS_FOREIGN.findall(markup):
        findings.report("pages", path, f"loads {foreign} from another host")
    if _NOINDEX in markup:
        findings.unlisted.add(path)
    attributes = set(_ATTRIBUTE.findall(markup))
    ids = {value for name, value in attributes if name == "id"}
    for name, value in attributes:
        if name == "id" or (name == "content" and not value.startswith(site.url)):
            continue
        for written in _candidates(value) if name == "srcset" else (value,):
            text = unescape(written) if "&" in written else written
            if name in _LOADED and text.startswith(("https:", "http:", "//")):
                findings.report("pages", path, f"loads {text} from another host")
            elif link := links.read(site, path, text, findings):
                links.follow(site, link, ids, findings)


def _check_css(site: BuiltSite, path: str, text: str, findings: Findings) -> None:
    for groups in set(_CSS_URL.findall(_CSS_COMMENT.sub("", text))):
        written = "".join(groups)
        if written.startswith(("https:", "http:", "//")):
            findings.report("pages", path, f"loads {written} from another host")
        elif not written.startswith("#") and (link := links.read(site, path, written, findings)):
            links.follow(site, link, (), findings)


def _check_json(site: BuiltSite, path: str, text: str, findings: Findings) -> None:
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        findings.report("pages", path, f"is not JSON: {reason}", "correct the template that made it")
        return
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
    "webmanifest": _check_json,
}


def _candidates(srcset: str) -> Iterator[str]:
    """Return the addresses in a srcset attribute."""
    return (candidate.split()[0] for candidate in srcset.split(",") if candidate.strip())
