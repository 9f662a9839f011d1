"""DOIs in fields of feeds, and their addresses."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sitegen.text import doi

SICI = "10.1002/(SICI)1099-1492(199612)9:8<337::AID-NBM430>3.0.CO;2-X"


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("10.1103/PhysRevD.1", "10.1103/PhysRevD.1"),
        # Several.
        ("10.1103/PhysRevD.1;10.1103/PhysRevD.2", "10.1103/PhysRevD.1 10.1103/PhysRevD.2"),
        ("10.1000/a,10.1000/b ; 10.1000/c", "10.1000/a 10.1000/b 10.1000/c"),
        ("10.1000/a, https://dx.doi.org/10.1000/b;doi:10.1000/c", "10.1000/a 10.1000/b 10.1000/c"),
        ("10.1000/a|10.1000/b/10.1000/c", "10.1000/a 10.1000/b 10.1000/c"),
        ("10.1103/PhysRevD.1 (erratum 10.1103/PhysRevD.2)", "10.1103/PhysRevD.1 10.1103/PhysRevD.2"),
        ("10.1103/PhysRevD.1(erratum:10.1103/PhysRevD.2)", "10.1103/PhysRevD.1 10.1103/PhysRevD.2"),
        ("10.1000/a 10.1000/A\n 10.1000/a", "10.1000/a"),
        # In TeX, in HTML, percent-encoded.
        (r"10.1007/978-3-030-58452-8\_13", "10.1007/978-3-030-58452-8_13"),
        (r"10.1007/a{\_}b$_$c\textunderscore{}d", "10.1007/a_b_c_d"),
        ("10.1103%2FPhysRevD.1", "10.1103/PhysRevD.1"),
        ("https://doi.org/10.1002%2f(SICI)1:2%3C3::4%3E5", "10.1002/(SICI)1:2<3::4>5"),
        ("10.1002/(SICI)1:2&lt;3::4&gt;5", "10.1002/(SICI)1:2<3::4>5"),
        # Addresses and names.
        ("doi:10.1000/a", "10.1000/a"),
        ("DOI 10.1000/a", "10.1000/a"),
        ("DOI10.1000/a", "10.1000/a"),
        ("doi.org/10.1103/PhysRevD.1", "10.1103/PhysRevD.1"),
        ("dx.doi.org/10.1000/a", "10.1000/a"),
        ("HTTP://DX.DOI.ORG/10.1000/a", "10.1000/a"),
        ("https://www.doi.org/10.1000/a/", "10.1000/a"),
        ("http://dx.doi.org/doi:10.1000/a", "10.1000/a"),
        ("info:doi/10.1000/a", "10.1000/a"),
        # Punctuation and what cannot be seen.
        ("(10.1103/PhysRevD.1)", "10.1103/PhysRevD.1"),
        ("[doi:10.1000/a].", "10.1000/a"),
        ("<10.1000/a>", "10.1000/a"),
        ("{10.1000/a}", "10.1000/a"),
        ("\"10.1000/a\", '10.1000/b', “10.1000/c”", "10.1000/a 10.1000/b 10.1000/c"),
        ("10.1000/a.;", "10.1000/a"),
        ("10.1000/..;10.1000/a", "10.1000/a"),
        ("\u200b10.1103/PhysRevD.1\u200b", "10.1103/PhysRevD.1"),
        ("\ufeff10.1103/Phys\u00adRevD.1\u2060", "10.1103/PhysRevD.1"),
        ("10.1007/s00521\u2010015", "10.1007/s00521-015"),
        # Whole ones stay whole.
        (SICI, SICI),
        ("10.1002/(SICI)1097<295::AID>3.0.CO;2-#", "10.1002/(SICI)1097<295::AID>3.0.CO;2-#"),
        ("10.1016/S0092-8674(02)00001-2", "10.1016/S0092-8674(02)00001-2"),
        ("10.3389/neuro.10/002.2008", "10.3389/neuro.10/002.2008"),
        ("10.1000.10/123456", "10.1000.10/123456"),
        ("10.48550/arXiv.2603.07369", ""),
        ("", ""),
    ],
)
def test_read(field: str, expected: str) -> None:
    assert doi.read([field]) == (tuple(expected.split()), ())


@pytest.mark.parametrize(
    ("field", "dois", "unread"),
    [
        ("10.1/x", "", ["10.1/x"]),
        ("to appear", "", ["to appear"]),
        ("10.1103/", "", ["10.1103/"]),
        ("10.1103 /a", "", ["10.1103"]),
        ("10.1103/)", "", ["10.1103/)"]),
        ("１０.1103/a", "", ["１０.1103/a"]),
        ("10.1000/a; 10.PhysRevD.2", "10.1000/a", ["10.PhysRevD.2"]),
        ("10.3389/fnagi.2014.00227. eCollection 2014", "10.3389/fnagi.2014.00227", []),
        ("https://x.org/doi/10.1002/sim.6742/full", "", ["https://x.org/doi/10.1002/sim.6742/full"]),
    ],
)
def test_what_cannot_be_read_is_told(field: str, dois: str, unread: list[str]) -> None:
    assert doi.read([field]) == (tuple(dois.split()), tuple(unread))


@given(
    st.lists(
        st.one_of(st.text(max_size=6), st.sampled_from([SICI, "10.1000/a", ";", "doi:", "%2F", "<", ")"]))
    )
)
@example(["10.1000/", "%7D"])
@example([SICI, "¡DOI<"])
@example([SICI, "<)"])
@settings(max_examples=100, deadline=None)
def test_what_is_read_is_clean_and_stays_so(parts: list[str]) -> None:
    found = doi.read(["".join(parts)]).dois
    assert all(map(doi.is_clean, found))
    assert doi.read(found).dois == found
    assert all(re.fullmatch(r"[!-~]+", doi.url(known)) for known in found)


@pytest.mark.parametrize(
    ("bare", "expected"),
    [
        ("10.1162/NECO_a_00141", "https://doi.org/10.1162/NECO_a_00141"),
        (
            "10.1002/(SICI)1097<295::AID>3.0.CO;2-#",
            "https://doi.org/10.1002/(SICI)1097%3C295::AID%3E3.0.CO;2-%23",
        ),
    ],
)
def test_url(bare: str, expected: str) -> None:
    assert doi.url(bare) == expected
