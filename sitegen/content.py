"""Reads Markdown pages and notes; the sole importer of markdown.

A file may begin with front matter (see ``front_matter``). Its text becomes sanitised HTML (see ``owner_html``),
so that a note from a pull request cannot add a script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from functools import cache
from html import escape, unescape
from itertools import product
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import Element

import markdown
import msgspec
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
from markdown.treeprocessors import Treeprocessor
from markdown.util import STX, AtomicString

from sitegen import front_matter, owner_html, sources
from sitegen.config.toml import Document, read_source
from sitegen.errors import ContentError, Location, Problem, readable
from sitegen.models import ArxivId, MarkdownPage, Note
from sitegen.text import ROOT, formulas, math, mathtext
from sitegen.text.characters import ASCII_CONTROLS, visible

T = TypeVar("T")

_PAGE_NAME = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
_NOTE_NAME = re.compile(r"[a-z0-9]+(?:[.-]+[a-z0-9]+)*")  # 2603.07369.md is a natural name for a note
_OTHER_ENDING = re.compile(r"\.(?:md|markdown|mdown|mkd)(?:\.txt)?\Z", re.I)  # Windows may hide .txt
# NUL is ROOT in the markup made here, STX and ETX are markdown's own marks; no text needs any of the others.
_CONTROLS = re.compile(f"[{ASCII_CONTROLS}]")

# Applied to output of markdown, in which text is escaped, so that every match is a tag.
_H1 = re.compile(r"<h1\b[^<>]*>")
_HEADING = re.compile(r"(</?h)([1-6])\b")

# Brackets that are open at one place of a paragraph: for each, markdown reads the paragraph to its end.
_OPEN_BRACKETS = 200
_BRACKET = re.compile(r"[\[\]]|\n[ \t]*\n")
# Characters of a paragraph, list item or cell of a table: markdown copies all of it for each word that is emphasised.
_LONGEST_TEXT = 20_000
_FORMULA = re.compile(r'<code class="tex">([^<]*)</code>')


class _Article(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed Markdown file. Mistakes in its front matter are raised by ``front.finish()``."""

    front: Document
    title: str
    html: str
    left_out: list[Problem]


def load_pages(
    content: Path, *, reserved: Collection[str] = (), unsafe_html: bool = False
) -> tuple[tuple[MarkdownPage, ...], tuple[Problem, ...]]:
    """Return the pages of ``pages/**/*.md``, sorted by path, and a problem for all HTML that was left out of them.

    The address of a page must not begin with a ``reserved`` part. ContentError lists the mistakes of all files.
    """
    problems: list[Problem] = []

    def read(path: Path, slug: str) -> MarkdownPage:
        _refuse_address(path, slug, reserved)
        article = _read(path, unsafe_html)
        page = MarkdownPage(
            slug=slug,
            title=article.title,
            html=article.html,
            description=article.front.root.text("description"),
        )
        article.front.finish()
        problems.extend(article.left_out)
        return page

    return tuple(_read_all(content / "pages", _PAGE_NAME, read)), tuple(problems)


def load_notes(content: Path, *, unsafe_html: bool = False) -> tuple[tuple[Note, ...], tuple[Problem, ...]]:
    """Return the notes of ``notes/**/*.md``, sorted by path, and the problems with them.

    There is a problem for each note left out as it is empty, and for all HTML left out of notes. ContentError lists
    the mistakes of all files. The caller checks whether the paper of a note exists.
    """
    problems: list[Problem] = []

    def read(path: Path, slug: str) -> Note:
        # Several notes may share a paper's page, so their ids begin with their slugs.
        article = _read(path, unsafe_html, id_prefix=slug.replace("/", "-") + "-")
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
        problems.extend(article.left_out)
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
            remedy=f"rename it to {readable(_OTHER_ENDING.sub('', path.name))}.md",
        )
        for folder in ("pages", "notes")
        for path in _source_files(content / folder)
        if path.suffix != ".md" and _OTHER_ENDING.search(path.name)
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


