"""`sitegen serve` over raw sockets: what it answers, what it refuses, and how it ends."""

from __future__ import annotations

import base64
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE, Preview, copy_content, previews

from sitegen.cli import main
from sitegen.preview.requests import Address, refusal

Serve = Callable[..., Preview]

SECRET = "not for the web"


def ask(port: int, request: bytes, until: bytes = b"") -> bytes:
    """Send a request as it stands and return the answer, or its beginning up to a mark.

    {here} in the request is the preview's own host and port.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request.replace(b"{here}", b"127.0.0.1:%d" % port))
        answer = b""
        while not (until in answer if until else is_whole(answer)):
            try:
                data = connection.recv(65536)
            except ConnectionResetError:  # it did not even want to read the request
                break
            if not data:
                break
            answer += data
    return answer


def is_whole(answer: bytes) -> bool:
    """Return whether nothing more is to come: all of the body, or the head where a WebSocket begins."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if end and (length := re.search(rb"\r\nContent-Length: (\d+)", head)):
        return len(body) >= int(length[1])
    return bool(end) and status(answer) == 101


def get(preview: Preview, path: str, *headers: str, method: str = "GET", host: str = "{here}") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]
    return ask(preview.port, "\r\n".join(lines).encode("latin-1"))


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def location(answer: bytes) -> str:
    match = re.search(rb"\r\nLocation: (.*)\r\n", answer)
    assert match
    return match[1].decode()


def websocket(*headers: str) -> tuple[str, ...]:
    key = base64.b64encode(b"0123456789abcdef").decode()
    return (
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        *headers,
    )


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview to be asked only, with files beside and inside its output that are nobody's business."""
    folder = tmp_path_factory.mktemp("preview")
    (folder / "secret.txt").write_text(SECRET)
    with previews(folder) as start:
        started = start()
        output = folder / "output"
        (output / "link.txt").symlink_to(folder / "secret.txt")
        (output / "folder").symlink_to(folder)
        (output / ".hidden").mkdir()
        (output / ".hidden" / "secret.txt").write_text(SECRET)
        (output / ".secret").write_text(SECRET)
        yield started


