r"""Formulas become MathML that is well-formed, harmless and whole; what cannot be converted stays TeX."""

import re
import subprocess
import sys
from html import escape, unescape
from random import Random
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.text import abstract, math, mathtext

# MathML Core (https://www.w3.org/TR/mathml-core/), and the emphasis that math_core makes of \textit in a formula.
ELEMENTS = """
    math semantics annotation mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup mover munder
    munderover mmultiscripts mprescripts none mtable mtr mtd mpadded mphantom mstyle merror menclose i em b u s
    strong code sup sub span
"""
ATTRIBUTES = """
    display displaystyle scriptlevel encoding mathvariant stretchy form fence separator lspace rspace minsize
    maxsize symmetric largeop movablelimits accent accentunder width height depth voffset linethickness class
    rowspan columnspan intent arg dir notation
"""


def checked(html: str) -> ElementTree.Element | None:
    """Return the tree of a converted formula; None for one that stayed TeX."""
    if html.startswith("<code"):
        assert re.fullmatch(r'<code class="tex">[^<>]*</code>', html)
        return None
    tree = ElementTree.fromstring(html)
    for element in tree.iter():
        assert element.tag in ELEMENTS.split(), element.tag
        assert element.attrib.keys() <= set(ATTRIBUTES.split()), element.attrib
    return tree


def test_a_formula_carries_its_source() -> None:
    tree = checked(math.to_html(r"$\alpha < \beta\ $"))
    assert tree is not None
    annotation = tree[0][-1]
    assert annotation.attrib == {"encoding": "application/x-tex"}
    assert annotation.text == r"\alpha < \beta\ "


@pytest.mark.parametrize("formula", [r"\begin{equation}a=b\end{equation}", r"a\!b", r"\boxed{y}"])
def test_no_formula_has_a_style_which_the_policy_of_pages_forbids(formula: str) -> None:
    assert checked(math.to_html(f"$${formula}$$")) is not None


def test_columns_of_equations_are_aligned() -> None:
    made = math.to_html(r"\begin{align}a&=b\end{align}")
    assert '<mtd class="right">' in made
    assert '<mtd class="left">' in made


def test_only_a_display_in_a_paragraph_gets_a_line_of_its_own() -> None:
    for source in ("$$x$$", r"\[x\]", r"\begin{align}x\end{align}"):
        assert math.to_html(source, block=True).startswith('<math display="block">')
        assert math.to_html(source).startswith("<math>")
    assert math.to_html("$x$", block=True).startswith("<math>")


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (r"$\GLX$", r'Unknown command "\GLX"'),
        ("$x^a^b$", "Duplicate subscript or superscript"),
        (r"$\newcommand{\a}{b}\a$", "it defines commands of its own"),
        ("$" + "{" * 51 + "x" + "}" * 51 + "$", "too long or too deeply nested"),
        ("$" + "x" * 2001 + "$", "too long or too deeply nested"),
        ("$" + r"\left(" * 51 + "x" + r"\right)" * 51 + "$", "too long or too deeply nested"),
        ("$" + r"\sqrt" * 50 + "x$", "too long or too deeply nested"),
        ("$x" + "'" * 1990 + "$", "its MathML would be too long"),
        (r"$\displaystyle$", "it shows nothing"),
    ],
)
def test_what_stays_tex_says_why(formula: str, reason: str) -> None:
    assert math.convert(formula) == math.Formula("", reason)
    assert unescape(math.to_html(formula)) == f'<code class="tex">{formula}</code>'
    assert mathtext.to_text(formula) == formula


def test_fifty_levels_are_converted() -> None:
    assert checked(math.to_html("$" + "{" * 50 + "x" + "}" * 50 + "$")) is not None
    assert checked(math.to_html("$x" + "^{x" * 50 + "}" * 50 + "$")) is not None


def _run(code: str) -> int:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode


