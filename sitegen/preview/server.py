"""Serve the built site, build again when a source changes: the sole importer of livereload and its tornado.

livereload gives the server and what reloads a browser. Its own handlers answer any Host and Origin and serve hidden
files, and its watcher builds once for each file of a change, misses a file that is moved in with an old date, and
keeps a second change from the browser for three seconds; so these are ours.
"""

from __future__ import annotations

import errno
import logging
import mimetypes
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Any

import livereload
import msgspec
from livereload.handlers import ForceReloadHandler, LiveReloadHandler, LiveReloadJSHandler
from livereload.watcher import Watcher
from tornado import httpserver, ioloop, web

from sitegen.config.toml import shown
from sitegen.errors import Problem, PublishError, SitegenError, problems_of
from sitegen.preview import failure, sources
from sitegen.preview.requests import Address, Moved, locate, quoted, refusal
from sitegen.publish.manifest import NAME

_BETWEEN_LOOKS = 150  # milliseconds; livereload looks every 800
_PORTS_TRIED = 100
_LONGEST_MESSAGE = 10_000  # bytes, from a browser

# By the ending of a name, and the same on every system.
_KINDS = mimetypes.MimeTypes()
_KINDS.add_type("font/woff2", ".woff2")
_KINDS.add_type("application/x-bibtex", ".bib")

_EVERYTHING = "*"  # what livereload's script takes for a change of the page itself
_BARE_PAGE = (
    b"<!doctype html><html lang=en><head><title>Not found</title></head><body><p>Not found</p></body></html>"
)

Build = Callable[[], object]  # SitegenError where it cannot be built


class _State(msgspec.Struct):
    """What the handlers know: where the site is, and why the last build failed, if it did."""

    address: Address
    output: Path
    published: str  # path of the site's root in site.toml, which 404.html links to
    failed: tuple[Problem, ...] = ()
    edition: str = ""  # another one after each build that changes what a browser shows


class _Message(msgspec.Struct):
    """What an open page says: "hello", then "info" with what its plugins tell."""

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
    """Build, serve ``output`` until SIGINT or SIGTERM, and build again on a change.

    After a build that fails, the last good site stays up, with a panel over it that says what is wrong.
    Port 0 stands for any that is free. SitegenError where the address cannot be used.
    """
    with _listen(address) as listening:
        address = msgspec.structs.replace(address, port=listening.getsockname()[1])
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        state = _State(address, output, published)

        def rebuild(changed: list[str]) -> None:
            """Build, and let open pages show what came of it."""
            failed, edition = state.failed, state.edition
            try:
                build()
                state.failed = ()
            except Exception as error:  # whatever it is, the next change may mend it
                if isinstance(error, PublishError) and not changed:
                    raise  # what is in that folder may be anybody's, and nobody asked to show it
                state.failed = problems_of(error)
                for problem in state.failed:
                    say_error(problem)
                    for _, line in failure.excerpt(problem.location):
                        say(f"  {line}")
            state.edition = _edition(state)
            if LiveReloadHandler.waiters and state.edition != edition:
                styles = state.failed == failed and all(path.endswith(".css") for path in changed)
                LiveReloadHandler.reload_waiters(changed[0] if styles else _EVERYTHING)

        watcher = _Sources(rebuild, say)
        for folder in watched:
            watcher.watch(str(folder))
        rebuild([])
        say(f"Serving {output} at {address.url} (stop with Ctrl-C)")
        if open_browser:
            # Beside the server, because some browsers are in the foreground until they are closed.
            threading.Thread(target=webbrowser.open, args=(address.url,), daemon=True).start()
        _Server(state, listening, watcher).serve()


def _edition(state: _State) -> str:
    try:
        written = (state.output / NAME).read_bytes()
    except OSError:  # not there, or not to be read, which the build has said
        written = b""
    return blake2b(written + repr(state.failed).encode(), digest_size=8).hexdigest()


def _listen(address: Address) -> socket.socket:
    """Return a listening socket: before anything is built, because a port in use is known at once."""
    try:
        return _socket(address.host, address.port)
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


def _socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.create_server((host, port), family=family)
    opened.setblocking(False)
    return opened


def _next_free(address: Address) -> int | None:
    for port in range(address.port + 1, min(address.port + _PORTS_TRIED, 65536)):
        try:
            _socket(address.host, port).close()
        except OSError:
            continue
        return port
    return None


class _Sources(Watcher):
    """Looks at all watched folders at once, and reports a change when it has come to rest."""

    def __init__(self, report: Callable[[list[str]], None], say: Callable[[str], None]) -> None:
        super().__init__()
        self._report = report
        self._say = say

    def watch(self, path: str, *_: object, **__: object) -> None:
        """Add a folder, whether it is there or not."""
        super().watch(path)
        self._reported = self._latest = self._look()

    def start(self, _: Callable[[], None]) -> bool:
        """Begin to look; livereload calls it when its server starts."""
        ioloop.PeriodicCallback(self._examine, _BETWEEN_LOOKS).start()
        return True

    def _look(self) -> sources.Snapshot:
        return sources.look(map(Path, self._tasks))

    def _examine(self) -> None:
        now = self._look()
        # Of a file that is being copied, or of a hundred that are, the last look differs from this one.
        if now == self._latest and now != self._reported:
            changed = sources.changed(self._reported, now)
            self._reported = now
            more = f" and {len(changed) - 1:,} more" if len(changed) > 1 else ""
            self._say(f"Changed: {changed[0]}{more}")
            self._report(changed)
        self._latest = now