EVIL = "http://evil.example"
ATTACKS = {
    # Out of the folder.
    "dots": ("/../secret.txt",),
    "dots below a page": ("/authors/../../secret.txt",),
    "encoded dots": ("/%2e%2e/secret.txt",),
    "half encoded dots": ("/.%2e/secret.txt",),
    "encoded slash": ("/..%2fsecret.txt",),
    "all encoded": ("/%2e%2e%2fsecret.txt",),
    "encoded twice": ("/%252e%252e%252fsecret.txt",),
    "backslash": ("/..\\secret.txt",),
    "encoded backslash": ("/..%5csecret.txt",),
    "overlong UTF-8": ("/%c0%ae%c0%ae/secret.txt",),
    "dots and a semicolon": ("/..;/secret.txt",),
    "dots without a slash": ("../secret.txt",),
    "absolute path": ("/{folder}/secret.txt",),
    "encoded absolute path": ("/%2f{folder}/secret.txt",),
    "double slash": ("//etc/passwd",),
    "many slashes": ("///..///secret.txt",),
    "another host's URL": ("http://evil.example/../secret.txt",),
    "a file's URL": ("file:///etc/passwd",),
    "NUL": ("/secret.txt%00.html",),
    "NUL after dots": ("/..%00/secret.txt",),
    "line feed": ("/%0a../secret.txt",),
    "long path": ("/" + "a" * 30_000,),
    "deep path": ("/" + "a/" * 8_000,),
    "symbolic link": ("/link.txt",),
    "linked folder": ("/folder/secret.txt",),
    "linked folder and back": ("/folder/output/index.html",),
    # Hidden files.
    "manifest": ("/.sitegen-manifest",),
    "encoded manifest": ("/%2esitegen-manifest",),
    "manifest below a dot": ("/./.sitegen-manifest",),
    "hidden file": ("/.secret",),
    "hidden folder": ("/.hidden/secret.txt",),
    "hidden folder without a slash": ("/.hidden",),
    # Other names, other pages.
    "foreign host": ("/", "Host: evil.example"),
    "foreign host with our port": ("/", "Host: evil.example:{port}"),
    "our host with another port": ("/", "Host: 127.0.0.1:1"),
    "name that begins as ours": ("/", "Host: localhost.evil.example:{port}"),
    "name of an address": ("/", "Host: 127.0.0.1.nip.io:{port}"),
    "another address": ("/", "Host: 0.0.0.0:{port}"),
    "user before the host": ("/", "Host: 127.0.0.1:{port}@evil.example"),
    "no host": ("/", "Host: "),
    "two hosts": ("/", "Host: {here}\r\nHost: evil.example"),
    "foreign origin": ("/papers.json", "Host: {here}", f"Origin: {EVIL}"),
    "no origin to speak of": ("/papers.json", "Host: {here}", "Origin: null"),
    "origin with another port": ("/papers.json", "Host: {here}", "Origin: http://127.0.0.1:1"),
    "origin with another scheme": ("/papers.json", "Host: {here}", "Origin: https://{here}"),
    "script of another site": ("/papers.json", "Host: {here}", "Sec-Fetch-Site: cross-site"),
    "frame in another site": (
        "/",
        "Host: {here}",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Dest: iframe",
    ),
    "socket of another origin": ("/livereload", "Host: {here}", *websocket(f"Origin: {EVIL}")),
    "socket of an older kind": ("/livereload", "Host: {here}", *websocket(f"Sec-WebSocket-Origin: {EVIL}")),
    "socket at another name": (
        "/livereload",
        "Host: evil.example",
        *websocket("Origin: http://evil.example"),
    ),
    "socket without an origin to speak of": ("/livereload", "Host: {here}", *websocket("Origin: null")),
    "forced reload at another name": ("/forcereload", "Host: evil.example:{port}"),
    "forced reload from another origin": ("/forcereload", "Host: {here}", f"Origin: {EVIL}"),
    "forced reload by a picture": ("/forcereload", "Host: {here}", "Sec-Fetch-Site: cross-site"),
    "forced reload by a link": (
        "/forcereload",
        "Host: {here}",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Dest: document",
    ),
    "script at another name": ("/livereload.js", "Host: evil.example"),
}


def test_no_attack_succeeds(preview: Preview) -> None:
    assert len(ATTACKS) >= 40
    manifest = (preview.folder / "output" / ".sitegen-manifest").read_bytes()
    succeeded = {}
    for name, (path, *headers) in ATTACKS.items():
        lines = [f"GET {path} HTTP/1.1", *(headers or ["Host: {here}"]), "Connection: close", "", ""]
        request = (
            "\r\n".join(lines).replace("{port}", str(preview.port)).replace("{folder}", str(preview.folder))
        )
        answer = ask(preview.port, request.encode("latin-1"))
        told = SECRET.encode() in answer or manifest[:16] in answer or b"root:" in answer
        if told or not 400 <= status(answer) < 500:
            succeeded[name] = answer[:300]
    assert succeeded == {}
    assert status(get(preview, "/")) == 200, "it still serves"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"])
def test_it_is_for_reading(preview: Preview, method: str) -> None:
    assert status(get(preview, "/", method=method)) == 405


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
def test_it_answers_to_its_own_names(preview: Preview, host: str) -> None:
    host = host.replace("{port}", str(preview.port))
    assert status(get(preview, "/", host=host)) == 200
    assert status(get(preview, "/papers.json", f"Origin: http://{host}", host=host)) == 200
    assert status(get(preview, "/livereload", *websocket(f"Origin: http://{host}"), host=host)) == 101
    assert status(get(preview, "/forcereload", f"Origin: http://{host}", host=host)) == 200


def test_a_link_from_another_site_may_be_followed(preview: Preview) -> None:
    headers = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
    assert status(get(preview, "/", *headers)) == 200


def test_a_socket_survives_nonsense(serve: Serve) -> None:
    preview = serve()
    for said in (b"{]", b"[]", b'{"command": 1}', b'{"command": "info", "plugins": 1}'):
        frame = bytes([0x81, 0x80 | len(said), 0, 0, 0, 0]) + said  # text, masked by zeros
        lines = ["GET /livereload HTTP/1.1", "Host: {here}", *websocket(), "", ""]
        goodbye = b"\x88"
        assert status(ask(preview.port, "\r\n".join(lines).encode() + frame, goodbye)) == 101
    assert preview.end(signal.SIGINT) == (0, "")


