"""Check a built site: its files, its links, and the limits of hosts; it need not be built by sitegen."""

from __future__ import annotations

import os
import pickle
import stat
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from sitegen.check import files, links, machine
from sitegen.check.findings import BuiltSite, Finding, Findings, Subject
from sitegen.incremental import workers
from sitegen.text.slug import is_device

# GitHub Pages publishes no site above 1 GB: https://docs.github.com/pages, "GitHub Pages limits".
SIZE_WARNED = 800_000_000
SIZE_REFUSED = 950_000_000
# File systems allow 255 bytes, and those that encrypt names less; archives and copies lengthen names.
LONGEST_NAME = 200
# Days without a new feed after which a warning is due.
_STALE_DAYS = 7

# Reserved for examples: RFC 2606, section 3.
_EXAMPLE_HOSTS = ("example.org", "example.com", "example.net")

_FILES_IN_A_RUN = 1_000

_RENAME = "rename the page, note or static file that it comes from"


class SummaryRow(msgspec.Struct, frozen=True):
    """A line of the summary: a subject, how much of it was checked, and the numbers of findings."""

    subject: Subject
    amount: str
    problems: int
    warnings: int


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found: a site without problems may be published."""

    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    summary: tuple[SummaryRow, ...]


def check(
    output: Path,
    base_url: str,
    *,
    unchecked: Collection[str] = (),
    newest_feed: date | None = None,
    last_fetch: date | None = None,
    today: date | None = None,
    jobs: int = 0,
) -> CheckReport:
    """Check the site in a folder that is to be published at ``base_url``.

    The content of files whose paths are ``unchecked`` is not checked: the site's owner wrote those of static/root/.
    A problem that many pages share, such as a missing title or a link to the same missing file, is reported once. The
    age of the newest feed is checked if ``today`` is given, unless ``last_fetch``, the day of the last complete
    fetch, is recent. ``jobs`` is the number of processes; 0 is one for each core.
    """
    whole = Findings()
    size, paths = _inventory(output, whole)
    _report_size(output, size, whole)
    site = BuiltSite(output=output, url=base_url.rstrip("/") + "/", files=frozenset(paths))
    ours = [path for path in paths if path not in unchecked]
    runs = -(-len(ours) // _FILES_IN_A_RUN)
    # One run needs no other process.
    parts = workers.run(partial(_check_run, site, ours), runs, min(runs, jobs or os.cpu_count() or 1))
    for _, part in sorted(parts):
        whole.add(pickle.loads(part))  # noqa: S301 - our own process wrote it
    links.report_broken(site, whole)
    links.report_missing_ids(site, whole)
    if paths:
        machine.report_unlisted(site, ours, whole)
    if today:
        _report_age(newest_feed, last_fetch, today, whole)
    if urlsplit(base_url).hostname in _EXAMPLE_HOSTS:
        message = f"{base_url} is the address of an example, and feeds and sitemap lead there"
        remedy = "write the address of the site in site.toml, or build and check with --url"
        whole.report("feeds", "content/site.toml", message, remedy, is_warning=True)
    amounts: dict[Subject, str] = {
        "size": f"{size / 1e6:,.1f} MB of {SIZE_REFUSED / 1e6:,.0f}",
        "names": _counted(len(paths), "file"),
        "pages": _counted(sum(path.endswith(".html") for path in paths), "page"),
        "links": _counted(whole.links, "link"),
        "feeds": _counted(whole.feeds, "feed"),
        "exports": _counted(whole.exports, "record"),
        "sitemap": _counted(len(whole.listed), "page"),
    }
    if today:
        amounts["newest feed"] = newest_feed.isoformat() if newest_feed else "none"
    found = _grouped(whole.found)
    counts = Counter((finding.subject, finding.is_warning) for finding in found)
    return CheckReport(
        problems=tuple(finding for finding in found if not finding.is_warning),
        warnings=tuple(finding for finding in found if finding.is_warning),
        summary=tuple(
            SummaryRow(subject, amount, counts[subject, False], counts[subject, True])
            for subject, amount in amounts.items()
        ),
    )


def _grouped(found: Iterable[Finding]) -> list[Finding]:
    """Return each of several findings that differ in their place only once, as one template makes many pages."""
    groups: dict[tuple[Subject, str, str, bool], list[Finding]] = {}
    for finding in found:
        key = (finding.subject, finding.problem.message, finding.problem.remedy, finding.is_warning)
        groups.setdefault(key, []).append(finding)
    return [same[0] if len(same) == 1 else _counted_in(same) for same in groups.values()]


def _counted_in(same: list[Finding]) -> Finding:
    problem = same[0].problem
    message = f"{problem.message}; the same {len(same) - 1:,} more times"
    return msgspec.structs.replace(same[0], problem=msgspec.structs.replace(problem, message=message))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _check_run(site: BuiltSite, paths: list[str], run: int) -> bytes:
    # Not msgpack, which refuses file names that are not UTF-8.
    return pickle.dumps(files.check_files(site, paths[run * _FILES_IN_A_RUN : (run + 1) * _FILES_IN_A_RUN]))


def _inventory(output: Path, findings: Findings) -> tuple[int, list[str]]:
    """Return the size of all files in bytes and their sorted paths; report bad names, types and modes."""
    size, paths = 0, []
    if not output.is_dir():
        findings.report("names", str(output), "there is no such folder", "run `sitegen build` first")
        return 0, []
    taken: dict[str, str] = {}
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(output / folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                path = folder + entry.name
                folded = folder + unicodedata.normalize("NFC", entry.name).casefold()
                if (other := taken.setdefault(folded, path)) != path:
                    message = f"on some file systems this is the same name as {other}"
                    findings.report("names", path, message, _RENAME)
                _report_name(path, entry.name, findings)
                if entry.is_symlink():
                    message = "is a symbolic link, which GitHub Pages does not publish"
                    findings.report("names", path, message, "put a copy of the file in its place")
                elif entry.is_dir():
                    waiting.append(path + "/")
                else:
                    status = entry.stat()
                    size += status.st_size
                    paths.append(path)
                    if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o444 != 0o444:
                        findings.report("names", path, "is not readable by everybody", f"chmod 644 {path}")
    return size, sorted(paths)


def _report_size(output: Path, size: int, findings: Findings) -> None:
    """Report a site, of ``size`` bytes, that GitHub Pages refuses or is near to refusing."""
    if size > SIZE_WARNED:
        refused = size > SIZE_REFUSED
        limit = "refuses" if refused else "is near to refusing"
        message = f"{size / 1e6:,.0f} MB: GitHub Pages {limit} it (1 GB a site)"
        remedy = "publish the site on another host, or fetch fewer categories or years"
        findings.report("size", str(output), message, remedy, is_warning=not refused)


def _report_name(path: str, name: str, findings: Findings) -> None:
    """Report a file name that some systems do not allow."""
    if is_device(name):
        findings.report(
            "names", path, f"{name} is a device on Windows, where no file can have that name", _RENAME
        )
    if (size := len(os.fsencode(name))) > LONGEST_NAME:
        message = f"the name has {size} bytes; above {LONGEST_NAME} some systems cannot keep it"
        findings.report("names", path, message, _RENAME)


def _report_age(newest_feed: date | None, last_fetch: date | None, today: date, findings: Findings) -> None:
    """Report if neither a feed nor a complete fetch is recent."""
    if last_fetch and (today - last_fetch).days <= _STALE_DAYS:
        return  # arXiv had nothing new
    age = (today - newest_feed).days if newest_feed else None
    if age is None:
        message = "no feed has a date"
    elif age > _STALE_DAYS:
        message = f"the newest is from {newest_feed}, {age:,} days ago"
    else:
        return
    remedy = "run `sitegen fetch`; if a schedule runs it, check that it still does"
    findings.report("newest feed", "content/feeds", message, remedy, is_warning=True)
