"""Feed files: what comes out of every dialect, what is refused and in which words, and hostile ones."""

from __future__ import annotations

import gzip
import sys
import zlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.errors import FeedError, Problem
from sitegen.feeds import bounds, document, feed
from sitegen.models import Announcement, ArxivId, Paper, Version

FEEDS = Path(__file__).parent / "data" / "feeds"
TODAY = (FEEDS / "api-today.atom.xml").read_bytes()

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
OPEN = b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">\n'
DATES = "<published>2026-03-07T22:41:26Z</published><updated>2026-03-08T01:02:03Z</updated>"


def entry(more: str = "", *, id: str = "http://arxiv.org/abs/2603.07369v2", title: str = "A title") -> str:
    return f"<entry><id>{id}</id><title>{title}</title>{DATES}{more}</entry>\n"


def atom(*entries: str) -> bytes:
    return HEAD + OPEN + "".join(entries).encode() + b"</feed>\n"


def sample(name: str) -> tuple[tuple[Paper, ...], tuple[Problem, ...]]:
    return feed.read(FEEDS / name, name)


def the_paper(*entries: str) -> Paper:
    (paper,), problems = feed.parse(atom(*entries), "a.xml")
    assert problems == ()
    return paper


def printed(paper: Paper) -> list[str]:
    return [credit.name.printed for credit in paper.credits]


def refusal(data: bytes) -> str:
    with pytest.raises(FeedError) as caught:
        feed.parse(data, "feeds/a.xml")
    (problem,) = caught.value.problems
    assert problem.location.path == "feeds/a.xml"
    assert problem.remedy
    return str(problem)


# --- what comes out of the dialects ---


def test_todays_api() -> None:
    papers, problems = sample("api-today.atom.xml")
    assert problems == ()
    assert len(papers) == 15
    first = papers[0]
    submitted = datetime(2026, 3, 7, 22, 41, 26, tzinfo=UTC)
    assert first.id == ArxivId("2603.07369", 1)
    assert first.title.startswith("Task learning increases information redundancy of neural responses")
    assert printed(first) == ["Shizhao Liu", "Anton Pletenev", "Ralf M. Haefner", "Adam C. Snyder"]
    assert first.abstract.startswith("How does the brain optimize")
    assert (first.published, first.updated) == (submitted, submitted)
    assert first.versions == (Version(1, submitted),)
    assert first.comment.startswith("published in Science, accepted manuscript")
    assert first.journal_ref == "Science, 391(6789), 1029-1035 (2026)"
    assert first.dois == ("10.1126/science.adw7707",)
    assert (first.primary, first.categories) == ("", ())  # this feed names none
    assert (first.links, first.announcements, first.dated_by_announcement) == ((), (), False)


def test_categories_and_affiliations_of_the_api() -> None:
    (paper,), _ = sample("api-affiliations.atom.xml")
    assert paper.id == ArxivId("astro-ph/0601001", 1)
    assert [(credit.name.printed, credit.affiliations) for credit in paper.credits] == [
        ("Andrew Gould", ("Ohio State",)),
        ("Susan Dorsher", ("Ohio State",)),
        ("B. Scott Gaudi", ("CfA",)),
        ("Andrzej Udalski", ("Warsaw University Observatory",)),
    ]
    assert (paper.primary, paper.categories) == ("astro-ph", ("astro-ph",))
    (paper,), _ = sample("api-old-identifier.atom.xml")
    assert (paper.primary, paper.categories) == ("quant-ph", ("quant-ph", "cs.PL"))


