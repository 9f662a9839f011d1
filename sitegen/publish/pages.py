"""Makes the pages that may have changed since the last build, in several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from sitegen.incremental import checksum, traces, workers
from sitegen.incremental.traces import LastBuild, Numbers, Trace
from sitegen.publish import manifest as manifests
from sitegen.publish.folder import OutputState, Stage, holds, read
from sitegen.render.renderer import Rendered, Renderer
from sitegen.site.contexts import StaticFile
from sitegen.site.model import SiteModel
from sitegen.site.site_map import Route, refuse_collisions
from sitegen.site.urls import output_paths

# For fewer pages, another process costs more time than it saves.
_PAGES_FOR_A_PROCESS = 400
# Progress is reported after each batch of so many pages.
_BATCH = 250

Progress = Callable[[int, int], None]  # pages made, and pages to make


class MadePage(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a page after it was made."""

    size: int  # in bytes
    is_new: bool  # whether its bytes are new, so that it is in the staging folder
    trace: Trace


class _Share(msgspec.Struct, frozen=True, array_like=True):
    """The answer of a process that made a share of the stale pages."""

    pages: list[MadePage]  # in the order of the stale pages
    slow: list[str]  # reports of the renderer on templates that render slowly


_DECODER = msgspec.msgpack.Decoder(_Share)


class StalePage(NamedTuple):
    """A page that has to be made."""

    route: Route
    path: str
    trace: Trace | None  # of the last build, if only the layout around the page's blocks has changed


class StagedSite(NamedTuple):
    """All files of a site, the new ones in the staging folder."""

    manifest: Mapping[str, int]
    encoded_manifest: bytes
    staged: Sequence[str]  # paths of the new files
    slow: Sequence[str]  # reports on templates that render slowly
    build: LastBuild  # for the next build to compare with


