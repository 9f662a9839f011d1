"""What several test files share: the golden site, a server like GitHub Pages, a browser."""

from __future__ import annotations

import functools
import http.server
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import hypothesis
import pytest
import topics_site

from sitegen.cli import main
from sitegen.incremental.cache import Cache
from sitegen.library import layout

PROJECT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "data" / "golden"
CACHE = PROJECT / ".cache"  # tools/prepare_tests.sh fills it
# The first has no windows: a page of it takes a quarter of the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BASE_PATH = "/repo/"  # of the golden site's url
PATIENCE = (
    300.0  # seconds until a test that waits for something has failed: far longer than a busy machine needs
)

# Tests make and delete some 100,000 files: in memory that takes a tenth of the time. TMPDIR chooses another place.
MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2 << 30:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# Examples are the same in every run, and none fails because the machine is slow. SITEGEN_SEED asks for others.
hypothesis.settings.register_profile(
    "tests",
    deadline=None,
    derandomize="SITEGEN_SEED" not in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
# For tests/mutants.py: whether a test fails matters there, not on how small a value.
hypothesis.settings.register_profile(
    "unshrunk",
    hypothesis.settings.get_profile("tests"),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
hypothesis.settings.load_profile("tests")


_compiled: dict[str, bytes] = {}  # compiled templates of all builds in this process, by their keys in a cache
_get, _put = Cache.get, Cache.put


def _get_compiled(cache: Cache, kind: str, key: str) -> memoryview | None:
    """Copy a compiled template into a cache that lacks it: to compile them takes three quarters of a small build.

    The key holds the template's name and place, and Jinja refuses what was compiled of another text.
    """
    if (body := _get(cache, kind, key)) is None and kind == "templates" and key in _compiled:
        _put(cache, kind, key, _compiled[key])
        return memoryview(_compiled[key])
    return body


def _put_compiled(cache: Cache, kind: str, key: str, body: bytes) -> None:
    if kind == "templates":
        _compiled[key] = bytes(body)
    _put(cache, kind, key, body)


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cache, "get", _get_compiled)
        patch.setattr(Cache, "put", _put_compiled)
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failure")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped; --no-skips refuses that.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def without_progress(errors: str) -> str:
    """Remove the lines that tell of progress (``making pages: 1,200``): only slow work prints them."""
    return re.sub(r"^[a-z ]+: [\d,]+\n", "", errors, flags=re.MULTILINE)


def copy_content(folder: Path, source: Path = GOLDEN / "content") -> Path:
    """Copy a content folder into a new site's folder, where builds keep their cache; return the copy."""
    shutil.copytree(source, folder / "content")
    return folder / "content"


def build(content: Path, output: Path, *options: str) -> Path:
    """Build a site as the command line does, by one process unless told otherwise; return the output folder."""
    paths = ["--content", str(content), "--output", str(output)]
    assert main(["build", *paths, "--quiet", "--jobs", "1", *options]) == 0
    return output


@pytest.fixture(scope="session")
def golden_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden site's output folder, built once: to be read only."""
    folder = tmp_path_factory.mktemp("golden")
    return build(copy_content(folder), folder / "output")


@pytest.fixture(scope="session")
def shipped_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site that a fresh checkout builds: to be read only."""
    folder = tmp_path_factory.mktemp("shipped")
    return build(copy_content(folder, PROJECT / "content"), folder / "output")


@pytest.fixture(scope="session")
def mapped_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a made site with topics and a map: to be read only. The newest papers are not in map.csv."""
    folder = tmp_path_factory.mktemp("mapped")
    papers = topics_site.entries(topics_site.PAPERS)
    content = topics_site.make_content(folder, papers)
    places = topics_site.places(papers[: -topics_site.NEW])
    layout.path_of(content).write_text(layout.dump(places), "utf-8")
    build(content, folder / "output", "--strict")
    return folder


class _Pages(http.server.SimpleHTTPRequestHandler):
    """Serves a folder under BASE_PATH as GitHub Pages does: index.html, and 404.html for what is missing."""

    protocol_version = "HTTP/1.1"

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix(BASE_PATH) if path.startswith(BASE_PATH) else "outside/of/the/site"
        return super().translate_path("/" + inside)

    def send_head(self) -> Any:
        # Python's server would tell a browser that a page is as before if it was written again in the same second.
        del self.headers["If-Modified-Since"]
        if self.path != "/favicon.ico":
            return super().send_head()
        # Without scripts, which add the icon of the site, a browser looks for one at the root of the host.
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()
        return None

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code, message, explain)
            return
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a test reads what the browser saw."""


class _Server(http.server.ThreadingHTTPServer):
    """Does not mind a browser that leaves before the end."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@pytest.fixture(scope="session")
