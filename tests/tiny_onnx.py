"""Writes ONNX networks of a few numbers, of the inputs and outputs that exports have.

A network looks each token up in a table, adds the row of its position if it is told positions, and
gives the rows as they are, or their mean as one vector. ONNX files are protocol buffers:
``onnx.proto`` names the numbers of the fields that are written here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

WORDS = ["[UNK]", "query", "passage", "birds", "bread", "wax", "days"]
TABLE = np.array(
    [[0, 0, 1], [5, 0, 0], [0, 5, 0], [1, 2, 3], [3, 1, 0], [2, 2, 1], [1, 0, 4]], "<f4"
)
POSITIONS = np.array([[n, 2 * n, 0] for n in range(16)], "<f4")

_FLOAT, _INT64 = 1, 7


def varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def text(field: int, value: bytes | str) -> bytes:
    content = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(content)) + content


def node(operation: str, inputs: Sequence[str], output: str, **numbers: int) -> bytes:
    attributes = b"".join(
        text(5, text(1, name) + number(3, value) + number(20, 2)) for name, value in numbers.items()
    )
    named = b"".join(text(1, name) for name in inputs) + text(2, output) + text(3, output)
    return text(1, named + text(4, operation) + attributes)


def table(name: str, values: np.ndarray) -> bytes:
    kind = _INT64 if values.dtype.kind == "i" else _FLOAT
    dims = b"".join(number(1, size) for size in values.shape)
    return text(5, dims + number(2, kind) + text(8, name) + text(9, values.tobytes()))


def port(field: int, name: str, kind: int, dims: Sequence[str | int]) -> bytes:
    sizes = b"".join(
        text(1, number(1, dim) if isinstance(dim, int) else text(2, dim)) for dim in dims
    )
    return text(field, text(1, name) + text(2, text(1, number(1, kind) + text(2, sizes))))


def write_network(
    path: Path,
    *,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    output: str = "last_hidden_state",
    dims: Sequence[str | int] = ("batch", "tokens"),
    width: int = 3,
) -> None:
    """Write a network; ``output`` "sentence_embedding" is one vector a text.

    With another ``width`` the rows have zeros behind their three numbers.
    """
    rows = np.pad(TABLE, ((0, 0), (0, width - 3)))
    nodes = [node("Gather", ["table", "input_ids"], "rows")]
    states = "rows"
    if "position_ids" in inputs:
        nodes += [
            node("Gather", ["positions", "position_ids"], "places"),
            node("Add", ["rows", "places"], "placed"),
        ]
        states = "placed"
    pooled = output == "sentence_embedding"
    nodes.append(
        node("ReduceMean", [states, "axes"], output, keepdims=0)
        if pooled
        else node("Identity", [states], output)
    )
    graph = (
        b"".join(nodes)
        + text(2, "tiny")
        + table("table", rows)
        + table("positions", POSITIONS)
        + table("axes", np.array([1], "<i8"))
        + b"".join(port(11, name, _INT64, dims) for name in inputs)
        + port(12, output, _FLOAT, [dims[0], width] if pooled else [*dims, width])
    )
    model = number(1, 8) + text(7, graph) + text(8, text(1, "") + number(2, 18))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model)


def write_tokenizer(path: Path) -> None:
    """Write a tokenizer of a few words."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(path))


def write_folder(folder: Path, *, network: str = "model.onnx", **files: object) -> Path:
    """Write a folder of an encoder; ``files`` are JSON by name, ``__`` for ``/``."""
    if not (folder / network).exists():
        write_network(folder / network)
    write_tokenizer(folder / "tokenizer.json")
    for name, content in files.items():
        path = folder / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return folder
