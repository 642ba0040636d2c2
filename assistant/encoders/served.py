"""An embedder on an OpenAI-compatible server."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from assistant.encoders.embedder import Vectors, unit
from assistant.errors import ModelError


class Server(Protocol):
    """What makes vectors elsewhere."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector a text, of any length. Raises ModelError."""
        ...


class ServedEmbedder:
    """A model that a server runs. Safe to share between threads."""

    def __init__(
        self,
        server: Server,
        *,
        name: str,
        query_prefix: str = "",
        passage_prefix: str = "",
    ) -> None:
        """Take the server; it is asked for the first time when a vector is wanted."""
        self.name = name
        self._server = server
        self._query_prefix, self._passage_prefix = query_prefix, passage_prefix
        self._dimension = 0
        self._lock = threading.Lock()

    @property
    def dimension(self) -> int:
        """Numbers in a vector; the server is asked for one to know it. Raises ModelError."""
        if not self._dimension:
            self._ask(["dimension"])
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a passage, shape ``(len(texts), dimension)``."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        # Texts of one length in a request: servers pad them to the longest.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        found = self._ask([self._passage_prefix + texts[place] for place in order])
        vectors = np.zeros_like(found)
        vectors[order] = found
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question, shape ``(dimension,)``."""
        vector: Vectors = self._ask([self._query_prefix + text])[0]
        return vector

    def _ask(self, texts: Sequence[str]) -> Vectors:
        found = self._server.embed(texts)
        if found.ndim != 2 or len(found) != len(texts) or not _are_vectors(found):
            raise ModelError(
                f"The server's model {self.name} returned what are no vectors of the texts.",
                hint="Check that [embedding] model is an embedder.",
            )
        with self._lock:
            self._dimension = self._dimension or found.shape[1]
        if found.shape[1] != self._dimension:
            raise ModelError(
                f"The server's model {self.name} made vectors of {self._dimension} numbers, and "
                f"now of {found.shape[1]}: it is another one.",
                hint="Serve the one that the library was indexed with, or run 'assistant reindex'.",
            )
        return unit(found)


def _are_vectors(found: Vectors) -> bool:
    return bool(np.isfinite(found).all() and np.any(found, axis=1).all())
