"""Builds a site: the line from feed files to pages, in execution order. It never uses the network."""

from __future__ import annotations

import gc
import os
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from sitegen import content, resources, sources
from sitegen.config.people import PeopleFile, PersonEntry, load_people
from sitegen.config.settings import Config
from sitegen.config.settings import load as load_config
from sitegen.errors import Problem
from sitegen.exports import metadata
from sitegen.feeds import store
from sitegen.incremental import checksum, last_build, traces
from sitegen.incremental.cache import Cache
from sitegen.incremental.program import program_digest
from sitegen.incremental.traces import LastBuild
from sitegen.incremental.workers import Task
from sitegen.library import claims, layout, people, related, topics
from sitegen.library.library import Library, assemble
from sitegen.library.merge import merge
from sitegen.library.silent import silence
from sitegen.models import MarkdownPage, Note, Paper
from sitegen.publish import folder
from sitegen.publish.commit import commit, locked_output
from sitegen.publish.folder import OutputState
from sitegen.publish.manifest import NAME as MANIFEST
from sitegen.publish.pages import PageBuilder, StagedSite
from sitegen.publish.plan import Plan, plan
from sitegen.render.renderer import Renderer
from sitegen.site import assets as static_files
from sitegen.site import colours
from sitegen.site import derived as derived_fields
from sitegen.site.derived import DerivedFields
from sitegen.site.model import SiteModel
from sitegen.site.names_files import NamesFiles
from sitegen.site.search_files import SearchFiles
from sitegen.site.site_map import site_map
from sitegen.site.urls import RESERVED, with_paper_links
from sitegen.sources import Tree
from sitegen.text import abstract

# The values of the last build. To free them takes a tenth of a second, which the end of a command need not wait for.
_last_values: Any = None

_Article = TypeVar("_Article", MarkdownPage, Note)

Progress = Callable[[str, int, int], None]  # the task, how much of it is done, how much there is


class BuildReport(msgspec.Struct, frozen=True, kw_only=True):
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
    unconverted: tuple[Problem, ...]  # formulas and commands that stay TeX; only if asked for


class _Run(NamedTuple):
    """The options of a build and what its steps share."""

    source: Path
    cache: Cache
    program: bytes  # digest
    jobs: int
    progress: Progress


