"""What may be done to a site's templates, static files and settings, to its cache and to its output."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import edits
from edits import BUILT_IN, Edit, Site

# --- templates and static files ---------------------------------------------------------------------------


def own_template(name: str, old: str, new: str) -> Edit:
    """Return an edit that takes a built-in template for the site's own, if it is none yet, and changes it."""

    def edit(site: Site) -> bool:
        path = site.folder / "templates" / name
        text = (path if path.exists() else BUILT_IN / name).read_text("utf-8")
        return old in text and site.write(
            f"templates/{name}", text.replace(old, f"{new} {site.number()} {old}", 1)
        )

    edit.__name__ = f"change_{name}"
    return edit


ADDED = own_template("404.html", "</p>", "edition")


def remove_template(site: Site) -> bool:
    # Not base.html, nor what that may include.
    return edits.unlink(site.one_of("templates", "[!b_]*")) or ADDED(site)


def remove_all_templates(site: Site) -> bool:
    shutil.rmtree(site.folder / "templates", ignore_errors=True)
    return True


def include_template(site: Site) -> bool:
    """Have a template of the site's own included in every page, and change it."""
    base = site.folder / "templates" / "base.html"
    text = (base if base.exists() else BUILT_IN / "base.html").read_text("utf-8")
    if "parts/_extra.html" not in text:
        site.write(
            "templates/base.html", text.replace("</footer>", '{% include "parts/_extra.html" %}</footer>')
        )
    return site.write("templates/parts/_extra.html", f"<p>{site.number()} of {{{{ site.title }}}}</p>")


def add_static(site: Site) -> bool:
    number = site.number()
    return site.write(f"static/more/file-{number % 4}.txt", f"text {number}")


def change_static(site: Site) -> bool:
    path = site.one_of("static", "*.*")
    if path is None:
        return add_static(site)
    return site.write(f"{path.relative_to(site.folder)}", f"changed {site.number()}")


def change_picture_of_page(site: Site) -> bool:
    return site.write("static/plot.svg", f"<svg>{site.number()}</svg>")


def change_style(site: Site) -> bool:
    return site.write("static/site.css", f"body {{ margin: {site.number()}px }}")


def remove_static(site: Site) -> bool:
    return edits.unlink(site.one_of("static", "*.*")) or add_static(site)


# --- settings ---------------------------------------------------------------------------------------------


def setting(key: str, values: Sequence[str]) -> Edit:
    """Return an edit that gives a setting another one of some values."""

    def edit(site: Site) -> bool:
        path = site.content / "site.toml"
        text = path.read_text("utf-8")
        lines = [line for value in values if (line := f"{key} = {value}") not in text]
        path.write_text(
            re.sub(rf"^{key} = .*$", site.random.choice(lines), text, count=1, flags=re.M), "utf-8"
        )
        return True

    edit.__name__ = f"set_{key}"
    return edit


def set_navigation(site: Site) -> bool:
    path = site.content / "site.toml"
    text, chosen, _ = path.read_text("utf-8").partition("\n[[navigation]]\n")
    if not chosen or site.random.random() < 0.7:
        text += f'\n[[navigation]]\nlabel = "Go {site.number()}"\npage = "archive/"\n'
    path.write_text(text, "utf-8")
    return True


# --- what becomes of the cache and of the output, and what changes nothing --------------------------------


def delete_cache(site: Site) -> bool:
    shutil.rmtree(site.folder / ".sitegen")
    return True


def damage_cache(site: Site) -> bool:
    path = site.one_of(".sitegen", "*")
    if path is None or not (data := bytearray(path.read_bytes())):
        return False
    data[site.random.randrange(len(data))] ^= 1 << site.random.randrange(8)
    path.write_bytes(data)
    return True


def truncate_cache(site: Site) -> bool:
    path = site.one_of(".sitegen", "*")
    if path:
        path.write_bytes(path.read_bytes()[: site.random.randrange(100)])
    return path is not None


def _output_file(site: Site) -> Path | None:
    return site.one_of("output", "*.*ml")


def delete_output(site: Site) -> bool:
    return edits.unlink(_output_file(site))


def truncate_output(site: Site) -> bool:
    path = _output_file(site)
    if path:
        path.write_bytes(path.read_bytes()[: site.random.randrange(path.stat().st_size)])
    return path is not None


def touch_everything(site: Site) -> bool:
    for path in sorted(site.content.rglob("*")):
        path.touch()
    return True


def do_nothing(site: Site) -> bool:
    return site.content.exists()


# --- all of them ------------------------------------------------------------------------------------------


class Shows(Enum):
    """Whether an edit shows in the output."""

    YES = "yes"
    NO = "no"
    PERHAPS = "perhaps"


class Kind(NamedTuple):
    """A kind of edit; ``content``, if it is one of papers and texts, which rewrites only what shows it."""

    edit: Edit
    shows: Shows
    content: bool = False

    @property
    def name(self) -> str:
        return getattr(self.edit, "__name__", "")


def _kinds(shows: Shows, *functions: Callable[[Site], bool], content: bool = False) -> tuple[Kind, ...]:
    return tuple(Kind(function, shows, content) for function in functions)


KINDS = (
    *_kinds(
        Shows.YES,
        *(edits.add_paper, edits.change_title, edits.change_abstract, edits.change_comment),
        *(edits.withdraw_paper, edits.move_paper_in_time, edits.cross_list_paper, edits.remove_paper),
        *(edits.spoil_paper, edits.revise_paper, edits.rename_author, edits.exchange_authors),
        *(edits.add_feed, edits.remove_feed, edits.date_feed, edits.add_note, edits.add_page),
        edits.change_note,
        *(edits.change_page, edits.remove_page, edits.merge_people, edits.rename_person),
        *(edits.change_name, edits.divide_person),
        content=True,
    ),
    # A note whose paper was removed is on no page; nor is it known whether people.toml still names anybody.
    *_kinds(
        Shows.PERHAPS,
        *(edits.move_note, edits.orphan_note, edits.remove_note, edits.remove_people),
        content=True,
    ),
    *_kinds(
        Shows.YES,
        own_template("base.html", "</footer>", "<p>edition</p>"),
        own_template("author.html", "</h1>", "of edition"),
        own_template("_entry.html", "{% endblock %}", "edition"),
        own_template("_lists.html", "</ul>", "<!-- list -->"),
        own_template("papers.bib", "{% for", "% edition"),
        include_template,
        *(add_static, change_static, change_picture_of_page, change_style, remove_static, set_navigation),
        setting("title", ('"One"', '"Two"', '"Neurons & <Cognition>"')),
        setting("url", ('"https://example.org/"', '"https://example.org/a/b/"', '"http://localhost:8000/"')),
        setting("description", ('"Some"', '"Others"')),
        setting("language", ('"de"', '"en"', '"pt-BR"')),
        setting("owner", ('"Somebody"', '"Nobody"', '""')),
        setting("theme_color", ('"#123456"', '"#654321"')),
        setting("page_size", ("10", "13", "20", "40")),
        setting("feed_size", ("5", "11", "30")),
        setting("person_feed", ("3", "18", "23")),
        setting("home_days", ("1", "2", "3", "5")),
        setting("timezone", ('"Pacific/Kiritimati"', '"America/Adak"', '"UTC"')),
    ),
    *_kinds(Shows.PERHAPS, setting("fold_authors", ("2", "4", "5")), remove_template, remove_all_templates),
    *_kinds(
        Shows.NO,
        *(edits.rename_feed, edits.say_paper_twice, delete_cache, damage_cache, truncate_cache),
        *(delete_output, truncate_output, touch_everything, do_nothing),
    ),
)
