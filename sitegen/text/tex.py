r"""Decodes TeX in titles, abstracts and names to Unicode; formulas stay TeX.

It knows the accents, letters, escapes, quotation marks, dashes, ties and font commands that occur in metadata.
Unknown commands stay in the text, where readers can see them. All functions take linear time for any text. The
module ``commands`` has the tables, ``formulas`` finds formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Literal, NamedTuple
from unicodedata import is_normalized, normalize

from sitegen.text import commands
from sitegen.text.characters import ASCII_CONTROLS, NOT_CHARACTERS
from sitegen.text.formulas import group_ends, split_math
from sitegen.text.patterns import pattern
from sitegen.text.slips import curly_quotes, without_stray_dollars

# A piece is a kind and a source. The source of "open" and "close" is the name of an HTML element: i, em, b, sup, sub.
# That of "list" is ul or ol where a list begins, "" where it ends. "tex" is an unknown command with its arguments.
Kind = Literal["text", "math", "tex", "open", "close", "list", "item"]
Piece = tuple[Kind, str]

# --- decoding ---------------------------------------------------------------------------------------------

# Dropped: control characters except tab and line feed, marks that reverse the direction of the text that follows,
# byte order marks, and code points that are no characters.
_UNWANTED = f"{ASCII_CONTROLS}\x80-\x9f\u202a-\u202e\u2066-\u2069\ufeff{NOT_CHARACTERS}"
_UNWANTED_RUN = pattern(f"[{_UNWANTED}]+")
_CONTROLS = bytes(set(range(32)) - {9, 10}) + b"\x7f"  # ASCII_CONTROLS for bytes.translate
_MARKS = _CONTROLS + b"\\{~`$"
_SIGNS = pattern(r"--|''|\^[-−+\d{]")
_MARK = pattern(rf"[\\{{~`${_UNWANTED}]|{_SIGNS.pattern}")
_DASHES = pattern("--+>?")

# Placeholder for a formula or an address while the text around it is decoded; _cleaned has removed it from the text.
_HIDDEN = "\x1a"
_SHOWN = ("text", "math", "tex", "item")


def is_plain(text: str) -> bool:
    """Return whether decoding would leave the text unchanged; takes about a microsecond for an abstract."""
    if text.isascii():
        return len(text.encode().translate(None, _MARKS)) == len(text) and not _SIGNS.search(text)
    return not _MARK.search(text) and is_normalized("NFC", text)


def decode(text: str) -> str:
    """Return the text in Unicode (NFC) without markup and control characters; formulas stay TeX source."""
    if is_plain(text):
        return text
    found = pieces(text, scripts=False)
    shown = [(kind, "• " if kind == "item" else source) for kind, source in found if kind in _SHOWN]
    return "".join(
        "".join(sources) if is_math else normalize("NFC", "".join(sources))
        for is_math, run in groupby(shown, key=lambda piece: piece[0] == "math")
        for sources in [[source for _, source in run]]
    )


def pieces(text: str, *, scripts: bool = True) -> list[Piece]:
    """Cut a text into pieces: decoded text, formulas, unknown commands, lists and properly nested emphasis.

    Adjacent pieces of text are joined, so that a link is never divided. With ``scripts``, an exponent outside of
    formulas (``10^15``) becomes a formula.
    """
    if is_plain(text):
        return [("text", text)]
    text = _cleaned(text)
    if "$" in text:
        text = without_stray_dollars(text)
    hidden: list[Piece] = []
    source = "".join(_hide(run, is_math, hidden, scripts) for is_math, run in split_math(text))
    source = curly_quotes(source)
    if "--" in source:
        source = _DASHES.sub(_dash, source)
    return list(_merged(_scan(source, iter(hidden))))


def _cleaned(text: str) -> str:
    """Return the text without unwanted characters, and with line feeds as line ends."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():  # bytes.translate takes a tenth of the time
        return text.encode().translate(None, _CONTROLS).decode()
    return _UNWANTED_RUN.sub("", text)


def _merged(found: list[Piece]) -> Iterator[Piece]:
    """Yield the pieces with adjacent ones of text joined, normalised (NFC), and left out if empty."""
    for kind, run in groupby(found, key=itemgetter(0)):
        if kind != "text":
            yield from run
        elif text := normalize("NFC", "".join(source for _, source in run)):
            yield "text", text


# --- addresses, which stay unchanged, and exponents outside of formulas -------------------------------------

