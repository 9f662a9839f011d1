"""arXiv's API on this machine: a real HTTP server over a list of papers, with faults on demand.

It answers as arXiv does today (elements in the same order), sorts and pages, knows categories and ranges of
submission dates, and refuses to go beyond its last result. A fault is the name of a function below that spoils
one answer.
"""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">\n'
)


class Clock:
    """Time that passes when somebody sleeps or a server is slow, and chance that is always the middle."""

    def __init__(self) -> None:
        self.time = 1000.0

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.time += seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.time)

    def random(self) -> float:
        return 0.5


class Record(NamedTuple):
    """A paper as the server has it; ``xml`` is its entry where it is not made from the rest."""

    id: str
    published: datetime
    updated: datetime
    version: int = 1
    categories: tuple[str, ...] = ("q-bio.NC",)
    title: str = "A paper"
    xml: str = ""

    def entry(self) -> str:
        if self.xml:
            return self.xml
        categories = "".join(f'<category term="{category}"/>' for category in self.categories)
        return (
            f"<entry><id>http://arxiv.org/abs/{self.id}v{self.version}</id><title>{self.title}</title>"
            f"<updated>{self.updated:%Y-%m-%dT%H:%M:%SZ}</updated>"
            f"<summary>What {self.id} says.</summary>{categories}"
            f"<published>{self.published:%Y-%m-%dT%H:%M:%SZ}</published>"
            f'<arxiv:primary_category term="{self.categories[0]}"/>'
            "<author><name>Ada Byron</name></author></entry>\n"
        )

    def revised(self, moment: datetime) -> Record:
        return self._replace(version=self.version + 1, updated=moment, title=f"Version {self.version + 1}")


def records(count: int, first: datetime = START - timedelta(days=300), **fields: Any) -> list[Record]:
    """Make papers, one each hour."""
    made = []
    for number in range(count):
        moment = first + timedelta(hours=number)
        made.append(Record(f"{moment:%y%m}.{number + 1:05}", moment, moment, **fields))
    return made


class Answer(NamedTuple):
    """What the server is about to send."""

    start: int
    total: int
    entries: list[str]

    def body(self) -> bytes:
        counts = (
            f"<id>https://arxiv.org/api/x</id><title>arXiv Query</title><updated>2026-03-01T00:00:00Z</updated>"
            f"<opensearch:itemsPerPage>{len(self.entries)}</opensearch:itemsPerPage>"
            f"<opensearch:totalResults>{self.total}</opensearch:totalResults>"
            f"<opensearch:startIndex>{self.start}</opensearch:startIndex>\n"
        )
        return (HEAD + counts + "".join(self.entries) + "</feed>").encode()


class Request(NamedTuple):
    """One request as the server saw it; times are those of the clock."""

    path: str
    began: float
    ended: float
    agent: str
    fault: str


