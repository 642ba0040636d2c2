"""A model is pulled whole or not at all, and goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from assistant.catalogue.locating import installed_chat_models, locate
from assistant.downloads import PullProgress, begun_pulls, pull, space, transfer
from assistant.errors import (
    AssistantError,
    Cancelled,
    DownloadFailed,
    InputError,
    ModelError,
    ModelMissing,
    UsageError,
)
from assistant.types import Cancellation
from tests.hub import Hub
from tests.small_gguf import chat_gguf
from tests.unit.downloads.left import left

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])]

CHAT = chat_gguf()
SHA256 = hashlib.sha256(CHAT).hexdigest()


def test_a_file_of_the_hub_is_pulled_and_found(there: Hub, models: Path) -> None:
    done = pull("hf:me/chat-GGUF/chat.gguf")
    assert done.fetched
    assert (done.model.name, done.model.role) == ("chat.gguf", "chat")
    assert (models / "chat.gguf").read_bytes() == CHAT
    assert locate("chat.gguf", "chat") == (models / "chat.gguf",)
    assert "chat.gguf" in [model.name for model in installed_chat_models()]
    assert left(models) == ["chat.gguf", "chat.gguf.pulled.json"]
    record = json.loads((models / "chat.gguf.pulled.json").read_text())
    assert record["files"] == [{"path": "chat.gguf", "size_bytes": len(CHAT), "sha256": SHA256}]


def test_what_is_there_already_is_not_fetched_again(there: Hub, models: Path) -> None:
    pull("hf:me/chat-GGUF/chat.gguf")
    before = len(there.contents())
    assert not pull("hf:me/chat-GGUF/chat.gguf").fetched
    assert len(there.contents()) == before


def test_a_new_version_on_the_hub_replaces_the_old_one(there: Hub, models: Path) -> None:
    pull("hf:me/chat-GGUF/chat.gguf")
    newer = chat_gguf(name="newer")
    there.repositories["me/chat-GGUF"]["chat.gguf"] = newer
    del there.by_digest
    assert pull("hf:me/chat-GGUF/chat.gguf").fetched
    assert (models / "chat.gguf").read_bytes() == newer
    assert locate("chat.gguf", "chat") == (models / "chat.gguf",)


def test_a_cut_connection_goes_on_where_it_was_cut(there: Hub, models: Path) -> None:
    there.faults.cut_after = [100_000, 50_000]
    pull("hf:me/chat-GGUF/chat.gguf")
    assert (models / "chat.gguf").read_bytes() == CHAT
    ranges = [asked.range for asked in there.contents() if asked.path.startswith("/content/")]
    assert ranges == ["", "bytes=100000-", "bytes=150000-"]


def test_a_connection_that_never_holds_is_given_up_and_the_next_pull_goes_on(
    there: Hub, models: Path
) -> None:
    there.faults.cut_after = [120_000, 0, 0, 0, 0, 0, 0]
    with pytest.raises(DownloadFailed, match="failed 5 times in a row: the connection was cut"):
        pull("hf:me/chat-GGUF/chat.gguf")
    assert begun_pulls() == {"chat.gguf": 120_000}
    with pytest.raises(ModelMissing):
        locate("chat.gguf", "chat")
    there.faults.cut_after.clear()
    there.asked.clear()
    pull("hf:me/chat-GGUF/chat.gguf")
    assert there.contents()[-1].range == "bytes=120000-"
    assert (models / "chat.gguf").read_bytes() == CHAT
    assert begun_pulls() == {}


def test_a_server_without_ranges_sends_everything_again(there: Hub, models: Path) -> None:
    there.faults.without_ranges = True
    there.faults.cut_after = [100_000]
    pull("hf:me/chat-GGUF/chat.gguf")
    assert (models / "chat.gguf").read_bytes() == CHAT


def test_a_server_that_compresses_unasked_is_understood(there: Hub, models: Path) -> None:
    there.faults.compressed = True
    pull("hf:me/chat-GGUF/chat.gguf")
    assert (models / "chat.gguf").read_bytes() == CHAT


def test_what_was_begun_of_an_older_version_is_not_continued(there: Hub, models: Path) -> None:
    there.faults.cut_after = [120_000, 0, 0, 0, 0, 0, 0]
    with pytest.raises(DownloadFailed):
        pull("hf:me/chat-GGUF/chat.gguf")
    newer = chat_gguf(name="newer")
    there.repositories["me/chat-GGUF"]["chat.gguf"] = newer
    del there.by_digest
    there.faults.cut_after.clear()
    pull("hf:me/chat-GGUF/chat.gguf")
    assert (models / "chat.gguf").read_bytes() == newer


def test_a_file_of_another_sha256_is_thrown_away(there: Hub, models: Path) -> None:
    there.tampered["chat.gguf"] = CHAT[:-1] + b"!"
    with pytest.raises(DownloadFailed, match=r"its sha256 differs.*thrown away"):
        pull("hf:me/chat-GGUF/chat.gguf")
    assert left(models) == []


def test_a_server_that_sends_too_much_is_refused(there: Hub, models: Path) -> None:
    there.faults.extra = b"more" * 100_000
    there.faults.without_length = True
    with pytest.raises(DownloadFailed, match="sends more than it announced"):
        pull("hf:me/chat-GGUF/chat.gguf")
    assert "chat.gguf" not in left(models)


def test_a_server_that_is_silent_is_given_up(
    there: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_TIMEOUT_S", 0.1)
    there.faults.hang = True
    with pytest.raises(DownloadFailed, match="no answer within") as caught:
        pull("hf:me/chat-GGUF/chat.gguf")
    assert "HF_HUB_DOWNLOAD_TIMEOUT" in caught.value.hint


@pytest.mark.parametrize("statuses", [[503, 429], [500]])
def test_a_passing_failure_of_the_server_passes(
    statuses: list[int], there: Hub, models: Path
) -> None:
    there.faults.statuses = statuses
    assert pull("hf:me/chat-GGUF/chat.gguf").fetched


def test_a_cancelled_pull_keeps_what_came(there: Hub, models: Path) -> None:
    cancel = Cancellation()

    def stop(now: PullProgress) -> None:
        if now.done_bytes:
            cancel.cancel()

    with pytest.raises(Cancelled, match="the next pull goes on"):
        pull("hf:me/chat-GGUF/chat.gguf", progress=stop, cancel=cancel)
    begun = begun_pulls()["chat.gguf"]
    assert 0 < begun <= len(CHAT)
    pull("hf:me/chat-GGUF/chat.gguf")
    assert (models / "chat.gguf").read_bytes() == CHAT


def test_progress_counts_what_was_there_before(there: Hub, models: Path) -> None:
    there.faults.cut_after = [120_000, 0, 0, 0, 0, 0, 0]
    with pytest.raises(DownloadFailed):
        pull("hf:me/chat-GGUF/chat.gguf")
    there.faults.cut_after.clear()
    seen: list[PullProgress] = []
    pull("hf:me/chat-GGUF/chat.gguf", progress=seen.append)
    fetched = [now.done_bytes for now in seen if now.step == "fetch"]
    assert (fetched[0], fetched[-1]) == (120_000, len(CHAT))
    assert {now.total_bytes for now in seen} == {len(CHAT)}
    assert seen[-1] == PullProgress(step="check", done_bytes=len(CHAT), total_bytes=len(CHAT))


def test_a_full_disk_is_told_before_anything_is_fetched(
    there: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DownloadFailed, match="The disk is too full: 300 KB are to come"):
        pull("hf:me/chat-GGUF/chat.gguf")
    assert there.contents() == []


def test_a_model_that_does_not_fit_into_the_memory_needs_force(
    there: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "machine_memory_bytes", lambda: 400_000_000)
    with pytest.raises(DownloadFailed, match="and this machine has 400 MB"):
        pull("hf:me/chat-GGUF/chat.gguf")
    assert pull("hf:me/chat-GGUF/chat.gguf", force=True).fetched


def test_a_second_pull_of_the_same_is_refused_meanwhile(there: Hub, models: Path) -> None:
    problems = []

    def meanwhile(_: PullProgress) -> None:
        with pytest.raises(AssistantError) as caught:
            pull("hf:me/chat-GGUF/chat.gguf")
        problems.append(caught.value.message)

    assert pull("hf:me/chat-GGUF/chat.gguf", progress=meanwhile).fetched
    assert set(problems) == {"Another process is fetching chat.gguf."}


def test_a_name_that_another_model_has_is_refused(there: Hub, models: Path) -> None:
    pull("hf:me/chat-GGUF/chat.gguf")
    there.repositories["you/chat"] = {"chat.gguf": chat_gguf(name="yours")}
    del there.by_digest
    with pytest.raises(InputError, match=r"There is a model chat\.gguf already, from hf:me"):
        pull("hf:you/chat/chat.gguf")
    assert pull("hf:you/chat/chat.gguf", name="yours").model.name == "yours.gguf"
    assert (models / "chat.gguf").read_bytes() == CHAT


def test_a_file_that_a_user_put_there_is_left_alone(there: Hub, models: Path) -> None:
    models.mkdir(parents=True)
    (models / "chat.gguf").write_bytes(b"mine")
    with pytest.raises(InputError, match="was not put there by 'models pull'"):
        pull("hf:me/chat-GGUF/chat.gguf")
    assert (models / "chat.gguf").read_bytes() == b"mine"


def test_a_name_of_the_catalogue_cannot_be_given_to_something_else(hub: Hub, models: Path) -> None:
    hub.repositories["me/bge-small-en-v1.5"] = {
        "onnx/model.onnx": b"graph" * 5_000,
        "tokenizer.json": b"{}",
    }
    with pytest.raises(UsageError, match="is a name of the catalogue"):
        pull("hf:me/bge-small-en-v1.5/onnx/model.onnx")


def test_an_altered_file_is_never_used_and_a_pull_mends_it(there: Hub, models: Path) -> None:
    pull("hf:me/chat-GGUF/chat.gguf")
    path = models / "chat.gguf"
    status = path.stat()
    content = bytearray(CHAT)
    content[-5] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(ModelError, match="is not the file that the record of its download"):
        locate("chat.gguf", "chat")
    assert "chat.gguf" not in [model.name for model in installed_chat_models()]
    assert pull("hf:me/chat-GGUF/chat.gguf").fetched
    assert locate("chat.gguf", "chat") == (path,)


@pytest.mark.parametrize("name", ["../x", ".hidden", "a/b", "x" * 200, "a\nb"])
def test_a_name_that_is_no_file_name_is_refused(name: str, there: Hub, models: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a model"):
        pull("hf:me/chat-GGUF/chat.gguf", name=name)
    assert left(models) == []


def test_a_folder_that_cannot_be_made_is_one_clear_line(
    there: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(DownloadFailed, match="cannot be made"):
        pull("hf:me/chat-GGUF/chat.gguf")