# Tildes, underscores and double hyphens in an address belong to it.
_ADDRESS = (
    rf"\\url\s*\{{(?P<url>[^{{}}{_HIDDEN}]*)\}}"
    rf"""|https?://(?:[^\s\\{{}}$<>"`'{_HIDDEN}]|'(?!')|\\[_~#%&](?:\{{\}})?)+"""
)
# Numbers, and fractions and single letters in braces. 2^n, n^1/3 and t^0.4 stay: where they end is ambiguous.
_EXPONENT = (
    r"(?<=[^\W_]|[)\]])\^(?:(?P<bare>[-−+]?\d{1,3})(?!\.?\d|/\d|_)"
    r"|\{(?P<braced>[-−+]?(?:\d{1,4}(?:/\d{1,3})?|[^\W\d_]))\})"
)
_ADDRESS_ONLY = pattern(_ADDRESS)
_ADDRESS_OR_EXPONENT = pattern(f"{_ADDRESS}|{_EXPONENT}")
_ESCAPED = pattern(r"\\([_~#%&])(?:\{\})?")


def _hide(run: str, is_math: bool, hidden: list[Piece], scripts: bool) -> str:
    """Return a run with placeholders for formulas, addresses and exponents, which are appended to ``hidden``."""
    if is_math:
        hidden.append(("math", run))
        return _HIDDEN
    scripts = scripts and "^" in run
    if "://" not in run and "\\url" not in run and not scripts:
        return run

    def hide(found: re.Match[str]) -> str:
        if scripts and (exponent := found["bare"] or found["braced"]):
            exponent = exponent.replace("−", "-")
            hidden.append(("math", rf"\(^{{{exponent}}}\)"))
        else:
            address = found[0] if found["url"] is None else found["url"]
            hidden.append(("text", _ESCAPED.sub(r"\1", address)))
        return _HIDDEN

    return (_ADDRESS_OR_EXPONENT if scripts else _ADDRESS_ONLY).sub(hide, run)


# --- everything else ----------------------------------------------------------------------------------------

# Begins with a character class instead of alternatives, which makes the search ten times faster.
_TOKEN = pattern(
    rf"[\\{{}}~{_HIDDEN}]"
    r"""(?:(?<=\\)(?:(?P<accent>["'`^~=.]|[cHkvurdb](?![A-Za-z]))"""
    r"|(?P<word>(?P<name>[A-Za-z]+)\*?(?P<gap>\s*))"
    rf"|(?P<escape>[^{_HIDDEN}])))?",
    re.DOTALL,
)
_BASE = pattern(
    r"""(?P<gap>\s*)(?:\{\s*(?:\\(?P<inner>["'`^~=.]))?(?P<braced>\\[ij]|[^\W\d_])\s*\}"""
    r"|(?P<bare>\\[ij](?![A-Za-z])\s*|[^\W\d_]))"
)
_DOTTED = str.maketrans("ıȷ", "ij")  # Unicode composes accents with the dotted letters
_CUT_SYMBOL = pattern(r"\{([a-z]+)\}")
_CONTRACTION = pattern(r"(?:s|t|re|ve|ll|d|m)(?![^\W_])")
_QUOTED_BY_ESCAPES = pattern(r'[^\\"]{1,60}\\"(?![A-Za-z{\\])')
_SET = pattern(r"\{\s*[^\s{},\\]+(?:\s*,\s*[^\s{},\\]+)+\s*\}")
_GLUED = pattern("c[cs]|v[csz]|H[ou]")
_OPTION = r"(?:\[[^\[\]{}]*\])?"
_ARGUMENT = pattern(r"\s*\{([^{}]*)\}")
_OPTIONS_AND_ARGUMENT = pattern(rf"\*?(?:{_OPTION}){{0,2}}\s*\{{([^{{}}]*)\}}")
_SKIP = pattern(r"\[-?[\d.]+\s*(?:pt|mm|cm|em|ex|in)\]")
_LABEL = pattern(r"\[([^\[\]{}]*)\]")
_LONGEST_ARGUMENT = 200  # characters of an unknown command's argument; a longer group is text
_DEEPEST = 100  # groups within groups; what is within more is not decoded. Browsers stop at 512 elements.
_RAISED, _LOWERED = (
    str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"),
    str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋"),
)
_NUMBER = pattern(r"\{([0-9+-]{1,9})\}")


_NOTHING: Piece = ("text", "")


class _Group(NamedTuple):
    """An open brace: the pieces for its closing brace, and the source to restore if it is never closed."""

    closing: list[Piece]  # in reverse order
    restore: list[tuple[int, str]]  # index in the output, source


