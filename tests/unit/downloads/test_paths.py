"""Models from this machine: copied or linked."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.catalogue.locating import locate
from assistant.downloads import pull
from assistant.errors import (
    DownloadFailed,
    InputError,
    ModelError,
    ModelMissing,
)
from tests.hub import Hub
from tests.small_gguf import chat_gguf
from tests.unit.downloads.left import left

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])]

CHAT = chat_gguf()


def test_a_file_of_this_machine_is_copied(models: Path, tmp_path: Path) -> None:
    (tmp_path / "own.gguf").write_bytes(CHAT)
    done = pull(str(tmp_path / "own.gguf"))
    (tmp_path / "own.gguf").unlink()
    assert done.model.role == "chat"
    assert locate("own.gguf", "chat") == (models / "own.gguf",)


def test_a_file_of_this_machine_is_linked(models: Path, tmp_path: Path) -> None:
    (tmp_path / "own.gguf").write_bytes(CHAT)
    pull(str(tmp_path / "own.gguf"), link=True, name="linked")
    assert (models / "linked.gguf").readlink() == tmp_path / "own.gguf"
    assert locate("linked.gguf", "chat") == (models / "linked.gguf",)
    (tmp_path / "own.gguf").write_bytes(CHAT + b"more")
    with pytest.raises(ModelError, match="is not the file that the record of its download"):
        locate("linked.gguf", "chat")


@pytest.mark.parametrize("link", [False, True])
def test_a_file_of_this_machine_that_was_cut_short_is_refused(
    gguf: Path, models: Path, tmp_path: Path, link: bool
) -> None:
    part = tmp_path / "part.gguf"
    with gguf.open("rb") as whole, part.open("wb") as file:
        file.write(whole.read(5_000_000))
    with pytest.raises(DownloadFailed, match="is only a part of a GGUF model: it has 5,000,000 of"):
        pull(str(part), link=link)
    assert part.stat().st_size == 5_000_000
    assert left(models) == []


def test_only_files_of_this_machine_are_linked(there: Hub, models: Path) -> None:
    with pytest.raises(InputError, match="is not on this machine"):
        pull("hf:me/chat-GGUF/chat.gguf", link=True)


def test_a_folder_of_this_machine_is_copied_without_what_is_not_needed(
    models: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "encoder"
    (folder / "1_Pooling").mkdir(parents=True)
    for name in ("model.onnx", "tokenizer.json", "1_Pooling/config.json", "notes.txt"):
        (folder / name).write_text("{}")
    done = pull(str(folder))
    assert [file.path for file in done.model.files] == [
        "encoder/model.onnx",
        "encoder/tokenizer.json",
        "encoder/1_Pooling/config.json",
    ]
    assert locate("encoder", "embed")[0] == models / "encoder" / "model.onnx"


@pytest.mark.parametrize("target", ["none.gguf", "/no/such/folder", "a/b.gguf", "\0.gguf"])
def test_a_path_of_nothing_is_missing(target: str, models: Path) -> None:
    with pytest.raises(ModelMissing, match="There is no file"):
        pull(target)
