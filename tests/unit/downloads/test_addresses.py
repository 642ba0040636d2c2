"""Models from an address, which tells no sha256."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assistant.downloads import pull
from assistant.errors import (
    DownloadFailed,
    ModelMissing,
    UsageError,
)
from tests.hub import Hub
from tests.small_gguf import chat_gguf
from tests.unit.downloads.left import left

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])]

CHAT = chat_gguf()
SHA256 = hashlib.sha256(CHAT).hexdigest()


def test_an_address_is_pulled_in_ranges(hub: Hub, models: Path) -> None:
    hub.files["chat.gguf"] = CHAT
    hub.faults.cut_after = [0, 100_000]  # the first answer is for its description alone
    done = pull(f"{hub.url}/files/chat.gguf?key=secret")
    assert (models / "chat.gguf").read_bytes() == CHAT
    assert done.model.source == f"{hub.url}/files/chat.gguf"
    assert hub.contents()[-1].range == "bytes=100000-"


def test_what_was_fetched_of_an_address_is_kept_for_the_next_pull(hub: Hub, models: Path) -> None:
    hub.files["chat.gguf"] = CHAT
    hub.faults.cut_after = [0, 100_000, 0, 0, 0, 0, 0]
    with pytest.raises(DownloadFailed, match="the connection was cut"):
        pull(f"{hub.url}/files/chat.gguf")
    hub.faults.cut_after.clear()
    pull(f"{hub.url}/files/chat.gguf")
    assert hub.contents()[-1].range == "bytes=100000-"
    assert (models / "chat.gguf").read_bytes() == CHAT


def test_an_address_with_another_sha256_than_given_is_refused(hub: Hub, models: Path) -> None:
    hub.files["chat.gguf"] = CHAT
    with pytest.raises(DownloadFailed, match="its sha256 differs"):
        pull(f"{hub.url}/files/chat.gguf", sha256="0" * 64)
    assert pull(f"{hub.url}/files/chat.gguf", sha256=SHA256.upper()).fetched


def test_a_file_that_was_cut_short_where_it_comes_from_is_refused(hub: Hub, models: Path) -> None:
    hub.files["chat.gguf"] = CHAT[:-1]
    with pytest.raises(DownloadFailed) as caught:
        pull(f"{hub.url}/files/chat.gguf")
    assert caught.value.message == (
        f"{hub.url}/files/chat.gguf is only a part of a GGUF model: it has {len(CHAT) - 1:,} of "
        f"{len(CHAT):,} bytes. It was not taken over."
    )
    assert left(models) == []
    hub.files["chat.gguf"] = CHAT
    assert pull(f"{hub.url}/files/chat.gguf").fetched


def test_an_address_that_does_not_tell_its_end_needs_a_sha256(hub: Hub, models: Path) -> None:
    hub.files["chat.gguf"] = CHAT
    hub.faults.without_length = True
    with pytest.raises(DownloadFailed, match="does not tell how long the file is"):
        pull(f"{hub.url}/files/chat.gguf")
    assert pull(f"{hub.url}/files/chat.gguf", sha256=SHA256).fetched


@pytest.mark.parametrize(
    ("path", "problem"), [("/files/none.gguf", "There is nothing at"), ("/elsewhere", "nothing at")]
)
def test_an_address_of_nothing_is_missing(path: str, problem: str, hub: Hub, models: Path) -> None:
    with pytest.raises(ModelMissing, match=problem):
        pull(hub.url + path)


@pytest.mark.parametrize("status", [401, 403])
def test_an_address_that_is_refused_says_so(status: int, hub: Hub, models: Path) -> None:
    hub.files["chat.gguf"] = CHAT
    hub.faults.statuses = [status]
    with pytest.raises(DownloadFailed, match=rf"is refused \(HTTP {status}\)"):
        pull(f"{hub.url}/files/chat.gguf")


def test_what_an_address_hides_is_not_shown(hub: Hub, models: Path) -> None:
    host = hub.url.removeprefix("http://")
    with pytest.raises(ModelMissing) as caught:
        pull(f"http://user:password@{host}/files/none.gguf?key=secret")
    assert "password" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("target", ["ftp://x/y.gguf", "https://", "file:///etc/passwd"])
def test_other_addresses_are_refused(target: str, models: Path) -> None:
    with pytest.raises(UsageError, match="is no address that a model can be fetched from"):
        pull(target)
