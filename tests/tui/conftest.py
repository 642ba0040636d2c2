"""A chat over the sample library, with a model whose every word can be waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import textual.app
import textual.pilot
from textual._context import active_app
from textual.pilot import Pilot

from assistant.config import Settings
from assistant.library import Library
from assistant.llm.model import Message, Steer
from assistant.sessions import SessionStore
from assistant.tui.app import ChatApp
from assistant.types import Cancellation
from tests.tui.waiting import MOST_S, nothing_due, nothing_waiting


@pytest.fixture(autouse=True)
def _patient_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every pause of a pilot last until nothing is due, on a busy machine as well."""

    async def wait_for_idle(_min_sleep: float = 0.0, _max_sleep: float = 0.0) -> None:
        await nothing_waiting(active_app.get(), end=time.monotonic() + MOST_S)

    async def wait_for_screen(pilot: Pilot[Any], _timeout: float = 0.0) -> bool:
        await nothing_due(pilot.app)
        return True

    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(module, "wait_for_idle", wait_for_idle)
    monkeypatch.setattr(Pilot, "_wait_for_screen", wait_for_screen)


class StagedModel:
    """Writes what it is told to, and with ``held`` waits after the first pieces."""

    def __init__(self) -> None:
        self.name = "staged"
        self.reset()

    def reset(self) -> None:
        """Write nothing, at once."""
        self.draft = ""
        self.error: Exception | None = None
        self.asked = 0
        self.go_on = threading.Event()
        self.go_on.set()

    def hold(self, draft: str) -> None:
        """Write the first half of ``draft``, then wait for ``go_on`` or to be stopped."""
        self.draft = draft
        self.go_on.clear()

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        stop: Sequence[str] = (),
        cancel: Cancellation | None = None,
        steer: Steer | None = None,
    ) -> Iterator[str]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        words = self.draft.split(" ")
        for position, word in enumerate(words):
            while position >= len(words) // 2 and not self.go_on.wait(0.01):
                if cancel is not None and cancel.cancelled:
                    return
            yield word if position == 0 else f" {word}"


_MODEL = StagedModel()


@pytest.fixture
def model() -> Iterator[StagedModel]:
    """The model of the chats of this test."""
    _MODEL.reset()
    yield _MODEL
    _MODEL.go_on.set()


@pytest.fixture(scope="session")
def staged_library(sample_folder: Path) -> Iterator[Library]:
    """The sample library with the staged model. To be read only."""
    with Library.open(sample_folder, settings=Settings(), model=_MODEL) as library:
        library.warm_up()
        yield library


MakeChat = Callable[..., ChatApp]


@pytest.fixture
def chat(tmp_path: Path, model: StagedModel, staged_library: Library) -> MakeChat:
    """Make a chat, by default over the sample library; ``chat=`` and ``keys=`` are settings."""

    def make(
        open_library: Callable[[], Library] | None = None,
        *,
        session_id: str | None = None,
        **sections: dict[str, Any],
    ) -> ChatApp:
        settings = Settings()
        for section, values in sections.items():
            changed: dict[str, Any] = {section: replace(getattr(settings, section), **values)}
            settings = replace(settings, **changed)
        store = SessionStore(tmp_path / "sessions")
        return ChatApp(
            lambda **_: staged_library if open_library is None else open_library(),
            settings=settings,
            store=store,
            session=store.new() if session_id is None else store.load(session_id),
        )

    return make
