"""Turns texts into vectors on the processor. The only module that imports OpenVINO.

The weights are all-MiniLM-L6-v2 as int8 ONNX. OpenVINO runs them 2.8 times as fast as
sentence-transformers runs the f32 weights on the same two cores, and loads in 0.3 s. Texts
are sorted by length and padded to the longest of their batch only: padding to the model's
256 tokens would more than double the work.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError
from assistant.llm.catalogue import locate

Vectors = NDArray[np.float32]

MAX_TOKENS = 256
"""What the model was trained to read; longer texts are cut."""

MEMORY_TOKENS = 100_000
"""Tokens whose vectors are remembered: 77 MB, the sentences of about 400 abstracts."""


class Embedder:
    """A sentence encoder: texts in, unit vectors out. Safe to share between threads."""

    def __init__(self, name: str, *, batch_size: int = 8, threads: int = 0) -> None:
        """Load the model called ``name`` in the catalogue.

        Raises ModelMissing if it is not installed and ModelError if it cannot be loaded.
        """
        self.name = name
        self._batch_size = batch_size
        self._lock = threading.Lock()
        weights, tokenizer = locate(name, "embed")
        self._infer, self.dimension = _compile(weights, threads or os.cpu_count() or 1)
        self._tokenizer = _load_tokenizer(tokenizer)
        self._token_memory = _Memory(MEMORY_TOKENS)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape ``(len(texts), dimension)``.

        The vector is the mean of the states of all tokens, as sentence-transformers pools.
        """
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for index, states in self._states(texts):
            vectors[index] = states.mean(axis=0)
        return _unit(vectors)

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """Return the unit vectors of the tokens of each text, shape ``(tokens, dimension)``.

        The marks that the tokenizer puts around a text are left out. The vectors are rounded to
        16 bits and remembered: a question about papers that were just read costs a quarter.
        """
        found = self._token_memory.get(texts)
        unknown = [text for text in dict.fromkeys(texts) if text not in found]
        for index, states in self._states(unknown):
            found[unknown[index]] = _unit(states[1:-1]).astype(np.float16)
        self._token_memory.put(found)
        return [found[text].astype(np.float32) for text in texts]

    def tokens(self, text: str) -> list[str]:
        """Return the tokens to which the rows of :meth:`embed_tokens` belong."""
        return list(self._tokenizer.encode(text).tokens[1:-1])

    def _states(self, texts: Sequence[str]) -> Iterator[tuple[int, Vectors]]:
        """Yield the position of each text and the last hidden states of its tokens."""
        encodings = self._tokenizer.encode_batch(list(texts))
        lengths = [len(encoding.ids) for encoding in encodings]
        order = sorted(range(len(texts)), key=lengths.__getitem__)
        for first in range(0, len(order), self._batch_size):
            batch = order[first : first + self._batch_size]
            ids = np.zeros((len(batch), max(lengths[i] for i in batch)), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, index in enumerate(batch):
                ids[row, : lengths[index]] = encodings[index].ids
                mask[row, : lengths[index]] = 1
            with self._lock:
                states = self._infer(ids, mask)
            for row, index in enumerate(batch):
                yield index, states[row, : lengths[index]]


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


def _compile(weights: Path, threads: int) -> tuple[Any, int]:
    """Load the network; return a function of ids and mask, and the width of its output."""
    openvino = _import_openvino()
    try:
        network = openvino.Core().compile_model(
            weights, "CPU", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads}
        )
        width = network.output(0).get_partial_shape()[2].get_length()
    except RuntimeError as error:
        raise _damaged("weights", weights) from error
    request = network.create_infer_request()

    def infer(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        inputs = {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(ids),
        }
        # The request writes its next result into the same memory: copy before it does.
        return np.array(request.infer(inputs)[0], dtype=np.float32)

    return infer, width


def _import_openvino() -> Any:
    """Import OpenVINO without its telemetry.

    ``import openvino`` starts a process that reports to Google Analytics, unasked, and leaves
    a number for this user in ``~/intel``. Without the package ``openvino_telemetry`` it does
    neither.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def _load_tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # of no narrower type
        raise _damaged("tokenizer", path) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _damaged(part: str, path: Path) -> ModelError:
    return ModelError(
        f"The {part} {path} of the embedding model cannot be loaded.",
        hint="The file may be damaged: delete it and install it again.",
    )


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
