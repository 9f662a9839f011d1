"""Making the pages: one process's share of them, and of those only what the output folder does not hold already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from sitegen import parallel, sealed
from sitegen.pages import state
from sitegen.pages.assets import Assets
from sitegen.pages.edition import Edition
from sitegen.pages.routes import (
    Route,
    Share,
    refuse_collisions,
    site_map,
    sitemap,
    sitemap_names,
    untouched,
)
from sitegen.pages.state import State, Touched
from sitegen.pages.urls import output_path
from sitegen.publish.folder import Stage, Standing, holds, read
from sitegen.publish.ledger import Ledger
from sitegen.publish.manifest import Manifest, Written
from sitegen.render import Rendered, Renderer

# To be ready before the pages are dealt out, so that only one process compiles them.
_OF_MOST_PAGES = ("paper.html", "author.html", "day.html", "category.html", "feed.xml", "papers.bib")

# Progress is told whenever so many more pages are seen.
_PAGES_AT_A_TIME = 250


class Done(msgspec.Struct, array_like=True):
    """What has become of some pages."""

    kept: list[str] = []  # as they were made by the last build, not even looked at
    same: list[tuple[str, Written]] = []  # made anew, and the same bytes came of it
    staged: list[tuple[str, Written]] = []
    pages: int = 0  # of all these, those that are HTML

    def site(self, manifest: Manifest) -> dict[str, Written]:
        """Return the files with what the next manifest says of them, in order."""
        fresh = dict(self.same) | dict(self.staged)
        files = {**manifest, **fresh}
        for path in files.keys() - set(self.paths()):
            del files[path]
        # Those of the last manifest are in order already.
        return files if fresh.keys() <= manifest.keys() else {path: files[path] for path in sorted(files)}

    def paths(self) -> list[str]:
        """Return the path of every file, and of files that collide more than once."""
        return [*self.kept, *(path for path, _ in self.same), *(path for path, _ in self.staged)]

    def keep(self, paths: list[str]) -> None:
        """Add files that stay as they are."""
        self.kept += paths
        self.pages += sum([path[-5:] == ".html" for path in paths])

    def add(self, other: Done) -> None:
        """Add what has become of others."""
        self.kept += other.kept
        self.same += other.same
        self.staged += other.staged
        self.pages += other.pages


_DECODER = msgspec.msgpack.Decoder(Done)


class _Found(NamedTuple):
    """A page that is not as it stands in the output, or may not be."""

    route: Route
    path: str
    key: bytes
    frame: bytes
    known: Written | None
    same_blocks: bool  # only what is around them is new


class Maker:
    """Makes the pages of an edition that an output folder lacks."""

    def __init__(
        self,
        edition: Edition,
        assets: Assets,
        renderer: Renderer,
        standing: Standing,
        output: Path,
        progress: Callable[[int, int], None],
    ) -> None:
        self.output = output
        self.standing = standing
        self._edition = edition
        self._assets = assets
        self._renderer = renderer
        self._progress = progress
        # A guess until the end: to know, one would have to go through the map.
        self._total = max(len(standing.manifest), len(edition.library.papers) + len(edition.library.people))

    def made(self, folder: Path, jobs: int, ledger: Ledger | None) -> Done:
        """Make all pages into a staging folder, by several processes; RouteCollision if two want one file.

        With the ``ledger`` of the build that made the standing site, few are looked at.
        """
        self._edition.prepare()
        touched = state.touched(self._edition, self._state, ledger.state) if ledger else None
        lists = touched is None or touched.lists
        reframe = ledger is not None and ledger.frames != self._frames()
        if lists or reframe:
            self._renderer.prepare(_OF_MOST_PAGES)
        else:  # few pages are looked at, and another process costs more than it saves
            jobs = 1
        done = self._dealt(touched, reframe, folder, jobs)
        # The sitemap knows of all.
        paths = done.paths()
        earlier = self._edition.earlier_addresses
        pages = [address for address in _addresses(paths, self._assets) if address not in earlier]
        names = sitemap_names(len(pages))
        if not lists and self._has_same(paths, names):
            done.kept += names
            return done
        self._make(self._new(sitemap(self._edition, sorted(pages)), done), Stage(folder), done)
        refuse_collisions(done.paths(), self.standing.manifest, self._assets.as_they_are)
        return done

    def _has_same(self, paths: Sequence[str], sitemaps: Sequence[str]) -> bool:
        """Return whether these files, each once, and the sitemap are those of the standing site."""
        own = set(paths)
        return len(own) == len(paths) and own.union(sitemaps) == self.standing.manifest.keys()

    def ledger(self, listed: bytes) -> Ledger:
        """Return what a manifest of this digest was made of."""
        return Ledger(listed, self.look(), self._frames(), self._state)

    @cached_property
    def _state(self) -> State:
        return state.state(self._edition)

    def look(self) -> bytes:
        """Return the digest of what makes pages of papers and persons, but for these themselves and for frames."""
        return _digest_of(self._renderer.fingerprint)

    def _frames(self) -> bytes:
        return _digest_of(self._renderer.frames)

    def _dealt(self, touched: Touched | None, reframe: bool, folder: Path, jobs: int) -> Done:
        """Make what is new, each process its share; papers and persons that are not ``touched`` keep their files.

        If ``reframe``, these get new frames.
        """

        def share(number: int) -> bytes:
            own, done = Share(number, jobs), Done()
            routes = self._counted(site_map(self._edition, self._assets, own, touched), own)
            if touched is not None and reframe:
                others = untouched(self._edition, own, touched)
                routes = chain(routes, (Route(*other, values=None) for other in others))
            self._make(self._new(routes, done), Stage(folder), done)
            if touched is not None and not reframe and number == 0:  # which others need not be told
                others = untouched(self._edition, Share(0, 1), touched)
                done.keep([output_path(other[0]) for other in others])
            return msgspec.msgpack.encode(done)

        whole = Done()
        with closing(parallel.share(share, jobs)) as answers:
            for answer in answers:
                whole.add(_DECODER.decode(answer))
        return whole

    def _new(self, routes: Iterable[Route], done: Done) -> Iterator[_Found]:
        """Return those pages that are not as they stand in the output."""
        manifest, missing = self.standing.manifest, self.standing.missing
        key_of, frame_of = self._renderer.key, self._renderer.frames
        for route in routes:
            url, template = route.url, route.template
            path = output_path(url)
            known = manifest.get(path)
            key = manifest[path].key if route.values is None else key_of(url, template, route.values)
            frame = frame_of(template)
            done.pages += template[-5:] == ".html"
            if known is None or known.key != key or path in missing:
                yield _Found(route, path, key, frame, known, same_blocks=False)
            elif known.frame != frame:
                yield _Found(route, path, key, frame, known, same_blocks=True)
            else:
                done.kept.append(path)

    def _make(self, found: Iterable[_Found], stage: Stage, done: Done) -> None:
        """Make pages, and stage those that are not as they stand in the output."""
        for route, path, key, frame, known, same_blocks in found:
            page = self._reframed(route, path, known) if known is not None and same_blocks else None
            if page is None:
                page = self._renderer.render(path, route.template, route.context())
            data = page.data
            written = path, Written(key, len(data), frame, page.section, page.cuts)
            # A paper may have changed in what this page does not show of it.
            if known is not None and known.size == len(data) and holds(self.output, path, data):
                done.same.append(written)
            else:
                stage.put(path, data)
                done.staged.append(written)

    def _reframed(self, route: Route, path: str, known: Written) -> Rendered | None:
        """Put the blocks of a page that stands in the output into a new frame; None where that cannot be."""
        try:
            old = Rendered(read(self.output, path, known.size), known.section, known.cuts)
            return self._renderer.reframed(path, route.url, route.template, old) if known.cuts else None
        except Exception:  # whatever it is, rendering the page will tell
            return None

    def _counted(self, routes: Iterable[Route], share: Share) -> Iterable[Route]:
        for index, route in enumerate(routes):
            if share.number == 0 and index % _PAGES_AT_A_TIME == 0:
                self._progress(min(index * share.jobs, self._total), self._total)
            yield route
        if share.number == 0:
            self._progress(self._total, self._total)


def _digest_of(aspect: Callable[[str], bytes]) -> bytes:
    """Return the digest of an aspect of the templates of papers and persons."""
    return sealed.digest(b"".join(map(aspect, state.TEMPLATES)))


def _addresses(paths: Sequence[str], assets: Assets) -> list[str]:
    """Return the addresses of the pages among some files."""
    return [
        path.removesuffix("index.html")
        for path in paths
        if path.endswith("index.html") and path not in assets.files
    ]
