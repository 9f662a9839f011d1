"""A fetch from a server that wants to do harm: it ends in time, with little memory, and leaves the archive as it was.

Each row of the table is a server. Deadlines and sizes are small here, so that a row takes a fraction of a second.
"""

from __future__ import annotations

import gzip
import re
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any, NamedTuple

import pytest
from arxiv_server import FAULTS, START, Answer, Arxiv, Clock, Record, records, serve
from conftest import PATIENCE
from test_fetch import REACH, Site, made_clock

from sitegen.errors import FetchError
from sitegen.fetch import client
from sitegen.fetch.client import RequestPolicy
from sitegen.fetch.harvest import HarvestLimits
from sitegen.fetch.request import FetchOptions
from sitegen.fetch.run import fetch

SHORT = 0.1  # seconds; the deadline of a row that is expected to reach it
LARGEST = 200_000  # bytes of an answer
MOST_MEMORY = (
    24_000_000  # bytes that Python allocates for one row; h11 takes 16 MB to read a header of 100 KB
)
BOMB = 50_000_000  # bytes of a decompressed answer

LATE = "the answer takes longer than"
LARGE = "the answer is larger than"
DAMAGED = "the answer is damaged: "
FAILED = "the connection failed: "
UNASKED = "which was not asked for"
OTHER_HOST = "arXiv redirects to another host, "
INVALID = "arXiv redirects to an invalid address"
EMPTY = "the file is empty"
CUT = "the file is cut short"
TWICE = "the answer is compressed twice"

Handler = Any
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/atom+xml\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = HEAD + b"\r\n"  # the body ends with the connection


class Row(NamedTuple):
    """What a server does, and the message in which the fetch ends; late if the deadline is what ends it."""

    serve: Callable[[Handler], None]
    said: str
    is_late: bool = False


def raw(*parts: bytes) -> Callable[[Handler], None]:
    """Return a server that sends bytes as they stand and hangs up."""

    def send(handler: Handler) -> None:
        handler.close_connection = True
        handler.wfile.write(b"".join(parts))

    return send


def endless(head: bytes, part: bytes, pause: float = 0.0) -> Callable[[Handler], None]:
    """Return a server that repeats a part, with pauses in seconds, for longer than any client should wait."""

    def send(handler: Handler) -> None:
        handler.close_connection = True
        handler.wfile.write(head)
        for _ in range(
            500 if pause else 20_000_000 // len(part)
        ):  # a client that hangs up is an error, which ends this too
            handler.wfile.write(part)
            time.sleep(pause)

    return send


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Callable[[Handler], None]:
    return lambda handler: handler.send(body, status, **headers)


def to(location: str) -> Callable[[Handler], None]:
    """Return a server that redirects; {port} is its own."""
    return lambda handler: handler.send(
        b"", 302, Location=location.replace("{port}", str(handler.server.server_port))
    )


def changed(change: Callable[[bytes], bytes], **headers: str) -> Callable[[Handler], None]:
    """Return a server that spoils the right answer."""
    return lambda handler: handler.send(change(handler.whole().body()), **headers)


def zeros(size: int) -> bytes:
    """Return a gzip of zeros."""
    return gzip.compress(bytes(size), 9)