def test_pages_as_on_github(serve: Serve) -> None:
    preview = serve("--base", "/repo/")
    assert preview.url.endswith("/repo/")
    for path, there in {"/": "/repo/", "/repo": "/repo/", "/repo/authors": "/repo/authors/"}.items():
        answer = get(preview, path)
        assert (status(answer), location(answer)) == (301, there)
    assert location(get(preview, "/repo/archive/2026?x=%20y")) == "/repo/archive/2026/?x=%20y"
    home = get(preview, "/repo/")
    assert status(home) == 200
    assert b">Neurons &amp; Cognition</h1>" in home
    for path in ("/repo/gone/", "/repo/gone/deeper.html", "/authors/", "/repos/"):
        missing = get(preview, path)
        assert status(missing) == 404
        assert b"Page not found" in missing
    style = re.search(rb'href="(/repo/static/[^"]+\.css)"', missing)
    assert style
    assert status(get(preview, style[1].decode())) == 200
    head = get(preview, "/repo/", method="HEAD")
    assert head.endswith(b"\r\n\r\n")
    assert re.search(rb"Content-Length: \d{4}", head)


def test_the_page_for_what_is_missing_finds_its_style_at_the_root(preview: Preview) -> None:
    style = re.search(rb'href="(/repo/static/[^"]+\.css)"', get(preview, "/gone/"))
    assert style
    moved = get(preview, style[1].decode())
    assert status(moved) == 301
    assert status(get(preview, location(moved))) == 200


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/feed.xml", "text/xml; charset=utf-8"),
        ("/papers.json", "application/json; charset=utf-8"),
        ("/icon-192.png", "image/png"),
    ],
)
def test_files_say_what_they_are(preview: Preview, path: str, kind: str) -> None:
    assert f"\r\nContent-Type: {kind}\r\n".encode() in get(preview, path)


def test_files_that_are_no_pages_are_left_as_they_are(preview: Preview) -> None:
    for name in ("feed.xml", "papers.json", "icon-192.png"):
        body = get(preview, f"/{name}").partition(b"\r\n\r\n")[2]
        assert body == (preview.folder / "output" / name).read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once(serve: Serve, number: int) -> None:
    preview = serve()
    lines = ["GET /livereload HTTP/1.1", f"Host: 127.0.0.1:{preview.port}", *websocket(), "", ""]
    with socket.create_connection(("127.0.0.1", preview.port)) as waiting:
        waiting.sendall("\r\n".join(lines).encode())
        assert waiting.recv(1000).startswith(b"HTTP/1.1 101")
        assert preview.end(number) == (0, "")
        assert waiting.recv(1000) in (b"", b"\x88\x02\x03\xe9")


def test_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    said = capsys.readouterr().err
    match = re.fullmatch(
        rf"error: 127\.0\.0\.1:{port}: cannot be served: Address already in use "
        r"\(port (\d+) is free: --port \1\)\n",
        said,
    )
    assert match
    assert int(match[1]) > port


def test_an_address_of_another_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "192.0.2.1"]) == 1
    assert capsys.readouterr().err == (
        "warning: whoever reaches this machine can read the preview at 192.0.2.1\n"
        "error: 192.0.2.1:8000: cannot be served: Cannot assign requested address "
        "(name another address with --host)\n"
    )


def test_others_are_let_in_by_number_only(serve: Serve) -> None:
    preview = serve("--host", "0.0.0.0")
    assert preview.url == f"http://localhost:{preview.port}/"
    assert status(get(preview, "/", host=f"192.0.2.7:{preview.port}")) == 200
    assert status(get(preview, "/", host=f"evil.example:{preview.port}")) == 403