def test_nesting_that_ends_the_process_without_the_guard() -> None:
    engine = "from math_core import LatexToMathML as L; convert = L().convert_with_local_state"
    assert _run(rf"{engine}; convert('\\sqrt' * 50_000 + ' x', displaystyle=False)") < 0
    ours = "from sitegen.text import math, mathtext"
    hostile = r"'$' + '\\sqrt' * 50_000 + ' x$'"
    assert _run(f"{ours}; print(math.to_html({hostile}), mathtext.to_text({hostile}))") == 0


@pytest.mark.parametrize(
    "hostile",
    [
        r"$\text{<script>alert(1)</script>}$",
        r"$\href{javascript:alert(1)}{x}$",
        r'$\color{red" onload="alert(1)}x$',
        r'$\textcolor{red" onload="alert(1)}{x}$',
        r'$\hspace{1em" onclick="alert(1)}x$',
        r"$\class{a}{x}\style{color:red}{x}\htmlId{a}{x}\includegraphics{http://x.org}$",
        r"$\label{x}\tag{<b>}a$",
        r"\begin{align}a\label{\" onclick=\"x}\end{align}",
        "$</annotation></semantics></math><script>alert(1)</script>$",
        "$<img src=x onerror=alert(1)>$",
        "$&lt;script&gt;$",
    ],
)
def test_nothing_that_runs_or_loads_gets_through(hostile: str) -> None:
    html = math.to_html(hostile)
    checked(html)
    assert "<script" not in html
    assert "href" not in re.sub(r">[^<]*<", "><", html)
    assert " id=" not in re.sub(r">[^<]*<", "><", html)


FRAGMENTS = r"""
    a b x n 1 2 , . + - = < > & % # ~ ' " ^ _ { } ( ) [ ] | / $ * \\ \, \; \! \quad \alpha \frac \frac12 \sqrt
    \sqrt[3] \left( \right) \left< \right> \big( \text{ \mbox{ \mathrm{ \mathbb{R} \mathcal{ \bf \rm \sum \int \limits
    \hat \bar \vec \overline{ \underbrace{ \stackrel{ \binom{ \begin{cases} \end{cases} \begin{align} \end{align}
    \begin{array}{c} \end{array} \label{a} \tag{b} \color{red} \textcolor{red}{ \hspace{1em} \href{a}{
    \operatorname{ \not \prime \ell \lim \log \mod \pmod{ \R \eps \unknown \substack{ \over \choose <b> &lt; onclick=
    é 王 \' \% \& \# \$ \ \( \] \R^ \begin{eqnarray*} \end{eqnarray*} \begin{equation} \end{equation} \textit{ \emph{
    \mathop{ \phantom{ \cancel{ \boxed{
"""
FORMULAS = st.lists(st.sampled_from([*FRAGMENTS.split(), " ", "\u00a0"]), max_size=14).map(
    lambda parts: f"${''.join(parts)}$"
)


@settings(max_examples=1500, deadline=None)
@given(FORMULAS)
def test_any_formula_is_safe_and_has_a_text(formula: str) -> None:
    for block in (False, True):
        tree = checked(math.to_html(formula, block=block))
    text = mathtext.to_text(formula)
    if tree is None:
        assert text == formula
    else:
        assert text == (" ".join(text.split()) or " ")
        note = tree[0][-1].text or ""
        assert mathtext.to_text(f"${note}$") == text


