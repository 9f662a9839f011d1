"""What machines read about a paper: identifiers, Highwire tags, schema.org and a description for previews.

Highwire tags are those that Google Scholar's inclusion guidelines and Zotero's translators read; arXiv's own
abstract pages carry the same ones. Values are plain text: whoever puts them into HTML escapes them.
"""

from __future__ import annotations

import re
from datetime import UTC, date, tzinfo

import msgspec

from sitegen.library.library import day_in
from sitegen.models import ArxivId, Paper
from sitegen.text import abstract, doi, withdrawn

_SCRIPT_UNSAFE = re.compile("[<>&\u2028\u2029]")
_HEADLINE = 110  # characters: https://developers.google.com/search/docs/appearance/structured-data/article


def abs_url(paper_id: ArxivId | str) -> str:
    """Address of a paper's abstract at arXiv; an identifier without a version leads to the latest one."""
    return f"https://arxiv.org/abs/{paper_id}"


def pdf_url(paper_id: ArxivId | str) -> str:
    """Address of a paper's PDF at arXiv; an identifier without a version leads to the latest one."""
    return f"https://arxiv.org/pdf/{paper_id}"


def html_url(paper_id: ArxivId | str) -> str:
    """Address of a paper's HTML at arXiv, which makes one from TeX sources since December 2023 only."""
    return f"https://arxiv.org/html/{paper_id}"


def published_dois(paper: Paper) -> tuple[str, ...]:
    """Bare DOIs of the published work that are well-formed; the first is the one to cite."""
    return tuple(filter(doi.is_clean, paper.dois)) if paper.dois else ()


def published_doi(paper: Paper) -> str:
    """Bare DOI of the published work, or "" where the feed gives none that is well-formed."""
    return next(iter(published_dois(paper)), "")


def cited_doi(paper: Paper) -> str:
    """Bare DOI to cite a paper by: that of the published work, otherwise the one that arXiv registers."""
    return published_doi(paper) or paper.arxiv_doi


def slashed(day: date) -> str:
    """A day as ``YYYY/MM/DD``, the form of Highwire and RIS."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}"


def highwire(paper: Paper, language: str = "en", zone: tzinfo = UTC) -> tuple[tuple[str, str], ...]:
    """Name and content of each ``<meta>`` element, in order.

    Left out are citation_title and citation_abstract_html_url, which say what the page knows anyway: it joins
    them with og:title and og:url, so that a page has each of the two once. citation_abstract, a tenth of a page, is
    made of the abstract on the page by site.js: Zotero, which reads it, looks at pages after their scripts.
    Where no script runs, it takes the beginning of the abstract from the description.
    """
    day = day_in(zone)
    submitted = slashed(day(paper.published))
    tags = [
        *(("citation_author", credit.name.inverted) for credit in paper.credits),
        ("citation_date", submitted),
        ("citation_publication_date", submitted),
        ("citation_online_date", slashed(day(paper.updated))),
        ("citation_doi", published_doi(paper)),
        (
            "citation_pdf_url",
            "" if withdrawn.statement(paper.comment, paper.abstract) else pdf_url(paper.id.base),
        ),
        ("citation_arxiv_id", paper.id.base),
        ("citation_keywords", "; ".join(paper.categories)),
        ("citation_language", language),
    ]
    return tuple(tag for tag in tags if tag[1])


def json_ld(paper: Paper, zone: tzinfo = UTC) -> str:
    """schema.org ``ScholarlyArticle`` as JSON that is safe inside ``<script>``.

    It says what search engines take from it (what the page is, by whom and when it was written, and which
    other addresses mean the same work); all else they read from the Highwire tags and the page itself.
    """
    same = [abs_url(paper.id.base), *map(doi.url, published_dois(paper))]
    day = day_in(zone)
    published, updated = day(paper.published), day(paper.updated)
    article: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": shorten(abstract.to_text(paper.title), _HEADLINE),
        "author": [
            {"@type": "Organization" if credit.name.group else "Person", "name": credit.name.printed}
            for credit in paper.credits
        ],
        "datePublished": published,
        "sameAs": same,
    }
    if updated != published:
        article["dateModified"] = updated
    if paper.license.startswith(("https://", "http://")):
        article["license"] = paper.license
    return script_safe(msgspec.json.encode(article).decode())


def script_safe(json: str) -> str:
    """Escape what could end a ``<script>`` element, begin a comment in it or break a line of JavaScript."""
    return _SCRIPT_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def describe(paper: Paper, limit: int = 160) -> str:
    """Beginning of the abstract (of the title, where there is none) in at most ``limit`` characters."""
    return shorten(abstract.to_text(paper.abstract) or abstract.to_text(paper.title), limit)


def shorten(text: str, limit: int) -> str:
    """Cut text after a word so that it has at most ``limit`` (1 or more) characters, ellipsis included."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    words = text[:limit].rpartition(" ")[0].rstrip(" ,;:.-–—([")
    # A script without spaces, or one endless word, is cut where the limit falls.
    return (words if len(words) > limit // 2 else head) + "…"
