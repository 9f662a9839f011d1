r"""Converts texts with names to plain Unicode, without markup and without marks of footnotes and affiliations.

Authors copy names from PDF files and journals' systems, with HTML tags, entities, TeX and superscripts.
"""

from __future__ import annotations

import re
from html import unescape

from sitegen.text import tex
from sitegen.text.characters import visible
from sitegen.text.patterns import pattern

_ENTITY = pattern(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")

# One mark or several: 1,2,* or a, b. Only single letters are marks.
_SIGN = r"⁰¹²³⁴⁵⁶⁷⁸⁹⁎*∗⋆★†‡§¶‖✉"
_TEX_SIGN = (
    r"\\(?:dag|ddag|dagger|ddagger|ast|star|S|P|textdagger|textasteriskcentered|text[a-z]*par[a-z]*)\b"
)
_MARK = rf"(?:\d{{1,3}}|[a-zA-Z]\b|[#{_SIGN}]|{_TEX_SIGN})"
_MARKS = rf"\s*{_MARK}(?:(?:\s*(?:[,;]|and\b|&)?\s*){_MARK}){{0,12}}\s*[,;]?\s*"

_HTML_MARK = pattern(rf"\s*<(su[pb])\b[^<>]*>(?:{_MARKS}|\s*)</\1\s*>(?!\w)", re.IGNORECASE)
_INLINE_TAG = pattern(
    r"</?(?:a|abbr|b|bdi|em|font|i|it|mark|sc|scp|small|span|strong|su[bp]|tt|u)\b[^<>]*>", re.IGNORECASE
)
_TAG = pattern(r"<[^<>]*>")  # any other tag, and addresses in angle brackets

_BRACED = r"\{(?:[^{}$]|\{[^{}$]{0,40}\}){0,60}\}"
_TEX_MARK = pattern(
    rf"""
      \s*\$\s*(?:\{{\s*\}})?\s*\^\s*(?:{_BRACED}|\\[A-Za-z]+|[^{{}}$\\])\s*\$   # $^{{1,2}}$, $^*$
    | (?<=[\w.)}}])\s?\$\s*\{{?{_MARKS}\}}?\s*\$                       # $\dagger$
    | \s*\\ensuremath\s*\{{\s*\^{_BRACED}\s*\}}
    | \s*\\textsuperscript\s*(?:\{{(?:{_MARKS}|\s*)\}}|{_MARK})(?!\w)
    | \s*\\(?:inst|thanks|thanksref|footnote|footnotemark|fnref|corref|altaffilmark|altaffiliation|affil|email
        |orcid|orcidlink|orcidID|orcidicon|IEEEauthorrefmark)\b\*?\s*(?:\[[^\[\]]{{0,80}}\])?\s*(?:{_BRACED})?
    | (?<=[\w.)}}])\s?\^(?:\{{{_MARKS}\}}|[\d*]{{1,3}})(?!\w)              # Example^{{1}}
    | (?<=[\w.)}}])\s?\$\s*\^?\s*\{{?[\d,*\s]*\Z                            # cut off at a comma: Example$^{{1
    """,
    re.VERBOSE,
)
_SIGNS_AFTER = pattern(rf"(?<=[\w.)])\s?[{_SIGN}](?:\s?[,;]?\s?[{_SIGN}]){{0,12}}(?![\w{_SIGN}])")
_NUMBERS_AFTER = pattern(r"(?<=[\w.)])\s?\[\d{1,2}(?:[,\s]+\d{1,2}){0,12}\]")
_TIE = pattern(r"(?<!\\)~")


def plain(text: str) -> str:
    """Return a text with names as Unicode with white space folded, without markup and marks of notes."""
    text = visible(text)
    for _ in range(2):  # some are encoded twice
        if "&" in text:
            text = visible(_ENTITY.sub(lambda found: unescape(found[0]), text))
    if "<" in text:
        text = _TAG.sub(" ", _INLINE_TAG.sub("", _HTML_MARK.sub("", text)))
    if "~" in text:  # in a name a tilde is always a tie
        text = _TIE.sub(" ", text)
    text = " ".join(text.split())
    if "\\" in text or "^" in text or "$" in text:
        text = _TEX_MARK.sub("", text)
    text = " ".join(tex.decode(text).split())
    if "[" in text:
        text = _NUMBERS_AFTER.sub("", text)
    return text if text.isascii() and "*" not in text else _SIGNS_AFTER.sub("", text)