@pytest.mark.parametrize(
    "unit",
    [
        "(", "[", r"\{", r"\langle ", r"\bigl(", r"\mathopen(", "f(", "(a + ", r"\underset ] (", r"\hat \} \lfloor ",
        r"\binom ' ) f(", r"\ket \sum ", r"\ket{ _ }", r"\pmod \dv = ", "{(", r"\sqrt | \int \ket ",
    ],
)  # fmt: skip
def test_brackets_that_stay_open_do_not_hang_the_build(unit: str) -> None:
    # In a process of its own, because math_core would not come back from it.
    code = (
        "import sys; from sitegen.text import math; print(math.convert('$' + sys.argv[1] * 60 + 'x$').reason)"
    )
    command = [sys.executable, "-c", code, unit]
    assert subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (r"$\overline{\mathrm{MS}}$", "M̄S̄"),
        (r"$\widehat{\theta}$", "θ̂"),
        (r"$\frac{n}{2}k$", "(n/2)k"),
        (r"$2\frac12$", "2 1/2"),
        (r"$\sqrt{nk}$, $\sqrt{n}k$", "√(nk), √n k"),
        (r"$O(n\log^2 n)$", "O(n log² n)"),
        (r"$QK^T$, $x^{n}y$, $^{208}\text{Pb}$", "QKᵀ, xⁿy, ²⁰⁸Pb"),
        (r"$x := y$, $f''$", "x := y, f″"),
        (r"2$\frac12$-player, 10$^5$", "2 1/2-player, 10⁵"),
        (r"for $0.02 per image ($\sim$10x less)", "for $0.02 per image (∼10x less)"),
        (r"$5.4 billion ($\alpha=1$) market", "$5.4 billion (α = 1) market"),
        (r"costs $10, i.e. $x<5$", "costs $10, i.e. x < 5"),
        (r"a $20 ms$ delay", "a 20ms delay"),
        (r"$\eqref{eq:1}$", r"$\eqref{eq:1}$"),
        (r"O\'Brien, l\'Etat, \ie this \etal", "O'Brien, lÉtat, i.e. this et al."),
    ],
)
def test_text_reads_as_the_author_meant_it(formula: str, text: str) -> None:
    assert abstract.to_text(formula) == text


SPOILT = [
    r"$a \mathrel\big| b$",
    r"$\left\{x\mathrel{\middle|}y\right\}$",
    r"$\mathbin\Big\| $",
    r"$\operatorname{\&}$",
    r"$\operatorname*{<}_x$",
]


@pytest.mark.parametrize("formula", SPOILT)
def test_a_formula_of_which_the_converter_makes_broken_markup_stays_tex(formula: str) -> None:
    assert math.to_html(formula) == f'<code class="tex">{escape(formula, quote=False)}</code>'
    assert mathtext.to_text(formula) == formula
    assert math.convert(formula).reason == "its MathML would not be well-formed"


PARTS = r"""
    \mathrel \mathbin \mathop \mathopen \mathclose \mathpunct \mathord \mathinner \big \Big \bigl \Bigr \biggm
    \left \right \middle \operatorname \operatorname* \text \mbox \mathrm \mathbf \mathcal \mathbb \boldsymbol
    \textit \textbf \frac \dfrac \binom \sqrt \root \overset \underset \stackrel \overline \underbrace \hat \vec
    \widehat \sum \int \lim \max \sin \limits \nolimits \not \prime \substack \phantom \smash \cancel \boxed
    \color{red} \quad \, \! \: \langle \rangle \lfloor \rceil \| | ( ) [ ] \{ \} . < > / \vert \Vert \uparrow \&
    \% \# \$ \_ \\ ~ & ^ _ ^{ _{ { } { } ' '' " ; : , = + - * ! ? @ ` a b x n 1 23 α é ∑ 中 &lt; <b> --> ]]>
    \alpha \Gamma \infty \in \leq \neq \to \xrightarrow \ldots \iff \pmod \bmod \bra \ket \braket \set \abs
    \norm \SI \dd \dv \begin{matrix} \end{matrix} \begin{array}{cc} \end{array} \begin{cases} \end{cases}
    \begin{aligned} \end{aligned} \hline \tag{1} \label{a} \href{a}{b} \displaystyle \rm \it \cal \over \choose
    \atop \genfrac \sideset \prescript \mathchoice \mathring \mathstrut \hspace{1em} \raisebox{1pt}
    \textsuperscript \AA \ss \slashed \dddot
""".split()  # noqa: SIM905


def test_any_combination_of_commands_gives_well_formed_markup_or_tex() -> None:
    random = Random(1)
    converted = 0
    for _ in range(8_000):
        parts = random.choices(PARTS, k=random.randint(1, 8))
        formula = "".join(part + random.choice(["", " ", "{x}", "{<}", "{|}"]) for part in parts)
        formula += "}" * (formula.count("{") - formula.count("}"))
        tree = checked(math.to_html(f"${formula}$", block=True))
        converted += tree is not None
        mathtext.to_text(f"${formula}$")
    assert converted > 800
