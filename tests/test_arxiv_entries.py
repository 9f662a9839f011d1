"""Of simple entries, feedparser is given only parts; the papers are the same as if it read the whole entries."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.feeds import feed, guard
from sitegen.fetch import writer

FEEDS = Path(__file__).parent / "data" / "feeds"
ARXIV = "http://arxiv.org/schemas/atom"
OPEN = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"'
    ' xmlns:archive="urn:sitegen:archive">'
)
ID = "<id>http://arxiv.org/abs/2603.07369v2</id>"
BODY = "<title>A title</title><published>2026-03-07T22:41:26Z</published>"
AUTHORS = "<author><name>Ada Lovelace</name></author> <author><name>Emmy Noether</name></author>"


def both_ways(data: bytes) -> tuple[feed.Answer, feed.Answer]:
    """Return what is read if feedparser is given only parts of simple entries, and if it is given all of them."""
    parts = feed.parse_answer(data, "a.xml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed, "check", check_whole)
        return parts, feed.parse_answer(data, "a.xml")


def check_whole(data: bytes, path: str) -> guard.CheckedFeed:
    checked = guard.check(data, path)
    for entry in checked.entries:
        entry.simple, entry.spans = False, [(entry.start, entry.end)]
    return checked


def all_simple(data: bytes) -> bool:
    return all(entry.simple for entry in guard.check(data, "a.xml").entries)


def atom(*inner: str) -> bytes:
    return (OPEN + "".join(f"<entry>{each}</entry>\n" for each in inner) + "</feed>").encode()


@pytest.mark.parametrize("path", sorted(FEEDS.glob("*.xml")), ids=lambda path: path.name)
def test_the_samples_of_arxiv_come_out_the_same(path: Path) -> None:
    try:
        parts, whole = both_ways(path.read_bytes())
    except feed.FeedError:
        return
    assert parts == whole


@pytest.mark.parametrize("name", ["api-today", "api-affiliations"])
def test_entries_of_the_api_are_simple(name: str) -> None:
    assert all_simple((FEEDS / f"{name}.atom.xml").read_bytes())


def test_entries_of_the_archives_own_files_are_simple() -> None:
    papers = [
        *feed.read(FEEDS / "api-affiliations.atom.xml", "")[0],
        *feed.read(FEEDS / "daily.rss.xml", "")[0],
    ]
    data = writer.encode(papers, "Papers", datetime(2026, 3, 9, tzinfo=UTC))
    assert all_simple(data)
    parts, whole = both_ways(data)
    assert parts == whole


def test_feedparser_is_not_given_what_the_guard_has_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (FEEDS / "api-today.atom.xml").read_bytes()
    sent = []
    parse = feedparser.parse
    monkeypatch.setattr(
        feedparser, "parse", lambda file, **more: (sent.append(file.getvalue()), parse(file, **more))[1]
    )
    feed.parse_answer(data, "a.xml")
    assert sum(part.count(b"</") + part.count(b"/>") for part in sent[1:]) < 0.6 * (
        data.count(b"</") + data.count(b"/>")
    )
    assert feed.parse_answer(data, "a.xml").papers[0].title.encode() in sent[1]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("<title><link/></title>", id="an element in a text"),
        pytest.param("<author><name>A<name>B</name></name></author>", id="a name in a name"),
        pytest.param(f"{AUTHORS}<author><name>B</name><name>C</name></author>", id="two names of one author"),
        pytest.param("<author><email>a@example.org</email></author>", id="an author with an address"),
        pytest.param("<author/>", id="an author without a name"),
        pytest.param("<name>A</name>", id="a name outside of an author"),
        pytest.param("<creator xmlns='http://purl.org/dc/elements/1.1/'>A</creator>", id="a creator"),
        pytest.param("<category>cs.AI</category>", id="a category as text"),
        pytest.param("<category term='cs.AI'>cs.LG</category>", id="a category as text and attribute"),
    ],
)
def test_an_entry_that_is_not_simple_is_read_by_feedparser(more: str) -> None:
    data = atom(ID + BODY + AUTHORS + more)
    assert not all_simple(data)
    parts, whole = both_ways(data)
    assert parts == whole


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("<content>x</content>", id="an element that the API has none of"),
        pytest.param("<x:comment xmlns:x='urn:x'/>", id="another namespace"),
        pytest.param(f"<x:comment xmlns:x='{ARXIV}'>Ten pages</x:comment>", id="another prefix"),
        pytest.param(f"<comment xmlns='{ARXIV}'>Ten pages</comment>", id="no prefix"),
        pytest.param(
            "<x:author xmlns:x='http://www.w3.org/2005/Atom'><x:name>A</x:name></x:author>",
            id="an author under another prefix",
        ),
        pytest.param("<!-- --><id/>", id="a comment"),
        pytest.param("<?x?>", id="an instruction"),
        pytest.param("<title><![CDATA[<id>]]></title>", id="character data"),
        pytest.param("<author><name><![CDATA[A &]]><!-- --> B &#233;&lt;</name></author>", id="odd names"),
        pytest.param("<category term='a>b/' />", id="angle brackets in an attribute"),
        pytest.param("<author><name>A\ufdd0B</name></author>", id="a noncharacter"),
    ],
)
def test_a_simple_entry_comes_out_the_same(more: str) -> None:
    data = atom(ID + BODY + AUTHORS + more + AUTHORS)
    assert all_simple(data)
    parts, whole = both_ways(data)
    assert parts == whole
    assert len(parts.papers[0].credits) >= 2


@pytest.mark.parametrize("entry", ["<entry/>", "<entry/> ", "<entry></entry>", "<entry>/></entry>"])
def test_an_entry_without_elements_is_skipped(entry: str) -> None:
    papers, problems = feed.parse((OPEN + entry + "</feed>").encode(), "a.xml")
    assert not papers
    assert [problem.message for problem in problems] == ["the entry is skipped: not an arXiv identifier: ''"]


PIECES = [
    ID,
    "<id/>",
    "<id> </id>",
    "<id>http:////arxiv.org/abs/2603.07369</id>",
    '<id ispermalink="false">2603.07369v1</id>',
    BODY,
    "<title>\x7f</title>",
    '<title type="html">A &lt;b&gt;title&lt;/b&gt;</title>',
    '<title type="xhtml"> A title </title>',
    '<title> &lt;arxiv:doi>10.1000/z&lt;/arxiv:doi> title="pdf" /></title>',
    "<updated>2026-03-08T01:02:03Z</updated>",
    "<updated>2026-13-08T01:02:03Z</updated>",
    "<published>Sat, 07 Mar 2026 22:41:26 GMT</published>",
    "<published>20260307</published>",
    "<summary>One</summary>",
    '<summary type="image/png">T25l</summary>',
    '<summary> ends in "/></summary>',
    AUTHORS,
    "<author><name>Ada\nLovelace</name></author>",
    "<author><name> </name></author>",
    "<author><name>\u00a0</name></author>",
    "<author><name/></author>",
    "<author/>",
    "<author>Ada <name>Emmy</name> and others</author>",
    "<author>ada@example.org (Ada)</author>",
    "<author><name>Ada ada@example.org</name></author>",
    "<author><name>Ada</name><name>Emmy</name></author>",
    "<author><name>Ada</name><arxiv:affiliation>There &amp; here</arxiv:affiliation></author>",
    "<author><arxiv:affiliation>There</arxiv:affiliation><name>Emmy</name></author>",
    "<author><link href='https://example.org/'/><name>Ada</name></author>",
    '<author><name lang="de">Ada</name></author>',
    "<name>Nobody</name>",
    f'<category term="q-bio.NC" scheme="{ARXIV}"/>',
    f'<category term="cs.LG" scheme="{ARXIV}" />',
    f'<category term="92C20; 68T05" scheme="{ARXIV}"/>',
    f'<category term="" scheme="{ARXIV}"/>',
    f'<category term="a>b" scheme="{ARXIV}"/>',
    f'<category scheme="{ARXIV}" term="math.CO"/>',
    f'<category label="x" scheme="{ARXIV}"/>',
    '<category term="cs.CV"/>',
    "<category>cs.AI</category>",
    "<category/>",
    "<arxiv:primary_category term='q-bio.NC'/>",
    '<arxiv:primary_category term="q-bio.NC" />',
    '<arxiv:primary_category term="q-bio.NC">x</arxiv:primary_category>',
    "<arxiv:comment>Ten\npages &lt;</arxiv:comment>",
    "<arxiv:comment a='b'>Eleven pages</arxiv:comment>",
    "<arxiv:doi>10.1000/a</arxiv:doi>",
    "<arxiv:doi/>",
    "<archive:version>1 2026-03-07T22:41:26Z</archive:version>",
    "<archive:announced>2026-03-09 new</archive:announced>",
    "<archive:announced>never</archive:announced>",
    '<link href="https://arxiv.org/abs/2603.00001v1" rel="alternate" type="text/html"/>',
    '<link href="https://arxiv.org/pdf/2603.00001v1" rel="related" type="application/pdf" title="pdf" />',
    '<link title="pdf" rel="related" type="application/pdf" href="http://arxiv.org/pdf/q-bio/0309001"/>',
    '<link title="pdf" rel="related" type="application/pdf" href="http://a.org/"/>',
    '<link title="doi" rel="related" href="https://arxiv.org/pdf/2603.00001"/>',
    '<link url="http://a.org/" rel="related" type="application/pdf" href="https://arxiv.org/pdf/1"/>',
    "<link>http://arxiv.org/abs/2603.00002</link>",
    '<link href="https://arxiv.org/abs/2603.00003"/>',
    '<link href="http://["/>',
    "<rights>http://a.org/by</rights>",
    "Some text",
    # The last eight are for entries that need not be simple.
    '<summary> ends in "/> <![CDATA[x]]></summary>',
    "<author><author><name>Ada</name></author><author><name>Emmy</name></author></author>",
    "<summary><link/></summary>",
    "<source><author><name>A</name></author><author><name>B</name></author></source>",
    "<contributor><name>A</name></contributor>",
    "<author><email>a@example.org</email></author>",
    "<image/>",
    "<!-- -->",
]
ENTRY = st.lists(st.sampled_from(PIECES[:-8]), max_size=12).map(" ".join)
ODD_ENTRY = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(ENTRY, ODD_ENTRY, ENTRY.map((ID + BODY).__add__)), min_size=1, max_size=3))
def test_a_hostile_entry_comes_out_the_same(inner: list[str]) -> None:
    parts, whole = both_ways(atom(*inner))
    assert parts == whole