def test_an_older_layout_with_another_prefix_loses_nothing() -> None:
    (paper,), problems = sample("api-2012.atom.xml")
    assert problems == ()
    assert paper.title == "Impact of Electron-Electron Cusp on Configuration Interaction Energies"
    assert paper.abstract.splitlines()[:2] == [
        "The effect of the electron-electron cusp on the convergence of configuration",
        "interaction (CI) wave functions is examined.",
    ]
    assert [credit.affiliations for credit in paper.credits] == [
        ("Department of Physics", "NMRC, University College, Cork, Ireland"),
        ("NMRC, University College, Cork, Ireland",),
        (),
    ]
    assert paper.dois == ("10.1063/1.1383585", "10.5281/ZENODO.1234")
    assert paper.comment == "11 pages, 6 figures, 3 tables, LaTeX209"
    assert paper.journal_ref == "J. Chem. Phys. 115, 1626 (2001)"
    assert paper.primary == "cond-mat.mtrl-sci"
    assert paper.categories == ("cond-mat.mtrl-sci", "math-ph")
    assert paper.subject_classes == ("81V70", "92C20 (Primary)", "62M10", "I.2.6")
    assert paper.links == ("https://example.org/code",)


def test_a_days_announcements_in_rss() -> None:
    (paper, undated), problems = sample("daily.rss.xml")
    assert problems == ()
    assert paper.id == ArxivId("2203.01250", 3)
    assert paper.title == "Mass concentration in rescaled first order integral functionals"
    assert paper.abstract.startswith("We consider first order local minimization problems of the form $\\min")
    assert paper.abstract.endswith("for all $a<b$ & $m>0$.")
    assert printed(paper) == ["Antonin Monteil", "Paul Pegon"]
    assert paper.announcements == (Announcement(date(2024, 2, 22), "replace-cross"),)
    assert paper.published == paper.updated == datetime(2024, 2, 22, 5, tzinfo=UTC)
    assert paper.dated_by_announcement
    assert (paper.primary, paper.categories) == ("math.AP", ("math.AP", "math.OC"))
    assert paper.license == "http://creativecommons.org/licenses/by/4.0/"
    assert paper.dois == ("10.5802/jep.257",)
    assert paper.journal_ref.startswith("Journal de l'\\'Ecole polytechnique")
    assert paper.links == ()
    # the channel's day stands in for an item that names none
    assert undated.announcements == (Announcement(date(2024, 2, 23), "new"),)
    assert undated.categories == ("cs.IT",)


def test_a_days_announcements_in_atom() -> None:
    (paper,), problems = sample("daily.atom.xml")
    assert problems == ()
    assert paper.id == ArxivId("2408.11987", 1)
    assert paper.title == "Spikes, waves and silence"
    assert paper.abstract == "We record.\nWe compare."
    assert printed(paper) == ["Jiayu Fang", "S T Boris Choy", "José Müller"]
    assert paper.announcements == (Announcement(date(2024, 8, 23), "new"),)
    assert paper.dated_by_announcement
    assert (paper.primary, paper.categories) == ("q-bio.NC", ("q-bio.NC", "cs.NE"))
    assert paper.license == "http://creativecommons.org/licenses/by/4.0/"


def test_a_days_announcements_before_2024() -> None:
    (paper,), problems = sample("daily-2023.rdf.xml")
    assert problems == ()
    assert paper.id == ArxivId("2312.16001", 2)
    assert paper.title == "On the rhythm of things"
    assert paper.abstract == "We listen to neurons, $p<0.05$."
    assert printed(paper) == ["Emmy Noether", "Grace Hopper"]
    assert paper.announcements == (Announcement(date(2023, 12, 28), "replace"),)
    assert paper.primary == "q-bio.NC"


def test_an_empty_weekend_is_no_problem() -> None:
    assert sample("daily-empty.rss.xml") == ((), ())


def test_an_empty_answer_of_the_api_is_one() -> None:
    papers, (problem,) = sample("api-empty.atom.xml")
    assert papers == ()
    assert str(problem).startswith("api-empty.atom.xml: the feed is empty (")
    lying = (FEEDS / "api-empty.atom.xml").read_bytes().replace(b"Results>0<", b"Results>11803<")
    _, (problem,) = feed.parse(lying, "a.xml")
    assert "the feed is empty, though arXiv counts 11803 results" in str(problem)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "api-error.atom.xml",
            "api-error.atom.xml:9: arXiv answered with an error: incorrect id format for abc",
        ),
        ("daily-error.rss.xml", "daily-error.rss.xml: arXiv answered with an error: Bad subject class 'XX'."),
    ],
)
def test_an_error_of_arxiv_is_told_in_its_words(name: str, said: str) -> None:
    with pytest.raises(FeedError) as caught:
        sample(name)
    assert str(caught.value).startswith(said)


