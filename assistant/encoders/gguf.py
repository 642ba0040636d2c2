"""Runs a GGUF embedder in this process, through llama.cpp."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.catalogue.gguf import read_metadata, role_of
from assistant.encoders.embedder import Vectors, unit
from assistant.errors import ModelError
from assistant.llm.llama import import_llama_cpp, plain_weights_on_amx

_POOLINGS = {"mean": 1, "cls": 2, "lasttoken": 3}
"""llama.cpp's numbers for how the vectors of tokens become one of a text (``llama.h``)."""

_MAX_TOKENS = 1024
"""Longer texts are cut. Memory grows with it, and a passage has 220 tokens by default."""


class GgufEmbedder:
    """An embedder in a GGUF file. Safe to share between threads."""

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        pooling: str = "",
        query_prefix: str = "",
        passage_prefix: str = "",
        threads: int = 0,
        gpu_layers: int = 0,
    ) -> None:
        """Load the file; ``pooling`` is for one that does not say how it pools.

        Raises ModelMissing, or ModelError if it cannot be loaded or is no embedder.
        """
        self.name = name
        self._query_prefix, self._passage_prefix = query_prefix, passage_prefix
        self._lock = threading.Lock()
        metadata = read_metadata(path)
        architecture = metadata.get("general.architecture", "")
        told = metadata.get(f"{architecture}.pooling_type")
        if (told is not None or not pooling) and (role := role_of(metadata)) != "embed":
            raise ModelError(
                f"{path} is {'a chat model' if role == 'chat' else 'something else'}, "
                "not an embedder.",
                hint="Choose an embedder for [embedding] model: 'assistant models' lists some.",
            )
        context = int(metadata.get(f"{architecture}.context_length", _MAX_TOKENS))
        self._llama = _load(
            path,
            max_tokens=min(context, _MAX_TOKENS),
            pooling=told or _POOLINGS[pooling or "mean"],
            threads=threads or os.cpu_count() or 1,
            gpu_layers=gpu_layers,
        )
        self.dimension = int(self._llama.n_embd())

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a passage, shape ``(len(texts), dimension)``."""
        return self._embed([self._passage_prefix + text for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question, shape ``(dimension,)``."""
        vector: Vectors = self._embed([self._query_prefix + text])[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        # Sorted by length, more of them fit into one batch. Of no tokens there is no vector.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        readable = [texts[place].encode("utf-8", "replace").decode() or " " for place in order]
        with self._lock:
            try:
                found = self._llama.embed(readable)
            except (RuntimeError, ValueError) as error:
                raise ModelError(
                    f"The embedder {self.name} failed: {error}.",
                    hint="Choose another [embedding] model, then run 'assistant reindex'.",
                ) from error
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        vectors[order] = np.asarray(found, dtype=np.float32)
        return unit(vectors)


def _load(path: Path, *, max_tokens: int, pooling: int, threads: int, gpu_layers: int) -> Any:
    llama_cpp = import_llama_cpp()
    try:
        with plain_weights_on_amx(llama_cpp):
            return llama_cpp.Llama(
                str(path),
                embedding=True,
                pooling_type=pooling,
                n_ctx=max_tokens,
                # What is read at once must fit into one step for encoders that look both ways.
                n_batch=max_tokens,
                n_ubatch=max_tokens,
                n_threads=threads,
                n_threads_batch=threads,
                n_gpu_layers=gpu_layers,
                verbose=False,
            )
    except Exception as error:  # a faulty chat template raises errors of its own kind
        raise ModelError(
            f"The embedder {path} cannot be loaded: the file is incomplete, too large for the "
            "memory, or of a kind that this llama.cpp does not know.",
            hint="Download it again, or name another model in [embedding] model.",
        ) from error
