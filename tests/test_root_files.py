"""static/root/: files that are published at the site's root under their own names, as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import build, copy_content
from golden import files_of

from sitegen.cli import main

OWN = {
    "CNAME": b"archive.example.net\n",
    "robots.txt": b"User-agent: *\nDisallow: /private/\n",
    "google1234.html": b"google-site-verification: google1234.html",
    "BingSiteAuth.xml": b'<?xml version="1.0"?>\n<users><user>1</user></users>',
    "keys.json": b"no JSON at all",
    "old.html": b"<a href=/nowhere/>caf\xe9</a> {{ page.title }}",
    "site.css": b'body { background: url("site.js") }',
    "README.md": b"# Read me\n",
    "favicon.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ".well-known/security.txt": b"Contact: mailto:a@example.org\n",
    ".well-known/deep/assetlinks.json": b"[]",
    "plain/folder/index.html": b"<p>mine</p>",
}


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return copy_content(tmp_path)


def put(content: Path, name: str, data: bytes = b"mine") -> None:
    path = content.parent / "static" / "root" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_they_are_published_as_they_are(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = content.parent / "output"
    before = files_of(build(content, output))
    assert b"Sitemap:" in before["robots.txt"]
    for name, data in OWN.items():
        put(content, name, data)
    put(content, ".env", b"secret")
    put(content, ".git/config", b"secret")
    after = files_of(build(content, output, "--strict"))
    assert {name: after.get(name) for name in OWN} == OWN
    assert after.keys() == before.keys() | OWN.keys()
    assert {name for name in before if after[name] != before[name]} == {"robots.txt", "favicon.svg"}
    capsys.readouterr()
    assert main(["check", "--content", str(content), "--output", str(output), "--quiet"]) == 0
    assert "problem" not in capsys.readouterr().err
    for path in sorted((content.parent / "static" / "root").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert files_of(build(content, output)) == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("index.html", "index.html: the site has a page of its own at ''"),
        ("404.html", "404.html: the site has a page of its own"),
        ("feed.xml", "feed.xml: the site has a page of its own"),
        ("sitemap.xml", "sitemap.xml: the site has a page of its own"),
        ("papers.json", "papers.json: the site has a page of its own"),
        ("about/index.html", "about/index.html: the site has a page of its own at 'about/'"),
        ("About/index.html", "two pages want this file: 'About/' and 'about/'"),
        ("abs", "a file and a folder of the site want the same name here"),
        ("ABS", "ABS: a file and a folder of the site want the same name here"),
        ("static", "a file and a folder of the site want the same name here"),
        ("abs/2603.07369", "a file and a folder of the site want the same name here"),
        ("feed.xml/inner.txt", "a file and a folder of the site want the same name here"),
    ],
)
def test_a_collision_with_a_page(
    content: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    put(content, name)
    output = content.parent / "output"
    assert main(["build", "--content", str(content), "--output", str(output), "--quiet"]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert any(said in error for error in errors), errors
    assert all(error.startswith("error: ") and "static/root/" in error for error in errors)
    assert not output.exists()
    (content.parent / "static" / "root" / name).rename(content.parent / "static" / "root" / "away")
    build(content, output)
    (content.parent / "static" / "root" / "away").rename(content.parent / "static" / "root" / name)
    assert main(["build", "--content", str(content), "--output", str(output), "--quiet"]) == 1
    assert said.partition(": ")[2] in capsys.readouterr().err, "nor beside pages that stand there already"
