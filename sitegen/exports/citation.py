"""A paper as a reference of one line in the style of APA, as plain text and as Markdown.

The style follows the Publication Manual of the American Psychological Association, 7th edition: given names as
initials, an ampersand before the last author, and of more than twenty authors only the first nineteen and the last.
"""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import NamedTuple

from sitegen.exports import journal, metadata
from sitegen.library.library import day_in
from sitegen.models import Name, Paper
from sitegen.text import abstract, doi, math, tex
from sitegen.text.characters import one_line

_MOST_AUTHORS = 20
# Characters that CommonMark or GitHub read as markup inside a line. < and & become entities, because not every
# Markdown program reads a backslash before them as an escape.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>&#|~$]")
_LINE_START = re.compile(r"(\d{1,9}|)([-+.)=])")  # read as a list, or as the underline of a heading
# In a formula, these would end the link or begin other markup.
_MARKDOWN_UNSAFE = re.compile(r"[`\[\]$&]|\\begin|\\\\")
_LINK_UNSAFE = re.compile(r"[\s()<>\\]")


class Reference(NamedTuple):
    """A reference as one line, in two formats."""

    plain: str
    markdown: str  # the title is a link, with formulas in TeX


def reference(paper: Paper, url: str, zone: tzinfo = UTC) -> Reference:
    """Return the reference of a paper; in Markdown, the title links to ``url``."""
    head, source, link = _head(paper, zone), _source(paper), _link(paper)
    text = abstract.to_text(paper.title)
    if _LINK_UNSAFE.search(url):
        url = _LINK_UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", url)
    title = _escape(text) if tex.is_plain(paper.title) else _with_formulas(paper.title)
    titles = [f"[{sentence}]({url})" for sentence in _as_sentence(title)]
    # In <…> nothing needs an escape, and a DOI's address has no < or > left in it.
    line = one_line(" ".join([_escape(head), *titles, *map(_escape, source), f"<{link}>"]))
    if _LINE_START.match(line):
        line = _LINE_START.sub(r"\1\\\2", line, count=1)
    return Reference(one_line(" ".join([head, *_as_sentence(text), *source, link])), line)


def _with_formulas(title: str) -> str:
    return one_line("".join(map(_markdown_piece, tex.pieces(title))))


def _markdown_piece(piece: tex.Piece) -> str:
    """Return a part of a title as Markdown; formulas become ``$…$``, which GitHub, Pandoc and Jupyter typeset."""
    kind, source = piece
    if kind == "math":
        formula = math.strip_delimiters(source)[0].replace("<", r"\lt ").replace(">", r"\gt ")
        if not _MARKDOWN_UNSAFE.search(formula):
            return f"${' '.join(formula.split())}$"
    return _escape(abstract.piece_text(piece))


def _head(paper: Paper, zone: tzinfo) -> str:
    published = journal.article(paper)
    year = published.year if published else day_in(zone)(paper.published).year
    names = [_name(credit.name) for credit in paper.credits]
    if len(names) > _MOST_AUTHORS:
        authors = ", ".join(names[: _MOST_AUTHORS - 1]) + f", … {names[-1]}"
    elif len(names) > 1:
        authors = ", ".join(names[:-1]) + f", & {names[-1]}"
    else:
        authors = "".join(names)
    return f"{authors} ({year:04}).".lstrip()


def _source(paper: Paper) -> list[str]:
    return [*_as_sentence(abstract.to_text(paper.journal_ref)), f"arXiv:{paper.id.base}."]


def _link(paper: Paper) -> str:
    return doi.url(metadata.cited_doi(paper))


def _as_sentence(text: str) -> list[str]:
    if not text:
        return []
    return [text if text.endswith((".", "?", "!", "。", "？", "！")) else text + "."]


def _name(name: Name) -> str:
    if name.group:
        return name.printed
    initials = _initials(name.given)
    if name.family and initials and not name.suffix:  # nearly all names
        return f"{name.family}, {initials}"
    return ", ".join(part for part in (name.family, initials, name.suffix) if part)


@lru_cache(maxsize=16_384)
def _initials(given: str) -> str:
    """Return ``J.-P. R. M.`` for ``Jean-Pierre R.M.``; a word in a script without capitals stays whole."""
    initials = ""
    for word in given.replace(".", " ").replace("-", " -").split():
        letters = word.lstrip("-")
        if not letters:
            continue
        first = letters[0]
        short = f"{first.upper()}." if first.upper() != first.lower() else letters
        joint = "-" if word.startswith("-") else " "
        initials += joint + short if initials else short
    return initials


def _escape(text: str) -> str:
    if not _MARKDOWN.search(text):
        return text
    return _MARKDOWN.sub(_escape_character, text)


def _escape_character(found: re.Match[str]) -> str:
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(found[0], "\\" + found[0])
