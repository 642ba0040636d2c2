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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError

Output = NDArray[np.float32]

MAX_TOKENS = 256
"""What the models that come with the assistant were trained to read; longer texts are cut."""

_OUTPUTS = ("sentence_embedding", "token_embeddings", "last_hidden_state")
"""What an export may call the vectors; the first of them that it has is read, else its first."""


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
        max_tokens: int = MAX_TOKENS,
    ) -> None:
        """Load the two files; with ``threads`` 0 as many are used as there are cores.

        The processor's fastest ``precision`` is taken if none is given. Raises ModelError if a
        file cannot be loaded.
        """
        self._weights = weights
        self._batch_size = batch_size
        self._lock = threading.Lock()
        self._network = _compile(
            weights,
            {
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_NUM_THREADS": threads or os.cpu_count() or 1,
                **({"INFERENCE_PRECISION_HINT": precision} if precision else {}),
            },
        )
        self.width = self._network.width
        self._tokenizer = _load_tokenizer(tokenizer)
        self._tokenizer.enable_truncation(max_tokens)

    @property
    def pools(self) -> bool:
        """Whether the network itself makes one vector of a text."""
        return self._network.rank == 2

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
            output = self._infer(input_ids=ids, attention_mask=mask, token_type_ids=types)
            for row, index in enumerate(batch):
                yield index, output[row, : lengths[index]] if output.ndim == 3 else output[row]

    def _infer(self, **given: NDArray[np.int64]) -> Output:
        network = self._network
        if "position_ids" in network.inputs:
            given["position_ids"] = np.broadcast_to(
                np.arange(given["input_ids"].shape[1]), given["input_ids"].shape
            )
        inputs = {
            name: given[name].astype(kind, copy=False) for name, kind in network.inputs.items()
        }
        with self._lock:
            try:
                found = network.request.infer(inputs)[network.output]
            except RuntimeError as error:
                raise ModelError(
                    f"The network {self._weights} cannot read texts of "
                    f"{given['input_ids'].shape[1]} tokens: it failed or is of a fixed size.",
                    hint="Export it anew, for batches and texts of any length.",
                ) from error
            # The request writes its next result into the same memory: copy before it does.
            return np.array(found, dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class _Compiled:
    """A network that is ready to run."""

    request: Any
    inputs: Mapping[str, Any]
    """The kinds of numbers that it reads, by the names of its inputs."""
    output: int
    """Which of its outputs is read."""
    rank: int
    width: int


_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids", "position_ids"})


def _compile(weights: Path, options: dict[str, str | int]) -> _Compiled:
    try:
        network = _core().compile_model(weights, "CPU", options)
        inputs = {
            port.get_any_name(): port.get_element_type().to_dtype() for port in network.inputs
        }
        names = [port.get_names() for port in network.outputs]
        output = next(
            (place for wanted in _OUTPUTS for place, own in enumerate(names) if wanted in own), 0
        )
        shape = network.output(output).get_partial_shape()
        found = _Compiled(
            request=network.create_infer_request(),
            inputs=inputs,
            output=output,
            rank=len(shape),
            width=shape[-1].get_length(),
        )
    except RuntimeError as error:
        raise _damaged("weights", weights) from error
    if strange := sorted(inputs.keys() - _INPUTS):
        raise ModelError(
            f"{weights} is no encoder of texts: it wants to be given '{strange[0]}'.",
            hint="Take an export for feature extraction.",
        )
    return found


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
    return tokenizer


def tokenizer_counter(path: Path) -> Callable[[str], int]:
    """Return a counter of tokens, without the marks around a text. Raises ModelError."""
    tokenizer = _load_tokenizer(path)
    tokenizer.no_truncation()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _damaged(part: str, path: Path) -> ModelError:
    return ModelError(
        f"The {part} {path} of a model cannot be loaded.",
        hint="The file may be damaged: delete it and install it again.",
    )
