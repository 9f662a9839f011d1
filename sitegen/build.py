"""The straight line, from feed files to a site; it never touches the network."""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import tzinfo
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from sitegen import __version__, facts, parallel, resources, sealed, sources
from sitegen.arxiv import store
from sitegen.config import load as load_config
from sitegen.config import load_people
from sitegen.errors import Location, Problem
from sitegen.exports import metadata
from sitegen.library import people, related
from sitegen.library.library import assemble
from sitegen.library.merge import merge
from sitegen.making import Done, Maker
from sitegen.models import MarkdownPage, Note, Paper
from sitegen.pages import assets as static
from sitegen.pages.edition import Edition
from sitegen.pages.urls import with_paper_links
from sitegen.publish import folder, ledger, memory
from sitegen.publish import manifest as manifests
from sitegen.publish.commit import commit, opened
from sitegen.publish.folder import Standing
from sitegen.publish.ledger import Ledger
from sitegen.publish.manifest import NAME as MANIFEST
from sitegen.publish.manifest import Manifest
from sitegen.publish.plan import Plan, plan
from sitegen.render import Renderer
from sitegen.sources import Tree
from sitegen.text import abstract

# Those whose work is seen in pages.
_LIBRARIES = (
    "anyascii",
    "feedparser",
    "jinja2",
    "markdown",
    "markupsafe",
    "math-core",
    "msgspec",
    "nh3",
    "pylatexenc",
    "tzdata",
)
# For the pages of fewer papers a second process costs more than it saves.
_WORTH_A_PROCESS = 100

# What the last build was made of. To free it takes a tenth of a second, for which the end of a command need not wait.
_kept: Any = None

_Article = TypeVar("_Article", MarkdownPage, Note)

Progress = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a build did."""

    papers: int
    people: int
    pages: int
    written: int
    unchanged: int
    deleted: int
    bytes: int
    seconds: float
    peak_rss_mb: int
    problems: tuple[Problem, ...]
    unconverted: tuple[Problem, ...]  # formulas and commands that stay TeX; only where they are asked for


@contextmanager
def _without_collector() -> Iterator[None]:
    """A build makes millions of values and no cycles; looking for some would take a fifth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_without_collector()
