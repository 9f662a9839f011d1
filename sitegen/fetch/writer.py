"""Write papers to feed files in Atom, which ``feeds.feed`` reads back without loss.

The format is that of arXiv's API, with elements of a namespace of our own for what it cannot express::

    <archive:version>1 2026-03-07T22:41:26Z</archive:version>   a version that a feed has shown
    <archive:announced>2026-03-09 new</archive:announced>       an announcement in a daily listing
    <archive:dated_by>announcement</archive:dated_by>           the paper's dates are those of a listing

The same papers give the same bytes.
"""

from __future__ import annotations

import gzip
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from sitegen import disk, sources
from sitegen.errors import FetchError, SitegenError
from sitegen.feeds import taxonomy
from sitegen.feeds.guard import ARCHIVE, ARXIV, ATOM
from sitegen.models import Credit, Paper
from sitegen.text import credits, doi
from sitegen.text.characters import writable

TEMPORARY = ".sitegen-"  # beginning of the names of files that are being written
_ADDING = f"{TEMPORARY}adding"  # lists the files that are to appear together, while they are being renamed

# Several processes can read several files at once: the first build of 12,000 papers takes a sixth less time than with
# 10,000 papers in a file. And files stay below 50 MB, from which on GitHub warns.
PAPERS_IN_A_FILE = 2_500
PLAIN = 500  # a file of more papers is compressed


def save(folder: Path, stem: str, papers: Sequence[Paper], *, title: str, updated: datetime) -> list[Path]:
    """Write papers to new files of a folder and return their paths; on FetchError, no file was added.

    ``stem`` is the beginning of the files' names. No file is ever overwritten. If the process is killed between the
    first and the last rename, the next call of :func:`locked_feeds` renames the other files.
    """
    files: dict[Path, bytes] = {}
    for part in file_parts(papers):
        files[_unused_path(folder, stem, suffix(part), files)] = encode(part, title, updated)
    list_file, moved = folder / _ADDING, []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in files.items():
            disk.write_synced(_temporary(path), _compressed(path, data))
        if len(files) > 1:
            disk.write_synced(_temporary(list_file), "\n".join(path.name for path in files).encode())
            _temporary(list_file).replace(list_file)
        for path in files:
            _temporary(path).replace(path)
            moved.append(path)
        disk.sync_folder(folder)
    except BaseException as error:  # Ctrl-C too
        # Undo the renames before the list is removed, so that an interruption here leaves all files or none.
        for done in moved:
            done.replace(_temporary(done))
        list_file.unlink(missing_ok=True)
        for path in (list_file, *files):
            _temporary(path).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(folder / stem, error) from error
        raise
    list_file.unlink(missing_ok=True)
    return list(files)


def _finish_save(folder: Path) -> None:
    """Finish a ``save`` that was interrupted amid its renames, and remove its incomplete files."""
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
                _temporary(folder / name).replace(folder / name)
        disk.sync_folder(folder)
        list_file.unlink()
    for path in folder.glob(f"{TEMPORARY}*.tmp"):
        path.unlink(missing_ok=True)


def file_parts(papers: Sequence[Paper]) -> list[Sequence[Paper]]:
    """Split papers into parts, each of which makes one file."""
    return [papers[at : at + PAPERS_IN_A_FILE] for at in range(0, len(papers), PAPERS_IN_A_FILE)]


def suffix(papers: Sequence[Paper]) -> str:
    """Return the suffix for a file of these papers; .gz has the file compressed."""
    return ".xml.gz" if len(papers) > PLAIN else ".xml"


def write(path: Path, data: bytes) -> Path:
    """Write a file and return its path; a name in .gz has it compressed. On FetchError nothing has changed."""
    try:
        disk.replace_file(path, _compressed(path, data), temporary=_temporary(path), synced=True)
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def _temporary(path: Path) -> Path:
    """Return the path of a file while it is being written."""
    return path.with_name(f"{TEMPORARY}{path.name}.tmp")


def _compressed(path: Path, data: bytes) -> bytes:
    """Return the bytes to write to ``path``: ``data``, compressed if the name ends in .gz."""
    return gzip.compress(data, mtime=0) if path.suffix == ".gz" else data


def _unwritable(path: Path, error: OSError) -> SitegenError:
    return FetchError.at(path, f"cannot be written: {error.strerror}", "check free space and permissions")


@contextmanager
def locked_feeds(source: Path) -> Iterator[None]:
    """Lock the feeds of a content folder against other fetches; FetchError if another one has locked them.

    A fetch that was killed while its files were renamed is finished first.
    """
    lock = source.resolve().parent / ".sitegen" / "fetch.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(disk.exclusive_lock(lock, wait=False))
        except BlockingIOError:
            raise FetchError.at(source, "another fetch is at work here", "wait until it has ended") from None
        _finish_save(source / "feeds")
        yield


def encode(papers: Sequence[Paper], title: str, updated: datetime) -> bytes:
    """Return papers as the bytes of an Atom feed."""
    entries = [_entry(paper) for paper in papers]
    # RFC 4287, 4.2.6: an id is permanent, and no other feed has it.
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
        # A semicolon marks a class that looks like a category, so that it is not read as one.
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
    """Return whether the name alone is recognised as that of a group."""
    return [read.name for read in credits.credits([(credit.name.printed, ())])] == [credit.name]


def _author(credit: Credit) -> str:
    places = "".join(_lines("arxiv:affiliation", credit.affiliations))
    return f"<author><name>{_text(credit.name.printed)}</name>{places}</author>"


def _text(text: str) -> str:
    # A parser would turn a carriage return into a line feed.
    return escape(writable(text), {"\r": "&#13;"})


def _value(text: str) -> str:
    return quoteattr(writable(text))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _unused_path(folder: Path, stem: str, suffix: str, taken: Collection[Path]) -> Path:
    """Return the first path of ``stem.xml``, ``stem-2.xml`` … that is unused, with either suffix.

    ``taken`` are paths that are about to be written.
    """
    number = 1
    while True:
        name = stem if number == 1 else f"{stem}-{number}"
        forms = [folder / f"{name}{kind}" for kind in (".xml", ".xml.gz")]
        if not any(path.exists() or path in taken for path in forms):
            return folder / f"{name}{suffix}"
        number += 1
