"""Jinja templates, made ready twice: as Jinja does it, and a quicker way that does the same work.

Most of a page's time goes into what a general template engine has to reckon with and ours never meets: 40 values
a page that might be anything, called and escaped and looked up with care. The quick way leaves that out:

- Around its blocks, a layout (``base.html``) is the same for thousands of pages. That *frame* is rendered once
  for each section of the site; of a page only the blocks are rendered, and put into it.
- ``page.title`` is the attribute ``title``, a call is a call, and so on: see ``quick``.

Where that does not do, a template is left to Jinja: it decides what is right, and what is an error.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any, TypeVar, cast

import jinja2
import jinja2.ext
import jinja2.loaders
import jinja2.meta
from jinja2 import nodes

from sitegen import quick, sealed, sources
from sitegen.errors import TemplateError
from sitegen.quick import CUT
from sitegen.text import ROOT

# What a frame may know of its page: with more it would not be the same for many pages.
_KNOWN_TO_FRAMES = ("section", "tops_section")

# What a template includes. To parse all of them for that would take as long as to compile them.
_REFERENCE = re.compile(r"""\{%[-+]?\s*(?:extends|include|import|from)\s+(?:["']([^"']+)["'])?""")

_Kind = TypeVar("_Kind", bound=jinja2.Environment)


class Templates:
    """The templates of some folders, the first that has one of a name before the others."""

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        names: Mapping[str, Any],
        filters: Mapping[str, Callable[..., Any]],
        not_markup: tuple[str, ...],
        cache: Path,
    ) -> None:
        """Offer ``names`` and ``filters`` to all; markup is escaped but in files that end with ``not_markup``.

        What a template is compiled to is kept in ``cache``: to compile all takes 80 ms, a third of a small build.
        """
        self._loader = _Loader(folders, cache)
        self._plain = self._environment(jinja2.Environment, names, filters, not_markup)
        self._quick = self._environment(quick.Environment, names, filters, not_markup)
        self._sources: dict[str, str] = {}
        self._blocks: dict[str, str] = {}
        self._layouts: dict[str, jinja2.Template] = {}
        self._frames: dict[tuple[Any, ...], tuple[str, int]] = {}
        self._for_jinja: set[str] = set()  # templates that the quick way failed on

    def _environment(
        self,
        kind: type[_Kind],
        names: Mapping[str, Any],
        filters: Mapping[str, Callable[..., Any]],
        not_markup: tuple[str, ...],
    ) -> _Kind:
        environment = kind(
            loader=self._loader,
            autoescape=lambda name: not (name or "").endswith(not_markup),
            undefined=jinja2.StrictUndefined,
            extensions=[_RootAsText],
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        environment.globals |= names
        environment.filters |= filters
        return environment

    def render(self, name: str, values: Mapping[str, Any], making: str) -> tuple[str, str]:
        """Return the layout of a template and its blocks with a CUT between them, or "" and the whole text.

        TemplateError names file and line, and what was in the ``making``.
        """
        if name not in self._for_jinja:
            try:
                layout, blocks = self._quick.get_template(name).parts(values)
                if not layout and CUT not in blocks:  # nor is one included
                    return "", blocks
                page = values["page"]
                _, places = self._framed(layout, page.section, page.tops_section)
                if blocks.count(CUT) == places - 1:
                    return layout, blocks
            except Exception:  # whatever it is, Jinja itself has the last word
                self._for_jinja.add(name)
        try:
            return "", self._plain.get_template(name).render(values)
        except TemplateError:
            raise
        except Exception as error:  # a template is a program, and may end in any error there is
            raise self._mistake(error, name, making) from error

    def prepare(self, names: Iterable[str]) -> None:
        """Compile some templates, if they can be."""
        for name in names:
            with suppress(Exception):
                self._quick.get_template(name)

    def frame(self, layout: str, section: str, tops_section: bool) -> str:
        """Return what a layout has around its blocks, on the pages of a section, with a CUT for each of them."""
        try:
            return self._framed(layout, section, tops_section)[0]
        except TemplateError:
            raise
        except Exception as error:
            raise self._mistake(error, layout, "") from error

    def _framed(self, layout: str, section: str, tops_section: bool) -> tuple[str, int]:
        """Return a frame, and how many blocks it has a place for."""
        key = layout, section, tops_section
        if (known := self._frames.get(key)) is None:
            if (template := self._layouts.get(layout)) is None:
                template = self._layouts[layout] = self._loader.frame(self._quick, layout)
            page = SimpleNamespace(section=section, tops_section=tops_section)
            frame = template.render(page=page)
            known = self._frames[key] = frame, frame.count(CUT)
        return known

    def blocks(self, *names: str) -> Iterator[tuple[str, str]]:
        """Return what the ``closure`` does, but of each layout only its blocks, in a form of their own."""
        for name, source in self.closure(*names):
            yield name, self._blocks_of(name, source) or source

    def layouts(self, name: str) -> list[tuple[str, str]]:
        """Return the layouts that a template has, with their sources: one or none, but for those of an odd make."""
        return [(part, source) for part, source in self.closure(name) if self._blocks_of(part, source)]

    def _blocks_of(self, name: str, source: str) -> str:
        """Return the blocks of a layout; of what is none, nothing."""
        if "block" not in source:
            return ""
        if (known := self._blocks.get(name)) is None:
            place = self._loader.place("blocks", name, source)
            if (body := sealed.recall(place)) is not None:
                known = str(body, "utf-8")
            else:
                known = ""
                with suppress(Exception):  # it will be told when a page is made of it
                    tree = self._quick.parse(source, name)
                    if _is_layout(tree, self._quick):
                        known = repr([node for node in tree.body if isinstance(node, nodes.Block)])
                    sealed.keep(place, known.encode())
            self._blocks[name] = known
        return known

    def closure(self, *names: str) -> Iterator[tuple[str, str]]:
        """Return some templates with all that they include, in order: the name and the source of each."""
        sources: dict[str, str] = {}
        waiting = [(name, "", 0) for name in names]
        while waiting:
            name, asker, line = waiting.pop()
            if name not in sources:
                if name not in self._sources:
                    self._sources[name] = self._source(name, asker, line)
                source = sources[name] = self._sources[name]
                for found in _REFERENCE.finditer(source):
                    # A name that is worked out at run time may be any of them.
                    wanted = [found[1]] if found[1] else self._loader.list_templates()
                    line = source.count("\n", 0, found.start()) + 1
                    waiting += [(other, name, line) for other in wanted]
        yield from sorted(sources.items())

    def _source(self, name: str, asker: str, line: int) -> str:
        """Return the source of a template, for which another may have asked in some line."""
        try:
            return self._loader.get_source(self._plain, name)[0]
        except jinja2.TemplateNotFound as error:
            if not asker:
                raise self._mistake(error, name, "") from error
            message = f"asks for {name!r}, and there is no such template"
            raise _error(f"templates/{asker}", line, message, "add it, or mend the name") from error

    def _mistake(self, error: Exception, template: str, making: str) -> TemplateError:
        """Return what to tell of an error that the code of a template ended in."""
        name, line = self._loader.place_of(error) or (template, None)
        # StrictUndefined speaks of 'sitegen.pages.contexts.PaperPage object'.
        said = re.sub(r"'sitegen\.pages\.contexts\.(\w+) object'", r"\1", str(error))
        remedy = "templates/README.md lists what each template is given"
        if isinstance(error, jinja2.TemplateNotFound):
            name, line, said, remedy = (
                str(error.name),
                None,
                "there is no such template",
                "add it, or mend the name",
            )
        elif isinstance(error, jinja2.TemplateSyntaxError):
            name, line, remedy = error.name or template, error.lineno, "mend it there, or on a line before"
        elif isinstance(error, RecursionError):
            said, remedy = "it includes, extends or calls itself without end", "break the circle"
        elif not isinstance(error, jinja2.TemplateError | TypeError | AttributeError | ValueError):
            said = f"{type(error).__name__}: {said}"
        where = f" (while making {making})" if making else ""
        return _error(f"templates/{name}", line, f"{said}{where}", remedy)


def _error(path: str, line: int | None, message: str, remedy: str) -> TemplateError:
    error = TemplateError.at(path, message, remedy, line=line)
    assert isinstance(error, TemplateError)
    return error


class _RootAsText(jinja2.ext.Extension):
    """Makes ``{{ root }}`` part of the text: it stands before every link, and is never anything but ROOT."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return source.replace("{{ root }}", ROOT)


class _Loader(jinja2.FileSystemLoader):
    """Loads templates from files; for the quick environment, a layout becomes its name and its blocks, with cuts."""

    def __init__(self, folders: Sequence[Path], cache: Path) -> None:
        super().__init__([str(folder) for folder in folders], encoding="utf-8-sig")
        self._cache = cache
        # What makes the code: with another program, kept code is no good.
        self._makers = "".join(Path(maker).read_text("utf-8") for maker in (__file__, quick.__file__))

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """Return a template's source and file; TemplateError where there is something by its name that is no text."""
        for folder in self.searchpath:
            path = Path(folder, *jinja2.loaders.split_template_path(template))
            if path.is_file() or not os.path.lexists(path):
                continue
            raise _error(
                f"templates/{template}", None, "is not a file", "put a template there, or take it away"
            )
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise _error(f"templates/{template}", line, "is not UTF-8 text", "save it as UTF-8") from error
        except OSError as error:
            if isinstance(error, jinja2.TemplateNotFound):
                raise
            message = f"cannot be read: {error.strerror}"
            raise _error(f"templates/{template}", None, message, "see to its permissions") from error

    def place_of(self, error: Exception) -> tuple[str, int] | None:
        """Return the innermost template that an error came through, and its line; None if there is none."""
        found, trace = None, error.__traceback__
        while trace is not None:
            # jinja2 has made these the files and lines of templates.
            path = Path(trace.tb_frame.f_code.co_filename)
            for folder in self.searchpath:
                if path.is_relative_to(folder):
                    found = path.relative_to(folder).as_posix(), trace.tb_lineno
            trace = trace.tb_next
        return found

    def list_templates(self) -> list[str]:
        """Return the names of all templates, those in linked folders among them."""
        return sorted({file.name for folder in self.searchpath for file in sources.tree(Path(folder)).files})

    def load(
        self, environment: jinja2.Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> jinja2.Template:
        if not isinstance(environment, quick.Environment):
            return super().load(environment, name, globals)

        def alone(node: nodes.Node) -> Iterable[nodes.Node]:
            return (_text(CUT), node) if isinstance(node, nodes.Block) else ()

        return self._load(environment, name, _text(CUT + name), alone)

    def frame(self, environment: jinja2.Environment, name: str) -> jinja2.Template:
        """Return a layout with a cut in place of each block."""

        def around(node: nodes.Node) -> Iterable[nodes.Node]:
            return (_text(CUT) if isinstance(node, nodes.Block) else node,)

        return self._load(environment, name, _text(""), around)

    def _load(
        self,
        environment: jinja2.Environment,
        name: str,
        head: nodes.Node,
        reshape: Callable[[nodes.Node], Iterable[nodes.Node]],
    ) -> jinja2.Template:
        source, path, _ = self.get_source(environment, name)
        kept = self.place(reshape.__name__, name, path, source)
        if (body := sealed.recall(kept)) is not None:
            code = cast(CodeType, marshal.loads(body))  # noqa: S302 - our own, and whole
        else:
            tree = environment.parse(source, name, path)
            if _is_layout(tree, environment):
                tree.body = [head, *chain.from_iterable(map(reshape, tree.body))]
            quick.prepare(tree)
            tree.set_environment(environment)
            code = environment.compile(tree, name, path)
            sealed.keep(kept, marshal.dumps(code))
        return quick.template(environment, code)

    def place(self, *parts: str) -> Path:
        """Return where is kept what is made of a template."""
        made_of = "\0".join([self._makers, sys.version, jinja2.__version__, *parts])
        digest = blake2b(made_of.encode(), digest_size=16)
        return self._cache / f"{digest.hexdigest()}.code"


def _is_layout(tree: nodes.Template, environment: jinja2.Environment) -> bool:
    """Return whether a template has blocks, and asks no more around them than a frame may know."""
    around = nodes.Template([node for node in tree.body if not isinstance(node, nodes.Block)], lineno=1)
    around.set_environment(environment)
    # Another file could ask for anything, and a block within {% if %} is not always there.
    beyond = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport, nodes.Block)
    names = [node.name for node in around.find_all(nodes.Name)]
    asked = [
        node.attr
        for node in around.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "page"
    ]
    return (
        len(around.body) < len(tree.body)
        and not any(around.find_all(beyond))
        and "self" not in names
        and len(asked) == names.count("page")
        and set(asked) <= set(_KNOWN_TO_FRAMES)
        and jinja2.meta.find_undeclared_variables(around) <= {"page", *environment.globals}
    )


def _text(text: str) -> nodes.Node:
    return nodes.Output([nodes.TemplateData(text)])
