"""A page becomes bytes here, and nowhere else: the sole importer of jinja2.

Undefined names are errors, and markup is escaped always. A template gets ``page`` (its context), ``site``,
``root`` (the way to the site's root), ``asset(name)`` (URL of a static file) and ``entry(paper)`` (a paper of a
list, rendered once however many lists it stands on); two filters, ``json`` and ``plain`` (text between tags).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import jinja2
import jinja2.ext
import markupsafe
import msgspec

from sitegen.errors import TemplateError
from sitegen.pages.contexts import Context, Entry, Site, StaticFile
from sitegen.pages.urls import way_to_root
from sitegen.text import ROOT

# Formats that are not markup: their values are escaped where they are made (exports/) or encoded as JSON.
_NOT_MARKUP = (".bib", ".json", ".txt", ".webmanifest")
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


# What a template includes. To parse it for that takes 300 ms for all, in every build.
_REFERENCE = re.compile(r"""\{%[-+]?\s*(?:extends|include|import|from)\s+(?:["']([^"']+)["'])?""")


class _RootAsText(jinja2.ext.Extension):
    """Makes ``{{ root }}`` part of the text when a template is compiled.

    It stands before every link, two million times in 45,000 pages, and is never anything but ROOT: to look it up
    and escape it each time took a tenth of a build.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return source.replace("{{ root }}", ROOT)


class Renderer:
    """Templates of a site, the owner's before the built-in ones, ready to render."""

    def __init__(
        self, folders: Sequence[Path], site: Site, assets: Mapping[str, str], base_path: str, engine: bytes
    ) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
            # On for everything that is markup.
            autoescape=lambda name: not (name or "").endswith(_NOT_MARKUP),  # noqa: S701
            undefined=jinja2.StrictUndefined,
            extensions=[_RootAsText],
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._assets = assets
        self._site = site
        self._base_path = base_path
        self._entries: dict[str, str] = {}
        self._environment.globals |= {"site": site, "root": ROOT, "asset": self._asset, "entry": self._entry}
        self._environment.filters |= {"json": _json, "plain": _plain}
        self._fingerprints: dict[str, bytes] = {}
        self._shared = blake2b(
            _ENCODER.encode((site, dict(assets), base_path, engine)), digest_size=16
        ).digest()

    def fingerprint(self, template: str) -> bytes:
        """Return the digest of a template with all that it includes, of the site's settings and its assets."""
        if (known := self._fingerprints.get(template)) is None:
            digest = blake2b(self._shared, digest_size=16)
            for name in sorted(self._closure(template)):
                digest.update(name.encode() + b"\0" + self._source(name).encode() + b"\0")
            known = self._fingerprints[template] = digest.digest()
        return known

    def key(self, url: str, template: str, context: Context) -> bytes:
        """Return the digest of a page: the same key means the same bytes."""
        if isinstance(context, StaticFile):
            return blake2b(context.data, digest_size=16).digest()
        digest = blake2b(self.fingerprint(template), digest_size=16)
        digest.update(url.encode() + b"\0")
        digest.update(_ENCODER.encode(context))
        return digest.digest()

    def render(self, path: str, template: str, context: Context) -> bytes:
        """Return the bytes of a page that is written to ``path``; TemplateError names file and line."""
        if isinstance(context, StaticFile):
            return context.data
        try:
            text = self._environment.get_template(template).render(page=context)
        except jinja2.TemplateError as error:
            raise self._mistake(error, template, path) from error
        except (TypeError, AttributeError, ValueError, ArithmeticError) as error:
            raise self._mistake(error, template, path) from error
        return text.replace(ROOT, self._root(path)).encode()

    def _root(self, path: str) -> str:
        if path == "404.html":  # served at any depth
            return self._base_path
        # Readers of a feed have no page that a relative address could start from.
        return self._site.url if path.endswith(".xml") else way_to_root(path) or "./"

    def _entry(self, entry: Entry) -> markupsafe.Markup:
        if (known := self._entries.get(entry.url)) is None:
            known = self._environment.get_template("_entry.html").render(entry=entry)
            self._entries[entry.url] = known
        return markupsafe.Markup(known)  # noqa: S704 - rendered with autoescape above

    def _asset(self, name: str) -> str:
        if name not in self._assets:
            raise jinja2.UndefinedError(f"there is no file {name!r} in static/")
        return ROOT + self._assets[name]

    def _source(self, name: str) -> str:
        loader = self._environment.loader
        assert loader is not None
        try:
            return loader.get_source(self._environment, name)[0]
        except jinja2.TemplateNotFound as error:
            raise self._mistake(error, name, "") from error

    def _closure(self, template: str) -> set[str]:
        seen: set[str] = set()
        waiting = [template, "_entry.html"]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                for found in _REFERENCE.finditer(self._source(name)):
                    # A name that is worked out at run time may be any of them.
                    waiting += [found[1]] if found[1] else self._environment.list_templates()
        return seen

    def _mistake(self, error: Exception, template: str, path: str) -> TemplateError:
        name, line = template, None
        if isinstance(error, jinja2.TemplateSyntaxError):
            name, line = error.name or template, error.lineno
        elif isinstance(error, jinja2.TemplateNotFound):
            return _error(
                f"templates/{error.name}", None, "there is no such template", "add it, or mend the name"
            )
        else:
            # The innermost frame that is a template: jinja2 rewrites tracebacks to template files and lines.
            trace = error.__traceback__
            while trace is not None:
                filename = trace.tb_frame.f_code.co_filename
                if filename.endswith(tuple(self._environment.list_templates())):
                    name, line = Path(filename).name, trace.tb_lineno
                trace = trace.tb_next
        where = f" (while making {path})" if path else ""
        # StrictUndefined speaks of 'sitegen.pages.contexts.PaperPage object'.
        said = re.sub(r"'sitegen\.pages\.contexts\.(\w+) object'", r"\1", str(error))
        remedy = "templates/README.md lists what each template is given"
        return _error(f"templates/{name}", line, f"{said}{where}", remedy)


def _error(path: str, line: int | None, message: str, remedy: str) -> TemplateError:
    error = TemplateError.at(path, message, remedy, line=line)
    assert isinstance(error, TemplateError)
    return error


def _plain(value: str) -> markupsafe.Markup:
    """Escape text that stands between tags, where quotation marks need no escape (CSL-JSON has many)."""
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return markupsafe.Markup(escaped)  # noqa: S704 - escaped in the line above


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
