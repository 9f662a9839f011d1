r"""Converts formulas to MathML Core; the sole importer of math_core.

Authors use LaTeX packages and macros of their own, so formulas are rewritten first: commands that math_core does not
know are replaced by their usual definitions. A formula that still cannot be converted is shown as TeX source. The
MathML is escaped, contains no links and no colours, and has the TeX source as an annotation, for copying, for search
engines and for screen readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import NamedTuple
from xml.parsers import expat

from math_core import LatexError, LatexToMathML

from sitegen.text.formulas import TEXT_COMMAND, end_of_group, split_math
from sitegen.text.macros import MACROS
from sitegen.text.patterns import pattern

# math_core is recursive: thousands of nested groups overflow the stack and end the process. Limits in characters and
# levels, far above those of real formulas.
LONGEST, DEEPEST = 2000, 50
# In characters. Macros may expand to more, but no real formula of 2,000 characters does.
_LONGEST_MATHML = 60_000


class Formula(NamedTuple):
    """A converted formula as a ``<math>`` element and ""; or "" and the reason why it could not be converted."""

    mathml: str
    reason: str


def to_html(source: str, *, block: bool = False) -> str:
    r"""Return a formula, with or without delimiters, as MathML; otherwise its source in ``<code class="tex">``.

    With ``block``, formulas in ``$$``, ``\[`` or an environment are displayed on lines of their own.
    """
    # An inline formula is the same with and without ``block``, and shares its entry in the cache.
    found = convert(source, block=block and strip_delimiters(source)[1])
    return found.mathml or f'<code class="tex">{escape(source, quote=False)}</code>'


@lru_cache(maxsize=4096)
def convert(source: str, *, block: bool = False) -> Formula:
    """Return a formula, with or without delimiters, as MathML; a failure is returned as a reason, never raised."""
    content, displayed = strip_delimiters(source)
    if len(content) > LONGEST or not _is_shallow(content):
        return Formula("", "too long or too deeply nested")
    if _may_explode(content):
        return Formula("", "too many brackets are never closed")
    if _DEFINITION.search(content):
        return Formula("", "it defines commands of its own")
    reason = ""
    for rewritten in _rewritten(content):
        made = _converted(rewritten, displaystyle=displayed and block)
        if made.reason:
            reason = reason or made.reason
            continue
        if len(made.mathml) > _LONGEST_MATHML:
            return Formula("", "its MathML would be too long")
        if "<a " in made.mathml:
            return Formula("", "it contains a link")
        if not _VISIBLE.search(made.mathml):
            return Formula("", "it shows nothing")
        mathml = _annotated(made.mathml, content)
        if _is_well_formed(mathml):
            return Formula(mathml, "")
        reason = reason or "its MathML would not be well-formed"
    return Formula("", reason)


def _converted(content: str, *, displaystyle: bool) -> Formula:
    """Return math_core's result, or the reason why it failed. The MathML has not been checked."""
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
    """Return whether expat can parse it: math_core may repeat attributes and leave some characters unescaped."""
    try:
        expat.ParserCreate().Parse(mathml, True)
    except (expat.ExpatError, UnicodeError):
        return False
    return True


_VISIBLE = pattern(r">[^<\s]|<mspace w|<m(?:sqrt|frac)")


def strip_delimiters(source: str) -> tuple[str, bool]:
    """Return a formula without its delimiters, and whether they are those of a displayed formula."""
    source = source.replace("\xa0", " ")
    for opening, closing in (("$$", "$$"), (r"\[", r"\]"), (r"\(", r"\)"), ("$", "$")):
        if source.startswith(opening) and source.endswith(closing):
            return source[len(opening) : -len(closing)], opening in ("$$", r"\[")
    return source, source.startswith(r"\begin")


def _annotated(made: str, content: str) -> str:
    """Return math_core's MathML with corrections for browsers and validators, and the TeX source as annotation."""
    head, _, rest = made.partition(">")
    body = rest.removesuffix("</math>").translate(_REPLACED).replace("&ApplyFunction;", "\u2061")
    if "\u0332" in body:  # browsers draw a combining low line beside the letter instead of above or below it
        body = body.replace("\u0332</mo></mover>", "‾</mo></mover>").replace(
            "\u0332</mo></munder>", "_</mo></munder>"
        )
    if 'scriptlevel="' in body or 'rem"' in body:
        body = _as_mathml3(body)
    if ' style="' in body:
        body = _STYLE.sub(_without_style, body)
    note = " ".join(content.split())
    if note.endswith("\\") and content[-1:].isspace():  # "\\ " is a command
        note += " "
    return (
        f"{head}><semantics><mrow>{body}</mrow>"
        f'<annotation encoding="application/x-tex">{escape(note, quote=False)}</annotation></semantics></math>'
    )


_STYLE = pattern(r'(<\w+[^<>]*?) style="(?:text-align: ?(left|right))?[^"<>]*"')


def _without_style(tag: re.Match[str]) -> str:
    """Return a tag whose alignment is a class: the policy of pages forbids the attribute ``style``."""
    return tag[1] + (f' class="{tag[2]}"' if tag[2] else "")


_ROW = pattern(r"<(/?)(mrow|mtable)([^>]*)>")


def _as_mathml3(body: str) -> str:
    """Return MathML that is valid MathML 3 too, as validators require: only mstyle sets displaystyle."""
    closing: list[str] = []

    def renamed(found: re.Match[str]) -> str:
        end, name, attributes = found.groups()
        if end:
            return f"</{closing.pop()}>"
        if name == "mtable":
            attributes = _LEVEL.sub("", attributes)
        closing.append("mstyle" if name == "mrow" and "displaystyle" in attributes else name)
        return f"<{closing[-1]}{attributes}>"

    return _ROW.sub(renamed, _WIDTH.sub(r'\1em"', body))


_WIDTH = pattern(r'( width="-?[\d.]+)rem"')
_LEVEL = pattern(r' scriptlevel="\d+"')
# Variation selectors choose between two shapes of a script letter; fonts without both show a box. A no-break space is
# written as a reference, because white space is folded later.
_REPLACED = {0xFE00: None, 0xFE01: None, 0xA0: "&#160;"}

_NESTING = pattern(r"\\(?:left|begin|right|end)(?![A-Za-z])|\\.|[{}]", re.DOTALL)
_CHAIN = pattern(rf"(?:\\[A-Za-z]+\s*){{{DEEPEST},}}|(?:\\[A-Za-z]+\s*\d\s*){{{DEEPEST // 2},}}")


def _is_shallow(content: str) -> bool:
    """Return whether groups, environments and commands without braces are nested at most DEEPEST levels."""
    depth = 0
    for token in _NESTING.findall(content):
        if token in ("{", r"\left", r"\begin"):
            depth += 1
            if depth > DEEPEST:
                return False
        elif token in ("}", r"\right", r"\end"):
            depth -= 1
    return not _CHAIN.search(content)


# math_core's time doubles with each bracket that is never closed. A formula with more opening brackets than this is
# not converted if more than half as many stay open, or if a closing one may be a command's argument, so closes none.
_FEW_BRACKETS = 8
_OPENING = (
    r"\\(?:[bB]igg?l?|mathopen|lmoustache)(?![A-Za-z])|\\l{1,2}(?:angle|floor|ceil|[vV]ert|[bB]race|brack|bracket"
    r"|group|parenthesis)(?![A-Za-z])|\\[{|]|[(\[|]"
)
_CLOSING = (
    r"\\(?:[bB]igg?r|mathclose|rmoustache)(?![A-Za-z])|\\r{1,2}(?:angle|floor|ceil|[vV]ert|[bB]race|brack|bracket"
    r"|group|parenthesis)(?![A-Za-z])|\\\}|[)\]]"
)
# math_core treats these as brackets too, unless their argument is plain.
_LIKE_BRACKETS = r"\\(?:[Kk]et|[Bb]ra|[Bb]raket|p?mod|pod|d+v|pdv|ketbra)(?![A-Za-z])(?!\s*\{[^{}\\^_]*\})"
_BRACKET = pattern(
    rf"\\(?:left|right)(?![A-Za-z])\s*\\?.|(?P<open>{_OPENING}|{_LIKE_BRACKETS})|(?P<close>{_CLOSING})|[{{}}]"
)
_OPEN = pattern(rf"{_OPENING}|{_LIKE_BRACKETS}")
# A command with arguments without braces, or a script: if a bracket follows, it is the argument and closes nothing.
_BARE_ARGUMENT = pattern(
    r"\\(?:[dtc]?frac|[dt]?binom|overset|underset|stackrel|stackbin|nicefrac|sfrac|substack|sqrt|not|SI|textcolor|href"
    r"|hat|check|tilde|acute|grave|dot|ddot|breve|bar|vec|mathring|wide\w+|over\w+|under\w+|math[a-z]+|boldsymbol|bm"
    r"|pmb|text[a-z]*|operatorname\*?|[mhf]box|[hv]?phantom|smash|abs|norm|boxed|[xb]?cancel)\s*[^\s{A-Za-z0-9]"
    rf"|[_^]\s*(?:{_CLOSING})"
    r"|\\(?:[dtc]?frac|[dt]?binom|overset|underset|stackrel|stackbin|nicefrac|sfrac|SI)\s*[A-Za-z0-9]"
)


def _may_explode(content: str) -> bool:
    """Return whether math_core might take exponential time, see _FEW_BRACKETS."""
    if len(_OPEN.findall(content)) <= _FEW_BRACKETS:
        return False
    return _left_open(content) > _FEW_BRACKETS // 2 or _BARE_ARGUMENT.search(content) is not None


def _left_open(content: str) -> int:
    """Return the number of brackets that are not closed in their group."""
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


# --- rewriting authors' TeX for math_core -----------------------------------------------------------------------


_ENGINE = LatexToMathML(macros=MACROS, fancy_error=False, allow_unreliable_rendering=True, max_expansions=300)

# A formula that defines commands can expand without limit, and no abstract needs it.
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
    "equation": ("align*", "align*"),  # authors use & in it, although LaTeX does not allow it
    "flalign": ("align*", "align*"),
    "split": ("aligned", "aligned"),
    "smallmatrix": ("matrix", "matrix"),
}
_OUTER = "displaymath|math|subequations"


