"""One vector a paper: the mean of the vectors that its passages have in the store."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.store.chroma import ChromaStore
from assistant.store.lexical import LexicalMirror
from assistant.store.stored import Vectors
from assistant.themes.clusters import unit


def paper_vectors(
    paper_ids: Sequence[str], *, store: ChromaStore, mirror: LexicalMirror
) -> Vectors:
    """Return a unit vector for each paper, in their order, shape ``(papers, dimension)``.

    Nothing is embedded anew. Zeros stand for a paper that is no longer there. 100,000 papers of
    384 dimensions take 150 MB, and no more than a page of passages beside them.
    """
    places = {paper_id: place for place, paper_id in enumerate(paper_ids)}
    sums = np.zeros((0, 0), dtype=np.float32)
    for paper_id, vector in store.vectors(mirror.passages(paper_ids).items()):
        if not sums.size:
            sums = np.zeros((len(paper_ids), len(vector)), dtype=np.float32)
        sums[places[paper_id]] += vector
    return unit(sums) if sums.size else np.zeros((len(paper_ids), 1), dtype=np.float32)
