"""A page becomes bytes here, and nowhere else.

Undefined names are errors, and markup is escaped always. A template gets ``page`` (its context), ``site``,
``root`` (the way to the site's root), ``asset(name)`` (URL of a static file) and ``entry(paper)`` (a paper of a
list, rendered once however many lists it stands on); two filters, ``json`` and ``plain`` (text between tags).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import markupsafe
import msgspec

from sitegen import sealed
from sitegen.pages.contexts import Context, Entry, HtmlPage, Site, StaticFile
from sitegen.pages.urls import way_to_root
from sitegen.quick import CUT
from sitegen.templates import Templates
from sitegen.text import ROOT

# Formats that are not markup: their values are escaped where they are made (exports/) or encoded as JSON.
_NOT_MARKUP = (".bib", ".json", ".txt", ".webmanifest")
_CUT, _ROOT = CUT.encode(), ROOT.encode()
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


# All of a path that its links depend on: how deep it is, its section, and how it ends.
_Place = tuple[int, str, str]


class Rendered(NamedTuple):
    """A page as it is written, and where in it the blocks of its template are: that much of it is the page's own."""

    data: bytes
    section: str = ""  # of its frame
    cuts: bytes = b""  # start and end of each block, 4 bytes each

    def blocks(self) -> list[bytes]:
        """Return the blocks alone."""
        return [self.data[start:end] for start, end in struct.iter_unpack("<2I", self.cuts)]


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
        self._layouts: dict[str, tuple[str, bytes]] = {}
        self._frames: dict[tuple[str, str, bool, _Place], tuple[list[bytes], Callable[..., bytes]]] = {}
        self._ways: dict[_Place, tuple[bytes, bytes, bytes]] = {}
        self._shared = blake2b(
            _ENCODER.encode((site, dict(assets), base_path, engine)), digest_size=16
        ).digest()

    def block_digest(self, template: str) -> bytes:
        """Return the digest of a template with all that it includes, of the site's settings and its assets.

        What its layout has around the blocks is not in it: see ``frames``.
        """
        if (known := self._fingerprints.get(template)) is None:
            digest = blake2b(self._shared, digest_size=16)
            for name, source in self._templates.blocks(template, "_entry.html"):
                digest.update(f"{name}\0{source}\0".encode())
            known = self._fingerprints[template] = digest.digest()
        return known

    def frame_digest(self, template: str) -> bytes:
        """Return the digest of what the layout of a template has around its blocks; of none, nothing."""
        return self._layout(template)[1]

    def _layout(self, template: str) -> tuple[str, bytes]:
        """Return the name of the one layout of a template, and the digest of all that it has."""
        if (known := self._layouts.get(template)) is None:
            layouts = self._templates.layouts(template) if template else []
            name = layouts[0][0] if len(layouts) == 1 else ""
            digest = blake2b(repr(layouts).encode(), digest_size=8).digest() if layouts else b""
            known = self._layouts[template] = name, digest
        return known

    def prepare(self, templates: Iterable[str]) -> None:
        """Have some templates ready; what is wrong with one is told when a page is made with it."""
        self._templates.prepare([*templates, "_entry.html"])

    def key(self, url: str, template: str, values: bytes) -> bytes:
        """Return the digest of a page, of whose values see ``Route``: the same key means the same blocks."""
        if not template:
            return sealed.digest(values)
        fingerprint = self._fingerprints.get(template) or self.block_digest(template)
        return sealed.digest(b"%b%b\0%b" % (fingerprint, url.encode(), values))

    def render(self, path: str, template: str, context: Context) -> Rendered:
        """Return the page that is written to ``path``; TemplateError names file and line."""
        if isinstance(context, StaticFile):
            return Rendered(context.data)
        layout, text = self._templates.render(template, {"page": context}, path)
        place = _place(path)
        data = self._at(path, place, text)
        if not layout:
            return Rendered(data)
        assert isinstance(context, HtmlPage)
        return self._framed(path, place, layout, context.section, context.tops_section, data.split(_CUT))

    def reframe(self, path: str, url: str, template: str, old: Rendered) -> Rendered:
        """Return a page of which only the frame is new; its template has one layout."""
        layout, _ = self._layout(template)
        return self._framed(path, _place(path), layout, old.section, url == old.section, old.blocks())

    def _framed(
        self, path: str, place: _Place, layout: str, section: str, tops: bool, blocks: list[bytes]
    ) -> Rendered:
        key = layout, section, tops, place
        if (frame := self._frames.get(key)) is None:
            parts = self._at(path, place, self._templates.frame(layout, section, tops)).split(_CUT)
            # With room for a block between every two parts.
            known = [piece for part in parts for piece in (part, b"")][:-1]
            frame = self._frames[key] = known, struct.Struct(f"<{len(known) - 1}I").pack
        around, packed = frame
        pieces = around[:]
        pieces[1::2] = blocks
        *ends, _ = accumulate(map(len, pieces))
        return Rendered(b"".join(pieces), section, packed(*ends))

    def _at(self, path: str, place: _Place, text: str) -> bytes:
        """Return text as it stands at some place: its links lead the right way."""
        if (ways := self._ways.get(place)) is None:
            root = self._root(path)
            section, below, _ = path.partition("/")
            # Within a section the way need not lead through the root: from author to author it is ../name/.
            near = f'"{root[3:] or "./"}' if below and not path.endswith(".xml") else ""
            ways = self._ways[place] = f'"{ROOT}{section}/'.encode(), near.encode(), root.encode()
        own_section, near_by, way = ways
        # Bytes, because a NUL is found in them at once; in text, every other byte may be one. And split and joined,
        # because bytes.replace looks for everything twice.
        data = text.encode()
        if near_by:
            data = near_by.join(data.split(own_section))
        return data.replace(_ROOT, way)

    def _root(self, path: str) -> str:
        if path == "404.html":  # served at any depth
            return self._base_path
        # Readers of a feed have no page that a relative address could start from.
        return self._site.url if path.endswith(".xml") else way_to_root(path) or "./"

    def _entry(self, entry: Entry) -> markupsafe.Markup:
        if (known := self._entries.get(entry.url)) is None:
            _, rendered = self._templates.render("_entry.html", {"entry": entry}, f"the entry of {entry.id}")
            known = markupsafe.Markup(rendered)  # noqa: S704 - escaped by the template
            self._entries[entry.url] = known
        return known

    def _asset(self, name: str) -> str:
        if name not in self._assets:
            raise ValueError(f"there is no file {name!r} in static/")
        return ROOT + self._assets[name]


def _place(path: str) -> _Place:
    return path.count("/"), path.partition("/")[0], path[-4:]


def _plain(value: str) -> markupsafe.Markup:
    """Escape text that stands between tags, where quotation marks need no escape (CSL-JSON has many)."""
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return str.__new__(markupsafe.Markup, escaped)


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
