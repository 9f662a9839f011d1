r"""Abstracts, titles and comments as HTML: escaped, with links and emphasis, and as plain text."""

import re
from html import escape, unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.models import ArxivId
from sitegen.text import ROOT, abstract, math, mathtext

# A DOI of the kind that publishers made of the Serial Item and Contribution Identifier.
SICI = "10.1002/(SICI)1099-1492(199612)9:8<337::AID-NBM430>3.0.CO;2-X"
SICI_HTML = SICI.replace("<", "&lt;").replace(">", "&gt;")
SICI_URL = "https://doi.org/10.1002/(SICI)1099-1492(199612)9:8%3C337::AID-NBM430%3E3.0.CO;2-X"
ALPHA, BIG_O = math.to_html(r"$\alpha$"), math.to_html(r"\mathcal{O}")


def local(identifier: ArxivId) -> str | None:
    """Stand for a site that has the papers of 2026 and of q-bio."""
    return f"abs/{identifier.base}/" if identifier.base.startswith(("26", "q-bio")) else None


def check(text: str, expected: str) -> None:
    """Compare the HTML of a comment; ``ROOT`` shows as ``@``."""
    assert abstract.inline_html(text, local).replace(ROOT, "@") == expected


def link(target: str, text: str | None = None) -> str:
    return f'<a href="{target}">{target if text is None else text}</a>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 pages, 3 figures", "12 pages, 3 figures"),
        ("", ""),
        ("a <b> & \"c\" 'd' &amp;", "a &lt;b&gt; &amp; \"c\" 'd' &amp;amp;"),
        (" folded \n white\tspace ", "folded white space"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        # TeX.
        (r"Erd\H{o}s \& R\'enyi -- a \foo{<b>}", r'Erdős &amp; Rényi – a <code class="tex">\foo{&lt;b&gt;}</code>'),
        (r"{\it C. elegans} \emph{in} \textit{a}", "<i>C. elegans</i> <em>in</em> <i>a</i>"),
        (r"{\em a \textbf{b}}", "<em>a <b>b</b></em>"),
        ("$p<0.05$ & $\\alpha$", f"{math.to_html('$p<0.05$')} &amp; {ALPHA}"),
        (r"$\nonsense<$", r'<code class="tex">$\nonsense&lt;$</code>'),
        (r"in \mathcal{O}(n)", f"in {BIG_O}(n)"),
        (r"CO\textsubscript{2}, 4\textsuperscript{th}", "CO₂, 4<sup>th</sup>"),
        (r"Both \begin{itemize}\item a \item b\end{itemize}", "Both • a • b"),
        # URLs.
        ("see http://x.org/~me.", f"see {link('http://x.org/~me')}."),
        ("(https://x.org/a_(b)?c=1&d=2)", '(<a href="https://x.org/a_(b)?c=1&amp;d=2">https://x.org/a_(b)?c=1&amp;d=2</a>)'),
        (r"\url{http://x.org/a_b}, http://x.org/a\_b", f"{link('http://x.org/a_b')}, {link('http://x.org/a_b')}"),
        ("http://x.org/(b)))", f"{link('http://x.org/(b)')}))"),
        ("“http://x.org” 'http://y.org'", f"“{link('http://x.org')}” '{link('http://y.org')}'"),
        ("[http://x.org], <http://x.org>", f"[{link('http://x.org')}], &lt;{link('http://x.org')}&gt;"),
        ('http://x.org/"onclick="alert(1)', f'{link("http://x.org/")}"onclick="alert(1)'),
        ("javascript:alert(1) ftp://x.org http:// www.x.org", "javascript:alert(1) ftp://x.org http:// www.x.org"),
        # DOIs.
        ("doi:10.1126/sci.1", link("https://doi.org/10.1126/sci.1", "doi:10.1126/sci.1")),
        ("Doi: 10.1016/S0092(02)01.", f"{link('https://doi.org/10.1016/S0092(02)01', 'Doi: 10.1016/S0092(02)01')}."),
        ("(doi:10.1103/x)", f"({link('https://doi.org/10.1103/x', 'doi:10.1103/x')})"),
        ("doi:10.1002/) doi:10.1002/", "doi:10.1002/) doi:10.1002/"),
        ("doi:10.1002/a#b", link("https://doi.org/10.1002/a%23b", "doi:10.1002/a#b")),
        ("https://doi.org/10.1103/x", link("https://doi.org/10.1103/x")),
        ("dx.doi.org/10.1103/x", link("https://doi.org/10.1103/x", "dx.doi.org/10.1103/x")),
        ("10.1103/x, 10.5/3, 10.1234/5", "10.1103/x, 10.5/3, 10.1234/5"),
        ("(it: 10.1038/nature1)", f"(it: {link('https://doi.org/10.1038/nature1', '10.1038/nature1')})"),
        ("http://dx.doi.org/10.1214/a;", f"{link('https://doi.org/10.1214/a', 'http://dx.doi.org/10.1214/a')};"),
        (f"at {SICI}.", f"at {link(SICI_URL, SICI_HTML)}."),
        (f"at https://doi.org/{SICI},", f"at {link(SICI_URL, f'https://doi.org/{SICI_HTML}')},"),
        (f"at {SICI_URL}", f"at {link(SICI_URL)}"),
        ("doi:10.1002/a<b and c>d", f"{link('https://doi.org/10.1002/a', 'doi:10.1002/a')}&lt;b and c&gt;d"),
        ("doi:10.48550/arXiv.2603.07369", link("@abs/2603.07369/", "doi:10.48550/arXiv.2603.07369")),
        # arXiv identifiers.
        ("see arXiv:2603.07369.", f"see {link('@abs/2603.07369/', 'arXiv:2603.07369')}."),
        ("see arXiv:2603.07369v2", f"see {link('@abs/2603.07369/', 'arXiv:2603.07369v2')}"),
        ("arxiv: 1402.2196v3", link("https://arxiv.org/abs/1402.2196v3", "arxiv: 1402.2196v3")),
        ("arXiv:q-bio/0309001v2", link("@abs/q-bio/0309001/", "arXiv:q-bio/0309001v2")),
        ("(q-bio.NC/0309001)", f"({link('@abs/q-bio/0309001/', 'q-bio.NC/0309001')})"),
        ("on quant-ph/0506199 v3", f"on {link('https://arxiv.org/abs/quant-ph/0506199', 'quant-ph/0506199')} v3"),
        ("https://arxiv.org/abs/2603.07369", link("@abs/2603.07369/", "https://arxiv.org/abs/2603.07369")),
        ("http://arxiv.org/pdf/2603.07369", link("http://arxiv.org/pdf/2603.07369")),
        ("2603.07369, submit/1892479, q-bio/0399001", "2603.07369, submit/1892479, q-bio/0399001"),
        ("www.x.org/q-bio/0309001, nq-bio/0309001", "www.x.org/q-bio/0309001, nq-bio/0309001"),
        ("arXiv:２603.07369 doi:10.１126/x", "arXiv:２603.07369 doi:10.１126/x"),
        ("arXiv:2603.073691, arXiv:9999.12345", "arXiv:2603.073691, arXiv:9999.12345"),
    ],
)  # fmt: skip
def test_comments(text: str, expected: str) -> None:
    check(text, expected)


