"""A large library that is new to a machine: how far its opening is, and that it can be stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config import EmbeddingSettings, LlmSettings, Settings, StoreSettings
from assistant.errors import Cancelled
from assistant.library import Library
from assistant.store import filling
from assistant.types import Cancellation, Paper

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

PAPERS = 40


@pytest.fixture(params=["server", "folder"])
def settings(request: pytest.FixtureRequest) -> Settings:
    store: StoreSettings = (
        request.getfixturevalue("on_server") if request.param == "server" else StoreSettings()
    )
    return Settings(
        store=store, embedding=EmbeddingSettings(threads=1), llm=LlmSettings(enabled=False)
    )


@pytest.fixture
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose mirror is not there yet."""
    with Library.open(tmp_path / "library", settings=settings) as library:
        for first in range(0, PAPERS, 10):
            library.add_papers(
                Paper(paper_id=f"zebra-{n}", title=f"On the zebra{n}", abstract=f"There are {n}.")
                for n in range(first, first + 10)
            )
    for file in (tmp_path / "library").glob("mirror*"):
        file.unlink()
    monkeypatch.setattr(filling, "WORTH_TELLING", PAPERS)
    monkeypatch.setattr(filling, "_STEP_PASSAGES", 4)
    return tmp_path / "library"


def test_it_is_told_how_far_the_opening_is(folder: Path, settings: Settings) -> None:
    told: list[tuple[int, int]] = []
    with Library.open(folder, settings=settings, progress=lambda *now: told.append(now)) as library:
        assert library.count() == PAPERS
    assert told == [(done, PAPERS) for done in range(4, PAPERS + 1, 4)]
    told.clear()
    with Library.open(folder, settings=settings, progress=lambda *now: told.append(now)):
        assert told == []


def test_an_opening_that_was_stopped_goes_on_the_next_time(
    folder: Path, settings: Settings
) -> None:
    cancel = Cancellation()
    told: list[tuple[int, int]] = []

    def stop_in_the_middle(*now: int) -> None:
        if now[0] >= PAPERS // 2:
            cancel.cancel()

    with pytest.raises(Cancelled, match="Stopped before the library was open"):
        Library.open(folder, settings=settings, progress=stop_in_the_middle, cancel=cancel)
    with Library.open(folder, settings=settings, progress=lambda *now: told.append(now)) as library:
        assert library.count() == PAPERS
        assert not library.check().problems
