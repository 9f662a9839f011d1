"""What a reader keeps in the browser: the page of the reading list, and the service worker for use offline."""

from __future__ import annotations

import json
import re

from sitegen.incremental.checksum import digest
from sitegen.site import catchup, urls
from sitegen.site.contexts import ReadingListPage, StaticFile
from sitegen.site.model import SiteModel

_DAYS_KEPT = 5  # newest days that the service worker keeps from the beginning, as pages and for catch-up
# Static files that pages need; an owner's own may be large.
_OF_PAGES = (".css", ".js", ".woff2")
# Files of the search's index that nearly every search needs: terms, facts and titles of papers (search/index.py).
_OF_SEARCHES = re.compile(r"head|.*/[wdr]\d+")


def reading_list(site: SiteModel) -> ReadingListPage:
    """Return the page that shows what a reader has saved."""
    return ReadingListPage(
        title="Reading list",
        description=f"Papers of {site.settings().title} that you have saved, in your own browser.",
        url=urls.READING_LIST,
        section=urls.READING_LIST,
    )


def service_worker(site: SiteModel) -> StaticFile:
    """Return sw.js, which names the files to keep; where none are, it removes the worker of an earlier build."""
    if not site.offline():
        return StaticFile(data=site.worker().encode())
    days = [urls.day(day) for day in site.days()[-_DAYS_KEPT:]]
    assets = [url for url in site.asset_names().values() if url.endswith(_OF_PAGES)]
    pages = [urls.HOME, urls.READING_LIST, urls.SEARCH, urls.CATCH_UP, urls.FOLLOWING]
    files = [*pages, *days, *catchup.newest_files(site, _DAYS_KEPT), *assets]
    later = [urls.search_file(name) for name in site.search_files() if _OF_SEARCHES.fullmatch(name)]
    build = {"files": files, "later": later}
    # Search files are named by what they hold: a change of a paper changes this.
    version = digest(json.dumps(build).encode()).hex()[:12]
    text = json.dumps({"version": version, **build}, ensure_ascii=False, separators=(",", ":"))
    return StaticFile(data=f"globalThis.BUILD = {text};\n{site.worker()}".encode())