def test_a_title_has_no_links() -> None:
    assert (
        abstract.inline_html("On arXiv:2603.07369 & http://x.org") == "On arXiv:2603.07369 &amp; http://x.org"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n ", ""),
        ("  One line. ", "<p>One line.</p>"),
        ("One\nparagraph\nin lines.", "<p>One paragraph in lines.</p>"),
        ("  One.\n  Two\nlines.\n\tThree.", "<p>One.</p>\n<p>Two lines.</p>\n<p>Three.</p>"),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("A & B.\n  \\emph{C\n  D} e.\n  ", "<p>A &amp; B.</p>\n<p><em>C D</em> e.</p>"),
        (
            "Let\n $$ x\n   = y $$\n be",
            f"<p>Let</p>\n<p>{math.to_html('$$ x = y $$', block=True)}</p>\n<p>be</p>",
        ),
        (
            "Two:\n\\begin{itemize}\n\\item One\nthing;\n\\item $x$.\n\\end{itemize}\nEnd.",
            f"<p>Two:</p>\n<ul><li>One thing;</li><li>{math.to_html('$x$')}.</li></ul>\n<p>End.</p>",
        ),
        ("\\begin{enumerate}\\item A\\item B\\end{enumerate}", "<ol><li>A</li><li>B</li></ol>"),
        (
            "See arXiv:\n\n 2603.07369 doi:\n 10.1126/x",
            "<p>See arXiv:</p>\n<p>2603.07369 doi:</p>\n<p>10.1126/x</p>",
        ),
        (
            "See\n http://x.org\n now",
            '<p>See</p>\n<p><a href="http://x.org">http://x.org</a></p>\n<p>now</p>',
        ),
    ],
)
def test_abstracts(text: str, expected: str) -> None:
    assert abstract.to_html(text, local) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A\n  B\tC ", "A B C"),
        ("a\tb", "a b"),
        ("ends with a blank\\ ", "ends with a blank"),
        ("é\u00a0\u2028x", "é x"),
        (r"{\it Escherichia coli} & $\alpha <  1$", "Escherichia coli & α < 1"),
        (r"Erd\H{o}s, \foo{x}, $\foo{x}$", r"Erdős, \foo{x}, $\foo{x}$"),
        ("<b>bold</b>", "<b>bold</b>"),
    ],
)
def test_plain_text(text: str, expected: str) -> None:
    assert abstract.to_text(text) == expected


