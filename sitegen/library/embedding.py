"""Lays papers out in the plane, near ones side by side: t-SNE of their titles and abstracts.

The libraries for this are an optional extra, because they take 300 MB, and a site needs a layout once a year.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sitegen.errors import Problem, SitegenError
from sitegen.library.features import plain
from sitegen.library.layout import SIZE, Place
from sitegen.library.stop_words import STOP_WORDS
from sitegen.models import Paper

FEWEST = 100  # papers
_PERPLEXITY = 15  # about how many neighbours of a paper count
_NEIGHBOURS = 3 * _PERPLEXITY  # that are searched for
_DIMENSIONS = 20  # of the vectors that the layout starts from
_BLOCK = 500  # papers whose nearness to all others is in memory at a time
_MARGIN = 0.02  # of the map, on each side
_OUTLIERS = 0.2  # per cent of the papers that are moved to the edge, on each side


def lay_out(papers: Iterable[Paper]) -> dict[str, Place]:
    """Return the place of each paper by base identifier.

    It takes one to two minutes for 11,803 papers. SitegenError if the libraries are not installed, or papers are few.
    """
    try:
        from openTSNE import TSNE, affinity, initialization, nearest_neighbors
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        message, remedy = f"{error.name} is not installed", "run: pip install 'sitegen[map]'"
        raise SitegenError(Problem.at("sitegen map", message, remedy)) from error
    by_age = sorted(papers, key=lambda paper: paper.id.sort_key)
    if len(by_age) < FEWEST:
        message = f"the archive has {len(by_age)} papers, too few for a map"
        raise SitegenError(Problem.at("sitegen map", message, f"wait until there are {FEWEST}"))
    texts = [f"{plain(paper.title)} {plain(paper.title)} {plain(paper.abstract)}" for paper in by_age]
    words = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.2, stop_words=STOP_WORDS.split())
    vectors = words.fit_transform(texts)
    nearest, distances = _nearest(vectors)
    known = nearest_neighbors.PrecomputedNeighbors(nearest, distances)
    reduced = TruncatedSVD(_DIMENSIONS, random_state=0).fit_transform(vectors)
    layout = TSNE(random_state=0).fit(
        affinities=affinity.PerplexityBasedNN(knn_index=known, perplexity=_PERPLEXITY),
        initialization=initialization.pca(reduced, random_state=0),
    )
    places = _on_map(np.asarray(layout))
    return {paper.id.base: (x, y) for paper, (x, y) in zip(by_age, places, strict=True)}


def _nearest(vectors: Any) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the nearest other rows of each row of a sparse matrix of unit vectors, and their cosine distances."""
    nearest, distances = [], []
    for start in range(0, vectors.shape[0], _BLOCK):
        cosines = (vectors[start : start + _BLOCK] @ vectors.T).toarray()
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = -1  # a paper is not its own neighbour
        found = np.argsort(-cosines, axis=1, kind="stable")[:, :_NEIGHBOURS]
        nearest.append(found)
        distances.append(1 - np.take_along_axis(cosines, found, axis=1))
    return np.concatenate(nearest), np.clip(np.concatenate(distances), 0, None)


def _on_map(layout: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return points in the plane as whole numbers between 0 and SIZE, of which they use all but a margin."""
    low, high = np.percentile(layout, [_OUTLIERS, 100 - _OUTLIERS], axis=0)
    shares = np.clip((layout - low) / (high - low), 0, 1) * (1 - 2 * _MARGIN) + _MARGIN
    places: list[tuple[int, int]] = np.rint(shares * SIZE).astype(int).tolist()
    return places
