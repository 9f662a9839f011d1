r"""TeX as authors type it into titles, abstracts and names, turned into Unicode; formulas are left alone.

This is no TeX: it knows the accents, letters, escapes, quotation marks, dashes, ties and font commands that
metadata really holds, and leaves all else as it stands, so that what it does not know a reader still sees.
Everything works in linear time, whatever the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Literal, NamedTuple
from unicodedata import is_normalized, normalize

# "open" and "close" carry the name of an HTML element: i, em or b.
Kind = Literal["text", "math", "open", "close"]
Piece = tuple[Kind, str]

# --- tables -----------------------------------------------------------------------------------------------


def _table(text: str) -> dict[str, str]:
    """Read names and what they stand for, in turns."""
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _nothing(text: str) -> dict[str, str]:
    return dict.fromkeys(text.split(), "")


_COMBINING = {
    mark: chr(int(code, 16))
    for mark, code in _table(
        """ " 308  ' 301  ` 300  ^ 302  ~ 303  = 304  . 307
        c 327  H 30b  k 328  v 30c  u 306  r 30a  d 323  b 331"""
    ).items()
}

# Letters of words: TeX drops the blank behind such a command, and so does decode: \o rsted.
_LETTERS = _table("""
    aa å AA Å ae æ AE Æ oe œ OE Œ o ø O Ø l ł L Ł ss ß SS ẞ i ı j ȷ dh ð DH Ð th þ TH Þ dj đ DJ Đ ng ŋ NG Ŋ
""")

# Signs of their own: authors mean the blank behind them. arXiv itself writes {\alpha} for a pasted α, and so
# on, which is why ε and φ are the letters of text, not TeX's ϵ and ϕ.
_SYMBOLS = _table(r"""
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ
    lambda λ mu μ nu ν xi ξ omicron ο pi π rho ρ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ chi χ
    psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    pm ± mp ∓ times × div ÷ cdot ⋅ ast ∗ star ⋆ circ ∘ bullet • leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ ll ≪ gg ≫
    approx ≈ sim ∼ simeq ≃ cong ≅ equiv ≡ propto ∝ infty ∞ partial ∂ nabla ∇ ell ℓ in ∈ subset ⊂ cup ∪ cap ∩
    rightarrow → to → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ uparrow ↑ downarrow ↓ langle ⟨ rangle ⟩
    deg ° degree ° textdegree ° textmu µ angstrom Å ldots … dots … textellipsis … S § P ¶ dag † dagger †
    ddag ‡ copyright © textcopyright © textregistered ® texttrademark ™ pounds £ euro € texteuro €
    textendash – textemdash — textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ”
    textbackslash \ textasciitilde ~ textunderscore _ textless < textgreater > textbar | guillemotleft «
    guillemotright »
