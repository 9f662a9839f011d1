"""What the owner of a site may do to it between two builds, one random step at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from conftest import PROJECT
from made_site import Text, identifier, new_entry, new_feed, read_feed, write_feed

BUILT_IN = PROJECT / "templates"


class Site:
    """A site's folder, with ``output`` and the cache in it, and the chance that decides what is done to it."""

    def __init__(self, folder: Path, random: Random, source: Text) -> None:
        self.folder, self.random, self.source = folder, random, source
        self.content = folder / "content"
        self._number = 0

    def number(self) -> int:
        """Return a number that was never given before."""
        self._number += 1
        return self._number

    def one_of(self, folder: str, pattern: str) -> Path | None:
        """Return a file below one of the site's folders; None where there is none."""
        found = sorted(path for path in (self.folder / folder).rglob(pattern) if path.is_file())
        return self.random.choice(found) if found else None

    def write(self, path: str, text: str) -> bool:
        """Write a file; True, because this can always be done."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        return True


class Record(NamedTuple):
    """An entry of a feed file."""

    path: Path
    place: int
    name: str  # identifier without version
    version: int
    entry: str

    def replace(self, *entries: str) -> bool:
        """Put others in the entry's place; True, because this can always be done."""
        feed = read_feed(self.path)
        kept = feed.entries
        write_feed(self.path, feed._replace(entries=(*kept[: self.place], *entries, *kept[self.place + 1 :])))
        return True

    def mend(self, old: str, new: str) -> bool:
        """Change what a pattern finds first in the entry; False where nothing is found."""
        changed = re.sub(old, new, self.entry, count=1, flags=re.DOTALL)
        return changed != self.entry and self.replace(changed)


Edit = Callable[[Site], bool]  # False where the site has nothing to which it could be done


def feed_files(site: Site) -> list[Path]:
    """Return the feed files whose entries may be edited: answers of arXiv's API."""
    return sorted(path for path in (site.content / "feeds").rglob("*.xml*") if "daily" not in path.name)


def _records(site: Site) -> list[Record]:
    daily = "".join(path.read_text("utf-8") for path in (site.content / "feeds").glob("*daily*"))
    found = [
        Record(path, index, *identifier(entry), entry)
        for path in feed_files(site)
        for index, entry in enumerate(read_feed(path).entries)
    ]
    return [record for record in found if record.name and f":{record.name}v" not in daily]


def shown(site: Site) -> Record:
    """Return a record that a page shows, because no other of its paper is newer."""
    newest: dict[str, list[Record]] = {}
    for record in _records(site):
        best = newest.setdefault(record.name, [record])
        if record.version >= best[0].version and record is not best[0]:
            newest[record.name] = [record, *(best if record.version == best[0].version else [])]
    return site.random.choice([found[0] for found in newest.values() if len(found) == 1])


def alone(site: Site) -> list[Record]:
    """Return the records of papers that have no other."""
    found = _records(site)
    names = [record.name for record in found]
    return [record for record in found if names.count(record.name) == 1]


def paper_name(site: Site) -> str:
    """Return the identifier of a paper of the site."""
    return shown(site).name


def author_names(site: Site, count: int) -> list[str]:
    """Return printed names that stand on pages and that people.toml does not know."""
    people = site.content / "people.toml"
    known = people.read_text("utf-8") if people.exists() else ""
    newest = {record.name: record for record in sorted(_records(site), key=lambda record: record.version)}
    entries = "".join(record.entry for record in newest.values())
    # Collaborations have a test of their own.
    names = {name for name in re.findall(r"<name>(?!The )([\w .-]+)</name>", entries) if name not in known}
    return site.random.sample(sorted(names), count) if len(names) >= count else []


# --- papers and feed files --------------------------------------------------------------------------------


def add_paper(site: Site) -> bool:
    path = site.random.choice(feed_files(site))
    feed = read_feed(path)
    place = site.random.randint(0, len(feed.entries))
    year = site.random.choice((2001, 2024, 2025, 2025))
    entry = new_entry(site.random, site.source, f"2511.{50000 + site.number()}", year=year)
    write_feed(path, feed._replace(entries=(*feed.entries[:place], entry, *feed.entries[place:])))
    return True


