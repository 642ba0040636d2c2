"""Records of pulled models: read where they are some, and never a way out of the folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.catalogue.pulled import (
    PulledFile,
    PulledModel,
    pulled_models,
    pulled_with,
    record_file,
    write_record,
)

MODEL = PulledModel(
    name="x",
    role="embed",
    source="hf:me/x",
    files=(PulledFile(path="x/model.onnx", size_bytes=3, sha256="ab"),),
)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_record(tmp_path, MODEL)
    assert pulled_models(tmp_path) == [MODEL]
    assert pulled_with(tmp_path, tmp_path / "x" / "model.onnx") == MODEL
    assert pulled_with(tmp_path, tmp_path / "x" / "tokenizer.json") is None


def test_a_model_is_complete_with_all_files_at_their_sizes(tmp_path: Path) -> None:
    assert not MODEL.complete(tmp_path)
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "model.onnx").write_bytes(b"ab")
    assert not MODEL.complete(tmp_path)
    (tmp_path / "x" / "model.onnx").write_bytes(b"abc")
    assert MODEL.complete(tmp_path)


def test_without_a_folder_there_are_no_records(tmp_path: Path) -> None:
    assert pulled_models(tmp_path / "none") == []


@pytest.mark.parametrize(
    "change",
    [
        {"files": [{"path": "../x", "size_bytes": 1, "sha256": ""}]},
        {"files": [{"path": "/etc/passwd", "size_bytes": 1, "sha256": ""}]},
        {"files": [{"path": "x", "size_bytes": "1", "sha256": ""}]},
        {"files": [{"path": 1, "size_bytes": 1, "sha256": ""}]},
        {"files": None},
        {"role": "rank"},
        {"role": ["chat"]},
        {"name": "another"},
        {"more": 1},
    ],
)
def test_what_is_no_record_is_left_out(change: dict[str, Any], tmp_path: Path) -> None:
    write_record(tmp_path, MODEL)
    path = record_file(tmp_path, "x")
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert pulled_models(tmp_path) == []


@pytest.mark.parametrize("content", ["", "[]", "null", "{", '"x"', "\udc80"])
def test_a_damaged_record_is_left_out(content: str, tmp_path: Path) -> None:
    record_file(tmp_path, "x").write_text(content, encoding="utf-8", errors="surrogateescape")
    assert pulled_models(tmp_path) == []