class _Server(livereload.Server):
    """livereload's server with our handlers, on a socket that is open already."""

    def __init__(self, state: _State, listening: socket.socket, watcher: Watcher) -> None:
        super().__init__(watcher=watcher)
        self._state = state
        self._listening = listening

    def application(self, *_: object, **__: object) -> None:
        """Put the handlers in place; livereload calls it when it starts to serve."""
        LiveReloadHandler.watcher = self.watcher
        LiveReloadHandler.live_css = True
        given = {"state": self._state}
        handlers = [
            (r"/livereload", _Socket, given),
            (r"/livereload\.js", _Script, given),
            (r"/forcereload", _ForcedReload, given),
            (r".*", _Page, given),
        ]
        application = web.Application(handlers, websocket_max_message_size=_LONGEST_MESSAGE)
        httpserver.HTTPServer(application).add_sockets([self._listening])

    def _setup_logging(self) -> None:
        """Leave the terminal to the command line: what hostile requests and closed windows cause is no news."""
        for name in ("livereload", "tornado.access", "tornado.general"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


class _Guarded(web.RequestHandler):
    """Refuses what the web's other pages may ask of this machine."""

    SUPPORTED_METHODS = ("GET", "HEAD")
    state: _State
    may_be_followed = False

    def initialize(self, state: _State) -> None:
        """Keep what tornado hands to each handler."""
        self.state = state

    def set_default_headers(self) -> None:
        """Keep answers out of caches and of other sites' pages."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.clear_header("Server")

    def prepare(self) -> None:
        """Look at a request before anything answers it."""
        headers = self.request.headers
        if reason := refusal(self.state.address, headers, may_be_followed=self.may_be_followed):
            self.set_status(403)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"Refused: {reason}.\n")


class _Script(_Guarded, LiveReloadJSHandler):
    """livereload's script."""


class _ForcedReload(_Guarded, ForceReloadHandler):
    """Reloads open pages, for tools that want it."""


class _Socket(_Guarded, LiveReloadHandler):
    """Where open pages wait for news."""

    def on_message(self, message: str | bytes) -> None:
        """Answer livereload's script, and nobody who does not speak as it does."""
        try:
            said = msgspec.json.decode(message, type=_Message)
        except (msgspec.MsgspecError, RecursionError):  # no JSON, or nested very deeply
            self.close()
            return
        super().on_message(message)
        # Between a page and its asking for news there may have been a build, or another run of the preview.
        if said.command == "info" and said.plugins.get("sitegen", {}).get("edition") != self.state.edition:
            self.send_message({"command": "reload", "path": _EVERYTHING})


class _Page(_Guarded):
    """A file of the site, as GitHub Pages serves it, with what the preview adds to pages."""

    may_be_followed = True

    def get(self) -> None:
        """Answer with a file, the way to it, or 404.html."""
        state, path = self.state, self.request.path
        found = locate(state.output, state.address.base, path)
        if found is None and (moved := _from_published(state, path)):
            found = moved
        if isinstance(found, Moved):
            query = f"?{self.request.query}" if self.request.query else ""
            self.redirect(quoted(found.to) + query, permanent=True)
            return
        if found is None:
            self.set_status(404)
            found = locate(state.output, "/", "/404.html")
        try:
            data = found.read_bytes() if isinstance(found, Path) else _BARE_PAGE
        except OSError as error:
            self.set_status(500)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"{path}: cannot be read: {error.strerror}\n")
            return
        kind = _kind(found.name if isinstance(found, Path) else "404.html")
        self.set_header("Content-Type", kind)
        self.finish(self._with_ours(data) if kind.startswith("text/html") else data)

    def head(self) -> None:
        """Answer as to GET; tornado leaves out the body."""
        self.get()

    def _with_ours(self, html: bytes) -> bytes:
        script = (
            f"<script>{_plugin()}</script>"
            f'<script data-edition="{self.state.edition}">SitegenPreview.listen()</script>'
        )
        head, end, rest = html.partition(b"</head>")
        page = head + script.encode() + end + rest
        return page + failure.panel(self.state.failed).encode() if self.state.failed else page


def _from_published(state: _State, path: str) -> Moved | None:
    """Return where an address of the published site is here: 404.html, served at any depth, links to those."""
    base, published = state.address.base, state.published
    if not path.startswith(published) or (base.startswith(published) and path.startswith(base)):
        return None
    here = base + path[len(published) :]
    return Moved(here) if locate(state.output, base, here) else None


@cache
def _plugin() -> str:
    return resources.files("sitegen.preview").joinpath("page.js").read_text("utf-8")


def _kind(name: str) -> str:
    kind = _KINDS.guess_type(name)[0] or "application/octet-stream"
    is_text = kind.startswith("text/") or kind.endswith(("+xml", "/xml", "/javascript", "/json"))
    return f"{kind}; charset=utf-8" if is_text else kind
