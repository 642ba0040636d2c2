"""The header of a GGUF file: read where it is whole, refused where it is not."""

from __future__ import annotations

import ctypes
import math
import os
import shutil
import struct
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.catalogue.gguf import _BLOCKS, CutShort, read_metadata, role_of
from assistant.errors import ModelError, ModelMissing


def string(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def header(*entries: bytes, count: int | None = None, version: int = 3, tensors: int = 0) -> bytes:
    entry_count = len(entries) if count is None else count
    return struct.pack("<4sIQQ", b"GGUF", version, tensors, entry_count) + b"".join(entries)


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


# Whether all of it is there


def tensor(kind: int, *shape: int, offset: int = 0) -> bytes:
    return string("t") + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def aligned(content: bytes, alignment: int = 32) -> bytes:
    return content.ljust(-(-len(content) // alignment) * alignment, b"\0")


def test_a_model_that_ends_too_early_is_only_a_part(gguf: Path, tmp_path: Path) -> None:
    path = tmp_path / "part.gguf"
    shutil.copyfile(gguf, path)
    path.chmod(0o600)
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"more")
    assert read_metadata(path)["general.architecture"] == "llama"
    for length in (size, size - 1, size - 32, size * 9 // 10, size // 2, 5_000_000, 2_000_000):
        os.truncate(path, length)
        if length == size:
            assert read_metadata(path)["general.architecture"] == "llama"
            continue
        with pytest.raises(CutShort) as caught:
            read_metadata(path)
        assert (caught.value.size_bytes, caught.value.needed_bytes) == (length, size)
        assert caught.value.message == (
            f"{path} is only a part of a GGUF model: it has {length:,} of {size:,} bytes."
        )
    for length in (1_000_000, 30, 4, 0):  # within the header
        os.truncate(path, length)
        with pytest.raises(ModelError, match="or only a part of one"):
            read_metadata(path)


def test_the_sizes_of_tensors_are_those_of_llama_cpp() -> None:
    spec = find_spec("llama_cpp")
    assert spec is not None
    assert spec.origin is not None
    libraries = sorted((Path(spec.origin).parent / "lib").glob("*ggml-base*"))
    if not libraries:
        pytest.skip("llama.cpp is one library here")
    ggml = ctypes.CDLL(str(libraries[0]))
    ggml.ggml_blck_size.restype = ctypes.c_int64
    ggml.ggml_type_size.restype = ctypes.c_size_t
    theirs = {kind: (ggml.ggml_blck_size(kind), ggml.ggml_type_size(kind)) for kind in _BLOCKS}
    assert theirs == _BLOCKS


def test_of_a_type_that_is_not_known_only_the_beginning_is_wanted(tmp_path: Path) -> None:
    infos = tensor(0, 8) + tensor(99, 2**40, offset=64)
    content = aligned(header(infos, count=0, tensors=2))
    assert read(content + bytes(64), tmp_path) == {}
    with pytest.raises(CutShort):
        read(content + bytes(63), tmp_path)


def test_the_tensors_lie_where_the_metadata_align_them(tmp_path: Path) -> None:
    alignment = entry("general.alignment", 4, struct.pack("<I", 4096))
    content = aligned(header(alignment, count=1, tensors=1) + tensor(0, 8), 4096)
    read(content + bytes(32), tmp_path)
    with pytest.raises(CutShort):
        read(content + bytes(31), tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        header(tensors=1),
        header(tensors=100_000),
        header(string("t") + struct.pack("<I", 2**32 - 1), count=0, tensors=1) + bytes(90),
        header(tensor(0, 2**63, 2**63, offset=2**63), count=0, tensors=1) + bytes(90),
        header(struct.pack("<Q", 2**64 - 1), count=0, tensors=1) + bytes(90),
    ],
)
def test_hostile_tensors_are_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        read(content, tmp_path)


@given(
    tensors=st.lists(
        st.tuples(
            st.sampled_from(sorted(_BLOCKS)),
            st.integers(1, 3),
            st.lists(st.integers(1, 4), max_size=3),
        ),
        min_size=1,
        max_size=5,
    ),
    missing=st.integers(1, 40),
)
def test_a_model_is_whole_to_the_byte(
    tensors: list[tuple[int, int, list[int]]],
    missing: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    infos, data = b"", b""
    for kind, blocks, others in tensors:
        numbers, size = _BLOCKS[kind]
        data = aligned(data)
        infos += tensor(kind, blocks * numbers, *others, offset=len(data))
        data += bytes(blocks * size * math.prod(others))
    start = aligned(header(infos, count=0, tensors=len(tensors)))
    folder = tmp_path_factory.getbasetemp()
    assert read(start + data, folder) == {}
    with pytest.raises(CutShort):
        read(start + data[: max(0, len(data) - missing)], folder)


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
