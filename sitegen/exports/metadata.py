"""What machines read about a paper: identifiers, Highwire tags, schema.org and a description for previews.

Highwire tags are those that Google Scholar's inclusion guidelines and Zotero's translators read; arXiv's own
abstract pages carry the same ones. Values are plain text: whoever puts them into HTML escapes them.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote

import msgspec

from sitegen.models import ArxivId, Credit, Paper
from sitegen.text import abstract

# A DOI is nearly free in its characters (https://www.doi.org/doi-handbook/HTML/encoding-rules-for-urls-2.html).
# White space, braces, backslashes, quotation marks and controls are refused here: in practice they are typing
# errors, and they are what breaks out of BibTeX.
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s{}\\\"`^|%\x00-\x1f\x7f-\x9f]+")
_DOI_SAFE = "/:;()._-,~!*'@=+$"
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


def published_doi(paper: Paper) -> str:
    """Bare DOI of the published work, or "" where the feed gives none that is well-formed."""
    return next((doi for doi in paper.dois if _DOI.fullmatch(doi)), "")


def cited_doi(paper: Paper) -> str:
    """Bare DOI to cite a paper by: that of the published work, otherwise the one that arXiv registers."""
    return published_doi(paper) or paper.arxiv_doi


def doi_url(doi: str) -> str:
    """Address that resolves a bare DOI."""
    return "https://doi.org/" + quote(doi, safe=_DOI_SAFE)


def slashed(moment: datetime) -> str:
    """Day of a moment as ``YYYY/MM/DD``, the form of Highwire and RIS."""
    return f"{moment.year:04}/{moment.month:02}/{moment.day:02}"


def highwire(
    paper: Paper, url: str, language: str = "en", abstract_chars: int | None = None
) -> tuple[tuple[str, str], ...]:
    """Name and content of each ``<meta>`` element, in order; ``url`` is the page that carries them, absolute.

    ``abstract_chars`` shortens the abstract to so many characters; None gives all of it.
    """
    submitted = slashed(paper.published)
    text = abstract.to_text(paper.abstract)
    if abstract_chars is not None:
        text = shorten(text, abstract_chars)
    tags = [
        ("citation_title", abstract.to_text(paper.title)),
        *(("citation_author", credit.name.inverted) for credit in paper.credits),
        ("citation_date", submitted),
        ("citation_publication_date", submitted),
        ("citation_online_date", slashed(paper.updated)),
        ("citation_doi", published_doi(paper)),
        ("citation_pdf_url", pdf_url(paper.id.base)),
        ("citation_arxiv_id", paper.id.base),
        ("citation_abstract", text),
        ("citation_abstract_html_url", url),
        ("citation_keywords", "; ".join(paper.categories)),
        ("citation_language", language),
    ]
    return tuple(tag for tag in tags if tag[1])


def json_ld(paper: Paper, url: str, site_name: str, language: str = "en") -> str:
    """schema.org ``ScholarlyArticle`` as JSON that is safe inside ``<script>``; ``url`` is absolute."""
    doi = published_doi(paper)
    same = [abs_url(paper.id.base), doi_url(paper.arxiv_doi)]
    if doi:
        same.append(doi_url(doi))
    article: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": shorten(abstract.to_text(paper.title), _HEADLINE),
        "author": [_agent(credit) for credit in paper.credits],
        "datePublished": f"{paper.published.date()}",
        "dateModified": f"{paper.updated.date()}",
        "inLanguage": language,
        "identifier": f"arXiv:{paper.id.base}",
        "url": url,
        "sameAs": same,
        "publisher": {"@type": "Organization", "name": "arXiv"},
        "isPartOf": {"@type": "Collection", "name": site_name},
    }
    if paper.categories:
        article["keywords"] = paper.categories
    if paper.license.startswith(("https://", "http://")):
        article["license"] = paper.license
    return script_safe(msgspec.json.encode(article).decode())


def script_safe(json: str) -> str:
    """Escape what could end a ``<script>`` element, begin a comment in it or break a line of JavaScript."""
    return _SCRIPT_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def describe(paper: Paper, limit: int = 200) -> str:
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


def _agent(credit: Credit) -> dict[str, str]:
    name = credit.name
    if name.group:
        return {"@type": "Organization", "name": name.printed}
    agent = {"@type": "Person", "name": name.printed, "familyName": name.family}
    if name.given:
        agent["givenName"] = name.given
    return agent
