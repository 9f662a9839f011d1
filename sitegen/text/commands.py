"""Tables of what TeX commands mean in running text: accents, letters, signs, escapes and fonts."""

from __future__ import annotations

from functools import lru_cache


def _table(text: str) -> dict[str, str]:
    """Return a table from words that are keys and values in turn."""
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _nothing(text: str) -> dict[str, str]:
    """Return a table in which each word stands for the empty string."""
    return dict.fromkeys(text.split(), "")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Combining characters, by the mark of the accent command.
COMBINING = {
    mark: chr(int(code, 16))
    for mark, code in _table(
        """ " 308  ' 301  ` 300  ^ 302  ~ 303  = 304  . 307
        c 327  H 30b  k 328  v 30c  u 306  r 30a  d 323  b 331"""
    ).items()
}

# Letters of words: like TeX, decode drops the space after such a command: \o rsted.
LETTERS = _table("""
    aa å AA Å ae æ AE Æ oe œ OE Œ o ø O Ø l ł L Ł ss ß SS ẞ i ı j ȷ dh ð DH Ð th þ TH Þ dj đ DJ Đ ng ŋ NG Ŋ
""")

# Signs that are no letters of words: the space after such a command stays. arXiv itself writes {\alpha} for a pasted
# α; therefore \epsilon and \phi are the usual letters ε and φ, not TeX's ϵ and ϕ.
SYMBOLS = _table(r"""
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
    guillemotright » LaTeX LaTeX TeX TeX BibTeX BibTeX LaTeXe LaTeX2e slash / checkmark ✓
""")

# Macros that authors define for abbreviations.
SYMBOLS |= {"etal": "et al."} | _table(
    "ie i.e. eg e.g. etc etc. vs vs. cf cf. aka a.k.a. wrt w.r.t. iid i.i.d."
)

# Commands that consist of one character that is no letter. TeX's spaces of all widths become one space.
ESCAPES = (
    {character: character for character in "&%$#_{}\"'`^~=."}
    | dict.fromkeys(" \n\t,;:>\\", " ")
    | dict.fromkeys("!-/@", "")
)
BLANKS = (
    dict.fromkeys(_names("quad qquad thinspace newline linebreak pagebreak newpage"), " ")
    | dict.fromkeys(("par", "smallskip", "medskip", "bigskip"), "\n ")
    | _nothing("noindent xspace protect relax sloppy maketitle centering left right displaystyle")
)

EMPHASIS = _table("""
    emph em textit i textsl i textbf b mathit i mathbf b textsuperscript sup textsubscript sub
    section b subsection b subsubsection b paragraph b subparagraph b
""") | _nothing("""
    text textrm textsc texttt textsf textup textmd textnormal mbox hbox fbox underline uline sout mathrm mathsf
    mathtt red blue green magenta cyan ac acs acl acf gls Gls
""")
# A declaration is in force until the end of its group: {\it in vivo}.
DECLARATIONS = _table("em em it i itshape i sl i slshape i bf b bfseries b") | _nothing(
    "rm tt sc sf cal mit rmfamily ttfamily sffamily scshape upshape normalfont tiny scriptsize footnotesize small "
    "normalsize large Large LARGE huge Huge boldmath"
)
STYLES = EMPHASIS | DECLARATIONS

# Their argument is shown in parentheses.
REMARKS = _names("footnote thanks footnotetext")
# Their argument is shown in quotation marks.
QUOTES = _names("enquote textquote")
# Dropped with their argument, which has a meaning only in the author's document.
DROPPED = _names("""
    label vspace hspace index raisebox color textcolor colorbox phantom vphantom hphantom bibliographystyle
    bibliography pagestyle thispagestyle setcounter footnotemark nocite
""")
# Their argument is shown in square brackets: labels of an author's bibliography, which the feed does not contain.
CITATIONS = _names("""
    cite citep citet citealp citealt citeauthor citeyear citeyearpar citenum onlinecite textcite parencite
    autocite footcite supercite
""")
# Environments that are lists, with the HTML element of each.
LISTS = _table("itemize ul enumerate ol description ul compactitem ul compactenum ol inparaenum ol list ul")
# Environments that have no effect here: \begin and \end are dropped.
FRAMES = _names("abstract document center quote quotation flushleft flushright small sloppypar")
# Commands that begin like an accent written without a space before the rest of the word (Fran\ccois).
GLUED_NOT = _names("csc csname vspace vcenter vskip")


@lru_cache(maxsize=1024)
def rare_sign(name: str) -> str:
    """Return the character for a command without arguments, from pylatexenc's table; "" if there is none."""
    # Imported here because the import takes 30 ms and one abstract in a thousand needs it.
    from pylatexenc.latex2text import get_default_latex_context_db

    spec = get_default_latex_context_db().get_macro_spec(name)
    sign = getattr(spec, "simplify_repl", None)
    # Longer replacements are templates for arguments, or today's date.
    return (
        sign if isinstance(sign, str) and len(sign) == 1 and sign.isprintable() and not sign.isspace() else ""
    )


@lru_cache(maxsize=1024)
def rare_command(sign: str) -> str:
    """Return the name of the math command for a character, from pylatexenc's table; "" if there is none."""
    # Imported here for the same reason as above.
    from pylatexenc.latexencode import get_builtin_uni2latex_dict

    made = get_builtin_uni2latex_dict().get(ord(sign), "")
    return made.removeprefix("\\ensuremath{\\").removesuffix("}") if made.startswith("\\ensuremath{") else ""
