"""Template files: compiles and renders them, and computes the digests of what their pages depend on.

There are two ways to render a page. The quick way uses the code of ``codegen``. What a template has outside of its
blocks, its *frame*, it renders once for all pages of a section; of each page, only the blocks. If that raises an
exception (as when a frame asks its page for more than the section), the pages of the template are rendered by Jinja's
own code, which gives the page or the error message.
"""

from __future__ import annotations

import functools
import os
import re
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from types import NoneType
from typing import Any, NamedTuple, NoReturn

import jinja2
import jinja2.ext
import jinja2.loaders
import jinja2.meta
import jinja2.runtime
import msgspec
from jinja2 import nodes
from jinja2.environment import TemplateModule

from sitegen import sources
from sitegen.errors import SitegenError, TemplateError
from sitegen.incremental.cache import Cache
from sitegen.render import codegen
from sitegen.text import ROOT

# Stands before and after the name of a block in a frame. Neither feeds nor Markdown pages can hold it.
CUT = "\1"

# Endings of templates that are not markup: their values are escaped where they are made (exports/), or are JSON.
# In templates with any other ending, values are escaped as HTML.
_NOT_MARKUP = (".bib", ".json", ".txt", ".webmanifest")
_SETS_NAMES: Any = (nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.Import, nodes.FromImport)
# Values that no page can change for the next one.
_CONSTANT = (str, int, float, NoneType, jinja2.runtime.Macro)
_KIND = "templates"  # of what is kept in the cache


class Outline(msgspec.Struct, frozen=True, array_like=True):
    """What the syntax tree of a template says about its pages."""

    digest: bytes  # of the source
    parent: str  # the template that it extends; empty if there is none, or its name is computed
    references: tuple[str, ...]  # all other templates that it names; empty for a computed name
    blocks: tuple[str, ...]  # names of all blocks
    blocks_digest: bytes  # of what its blocks depend on
    is_framed: bool  # whether it has blocks, or extends a template


class Section(NamedTuple):
    """All that a frame may know of its page."""

    url: str
    tops: bool


class Framed(NamedTuple):
    """A template, ready to render pages of a section the quick way."""

    around: list[str]  # the text before, between and after the blocks
    blocks: list[Callable[[jinja2.runtime.Context], Iterable[str]]]
    names: Mapping[str, Any]  # what the template sets or imports outside of its blocks
    context: jinja2.runtime.Context  # one for all pages: to make it takes as long as a small page

    def render(self, variable: str, value: object) -> list[str]:
        """Return the text of each block of a page."""
        self.context.vars.clear()
        self.context.vars.update(self.names)
        self.context.vars[variable] = value
        return ["".join(block(self.context)) for block in self.blocks]


