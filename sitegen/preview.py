"""Serve the built site on this machine, build again when a source changes: the sole importer of livereload."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sitegen.errors import Location, Problem, SitegenError

HOST = "127.0.0.1"


def serve(
    build: Callable[[], Any],
    *,
    watched: Iterable[Path],
    output: Path,
    port: int,
    open_browser: bool,
    say: Callable[[str], None],
    say_error: Callable[[Problem], None],
) -> None:
    """Build, serve ``output`` until interrupted, and build again on a change; a failed build keeps the last site."""
    import livereload

    def build_again() -> None:
        try:
            build()
        except SitegenError as error:
            for problem in error.problems:
                say_error(problem)

    _refuse_used_port(port)
    build()
    server = livereload.Server()
    for folder in watched:
        # Folders only: livereload looks into every file below them at each change.
        server.watch(str(folder), build_again)
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    say(f"Serving {output} at http://{HOST}:{port}/ (stop with Ctrl-C)")
    # The host is written out: livereload would listen on every interface otherwise.
    server.serve(host=HOST, port=port, root=str(output), open_url_delay=0.5 if open_browser else None)


def _refuse_used_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise SitegenError(
                Problem(
                    location=Location(path=f"{HOST}:{port}"),
                    message=f"the port cannot be used: {error.strerror}",
                    remedy=f"choose another one, such as --port {port + 1}",
                )
            ) from error
