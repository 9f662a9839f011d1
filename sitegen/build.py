"""The straight line from feed files to a site. It never touches the network."""

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
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from sitegen import __version__, content, resources, sources
from sitegen.config.settings import PersonEntry, load_people
from sitegen.config.settings import load as load_config
from sitegen.errors import Location, Problem
from sitegen.exports import metadata
from sitegen.feeds import store
from sitegen.incremental import checksum, last_build, traces, workers
from sitegen.incremental.cache import Cache
from sitegen.library import people, related
from sitegen.library.library import assemble
from sitegen.library.merge import merge
from sitegen.models import MarkdownPage, Note, Paper
from sitegen.publish import folder
from sitegen.publish import manifest as manifests
from sitegen.publish.commit import commit, locked_output
from sitegen.publish.folder import OutputState
from sitegen.publish.manifest import NAME as MANIFEST
from sitegen.publish.pages import PageBuilder, Site
from sitegen.publish.plan import Plan, plan
from sitegen.render.renderer import Renderer
from sitegen.site import assets as static_files
from sitegen.site import derived as facts
from sitegen.site.derived import DerivedFields
from sitegen.site.model import SiteModel
from sitegen.site.site_map import site_map
from sitegen.site.urls import with_paper_links
from sitegen.sources import Tree
from sitegen.text import abstract

# Libraries whose work shows in pages.
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

# The values of the last build. To free them takes a tenth of a second, which the end of a command need not wait for.
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
    """Build the site of a content folder into an output folder; after a SitegenError the old site stands.

    ``url`` is where the site will stand, if not where site.toml says; ``verbose`` asks for what stays TeX as well.
    A build that would take all papers, or most pages, from the site is refused without ``accept_loss``.
    """
    global _kept
    started = time.perf_counter()
    _kept = None
    jobs = jobs or os.cpu_count() or 1
    program = program_digest()
    home = source.resolve().parent
    templates = [home / "templates", resources.templates_dir()]
    statics = [home / "static", resources.static_dir()]
    cache, key = Cache(home / ".sitegen"), checksum.digest(os.fsencode(output.resolve())).hex()

    trees = _listed(source, output)
    with locked_output(output), ExitStack() as tasks:
        standing = folder.inspect(output)
        made_of = last_build.sources_digest(
            sources.content_files(source), trees, program, os.fsencode(source), (url or "").encode()
        )
        done = last_build.report(cache, key, made_of, standing.listed, output, standing.manifest)
        if done and not verbose:
            return _again(done, started)

        looking = workers.Task(partial(folder.missing, output, standing), jobs)
        tasks.callback(looking.end)
        config = load_config(source)
        config = msgspec.structs.replace(config, url=url or config.url)
        zone = ZoneInfo(config.timezone)
        feeds = read_feeds(source, jobs=jobs, progress=progress, program=program, zone=zone)
        derived = DerivedFields(merge(feeds.papers), feeds, cache, program=program, zone=zone)
        papers = derived.papers
        search = related.Search(
            [(paper.id, derived.facts[paper.id.base].features) for paper in papers], cache, program
        )
        searching = workers.Task(search.run, jobs, afterwards=search.save)
        tasks.callback(searching.end)
        articles = _articles(source, {paper.id.base for paper in papers})
        library = assemble(
            papers,
            _persons(papers, load_people(source), derived, cache, program),
            zone=zone,
            notes=articles.notes,
            pages=articles.pages,
            newest_feed=feeds.newest,
        )
        assets = static_files.collect(statics)
        site = SiteModel(
            library,
            config,
            assets,
            facts=derived.facts,
            texts=derived.texts,
            related=lambda: related.decode_answer(searching.result()),
        )
        slow: list[str] = []
        renderer = Renderer(
            templates,
            site=site.settings(),
            assets=assets.names,
            base_path=urlsplit(config.url).path,
            cache=cache,
            report=slow.append,
        )
        standing = msgspec.structs.replace(standing, missing=folder.found_missing(looking.result()))
        last = traces.load(cache, key, standing.listed, program)
        builder = PageBuilder(site, renderer, output, standing, last, program, slow)
        made, todo, listed = _publish(
            builder, site, output, standing, jobs, partial(progress, "making pages"), accept_loss
        )
        searching.wait()
        _kept = (feeds, papers, library, site, standing, made)
        report = Report(
            papers=len(library.order),
            people=len(library.people),
            pages=sum([path.endswith(".html") for path in made.manifest]),
            written=len(todo.write),
            unchanged=len(todo.unchanged),
            deleted=len(todo.delete),
            bytes=sum(made.manifest.values()),
            seconds=round(time.perf_counter() - started, 3),
            peak_rss_mb=_peak_rss_mb(),
            problems=(
                *(problem for tree in trees for problem in tree.skipped),
                *feeds.problems,
                *derived.problems,
                *articles.problems,
                *_damage(output, standing),
            ),
            unconverted=(),
        )
        traces.save(cache, key, msgspec.structs.replace(made.build, manifest=listed))
        if not standing.damaged:
            last_build.save(cache, key, made_of, listed, msgspec.msgpack.encode(report))
        if verbose:
            report = msgspec.structs.replace(
                report, unconverted=(*_unconverted(library.order), *_slow(made.slow))
            )
        return report


