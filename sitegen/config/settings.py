"""Reads ``content/site.toml`` into frozen values; all mistakes are reported together.

A setting's key in the file is the name of its attribute here: ``page_size`` under ``[lists]`` is
``config.lists.page_size``. The annotations are the documentation of the settings. ``Site`` in site/contexts.py holds
those that templates show, and scaffold.py explains all of them in the site.toml that ``sitegen new`` writes.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated as A
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from sitegen.config import watches
from sitegen.config.toml import Document, Table, is_there, read_source, shown
from sitegen.config.watches import Watch
from sitegen.errors import ConfigError
from sitegen.models import ArxivId

# Lowest and highest value of each number in [lists].
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "page_size": (10, 500),
    "feed_size": (1, 500),
    "person_feed": (1, 1000),
    "fold_authors": (1, 1000),
    "home_days": (1, 31),
}
# A well-formed language tag, RFC 5646 section 2.1, without the grandfathered ones.
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.I | re.A,
)
_COLOR = re.compile(r"#[0-9a-f]{6}", re.I)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?")
# Characters of a URL, RFC 3986 section 2; with the percent sign, but neither space nor backslash.
_URL = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(?P<host>[^/?#@:\[\]]*)")
_DEFAULT_PORTS = {"https": 443, "http": 80}
_REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*")


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """``[field]``: what the archive is about."""

    name: A[str, "name of the field, as readers know it"] = ""
    category: A[str, "arXiv's code of the field's own category"] = ""


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """``[lists]``: how long lists grow before they are split, cut or folded."""

    page_size: A[int, "papers, or names, on one page of a list"] = 100
    feed_size: A[int, "papers in an Atom feed"] = 50
    person_feed: A[int, "papers that earn a person a feed and a .bib file"] = 3
    fold_authors: A[int, "authors that a paper's page shows before it folds the rest"] = 20
    home_days: A[int, "days on the front page"] = 5


class NavigationEntry(msgspec.Struct, frozen=True, kw_only=True):
    """``[[navigation]]``: a link at the top of every page."""

    label: A[str, "text of the link"]
    page: A[str, "where it goes: a path below the site's root, or an absolute https URL"]


class Fetch(msgspec.Struct, frozen=True, kw_only=True):
    """``[fetch]``: what is asked of arXiv's API, by whom."""

    query: A[str, "a search in the API's own language, instead of categories"] = ""
    categories: A[tuple[str, ...], "categories, primary or cross-listed"] = ()
    ids: A[tuple[ArxivId, ...], "single papers to have besides"] = ()
    since: A[date | None, "oldest day of submission"] = None
    contact: A[str, "e-mail address or https URL at which arXiv can reach whoever asks"] = ""
    endpoint: A[str, "address of the API"] = "https://export.arxiv.org/api/query"
    max: A[int, "papers to ask for in one run, 0 for no limit"] = 0


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """A site's settings."""

    title: A[str, "the site's name"]
    url: A[str, "absolute address of the site's root, with a slash at its end"]
    description: A[str, "one sentence on what the archive holds"] = ""
    language: A[str, "BCP 47 code of the language of the site's own text"] = "en"
    owner: A[str, "name of whoever runs the site"] = ""
    owner_url: A[str, "the owner's page"] = ""
    contact: A[str, "the owner's e-mail address"] = ""
    repository: A[str, "the site's repository on GitHub, OWNER/NAME, where readers can report mistakes"] = ""
    timezone: A[str, "IANA name of the time zone in which a day begins and ends"] = "UTC"
    theme_color: A[str, "accent of pages, and colour of the browser's frame, #rrggbb"] = "#0d5c63"
    offline: A[bool, "whether browsers keep visited pages for use without a network"] = False
    field: Field = Field()
    lists: Lists = Lists()
    navigation: A[tuple[NavigationEntry, ...], "none stands for the built-in navigation"] = ()
    watch: A[tuple[Watch, ...], "saved searches"] = ()
    fetch: Fetch = Fetch()


_DEFAULTS = Config(title="", url="")