def change_title(site: Site) -> bool:
    return shown(site).mend("<title>", f"<title>Anew {site.number()}: ")


def change_abstract(site: Site) -> bool:
    return shown(site).mend("</summary>", rf" Corrected: $\\alpha_{{{site.number()}}}$.</summary>")


def change_comment(site: Site) -> bool:
    return shown(site).mend("<arxiv:comment>", f"<arxiv:comment>Edition {site.number()}; ")


def withdraw_paper(site: Site) -> bool:
    record = shown(site)
    withdrawn = "<arxiv:comment>This paper has been withdrawn by the authors</arxiv:comment>"
    return "withdrawn" not in record.entry and record.mend("<arxiv:comment>.*?</arxiv:comment>", withdrawn)


def move_paper_in_time(site: Site) -> bool:
    record = site.random.choice(alone(site))
    year = site.random.choice([year for year in range(2019, 2024) if f">{year}-" not in record.entry])
    return record.mend(r"<published>\d{4}", f"<published>{year}")


def cross_list_paper(site: Site) -> bool:
    record = shown(site)
    tag = site.random.choice(("cs.IT", "math.PR", "physics.bio-ph", "nlin.AO", "q-bio.GN"))
    return tag not in record.entry and record.mend(r"(    <category )", rf'    <category term="{tag}"/>\n\1')


def remove_paper(site: Site) -> bool:
    return site.random.choice(alone(site)).replace()


def spoil_paper(site: Site) -> bool:
    """Leave an entry that is skipped, with a warning."""
    return site.random.choice(alone(site)).mend("<id>.*?</id>", "<id>nothing</id>")


def revise_paper(site: Site) -> bool:
    record = shown(site)
    others = [path for path in feed_files(site) if path != record.path]
    path = site.random.choice(others)
    feed = read_feed(path)
    entry = new_entry(site.random, site.source, record.name, record.version + 1)
    write_feed(path, feed._replace(entries=(*feed.entries, entry)))
    return True


def say_paper_twice(site: Site) -> bool:
    return _write_feed(site.content / "feeds" / f"again-{site.number()}.xml", [shown(site).entry])


def rename_author(site: Site) -> bool:
    # Among these are forms of one name, and names that differ in accents alone.
    number = site.number()
    given, point = ("Anna", "Ánna", "Anna")[number % 3], "."[: number % 2]
    return shown(site).mend("<name>[^<]*</name>", f"<name>{given} {'AB'[number // 3 % 2]}{point} New</name>")


def exchange_authors(site: Site) -> bool:
    pattern = r"(<name>[^<]*</name>)(.*?)(<name>[^<]*</name>)"
    record = shown(site)
    found = re.search(pattern, record.entry, re.DOTALL)
    return found is not None and found[1] != found[3] and record.mend(pattern, r"\3\2\1")


def _write_feed(path: Path, entries: Iterable[str]) -> bool:
    write_feed(path, new_feed(tuple(entries)))
    return True


def add_feed(site: Site) -> bool:
    names = [f"2512.{60000 + site.number()}" for _ in range(3)]
    suffix = site.random.choice((".xml", ".xml.gz"))
    entries = [new_entry(site.random, site.source, name) for name in names]
    return _write_feed(site.content / "feeds" / f"added-{site.number()}{suffix}", entries)


def remove_feed(site: Site) -> bool:
    sole = sorted({record.path for record in alone(site)})
    if len(sole) < 3:
        return False
    site.random.choice(sole).unlink()
    return True


def rename_feed(site: Site) -> bool:
    """Turn the order of the files round, pack or unpack one, or move it to a folder."""
    path = site.random.choice(feed_files(site))
    name = f"{site.random.choice(('a/', '', 'z'))}{site.random.randint(0, 9)}-{site.number()}.xml"
    target = site.content / "feeds" / (name + site.random.choice(("", ".gz")))
    target.parent.mkdir(exist_ok=True)
    feed = read_feed(path)
    path.unlink()
    write_feed(target, feed)
    return True


