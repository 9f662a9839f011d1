"""The straight line of a fetch, from arXiv to new feed files; what a build reads it never changes.

Feed files are only ever added. A fetch that fails adds none; the pages that had come are kept in ``.sitegen/fetch``,
and the next fetch of the same query goes on from there.

The first fetch of a query is a whole harvest. From then on what changed last is asked for, back to a week before the
harvest or fetch before, so that a new version of an old paper is found, and one that was announced late. A paper that
is cross-listed long after its submission changes no date; but then arXiv counts more papers than the archive has
(``_Mark.surplus``), and a whole harvest follows by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen.build import read_feeds
from sitegen.config.settings import Config
from sitegen.config.settings import load as load_config
from sitegen.errors import ConfigError, FetchError, Problem
from sitegen.feeds import taxonomy
from sitegen.fetch import harvest, listing, snapshot, writer
from sitegen.fetch.client import ArxivClient, Clock, RequestPolicy
from sitegen.fetch.harvest import HarvestState, Progress, Question, Reach
from sitegen.fetch.journal import Journal
from sitegen.library.merge import merge
from sitegen.models import Paper

_OVERLAP = timedelta(days=7)  # between one fetch and the next: a paper may wait for its announcement
_TOLERATED_LOSS = 0.2  # of the papers known
_CATEGORIES_ONLY = re.compile(r"\(?\s*cat:[\w.-]+(?:\s+OR\s+cat:[\w.-]+)*\s*\)?", re.A)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted of this fetch; where it says nothing, site.toml decides."""

    query: str = ""
    since: date | None = None
    max: int | None = None
    endpoint: str = ""
    full: bool = False  # a whole harvest, whatever is known
    accept_loss: bool = False


class FetchReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a fetch brought."""

    asked: int  # papers that arXiv, or the file, has of what was asked for
    got: int
    new: int
    changed: int
    unchanged: int
    requests: int
    seconds: float
    files: tuple[Path, ...]
    complete: bool  # False where it ended at the limit of papers
    problems: tuple[Problem, ...]


class _Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for, after the command line and site.toml have had their say."""

    question: Question | None  # None: single papers only
    categories: tuple[str, ...]  # canonical; those that the question is made of, if of nothing else
    since: date | None
    most: int
    endpoint: str
    contact: str


class _Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What the last fetch of a question left behind that brought everything."""

    began: datetime
    counted: int  # papers that arXiv counted
    surplus: int  # papers that the archive had and arXiv did not count: withdrawn ones, or of other questions


class _Archive(msgspec.Struct, frozen=True, kw_only=True):
    """The feed files as they are now, and this program's own folder beside them."""

    feeds: Path
    state: Path
    known: Mapping[str, Paper]  # by base identifier, merged
    problems: tuple[Problem, ...]


def fetch(
    source: Path,
    wanted: Wanted,
    *,
    clock: Clock,
    policy: RequestPolicy | None = None,
    reach: Reach | None = None,
    progress: Progress = lambda *_: None,
    say: Callable[[str], None] = lambda _: None,
) -> FetchReport:
    """Add to a content folder what arXiv's API has and the archive has not; FetchError, and nothing is added.

    What goes wrong on the way, and is tried again, is told to ``say``.
    """
    started = clock.monotonic()
    config = load_config(source)
    terms = _terms(source, config, wanted)
    with _opened(source, progress) as archive:
        with ArxivClient(terms.endpoint, terms.contact, clock=clock, policy=policy, say=say) as client:
            found: dict[str, Paper] = {}
            problems: list[Problem] = []
            asked, complete, finish = 0, True, _nothing
            if terms.question:
                trail, finish = _answer(client, archive, terms, wanted, reach or Reach(), progress)
                asked, complete = max(trail.total, len(trail.seen)), trail.complete
                found |= trail.papers
                problems += trail.problems.values()
            if not wanted.query and config.fetch.ids:
                single, notes = listing.single_papers(client, terms.endpoint, config.fetch.ids)
                found |= {paper.id.base: paper for paper in single}
                problems += notes
                asked += len(config.fetch.ids)
            requests = client.requests
        report = _add(archive, found.values(), _name(terms), clock)
        finish()
    return msgspec.structs.replace(
        report,
        asked=asked,
        requests=requests,
        complete=complete,
        seconds=round(clock.monotonic() - started, 3),
        problems=(*archive.problems, *problems),
    )