def build(
    source: Path,
    output: Path,
    *,
    url: str | None = None,
    jobs: int = 0,
    verbose: bool = False,
    accept_loss: bool = False,
    progress: Progress = lambda *_: None,
) -> Report:
    """Build the site of a content folder into an output folder; SitegenError if it cannot be, the old site stands.

    ``url`` is where the site will stand, if not where site.toml says; ``verbose`` asks for what stays TeX as well.
    A build that would take all papers, or most pages, from the site is refused without ``accept_loss``.
    """
    global _kept
    started = time.perf_counter()
    _kept = None
    jobs = jobs or os.cpu_count() or 1

    engine = engine_digest()
    templates = [source.resolve().parent / "templates", resources.templates_dir()]
    statics = [source.resolve().parent / "static", resources.static_dir()]
    cache = source.resolve().parent / ".sitegen"
    place = cache / "builds" / blake2b(os.fsencode(output.resolve()), digest_size=8).hexdigest()

    trees = _listed(source, output)
    with opened(output), ExitStack() as tasks:
        made_of = memory.digest(
            sources.content_files(source), trees, engine, os.fsencode(source), (url or "").encode()
        )
        standing = folder.inspect(output)
        if not verbose and (last := memory.recall(place, output, standing, made_of)):
            return _again(last, started)

        missing = parallel.Task(partial(folder.missing, output, standing), jobs)
        tasks.callback(missing.end)
        articles = parallel.Task(partial(_articles, source), jobs)
        tasks.callback(articles.end)
        config = load_config(source)
        config = msgspec.structs.replace(config, url=url or config.url)
        known = load_people(source)
        zone = ZoneInfo(config.timezone)
        feeds = read_feeds(source, jobs=jobs, progress=progress, engine=engine, zone=zone)
        merged = merge(feeds.papers)
        known_facts, left_out = facts.of_all(merged, feeds, zone)
        papers = tuple(paper for paper in merged if paper.id.base in known_facts) if left_out else merged
        written = msgspec.msgpack.decode(articles.result(), type=_Articles)
        notes, pages, orphans = _joined(source, written, {paper.id.base for paper in papers})
        search = related.Search(
            [(paper.id, known_facts[paper.id.base].features) for paper in papers], cache / "related", engine
        )
        nearest = parallel.Task(search.run, jobs, afterwards=search.remember)
        tasks.callback(nearest.end)
        followed = [known_facts[paper.id.base].digest for paper in papers]
        people_key = sealed.digest(b"".join([engine, msgspec.msgpack.encode(known), *followed]))
        kept_people = people.recall(cache / "people", people_key)
        found = kept_people.people if kept_people else people.persons(papers, known)
        library = assemble(
            papers,
            found,
            zone=zone,
            notes=notes,
            pages=pages,
            newest_feed=feeds.newest,
        )

        assets = static.collect(statics)
        edition = Edition(
            library,
            config,
            assets=assets.names,
            facts=known_facts,
            texts=facts.texts_of(feeds, zone),
            related=lambda: related.found(nearest.result()),
            who=kept_people.who if kept_people else None,
        )
        engine += msgspec.msgpack.encode(config)
        renderer = Renderer(
            templates, edition.site, assets.names, urlsplit(config.url).path, engine, cache / "templates"
        )

        standing = msgspec.structs.replace(standing, missing=folder.found_missing(missing.result()))
        maker = Maker(edition, assets, renderer, standing, output, partial(progress, "making pages"))
        before = None if standing.missing else ledger.recall(place, standing.listed, maker.look())
        processes = jobs if len(papers) >= _WORTH_A_PROCESS else 1
        done, site, todo, listed = _publish(maker, processes, before, accept_loss=accept_loss)
        nearest.wait()
        _kept = (feeds, papers, library, edition, standing, site)
        report = Report(
            papers=len(library.order),
            people=len(library.people),
            pages=done.pages,
            written=len(todo.write),
            unchanged=len(todo.unchanged),
            deleted=len(todo.delete),
            bytes=folder.total_size(site),
            seconds=round(time.perf_counter() - started, 3),
            peak_rss_mb=_peak_rss_mb(),
            problems=(
                *(problem for tree in trees for problem in tree.skipped),
                *feeds.problems,
                *left_out,
                *written.problems,
                *orphans,
                *_damage(output, standing),
            ),
            unconverted=(),
        )
        ledger.keep(place, maker.ledger(listed))
        if not kept_people:
            people.keep(cache / "people", people_key, found, edition.who)
        if not standing.damaged:
            memory.remember(place, listed, made_of, msgspec.msgpack.encode(report))
        if verbose:
            report = msgspec.structs.replace(report, unconverted=tuple(_unconverted(library.order)))
        return report


def _listed(source: Path, output: Path) -> list[Tree]:
    """List what a site is made from; SourceError if that cannot be read, PublishError if the output is part of it."""
    for file in sources.content_files(source):
        sources.require_file(file)
    own = sources.content_folders(source)
    trees = [sources.tree(folder) for folder in (*own, resources.templates_dir(), resources.static_dir())]
    folder.refuse_sources(output, [source, *own, *(Path(inner) for tree in trees for inner in tree.folders)])
    return trees


def _publish(
    maker: Maker, jobs: int, before: Ledger | None, *, accept_loss: bool
) -> tuple[Done, Manifest, Plan, bytes]:
    """Make what is new beside the output folder, and let it take its place.

    Return what became of all pages, the site, what was done, and the digest of the manifest.
    """
    output, standing = maker.output, maker.standing
    with folder.staging(output) as stage:
        done = maker.made(stage, jobs, before)
        site = done.site(standing.manifest)
        todo = plan(site, [path for path, _ in done.staged], standing.manifest)
        folder.refuse_foreign(output, standing, todo.write)
        if not accept_loss:
            folder.refuse_loss(output, standing, site, todo.delete)
        if site != standing.manifest or todo.write or standing.damaged:
            listing = manifests.encode(site)
            commit(output, todo, listing)
            return done, site, todo, sealed.digest(listing)
    return done, site, todo, standing.listed


