"""Fetch papers from arXiv into new feed files; existing feed files are never changed.

A fetch that fails adds no feed file. The pages that had arrived are kept in ``.sitegen/fetch``, and the next fetch of
the same query continues after them.

The first fetch of a query harvests all its papers. A later fetch asks for the papers that changed last, back to a
week before the previous fetch began, so that it finds new versions of old papers and papers that were announced late.
A paper that is cross-listed long after its submission changes no date. Then arXiv counts more papers than the archive
has (see ``_LastFetch.surplus``), and the fetch harvests all papers again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen.build import read_feeds
from sitegen.errors import FetchError, Problem
from sitegen.fetch import harvest, listing, snapshot, writer
from sitegen.fetch.client import ArxivClient, Clock, RequestPolicy
from sitegen.fetch.harvest import HarvestLimits, HarvestState, Progress, Query
from sitegen.fetch.journal import Journal
from sitegen.fetch.request import FetchOptions, FetchSettings, fetch_settings, query_name, require_categories
from sitegen.library.merge import merge
from sitegen.models import Paper

_OVERLAP = timedelta(days=7)  # between one fetch and the next: a paper may wait for its announcement
_TOLERATED_LOSS = 0.2  # part of the known papers that an answer may lack


class FetchReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a fetch brought; numbers are of papers."""

    asked: int  # that the source has of what was asked for
    got: int
    new: int
    changed: int
    unchanged: int
    requests: int
    seconds: float
    files: tuple[Path, ...]
    complete: bool  # False if the fetch ended at the limit of papers
    problems: tuple[Problem, ...]


class _LastFetch(msgspec.Struct, frozen=True, kw_only=True):
    """The last complete fetch of a query."""

    began: datetime
    counted: int  # papers that arXiv counted
    surplus: int  # papers of the archive that arXiv did not count: withdrawn, or found by other queries


class _Archive(msgspec.Struct, frozen=True, kw_only=True):
    """The content folder before the fetch."""

    feeds: Path  # folder of the feed files
    state: Path  # folder for what one fetch leaves for the next
    known: Mapping[str, Paper]  # merged, by base identifier
    problems: tuple[Problem, ...]


def _nothing() -> None:
    pass


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a source (the API, the daily feeds, a snapshot) has sent."""

    papers: Sequence[Paper]  # one for each identifier
    problems: Sequence[Problem]
    asked: int  # papers that the source has of what was asked for
    requests: int = 0
    complete: bool = True
    finish: Callable[[], None] = _nothing  # to be called when the papers are on the disk


def fetch(
    source: Path,
    options: FetchOptions,
    *,
    clock: Clock,
    policy: RequestPolicy | None = None,
    limits: HarvestLimits | None = None,
    progress: Progress = lambda *_: None,
    say: Callable[[str], None] = lambda _: None,
) -> FetchReport:
    """Add the papers of arXiv's API that a content folder lacks; on FetchError none is added.

    ``say`` is called with a line for each failed request that is repeated.
    """
    settings = fetch_settings(source, options)

    def ask(archive: _Archive) -> _Found:
        with ArxivClient(settings.endpoint, settings.contact, clock=clock, policy=policy, say=say) as client:
            found = _Found(papers=(), problems=(), asked=0)
            if settings.query:
                found = _ask_query(
                    client, archive, settings, settings.query, options, limits or HarvestLimits(), progress
                )
            if settings.ids:
                single, problems = listing.single_papers(client, settings.ids)
                papers = {paper.id.base: paper for paper in (*found.papers, *single)}
                found = msgspec.structs.replace(
                    found,
                    papers=tuple(papers.values()),
                    problems=(*found.problems, *problems),
                    asked=found.asked + len(settings.ids),
                )
            return msgspec.structs.replace(found, requests=client.requests)

    return _add(source, query_name(settings), ask, clock, progress)


def fetch_daily(
    source: Path,
    options: FetchOptions,
    *,
    clock: Clock,
    policy: RequestPolicy | None = None,
    progress: Progress = lambda *_: None,
    say: Callable[[str], None] = lambda _: None,
) -> FetchReport:
    """Add today's announcements of the categories in site.toml; ``say`` as in :func:`fetch`."""
    settings = fetch_settings(source, options)
    categories = require_categories(source, settings, "the daily feeds are those of categories")

    def ask(_: _Archive) -> _Found:
        papers: list[Paper] = []
        problems: list[Problem] = []
        with ArxivClient(settings.endpoint, settings.contact, clock=clock, policy=policy, say=say) as client:
            for number, category in enumerate(categories, 1):
                announced, unread = listing.announced_today(client, category)
                papers += announced
                problems += unread
                progress("reading announcements", number, len(categories), category)
        merged = merge(papers)
        return _Found(papers=merged, problems=problems, asked=len(merged), requests=client.requests)

    return _add(source, f"daily-{query_name(settings)}", ask, clock, progress)


