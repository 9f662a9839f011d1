"""A paper as one line that a person pastes: a reference in the manner of APA, and the same in Markdown.

The style follows the Publication Manual of the American Psychological Association, 7th edition: initials, an
ampersand before the last author, and of more than twenty authors the first nineteen and the last.
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
# What CommonMark or GitHub read as markup inside a line. Entities for < and &, because not every Markdown
# program takes a backslash before them.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>&#|~$]")
_LINE_START = re.compile(r"(\d{1,9}|)([-+.)=])")  # a list or the line below a heading
_MARKDOWN_UNSAFE = re.compile(
    r"[`\[\]$&]|\\begin|\\\\"
)  # in a formula they would end the link, or begin something else
_LINK_UNSAFE = re.compile(r"[\s()<>\\]")


class Reference(NamedTuple):
    """A reference as one line."""

    plain: str
    markdown: str  # its title, formulas in TeX, is a link


def reference(paper: Paper, url: str, zone: tzinfo = UTC) -> Reference:
    """Make the reference of a paper whose page is at ``url``, as plain text and as Markdown."""
    head, source, link = _head(paper, zone), _source(paper), _link(paper)
    text = abstract.to_text(paper.title)
    if _LINK_UNSAFE.search(url):
        url = _LINK_UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", url)
    title = _escape(text) if tex.is_plain(paper.title) else _with_formulas(paper.title)
    titles = [f"[{sentence}]({url})" for sentence in _sentence(title)]
    # In <…> nothing needs an escape, and a DOI's address has no < or > left in it.
    line = one_line(" ".join([_escape(head), *titles, *map(_escape, source), f"<{link}>"]))
    if _LINE_START.match(line):
        line = _LINE_START.sub(r"\1\\\2", line, count=1)
    return Reference(one_line(" ".join([head, *_sentence(text), *source, link])), line)


def _with_formulas(title: str) -> str:
    return one_line("".join(map(_markdown_piece, tex.pieces(title))))


def _markdown_piece(piece: tex.Piece) -> str:
    """Return a part of a title: a formula as ``$…$``, which GitHub, Pandoc and Jupyter set."""
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
    return [*_sentence(abstract.to_text(paper.journal_ref)), f"arXiv:{paper.id.base}."]


def _link(paper: Paper) -> str:
    return doi.url(metadata.cited_doi(paper))


def _sentence(text: str) -> list[str]:
    if not text:
        return []
    return [text if text.endswith((".", "?", "!", "。", "？", "！")) else text + "."]


def _name(name: Name) -> str:
    if name.group:
        return name.printed
    initials = _initials(name.given)
    if name.family and initials and not name.suffix:  # as nearly all are
        return f"{name.family}, {initials}"
    return ", ".join(part for part in (name.family, initials, name.suffix) if part)


@lru_cache(maxsize=16_384)
def _initials(given: str) -> str:
    """``Jean-Pierre R.M.`` to ``J.-P. R. M.``; a name in a script without capitals stays whole."""
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
    return _MARKDOWN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(found[0], "\\" + found[0])