# --- fields ---


@pytest.mark.parametrize(
    ("more", "dois"),
    [
        ("<arxiv:doi>10.1126/science.adw7707</arxiv:doi>", ("10.1126/science.adw7707",)),
        ("<arxiv:doi>https://doi.org/10.1000/a.</arxiv:doi>", ("10.1000/a",)),
        ("<arxiv:doi>doi: 10.1000/a, 10.1000/b eCollection 2014</arxiv:doi>", ("10.1000/a", "10.1000/b")),
        ("<arxiv:doi>10.1000/A</arxiv:doi><arxiv:doi>10.1000/a</arxiv:doi>", ("10.1000/A",)),
        ("<arxiv:doi>10.48550/arXiv.2603.07369</arxiv:doi>", ()),
        (
            '<link href="https://doi.org/10.1002/(SICI)1:2%3C3::4%3E" title="doi"/>',
            ("10.1002/(SICI)1:2<3::4>",),
        ),
        ('<link href="http://dx.doi.org/10.1000/a"/>', ("10.1000/a",)),
        ('<link href="javascript:10.1000/a" title="doi"/>', ("10.1000/a",)),
        (
            "<arxiv:doi>10.1103/PhysRevD.1;10.1103/PhysRevD.2</arxiv:doi>",
            ("10.1103/PhysRevD.1", "10.1103/PhysRevD.2"),
        ),
    ],
)
def test_dois(more: str, dois: tuple[str, ...]) -> None:
    paper = the_paper(entry(more))
    assert (paper.dois, paper.links) == (dois, ())


@pytest.mark.parametrize(
    ("more", "unread"),
    [
        ("<arxiv:doi>10.1/x</arxiv:doi>", ["10.1/x"]),
        ('<arxiv:doi>tba</arxiv:doi><link href="https://doi.org/tba" title="doi"/>', ["tba"]),
        ('<link href="https://doi.org/" title="doi"/>', ["https://doi.org/"]),
        ("<arxiv:doi>10.1000/a</arxiv:doi>", []),
        ("<arxiv:doi></arxiv:doi>", []),
    ],
)
def test_what_is_no_doi_is_reported_with_file_and_entry(more: str, unread: list[str]) -> None:
    (paper,), problems = feed.parse(atom(entry(more)), "feeds/a.xml")
    assert not (paper.dois and unread)
    assert [problem.message for problem in problems] == [
        f"«{text}» is not a DOI and is left out" for text in unread
    ]
    assert {(problem.location.path, problem.location.key) for problem in problems} <= {
        ("feeds/a.xml", "http://arxiv.org/abs/2603.07369v2")
    }


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://example.org/a?b=1&amp;c=2", True),
        ("HTTP://EXAMPLE.ORG/", True),
        ("https://arxiv.org/abs/2603.07369v1", False),
        ("http://export.arxiv.org/pdf/2603.07369v1", False),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)//https://example.org", False),
        ("data:text/html,x", False),
        ("//example.org/", False),
        ("https://example.org/ onclick=x", False),
        ("https://example.org/&quot;onclick=&quot;x", False),
    ],
)
def test_links(href: str, kept: bool) -> None:
    links = the_paper(entry(f'<link href="{href}"/>')).links
    assert links == ((href.replace("&amp;", "&"),) if kept else ())


