"""Templates and the classes of contexts.py agree: all that is asked for exists, all that exists is asked for.

Every template is rendered with made-up values: with everything there, with nothing there, and with mixtures,
so that each branch is taken. Field accesses are recorded on the way.
"""

from __future__ import annotations

import atexit
import functools
import random
import re
import shutil
import tempfile
import types
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import jinja2
import jinja2.nodes
import msgspec
import pytest

from sitegen.incremental.cache import Cache
from sitegen.render.renderer import Renderer
from sitegen.site import contexts, reference
from sitegen.site.contexts import Context, HtmlPage, PaperRecord, Site
from sitegen.site.reference import context_classes, own_fields, template_of

TEMPLATES = Path(__file__).parent.parent / "templates"
FILES = sorted(path.name for path in TEMPLATES.iterdir() if path.name != "README.md")
OFFERED = {template_of(offered): offered for offered in context_classes() if template_of(offered)}
MIXTURES = 12

Seen = set[tuple[str, str]]  # class and field

# What a value is made of: whether a text, a list, an optional value is there at all.
Present = Callable[[], bool]


@functools.cache
def recorder(offered: type[Context]) -> type[Context]:
    """Return a subclass that notes in ``seen`` which fields a template asks for."""

    def record(self: Any, name: str) -> Any:
        for owner in offered.__mro__:
            if name in getattr(owner, "__annotations__", ()) and issubclass(owner, Context):
                SEEN.add((owner.__name__, name))
        return msgspec.Struct.__getattribute__(self, name)

    return type(offered)(offered.__name__, (offered,), {"__getattribute__": record, "__module__": __name__})


SEEN: Seen = set()


def all_fields(offered: type[Context]) -> dict[str, Any]:
    classes = [
        owner for owner in reversed(offered.__mro__) if issubclass(owner, Context) and owner is not Context
    ]
    return {name: kind for owner in classes for name, (kind, _) in own_fields(owner).items()}


def sample(kind: Any, present: Present) -> Any:
    """Return a value of a type; ``present`` decides about everything that may be missing."""
    if isinstance(kind, type) and issubclass(kind, Context):
        return recorder(kind)(**{name: sample(field, present) for name, field in all_fields(kind).items()})
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple and inner[-1] is Ellipsis:
        return tuple(sample(inner[0], present) for _ in range(2)) if present() else ()
    if origin is tuple:
        return tuple(sample(part, present) for part in inner)
    if origin is dict:
        return {"name": "value"}
    if origin in (Union, types.UnionType):
        return sample(inner[0], present) if present() else None
    samples = {str: "text" if present() else "", int: 2 if present() else 0, bool: present(), bytes: b""}
    return samples[kind] if kind in samples else datetime(2026, 3, 7, tzinfo=UTC)


class Anything(dict[str, str]):
    """Stands for all static files."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"static/{name}"


def renderer_of(*folders: Path, site: Site, cache: Cache, report: Callable[[str], None] = str) -> Renderer:
    return Renderer(folders, site=site, assets=Anything(), base_path="/repo/", cache=cache, report=report)


@functools.cache
def compiled() -> Cache:
    """Return a folder in which compiled templates are kept as long as this process lives."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    return Cache(Path(folder))


def render(template: str, present: Present) -> Seen:
    """Render a template with made-up values and return which fields it asked for."""
    SEEN.clear()
    site = sample(Site, present)
    renderer = renderer_of(TEMPLATES, site=site, cache=compiled())
    renderer.render("a/index.html", template, sample(OFFERED[template], present))
    return set(SEEN)


@functools.cache
def asked_for(template: str) -> Seen:
    """Return every field that a template asks for in some mixture of values."""
    seen = render(template, lambda: True) | render(template, lambda: False)
    for seed in range(MIXTURES):
        chance = random.Random(seed)
        seen |= render(template, lambda: chance.random() < 0.7)  # noqa: B023 - called in this round alone
    return seen


def test_every_template_has_its_class() -> None:
    shared = {"base.html"} | {name for name in FILES if name.startswith("_")}
    assert set(FILES) - shared == set(OFFERED)


@pytest.mark.parametrize("template", sorted(OFFERED))
def test_a_template_asks_only_for_what_there_is(template: str) -> None:
    asked_for(template)  # which fails on an undefined name


@pytest.mark.parametrize("template", sorted(OFFERED))
def test_a_template_uses_all_that_it_is_given(template: str) -> None:
    offered = OFFERED[template]
    unused = {(offered.__name__, name) for name in own_fields(offered)} - asked_for(template)
    assert unused == set()


def test_every_part_is_used_by_some_template() -> None:
    used: Seen = set().union(*map(asked_for, OFFERED))
    parts = [part for part in context_classes() if not template_of(part) and part is not PaperRecord]
    assert HtmlPage in parts
    assert {(part.__name__, name) for part in parts for name in own_fields(part)} - used == set()


def test_it_would_find_a_field_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "404.html").write_text("{{ page.titel }}", "utf-8")
    (tmp_path / "_entry.html").touch()
    page = sample(contexts.NotFound, lambda: True)
    renderer = renderer_of(tmp_path, site=sample(Site, lambda: True), cache=Cache(tmp_path / "cache"))
    with pytest.raises(Exception, match="titel"):
        renderer.render("404.html", "404.html", page)


@pytest.mark.parametrize("template", FILES)
def test_only_markup_is_marked_safe(template: str) -> None:
    text = (TEMPLATES / template).read_text("utf-8")
    tree = jinja2.Environment(autoescape=True).parse(text)
    for node in tree.find_all(jinja2.nodes.Filter):
        if node.name in ("safe", "forceescape"):
            value = node.node
            name = value.attr if isinstance(value, jinja2.nodes.Getattr) else getattr(value, "name", "")
            assert name.endswith("_html"), f"{template}:{node.lineno}: {name}|safe"
    assert "autoescape" not in text
    assert "Markup" not in text


@pytest.mark.parametrize("template", [name for name in FILES if name.endswith(".html")])
def test_every_attribute_is_quoted(template: str) -> None:
    # Autoescape protects nothing in an attribute without quotation marks.
    text = re.sub(r"<script>.*?</script>", "", (TEMPLATES / template).read_text("utf-8"))
    text = re.sub(r'"[^"]*"', '""', text)
    assert re.findall(r'<[a-z][^<>]*\s[a-z-]+=[^"=][^<>]*>', text) == []


def test_the_reference_is_up_to_date() -> None:
    kept = (TEMPLATES / "README.md").read_text("utf-8")
    assert kept == reference.markdown(), "run `make docs`"
