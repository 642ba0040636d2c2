"""Runs any ONNX encoder of texts: pooling, prefixes and length as its maker says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.encoders.embedder import Vectors, unit
from assistant.encoders.network import Network
from assistant.encoders.sentence_folder import SentenceModel
from assistant.errors import ModelError

Pool = Callable[[NDArray[np.float32]], NDArray[np.float32]]

POOLINGS: Mapping[str, Pool] = {
    "mean": lambda states: states.mean(axis=0),
    "cls": lambda states: states[0],
    "max": lambda states: states.max(axis=0),
    "lasttoken": lambda states: states[-1],
}
"""Makes one vector of those of the tokens, shape ``(tokens, dimension)``."""


class OnnxEmbedder:
    """An encoder in an ONNX file. Safe to share between threads."""

    def __init__(
        self, model: SentenceModel, *, name: str, batch_size: int = 8, threads: int = 0
    ) -> None:
        """Load the encoder; raises ModelError if that fails."""
        self.name = name
        self._model = model
        if model.pooling not in POOLINGS:
            raise ModelError(
                f"The embedder {name} pools by '{model.pooling}', which is not known here.",
                hint=f"Known are {', '.join(POOLINGS)}.",
            )
        # With int8 weights and bf16 between the layers, OpenVINO 2026 crashes on AMX processors.
        self._network = Network(
            model.weights,
            model.tokenizer,
            batch_size=batch_size,
            threads=threads,
            precision="f32",
            max_tokens=model.max_tokens,
        )
        self.dimension = self._network.width

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a passage, shape ``(len(texts), dimension)``."""
        return self._embed([self._model.passage_prefix + text for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question, shape ``(dimension,)``."""
        vector: Vectors = self._embed([self._model.query_prefix + text])[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> Vectors:
        pool = (lambda vector: vector) if self._network.pools else POOLINGS[self._model.pooling]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for index, found in self._network.run(texts):
            vectors[index] = pool(found)
        return unit(vectors)
