"""Templates and the classes of contexts.py agree: all that is asked for exists, all that exists is asked for.

Every template is rendered with made-up values: with everything there, with nothing there, and with mixtures,
so that each branch is taken. Field accesses are recorded on the way.
"""

from __future__ import annotations

import atexit
import random
import re
import shutil
import tempfile
import types
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import jinja2
import jinja2.nodes
import msgspec
import pytest

from sitegen.errors import TemplateError
from sitegen.pages import contexts, reference
from sitegen.pages.contexts import Context, HtmlPage, PaperRecord, Site
from sitegen.pages.reference import context_classes, own_fields, template_of
from sitegen.render import Renderer

TEMPLATES = Path(__file__).parent.parent / "templates"
FILES = sorted(path.name for path in TEMPLATES.iterdir() if path.name != "README.md")
OFFERED = {template_of(offered): offered for offered in context_classes() if template_of(offered)}
MIXTURES = 12

Seen = set[tuple[str, str]]  # class and field

# What a value is made of: whether a text, a list, an optional value is there at all.
Present = Callable[[], bool]


@cache
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


@cache
def compiled() -> Path:
    """Return a folder in which compiled templates are kept as long as this process lives."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    return Path(folder)


def render(template: str, present: Present) -> Seen:
    """Render a template with made-up values and return which fields it asked for."""
    SEEN.clear()
    site = sample(Site, present)
    renderer = Renderer([TEMPLATES], site, Anything(), "/repo/", b"", compiled())
    renderer.render("a/index.html", template, sample(OFFERED[template], present))
    return set(SEEN)


@cache
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
    renderer = Renderer([tmp_path], sample(Site, lambda: True), Anything(), "/repo/", b"", tmp_path / "cache")
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


@pytest.mark.parametrize(
    "owner", ["", "<p>{{ page.title }}</p>", "{% if page.crumbs is defined %}x{% endif %}"]
)
def test_the_quick_way_and_jinja_give_the_same_page(tmp_path: Path, owner: str) -> None:
    """Whatever an owner's layout asks for around its blocks."""
    layout = (TEMPLATES / "base.html").read_text().replace("<body>", f"<body>{owner}")
    (tmp_path / "base.html").write_text(layout)
    site = sample(Site, lambda: True)
    folders, cache = [tmp_path, TEMPLATES], tmp_path / "cache"
    quick, jinja = (Renderer(folders, site, Anything(), "/repo/", b"", cache) for _ in range(2))
    jinja._templates._for_jinja = {*FILES}
    for name, offered in OFFERED.items():
        for seed in range(MIXTURES):
            chance = random.Random(seed)
            page = sample(offered, lambda: chance.random() < 0.7)  # noqa: B023 - called in this round alone
            assert quick.render("x/y/", name, page).data == jinja.render("x/y/", name, page).data
    assert not quick._templates._for_jinja  # no template of ours needs the slow way