def date_feed(site: Site) -> bool:
    """Have a feed that was made after all others."""
    path = site.random.choice(feed_files(site))
    feed = read_feed(path)
    day = date(2026, 7, 1) + timedelta(days=site.number())
    made = f"<updated>{day}T00:00:00Z</updated>"
    write_feed(path, feed._replace(head=re.sub("<updated>.*?</updated>", made, feed.head)))
    return True


# --- notes, pages, people ---------------------------------------------------------------------------------


def add_note(site: Site) -> bool:
    number = site.number()
    front = (
        f'+++\narxiv = "{paper_name(site)}"\ntitle = "Note {number}"\ndate = 2025-05-0{number % 9 + 1}\n+++\n'
    )
    return site.write(
        f"content/notes/note-{number}.md", f"{front}\nSee ![it](/static/plot.svg), $x^{{{number}}}$.\n"
    )


def _in_note(site: Site, old: str, new: str) -> bool:
    note = site.one_of("content/notes", "*.md")
    if note is None:
        return add_note(site)
    text = note.read_text("utf-8")
    note.write_text(re.sub(old, new, text, count=1), "utf-8")
    return True


def change_note(site: Site) -> bool:
    """Change a note that stands on a page."""
    names = {record.name for record in _records(site)}
    notes = sorted((site.content / "notes").glob("*.md"))
    on_pages = [note for note in notes if re.findall('arxiv = "(.*?)"', note.read_text("utf-8"))[0] in names]
    if not on_pages:
        return add_note(site)
    note = site.random.choice(on_pages)
    return site.write(
        f"{note.relative_to(site.folder)}",
        f"{note.read_text('utf-8')}\nMore, of the {site.number()}th day.\n",
    )


def move_note(site: Site) -> bool:
    return _in_note(site, 'arxiv = ".*?"', f'arxiv = "{paper_name(site)}"')


def orphan_note(site: Site) -> bool:
    return _in_note(site, 'arxiv = ".*?"', 'arxiv = "1901.00001"')


def remove_note(site: Site) -> bool:
    return unlink(site.one_of("content/notes", "*.md")) or add_note(site)


def unlink(path: Path | None) -> bool:
    """Remove a file; False where there is none."""
    if path:
        path.unlink()
    return path is not None


def add_page(site: Site) -> bool:
    number = site.number()
    folder = site.random.choice(("", "help/", "rules/of/"))
    return site.write(
        f"content/pages/{folder}page-{number}.md", f"# Page {number}\n\nSee arxiv:2504.00003.\n"
    )


def change_page(site: Site) -> bool:
    page = site.one_of("content/pages", "*.md")
    if page is None:
        return add_page(site)
    return site.write(
        f"{page.relative_to(site.folder)}", f"{page.read_text('utf-8')}\nAnd {site.number()}.\n"
    )


def remove_page(site: Site) -> bool:
    return unlink(site.one_of("content/pages", "*.md")) or add_page(site)


def merge_people(site: Site) -> bool:
    names = author_names(site, 2)
    return bool(names) and _know(site, f'name = "{names[0]}"\nalso = ["{names[1]}"]')


def rename_person(site: Site) -> bool:
    names = author_names(site, 1)
    return bool(names) and _know(site, f'name = "Dr. {names[0]} {site.number()}"\nalso = ["{names[0]}"]')


def change_name(site: Site) -> bool:
    names = author_names(site, 1)
    return bool(names) and _know(site, f'name = "New {site.number()}"\nnames = ["{names[0]}"]\nsilent = true')


def divide_person(site: Site) -> bool:
    names = author_names(site, 1)
    bearing = [
        record.name for record in _records(site) if names and f"<name>{names[0]}</name>" in record.entry
    ]
    if not bearing:
        return False
    number, paper = site.number(), site.random.choice(sorted(bearing))
    return _know(site, f'name = "{names[0]}"\nid = "other-{number}"\npapers = ["{paper}"]')


def _know(site: Site, person: str) -> bool:
    path = site.content / "people.toml"
    known = path.read_text("utf-8") if path.exists() else ""
    return site.write("content/people.toml", f"{known}\n[[person]]\n{person}\n")


def remove_people(site: Site) -> bool:
    return unlink(site.one_of("content", "people.toml")) or rename_person(site)