@pytest.mark.parametrize(
    ("dates", "published", "updated"),
    [
        ("<published>2026-03-07T22:41:26Z</published>", "2026-03-07T22:41:26", "2026-03-07T22:41:26"),
        ("<updated>2026-03-07T22:41:26-05:00</updated>", "2026-03-08T03:41:26", "2026-03-08T03:41:26"),
        (DATES, "2026-03-07T22:41:26", "2026-03-08T01:02:03"),
        (
            "<published>Fri, 23 Feb 2024 00:00:00 EST</published>",
            "2024-02-23T05:00:00",
            "2024-02-23T05:00:00",
        ),
        ("<published>2026-03-07</published>", "2026-03-07T00:00:00", "2026-03-07T00:00:00"),
    ],
)
def test_dates_are_moments_in_utc(dates: str, published: str, updated: str) -> None:
    paper = the_paper(entry().replace(DATES, dates))
    assert paper.published == datetime.fromisoformat(published + "Z")
    assert paper.updated == datetime.fromisoformat(updated + "Z")
    assert paper.published.utcoffset() == paper.updated.utcoffset() == timedelta(0)


def test_a_license_is_an_address_or_nothing() -> None:
    assert the_paper(entry("<rights>http://a.org/by</rights>")).license == "http://a.org/by"
    assert the_paper(entry("<rights>javascript:alert(1)</rights>")).license == ""


def test_the_primary_category_is_among_the_categories() -> None:
    paper = the_paper(entry('<category term="cs.LG"/><arxiv:primary_category term="q-bio.NC"/>'))
    assert (paper.primary, paper.categories) == ("q-bio.NC", ("q-bio.NC", "cs.LG"))
    paper = the_paper(entry('<category term="cs.LG"/><arxiv:primary_category term="92C20"/>'))
    assert (paper.primary, paper.categories) == ("", ("cs.LG",))


def test_an_identifier_without_a_version_shows_none() -> None:
    paper = the_paper(entry(id="http://arxiv.org/abs/1405.0044"))
    assert (paper.id, paper.versions) == (ArxivId("1405.0044"), ())


def test_control_characters_are_dropped_everywhere() -> None:
    bad = "a\x7fb\x81c\u0113"  # of the C1 controls feedparser makes Windows-1252, where it can
    more = (
        f"<summary>{bad}</summary><arxiv:comment>{bad}</arxiv:comment><author><name>{bad} X</name>"
        f"<arxiv:affiliation>{bad}</arxiv:affiliation></author>"
    )
    paper = the_paper(entry(more, title=bad))
    assert (paper.title, paper.abstract, paper.comment) == ("abcē", "abcē", "abcē")
    assert paper.credits[0].affiliations == ("abcē",)
    assert printed(paper) == ["abcē X"]


def test_markup_stays_text() -> None:
    text = "<script>alert(1)</script> & $a<b$"
    paper = the_paper(entry(f"<summary>{escape(text)}</summary>", title=escape(text)))
    assert (paper.title, paper.abstract) == (text, text)


def test_an_entry_with_three_thousand_authors() -> None:
    authors = "".join(
        f"<author><name>A. Author{n}</name><arxiv:affiliation>Lab {n}</arxiv:affiliation></author>"
        for n in range(3000)
    )
    paper = the_paper(entry(authors))
    assert printed(paper) == [f"A. Author{n}" for n in range(3000)]
    assert [credit.affiliations for credit in paper.credits] == [(f"Lab {n}",) for n in range(3000)]


def test_one_identifier_twice_gives_two_readings_of_it() -> None:
    papers, problems = feed.parse(atom(entry(title="One"), entry(title="Two")), "a.xml")
    assert [paper.title for paper in papers] == ["One", "Two"]
    assert problems == ()


# --- what is skipped ---

