"""What a fetch asks for: options of the command line, completed by site.toml."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec

from sitegen.config.settings import load as load_config
from sitegen.errors import ConfigError
from sitegen.feeds import taxonomy
from sitegen.fetch.harvest import Query, minute
from sitegen.models import ArxivId

_CATEGORIES_ONLY = re.compile(r"\(?\s*cat:[\w.-]+(?:\s+OR\s+cat:[\w.-]+)*\s*\)?", re.A)


class FetchOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of the command line; for those that are not given, site.toml decides."""

    query: str = ""
    since: date | None = None
    max: int | None = None  # papers; 0 for no limit
    endpoint: str = ""
    full: bool = False  # harvest all papers, even if only changes are missing
    accept_loss: bool = False


class FetchSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask for, from the command line and site.toml."""

    query: Query | None  # None: single papers only
    ids: tuple[ArxivId, ...]  # of single papers
    categories: tuple[str, ...]  # canonical; empty if the query has other terms than categories
    since: date | None
    max_papers: int  # 0 for no limit
    endpoint: str
    contact: str


def fetch_settings(source: Path, options: FetchOptions) -> FetchSettings:
    """Return what to ask for; ConfigError if neither the command line nor site.toml names anything."""
    config = load_config(source)
    section = config.fetch
    search = options.query or section.query or " OR ".join(f"cat:{id}" for id in section.categories)
    if not search and not section.ids:
        remedy = 'say what, as in categories = ["q-bio.NC"], or give --query'
        raise ConfigError.at(source / "site.toml", "there is nothing to fetch", remedy, key="fetch")
    since = options.since or section.since
    named = re.findall(r"cat:([\w.-]+)", search) if _CATEGORIES_ONLY.fullmatch(search) else []
    return FetchSettings(
        query=Query(search=search, since=minute(since) if since else "") if search else None,
        ids=() if options.query else tuple(section.ids),
        categories=tuple(dict.fromkeys(taxonomy.canonical(name) or name for name in named)),
        since=since,
        max_papers=section.max if options.max is None else options.max,
        endpoint=options.endpoint or section.endpoint,
        contact=section.contact or config.contact or config.url,
    )


def require_categories(source: Path, settings: FetchSettings, reason: str) -> tuple[str, ...]:
    """Return the categories to fetch; ConfigError with ``reason`` if the query is not made of categories."""
    if not settings.categories:
        remedy = 'name them, as in categories = ["q-bio.NC"]'
        raise ConfigError.at(source / "site.toml", reason, remedy, key="fetch.categories")
    return settings.categories


def query_name(settings: FetchSettings) -> str:
    """Return the query as a part of file names, at most 60 characters of letters, digits, dots and hyphens."""
    search = settings.query.search if settings.query else "ids"
    name = re.sub(r"[^A-Za-z0-9.]+", "-", " ".join(settings.categories) or search)
    return name[:60].strip("-.") or "query"
