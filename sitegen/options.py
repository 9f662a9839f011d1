"""The commands of the command line and their options; ``cli`` runs the commands."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from sitegen import __version__


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse a command line; ``command`` is the name of the command. Wrong usage ends the program with code 2."""
    return _parser().parse_args(argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sitegen", description="Turn arXiv feeds into a static archive.")
    parser.add_argument("--version", action="version", version=f"sitegen {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    common = _common_options()
    jobs = argparse.ArgumentParser(add_help=False)
    jobs.add_argument("--jobs", type=_positive, default=0, metavar="N", help="processes (one for each core)")
    address = argparse.ArgumentParser(add_help=False)
    address.add_argument("--url", type=_url, help="address of the site, if it differs from that in site.toml")
    _add_build(commands.add_parser("build", parents=[common, jobs, address], help="build the site"))
    _add_serve(
        commands.add_parser("serve", parents=[common, jobs], help="build, serve on this machine, rebuild")
    )
    _add_fetch(
        commands.add_parser("fetch", parents=[common], help="add what is new on arXiv to content/feeds")
    )
    _add_new(commands.add_parser("new", help="make a folder for a new site"))
    _add_authors(commands.add_parser("authors", help="find names that are likely the same person's"), common)
    commands.add_parser(
        "map", parents=[common], help="compute the places of all papers on the map, into content/map.csv"
    ).set_defaults(command="map")
    check = commands.add_parser(
        "check", parents=[common, address], help="check links and limits of the built site"
    )
    check.set_defaults(command="check")
    return parser


def _common_options() -> argparse.ArgumentParser:
    """Return the options of all commands that work on an existing site."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--content",
        type=Path,
        default=Path("content"),
        metavar="DIR",
        help="the site's own folder (%(default)s)",
    )
    common.add_argument(
        "--output",
        type=Path,
        default=Path("output"),
        metavar="DIR",
        help="where the site is written (%(default)s)",
    )
    common.add_argument("--quiet", action="store_true", help="print problems and errors only")
    _add_debug(common)
    return common


def _add_debug(command: argparse.ArgumentParser) -> None:
    command.add_argument("--debug", action="store_true", help="show a traceback where something fails")


def _add_build(build: argparse.ArgumentParser) -> None:
    build.add_argument("--strict", action="store_true", help="exit with 1 if there were problems")
    build.add_argument(
        "-v", "--verbose", action="store_true", help="also name the formulas that stay TeX, and count them"
    )
    build.add_argument(
        "--accept-loss",
        action="store_true",
        help="publish even if the site loses all papers or most pages",
    )
    build.add_argument("--json", action="store_true", help="end with one line of JSON")
    build.set_defaults(command="build")


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--port", type=_port, default=8000, metavar="N", help="port (%(default)s); 0 for any that is free"
    )
    serve.add_argument(
        "--host", default="127.0.0.1", help="address to serve at (%(default)s); any other lets others in"
    )
    serve.add_argument(
        "--allow-host",
        type=_host,
        action="append",
        default=[],
        metavar="NAME",
        help="also answer to this name: of a forwarded port, or in your network (may be given again)",
    )
    serve.add_argument(
        "--base", type=_base, default="/", metavar="PATH", help="serve below a path, such as /repo/"
    )
    serve.add_argument("--open", action="store_true", help="open the site in a browser")
    serve.add_argument(
        "--fetch-every", type=_interval, metavar="TIME", help="fetch at once and then so often, such as 24h"
    )
    serve.set_defaults(command="serve", url=None, json=False, verbose=False, accept_loss=False)


def _add_fetch(fetch: argparse.ArgumentParser) -> None:
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
    fetch.set_defaults(command="fetch")


def _add_authors(authors: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    things = authors.add_subparsers(title="commands", required=True, metavar="COMMAND")
    suggest = things.add_parser(
        "suggest",
        parents=[common],
        help="list names that are likely the same person's, with the evidence; nothing is joined",
    )
    shape = suggest.add_mutually_exclusive_group()
    shape.add_argument("--toml", action="store_true", help="print entries to paste into people.toml")
    shape.add_argument(
        "--review", action="store_true", help="ask about each pair, and write the answers into people.toml"
    )
    suggest.add_argument(
        "--threshold",
        type=_probability,
        default=0.85,
        metavar="P",
        help="least probability that two names are one person's, 0 to 1 (%(default)s)",
    )
    suggest.add_argument(
        "--limit", type=_count, default=100, metavar="N", help="pairs to print (%(default)s); 0 for all"
    )
    suggest.set_defaults(command="authors")


def _add_new(new: argparse.ArgumentParser) -> None:
    new.add_argument("folder", type=Path, metavar="DIR", help="the folder to make; it must be new or empty")
    new.add_argument(
        "--github",
        type=_repository,
        metavar="OWNER/NAME",
        help="also write a workflow for GitHub Pages, which installs sitegen from this repository on GitHub",
    )
    _add_debug(new)
    new.set_defaults(command="new")


def _positive(text: str) -> int:
    number = _number(text)
    if number is None or number < 1:
        raise argparse.ArgumentTypeError("must be a whole number, 1 or more")
    return number


def _port(text: str) -> int:
    number = _number(text)
    if number is None or number > 65535:
        raise argparse.ArgumentTypeError("must be a whole number between 0 and 65535")
    return number


def _number(text: str) -> int | None:
    """Return a number of up to nine ASCII digits; None for any other text."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day such as 2026-01-31, found {text!r}") from None


def _endpoint(text: str) -> str:
    from sitegen.config.settings import endpoint_address

    return _checked(endpoint_address, text)


def _url(text: str) -> str:
    from sitegen.config.settings import site_url

    return _checked(site_url, text)


def _checked(check: Callable[[str], str], text: str) -> str:
    """Return an address that follows the rules of its setting in site.toml; ArgumentTypeError if it does not."""
    try:
        return check(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("; ".join(map(str, error.args))) from None


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("must be a number from 0 to 1")
    return value


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError("must be a number, 0 or more")
    return int(text)


def _repository(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", text):
        raise argparse.ArgumentTypeError("must be a repository on GitHub, such as OWNER/sitegen")
    return text


def _base(text: str) -> str:
    path = f"/{text.strip('/')}/" if text.strip("/") else "/"
    if not re.fullmatch(r"/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*", path):
        raise argparse.ArgumentTypeError("must be a path, such as /repo/")
    return path


def _host(text: str) -> str:
    from sitegen.preview.requests import is_name

    if not is_name(text.strip("[]")):
        raise argparse.ArgumentTypeError("must be the name of a host alone, such as name-8000.app.github.dev")
    return text.strip("[]").lower()


def _interval(text: str) -> float:
    """Return an interval in seconds: whole hours or days, because arXiv's data change only once a day."""
    match = re.fullmatch(r"([0-9]{1,4})([hd])", text)
    if not match or not int(match[1]):
        raise argparse.ArgumentTypeError("must be hours or days, such as 24h or 7d")
    return int(match[1]) * {"h": 3600.0, "d": 86400.0}[match[2]]