GOOD = entry(id="http://arxiv.org/abs/2603.00001v1", title="Good")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (
            entry(id="http://example.org/1"),
            "a.xml:4: http://example.org/1: the entry is skipped: not an arXiv",
        ),
        (entry(id="javascript:alert(1)"), "a.xml:4: javascript:alert(1): the entry is skipped: not an arXiv"),
        (entry(id=""), "a.xml:4: A title: the entry is skipped: not an arXiv identifier"),
        (entry(title=" "), "the entry is skipped: it has no title"),
        (
            entry().replace(DATES, ""),
            "a.xml:4: http://arxiv.org/abs/2603.07369v2: the entry is skipped: it has no",
        ),
        (
            entry().replace("2026-03-07T", "2026-13-07T"),
            "the entry is skipped: «2026-13-07T22:41:26Z» is not a date",
        ),
        (entry().replace("2026-03-07T", "0001-01-01T"), "is not a date"),
        (entry().replace("2026-03-07T22:41:26Z", "9" * 5000), "is not a date"),
        (entry().replace("2026-03-07T22:41:26Z", "Sat, ٧ Mar 2026 22:41:26 GMT"), "is not a date"),
        (entry(id="http://arxiv.org/abs/２401.00001v1"), "the entry is skipped: not an arXiv identifier"),
        (
            entry(id=f"http://arxiv.org/abs/{'a' * 256}/0101001"),
            "the entry is skipped: not an arXiv identifier",
        ),
        ("<entry/>\n", "the entry is skipped: not an arXiv identifier: ''"),
        # this one throws feedparser itself
        (
            entry("<textinput><name>x</name></textinput>"),
            "a.xml:4: the entry is skipped: feedparser cannot read it",
        ),
    ],
)
def test_a_bad_entry_is_reported_and_spoils_no_other(bad: str, said: str) -> None:
    papers, (problem,) = feed.parse(atom(GOOD, bad, GOOD), "a.xml")
    assert [paper.title for paper in papers] == ["Good", "Good"]
    assert said in str(problem)
    assert problem.remedy


def test_an_author_of_white_space_only_is_no_author() -> None:
    papers, problems = feed.parse(atom(entry(f"<author>{' ' * 5000}<name>X Y</name></author>")), "a.xml")
    assert (printed(papers[0]), problems) == (["X Y"], ())


def test_an_author_without_a_name_is_reported_and_left_out() -> None:
    authors = "<author><name> </name></author><author/><author><name>Ada Lovelace</name></author>"
    (paper,), problems = feed.parse(atom(entry(authors)), "a.xml")
    assert printed(paper) == ["Ada Lovelace"]
    assert [problem.message for problem in problems] == ["an author without a name is left out"] * 2
    assert str(problems[0]).startswith("a.xml:3: http://arxiv.org/abs/2603.07369v2: ")


# --- what is refused whole ---

BOMB = b'<!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
XXE = b'<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
MILLION = 1_000_000


