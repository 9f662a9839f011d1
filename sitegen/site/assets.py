"""Static files: style sheet, scripts, fonts and icons, named by what they hold so that none is ever stale."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen import sources
from sitegen.errors import ContentError
from sitegen.site.contexts import StaticFile

# Files in this folder are published at the site's root under their own names: CNAME, robots.txt, .well-known/.
_ROOT = "root/"

_STYLE = "site.css"  # the style sheet of every page
_FIRST_SCRIPT = "first.js"  # the script that loads the others

# Browsers and crawlers look for these under their own names.
_KEPT = frozenset(
    {"favicon.svg", "favicon.ico", "apple-touch-icon.png", "icon-192.png", "icon-512.png", ".nojekyll"}
)
_URL = re.compile(r"""url\((["']?)(?!data:|https?:|/|#)([^)"']+)\1\)""")
# The sources of search.js, reader.js and the other joined scripts: `make scripts` makes these of them.
_SOURCES = frozenset(
    [f"search/{name}.js" for name in ("words", "query", "reader", "engine", "finder", "marks", "box", "page")]
    + [f"reader/{name}.js" for name in ("storage", "papers", "keys", "follow")]
    + [
        f"reader/{name}.js"
        for name in ("formats", "share", "qr", "list", "unpack", "days", "catchup", "following")
    ]
    + [f"reader/{name}.js" for name in ("offline", "worker", "no-worker")]
)
# Where browsers keep the site for use offline, reader.js ends with this script.
_OFFLINE_SCRIPT = "offline.js"
_WORKERS = {True: "worker.js", False: "no-worker.js"}  # service workers, by that setting


class Assets(msgspec.Struct, frozen=True, kw_only=True):
    """The static files of a site: ``names`` maps a file's name to its URL, ``files`` a URL to its bytes."""

    names: Mapping[str, str]
    files: Mapping[str, StaticFile]
    as_they_are: frozenset[
        str
    ]  # URLs of the files in static/root/: those that their owner wants at the site's root
    worker: str  # script of the service worker


def collect(folders: Sequence[Path], rules: str = "", *, offline: bool = False) -> Assets:
    """Read the static files of several folders; a file of an earlier folder wins over its namesake in a later one.

    ``rules`` are CSS, added at the end of the style sheet. ``offline`` says whether browsers keep pages of the site.
    """
    found: dict[str, bytes] = {}
    as_they_are: dict[str, bytes] = {}
    for folder in folders:
        for name, path in sorted(sources.tree(folder).files):
            if url := root_url(name):
                as_they_are.setdefault(url, _read(path))
            elif name not in found and not _is_hidden(name) and name not in ("README.md", *_SOURCES):
                found[name] = _read(path)
    found.setdefault(".nojekyll", b"")
    workers = {name: found.pop(name, b"") for name in _WORKERS.values()}
    offline_script = found.pop(_OFFLINE_SCRIPT, b"")
    if offline and "reader.js" in found:
        found["reader.js"] += offline_script
    names = {name: _hashed(name, data) for name, data in found.items() if not _asks(name)}
    # The own name of such a file depends on the names of the fonts, pictures and scripts that it asks for.
    for name in sorted(set(found) - set(names)):
        folder = next(folder for folder in folders if (folder / name).is_file())
        text = _text(folder / name, found[name]) + (rules if name == _STYLE else "")
        found[name] = _with_hashed_urls(name, text, names)
        names[name] = _hashed(name, found[name])
    files = {names[name]: found[name] for name in sorted(found)} | as_they_are
    return Assets(
        names=dict(sorted(names.items())),
        files={url: StaticFile(data=data) for url, data in files.items()},
        as_they_are=frozenset(as_they_are),
        worker=workers[_WORKERS[offline]].decode(),
    )


def _asks(name: str) -> bool:
    """Return whether a file asks for others by ``url("…")``, in which their names are replaced by their addresses."""
    return name.endswith(".css") or name == _FIRST_SCRIPT


def _text(path: Path, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContentError.at(path, "is not UTF-8 text", "save it as UTF-8", line=line) from error


def root_url(name: str) -> str:
    """Return where a static file is published under its own name; "" if it gets a name made from its bytes."""
    return name.removeprefix(_ROOT) if name.startswith(_ROOT) else ""


def root_files(folders: Sequence[Path]) -> frozenset[str]:
    """Return the URLs of all files in ``static/root/``."""
    return frozenset(
        url for folder in folders for file in sources.tree(folder).files if (url := root_url(file.name))
    )


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise sources.error_at(path, error) from error


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/")) and name != ".nojekyll"


def _hashed(name: str, data: bytes) -> str:
    if name in _KEPT:
        return name
    stem, dot, suffix = name.rpartition(".")
    digest = blake2b(data, digest_size=4).hexdigest()
    return f"static/{stem}.{digest}.{suffix}" if dot else f"static/{name}.{digest}"


def _with_hashed_urls(name: str, text: str, names: Mapping[str, str]) -> bytes:
    folder = name.rpartition("/")[0]
    depth = f"static/{name}".count("/")

    def replaced(match: re.Match[str]) -> str:
        target = f"{folder}/{match[2]}" if folder else match[2]
        return f'url("{"../" * depth}{names[target]}")' if target in names else match[0]

    return _URL.sub(replaced, text).encode()
