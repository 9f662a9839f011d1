"""A page becomes bytes here, and nowhere else.

Undefined names are errors, and markup is escaped always. A template gets ``page`` (its context), ``site``,
``root`` (the way to the site's root), ``asset(name)`` (URL of a static file) and ``entry(paper)`` (a paper of a
list, rendered once however many lists it stands on); two filters, ``json`` and ``plain`` (text between tags).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import markupsafe
import msgspec

from sitegen.pages.contexts import Context, Entry, Site, StaticFile
from sitegen.pages.urls import way_to_root
from sitegen.templates import Templates
from sitegen.text import ROOT

# Formats that are not markup: their values are escaped where they are made (exports/) or encoded as JSON.
_NOT_MARKUP = (".bib", ".json", ".txt", ".webmanifest")
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


class Renderer:
    """Templates of a site, the owner's before the built-in ones, ready to render."""

    def __init__(
        self,
        folders: Sequence[Path],
        site: Site,
        assets: Mapping[str, str],
        base_path: str,
        engine: bytes,
        cache: Path,
    ) -> None:
        """Offer ``site`` and ``assets`` to all templates; ``engine`` is the digest of whatever else makes pages.

        ``base_path`` is where the site stands at its host; ``cache``, a folder for compiled templates.
        """
        self._assets = assets
        self._site = site
        self._base_path = base_path
        self._entries: dict[str, markupsafe.Markup] = {}
        self._templates = Templates(
            folders,
            names={"site": site, "root": ROOT, "asset": self._asset, "entry": self._entry},
            filters={"json": _json, "plain": _plain},
            not_markup=_NOT_MARKUP,
            cache=cache,
        )
        self._fingerprints: dict[str, bytes] = {}
        self._shared = blake2b(
            _ENCODER.encode((site, dict(assets), base_path, engine)), digest_size=16
        ).digest()

    def fingerprint(self, template: str) -> bytes:
        """Return the digest of a template with all that it includes, of the site's settings and its assets."""
        if (known := self._fingerprints.get(template)) is None:
            digest = blake2b(self._shared, digest_size=16)
            for name, source in self._templates.closure(template, "_entry.html"):
                digest.update(f"{name}\0{source}\0".encode())
            known = self._fingerprints[template] = digest.digest()
        return known

    def key(self, url: str, template: str, values: bytes) -> bytes:
        """Return the digest of a page, of whose values see ``Route``: the same key means the same bytes."""
        if not template:
            return blake2b(values, digest_size=16).digest()
        return blake2b(
            b"%b%b\0%b" % (self.fingerprint(template), url.encode(), values), digest_size=16
        ).digest()

    def prepare(self, templates: Iterable[str]) -> None:
        """Make templates ready before the work is shared."""
        self._templates.prepare([*sorted(filter(None, templates)), "_entry.html"])

    def render(self, path: str, template: str, context: Context) -> bytes:
        """Return the bytes of a page that is written to ``path``; TemplateError names file and line."""
        if isinstance(context, StaticFile):
            return context.data
        text = self._templates.render(template, {"page": context}, path)
        root = self._root(path)
        section, below, _ = path.partition("/")
        if below and not path.endswith(".xml"):
            # Within a section the way need not lead through the root: from author to author it is ../name/.
            text = text.replace(f'"{ROOT}{section}/', f'"{root[3:] or "./"}')
        return text.replace(ROOT, root).encode()

    def _root(self, path: str) -> str:
        if path == "404.html":  # served at any depth
            return self._base_path
        # Readers of a feed have no page that a relative address could start from.
        return self._site.url if path.endswith(".xml") else way_to_root(path) or "./"

    def _entry(self, entry: Entry) -> markupsafe.Markup:
        if (known := self._entries.get(entry.url)) is None:
            rendered = self._templates.render("_entry.html", {"entry": entry}, f"the entry of {entry.id}")
            known = self._entries[entry.url] = markupsafe.Markup(rendered)  # noqa: S704 - escaped by the template
        return known

    def _asset(self, name: str) -> str:
        if name not in self._assets:
            raise ValueError(f"there is no file {name!r} in static/")
        return ROOT + self._assets[name]


def _plain(value: str) -> markupsafe.Markup:
    """Escape text that stands between tags, where quotation marks need no escape (CSL-JSON has many)."""
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return markupsafe.Markup(escaped)  # noqa: S704 - escaped in the line above


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
