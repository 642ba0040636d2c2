"""Measures how the cosines of an index compare with those of the reading encoder.

See :mod:`assistant.retrieval.scale`. Passages are asked for as if they were questions: short texts,
such as titles, say less of how near a question lies to what has nothing to do with it.
"""

from __future__ import annotations

import numpy as np

from assistant.encoders.embedder import Embedder, Vectors
from assistant.encoders.reading import ReadingEncoder
from assistant.retrieval.scale import CosineScale
from assistant.store.chroma import ChromaStore
from assistant.store.stored import StoredRow, row_id

SAMPLE_PAPERS = 64
ASKED_PAPERS = 16
"""Of the sample; their first passages are embedded as questions."""
_FEWEST_PAPERS = 4
_LEAST_SPREAD = 0.01
"""Between the same and other texts: an embedder that hardly tells them apart is left as it is."""


def measured_scale(
    store: ChromaStore, *, embedder: Embedder, encoder: ReadingEncoder
) -> CosineScale:
    """Return the scale of an index that ``embedder`` made."""
    rows = store.count()
    sample = _sample(store)
    if len(sample) < _FEWEST_PAPERS:
        return CosineScale(rows=rows)
    step = -(-len(sample) // ASKED_PAPERS)
    asked = np.stack([embedder.embed_query(row.text) for row in sample[::step]])
    told = np.stack([row.vector for row in sample if row.vector is not None])
    other, same = _means(asked, told, step)
    own = encoder.embed([row.text for row in sample])
    usual_other, usual_same = _means(own[::step], own, step)
    if same - other < _LEAST_SPREAD:
        return CosineScale(rows=rows)
    slope = (usual_same - usual_other) / (same - other)
    return CosineScale(slope=slope, offset=usual_same - slope * same, rows=rows)


def _sample(store: ChromaStore) -> list[StoredRow]:
    """Return a passage of papers that are spread evenly over the store, each time the same."""
    total = store.count()
    places = sorted({total * n // SAMPLE_PAPERS for n in range(SAMPLE_PAPERS)} if total else ())
    ids = [found for place in places for found in store.ids(offset=place, limit=1)]
    firsts = dict.fromkeys(row_id(found.rpartition(":")[0], 0) for found in ids)
    return sorted(store.rows(list(firsts)), key=lambda row: row.row_id) if firsts else []


def _means(asked: Vectors, told: Vectors, step: int) -> tuple[float, float]:
    """Return the mean cosine of what is asked with other passages, and with the same.

    Asked was for every ``step``-th passage.
    """
    cosines = asked @ told.T
    same = np.arange(len(told)) == step * np.arange(len(asked))[:, np.newaxis]
    return float(cosines[~same].mean()), float(cosines[same].mean())
