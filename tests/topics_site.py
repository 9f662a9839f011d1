"""A made site with topics: papers of which each is about one of some things, and names others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

PAPERS, NEW = 215, 15  # all papers of the site, and those of its last feed
HEAD = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
    "<id>http://arxiv.org/api/x</id><title>T</title><updated>2026-04-20T00:00:00Z</updated>"
)
# Two forms of each subject, and the words of its neighbourhood.
SUBJECTS = (
    ("Grid cells", "the grid cell", "entorhinal navigation hexagons rodents mazes"),
    ("Spike sorting", "spike-sorting", "electrodes probes amplifiers channels waveforms"),
    ("Visual cortex", "the visual cortex", "gratings orientation macaque retina contours"),
    ("Stochastic resonance", "stochastic resonance", "noise detectors crayfish thresholds bistability"),
    ("Chimera states", "a chimera state", "oscillators rings coupling phases coherence"),
    ("Locomotion", "locomotion", "walking limbs lamprey swimming generators"),
    ("Working memory", "working memory", "delays prefrontal items recall capacity"),
    ("Neural fields", "the neural field", "bumps waves kernels pinning lateral"),
    ("Gene expression", "gene expression", "transcripts bursts promoters ribosomes operons"),
    ("Sleep", "sleep", "spindles rhythms night melatonin dreaming"),
    ("Reaction networks", "the reaction network", "kinetics enzymes molecules catalysis stoichiometry"),
    (
        "Electroencephalography",
        "an electroencephalography (EEG) study and EEG",
        "scalp headset alpha artefacts montage",
    ),
)
PEOPLE = ("Ada Byron", "Bo Chen", "Cara Diaz", "Dan Eder", "Eva Fox", "Finn Gould", "Gil Hart", "Ida Jung")


def entry(number: int, random: Random) -> str:
    """Return paper ``number`` (from 0) of a feed; papers are older the lower their number."""
    title, form, words = SUBJECTS[number % len(SUBJECTS)]
    around = random.sample(words.split(), 3)
    other = SUBJECTS[random.randrange(len(SUBJECTS))][0].lower()
    abstract = (
        f"We show that {form} is of {around[0]} with {around[1]}, and report on {form} in {around[2]}. "
        f"It is unlike {other}."
    )
    year, month, day = 2015 + number // 60, 1 + number % 60 // 5, 1 + number % 5
    moment = f"{year}-{month:02}-{day:02}T12:00:00Z"
    names = "".join(f"<author><name>{name}</name></author>" for name in random.sample(PEOPLE, 3))
    return (
        f"<entry><id>http://arxiv.org/abs/{year % 100:02}{month:02}.{number + 1:05}v1</id>"
        f"<title>{title} and {around[0]} {number}</title><summary>{abstract}</summary>"
        f"<published>{moment}</published><updated>{moment}</updated>{names}"
        '<category term="q-bio.NC" scheme="http://arxiv.org/schemas/atom"/>'
        '<arxiv:primary_category term="q-bio.NC"/></entry>'
    )


def entries(papers: int) -> list[str]:
    """Return the papers of a site, the same at each call."""
    random = Random(17)
    return [entry(number, random) for number in range(papers)]


def write_feed(content: Path, name: str, papers: Sequence[str]) -> None:
    """Write papers to a feed file of a content folder."""
    (content / "feeds").mkdir(parents=True, exist_ok=True)
    (content / "feeds" / name).write_text(f"{HEAD}{''.join(papers)}</feed>", "utf-8")


def make_content(folder: Path, papers: Sequence[str]) -> Path:
    """Return a new content folder with these papers."""
    content = folder / "content"
    write_feed(content, "old.xml", papers)
    (content / "site.toml").write_text('title = "Site"\nurl = "https://archive.test/repo/"\n', "utf-8")
    return content


def identifier(entry: str) -> str:
    """Return the identifier of a paper."""
    found = re.search(r"abs/([\d.]+)v1", entry)
    assert found
    return found[1]


def places(papers: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return a layout: papers on one subject side by side, the subjects in four rows."""
    found = {}
    for number, paper in enumerate(papers):
        subject = number % len(SUBJECTS)
        x, y = 150 + 300 * (subject % 3), 120 + 250 * (subject // 3)
        found[identifier(paper)] = x + number % 7 * 5, y + number % 5 * 6
    return found
