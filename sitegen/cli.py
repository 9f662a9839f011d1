"""The command line: the only module that prints and sets exit codes (0 success, 1 failure, 2 wrong usage)."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from sitegen.errors import Problem, SitegenError, problems_of
from sitegen.options import parse
from sitegen.progress import Progress


def run() -> None:
    """Run the command that the process was started with, and end the process with its exit code."""
    if sys.getfilesystemencoding().lower() != "utf-8":
        # File names are UTF-8 whatever the locale, so that every machine builds the same site.
        os.execve(  # noqa: S606 - the same program again
            sys.executable,
            [sys.executable, "-m", "sitegen", *sys.argv[1:]],
            os.environ | {"PYTHONUTF8": "1"},
        )
    if hasattr(signal, "SIGCHLD"):
        # The parent process may have had SIGCHLD ignored; a build waits for its child processes.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of a pipe, such as head, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.stderr.flush()
    os._exit(code)  # without freeing all papers, which takes a tenth of a second


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parse(argv)
    try:
        _refuse_link_loops(options)
        return _COMMANDS[options.command](options)
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        raise
    except Exception as error:  # users see a traceback only with --debug
        if options.debug:
            raise
        for problem in problems_of(error):
            _print_error(problem)
        return 1


def _refuse_link_loops(options: argparse.Namespace) -> None:
    """Raise SitegenError if a folder is a link that leads to itself, for which pathlib raises RuntimeError."""
    for name in ("content", "output"):
        folder: Path = getattr(options, name, Path())
        try:
            folder.resolve()
        except (RuntimeError, OSError):
            message, remedy = (
                "is a link that leads to itself",
                f"correct it, or name another folder with --{name}",
            )
            raise SitegenError.at(folder, message, remedy) from None


def _build(options: argparse.Namespace) -> int:
    gc.disable()  # the first collection after a build takes 5 % of a small one, and this process ends instead
    report = _build_once(options)
    if options.json:
        import msgspec

        line = msgspec.structs.asdict(report) | {"problems": len(report.problems) + len(report.unconverted)}
        del line["unconverted"]
        print(msgspec.json.encode(line).decode())
    elif not options.quiet:
        print(f"Look at it: {(options.output / 'index.html').resolve()}, or run: sitegen serve")
    return 1 if options.strict and report.problems else 0


def _build_once(options: argparse.Namespace) -> Any:
    from sitegen.build import build

    with Progress(quiet=options.quiet) as progress:
        report = build(
            options.content,
            options.output,
            url=options.url,
            jobs=options.jobs,
            verbose=options.verbose,
            accept_loss=options.accept_loss,
            progress=progress,
        )
    for problem in (*report.problems, *report.unconverted):
        _print_problem(problem)
    if not options.quiet and not options.json:
        print(
            f"{_counted(report.papers, 'paper')}, {_counted(report.people, 'person', 'people')}, "
            f"{_counted(report.pages, 'page')} in {report.seconds:.1f} s "
            f"({report.written:,} files written, {report.unchanged:,} unchanged, {report.deleted:,} deleted)"
        )
        if not report.papers:
            print(f"No papers yet: run sitegen fetch, or put arXiv feeds into {options.content / 'feeds'}/")
    return report


def _serve(options: argparse.Namespace) -> int:
    from sitegen import resources
    from sitegen.preview.requests import Address
    from sitegen.preview.server import serve

    address = Address(
        host=options.host, port=options.port, base=options.base, allowed=tuple(options.allow_host)
    )
    if not address.is_private:
        print(
            f"warning: whoever reaches this machine can read the preview at {options.host}", file=sys.stderr
        )
    beside = options.content.resolve().parent
    # Before a thread is started: a process forked while a thread imports a module would wait for it for ever.
    # Besides, the processes of each build then need not import these.
    modules = ["sitegen.feeds.feed", "sitegen.content"]
    if options.fetch_every:
        # The first request imports more of anyio, which no build does.
        modules += ["concurrent.futures.thread", "httpcore", "httpx", "sitegen.fetch.run"]
    for module in modules:
        import_module(module)
    if options.fetch_every:
        _fetch_regularly(options)
    serve(
        lambda: _build_in_preview(options),
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
        say_error=_print_error,
    )
    return 0


def _build_in_preview(options: argparse.Namespace) -> None:
    try:
        _build_once(options)
    except Exception:
        if options.debug:
            import traceback

            traceback.print_exc()
        raise


def _fetch(options: argparse.Namespace) -> int:
    from sitegen.fetch import run as fetch
    from sitegen.fetch.client import Clock
    from sitegen.fetch.request import FetchOptions

    if options.compact:
        return _compact(options)
    fetch_options = FetchOptions(
        query=options.query,
        since=options.since,
        max=options.max,
        endpoint=options.endpoint or "",
        full=options.full,
        accept_loss=options.accept_loss,
    )
    clock = Clock()
    bar = Progress(quiet=options.quiet)
    with bar as progress:
        if options.from_json:
            report = fetch.import_snapshot(
                options.content, options.from_json, fetch_options, clock=clock, progress=progress
            )
        elif options.daily:
            report = fetch.fetch_daily(
                options.content, fetch_options, clock=clock, progress=progress, say=bar.say
            )
        else:
            report = fetch.fetch(options.content, fetch_options, clock=clock, progress=progress, say=bar.say)
    for problem in report.problems:
        _print_problem(problem)
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
    from sitegen.fetch.compact import compact

    with Progress(quiet=options.quiet) as progress:
        report = compact(options.content, progress)
    for problem in report.problems:
        _print_problem(problem)
    if not options.quiet:
        print(
            f"{_counted(report.papers, 'paper')}: {_counted(report.before, 'file')} "
            f"({report.bytes_before / 1e6:,.1f} MB) became {report.after:,} ({report.bytes_after / 1e6:,.1f} MB) "
            f"in {report.seconds:.1f} s"
        )
    return 0


def _published_path(content: Path) -> str:
    """Return the path of the site's address in site.toml; "/" if it cannot be read, which the build reports."""
    from urllib.parse import urlsplit

    from sitegen.config.settings import load

    try:
        return urlsplit(load(content).url).path
    except (SitegenError, OSError):
        return "/"


