"""Inspects the output folder, and writes new files to the staging folder beside it.

A build that fails before ``commit`` moves the staged files leaves the site unchanged.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from zlib import crc32

import msgspec

from sitegen.errors import PublishError, readable
from sitegen.incremental import checksum
from sitegen.publish import manifest as manifests
from sitegen.publish import places
from sitegen.publish.manifest import Manifest
from sitegen.site import site_map, urls

_OF_THE_FILE_SYSTEM = "lost+found"  # at the root of a volume; only root may read it
_MANY_PAGES = 1_000  # a smaller site may well lose half of its pages on purpose


class OutputState(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an output folder before a build."""

    manifest: Manifest
    listed: bytes = b""  # digest of the encoded manifest; empty if there is none
    missing: frozenset[str] = frozenset()  # paths of the manifest whose files are absent or have another size
    damaged: bool = False  # the manifest cannot be read, so it is unknown which files are ours


def inspect(output: Path) -> OutputState:
    """Return the state of an output folder; PublishError if it is a file, or has files but no manifest."""
    if output.is_symlink() or (output.exists() and not output.is_dir()):
        raise PublishError.at(output, "is not a folder", "choose another one with --output")
    data = manifests.read(output)
    if data is not None and (known := manifests.decode(data)) is not None:
        return OutputState(manifest=known, listed=checksum.digest(data))
    with places.explained(output, "read"):
        if not output.exists() or not any(files(output)):
            return OutputState(manifest={})
    if data is not None:
        return OutputState(manifest={}, damaged=True)
    raise PublishError.at(
        output,
        "holds files that sitegen did not write",
        "empty the folder, or choose another one with --output",
    )


def missing(output: Path, state: OutputState) -> bytes:
    """Return the encoded paths of missing files, for ``found_missing``; a worker process calls this."""
    return msgspec.msgpack.encode(list(_missing(output, state.manifest)))


def found_missing(answer: bytes) -> frozenset[str]:
    """Return the result of ``missing`` decoded."""
    return msgspec.msgpack.decode(answer, type=frozenset[str])


def _missing(output: Path, known: Manifest) -> Iterator[str]:
    root, lstat = f"{output}/", os.lstat
    for path, size in known.items():
        try:
            if lstat(root + path).st_size != size:
                yield path
        except OSError:
            yield path


def refuse_foreign(output: Path, state: OutputState, paths: Iterable[str]) -> None:
    """Raise PublishError if a build would overwrite a file that sitegen did not write."""
    if not state.listed:  # the folder was empty, or it is unknown which files are ours
        return
    foreign = [path for path in paths if path not in state.manifest and _is_taken(f"{output}/{path}")]
    if foreign:
        more = f", nor {len(foreign) - 1:,} others" if len(foreign) > 1 else ""
        raise PublishError.at(
            output / foreign[0],
            f"is in the way: sitegen did not write this file{more}",
            "move it elsewhere, or choose another folder with --output",
        )


def refuse_sources(output: Path, folders: Iterable[Path]) -> None:
    """Raise PublishError if the output folder is one of the source ``folders``, or contains or is inside one."""
    real = os.path.realpath(output)
    for folder in folders:
        source = os.path.realpath(folder)
        if os.path.commonpath([real, source]) in (real, source):
            raise PublishError.at(
                output,
                f"has to be apart from {readable(folder)}, which the site is made from",
                "choose another folder with --output",
            )


def refuse_loss(output: Path, state: OutputState, site: Collection[str], deleted: Collection[str]) -> None:
    """Raise PublishError if a site would lose all its papers, or more than half of over 1,000 pages."""
    has_papers = any(path.startswith(urls.PAPERS) for path in site)
    had_papers = any(path.startswith(urls.PAPERS) for path in state.manifest)
    if state.damaged:
        had_papers = (output / urls.PAPERS).is_dir()
    if had_papers and not has_papers:
        lost = "the site has papers, and would have none"
    else:
        pages = sum(path.endswith(".html") for path in state.manifest) if deleted else 0
        gone = sum(path.endswith(".html") for path in deleted)
        if pages <= _MANY_PAGES or 2 * gone <= pages:
            return
        lost = f"of {pages:,} pages of the site, {gone:,} would be deleted"
    remedy = "check whether feeds are missing; if it is meant, build with --accept-loss"
    raise PublishError.at(output, lost, remedy)