def _scan(source: str, hidden: Iterator[Piece]) -> list[Piece]:
    """Return the pieces of a source in which placeholders stand for the pieces ``hidden``."""
    out: list[Piece] = []
    groups: list[_Group] = []
    done = 0  # the source before this position is in the output
    for token in _TOKEN.finditer(source):
        start, end = token.span()
        if start < done:
            continue
        if start > done:
            out.append(("text", source[done:start]))
        done = end
        kind = token.lastgroup or token[0]
        if kind == _HIDDEN:
            out.append(next(hidden))
        elif kind == "~":
            out.append(("text", " " if _is_tie(source, start) else "~"))
        elif kind == "{" and len(groups) < _DEEPEST:
            if source[start - 1 : start] in ("_", "^") or _SET.match(source, start):
                groups.append(_Group([("text", "}")], []))
                out.append(("text", "{"))
            else:
                groups.append(_Group([], [(len(out), "{")]))
                out.append(_NOTHING)
        elif kind == "}":
            group = groups.pop() if groups else _Group([("text", "}")], [])
            out += reversed(group.closing)
        elif kind == "accent":
            text, done = _accent(token["accent"], source, end)
            out.append(("tex", token[0]) if text is None else ("text", text))
        elif kind == "escape":
            known = commands.ESCAPES.get(token["escape"])
            if found := _SKIP.match(source, end) if token["escape"] == "\\" else None:
                done = found.end()  # \\\\[2mm]
            out.append(("tex", token[0]) if known is None else ("text", known))
        elif kind == "word" and len(groups) < _DEEPEST:
            done = _command(token, source, out, groups, hidden)
        else:  # a backslash at the end, or too deep
            out.append(("text", token[0]))
    out.append(("text", source[done:]))
    for group in groups:
        for index, original in group.restore:
            out[index] = ("tex" if original.startswith("\\") else "text", original)
    return out


def _command(
    token: re.Match[str], source: str, out: list[Piece], groups: list[_Group], hidden: Iterator[Piece]
) -> int:
    """Append a command of letters to the output; return the position in the source after it."""
    name, end = token["name"], token.end()
    if name in commands.STYLES:
        return _style(token, source, out, groups)
    if name in commands.REMARKS | commands.QUOTES and source.startswith("{", end):
        opening, closing = ("“", "”") if name in commands.QUOTES else ("(", ")")
        apart = name in commands.QUOTES or source[token.start() - 1 : token.start()].isspace()
        groups.append(_Group([("text", closing)], [(len(out), f"\\{name}{{")]))
        out.append(("text", opening if apart else f" {opening}"))
        return end + 1
    if name in commands.DROPPED and (found := _OPTIONS_AND_ARGUMENT.match(source, token.start("gap"))):
        _restored(found[0], hidden)
        return found.end()
    if name in commands.CITATIONS and (found := _OPTIONS_AND_ARGUMENT.match(source, token.start("gap"))):
        keys = _restored(found[0], hidden).rpartition("{")[2].rstrip("}")
        out.append(("text", f"[{', '.join(keys.replace(',', ' ').split())}]"))
        return found.end()
    if name == "href" and (found := _ARGUMENT.match(source, token.start("gap"))):
        return _link(_restored(found[1], hidden), source, found.end(), out, groups)
    if name in ("begin", "end") and (stop := _environment(token, source, out, hidden)) is not None:
        return stop
    if name == "item":
        out.append(("item", ""))
        if label := _LABEL.match(source, end):
            out.append(("text", f"{_restored(label[1], hidden)} "))
            end = label.end()
            return end + len(source[end : end + 1]) - len(source[end : end + 1].lstrip())
        return end
    if known := _command_text(token, source):
        text, done = known
        out.append(("text", text))
        return done
    done = _arguments(source, token.start("gap"))
    out.append(("tex", _restored(source[token.start() : done], hidden)))
    return done


def _environment(token: re.Match[str], source: str, out: list[Piece], hidden: Iterator[Piece]) -> int | None:
    r"""Append the \begin or \end of a known environment; return the position after it, None for an unknown one."""
    found = _ARGUMENT.match(source, token.start("gap"))
    if not found or (found[1] not in commands.LISTS and found[1] not in commands.FRAMES):
        return None
    begins = token["name"] == "begin"
    options = _LABEL.match(source, found.end()) if begins else None
    end = options.end() if options else found.end()
    _restored(source[found.start() : end], hidden)  # drops formulas in the options
    if found[1] in commands.LISTS:
        out.append(("list", commands.LISTS[found[1]] if begins else ""))
    else:
        out.append(("text", " "))
    return end


def _restored(source: str, hidden: Iterator[Piece]) -> str:
    """Return the source with the next pieces of ``hidden`` in place of its placeholders."""
    first, *rest = source.split(_HIDDEN)
    return first + "".join(next(hidden)[1] + part for part in rest)


def _arguments(source: str, position: int) -> int:
    """Return the end of an unknown command's arguments: brackets and braces directly after it."""
    if found := _LABEL.match(source, position):
        # Brackets without braces after them are text: \foo [1].
        position = found.end() if source.startswith("{", found.end()) else position
    limit = position + _LONGEST_ARGUMENT
    end = position
    while source.startswith("{", end) and group_ends(source).get(end, limit) < limit:
        end = group_ends(source)[end] + 1
    return end