class Arxiv:
    """The server's papers, its script, and what it was asked."""

    def __init__(self, papers: Sequence[Record], clock: Clock, *, last: int = 30_000) -> None:
        self.papers = list(papers)
        self.clock = clock
        self.last = last
        self.faults: Iterator[str] | None = None  # for each request the name of a fault, or ""
        # What changes the papers, in order: not before the request of that number, and one while a page is asked for.
        self.events: list[tuple[int, Callable[[], None]]] = []
        self._changed_at = ""
        self.requests: list[Request] = []
        self.daily: dict[str, bytes] = {}  # path -> feed
        self.address = ""

    @property
    def endpoint(self) -> str:
        return f"{self.address}/api/query"

    def let_happen(self, path: str) -> None:
        """Change the papers, if it is time for it, before a request is answered."""
        if self.events and len(self.requests) + 1 >= self.events[0][0] and path != self._changed_at:
            self._changed_at = path
            self.events.pop(0)[1]()

    def answer(self, path: str, *, shift: int = 0) -> Answer | str:
        """Return the answer to a query, or what is wrong with it; ``shift`` is what it starts too late."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
        start, count = int(asked["start"]), int(asked["max_results"])
        if start + count > self.last:
            return "start + max_results must be at most 30000"
        if "id_list" in asked:
            found = [paper for paper in self.papers if paper.id in asked["id_list"].split(",")]
        else:
            found = self._search(asked["search_query"])
            key = asked["sortBy"].replace("submittedDate", "published").replace("lastUpdatedDate", "updated")
            found.sort(key=lambda paper: (getattr(paper, key), paper.id))
            if asked["sortOrder"] == "descending":
                found.reverse()
        page = found[start + shift : start + shift + count]
        return Answer(start, len(found), [paper.entry() for paper in page])

    def _search(self, query: str) -> list[Record]:
        categories = set(re.findall(r"cat:([\w.-]+)", query))
        dates = re.search(r"submittedDate:\[(\d{12}) TO (\d{12})\]", query)
        low, high = dates.groups() if dates else ("", "9")
        return [
            paper
            for paper in self.papers
            if low <= f"{paper.published:%Y%m%d%H%M}" <= high and not categories.isdisjoint(paper.categories)
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    arxiv: Arxiv

    def do_GET(self) -> None:
        arxiv = self.arxiv
        now = arxiv.clock.monotonic()
        arxiv.let_happen(self.path)
        fault = next(arxiv.faults, "") if arxiv.faults else ""
        agent = self.headers["User-Agent"]
        # Noted before it is sent: the client may go on before this thread does.
        arxiv.requests.append(Request(self.path, now, now, agent, fault))
        (FAULTS[fault] if fault else self._honest)(self)

    @staticmethod
    def _honest(handler: _Handler) -> None:
        path = urlsplit(handler.path).path
        if path != "/api/query":
            feed = handler.arxiv.daily.get(path)
            handler.send(feed or b"", status=200 if feed else 404)
            return
        answer = handler.arxiv.answer(handler.path)
        handler.send(
            error(answer) if isinstance(answer, str) else answer.body(),
            400 if isinstance(answer, str) else 200,
        )

    def whole(self, shift: int = 0) -> Answer:
        answer = self.arxiv.answer(self.path, shift=shift)
        assert isinstance(answer, Answer)
        return answer

    def send(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        """Send all at once: two writes would wait for each other's acknowledgement."""
        lines = [f"HTTP/1.1 {status} Status", "Content-Type: application/atom+xml; charset=utf-8"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body) if length is None else length}", "", ""]
        self.wfile.write("\r\n".join(lines).encode() + body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def error(text: str) -> bytes:
    """Return the feed with which arXiv says what is wrong."""
    entry = (
        f"<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title><summary>{text}</summary></entry>"
    )
    return Answer(0, 1, [entry]).body()


def _reset(handler: _Handler) -> None:
    # To linger for no time makes a close a reset.
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    handler.connection.close()


def _hang_up(handler: _Handler) -> None:
    handler.close_connection = True


def _truncated(handler: _Handler) -> None:
    body = handler.whole().body()
    handler.send(body[: len(body) // 2], length=len(body))
    handler.close_connection = True


def _cut(handler: _Handler) -> None:
    body = handler.whole().body()
    handler.send(body[: len(body) // 2])


def _duplicates(handler: _Handler) -> None:
    answer = handler.whole()
    entries = answer.entries[:-1] + answer.entries[:1]
    handler.send(answer._replace(entries=entries if len(entries) > 1 else entries * 2).body())


def _of_another_page(handler: _Handler) -> None:
    """Sort as an index does that breaks ties anew each time: one paper comes again, and another never."""
    answer = handler.whole()
    answer.entries[4:5] = [handler.arxiv.papers[0].entry()]
    handler.send(answer.body())


def _oversized(handler: _Handler) -> None:
    body = handler.whole().body().replace(b"</feed>", b" " * 3_000_000 + b"</feed>")
    handler.send(gzip.compress(body, 1), Content_Encoding="gzip")


def _short(handler: _Handler) -> None:
    answer = handler.whole()
    handler.send(answer._replace(entries=answer.entries[: len(answer.entries) // 2]).body())


def _short_as_if_all(handler: _Handler) -> None:
    answer = handler.whole()
    entries = answer.entries[: len(answer.entries) // 2]
    handler.send(answer._replace(entries=entries, total=answer.start + len(entries)).body())


def _soon(handler: _Handler) -> str:
    return format_datetime(handler.arxiv.clock.now() + timedelta(seconds=20), usegmt=True)


FAULTS: dict[str, Callable[[_Handler], None]] = {
    "empty page": lambda it: it.send(it.whole()._replace(entries=[]).body()),
    "empty page, total 0": lambda it: it.send(it.whole()._replace(entries=[], total=0).body()),
    "total 1, no entry": lambda it: it.send(it.whole()._replace(entries=[], total=1).body()),
    "short page": _short,
    "short page as if it were all": _short_as_if_all,
    "another total": lambda it: it.send(it.whole()._replace(total=it.whole().total + 7).body()),
    "total too small": lambda it: it.send(it.whole()._replace(total=1).body()),
    "total 0 with entries": lambda it: it.send(it.whole()._replace(total=0).body()),
    "error entry, 200": lambda it: it.send(error("the index is not available")),
    "error entry, 400": lambda it: it.send(error("start must be an integer"), 400),
    "web page, 200": lambda it: it.send(
        b"<!DOCTYPE html><html><title>Busy</title><body>Try later</body></html>"
    ),
    "Rate exceeded.": lambda it: it.send(b"Rate exceeded."),
    "429, seconds": lambda it: it.send(b"Rate exceeded.", 429, Retry_After="17"),
    "429, date": lambda it: it.send(b"Rate exceeded.", 429, Retry_After=_soon(it)),
    "429": lambda it: it.send(b"Rate exceeded.", 429),
    "503": lambda it: it.send(b"", 503, Retry_After="5"),
    "406": lambda it: it.send(b"", 406),
    "500": lambda it: it.send(b"<html>Internal Server Error</html>", 500),
    "reset": _reset,
    "hang up": _hang_up,
    "truncated body": _truncated,
    "cut body": _cut,
    "oversized body": _oversized,
    "damaged gzip": lambda it: it.send(b"\x1f\x8b\x08nothing", Content_Encoding="gzip"),
    "redirect to a foreign host": lambda it: it.send(b"", 302, Location="http://198.51.100.7/api/query"),
    "redirect to a file": lambda it: it.send(b"", 301, Location="file:///etc/passwd"),
    "redirect to nowhere": lambda it: it.send(b"", 302, Location="http://[::1/"),
    "redirect loop": lambda it: it.send(b"", 302, Location=it.path),
    "not well-formed": lambda it: it.send(it.whole().body().replace(b"</title>", b"</titel>", 1)),
    "duplicate entries": _duplicates,
    "a paper of another page": _of_another_page,
    "another page": lambda it: it.send(it.whole(shift=5)._replace(start=it.whole().start + 5).body()),
    "another page in disguise": lambda it: it.send(it.whole(shift=5).body()),
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that hangs up is among what is tested."""


@contextmanager
def serve(arxiv: Arxiv, certificate: Path | None = None) -> Iterator[Arxiv]:
    """Let the server answer on a port of its own; with a certificate, whose key stands beside it, by https."""
    handler = type("Handler", (_Handler,), {"arxiv": arxiv})
    with _Server(("127.0.0.1", 0), handler) as server:
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_name("key.pem"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        arxiv.address = f"{scheme}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield arxiv
        finally:
            server.shutdown()
            thread.join()