def _answer(
    client: ArxivClient, archive: _Archive, terms: _Terms, wanted: Wanted, reach: Reach, progress: Progress
) -> tuple[HarvestState, Callable[[], None]]:
    """Return what arXiv answers to the question, and what remains to be done when that is in the archive."""
    question = terms.question
    assert question is not None
    digest = blake2b(question.expression.encode(), digest_size=8).hexdigest()
    mark = archive.state / f"{digest}.json"
    journal = Journal(archive.state / digest, harvest.Page)
    # Of a free query nobody can tell which papers of the archive it should find.
    matching = _matching(archive, terms) if terms.categories else set()
    ours = matching if terms.categories else archive.known.keys()
    last = _load_mark(mark)

    def finish(trail: HarvestState) -> None:
        # Only when the papers are on the disk; before that, the next run has to find the pages.
        if trail.complete:
            surplus = len(ours | trail.papers.keys()) - trail.total
            began = trail.began or client.now()
            left = _Mark(began=began, counted=trail.total, surplus=surplus)
            writer.write(mark, msgspec.json.encode(left))
            journal.clear()

    if last and not wanted.full:
        trail = harvest.latest(
            client,
            terms.endpoint,
            question,
            reach,
            lambda paper: _is_news(archive.known, paper),
            last.began - _OVERLAP,
            most=terms.most,
            progress=progress,
        )
        if trail and _agrees(trail, last, ours):
            return trail, lambda: finish(trail)
    if terms.most:
        reach = msgspec.structs.replace(
            reach, page=min(reach.page, terms.most), overlap=min(reach.overlap, terms.most // 2)
        )
    trail = harvest.whole(
        client, terms.endpoint, question, reach, journal, most=terms.most, progress=progress
    )
    known = len(matching) if terms.categories else last.counted if last else 0
    lost = len(matching - trail.papers.keys()) if terms.categories else known - trail.total
    if trail.complete and lost > _TOLERATED_LOSS * known and not wanted.accept_loss:
        journal.clear()
        message = f"of {known:,} papers that the archive has, {lost:,} are not in arXiv's answer"
        remedy = "fetch again later; if arXiv is right, fetch with --accept-loss (nothing is deleted)"
        raise FetchError.at(question.url(terms.endpoint, 0, reach.page), message, remedy)
    return trail, lambda: finish(trail)


def _agrees(trail: HarvestState, last: _Mark, ours: Set[str]) -> bool:
    """Return whether arXiv's count is plausible after the last one, and the archive will not lack a paper of it."""
    plausible = trail.total >= (1 - _TOLERATED_LOSS) * last.counted
    return plausible and trail.total <= len(ours | trail.papers.keys()) - last.surplus


def fetch_daily(
    source: Path,
    wanted: Wanted,
    *,
    clock: Clock,
    policy: RequestPolicy | None = None,
    progress: Progress = lambda *_: None,
    say: Callable[[str], None] = lambda _: None,
) -> FetchReport:
    """Add the day's announcements of the categories in site.toml; ``say`` as in :func:`fetch`."""
    started = clock.monotonic()
    config = load_config(source)
    terms = _terms(source, config, wanted)
    categories = _filter(source, terms, "the daily feeds are those of categories")
    with _opened(source, progress) as archive:
        papers: list[Paper] = []
        problems = list(archive.problems)
        with ArxivClient(terms.endpoint, terms.contact, clock=clock, policy=policy, say=say) as client:
            for number, category in enumerate(categories, 1):
                announced, notes = listing.announced_today(client, terms.endpoint, category)
                papers += announced
                problems += notes
                progress("reading announcements", number, len(categories), category)
            requests = client.requests
        report = _add(archive, merge(papers), f"daily-{_name(terms)}", clock)
    return msgspec.structs.replace(
        report,
        requests=requests,
        seconds=round(clock.monotonic() - started, 3),
        problems=tuple(problems),
    )


def import_snapshot(
    source: Path, file: Path, wanted: Wanted, *, clock: Clock, progress: Progress = lambda *_: None
) -> FetchReport:
    """Add the papers of arXiv's metadata snapshot that stand in the categories of site.toml."""
    started = clock.monotonic()
    config = load_config(source)
    terms = _terms(source, config, wanted)
    categories = _filter(source, terms, "the snapshot is filtered by categories")
    with _opened(source, progress) as archive:
        papers, problems = snapshot.read(
            file,
            categories,
            since=terms.since,
            progress=lambda done, size: progress("reading the snapshot", done, size, ""),
        )
        papers = papers[: terms.most] if terms.most else papers
        report = _add(archive, merge(papers), f"snapshot-{_name(terms)}", clock)
    return msgspec.structs.replace(
        report,
        seconds=round(clock.monotonic() - started, 3),
        problems=(*archive.problems, *problems),
    )


def _terms(source: Path, config: Config, wanted: Wanted) -> _Terms:
    settings = config.fetch
    search = wanted.query or settings.query or " OR ".join(f"cat:{id}" for id in settings.categories)
    if not search and not settings.ids:
        remedy = 'say what, as in categories = ["q-bio.NC"], or give --query'
        raise ConfigError.at(source / "site.toml", "there is nothing to fetch", remedy, key="fetch")
    since = wanted.since or settings.since
    named = re.findall(r"cat:([\w.-]+)", search) if _CATEGORIES_ONLY.fullmatch(search) else []
    return _Terms(
        question=Question(search=search, since=harvest.minute(since) if since else "") if search else None,
        categories=tuple(dict.fromkeys(taxonomy.canonical(name) or name for name in named)),
        since=since,
        most=settings.max if wanted.max is None else wanted.max,
        endpoint=wanted.endpoint or settings.endpoint,
        contact=settings.contact or config.contact or config.url,
    )


def _filter(source: Path, terms: _Terms, reason: str) -> tuple[str, ...]:
    if not terms.categories:
        remedy = 'name them, as in categories = ["q-bio.NC"]'
        raise ConfigError.at(source / "site.toml", reason, remedy, key="fetch.categories")
    return terms.categories


def _name(terms: _Terms) -> str:
    """Return what the names of new files say of the query."""
    search = terms.question.search if terms.question else "ids"
    name = re.sub(r"[^A-Za-z0-9.]+", "-", " ".join(terms.categories) or search)
    return name[:60].strip("-.") or "query"


@contextmanager
def _opened(source: Path, progress: Progress) -> Iterator[_Archive]:
    """Give the archive to one fetch at a time; FetchError if there is another at work."""
    feeds = source / "feeds"
    state = _state_folder(source)
    with writer.sole(source):
        held = read_feeds(
            source, jobs=1, progress=lambda stage, done, total: progress(stage, done, total, "")
        )
        known = {paper.id.base: paper for paper in merge(held.papers)}
        yield _Archive(feeds=feeds, state=state, known=known, problems=held.problems)


def _matching(archive: _Archive, terms: _Terms) -> set[str]:
    """Return which papers of the archive a question of categories should find."""
    first = datetime.combine(terms.since, time(), UTC) if terms.since else None
    return {
        base
        for base, paper in archive.known.items()
        if not set(terms.categories).isdisjoint(paper.categories)
        and (first is None or paper.published >= first)
    }


def _is_news(known: Mapping[str, Paper], paper: Paper) -> bool:
    """Return whether a record says anything that the archive does not say already."""
    before = known.get(paper.id.base)
    return before is None or merge((before, paper)) != (before,)


def _add(archive: _Archive, found: Iterable[Paper], name: str, clock: Clock) -> FetchReport:
    """Write what is news into a new feed file, or into none if there is none."""
    papers = sorted(found, key=lambda paper: (paper.published, paper.id.sort_key))
    news = [paper for paper in papers if _is_news(archive.known, paper)]
    changed = sum(paper.id.base in archive.known for paper in news)
    now = clock.now()
    files: Sequence[Path] = ()
    if news:
        day = now.date().isoformat()
        files = writer.save(archive.feeds, f"{day}-{name}", news, title=f"arXiv: {name}, {day}", updated=now)
    return FetchReport(
        asked=len(papers),
        got=len(papers),
        new=len(news) - changed,
        changed=changed,
        unchanged=len(papers) - len(news),
        requests=0,
        seconds=0.0,
        files=tuple(files),
        complete=True,
        problems=(),
    )


def last_complete(source: Path) -> datetime | None:
    """Return when the last fetch began that brought all there was; None where nobody knows."""
    state = _state_folder(source)
    marks = filter(None, map(_load_mark, state.glob("*.json")))
    return max((mark.began for mark in marks), default=None)


def _state_folder(source: Path) -> Path:
    return source.resolve().parent / ".sitegen" / "fetch"


def _load_mark(path: Path) -> _Mark | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Mark)
    except (OSError, msgspec.MsgspecError):
        return None  # then all is harvested again


def _nothing() -> None:
    """Do nothing: there was no question."""
