"""arXiv's taxonomy: all categories, both names of one, and what is no category."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.feeds import taxonomy

# Every category that 11,803 papers of q-bio since 1993 carry.
SEEN_IN_Q_BIO = """
    adap-org astro-ph astro-ph.CO astro-ph.EP astro-ph.HE astro-ph.IM astro-ph.SR chao-dyn cond-mat
    cond-mat.dis-nn cond-mat.mes-hall cond-mat.mtrl-sci cond-mat.other cond-mat.soft cond-mat.stat-mech
    cond-mat.str-el cond-mat.supr-con cs.AI cs.AR cs.CC cs.CE cs.CG cs.CL cs.CR cs.CV cs.CY cs.DB cs.DC
    cs.DL cs.DM cs.DS cs.ET cs.FL cs.GL cs.GR cs.GT cs.HC cs.IR cs.IT cs.LG cs.LO cs.MA cs.MM cs.MS
    cs.NA cs.NE cs.NI cs.OH cs.PF cs.PL cs.RO cs.SC cs.SD cs.SE cs.SI cs.SY econ.EM econ.GN econ.TH
    eess.AS eess.IV eess.SP eess.SY gr-qc hep-lat hep-ph hep-th math-ph math.AC math.AG math.AP math.AT
    math.CA math.CO math.CT math.DG math.DS math.FA math.GN math.GR math.GT math.HO math.IT math.LO
    math.MG math.MP math.NA math.NT math.OC math.PR math.RA math.RT math.SG math.SP math.ST nlin.AO
    nlin.CD nlin.CG nlin.PS nlin.SI physics.ao-ph physics.app-ph physics.atm-clus physics.atom-ph
    physics.bio-ph physics.chem-ph physics.comp-ph physics.data-an physics.ed-ph physics.flu-dyn
    physics.gen-ph physics.geo-ph physics.hist-ph physics.ins-det physics.med-ph physics.optics
    physics.plasm-ph physics.pop-ph physics.soc-ph physics.space-ph q-bio q-bio.BM q-bio.CB q-bio.GN
    q-bio.MN q-bio.NC q-bio.OT q-bio.PE q-bio.QM q-bio.SC q-bio.TO q-fin.CP q-fin.EC q-fin.GN q-fin.MF
    q-fin.RM q-fin.ST q-fin.TR quant-ph stat.AP stat.CO stat.ME stat.ML stat.OT stat.TH