""")

# What stands behind a backslash without being a letter. TeX's many blanks are one blank here.
_ESCAPES = (
    {character: character for character in "&%$#_{}\"'`^~=."}
    | dict.fromkeys(" \n\t,;:>\\", " ")
    | dict.fromkeys("!-/@", "")
)
_BLANKS = dict.fromkeys(("quad", "qquad", "thinspace", "newline"), " ") | {"par": "\n ", "noindent": ""}

_EMPHASIS = _table("emph em textit i textsl i textbf b") | _nothing(
    "text textrm textsc texttt textsf textup textmd textnormal mbox hbox underline uline"
)
# A declaration holds to the end of its group: {\it in vivo}.
_DECLARATIONS = _table("em em it i itshape i sl i slshape i bf b bfseries b") | _nothing(
    "rm tt sc sf rmfamily ttfamily sffamily scshape upshape normalfont small large Large"
)
_STYLES = _EMPHASIS | _DECLARATIONS

# --- what to look at --------------------------------------------------------------------------------------

# Dropped: control characters but tab and line feed, marks that reverse the direction of all that follows,
# halves of surrogate pairs, and the code points that stand for no character.
_UNWANTED = "\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff"
_UNWANTED_RUN = re.compile(f"[{_UNWANTED}]+")
_CONTROLS = bytes(set(range(32)) - {9, 10}) + b"\x7f"
_MARKS = _CONTROLS + b"\\{~`$"
_MARK = re.compile(rf"[\\{{~`${_UNWANTED}]|--")
_DASHES = re.compile("--+>?")

# Stands for a formula or an address while the text around it is decoded; no text holds it by then.
_HIDDEN = "\x1a"


def is_plain(text: str) -> bool:
    """Whether decoding would return the text as it is; this costs about a microsecond for an abstract."""
    if text.isascii():
        return len(text.encode().translate(None, _MARKS)) == len(text) and not _DASHES.search(text)
    return not _MARK.search(text) and is_normalized("NFC", text)


def decode(text: str) -> str:
    """Return the text in Unicode (NFC) without markup and control characters; formulas stay TeX source."""
    if is_plain(text):
        return text
    return "".join(source for kind, source in pieces(text) if kind == "text" or kind == "math")


def pieces(text: str) -> list[Piece]:
    """Cut text into decoded text, formulas, and the beginnings and ends of emphasis, which nest properly.

    No two pieces of text stand side by side, so that a link can be found in one.
    """
    if is_plain(text):
        return [("text", text)]
    text = _cleaned(text)
    hidden: list[Piece] = []
    source = "".join(_hide(run, is_math, hidden) for is_math, run in split_math(text))
    if "`" in source:
        source = _DOUBLE_QUOTED.sub(r"“\1”", _QUOTED.sub(r"‘\1’", source))
    if "--" in source:
        source = _DASHES.sub(_dash, source)
    return list(_merged(_scan(source, iter(hidden))))


def _cleaned(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():  # a tenth of the time
        return text.encode().translate(None, _CONTROLS).decode()
    return _UNWANTED_RUN.sub("", text)


def _merged(found: list[Piece]) -> Iterator[Piece]:
    for kind, run in groupby(found, key=itemgetter(0)):
        if kind != "text":
            yield from run
        elif text := normalize("NFC", "".join(source for _, source in run)):
            yield "text", text


# --- formulas and addresses: nothing in them is changed -----------------------------------------------------

_ENVIRONMENTS = "equation|align|eqnarray|gather|multline|flalign|alignat|displaymath|math"
_DELIMITER = re.compile(rf"\$|\\(?:[\\$()\[\]]|(?:begin|end)\{{(?:{_ENVIRONMENTS})\*?\}})")
_CLOSERS = {r"\(": r"\)", r"\[": r"\]"}
_FORMULA_SIGN = re.compile(r"[\\^_{}]|^\D.*=", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2}")
_LONGEST_FORMULA = 2000  # characters between two dollars; beyond that they are money


def split_math(text: str) -> list[tuple[bool, str]]:
    """Cut text into formulas with their delimiters (True) and what is between them; joined it is the text.

    This is the one place that tells a formula from money: a dollar opens a formula only where the next one
    can close it by :func:`_is_formula`; all other dollars are dollars.
    """
    if "$" not in text and "\\" not in text:
        return [(False, text)]
    marks = [(found.start(), found[0]) for found in _DELIMITER.finditer(text)]
    places: dict[str, list[int]] = {}
    for index, (_, mark) in enumerate(marks):
        places.setdefault(mark, []).append(index)
    runs: list[tuple[bool, str]] = []
    done = index = 0
    while index < len(marks):
        start, mark = marks[index]
        closing = _closing(text, marks, places, index)
        if closing is None:
            # Two dollars that open nothing are no empty formula either.
            index += 2 if mark == "$" and text.startswith("$$", start) else 1
            continue
        end = marks[closing][0] + len(marks[closing][1])
        if start > done:
            runs.append((False, text[done:start]))
        runs.append((True, text[start:end]))
        done, index = end, closing + 1
    if done < len(text) or not runs:
        runs.append((False, text[done:]))
    return runs


def _closing(text: str, marks: list[tuple[int, str]], places: dict[str, list[int]], index: int) -> int | None:
    """Return the index of the mark that ends the formula which the mark at ``index`` begins, if it does."""
    start, mark = marks[index]
    if mark == "$" and text.startswith("$$", start):
        closing = _next(places, "$", index + 1)
        if closing is None or not text.startswith("$$", marks[closing][0]):
            return None
        return closing + 1 if text[start + 2 : marks[closing][0]].strip() else None
    if mark == "$":
        closing = _next(places, "$", index)
        return closing if closing is not None and _is_formula(text, start + 1, marks[closing][0]) else None
    closer = _CLOSERS.get(mark) or mark.replace("begin", "end", 1)
    return _next(places, closer, index) if closer != mark else None


def _next(places: dict[str, list[int]], mark: str, index: int) -> int | None:
    later = places.get(mark, [])
    position = bisect_right(later, index)
    return later[position] if position < len(later) else None


def _is_formula(text: str, start: int, end: int) -> bool:
    """Whether what stands between two dollars is a formula rather than the way from one price to another."""
    content = text[start : min(end, start + _LONGEST_FORMULA)]
    if not content.strip() or end - start > _LONGEST_FORMULA:
        return False
    # "$5 and $6", "$5-$10": pandoc's rule (extension tex_math_dollars), here for what begins like a price.
    if content[0].isdigit() and text[end + 1 : end + 2].isdigit() and content[-1] not in "<>=":
        return False
    if _FORMULA_SIGN.search(content):
        return True
    return not (content[0].isspace() or content[-1].isspace()) or not _WORD.search(content)


# A tilde, an underscore or two hyphens within an address are part of it.
_ADDRESS = re.compile(
    rf"""\\url\s*\{{([^{{}}{_HIDDEN}]*)\}}|https?://(?:[^\s\\{{}}$<>"`'{_HIDDEN}]|'(?!')|\\[_~#%&](?:\{{\}})?)+"""
)
_ESCAPED = re.compile(r"\\([_~#%&])(?:\{\})?")


