"""Runs the encoder networks on the processor. The only module that imports OpenVINO.

OpenVINO runs the int8 weights 2.8 times as fast as sentence-transformers runs the f32 weights
on the same two cores, and loads them in 0.3 s. Texts are sorted by length and padded to the
longest of their batch only: padding to the 256 tokens that the models read at most would more
than double the work.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError

Output = NDArray[np.float32]

MAX_TOKENS = 256
"""What the models were trained to read; longer texts are cut."""


class Network:
    """An encoder and its tokenizer: texts, or pairs of texts, in; arrays out.

    Safe to share between threads.
    """

    def __init__(
        self,
        weights: Path,
        tokenizer: Path,
        *,
        batch_size: int,
        threads: int,
        precision: Literal["", "f32"] = "",
    ) -> None:
        """Load the two files; with ``threads`` 0 as many are used as there are cores.

        The processor's fastest ``precision`` is taken if none is given. Raises ModelError if a
        file cannot be loaded.
        """
        self._batch_size = batch_size
        self._lock = threading.Lock()
        self._request, self.width = _compile(
            weights,
            {
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_NUM_THREADS": threads or os.cpu_count() or 1,
                **({"INFERENCE_PRECISION_HINT": precision} if precision else {}),
            },
        )
        self._tokenizer = _load_tokenizer(tokenizer)

    def tokens(self, text: str) -> list[str]:
        """Return the tokens of a text, with the marks that the tokenizer puts around it."""
        return list(self._tokenizer.encode(text).tokens)

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> Iterator[tuple[int, Output]]:
        """Yield the position of each text and its output, in an order of the network's choice.

        Of a network with one output a token the shape is ``(tokens, width)``, without padding;
        of one with a single output a text it is ``(width,)``.
        """
        encodings = self._tokenizer.encode_batch(list(texts))
        lengths = [len(encoding.ids) for encoding in encodings]
        order = sorted(range(len(texts)), key=lengths.__getitem__)
        for first in range(0, len(order), self._batch_size):
            batch = order[first : first + self._batch_size]
            shape = (len(batch), max(lengths[i] for i in batch))
            ids, mask, types = (np.zeros(shape, dtype=np.int64) for _ in range(3))
            for row, index in enumerate(batch):
                ids[row, : lengths[index]] = encodings[index].ids
                types[row, : lengths[index]] = encodings[index].type_ids
                mask[row, : lengths[index]] = 1
            output = self._infer(ids, mask, types)
            for row, index in enumerate(batch):
                yield index, output[row, : lengths[index]] if output.ndim == 3 else output[row]

    def _infer(
        self, ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64]
    ) -> Output:
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        with self._lock:
            # The request writes its next result into the same memory: copy before it does.
            return np.array(self._request.infer(inputs)[0], dtype=np.float32)


def _compile(weights: Path, options: dict[str, str | int]) -> tuple[Any, int]:
    """Load the network; return a request to run it with, and the width of its output."""
    try:
        network = _core().compile_model(weights, "CPU", options)
        width = network.output(0).get_partial_shape()[-1].get_length()
    except RuntimeError as error:
        raise _damaged("weights", weights) from error
    return network.create_infer_request(), width


@cache
def _core() -> Any:
    """Return the one runtime of this process, with OpenVINO imported without its telemetry.

    With a second runtime, the first signal that comes after a text was read (Ctrl-C) ends the
    process on processors with AMX.

    ``import openvino`` starts a process that reports to Google Analytics, unasked, and leaves
    a number for this user in ``~/intel``. Without the package ``openvino_telemetry`` it does
    neither.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino.Core()


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
        f"The {part} {path} of a model cannot be loaded.",
        hint="The file may be damaged: delete it and install it again.",
    )
