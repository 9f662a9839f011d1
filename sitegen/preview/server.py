"""Serves the built site and rebuilds it when a source changes; the sole importer of livereload and tornado.

livereload provides the server and the script that reloads a browser. Handlers and watcher are replaced: livereload's
handlers answer any Host and Origin and serve hidden files; its watcher builds once for each changed file, misses
files that are moved here with an old time, and delays a second change for three seconds.
"""

from __future__ import annotations

import asyncio
import errno
import io
import logging
import mimetypes
import os
import socket
import threading
import webbrowser
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, BinaryIO

import livereload
import msgspec
from livereload.handlers import ForceReloadHandler, LiveReloadHandler, LiveReloadJSHandler
from livereload.watcher import Watcher
from tornado import httpserver, ioloop, iostream, web

from sitegen.config.toml import shown
from sitegen.errors import Problem, PublishError, SitegenError, problems_of
from sitegen.preview import failure, sources
from sitegen.preview.policy import with_preview_allowed
from sitegen.preview.requests import Address, Redirect, locate, quoted, refusal
from sitegen.publish.manifest import NAME

_POLL_INTERVAL = 150  # milliseconds; livereload's watcher uses 800
_PORTS_TRIED = 100

# Bounds for clients that send or take too much, or too slowly.
_MOST_CONNECTIONS = 200  # a browser opens six at most, and one more for each open page
_PATIENCE = 30.0  # seconds for all of a request to arrive, and for a part of a file to be taken
_LONGEST_HEAD = 64 << 10  # bytes of a request without its body
_LONGEST_BODY = 1000  # bytes; requests that read need none
_LONGEST_MESSAGE = 10_000  # bytes, from a browser
_PART = 64 << 10  # bytes of a file that are in memory for one client

# Content types by suffix, without those that the system defines.
_CONTENT_TYPES = mimetypes.MimeTypes()
_CONTENT_TYPES.add_type("font/woff2", ".woff2")
_CONTENT_TYPES.add_type("application/x-bibtex", ".bib")

_WHOLE_PAGE = "*"  # makes livereload's script reload the page
_BARE_PAGE = (
    b"<!doctype html><html lang=en><head><title>Not found</title></head><body><p>Not found</p></body></html>"
)

Build = Callable[[], object]  # raises SitegenError if the site cannot be built


class _State(msgspec.Struct):
    """State that all handlers share: where the site is, and the problems of the last build if it failed."""

    address: Address
    output: Path
    published: str  # path of the site's root in site.toml, which 404.html links to
    failed: tuple[Problem, ...] = ()
    edition: str = ""  # changes after each build that changes what a browser shows


class _Message(msgspec.Struct):
    """A message from an open page: "hello", then "info" with data of plugins."""

    command: str
    plugins: dict[str, dict[str, Any]] = {}


def serve(
    build: Build,
    *,
    watched: Iterable[Path],
    output: Path,
    address: Address,
    published: str,
    open_browser: bool,
    say: Callable[[str], None],
    say_error: Callable[[Problem], None],
) -> None:
    """Build, serve ``output`` until KeyboardInterrupt (of SIGINT or SIGTERM), and rebuild after a change.

    After a failed build, the last good site is served with a panel that shows the problems. Port 0 selects any free
    port. SitegenError is raised if the address cannot be used.
    """
    with _listen(address) as listening:
        address = msgspec.structs.replace(address, port=listening.getsockname()[1])
        state = _State(address, output, published)

        def rebuild(changed: list[str]) -> None:
            """Build, and reload open pages if the result differs."""
            failed, edition = state.failed, state.edition
            try:
                build()
                state.failed = ()
            except Exception as error:  # the next change may correct any error
                if isinstance(error, PublishError) and not changed:
                    raise  # do not serve a folder that sitegen did not write
                state.failed = problems_of(error)
                for problem in state.failed:
                    say_error(problem)
                    for _, line in failure.excerpt(problem.location):
                        say(f"  {line}")
            state.edition = _edition(state)
            if LiveReloadHandler.waiters and state.edition != edition:
                styles = state.failed == failed and all(path.endswith(".css") for path in changed)
                LiveReloadHandler.reload_waiters(changed[0] if styles else _WHOLE_PAGE)

        watcher = _SourceWatcher(rebuild, say)
        for folder in watched:
            watcher.watch(str(folder))
        rebuild([])
        say(f"Serving {output} at {address.url} (stop with Ctrl-C)")
        if open_browser:
            # In a thread, because some browsers block until they are closed.
            threading.Thread(target=webbrowser.open, args=(address.url,), daemon=True).start()
        _Server(state, listening, watcher).serve()