def _listed(source: Path, output: Path) -> list[Tree]:
    """List what a site is made from; SourceError if that cannot be read, PublishError if the output is part of it."""
    for file in sources.content_files(source):
        sources.require_file(file)
    own = sources.content_folders(source)
    trees = [sources.tree(folder) for folder in (*own, resources.templates_dir(), resources.static_dir())]
    folder.refuse_sources(output, [source, *own, *(Path(inner) for tree in trees for inner in tree.folders)])
    return trees


def _persons(
    papers: tuple[Paper, ...],
    known: tuple[PersonEntry, ...],
    derived: DerivedFields,
    cache: Cache,
    program: bytes,
) -> people.People:
    """Return the persons of papers; they are kept for the next build of the same papers."""
    digests = [derived.facts[paper.id.base].digest for paper in papers]
    key = checksum.digest(b"".join([program, msgspec.msgpack.encode(known), *digests])).hex()
    if (found := people.load(cache, key)) is None:
        found = people.persons(papers, known)
        people.save(cache, key, found)
    return found


def _publish(
    builder: PageBuilder,
    site: SiteModel,
    output: Path,
    standing: OutputState,
    jobs: int,
    progress: Callable[[int, int], None],
    accept_loss: bool,
) -> tuple[Site, Plan, bytes]:
    """Make what is new beside the output folder, and let it take its place.

    Return the site, what was done, and the digest of the manifest.
    """
    with folder.staging(output) as stage:
        made = builder.make(site_map(site), stage, jobs, progress)
        todo = plan(made.manifest, made.staged, standing.manifest)
        folder.refuse_foreign(output, standing, todo.write)
        if not accept_loss:
            folder.refuse_loss(output, standing, made.manifest, todo.delete)
        if made.manifest != standing.manifest or todo.write or standing.damaged:
            listing = manifests.encode(made.manifest)
            commit(output, todo, listing)
            return made, todo, checksum.digest(listing)
    return made, todo, standing.listed


def read_feeds(
    source: Path,
    *,
    jobs: int = 0,
    progress: Progress = lambda *_: None,
    program: bytes = b"",
    zone: tzinfo | None = None,
) -> store.Feeds:
    """Return what the feeds of a content folder hold; the cache beside it keeps what was read.

    ``zone`` is the time zone of days and years; without it, that of site.toml.
    """
    zone = zone or ZoneInfo(load_config(source).timezone)
    return store.read_all(
        source / "feeds",
        Cache(source.resolve().parent / ".sitegen"),
        program=(program or program_digest()) + str(zone).encode(),
        derive=partial(facts.derive, zone=zone),
        jobs=jobs or os.cpu_count() or 1,
        progress=partial(progress, "reading feeds"),
    )


def program_digest() -> bytes:
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
            # importlib.metadata reads the metadata of each library for the same, and takes 25 ms to be imported.
            name, _, version = entry.name.removesuffix(".dist-info").partition("-")
            if entry.name.endswith(".dist-info") and name.lower().replace("-", "_") in wanted:
                yield f"{name.lower()}-{version}"


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


class _Articles(NamedTuple):
    """What the owner wrote, and what of it is left out."""

    pages: tuple[MarkdownPage, ...]
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]


def _articles(source: Path, papers: set[str]) -> _Articles:
    """Return the owner's pages and notes, with links to ``papers``; a note on another paper is a problem."""

    def linked(article: _Article) -> _Article:
        return msgspec.structs.replace(article, html=with_paper_links(article.html, papers))

    pages, (notes, problems) = content.load_pages(source), content.load_notes(source)
    orphans = [
        Problem(
            location=Location(path=str(source / f"notes/{note.slug}.md"), key="arxiv"),
            message=f"no feed has the paper {note.paper}",
            remedy="mend the identifier, or add a feed that has it",
        )
        for note in notes
        if note.paper not in papers
    ]
    return _Articles(
        tuple(map(linked, pages)),
        tuple(linked(note) for note in notes if note.paper in papers),
        (*problems, *content.overlooked(source), *orphans),
    )


def _damage(output: Path, standing: OutputState) -> Iterator[Problem]:
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


def _slow(reports: Iterable[str]) -> Iterator[Problem]:
    """Return a problem for each report about a template, whatever processes made it."""
    for report in sorted(set(reports)):
        path, _, message = report.partition(": ")
        yield Problem(location=Location(path=path), message=message)


def _peak_rss_mb() -> int:
    # Linux counts in KB; of the workers, the largest.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return int((own + workers) / 1024)
