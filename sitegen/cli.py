"""The command line: the sole place that prints and that sets exit codes (0 done, 1 failed, 2 wrong usage)."""

from __future__ import annotations

import argparse
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sitegen import __version__
from sitegen.errors import Problem, SitegenError

# Work shorter than this, in seconds, shows no progress bar.
_PATIENCE = 1.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except SitegenError as error:
        if options.debug:
            raise
        for problem in error.problems:
            _say_error(problem)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sitegen", description="Turn arXiv feeds into a static archive.")
    parser.add_argument("--version", action="version", version=f"sitegen {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--content",
        type=Path,
        default=Path("content"),
        metavar="DIR",
        help="the site's own folder (%(default)s)",
    )
    everywhere.add_argument(
        "--output",
        type=Path,
        default=Path("output"),
        metavar="DIR",
        help="where the site is written (%(default)s)",
    )
    everywhere.add_argument("--quiet", action="store_true", help="print problems and errors only")
    everywhere.add_argument("--debug", action="store_true", help="show a traceback where something fails")

    building = argparse.ArgumentParser(add_help=False)
    building.add_argument(
        "--jobs", type=_positive, default=0, metavar="N", help="processes (one for each core)"
    )

    standing = argparse.ArgumentParser(add_help=False)
    standing.add_argument("--url", type=_url, help="where the site will stand, if not where site.toml says")

    build = commands.add_parser("build", parents=[everywhere, building, standing], help="build the site")
    build.add_argument("--strict", action="store_true", help="exit with 1 if there were problems")
    build.add_argument("--json", action="store_true", help="end with one line of JSON")
    build.set_defaults(run=_build)

    serve = commands.add_parser(
        "serve", parents=[everywhere, building], help="build, serve on this machine, rebuild"
    )
    serve.add_argument(
        "--port", type=_port, default=8000, metavar="N", help="port (%(default)s); 0 for any that is free"
    )
    serve.add_argument(
        "--host", default="127.0.0.1", help="address to serve at (%(default)s); any other lets others in"
    )
    serve.add_argument(
        "--base", type=_base, default="/", metavar="PATH", help="serve below a path, such as /repo/"
    )
    serve.add_argument("--open", action="store_true", help="open the site in a browser")
    serve.add_argument(
        "--fetch-every", type=_interval, metavar="TIME", help="fetch at once and then so often, such as 24h"
    )
    serve.set_defaults(run=_serve, url=None, json=False)

    new = commands.add_parser("new", help="make a folder for a new site")
    new.add_argument("folder", type=Path, metavar="DIR", help="the folder to make; it must be new or empty")
    new.add_argument("--debug", action="store_true", help="show a traceback where something fails")
    new.set_defaults(run=_new)

    check = commands.add_parser(
        "check", parents=[everywhere, standing], help="check links and limits of the built site"
    )
    check.set_defaults(run=_check)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 65536:
        raise argparse.ArgumentTypeError("must be between 0 and 65535")
    return number


