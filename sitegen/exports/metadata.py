"""Metadata of a paper for machines: identifiers, Highwire tags, schema.org and a description for link previews.

The Highwire tags are those that Google Scholar's inclusion guidelines name and Zotero's translators read; arXiv's own
abstract pages have the same. Values are plain text, which the caller escapes for HTML.
"""

from __future__ import annotations

import re
from datetime import UTC, date, tzinfo

import msgspec

from sitegen.library.library import day_in
from sitegen.models import ArxivId, Paper
from sitegen.text import abstract, doi, withdrawn

_SCRIPT_UNSAFE = re.compile("[<>&\u2028\u2029]")
# Search engines name a few; the page's Highwire tags have all. Largest of 11,803 papers of q-bio: 81.
_AUTHORS_IN_JSON_LD = 100
_HEADLINE = 110  # characters: https://developers.google.com/search/docs/appearance/structured-data/article


def abs_url(paper_id: ArxivId | str) -> str:
    """Return the URL of a paper's abstract at arXiv; an identifier without a version leads to the latest one."""
    return f"https://arxiv.org/abs/{paper_id}"


def pdf_url(paper_id: ArxivId | str) -> str:
    """Return the URL of a paper's PDF at arXiv; an identifier without a version leads to the latest one."""
    return f"https://arxiv.org/pdf/{paper_id}"


def html_url(paper_id: ArxivId | str) -> str:
    """Return the URL of a paper's HTML at arXiv, which exists for TeX sources since December 2023 only."""
    return f"https://arxiv.org/html/{paper_id}"


def is_published(paper: Paper) -> bool:
    """Return whether a paper names its published work: by a journal reference or a DOI, well-formed or not."""
    return bool(paper.dois or paper.journal_ref)


def published_dois(paper: Paper) -> tuple[str, ...]:
    """Return the well-formed DOIs of the published work, without a prefix; the first is the one to cite."""
    return tuple(filter(doi.is_clean, paper.dois)) if paper.dois else ()


def published_doi(paper: Paper) -> str:
    """Return the first well-formed DOI of the published work, without a prefix; "" if there is none."""
    return next(iter(published_dois(paper)), "")


def cited_doi(paper: Paper) -> str:
    """Return the DOI to cite, without a prefix: that of the published work, else the one registered by arXiv."""
    return published_doi(paper) or paper.arxiv_doi


def slashed(day: date) -> str:
    """Return a day as ``YYYY/MM/DD``, the format of Highwire and RIS."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}"


def highwire(paper: Paper, language: str = "en", zone: tzinfo = UTC) -> tuple[tuple[str, str], ...]:
    """Return name and content of each ``<meta>`` element, in order.

    The template adds citation_title and citation_abstract_html_url to the elements of og:title and og:url, so that a
    page holds each value once. site.js adds citation_abstract from the abstract on the page, which saves a tenth of
    the page; only Zotero reads it, after scripts have run. Without scripts, Zotero takes the description.
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
    """Return a schema.org ``ScholarlyArticle`` as JSON that is safe inside ``<script>``.

    It holds only the properties that search engines use: type, headline, authors, dates, licence and other URLs of
    the same work. They read everything else from the Highwire tags and the page itself.
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
            for credit in paper.credits[:_AUTHORS_IN_JSON_LD]
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
    """Return JSON in which nothing can end a ``<script>`` element, begin a comment or break a line of JavaScript."""
    return _SCRIPT_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def shorten(text: str, limit: int) -> str:
    """Return text cut after a word to at most ``limit`` (1 or more) characters, including the ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    words = text[:limit].rpartition(" ")[0].rstrip(" ,;:.-–—([")
    # Text without spaces, or with one very long word, is cut at the limit.
    return (words if len(words) > limit // 2 else head) + "…"
