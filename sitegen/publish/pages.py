"""The pages of a site are made: those that may have changed since the last build, by several processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from sitegen.incremental import traces, workers
from sitegen.incremental.traces import LastBuild, Trace
from sitegen.pages.contexts import StaticFile
from sitegen.pages.model import SiteModel
from sitegen.pages.site_map import Route
from sitegen.pages.urls import output_path
from sitegen.publish.folder import OutputState, Stage, holds, read
from sitegen.render import Rendered, Renderer

# For fewer pages, another process costs more time than it saves.
_PAGES_FOR_A_PROCESS = 400
# Progress is reported whenever so many more pages are made.
_PAGES_AT_A_TIME = 250

Progress = Callable[[int, int], None]  # pages made, and pages to make


class Made(msgspec.Struct, array_like=True):
    """Pages that were made, by path. All of them have a trace; only those with new bytes are staged."""

    staged: list[str] = []
    sizes: dict[str, int] = {}
    pages: dict[str, Trace] = {}

    def add(self, other: Made) -> None:
        """Add the pages that another process made."""
        self.staged += other.staged
        self.sizes |= other.sizes
        self.pages |= other.pages


_DECODER = msgspec.msgpack.Decoder(Made)


class Stale(NamedTuple):
    """A page that has to be made."""

    route: Route
    path: str
    known: Trace | None  # how the page that stands was made, if only its frame is out of date


class Site(NamedTuple):
    """A whole site, of which the new files are staged."""

    manifest: Mapping[str, int]
    staged: Sequence[str]
    build: LastBuild  # for the next build; its manifest's digest is not known yet


class PageBuilder:
    """Makes the pages of a site model that an output folder lacks."""

    def __init__(
        self,
        site: SiteModel,
        renderer: Renderer,
        output: Path,
        standing: OutputState,
        last: LastBuild | None,
        program: bytes,
    ) -> None:
        """``last`` is the build that wrote what is ``standing`` in the output folder, if its record is there."""
        self._site = site
        self._renderer = renderer
        self._output = output
        self._standing = standing
        self._last = last
        self._program = program
        self._numbers = traces.numbered(site.query_names(), last)

    def make(self, routes: Sequence[Route], folder: Path, jobs: int, progress: Progress) -> Site:
        """Make what is new, into a staging folder; TemplateError if a page cannot be rendered."""
        templates = dict.fromkeys(route.template for route in routes if route.template)
        # Without a last build nothing has to be compared, and the search for related papers may go on meanwhile.
        digests = self._site.query_digests() if self._last else None
        stale = self._stale(routes, templates, digests)
        if len(stale) < _PAGES_FOR_A_PROCESS:
            jobs = 1
        else:
            self._renderer.prepare(templates)
        made = self._make_all(stale, folder, jobs, progress)
        digests = digests or self._site.query_digests()
        pages = {**self._last.pages, **made.pages} if self._last else made.pages
        paths = [output_path(route.url) for route in routes]
        build = LastBuild(
            manifest=b"",
            program=self._program,
            queries={name: digests.get(name, b"") for name in self._numbers},
            blocks={template: self._renderer.block_digest(template) for template in templates},
            frames={template: self._renderer.frame_digest(template) for template in templates},
            pages={path: pages[path] for path in paths},
        )
        sizes = {**self._standing.manifest, **made.sizes}
        return Site({path: sizes[path] for path in paths}, made.staged, build)

    def _stale(
        self, routes: Sequence[Route], templates: Mapping[str, None], digests: Mapping[str, bytes] | None
    ) -> list[Stale]:
        """Return the pages whose queries or templates have changed, or that are not there in full."""
        last = self._last
        if last is None or digests is None:
            return [Stale(route, output_path(route.url), None) for route in routes]
        changed = last.pages_that_asked(traces.changed(digests, last)) | self._standing.missing
        same_blocks, same_frames = {""}, {""}
        for template in templates:
            if last.blocks.get(template) == self._renderer.block_digest(template):
                same_blocks.add(template)
            if last.frames.get(template) == self._renderer.frame_digest(template):
                same_frames.add(template)
        stale = []
        for route in routes:
            path = output_path(route.url)
            known = last.pages.get(path)
            is_same = known and known.template == route.template and route.template in same_blocks
            if not is_same or path in changed:
                stale.append(Stale(route, path, None))
            elif route.template not in same_frames:
                stale.append(Stale(route, path, known))
        return stale

    def _make_all(self, stale: Sequence[Stale], folder: Path, jobs: int, progress: Progress) -> Made:
        """Make pages by several processes, dealt out like cards, so that each has some of every kind."""

        def share(number: int) -> bytes:
            made, stage = Made(), Stage(folder)
            for index, page in enumerate(stale[number::jobs]):
                if number == 0 and index % _PAGES_AT_A_TIME == 0:
                    progress(index * jobs, len(stale))
                self._make(page, stage, made)
            if number == 0:
                progress(len(stale), len(stale))
            return msgspec.msgpack.encode(made)

        whole = Made()
        with closing(workers.share(share, jobs)) as answers:
            for answer in answers:
                whole.add(_DECODER.decode(answer))
        return whole

    def _make(self, page: Stale, stage: Stage, made: Made) -> None:
        """Make a page, and stage it unless the file that stands has the same bytes."""
        route, path, known = page
        size = self._standing.manifest.get(path)
        rendered = self._reframed(route, path, known, size) if known and size is not None else None
        if rendered is None or known is None:
            asked = self._site.begin_trace()
            context = route.make(self._site, *route.arguments)
            if isinstance(context, StaticFile):
                rendered = Rendered(context.data)
            else:
                rendered = self._renderer.render(path, route.template, context)
            queries = traces.encoded(asked, self._numbers)
        else:
            queries = known.queries
        data = rendered.data
        made.sizes[path] = len(data)
        made.pages[path] = Trace(route.template, queries, rendered.section, rendered.cuts)
        if size != len(data) or not holds(self._output, path, data):
            stage.put(path, data)
            made.staged.append(path)

    def _reframed(self, route: Route, path: str, known: Trace, size: int) -> Rendered | None:
        """Put the blocks of the page that stands into its new frame; None where that cannot be.

        The layout was edited and nothing else: to render all pages would take three times as long.
        """
        if not known.cuts:
            return None
        try:
            old = Rendered(read(self._output, path, size), known.section, known.cuts)
            return self._renderer.reframe(path, route.url, route.template, old)
        except Exception:  # whatever the reason, rendering the page will report it
            return None