def _hide(run: str, is_math: bool, hidden: list[Piece]) -> str:
    if is_math:
        hidden.append(("math", run))
        return _HIDDEN
    if "://" not in run and "\\url" not in run:
        return run

    def hide(found: re.Match[str]) -> str:
        address = found[0] if found[1] is None else found[1]
        hidden.append(("text", _ESCAPED.sub(r"\1", address)))
        return _HIDDEN

    return _ADDRESS.sub(hide, run)


# --- everything else ----------------------------------------------------------------------------------------

# A single quotation mark counts only as one of a pair around a short phrase: Pearson`s stays.
_QUOTED = re.compile(r"(?<![\w`\\])`(?=[^\s`'])([^`]{0,100}?)(?<![\\'])'(?![\w'])")
_DOUBLE_QUOTED = re.compile(r"""(?<![`\\])``([^`]{0,400}?)(?:''|(?<!\\)")""")

# It begins with a set of characters and not with a choice, because so the search for it is ten times faster.
_TOKEN = re.compile(
    rf"[\\{{}}~{_HIDDEN}]"
    r"""(?:(?<=\\)(?:(?P<accent>["'`^~=.]|[cHkvurdb](?![A-Za-z]))"""
    r"|(?P<word>(?P<name>[A-Za-z]+)\*?(?P<gap>\s*))"
    rf"|(?P<escape>[^{_HIDDEN}])))?",
    re.DOTALL,
)
_KEPT_ARGUMENT = re.compile(rf"(?:\[[^\[\]{{}}{_HIDDEN}]*\])?(?=\{{)")
_BASE = re.compile(
    r"""(?P<gap>\s*)(?:\{\s*(?:\\(?P<inner>["'`^~=.]))?(?P<braced>\\[ij]|[^\W\d_])\s*\}"""
    r"|(?P<bare>\\[ij](?![A-Za-z])\s*|[^\W\d_]))"
)
_CUT_SYMBOL = re.compile(r"\{([a-z]+)\}")
_CONTRACTION = re.compile(r"(?:s|t|re|ve|ll|d|m)(?![^\W_])")
_QUOTED_BY_ESCAPES = re.compile(r'[^\\"]{1,60}\\"(?![A-Za-z{\\])')
_SET = re.compile(r"\{\s*[^\s{},\\]+(?:\s*,\s*[^\s{},\\]+)+\s*\}")
_GLUED = re.compile("c[cs]|v[csz]|H[ou]")
_GLUED_NOT = frozenset({"csc", "csname", "vspace", "vcenter", "vskip"})


class _Group(NamedTuple):
    """An open brace: what its closing one becomes, and what takes its place where no closing one comes."""

    closing: list[Piece]  # the last one first
    restore: list[tuple[int, str]]  # index in the output, source
    of_macro: bool = False


