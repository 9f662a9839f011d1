"""``templates/README.md``, made from the classes of contexts.py: ``python -m sitegen.site.reference``."""

from __future__ import annotations

import re
import types
from datetime import datetime
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from sitegen.site import contexts
from sitegen.site.contexts import Context, HtmlPage, Site, StaticFile

_INTRODUCTION = """\
<!-- Made by `make docs` from sitegen/site/contexts.py; edit that instead. -->

# What templates are given

The look of a site is in this folder and in `static/`, and nowhere else. Templates are
[Jinja](https://jinja.palletsprojects.com/templates/). To change one, put a file of the same name into
`templates/` beside your `content/` folder: yours wins over the built-in one. The same holds for `static/`.

Every template knows:

| name | what it is |
|---|---|
| `page` | the page at hand: one of the classes below |
| `site` | the site: [Site](#site) |
| `root` | the way from this page to the site's root, for every URL of the site: `{{ root }}{{ link.url }}` |
| `asset(name)` | URL of a file in `static/`, whose name holds a digest: `{{ asset('site.css') }}` |
| `entry(paper)` | a paper of a list, rendered by `_entry.html` once for all the lists that it stands on |
| <code>value&#124;json</code> | a value as JSON, for files that are JSON |

Fields whose name ends in `_html` are markup that is safe already: write `{{ page.abstract_html|safe }}`.
Everything else is plain text, which Jinja escapes; `|safe` after it would let a stranger's text be markup.
URLs are relative to the site's root unless said otherwise. What is not in a table below does not exist:
asking for it stops the build.
"""
_TEMPLATE = re.compile(r"``([^`]+)``: ")
_NAMES = {
    str: "text",
    int: "number",
    bool: "yes or no",
    bytes: "bytes",
    datetime: "moment",
    type(None): "nothing",
}


def markdown() -> str:
    """Return the reference of all templates as Markdown."""
    pages: list[type[Context]] = [HtmlPage]
    files: list[type[Context]] = []
    parts: list[type[Context]] = [Site]
    for offered in context_classes():
        if offered not in (HtmlPage, Site):
            kind = pages if issubclass(offered, HtmlPage) else files if template_of(offered) else parts
            kind.append(offered)
    text = [_INTRODUCTION]
    for title, classes in (("Pages", pages), ("Files for machines", files), ("What they are made of", parts)):
        text += [f"\n## {title}\n", *map(_section, classes)]
    return "".join(text)


def context_classes() -> tuple[type[Context], ...]:
    """Return every class that a template may meet, in the order in which they are defined."""
    return tuple(
        value
        for value in vars(contexts).values()
        if isinstance(value, type) and issubclass(value, Context) and value not in (Context, StaticFile)
    )


def template_of(offered: type[Context]) -> str:
    """Return the template that a class is made for, which its docstring begins with; "" for a part."""
    match = _TEMPLATE.match(offered.__doc__ or "")
    return match[1] if match else ""


def _section(offered: type[Context]) -> str:
    template = template_of(offered)
    says = _TEMPLATE.sub("", offered.__doc__ or "").strip().replace("``", "`")
    text = f"\n### {offered.__name__}\n\n" + (f"`{template}`: {says}\n" if template else f"{says}\n")
    fields = own_fields(offered)
    if issubclass(offered, HtmlPage) and offered is not HtmlPage:
        text += f"\nWhat every [HtmlPage](#htmlpage) has{', and' if fields else '.'}\n"
    if fields:
        rows = (f"| `{name}` | {_type(kind)} | {meaning} |\n" for name, (kind, meaning) in fields.items())
        text += "\n| field | type | what it is |\n|---|---|---|\n" + "".join(rows)
    return text


def own_fields(offered: type[Context]) -> dict[str, tuple[Any, str]]:
    """Return the type and the documentation of every field that a class adds to its base."""
    hints = get_type_hints(offered, include_extras=True)
    fields = {}
    for name in offered.__annotations__:
        hint = hints[name]
        if get_origin(hint) is not Annotated:
            raise TypeError(f"{offered.__name__}.{name} says not what it is")
        kind, meaning = get_args(hint)
        fields[name] = kind, meaning
    return fields


def _type(kind: Any) -> str:
    if kind in _NAMES:
        return _NAMES[kind]
    if isinstance(kind, type) and issubclass(kind, Context):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(map(_type, inner))
    if origin is tuple and inner[-1] is Ellipsis:
        return f"list of {_type(inner[0])}"
    if origin is tuple:
        return f"({', '.join(map(_type, inner))})"
    if origin is dict:
        return "mapping"
    raise TypeError(f"templates/README.md has no word for {kind}")


if __name__ == "__main__":
    print(markdown(), end="")
