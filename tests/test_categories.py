"""Categories: which papers count under them."""

from __future__ import annotations

from pathlib import Path

from conftest import PROJECT, build, copy_content


def test_a_paper_without_categories_counts_under_the_sites_own(tmp_path: Path) -> None:
    content = copy_content(tmp_path, PROJECT / "content")
    output = build(content, tmp_path / "output")
    page = (output / "categories/q-bio.NC/index.html").read_text("utf-8")
    assert "15 with this primary category, 0 cross-listed" in page
    settings = (content / "site.toml").read_text("utf-8")
    (content / "site.toml").write_text(settings.replace('category = "q-bio.NC"', ""), "utf-8")
    build(content, output)
    assert not (output / "categories").exists()