def load(content: Path) -> Config:
    """Return the settings of a content folder; ConfigError holds all mistakes in site.toml."""
    path = content / "site.toml"
    if not is_there(path, ConfigError):
        remedy = "`sitegen new DIR` makes a folder with all that a site needs"
        raise ConfigError.at(path, "there is no such file", remedy)
    document = Document(path, read_source(path, ConfigError), ConfigError)
    root = document.root
    config = Config(
        title=root.text("title", required='give the site a name: title = "…"'),
        url=root.text("url", required='give the address of the site: url = "https://…/"', check=site_url),
        description=root.text("description"),
        language=root.text("language", _DEFAULTS.language, check=_language),
        owner=root.text("owner"),
        owner_url=root.text("owner_url", check=web_address),
        contact=root.text("contact", check=_email),
        repository=root.text("repository", check=_repository),
        timezone=root.text("timezone", _DEFAULTS.timezone, check=_timezone),
        theme_color=root.text("theme_color", _DEFAULTS.theme_color, check=_color),
        offline=root.flag("offline", default=_DEFAULTS.offline),
        field=_field(root.table("field")),
        lists=_lists(root.table("lists")),
        navigation=tuple(_navigation_entry(table) for table in root.tables("navigation")),
        watch=watches.read(root.tables("watch")),
        fetch=_fetch(root.table("fetch")),
    )
    document.finish()
    return config


def _field(table: Table) -> Field:
    return Field(name=table.text("name"), category=table.text("category", check=_category))


def _lists(table: Table) -> Lists:
    default = _DEFAULTS.lists
    numbers = {
        key: table.integer(key, getattr(default, key), low=low, high=high)
        for key, (low, high) in _BOUNDS.items()
    }
    return Lists(**numbers)


def _navigation_entry(table: Table) -> NavigationEntry:
    return NavigationEntry(
        label=table.text("label", required='give the link a text: label = "…"'),
        page=table.text(
            "page",
            required='say where it goes: page = "about/", or "/" for the front page',
            check=_link_target,
        ),
    )


def _fetch(table: Table) -> Fetch:
    default = _DEFAULTS.fetch
    return Fetch(
        query=table.text("query"),
        categories=table.texts("categories", _category),
        ids=table.texts("ids", ArxivId.parse),
        since=table.day("since"),
        contact=table.text("contact", check=_contact),
        endpoint=table.text("endpoint", default.endpoint, check=endpoint_address),
        max=table.integer("max", default.max, low=0, high=1_000_000),
    )


# --- checks: each returns the normalised text, or raises ValueError(message[, remedy]) ----------------


def _url_parts(text: str, schemes: tuple[str, ...]) -> SplitResult:
    """Return the parts of an absolute URL with one of ``schemes``; a non-ASCII host is converted to punycode."""
    wanted = " or ".join(f"{scheme}://" for scheme in schemes)
    address = _with_ascii_host(text)
    if not _URL.fullmatch(address):
        raise ValueError(
            f"{shown(text)} has characters that URLs must not have", "percent-encode them, as in %20"
        )
    if _STRAY_PERCENT.search(address):
        raise ValueError(
            f"{shown(text)} has a % without two hexadecimal digits", "write %25 for a percent sign"
        )
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(
            f"{shown(text)} is not a URL", f"write an address that begins with {wanted}"
        ) from None
    if parts.scheme not in schemes or not _HOST.fullmatch(host):
        raise ValueError(f"expected an absolute URL that begins with {wanted}, found {shown(text)}")
    if not (":" in host or all(map(_LABEL.fullmatch, host.split(".")))):
        raise ValueError(f"{shown(host)} is not a host name", "check its full stops and hyphens")
    if port == 0:
        raise ValueError(f"{shown(text)} has port 0, which does not exist", "remove it")
    if "@" in parts.netloc:
        raise ValueError("a public URL must not hold a user name or password", "remove it")
    return parts


