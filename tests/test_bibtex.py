"""BibTeX entries and their keys."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
import pytest
from export_samples import KERNELS, MACAQUE, NAMES, NEURAL_IDEALS, PUMP, REAL, group, papers, person
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.exports import bibtex
from sitegen.models import ArxivId, Paper

FIELDS = (
    "title",
    "author",
    "journal",
    "volume",
    "number",
    "pages",
    "year",
    "month",
    "eprint",
    "archivePrefix",
)
FIELDS += ("primaryClass", "doi", "url", "note")


def scan(text: str) -> list[tuple[str, dict[str, str]]]:
    """Read entries as BibTeX does: braces count whatever stands before them; (key, fields) of each."""
    entries, position = [], 0
    while head := re.compile(r"\s*@(?:misc|article)\{([a-z0-9]+)").match(text, position):
        fields, position = {}, head.end()
        while text[position] == ",":
            name = re.compile(r",\n  (\w+)=").match(text, position)
            assert name, f"not a field: {text[position : position + 40]!r}"
            start = position = name.end()
            depth = 0
            while depth or text[position] not in ",\n":
                depth += {"{": 1, "}": -1}.get(text[position], 0)
                assert depth >= 0
                position += 1
            fields[name[1]] = text[start:position]
        assert text[position : position + 2] == "\n}"
        position += 2
        entries.append((head[1], fields))
    assert not text[position:].strip(), f"left over: {text[position:]!r}"
    return entries


def test_an_entry_is_complete() -> None:
    assert bibtex.entry(MACAQUE, "liu2026") == (
        "@article{liu2026,\n"
        "  title={Task learning increases information redundancy of neural responses in macaque visual "
        "cortex},\n"
        "  author={Liu, Shizhao and Pletenev, Anton and Haefner, Ralf M. and Snyder, Adam C.},\n"
        "  journal={Science},\n"
        "  volume={391},\n"
        "  number={6789},\n"
        "  pages={1029--1035},\n"
        "  year={2026},\n"
        "  eprint={2603.07369},\n"
        "  archivePrefix={arXiv},\n"
        "  primaryClass={q-bio.NC},\n"
        "  doi={10.1126/science.adw7707},\n"
        "  url={https://arxiv.org/abs/2603.07369}\n"
        "}"
    )


@pytest.mark.parametrize(
    ("paper", "field", "expected"),
    [
        (NEURAL_IDEALS, "title", "{Gröbner Bases of Neural Ideals}"),
        (NEURAL_IDEALS, "author", "{Garcia, Rebecca and García Puente, Luis David and Shiu, Anne}"),
        (NEURAL_IDEALS, "doi", "{10.48550/arXiv.1612.05660}"),
        (NEURAL_IDEALS, "year", "{2016}"),
        (NEURAL_IDEALS, "note", None),
        (
            PUMP,
            "title",
            "{The cardiac {Na$^+$/K$^+$} {ATPase}: An updated, thermodynamically consistent model}",
        ),
        (
            KERNELS,
            "author",
            "{Ayhan, Murat Seckin and Raghavan, Vijay and {Alzheimer's disease Neuroimaging Initiative}}",
        ),
        (NAMES, "author", "{van der Berg, Anna and Montgomery, Jr., Erwin B. and Jayadeva and Wang, Wei}"),
        (NAMES, "title", r"{Names \& the {DNA} of {E}. coli}"),
        (NAMES, "eprint", "{q-bio/0309001}"),
        (NAMES, "primaryClass", None),
        (NAMES, "note", "{Withdrawn}"),
    ],
)
def test_field(paper: Paper, field: str, expected: str | None) -> None:
    [(_, fields)] = scan(bibtex.entry(paper, "key"))
    assert fields.get(field) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Simulated Hand Movements With an EMG-Based Closed-Loop Interface", None),
        ("Neural Control With an EMG-Based Interface", "Neural Control With an {EMG-Based} Interface"),
        ("A Model of Large-Scale Brain Networks", "A Model of Large-Scale Brain Networks"),
        ("Adaptive responses of V1 neurons and mRNA", "Adaptive responses of {V1} neurons and {mRNA}"),
        ("Improved Hodgkin-Huxley type model for squid", "Improved {Hodgkin-Huxley} type model for squid"),
        ("Learning through Play between Networks", "Learning through Play between Networks"),
        ("Chemotaxis of Escherichia in channels", "Chemotaxis of {Escherichia} in channels"),
        (r"Sensing of $\beta$-cells in islets", r"Sensing of {$\beta$-cells} in islets"),
        ("Same but not alike: Structure and energetics", "Same but not alike: Structure and energetics"),
        ("Levels of (DNA), RNA.", "Levels of ({DNA}), {RNA}."),
        (r"Integrate\&Fire Neuron Models", r"{Integrate\&Fire} Neuron Models"),
        ("PDB_Amyloid: 50% of #5", r"{PDB\_Amyloid}: 50\% of \#5"),
        ("Nicotinic α7 receptors", r"Nicotinic {$\alpha$}7 receptors"),
        # pdfLaTeX stops at letters of other scripts.
        ("Πληροφορία και ζωή", "Pliroforia kai zoi"),
        ("Нейронные сети", "Neyronnye seti"),
        (r"A fast $\mathcal{L}_p$ metric", r"A fast {$\mathcal{L}_p$} metric"),
        (r"Size \(n^2\) matters", "Size {$n^2$} matters"),
        ("Costs of 4 < 5 | 6", r"Costs of 4 {\textless} 5 {\textbar} 6"),
        ("神经网络", "{ShenJingWangLuo}"),
        ("Effects of αβ, ΔG and μm", r"Effects of {$\alpha$}{$\beta$}, {{$\Delta$}G} and {$\mu$}m"),
        # A formula that cannot stay TeX is given in its Unicode form.
        (r"A 1$\%$ test of R$\&$D", r"A 1\% test of {R\&D}"),
        (r"\ensuremath{\alpha} and \begin{math}x^2\end{math}", r"{$\alpha$} and x²"),
        (r"Rates of $50\%$ and $\#5$, $\mathscr{x}$ and $\bm{y}$", r"Rates of 50\% and \#5, x and y"),
        (
            r"$x^2^3$ of $\unknown{z}$",
            r"\$x{\textasciicircum}2{\textasciicircum}3\$ of "
            r"\${\textbackslash}unknown{\textbraceleft}z{\textbraceright}\$",
        ),
        (r"$\text{a_b}$ and $α \leq 5$", r"a\_b and {$\alpha$} {$\leq$} 5"),
        # Characters that pdfLaTeX does not know.
        ("CO₂, H⁺, 10⁻³, x² and m₁₂", r"{CO{$_2$}}, {H}{$^+$}, 10{$^{-3}$}, x² and m{$_{12}$}"),
        ("x ≥ 5 − 1 ≈ ∞ at ≲ 3", r"x {$\geq$} 5 {$-$} 1 {$\approx$} {$\infty$} at {$\lesssim$} 3"),
        (
            "On ℝ, 𝛼, 𝐴, 𝐛, 𝒪 and ℓ",
            r"On {{$\mathbb{R}$}}, {$\alpha$}, {{$A$}}, {$\mathbf{b}$}, {{$\mathcal{O}$}} and {$\ell$}",
        ),
        ("𝗕𝗼𝗹𝗱 words ﬁt ① and ｆｕｌｌ", "Bold words fit 1 and full"),
        ("Naïve Gödel Łukasz ǧ – “quotes” € ’s", "Naïve Gödel Łukasz ǧ – “quotes” € ’s"),
        ("ạ ễ e\u0301 q\u0303", "a ê é q"),
        ("zero\u200bwidth soft\u00adhyphen\u2060 no\u00a0break\ufeff", "zerowidth softhyphen no break"),
        ("A 🙂 face \ufffc \ue000 \u202e", r"A slight\_smile face"),
        ("Two\nlines", "Two lines"),
    ],
)
def test_title(source: str, expected: str | None) -> None:
    expected = expected or source.replace("EMG-Based", "{EMG-Based}")
    [(_, fields)] = scan(bibtex.entry(msgspec.structs.replace(MACAQUE, title=source), "key"))
    assert fields["title"] == f"{{{expected}}}"


@pytest.mark.parametrize(
    "formula",
    [
        r"$\input{/etc/passwd}$",
        r"$\catcode`x=1$",
        r"$a^^5cb$",
        r"$a}{b$",
        r"$\{a$",
        r"$\{a}$",
        r"\(\write18{x}\)",
        r"\( \)",
    ],
)
def test_a_formula_that_could_do_harm_is_no_formula(formula: str) -> None:
    [(_, fields)] = scan(bibtex.entry(msgspec.structs.replace(MACAQUE, title=f"A {formula} b"), "key"))
    assert not re.search(r"(?<!\\)\$", fields["title"])
    assert not re.search(r"\\(input|catcode|write)", fields["title"])


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        (person("Sand and Stone"), "{{Sand and Stone}}"),
        (person("Stone", "Sand AND"), "{Stone, {Sand AND}}"),
        (person("others"), "{{others}}"),
        (person("Anil Kumar"), "{{Anil Kumar}}"),
        (person("King", suffix="III"), "{{King III}}"),
        (person("Doe, X", "J."), "{{Doe, X}, J.}"),
        (person("Anderson", "Jo"), "{Anderson, Jo}"),
        (person("Doe\nRoe", "J."), "{Doe Roe, J.}"),
        (person("A{B", "C\\"), r"{A{\textbraceleft}B, C{\textbackslash}}"),
        (group("R&D Team"), r"{{R\&D Team}}"),
        # A lower-case word within a family name would make particles of all before it.
        (person("Ortega y Gasset", "José"), "{{Ortega y Gasset}, José}"),
        (person("Ramón y Cajal", "Santiago"), "{{Ramón y Cajal}, Santiago}"),
        (person("da Silva e Costa", "Maria"), "{da {Silva e Costa}, Maria}"),
        (person("Van der Berg", "A."), "{{Van der Berg}, A.}"),
        (person("García y García", "A.", "Jr."), "{{García y García}, Jr., A.}"),
        (person("d'Alembert Smith", "A."), "{{d'Alembert Smith}, A.}"),
        # BibTeX parts words at hyphens, and takes Ávila for lower-case: it looks for the first ASCII letter.
        (person("al-Hassan", "A."), "{{al-Hassan}, A.}"),
        (person("Abu-el-Haija", "S."), "{{Abu-el-Haija}, S.}"),
        (person("Ávila García", "A."), "{{Ávila García}, A.}"),
        # These are cited whole as they are.
        (person("van der Berg", "A."), "{van der Berg, A.}"),
        (person("von und zu Liechtenstein", "A."), "{von und zu Liechtenstein, A.}"),
        (person("van 't Hooft", "A."), "{van 't Hooft, A.}"),
        (person("García Puente", "L. D."), "{García Puente, L. D.}"),
        (person("Garcia-Moreno", "B."), "{Garcia-Moreno, B.}"),
        (person("Østergaard", "L."), "{Østergaard, L.}"),
        (person("Nguyễn", "Ánh"), "{Nguyên, Ánh}"),
        (person("王", "伟\u200b"), "{Wang, Wei}"),
        (person("Doe", "\u200b"), "{Doe}"),
        (person("Doe", "a،b"), "{Doe, {a,b}}"),
    ],
)
def test_author(credit: object, expected: str) -> None:
    [(_, fields)] = scan(bibtex.entry(msgspec.structs.replace(MACAQUE, credits=(credit,)), "key"))
    assert fields["author"] == expected


def test_a_malformed_doi_gives_way_to_the_next() -> None:
    paper = msgspec.structs.replace(
        MACAQUE, dois=("10.1/x", "10.1000/a}b", "doi:10.1000/1", "10.1162/NECO_a_00141")
    )
    [(_, fields)] = scan(bibtex.entry(paper, "key"))
    assert fields["doi"] == "{10.1162/NECO_a_00141}"


@given(papers)
@settings(max_examples=100, deadline=None)
def test_nothing_breaks_out_of_an_entry(paper: Paper) -> None:
    text = bibtex.entry(paper, "key")
    [(key, fields)] = scan(text)
    assert key == "key"
    assert list(fields) == [name for name in FIELDS if name in fields]
    assert len(text.splitlines()) == len(fields) + 2
    for name, value in fields.items():
        if name not in ("doi", "title"):  # verbatim; may have formulas
            assert not re.search(r"(?<!\\)[%#&~^_]", value)


# --- keys -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        (MACAQUE, "liu2026tasklearningincreasesinformation"),
        (NEURAL_IDEALS, "garcia2016grobnerbasesneuralideals"),
        (KERNELS, "ayhan2017multiplekernellearningautomatic"),
        (NAMES, "vanderberg2003namesdnaecoli"),
        (msgspec.structs.replace(MACAQUE, credits=(), title=""), "anonymous2026"),
        (msgspec.structs.replace(MACAQUE, credits=(person("李", "娜"),), title="Études"), "li2026etudes"),
        (msgspec.structs.replace(MACAQUE, credits=(person("Müller-Øst"),), title="The of!"), "mullerost2026"),
        (
            msgspec.structs.replace(MACAQUE, credits=(group("ATLAS Team"),), title="In-vivo"),
            "atlasteam2026invivo",
        ),
    ],
)
def test_base_key(paper: Paper, expected: str) -> None:
    assert bibtex.base_key(paper) == expected


def numbered(identifier: str, family: str = "Liu", title: str = "Title") -> Paper:
    return msgspec.structs.replace(MACAQUE, id=ArxivId(identifier), credits=(person(family),), title=title)


def keys_of(archive: Iterable[Paper]) -> dict[str, str]:
    return bibtex.unique_keys((paper.id, bibtex.base_key(paper)) for paper in archive)


def test_of_papers_that_want_one_key_the_oldest_gets_it() -> None:
    newer, older, other = numbered("2603.00010"), numbered("2603.00009"), numbered("2603.00001", "Wu")
    assert keys_of([newer, older, other]) == {
        "2603.00009": "liu2026title",
        "2603.00010": "liu2026title260300010",
        "2603.00001": "wu2026title",
    }


def test_a_title_cannot_take_the_key_of_another_paper() -> None:
    clash = [numbered("2603.00001"), numbered("2603.00002"), numbered("2603.00003", title="title260300002")]
    assert list(keys_of(clash).values()) == [
        "liu2026title",
        "liu2026title260300002",
        "liu2026title260300002260300003",
    ]
    same_digits = [numbered("math/0301001"), numbered("q-bio/0301001"), numbered("cs/0301001")]
    assert len(set(keys_of(same_digits).values())) == 3


_common = st.builds(
    lambda identifier, family, title: numbered(identifier.base, family, title),
    st.builds("2603.{:05}".format, st.integers(1, 30)).map(ArxivId),
    st.sampled_from(["Liu", "liu", "LIU"]),
    st.sampled_from(["Title", "title", "title260300002", "title260300003", "title260300003x"]),
)


@given(st.lists(st.one_of(_common, papers), max_size=8, unique_by=lambda paper: paper.id.base))
@settings(max_examples=60, deadline=None)
def test_keys_are_unique_and_later_papers_change_none(archive: list[Paper]) -> None:
    archive.sort(key=lambda paper: paper.id.sort_key)
    final = keys_of(archive)
    assert len({key.lower() for key in final.values()}) == len(archive)
    assert all(re.fullmatch("[a-z0-9]+", key) for key in final.values())
    for count in range(len(archive)):
        assert keys_of(archive[:count]).items() <= final.items()
    assert keys_of(reversed(archive)) == final


def test_all_entries_of_an_archive_make_one_file() -> None:
    keys = keys_of(REAL)
    entries = scan("\n\n".join(bibtex.entry(paper, keys[paper.id.base]) for paper in REAL))
    assert [key for key, _ in entries] == [keys[paper.id.base] for paper in REAL]
