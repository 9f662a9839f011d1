"""BibTeX entries in real documents: pdfLaTeX with BibTeX, and with biber. Run by ``make test-latex``.

Not a ``test_*.py``: LaTeX takes 400 MB, which tools/prepare_latex.sh installs.
"""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from export_samples import MACAQUE

from sitegen.exports import bibtex, latex
from sitegen.models import Credit
from sitegen.text import names
from sitegen.text.credits import credits as read_authors

DATA = Path(__file__).parent / "data"
HARDEST = tomllib.loads((DATA / "latex.toml").read_text("utf-8"))
TEXTS = tomllib.loads((DATA / "texts.toml").read_text("utf-8"))

HEAD = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{lmodern}
\usepackage{amsmath,amssymb}
"""
DOCUMENTS = {
    "bibtex": HEAD
    + r"""\usepackage{url}
\begin{document}\nocite{*}\bibliographystyle{plain}\bibliography{papers}\end{document}
""",
    "biber": HEAD
    + r"""\usepackage[backend=biber,maxbibnames=99]{biblatex}\addbibresource{papers.bib}
\begin{document}\nocite{*}\printbibliography\end{document}
""",
}


def errors(entries: Iterable[str], program: str, folder: Path) -> Iterator[str]:
    """Typeset entries with a program for bibliographies; yield every error, and every character that is missing."""
    (folder / "papers.bib").write_text("\n\n".join(entries), "utf-8")
    (folder / "doc.tex").write_text(DOCUMENTS[program], "utf-8")
    latex_command = ["pdflatex", "-interaction=nonstopmode", "doc.tex"]
    for command in (latex_command, [program, "doc"], latex_command):
        # TeX breaks lines of its log after 79 characters unless told otherwise.
        environment = os.environ | {"max_print_line": "1000", "openout_any": "p"}
        done = subprocess.run(command, cwd=folder, capture_output=True, env=environment)
        if done.returncode:
            said = done.stdout.decode("utf-8", "replace")
            yield f"{command[0]} ends with {done.returncode}: {said[-300:]}"
    log = (folder / "doc.log").read_text("utf-8", "replace")
    yield from re.findall(r"^(?:! .*\n.*|Missing character.*)", log, re.MULTILINE)
    wrong = re.compile(
        r"^(?:Warning--(?!empty|there's|can't|to sort).*|.*(?:ERROR|error message).*|.*comma.*)", re.MULTILINE
    )
    yield from wrong.findall((folder / "doc.blg").read_text("utf-8", "replace"))


def entry(number: int, title: str, credits: Sequence[Credit] = (), journal_ref: str = "") -> str:
    paper = msgspec.structs.replace(MACAQUE, title=title, credits=tuple(credits), journal_ref=journal_ref)
    return bibtex.entry(paper, f"key{number}")


def hardest() -> list[str]:
    """Return entries with the hardest titles and names, and with all texts of the tests."""
    printed = [*HARDEST["names"], *(name["printed"] for name in TEXTS["name"])]
    credits = [credit for text in printed for credit in read_authors([(text, ())])]
    titles = [*HARDEST["titles"], *(text["tex"] for kind in ("title", "formula") for text in TEXTS[kind])]
    journals = [text["tex"] for text in TEXTS["abstract"]]
    size = max(len(credits), len(titles), len(journals))
    return [
        entry(
            number,
            titles[number] if number < len(titles) else "Title",
            credits[number : number + 1],
            journals[number] if number < len(journals) else "",
        )
        for number in range(size)
    ]


def characters(*ranges: range) -> list[str]:
    return [
        chr(code) for codes in ranges for code in codes if unicodedata.category(chr(code)) not in ("Cn", "Cs")
    ]


# Letters of Latin, Greek and Cyrillic, signs, arrows, ligatures and mathematical alphabets: all of them, and of the
# large scripts some.
LETTERS_AND_SIGNS = characters(
    range(0x80, 0x700), range(0x1D00, 0x3100), range(0xFB00, 0xFB50), range(0xFE00, 0x10000), range(0x1D400, 0x1D800),
    range(0x3400, 0xA000, 97), range(0xAC00, 0xD7A4, 97), range(0x1F300, 0x1FA00, 7), range(0xE000, 0xF900, 500),
)  # fmt: skip


def every_character() -> list[str]:
    """Return entries whose titles and names have every character; of those with the same TeX, one is enough."""
    made = {latex.escaped(latex.romanised(f"a{sign}b")): sign for sign in LETTERS_AND_SIGNS}
    signs = list(made.values())
    runs = [signs[start : start + 40] for start in range(0, len(signs), 40)]
    return [
        entry(
            number,
            " ".join(f"a{sign}b" for sign in run),
            [Credit(name=names.parse(f"X{run[0]} Y{run[-1]}z"))],
        )
        for number, run in enumerate(runs)
    ]


@pytest.mark.parametrize("program", DOCUMENTS)
def test_the_hardest_titles_and_names(program: str, tmp_path: Path) -> None:
    assert not list(errors(hardest(), program, tmp_path))


@pytest.mark.parametrize("program", DOCUMENTS)
def test_every_character(program: str, tmp_path: Path) -> None:
    assert not list(errors(every_character(), program, tmp_path))
