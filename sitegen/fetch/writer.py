"""From papers to the archive's own Atom, which ``feed`` reads back without loss, and any reader of Atom reads.

It is the Atom of arXiv's API, with elements of a namespace of its own for what that cannot say::

    <archive:version>1 2026-03-07T22:41:26Z</archive:version>   a version that some feed has shown
    <archive:announced>2026-03-09 new</archive:announced>       an appearance in a daily listing
    <archive:dated_by>announcement</archive:dated_by>           the dates are those of a listing

The same papers give the same bytes.
"""

from __future__ import annotations

import fcntl
import gzip
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from sitegen import sources
from sitegen.errors import FetchError, SitegenError
from sitegen.feeds import taxonomy
from sitegen.feeds.guard import ARCHIVE, ARXIV, ATOM
from sitegen.models import Credit, Paper
from sitegen.text import credits, doi
from sitegen.text.characters import writable

TEMPORARY = ".sitegen-"  # how the name of a file begins that is still being written
_ADDING = f"{TEMPORARY}adding"  # names the files that are to appear together, while they are being renamed

# So that several processes have something to read: a sixth less time for the first build of 12,000 papers than in
# files of 10,000. And a file is easy to handle: GitHub warns from 50 MB on.
PAPERS_IN_A_FILE = 2_500
PLAIN = 500  # so many papers are kept readable; above that a file is packed


def save(folder: Path, stem: str, papers: Sequence[Paper], *, title: str, updated: datetime) -> list[Path]:
    """Write papers into new files of a folder and return these: all of them, or FetchError and none.

    ``stem`` is the beginning of their names, without a suffix. No file is ever written over. If this process is ended
    between the first and the last rename, the next one that calls :func:`sole` does the rest.
    """
    files: dict[Path, bytes] = {}
    for part in file_parts(papers):
        files[_free(folder, stem, suffix(part), files)] = encode(part, title, updated)
    list_file, moved = folder / _ADDING, []
    try:
        for path, data in files.items():
            _write_beside(path, data)
        if len(files) > 1:
            _write_beside(list_file, "\n".join(path.name for path in files).encode())
            _beside(list_file).replace(list_file)
        for path in files:
            _beside(path).replace(path)
            moved.append(path)
        _sync_folder(folder)
    except BaseException as error:  # Ctrl-C too
        # Back first, and only then without the list: whenever this is interrupted, all files appear or none.
        for done in moved:
            done.replace(_beside(done))
        list_file.unlink(missing_ok=True)
        for waiting in (list_file, *files):
            _beside(waiting).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(folder / stem, error) from error
        raise
    list_file.unlink(missing_ok=True)
    return list(files)


def _finish_save(folder: Path) -> None:
    """Finish what ``save`` was interrupted in, and remove what it had not written to the end."""
    list_file = folder / _ADDING
    try:
        folder.stat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise sources.error_at(folder, error) from error
    with suppress(FileNotFoundError):
        for name in list_file.read_text("utf-8").splitlines():
            with suppress(FileNotFoundError):  # it was moved before the interruption
                _beside(folder / name).replace(folder / name)
        _sync_folder(folder)
        list_file.unlink()
    for path in folder.glob(f"{TEMPORARY}*.tmp"):
        path.unlink(missing_ok=True)


def file_parts(papers: Sequence[Paper]) -> list[Sequence[Paper]]:
    """Return papers in runs that each make one file."""
    return [papers[at : at + PAPERS_IN_A_FILE] for at in range(0, len(papers), PAPERS_IN_A_FILE)]


def suffix(papers: Sequence[Paper]) -> str:
    """Return how the name of a file of these papers ends."""
    return ".xml.gz" if len(papers) > PLAIN else ".xml"


def write(path: Path, data: bytes) -> Path:
    """Put a file into place, whole and on the disk, or not at all; one whose name ends in .gz is packed."""
    try:
        _write_beside(path, data)
        _beside(path).replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        _beside(path).unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return path


def _beside(path: Path) -> Path:
    """Return where a file is while it is being written."""
    return path.with_name(f"{TEMPORARY}{path.name}.tmp")


def _write_beside(path: Path, data: bytes) -> None:
    if path.suffix == ".gz":
        data = gzip.compress(data, mtime=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path).open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _unwritable(path: Path, error: OSError) -> SitegenError:
    return FetchError.at(path, f"cannot be written: {error.strerror}", "see to space and permissions")


