"""The search engine in a real browser: from a server, in a worker, and on a disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import new_context

ASK = """async ([folder, query]) => {
    const search = new SearchEngine.Search(SearchEngine.loaderFrom(new URL(folder, location.href).href));
    const found = await search.search(query, { rows: true });
    return found.hits.map((hit) => `${hit.id} ${hit.title}`);
}"""
IN_WORKER = """async ([script, folder, query]) => {
    const [engine, index] = [script, folder].map((url) => JSON.stringify(new URL(url, location.href).href));
    const source = `importScripts(${engine});
        const search = new SearchEngine.Search(SearchEngine.loaderFrom(${index}));
        search.search(${JSON.stringify(query)}, { rows: true }).then((found) => postMessage(found.hits));`;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const hits = await new Promise((resolve) => { worker.onmessage = (event) => resolve(event.data); });
    return hits.map((hit) => `${hit.id} ${hit.title}`);
}"""


@pytest.mark.parametrize("place", ["server", "disk", "worker"])
def test_search(place: str, golden_site: Path, served: str, chromium: Any) -> None:
    script = next(golden_site.glob("static/search.*.js")).relative_to(golden_site).as_posix()
    # Pages start no worker from a blob; this one is the test's own.
    context = new_context(chromium, bypass_csp=place == "worker")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{golden_site.as_uri()}/index.html" if place == "disk" else served)
    if place == "worker":
        hits = page.evaluate(IN_WORKER, [script, "search/", "redundancy"])
    else:
        page.add_script_tag(url=script)
        hits = page.evaluate(ASK, ["search/", "redundancy"])
    context.close()
    assert any(hit.startswith("2603.07369 ") for hit in hits), hits
    assert not errors
