"""Finds the nearest neighbours of each paper, and the papers that are far from all others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.store.stored import Vectors
from assistant.themes.clusters import Labels, part

_MAX_CELL = 4000
"""More papers than this are first parted, and neighbours are looked for in each part alone."""
_CELL = 2000
_BLOCK_ROWS = 1000

_NEIGHBOURS_OF_AN_OUTLIER = 3
_FAR = 3.0
"""Spreads below the usual nearness from which a paper is an outlier."""
_UNRELATED = 0.25
"""Cosine below which MiniLM's vectors of two texts say nothing of a relation."""
_MOST_OUTLIERS = 0.15
"""Share of the papers that can be outliers: beyond it, that is how this library is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The nearest neighbours of vectors, the nearest first; at most so many as were asked for."""

    places: Labels
    """Shape ``(vectors, neighbours)``; -1 where there are no more."""
    cosines: Vectors
    """The same shape; -1 where there are no more."""


def find_neighbours(vectors: Vectors, limit: int) -> Neighbours:
    """Return the ``limit`` nearest other vectors of each, exactly for up to 4,000 vectors.

    Of more, the nearest within parts of about 2,000, which near twins are hardly ever apart in.
    Memory is 4 million cosines at most; time grows with vectors times 2,000.
    """
    places = np.full((len(vectors), limit), -1, dtype=np.int64)
    cosines = np.full((len(vectors), limit), -1.0, dtype=np.float32)
    for cell in _cells(vectors, np.arange(len(vectors))):
        own = vectors[cell]
        kept = min(limit, len(cell) - 1)
        if kept < 1:
            continue
        for first in range(0, len(cell), _BLOCK_ROWS):
            rows = cell[first : first + _BLOCK_ROWS]
            near = vectors[rows] @ own.T
            near[np.arange(len(rows)), first + np.arange(len(rows))] = -2.0
            best = np.argpartition(-near, kept - 1, axis=1)[:, :kept]
            found = np.take_along_axis(near, best, axis=1)
            order = np.lexsort((best, -found), axis=1)
            places[rows, :kept] = cell[np.take_along_axis(best, order, axis=1)]
            cosines[rows, :kept] = np.take_along_axis(found, order, axis=1)
    return Neighbours(places=places, cosines=cosines)


def outliers(neighbours: Neighbours) -> Labels:
    """Return the places of the vectors that are far from all others, the loneliest first."""
    if neighbours.cosines.shape[0] < 2 or neighbours.cosines.shape[1] < 1:
        return np.zeros(0, dtype=np.int64)
    nearness = neighbours.cosines[:, :_NEIGHBOURS_OF_AN_OUTLIER].mean(axis=1)
    usual, low = np.quantile(nearness, [0.5, 0.159])
    bound = max(usual - _FAR * (usual - low), _UNRELATED)
    order = np.argsort(nearness, kind="stable")
    order = order[nearness[order] < bound]
    return np.asarray(order[: int(_MOST_OUTLIERS * len(nearness))], dtype=np.int64)


def _cells(vectors: Vectors, places: Labels) -> Iterator[NDArray[np.int64]]:
    """Yield the parts in which neighbours are looked for."""
    if len(places) <= _MAX_CELL:
        yield places
        return
    labels = part(vectors[places], math.ceil(len(places) / _CELL), restarts=1).labels
    if (labels == labels[0]).all():
        # All the same: any part is as good as another.
        for first in range(0, len(places), _CELL):
            yield places[first : first + _CELL]
        return
    for label in np.unique(labels):
        yield from _cells(vectors, places[labels == label])