LAYOUT = """<title>{% block head %}{{ page.title }}{% endblock %}</title>
{% block content %}{{ page.description }}{% block within %}within{% endblock %}{% endblock %}
"""
PARTS = """{% macro bold(text, mark="!") %}<b>{{ text }}{{ mark }}</b>{% endmacro %}
{% macro all() %}{{ varargs|join(",") }}{{ kwargs|length }}{% endmacro %}
{% macro around(text) %}<i>{{ caller(text) }}</i>{% endmacro %}
{% macro crumbs(page) %}{% for link in page.crumbs %}{{ asset(link.url) }}{{ link.label }}{% endfor %}{% endmacro %}
{% set note %}<u>&</u>{% endset %}
"""
# What owners may write besides.
IN_BLOCKS = {
    "names": """{% set n = 1 %}{% set s = namespace(n="<") %}{% for link in page.crumbs %}{% set n = link.label %}
        {% set s.n = n %}{{ n }}{% endfor %}{{ n }}{{ s.n }}
        {% with page = page.crumbs %}{{ page|length }}{% endwith %}""",
    "other blocks": "{{ self.head()|upper }}{{ super() }}{{ self.within() }}",
    "blocks in loops": "{% for link in page.crumbs %}{% block a scoped %}{{ link.label }}{% endblock %}{% endfor %}",
    "macros": """{{ parts.bold(page.title) }}{{ parts.bold("<", "&") }}{{ parts.bold(text=page.title, mark=1) ~ "<" }}
        {{ parts.all(1, "<", a=2) }}{{ parts.crumbs(page) }}{{ parts.note }}{{ parts.bold.arguments }}
        {% call(text) parts.around("<") %}{{ text }}{{ page.title }}{% endcall %}""",
    "a macro given too much": "{{ parts.bold(1, 2, 3) }}",
    "a macro given too little": "{{ parts.bold() }}",
    "macros of its own": """{% macro it(a) %}{{ a }}{{ page.title }}{% endmacro %}{{ it("<") }}
        {% import "parts.html" as others %}{{ others.bold(it(1)) }}
        {% from "parts.html" import bold %}{{ bold(2) }}""",
    "other files": """{% include "part.html" %}{% from "parts.html" import bold as b with context %}
        {{ b(page.title) }}
        {% for link in page.crumbs %}{% include "part.html" %}{% endfor %}""",
    "loops": """{% for link in page.crumbs recursive %}{{ loop.index }}{{ link.url }}{{ loop.cycle("<", ">") }}
        {% else %}none{% endfor %}{% for a in range(3) if a %}{{ a }}{{ a / 2 }}{{ a == 1 }}{% endfor %}
        {{ loop is defined }}""",
    "markup": """{{ "<b>"|safe }}{{ ("<"|safe) ~ page.title }}{{ 1|safe }}{{ none }}{{ "<"|safe|upper }}
        {% filter safe %}<{{ page.title }}{% endfilter %}{% filter upper %}{{ "<a" }}{% endfilter %}
        {% autoescape false %}{{ "<" }}{{ page.title|safe }}{{ parts.bold("<") ~ "<" }}{% endautoescape %}
        {% autoescape page.crumbs %}{{ page.title|safe }}{{ parts.bold("<") ~ "<" }}{% endautoescape %}""",
    "what is undefined": """{{ nothing is defined }}{{ nothing|default("<") }}{% if page.crumbs %}{% set n = 1 %}
        {% endif %}{{ n|default(2) }}""",
    "an attribute that is undefined": "{{ page.nothing is defined }}{{ parts.nothing is defined }}",
    "a mistake": "{{ nothing.at_all }}",
    "a mistake on some pages": "{% if page.crumbs|length > 1 %}{{ page.nothing }}{% endif %}",
}
EXTENDS = '{% extends "base.html" %}{% import "parts.html" as parts %}'
OWNERS = {
    name: f"{EXTENDS}{{% block content %}}{body}{{% endblock %}}" for name, body in IN_BLOCKS.items()
} | {
    "names outside of blocks": f"{EXTENDS}{{% set n = page.title %}}{{% block content %}}{{{{ n }}}}{{% endblock %}}",
    "text before its layout": f"before {EXTENDS}{{% block head %}}head{{% endblock %}}",
    "a layout by the title": "{% extends 'base.html' if page.title == 'ä' else 'part.html' %}",
    "a layout of a layout": '{% extends "middle.html" %}{% block within %}{{ super() }}{{ page.url }}{% endblock %}',
    "blocks without a layout": '{% import "parts.html" as p %}a{% block b %}{{ p.bold(page.title) }}{% endblock %}c',
    "no blocks": '{% import "parts.html" as p %}{% set n = page.title %}{{ n }}{{ p.bold(n) }}',
    "nothing but output": "{% for link in page.crumbs %}{{ link.label }}{% endfor %}{% include 'part.html' %}",
    "a layout within": "{% include 'middle.html' %}",
    "nothing": "",
}


@pytest.mark.parametrize("owner", OWNERS)
def test_the_quick_way_and_jinja_make_the_same_of_what_owners_write(tmp_path: Path, owner: str) -> None:
    files = {
        "base.html": LAYOUT,
        "middle.html": '{% extends "base.html" %}{% block head %}{{ super() }}{{ page.title }}{% endblock %}',
        "parts.html": PARTS,
        "part.html": "{% set n = page.title %}{{ n }}{{ asset('<') }}",
        "404.html": OWNERS[owner],
    }
    for name, source in files.items():
        (tmp_path / name).write_text(source, "utf-8")
    site = sample(Site, lambda: True)
    quick, jinja = (
        Renderer([tmp_path], site, Anything(), "/repo/", b"", tmp_path / "cache") for _ in range(2)
    )
    jinja._templates._for_jinja = {*files}
    page = sample(contexts.NotFound, lambda: True)
    pages = [
        msgspec.structs.replace(page, title=title, crumbs=page.crumbs[:1] * number)
        for number, title in enumerate(["<", "ä", "\N{CIRCLED DIGIT ONE}"])
    ]
    # One after the other, and once more: nothing of one page is there for the next.
    for each in pages + pages:
        assert made(quick, each) == made(jinja, each)
    assert bool(quick._templates._for_jinja) == ("mistake" in owner or owner in FOR_JINJA)


# Of the above, those without a mistake that the quick way is no way for.
FOR_JINJA = {
    "a macro given too much", "a macro given too little", "an attribute that is undefined",
    "text before its layout", "a layout within",
}  # fmt: skip


def made(renderer: Renderer, page: contexts.NotFound) -> bytes | str:
    try:
        return renderer.render("x/y/", "404.html", page).data
    except TemplateError as error:
        return str(error)
