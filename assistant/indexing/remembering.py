"""An embedder that remembers the vectors of the texts that it was given last.

Where others write to the library as well, a batch is embedded before it is one's turn, and once
more, from memory, when it is known what of it is new. Vectors that other machines made come in the
same way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import numpy as np

from assistant.encoders.embedder import Embedder, Vectors

_MAX_TEXTS = 8192
"""A few batches of abstracts: 12 MB at 384 numbers a vector."""


class RememberingEmbedder:
    """The embedder of one run, for one thread."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def name(self) -> str:
        """What an index that is made with it remembers it by."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return self._embedder.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a passage, shape ``(len(texts), dimension)``."""
        unknown = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        found = dict(zip(unknown, self._embedder.embed(unknown), strict=True)) if unknown else {}
        found |= {text: self._vectors[text] for text in texts if text in self._vectors}
        self.remember(found.keys(), found.values())
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([found[text] for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question, shape ``(dimension,)``."""
        return self._embedder.embed_query(text)

    def remember(self, texts: Iterable[str], vectors: Iterable[Vectors]) -> None:
        """Keep the vectors of texts, and forget those that were used longest ago."""
        for text, vector in zip(texts, vectors, strict=True):
            self._vectors[text] = vector
            self._vectors.move_to_end(text)
        while len(self._vectors) > _MAX_TEXTS:
            self._vectors.popitem(last=False)