def _edition(state: _State) -> str:
    try:
        written = (state.output / NAME).read_bytes()
    except OSError:  # missing or unreadable; the build has reported it
        written = b""
    return blake2b(written + repr(state.failed).encode(), digest_size=8).hexdigest()


def _listen(address: Address) -> socket.socket:
    """Return a listening socket; it is opened before the build, to report a port in use at once."""
    try:
        return _open_socket(address.host, address.port)
    except UnicodeError as error:
        message = "is no name of a machine"
        raise SitegenError.at(shown(address.host), message, "name another one with --host") from error
    except OSError as error:
        remedy = "name another address with --host"
        if error.errno == errno.EADDRINUSE:
            free = _next_free(address)
            remedy = f"port {free} is free: --port {free}" if free else "name another one with --port"
        elif error.errno == errno.EACCES:
            remedy = "the system keeps ports below 1024 for itself: name another one with --port"
        reason = (error.strerror or "").partition(" (while ")[0]  # what follows is the address again
        place = f"{address.host}:{address.port}"
        raise SitegenError.at(place, f"cannot be served: {reason}", remedy) from error


def _open_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.create_server((host, port), family=family)
    opened.setblocking(False)
    return opened


def _next_free(address: Address) -> int | None:
    for port in range(address.port + 1, min(address.port + _PORTS_TRIED, 65536)):
        try:
            _open_socket(address.host, port).close()
        except OSError:
            continue
        return port
    return None


class _SourceWatcher(Watcher):
    """Polls all watched folders, and reports a change when two polls in a row see the same files."""

    def __init__(self, report: Callable[[list[str]], None], say: Callable[[str], None]) -> None:
        super().__init__()
        self._report = report
        self._say = say

    def watch(self, path: str, *_: object, **__: object) -> None:
        """Add a folder, which need not exist."""
        super().watch(path)
        self._reported = self._latest = self._snapshot()

    def start(self, _: Callable[[], None]) -> bool:
        """Begin to poll; livereload calls this when its server starts."""
        ioloop.PeriodicCallback(self._poll, _POLL_INTERVAL).start()
        return True

    def _snapshot(self) -> sources.Snapshot:
        return sources.take_snapshot(map(Path, self._tasks))

    def _poll(self) -> None:
        now = self._snapshot()
        # While files are being copied, two polls in a row differ.
        if now == self._latest and now != self._reported:
            changed = sources.changed_paths(self._reported, now)
            self._reported = now
            more = f" and {len(changed) - 1:,} more" if len(changed) > 1 else ""
            self._say(f"Changed: {changed[0]}{more}")
            self._report(changed)
        self._latest = now