@pytest.mark.parametrize(
    ("data", "said"),
    [
        # what arXiv sends when it is busy
        (b"", "feeds/a.xml: the file is empty"),
        (b" \n\n", "feeds/a.xml: the file is empty"),
        (b" " * MILLION, "feeds/a.xml: the file is empty"),
        (b"Rate exceeded.", "feeds/a.xml:1: plain text, not a feed: «Rate exceeded.» (wait some minutes"),
        (b"\x1b[2Jno\n" * MILLION, "feeds/a.xml:1: plain text, not a feed: «\ufffd[2Jno"),
        (
            b"<!DOCTYPE html>\n<html><head><title>503 Service\nUnavailable</title></head></html>",
            "feeds/a.xml: arXiv answered with a web page («503 Service Unavailable»), not with a feed",
        ),
        (b"<HTML><body>Sorry</body></HTML>", "arXiv answered with a web page, not with a feed"),
        (b"<!-- x --><html/>", "arXiv answered with a web page, not with a feed"),
        (HEAD + b'<!DOCTYPE html PUBLIC "x" "y"><html/>', "arXiv answered with a web page, not with a feed"),
        (HEAD + b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "arXiv answered with a web page"),
        ("<html>\xe9</html>".encode("latin-1"), "arXiv answered with a web page"),
        (b"{}", "feeds/a.xml:1: plain text, not a feed: «{}»"),
        # other XML
        (
            HEAD + b"<OAI-PMH/>",
            "feeds/a.xml:2: the root element is «OAI-PMH», not that of an Atom or RSS feed",
        ),
        (HEAD + b"<feed/>", "feeds/a.xml:2: the root element is «feed»"),
        (HEAD + BOMB + OPEN + b"&c;</feed>", "feeds/a.xml:2: declares a DOCTYPE"),
        (HEAD + XXE + OPEN + b"&x;</feed>", "feeds/a.xml:2: declares a DOCTYPE"),
        (HEAD + b"\n<!DOCTYPE feed>" + OPEN + b"</feed>", "feeds/a.xml:3: declares a DOCTYPE"),
        (
            HEAD + OPEN + b"<entry>&nbsp;</entry></feed>",
            "feeds/a.xml:3: not well-formed XML: undefined entity",
        ),
        (HEAD + OPEN + b"\n<entry></feed>", "feeds/a.xml:4: not well-formed XML: mismatched tag"),
        (HEAD + OPEN + b"<a:b/></feed>", "feeds/a.xml:3: not well-formed XML: unbound prefix"),
        (HEAD + OPEN + b"a\0b</feed>", "feeds/a.xml:3: not well-formed XML"),
        (HEAD + OPEN + b"&#1;</feed>", "feeds/a.xml:3: not well-formed XML"),
        (TODAY + b"<feed/>", "not well-formed XML: junk after document element"),
        (b"<", "feeds/a.xml:1: the file is cut short"),
        # encodings
        (
            HEAD + OPEN + b"\n\n\xe9</feed>",
            "feeds/a.xml:5: declares UTF-8, but has bytes that are not valid in it",
        ),
        (b'<?xml version="1.0" encoding="us-ascii"?>\n\xc3\xa9', "feeds/a.xml:2: declares ASCII, but"),
        (
            b'<?xml version="1.0" encoding="utf-7"?>' + OPEN + b"</feed>",
            "the encoding «utf-7», which is not supported",
        ),
        (
            b'<?xml version="1.0" encoding="\x1b"?>' + OPEN + b"</feed>",
            "the encoding «\ufffd», which is not supported",
        ),
        (b"\xff\xfe<\0f", "feeds/a.xml:1: the file is cut short"),
        (HEAD + OPEN + b"\n<title>caf\xc3", "feeds/a.xml:4: the file is cut short"),
        # gzip
        (gzip.compress(TODAY)[:-9], "feeds/a.xml: the gzip file is cut short"),
        (gzip.compress(TODAY)[:3000], "feeds/a.xml: the gzip file is cut short"),
        (gzip.compress(TODAY)[:-8] + b"12345678", "feeds/a.xml: the gzip file is damaged"),
        (
            gzip.compress(TODAY) + b"junk",
            "feeds/a.xml: the gzip file is damaged: other data follows its end",
        ),
        (b"\x1f\x8b" + b"\0" * 30, "feeds/a.xml: the gzip file is damaged"),
        (gzip.compress(b"Rate exceeded."), "feeds/a.xml:1: plain text, not a feed: «Rate exceeded.»"),
        # what would cost feedparser minutes
        (HEAD + OPEN + b"<!-- -->" * 100_000 + b"</feed>", "more than 10000 comments"),
        (HEAD + OPEN + b"<!--" * (MILLION // 4), "not well-formed XML"),
        (HEAD + OPEN + b"<!--" + b"x" * MILLION + b"--></feed>", "a tag or comment of more than 256 KB"),
        (HEAD + OPEN + b"<a" + b" " * MILLION + b"/></feed>", "a tag or comment of more than 256 KB"),
        (HEAD + OPEN + b'<a b="' + b"x" * MILLION + b'"/></feed>', "a tag or comment of more than 256 KB"),
        (
            HEAD + OPEN + b"<entry " + b" ".join(b'a%d=""' % n for n in range(20_000)) + b"/></feed>",
            "feeds/a.xml:3: an element with 20000 attributes",
        ),
        (
            HEAD + OPEN + b"<entry " + b" ".join(b'a%d=""' % n for n in range(100_000)) + b"/></feed>",
            "feeds/a.xml:3: a tag or comment of more than 256 KB",
        ),
        (HEAD + OPEN + b"<a>" * 100_000, "feeds/a.xml:3: elements within elements, more than 50 deep"),
        (HEAD + OPEN + b"".join(b'<a xmlns="u:%d"/>' % n for n in range(100)), "more than 64 XML namespaces"),
        (HEAD + b"\n" * 100_000 + OPEN + b"</feed>", "the feed begins only after"),
        (HEAD + OPEN + b"<entry><entry/></entry></feed>", "feeds/a.xml:3: an entry within an entry"),
        (
            HEAD + OPEN + b'<entry xmlns="u:1"/></feed>',
            "feeds/a.xml: a feed must not have entries at this place",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused_whole(data: bytes, said: str) -> None:
    assert said in refusal(data)


@pytest.mark.parametrize("part", range(50))
def test_a_feed_cut_short_is_refused_whole(part: int) -> None:
    data = TODAY[: len(TODAY) * part // 50]
    message = refusal(data)
    if part:
        last_line = data.count(b"\n") + 1
        assert "the file is cut short: it ends before the feed does" in message
        assert message.startswith((f"feeds/a.xml:{last_line}: ", f"feeds/a.xml:{last_line - 1}: "))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xml", tmp_path):
        with pytest.raises(FeedError, match=r"feeds/a\.xml: cannot be read: "):
            feed.read(path, "feeds/a.xml")


def test_more_than_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bounds, "FILE", 1 << 20)
    (tmp_path / "a.xml").write_bytes(HEAD + OPEN + b" " * (1 << 20) + b"</feed>")
    for data in ((tmp_path / "a.xml").read_bytes(), gzip.compress(HEAD + OPEN + b" " * (1 << 20))):
        assert "feeds/a.xml: holds more than 1 MB of XML" in refusal(data)
    with pytest.raises(FeedError, match="more than 1 MB"):
        feed.read(tmp_path / "a.xml", "a.xml")


def test_a_gzip_bomb_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "FILE", 1 << 20)
    member = gzip.compress(b" " * (1 << 19))
    real = zlib.decompressobj
    unpacked = 0

    class Counting:
        def __init__(self, wbits: int) -> None:
            self.inner = real(wbits=wbits)

        def decompress(self, data: bytes, limit: int) -> bytes:
            nonlocal unpacked
            part = self.inner.decompress(data, limit)
            unpacked += len(part)
            return part

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

    monkeypatch.setattr(document.zlib, "decompressobj", Counting)
    for bomb in (gzip.compress(b" " * (50 << 20)), member * 100):
        unpacked = 0
        assert "holds more than 1 MB" in refusal(bomb)
        assert unpacked <= (1 << 20) + 1


# --- what is read nevertheless ---


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(TODAY),
        gzip.compress(TODAY[:9000]) + gzip.compress(TODAY[9000:]),
        gzip.compress(TODAY) + b"\0" * 512,
        b"\xef\xbb\xbf" + TODAY,
        b"\xff\xfe" + TODAY.decode().replace("UTF-8", "UTF-16").encode("utf-16-le"),
        TODAY.decode().replace("UTF-8", "UTF-16").encode("utf-16-be"),
        TODAY.replace(b"UTF-8", b"us-ascii").decode().encode("ascii", "xmlcharrefreplace"),
        TODAY.replace(b'<?xml version="1.0" encoding="UTF-8"?>\n', b""),
        TODAY.replace(b"\n", b"\r\n"),
        # Read by its first line alone, this would be UTF-7, and +ADw- a tag.
        TODAY.replace(b"?>\n<feed", b'?><?x encoding="utf-7"?><!-- +ADw-entry+AD4- -->\n<feed'),
    ],
    ids=["gzip", "members", "padded", "mark", "utf-16", "no mark", "ascii", "bare", "crlf", "utf-7"],
)
def test_the_same_papers_in_another_wrapping(data: bytes) -> None:
    assert feed.parse(data, "a.xml") == feed.parse(TODAY, "a.xml")


def test_latin_1() -> None:
    data = atom(entry(title="Caf\xe9")).decode().replace("UTF-8", "iso-8859-1").encode("latin-1")
    (paper,), _ = feed.parse(data, "a.xml")
    assert paper.title == "Café"


# --- properties ---


@settings(max_examples=60, deadline=None)
@given(
    start=st.integers(0, len(TODAY)),
    length=st.integers(0, 40),
    put=st.one_of(
        st.binary(max_size=20),
        st.sampled_from([b"<!--", b"]]>", b"<entry>", b"</entry>", b"&#x85;", b"<name/>"]),
    ),
)
def test_a_damaged_feed_is_read_or_refused(start: int, length: int, put: bytes) -> None:
    try:
        papers, problems = feed.parse(TODAY[:start] + put + TODAY[start + length :], "a.xml")
    except FeedError as error:
        assert error.problems[0].location.path == "a.xml"
    else:
        assert len(papers) + len({problem.location.line for problem in problems}) >= 14


FULL = entry(
    "<summary>Text</summary><author><name>Ada Lovelace</name></author><category term='q-bio.NC'/>"
    "<link href='https://example.org/'/><rights>http://a.org/by</rights><arxiv:doi>10.1000/a</arxiv:doi>",
    id="2603.00001v1",
    title="Good",
)
TAGS = [
    *(
        "author",
        "name",
        "category",
        "link",
        "title",
        "summary",
        "content",
        "image",
        "textinput",
        "source",
        "url",
    ),
    *("email", "arxiv:doi", "arxiv:affiliation", "rights", "id", "published", "div", "contributor", "info"),
]


@st.composite
def markup(draw: st.DrawFn, depth: int = 0) -> str:
    tag = draw(st.sampled_from(TAGS))
    attribute = draw(
        st.sampled_from(["", ' type="xhtml"', ' term="a"', ' href="http://["', ' xml:base="http://["'])
    )
    inner = draw(st.sampled_from(["", "x", "2026-03-07T22:41:26Z", "&lt;b&gt;", "a@b.org"]))
    inside = "".join(draw(st.lists(markup(depth + 1), max_size=2))) if depth < 3 else ""
    return f"<{tag}{attribute}>{inner}{inside}</{tag}>"


@settings(max_examples=150, deadline=None)
@given(st.lists(markup(), max_size=5))
def test_whatever_an_entry_holds_the_next_is_read_as_if_alone(parts: list[str]) -> None:
    papers, _ = feed.parse(atom(entry("".join(parts)), FULL), "a.xml")
    assert papers[-1] == the_paper(FULL)
    for paper in papers:
        assert all(link.lower().startswith(("http://", "https://")) for link in paper.links)


XML_TEXT = st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters="".join(map(chr, (*range(9), *range(11, 32))))
    ).filter(lambda char: char not in "\ufffe\uffff"),
    max_size=60,
)


@settings(max_examples=100, deadline=None)
@given(XML_TEXT, XML_TEXT)
def test_text_comes_out_folded_and_without_controls(title: str, comment: str) -> None:
    more = f"<arxiv:comment>{escape(comment)}</arxiv:comment>"
    papers, problems = feed.parse(atom(entry(more, title=escape(title))), "a.xml")
    for paper in papers:
        for text in (paper.title, paper.comment):
            assert text == " ".join(text.split())
            assert not any(0x7F <= ord(char) < 0xA0 or ord(char) < 0x20 for char in text)
    assert len(papers) == 1 or "it has no title" in problems[0].message


def test_a_feed_is_read_without_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is forked while another thread imports something waits for that for ever."""
    looked_for: list[str] = []

    class Watch:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            looked_for.append(name)

    feed.parse(TODAY, "a.xml")
    monkeypatch.setattr(sys, "meta_path", [Watch, *sys.meta_path])
    feed.parse(TODAY, "a.xml")
    assert looked_for == []