@contextmanager
def sole(source: Path) -> Iterator[None]:
    """Let one process at a time write into the feeds of a content folder; FetchError if another one does."""
    lock = source.resolve().parent / ".sitegen" / "fetch.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system lets go of it, however we end
        except OSError:
            raise FetchError.at(source, "another fetch is at work here", "wait until it has ended") from None
        _finish_save(source / "feeds")  # of a fetch that was killed
        yield


def encode(papers: Sequence[Paper], title: str, updated: datetime) -> bytes:
    """Return papers as a feed."""
    entries = [_entry(paper) for paper in papers]
    # Atom wants an id that never changes and that no other feed has.
    digest = blake2b("".join(entries).encode(), digest_size=16).hexdigest()
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="{ATOM}" xmlns:arxiv="{ARXIV}" xmlns:archive="{ARCHIVE}">\n'
        f"  <id>{ARCHIVE}:{digest}</id>\n"
        f"  <title>{_text(title)}</title>\n"
        f"  <updated>{_moment(updated)}</updated>\n"
        "  <author><name>arXiv</name></author>\n"
    )
    return (head + "".join(entries) + "</feed>\n").encode()


def _entry(paper: Paper) -> str:
    lines = "".join(f"    {line}\n" for line in _elements(paper))
    return f"  <entry>\n{lines}  </entry>\n"


def _elements(paper: Paper) -> Iterator[str]:
    yield f"<id>http://arxiv.org/abs/{paper.id}</id>"
    yield f"<title>{_text(paper.title)}</title>"
    yield f"<published>{_moment(paper.published)}</published>"
    yield f"<updated>{_moment(paper.updated)}</updated>"
    yield f'<link rel="alternate" type="text/html" href="https://arxiv.org/abs/{paper.id}"/>'
    pdf = f"https://arxiv.org/pdf/{paper.id}"
    yield f'<link rel="related" type="application/pdf" title="pdf" href="{pdf}"/>'
    for known in paper.dois:
        yield f'<link rel="related" title="doi" href={_value(doi.url(known))}/>'
    for link in paper.links:
        yield f'<link rel="related" href={_value(link)}/>'
    yield f"<summary>{_text(paper.abstract)}</summary>"
    for credit in paper.credits:
        yield _author(credit)
        if credit.name.group and not _read_as_group(credit):
            yield "<author><name>:</name></author>"  # as arXiv marks a group
    for category in paper.categories:
        yield f'<category term={_value(category)} scheme="{ARXIV}"/>'
    if classes := "; ".join(paper.subject_classes):
        # With a semicolon a class that is written like a category is none.
        term = classes if taxonomy.canonical(classes) is None else classes + ";"
        yield f'<category term={_value(term)} scheme="{ARXIV}"/>'
    if paper.license:
        yield f"<rights>{_text(paper.license)}</rights>"
    if paper.primary:
        yield f"<arxiv:primary_category term={_value(paper.primary)}/>"
    yield from _lines("arxiv:comment", filter(None, [paper.comment]))
    yield from _lines("arxiv:journal_ref", filter(None, [paper.journal_ref]))
    yield from _lines("arxiv:doi", filter(None, [" ".join(paper.dois)]))
    yield from _lines(
        "archive:version", (f"{known.number} {_moment(known.submitted)}" for known in paper.versions)
    )
    yield from _lines("archive:announced", (f"{shown.day} {shown.kind}" for shown in paper.announcements))
    if paper.dated_by_announcement:
        yield "<archive:dated_by>announcement</archive:dated_by>"


def _lines(element: str, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield f"<{element}>{_text(text)}</{element}>"


def _read_as_group(credit: Credit) -> bool:
    """Return whether a reader of the name alone sees that it is a group's."""
    return [read.name for read in credits.credits([(credit.name.printed, ())])] == [credit.name]


def _author(credit: Credit) -> str:
    places = "".join(_lines("arxiv:affiliation", credit.affiliations))
    return f"<author><name>{_text(credit.name.printed)}</name>{places}</author>"


def _text(text: str) -> str:
    # A parser would make a line feed of a carriage return.
    return escape(writable(text), {"\r": "&#13;"})


def _value(text: str) -> str:
    return quoteattr(writable(text))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _free(folder: Path, stem: str, suffix: str, taken: Collection[Path]) -> Path:
    """Return the first of ``stem.xml``, ``stem-2.xml`` … of which no form is in the folder, or about to be."""
    number = 1
    while True:
        name = stem if number == 1 else f"{stem}-{number}"
        forms = [folder / f"{name}{kind}" for kind in (".xml", ".xml.gz")]
        if not any(path.exists() or path in taken for path in forms):
            return folder / f"{name}{suffix}"
        number += 1


def _sync_folder(folder: Path) -> None:
    """Put a rename on the disk as well, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