def prepare(output: Path, write: Collection[str], delete: Collection[str]) -> None:
    """Make folders for the files of ``write``, so that a burst needs no more space on the disk.

    PublishError if the files could not be moved there after those of ``delete`` are deleted. No folder may be a link:
    what is behind one is not the site's, and is never written or deleted. No folder may be on another file system,
    where files cannot be renamed to, or refuse to be changed.
    """
    device, gone = os.lstat(output).st_dev, frozenset(delete)
    needed, missing = _folders(write), []
    for folder in sorted(needed | _folders(delete)):
        place = f"{output}/{folder}" if folder else str(output)
        if (found := _status(place)) is None and folder in needed:
            missing.append(place)
        if found is None or folder in gone:
            continue
        if stat.S_ISLNK(found.st_mode):
            remedy = "remove the link; what it leads to stays as it is"
            raise PublishError.at(place, "is a link, and pages are to be changed behind it", remedy)
        if not stat.S_ISDIR(found.st_mode):
            _refuse_taken(place, "a folder")
        if found.st_dev != device:
            refuse_part(place)
        if not os.access(place, os.W_OK | os.X_OK):
            raise PublishError.at(place, "cannot be written: Permission denied", "check its permissions")
    for path in write:
        found = _status(f"{output}/{path}")
        if found and stat.S_ISDIR(found.st_mode) and not _is_emptied(output, f"{path}/", gone):
            _refuse_taken(f"{output}/{path}", "a file")
    for place in missing:
        with suppress(NotADirectoryError, FileNotFoundError):  # a file of ``delete`` has the name of a folder
            os.mkdir(place)  # noqa: PTH102


def refuse_part(place: str) -> None:
    """Raise PublishError because a folder inside of the output folder is on another file system."""
    raise PublishError.at(
        place,
        "is on another file system than the output folder that it is part of",
        "mount the whole output folder, or choose another one with --output",
    )


def _refuse_taken(place: str, wanted: str) -> None:
    remedy = "move it elsewhere, or choose another folder with --output"
    raise PublishError.at(place, f"is in the way: the site has {wanted} of this name", remedy)


def _folders(paths: Iterable[str]) -> set[str]:
    """Return all folders that files are in, and the folders that these are in; "" is the output folder."""
    folders = {""}
    for path in paths:
        while (path := path.rpartition("/")[0]) not in folders:
            folders.add(path)
    return folders


def _status(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_emptied(output: Path, folder: str, gone: Collection[str]) -> bool:
    """Return whether a folder is to go because all its files are deleted."""
    if not any(path.startswith(folder) for path in gone):
        return False
    return all(folder + name in gone for name in files(output / folder))


def _is_taken(path: str) -> bool:
    found = _status(path)
    return found is not None and not stat.S_ISDIR(found.st_mode)


def files(folder: Path, share: int = 0, jobs: int = 1) -> Iterator[str]:
    """Yield the relative paths of all files below a folder, or one of ``jobs`` shares of them."""
    waiting = [(0, "")]
    while waiting:
        depth, prefix = waiting.pop()
        with os.scandir(f"{folder}/{prefix}") as entries:
            for entry in entries:
                if not prefix and entry.name == _OF_THE_FILE_SYSTEM:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    # The folders of single papers and persons are dealt out.
                    if depth != 1 or crc32(os.fsencode(entry.name)) % jobs == share:
                        waiting.append((depth + 1, f"{prefix}{entry.name}/"))
                elif depth > 1 or share == 0:
                    yield prefix + entry.name


def staging(output: Path) -> Path:
    """Make an empty folder beside the output folder; ``locked_output`` removes what is left of it."""
    stage = places.staging(output)
    with places.explained(output):
        stage.mkdir(parents=True)
    return stage


class Stage:
    """The staging folder as one process fills it."""

    def __init__(self, folder: Path) -> None:
        self._root = f"{folder}/"
        self._made = {""}
        self._explained = places.explained(folder)

    def put(self, path: str, data: bytes) -> None:
        """Write a file of the site into the staging folder; RouteCollision if a folder of the site has its name."""
        with self._explained:
            try:
                self._put(path, data)
            except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
                raise site_map.file_and_folder(path) from error

    def _put(self, path: str, data: bytes) -> None:
        # Low calls, because there are 51,000 files: a buffered file and makedirs take twice the time.
        root = self._root
        parent = path.rpartition("/")[0]
        if parent not in self._made:
            try:
                os.mkdir(root + parent)  # noqa: PTH102
            except FileExistsError:
                pass
            except FileNotFoundError:
                os.makedirs(root + parent, exist_ok=True)  # noqa: PTH103
            self._made.add(parent)
        handle = os.open(root + path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            while data:
                data = data[os.write(handle, data) :]
        finally:
            os.close(handle)


def read(output: Path, path: str, size: int) -> bytes:
    """Return the bytes of a file of the output folder, at most one more than ``size``."""
    # os.open is faster than open(), and a new layout reads 45,000 files. O_NONBLOCK: somebody's pipe never ends.
    handle = os.open(f"{output}/{path}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        data = os.read(handle, size + 1)
        while len(data) < size and (more := os.read(handle, size + 1 - len(data))):
            data += more
        return data
    finally:
        os.close(handle)


def holds(output: Path, path: str, data: bytes) -> bool:
    """Return whether a file of the output folder exists with exactly these bytes."""
    try:
        return read(output, path, len(data)) == data
    except OSError:
        return False