def _url(text: str) -> str:
    from sitegen.config import site_url

    try:
        return site_url(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(": ".join(error.args)) from None


def _base(text: str) -> str:
    path = f"/{text.strip('/')}/" if text.strip("/") else "/"
    if not re.fullmatch(r"/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*", path):
        raise argparse.ArgumentTypeError("must be a path, such as /repo/")
    return path


def _interval(text: str) -> float:
    """Return seconds; arXiv's data change once a day, and to ask more than once an hour is not polite."""
    match = re.fullmatch(r"([0-9]{1,4})([hd])", text)
    if not match or not int(match[1]):
        raise argparse.ArgumentTypeError("must be hours or days, such as 24h or 7d")
    return int(match[1]) * {"h": 3600.0, "d": 86400.0}[match[2]]


def _build(options: argparse.Namespace) -> int:
    report = _build_once(options)
    if options.json:
        import msgspec

        line = msgspec.structs.asdict(report) | {"problems": len(report.problems)}
        print(msgspec.json.encode(line).decode())
    elif not options.quiet:
        print(f"Look at it: {(options.output / 'index.html').resolve()}, or run: sitegen serve")
    return 1 if options.strict and report.problems else 0


def _build_once(options: argparse.Namespace) -> Any:
    from sitegen.build import build

    with _Progress(quiet=options.quiet) as progress:
        report = build(
            options.content,
            options.output,
            url=options.url,
            jobs=options.jobs,
            progress=progress,
        )
    for problem in report.problems:
        _say_problem(problem)
    if not options.quiet and not options.json:
        print(
            f"{_counted(report.papers, 'paper')}, {_counted(report.people, 'person', 'people')}, "
            f"{_counted(report.pages, 'page')} in {report.seconds:.1f} s "
            f"({report.written:,} files written, {report.unchanged:,} unchanged, {report.deleted:,} deleted)"
        )
    return report


def _serve(options: argparse.Namespace) -> int:
    from sitegen import resources
    from sitegen.preview.requests import Address
    from sitegen.preview.server import serve

    address = Address(host=options.host, port=options.port, base=options.base)
    if not address.is_private:
        print(
            f"warning: whoever reaches this machine can read the preview at {options.host}", file=sys.stderr
        )
    beside = options.content.resolve().parent
    if options.fetch_every:
        _fetch_regularly(options)
    serve(
        lambda: _build_once(options),
        watched=(
            options.content,
            beside / "templates",
            beside / "static",
            resources.templates_dir(),
            resources.static_dir(),
        ),
        output=options.output,
        address=address,
        published=_published_path(options.content),
        open_browser=options.open,
        say=lambda text: print(text, flush=True),
        say_error=_say_error,
    )
    return 0


def _published_path(content: Path) -> str:
    """Return the path of the site's root in site.toml; what is wrong there, the build says."""
    from urllib.parse import urlsplit

    from sitegen.config import load

    try:
        return urlsplit(load(content).url).path
    except SitegenError:
        return "/"


def _fetch_regularly(options: argparse.Namespace) -> None:
    """Fetch now and then, beside the server: what comes is a change of content/feeds/ like any other."""
    if find_spec("sitegen.fetch") is None:
        raise SitegenError.at("--fetch-every", "this version of sitegen cannot fetch", "leave it out")

    def fetch() -> None:
        while True:
            main(["fetch", "--content", str(options.content), "--quiet"])
            time.sleep(options.fetch_every)

    # A daemon ends with the server at once; a fetch may be broken off at any moment.
    threading.Thread(target=fetch, daemon=True).start()


def _new(options: argparse.Namespace) -> int:
    from sitegen.scaffold import create

    for path in create(options.folder):
        print(path)
    print(f"Now: cd {options.folder} && sitegen build")
    return 0


def _check(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from sitegen.build import read_feeds
    from sitegen.check.site import check
    from sitegen.config import load

    newest = read_feeds(options.content).newest
    report = check(
        options.output,
        options.url or load(options.content).url,
        newest_feed=newest.date() if newest else None,
        today=datetime.now(UTC).date(),
    )
    for finding in report.problems:
        _say_problem(finding.problem)
    for finding in report.warnings:
        print(f"warning: {finding.problem}", file=sys.stderr)
    if not options.quiet:
        for row in report.summary:
            amiss = [_counted(row.problems, "problem")] if row.problems else []
            amiss += [_counted(row.warnings, "warning")] if row.warnings else []
            print(f"{row.subject:13}{row.amount:18}{', '.join(amiss) or 'good'}")
    return 1 if report.problems else 0


def _counted(number: int, singular: str, plural: str = "") -> str:
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def _say_problem(problem: Problem) -> None:
    print(f"problem: {problem}", file=sys.stderr)


def _say_error(problem: Problem) -> None:
    print(f"error: {problem}", file=sys.stderr)


class _Progress:
    """A bar for each stage of long work on a terminal; elsewhere a plain line for each stage that takes long."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._stage = ""
        self._started = 0.0
        self._said = False
        self._bar: Any = None

    def __enter__(self) -> Callable[[str, int, int], None]:
        return self._update

    def __exit__(self, *_: object) -> None:
        self._close()

    def _update(self, stage: str, done: int, total: int) -> None:
        if self._quiet:
            return
        if stage != self._stage:
            self._close()
            self._stage, self._started, self._said = stage, time.monotonic(), False
        late = time.monotonic() - self._started > _PATIENCE
        if self._terminal and late:
            if self._bar is None:
                from tqdm import tqdm

                tqdm.monitor_interval = 0  # its thread would not survive a fork
                self._bar = tqdm(total=total, desc=stage, leave=False, dynamic_ncols=True)
            self._bar.update(done - self._bar.n)
        elif late and not self._said:
            print(f"{stage}: {total:,}", file=sys.stderr)
            self._said = True

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