def _scan(source: str, hidden: Iterator[Piece]) -> list[Piece]:
    out: list[Piece] = []
    groups: list[_Group] = []
    done = 0  # all before it is in the output
    argument = -1  # where a brace is an argument of an unknown macro, and stays
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
        elif kind == "{":
            if start == argument or source[start - 1 : start] in ("_", "^") or _SET.match(source, start):
                groups.append(_Group([("text", "}")], [], start == argument))
                out.append(("text", "{"))
            else:
                groups.append(_Group([], [(len(out), "{")]))
                out.append(("text", ""))
        elif kind == "}":
            group = groups.pop() if groups else _Group([("text", "}")], [])
            out += reversed(group.closing)
            if group.of_macro:
                argument = end
        elif kind == "accent":
            text, done = _accent(token["accent"], source, end)
            if text is None:
                out.append(("text", token[0]))
                argument = done
            else:
                out.append(("text", text))
        elif kind == "escape":
            out.append(("text", _ESCAPES.get(token["escape"], token[0])))
        elif kind == "word" and token["name"] in _STYLES:
            done = _style(token, source, out, groups)
        elif kind == "word" and (known := _word(token, source)):
            text, done = known
            out.append(("text", text))
        else:
            # Unknown: it stays, and so do the braces around its arguments.
            done = token.start("gap") if kind == "word" else end
            if found := _KEPT_ARGUMENT.match(source, done):
                argument = done = found.end()
            out.append(("text", source[start:done]))
    out.append(("text", source[done:]))
    for group in groups:
        for index, original in group.restore:
            out[index] = ("text", original)
    return out


def _dash(found: re.Match[str]) -> str:
    # Arrows (-->) and rules (----) are no dashes.
    return {"--": "–", "---": "—"}.get(found[0], found[0])


def _is_tie(source: str, position: int) -> bool:
    """Whether a tilde ties two words; before a number it may mean "about": 10~20, n~5, (~3 ms)."""
    before, after = source[position - 1 : position], source[position + 1 : position + 2]
    if not before or not after or before.isspace() or after.isspace() or before in "([/<>=≈-–—":
        return False
    word = source[max(0, position - 2) : position]
    return not (after.isdigit() and before.isalnum()) or (len(word) == 2 and word.isalpha())


def _accent(mark: str, source: str, position: int) -> tuple[str | None, int]:
    """Return the letter under an accent (None: there is none) and where the text goes on."""
    if mark in "'\"":
        # Escapes of another language: the brain\'s, \"so called\".
        before = source[max(0, position - 3) : position - 2]
        if mark == "'" and before.isalnum() and _CONTRACTION.match(source, position):
            return mark, position
        if mark == '"' and not before.isalpha() and _QUOTED_BY_ESCAPES.match(source, position):
            return mark, position
    elif mark.isalpha() and (cut := _CUT_SYMBOL.match(source, position)) and mark + cut[1] in _SYMBOLS:
        return _SYMBOLS[mark + cut[1]], cut.end()  # \b{eta}, made of {\beta} by a program that knew only \b
    found = _BASE.match(source, position)
    if found and not (found["gap"] and not mark.isalpha()):
        base = (found["braced"] or found["bare"]).strip()[-1]
        inner = _COMBINING[found["inner"]] if found["inner"] else ""
        letter = normalize("NFC", base + inner + _COMBINING[mark])
        # "\c c" is an accent, "\c and" is not.
        if len(letter) == 1 or not found["gap"]:
            return letter, found.end()
    return (None if mark.isalpha() else mark), position


def _word(token: re.Match[str], source: str) -> tuple[str, int] | None:
    """Return what a command of letters stands for and where the text goes on; None if it is unknown."""
    word, end = token["name"], token.start("gap")
    before = source[max(0, token.start() - 2) : token.start()]
    if sign := _SYMBOLS.get(word):
        return sign, end
    if letter := _LETTERS.get(word):
        # Behind a number it is the unit: 3 \AA resolution.
        return letter, end if word == "AA" and before.rstrip()[-1:].isdigit() else token.end()
    if (blank := _BLANKS.get(word)) is not None:
        return blank, token.end()
    if _GLUED.match(word) and before[-1:].isalpha() and word not in _GLUED_NOT:
        return normalize("NFC", word[1] + _COMBINING[word[0]]) + word[2:], end  # Fran\ccois
    return None


def _style(token: re.Match[str], source: str, out: list[Piece], groups: list[_Group]) -> int:
    """Begin the emphasis that a font command asks for and return where the text goes on."""
    word = token["name"]
    tag = _STYLES[word]
    opening: Piece = ("open", tag) if tag else ("text", "")
    closing: list[Piece] = [("close", tag)] if tag else []
    if source.startswith("{", token.end()):
        groups.append(_Group(closing, [(len(out), f"\\{word}{{")]))
        out.append(opening)
        return token.end() + 1
    if word in _EMPHASIS:
        out.append(("text", token[0]))
    elif groups:
        groups[-1].restore.append((len(out), token[0]))
        groups[-1].closing.extend(closing)
        out.append(opening)
    return token.end()