"""


def test_there_are_155_active_categories() -> None:
    assert len(taxonomy.CATEGORIES) == 155
    assert Counter(category.group for category in taxonomy.CATEGORIES.values()) == {
        "Computer Science": 40,
        "Economics": 3,
        "Electrical Engineering and Systems Science": 4,
        "Mathematics": 32,
        "Physics": 51,
        "Quantitative Biology": 10,
        "Quantitative Finance": 9,
        "Statistics": 6,
    }


def test_every_category_says_who_it_is() -> None:
    for id, category in taxonomy.CATEGORIES.items():
        assert category.id == id
        assert category.name and category.name != id
        assert category.archive == id.split(".")[0]


@pytest.mark.parametrize(
    ("id", "name", "group"),
    [
        ("q-bio.NC", "Neurons and Cognition", "Quantitative Biology"),
        ("cs.LG", "Machine Learning", "Computer Science"),
        ("stat.ML", "Machine Learning", "Statistics"),
        ("eess.SY", "Systems and Control", "Electrical Engineering and Systems Science"),
        ("hep-th", "High Energy Physics - Theory", "Physics"),
        ("nlin.CD", "Chaotic Dynamics", "Physics"),
        ("econ.GN", "General Economics", "Economics"),
        ("cond-mat", "Condensed Matter", "Physics"),
        ("q-bio", "Quantitative Biology", "Quantitative Biology"),
        ("q-bio.XX", "q-bio.XX", "Quantitative Biology"),  # not yet known here
        ("new-sci.XX", "new-sci.XX", ""),
    ],
)
def test_names_and_groups(id: str, name: str, group: str) -> None:
    assert (taxonomy.name(id), taxonomy.group(id)) == (name, group)


@pytest.mark.parametrize(
    ("term", "canonical"),
    [
        ("q-bio.NC", "q-bio.NC"),
        (" q-bio.NC\n", "q-bio.NC"),
        ("Q-BIO.nc", "q-bio.NC"),  # else there would be two pages with one path on some disks
        # both names of one category
        ("math.MP", "math-ph"),
        ("math-ph", "math-ph"),
        ("stat.TH", "math.ST"),
        ("math.IT", "cs.IT"),
        ("q-fin.EC", "econ.GN"),
        ("cs.SY", "eess.SY"),
        ("cs.NA", "math.NA"),
        # archives of the first years
        ("acc-phys", "physics.acc-ph"),
        ("adap-org", "nlin.AO"),
        ("alg-geom", "math.AG"),
        ("ao-sci", "physics.ao-ph"),
        ("atom-ph", "physics.atom-ph"),
        ("bayes-an", "physics.data-an"),
        ("chao-dyn", "nlin.CD"),
        ("chem-ph", "physics.chem-ph"),
        ("cmp-lg", "cs.CL"),
        ("comp-gas", "nlin.CG"),
        ("dg-ga", "math.DG"),
        ("funct-an", "math.FA"),
        ("mtrl-th", "cond-mat.mtrl-sci"),
        ("patt-sol", "nlin.PS"),
        ("plasm-ph", "physics.plasm-ph"),
        ("q-alg", "math.QA"),
        ("solv-int", "nlin.SI"),
        ("supr-con", "cond-mat.supr-con"),
        # archives that papers were submitted to before they had classes
        ("astro-ph", "astro-ph"),
        ("cond-mat", "cond-mat"),
        ("physics", "physics"),
        ("q-bio", "q-bio"),
        # what arXiv may add
        ("cs.XY", "cs.XY"),
        ("math.xy", "math.XY"),
        ("new-sci.AB", "new-sci.AB"),
        ("physics.new-ph", "physics.new-ph"),
        # subject classes of MSC and ACM, and nonsense
        ("92C20", None),
        ("37Nxx", None),
        ("92-08", None),
        ("92B20 (Primary), 62M10 (Secondary)", None),
        ("I.2.6", None),
        ("I.2", None),
        ("H.1.1; J.3", None),
        ("K.AA", None),
        ("", None),
        ("example.com", None),
        ("../q-bio.NC", None),
        ("cs.LG cs.AI", None),
        ("math.\u017ft", None),  # a long s, which a careless comparison takes for an s
        ("javascript:alert(1)", None),
        ("neuroscience", None),
    ],
)
def test_canonical(term: str, canonical: str | None) -> None:
    assert taxonomy.canonical(term) == canonical


def test_every_category_of_real_papers_is_known() -> None:
    canonical = {term: taxonomy.canonical(term) for term in SEEN_IN_Q_BIO.split()}
    assert len(canonical) == 145
    assert not [term for term, id in canonical.items() if id is None or taxonomy.name(id) == id]
    assert not [term for term, id in canonical.items() if id is None or not taxonomy.group(id)]


TERMS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(sorted(taxonomy.CATEGORIES)),
    st.from_regex(r"[a-zA-Z]{1,14}(-[a-z]{1,3})?\.[a-zA-Z-]{1,14}", fullmatch=True),
)


@given(TERMS)
def test_what_is_canonical_stays_so(term: str) -> None:
    id = taxonomy.canonical(term)
    assert id is None or taxonomy.canonical(id) == id


@given(TERMS, TERMS)
def test_no_two_categories_differ_by_case_alone(one: str, other: str) -> None:
    ids = {taxonomy.canonical(term) for term in (one, one.upper(), one.lower(), other)} - {None}
    assert len({id.lower() for id in ids if id}) == len(ids)