def served(golden_site: Path) -> Iterator[str]:
    """The golden site's address on a server of its own, with a slash at its end."""
    with serving(golden_site) as address:
        yield address


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """Serve a site's output folder; the address has a slash at its end."""
    handler = functools.partial(_Pages, directory=str(site))
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{BASE_PATH}"
        server.shutdown()
        thread.join()


class Preview(NamedTuple):
    """`sitegen serve` at work on a site of its own."""

    folder: Path  # holds content/ and output/
    url: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80

    def says(self, wanted: str) -> str:
        """Wait for a line of its output that holds a text, and return it."""
        assert self.process.stdout
        seen = []
        while line := self._line():
            if wanted in line:
                return line.rstrip("\n")
            seen.append(line)
        raise AssertionError(f"it ended without «{wanted}»: {''.join(seen)}")

    def _line(self) -> str:
        """Return the next line of its output; "" at the end."""
        assert self.process.stdout
        handle, line, last = self.process.stdout.fileno(), b"", time.monotonic() + PATIENCE
        # One byte at a time from the pipe itself: a buffer would hide from select what has been read ahead.
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([handle], [], [], max(0.0, last - time.monotonic()))
            assert ready, f"it says nothing more after {line!r}"
            if not (byte := os.read(handle, 1)):
                break
            line += byte
        return line.decode()

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal and return the exit code and all that it still says, errors too."""
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


def heed_interrupts() -> None:
    """Have this process end on Ctrl-C: a shell's background command, as which tests may run, ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def previews(folder: Path) -> Iterator[Callable[..., Preview]]:
    """Start `sitegen serve` on a free port, on a copy of the golden site unless the folder has content already."""
    started: list[Any] = []

    def start(*options: str, program: Sequence[str] = ("-m", "sitegen")) -> Preview:
        if not (folder / "content").exists():
            copy_content(folder)
        command = [sys.executable, *program, "serve", "--port", "0", *options]
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=heed_interrupts,
        )
        started.append(process)
        preview = Preview(folder, "", process)
        line = preview.says("Serving ")
        return preview._replace(url=next(word for word in line.split() if word.startswith("http://")))

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.wait()
            process.stdout.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Preview]]:
    """What starts a preview of a site in the test's own folder."""
    with previews(tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser; of a module's tests only, because Playwright's event loop disturbs those of others."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium; tools/prepare_tests.sh installs it")
    with sync_api.sync_playwright() as playwright:
        # Without hinting, letters are as wide as on a screen of high resolution, in each of the browsers.
        arguments = ["--no-sandbox", "--font-render-hinting=none"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments, timeout=PATIENCE * 1000)
        yield browser
        browser.close()


def new_context(browser: Any, **options: Any) -> Any:
    """Return a fresh browser window, which waits long for what is to come."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    return context


def until(page: Any, expression: str) -> None:
    """Wait until a JavaScript expression is true in a page.

    Playwright's own ``wait_for_function`` evaluates text, which the Content-Security-Policy of pages forbids.
    """
    last = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        assert time.monotonic() < last, f"{expression} did not come true"
        page.wait_for_timeout(30)


def axe_violations(page: Any) -> list[str]:
    """Return what axe finds wrong with a page in both themes; the page is left in the light one."""
    page.evaluate(tool("axe", ".js").read_text("utf-8"))
    wrong = []
    for theme, options in (
        # Of all rules, that of contrast alone depends on the theme.
        ("dark", "{runOnly: 'color-contrast'}"),
        ("light", "{rules: {'target-size': {enabled: true}}}"),
    ):
        page.emulate_media(color_scheme=theme)
        # The names of the rules that passed are enough: all of it would take a second on its way here.
        names = "{violations: all.violations, passes: all.passes.map((rule) => rule.id)}"
        found = page.evaluate(f"axe.run({options}).then((all) => ({names}))")
        assert "color-contrast" in found["passes"]
        assert theme == "dark" or ("target-size" in found["passes"] and len(found["passes"]) > 10)
        wrong += [
            f"{theme}: {rule['id']}: {rule['help']}: {node['html'][:120]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
    return wrong


def hold(page: Any, pattern: str, count: int = 1) -> Callable[[], None]:
    """Have some files wait; return a function that lets them come, once so many have been asked for."""
    held: list[Any] = []
    may_come: list[bool] = []
    page.route(pattern, lambda route: route.continue_() if may_come else held.append(route))

    def let_come() -> None:
        last = time.monotonic() + PATIENCE
        while len(held) < count:
            assert time.monotonic() < last, f"only {len(held)} of {count} have been asked for"
            page.wait_for_timeout(10)
        may_come.append(True)
        for route in held:
            route.continue_()

    return let_come


def tool(folder: str, suffix: str) -> Path:
    """Return a file that tools/prepare_tests.sh fetches; the test is skipped where it has not run."""
    found = sorted((CACHE / folder).glob(f"*{suffix}"))
    if not found:
        pytest.skip(f"no {folder}; tools/prepare_tests.sh fetches it")
    return found[-1]