def _with_ascii_host(text: str) -> str:
    """Return a URL with a non-ASCII host converted to punycode (IDNA 2008)."""
    match = _AUTHORITY.match(text)
    if not match or match["host"].isascii():
        return text
    import idna  # imported here, because few sites need it

    try:
        host = idna.encode(match["host"], uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"{shown(match['host'])} is not a host name: {error}", "correct it") from None
    return text[: match.start("host")] + host + text[match.end("host") :]


def web_address(text: str) -> str:
    """Return an absolute http or https URL. ValueError(message[, remedy]) if it is none."""
    return _url_parts(text, ("https", "http")).geturl()


def site_url(text: str) -> str:
    """Return the normalised address of a site's root, with a slash at its end."""
    parts = _url_parts(text, ("https", "http"))
    if "?" in text or "#" in text:
        raise ValueError(
            f"the site's address must end with its path, found {shown(text)}", "remove the part after ? or #"
        )
    path = parts.path.rstrip("/")
    names = [unquote(name) for name in path.split("/")[1:]]
    if any(name in ("", ".", "..") or "/" in name or "\\" in name for name in names):
        raise ValueError(
            f"the path of the site's address has empty or dotted parts: {shown(text)}",
            "write it as in https://example.org/lab/",
        )
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORTS[parts.scheme]) else ""
    return f"{parts.scheme}://{host}{port}{path}/"


def endpoint_address(text: str) -> str:
    """Return the URL of an API: https, or http on this machine. ValueError(message[, remedy]) if it is neither."""
    parts = _url_parts(text, ("https", "http"))
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise ValueError("http is allowed for this machine only", "write https://")
    return parts.geturl()


def _is_loopback(host: str) -> bool:
    """Return whether a host name or address is this machine's."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError(f"expected an e-mail address, found {shown(text)}", "such as archive@example.org")
    return text


def _repository(text: str) -> str:
    path = text.removeprefix("https://github.com/").removesuffix("/").removesuffix(".git")
    if not _REPOSITORY.fullmatch(path):
        raise ValueError(f"expected a repository on GitHub, found {shown(text)}", "such as OWNER/NAME")
    return path


def _contact(text: str) -> str:
    return _url_parts(text, ("https",)).geturl() if "://" in text else _email(text)


def _link_target(text: str) -> str:
    if ":" in text.split("/", 1)[0]:
        return _url_parts(text, ("https",)).geturl()
    path = text.removeprefix("/")
    if not (path == "" or _URL.fullmatch(path)) or path.startswith("/") or ".." in path.split("/"):
        remedy = 'write it as in page = "about/" or page = "https://example.org/"'
        raise ValueError(
            f"expected a path below the site's root or an https URL, found {shown(text)}", remedy
        )
    return path


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        proposal = text.replace("_", "-").partition(".")[0]
        remedy = f"write {proposal}" if _LANGUAGE.fullmatch(proposal) else "such as en, de or pt-BR"
        raise ValueError(f"expected a BCP 47 language code, found {shown(text)}", remedy)
    return text


def _timezone(text: str) -> str:
    # ZoneInfo also opens "localtime", which is a different zone on each machine.
    try:
        zoneinfo.ZoneInfo(text)
        known = text != "localtime"
    except (KeyError, ValueError, OSError):
        known = False
    if not known:
        from difflib import get_close_matches  # imported here, because only mistakes need it

        names = {name.lower(): name for name in sorted(zoneinfo.available_timezones() - {"localtime"})}
        near = get_close_matches(text.lower(), names, n=1)
        remedy = f"did you mean {names[near[0]]}?" if near else "such as UTC or Europe/Berlin"
        raise ValueError(f"expected the IANA name of a time zone, found {shown(text)}", remedy)
    return text


def _color(text: str) -> str:
    if not _COLOR.fullmatch(text):
        raise ValueError(
            f"expected a colour such as #0d5c63, found {shown(text)}", "write # and six hexadecimal digits"
        )
    return text.lower()


def _category(text: str) -> str:
    if not _CATEGORY.fullmatch(text):
        raise ValueError(f"expected an arXiv category, found {shown(text)}", "such as q-bio.NC or hep-th")
    return text
