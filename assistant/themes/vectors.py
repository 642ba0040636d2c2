"""One vector a paper: the mean of the vectors that its passages have in the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from assistant.store.chroma import ChromaStore
from assistant.store.lexical import LexicalMirror
from assistant.store.stored import Vectors
from assistant.themes.clusters import unit

_ROWS_TOLD = 500


def paper_vectors(
    paper_ids: Sequence[str],
    *,
    store: ChromaStore,
    mirror: LexicalMirror,
    progress: Callable[[int, int], None] | None = None,
) -> Vectors:
    """Return a unit vector for each paper, in their order, shape ``(papers, dimension)``.

    ``progress`` is told how many papers are read, and of how many.

    Nothing is embedded anew. Zeros stand for a paper that is no longer there. 100,000 papers of
    384 dimensions take 150 MB, and no more than a page of passages beside them.
    """
    places = {paper_id: place for place, paper_id in enumerate(paper_ids)}
    sums = np.zeros((0, 0), dtype=np.float32)
    passages = store.vectors(mirror.passages(paper_ids).items())
    for row, (paper_id, vector) in enumerate(passages):
        if progress is not None and row % _ROWS_TOLD == 0:
            progress(places[paper_id], len(paper_ids))
        if not sums.size:
            sums = np.zeros((len(paper_ids), len(vector)), dtype=np.float32)
        sums[places[paper_id]] += vector
    return unit(sums) if sums.size else np.zeros((len(paper_ids), 1), dtype=np.float32)
