r"""Converts HTML in texts of a feed to TeX, which the rest of the program reads.

Authors paste entities (``&lt;``) and tags (``CO<sub>2</sub>``) into titles and abstracts, and RSS descriptions are
HTML. Both become plain text with TeX for emphasis, subscripts and lists, so that pages, BibTeX and plain exports have
to handle TeX only. All functions take linear time for any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5

from sitegen.text.characters import visible
from sitegen.text.formulas import BRACE, split_math

# --- conversions ------------------------------------------------------------------------------------------------


def authored(text: str) -> str:
    r"""Return an author's text with entities decoded, pasted tags as TeX, and without invisible characters.

    Entities are decoded until none is left (``&amp;lt;`` is ``<``), so that a text stays the same when it is written
    to a feed file and read again. Only complete entities of HTML5 are decoded: ``AT&T`` and ``R&D;`` stay. Only pairs
    of tags (``<i>…</i>``) outside of formulas are converted: ``a < b`` and ``mean degree <k>`` stay.
    """
    for _ in range(_ROUNDS):
        before = text
        text = decoded(text)
        if "<" in text:
            text = _as_tex(_tokens(text), is_html=False)
        if text == before:
            return text
    return text.replace("&", " ").replace("<", " ")  # nested deeper than any real text


_ROUNDS = 8  # removing a tag may complete an entity, and so on


def decoded(text: str) -> str:
    """Return a text with entities decoded and without invisible characters; tags stay."""
    text = visible(text)
    for _ in range(_ROUNDS):
        if "&" not in text or (after := visible(_ENTITY.sub(_character, text))) == text:
            break
        text = after
    return text


def from_html(text: str) -> str:
    """Return HTML as an author's text: paragraphs begin with an indented line, links are followed by their addresses.

    Entities are not decoded; pass the result to :func:`authored`.
    """
    first, *others = _BLANKS.sub(" ", text).split("<!--")
    text = first + "".join(part.partition("-->")[2] if "-->" in part else part for part in others)
    tokens = _split_at_tags(_ANY_TAG, _HIDDEN.sub("", text))
    return _BLANKS_AT_END.sub("", _as_tex(tokens, is_html=True)).strip()


# --- entities ---------------------------------------------------------------------------------------------------

# «escape» is a backslash of TeX, «again» the prefixes of an entity that was escaped several times (&amp;amp;lt;).
_ENTITY = re.compile(
    r"(?P<escape>(?<!\\)\\)?&(?P<again>(?:(?:amp|AMP|\#0{0,9}38|\#[xX]0{0,9}26);)*)"
    r"(?P<name>\#\d{1,10}|\#[xX][0-9A-Fa-f]{1,10}|[A-Za-z][A-Za-z0-9]{1,31});"
)


def _character(found: re.Match[str]) -> str:
    """Return the character of an entity; an unknown name stays an entity, escaped once."""
    name = found["name"]
    if not name.startswith("#") and f"{name};" not in html5:
        return f"{found['escape'] or ''}&{name};"
    character = unescape(f"&{name};")
    return (found["escape"] or "") + character if character == "&" else character


# --- tags -------------------------------------------------------------------------------------------------------

# Tags that authors paste, and the TeX command for each. Some are JATS tags, which journals use.
_COMMANDS = {
    **dict.fromkeys(("i", "italic", "var", "dfn", "cite"), "textit"),
    "em": "emph",
    **dict.fromkeys(("b", "bold", "strong"), "textbf"),
}
_SCRIPTS = {"sub": "_", "inf": "_", "sup": "^"}
_SCRIPT_COMMANDS = {"_": "textsubscript", "^": "textsuperscript"}
_LISTS = {"ul": "itemize", "ol": "enumerate"}
_DROPPED = frozenset("u scp sc small big tt code kbd span font nobr center mark abbr".split())  # noqa: SIM905
_PARAGRAPHS = frozenset("p div h1 h2 h3 h4 h5 h6 blockquote pre section article dl dt dd table tr".split())  # noqa: SIM905
_VOID = frozenset({"br", "hr"})
_PASTED = frozenset({*_COMMANDS, *_SCRIPTS, *_LISTS, *_DROPPED, "a", "br", "p", "li"})
_PARAGRAPH = "\n  "
_DEEPEST = 20  # open tags; if there are more, the outermost are ignored

_ATTRIBUTES = r"""(?:\s+[A-Za-z][\w:-]*\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*"""
_LOOSE_ATTRIBUTES = r"""(?:\s+[A-Za-z_:@][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>`]+))?)*"""
_HEAD = r"<(?P<end>/?)(?:jats:)?(?P<name>[A-Za-z][A-Za-z0-9:-]*)"
# In an author's text, attributes need a quoted value, so that "<b and c>" is no tag.
_PASTED_TAG = re.compile(rf"{_HEAD}(?P<attributes>{_ATTRIBUTES})\s*/?>")
_ANY_TAG = re.compile(rf"{_HEAD}(?P<attributes>{_LOOSE_ATTRIBUTES})\s*/?>")
_HIDDEN = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1\s*>|<!\[CDATA\[|\]\]>", re.I)
_BLANKS = re.compile(r"\s+")
_BLANKS_AT_END = re.compile(r"(?<=\S)[ \n]+(?=\n)")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.I)

_Token = str | re.Match[str]


def _tokens(text: str) -> Iterator[_Token]:
    """Yield an author's text in parts, with tags outside of formulas as matches."""
    for is_math, run in split_math(text):
        if is_math:
            yield run
        else:
            yield from _split_at_tags(_PASTED_TAG, run)


def _split_at_tags(tag: re.Pattern[str], text: str) -> Iterator[_Token]:
    """Yield the runs between tags as text, and the tags as matches, in order."""
    done = 0
    for found in tag.finditer(text):
        yield text[done : found.start()]
        yield found
        done = found.end()
    yield text[done:]


def _as_tex(tokens: Iterator[_Token], *, is_html: bool) -> str:
    """Return a text with pairs of tags as TeX. Other tags stay in an author's text and are dropped from HTML."""
    out: list[str] = []
    waiting: list[tuple[str, int, str]] = []  # open tags: name, index in the output, attributes
    for token in tokens:
        if isinstance(token, str):
            out.append(token)
            continue
        name = token["name"].lower()
        if name in _VOID and (is_html or name in _PASTED):
            out.append(_PARAGRAPH)
        elif not is_html and name not in _PASTED:
            out.append(token[0])
        elif not token["end"]:
            waiting = [*waiting[1 - _DEEPEST :], (name, len(out), token["attributes"])]
            out.append("" if is_html else token[0])
        elif opened := next((each for each in reversed(waiting) if each[0] == name), None):
            del waiting[waiting.index(opened) :]
            content = "".join(out[opened[1] + 1 :])
            before = out[opened[1] - 1][-1:] if opened[1] else ""
            out[opened[1] :] = [_element(name, opened[2], content, before)]
        else:
            out.append("" if is_html else token[0])
    return "".join(out)


def _element(name: str, attributes: str, content: str, before: str) -> str:
    """Return an element as TeX; ``before`` is the character in front of it."""
    if name in _PARAGRAPHS:
        return f"{_PARAGRAPH}{content.strip()}{_PARAGRAPH}"
    if name == "a":
        found = _HREF.search(attributes)
        return _link(unescape("".join(filter(None, found.groups()))) if found else "", content)
    if not content.strip() or not _is_balanced(content):
        return content
    if command := _COMMANDS.get(name):
        return f"\\{command}{{{content}}}"
    if script := _SCRIPTS.get(name):
        return _script(script, content.strip(), before)
    if environment := _LISTS.get(name):
        return f"\\begin{{{environment}}}{content}\\end{{{environment}}}"
    return f"\\item {content.strip()} " if name == "li" else content


def _link(address: str, content: str) -> str:
    """Return a link's text with its address in parentheses, from which pages make a link again.

    Only the address is returned if the text is part of it or names nothing; only the text if it is an identifier.
    """
    shown = content.strip()
    if not _ADDRESS.fullmatch(address):
        return content
    if not shown or _NAMELESS.fullmatch(shown) or (("." in shown or "/" in shown) and shown in address):
        return address
    return content if shown.lower().startswith(("arxiv:", "doi:")) else f"{shown} ({address})"


_ADDRESS = re.compile(r"https?://[^\s<>\"'\\^`{|}]+", re.I)
_NAMELESS = re.compile(r"this https? URL|https? URL|link|here", re.I)  # the first is arXiv's

_NUMBER = re.compile(r"[0-9+\-−–.,/()*=′]+|[^\W\d_]")
_WORDS = re.compile(r"[A-Za-z0-9+\-−–.,/() ]+")
_ORDINAL = re.compile(r"st|nd|rd|th|TM|SM", re.I)


def _script(sign: str, content: str, before: str) -> str:
    r"""Return a subscript or superscript: numbers and words as a formula, ``\(_2\)``, others as a text command."""
    if sign == "^" and _ORDINAL.fullmatch(content) and before.isalnum():
        return f"\\textsuperscript{{{content}}}"
    inner = content.replace("−", "-").replace("–", "-")
    if _NUMBER.fullmatch(content):
        return rf"\({sign}{inner}\)" if len(inner) == 1 else rf"\({sign}{{{inner}}}\)"
    if _WORDS.fullmatch(content):
        return rf"\({sign}{{\mathrm{{{inner.replace(' ', '~')}}}}}\)"
    return f"\\{_SCRIPT_COMMANDS[sign]}{{{content}}}"


def _is_balanced(content: str) -> bool:
    """Return whether braces around the text, as a command's argument, would match."""
    depth = 0
    for found in BRACE.finditer(content):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth < 0:
            return False
    return depth == 0 and not content.endswith("\\")
