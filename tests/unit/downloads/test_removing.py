"""Only what was pulled is removed, and not what is in use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.downloads import pull, remove_model
from assistant.errors import DownloadFailed, ModelMissing
from tests.small_gguf import chat_gguf
from tests.unit.downloads.left import left


@pytest.fixture
def pulled(models: Path, tmp_path: Path) -> str:
    """The name of a model that was pulled from this machine."""
    (tmp_path / "own.gguf").write_bytes(chat_gguf())
    return pull(str(tmp_path / "own.gguf")).model.name


def using(model: str, **changes: object) -> Settings:
    settings = Settings()
    return replace(settings, llm=replace(settings.llm, model=model, **changes))  # type: ignore[arg-type]


def test_the_files_and_the_record_are_removed(pulled: str, models: Path) -> None:
    assert remove_model(pulled, Settings()) == len(chat_gguf())
    assert left(models) == []


def test_a_folder_is_removed_with_its_files_unless_others_are_in_it(
    models: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "encoder"
    (folder / "onnx").mkdir(parents=True)
    for name in ("onnx/model.onnx", "tokenizer.json"):
        (folder / name).write_text("{}")
    pull(str(folder))
    (models / "encoder" / "notes.txt").write_text("mine")
    remove_model("encoder", Settings())
    assert left(models) == ["encoder/notes.txt"]
    (models / "encoder" / "notes.txt").unlink()
    (models / "encoder").rmdir()
    pull(str(folder))
    remove_model("encoder", Settings())
    assert not (models / "encoder").exists()


def test_of_a_link_only_the_link_is_removed(models: Path, tmp_path: Path) -> None:
    (tmp_path / "own.gguf").write_bytes(chat_gguf())
    pull(str(tmp_path / "own.gguf"), link=True)
    assert remove_model("own.gguf", Settings()) == 0
    assert left(models) == []
    assert (tmp_path / "own.gguf").exists()


@pytest.mark.parametrize("by_path", [True, False])
def test_what_is_in_use_stays_unless_that_is_forced(
    by_path: bool, pulled: str, models: Path
) -> None:
    settings = using(str(models / pulled) if by_path else pulled)
    with pytest.raises(DownloadFailed, match=r"own\.gguf is in use: \[llm\] model"):
        remove_model(pulled, settings)
    assert (models / pulled).exists()
    remove_model(pulled, settings, force=True)
    assert not (models / pulled).exists()


def test_a_name_that_a_server_has_is_not_in_use_here(pulled: str, models: Path) -> None:
    remove_model(pulled, using(pulled, base_url="http://localhost:1/v1"))
    assert left(models) == []


def test_what_a_user_put_there_is_not_removed(pulled: str, models: Path) -> None:
    (models / "mine.gguf").write_bytes(chat_gguf())
    with pytest.raises(ModelMissing, match=r"No model called 'mine\.gguf' was pulled") as caught:
        remove_model("mine.gguf", Settings())
    assert (models / "mine.gguf").exists()
    assert caught.value.hint


@pytest.mark.parametrize("name", ["", ".", "..", "../models", "/", "a\0b"])
def test_a_name_that_is_a_path_removes_nothing(name: str, pulled: str, models: Path) -> None:
    with pytest.raises(ModelMissing):
        remove_model(name, Settings())
    assert left(models) == ["own.gguf", "own.gguf.pulled.json"]


def test_a_misspelt_name_is_refused_with_the_nearest(pulled: str, models: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        remove_model("own", Settings())
    assert caught.value.hint == "Did you mean 'own.gguf'?"
