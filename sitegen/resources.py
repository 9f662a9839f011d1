"""Paths of the files that come with sitegen: in the installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

from sitegen.errors import SitegenError

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_data"  # pyproject.toml puts the files there when it builds a wheel


def templates_dir() -> Path:
    """Return the folder of the built-in templates."""
    return _folder("templates")


def static_dir() -> Path:
    """Return the folder of the built-in style sheet, script and icons."""
    return _folder("static")


def sample_feed() -> Path:
    """Return the feed that `sitegen new` copies into a site, whose owner may remove the copy."""
    return _PACKAGE / "sample.xml"


def workflow() -> Path:
    """Return the workflow that publishes a site on GitHub Pages."""
    folder = _INSTALLED / "workflows" if _INSTALLED.is_dir() else _PACKAGE.parent / ".github" / "workflows"
    return folder / "site.yml"


def _folder(name: str) -> Path:
    """Return a folder of the files; SitegenError if it is missing."""
    path = (_INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent) / name
    if not path.is_dir():
        raise SitegenError.at(path, "sitegen's own files are missing", "install sitegen again")
    return path
