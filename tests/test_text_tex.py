r"""TeX in titles, abstracts and names becomes Unicode; formulas and what is unknown stay as they are."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.text import tex


def check(text: str, expected: str) -> None:
    assert tex.decode(text) == expected
    # Decoding what is decoded changes nothing, but where an escape has set a mark of TeX free.
    if "\\{" not in text and "\\$" not in text:
        assert tex.decode(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Accents in all their spellings.
        (r"Schr\"odinger, Schr\"{o}dinger, Schr{\"o}dinger", "Schrödinger, Schrödinger, Schrödinger"),
        (r"Erd\H{o}s-R\'enyi, Erd\H os", "Erdős-Rényi, Erdős"),
        (r"\'{\i} \'\i{} na\"{\i}ve na\"\i ve Mart\'{i}nez", "í í naïve naïve Martínez"),
        (r"Fran\c{c}ois Fran\c cois Fran\ccois", "François François François"),
        (r"Vadovi\v{c}ov\'a, Cabuko\v{g}lu, K{\r{u}}rkov{\'a}", "Vadovičová, Cabukoǧlu, Kůrková"),
        (r"\u{g} \k{e} \r{a} \.{z} \={a} \d{s} \b{d}", "ğ ę å ż ā ṣ ḏ"),
        (r"\~n Da\~no \^{e} \`{a} l'aide", "ñ Daño ê à l'aide"),
        (r"Nguy\~{\^e}n \'{\^e}", "Nguyễn ế"),
        (r"Hujdurovi\'c et al., A\'cimovi\'c", "Hujdurović et al., Aćimović"),
        (r"R{\'E}SUM{\'E} of \'Ecole", "RÉSUMÉ of École"),
        ("Jose\u0301", "José"),
        # Letters. A command eats the blank behind it, a sign does not.
        (r"{\O}ksendal \o rsted {\o} \L{}ojasiewicz Gau\ss", "Øksendal ørsted ø Łojasiewicz Gauß"),
        (r"\AA ngstr\"om, {\AA}, an{\ae}sthesia", "Ångström, Å, anæsthesia"),
        (r"1.3\AA\ resolution, 2 \AA resolution", "1.3Å resolution, 2 Å resolution"),
        (r"1.3\AA resolution, C3\AA wide, x \AA land", "1.3Å resolution, C3Å wide, x Åland"),
        # arXiv's own spelling of pasted signs, and what a careless program has made of it.
        (r"{\alpha}-helix, 0.1 {\mu}m, 37{\deg}C, 1 {\pm} 2", "α-helix, 0.1 μm, 37°C, 1 ± 2"),
        (r"amyloid-\b{eta}, NF\k{appa}B, \c{opyright} 2016", "amyloid-β, NFκB, © 2016"),
        # Escapes, and those of other languages.
        (r"Smith \& Sons, 45\%, a\_b, \#1, \$5 and \$6", "Smith & Sons, 45%, a_b, #1, $5 and $6"),
        (r"the brain\'s, don\'t, \"so called\" things", "the brain's, don't, \"so called\" things"),
        (r"i.e.\ here, 100\,ms, hyphen\-ation, \{0,1\}", "i.e. here, 100 ms, hyphenation, {0,1}"),
        # Ties and tildes.
        ("Sergiy~A., Table~1, e.g.~for, (i)~now", "Sergiy A., Table 1, e.g. for, (i) now"),
        ("about ~1.5 cm/s (~10 ms), n~10^4, 10~20, 2 ~ 3", "about ~1.5 cm/s (~10 ms), n~10^4, 10~20, 2 ~ 3"),
        # Dashes and quotation marks.
        ("50--90 Hz --- and so on -- low", "50–90 Hz — and so on – low"),
        ("A --> B, ---- a rule, well-known", "A --> B, ---- a rule, well-known"),
        ("``virtual pitch'', `fast' and `slow'", "“virtual pitch”, ‘fast’ and ‘slow’"),
        ("``a `b' c'', ``mixed\"", "“a ‘b’ c”, “mixed”"),
        ("Pearson`s, the `60s, 5'', don't", "Pearson`s, the `60s, 5'', don't"),
        # Braces.
        ("{DNA} and {The {Big} One}", "DNA and The Big One"),
        ("{0, 1} and {+1,-1,+i,-i}", "{0, 1} and {+1,-1,+i,-i}"),
        ("f_{AM} and 10^{6}", "f_{AM} and 10^{6}"),
        ("{never closed", "{never closed"),
        ("a } b { c", "a } b { c"),
        # Fonts.
        (r"{\it in vivo}, {\em via}, \emph{x}, \textit{y}, \textbf{z}", "in vivo, via, x, y, z"),
        (r"{ \em T. longicornis}, \it{vs.}, \mbox{none}", " T. longicornis, vs., none"),
        (r"Phys. Rev. E {\bf 67}, {\ttfamily{Tool}}", "Phys. Rev. E 67, Tool"),
        (r"\emph{never closed", r"\emph{never closed"),
        (r"{\it never closed", r"{\it never closed"),
        # Unknown TeX survives, with its braces.
        (r"\foo{bar}{baz} \foo [1]", r"\foo{bar}{baz} \foo [1]"),
        (r"\phys {\it polycephalum} \c and", r"\phys polycephalum \c and"),
        (r"\foo{\it x} \foo[a]{Sch\"on} \foo{$x$}", r"\foo{\it x} \foo[a]{Sch\"on} \foo{$x$}"),
        (r"\foo{never closed, \foo{" + "long " * 50 + "}", r"\foo{never closed, \foo" + "long " * 50),
        # Commands of the author's document.
        (r"as shown~\cite{A,B:1} and \citep[see][p.~2]{C}", "as shown [A, B:1] and [C]"),
        (r"\cite[see $x$]{A} at $y$, \begin{itemize}[label=$x$]\item[$z$] $y$", "[A] at $y$, • $z$ $y$"),
        (r"a\label{x} title\thanks{To {\em NSF}} \footnote{b}", "a title (To NSF) (b)"),
        (r"\href{http://x.org/~a}{our {\it site}}, \href{http://x.org}{http://x.org}", "our site (http://x.org/~a), http://x.org"),
        (r"\href{javascript:alert(1)}{here} \href{http://x.org} \textcolor{red}{red}", "here http://x.org red"),
        (r"10\textsuperscript{-6} m, 4\textsuperscript{th}, CO\textsubscript{2}", "10⁻⁶ m, 4th, CO₂"),
        (r"\begin{itemize}\item one \item[b)] two\end{itemize}\vspace{1em} on", "• one • b) two on"),
        (r"\begin{abstract}We\end{abstract} use \LaTeX\ and {\cal O}(n)", " We  use LaTeX and O(n)"),
        # Signs that are rare.
        (r"\checkmark \textperthousand, \guilsinglleft \today", r"✓ ‰, ‹ \today"),
        (r"07\23, C:\temp, \ ", r"07\23, C:\temp,  "),
        # Addresses are not for TeX.
        ("http://x.org/~me/a--b_c", "http://x.org/~me/a--b_c"),
        (r"\url{http://x.org/~me/a_b} http://x.org/a\_b/\~{}me", "http://x.org/~me/a_b http://x.org/a_b/~me"),
        # Characters that no text holds.
        ("J\x7fürgen K\x00ur\x1bths \u202eabc\ufeff\x85", "Jürgen Kurths abc"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        # Ordinary text.
        ("", ""),
        ("Critical branching (v2), 1 < 2 & 3", "Critical branching (v2), 1 < 2 & 3"),
    ],
)  # fmt: skip
def test_decode(text: str, expected: str) -> None:
    check(text, expected)


@pytest.mark.parametrize(
    "formula",
    [
        r"$\"o~{x}--y$",
        "$m$",
        "$ T $",
        "$C. elegans$",
        "$in~vivo$",
        "$ [A, B] = AB - BA for all $",
        "$2 N$",
        "$1/f$",
        "$253$",
        "$^{2+}$",
        "$$ a--b~c $$",
        r"\(\alpha{}\)",
        r"\[ {x}~y \]",
        r"$a\$b$",
        r"\begin{equation} {P}--Q \end{equation}",
        r"\begin{align*} `a' \end{align*}",
    ],
)
def test_formulas_are_left_alone(formula: str) -> None:
    check(f"an {formula} a", f"an {formula} a")
    assert (True, formula) in tex.split_math(f"an {formula} a")


@pytest.mark.parametrize(
    "text",
    [
        "$378 million",
        "a lone $",
        "from $5 to $6",
        "$5-$10 each",
        "US$20,000-US$30,000",
        "$ and cents $",
        "a $5 or $x gift",
        "EVPI of $653 and $685, respectively",
        r"\$5 and \$6",
        "$$",
        "$$$$",
        r"\( unfinished",
        r"\begin{equation} x",
        r"\\(x\\)",
    ],
)
def test_money_and_odd_ends_are_no_formulas(text: str) -> None:
    assert tex.split_math(text) == [(False, text)]


def test_a_price_like_formula_is_found() -> None:
    assert tex.split_math("($0.5<$3.5 Hz)") == [(False, "("), (True, "$0.5<$"), (False, "3.5 Hz)")]


def test_a_formula_behind_money_is_found() -> None:
    text = "It costs $5 and the variable $x$ is new"
    assert tex.split_math(text) == [
        (False, "It costs $5 and the variable "),
        (True, "$x$"),
        (False, " is new"),
    ]
    assert tex.split_math("$a$$b$") == [(True, "$a$"), (True, "$b$")]


def test_pieces_tell_emphasis_from_text() -> None:
    assert tex.pieces(r"{\it E. {coli}} in \textbf{the \emph{gut}} at $x$") == [
        ("open", "i"),
        ("text", "E. coli"),
        ("close", "i"),
        ("text", " in "),
        ("open", "b"),
        ("text", "the "),
        ("open", "em"),
        ("text", "gut"),
        ("close", "em"),
        ("close", "b"),
        ("text", " at "),
        ("math", "$x$"),
    ]


def test_declarations_end_with_their_group() -> None:
    kinds = [("open", "i"), ("text", "a "), ("open", "b"), ("text", "b"), ("close", "b"), ("close", "i")]
    assert tex.pieces(r"{\it a \bf b}") == kinds


@pytest.mark.parametrize(
    "unit",
    [
        '\\"', "{", "}", "{a,", "$", "$a ", "\\emph{", "`a", "``", "\\foo[", "\\foo{", "a~", "\\(", "\\c ", "http://",
        "\\url{", "\\AA", "--", "{\\it ", "\\it ", "\\begin{equation}", '\\"a ', "`a'", "\\'",
    ],
)  # fmt: skip
def test_hostile_text_takes_linear_time(unit: str) -> None:
    # Were it quadratic, 60,000 of them would take minutes.
    assert isinstance(tex.decode(unit * 60_000), str)


@pytest.mark.parametrize("opening", ["{", r"\emph{"])
def test_groups_within_a_hundred_groups_stay_as_they_are(opening: str) -> None:
    found = tex.pieces(opening * 100 + "DNA" + "}" * 100)
    assert [source for kind, source in found if kind == "text"] == ["DNA"]
    found = tex.pieces(opening * 50_000 + "DNA" + "}" * 50_000)
    texts = [source for kind, source in found if kind == "text"]
    assert "".join(texts) == opening * 49_900 + "DNA" + "}" * 49_900
    assert len(found) - len(texts) in (0, 200)


FRAGMENTS = r"""
    \" \' \` \~ \^ \= \. \c \H \k \v \u \r \d \b \i \j \o \ss \AA \alpha \foo \emph{ \textit{ \textbf{ {\it {\em
    { } $ $$ \$ \( \) \[ \] ` `` ' '' ~ -- --- \ \\ \url{ http://x.org/ \begin{equation} \end{equation} _ ^ a n s
    1 , é 王 \{ \}
"""
SPACES = [" ", "\n", "\n  ", "\x00", "\x1a", "\x7f", "\x85", "\u202e", "\u0301"]
TEXTS = st.lists(st.sampled_from(FRAGMENTS.split() + SPACES) | st.text(max_size=4), max_size=25).map("".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_can_be_decoded(text: str) -> None:
    decoded = tex.decode(text)
    assert not [c for c in decoded if unicodedata.category(c) == "Cc" and c not in "\t\n"]
    assert "\u202e" not in decoded
    if len(tex.split_math(text)) == 1 and not tex.split_math(text)[0][0]:
        assert unicodedata.is_normalized("NFC", decoded)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_formulas_and_text_are_the_whole(text: str) -> None:
    runs = tex.split_math(text)
    assert "".join(source for _, source in runs) == text
    assert all(source for _, source in runs) or runs == [(False, "")]


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_emphasis_nests(text: str) -> None:
    found = tex.pieces(text)
    opened: list[str] = []
    for kind, source in found:
        if kind == "open":
            opened.append(source)
        elif kind == "close":
            assert opened.pop() == source
    assert not opened
    kinds = [kind for kind, _ in found]
    assert ("text", "text") not in pairwise(kinds)


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_characters="\\{}~`$-", exclude_categories=["Cc", "Cf"])
    )
)
def test_text_without_tex_only_gets_its_normal_form(text: str) -> None:
    assert tex.decode(text) == unicodedata.normalize("NFC", text).replace("\ufffe", "").replace("\uffff", "")
