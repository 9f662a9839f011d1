"""A page is made again when something that it asked has changed, and nobody has to declare what that is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import topics_site
from made_site import make_site

from sitegen.build import build
from sitegen.incremental import traces
from sitegen.incremental.queries import Model, query
from sitegen.render.renderer import Renderer
from sitegen.site import derived as facts
from sitegen.site import site_map as maps
from sitegen.site.contexts import HtmlPage
from sitegen.site.model import SiteModel
from sitegen.site.site_map import Route
from sitegen.text.slug import slugify

PAGES = Path(maps.__file__).parent
# Modules that hold the data, or speak of it, and so have access to it.
OF_THE_MODEL = (
    "site_data.py",
    "search_files.py",
    "names_files.py",
    "model.py",
    *(path.name for path in PAGES.glob("*_queries.py")),
)
CONTEXT_MODULES = sorted(path.name for path in PAGES.glob("*.py") if path.name not in OF_THE_MODEL)


class Trend(HtmlPage, frozen=True, kw_only=True):
    """A page kind that this test makes up."""

    titles: tuple[str, ...]
    people: int


def trend_page(site: SiteModel, year: int) -> Trend:
    titles = tuple(map(site.title, site.papers_of_year(year)))
    return Trend(
        title="Trend", description="", url="trend/", section="", crumbs=(), feed_url="",
        titles=titles, people=site.number_of_people(),
    )  # fmt: skip


def trend_routes(_: SiteModel) -> Iterator[Route]:
    yield Route("trend/", "trend.html", trend_page, (2025,))


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a site that has one more kind of page, known to the site map only."""
    content = make_site(tmp_path / "site", 10, 5, others=())
    template = "{% for title in page.titles %}{{ title }}\n{% endfor %}{{ page.people }} people\n"
    (tmp_path / "site/templates/trend.html").write_text(template, "utf-8")
    monkeypatch.setattr(maps, "_SECTIONS", (*maps._SECTIONS, trend_routes))
    build(content, tmp_path / "site/output", jobs=1)
    return tmp_path / "site"


def built(site: Path) -> str:
    build(site / "content", site / "output", jobs=1)
    return (site / "output/trend/index.html").read_text("utf-8")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_new_kind_of_page_follows_its_template(made_up: Path) -> None:
    edit(made_up / "templates/trend.html", " people", " persons")
    assert built(made_up).endswith("49 persons\n")


def test_a_new_kind_of_page_follows_what_it_asked(made_up: Path) -> None:
    edit(made_up / "content/feeds/made-0.xml", ", part 2503.00002<", ", renamed<")
    assert ", renamed\n" in built(made_up)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of the pages that are rendered, which grows with each."""
    render, paths = Renderer.render, []

    def counted(self: Renderer, path: str, *rest: object) -> object:
        paths.append(path)
        return render(self, path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Renderer, "render", counted)
    return paths


def test_a_page_is_not_made_again_when_something_else_changes(made_up: Path, rendered: list[str]) -> None:
    edit(made_up / "content/pages/help/search.md", "Ask", "Do ask")
    build(made_up / "content", made_up / "output", jobs=1)
    assert rendered == ["help/search/index.html"]


def test_the_first_paper_of_a_year_makes_pages_again_that_show_the_year(
    tmp_path: Path, rendered: list[str]
) -> None:
    """2016 is missing, and shaded in the picture of each author's years; later years are in no picture yet."""
    papers = topics_site.entries(180)
    content, output = topics_site.make_content(tmp_path, papers[:60] + papers[120:]), tmp_path / "output"
    pages = {f"authors/{slugify(name)}/index.html" for name in topics_site.PEOPLE}
    build(content, output, jobs=1)
    assert all('class="gap"' in (output / page).read_text("utf-8") for page in pages)
    rendered.clear()
    later = topics_site.entry(1200, Random(1))  # of 2035
    named = {f"authors/{slugify(name)}/index.html" for name in topics_site.PEOPLE if name in later}
    topics_site.write_feed(content, "later.xml", [later])
    build(content, output, jobs=1)
    assert pages & {*rendered} == named
    rendered.clear()
    topics_site.write_feed(content, "missing.xml", [papers[60]])
    build(content, output, jobs=1)
    assert pages <= {*rendered}
    assert not any('class="gap"' in (output / page).read_text("utf-8") for page in pages - named)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param('contact = "somebody@example.org"', id="contact"),
        pytest.param("[fetch]\ncategories = ['q-bio.QM']", id="fetch"),
    ],
)
def test_a_setting_that_no_page_shows_makes_no_page_again(
    change: str, made_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = made_up / "content/site.toml"
    text = settings.read_text("utf-8")
    settings.write_text(f"{text}\n{change}\n" if change.startswith("[") else f"{change}\n{text}", "utf-8")
    monkeypatch.delattr(Renderer, "render")
    assert build(made_up / "content", made_up / "output", jobs=1).written == 0


def test_a_query_without_that_argument_cannot_be_asked_unnoticed() -> None:
    """A page that asks for something that the model does not list fails the build, rather than go stale later."""

    class OnePaper(Model):
        @query(lambda _: ["2501.00001"])
        def paper(self, base: str) -> str:
            return base

    model = OnePaper()
    model.number_queries(traces.Numbers(model.query_arguments(), None))
    asked = model.begin_trace()
    assert model.paper("2501.00001") == "2501.00001"
    assert len(asked) == 1
    with pytest.raises(KeyError):
        model.paper("2501.00002")


@pytest.mark.parametrize("module", CONTEXT_MODULES)
def test_functions_that_make_contexts_have_the_site_model_and_nothing_else(module: str) -> None:
    """They read nothing private of the model, and import neither the library nor what is behind the model."""
    tree = ast.parse((PAGES / module).read_text("utf-8"))
    private = [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and isinstance(node.value, ast.Name)
        and node.value.id == "site"
    ]
    assert not private
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not imported & {
        "sitegen.library.library",
        "sitegen.library.people",
        "sitegen.config.settings",
        "sitegen.site.derived",
    }


def test_what_is_derived_from_merged_papers_is_derived_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make_site(tmp_path / "site", 30, 5, others=())
    build(content, tmp_path / "output", jobs=1)
    derived: list[str] = []
    derive = facts._derive
    monkeypatch.setattr(facts, "_derive", lambda paper: derived.append(paper.id.base) or derive(paper))
    edit(content / "pages/about.md", "# About", "# About it")
    build(content, tmp_path / "output", jobs=1)
    assert derived == []


def test_sites_whose_files_have_the_same_sizes_have_different_manifests(tmp_path: Path) -> None:
    """The preview and the workflow tell by the manifest whether the site is another one."""
    content = make_site(tmp_path / "site", 10, 5, others=())
    manifests = []
    for title in ("One", "Two"):
        edit(content / "site.toml", "Neurons & Cognition" if title == "One" else "One", title)
        build(content, tmp_path / "output", jobs=1)
        manifests.append((tmp_path / "output/.sitegen-manifest").read_bytes())
    assert manifests[0] != manifests[1]
