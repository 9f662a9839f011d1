"""Papers for the tests of the export formats: real ones, and a hypothesis strategy for hostile ones."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from sitegen.models import ArxivId, Credit, Name, Paper


def person(family: str, given: str = "", suffix: str = "") -> Credit:
    printed = " ".join(part for part in (given, family, suffix) if part)
    return Credit(name=Name(printed=printed, family=family, given=given, suffix=suffix))


def group(name: str) -> Credit:
    return Credit(name=Name(printed=name, family=name, group=True))


# In a journal, and with a DOI of its own.
MACAQUE = Paper(
    id=ArxivId("2603.07369", 1),
    title="Task learning increases information redundancy of neural responses in macaque visual cortex",
    credits=(
        person("Liu", "Shizhao"),
        person("Pletenev", "Anton"),
        person("Haefner", "Ralf M."),
        person("Snyder", "Adam C."),
    ),
    abstract="How does the brain optimize sensory information for decision-making in new tasks? One "
    "hypothesis suggests learning reduces redundancy in neural representations to improve efficiency.",
    published=datetime(2026, 3, 7, 22, 41, 26, tzinfo=UTC),
    updated=datetime(2026, 3, 7, 22, 41, 26, tzinfo=UTC),
    comment="published in Science, accepted manuscript prior to editing",
    journal_ref="Science, 391(6789), 1029-1035 (2026)",
    dois=("10.1126/science.adw7707",),
    primary="q-bio.NC",
    categories=("q-bio.NC",),
)

# An umlaut in TeX, family names of two words, two categories besides the primary one, a revision.
NEURAL_IDEALS = Paper(
    id=ArxivId("1612.05660", 4),
    title=r"Gr\"obner Bases of Neural Ideals",
    credits=(
        person("Garcia", "Rebecca"),
        person("García Puente", "Luis David"),
        person("Shiu", "Anne"),
    ),
    abstract="The brain processes information about the environment via neural codes.",
    published=datetime(2016, 12, 16, tzinfo=UTC),
    updated=datetime(2018, 4, 20, tzinfo=UTC),
    comment="13 pages, 2 figures, 1 table",
    primary="q-bio.NC",
    categories=("q-bio.NC", "math.AC", "math.AG"),
)

# Formulas in the title, no version known.
PUMP = Paper(
    id=ArxivId("1711.00989"),
    title="The cardiac Na$^+$/K$^+$ ATPase: An updated, thermodynamically consistent model",
    credits=(person("Pan", "Michael"), person("Gawthrop", "Peter J.")),
    abstract="",
    published=datetime(2017, 11, 2, tzinfo=UTC),
    updated=datetime(2017, 11, 2, tzinfo=UTC),
    primary="q-bio.BM",
    categories=("q-bio.BM",),
)

# A collaboration among the authors.
KERNELS = Paper(
    id=ArxivId("1706.00856", 1),
    title="Multiple Kernel Learning and Automatic Subspace Relevance Determination for High-dimensional "
    "Neuroimaging Data",
    credits=(
        person("Ayhan", "Murat Seckin"),
        person("Raghavan", "Vijay"),
        group("Alzheimer's disease Neuroimaging Initiative"),
    ),
    abstract="Alzheimer's disease is a major cause of dementia.",
    published=datetime(2017, 6, 2, tzinfo=UTC),
    updated=datetime(2017, 6, 2, tzinfo=UTC),
    primary="cs.LG",
    categories=("cs.LG", "q-bio.NC", "stat.ML"),
)

# An identifier of the old scheme, a suffix, a particle, an only name, another script; withdrawn.
NAMES = Paper(
    id=ArxivId("q-bio/0309001", 2),
    title="Names & the DNA of E. coli",
    credits=(
        person("van der Berg", "Anna"),
        person("Montgomery", "Erwin B.", "Jr."),
        person("Jayadeva"),
        person("王", "伟"),
    ),
    abstract="Short.",
    published=datetime(2003, 9, 1, tzinfo=UTC),
    updated=datetime(2003, 10, 5, tzinfo=UTC),
    comment="This paper has been withdrawn",
    primary="",
    categories=(),
)

REAL = (MACAQUE, NEURAL_IDEALS, PUMP, KERNELS, NAMES)

_NASTY = [
    "{",
    "}",
    "\\",
    "$",
    "%",
    "#",
    "&",
    "~",
    "^",
    "_",
    '"',
    "<",
    ">",
    "@",
    ",",
    "\n",
    "\r",
    "\u2028",
    "\x85",
]
_WORDS = [
    " and ",
    "others",
    "ER  - ",
    "\\input{x}",
    "$\\alpha$",
    "\\(",
    "\\)",
    "\ue000",
    "β",
    "DNA",
    "</script>",
]
texts = st.lists(
    st.one_of(st.sampled_from(_NASTY), st.sampled_from(_WORDS), st.text(max_size=5)), max_size=12
).map("".join)
_moments = st.datetimes(
    min_value=datetime(1991, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC)
)
identifiers = st.one_of(
    st.builds("{:02}{:02}.{:05}".format, st.integers(15, 30), st.integers(1, 12), st.integers(1, 99)),
    st.builds("{}/0301{:03}".format, st.sampled_from(["q-bio", "math", "cs"]), st.integers(1, 5)),
).map(ArxivId)
_names = st.builds(
    lambda family, given, suffix, collective: Name(
        printed=f"{given} {family}", family=family, given=given, suffix=suffix, group=collective
    ),
    texts.filter(bool),
    texts,
    st.sampled_from(["", "Jr.", "}"]),
    st.booleans(),
)
papers = st.builds(
    Paper,
    id=identifiers,
    title=texts,
    credits=st.lists(st.builds(Credit, name=_names), max_size=3).map(tuple),
    abstract=texts,
    published=_moments,
    updated=_moments,
    comment=texts,
    journal_ref=texts,
    dois=st.lists(st.one_of(texts, texts.map("10.1000/{}".format)), max_size=2).map(tuple),
    primary=texts,
    categories=st.lists(texts, max_size=2).map(tuple),
    license=texts,
)