class Templates:
    """The templates of some folders; of several with one name, the one in the first folder."""

    def __init__(
        self,
        folders: Sequence[Path],
        names: Mapping[str, Any],
        filters: Mapping[str, Callable[..., Any]],
        cache: Cache,
        report: Callable[[str], None],
    ) -> None:
        """Offer ``names`` and ``filters`` to all templates; ``report`` those that do not take the quick way."""
        self._folders, self._cache, self._report = folders, cache, report
        self._loader = _Loader([str(folder) for folder in folders], encoding="utf-8-sig")
        self._jinja = jinja2.Environment(
            loader=self._loader,
            autoescape=_is_markup,  # noqa: S701 - off for what is not markup only
            undefined=jinja2.StrictUndefined,
            extensions=[_RootAsText],
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._jinja.globals.update(names)
        self._jinja.filters.update(filters)
        self._quick = self._jinja.overlay(bytecode_cache=_Bytecode(cache))
        self._quick.code_generator_class = codegen.PlainCodeGenerator
        self._outline = functools.cache(self._read_outline)
        self.framed = functools.cache(self._prepare)
        self._marking = functools.cache(self._marking_template)
        self._left_to_jinja: set[str] = set()

    def blocks(self, name: str, section: Section | None, variable: str, value: object) -> list[str] | None:
        """Return the text of each block of a page; of a template without blocks, all text as if it were one.

        Return None if Jinja has to ``render`` the page.
        """
        if name in self._left_to_jinja:
            return None
        try:
            return self.framed(name, section).render(variable, value)
        except Exception as error:
            self._left_to_jinja.add(name)
            self._report(f"templates/{name}: its pages are rendered in Jinja's slower way: {error}")
            return None

    def render(self, name: str, variable: str, value: object, path: str) -> str:
        """Return the whole text of a page; TemplateError names file, line and the ``path`` of the page."""
        try:
            return self._jinja.get_template(name).render({variable: value})
        except SitegenError:
            raise
        except Exception as error:
            raise explain(error, name, path, self._folders) from error

    def _prepare(self, name: str, section: Section | None) -> Framed:
        """Return a template, ready for the pages of a section; any exception means that it cannot be."""
        closure = self._closure([name])
        kinds = set(map(_is_markup, closure))
        if len(kinds) > 1:
            raise ValueError("it names templates of both kinds, markup and other text")
        template = self._quick.get_template(name)
        context = template.new_context()
        if not closure[name].is_framed:
            return Framed(["", ""], [template.root_render_func], {}, context)
        if kinds == {False}:
            raise ValueError("it has blocks, but is not markup")
        names = frozenset(block for outline in closure.values() for block in outline.blocks)
        marking = self._marking(names)
        frame = marking.new_context({"_framed": template, "page": _FramePage(section)})
        pieces = "".join(marking.root_render_func(frame)).split(CUT)
        if not all(map(_is_constant, frame.vars.values())):
            raise ValueError("it sets a name outside of its blocks to a value that may change")
        for block, functions in frame.blocks.items():
            context.blocks[block] = functions[block in names :]  # without the mark
        return Framed(pieces[::2], [context.blocks[block][0] for block in pieces[1::2]], frame.vars, context)

    def _marking_template(self, blocks: frozenset[str]) -> jinja2.Template:
        """Return a template that extends the one in ``_framed``, and has the name of each block in its place."""
        marks = [f"{{% block {block} %}}{CUT}{block}{CUT}{{% endblock %}}" for block in sorted(blocks)]
        return self._quick.from_string("{% extends _framed %}" + "".join(marks))

    def digests(self, name: str, *others: str) -> tuple[bytes, bytes]:
        """Return the digests of all that the blocks of a page may show, and that of the layout with its frame.

        ``others`` are templates that the page may show besides. For a layout without blocks it is b"".
        """
        chain: dict[str, Outline] = {}
        while name not in chain and (outline := self._outline(name)):
            chain[name] = outline
            name = outline.parent
        if not chain:
            return b"", b""
        *children, last = chain.values()
        named = [*others, *(name for outline in chain.values() for name in outline.references)]
        shown = [*children, *(outline for _, outline in sorted(self._closure(named).items()))]
        digests = [last.blocks_digest, *(outline.digest for outline in shown)]
        return b"".join(digests), last.digest if last.blocks else b""

    def _closure(self, names: Iterable[str]) -> dict[str, Outline]:
        """Return some templates and all that they refer to, but those that are missing or wrong."""
        waiting, found = list(names), {}
        while waiting:
            name = waiting.pop()
            if not name:  # computed when a page is rendered: it may be any
                waiting += self._loader.list_templates()
            elif name not in found and (outline := self._outline(name)):
                found[name] = outline
                waiting += [*outline.references, *filter(None, [outline.parent])]
        return found

    def _read_outline(self, name: str) -> Outline | None:
        """Return the outline of a template; None if it is missing or wrong, which is an error when it is rendered."""
        with suppress(Exception):
            source = self._loader.get_source(self._jinja, name)[0]
            key = _key("outline", source)
            if (body := self._cache.get(_KIND, key)) is not None:
                return msgspec.msgpack.decode(body, type=Outline)
            outline = _outline_of(self._jinja.parse(source), source)  # of all templates, it takes 20 ms
            self._cache.put(_KIND, key, msgspec.msgpack.encode(outline))
            return outline
        return None

    def sweep(self) -> None:
        """Remove from the cache what was derived from templates that are no more."""
        used: set[str] = set()
        for name in self._loader.list_templates():
            with suppress(Exception):
                source, path, _ = self._loader.get_source(self._jinja, name)
                used |= {_key("outline", source), _key("code", name, path)}
        self._cache.sweep(_KIND, used)


def _outline_of(tree: nodes.Template, source: str) -> Outline:
    extends = list(tree.find_all(nodes.Extends))
    references = [name or "" for name in jinja2.meta.find_referenced_templates(tree)]
    parent = ""
    if len(extends) == 1 and isinstance(extends[0].template, nodes.Const):
        parent = extends[0].template.value
        references.remove(parent)
    blocks = [node for node in tree.body if isinstance(node, nodes.Block)]
    around = nodes.Template([node for node in tree.body if not isinstance(node, nodes.Block)], lineno=1)
    return Outline(
        digest=_digest(source),
        parent=parent,
        references=tuple(references),
        blocks=tuple(block.name for block in tree.find_all(nodes.Block)),
        blocks_digest=_digest(repr(blocks) if blocks and not around.find(_SETS_NAMES) else source),
        is_framed=bool(blocks or extends),
    )


def explain(error: Exception, template: str, path: str, folders: Sequence[Path]) -> TemplateError:
    """Return an error of a template with file, line and remedy; ``path`` is the page that was rendered."""
    name, line, remedy = template, None, "templates/README.md lists what each template is given"
    # Jinja puts the files and lines of templates into tracebacks.
    for frame, number in traceback.walk_tb(error.__traceback__):
        file = Path(frame.f_code.co_filename)
        for folder in folders:
            if file.is_relative_to(folder):
                name, line = file.relative_to(folder).as_posix(), number
    # The message of StrictUndefined names 'sitegen.site.contexts.PaperPage object'.
    said = re.sub(r"'sitegen\.site\.contexts\.(\w+) object'", r"\1", f"{error} (while making {path})")
    if isinstance(error, jinja2.TemplateSyntaxError):
        name, line, remedy = error.name or template, error.lineno, "mend it there, or on a line before"
    elif isinstance(error, jinja2.TemplateNotFound):
        asks = f"asks for {error.name!r}, and " if line else ""
        said, remedy = f"{asks}there is no such template", "add it, or mend the name"
    elif isinstance(error, RecursionError):
        said, remedy = (
            f"it includes, extends or calls itself without end (while making {path})",
            "break the circle",
        )
    elif not isinstance(error, jinja2.TemplateError | TypeError | AttributeError | ValueError):
        said = f"{type(error).__name__}{': ' if str(error) else ''}{said}"
    return _error(f"templates/{name}", line, said, remedy)


class _FramePage:
    """Stands for the pages of a section while their frame is rendered: they agree on nothing else."""

    def __init__(self, section: Section | None) -> None:
        self._fields = {"section": section.url, "tops_section": section.tops} if section else {}

    def __getattribute__(self, name: str) -> Any:
        fields = object.__getattribute__(self, "_fields")
        if name not in fields:
            raise RuntimeError(f"page.{name} stands outside of a block")
        return fields[name]

    def _whole(self, *_: object) -> NoReturn:
        raise RuntimeError("page stands outside of a block")

    __bool__ = __eq__ = __hash__ = __str__ = __repr__ = _whole


def _is_markup(template: str | None) -> bool:
    return not (template or "").endswith(_NOT_MARKUP)


def _is_constant(value: object) -> bool:
    """Return whether a value, or all that a module offers, is the same for all pages."""
    if isinstance(value, TemplateModule):
        return all(isinstance(own, _CONSTANT) for name, own in vars(value).items() if name[0] != "_")
    return isinstance(value, _CONSTANT)


class _Loader(jinja2.FileSystemLoader):
    """Loads templates, and says what is wrong with a file that cannot be one."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """Return a template's source and file; TemplateError where there is something by its name that is no text."""
        path = f"templates/{template}"
        for folder in self.searchpath:
            file = Path(folder, *jinja2.loaders.split_template_path(template))
            if os.path.lexists(file) and not file.is_file():
                raise _error(path, None, "is not a file", "put a template there, or take it away")
        try:
            source = super().get_source(environment, template)
            if ROOT in source[0]:
                line = source[0].count("\n", 0, source[0].index(ROOT)) + 1
                raise _error(path, line, "holds the control character NUL", "delete it")
            return source
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise _error(path, line, "is not UTF-8 text", "save it as UTF-8") from error
        except OSError as error:
            if isinstance(error, jinja2.TemplateNotFound):
                raise
            raise _error(path, None, f"cannot be read: {error.strerror}", "check its permissions") from error

    def list_templates(self) -> list[str]:
        """Return the names of all templates, those in linked folders among them."""
        return sorted({file.name for folder in self.searchpath for file in sources.tree(Path(folder)).files})


def _error(path: str, line: int | None, message: str, remedy: str) -> TemplateError:
    return TemplateError.at(path, message, remedy, line=line)


class _RootAsText(jinja2.ext.Extension):
    """Makes ``{{ root }}`` part of the text: it begins every link, and is always ROOT."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return source.replace("{{ root }}", ROOT)


class _Bytecode(jinja2.BytecodeCache):
    """Keeps compiled templates; Jinja refuses those of another source."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return _key("code", name, filename or "")

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        if (body := self._cache.get(_KIND, bucket.key)) is not None:
            bucket.bytecode_from_string(bytes(body))

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self._cache.put(_KIND, bucket.key, bucket.bytecode_to_string())


def _digest(*texts: str) -> bytes:
    return blake2b("\0".join(texts).encode("utf-8", "surrogateescape"), digest_size=16).digest()


# What makes outlines and code of templates.
_MAKERS = [Path(maker).read_text("utf-8") for maker in (__file__, codegen.__file__)]
_PROGRAM = _digest(jinja2.__version__, *_MAKERS).hex()


def _key(*texts: str) -> str:
    return _digest(_PROGRAM, *texts).hex()
