"""Reads the papers and persons of a content folder, as a build does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sitegen.authors import suggest
from sitegen.authors.suggest import Suggestion
from sitegen.build import read_feeds
from sitegen.config.people import PeopleFile
from sitegen.library.claims import Different
from sitegen.library.merge import merge
from sitegen.library.people import persons
from sitegen.library.silent import silence
from sitegen.models import Paper


class Found(NamedTuple):
    """The suggestions for a content folder."""

    papers: Mapping[str, Paper]  # by base identifier
    likely: list[Suggestion]  # the likeliest first


def suggestions(content: Path, file: PeopleFile, threshold: float) -> Found:
    """Return the suggestions with a probability of ``threshold`` at least that people.toml does not rule out."""
    feeds, _ = silence(read_feeds(content), file.persons)
    papers = merge(feeds.papers)
    people = persons(papers, file.persons)
    by_base = {paper.id.base: paper for paper in papers}
    slugs = {paper.id.base: people.slugs(paper) for paper in papers}
    found = suggest.suggestions(people.by_slug.values(), by_base, slugs)
    likely = [one for one in found if one.probability >= threshold]
    different = Different(file.different)
    return Found(by_base, [one for one in likely if not different.are(one.first, one.second)])