LAYER = zeros(BOMB)
ROWS = {
    # Redirects.
    "to another host": Row(to("http://198.51.100.7/api/query"), OTHER_HOST),
    "to the metadata of a cloud": Row(to("http://169.254.169.254/latest/meta-data/"), OTHER_HOST),
    "to a link-local address": Row(to("http://[fe80::1]/"), OTHER_HOST),
    "to a private address": Row(to("http://10.0.0.1/"), OTHER_HOST),
    "to this machine by another name": Row(to("http://localhost:{port}/api/query"), OTHER_HOST),
    "to this machine by a number": Row(to("http://2130706433:{port}/api/query"), OTHER_HOST),
    "to a host without a scheme": Row(to("//198.51.100.7/"), OTHER_HOST),
    "to a host after a user": Row(to("http://127.0.0.1:{port}@198.51.100.7/"), OTHER_HOST),
    "to a host after a backslash": Row(to("http://127.0.0.1\\@198.51.100.7/"), f"{OTHER_HOST}|{INVALID}"),
    "to arXiv from elsewhere": Row(to("https://arxiv.org/"), OTHER_HOST),
    "to a name like arXiv's": Row(to("https://arxiv.org.evil.example/"), OTHER_HOST),
    "to another port": Row(to("http://127.0.0.1:22/"), "arXiv redirects to another port, 22"),
    "to a port beyond the last": Row(to("http://127.0.0.1:99999999/"), f"another port|{INVALID}"),
    "to a file": Row(to("file:///etc/passwd"), INVALID),
    "to data": Row(to("data:text/xml,<feed/>"), INVALID),
    "to ftp": Row(to("ftp://127.0.0.1:{port}/"), INVALID),
    "to a socket": Row(to("unix:///run/docker.sock"), INVALID),
    "to nothing": Row(to(""), INVALID),
    "to an address cut short": Row(to("http://[::1/"), "Invalid URL in location header"),
    "to a control character": Row(to("/\x01\x7f"), "Invalid URL in location header"),
    "to a longer and longer address": Row(
        lambda it: it.send(b"", 302, Location=it.path + "&x=" * 99), "more than 3"
    ),
    "in a loop": Row(lambda it: it.send(b"", 302, Location=it.path), "redirects more than 3 times"),
    "with an endless body": Row(
        endless(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n", bytes(9999)), OTHER_HOST
    ),
    # What never ends.
    "no answer": Row(endless(b"", b"", 0.01), LATE, is_late=True),
    "headers that drip": Row(endless(HEAD + b"X: ", b"x", 0.01), LATE, is_late=True),
    "more and more headers, slowly": Row(endless(HEAD, b"X: y\r\n", 0.01), LATE, is_late=True),
    "100 Continue without end": Row(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), LATE, is_late=True),
    "103 Early Hints without end": Row(
        endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 99), LATE, is_late=True
    ),
    "100 Continue that drips": Row(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01), LATE, is_late=True),
    "body that drips": Row(endless(HEAD + b"Content-Length: 9999\r\n\r\n", b" ", 0.01), LATE, is_late=True),
    "chunks of a byte that drip": Row(endless(CHUNKED, b"1\r\n \r\n", 0.01), LATE, is_late=True),
    "compressed blocks of nothing": Row(
        endless(HEAD + b"Content-Encoding: gzip\r\n\r\n" + zeros(0)[:10], b"\0\0\0\xff\xff" * 999),
        LATE,
        is_late=True,
    ),
    "trailer that drips": Row(endless(CHUNKED + b"0\r\n", b"X: y\r\n", 0.01), LATE, is_late=True),
    "body without end": Row(endless(ENDLESS, b" " * 9999), LARGE),
    "chunks without end": Row(endless(CHUNKED, b"fff\r\n" + b" " * 0xFFF + b"\r\n"), LARGE),
    "chunks of a byte without end": Row(endless(CHUNKED, b"1\r\n \r\n" * 999), LATE, is_late=True),
    "header line without end": Row(endless(HEAD + b"X: ", b"x" * 9999), FAILED),
    "headers without end": Row(endless(HEAD, b"X: y\r\n" * 999), FAILED),
    "status line without end": Row(endless(b"HTTP/1.1 200 ", b"x" * 9999), FAILED),
    "chunk extension without end": Row(endless(CHUNKED + b"1;", b"x" * 9999), FAILED),
    "trailer without end": Row(endless(CHUNKED + b"0\r\n", b"X: y\r\n" * 999), FAILED),
    "header of 90 KB": Row(answer(503, Set_Cookie="a=b; expires=" + "1 " * 45_000), "HTTP 503"),
    # Lengths that are lies.
    "chunk of 16 EB": Row(raw(CHUNKED, b"f" * 16, b"\r\n<feed>"), FAILED),
    "chunk size of 1,000 digits": Row(raw(CHUNKED, b"f" * 1000, b"\r\n<feed>"), FAILED),
    "chunk size that is negative": Row(raw(CHUNKED, b"-1\r\n<feed>"), FAILED),
    "length of 16 EB": Row(raw(HEAD, b"Content-Length: 18446744073709551615\r\n\r\n<feed>"), FAILED),
    "length that is negative": Row(raw(HEAD, b"Content-Length: -1\r\n\r\n<feed>"), FAILED),
    "two lengths": Row(raw(HEAD, b"Content-Length: 1\r\nContent-Length: 6\r\n\r\n<feed>"), FAILED),
    "length too large": Row(raw(HEAD, b"Content-Length: 99\r\n\r\n<feed>"), FAILED),
    "length too small": Row(lambda it: it.send(it.whole().body(), length=40), CUT),
    "length 0": Row(lambda it: it.send(it.whole().body(), length=0), EMPTY),
    # Compression.
    "bomb of one layer": Row(answer(body=LAYER, Content_Encoding="gzip"), LARGE),
    "bomb of two layers": Row(answer(body=gzip.compress(LAYER), Content_Encoding="gzip, gzip"), UNASKED),
    "bomb of two layers, one told": Row(answer(body=gzip.compress(LAYER), Content_Encoding="gzip"), TWICE),
    "bomb in two headers": Row(
        raw(HEAD, b"Content-Encoding: gzip\r\n" * 2, b"\r\n", gzip.compress(LAYER)), UNASKED
    ),
    "bomb of deflate": Row(answer(body=zlib.compress(bytes(BOMB)), Content_Encoding="deflate"), UNASKED),
    "brotli": Row(answer(body=b"\x0b\x02\x80feed\x03", Content_Encoding="br"), UNASKED),
    "zstd": Row(answer(body=b"\x28\xb5\x2f\xfd", Content_Encoding="zstd"), UNASKED),
    "compression nobody knows": Row(answer(body=b"<feed/>", Content_Encoding="x" * 60_000), UNASKED),
    "many members": Row(answer(body=zeros(0) * 9999, Content_Encoding="gzip"), f"{DAMAGED}.* go on after"),
    "gzip and bytes after it": Row(
        endless(HEAD + b"Content-Encoding: gzip\r\n\r\n" + zeros(9), bytes(9999)), f"{DAMAGED}.* go on after"
    ),
    "gzip cut short": Row(
        changed(lambda body: gzip.compress(body)[:-9], Content_Encoding="gzip"), f"{DAMAGED}.* no end"
    ),
    "gzip with a wrong checksum": Row(
        changed(lambda body: gzip.compress(body)[:-8] + bytes(8), Content_Encoding="gzip"), DAMAGED
    ),
    "no gzip": Row(changed(bytes, Content_Encoding="gzip"), DAMAGED),
    # Answers that are none.
    "web page": Row(answer(body=b"<!doctype html><title>Log in</title><form>"), r"a web page \(«Log in»\)"),
    "web page with 503": Row(answer(503, b"<h1>Busy</h1>"), "arXiv answers with HTTP 503"),
    "503 with a damaged body": Row(
        answer(503, b"Busy", Content_Encoding="gzip", Retry_After="7"), "HTTP 503"
    ),
    "503 with a body without end": Row(endless(b"HTTP/1.1 503 Busy\r\n\r\n", b" " * 9999), "HTTP 503"),
    "pause of thirty years": Row(answer(503, Retry_After="9" * 9), "asks to be left alone"),
    "pause of a thousand digits": Row(answer(429, Retry_After="9" * 1000), "asks to be left alone"),
    "pause until the year 9999": Row(answer(429, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"), "left alone"),
    "pause that is negative": Row(answer(429, Retry_After="-5"), "HTTP 429"),
    "pause without sense": Row(answer(429, Retry_After="Mon, 99 Foo 0000 99:99:99 +9999"), "HTTP 429"),
    "status nobody knows": Row(answer(799), "HTTP 799"),
    "status of a WebSocket": Row(
        raw(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "101|failed"
    ),
    "nothing": Row(raw(), FAILED),
    "empty body": Row(answer(), EMPTY),
    "another protocol": Row(raw(b"SSH-2.0-OpenSSH_9.9\r\n"), FAILED),
    "NUL in a header": Row(raw(HEAD, b"X: a\0b\r\n\r\n"), FAILED),
    "feed cut short": Row(changed(lambda body: body[: len(body) // 2]), CUT),
    "another charset than it says": Row(
        changed(lambda body: body.replace(b"UTF-8", b"UTF-16")), "declares the encoding «utf-16»"
    ),
    "bytes that are no UTF-8": Row(
        changed(lambda body: body.replace(b"What", b"Wh\xff\xfet")), "not valid in it"
    ),
    "billion laughs": Row(
        answer(body=b'<!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><feed>&b;</feed>'),
        "declares a DOCTYPE",
    ),
    "count of 5,000 digits": Row(
        changed(lambda body: re.sub(rb"(<opensearch:totalResults>)\d+", rb"\g<1>" + b"9" * 5000, body)),
        "more results than arXiv has papers",
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A content folder that has what the server had; one more paper has come since."""
    with serve(Arxiv(records(12), Clock())) as arxiv:
        made = Site(tmp_path_factory.mktemp("hostile"), arxiv)
        made.fetch()
        made.fetch()  # so that the archive is in the cache
        arxiv.papers.append(records(13)[-1])
        yield made


@pytest.mark.parametrize("name", ROWS)
def test_a_hostile_server_does_no_harm(site: Site, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ROWS[name]
    before = site.files()
    monkeypatch.setitem(FAULTS, name, row.serve)
    monkeypatch.setattr(client, "ATTEMPTS", 1)
    site.arxiv.faults = repeat(name)
    policy = RequestPolicy(
        connect=PATIENCE, read=PATIENCE, whole=SHORT if row.is_late else PATIENCE, largest=LARGEST
    )
    options = FetchOptions(endpoint=site.arxiv.endpoint, full=True)
    tracemalloc.start()
    try:
        with pytest.raises(FetchError) as caught:
            fetch(site.content, options, clock=made_clock(site.arxiv), policy=policy, limits=REACH)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    (problem,) = caught.value.problems
    assert re.search(row.said, problem.message), problem.message
    assert len(problem.message) < 400
    assert problem.message.isprintable()
    assert problem.remedy
    assert site.files() == before
    assert most < MOST_MEMORY


def test_papers_without_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server always has more papers of the same minute, and counts a hundred of them."""
    limits = HarvestLimits(page=10, overlap=3, last=30)
    before, sent = site.files(), 0

    def send(handler: Handler) -> None:
        nonlocal sent
        start = handler.whole().start
        first = max(0, sent - limits.overlap)
        sent = first + limits.page
        entries = [Record(f"2505.{number:05}", START, START).entry() for number in range(first, sent)]
        handler.send(Answer(start, 100, entries).body())

    monkeypatch.setitem(FAULTS, "no end", send)
    site.arxiv.faults = repeat("no end")
    asked = len(site.arxiv.requests)
    with pytest.raises(FetchError, match="did not agree with each other in 3 rounds"):
        site.fetch(limits, full=True)
    assert len(site.arxiv.requests) - asked < 150
    assert site.files() == before


def test_the_archive_can_go_on_after_all_of_them(site: Site) -> None:
    site.arxiv.faults = None
    assert site.fetch(full=True).new == 1
