"""The quick way of rendering gives what Jinja gives, on the built-in templates and on what owners may write."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import pytest
from conftest import GOLDEN
from test_template_contract import FILES, MIXTURES, OFFERED, TEMPLATES, renderer_of, sample

from sitegen.build import build
from sitegen.errors import TemplateError
from sitegen.incremental.cache import Cache
from sitegen.render.renderer import Renderer
from sitegen.site import contexts
from sitegen.site.contexts import Context, Site

SITE: Site = sample(Site, lambda: True)


def renderers(*folders: Path, cache: Path, reports: list[str]) -> tuple[Renderer, Renderer]:
    """Return a renderer that takes the quick way where it can, with its reports, and one that never does."""
    quick = renderer_of(*folders, site=SITE, cache=Cache(cache), report=reports.append)
    jinja = renderer_of(*folders, site=SITE, cache=Cache(cache))
    jinja._templates._left_to_jinja.update(FILES)
    return quick, jinja


def samples(template: str) -> Iterable[Context]:
    for seed in range(MIXTURES):
        chance = random.Random(seed)
        yield sample(OFFERED[template], lambda: chance.random() < 0.7)  # noqa: B023 - called in this round alone


# ruff: noqa: E501 - a template stands on a line

# --- built-in templates -------------------------------------------------------------------------------------------

# Added to the layout outside of its blocks; and whether the quick way can still be taken.
IN_LAYOUT = {
    "": True,
    "<p>{{ page.section }}{{ page.tops_section }}</p>": True,
    "{% include 'robots.html' %}": True,
    "{% set n = 'x' %}{{ n }}{% for link in site.navigation %}{{ loop.index }}{% endfor %}": True,
    "<p>{{ page.title }}</p>": False,
    "{% if page.crumbs is defined %}x{% endif %}": False,
    "{% include 'title.html' %}": False,
    "{{ page }}": False,
    "{{ page['title'] }}": False,
    "{% if page %}x{% endif %}": False,
    "{{ page == 1 }}": False,
    "{{ page|pprint }}": False,
    "{{ page.__class__.__name__ }}": False,
}


@pytest.mark.parametrize("owner", IN_LAYOUT)
def test_built_in_templates_take_the_quick_way(tmp_path: Path, owner: str) -> None:
    layout = (TEMPLATES / "base.html").read_text().replace("<body>", f"<body>{owner}")
    (tmp_path / "base.html").write_text(layout)
    (tmp_path / "robots.html").write_text("<p>{{ site.title }}</p>")
    (tmp_path / "title.html").write_text("<p>{{ page.title }}</p>")
    reports: list[str] = []
    quick, jinja = renderers(tmp_path, TEMPLATES, cache=tmp_path / "cache", reports=reports)
    for name in OFFERED:
        for page in samples(name):
            assert quick.render("x/y/", name, page).data == jinja.render("x/y/", name, page).data
    in_layout = {name for name in OFFERED if "extends" in (TEMPLATES / name).read_text()}
    slow = {report.split(":")[0].removeprefix("templates/") for report in reports}
    assert slow == (set() if IN_LAYOUT[owner] else in_layout)
    assert len(reports) == len(slow)


# --- templates of owners ------------------------------------------------------------------------------------------

SHARED = {
    "base.html": """<title>{% block head %}{{ page.title }}{% endblock %}</title>
{% block content %}{{ page.description }}{% block within %}within{% endblock %}{% endblock %}
""",
    "middle.html": '{% extends "base.html" %}{% block head %}{{ super() }}{{ page.title }}{% endblock %}',
    "parts.html": """{% macro bold(text, mark="!") %}<b>{{ text }}{{ mark }}</b>{% endmacro %}
{% macro all() %}{{ varargs|join(",") }}{{ kwargs|length }}{% endmacro %}
{% macro around(text) %}<i>{{ caller(text) }}</i>{% endmacro %}
{% macro crumbs(page) %}{% for link in page.crumbs %}{{ asset(link.url) }}{{ link.label }}{% endfor %}{% endmacro %}
{% set note %}<u>&</u>{% endset %}
""",
    "part.html": "{% set n = page.title %}{{ n }}{{ asset('<') }}",
    "site.html": "{{ site.title }}",
    "plain.txt": "{% macro bold(text) %}<b>{{ text }}</b>{% endmacro %}",
    "escaping.html": "{% macro bold(text) %}{% autoescape false %}<b>{{ text }}</b>{% endautoescape %}{% endmacro %}",
    "counter.html": "{% set count = namespace(n=0) %}",
    "scoped.html": "{% for n in [1, 2] %}{% block a scoped %}{{ n }}{% endblock %}{% endfor %}",
    "required.html": "{% block a required %}{% endblock %}",
    "upper.html": "{% filter upper %}{% block a %}{{ page.title }}{% endblock %}{% endfilter %}",
    "twice.html": "{% block a %}{{ page.title }}{% endblock %}{{ self.a() }}{% if self['a']() == 'x' %}x{% endif %}",
    "section.html": "{% if page.section == 's0' %}<b>{% block a %}{{ page.title }}{% endblock %}</b>{% endif %}",
    "title.html": "{% if page.title == '<' %}<b>{% block a %}{{ page.title }}{% endblock %}</b>{% endif %}",
    "repeated.html": "{% for n in [1, 2] %}{% block a %}{{ page.title }}{% endblock %}{% endfor %}",
}
# The block ``content`` of a page. Where the name ends with *, Jinja's own way has to be taken.
CONTENT = {
    "names": """{% set n = 1 %}{% set s = namespace(n="<") %}{% for link in page.crumbs %}{% set n = link.label %}
        {% set s.n = n %}{{ n }}{% endfor %}{{ n }}{{ s.n }}
        {% with page = page.crumbs %}{{ page|length }}{% endwith %}""",
    "other blocks*": "{{ self.head()|upper }}{{ self.within() }}",
    "a block of the layout": "{{ super() }}{{ super.super is defined }}",
    "blocks in loops": "{% for link in page.crumbs %}{% block a scoped %}{{ link.label }}{% endblock %}{% endfor %}",
    "blocks in filters": "{% filter upper %}{% block a %}{{ page.title }}{% endblock %}{% endfilter %}",
    "macros": """{{ parts.bold(page.title) }}{{ parts.bold("<", "&") }}{{ parts.bold(text=page.title, mark=1) ~ "<" }}
        {{ parts.all(1, "<", a=2) }}{{ parts.crumbs(page) }}{{ parts.note }}{{ parts.bold.arguments }}
        {% call(text) parts.around("<") %}{{ text }}{{ page.title }}{% endcall %}""",
    "a macro given too much (a mistake)*": "{{ parts.bold(1, 2, 3) }}",
    "a macro given too little (a mistake)*": "{{ parts.bold() }}",
    "macros of its own": """{% macro it(a) %}{{ a }}{{ page.title }}{% endmacro %}{{ it("<") }}
        {% import "parts.html" as others %}{{ others.bold(it(1)) }}
        {% from "parts.html" import bold %}{{ bold(2) }}""",
    "other files": """{% include "part.html" %}{% from "parts.html" import bold as b with context %}
        {{ b(page.title) }}
        {% for link in page.crumbs %}{% include "part.html" %}{% endfor %}""",
    "a file without context": "a{% include 'site.html' without context %}b",
    "a file that may be missing": "{% include 'missing.html' ignore missing %}",
    "the first of some files": "{% include ['missing.html', 'part.html'] %}",
    "a file by its name*": "{% include 'part' ~ '.html' %}",
    "loops": """{% for link in page.crumbs recursive %}{{ loop.index }}{{ link.url }}{{ loop.cycle("<", ">") }}
        {% else %}none{% endfor %}{% for a in range(3) if a %}{{ a }}{{ a / 2 }}{{ a == 1 }}{% endfor %}
        {{ loop is defined }}""",
    "neighbours in loops": """{% for link in page.crumbs %}{{ loop.changed(link.url) }}{% if not loop.first %}
        {{ loop.previtem.label }}{% endif %}{{ loop.last }}{{ loop.length }}{% endfor %}""",
    "loops in loops": """{% for a in page.crumbs %}{% set outer = loop %}{% for b in [1, "<"] %}
        {{ outer.index }}{{ loop.revindex }}{{ a.label }}{{ b }}{% endfor %}{% endfor %}""",
    "markup": """{{ "<b>"|safe }}{{ ("<"|safe) ~ page.title }}{{ 1|safe }}{{ none }}{{ "<"|safe|upper }}{{ 1.5 }}
        {% filter safe %}<{{ page.title }}{% endfilter %}{% filter upper %}{{ "<a" }}{% endfilter %}
        {{ "<"|escape }}{{ "<"|e|forceescape }}{{ page.title|striptags }}{{ true }}{{ [page.title] }}""",
    "no escape*": "{% autoescape false %}{{ '<' }}{{ parts.bold('<') ~ '<' }}{% endautoescape %}",
    "no escape by the page*": "{% autoescape page.crumbs %}{{ page.title|safe }}{{ parts.bold('<') }}{% endautoescape %}",
    "macros of text*": "{% from 'plain.txt' import bold %}{{ bold('<') }}{{ bold(page.title) ~ '<' }}",
    "macros without escape*": "{% from 'escaping.html' import bold %}{{ bold('<') }}",
    "what is undefined": """{{ nothing is defined }}{{ nothing|default("<") }}{% if page.crumbs %}{% set n = 1 %}
        {% endif %}{{ n|default(2) }}{{ 'x' if page.crumbs }}""",
    "an attribute that is undefined*": "{{ page.nothing is defined }}{{ parts.nothing is defined }}",
    "a mistake*": "{{ nothing.at_all }}",
    "an undefined name (a mistake)*": "{{ nothing }}",
    "a mistake on some pages*": "{% if page.crumbs|length > 1 %}{{ page.nothing }}{% endif %}",
    "an unknown filter (a mistake)*": "{{ page.title|nothing }}",
    "an unknown file (a mistake)*": "{% include 'nothing.html' %}",
    "a division by zero (a mistake)*": "{{ 1 / page.crumbs|length }}",
    "items by attributes*": "{{ {'a': '<'}.a }}",
    "items": "{{ {'a': '<'}['a'] }}{{ page['title'] }}{{ page.title[0] }}{{ page.title[:1] }}{{ page.crumbs|map('upper')|list }}",
    "attributes of all": "{{ page.crumbs|map(attribute='label')|join(', ') }}{{ page|attr('title') }}",
    "tests": "{{ page is mapping }}{{ page is string }}{{ page.title is string }}{{ 1 is odd }}{{ page is iterable }}",
    "methods": "{{ page.title.upper() }}{{ '{:>3}'.format(page.title) }}{{ '%s<'|format(page.title) }}{{ ['<'].pop() }}",
    "arguments": "{{ dict(a=1) }}{{ dict(**{'a': '<'}) }}{{ range(*[1, 3])|list }}{{ [2, 1]|sort(reverse=true) }}",
    "helpers of Jinja": """{% set c = cycler("<", ">") %}{{ c.next() }}{{ c.next() }}{% set j = joiner() %}
        {% for a in [1, 2] %}{{ j() }}{{ a }}{% endfor %}""",
    "other letters": "{% set ﬁ = 1 %}{{ ﬁ }}{{ {'ﬁ': 2}.ﬁ }}",
    "words of Python": "{{ {'class': 1}.class }}",
    "conditions": "{{ 1 if page.crumbs else '<' }}{{ page.crumbs and 'x' }}{{ not page.crumbs }}{{ 1 < 2 < 3 }}{{ 'a' in 'ab' }}",
    "raw text": "{% raw %}{{ page.title }}{% endraw %}{# {% include 'nothing.html' %} #}\\ ' \" {{ '{{' }}\n\n  x\n",
}
EXTENDS = '{% extends "base.html" %}{% import "parts.html" as parts %}'
OWNERS = {
    name: f"{EXTENDS}{{% block content %}}{body}{{% endblock %}}" for name, body in CONTENT.items()
} | {
    "names outside of blocks*": f"{EXTENDS}{{% set n = page.title %}}{{% block head %}}{{{{ n }}}}{{% endblock %}}",
    "constants outside of blocks": f"{EXTENDS}{{% set n = '<' %}}{{% block head %}}{{{{ n }}}}{{% endblock %}}",
    "the section outside of blocks": f"{EXTENDS}{{% set n = page.section %}}{{% block head %}}{{{{ n }}}}{{% endblock %}}",
    "a counter outside of blocks*": """{% extends "base.html" %}{% set c = namespace(n=0) %}
        {% block head %}{% set c.n = c.n + 1 %}{{ c.n }}{% endblock %}""",
    "a list outside of blocks*": """{% extends "base.html" %}{% set c = [] %}
        {% block head %}{{ c.append(1) }}{{ c }}{% endblock %}""",
    "a joiner outside of blocks*": '{% extends "base.html" %}{% set j = joiner() %}{% block head %}{{ j() }}x{% endblock %}',
    "a counter of another file*": """{% extends "base.html" %}{% import "counter.html" as c with context %}
        {% block head %}{% set d = c.count %}{% set d.n = d.n + 1 %}{{ c.count.n }}{% endblock %}""",
    "a macro outside of blocks": """{% extends "base.html" %}{% macro it(a) %}<{{ a }}>{% endmacro %}
        {% block head %}{{ it(page.title) }}{% endblock %}""",
    "a macro of the page outside of blocks*": """{% extends "base.html" %}{% macro it() %}{{ page.title }}{% endmacro %}
        {% block head %}{{ it() }}{% endblock %}""",
    "text before its layout": f"before {EXTENDS}{{% block head %}}head{{% endblock %}}",
    "a layout by the title*": "{% extends 'base.html' if page.title == 'ä' else 'part.html' %}",
    "a layout by the section*": "{% extends 'base.html' if page.section == 's0' else 'middle.html' %}",
    "a layout by a condition*": "{% if page.title == 'ä' %}{% extends 'base.html' %}{% endif %}{% block b %}b{% endblock %}",
    "a layout of a layout": '{% extends "middle.html" %}{% block within %}{{ super() }}{{ page.url }}{% endblock %}',
    "a layout without blocks*": '{% extends "part.html" %}{% block head %}x{% endblock %}',
    "a layout that is its own (a mistake)*": '{% extends "404.html" %}',
    "two layouts (a mistake)*": '{% extends "base.html" %}{% extends "middle.html" %}',
    "blocks without a layout": '{% import "parts.html" as p %}a{% block b %}{{ p.bold(page.title) }}{% endblock %}c',
    "no blocks": '{% import "parts.html" as p %}{% set n = page.title %}{{ n }}{{ p.bold(n) }}',
    "names on some pages": "{% if page.title == '<' %}{% set n = 1 %}{% endif %}{{ n|default('none') }}",
    "nothing but output": "{% for link in page.crumbs %}{{ link.label }}{% endfor %}{% include 'part.html' %}",
    "a layout within": "{% include 'middle.html' %}",
    "a mark of a block": '{% extends "base.html" %}{% block head %}\1{% endblock %}',
    "not a template (a mistake)*": "{% block %}",
    "nothing": "",
} | {
    f"a block that is {name.removesuffix('*')}{'*' if '*' in name else ''}": f'{{% extends "{file}" %}}{{% block {block} %}}x{{{{ page.url }}}}{{% endblock %}}'
    for name, file, block in [
        ("in a loop", "repeated.html", "a"),
        ("scoped*", "scoped.html", "a"),
        ("required*", "required.html", "a"),
        ("required and missing (a mistake)*", "required.html", "b"),
        ("in a filter*", "upper.html", "a"),
        ("shown twice*", "twice.html", "a"),
        ("shown in one section", "section.html", "a"),
        ("shown for one title*", "title.html", "a"),
    ]
}  # fmt: skip


@pytest.mark.parametrize("owner", OWNERS)
def test_a_template_of_an_owner_gives_what_jinja_gives(tmp_path: Path, owner: str) -> None:
    for name, source in (SHARED | {"404.html": OWNERS[owner]}).items():
        (tmp_path / name).write_text(source, "utf-8")
    reports: list[str] = []
    quick, jinja = renderers(tmp_path, cache=tmp_path / "cache", reports=reports)
    page = sample(contexts.NotFound, lambda: True)
    titles = ["<", "ä", "\N{CIRCLED DIGIT ONE}"]
    pages = [
        msgspec.structs.replace(page, title=title, crumbs=page.crumbs[:1] * number, section=f"s{number % 2}")
        for number, title in enumerate(titles)
    ]
    # One after the other, and once more: nothing of one page is there for the next.
    texts = [made(quick, page) for page in pages + pages]
    assert texts == [made(jinja, page) for page in pages + pages]
    assert any(isinstance(text, str) for text in texts) == ("mistake" in owner)
    assert len(reports) == owner.endswith("*")
    assert all(report.startswith("templates/404.html: ") for report in reports)


def made(renderer: Renderer, page: contexts.NotFound) -> bytes | str:
    try:
        return renderer.render("x/y/", "404.html", page).data
    except TemplateError as error:
        return str(error)


def test_text_with_a_layout_gives_what_jinja_gives(tmp_path: Path) -> None:
    (tmp_path / "layout.txt").write_text(
        "{% macro bold(text) %}<{{ text }}>{% endmacro %}{% block a %}{% endblock %}"
    )
    (tmp_path / "robots.txt").write_text(
        "{% extends 'layout.txt' %}{% macro it(a) %}{{ a }}{% endmacro %}{% block a %}{{ it('<') + '<' }}{% endblock %}"
    )
    reports: list[str] = []
    quick, jinja = renderers(tmp_path, cache=tmp_path / "cache", reports=reports)
    page = sample(OFFERED["robots.txt"], lambda: True)
    assert quick.render("robots.txt", "robots.txt", page).data == b"<<"
    assert jinja.render("robots.txt", "robots.txt", page).data == b"<<"
    assert len(reports) == 1


# --- what pages depend on -----------------------------------------------------------------------------------------

FOLDER = {
    "base.html": "a{% block head %}b{% endblock %}{% include 'around.html' %}c",
    "404.html": "{% extends 'base.html' %}{% block head %}{{ super() }}{% include 'part.html' %}{% endblock %}",
    "part.html": "{% import 'macros.html' as macros %}",
    "macros.html": "macros",
    "around.html": "around",
    "_entry.html": "{% include ['entry.html', 'missing.html'] %}",
    "entry.html": "entry",
    "other.html": "other",
    "robots.txt": "robots",
    "named.html": "{% include page.title %}",
}
# A file, what becomes of it, and which digests change by that: of blocks, of frames.
EDITS = [
    ("base.html", "A{% block head %}b{% endblock %}{% include 'around.html' %}c", False, True),
    ("base.html", "a{% block head %}B{% endblock %}{% include 'around.html' %}c", True, True),
    ("base.html", "a{% block head %}b{% endblock %}{% set n = 1 %}c", True, True),
    ("404.html", "{% extends 'base.html' %}{% block head %}{% endblock %}", True, False),
    ("part.html", "part", True, False),
    ("macros.html", "", True, False),
    ("around.html", "", True, False),
    ("_entry.html", "{% include 'entry.html' %}", True, False),
    ("entry.html", "", True, False),
    ("missing.html", "", True, False),
    ("other.html", "", False, False),
    ("macros.html", "{% not a template", True, False),
    ("macros.html", None, True, False),
]


def folder_of(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, source in files.items():
        (folder / name).write_text(source, "utf-8")
    return folder


def digests(folder: Path, template: str, cache: Path) -> tuple[bytes, bytes]:
    renderer = renderer_of(folder, site=SITE, cache=Cache(cache))
    return renderer.digests(template)


@pytest.mark.parametrize(("name", "source", "blocks", "frame"), EDITS)
def test_a_digest_changes_with_what_it_is_of(
    tmp_path: Path, name: str, source: str | None, blocks: bool, frame: bool
) -> None:
    folder, cache = folder_of(tmp_path / "templates", FOLDER), tmp_path / "cache"
    before = digests(folder, "404.html", cache)
    assert digests(folder, "404.html", cache) == before  # and once more from the cache
    (folder / name).unlink(missing_ok=True)
    if source is not None:
        folder_of(folder, {name: source})
    after = digests(folder, "404.html", cache)
    assert (after[0] != before[0], after[1] != before[1]) == (blocks, frame)


def test_only_a_template_with_a_layout_has_a_frame(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "templates", FOLDER)
    for template in FOLDER:
        assert bool(digests(folder, template, tmp_path / "cache")[1]) == (
            template in ("404.html", "base.html")
        )


def test_a_computed_name_may_be_any_template(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "templates", FOLDER)
    before = digests(folder, "named.html", tmp_path / "cache")
    folder_of(folder, {"other.html": "changed"})
    assert digests(folder, "named.html", tmp_path / "cache") != before


def test_digests_depend_on_what_all_templates_are_offered(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "templates", FOLDER)
    options = {
        "site": SITE,
        "assets": {"a": "static/a"},
        "base_path": "/",
        "cache": Cache(tmp_path / "cache"),
    }
    others = {
        "site": msgspec.structs.replace(SITE, title="other"),
        "assets": {"a": "static/b"},
        "base_path": "/b/",
    }
    for template, has_frame in (("404.html", True), ("robots.txt", False)):
        known = Renderer([folder], **options)
        for name, value in others.items():
            changed = Renderer([folder], **{**options, name: value})
            (blocks, frame), (known_blocks, known_frame) = changed.digests(template), known.digests(template)
            assert blocks != known_blocks
            assert (frame != known_frame) == has_frame


def test_a_page_gets_a_new_frame(tmp_path: Path) -> None:
    page = sample(contexts.NotFound, lambda: True)
    for section in ("x/", page.url):
        page = msgspec.structs.replace(page, section=section)
        for template in ("404.html", "base.html"):
            old = renderer_of(
                folder_of(tmp_path / "old", SHARED | FOLDER), site=SITE, cache=Cache(tmp_path / "cache")
            )
            stands = old.render("x/y/index.html", template, page)
            files = (
                SHARED
                | FOLDER
                | {"base.html": "{{ page.tops_section }}{% block head %}b{% endblock %}{{ root }}new"}
            )
            new = renderer_of(folder_of(tmp_path / "new", files), site=SITE, cache=Cache(tmp_path / "cache"))
            wanted = new.render("x/y/index.html", template, page)
            assert wanted.data.endswith(b"../../new")
            assert new.reframe("x/y/index.html", page.url, template, stands) == wanted


def test_a_build_names_slow_templates_if_asked(tmp_path: Path) -> None:
    content, output = tmp_path / "content", tmp_path / "output"
    shutil.copytree(GOLDEN / "content", content)
    (content.parent / "templates").mkdir()
    (content.parent / "templates" / "author.html").write_text(
        "{{ page['title'] }}{{ page.nothing is defined }}"
    )
    said = build(content, output, verbose=True).unconverted
    assert [problem.location.path for problem in said if "Jinja" in problem.message] == [
        "templates/author.html"
    ]
    assert b"False" in next((output / "authors").glob("ralf-m-haefner/index.html")).read_bytes()


# --- errors and the cache -----------------------------------------------------------------------------------------

# Files, and what is said of a page that they make.
ERRORS = [
    ({"404.html": "\n{{ page.titel }}"}, "templates/404.html:2: NotFound has no attribute 'titel' (while making x/y/)"),
    ({"404.html": "\n\n{{ nothing }}"}, "templates/404.html:3: 'nothing' is undefined (while making x/y/)"),
    ({"404.html": "\n{% if %}"}, "templates/404.html:2: Expected an expression, got 'end of statement block'"),
    ({"404.html": "\n{% include 'sub/a.html' %}", "sub/a.html": "\n\n{{ nothing }}"}, "templates/sub/a.html:3: 'nothing'"),
    ({"404.html": "\n{% include 'a.html' %}", "a.html": "\n{% endif %}"}, "templates/a.html:2: Encountered unknown tag"),
    ({"404.html": "\n{% extends 'bas.html' %}"}, "templates/404.html:2: asks for 'bas.html', and there is no such template"),
    ({"404.html": "{% include page.title %}"}, "templates/404.html:1: asks for 'text', and there is no such template"),
    ({"404.html": "{{ asset('nothing') }}"}, "templates/404.html:1: there is no file 'nothing' in static/"),
    ({"404.html": "\n{{ 1 / 0 }}"}, "templates/404.html:2: ZeroDivisionError: division by zero"),
    ({}, "templates/404.html: there is no such template"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "message"), ERRORS)
def test_an_error_names_its_place(tmp_path: Path, files: dict[str, str], message: str) -> None:
    page = contexts.NotFound(title="text", description="", url="404.html", section="", crumbs=(), feed_url="")
    (tmp_path / "templates" / "sub").mkdir(parents=True)
    folder = folder_of(tmp_path / "templates", files)
    for _ in range(2):  # the second time, from compiled templates
        renderer = Renderer([folder], site=SITE, assets={}, base_path="/", cache=Cache(tmp_path / "cache"))
        renderer.prepare(["404.html"])
        with pytest.raises(TemplateError) as caught:
            renderer.render("x/y/", "404.html", page)
        assert str(caught.value).startswith(message)


def test_an_error_in_an_entry_names_its_place(tmp_path: Path) -> None:
    files = {"notes.html": "{{ entry(page.notes[0].entry) }}", "_entry.html": "\n{{ entry.nothing }}"}
    renderer = renderer_of(
        folder_of(tmp_path / "templates", files), site=SITE, cache=Cache(tmp_path / "cache")
    )
    with pytest.raises(
        TemplateError, match=r"^templates/_entry\.html:2: .* \(while making the entry of text\)"
    ):
        renderer.render("x/y/", "notes.html", sample(OFFERED["notes.html"], lambda: True))


def test_the_cache_holds_only_what_is_used(tmp_path: Path) -> None:
    folder, kept = folder_of(tmp_path / "templates", SHARED), tmp_path / "cache" / "templates"
    page = sample(contexts.NotFound, lambda: True)
    for number in range(5):
        folder_of(folder, {"404.html": f"{EXTENDS}{{% block head %}}{number}{{% endblock %}}"})
        renderer = renderer_of(folder, site=SITE, cache=Cache(tmp_path / "cache"))
        renderer.prepare(["404.html"])
        assert f"<title>{number}</title>".encode() in renderer.render("x/", "404.html", page).data
        # An outline of each of three files, and their code.
        assert len(list(kept.iterdir())) == 6
    for name in SHARED:
        (folder / name).unlink()
    renderer_of(folder, site=SITE, cache=Cache(tmp_path / "cache")).prepare([])
    assert len(list(kept.iterdir())) == 2