def _link(url: str, source: str, position: int, out: list[Piece], groups: list[_Group]) -> int:
    """Open the group of a link's text, which its address in parentheses will follow.

    Return the position in the source after what was read.
    """
    shown = f" ({url})" if url.startswith(("http://", "https://")) else ""
    if source.startswith("{" + _HIDDEN + "}", position):  # the text is the address
        return position
    if not source.startswith("{", position):
        out.append(("text", url))
        return position
    groups.append(_Group([("text", shown)], [(len(out), "{")]))
    out.append(("text", ""))
    return position + 1


def _dash(found: re.Match[str]) -> str:
    # Arrows (-->) and rules (----) stay.
    return {"--": "–", "---": "—"}.get(found[0], found[0])


def _is_tie(source: str, position: int) -> bool:
    """Return whether a tilde is a no-break space; before a number it may mean "about": 10~20, n~5, (~3 ms)."""
    before, after = source[position - 1 : position], source[position + 1 : position + 2]
    if not before or not after or before.isspace() or after.isspace() or before in "([/<>=≈-–—":
        return False
    word = source[max(0, position - 2) : position]
    return not (after.isdigit() and before.isalnum()) or (len(word) == 2 and word.isalpha())


def _accent(mark: str, source: str, position: int) -> tuple[str | None, int]:
    """Return the accented letter, or None if no letter follows, and the position in the source after it."""
    if mark in "'\"":
        # Quotation marks with backslashes from programming languages: the brain\'s, \"so called\".
        before = source[max(0, position - 3) : position - 2]
        if mark == "'" and before.isalnum() and _CONTRACTION.match(source, position):
            return mark, position
        if mark == "'" and before in ("O", "D", "L") and source[position : position + 1].isupper():
            return mark, position  # O\'Brien
        if mark == '"' and not before.isalpha() and _QUOTED_BY_ESCAPES.match(source, position):
            return mark, position
    elif (
        mark.isalpha() and (cut := _CUT_SYMBOL.match(source, position)) and mark + cut[1] in commands.SYMBOLS
    ):
        return commands.SYMBOLS[
            mark + cut[1]
        ], cut.end()  # \b{eta}, made of {\beta} by a program that knew only \b
    found = _BASE.match(source, position)
    if found and not (found["gap"] and not mark.isalpha()):
        base = (found["braced"] or found["bare"]).strip()[-1].translate(_DOTTED)
        inner = commands.COMBINING[found["inner"]] if found["inner"] else ""
        letter = normalize("NFC", base + inner + commands.COMBINING[mark])
        # "\c c" is an accent, "\c and" is not.
        if len(letter) == 1 or not found["gap"]:
            return letter, found.end()
    return (None if mark.isalpha() else mark), position


def _command_text(token: re.Match[str], source: str) -> tuple[str, int] | None:
    """Return what a command of letters stands for, and the position in the source after it; None if it is unknown."""
    word, end = token["name"], token.start("gap")
    before = source[max(0, token.start() - 2) : token.start()]
    if sign := commands.SYMBOLS.get(word):
        return sign, end
    if letter := commands.LETTERS.get(word):
        # After a number \AA is the unit, and the space after it stays: 3 \AA resolution.
        return letter, end if word == "AA" and before.rstrip()[-1:].isdigit() else token.end()
    if (blank := commands.BLANKS.get(word)) is not None:
        return blank, token.end()
    if _GLUED.match(word) and before[-1:].isalpha() and word not in commands.GLUED_NOT:
        return normalize("NFC", word[1] + commands.COMBINING[word[0]]) + word[2:], end  # Fran\ccois
    if sign := commands.rare_sign(word):
        return sign, end
    return None


def _style(token: re.Match[str], source: str, out: list[Piece], groups: list[_Group]) -> int:
    """Open the element of a font command; return the position in the source after the command."""
    word = token["name"]
    tag = commands.STYLES[word]
    opening: Piece = ("open", tag) if tag else ("text", "")
    closing: list[Piece] = [("close", tag)] if tag else []
    if tag in ("sup", "sub") and (number := _NUMBER.match(source, token.end())):
        # As Unicode characters, exponents stay exponents in plain text: 10⁶.
        out.append(("text", number[1].translate(_RAISED if tag == "sup" else _LOWERED)))
        return number.end()
    if source.startswith("{", token.end()):
        groups.append(_Group(closing, [(len(out), f"\\{word}{{")]))
        out.append(opening)
        return token.end() + 1
    if groups and word in commands.DECLARATIONS:
        groups[-1].restore.append((len(out), token[0]))
        groups[-1].closing.extend(closing)
        out.append(opening)
    elif word not in commands.DECLARATIONS:
        out.append(("tex", token[0]))
    return token.end()
