"""The list of conversations, with real sessions on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from assistant.sessions import SessionStore
from assistant.tui.dialogs.confirm import ConfirmDialog
from assistant.tui.dialogs.sessions import SessionList, SessionsDialog
from assistant.tui.dialogs.text import TextDialog
from assistant.tui.fields import SearchField
from tests.tui.hosts import DialogHost
from tests.tui.waiting import dump, run, until


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    found = SessionStore(tmp_path / "sessions")
    for question in ("What is BLEU?", "How large is BERT?", "Who wrote Linformer?"):
        session = found.new()
        session.ask(question)
        session.stop(0)
    return found


def dialog(pilot: Pilot[Any]) -> SessionsDialog:
    found = next(s for s in pilot.app.screen_stack if isinstance(s, SessionsDialog))
    assert isinstance(found, SessionsDialog)
    return found


def titles(pilot: Pilot[Any]) -> set[str]:
    options = dialog(pilot).query_one(SessionList).options
    return {str(option.prompt).partition("\n")[0].strip(" ●") for option in options}


def app_with(store: SessionStore, current: str = "") -> DialogHost:
    return DialogHost(lambda: SessionsDialog(store, current))  # type: ignore[arg-type, return-value]


async def opened(pilot: Pilot[Any], count: int = 3) -> None:
    await until(pilot, lambda: len(titles(pilot)) == count and pilot.app.screen.focused)


def id_of(store: SessionStore, title: str) -> str:
    return next(s.session_id for s in store.summaries() if s.title == title)


def test_typing_finds_conversations_and_enter_resumes_the_first(store: SessionStore) -> None:
    async def test() -> None:
        app = app_with(store)
        async with app.run_test() as pilot:
            await opened(pilot)
            assert "today" in dump(app)
            assert "1 question" in dump(app)
            await pilot.press(*"bert")
            await until(pilot, lambda: titles(pilot) == {"How large is BERT?"})
            await pilot.press("enter")
            await until(pilot, lambda: app.results == [id_of(store, "How large is BERT?")])

    run(test())


def test_a_row_is_resumed_from_the_list_with_keyboard_and_mouse(store: SessionStore) -> None:
    async def test() -> None:
        for by_mouse in (False, True):
            app = app_with(store)
            async with app.run_test() as pilot:
                await opened(pilot)
                if by_mouse:
                    await pilot.click(SessionList, offset=(5, 2))
                else:
                    await pilot.press("down", "down", "enter")
                await until(pilot, lambda app=app: app.results)
                assert app.results == [store.summaries()[1].session_id]

    run(test())


def test_a_conversation_is_renamed_and_the_cursor_stays(store: SessionStore) -> None:
    async def test() -> None:
        app = app_with(store)
        async with app.run_test() as pilot:
            await opened(pilot)
            await pilot.press("down", "down", "r")
            await until(pilot, lambda: isinstance(app.screen, TextDialog))
            await pilot.press("ctrl+u", *"New [/] name", "enter")
            await until(pilot, lambda: "New [/] name" in titles(pilot))
            chosen = dialog(pilot).highlighted
            assert chosen is not None
            assert chosen.title == "New [/] name"
        assert "New [/] name" in {summary.title for summary in store.summaries()}

    run(test())


@pytest.mark.parametrize(("keys", "left"), [(["enter"], 2), (["escape"], 3)])
def test_a_conversation_is_removed_only_after_a_yes(
    store: SessionStore, keys: list[str], left: int
) -> None:
    async def test() -> None:
        app = app_with(store)
        async with app.run_test() as pilot:
            await opened(pilot)
            await pilot.press("down", "delete")
            await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
            await pilot.press(*keys)
            await opened(pilot, left)
        assert len(store.summaries()) == left

    run(test())


def test_the_open_conversation_is_marked_and_not_removed(store: SessionStore) -> None:
    async def test() -> None:
        current = store.summaries()[0].session_id
        app = app_with(store, current)
        async with app.run_test() as pilot:
            await opened(pilot)
            assert "open now" in dump(app)
            await pilot.press("down", "delete")
            await until(pilot, lambda: "This conversation is open" in dump(app))
        assert len(store.summaries()) == 3

    run(test())


def test_letters_in_the_search_are_text(store: SessionStore) -> None:
    async def test() -> None:
        app = app_with(store)
        async with app.run_test() as pilot:
            await opened(pilot)
            await pilot.press("r", "delete")
            assert dialog(pilot).query_one(SearchField).value == "r"
            assert isinstance(app.screen, SessionsDialog)

    run(test())


def test_a_failing_disk_is_told_in_the_dialog(store: SessionStore) -> None:
    async def test() -> None:
        app = app_with(store)
        async with app.run_test() as pilot:
            await opened(pilot)
            for file in store.folder.iterdir():
                file.unlink()
            await pilot.press("down", "r")
            await until(pilot, lambda: isinstance(app.screen, TextDialog))
            await pilot.press(*"x", "enter")
            await until(pilot, lambda: "There is no saved conversation" in dump(app))

    run(test())


def test_without_conversations_the_list_says_so(tmp_path: Path) -> None:
    async def test() -> None:
        app = app_with(SessionStore(tmp_path / "none"))
        async with app.run_test() as pilot:
            await until(pilot, lambda: "No conversations yet." in dump(app))
            assert "Remove" not in dump(app)
            await pilot.press("x")
            await until(pilot, lambda: "No conversation matches." in dump(app))
            await pilot.press("enter", "down", "delete", "r")
            assert app.results == []

    run(test())
