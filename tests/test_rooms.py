"""The walls between the rooms: who may import whom, who may print, how long a module may get."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "sitegen"
LONGEST = 400

# A module imports only from rooms above its own, or from its own. A folder is one room; a few modules that
# serve several rooms (errors, sources, resources) are rooms of their own.
ROOMS = (
    "errors",
    "sources",
    "disk",
    "models",
    "resources",
    "incremental",
    "text",
    "search",
    "config",
    "feeds",
    "library",
    "front_matter",
    "content",
    "exports",
    "site",
    "render",
    "publish",
    "build",
    "authors",
    "fetch",
    "check",
    "preview",
    "scaffold",
    "options",
    "progress",
    "cli",
)

SOLE_IMPORTERS = {
    "feedparser": "feeds/entries.py",
    "jinja2": "render/codegen.py, render/templates.py",
    "markdown": "content.py",
    "nh3": "content.py",
    "math_core": "text/math.py",
    "pylatexenc": "text/commands.py",
    "httpx": "fetch/client.py",
    "asyncio": "fetch/client.py, preview/server.py",  # for deadlines
    "numpy": "library/vectors.py, library/topic_choice.py, library/embedding.py, search/inverted.py",
    "openTSNE": "library/embedding.py",
    "sklearn": "library/embedding.py",
    "livereload": "preview/server.py",
    "tornado": "preview/server.py",  # which livereload is made of
    "socket": "preview/server.py",  # to see whether a port is free before building for it
}
NETWORK = {"ssl", "http", "urllib.request", "requests", "ftplib", "smtplib"}

MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
# `python -m sitegen` and the package's own docstring stand outside of the order.
INHABITED = [module for module in MODULES if module not in ("__init__.py", "__main__.py")]


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text("utf-8"), module)


def room(module: str) -> str:
    return module.split("/")[0].removesuffix(".py")


def imports(module: str) -> Iterator[str]:
    """Yield the full name of everything that a module imports, wherever in it the import stands."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}:{node.lineno}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def prints(module: str) -> list[int]:
    """Return the lines on which a module prints or reaches for the standard streams."""
    return [
        node.lineno
        for node in ast.walk(tree(module))
        if (isinstance(node, ast.Name) and node.id == "print")
        or (
            isinstance(node, ast.Attribute)
            and node.attr in ("stdout", "stderr")
            and isinstance(node.value, ast.Name)
            and node.value.id == "sys"
        )
    ]


def test_every_module_stands_in_a_room() -> None:
    assert {room(module) for module in INHABITED} <= set(ROOMS)


@pytest.mark.parametrize("module", INHABITED)
def test_imports_point_upwards(module: str) -> None:
    own = room(module)
    allowed = set(ROOMS[: ROOMS.index(own) + 1]) | {"__version__"}
    used = {name.split(".")[1] for name in imports(module) if name.startswith("sitegen.")}
    assert used <= allowed, f"{module} imports from rooms below its own: {sorted(used - allowed)}"


@pytest.mark.parametrize("module", MODULES)
def test_a_library_has_one_importer(module: str) -> None:
    for name in imports(module):
        for library, importer in SOLE_IMPORTERS.items():
            assert not is_of(name, library) or module in importer.split(", "), f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES)
def test_nothing_reaches_for_the_network(module: str) -> None:
    reached = [name for name in imports(module) if any(is_of(name, library) for library in NETWORK)]
    assert not reached, f"{module} imports {reached}"


@pytest.mark.parametrize("module", [module for module in MODULES if module not in ("cli.py", "progress.py")])
def test_only_the_command_line_prints(module: str) -> None:
    # A module that a person runs by itself (python -m sitegen.site.reference) writes its result.
    allowed = main_guard(module)
    assert [line for line in prints(module) if line not in allowed] == []


def main_guard(module: str) -> range:
    for node in tree(module).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'":
            return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return range(0)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_short(module: str) -> None:
    # contexts.py is a table: what each template is given, a line for each field.
    longest = 700 if module == "site/contexts.py" else LONGEST
    assert len((PACKAGE / module).read_text("utf-8").splitlines()) <= longest


def test_the_map_names_every_room() -> None:
    text = (PROJECT / "ARCHITECTURE.md").read_text("utf-8")
    names = {f"{room(module)}/" if "/" in module else module for module in INHABITED}
    assert [name for name in sorted(names) if name not in text] == []