@contextmanager
def _without_collector() -> Iterator[None]:
    """Turn the garbage collector off: a build makes no cycles, and looking for some takes a fifth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
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
) -> BuildReport:
    """Build the site of a content folder into an output folder; after a SitegenError the old site is unchanged.

    ``url`` replaces the URL in site.toml. ``verbose`` also reports what stays TeX. Without ``accept_loss``, a build
    that would remove all papers or most pages from the site is refused.
    """
    global _last_values
    _last_values, started, home = None, time.perf_counter(), source.resolve().parent
    run = _Run(source, Cache(home / ".sitegen"), program_digest(), jobs or os.cpu_count() or 1, progress)
    trees = _source_trees(source, output)
    with locked_output(output), ExitStack() as tasks:
        state = folder.inspect(output)
        key = checksum.digest(os.fsencode(output.resolve())).hex()
        names = b"\0".join(sources.names(source))
        options = (run.program, os.fsencode(source), (url or "").encode(), names)
        inputs = last_build.sources_digest(sources.content_files(source), trees, *options)
        last_report = last_build.report(run.cache, key, inputs, state.listed, output, state.manifest)
        if last_report and not verbose:
            return _unchanged_report(last_report, started)
        finding_missing = Task(partial(folder.missing, output, state), run.jobs)
        tasks.callback(finding_missing.end)
        config = load_config(source)
        config = replace(config, url=url or config.url)
        zone = ZoneInfo(config.timezone)
        feeds = read_feeds(source, jobs=run.jobs, progress=progress, program=run.program, zone=zone)
        known = load_people(source)
        feeds, silenced = silence(feeds, known.persons)
        derived = DerivedFields(merge(feeds.papers), feeds, run.cache, program=run.program, zone=zone)
        digests = [derived.facts[paper.id.base].digest for paper in derived.papers]
        compared = claims.identified(derived.papers, digests, known.persons)
        search = related.Search(*compared, run.cache, run.program)
        searching = Task(search.run, 1 if search.has_result() else run.jobs, afterwards=search.save)
        tasks.callback(searching.end)
        recurring = topics.find(derived.papers, digests, derived.records, run.cache, run.program, run.jobs)
        persons = _persons(run, derived, known.persons)
        library, article_problems = _library(run, derived, persons, known, feeds.newest, zone, config)
        static = [home / "static", resources.static_dir()]
        assets = static_files.collect(static, colours.style(config.theme_color), offline=config.offline)
        search_files = SearchFiles(derived.papers, derived, run.cache, run.program, run.jobs)
        indexes = search_files, NamesFiles(library, search_files, run.cache, run.program, run.jobs)
        atlas = recurring, layout.load(source)
        site = SiteModel(library, config, assets, derived, indexes, partial(_neighbours, searching), atlas)
        state = replace(state, missing=folder.found_missing(finding_missing.result()))
        last = traces.load(run.cache, key, state.listed, run.program)
        staged, changes = _publish(run, site, home / "templates", output, state, last, accept_loss)
        searching.wait()
        skipped = [problem for tree in trees for problem in (*tree.skipped, *tree.loops)]
        problems = (
            *skipped,
            *feeds.problems,
            *derived.problems,
            *article_problems,
            *claims.unmatched(known, library.papers, persons.printed_names, silenced),
            *_damage(output, state),
        )
        report = _report(library, staged, changes, problems, started)
        traces.save(run.cache, key, staged.build)
        if not state.damaged:
            last_build.save(run.cache, key, inputs, staged.build.manifest, msgspec.msgpack.encode(report))
        _last_values = feeds, derived, library, site, state, staged
    return replace(report, unconverted=_unconverted(library.order, staged.slow) if verbose else ())


def _source_trees(source: Path, output: Path) -> list[Tree]:
    """List the folders that a site is made from.

    SourceError if a file or folder cannot be read, PublishError if the output folder is one of them.
    """
    for file in sources.content_files(source):
        sources.require_file(file)
    own = sources.content_folders(source)
    trees = [sources.tree(folder) for folder in (*own, resources.templates_dir(), resources.static_dir())]
    folder.refuse_sources(output, [source, *own, *(Path(inner) for tree in trees for inner in tree.folders)])
    return trees


def read_feeds(
    source: Path,
    *,
    jobs: int = 0,
    progress: Progress = lambda *_: None,
    program: bytes = b"",
    zone: tzinfo | None = None,
) -> store.Feeds:
    """Return the records of all feeds of a content folder; readings are kept in the cache beside it.

    ``zone`` is the time zone of days and years; the default is that of site.toml.
    """
    zone = zone or ZoneInfo(load_config(source).timezone)
    return store.read_all(
        source / "feeds",
        Cache(source.resolve().parent / ".sitegen"),
        program=(program or program_digest()) + str(zone).encode(),
        derive=partial(derived_fields.derive, zone=zone),
        jobs=jobs or os.cpu_count() or 1,
        progress=partial(progress, "reading feeds"),
    )


def _library(
    run: _Run,
    derived: DerivedFields,
    persons: people.People,
    known: PeopleFile,
    newest_feed: datetime | None,
    zone: tzinfo,
    config: Config,
) -> tuple[Library, list[Problem]]:
    """Return the library of papers, persons, and the owner's pages and notes, with problems of pages and notes."""
    bases = {paper.id.base for paper in derived.papers}

    def linked(article: _Article) -> _Article:
        return replace(article, html=with_paper_links(article.html, bases))

    pages, page_problems = content.load_pages(run.source, reserved=RESERVED, unsafe_html=config.unsafe_html)
    notes, note_problems = content.load_notes(run.source, unsafe_html=config.unsafe_html)
    orphans = [
        Problem.at(
            run.source / f"notes/{note.slug}.md",
            f"no feed has the paper {note.paper}",
            "correct the identifier, or add a feed that has it",
            key="arxiv",
        )
        for note in notes
        if note.paper not in bases
    ]
    library = assemble(
        derived.papers,
        persons,
        zone=zone,
        notes=tuple([linked(note) for note in notes if note.paper in bases]),
        pages=tuple(map(linked, pages)),
        newest_feed=newest_feed,
        different=known.different,
        own_category=config.field.category,
    )
    unread = [*content.misnamed_files(run.source), *sources.strays(run.source)]
    return library, [*page_problems, *note_problems, *unread, *orphans]