def _fetch_regularly(options: argparse.Namespace) -> None:
    """Fetch in a thread at regular intervals; new feed files are noticed like any change of content/."""

    def fetch() -> None:
        while True:
            main(["fetch", "--content", str(options.content), "--quiet"])
            time.sleep(options.fetch_every)

    # A daemon thread ends with the server; a fetch may be interrupted at any moment.
    threading.Thread(target=fetch, daemon=True).start()


def _new(options: argparse.Namespace) -> int:
    from sitegen.scaffold import create

    for path in create(options.folder, github=options.github or ""):
        print(path)
    print(f"Now: cd {options.folder} && sitegen build")
    return 0


def _map(options: argparse.Namespace) -> int:
    from sitegen import disk
    from sitegen.build import read_feeds
    from sitegen.library import layout
    from sitegen.library.embedding import lay_out
    from sitegen.library.merge import merge

    with Progress(quiet=options.quiet) as progress:
        feeds = read_feeds(options.content, progress=progress)
    papers = tuple(merge(feeds.papers))
    if not options.quiet:
        print(f"computing the places of {_counted(len(papers), 'paper')}", file=sys.stderr)
    places = lay_out(papers)
    path = layout.path_of(options.content)
    disk.replace_file(
        path,
        layout.dump(places).encode(),
        temporary=path.with_name(f".{path.name}.{os.getpid()}"),
        synced=True,
    )
    if not options.quiet:
        print(f"wrote {path}: commit it, and build the site")
    return 0


def _check(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from sitegen.build import read_feeds
    from sitegen.check.site import check
    from sitegen.config.settings import load
    from sitegen.fetch.run import last_complete
    from sitegen.publish.commit import locked_output
    from sitegen.site.assets import root_files

    newest = read_feeds(options.content).newest
    fetched = last_complete(options.content)
    with locked_output(options.output):
        report = check(
            options.output,
            options.url or load(options.content).url,
            unchecked=root_files([options.content.resolve().parent / "static"]),
            newest_feed=newest.date() if newest else None,
            last_fetch=fetched.date() if fetched else None,
            today=datetime.now(UTC).date(),
        )
    for finding in report.problems:
        _print_problem(finding.problem)
    for finding in report.warnings:
        print(f"warning: {finding.problem}", file=sys.stderr)
    if not options.quiet:
        for row in report.summary:
            findings = [_counted(row.problems, "problem")] if row.problems else []
            findings += [_counted(row.warnings, "warning")] if row.warnings else []
            print(f"{row.subject:13}{row.amount:18}{', '.join(findings) or 'good'}")
    return 1 if report.problems else 0


def _authors(options: argparse.Namespace) -> int:
    """Print, or ask about, pairs of persons that are likely the same; ``suggest`` is the only thing to do so far."""
    from sitegen.authors import report
    from sitegen.authors.edit import PeopleToml
    from sitegen.authors.read import suggestions
    from sitegen.authors.review import review

    file = PeopleToml(options.content)
    papers, likely = suggestions(options.content, file.file, options.threshold)
    if options.review:
        answers = review(likely, papers, file, input, print)
        where = f": see {file.file.path}" if answers.joined or answers.different else ""
        joined = _counted(answers.joined, "pair")
        print(f"\n{joined} joined, {answers.different:,} told apart, {answers.skipped:,} skipped{where}")
        return 0
    shown = likely[: options.limit or None]
    lines = report.toml(shown, papers, file.file) if options.toml else report.table(shown, papers)
    for line in lines:
        print(line)
    if not options.quiet:
        left = f", {len(shown):,} of them shown (--limit 0 shows all)" if len(shown) < len(likely) else ""
        print(f"{_counted(len(likely), 'pair')} of likely the same person{left}", file=sys.stderr)
    return 0


def _counted(number: int, singular: str, plural: str = "") -> str:
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def _print_problem(problem: Problem) -> None:
    print(f"problem: {problem}", file=sys.stderr)


def _print_error(problem: Problem) -> None:
    print(f"error: {problem}", file=sys.stderr)


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "authors": _authors,
    "build": _build,
    "check": _check,
    "fetch": _fetch,
    "map": _map,
    "new": _new,
    "serve": _serve,
}
