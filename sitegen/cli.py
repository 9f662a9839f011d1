"""The command line: the sole place that prints and that sets exit codes (0 done, 1 failed, 2 wrong usage)."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
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

    build = commands.add_parser("build", parents=[everywhere, building], help="build the site")
    build.add_argument("--strict", action="store_true", help="exit with 1 if there were problems")
    build.add_argument(
        "-v", "--verbose", action="store_true", help="also name the formulas that stay TeX, and count them"
    )
    build.add_argument("--json", action="store_true", help="end with one line of JSON")
    build.set_defaults(run=_build)

    serve = commands.add_parser(
        "serve", parents=[everywhere, building], help="build, serve on this machine, rebuild"
    )
    serve.add_argument(
        "--port", type=_port, default=8000, metavar="N", help="port on 127.0.0.1 (%(default)s)"
    )
    serve.add_argument("--open", action="store_true", help="open the site in a browser")
    serve.set_defaults(run=_serve)

    fetch = commands.add_parser(
        "fetch", parents=[everywhere], help="add what is new on arXiv to content/feeds"
    )
    source = fetch.add_mutually_exclusive_group()
    source.add_argument("--daily", action="store_true", help="read today's announcements, not the API")
    source.add_argument(
        "--from-json", type=Path, metavar="FILE", help="read arXiv's metadata snapshot, not the API"
    )
    source.add_argument(
        "--compact", action="store_true", help="fetch nothing; merge the feed files into one for each year"
    )
    fetch.add_argument(
        "--query", default="", help="ask this, in the API's own language, not what site.toml says"
    )
    fetch.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="oldest day of submission")
    fetch.add_argument(
        "--max", type=_positive, metavar="N", help="end after N papers; the next fetch goes on"
    )
    fetch.add_argument("--full", action="store_true", help="harvest all again, not only what is new")
    fetch.add_argument(
        "--accept-loss",
        action="store_true",
        help="accept a harvest that lacks more than a fifth of the known papers",
    )
    fetch.add_argument("--endpoint", type=_endpoint, metavar="URL", help="another address of the same API")
    fetch.set_defaults(run=_fetch)

    new = commands.add_parser("new", help="make a folder for a new site")
    new.add_argument("folder", type=Path, metavar="DIR", help="the folder to make; it must be new or empty")
    new.add_argument("--debug", action="store_true", help="show a traceback where something fails")
    new.set_defaults(run=_new)

    check = commands.add_parser(
        "check", parents=[everywhere], help="check links and limits of the built site"
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
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("must be between 1 and 65535")
    return number


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day such as 2026-01-31, found {text!r}") from None


def _endpoint(text: str) -> str:
    from sitegen.config import endpoint_address

    try:
        return endpoint_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("; ".join(map(str, error.args))) from None


def _build(options: argparse.Namespace) -> int:
    report = _build_once(options)
    if options.json:
        import msgspec

        line = msgspec.structs.asdict(report) | {"problems": len(report.problems) + len(report.unconverted)}
        del line["unconverted"]
        print(msgspec.json.encode(line).decode())
    return 1 if options.strict and report.problems else 0


def _build_once(options: argparse.Namespace) -> Any:
    from sitegen.build import build

    with _Progress(quiet=options.quiet) as progress:
        report = build(
            options.content,
            options.output,
            jobs=options.jobs,
            verbose=getattr(options, "verbose", False),
            progress=progress,
        )
    for problem in (*report.problems, *report.unconverted):
        _say_problem(problem)
    if not options.quiet and not getattr(options, "json", False):
        print(
            f"{_counted(report.papers, 'paper')}, {_counted(report.people, 'person', 'people')}, "
            f"{_counted(report.pages, 'page')} in {report.seconds:.1f} s "
            f"({report.written:,} files written, {report.unchanged:,} unchanged, {report.deleted:,} deleted)"
        )
        print(f"Look at it: {(options.output / 'index.html').resolve()}, or run: sitegen serve")
    return report


def _serve(options: argparse.Namespace) -> int:
    from sitegen.preview import serve

    serve(
        lambda: _build_once(options),
        watched=(
            options.content,
            options.content.resolve().parent / "templates",
            options.content.resolve().parent / "static",
        ),
        output=options.output,
        port=options.port,
        open_browser=options.open,
        say=lambda text: print(text, flush=True),
        say_error=_say_error,
    )
    return 0


def _fetch(options: argparse.Namespace) -> int:
    from sitegen import fetch
    from sitegen.arxiv.client import Clock

    if options.compact:
        return _compact(options)
    wanted = fetch.Wanted(
        query=options.query,
        since=options.since,
        max=options.max,
        endpoint=options.endpoint or "",
        full=options.full,
        accept_loss=options.accept_loss,
    )
    clock = Clock()
    with _Progress(quiet=options.quiet) as progress:
        if options.from_json:
            report = fetch.import_snapshot(
                options.content, options.from_json, wanted, clock=clock, progress=progress
            )
        elif options.daily:
            report = fetch.fetch_daily(options.content, wanted, clock=clock, progress=progress)
        else:
            report = fetch.fetch(options.content, wanted, clock=clock, progress=progress)
    for problem in report.problems:
        _say_problem(problem)
    if not options.quiet:
        for path in report.files:
            print(f"wrote {path}")
        if not report.files:
            print("nothing new: no file was written")
        if not report.complete:
            print("stopped at the limit of papers: fetch again to go on")
        print(
            f"asked for {_counted(report.asked, 'paper')}, got {report.got:,}: {report.new:,} new, "
            f"{report.changed:,} changed, {report.unchanged:,} unchanged; "
            f"{_counted(report.requests, 'request')}, {report.seconds:.1f} s"
        )
    return 0


def _compact(options: argparse.Namespace) -> int:
    from sitegen.compact import compact

    with _Progress(quiet=options.quiet) as progress:
        report = compact(options.content, progress)
    for problem in report.problems:
        _say_problem(problem)
    if not options.quiet:
        print(
            f"{_counted(report.papers, 'paper')}: {_counted(report.before, 'file')} "
            f"({report.bytes_before / 1e6:,.1f} MB) became {report.after:,} ({report.bytes_after / 1e6:,.1f} MB) "
            f"in {report.seconds:.1f} s"
        )
    return 0


def _new(options: argparse.Namespace) -> int:
    from sitegen.scaffold import create

    for path in create(options.folder):
        print(path)
    print(f"Now: cd {options.folder} && sitegen build")
    return 0


def _check(options: argparse.Namespace) -> int:
    from sitegen.check import check
    from sitegen.config import load

    problems, summary = check(options.output, load(options.content).url)
    for problem in problems:
        _say_problem(problem)
    if not options.quiet:
        print(
            f"{_counted(summary.files, 'file')} ({summary.bytes / 1e6:,.1f} MB), {_counted(summary.pages, 'page')}, "
            f"{_counted(summary.links, 'link')}: {_counted(len(problems), 'problem')}"
        )
    return 1 if problems else 0


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

    def __enter__(self) -> Callable[..., None]:
        return self._update

    def __exit__(self, *_: object) -> None:
        self._close()

    def _update(self, stage: str, done: int, total: int, detail: str = "") -> None:
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
            self._bar.total = total  # it may grow on the way
            self._bar.set_postfix_str(detail, refresh=False)
            self._bar.update(done - self._bar.n)
        elif late and not self._said:
            print(f"{stage}: {total:,}", file=sys.stderr)
            self._said = True

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
