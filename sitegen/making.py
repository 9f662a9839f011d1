"""Making the pages: one process's share of them, and of those only what the output folder does not hold already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from sitegen import parallel
from sitegen.pages.assets import Assets
from sitegen.pages.edition import Edition
from sitegen.pages.routes import Route, Share, refuse_collisions, site_map, sitemap
from sitegen.publish.folder import Stage, Standing, holds, read
from sitegen.publish.manifest import Manifest, Written
from sitegen.render import Rendered, Renderer

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
        files = {path: manifest[path] for path in self.kept} | dict(self.same) | dict(self.staged)
        return {path: files[path] for path in sorted(files)}

    def paths(self) -> list[str]:
        """Return the path of every file, and of files that collide more than once."""
        return [*self.kept, *(path for path, _ in self.same), *(path for path, _ in self.staged)]

    def add(self, other: Done) -> None:
        """Add what has become of others."""
        self.kept += other.kept
        self.same += other.same
        self.staged += other.staged
        self.pages += other.pages


_DECODER = msgspec.msgpack.Decoder(Done)


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

    def shared(self, folder: Path, jobs: int) -> Done:
        """Make all pages into a staging folder, by several processes; RouteCollision if two want one file."""

        def share(number: int) -> bytes:
            own = Share(number, jobs)
            routes = self._counted(site_map(self._edition, self._assets, own), own)
            return msgspec.msgpack.encode(self._made(routes, Stage(folder)))

        self._edition.prepare()
        done = Done()
        for answer in parallel.share(share, jobs):
            done.add(_DECODER.decode(answer))
        # The sitemap knows of all.
        pages = _addresses(done.paths(), self._assets)
        done.add(self._made(sitemap(self._edition, pages), Stage(folder)))
        refuse_collisions(done.paths())
        return done

    def _made(self, routes: Iterable[Route], stage: Stage) -> Done:
        """Make those pages that are new, and stage those that are not as they stand in the output."""
        done = Done()
        manifest, missing = self.standing.manifest, self.standing.missing
        key_of, frame_of = self._renderer.key, self._renderer.frames
        for route in routes:
            path = route.path
            key = key_of(route.url, route.template, route.values)
            frame = frame_of(route.template)
            done.pages += route.template[-5:] == ".html"
            known = manifest.get(path)
            page = None
            if known is not None and known.key == key and path not in missing:
                if known.frame == frame:
                    done.kept.append(path)
                    continue
                page = self._reframed(route, known)
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
        return done

    def _reframed(self, route: Route, known: Written) -> Rendered | None:
        """Put the blocks of a page that stands in the output into a new frame; None where that cannot be."""
        try:
            old = Rendered(read(self.output, route.path), known.section, known.cuts)
            return self._renderer.reframed(route.path, route.url, route.template, old) if known.cuts else None
        except Exception:  # whatever it is, rendering the page will tell
            return None

    def _counted(self, routes: Iterable[Route], share: Share) -> Iterable[Route]:
        for index, route in enumerate(routes):
            if share.number == 0 and index % _PAGES_AT_A_TIME == 0:
                self._progress(min(index * share.jobs, self._total), self._total)
            yield route
        if share.number == 0:
            self._progress(self._total, self._total)


def _addresses(paths: Sequence[str], assets: Assets) -> list[str]:
    """Return the addresses of the pages among some files, in order."""
    return sorted(
        path.removesuffix("index.html")
        for path in paths
        if path.endswith("index.html") and path not in assets.files
    )
