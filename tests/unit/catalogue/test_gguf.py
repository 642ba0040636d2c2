"""The header of a GGUF file: read where it is whole, refused where it is not."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.catalogue.gguf import read_metadata, role_of
from assistant.errors import ModelError, ModelMissing


def string(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def header(*entries: bytes, count: int | None = None, version: int = 3) -> bytes:
    entry_count = len(entries) if count is None else count
    return struct.pack("<4sIQQ", b"GGUF", version, 0, entry_count) + b"".join(entries)


def entry(key: str, kind: int, value: bytes) -> bytes:
    return string(key) + struct.pack("<I", kind) + value


def array(kind: int, length: int, items: bytes = b"") -> bytes:
    return struct.pack("<IQ", kind, length) + items


SMALL = header(
    entry("general.name", 8, string("Größe")),
    entry("context", 4, struct.pack("<I", 2048)),
    entry("eps", 6, struct.pack("<f", 0.5)),
    entry("add_bos", 7, b"\x01"),
    entry("merges", 9, array(8, 2, string("a b") + string("Ġ t"))),
    entry("scores", 9, array(6, 2, struct.pack("<2f", 1.0, 2.0))),
    entry("nested", 9, array(9, 1, array(0, 3, b"\x01\x02\x03"))),
    entry("big", 10, struct.pack("<Q", 2**60)),
)


def read(content: bytes, folder: Path) -> dict[str, Any]:
    path = folder / "model.gguf"
    path.write_bytes(content)
    return read_metadata(path)


def test_every_kind_of_value_is_read(tmp_path: Path) -> None:
    assert read(SMALL, tmp_path) == {
        "general.name": "Größe",
        "context": 2048,
        "eps": 0.5,
        "add_bos": True,
        "merges": ["a b", "Ġ t"],
        "scores": (1.0, 2.0),
        "nested": [(1, 2, 3)],
        "big": 2**60,
    }


def test_the_starter_model_tells_what_it_is(gguf: Path) -> None:
    metadata = read_metadata(gguf)
    assert metadata["general.architecture"] == "llama"
    assert metadata["tokenizer.ggml.model"] == "gpt2"
    assert metadata["tokenizer.ggml.pre"] == "smollm"
    assert len(metadata["tokenizer.ggml.tokens"]) == 49152
    assert "<|im_start|>" in metadata["tokenizer.chat_template"]


def test_a_header_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    for length in range(len(SMALL)):
        with pytest.raises(ModelError, match="is not a GGUF model, or only a part of one"):
            read(SMALL[:length], tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04" + bytes(100),
        b"GGML" + bytes(100),
        header(version=1),
        header(version=2**31),
        header(count=2**63),
        header(count=10_001),
        header(string("k"), count=1),
        header(struct.pack("<Q", 2**64 - 1), count=1),
        header(entry("k", 99, b"")),
        header(entry("k", 8, struct.pack("<Q", 2**63) + b"x" * 90)),
        header(entry("k", 9, array(8, 2**64 - 1, b"x" * 90))),
        header(entry("k", 9, array(10, 2**62, b"x" * 90))),
        header(entry("k", 9, array(10, 80, b"x" * 90))),
        header(entry("k", 9, array(99, 5, b"x" * 90))),
        header(entry("k", 9, array(9, 1) * 2000)),
    ],
)
def test_garbage_and_hostile_lengths_are_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        read(content, tmp_path)
    assert "Download it again" in caught.value.hint


@given(content=st.binary(max_size=200), begins_well=st.booleans())
@example(content=b"", begins_well=True)
def test_any_bytes_give_metadata_or_a_model_error(
    content: bytes, begins_well: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        found = read(header(content, count=1) if begins_well else content, folder)
    except ModelError:
        return
    assert isinstance(found, dict)


@given(position=st.integers(0, len(SMALL) - 1), value=st.integers(0, 255))
def test_one_wrong_byte_gives_metadata_or_a_model_error(
    position: int, value: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(SMALL)
    content[position] = value
    try:
        found = read(bytes(content), tmp_path_factory.getbasetemp())
    except ModelError:
        return
    assert isinstance(found, dict)


def test_a_missing_file_is_missing_and_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="There is no model file"):
        read_metadata(tmp_path / "none.gguf")
    with pytest.raises(ModelError, match="is not a GGUF model"):
        read_metadata(tmp_path)


@pytest.mark.parametrize(
    ("metadata", "role"),
    [
        ({"general.architecture": "llama", "tokenizer.chat_template": "x"}, "chat"),
        ({"general.architecture": "llama"}, ""),
        ({}, ""),
        ({"general.architecture": "bert"}, "embed"),
        ({"general.architecture": "bert", "bert.pooling_type": 4}, ""),
        (
            {
                "general.architecture": "qwen3",
                "qwen3.pooling_type": 3,
                "tokenizer.chat_template": "x",
            },
            "embed",
        ),
        ({"general.type": "adapter", "tokenizer.chat_template": "x"}, ""),
        ({"general.architecture": "clip", "tokenizer.chat_template": "x"}, ""),
    ],
)
def test_the_header_tells_what_a_model_is_for(metadata: dict[str, Any], role: str) -> None:
    assert role_of(metadata) == role


def test_the_starter_is_a_chat_model(gguf: Path) -> None:
    assert role_of(read_metadata(gguf)) == "chat"