class PageBuilder:
    """Makes the pages of a site that are missing or out of date in the output folder."""

    def __init__(
        self,
        site: SiteModel,
        renderer: Renderer,
        output: Path,
        state: OutputState,
        last: LastBuild | None,
        slow: Sequence[str],
    ) -> None:
        """``last`` is the build that wrote the files of ``state``, if its record was found.

        ``slow`` is the list to which the renderer appends its reports on slow templates.
        """
        self._site = site
        self._renderer = renderer
        self._output = output
        self._state = state
        self._last = last
        self._slow = slow
        self._traces = dict(zip(state.manifest, last.pages, strict=True)) if last else {}

    def build(
        self, routes: Sequence[Route], staging: Path, program: bytes, jobs: int, progress: Progress
    ) -> StagedSite:
        """Make stale pages and write those with new bytes into the folder ``staging``.

        ``program`` is the digest of the program. RouteCollision if two pages have the same path, TemplateError if a
        page cannot be rendered.
        """
        paths = output_paths([route.url for route in routes])
        manifests.refuse_outside(paths)
        refuse_collisions(paths, self._state.manifest, self._site.root_files())
        names = sorted({route.template for route in routes} - {""})
        templates = {"": (b"", b"")} | {name: self._renderer.digests(name) for name in names}
        # A first build has no digests to compare with. It computes them last, because they include the related
        # papers, which another process still searches for while pages are made.
        digests = self._site.query_digests() if self._last else None
        numbers = Numbers(digests or self._site.query_arguments(), self._last)
        self._site.number_queries(numbers)
        if self._last and digests is not None:
            changed = self._last.pages_that_asked(list(self._state.manifest), self._last.changed(digests))
            changed |= self._state.missing
            stale = list(self._stale(routes, paths, changed, self._last.templates, templates))
        else:
            stale = [StalePage(route, path, None) for route, path in zip(routes, paths, strict=True)]
        if len(stale) < _PAGES_FOR_A_PROCESS:
            jobs = 1
        else:
            self._renderer.prepare(names)
        made, slow = self._make_all(stale, staging, jobs, progress)
        sizes, known = dict(self._state.manifest), self._traces
        for page, result in zip(stale, made, strict=True):
            sizes[page.path], known[page.path] = result.size, result.trace
        manifest = {path: sizes[path] for path in paths}
        digests = digests or self._site.query_digests()
        inputs = checksum.digest(msgspec.msgpack.encode((program, templates, digests)))
        encoded = manifests.encode(manifest, inputs)
        build = LastBuild(
            manifest=checksum.digest(encoded),
            program=program,
            queries=numbers.in_order(digests),
            templates=templates,
            pages=[known[path] for path in paths],
        )
        staged = [page.path for page, result in zip(stale, made, strict=True) if result.is_new]
        return StagedSite(manifest, encoded, staged, slow, build)

    def _stale(
        self,
        routes: Sequence[Route],
        paths: Sequence[str],
        changed: set[str],
        before: Mapping[str, tuple[bytes, bytes]],
        now: Mapping[str, tuple[bytes, bytes]],
    ) -> Iterator[StalePage]:
        """Yield the pages that are new, whose paths are in ``changed``, or whose template has changed.

        ``before`` and ``now`` are the digests of the templates' blocks and frames.
        """
        for route, path in zip(routes, paths, strict=True):
            trace, template = self._traces.get(path), route.template
            if not trace or trace.template != template or path in changed:
                yield StalePage(route, path, None)
            elif before[template] != now[template]:
                is_frame_only = before[template][0] == now[template][0]
                yield StalePage(route, path, trace if is_frame_only else None)

    def _make_all(
        self, stale: Sequence[StalePage], staging: Path, jobs: int, progress: Progress
    ) -> tuple[list[MadePage], list[str]]:
        """Make pages in ``jobs`` processes; return what is known of each, and reports on slow templates.

        Each process gets every ``jobs``-th page, so some of every kind.
        """

        def share(number: int) -> bytes:
            made, stage = [], Stage(staging)
            for index, page in enumerate(stale[number::jobs]):
                if number == 0 and index % _BATCH == 0:
                    progress(index * jobs, len(stale))
                made.append(self._make(page, stage))
            if number == 0:
                progress(len(stale), len(stale))
            return msgspec.msgpack.encode(_Share(made, list(self._slow)))

        made: list[MadePage | None] = [None] * len(stale)
        slow: list[str] = []
        with closing(workers.share(share, jobs)) as answers:
            for number, answer in enumerate(answers):
                part = _DECODER.decode(answer)
                made[number::jobs] = part.pages
                slow += part.slow
        return [page for page in made if page], slow

    def _make(self, page: StalePage, stage: Stage) -> MadePage:
        """Make a page, and stage it unless the file in the output folder has the same bytes."""
        rendered, queries = self._reframed(page) or self._rendered(page)
        path, data = page.path, rendered.data
        trace = Trace(page.route.template, queries, rendered.section, rendered.cuts)
        is_new = self._state.manifest.get(path) != len(data) or not holds(self._output, path, data)
        if is_new:
            stage.put(path, data)
        return MadePage(len(data), is_new, trace)

    def _rendered(self, page: StalePage) -> tuple[Rendered, bytes]:
        """Render a page from its context; also return the numbers of the queries that it asked."""
        route = page.route
        asked = self._site.begin_trace()
        context = route.make(self._site, *route.arguments)
        if isinstance(context, StaticFile):
            rendered = Rendered(context.data)
        else:
            rendered = self._renderer.render(page.path, route.template, context)
        return rendered, traces.encoded(asked)

    def _reframed(self, page: StalePage) -> tuple[Rendered, bytes] | None:
        """Put the blocks of the existing file into the changed layout; None if that is not possible.

        After an edit of the layout alone, this takes a third of the time of rendering all pages.
        """
        route, path, trace = page
        if not trace or not trace.cuts:
            return None
        try:
            data = read(self._output, path, self._state.manifest[path])
            old = Rendered(data, trace.section, trace.cuts)
            return self._renderer.reframe(path, route.url, route.template, old), trace.queries
        except Exception:  # whatever the reason, rendering the page will report it
            return None
