"""A hub and an empty models folder for tests of downloads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.catalogue.locating import user_models_folder
from assistant.downloads import transfer
from tests.hub import Hub, serving
from tests.small_gguf import chat_gguf


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A look-alike of the hub, which the environment names; nobody waits long for it."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(transfer, "_TIMEOUT_S", 1.0)
    monkeypatch.setattr(transfer, "_FIRST_WAIT_S", 0.01)
    with serving() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


@pytest.fixture
def there(hub: Hub) -> Hub:
    """A hub with a chat model."""
    hub.repositories["me/chat-GGUF"] = {"chat.gguf": chat_gguf(), "README.md": b"a chat model"}
    return hub


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder of a user who has pulled nothing yet; it does not exist."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = user_models_folder()
    assert folder.is_relative_to(tmp_path)
    return folder