FRAGMENTS = r"""
    \" \' \emph{ \textbf{ {\it \foo \foo{ \alpha { } $ $$ \( \) \[ \] ` `` '' ~ -- \ < > & &amp; <script> </p> " > ' "
    http:// https://x.org/ https://arxiv.org/abs/2603.07369 doi:10.1126/ 10.1126/a arXiv: 2603.07369 v2 q-bio/0309001
    arXiv:q-bio/0309001 ( ) . , ; javascript: a é 王 <a href=" _ ^ \frac \sqrt \text{ \mathcal{O} \left( \right) = x^2
    \item \begin{itemize} \end{itemize} \textsuperscript{ \href{ \footnote{ \cite{ \begin{equation} \end{equation}
"""
SPACES = [" ", "\n", "\n  ", "\n\n", "\x00", "\x1e", "\x01", "\x7f", "\u2028"]
TEXTS = st.lists(st.sampled_from(FRAGMENTS.split() + SPACES) | st.text(max_size=3), max_size=20).map("".join)
FORMULA = re.compile(
    r'<math(?: display="block")?><semantics>.*?<annotation encoding="application/x-tex">([^<>]*)</annotation>'
    r"</semantics></math>",
    re.DOTALL,
)
TAG = re.compile(
    r'</?(?:p|ul|ol|i|em|b|sup|sub)>|</(?:a|code|li)>|<code class="tex">|<a href="(?P<href>[^"<>]*)">'
)


def shown(html: str) -> str:
    """Return what a reader sees, without white space; every tag must be one that the module makes."""
    html = FORMULA.sub(lambda found: escape(mathtext.to_text(f"${unescape(found[1])}$"), quote=False), html)
    html = html.replace("<li>", "• ")
    for tag in TAG.finditer(html):
        if (href := tag["href"]) is not None:
            assert re.match(rf"https?://|{ROOT}abs/", unescape(href), re.IGNORECASE)
            assert ROOT not in href[1:]
    text = TAG.sub("", html)
    assert "<" not in text
    assert ">" not in text
    assert ROOT not in text
    assert re.fullmatch(r"[^&]*(?:&(?:amp|lt|gt);[^&]*)*", text)
    return "".join(unescape(text).split())


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_any_text_is_shown_whole_and_safe(text: str) -> None:
    plain = "".join(abstract.to_text(text).split())
    assert shown(abstract.to_html(text, local)) == plain
    assert shown(abstract.inline_html(text, local)) == plain
    assert shown(abstract.inline_html(text)) == plain
    assert "<a " not in abstract.inline_html(text)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_tags_are_balanced(text: str) -> None:
    for html in (abstract.to_html(text, local), abstract.inline_html(text, local)):
        opened: list[str] = []
        for closing, name in re.findall(r"<(/?)(\w+)[^<>]*(?<!/)>", html):
            if closing:
                assert opened.pop() == name
            else:
                opened.append(name)
                assert opened.count("a") <= 1
                assert opened.count("p") <= 1
        assert not opened


@pytest.mark.parametrize(
    "unit", ["http://a", "http://a)", ")", "doi:10.1126/", "doi ", "arXiv:", "q-bio/", "a.\n  ", "10."]
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    assert abstract.to_html("http://x " + unit * 30_000, local).startswith("<p>")
