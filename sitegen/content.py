"""Reads Markdown pages and notes; the sole importer of markdown and nh3.

A file may begin with front matter (see ``front_matter``). Its text becomes sanitised HTML, so that a note from a pull
request cannot add a script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import Element

import markdown
import msgspec
import nh3
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrExtension
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.fenced_code import FencedCodeExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.md_in_html import MarkdownInHtmlExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.smarty import SmartyExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension, slugify_unicode
from markdown.inlinepatterns import InlineProcessor
from markdown.util import STX, AtomicString

from sitegen import front_matter, sources
from sitegen.config.toml import Document, read_source, shown
from sitegen.errors import ContentError, Location, Problem, readable
from sitegen.models import ArxivId, MarkdownPage, Note
from sitegen.text import PAPER_LINK, ROOT, formulas, math, mathtext
from sitegen.text.characters import ASCII_CONTROLS

T = TypeVar("T")

_PAGE_NAME = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
_NOTE_NAME = re.compile(r"[a-z0-9]+(?:[.-]+[a-z0-9]+)*")  # 2603.07369.md is a natural name for a note
_OTHER_SUFFIXES = {".md", ".markdown", ".mdown", ".mkd"}
# NUL is ROOT in the markup made here, STX and ETX are markdown's own marks; no text needs any of the others.
_CONTROLS = re.compile(f"[{ASCII_CONTROLS}]")

# Applied to output of markdown, in which text is escaped, so that every match is a tag.
_H1 = re.compile(r"<h1\b[^<>]*>")
_HEADING = re.compile(r"(</?h)([1-6])\b")
_ALIGNED_CELL = re.compile(r'(<t[hd]) style="text-align: (left|right|center);"')
# Applied to output of nh3, in which every attribute is quoted.
_IMAGE_WITHOUT_SOURCE = re.compile(r'<img(?: (?!src=)[\w-]+="[^"]*")*>')

# Characters that the URL Standard removes before parsing (https://url.spec.whatwg.org/#concept-basic-url-parser), and
# those that _CONTROLS removes later.
_REMOVED_BY_BROWSERS = re.compile(r"[\x00-\x1f\x7f]")
_SCHEMES = {"http", "https", "mailto", "arxiv"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_PLAIN_SEGMENT = re.compile(r"[\w.~%-]*(?:[/?#]|\Z)", re.A)

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn",
    "div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "title"},
    "a": {"href"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Only classes that markdown generates: others could imitate the site's own controls.
_CLASSES = re.compile(
    r"footnote(?:-ref|-backref)?|toc|align-(?:left|right|center)|language-[\w+#-]{1,30}|tex", re.A
)
# Ids of templates/base.html and page.html; two elements of a page must not have the same.
_IDS_OF_LAYOUT = frozenset({"content", "contents"})
# Brackets that are open at one place of a paragraph: for each, markdown reads the paragraph to its end.
_OPEN_BRACKETS = 200
_BRACKET = re.compile(r"[\[\]]|\n[ \t]*\n")
_FORMULA = re.compile(r'<code class="tex">([^<]*)</code>')


class _Article(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed Markdown file. Mistakes in its front matter are raised by ``front.finish()``."""

    front: Document
    title: str
    html: str


def load_pages(content: Path) -> tuple[MarkdownPage, ...]:
    """Return the pages of ``pages/**/*.md``, sorted by path. ContentError lists the mistakes of all files."""

    def read(path: Path, slug: str) -> MarkdownPage:
        article = _read(path)
        page = MarkdownPage(
            slug=slug,
            title=article.title,
            html=article.html,
            description=article.front.root.text("description"),
        )
        article.front.finish()
        return page

    return tuple(_read_all(content / "pages", _PAGE_NAME, read))


def load_notes(content: Path) -> tuple[tuple[Note, ...], tuple[Problem, ...]]:
    """Return the notes of ``notes/**/*.md``, sorted by path, and a problem for each note left out as it is empty.

    ContentError lists the mistakes of all files. The caller checks whether the paper of a note exists.
    """
    problems: list[Problem] = []

    def read(path: Path, slug: str) -> Note:
        # Several notes may share a paper's page, so their ids begin with their slugs.
        article = _read(path, id_prefix=slug.replace("/", "-") + "-")
        table = article.front.root
        note = Note(
            slug=slug,
            paper=table.text(
                "arxiv", required='name the paper: arxiv = "2603.07369"', check=_base_identifier
            ),
            title=article.title,
            html=article.html,
            author=table.text("author"),
            date=table.day("date"),
        )
        article.front.finish()
        if not note.html:
            where = Location(path=str(path))
            problems.append(Problem(location=where, message="the note is empty", remedy="it was left out"))
        return note

    notes = _read_all(content / "notes", _NOTE_NAME, read)
    return tuple(note for note in notes if note.html), tuple(problems)


