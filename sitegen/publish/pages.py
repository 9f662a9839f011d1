"""The pages of a site are made: those that may have changed since the last build, by several processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from sitegen.incremental import traces, workers
from sitegen.incremental.traces import LastBuild, Numbers, Trace
from sitegen.publish.folder import OutputState, Stage, holds, read
from sitegen.render.renderer import Rendered, Renderer
from sitegen.site.contexts import StaticFile
from sitegen.site.model import SiteModel
from sitegen.site.site_map import Route, refuse_collisions
from sitegen.site.urls import output_paths

# For fewer pages, another process costs more time than it saves.
_PAGES_FOR_A_PROCESS = 400
# Progress is reported whenever so many more pages are made.
_PAGES_AT_A_TIME = 250

Progress = Callable[[int, int], None]  # pages made, and pages to make


class Made(msgspec.Struct, array_like=True):
    """Pages that were made, by path. All of them have a trace; only those with new bytes are staged."""

    staged: list[str] = []
    sizes: dict[str, int] = {}
    slow: list[str] = []  # reports of the renderer on templates that render slowly
    pages: dict[str, Trace] = {}

    def add(self, other: Made) -> None:
        """Add the pages that another process made."""
        self.staged += other.staged
        self.sizes |= other.sizes
        self.slow += other.slow
        self.pages |= other.pages


_DECODER = msgspec.msgpack.Decoder(Made)


class Stale(NamedTuple):
    """A page that has to be made."""

    route: Route
    path: str
    known: Trace | None  # how the page that stands was made, if only its frame is out of date


class MadeSite(NamedTuple):
    """A whole site, of which the new files are staged."""

    manifest: Mapping[str, int]
    staged: Sequence[str]
    slow: Sequence[str]  # reports on templates that render slowly
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
        slow: Sequence[str],
    ) -> None:
        """``last`` is the build that wrote what is ``standing`` in the output folder, if its record is there.

        ``slow`` receives the reports of the renderer.
        """
        self._site = site
        self._renderer = renderer
        self._output = output
        self._standing = standing
        self._last = last
        self._program = program
        self._slow = slow
        self._known = dict(zip(standing.manifest, last.pages, strict=True)) if last else {}

    def make(self, routes: Sequence[Route], folder: Path, jobs: int, progress: Progress) -> MadeSite:
        """Make what is new, into a staging folder.

        RouteCollision if two pages want the same file, TemplateError if a page cannot be rendered.
        """
        paths = output_paths([route.url for route in routes])
        refuse_collisions(paths, self._standing.manifest, self._site.root_files())
        self._rank_templates(routes)
        # Without a last build nothing has to be compared, and the search for related papers may go on meanwhile.
        self._digests = self._site.query_digests() if self._last else None
        self._numbers = Numbers(self._digests or self._site.query_arguments(), self._last)
        stale = self._stale(routes, paths)
        if len(stale) < _PAGES_FOR_A_PROCESS:
            jobs = 1
        else:
            self._renderer.prepare(sorted(self._used))
        made = self._make_all(stale, folder, jobs, progress)
        traces_of = {**self._known, **made.pages}
        build = LastBuild(
            manifest=b"",
            program=self._program,
            queries=self._numbers.in_order(self._digests or self._site.query_digests()),
            templates=list(self._templates),
            blocks=self._template_digests(self._renderer.block_digest),
            frames=self._template_digests(self._renderer.frame_digest),
            pages=[traces_of[path] for path in paths],
        )
        sizes = {**self._standing.manifest, **made.sizes}
        return MadeSite({path: sizes[path] for path in paths}, made.staged, made.slow, build)

    def _stale(self, routes: Sequence[Route], paths: Sequence[str]) -> list[Stale]:
        """Return the pages whose queries or templates have changed, or that are not there in full."""
        last = self._last
        if last is None or self._digests is None:
            return [Stale(route, path, None) for route, path in zip(routes, paths, strict=True)]
        asked = last.pages_that_asked(list(self._standing.manifest), last.changed(self._digests))
        changed = asked | self._standing.missing
        blocks, frames = (
            self._template_digests(self._renderer.block_digest),
            self._template_digests(self._renderer.frame_digest),
        )
        stale = []
        for route, path in zip(routes, paths, strict=True):
            known, template = self._known.get(path), self._templates[route.template]
            is_same = known and known.template == template and last.blocks[template] == blocks[template]
            if not is_same or path in changed:
                stale.append(Stale(route, path, None))
            elif last.frames[template] != frames[template]:
                stale.append(Stale(route, path, known))
        return stale

    def _rank_templates(self, routes: Sequence[Route]) -> None:
        """Give every template a rank; those of the last build keep theirs, so that its traces stay valid."""
        self._used = {route.template for route in routes} - {""}
        known = self._last.templates if self._last else [""]
        every = dict.fromkeys([*known, *sorted(self._used)])
        self._templates = {template: rank for rank, template in enumerate(every)}

    def _template_digests(self, digest: Callable[[str], bytes]) -> list[bytes]:
        """Return a digest of each template by rank; nothing for one that no page has any more."""
        return [digest(template) if template in self._used else b"" for template in self._templates]

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
            made.slow += self._slow
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
        made.pages[path] = Trace(self._templates[route.template], queries, rendered.section, rendered.cuts)
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
