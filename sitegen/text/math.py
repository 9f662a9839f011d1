r"""Formulas as MathML Core, set when the site is built; the sole importer of math_core.

Authors write for LaTeX with packages and private macros of their own, so a formula is mended first: what
math_core does not know under the author's name is given its usual meaning. What still can't be converted stays
TeX that a reader sees. Whatever comes out is escaped, carries no address and no colour, and holds the author's
source as annotation: scripts copy it, search engines and screen readers may ask for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import NamedTuple
from xml.parsers import expat

from math_core import LatexError, LatexToMathML

from sitegen.text.formulas import TEXT_COMMAND, split_math
from sitegen.text.macros import MACROS
from sitegen.text.patterns import pattern

# math_core recurses, and a formula that is nested thousands of times ends the process. Real ones stay far below.
LONGEST, DEEPEST = 2000, 50
# Primes and macros swell; no formula of 2,000 characters needs as much as this.
_LONGEST_MATHML = 60_000


class Formula(NamedTuple):
    """A converted formula, ``<math>`` and all; or "" and the reason why it could not be converted."""

    mathml: str
    reason: str


def to_html(source: str, *, block: bool = False) -> str:
    r"""Return a formula, with its delimiters or without, as MathML, or as ``<code class="tex">``.

    ``block`` sets what stands in ``$$``, ``\[`` or an environment on a line of its own.
    """
    # What stands within a line is the same in both ways: it is converted once.
    found = convert(source, block=block and inside(source)[1])
    return found.mathml or f'<code class="tex">{escape(source, quote=False)}</code>'


@lru_cache(maxsize=4096)
def convert(source: str, *, block: bool = False) -> Formula:
    """Convert a formula; a failure is no error, because authors may write anything."""
    content, displayed = inside(source)
    if len(content) > LONGEST or not _is_shallow(content):
        return Formula("", "too long or too deeply nested")
    if _may_explode(content):
        return Formula("", "too many brackets are never closed")
    if _DEFINITION.search(content):
        return Formula("", "it defines commands of its own")
    reason = ""
    for mended in _mended(content):
        made = _converted(mended, displaystyle=displayed and block)
        if made.reason:
            reason = reason or made.reason
            continue
        if len(made.mathml) > _LONGEST_MATHML:
            return Formula("", "it swells beyond measure")
        if "<a " in made.mathml:
            return Formula("", "it refers to another place")
        if not _VISIBLE.search(made.mathml):
            return Formula("", "it shows nothing")
        mathml = _annotated(made.mathml, content)
        if _is_well_formed(mathml):
            return Formula(mathml, "")
        reason = reason or "its MathML would not be well-formed"
    return Formula("", reason)


def _converted(content: str, *, displaystyle: bool) -> Formula:
    """Return what math_core makes of a formula, or why it cannot convert it. Nothing vouches for the markup."""
    try:
        return Formula(_ENGINE.convert_with_local_state(content, displaystyle=displaystyle), "")
    except LatexError as error:
        return Formula("", str(error).partition(": ")[2].rstrip(".") or "it cannot be converted")
    except Exception as error:
        return Formula("", f"the converter fails: {type(error).__name__}")
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how pyo3 reports a failed assertion in Rust
            raise
        return Formula("", "the converter fails")


def _is_well_formed(mathml: str) -> bool:
    """Whether expat can parse it: math_core repeats attributes, and leaves some characters unescaped."""
    try:
        expat.ParserCreate().Parse(mathml, True)
    except (expat.ExpatError, UnicodeError):
        return False
    return True


_VISIBLE = pattern(r">[^<\s]|<mspace w|<m(?:sqrt|frac)")


def inside(source: str) -> tuple[str, bool]:
    """Return what stands between a formula's delimiters, and whether they ask for a line of its own."""
    source = source.replace("\xa0", " ")
    for opening, closing in (("$$", "$$"), (r"\[", r"\]"), (r"\(", r"\)"), ("$", "$")):
        if source.startswith(opening) and source.endswith(closing):
            return source[len(opening) : -len(closing)], opening in ("$$", r"\[")
    return source, source.startswith(r"\begin")


def _annotated(made: str, content: str) -> str:
    head, _, rest = made.partition(">")
    body = rest.removesuffix("</math>").translate(_REPLACED).replace("&ApplyFunction;", "\u2061")
    if "\u0332" in body:  # as a line over or under a letter it has no width, and stands beside it
        body = body.replace("\u0332</mo></mover>", "‾</mo></mover>").replace(
            "\u0332</mo></munder>", "_</mo></munder>"
        )
    if 'scriptlevel="' in body or 'rem"' in body:
        body = _valid(body)
    note = " ".join(content.split())
    if note.endswith("\\") and content[-1:].isspace():  # a blank that is part of a command
        note += " "
    return (
        f"{head}><semantics><mrow>{body}</mrow>"
        f'<annotation encoding="application/x-tex">{escape(note, quote=False)}</annotation></semantics></math>'
    )


_ROW = pattern(r"<(/?)(mrow|mtable)([^>]*)>")


def _valid(body: str) -> str:
    """Return MathML in MathML 3's bounds, where it is stricter than MathML Core: only mstyle sets the style."""
    closing: list[str] = []

    def mended(found: re.Match[str]) -> str:
        end, name, attributes = found.groups()
        if end:
            return f"</{closing.pop()}>"
        if name == "mtable":
            attributes = _LEVEL.sub("", attributes)
        closing.append("mstyle" if name == "mrow" and "displaystyle" in attributes else name)
        return f"<{closing[-1]}{attributes}>"

    return _ROW.sub(mended, _WIDTH.sub(r'\1em"', body))


_WIDTH = pattern(r'( width="-?[\d.]+)rem"')
_LEVEL = pattern(r' scriptlevel="\d+"')
# Selectors choose between two shapes of a script letter, in fonts that have both; elsewhere they show as boxes. A
# blank that is meant must survive the folding of white space.
_REPLACED = {0xFE00: None, 0xFE01: None, 0xA0: "&#160;"}

_NESTING = pattern(r"\\(?:left|begin|right|end)(?![A-Za-z])|\\.|[{}]", re.DOTALL)
_CHAIN = pattern(rf"(?:\\[A-Za-z]+\s*){{{DEEPEST},}}|(?:\\[A-Za-z]+\s*\d\s*){{{DEEPEST // 2},}}")


def _is_shallow(content: str) -> bool:
    depth = 0
    for token in _NESTING.findall(content):
        if token in ("{", r"\left", r"\begin"):
            depth += 1
            if depth > DEEPEST:
                return False
        elif token in ("}", r"\right", r"\end"):
            depth -= 1
    return not _CHAIN.search(content)


# math_core looks for the end of a bracket that is never closed in twice as many ways for each one more. So many are
# looked into at once; where there are more, all but a few have to be closed, by signs that are no command's argument.
_FEW_BRACKETS = 8
_OPENING = (
    r"\\(?:[bB]igg?l?|mathopen|lmoustache)(?![A-Za-z])|\\l{1,2}(?:angle|floor|ceil|[vV]ert|[bB]race|brack|bracket"
    r"|group|parenthesis)(?![A-Za-z])|\\[{|]|[(\[|]"
)
_CLOSING = (
    r"\\(?:[bB]igg?r|mathclose|rmoustache)(?![A-Za-z])|\\r{1,2}(?:angle|floor|ceil|[vV]ert|[bB]race|brack|bracket"
    r"|group|parenthesis)(?![A-Za-z])|\\\}|[)\]]"
)
# To it these are brackets as well, unless their argument is a plain one.
_LIKE_BRACKETS = r"\\(?:[Kk]et|[Bb]ra|[Bb]raket|p?mod|pod|d+v|pdv|ketbra)(?![A-Za-z])(?!\s*\{[^{}\\^_]*\})"
_BRACKET = pattern(
    rf"\\(?:left|right)(?![A-Za-z])\s*\\?.|(?P<open>{_OPENING}|{_LIKE_BRACKETS})|(?P<close>{_CLOSING})|[{{}}]"
)
_OPEN = pattern(rf"{_OPENING}|{_LIKE_BRACKETS}")
# A command with arguments that are not in braces, or a script: what follows may be a bracket, and then closes none.
_BARE_ARGUMENT = pattern(
    r"\\(?:[dtc]?frac|[dt]?binom|overset|underset|stackrel|stackbin|nicefrac|sfrac|substack|sqrt|not|SI|textcolor|href"
    r"|hat|check|tilde|acute|grave|dot|ddot|breve|bar|vec|mathring|wide\w+|over\w+|under\w+|math[a-z]+|boldsymbol|bm"
    r"|pmb|text[a-z]*|operatorname\*?|[mhf]box|[hv]?phantom|smash|abs|norm|boxed|[xb]?cancel)\s*[^\s{A-Za-z0-9]"
    rf"|[_^]\s*(?:{_CLOSING})"
    r"|\\(?:[dtc]?frac|[dt]?binom|overset|underset|stackrel|stackbin|nicefrac|sfrac|SI)\s*[A-Za-z0-9]"
)


def _may_explode(content: str) -> bool:
    if len(_OPEN.findall(content)) <= _FEW_BRACKETS:
        return False
    return _left_open(content) > _FEW_BRACKETS // 2 or _BARE_ARGUMENT.search(content) is not None


def _left_open(content: str) -> int:
    """Return how many brackets are opened and not closed in the same group."""
    unclosed, here, outer = 0, 0, []
    for found in _BRACKET.finditer(content):
        if found["open"]:
            here += 1
        elif found["close"]:
            here = max(0, here - 1)
        elif found[0] == "{":
            outer.append(here)
            here = 0
        elif found[0] == "}":
            unclosed += here
            here = outer.pop() if outer else 0
    return unclosed + here + sum(outer)


# --- what authors write, as math_core knows it ----------------------------------------------------------------


_ENGINE = LatexToMathML(macros=MACROS, fancy_error=False, allow_unreliable_rendering=True, max_expansions=300)

# A formula that defines commands can grow without measure, and no abstract needs it.
_DEFINITION = pattern(
    r"\\(?:[egx]?def|let|global|(?:re|provide)?newcommand|(?:re)?newenvironment)(?![A-Za-z])"
)

_Rewrite = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_ANGLES = {"<": r"\langle ", ">": r"\rangle "}
_SWITCHES = {"sc": r"\rm", "em": r"\it", "sl": r"\it"}
_ENVIRONMENTS = {
    "eqnarray": ("array}{rcl", "array"),
    "alignat": ("align*", "align*"),
    **{name: (f"{name}*", f"{name}*") for name in ("align", "gather", "multline")},
    "equation": ("align*", "align*"),  # authors align in it all the same
    "flalign": ("align*", "align*"),
    "split": ("aligned", "aligned"),
    "smallmatrix": ("matrix", "matrix"),
}
_OUTER = "displaymath|math|subequations"


def _environment(found: re.Match[str]) -> str:
    opening, closing = _ENVIRONMENTS[found[2]]
    return rf"\begin{{{opening}}}" if found[1] == "begin" else rf"\end{{{closing}}}"


_MENDS: tuple[_Rewrite, ...] = (
    # Numbers, labels and colours are of a document that is not here; sizes are the page's business.
    (pattern(r"\\(?:label|tag|vspace|color|hypertarget|index)\*?\s*(?:\[[^\[\]]*\])?\{[^{}]*\}"), ""),
    (pattern(
        r"\\(?:nonumber|notag|boldmath|unboldmath|tiny|scriptsize|footnotesize|small|normalsize|large|Large"
        r"|limits(?=\s*(?:[^_^\s]|$)))(?![A-Za-z])"
    ), ""),
    (pattern(r"\\(sc|em|sl)(?![A-Za-z])"), lambda found: _SWITCHES[found[1]]),
    (pattern(r"(\\(?:left|right|middle|[bB]igg?[lrm]?)\s*)([<>])"), lambda found: found[1] + _ANGLES[found[2]]),
    (pattern(r"(\\begin\{alignat\*?\})\s*\{\d+\}"), r"\1"),
    (pattern(rf"\\(begin|end)\{{({'|'.join(_ENVIRONMENTS)})\*?\}}"), _environment),
    (pattern(rf"\\(?:begin|end)\{{(?:{_OUTER})\*?\}}"), ""),
    (pattern(r"\\root\s*(\w+)\s*\\of\s*"), r"\\sqrt[\1]"),
    (pattern(r"\\buildrel\s*([^{}]*|\{[^{}]*\})\s*\\over\s*"), r"\\overset{\1}"),
    (pattern(r"\\hspace\*"), r"\\hspace"),
    # \beta* is a letter with a star; \operatorname* and its like are commands.
    (pattern(r"(\\(?!operatorname|begin|end)[A-Za-z]+)\*"), r"\1 *"),
    (pattern(r"(?<!\\)((?:\\\\)*)([%#])"), r"\1\\\2"),
)  # fmt: skip
# $Volvox~carteri$, $C. elegans$, ${\it Drosophila}$: words that the author wanted in italics.
_ITALIC = pattern(
    r"\s*(?:\{\s*\\(?:it|em|sl)\s|\\(?:it|mathit|textit|emph)\s*\{)([A-Za-z][A-Za-z .,:'~-]*)\}\s*"
)
_WORDS = pattern(r"\s*(?:[A-Z]\.[ ~]*)?(?!\w{0,3}\s*\Z)[A-Za-z]{3,}(?:[ ~-]+[A-Za-z]{3,})*\s*")
_AMPERSAND = pattern(r"(?<!\\)((?:\\\\)*)&")

# Only where the first try failed, because these lose something.
_TEXT = pattern(r"\\(?:text|textrm|mbox|hbox|textup|textnormal)\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_LIMITS = pattern(r"\\(?:no)?limits(?![A-Za-z])")


def _mended(content: str) -> tuple[str, str]:
    """Return a formula as math_core may know it, and a second try in which text is set as formula."""
    if found := _ITALIC.fullmatch(content) or _WORDS.fullmatch(content):
        words = rf"\textit{{{found[found.lastindex or 0].replace('~', ' ').strip()}}}"
        return words, words
    content = _with_text_apart(content)
    for mistake, replacement in _MENDS:
        content = mistake.sub(replacement, content)
    if r"\begin" not in content:
        content = _AMPERSAND.sub(r"\1\\&", content)
    return content, _LIMITS.sub("", _TEXT.sub(_as_formula, content))


def _with_text_apart(content: str) -> str:
    r"""Return a formula in which no text holds a formula: ``\text{ if $x$}`` becomes ``{\text{ if }x}``."""
    if "$" not in content and r"\(" not in content:
        return content
    out: list[str] = []
    done = 0
    for command in TEXT_COMMAND.finditer(content):
        end = _end_of_group(content, command.end())
        if command.start() < done or end is None:
            continue
        parts = split_math(content[command.end() : end])
        if any(is_math for is_math, _ in parts):
            apart = (
                _with_text_apart(inside(part)[0]) if is_math else f"{command[0]}{part}}}"
                for is_math, part in parts
            )
            out.append(f"{content[done : command.start()]}{{{''.join(apart)}}}")
            done = end + 1
    return "".join(out) + content[done:]


_BRACE = pattern(r"\\.|[{}]", re.DOTALL)


def _end_of_group(content: str, position: int) -> int | None:
    """Return where the brace stands that closes the group in which ``position`` is; None if there is none."""
    depth = 1
    for brace in _BRACE.finditer(content, position):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return brace.start()
    return None


def _as_formula(found: re.Match[str]) -> str:
    blanks = found[1].replace("$", "").replace("_", r"\_").replace(" ", r"\ ")
    return rf"\mathrm{{{blanks}}}"