def misnamed_files(content: Path) -> tuple[Problem, ...]:
    """Return a problem for each Markdown file in ``pages`` or ``notes`` whose suffix is not ``.md``."""
    return tuple(
        Problem(
            location=Location(path=readable(path)),
            message="is not read, for its name does not end in .md",
            remedy=f"rename it to {readable(path.with_suffix('.md').name)}",
        )
        for folder in ("pages", "notes")
        for path in _source_files(content / folder)
        if path.suffix != ".md" and path.suffix.lower() in _OTHER_SUFFIXES
    )


def _read_all(folder: Path, allowed: re.Pattern[str], read: Callable[[Path, str], T]) -> list[T]:
    """Return what ``read`` returns for path and slug of each Markdown file; one ContentError for all mistakes."""
    found: list[T] = []
    problems: list[Problem] = []
    for path in _source_files(folder):
        if path.suffix != ".md":
            continue
        try:
            found.append(read(path, _slug(path, folder, allowed)))
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(*problems)
    return found


def _source_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder, sorted by path, without drafts."""
    for file in sorted(sources.tree(folder).files):
        # The name or a folder of a draft or an example begins with "_".
        if Path(file.name).suffix and not any(part.startswith((".", "_")) for part in file.name.split("/")):
            yield folder / file.name


def _slug(path: Path, folder: Path, allowed: re.Pattern[str]) -> str:
    parts = path.relative_to(folder).with_suffix("").parts
    if not all(map(allowed.fullmatch, parts)):
        proposal = "/".join(_proposed_name(part) for part in parts)
        raise ContentError.at(
            path,
            "a file's name becomes an address, so it is made of a–z, 0–9 and single hyphens",
            f"rename it to {proposal}.md",
        )
    return "/".join(parts)


def _proposed_name(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "page"


def _base_identifier(text: str) -> str:
    try:
        return ArxivId.parse(text).base
    except ValueError as error:
        raise ValueError(str(error), 'such as arxiv = "2603.07369"') from None


def _read(path: Path, id_prefix: str = "") -> _Article:
    source = read_source(path, ContentError)
    toml, body, body_line = front_matter.split(path, source)
    front = Document(path, toml, ContentError, first_line=2)

    markup = _markup(path, _CONTROLS.sub("", body))
    before, heading, after = _split_at_h1(markup)
    title = front.root.text("title")
    if heading and title in ("", heading):
        title, markup = heading, before + after
    if not title:
        front.note(("title",), "is missing", "begin the text with a line: # Title")
    html, mistakes = _sanitised(_with_h2_highest(markup), id_prefix)
    for address, message, remedy in mistakes:
        # The source may hold the address with entities or escapes; then search for its last segment.
        written = address if address in body else address.rpartition("/")[2].strip()
        before, there, _ = body.partition(written)
        front.note((), message, remedy, line=before.count("\n") + body_line if there and written else None)
    return _Article(front=front, title=title, html=html)


class _FormulaPattern(InlineProcessor):
    """Turns a formula into ``<code class="tex">``, which Markdown does not change; it is converted later.

    Formulas and amounts of money are distinguished as in abstracts.
    """

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is markdown's
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        source = formulas.formula_at(data, m.start())
        if not source or STX in source:  # it contains a span of code
            return None, None, None
        element = Element("code", {"class": "tex"})
        element.text = AtomicString(source)
        return element, m.start(), m.start() + len(source)


class _Formulas(Extension):
    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the name is markdown's
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
        # After spans of code, before backslashes and emphasis.
        md.inlinePatterns.register(_FormulaPattern(r"(?<!\\)\$|\\\(|\\\[|\\begin\{", md), "formula", 185)


@cache
def _converter() -> markdown.Markdown:
    # Markdown Extra and more. Given by name, they would be searched for in all installed packages, which takes 30 ms.
    extensions = [
        FencedCodeExtension(),
        FootnoteExtension(),
        AttrListExtension(),
        DefListExtension(),
        TableExtension(),
        AbbrExtension(),
        MarkdownInHtmlExtension(),
        # A table of contents does not list the title.
        TocExtension(slugify=slugify_unicode, toc_depth="2-6"),
        SaneListExtension(),
        SmartyExtension(),
        _Formulas(),
    ]
    return markdown.Markdown(extensions=extensions, output_format="html")


def _markup(path: Path, text: str) -> str:
    _refuse_brackets(path, text)
    try:
        return _converter().reset().convert(text)
    except Exception as error:
        # markdown defines no errors: odd input raises RecursionError or AssertionError, after which the converter
        # cannot be used again.
        _converter.cache_clear()
        remedy = "look for lists or quotations that are nested very deeply"
        raise ContentError.at(path, f"the Markdown cannot be read: {type(error).__name__}", remedy) from error


def _refuse_brackets(path: Path, text: str) -> None:
    """Raise ContentError if so many brackets are open that markdown would take minutes."""
    depth = 0
    for bracket in _BRACKET.findall(text):
        # A blank line ends a paragraph, beyond which markdown does not look.
        depth = depth + 1 if bracket == "[" else max(0, depth - 1) if bracket == "]" else 0
        if depth > _OPEN_BRACKETS:
            message = f"more than {_OPEN_BRACKETS} brackets «[» in one paragraph are not closed"
            raise ContentError.at(path, message, "close them, or write \\[ where none is meant")


def _split_at_h1(markup: str) -> tuple[str, str, str]:
    """Return the markup before the first h1, the plain text of that h1, and the markup after it."""
    if not (opening := _H1.search(markup)):
        return markup, "", ""
    heading, _, after = markup[opening.end() :].partition("</h1>")
    heading = _FORMULA.sub(lambda found: escape(mathtext.to_text(unescape(found[1]))), heading)
    plain = _CONTROLS.sub("", unescape(nh3.clean(heading, tags=set())))
    return markup[: opening.start()], " ".join(plain.split()), after


def _with_h2_highest(markup: str) -> str:
    """Return markup whose highest heading is an h2; the h1 is the title of the page."""
    highest = min((int(level) for _, level in _HEADING.findall(markup)), default=2)
    return _HEADING.sub(lambda tag: tag[1] + str(min(int(tag[2]) - highest + 2, 6)), markup)


def _sanitised(markup: str, id_prefix: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Return safe HTML, and a tuple (address, message, remedy) for each mistaken address in it."""
    mistakes: list[tuple[str, str, str]] = []
    interrupted: list[BaseException] = []

    def own_id(written: str) -> str:
        return (id_prefix or "text-") + written if written in _IDS_OF_LAYOUT else id_prefix + written

    def filter_attribute(tag: str, name: str, value: str) -> str | None:
        try:
            match name:
                case "class":
                    return " ".join(filter(_CLASSES.fullmatch, value.split())) or None
                case "id":
                    return own_id("-".join(value.split()))
                case "href":
                    address = _browser_address(value)
                    return f"#{own_id(address[1:])}" if address.startswith("#") else _address(address)
                case "src":
                    # nh3 also calls this for tags that it drops, such as scripts and frames.
                    return None if tag != "img" else _image_address(_browser_address(value))
        except ValueError as error:
            mistakes.append((value, *error.args))
            return None
        except BaseException as error:  # such as Ctrl-C, which nh3 would ignore; it is raised again below
            interrupted.append(error)
            return None
        return value

    clean = nh3.clean(
        _ALIGNED_CELL.sub(r'\1 class="align-\2"', markup),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        # nh3 removes addresses with other schemes before it calls ``filter_attribute``.
        url_schemes=_SCHEMES,
        attribute_filter=filter_attribute,
        set_tag_attribute_values={"img": {"loading": "lazy"}},
        link_rel=None,
    )
    if interrupted:
        raise interrupted[0]
    # nh3 has decoded controls written as entities, such as &#2;. NUL is filter_attribute, because it is ROOT.
    clean = _CONTROLS.sub(lambda control: control[0] if control[0] == ROOT else "", clean)
    clean = _IMAGE_WITHOUT_SOURCE.sub("", clean).strip()
    return _FORMULA.sub(lambda found: math.to_html(unescape(found[1]), block=True), clean), mistakes


