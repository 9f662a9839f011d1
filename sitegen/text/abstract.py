"""The only place where text of a feed becomes markup: abstracts, titles and comments as HTML or plain text.

All text of a feed is escaped here. The only elements are p, ul, ol, li, a, i, em, b, sup, sub and code, and those of
MathML; the address of a link begins with http://, https:// or ROOT.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from html import escape
from itertools import groupby

from sitegen.models import ArxivId
from sitegen.text import ROOT, doi, math, mathtext, tex
from sitegen.text.characters import one_line
from sitegen.text.patterns import pattern

# Returns the path of a paper's page from the site's root, or None if the site has no page for it.
Local = Callable[[ArxivId], str | None]

# An indented line begins a paragraph (https://info.arxiv.org/help/prep.html#abstracts).
_INDENTED = pattern(r"\n\s+")
# Placeholder for the beginning of a paragraph: decoded text holds no control characters. str.split() treats this one
# as white space.
_BREAK = "\x1e"
# Placeholders for the beginning of a list item, by the list's element. str.split() treats them as no white space.
_ITEMS = {"ul": "\x01", "ol": "\x02"}
_LIST_OF = {mark: element for element, mark in _ITEMS.items()}


def to_html(text: str, local: Local) -> str:
    """Return an abstract as paragraphs, in which DOIs, URLs and arXiv identifiers are links.

    Addresses within the site begin with ROOT, which the renderer replaces by the page's path to the site's root.
    """
    if not _is_plain(text) or _may_link(text):
        html = _markup(text, local, in_paragraphs=True)
    elif "\n" in text:
        html = _INDENTED.sub(_BREAK, text)
    else:
        text = text.strip()
        return f"<p>{text}</p>" if text else ""
    return _blocks(" ".join(part.split()) for part in html.split(_BREAK))


def _blocks(parts: Iterable[str]) -> str:
    """Return parts as paragraphs, but those that begin with a placeholder of ``_ITEMS`` as items of lists."""
    out: list[str] = []
    for element, run in groupby(filter(None, parts), key=lambda part: _LIST_OF.get(part[0], "p")):
        if element == "p":
            out += (f"<p>{part}</p>" for part in run)
        else:
            items = "".join(f"<li>{part[1:].lstrip()}</li>" for part in run)
            out.append(f"<{element}>{items}</{element}>")
    return "\n".join(out)


def inline_html(text: str, local: Local | None = None) -> str:
    """Return a title or a comment as HTML without paragraphs; links are made only if ``local`` is given."""
    if not _is_plain(text) or (local and _may_link(text)):
        text = _markup(text, local)
    return one_line(text)


# An abstract is converted to HTML and to plain text in short succession.
_pieces = lru_cache(maxsize=64)(tex.pieces)


# A page needs the plain form of a title up to ten times: meta tags, exports, feeds.
@lru_cache(maxsize=2048)
def to_text(text: str) -> str:
    """Return plain text on one line: Unicode without markup.

    Formulas become Unicode too (α_g, x²); those that cannot be converted stay TeX.
    """
    if tex.is_plain(text):
        return one_line(text)
    out = ""
    for piece in _pieces(text):
        shown = piece_text(piece)
        # 2$\frac12$ must not become 21/2.
        apart = piece[0] == "math" and out[-1:].isdecimal() and shown[:1].isdecimal()
        out += f" {shown}" if apart else shown
    return one_line(out)


def piece_text(piece: tex.Piece) -> str:
    """Return the plain text of a piece that ``tex.pieces`` returned; "" for emphasis and the bounds of lists."""
    kind, source = piece
    if kind == "text":
        return source
    if kind in ("math", "tex"):
        return mathtext.to_text(source)
    return "• " if kind == "item" else ""


def unconverted(text: str) -> Iterator[tuple[str, str]]:
    """Yield each formula or TeX command that pages show as TeX source, with the reason why it was not converted."""
    if not tex.is_plain(text):
        for kind, source in tex.pieces(text):
            if kind in ("math", "tex") and (reason := math.convert(source).reason):
                yield source, reason


def _is_plain(text: str) -> bool:
    """Return whether the text is its own HTML form, links aside."""
    return not ("&" in text or "<" in text or ">" in text) and tex.is_plain(text)


def _markup(text: str, local: Local | None, *, in_paragraphs: bool = False) -> str:
    """Return the text as HTML; ``in_paragraphs`` adds placeholders where paragraphs and list items begin."""
    out: list[str] = []
    depth = 0
    lists: list[str] = []
    for kind, source in _pieces(text):
        # A new paragraph within emphasis would separate the start tag from the end tag.
        may_break = in_paragraphs and depth == 0
        if kind == "text":
            broken = _INDENTED.sub(_BREAK, source) if may_break else source
            out.append(_linked(broken, local) if local else escape(broken, quote=False))
        elif kind in ("math", "tex"):
            out.append(math.to_html(source, block=in_paragraphs))
        elif kind == "open":
            depth += 1
            out.append(f"<{source}>")
        elif kind == "close":
            depth -= 1
            out.append(f"</{source}>")
        elif kind == "item":
            out.append(_BREAK + _ITEMS[lists[-1] if lists else "ul"] if may_break else "• ")
        elif may_break:
            out.append(_BREAK)
            if source:
                lists.append(source)
            elif lists:
                lists.pop()
    return "".join(out)


# --- links --------------------------------------------------------------------------------------------------

# The archives in identifiers from before April 2007. Such identifiers are recognised without "arXiv:" before them.
_ARCHIVES = "|".join(
    """
    acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat cs
    dg-ga funct-an gr-qc hep-ex hep-lat hep-ph hep-th math-ph math mtrl-th nlin nucl-ex nucl-th patt-sol
    physics plasm-ph q-alg q-bio quant-ph solv-int supr-con
    """.split()  # noqa: SIM905
)
_OLD = r"(?:\.[A-Za-z]{2})?/[0-9]{7}(?:v[0-9]{1,4})?(?!\w)"
# No \s here: it matches _BREAK, so a link could extend over a paragraph's end.
_LINK = pattern(
    # DOIs come first, so that the address of a DOI is matched as a DOI and not as a URL.
    rf"{doi.IN_TEXT}"
    r"|(?P<url>[hH][tT][tT][pP][sS]?://(?=[\w\[])[^\s<>\"“”‘’«»{}|\\^`]+)"
    r"|(?<!\w)[aA][rR][xX][iI][vV][ \n]?:[ \n]?"
    rf"(?P<id>[0-9]{{4}}\.[0-9]{{4,5}}(?:v[0-9]{{1,4}})?(?!\w)|[a-z-]{{2,9}}{_OLD})"
    rf"|(?<![\w./-])(?P<old>(?:{_ARCHIVES}){_OLD})"
)
# Every text with a link matches one of these three. Each begins with a literal, which makes the search fast.
_SLASH = pattern(r"/(?:/|[0-9]{7})")
_DOI_SIGN = pattern(r"10\.[0-9.]{4,20}/")
_ARXIV_SIGN = pattern(r"[iI][vV]\s?:\s?[0-9]")
_ON_ARXIV = pattern(r"https?://(?:www\.)?arxiv\.org/abs/", re.IGNORECASE)
_BRACKETS = {")": "(", "]": "["}


def _may_link(text: str) -> bool:
    """Return False if the text certainly has no links: a cheap test before the search with _LINK."""
    if "/" in text and (_SLASH.search(text) or _DOI_SIGN.search(text)):
        return True
    return ":" in text and _ARXIV_SIGN.search(text) is not None


def _linked(text: str, local: Local) -> str:
    """Return the text as HTML in which DOIs, URLs and arXiv identifiers are links."""
    if not _may_link(text):
        return escape(text, quote=False)
    out: list[str] = []
    done = 0
    for found in _LINK.finditer(text):
        shown = found[0]
        if named := found["doi"] or found["bare"]:
            shown = shown.removesuffix(named) + doi.in_text(named)[0]
        elif found["url"]:
            shown = _without_punctuation(shown)
        if target := _target(found, shown, local):
            out.append(escape(text[done : found.start()], quote=False))
            out.append(f'<a href="{escape(target)}">{escape(shown, quote=False)}</a>')
            done = found.start() + len(shown)
    out.append(escape(text[done:], quote=False))
    return "".join(out)


def _target(found: re.Match[str], shown: str, local: Local) -> str | None:
    """Return the address of a link that _LINK matched and that shows ``shown``; None if it is no valid identifier."""
    if found["url"]:
        return (_page(shown, local) if _ON_ARXIV.match(shown) else None) or shown
    if named := found["doi"] or found["bare"]:
        bare = doi.in_text(named)[1]
        return (_page(bare, local) if doi.is_arxiv_doi(bare) else None) or doi.url(bare)
    return _page(found["id"] or found["old"], local)


def _page(text: str, local: Local) -> str | None:
    """Return the address of a paper, on this site or at arXiv; None if the text is no arXiv identifier."""
    try:
        identifier = ArxivId.parse(text)
    except ValueError:
        return None
    path = local(identifier)
    return ROOT + path if path is not None else f"https://arxiv.org/abs/{identifier}"


def _without_punctuation(address: str) -> str:
    """Return an address without the sentence's punctuation and without closing brackets that it does not open."""
    end = len(address)
    unbalanced = {
        closing: address.count(closing) - address.count(opening) for closing, opening in _BRACKETS.items()
    }
    while end:
        last = address[end - 1]
        if unbalanced.get(last, 0) > 0:
            unbalanced[last] -= 1
        elif last not in ".,;:!?'*":
            break
        end -= 1
    return address[:end]