LENT = "name-8000.app.github.dev"
HERE = Address(host="127.0.0.1", port=8000, allowed=(LENT, "my-mac.local", "fe80::1"))


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        # as a forwarder or a name of the local network has it
        ({"Host": LENT}, False),
        ({"Host": f"{LENT}:443"}, False),
        ({"Host": LENT.upper(), "Origin": f"https://{LENT}"}, False),
        ({"Host": LENT, "Origin": f"http://{LENT}"}, False),
        ({"Host": "localhost:8000", "Origin": f"https://{LENT}"}, False),
        ({"Host": "my-mac.local:8000", "Origin": "http://my-mac.local:8000"}, False),
        ({"Host": "[fe80::1]:8000"}, False),
        ({"Host": "127.0.0.1:8000", "Origin": "http://127.0.0.1:8000"}, False),
        # all others stay out
        ({"Host": f"x{LENT}"}, True),
        ({"Host": f"{LENT}.evil.example"}, True),
        ({"Host": "app.github.dev"}, True),
        ({"Host": f"evil.example@{LENT}"}, True),
        ({"Host": f"{LENT}, evil.example"}, True),
        ({"Host": ""}, True),
        ({"Host": LENT, "Origin": "https://evil.example"}, True),
        ({"Host": LENT, "Origin": f"https://{LENT}.evil.example"}, True),
        ({"Host": LENT, "Origin": f"ftp://{LENT}"}, True),
        ({"Host": LENT, "Origin": "null"}, True),
        ({"Host": LENT, "Origin": LENT}, True),
        ({"Host": LENT, "Sec-Fetch-Site": "cross-site"}, True),
        ({"Host": LENT, "Sec-WebSocket-Origin": "https://evil.example"}, True),
        ({"Host": "evil.example:8000"}, True),
    ],
)
def test_names_that_are_allowed(headers: dict[str, str], is_refused: bool) -> None:
    assert bool(refusal(HERE, headers, may_be_followed=False)) is is_refused


@pytest.mark.parametrize(
    ("host", "advice"),
    [
        (LENT, f"--allow-host {LENT}"),
        (f"{LENT}:443", f"--allow-host {LENT}"),
        ("192.168.1.5:8000", "--allow-host 192.168.1.5"),
        ("<script>", "--allow-host NAME"),
        ("a b", "--allow-host NAME"),
    ],
)
def test_a_refusal_says_how_to_allow_a_name(host: str, advice: str) -> None:
    said = refusal(Address(host="127.0.0.1", port=8000), {"Host": host}, may_be_followed=True)
    assert said.startswith("this preview is at http://127.0.0.1:8000/ and answers to no other name")
    assert said.endswith(advice)


@pytest.mark.parametrize(
    "options",
    [
        ["--allow-host", "https://name.example/"],
        ["--allow-host", "*"],
        ["--allow-host", "name.example:8000"],
        ["--allow-host", ""],
        ["--port", "65536"],
        ["--port", "１"],
        ["--port", "8_000"],
        ["--port", "http"],
        ["--base", "/../"],
        ["--base", "/a//b/"],
        ["--base", "/.git/"],
        ["--fetch-every", "5m"],
        ["--fetch-every", "0h"],
    ],
)
def test_wrong_usage(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve", *options])
    assert "must be" in capsys.readouterr().err


def test_the_browser_is_opened(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "opened"
    os.mkfifo(pipe)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {pipe}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    preview = serve("--open", "--base", "repo")
    assert pipe.read_text() == f"http://127.0.0.1:{preview.port}/repo/\n"


def test_a_folder_that_is_not_the_sites_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "diary.txt").write_text(SECRET)
    content = copy_content(tmp_path.with_name(f"{tmp_path.name}-site"))
    assert main(["serve", "--port", "0", "--content", str(content), "--output", str(tmp_path)]) == 1
    assert "holds files that sitegen did not write" in capsys.readouterr().err


def test_what_processes_need_is_imported_before_there_are_threads(tmp_path: Path) -> None:
    """Else a process that is forked while a fetch imports something would wait for it for ever."""
    program = """
import sys
from sitegen import cli
from sitegen.preview import server
wanted = {"anyio", "asyncio", "feedparser", "httpx", "markdown", "queue", "sitegen.fetch.run"}
cli._fetch_regularly = lambda _: print(*sorted(wanted - sys.modules.keys()), "before threads")
server.serve = lambda *_, **__: print("served")
cli.main(["serve", "--fetch-every", "1h"])
"""
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    assert said == "before threads\nserved\n"
