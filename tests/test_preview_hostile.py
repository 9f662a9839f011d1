"""`sitegen serve` and clients that want to do harm: paths, malformed requests, and clients that are slow.

Each row of a table is one attack. The answer is a refusal or the right file: never a file outside the site, never a
redirect to another host; and the preview lives on.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE, Preview, previews
from test_preview import SECRET, ask, get, location, status, websocket

NEVER = b"what no answer holds"  # to read until the preview hangs up


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview with links, a pipe and hidden files in its output."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "secret.txt").write_text(SECRET)
    with previews(folder) as start:
        started = start()
        output = folder / "output"
        (output / "link").symlink_to(folder / "secret.txt")
        (output / "up").symlink_to("..")
        (output / "root").symlink_to("/")
        (output / "loop").symlink_to("loop")
        (output / "dangling").symlink_to("nowhere")
        (output / "archive" / "index").symlink_to("index.html")
        (output / "authors" / ".secret").write_text(SECRET)
        os.mkfifo(output / "pipe")
        yield started


PATHS = {
    # Redirects to other hosts.
    "folder after two slashes": "//authors",
    "folder after three slashes": "///authors",
    "folder after two slashes, with a query": "//authors?//evil.example/",
    "folder after two slashes and the published root": "/repo//authors",
    "folder after a slash that is encoded": "/%2fauthors",
    "folder after a backslash": "/\\authors",
    "folder after an encoded backslash": "/%5cauthors",
    "folder after a tab": "/%09/authors",
    "folder after a dot": "/./authors",
    "two slashes amid a path": "/authors//index.html",
    "two slashes at the end": "/authors//",
    "dots that lead back": "/authors/../authors",
    "absolute form of another host": "http://evil.example/authors",
    "absolute form without a path": "http://evil.example",
    "absolute form of a script": "javascript:alert(1)//authors",
    # Out of the folder.
    "dots at the end": "/authors/..",
    "dots in three encodings": "/authors/%2E%2e/.%2E/secret.txt",
    "dots encoded in 16 bits": "/%u002e%u002e/secret.txt",
    "dots in three bytes each": "/%e0%80%ae%e0%80%ae/secret.txt",
    "wide dots": "/%ef%bc%8e%ef%bc%8e/secret.txt",
    "three dots": "/.../secret.txt",
    "dots and spaces": "/..%20/secret.txt",
    "dots after a file": "/index.html/../../secret.txt",
    "file as a folder": "/index.html/",
    "drive": "/C:/Windows/win.ini",
    "home": "/~root/.profile",
    "process": "/proc/self/environ",
    "link to a file": "/link",
    "link to the folder above": "/up/secret.txt",
    "link to the root": "/root/etc/passwd",
    "link to itself": "/loop",
    "link to nowhere": "/dangling",
    "link that stays inside": "/archive/index",
    "pipe": "/pipe",
    "hidden file of a folder": "/authors/.secret",
    "hidden file, encoded": "/authors/%2Esecret",
    # Text that is none.
    "percent at the end": "/authors/%",
    "percent and a digit": "/authors/%2",
    "percent and letters": "/%zz/index.html",
    "bytes that are no UTF-8": "/%ff%fe/index.html",
    "bytes as they stand": "/\xff\xfe/index.html",
    "surrogate": "/%ed%a0%80/index.html",
    "NUL in a folder": "/authors%00/index.html",
    "NUL at the end": "/index.html%00",
    "escape": "/%1b[2J",
    "bidi control": "/%e2%80%aeindex.html",
    "line separator": "/%e2%80%a8",
    "name of 300 bytes": "/" + "a" * 300,
    "name of 60,000 bytes": "/" + "a" * 60_000,
    "30,000 folders": "/" + "a/" * 30_000,
    "30,000 slashes": "/" * 30_000,
    "10,000 pairs of dots": "/.." * 10_000,
    "10,000 percent signs": "/" + "%25" * 10_000,
}


@pytest.mark.parametrize("name", PATHS)
def test_no_path_leads_out(preview: Preview, name: str) -> None:
    answer = get(preview, PATHS[name])
    assert 400 <= status(answer) < 500
    assert SECRET.encode() not in answer
    assert b"\r\nLocation:" not in answer


HOST = b"Host: {here}\r\n"
CLOSE = b"Connection: close\r\n\r\n"
GET = b"GET /robots.txt HTTP/1.1\r\n" + HOST
FRAME = b"GET /livereload HTTP/1.1\r\n" + HOST + "\r\n".join(websocket("", "")).encode()
OLDER = FRAME.replace(b"HTTP/1.1", b"HTTP/1.0")  # the connection ends with the answer

# The request, and the status of each answer; none if the preview hangs up without one.
REQUESTS: dict[str, tuple[bytes, list[int]]] = {
    # Too much.
    "line of 100 KB": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + CLOSE, []),
    "method of 100 KB": (b"G" * 100_000 + b" / HTTP/1.1\r\n" + HOST + CLOSE, []),
    "header of 100 KB": (GET + b"X: " + b"x" * 100_000 + b"\r\n" + CLOSE, []),
    "20,000 headers": (GET + b"X: y\r\n" * 20_000 + CLOSE, []),
    "header without end": (GET + b"X: " + b"x" * 1_000_000, []),
    "body that is too large": (GET + b"Content-Length: 999999999999\r\n\r\n", [400]),
    "length of 5,000 digits": (GET + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", [400]),
    "chunk that is too large": (GET + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", [400]),
    "chunks without end": (GET + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 9999, [400]),
    "chunk size of 1,000 digits": (
        GET + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 1000 + b"\r\n",
        [],
    ),
    # Not what it says.
    "length that is negative": (GET + b"Content-Length: -1\r\n\r\n", [400]),
    "length with a sign": (GET + b"Content-Length: +1\r\n\r\nx", [400]),
    "two lengths": (GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", [400]),
    "length and chunks": (GET + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400]),
    "chunks of an unknown kind": (GET + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", [400]),
    "space before a colon": (GET + b"Content-Length : 5\r\n" + CLOSE + b"GET /", [400]),
    "NUL in a header": (GET + b"X: a\0b\r\n" + CLOSE, [400]),
    "line feed alone in a header": (GET + b"X: a\nHost: evil.example\r\n" + CLOSE, [400]),
    "no header but a line": (GET + b"nothing\r\n" + CLOSE, [400]),
    "header that goes on before any": (b"GET / HTTP/1.1\r\n x\r\n" + HOST + CLOSE, [400]),
    "no version": (b"GET /\r\n\r\n", [400]),
    "version 2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
    "version 9": (b"GET / HTTP/9.9\r\n" + HOST + CLOSE, [400]),
    "no host": (b"GET / HTTP/1.1\r\n" + CLOSE, [400]),
    "no host, version 1.0": (b"GET / HTTP/1.0\r\n\r\n", [403]),
    "handshake of TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(99) + b"\r\n\r\n", [400]),
    "NUL in the line": (b"GET /\0 HTTP/1.1\r\n" + HOST + CLOSE, [400]),
    "lower case": (b"get / HTTP/1.1\r\n" + HOST + CLOSE, [405]),
    "method of WebDAV": (b"PROPFIND / HTTP/1.1\r\n" + HOST + CLOSE, [405]),
    "all of the server": (b"OPTIONS * HTTP/1.1\r\n" + HOST + CLOSE, [405]),
    "proxy": (b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + CLOSE, [405]),
    # One request in another.
    "two requests": (GET + b"\r\n" + GET + CLOSE, [200, 200]),
    "a hundred requests": ((GET + b"\r\n") * 99 + GET + CLOSE, [200] * 100),
    "a second request that leads out": (
        GET + b"\r\nGET /../secret.txt HTTP/1.1\r\n" + HOST + CLOSE,
        [200, 404],
    ),
    "a second request of another host": (
        GET + b"\r\nGET / HTTP/1.1\r\nHost: evil.example\r\n" + CLOSE,
        [200, 403],
    ),
    "a request in a body": (
        GET + b"Content-Length: 30\r\n" + CLOSE + b"GET /../secret.txt HTTP/1.1\r\n\r\n",
        [200],
    ),
    # Ranges and conditions: all of the file.
    "range": (GET + b"Range: bytes=0-1\r\n" + CLOSE, [200]),
    "range from the end": (GET + b"Range: bytes=-999999\r\n" + CLOSE, [200]),
    "range beyond the end": (GET + b"Range: bytes=99999999999999999999-\r\n" + CLOSE, [200]),
    "range of no numbers": (GET + b"Range: bytes=a-b\r\n" + CLOSE, [200]),
    "ten thousand ranges": (GET + b"Range: bytes=" + b"0-,1-," * 5000 + b"\r\n" + CLOSE, [200]),
    "condition": (GET + b"If-None-Match: *\r\nIf-Modified-Since: x\r\n" + CLOSE, [200]),
    "other names of the host": (
        GET + b"X-Forwarded-Host: evil.example\r\nForwarded: host=x\r\n" + CLOSE,
        [200],
    ),
    "another protocol": (GET + b"Upgrade: h2c\r\nHTTP2-Settings: x\r\n" + CLOSE, [200]),
    "compressed body": (
        GET + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n" + CLOSE + b"\x1f\x8b\x08\0",
        [200],
    ),
    # WebSockets.
    "socket without a key": (OLDER.replace(b"Sec-WebSocket-Key", b"X-Key") + b"\r\n", [400]),
    "socket of another version": (OLDER.replace(b"Version: 13", b"Version: 99") + b"\r\n", [426]),
    "socket without an upgrade": (b"GET /livereload HTTP/1.1\r\n" + HOST + CLOSE, [400]),
    "message of 16 EB": (FRAME + b"\x81\xff\x7f" + b"\xff" * 7 + bytes(4), [101]),
    "message of 64 KB": (FRAME + b"\x81\xfe\xff\xff" + bytes(4), [101]),
    "message that is not masked": (FRAME + b"\x81\x02{}", [101]),
    "message that is no UTF-8": (FRAME + b"\x81\x82\0\0\0\0\xff\xfe", [101]),
    "message of 1,000 parts": (
        FRAME + b"\x01\xa0\0\0\0\0" + b"[" * 32 + (b"\0\xa0\0\0\0\0" + b"[" * 32) * 999,
        [101],
    ),
    "bits that mean nothing": (FRAME + b"\xf1\x80\0\0\0\0", [101]),
    "kind of message nobody knows": (FRAME + b"\x8b\x80\0\0\0\0", [101]),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_no_request_does_harm(preview: Preview, name: str) -> None:
    request, expected = REQUESTS[name]
    robots = (preview.folder / "output" / "robots.txt").read_bytes()
    goodbye = b"\x88"  # with which a WebSocket ends
    answer = ask(preview.port, request, goodbye if expected == [101] else NEVER)
    assert [int(code) for code in re.findall(rb"^HTTP/1\.1 (\d+) ", answer, re.MULTILINE)] == expected
    assert answer.count(robots) == expected.count(200)
    assert SECRET.encode() not in answer
    assert b"\r\nLocation:" not in answer
    assert status(get(preview, "/")) == 200, "it lives on"


def test_a_redirect_keeps_its_header(preview: Preview) -> None:
    answer = get(preview, "/authors?%0d%0aX:%20y&//evil.example")
    assert location(answer) == "/authors/?%0d%0aX:%20y&//evil.example"
    assert b"\nX: y" not in answer


# A preview with other bounds.
BOUNDED = """
import sys
from sitegen import cli
from sitegen.preview import server
server._PATIENCE, server._MOST_CONNECTIONS = {patience}, {most}
sys.exit(cli.main())
"""
LARGE = 30_000_000  # bytes; more than the system holds for a connection


def connected(preview: Preview, said: bytes, client: str = "127.0.0.1") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", preview.port), PATIENCE, (client, 0))
    connection.sendall(said.replace(b"{here}", b"127.0.0.1:%d" % preview.port))
    return connection


def wait_until_closed(connection: socket.socket) -> None:
    """Wait until the server has closed a connection, whether or not what it sent has been taken (proc(5))."""
    here, there = (f":{name[1]:04X}" for name in (connection.getsockname(), connection.getpeername()))
    last = time.monotonic() + PATIENCE
    while any(
        local.endswith(there) and remote.endswith(here) and state == "01"
        for _, local, remote, state, *_ in map(str.split, Path("/proc/net/tcp").read_text().splitlines())
    ):
        assert time.monotonic() < last, "it is still open"
        time.sleep(0.01)


SLOW = {
    "nothing is sent": b"",
    "half a line": b"GET /ro",
    "no end of headers": GET,
    "no body": GET + b"Content-Length: 5\r\n\r\n",
    "half a chunk": GET + b"Transfer-Encoding: chunked\r\n\r\n5\r\nx",
    "no second request": GET + b"\r\n",
    "a file is not taken": b"GET /large.bin HTTP/1.1\r\n" + HOST + b"\r\n",
    "a page is not taken": b"GET /large.html HTTP/1.1\r\n" + HOST + b"\r\n",
}


def test_who_is_slow_is_cut_off(tmp_path: Path) -> None:
    with previews(tmp_path) as start:
        preview = start(program=("-c", BOUNDED.format(patience=0.1, most=200)))
        for name in ("large.bin", "large.html"):
            (tmp_path / "output" / name).write_bytes(bytes(LARGE))
        for said in SLOW.values():
            with connected(preview, said) as connection:
                wait_until_closed(connection)
        assert preview.end(signal.SIGINT) == (0, ""), "and it says nothing of them"


def test_who_opens_many_connections_keeps_nobody_out(tmp_path: Path) -> None:
    with previews(tmp_path) as start:
        preview = start(program=("-c", BOUNDED.format(patience=PATIENCE, most=3)))
        with (
            connected(preview, FRAME, "127.0.0.2") as page,
            connected(preview, b"GET", "127.0.0.3") as first,
            connected(preview, b"GET", "127.0.0.3") as second,
        ):
            assert page.recv(999).startswith(b"HTTP/1.1 101 ")
            assert status(get(preview, "/robots.txt")) == 200
            wait_until_closed(first)  # the oldest of the one who has most
            for connection in (page, second):
                connection.setblocking(False)
                with pytest.raises(BlockingIOError):
                    connection.recv(1)