def import_snapshot(
    source: Path, file: Path, options: FetchOptions, *, clock: Clock, progress: Progress = lambda *_: None
) -> FetchReport:
    """Add the papers of arXiv's metadata snapshot that are in the categories of site.toml."""
    settings = fetch_settings(source, options)
    categories = require_categories(source, settings, "the snapshot is filtered by categories")

    def ask(_: _Archive) -> _Found:
        papers, problems = snapshot.read(
            file,
            categories,
            since=settings.since,
            progress=lambda done, size: progress("reading the snapshot", done, size, ""),
        )
        merged = merge(papers[: settings.max_papers] if settings.max_papers else papers)
        return _Found(papers=merged, problems=problems, asked=len(merged))

    return _add(source, f"snapshot-{query_name(settings)}", ask, clock, progress)


def _ask_query(
    client: ArxivClient,
    archive: _Archive,
    settings: FetchSettings,
    query: Query,
    options: FetchOptions,
    limits: HarvestLimits,
    progress: Progress,
) -> _Found:
    """Return arXiv's answer to a query: what changed last if that is enough, otherwise all papers.

    FetchError if the answer lacks too many of the known papers.
    """
    digest = blake2b(query.expression.encode(), digest_size=8).hexdigest()
    record = archive.state / f"{digest}.json"
    journal = Journal(archive.state / digest, harvest.Page)
    last = _load_last_fetch(record)
    # Only for categories do we know which papers of the archive the query finds.
    matching = _matching(archive, settings) if settings.categories else None
    ours = archive.known.keys() if matching is None else matching
    harvested = None
    if last and not options.full:
        harvested = harvest.harvest_changes(
            client,
            query,
            limits,
            lambda paper: _is_news(archive.known, paper),
            last.began - _OVERLAP,
            max_papers=settings.max_papers,
            progress=progress,
        )
        if harvested and not _is_plausible(harvested, last, ours):
            harvested = None
    if harvested is None:
        if most := settings.max_papers:
            page, overlap = min(limits.page, most), min(limits.overlap, most // 2)
            limits = msgspec.structs.replace(limits, page=page, overlap=overlap)
        harvested = harvest.harvest_all(
            client, query, limits, journal, max_papers=settings.max_papers, progress=progress
        )
        if message := _excessive_loss(harvested, last, matching, options):
            journal.clear()
            remedy = "fetch again later; if arXiv is right, fetch with --accept-loss (nothing is deleted)"
            raise FetchError.at(query.url(settings.endpoint, 0, limits.page), message, remedy)
    state, now = harvested, client.now()
    return _Found(
        papers=tuple(state.papers.values()),
        problems=tuple(state.problems.values()),
        asked=max(state.total, len(state.seen)),
        complete=state.complete,
        finish=lambda: _finish_harvest(state, ours, record, journal, now),
    )


def _is_plausible(harvested: HarvestState, last: _LastFetch, ours: Set[str]) -> bool:
    """Return whether arXiv counts about as many papers as last time, and the archive now has all of them."""
    plausible = harvested.total >= (1 - _TOLERATED_LOSS) * last.counted
    return plausible and harvested.total <= len(ours | harvested.papers.keys()) - last.surplus


def _excessive_loss(
    harvested: HarvestState, last: _LastFetch | None, matching: Set[str] | None, options: FetchOptions
) -> str:
    """Return a message if a complete answer lacks more than a fifth of the known papers, otherwise ""."""
    if matching is not None:
        known, lost = len(matching), len(matching - harvested.papers.keys())
    else:
        known = last.counted if last else 0
        lost = known - harvested.total
    if options.accept_loss or not harvested.complete or lost <= _TOLERATED_LOSS * known:
        return ""
    return f"of {known:,} papers that the archive has, {lost:,} are not in arXiv's answer"


def _finish_harvest(
    harvested: HarvestState, ours: Set[str], record: Path, journal: Journal[harvest.Page], now: datetime
) -> None:
    """Record a fetch if it is complete, and clear its journal.

    The papers must be on the disk before: after an interruption the next fetch needs the journal.
    """
    if harvested.complete:
        surplus = len(ours | harvested.papers.keys()) - harvested.total
        last = _LastFetch(began=harvested.began or now, counted=harvested.total, surplus=surplus)
        writer.write(record, msgspec.json.encode(last))
        journal.clear()


def _add(
    source: Path,
    name: str,
    ask: Callable[[_Archive], _Found],
    clock: Clock,
    progress: Progress,
) -> FetchReport:
    """Ask a source for papers, and save those that are new or changed in new feed files.

    ``name`` is a part of the files' names.
    """
    started = clock.monotonic()
    with _opened(source, progress) as archive:
        found = ask(archive)
        papers = sorted(found.papers, key=lambda paper: (paper.published, paper.id.sort_key))
        news = [paper for paper in papers if _is_news(archive.known, paper)]
        files: Sequence[Path] = ()
        if news:
            now = clock.now()
            day = now.date().isoformat()
            title = f"arXiv: {name}, {day}"
            files = writer.save(archive.feeds, f"{day}-{name}", news, title=title, updated=now)
        found.finish()
    changed = sum(paper.id.base in archive.known for paper in news)
    return FetchReport(
        asked=found.asked,
        got=len(papers),
        new=len(news) - changed,
        changed=changed,
        unchanged=len(papers) - len(news),
        requests=found.requests,
        seconds=round(clock.monotonic() - started, 3),
        files=tuple(files),
        complete=found.complete,
        problems=(*archive.problems, *found.problems),
    )


@contextmanager
def _opened(source: Path, progress: Progress) -> Iterator[_Archive]:
    """Lock the content folder and yield its papers; FetchError if another fetch has the lock."""
    with writer.locked_feeds(source):
        held = read_feeds(
            source, jobs=1, progress=lambda stage, done, total: progress(stage, done, total, "")
        )
        yield _Archive(
            feeds=source / "feeds",
            state=_state_folder(source),
            known={paper.id.base: paper for paper in merge(held.papers)},
            problems=held.problems,
        )


def _matching(archive: _Archive, settings: FetchSettings) -> set[str]:
    """Return the base identifiers of the papers in the archive that a query for categories should find."""
    first = datetime.combine(settings.since, time(), UTC) if settings.since else None
    return {
        base
        for base, paper in archive.known.items()
        if not set(settings.categories).isdisjoint(paper.categories)
        and (first is None or paper.published >= first)
    }


def _is_news(known: Mapping[str, Paper], paper: Paper) -> bool:
    """Return whether a paper adds anything to the known ones."""
    before = known.get(paper.id.base)
    return before is None or merge((before, paper)) != (before,)


def last_complete(source: Path) -> datetime | None:
    """Return when the last complete fetch of a content folder began; None if there is no record of one."""
    records = filter(None, map(_load_last_fetch, _state_folder(source).glob("*.json")))
    return max((record.began for record in records), default=None)


def _state_folder(source: Path) -> Path:
    return source.resolve().parent / ".sitegen" / "fetch"


def _load_last_fetch(path: Path) -> _LastFetch | None:
    """Return the record of a fetch; None if it is missing or damaged, and then all papers are harvested again."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_LastFetch)
    except (OSError, msgspec.MsgspecError):
        return None
