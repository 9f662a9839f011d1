"""Static files: style sheet, script, fonts and icons, named by what they hold so that none is ever stale."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen import walk
from sitegen.errors import ContentError, readable
from sitegen.pages.contexts import StaticFile

# Browsers and crawlers look for these under their own names.
_KEPT = frozenset(
    {"favicon.svg", "favicon.ico", "apple-touch-icon.png", "icon-192.png", "icon-512.png", ".nojekyll"}
)
_CSS_URL = re.compile(r"""url\((["']?)(?!data:|https?:|/|#)([^)"']+)\1\)""")


class Assets(msgspec.Struct, frozen=True, kw_only=True):
    """The static files of a site: ``names`` maps a file's name to its URL, ``files`` a URL to its bytes."""

    names: Mapping[str, str]
    files: Mapping[str, StaticFile]


def collect(folders: Sequence[Path]) -> Assets:
    """Read the static files of several folders; a file of an earlier folder wins over its namesake in a later one."""
    found: dict[str, bytes] = {}
    for folder in folders:
        for path in walk.files(folder, ContentError):
            name = path.relative_to(folder).as_posix()
            if name not in found and not _is_hidden(name) and name != "README.md":
                found[name] = _data(path)
    found.setdefault(".nojekyll", b"")
    names = {name: _hashed(name, data) for name, data in found.items() if not name.endswith(".css")}
    # A style sheet's own name depends on the names of the fonts and pictures that it asks for.
    for name in sorted(set(found) - set(names)):
        folder = next(folder for folder in folders if (folder / name).is_file())
        found[name] = _with_hashed_urls(name, _text(folder / name, found[name]), names)
        names[name] = _hashed(name, found[name])
    return Assets(
        names=dict(sorted(names.items())),
        files={names[name]: StaticFile(data=found[name]) for name in sorted(found)},
    )


def _data(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        remedy = "see to its permissions, or take it out"
        raise ContentError.at(readable(path), f"cannot be read: {error.strerror}", remedy) from error


def _text(path: Path, css: bytes) -> str:
    try:
        return css.decode()
    except UnicodeDecodeError as error:
        line = css.count(b"\n", 0, error.start) + 1
        raise ContentError.at(path, "is not UTF-8 text", "save it as UTF-8", line=line) from error


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/")) and name != ".nojekyll"


def _hashed(name: str, data: bytes) -> str:
    if name in _KEPT:
        return name
    stem, dot, suffix = name.rpartition(".")
    digest = blake2b(data, digest_size=4).hexdigest()
    return f"static/{stem}.{digest}.{suffix}" if dot else f"static/{name}.{digest}"


def _with_hashed_urls(name: str, css: str, names: Mapping[str, str]) -> bytes:
    folder = name.rpartition("/")[0]
    depth = f"static/{name}".count("/")

    def replaced(match: re.Match[str]) -> str:
        target = f"{folder}/{match[2]}" if folder else match[2]
        return f'url("{"../" * depth}{names[target]}")' if target in names else match[0]

    return _CSS_URL.sub(replaced, css).encode()
