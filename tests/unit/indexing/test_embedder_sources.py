"""Where the embedder of an index is, once the settings name another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.config import EmbeddingSettings
from assistant.indexing.embedder_sources import SOURCES_FILE, remember_source, source_of
from tests.tiny_onnx import write_folder

ADDRESS = "http://127.0.0.1:9/v1"
LOCAL = EmbeddingSettings()
SERVED = EmbeddingSettings(model="big", base_url=ADDRESS)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "abstract-assistant"


def test_the_path_of_a_folder_is_remembered(tmp_path: Path, data: Path) -> None:
    tiny = EmbeddingSettings(model=str(write_folder(tmp_path / "tiny")), threads=3)
    remember_source(tiny)
    assert source_of("tiny", LOCAL) == replace(LOCAL, model=tiny.model)
    assert source_of("tiny", SERVED) == replace(SERVED, model=tiny.model, base_url="")
    assert source_of("tiny", tiny) is tiny
    moved = EmbeddingSettings(model=str(write_folder(tmp_path / "moved" / "tiny")))
    remember_source(moved)
    assert source_of("tiny", LOCAL).model == moved.model


def test_what_its_name_leads_to_and_servers_are_not_remembered(data: Path) -> None:
    for settings in (LOCAL, SERVED, EmbeddingSettings(model="nowhere.gguf")):
        remember_source(settings)
    assert not data.exists()


def test_what_is_not_on_this_machine_may_be_on_the_server_that_is_named_now() -> None:
    assert source_of("small", SERVED) == replace(SERVED, model="small")
    assert source_of("small", LOCAL) == replace(LOCAL, model="small")
    # A model that is here is not asked for elsewhere.
    assert source_of(LOCAL.model, SERVED) == replace(SERVED, model=LOCAL.model, base_url="")


@pytest.mark.parametrize("content", ["", "[]", '{"tiny": 7}', "{", "[" * 100_000])
def test_a_damaged_note_is_none(content: str, data: Path) -> None:
    data.mkdir(parents=True)
    (data / SOURCES_FILE).write_text(content)
    assert source_of("tiny", LOCAL) == replace(LOCAL, model="tiny")


def test_without_a_folder_for_data_nothing_is_remembered_and_all_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file" / "data"))
    remember_source(EmbeddingSettings(model=str(write_folder(tmp_path / "tiny"))))
    assert source_of("tiny", LOCAL).model == "tiny"