class _Server(livereload.Server):
    """livereload's server with the handlers of this module, on an open socket."""

    def __init__(self, state: _State, listening: socket.socket, watcher: Watcher) -> None:
        super().__init__(watcher=watcher)
        self._state = state
        self._listening = listening

    def application(self, *_: object, **__: object) -> None:
        """Install the handlers; livereload calls this when it starts to serve."""
        LiveReloadHandler.watcher = self.watcher
        LiveReloadHandler.live_css = True
        given = {"state": self._state}
        handlers = [
            (r"/livereload", _WebSocket, given),
            (r"/livereload\.js", _Script, given),
            (r"/forcereload", _ForcedReload, given),
            (r".*", _FileHandler, given),
        ]
        application = web.Application(
            handlers, websocket_max_message_size=_LONGEST_MESSAGE, websocket_ping_interval=_PATIENCE
        )
        server = _HttpServer(
            application,
            idle_connection_timeout=_PATIENCE,
            body_timeout=_PATIENCE,
            max_header_size=_LONGEST_HEAD,
            max_body_size=_LONGEST_BODY,
            max_buffer_size=2 * _LONGEST_HEAD,
        )
        server.add_sockets([self._listening])

    def _setup_logging(self) -> None:
        """Silence the loggers: hostile requests and closed windows are not worth a message on the terminal."""
        for name in ("livereload", "tornado.access", "tornado.general"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


class _HttpServer(httpserver.HTTPServer):
    """tornado's server with a bound on open connections, which also bounds open files and memory."""

    _open: Mapping[iostream.IOStream, str] = {}  # the address of each client, oldest connection first

    def handle_stream(self, stream: iostream.IOStream, address: tuple[Any, ...]) -> None:
        """Serve a new connection; if there are too many, close the oldest of the client that has the most."""
        self._open = {each: client for each, client in self._open.items() if not each.closed()}
        if len(self._open) >= _MOST_CONNECTIONS:
            [(greediest, _)] = Counter(self._open.values()).most_common(1)
            next(each for each, client in self._open.items() if client == greediest).close()
        self._open = {**self._open, stream: str(address[0])}
        super().handle_stream(stream, address)


class _GuardedHandler(web.RequestHandler):
    """Base of all handlers; refuses requests that pages of other sites make."""

    SUPPORTED_METHODS = ("GET", "HEAD")
    state: _State
    may_be_followed = False

    def initialize(self, state: _State) -> None:
        """Store the state; tornado calls this for each request."""
        self.state = state

    def set_default_headers(self) -> None:
        """Prevent caching, and use by pages of other sites."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.clear_header("Server")

    def prepare(self) -> None:
        """Check a request before it is answered."""
        headers = self.request.headers
        if reason := refusal(self.state.address, headers, may_be_followed=self.may_be_followed):
            self.set_status(403)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"Refused: {reason}.\n")


class _Script(_GuardedHandler, LiveReloadJSHandler):
    """Serves livereload's script."""


class _ForcedReload(_GuardedHandler, ForceReloadHandler):
    """Reloads open pages, for tools that want it."""


class _WebSocket(_GuardedHandler, LiveReloadHandler):
    """The WebSocket that makes open pages reload."""

    def on_message(self, message: str | bytes) -> None:
        """Answer livereload's script; close the connection if a message is not in its protocol."""
        try:
            said = msgspec.json.decode(message, type=_Message)
        except (msgspec.MsgspecError, RecursionError):  # not JSON, or nested too deeply
            self.close()
            return
        super().on_message(message)
        # There may have been a build, or a restart of the preview, since the page was served.
        if said.command == "info" and said.plugins.get("sitegen", {}).get("edition") != self.state.edition:
            self.send_message({"command": "reload", "path": _WHOLE_PAGE})


class _FileHandler(_GuardedHandler):
    """Serves files of the site as GitHub Pages does; HTML pages get the preview's script and panel."""

    may_be_followed = True

    async def get(self) -> None:
        """Answer with a file, a redirect to it, or 404.html."""
        state, path = self.state, self.request.path
        found = locate(state.output, state.address.base, path)
        if found is None and (moved := _redirect_from_published(state, path)):
            found = moved
        if isinstance(found, Redirect):
            query = f"?{self.request.query}" if self.request.query else ""
            self.redirect(quoted(found.to) + query, permanent=True)
            return
        if found is None:
            self.set_status(404)
            found = locate(state.output, "/", "/404.html")
        try:
            file = found.open("rb") if isinstance(found, Path) else io.BytesIO(_BARE_PAGE)
        except OSError as error:
            self.set_status(500)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"{path}: cannot be read: {error.strerror}\n")
            return
        with file:
            kind = _content_type(found.name if isinstance(found, Path) else "404.html")
            self.set_header("Content-Type", kind)
            is_page = kind.startswith("text/html")
            await self._send(io.BytesIO(self._with_preview_script(file.read())) if is_page else file)

    async def head(self) -> None:
        """Answer as to GET, without the body."""
        await self.get()

    def compute_etag(self) -> None:
        """Send no ETag: browsers are told to keep nothing."""

    async def _send(self, file: BinaryIO) -> None:
        """Send a file part by part, so that a slow client takes little memory; hang up if it takes none for long."""
        self.set_header("Content-Length", file.seek(0, os.SEEK_END))
        file.seek(0)
        try:
            while self.request.method != "HEAD" and (part := file.read(_PART)):
                self.write(part)
                async with asyncio.timeout(_PATIENCE):
                    await self.flush()
        except (TimeoutError, iostream.StreamClosedError):
            self.detach().close()

    def _with_preview_script(self, html: bytes) -> bytes:
        nonce = token_urlsafe(16)
        script = (
            f'<script nonce="{nonce}">{_plugin()}</script>'
            f'<script nonce="{nonce}" data-edition="{self.state.edition}">SitegenPreview.listen()</script>'
        )
        head, end, rest = html.partition(b"</head>")
        page = with_preview_allowed(head, nonce) + script.encode() + end + rest
        return page + failure.panel(self.state.failed, nonce).encode() if self.state.failed else page


def _redirect_from_published(state: _State, path: str) -> Redirect | None:
    """Return the redirect for a path of the published site, to which 404.html links; None if it has no file here."""
    base, published = state.address.base, state.published
    if not path.startswith(published) or (base.startswith(published) and path.startswith(base)):
        return None
    here = base + path[len(published) :]
    return Redirect(here) if locate(state.output, base, here) else None


@cache
def _plugin() -> str:
    return resources.files("sitegen.preview").joinpath("page.js").read_text("utf-8")


def _content_type(name: str) -> str:
    kind = _CONTENT_TYPES.guess_type(name)[0] or "application/octet-stream"
    is_text = kind.startswith("text/") or kind.endswith(("+xml", "/xml", "/javascript", "/json"))
    return f"{kind}; charset=utf-8" if is_text else kind
