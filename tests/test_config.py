"""site.toml and people.toml: what a mistake in them makes a user read, and what a right one gives."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.config.people import PersonEntry, load_people
from sitegen.config.settings import (
    Config,
    Fetch,
    Lists,
    NavigationEntry,
    load,
)
from sitegen.config.toml_lines import KeyPath, key_lines
from sitegen.errors import ConfigError
from sitegen.models import ArxivId

# What goes wrong stands below these two lines, so the first line of a case is line 3.
HEAD = 'title = "T"\nurl = "https://example.org/"\n'


def check(folder: Path, source: str | bytes, *expected: str, file: str = "site.toml") -> None:
    """Compare what is reported for a file with ``line: key: message (remedy)``."""
    path = folder / file
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    with pytest.raises(ConfigError) as caught:
        load(folder) if file == "site.toml" else load_people(folder)
    prefix = str(path)
    found = [str(problem) for problem in caught.value.problems]
    assert all(line.startswith(prefix) for line in found)
    assert [line[len(prefix) :].lstrip(": ") for line in found] == list(expected)


QUOTE = "(put it in quotation marks)"
SYNTAX = "(write text in quotation marks, and each setting on a line of its own: key = value)"
TWICE = "(the file has it twice: keep one)"
HTTP = "expected an absolute URL that begins with https:// or http://, found"
PAGE = 'write it as in page = "about/" or page = "https://example.org/"'

BROKEN = {
    # types, in TOML's words
    "description = 3": f"3: description: expected a string, found an integer {QUOTE}",
    "description = 1.5": f"3: description: expected a string, found a float {QUOTE}",
    "description = true": f"3: description: expected a string, found a boolean {QUOTE}",
    "owner = 2026-01-01": f"3: owner: expected a string, found a date {QUOTE}",
    "owner = 2026-01-01T00:00:00Z": f"3: owner: expected a string, found a date-time {QUOTE}",
    "owner = 10:30:00": "3: owner: expected a string, found a time",
    "owner.name = 'x'": "3: owner: expected a string, found a table",
    "field = 'x'": "3: field: expected a table, found a string "
    "(write [field] on a line of its own, and its settings below)",
    "[[lists]]": "3: lists: expected a table, found an array "
    "(write [lists] on a line of its own, and its settings below)",
    "[lists]\npage_size = '50'": "4: lists.page_size: expected an integer, found a string "
    "(write it without quotation marks)",
    "[lists]\npage_size = 50.0": "4: lists.page_size: expected an integer, found a float "
    "(write a whole number)",
    "[lists]\nfeed_size = true": "4: lists.feed_size: expected an integer, found a boolean (write a whole number)",
    "[navigation]\nlabel = 'A'": "3: navigation: expected an array of tables, found a table "
    "(write [[navigation]], with two brackets, above each)",
    "navigation = ['about/']": "3: navigation[0]: expected a table, found a string "
    "(write [[navigation]], with two brackets, above each)",
    "[fetch]\nsince = '2026-01-01'": "4: fetch.since: expected a date, found a string "
    "(write it without quotation marks, such as 2026-03-07)",
    "[fetch]\nsince = 2026-01-01T00:00:00": "4: fetch.since: expected a date, found a date-time "
    "(write the day alone, such as 2026-03-07)",
    "[fetch]\ncategories = 'q-bio.NC'": "4: fetch.categories: expected an array, found a string "
    "(put it in square brackets)",
    "[fetch]\nids = [\n  '2603.07369',\n  2603.07364,\n]": "6: fetch.ids[1]: "
    f"expected a string, found a float {QUOTE}",
    # bounds
    "[lists]\npage_size = 9": "4: lists.page_size: expected a number from 10 to 500, found 9",
    "[lists]\npage_size = 501": "4: lists.page_size: expected a number from 10 to 500, found 501",
    "lists = { fold_authors = -1 }": "3: lists.fold_authors: expected a number from 1 to 1000, found -1",
    "lists.home_days = 0": "3: lists.home_days: expected a number from 1 to 31, found 0",
    "[fetch]\nmax = -1": "4: fetch.max: expected a number from 0 to 1000000, found -1",
    # unknown keys
    "desciption = 'x'": "3: desciption: unknown key (did you mean description?)",
    "page_size = 50": "3: page_size: unknown key (it belongs in [lists])",
    "[lists]\npage-size = 50": "4: lists.page-size: unknown key (did you mean page_size?)",
    "[lists]\n\n# now\nlanguage = 'de'": "6: lists.language: unknown key "
    "(it belongs at the top of the file, above the first [table])",
    "[field]\nzzz = 1": "4: field.zzz: unknown key (known here: category, name)",
    "[feild]\nname = 'x'": "3: feild: unknown key (did you mean field?)",
    '"owner name" = 1': "3: 'owner name': unknown key (did you mean owner?)",
    "[[navigation]]\nlabel = 'A'\npage = 'a/'\n[[navigation]]\nlabel = 'B'\npage = 'b/'\nurl = 'c/'": "9: "
    "navigation[1].url: unknown key (known here: label, page)",
    # navigation
    "[[navigation]]\nlabel = 'A'\npage = 'a/'\n[[navigation]]\npage = 'b/'": "6: navigation[1].label: "
    'is missing (give the link a text: label = "…")',
    "[[navigation]]\nlabel = ''\npage = 'b/'": "4: navigation[0].label: is empty "
    '(give the link a text: label = "…")',
    "[[navigation]]\nlabel = 'A'\npage = 'http://example.org/'": "5: navigation[0].page: "
    "expected an absolute URL that begins with https://, found 'http://example.org/'",
    "[[navigation]]\nlabel = 'A'\npage = 'javascript:alert(1)'": "5: navigation[0].page: "
    "expected an absolute URL that begins with https://, found 'javascript:alert(1)'",
    "[[navigation]]\nlabel = 'A'\npage = '//example.org'": "5: navigation[0].page: "
    f"expected a path below the site's root or an https URL, found '//example.org' ({PAGE})",
    "[[navigation]]\nlabel = 'A'\npage = '../up/'": "5: navigation[0].page: "
    f"expected a path below the site's root or an https URL, found '../up/' ({PAGE})",
    # saved searches
    **{
        f"[[watch]]\ntitle = 'A'\nquery = '{query}'": f"5: watch[0].query: {message}"
        for query, message in {
            "title:grid": "there is no field title: (the fields are ti:, abs:, au:, co:, jr:, cat:, id:, is:, year:)",
            "grid year:20x5": "'20x5' is neither a year nor a range of years (write it as in year:2015..2019)",
            'grid "place cell': "a quotation mark has no partner (quote a phrase on both sides: '\"grid cell\"')",
            "OR grid": "OR stands without a word on both sides (write it as in: grid OR place)",
            "-grid": "'-grid' has no word to search for (name a word that the papers must have)",
            "of the": "'of the' has no word to search for (name a word that the papers must have)",
        }.items()
    },
    "[[watch]]\nquery = 'grid'": '3: watch[0].title: is missing (give the search a heading: title = "…")',
    "[[watch]]\ntitle = '!'\nquery = 'grid'": "4: watch[0].title: '!' has no letter or digit for an address "
    '(add slug = "…")',
    "[[watch]]\ntitle = 'A b'\nquery = 'a1'\n[[watch]]\ntitle = 'a-B'\nquery = 'b1'": "7: watch[1].title: "
    'another search is at watch/a-b/ already (give it another slug = "…")',
    "[[watch]]\ntitle = 'A'\nquery = 'grid'\nslug = 'A/b'": "6: watch[0].slug: "
    "expected lower-case letters, digits and hyphens, found 'A/b' (write a-b)",
    # addresses
    "owner_url = 'example.org'": f"3: owner_url: {HTTP} 'example.org'",
    "owner_url = 'javascript:alert(1)'": f"3: owner_url: {HTTP} 'javascript:alert(1)'",
    "owner_url = 'https://'": f"3: owner_url: {HTTP} 'https://'",
    "owner_url = 'https://a b'": "3: owner_url: 'https://a b' has characters that URLs must not have "
    "(percent-encode them, as in %20)",
    "owner_url = 'https://[1'": "3: owner_url: 'https://[1' is not a URL "
    "(write an address that begins with https:// or http://)",
    "owner_url = 'https://example.org:port/'": "3: owner_url: 'https://example.org:port/' is not a URL "
    "(write an address that begins with https:// or http://)",
    "owner_url = 'https://me:secret@example.org/'": "3: owner_url: "
    "a public URL must not hold a user name or password (remove it)",
    "[fetch]\nendpoint = 'http://example.org/api'": "4: fetch.endpoint: "
    "http is allowed for this machine only (write https://)",
    "[fetch]\nendpoint = 'http://127.0.0.1.example.org/'": "4: fetch.endpoint: "
    "http is allowed for this machine only (write https://)",
    "contact = 'me at example'": "3: contact: expected an e-mail address, "
    "found 'me at example' (such as archive@example.org)",
    "[fetch]\ncontact = 'http://example.org/'": "4: fetch.contact: "
    "expected an absolute URL that begins with https://, found 'http://example.org/'",
    # names of languages, zones, colours, categories, papers
    "language = 'en_US'": "3: language: expected a BCP 47 language code, found 'en_US' (write en-US)",
    "language = 'english'": "3: language: expected a BCP 47 language code, found 'english' "
    "(such as en, de or pt-BR)",
    "timezone = 'europe/berlin'": "3: timezone: expected the IANA name of a time zone, found 'europe/berlin' "
    "(did you mean Europe/Berlin?)",
    "timezone = 'Europe'": "3: timezone: expected the IANA name of a time zone, found 'Europe' "
    "(did you mean Europe/Rome?)",
    "timezone = '/etc/passwd'": "3: timezone: expected the IANA name of a time zone, found '/etc/passwd' "
    "(such as UTC or Europe/Berlin)",
    "timezone = 'localtime'": "3: timezone: expected the IANA name of a time zone, found 'localtime' "
    "(such as UTC or Europe/Berlin)",
    "theme_color = 'navy'": "3: theme_color: expected a colour such as #0d5c63, found 'navy' "
    "(write # and six hexadecimal digits)",
    "theme_color = '#123'": "3: theme_color: expected a colour such as #0d5c63, found '#123' "
    "(write # and six hexadecimal digits)",
    "[field]\ncategory = 'Neurons'": "4: field.category: expected an arXiv category, found 'Neurons' "
    "(such as q-bio.NC or hep-th)",
    "[fetch]\ncategories = ['q-bio.NC', '']": "4: fetch.categories[1]: is empty "
    "(give it a text, or remove it)",
    "[fetch]\nids = ['2613.07369']": "4: fetch.ids[0]: not an arXiv identifier: '2613.07369'",
    # odd text
    'owner = "a\\u0000b"': "3: owner: holds a control character: 'a\\x00b' (remove it)",
    'owner = "a\\u001b[31mb"': "3: owner: holds a control character: 'a\\x1b[31mb' (remove it)",
    'owner = "a\\uFFFEb"': "3: owner: holds a control character: 'a\\ufffeb' (remove it)",
    # not TOML
    "owner = Me": f"3: is not valid TOML: Invalid value in column 9 {SYNTAX}",
    "owner = “Me”": '3: is not valid TOML: Invalid value in column 9 (write straight quotation marks: "…")',
    "owner: 'Me'": "3: is not valid TOML: Expected '=' after a key in a key/value pair in column 6 "
    "(write = between a setting and its value, not a colon)",
    "owner = ['A', 'B']": "3: owner: expected a string, found an array (write one text, without square brackets)",
    "owner 'x'": f"3: is not valid TOML: Expected '=' after a key in a key/value pair in column 7 {SYNTAX}",
    "owner = 'x": f'3: is not valid TOML: Expected "\'" at the end {SYNTAX}',
    "owner = 'a'\nowner = 'b'\n": f"4: is not valid TOML: Cannot overwrite a value in column 12 {TWICE}",
    "[field]\n[field]\n": f"4: is not valid TOML: Cannot declare ('field',) twice in column 7 {TWICE}",
    "[fetch]\nsince = 2026-02-30": f"4: is not valid TOML: Invalid date or datetime in column 9 {SYNTAX}",
}


@pytest.mark.parametrize(("source", "expected"), BROKEN.items())
def test_a_mistake_is_reported_where_it_stands(tmp_path: Path, source: str, expected: str) -> None:
    check(tmp_path, HEAD + source, expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    {
        "": (
            'title: is missing (give the site a name: title = "…")',
            'url: is missing (give the address of the site: url = "https://…/")',
        ),
        "title = ' '\nurl = 'https://a.org/?x'": (
            '1: title: is empty (give the site a name: title = "…")',
            "2: url: the site's address must end with its path, found 'https://a.org/?x' "
            "(remove the part after ? or #)",
        ),
        "url = 'ftp://a.org'\ntitle = 'T'": (f"1: url: {HTTP} 'ftp://a.org'",),
        # Windows' line ends and byte order mark count as nothing
        "\ufefftitle = 'T'\r\nurl = 'https://a.org'\r\nlanguage = 1\r\n": (
            f"3: language: expected a string, found an integer {QUOTE}",
        ),
        b"title = 'T'\nurl = '\xff'": ("2: is not UTF-8 text (save it as UTF-8)",),
        "x = " + "[" * 3000 + "]" * 3000: ("is not usable TOML: it is nested too deeply",),
        HEAD + "[lists]\npage_size = " + "9" * 5000: ("holds a number of thousands of digits",),
    }.items(),
    ids=["empty", "blank", "order", "windows", "latin-1", "deep", "long number"],
)
def test_a_whole_file_that_cannot_be(tmp_path: Path, source: str | bytes, expected: tuple[str, ...]) -> None:
    check(tmp_path, source, *expected)


def test_all_mistakes_are_reported_at_once_and_in_order(tmp_path: Path) -> None:
    check(
        tmp_path,
        "# no title\n"
        "language = 'en_GB'\n"
        "url = 'https://example.org'\n"
        "[lists]\n"
        "page_size = 5\n"
        "title = 'T'\n"
        "[fetch]\n"
        "ids = ['x', 'y']\n",
        "2: language: expected a BCP 47 language code, found 'en_GB' (write en-GB)",
        "5: lists.page_size: expected a number from 10 to 500, found 5",
        "6: lists.title: unknown key (it belongs at the top of the file, above the first [table])",
        "8: fetch.ids[0]: not an arXiv identifier: 'x'",
        "8: fetch.ids[1]: not an arXiv identifier: 'y'",
        'title: is missing (give the site a name: title = "…")',
    )


def test_a_missing_file_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"site\.toml: there is no such file \(`sitegen new DIR` makes"):
        load(tmp_path)


def test_a_folder_in_place_of_the_file_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "site.toml").mkdir()
    with pytest.raises(ConfigError, match=r"site\.toml: cannot be read: Is a directory"):
        load(tmp_path)


def configured(folder: Path, source: str) -> Config:
    (folder / "site.toml").write_text(source, encoding="utf-8")
    return load(folder)


def test_two_settings_are_enough(tmp_path: Path) -> None:
    assert configured(tmp_path, HEAD) == Config(title="T", url="https://example.org/")


def test_every_setting_arrives(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        """
        title = "  Neurons\\tand Cognition "
        url = "HTTPS://Example.GitHub.io/Sitegen"
        description = '''
        On two
        lines.'''
        language = "pt-BR"
        owner = "Müller & 王"
        owner_url = "https://example.org/lab?x=1#me"
        contact = "archive@example.org"
        repository = "https://github.com/example/archive"
        timezone = "America/Argentina/Ushuaia"
        theme_color = "#ABCDEF"
        offline = true
        field = { name = "N", category = "cond-mat.mes-hall" }
        [lists]
        page_size = 10
        feed_size = 20
        person_feed = 1
        fold_authors = 8
        home_days = 7
        [[navigation]]
        label = "Home"
        page = "/"
        [[navigation]]
        label = "About"
        page = "/about/"
        [[navigation]]
        label = "Lab"
        page = "https://example.org/lab/"
        [[watch]]
        title = "Grid cells"
        query = "grid OR place  cell"
        [[watch]]
        title = "王"
        query = 'year:2015..2019 -rat au:"Ada Byron" memory'
        slug = "wang"
        [fetch]
        query = "cat:q-bio.NC"
        categories = ["q-bio.NC", "hep-th"]
        ids = ["2603.07369v2", "arXiv:q-bio/0309001"]
        since = 2026-01-31
        contact = "https://example.org/contact"
        endpoint = "http://[::1]:8080/api"
        max = 500
        """,
    )
    assert msgspec.to_builtins(config) == {
        "title": "Neurons and Cognition",
        "url": "https://example.github.io/Sitegen/",
        "description": "On two lines.",
        "language": "pt-BR",
        "owner": "Müller & 王",
        "owner_url": "https://example.org/lab?x=1#me",
        "contact": "archive@example.org",
        "repository": "example/archive",
        "timezone": "America/Argentina/Ushuaia",
        "theme_color": "#abcdef",
        "offline": True,
        "field": {"name": "N", "category": "cond-mat.mes-hall"},
        "lists": {"page_size": 10, "feed_size": 20, "person_feed": 1, "fold_authors": 8, "home_days": 7},
        "navigation": (
            {"label": "Home", "page": ""},
            {"label": "About", "page": "about/"},
            {"label": "Lab", "page": "https://example.org/lab/"},
        ),
        "watch": (
            {"title": "Grid cells", "query": "grid OR place cell", "slug": "grid-cells"},
            {"title": "王", "query": 'year:2015..2019 -rat au:"Ada Byron" memory', "slug": "wang"},
        ),
        "fetch": {
            "query": "cat:q-bio.NC",
            "categories": ("q-bio.NC", "hep-th"),
            "ids": (["2603.07369", 2], ["q-bio/0309001", None]),
            "since": "2026-01-31",
            "contact": "https://example.org/contact",
            "endpoint": "http://[::1]:8080/api",
            "max": 500,
        },
    }
    assert config.fetch == Fetch(
        query="cat:q-bio.NC",
        categories=("q-bio.NC", "hep-th"),
        ids=(ArxivId("2603.07369", 2), ArxivId("q-bio/0309001")),
        since=date(2026, 1, 31),
        contact="https://example.org/contact",
        endpoint="http://[::1]:8080/api",
        max=500,
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    {
        "https://example.org": "https://example.org/",
        "https://example.org//": "https://example.org/",
        "http://localhost:8000": "http://localhost:8000/",
        "https://Example.org/Lab/": "https://example.org/Lab/",
        "HTTPS://EXAMPLE.ORG:443/a": "https://example.org/a/",
        "http://example.org:80": "http://example.org/",
        "https://example.org:": "https://example.org/",
        "https://example.org:8443/a%20b": "https://example.org:8443/a%20b/",
        "  https://example.org/  ": "https://example.org/",
        "http://[::1]:8000/x": "http://[::1]:8000/x/",
        "http://127.0.0.1/": "http://127.0.0.1/",
        # names in other letters are written in ASCII: IDNA 2008, which keeps ß
        "https://müller.example/": "https://xn--mller-kva.example/",
        "https://MÜLLER.example:8443/lab": "https://xn--mller-kva.example:8443/lab/",
        "https://straße.example": "https://xn--strae-oqa.example/",
        "https://例え。テスト/": "https://xn--r8jz45g.xn--zckzah/",
        "https://xn--mller-kva.example/": "https://xn--mller-kva.example/",
    }.items(),
)
def test_the_address_of_the_site_is_written_in_one_way(tmp_path: Path, given: str, kept: str) -> None:
    assert configured(tmp_path, f"title = 'T'\nurl = '{given}'").url == kept


NOT_STRAIGHT = (
    "the path of the site's address has empty or dotted parts: '{}' (write it as in https://example.org/lab/)"
)
STRAY = "'{}' has a % without two hexadecimal digits (write %25 for a percent sign)"


@pytest.mark.parametrize(
    ("given", "expected"),
    {
        "https://a.org/%zz/": STRAY,
        "https://a.org/100%": STRAY,
        "https://a.org/../": NOT_STRAIGHT,
        "https://a.org/b/../c": NOT_STRAIGHT,
        "https://a.org/./b": NOT_STRAIGHT,
        "https://a.org/%2E%2e/b": NOT_STRAIGHT,
        "https://a.org/b%2Fc": NOT_STRAIGHT,
        "https://a.org/b%5Cc": NOT_STRAIGHT,
        "https://a.org/b//c": NOT_STRAIGHT,
        "https://a.org/größe": "'{}' has characters that URLs must not have (percent-encode them, as in %20)",
        "https://a.org/b c": "'{}' has characters that URLs must not have (percent-encode them, as in %20)",
        "https://a .org/": "'{}' has characters that URLs must not have (percent-encode them, as in %20)",
        "https:/a.org/": f"{HTTP} '{{}}'",
        "https:a.org": f"{HTTP} '{{}}'",
        "//a.org/": f"{HTTP} '{{}}'",
        "a.org": f"{HTTP} '{{}}'",
        "müller.example": "'{}' has characters that URLs must not have (percent-encode them, as in %20)",
        "https:///lab": f"{HTTP} '{{}}'",
        "https://a..org/": "'a..org' is not a host name (check its full stops and hyphens)",
        "https://a-.org/": "'a-.org' is not a host name (check its full stops and hyphens)",
        "https://a.org:0/": "'{}' has port 0, which does not exist (remove it)",
        "https://a.org:99999/": "'{}' is not a URL (write an address that begins with https:// or http://)",
        "https://[::1/": "'{}' is not a URL (write an address that begins with https:// or http://)",
        "https://me@a.org/": "a public URL must not hold a user name or password (remove it)",
        "https://me@müller.example": "a public URL must not hold a user name or password (remove it)",
        "https://a.org/?x": "the site's address must end with its path, found '{}' (remove the part after ? or #)",
        "https://a.org/#": "the site's address must end with its path, found '{}' (remove the part after ? or #)",
    }.items(),
)
def test_what_is_no_address_of_a_site(tmp_path: Path, given: str, expected: str) -> None:
    check(tmp_path, f"title = 'T'\nurl = '{given}'", f"2: url: {expected.format(given)}")


@pytest.mark.parametrize("host", ["☕️☕.example", "xn--é.example", "é" * 100 + ".example"])
def test_a_host_that_nobody_can_have(tmp_path: Path, host: str) -> None:
    (tmp_path / "site.toml").write_text(f"title = 'T'\nurl = 'https://{host}/'", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"site\.toml:2: url: .* is not a host name: "):
        load(tmp_path)


@pytest.mark.parametrize(
    "language", ["en", "de-CH-1996", "zh-Hant-TW", "sr-Latn", "es-419", "gsw", "en-x-lab"]
)
def test_well_formed_languages(tmp_path: Path, language: str) -> None:
    assert configured(tmp_path, f"{HEAD}language = '{language}'").language == language


def test_an_emptied_setting_is_as_good_as_none(tmp_path: Path) -> None:
    assert configured(tmp_path, f"{HEAD}owner_url = ''\ntimezone = ''").timezone == "UTC"


def test_every_setting_is_documented() -> None:
    for struct in (Config, Lists, Fetch, NavigationEntry, PersonEntry):
        hints = struct.__annotations__
        for field in msgspec.structs.fields(struct):
            assert hints[field.name].startswith("A[") or hints[field.name] in {"Field", "Lists", "Fetch"}


# --- people.toml -------------------------------------------------------------------------------------------

PEOPLE = {
    "[[person]]\nalso = ['J. Smith']": (
        '1: person[0].name: is missing (write the form to show: name = "…")',
    ),
    "[[person]]\nname = 'J. Smith'\norcid = '0000-0002-1825-0098'": (
        "3: person[0].orcid: 0000-0002-1825-0098 is not an ORCID iD: its check digit is wrong "
        "(compare it with orcid.org)",
    ),
    "[[person]]\nname = 'J. Smith'\norcid = '0000-0002-1825'": (
        "3: person[0].orcid: expected an ORCID iD, found '0000-0002-1825' (such as 0000-0002-1825-0097)",
    ),
    "[[person]]\nname = 'J. Smith'\nalso = 'John Smith'": (
        "3: person[0].also: expected an array, found a string (put it in square brackets)",
    ),
    "[[person]]\nname = 'A'\n[[persons]]\nname = 'B'": ("3: persons: unknown key (did you mean person?)",),
    "[[person]]\nname = 'A'\naka = ['B']": (
        "3: person[0].aka: unknown key (known here: homepage, id, name, names, orcid, papers, silent)",
    ),
    "[[person]]\nname = 'J. Smith'\n\n[[person]]\nname = 'Jane'\nalso = [\n  'Jo',\n  'j.  smith',\n]": (
        "8: person[1].also[1]: 'j. smith' is a name of 'J. Smith' already (person[0]) "
        "(a name belongs to one person: keep it in one of the two, or say whose papers are whose: papers = […])",
    ),
    "[[person]]\nname = 'A'\nalso = ['B']\n[[person]]\nname = 'B'": (
        "5: person[1].name: 'B' is a name of 'A' already (person[0]) "
        "(a name belongs to one person: keep it in one of the two, or say whose papers are whose: papers = […])",
    ),
    "[[person]]\nname = 'A'\norcid = '0000-0002-1825-0097'\n"
    "[[person]]\nname = 'B'\norcid = '0000-0002-1825-0097'": (
        "6: person[1].orcid: 0000-0002-1825-0097 is the ORCID iD of 'A' already (person[0]) "
        "(an ORCID iD belongs to one person: join the two, or correct one iD)",
    ),
    "[[person]]\nname = '..'": (
        "2: person[0].name: expected the name of a person or a group, found '..' (write it as papers do)",
    ),
    '[[person]]\nname = "\u200e"': (
        "2: person[0].name: expected the name of a person or a group, found '\\u200e' (write it as papers do)",
    ),
    "[[person]]\nname = 'A'\nalso = [\n  'B',\n  ':',\n]": (
        "5: person[0].also[1]: expected the name of a person or a group, found ':' (write it as papers do)",
    ),
    "[[person]]\nname = 'Jr.'": (
        "2: person[0].name: expected the name of a person or a group, found 'Jr.' (write it as papers do)",
    ),
    "[[person]]\nname = 'A'\nid = 'Ada B'": (
        "3: person[0].id: expected the last part of an address, found 'Ada B' "
        "(write it in small letters, digits and hyphens, as in ada-example-2)",
    ),
    "[[person]]\nname = 'A'\nid = 'by-letter'": (
        "3: person[0].id: 'by-letter' is taken (add something to it)",
    ),
    "[[person]]\nname = 'A'\nid = 'a'\n[[person]]\nname = 'B'\nid = 'a'": (
        "6: person[1].id: a is the id of 'A' already (person[0]) "
        "(an id belongs to one person: join the two, or correct one id)",
    ),
    "[[person]]\nname = 'A'\nhomepage = 'javascript:x'": (
        "3: person[0].homepage: expected an absolute URL that begins with https:// or http://, "
        "found 'javascript:x'",
    ),
    "[[person]]\nname = 'A'\nsilent = true": (
        '3: person[0].silent: there is no former name to replace (write it: names = ["…"])',
    ),
    "[[person]]\nname = 'A'\npapers = ['2603.07369', 'x']": (
        "3: person[0].papers[1]: not an arXiv identifier: 'x' (such as 2603.07369 or q-bio/0309001)",
    ),
    "[[person]]\nname = 'A'\nnames = ['B']\nalso = ['C']": (
        "4: person[0].also: unknown key (known here: homepage, id, name, names, orcid, papers, silent)",
    ),
    "[[person]]\nname = 'A'\npapers = ['2603.07369v1']\n"
    "[[person]]\nname = 'B'\nnames = ['A']\npapers = ['2603.07369']": (
        "6: person[1].names[0]: 'A' is a name of 'A' already (person[0]) "
        "(a name belongs to one person: keep it in one of the two, or say whose papers are whose: papers = […])",
    ),
    "[[different]]\nnames = ['A B']": (
        '2: different[0].names: names fewer than two persons (write all who differ: names = ["…", "…"])',
    ),
    "[[different]]\nname = 'A B'": (
        '1: different[0].names: is missing (write all who differ: names = ["…", "…"])',
        "2: different[0].name: unknown key (did you mean names?)",
    ),
    "[[different]]\nnames = ['J Smith', 'J. Smith']": (
        "2: different[0].names: 'J Smith' and 'J. Smith' count as the same name "
        "(write a [[person]] for each of them, which keeps them apart)",
    ),
    "[[person]]\nname = A": (f"2: is not valid TOML: Invalid value in column 8 {SYNTAX}",),
}


@pytest.mark.parametrize(("source", "expected"), PEOPLE.items())
def test_a_mistake_about_people(tmp_path: Path, source: str, expected: tuple[str, ...]) -> None:
    check(tmp_path, source, *expected, file="people.toml")


def test_people(tmp_path: Path) -> None:
    assert load_people(tmp_path).persons == ()
    (tmp_path / "people.toml").write_text(
        "[[person]]\nname = 'Josiah Carberry'\nalso = ['J.  Carberry', 'Josiah Carberry']\n"
        "orcid = 'https://orcid.org/0000-0002-1825-0097'\n"
        "[[person]]\nname = 'Ada'\norcid = '0000-0002-9079-593x'\n",
        encoding="utf-8",
    )
    assert load_people(tmp_path).persons == (
        PersonEntry(
            name="Josiah Carberry", names=("J. Carberry", "Josiah Carberry"), orcid="0000-0002-1825-0097"
        ),
        PersonEntry(name="Ada", orcid="0000-0002-9079-593X"),
    )


def test_everything_about_a_person(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(
        "[[person]]\nname = 'Wei Wang'\nid = 'wei-wang-2'\nnames = ['W. Wang']\nsilent = true\n"
        "homepage = 'https://example.org'\npapers = ['arXiv:2603.07369v2', 'q-bio/0309001']\n"
        "[[person]]\nname = 'Wei Wang'\npapers = ['2603.00001']\n"
        "[[person]]\nname = 'Wei Wang'\n"
        "[[different]]\nnames = ['wei-wang-2', 'W. Wang']\n",
    )
    people = load_people(tmp_path)
    assert people.persons == (
        PersonEntry(
            name="Wei Wang",
            id="wei-wang-2",
            names=("W. Wang",),
            silent=True,
            homepage="https://example.org",
            papers=("2603.07369", "q-bio/0309001"),
        ),
        PersonEntry(name="Wei Wang", papers=("2603.00001",)),
        PersonEntry(name="Wei Wang"),
    )
    assert people.different == (("wei-wang-2", "W. Wang"),)


@given(st.text(st.characters(codec="utf-8"), max_size=200))
@settings(max_examples=60, deadline=None)
def test_odd_text_ends_in_a_config_error(tmp_path_factory: pytest.TempPathFactory, source: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "people.toml").write_bytes(source.encode())
    try:
        load_people(folder)
    except ConfigError as error:
        assert error.problems


# --- on which line a key stands ----------------------------------------------------------------------------

# In each of these a key "kN" stands on line N.
LAYOUTS = [
    "k1 = 1 # k9 = [",
    "k1 = '''\n[no.table]\nk = 1 '''''\nk4 = 2",
    'k1 = """\\"""\n"x" = \\\n"""""\nk4 = 2',
    "k1 = [ # ], k9 = 1\n  [1, '}'],\n  { k3 = '#', k3b = 2 },\n]",
    "k1 . 'k1b' . \"k1\\u0063\" = 1979-05-27 07:32:00",
    "k1 = { k1b.k1c = [{ k1d = ']' }], k1e = {} }",
    "k1 = ''\nk2 = \"\\\\\"\n",
    "\n\t# k2 = 1\n  k3 = -inf",
    "['k1'. \"k1b\" ]\nk2 = 1",
    "[[k1]]\nk2 = 1\n[k1.k3]\n[[k1.k3.k4]]\nk5 = 1\n[[k1.k3.k4]]\n[[k1]]\n[[k1.k8]]\n[[k1.k8]]",
]


def paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


@pytest.mark.parametrize("source", LAYOUTS)
def test_a_key_is_found_on_its_line(source: str) -> None:
    lines = key_lines(source)
    assert set(lines) == set(paths(tomllib.loads(source)))
    for path, line in lines.items():
        if isinstance(name := path[-1], str):
            assert line == int(name[1])


TEXT = st.text(st.sampled_from("ab.,'\"[]{}#=\\ é\t"), max_size=6)
VALUES = st.recursive(
    st.one_of(TEXT, st.integers(), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, VALUES, max_size=4))
@settings(max_examples=100, deadline=None)
def test_every_key_is_found_on_its_line_whatever_stands_around_it(data: dict[str, Any]) -> None:
    source = ""
    expected: dict[KeyPath, int] = {}

    def write(value: Any, path: KeyPath) -> None:
        nonlocal source
        if isinstance(value, list):
            source += "[ # ]\n"
            for index, item in enumerate(value):
                expected[*path, index] = source.count("\n") + 1
                write(item, (*path, index))
                source += "\n,\n"
            source += "]"
        elif isinstance(value, dict):
            source += "{"
            for number, (key, item) in enumerate(value.items()):
                source += ", " if number else ""
                expected[*path, key] = source.count("\n") + 1
                source += json.dumps(key, ensure_ascii=False) + " ="
                write(item, (*path, key))
            source += "}"
        else:
            source += json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)

    for key, value in data.items():
        expected[key,] = source.count("\n") + 1
        source += json.dumps(key, ensure_ascii=False) + "\t= "
        write(value, (key,))
        source += "  # [\n\n"
    assert tomllib.loads(source) == data
    assert key_lines(source) == expected
