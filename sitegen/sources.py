"""Lists the files that a site is made from, for builds, the preview and the record of the last build.

Links to files and folders are followed. What cannot be read is an error and never counts as empty: a build would
otherwise delete the pages that were made from it.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sitegen.errors import Problem, SourceError, readable

# Names that begin with a dot are left out, except for these, which web hosts read.
_DOT_NAMES = frozenset({".nojekyll", ".well-known", ".htaccess", ".domains"})

# Files that editors, operating systems and downloads leave beside others.
_LEFT_BEHIND = re.compile(
    r"""
      .*~                                                       # backups of Emacs, gedit, nano, Kate
    | \#.*\#                                                    # Emacs, unsaved changes
    | ~\$.*                                                     # locks of office programs
    | .*\.(?:sw[k-px]|un~)                                      # Vim
    | .*___jb_(?:tmp|old)___                                    # JetBrains
    | .*\.(?:bak|backup|old|orig|rej|save|tmp|temp)             # copies of editors and of merges
    | .*\.(?:part|partial|crdownload|download)                  # downloads under way
    | (?:ehthumbs|thumbs)\.db | desktop\.ini | icon\r | __macosx  # Windows, macOS
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class File(NamedTuple):
    """A file of the sources: its path relative to the folder that was listed, with ``/``, and the path to open."""

    name: str
    path: str


class Tree(NamedTuple):
    """The contents of a folder and of all folders below it, in the order of names."""

    files: list[File]
    folders: list[str]  # the folder itself and all below it, by their real paths
    skipped: list[Problem]  # named pipes, sockets and devices: opening one might never return
    loops: list[Problem]  # links to folders that contain them


# Names of feed files end in one of these.
FEED_SUFFIXES = (".xml", ".xml.gz", ".atom", ".rss")
_FEED_LIKE = re.compile(r"\.(?:xml|atom|rss|gz|zip|json)\b", re.I)
# Where files belong that were put into the content folder itself.
_PLACES = dict.fromkeys((".md", ".markdown"), "put it into pages/ or notes/") | {
    **dict.fromkeys(FEED_SUFFIXES, "put it into feeds/"),
    ".toml": "settings are read from site.toml and people.toml alone",
}

Failed = Callable[[str, OSError], None]


def content_files(content: Path) -> tuple[Path, ...]:
    """Return the files that a content folder may have at its top."""
    return content / "site.toml", content / "people.toml", content / "map.csv"


def content_folders(content: Path) -> tuple[Path, ...]:
    """Return the folders that a site may be made from, besides the program's own."""
    beside = content.resolve().parent
    return content / "feeds", content / "pages", content / "notes", beside / "templates", beside / "static"


def names(content: Path) -> list[bytes]:
    """Return the names of what is in the content folder, sorted; none if there is no such folder."""
    return sorted(map(os.fsencode, os.listdir(content))) if content.is_dir() else []  # noqa: PTH208


def strays(content: Path) -> list[Problem]:
    """Return a problem for each file and folder that looks like a source, but is where no build reads it."""
    found = (
        [(path, _place_of(path, content)) for path in sorted(content.iterdir())] if content.is_dir() else []
    )
    for file in tree(content / "feeds").files:
        if _FEED_LIKE.search(file.name) and not file.name.endswith(FEED_SUFFIXES):
            remedy = f"let its name end in {' or '.join(FEED_SUFFIXES)}"
            found.append((content / "feeds" / file.name, remedy))
    return [Problem.at(readable(path), "is not read", remedy) for path, remedy in found if remedy]


def _place_of(path: Path, content: Path) -> str:
    """Return what to do about a file or folder in the content folder; "" if it is no source, or is read."""
    known = [known.name for known in (*content_files(content), *content_folders(content)[:3])]
    name = path.name.lower()
    if path.name in known or not _is_source(path.name) or name.startswith(("_", "readme")):
        return ""
    from difflib import get_close_matches  # imported here, because few sites need it

    for near in get_close_matches(name, known, n=1, cutoff=0.75):
        there = content / near
        if there.exists() and path.exists() and path.samefile(there):  # the file system folds case
            return ""
        if ("." in near) == path.is_file():
            return f"did you mean {near}?"
    return (
        next((remedy for end, remedy in _PLACES.items() if name.endswith(end)), "") if path.is_file() else ""
    )


def error_at(path: Path | str, error: OSError) -> SourceError:
    """Return the SourceError to raise for a source that could not be read because of an OSError."""
    path = Path(path)
    message, remedy = f"cannot be read: {error.strerror}", "check its permissions; the site stays as it is"
    if error.errno == errno.ENOENT and path.is_symlink():
        message, remedy = f"is a link to {path.readlink()}, which is not there", "mend the link or remove it"
    elif error.errno == errno.ELOOP:
        message, remedy = "is a link that leads back to itself", "mend the link or remove it"
    elif error.errno == errno.ENOTDIR:
        message, remedy = "is not a folder", "a folder belongs here, or nothing"
    return SourceError.at(readable(path), message, remedy)


def _refuse(path: str, error: OSError) -> None:
    raise error_at(path, error) from error


def tree(folder: Path, failed: Failed = _refuse) -> Tree:
    """List a folder and all folders below it, following links; a folder that does not exist is empty.

    Hidden files and leftovers of editors are not listed, but hidden templates are, since other templates may include
    them. A link to a folder that contains it is not followed.
    SourceError if something cannot be read, unless ``failed`` is given: it is called with each such path.
    """
    found = Tree([], [], [], [])
    is_source = _is_template if folder.name == "templates" else _is_source
    waiting: list[tuple[str, str, frozenset[tuple[int, int]]]] = [(str(folder), "", frozenset())]
    while waiting:
        path, name, above = waiting.pop()
        try:
            status = os.stat(path)  # noqa: PTH116 - a feed folder may hold thousands
            if stat.S_ISDIR(status.st_mode):
                identity = status.st_dev, status.st_ino
                if identity in above:
                    message = "is a link to a folder that contains it, and was left out"
                    found.loops.append(Problem.at(readable(path), message, "remove the link"))
                else:
                    entries = sorted(filter(is_source, os.listdir(path)), reverse=True)  # noqa: PTH208
                    found.folders.append(os.path.realpath(path))
                    prefix = f"{name}/" if name else ""
                    below = above | {identity}
                    waiting += [(f"{path}/{entry}", prefix + entry, below) for entry in entries]
            elif not name:
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
            elif stat.S_ISREG(status.st_mode):
                found.files.append(File(name, path))
            else:
                found.skipped.append(_special(path, status.st_mode))
        except FileNotFoundError as error:
            if os.path.islink(path):  # noqa: PTH114 - else it is not there, or no longer
                failed(path, error)
        except OSError as error:
            failed(path, error)
    return found


def _is_source(name: str) -> bool:
    return (not name.startswith(".") or name in _DOT_NAMES) and _is_template(name)


def _is_template(name: str) -> bool:
    return not _LEFT_BEHIND.fullmatch(name)


def _special(path: str, mode: int) -> Problem:
    kind = _KINDS.get(stat.S_IFMT(mode), "no file")
    return Problem.at(readable(path), f"is {kind}, not a file, and was left out", "move it elsewhere")


def require_file(path: Path) -> None:
    """Raise SourceError if what is at a path is not a readable file; a path with nothing there is accepted."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else _KINDS.get(stat.S_IFMT(mode), "something else")
            raise SourceError.at(readable(path), f"is {kind}, not a file", "put a file in its place")
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        if path.is_symlink():
            raise error_at(path, error) from error
    except OSError as error:
        raise error_at(path, error) from error
