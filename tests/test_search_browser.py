"""The search engine in a real browser: from a server, in a worker, and on a disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import new_context

ASK = """async ([folder, query]) => {
    const finder = new SearchFinder.Finder(new URL(folder, location.href).href);
    return (await finder.find({ q: query }, 20)).hits.map((hit) => hit.id);
}"""
IN_WORKER = """async ([script, query]) => {
    const worker = new Worker(new URL(script, location.href));
    worker.postMessage([1, "find", [{ q: query }, 20]]);
    const [, found] = await new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
    return found.hits.map((hit) => hit.id);
}"""


@pytest.mark.parametrize("place", ["server", "disk", "worker"])
def test_search(place: str, golden_site: Path, served: str, chromium: Any) -> None:
    script = next(golden_site.glob("static/search.*.js")).relative_to(golden_site).as_posix()
    context = new_context(chromium)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{golden_site.as_uri()}/index.html" if place == "disk" else served)
    if place == "worker":
        hits = page.evaluate(IN_WORKER, [script, "redundancy"])
    else:
        page.add_script_tag(url=script)
        hits = page.evaluate(ASK, ["./", "redundancy"])
    context.close()
    assert "2603.07369" in hits
    assert not errors
