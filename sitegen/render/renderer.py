"""Renders pages: a template and a context become the bytes of a file.

Undefined names are errors, and markup is always escaped. A template is given ``page`` (its context), ``site``,
``root`` (the way to the site's root), ``asset(name)`` (URL of a static file) and ``entry(paper)`` (a paper of a list,
rendered once for all lists); two filters, ``json`` and ``plain`` (text between tags).
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import markupsafe
import msgspec

from sitegen.incremental.cache import Cache
from sitegen.render.templates import CUT, Section, Templates
from sitegen.site.contexts import Context, Entry, HtmlPage, Site
from sitegen.site.urls import way_to_root
from sitegen.text import ROOT

_CUT, _ROOT = CUT.encode(), ROOT.encode()
_ENTRY = "_entry.html"

# The parts of a path that the links of a page depend on: its depth, its section, and its last four characters.
_Place = tuple[int, str, str]
# The text before, between and after the blocks, with an empty piece for each block; and what packs ``Rendered.cuts``.
_Frame = tuple[list[bytes], Callable[..., bytes]]


class Rendered(NamedTuple):
    """The bytes of a page, and the positions of its template's blocks in them; the rest of the page is its frame."""

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
        *,
        site: Site,
        assets: Mapping[str, str],
        base_path: str,
        cache: Cache,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Offer ``site`` and ``assets`` (URLs of static files by name) to all templates.

        ``base_path`` is the path of the site's URL. ``report`` is called once for each template that renders slowly.
        """
        self._assets, self._site, self._base_path = assets, site, base_path
        names = {"site": site, "root": ROOT, "asset": self._asset, "entry": self._entry}
        self._templates = Templates(folders, names, {"json": _json, "plain": _plain}, cache, report)
        self._offered = msgspec.msgpack.encode((site, dict(assets), base_path), order="deterministic")
        self._entries: dict[str, markupsafe.Markup] = {}
        self.digests = functools.cache(self._template_digests)
        self._frames: dict[tuple[str, Section | None, _Place], _Frame] = {}
        self._ways: dict[_Place, tuple[bytes, bytes, bytes]] = {}

    def prepare(self, templates: Iterable[str]) -> None:
        """Compile some templates before processes are forked; an error in one is raised when a page is rendered."""
        for template in (*templates, _ENTRY):
            with suppress(Exception):
                self._templates.framed(template, Section("", False))
        self._templates.sweep()

    def _template_digests(self, template: str) -> tuple[bytes, bytes]:
        """Return the digests of the blocks and of the frame of a template's pages, their contexts left out.

        Blocks depend on the template, on the blocks of its layout, on all that these include or import, on the
        site's settings and on the URLs of its static files. A frame is what the layout has around its blocks; its
        digest is b"" for a template without a layout.
        """
        shown, layout = self._templates.digests(template, _ENTRY)
        frame = blake2b(self._offered + layout, digest_size=8).digest() if layout else b""
        return blake2b(self._offered + shown, digest_size=16).digest(), frame

    def render(self, path: str, template: str, context: Context) -> Rendered:
        """Return the page that is written to ``path``; TemplateError names file and line."""
        place = _place(path)
        section = Section(context.section, context.tops_section) if isinstance(context, HtmlPage) else None
        texts = self._templates.blocks(template, section, "page", context)
        if texts is not None:
            blocks = self._with_links(path, place, CUT.join(texts)).split(_CUT)
            if len(blocks) == len(texts):
                return self._in_frame(path, place, template, section, blocks)
        text = self._templates.render(template, "page", context, path)
        return Rendered(self._with_links(path, place, text))

    def reframe(self, path: str, url: str, template: str, old: Rendered) -> Rendered:
        """Return a page with the blocks that it has, in the frame that its layout has now."""
        section = Section(old.section, url == old.section)
        return self._in_frame(path, _place(path), template, section, old.blocks())

    def _in_frame(
        self, path: str, place: _Place, template: str, section: Section | None, blocks: list[bytes]
    ) -> Rendered:
        if (frame := self._frames.get((template, section, place))) is None:
            text = CUT.join(self._templates.framed(template, section).around)
            pieces = [
                piece for part in self._with_links(path, place, text).split(_CUT) for piece in (part, b"")
            ][:-1]
            frame = self._frames[template, section, place] = (
                pieces,
                struct.Struct(f"<{len(pieces) - 1}I").pack,
            )
        pieces = frame[0][:]
        pieces[1::2] = blocks
        if section is None or not self.digests(template)[1]:
            return Rendered(b"".join(pieces))
        *ends, _ = accumulate(map(len, pieces))
        return Rendered(b"".join(pieces), section.url, frame[1](*ends))

    def _with_links(self, path: str, place: _Place, text: str) -> bytes:
        """Return text encoded for a page at ``place``, with its links relative to that page."""
        if (known := self._ways.get(place)) is None:
            root = self._root(path)
            section, below, _ = path.partition("/")
            # Within a section the way need not lead through the root: from author to author it is ../name/.
            near = f'"{root[3:] or "./"}' if below and not path.endswith(".xml") else ""
            known = self._ways[place] = f'"{ROOT}{section}/'.encode(), near.encode(), root.encode()
        own_section, near_by, way = known
        # In bytes, where a NUL is found at once, this takes half the time; split and joined, because bytes.replace
        # searches everything twice.
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
            texts = self._templates.blocks(_ENTRY, None, "entry", entry)
            if texts is None or len(texts) != 1:
                texts = [self._templates.render(_ENTRY, "entry", entry, f"the entry of {entry.id}")]
            known = self._entries[entry.url] = markupsafe.Markup(texts[0])  # noqa: S704 - escaped by the template
        return known

    def _asset(self, name: str) -> str:
        if name not in self._assets:
            raise ValueError(f"there is no file {name!r} in static/")
        return ROOT + self._assets[name]


def _place(path: str) -> _Place:
    return path.count("/"), path.partition("/")[0], path[-4:]


def _plain(value: str) -> markupsafe.Markup:
    """Escape text between tags, where quotation marks need no escape (CSL-JSON has many)."""
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return str.__new__(markupsafe.Markup, escaped)


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
