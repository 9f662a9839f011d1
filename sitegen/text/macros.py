r"""Definitions of commands in formulas that math_core does not know: from LaTeX packages, and authors' own.

Authors' own commands are defined here only if all authors mean the same by them (\R, \eps, \GL): a wrong formula is
worse than visible TeX. ``#1`` and ``#2`` are arguments; a definition here takes precedence over math_core's.
"""

from __future__ import annotations

from string import ascii_uppercase


def _each(names: str, meaning: str) -> dict[str, str]:
    """Return the same definition for each name, in which @ stands for the name and ! for its first letter."""
    return {name: meaning.replace("@", name).replace("!", name[0]) for name in names.split()}


def _letters(prefixes: str, meaning: str) -> dict[str, str]:
    r"""Return definitions of \cA to \cZ for each prefix (here c), in which @ stands for the capital letter."""
    return {
        prefix + letter: meaning.replace("@", letter)
        for prefix in prefixes.split()
        for letter in ascii_uppercase
    }


def _signs(text: str) -> dict[str, str]:
    """Return definitions from words that are names and characters in turn."""
    words = text.split()
    return {name: rf"\text{{{sign}}}" for name, sign in zip(words[::2], words[1::2], strict=True)}


_LATEX = {
    **_each("mbox hbox textup textmd textnormal fbox framebox makebox", r"\text{#1}"),
    **_each("ensuremath smash mathnormal boxed url", "#1"),
    **_each("textcolor href colorbox", "#2"),
    **_each("xspace protect noindent centering null strut hfill hfil allowbreak nobreak displaylimits", ""),
    **_each("mathds mathbbm mathbbmss Bbb", r"\mathbb{#1}"),
    **_each("EuScript euscript mathpzc", r"\mathcal{#1}"),
    **_each("pmb mathbfit", r"\boldsymbol{#1}"),
    **_each("nicefrac sfrac", "{#1}/{#2}"),
    **_each("dotsc dotso", r"\ldots"),
    **_each("dotsb dotsm dotsi", r"\cdots"),
    **_signs(
        r"AA Å aa å O Ø o ø L Ł l ł ss ß AE Æ ae æ OE Œ oe œ textdegree ° textless < textgreater > textbar |"
        r" textasciitilde ~ textunderscore \_ textmu µ textquotesingle '"
    ),
    # The style is set around the fraction: HTML validators do not accept displaystyle on mfrac.
    "tfrac": r"{\textstyle\frac{#1}{#2}}",
    **_each("dfrac cfrac", r"{\displaystyle\frac{#1}{#2}}"),
    "tbinom": r"{\textstyle\binom{#1}{#2}}",
    "dbinom": r"{\displaystyle\binom{#1}{#2}}",
    "adots": r"\iddots",
    "mathbfcal": r"\boldsymbol{\mathcal{#1}}",
    "stackbin": r"\overset{#1}{#2}",
    "substack": r"\begin{matrix}#1\end{matrix}",
    "textsuperscript": r"^{\text{#1}}",
    "textsubscript": r"_{\text{#1}}",
    "thicksim": r"\sim",
    "varpropto": r"\propto",
}

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
    " omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
)
# upgreek, physics, siunitx and braket.
_PACKAGES = {
    **{f"up{name}": f"\\{name}" for name in _GREEK.split()},
    "abs": r"\left|#1\right|",
    "norm": r"\left\|#1\right\|",
    "ketbra": r"\left|#1\right\rangle\left\langle #2\right|",
    "dd": r"\mathrm{d}",
    "dv": r"\frac{\mathrm{d}#1}{\mathrm{d}#2}",
    "pdv": r"\frac{\partial #1}{\partial #2}",
    "num": "#1",
    "SI": r"#1\,\mathrm{#2}",
    "micro": r"\mu",
    **_signs(
        "angstrom Å degreeCelsius °C celsius °C percent \\% meter m metre m second s gram g hertz Hz volt V"
    ),
    **_each("si unit", r"\mathrm{#1}"),
}

_PRIVATE = {
    **_each("R N Z Q C F RR NN ZZ QQ CC FF PP EE", r"\mathbb{!}"),
    **_letters("bb", r"\mathbb{@}"),
    **_letters("c cal mc", r"\mathcal{@}"),
    **_each("bs vect", r"\boldsymbol{#1}"),
    **_each("eps veps vareps", r"\varepsilon"),
    **_each(
        "GL SL SO SU PSL PGL PSU Spin Hom End Aut Gal Ext Tor Ker Coker Spec Proj Pic Div Sym Stab Res Ind Id Tr"
        " tr Rank rank rk sgn sign diag dist supp vol Vol conv cone span card diam dom cod ran im coker ord lcm poly"
        " polylog polyloglog OPT Opt opt ALG Var var Cov cov Corr corr KL TV softmax relu ReLU erf erfc logit"
        " esssup sinc sech csch arcsinh arccosh arctanh adj ad Ad grad curl",
        r"\operatorname{@}",
    ),
    "argmin": r"\operatorname*{arg\,min}",
    "argmax": r"\operatorname*{arg\,max}",
    **_each(
        "NP coNP BPP RP ZPP PSPACE EXPTIME NEXP NL BQP QMA AC TC NC MSO FO LTL CTL SAT CSP FPT XP APX PTAS",
        r"\mathsf{@}",
    ),
    "sharpP": r"\#\mathsf{P}",
    **_each("siml lsim ltsim lapprox", r"\lesssim"),
    **_each("simg gsim gtsim gapprox", r"\gtrsim"),
    **_each("Msun msun", r"M_\odot"),
    **_each("Lsun lsun", r"L_\odot"),
    **_each("Rsun rsun", r"R_\odot"),
    "sun": r"\odot",
    "kms": r"\mathrm{km\,s^{-1}}",
    **_each("micron mum", r"\mu\mathrm{m}"),
    "kbar": r"\bar{k}",
    "iid": r"\text{i.i.d.}",
    "wrt": r"\text{w.r.t.}",
}

MACROS = _LATEX | _PACKAGES | _PRIVATE