def _browser_address(value: str) -> str:
    """Return an address as browsers read it, without control characters and surrounding white space."""
    return _REMOVED_BY_BROWSERS.sub("", value).strip()


def _address(value: str) -> str | None:
    """Return the address of a link, or None if its scheme is not allowed.

    nh3 has checked the scheme only before control characters were removed. ValueError has message and remedy.
    """
    if (scheme := _SCHEME.match(value)) and scheme[0][:-1].lower() not in _SCHEMES:
        return None
    if value.lower().startswith("arxiv:"):
        try:
            return PAPER_LINK + str(ArxivId.parse(value))
        except ValueError:
            raise ValueError(f"{shown(value)} names no paper", "write it as in arxiv:2603.07369") from None
    if value.startswith("//"):
        return f"https:{value}"
    if value.startswith("/"):
        # If ROOT becomes the empty string, "/javascript:…" must not become an address with a scheme.
        return ROOT + (value[1:] if _PLAIN_SEGMENT.match(value[1:]) else f"./{value[1:]}")
    return value


def _image_address(value: str) -> str | None:
    value = value.replace("\\", "/")  # as browsers do
    # Pages load nothing from other hosts.
    if _SCHEME.match(value) or value.startswith("//"):
        raise ValueError(
            f"the image {shown(value)} is at another host", "put it into static/ and write /static/NAME"
        )
    return _address(value)