def _environment(found: re.Match[str]) -> str:
    opening, closing = _ENVIRONMENTS[found[2]]
    return rf"\begin{{{opening}}}" if found[1] == "begin" else rf"\end{{{closing}}}"


_REWRITES: tuple[_Rewrite, ...] = (
    # Numbers, labels and colours belong to the author's document; the page sets the size.
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
    # \beta* is a letter and a star, but \operatorname* is a command.
    (pattern(r"(\\(?!operatorname|begin|end)[A-Za-z]+)\*"), r"\1 *"),
    (pattern(r"(?<!\\)((?:\\\\)*)([%#])"), r"\1\\\2"),
)  # fmt: skip
# $Volvox~carteri$, $C. elegans$, ${\it Drosophila}$: words, typed as a formula to get italics.
_ITALIC = pattern(
    r"\s*(?:\{\s*\\(?:it|em|sl)\s|\\(?:it|mathit|textit|emph)\s*\{)([A-Za-z][A-Za-z .,:'~-]*)\}\s*"
)
_WORDS = pattern(r"\s*(?:[A-Z]\.[ ~]*)?(?!\w{0,3}\s*\Z)[A-Za-z]{3,}(?:[ ~-]+[A-Za-z]{3,})*\s*")
_AMPERSAND = pattern(r"(?<!\\)((?:\\\\)*)&")

