"""The reading encoder, all-MiniLM-L6-v2: the reading of sentences is fitted on its tokens.

Evidence, refusals, proofs and summaries weigh what this one encoder makes of the tokens of a text,
with numbers that were fitted on it. So it reads in every library, whatever embedder made the
index; where that is the same model, one is loaded for both.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.catalogue.locating import locate
from assistant.encoders.embedder import Vectors, unit
from assistant.encoders.network import Network

READING_ENCODER = "all-MiniLM-L6-v2"

MEMORY_TOKENS = 100_000
"""Tokens whose vectors are remembered: 77 MB, the sentences of about 400 abstracts."""


class ReadingEncoder:
    """An embedder that also tells the states of tokens. Safe to share between threads."""

    name = READING_ENCODER

    def __init__(self, *, batch_size: int = 8, threads: int = 0) -> None:
        """Load the encoder.

        Raises ModelMissing if it is not installed and ModelError if it cannot be loaded.
        """
        weights, tokenizer = locate(self.name, "embed")
        self._network = Network(weights, tokenizer, batch_size=batch_size, threads=threads)
        self.dimension = self._network.width
        self._token_memory = _Memory(MEMORY_TOKENS)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape ``(len(texts), dimension)``.

        The vector is the mean of the states of all tokens, as sentence-transformers pools.
        """
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for index, states in self._network.run(texts):
            vectors[index] = states.mean(axis=0)
        return unit(vectors)

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question: a text like others to this encoder."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """Return the unit vectors of the tokens of each text, shape ``(tokens, dimension)``.

        The marks that the tokenizer puts around a text are left out. The vectors are rounded to
        16 bits and remembered: a question about papers that were just read costs a quarter.
        """
        found = self._token_memory.get(texts)
        unknown = [text for text in dict.fromkeys(texts) if text not in found]
        for index, states in self._network.run(unknown):
            found[unknown[index]] = unit(states[1:-1]).astype(np.float16)
        self._token_memory.put(found)
        return [found[text].astype(np.float32) for text in texts]

    def tokens(self, text: str) -> list[str]:
        """Return the tokens to which the rows of :meth:`embed_tokens` belong."""
        return self._network.tokens(text)[1:-1]


class _Memory:
    """Token vectors of the texts that were used last. Safe to share between threads."""

    def __init__(self, max_tokens: int) -> None:
        self._max_tokens = max_tokens
        self._tokens = 0
        self._vectors: OrderedDict[str, NDArray[np.float16]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, texts: Sequence[str]) -> dict[str, NDArray[np.float16]]:
        """Return the vectors of those of the texts that are remembered."""
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
            for text in known:
                self._vectors.move_to_end(text)
            return known

    def put(self, vectors: Mapping[str, NDArray[np.float16]]) -> None:
        """Remember vectors, and forget those that were not used for longest."""
        with self._lock:
            for text, found in vectors.items():
                if text not in self._vectors:
                    self._vectors[text] = found
                    self._tokens += len(found)
            while self._tokens > self._max_tokens:
                _, forgotten = self._vectors.popitem(last=False)
                self._tokens -= len(forgotten)