def read_feeds(
    source: Path,
    *,
    jobs: int = 0,
    progress: Progress = lambda *_: None,
    engine: bytes = b"",
    zone: tzinfo | None = None,
) -> store.Feeds:
    """Return what the feeds of a content folder hold; the folder beside it remembers what was read.

    ``zone`` is the site's time zone, of which what is remembered has its days; without it, site.toml is asked.
    """
    zone = zone or ZoneInfo(load_config(source).timezone)
    return store.read_all(
        source / "feeds",
        source.resolve().parent / ".sitegen" / "feeds",
        engine=(engine or engine_digest()) + str(zone).encode(),
        describe=partial(facts.kept, zone=zone),
        jobs=jobs or os.cpu_count() or 1,
        progress=partial(progress, "reading feeds"),
    )


def engine_digest() -> bytes:
    """Return the digest of the program and its libraries: its pages and its readings of feeds are theirs."""
    digest = blake2b(__version__.encode(), digest_size=16)
    for name in sorted(_installed()):
        digest.update(name.encode() + b"\0")
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.digest()


def _installed() -> Iterator[str]:
    """Return the libraries that make pages, with their versions (``msgspec-0.19.0``)."""
    wanted = {name.replace("-", "_") for name in _LIBRARIES}
    for place in filter(os.path.isdir, sys.path):
        for entry in os.scandir(place):
            # importlib.metadata reads each library's papers for the same, and takes 25 ms to be imported.
            name, _, version = entry.name.removesuffix(".dist-info").partition("-")
            if entry.name.endswith(".dist-info") and name.lower().replace("-", "_") in wanted:
                yield f"{name.lower()}-{version}"


class _Articles(msgspec.Struct, frozen=True, array_like=True):
    """What the owner wrote, and what of it is left out."""

    pages: tuple[MarkdownPage, ...]
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]


def _articles(source: Path) -> bytes:
    # Here, because to import markdown and make it ready takes 40 ms: that is for another process to do.
    from sitegen import content

    pages, (notes, problems) = content.load_pages(source), content.load_notes(source)
    return msgspec.msgpack.encode(_Articles(pages, notes, (*problems, *content.overlooked(source))))


def _again(last: bytes, started: float) -> Report:
    """Return the report of a build that found nothing to do: that of the last one, but for what is of the moment."""
    report = msgspec.msgpack.decode(last, type=Report)
    return msgspec.structs.replace(
        report,
        written=0,
        unchanged=report.written + report.unchanged,
        deleted=0,
        seconds=round(time.perf_counter() - started, 3),
        peak_rss_mb=_peak_rss_mb(),
    )


def _joined(
    source: Path, written: _Articles, papers: set[str]
) -> tuple[tuple[Note, ...], tuple[MarkdownPage, ...], list[Problem]]:
    """Return notes and pages with their links to papers, and a problem for each note whose paper no feed has."""

    def linked(article: _Article) -> _Article:
        return msgspec.structs.replace(article, html=with_paper_links(article.html, papers))

    orphans = [
        Problem(
            location=Location(path=str(source / f"notes/{note.slug}.md"), key="arxiv"),
            message=f"no feed has the paper {note.paper}",
            remedy="mend the identifier, or add a feed that has it",
        )
        for note in written.notes
        if note.paper not in papers
    ]
    notes = tuple(linked(note) for note in written.notes if note.paper in papers)
    return notes, tuple(map(linked, written.pages)), orphans


def _damage(output: Path, standing: Standing) -> Iterator[Problem]:
    if standing.damaged:
        yield Problem(
            location=Location(path=str(output / MANIFEST)),
            message="the list of the site's files is damaged, so all were made anew",
            remedy="pages that the site no longer has may be left: delete the folder to be rid of them",
        )


def _unconverted(papers: Iterable[Paper]) -> Iterator[Problem]:
    for paper in papers:
        for field in ("title", "abstract", "comment", "journal_ref"):
            for tex, reason in abstract.unconverted(getattr(paper, field)):
                where = Location(path=f"arXiv:{paper.id}", key=field)
                yield Problem(location=where, message=f"stays TeX: {metadata.shorten(tex, 60)}: {reason}")


def _peak_rss_mb() -> int:
    # Linux counts in KB; of the workers, the largest.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return int((own + workers) / 1024)
