"""What must be true of every site, whatever its feeds say; `make fuzz` looks for seeds of which it is not.

A batch is a site of hostile papers (``hostile.py``) and a harmless twin: papers with the same identifiers and the
same fields, filled with plain words. The page of each paper has the same elements and attributes as its twin's, apart
from the few elements that texts may become (emphasis, lists, links, MathML). Every other page has no element with
attributes that its twin's kind of page has not. Every file for other programs is parsed, and says what was read.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from xml.etree import ElementTree

import bibtexparser
import hostile
import msgspec
import rispy
from pybtex.database import parse_string

from sitegen.build import build
from sitegen.errors import FeedError
from sitegen.exports import journal, metadata
from sitegen.feeds import feed
from sitegen.fetch import writer
from sitegen.models import Credit, Name, Paper
from sitegen.search.index import value_of
from sitegen.text import abstract, doi

PAPERS = 250  # in a batch
MUTANTS = 250  # of real feeds, with each batch
URL = "https://example.org/archive/"
_NAMED = 1  # authors in a row of search results
_FEEDS = Path(__file__).parent / "data" / "feeds"
TITLE = "Site <b>& @misc{pwned, title={x}}"
_SETTINGS = f"""title = "{TITLE}"
url = "{URL}"
description = "A field."
owner = "Nobody"
timezone = "UTC"
offline = true
[field]
name = "Field"
category = "q-bio.NC"
[lists]
feed_size = 500
"""

# Elements that a text may become, with the attributes that they may have.
_OF_TEXT = {
    **dict.fromkeys(
        ("p", "ul", "ol", "li", "i", "em", "b", "sup", "sub", "code", "bdi", "cite"), frozenset[str]()
    ),
    "a": frozenset({"href"}),
    "code": frozenset({"class"}),  # TeX that cannot be converted
}
_MATHML = frozenset(
    """
    math semantics annotation mrow mi mn mo ms mtext mspace msub msup msubsup munder mover munderover mfrac msqrt
    mroot mtable mtr mtd mstyle mpadded mphantom merror mmultiscripts mprescripts none menclose maction
    """.split()  # noqa: SIM905
)
_ADDRESSES = frozenset(
    {"href", "src", "action", "formaction", "data", "poster", "cite", "background", "srcset"}
)
_SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.I)
_SCHEMES = frozenset({"http", "https"})
# Controls, white space, and the invisible characters that change the direction of text.
_NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_ATOM = "{http://www.w3.org/2005/Atom}"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

Element = tuple[str, frozenset[str]]


class Page(HTMLParser):
    """A page as a browser reads it: its skeleton, its texts, and what is wrong with it whatever it is about."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.skeleton: list[Element | str] = []  # start tags, and "/name" for end tags
        self.elements: set[Element] = set()
        self.opened: list[Element] = []  # all of them, in order
        self.metas: list[tuple[str, str]] = []
        self.texts: dict[str, str] = {}  # by id, and of title, h1 and JSON-LD by their names
        self.faults: list[str] = []
        self._math = 0
        self._related = 0
        self._topics = False
        self._reading = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) != len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        for name, value in given.items():
            if name.startswith("on") or name in ("style", "srcdoc", "is"):
                self.faults.append(f"<{tag} {name}={value!r}>")
            if name in _ADDRESSES:
                self._check_address(tag, name, value)
        self._read(tag, given)
        element = tag, frozenset(given)
        self.opened.append(element)
        if self._math or tag == "math":
            self._math += 1
            if tag not in _MATHML:
                self.faults.append(f"<{tag}> in a formula")
            return
        if tag == "section" and given.get("class") == "related":
            self._related = 1  # which papers are related is another matter
        elif self._related and tag == "section":
            self._related += 1
        if is_of_text(element):
            return
        self.elements.add(element)
        self._topics = self._topics and tag in ("dd", "a")
        if not self._related and not self._topics:
            self.skeleton.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("pre", "title", "h1", "script"):
            self._reading = ""
        if self._math:
            self._math -= 1
        elif self._related:
            self._related -= tag == "section"
        elif self._topics and tag == "a":
            pass
        elif tag not in _OF_TEXT:
            self.skeleton.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if data.strip() == "Topics" and self.skeleton[-1:] == [("dt", frozenset())]:
            self._topics = True  # which topics a paper has is another matter
            self.skeleton.pop()
        if self._reading:
            self.texts[self._reading] = self.texts.get(self._reading, "") + data

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment: {data[:40]!r}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"a processing instruction: {data[:40]!r}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"a declaration: {data[:40]!r}")

    def _read(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "meta":
            if name := given.get("name"):
                self.metas.append((name, given.get("content", "")))
        elif tag == "script":
            if given.get("type") == "application/ld+json":
                self._reading = "json-ld"
            elif not given.get("src", "").startswith(("../", "./", "static/", "/archive/")):
                self.faults.append(f"a script: {given}")
        elif tag in ("title", "h1"):
            self._reading = tag
        elif tag == "pre":
            self._reading = given.get("id", "")

    def _check_address(self, tag: str, name: str, value: str) -> None:
        scheme = _SCHEME.match(value)
        if scheme and scheme[1].lower() not in _SCHEMES:
            self.faults.append(f"the scheme of <{tag} {name}={value!r}>")
        if found := _NOT_IN_ADDRESSES.search(value):
            self.faults.append(f"{found[0]!r} in <{tag} {name}={value!r}>")
        is_loaded = tag not in ("a", "link", "form")
        if value.startswith(("//", "\\")) or (scheme and is_loaded):
            self.faults.append(f"<{tag} {name}={value!r}> leads to another host")


def is_of_text(element: Element) -> bool:
    """Return whether a text may become this element."""
    tag, attributes = element
    return tag in _OF_TEXT and attributes <= _OF_TEXT[tag]


# --- the two sites ------------------------------------------------------------------------------------------


class Batch(NamedTuple):
    """A hostile site and its twin."""

    papers: Mapping[str, Paper]  # as they were read
    entries: Mapping[str, hostile.Entry]
    site: Path
    twin: Path


def make(folder: Path, seed: int, size: int) -> Batch:
    """Build both sites of a batch in a folder that does not exist yet."""
    papers: dict[str, Paper] = {}
    entries: dict[str, hostile.Entry] = {}
    files: dict[str, bytes] = {}
    for name, data, members in hostile.feeds(seed, size):
        files[name] = data
        entries |= {one.id: one for one in members}
        papers |= {paper.id.base: paper for paper in feed.parse(data, name)[0]}
    plain = [harmless(paper, number) for number, paper in enumerate(papers.values())]
    twin = writer.encode(plain, "twin", datetime(2024, 12, 31, tzinfo=UTC))
    return Batch(papers, entries, _built(folder / "site", files), _built(folder / "twin", {"a.xml": twin}))


def _built(folder: Path, feeds: Mapping[str, bytes]) -> Path:
    (folder / "content" / "feeds").mkdir(parents=True)
    (folder / "content" / "site.toml").write_text(_SETTINGS, "utf-8")
    for name, data in feeds.items():
        (folder / "content" / "feeds" / name).write_bytes(data)
    build(folder / "content", folder / "output", jobs=1)
    return folder / "output"


def harmless(paper: Paper, number: int) -> Paper:
    """Return a paper of plain words that has the fields of another one."""
    places = {
        place: f"Place {letter}"
        for credit in paper.credits
        for letter, place in enumerate(credit.affiliations)
    }
    reference = "Plain words" if abstract.to_text(paper.journal_ref) else ""
    if journal.article(paper):
        reference = "Phys. Rev. E 12, 34 (2020)"
    return msgspec.structs.replace(
        paper,
        title=f"Plain words Z{number}q",
        abstract="Plain words." if abstract.to_html(paper.abstract, lambda _: None) else "",
        comment="Words" if abstract.inline_html(paper.comment) else "",
        journal_ref=reference,
        dois=tuple(
            f"10.1000/{number}.{place}" + ("" if doi.is_clean(one) else "<x>")
            for place, one in enumerate(paper.dois)
        ),
        credits=tuple(
            Credit(
                name=_harmless_name(number, place),
                affiliations=tuple(map(places.__getitem__, credit.affiliations)),
            )
            for place, credit in enumerate(paper.credits)
        ),
        subject_classes=("92C20",) if any(paper.subject_classes) else (),
        links=tuple(f"https://example.org/{place}" for place in range(len(paper.links))),
        license="http://example.org/" if paper.license else "",
    )


def _harmless_name(number: int, place: int) -> Name:
    """Return the name of an author: the first has this paper only, the others have several, under several forms."""
    if place == 0:
        return Name(printed=f"Ada Z{number}q", family=f"Z{number}q", given="Ada")
    family = f"Common{number % 5}"
    given = ("Bo", "BO", "B.")[number % 3]
    return Name(printed=f"{given} {family}", family=family, given=given)


# --- what must be true --------------------------------------------------------------------------------------


def faults(batch: Batch) -> Iterator[str]:
    """Yield a line for each thing that is wrong with a hostile site."""
    for part in (
        _faults_of_pages,
        _faults_of_records,
        _faults_of_feeds,
        _faults_of_bibliographies,
        _faults_of_sitemap,
        _faults_of_search,
        _faults_of_days,
    ):
        try:
            yield from part(batch)
        except Exception:  # a file that cannot be parsed, or lacks what it must have
            yield traceback.format_exc(limit=-3)


def _faults_of_pages(batch: Batch) -> Iterator[str]:
    known: dict[str, set[Element]] = {}
    twins: dict[str, Page] = {}
    for path, page in _pages(batch.twin):
        known.setdefault(_kind(path), set()).update(page.elements)
        if path.startswith("abs/"):
            twins[path] = page
    for path, page in _pages(batch.site):
        yield from (f"{path}: {fault}" for fault in page.faults)
        # The twin has other topics or none: what their pages are made of is also on other pages.
        usual = (
            known.get(_kind(path), set()) if not path.startswith("topics/") else set().union(*known.values())
        )
        for tag, attributes in page.elements - usual:
            yield f"{path}: <{tag} {' '.join(sorted(attributes))}> is on no page of the twin"
        if path.startswith("abs/"):
            yield from (f"{path}: {fault}" for fault in _difference(page, twins[path]))
            base = path.removeprefix("abs/").removesuffix("/index.html")
            yield from (f"{path}: {fault}" for fault in _faults_of_paper(batch, base, page))


def _pages(output: Path) -> Iterator[tuple[str, Page]]:
    for path in sorted(output.rglob("*.html")):
        yield path.relative_to(output).as_posix(), Page(path.read_text("utf-8"))


def _kind(path: str) -> str:
    return re.sub(r"[^/]+", "*", path.partition("/")[2]).join((path.partition("/")[0] + "/", ""))


def _difference(page: Page, twin: Page) -> Iterator[str]:
    for mine, other in zip(page.skeleton, twin.skeleton, strict=False):
        if mine != other:
            yield f"has {mine} where its twin has {other}"
            return
    if len(page.skeleton) != len(twin.skeleton):
        yield "ends before its twin, or after it"


def _faults_of_paper(batch: Batch, base: str, page: Page) -> Iterator[str]:
    """Compare what the page of a paper says to programs with what was read."""
    paper, entry = batch.papers[base], batch.entries[base]
    title, names = abstract.to_text(paper.title), [credit.name.printed for credit in paper.credits]
    if entry.verbatim and " ".join(entry.verbatim.split()) not in title:
        yield f"the title {entry.title!r} has become {title!r}"
    yield from _unequal("title", page.texts["title"], f"{title} · {TITLE}")
    metas = dict(page.metas)
    yield from _unequal("citation_title", metas["citation_title"], title)
    # Each value of an attribute is that of the context, whatever characters it has.
    expected = Counter(metadata.highwire(paper, "en"))
    found = Counter((name, content) for name, content in page.metas if (name, content) in expected)
    yield from _unequal("meta", found, expected)
    article = json.loads(page.texts["json-ld"])
    yield from _unequal("JSON-LD headline", article["headline"], metadata.shorten(title, 110))
    yield from _unequal("JSON-LD author", [author["name"] for author in article["author"]], names)
    item = json.loads(page.texts["csl"])
    yield from _unequal("CSL title", item["title"], title)
    yield from _unequal("CSL author", [_csl_name(author) for author in item["author"]], _names(paper))
    records = rispy.loads(page.texts["ris"].replace("\r\n", "\n"))
    yield from _unequal("RIS records", [one.get("accession_number") for one in records], [f"arXiv:{base}"])
    yield from _unequal("RIS title", records[0]["title"], " ".join(title.split()))
    yield from _unequal(
        "RIS authors",
        [" ".join(name.split()) for name in records[0].get("authors", [])],
        [" ".join(credit.name.inverted.split()) for credit in paper.credits],
    )


def _csl_name(author: Mapping[str, str]) -> tuple[str, ...]:
    return (author["literal"],) if "literal" in author else tuple(filter(None, map(author.get, _NAME_PARTS)))


_NAME_PARTS = ("family", "given", "suffix")


def _names(paper: Paper) -> list[tuple[str, ...]]:
    return [
        (name.printed,) if name.group else tuple(filter(None, (name.family, name.given, name.suffix)))
        for name in (credit.name for credit in paper.credits)
    ]


def _unequal(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: {found!r} instead of {expected!r}"


def _faults_of_records(batch: Batch) -> Iterator[str]:
    found = json.loads((batch.site / "papers.json").read_text("utf-8"))
    records: dict[str, Any] = {record["id"]: record for record in found}
    yield from _unequal("papers.json", sorted(records), sorted(batch.papers))
    for base, paper in batch.papers.items():
        record = records[base]
        said = record["title"], record["authors"], sorted(record["categories"]), record.get("dois", [])
        title, names = abstract.to_text(paper.title), [credit.name.printed for credit in paper.credits]
        dois = list(metadata.published_dois(paper))
        yield from _unequal(f"papers.json: {base}", said, (title, names, sorted(paper.categories), dois))
        yield from _unequal(f"papers.json: {base}", record["url"], f"abs/{base}/")


def _faults_of_feeds(batch: Batch) -> Iterator[str]:
    for path in batch.site.rglob("*.xml"):
        name = path.relative_to(batch.site).as_posix()
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            yield f"{name}: {error}"
            continue
        for entry in root.iter(f"{_ATOM}entry"):
            base = (entry.findtext(f"{_ATOM}id") or "").removeprefix("https://arxiv.org/abs/")
            paper = batch.papers[base]
            title, names = abstract.to_text(paper.title), [credit.name.printed for credit in paper.credits]
            yield from _unequal(f"{name}: {base}", entry.findtext(f"{_ATOM}title"), title)
            found = [one.text for one in entry.findall(f"{_ATOM}author/{_ATOM}name")]
            if name.startswith(("authors/", "topics/")) and len(names) > 4:
                names[3:] = [f"and {len(names) - 3} more"]
            yield from _unequal(f"{name}: {base}", found, names)
            link = next(iter(entry.findall(f"{_ATOM}link"))).get("href")
            yield from _unequal(f"{name}: {base}", link, f"{URL}abs/{base}/")
            if name == "feed.xml":
                summary = entry.findtext(f"{_ATOM}summary") or ""
                yield from _unequal(f"{name}: {base}", summary, abstract.to_text(paper.abstract))
    root = ElementTree.parse(batch.site / "feed.xml").getroot()
    yield from _unequal("entries of feed.xml", len(list(root.iter(f"{_ATOM}entry"))), len(batch.papers))


def _faults_of_bibliographies(batch: Batch) -> Iterator[str]:
    seen: list[str] = []
    for path in sorted(batch.site.rglob("*.bib")):
        name, text = path.relative_to(batch.site).as_posix(), path.read_text("utf-8")
        keys = re.findall(r"^@\w+\{(\w+),$", text, re.MULTILINE)
        library = bibtexparser.parse_string(text)
        if library.failed_blocks or library.preambles or library.strings:
            yield f"{name}: bibtexparser finds more than entries"
        yield from _unequal(f"{name}: keys", [entry.key for entry in library.entries], keys)
        if not name.startswith("papers-"):
            continue
        try:
            strict = parse_string(text, "bibtex")
        except Exception as error:
            yield f"{name}: pybtex: {error}"
            continue
        yield from _unequal(f"{name}: keys", list(strict.entries), keys)
        for one in strict.entries.values():
            base = one.fields["eprint"]
            seen.append(base)
            found = len(one.persons.get("author", ()))
            yield from _unequal(f"{name}: authors of {base}", found, len(batch.papers[base].credits))
    yield from _unequal("papers in .bib files", sorted(seen), sorted(batch.papers))


def _faults_of_sitemap(batch: Batch) -> Iterator[str]:
    root = ElementTree.parse(batch.site / "sitemap.xml").getroot()
    listed = [one.text or "" for one in root.iter(f"{_SITEMAP}loc")]
    for address in listed:
        path = address.removeprefix(URL)
        if path == address or not (batch.site / path / "index.html").is_file():
            yield f"sitemap.xml: {address!r} is no page"
    missing = {f"{URL}abs/{base}/" for base in batch.papers} - set(listed)
    yield from (f"sitemap.xml: {address} is missing" for address in sorted(missing))


def _faults_of_search(batch: Batch) -> Iterator[str]:
    """Compare titles and authors in the search index with what was read."""
    rows = Counter[tuple[str, str]]()
    for path in batch.site.glob("search/*/r*.js"):
        values = value_of(path.read_text("utf-8"))
        rows.update(zip(values[::2], values[1::2], strict=True))
    expected = Counter(
        (abstract.to_text(paper.title), _first_authors(paper)) for paper in batch.papers.values()
    )
    yield from _unequal("papers in the search index", rows - expected, Counter())
    yield from _unequal("papers not in the search index", expected - rows, Counter())
    for path in (*batch.site.glob("search/**/*.js"), *batch.site.glob("names/**/*.js")):
        value_of(path.read_text("utf-8"))


def _first_authors(paper: Paper) -> str:
    names = [credit.name.printed for credit in paper.credits]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f"+{more}" if more > 0 else "")


def _faults_of_days(batch: Batch) -> Iterator[str]:
    """Check the markup in the files that the pages for catching up read."""
    taken = re.compile(r'ReaderDays\.take\("([\w-]+)",(.*)\)', re.DOTALL)
    for path in sorted(batch.site.glob("catchup/*.js")):
        found = taken.fullmatch(path.read_text("utf-8"))
        if not found:
            yield f"{path.name}: is no call of one function"
            continue
        for text in _texts(json.loads(found[2])):
            # The markup of a title or of an abstract; names and marks are escaped by the script.
            if "<" in text and ("abstracts" in path.name or text.startswith("Z")):
                page = Page(text.replace("\0", "../"))
                yield from (f"{path.name}: {fault}" for fault in page.faults)
                yield from (f"{path.name}: {element} in {text!r}" for element in page.elements)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from _texts(part)


# --- mutated feeds ------------------------------------------------------------------------------------------


def faults_of_mutants(seed: int, number: int) -> Iterator[str]:
    """Yield a line for each mutated feed that ends in anything but papers, problems or a refusal."""
    random = Random(seed)
    real = [path.read_bytes() for path in sorted(_FEEDS.iterdir())]
    made = [data for _, data, _ in hostile.feeds(seed, 12)]
    for _ in range(number):
        data = hostile.mutated(random, random.choice(real if random.random() < 0.7 else made)[:20_000])
        try:
            papers, _ = feed.parse(data, "x.xml")
            for paper in papers:
                abstract.to_html(paper.abstract, lambda _: None)
                abstract.to_text(paper.title)
        except FeedError:
            continue
        except Exception:
            yield f"{traceback.format_exc(limit=-2)} of {data!r}"


# --- many batches -------------------------------------------------------------------------------------------


def run(seed: int, size: int = PAPERS, mutants: int = MUTANTS) -> tuple[int, list[str]]:
    """Return the number of cases of a seed (payloads in a field, and mutated feeds), and what is wrong."""
    folder = Path(tempfile.mkdtemp(prefix="sitegen-oracle-"))
    try:
        batch = make(folder / "batch", seed, size)
        cases = sum(entry.cases for entry in batch.entries.values())
        missing = [f"{base}: the paper was not read" for base in batch.entries.keys() - batch.papers.keys()]
        return cases + mutants, [*missing, *faults(batch), *faults_of_mutants(seed, mutants)]
    finally:
        shutil.rmtree(folder)


class Progress(msgspec.Struct):
    """How far the search has come, as it is kept in a file."""

    next_seed: int = 1_000  # those below are for `make test`
    cases: int = 0
    failed: list[int] = []  # seeds


def main(arguments: Iterable[str] | None = None) -> int:
    """Go through seeds from where the last run ended until so many cases are done; return 1 if any has faults."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="in all runs together (%(default)s)")
    parser.add_argument("--kept", type=Path, default=Path(".cache/fuzz/progress.json"), help="(%(default)s)")
    parser.add_argument("--seed", type=int, help="only this one")
    options = parser.parse_args(arguments)
    if options.seed is not None:
        _, wrong = run(options.seed)
        print(*wrong, sep="\n")
        return bool(wrong)
    options.kept.parent.mkdir(parents=True, exist_ok=True)
    kept = (
        msgspec.json.decode(options.kept.read_bytes(), type=Progress) if options.kept.exists() else Progress()
    )
    while kept.cases < options.cases:
        cases, wrong = run(kept.next_seed)
        for fault in wrong:
            print(f"seed {kept.next_seed}: {fault}")
        kept.failed += [kept.next_seed] * bool(wrong)
        kept.cases, kept.next_seed = kept.cases + cases, kept.next_seed + 1
        options.kept.write_bytes(msgspec.json.encode(kept))
        print(f"{kept.cases:,} of {options.cases:,} cases, {len(kept.failed)} seeds with faults", flush=True)
    return bool(kept.failed)


if __name__ == "__main__":
    sys.exit(main())