def _refuse_address(path: Path, slug: str, reserved: Collection[str]) -> None:
    """Raise ContentError if a page may not have the address that follows from the name of its file."""
    first, *_, last = slug.split("/") * 2
    if first in reserved:
        message = f"addresses that begin with {first}/ are the site's own"
        raise ContentError.at(path, message, "give the file another name, or put it into another folder")
    if last == "index":
        name = slug.removesuffix("/index") if "/" in slug else "about"
        message = f"a page's address is its file's name, so this one would be at {slug}/"
        raise ContentError.at(path, message, f"rename it to {name}.md")


def _proposed_name(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "page"


def _base_identifier(text: str) -> str:
    try:
        return ArxivId.parse(text).base
    except ValueError as error:
        raise ValueError(str(error), 'such as arxiv = "2603.07369"') from None


def _read(path: Path, unsafe_html: bool, id_prefix: str = "") -> _Article:
    source = read_source(path, ContentError)
    toml, body, body_line = front_matter.split(path, source)
    front = Document(path, toml, ContentError, first_line=2)

    markup = _markup(path, _CONTROLS.sub("", body))
    before, heading, after = _split_at_h1(markup)
    title = front.root.text("title")
    heading = visible(heading).strip()
    if heading and title in ("", heading):
        title, markup = heading, before + after
    if not title:
        front.note(("title",), "is missing", "begin the text with a line: # Title")
    html, mistakes, left_out = owner_html.sanitised(
        _with_h2_highest(markup), id_prefix=id_prefix, unsafe=unsafe_html
    )

    def line_of(written: str) -> int | None:
        # The source may hold an address with entities or escapes; then search for its last segment.
        wanted = filter(None, (written, written.rpartition("/")[2].strip()))
        for part, text in product(wanted, (front_matter.without_code(body), body)):
            before, there, _ = text.partition(part)
            if there:
                return before.count("\n") + body_line
        return None

    for written, message, remedy in mistakes:
        front.note((), message, remedy, line=line_of(written))
    problems = [
        Problem.at(path, message, remedy, line=line_of(written)) for written, message, remedy in left_out
    ]
    return _Article(front=front, title=title, html=_finished(html), left_out=problems)


def _finished(html: str) -> str:
    """Return sanitised HTML with its formulas, and without control characters."""
    # nh3 has decoded controls written as entities, such as &#2;. NUL is from owner_html, because it is ROOT.
    clean = _CONTROLS.sub(lambda control: control[0] if control[0] == ROOT else "", html).strip()
    return _FORMULA.sub(lambda found: math.to_html(unescape(found[1]), block=True), clean)


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


class _TooLong(Exception):
    """A paragraph is too long; the message is its beginning."""


class _LongTexts(Treeprocessor):
    """Refuses long texts before they are searched for emphasis, links and formulas."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            for text in element.text, element.tail:
                if text and len(text) > _LONGEST_TEXT and not isinstance(text, AtomicString):
                    raise _TooLong(text[:60])


class _Formulas(Extension):
    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the name is markdown's
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
        # After spans of code, before backslashes and emphasis.
        md.inlinePatterns.register(_FormulaPattern(r"(?<!\\)\$|\\\(|\\\[|\\begin\{", md), "formula", 185)
        md.treeprocessors.register(_LongTexts(md), "long texts", 25)  # before "inline"


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
    except _TooLong as error:
        message = f"a paragraph of more than {_LONGEST_TEXT:,} characters, which begins with «{error}»"
        raise ContentError.at(path, message, "divide it by blank lines") from None
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
    plain = _CONTROLS.sub("", owner_html.plain(heading))
    return markup[: opening.start()], " ".join(plain.split()), after


def _with_h2_highest(markup: str) -> str:
    """Return markup whose highest heading is an h2; the h1 is the title of the page."""
    highest = min((int(level) for _, level in _HEADING.findall(markup)), default=2)
    return _HEADING.sub(lambda tag: tag[1] + str(min(int(tag[2]) - highest + 2, 6)), markup)