# Used only if the first conversion fails, because these rewrites change how the formula looks.
_TEXT = pattern(r"\\(?:text|textrm|mbox|hbox|textup|textnormal)\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_LIMITS = pattern(r"\\(?:no)?limits(?![A-Za-z])")


def _rewritten(content: str) -> tuple[str, str]:
    """Return two rewritten forms of a formula, to be tried in order; in the second, text is upright mathematics."""
    if found := _ITALIC.fullmatch(content) or _WORDS.fullmatch(content):
        words = rf"\textit{{{found[found.lastindex or 0].replace('~', ' ').strip()}}}"
        return words, words
    content = _with_text_apart(content)
    for source, replacement in _REWRITES:
        content = source.sub(replacement, content)
    if r"\begin" not in content:
        content = _AMPERSAND.sub(r"\1\\&", content)
    return content, _LIMITS.sub("", _TEXT.sub(_as_formula, content))


def _with_text_apart(content: str) -> str:
    r"""Return a formula without formulas inside text commands: ``\text{ if $x$}`` becomes ``{\text{ if }x}``."""
    if "$" not in content and r"\(" not in content:
        return content
    out: list[str] = []
    done = 0
    for command in TEXT_COMMAND.finditer(content):
        end = end_of_group(content, command.end())
        if command.start() < done or end is None:
            continue
        parts = split_math(content[command.end() : end])
        if any(is_math for is_math, _ in parts):
            apart = (
                _with_text_apart(strip_delimiters(part)[0]) if is_math else f"{command[0]}{part}}}"
                for is_math, part in parts
            )
            out.append(f"{content[done : command.start()]}{{{''.join(apart)}}}")
            done = end + 1
    return "".join(out) + content[done:]


def _as_formula(found: re.Match[str]) -> str:
    blanks = found[1].replace("$", "").replace("_", r"\_").replace(" ", r"\ ")
    return rf"\mathrm{{{blanks}}}"