def _persons(run: _Run, derived: DerivedFields, known: Sequence[PersonEntry]) -> people.People:
    """Return the authors of all papers as persons, from the cache if papers and people.toml are unchanged."""
    digests = [derived.facts[paper.id.base].digest for paper in derived.papers]
    key = checksum.digest(b"".join([run.program, msgspec.msgpack.encode(known), *digests])).hex()
    if (found := people.load(run.cache, key)) is None:
        found = people.persons(derived.papers, known)
        people.save(run.cache, key, found)
    return found


def _publish(
    run: _Run,
    site: SiteModel,
    own_templates: Path,
    output: Path,
    state: OutputState,
    last: LastBuild | None,
    accept_loss: bool,
) -> tuple[StagedSite, Plan]:
    """Make stale pages in a staging folder, then put them into the output folder; return the site and the changes."""
    slow: list[str] = []
    settings = site.settings()
    renderer = Renderer(
        [own_templates, resources.templates_dir()],
        site=settings,
        assets=site.asset_names(),
        base_path=urlsplit(settings.url).path,
        cache=run.cache,
        report=slow.append,
    )
    builder = PageBuilder(site, renderer, output, state, last, slow)
    stage, progress = folder.staging(output), partial(run.progress, "making pages")
    staged = builder.build(site_map(site), stage, run.program, run.jobs, progress)
    changes = plan(staged.manifest, staged.staged, state.manifest)
    folder.refuse_foreign(output, state, changes.write)
    if not accept_loss:
        folder.refuse_loss(output, state, staged.manifest, changes.delete)
    if changes.write or staged.build.manifest != state.listed:
        commit(output, changes, staged.encoded_manifest)
    return staged, changes


def _neighbours(searching: Task) -> dict[str, msgspec.Raw]:
    return related.decode_answer(searching.result())


def _report(
    library: Library, staged: StagedSite, changes: Plan, problems: tuple[Problem, ...], started: float
) -> BuildReport:
    return BuildReport(
        papers=len(library.order),
        people=len(library.people),
        pages=sum([path.endswith(".html") for path in staged.manifest]),
        written=len(changes.write),
        unchanged=len(changes.unchanged),
        deleted=len(changes.delete),
        bytes=sum(staged.manifest.values()),
        seconds=round(time.perf_counter() - started, 3),
        peak_rss_mb=_peak_rss_mb(),
        problems=problems,
        unconverted=(),
    )


def _unchanged_report(last: bytes, started: float) -> BuildReport:
    """Return the report of a build with nothing to do: that of the last build with new counts and times."""
    report = msgspec.msgpack.decode(last, type=BuildReport)
    return replace(
        report,
        written=0,
        unchanged=report.written + report.unchanged,
        deleted=0,
        seconds=round(time.perf_counter() - started, 3),
        peak_rss_mb=_peak_rss_mb(),
    )


def _damage(output: Path, state: OutputState) -> Iterator[Problem]:
    if state.damaged:
        yield Problem.at(
            output / MANIFEST,
            "the list of the site's files is damaged, so all were made anew",
            "pages that the site no longer has may be left: delete the folder to remove them",
        )


def _unconverted(papers: Iterable[Paper], slow: Iterable[str]) -> tuple[Problem, ...]:
    """Return a problem for each formula or command that stays TeX, and for each template that renders slowly."""
    problems = [
        Problem.at(f"arXiv:{paper.id}", f"stays TeX: {metadata.shorten(tex, 60)}: {reason}", key=field)
        for paper in papers
        for field in ("title", "abstract", "comment", "journal_ref")
        for tex, reason in abstract.unconverted(getattr(paper, field))
    ]
    for report in sorted(set(slow)):  # several processes may have reported the same template
        path, _, message = report.partition(": ")
        problems.append(Problem.at(path, message))
    return tuple(problems)


def _peak_rss_mb() -> int:
    """Return the peak memory of this process plus that of its largest worker; Linux counts in KB."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return int(sum(usage.ru_maxrss for usage in usages) / 1024)
