"""The chat as a program: keys, theme, conversations, files, and how it is left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.notifications import Notify

from assistant.config import EmbeddingSettings, Settings, load_settings
from assistant.errors import SessionMissing
from assistant.library import Library
from assistant.sessions import SessionStore
from assistant.tui.app import QUIT_AGAIN_S, session_to_show
from assistant.tui.conversation import Conversation
from assistant.tui.dialogs.help import HelpDialog
from assistant.tui.dialogs.sessions import SessionsDialog
from tests.tui.conftest import MakeChat, StagedModel
from tests.tui.flow import FACT, UNKNOWN, answered, ask, chat_of, exchanges, fill, opened, words
from tests.tui.hosts import Heard
from tests.tui.waiting import dump, run, until


def test_ctrl_c_copies_a_selection_and_twice_without_one_it_leaves(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 30), notifications=True) as pilot:
            app = await opened(pilot)
            app.chat.prompt.text = "some words"
            app.chat.prompt.select_all()
            await pilot.press("ctrl+c")
            assert app.clipboard == "some words"
            assert not app._exit
            app.chat.prompt.text = ""
            await pilot.press("ctrl+c")
            await until(pilot, lambda: "Press ctrl+c again to leave." in words(app), "a note")
            assert list(app._notifications)[-1].timeout == QUIT_AGAIN_S  # no longer than it holds
            assert not app._exit
            await pilot.press("ctrl+c")
            assert app._exit

    run(check())


def test_the_text_of_an_answer_is_selected_with_the_mouse_and_copied(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 30)) as pilot:
            app = await answered(pilot, UNKNOWN)
            row = next(i for i, line in enumerate(dump(app).splitlines()) if "No abstract" in line)
            column = dump(app).splitlines()[row].index("No abstract")
            await pilot.mouse_down(offset=(column, row))
            await pilot.hover(offset=(column + 11, row))
            await pilot.mouse_up(offset=(column + 11, row))
            await pilot.press("ctrl+c")
            assert app.clipboard.startswith("No abstrac")

    run(check())


def test_keys_of_the_settings_are_the_keys_of_the_chat(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        app = chat(keys={"library": "f5", "next_citation": "j,down", "help": "f4"})
        async with app.run_test(size=(120, 40)) as pilot:
            await answered(pilot, FACT)
            assert "f4 help" in dump(app).splitlines()[-1]
            await pilot.press("ctrl+b")
            assert app.chat.library_pane.display
            await pilot.press("f5")
            await pilot.pause()
            assert not app.chat.library_pane.display
            await pilot.press("tab", "j")
            assert app.chat.conversation.current is not None
            await pilot.press("f4")
            await until(pilot, lambda: isinstance(app.screen, HelpDialog), "help")

    run(check())


def test_a_key_that_does_not_exist_is_told_and_its_default_is_used(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        app = chat(keys={"library": "ctrl+[red]bogus", "help": "nokey"})
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await opened(pilot)
            assert "keys.library names 'ctrl+[red]bogus'" in words(app)
            assert "f1 help" in words(app)  # the key that works, not the one in the settings
            await pilot.press("ctrl+b")
            await pilot.pause()
            assert not app.chat.library_pane.display

    run(check())


def test_the_theme_is_taken_from_the_settings_and_kept(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        app = chat(chat={"theme": "nord"})
        async with app.run_test(size=(120, 40)) as pilot:
            await opened(pilot)
            assert app.theme == "nord"
            assert load_settings().settings.chat.theme != "gruvbox"
            app.theme = "gruvbox"
            await until(pilot, lambda: load_settings().settings.chat.theme == "gruvbox", "the file")

    run(check())


def test_a_theme_that_does_not_exist_is_told(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        app = chat(chat={"theme": "[/]"})
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await opened(pilot)
            assert "chat.theme names '[/]'" in words(app)

    run(check())


def test_no_color_is_honoured(
    chat: MakeChat, model: StagedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def check() -> None:
        async with chat().run_test(size=(160, 40)) as pilot:
            app = await answered(pilot, FACT)
            assert app.no_color
            await pilot.press("tab", "n")
            await pilot.pause()
            colours = {
                colour.name
                for strip in app.screen._compositor.render_strips()
                for segment in strip
                if segment.style is not None
                for colour in (segment.style.color, segment.style.bgcolor)
                if colour is not None
            }
            assert colours == {"default"}
            lit = [
                segment.text
                for strip in app.screen._compositor.render_strips()
                for segment in strip
                if segment.style is not None and segment.style.reverse and "[" in segment.text
            ]
            assert "[1]" in lit

    run(check())


def test_help_names_what_has_the_focus(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 50)) as pilot:
            app = await answered(pilot, FACT)
            await pilot.press("tab", "f1")
            await until(pilot, lambda: isinstance(app.screen, HelpDialog), "help")
            assert Conversation.HELP_TITLE in dump(app)
            assert "next citation" in words(app).lower()
            await pilot.press("f1", "escape")
            await until(pilot, lambda: app.screen is app.chat, "the chat")

    run(check())


def test_every_command_of_the_palette_can_be_run(chat: MakeChat, model: StagedModel) -> None:
    from assistant.tui.commands import COMMANDS

    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            for command in COMMANDS:
                owners = [
                    node for node in (app.chat, app) if hasattr(node, f"action_{command.action}")
                ]
                assert owners, command.action

    run(check())


def test_a_conversation_is_resumed_from_the_list(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, FACT)
            first = app.chat.asking.session
            await pilot.press("ctrl+n")
            await until(pilot, lambda: app.chat.asking.session is not first, "a new one")
            assert "28.4" not in dump(app)
            await answered(pilot, UNKNOWN)
            await pilot.press("ctrl+r")
            await until(pilot, lambda: isinstance(app.screen, SessionsDialog), "the list")
            await until(pilot, lambda: "What BLEU score" in dump(app), "the first")
            await pilot.press("down", "down", "enter")
            await until(pilot, lambda: app.chat.asking.session is first, "the first again")
            await until(pilot, lambda: "28.4 BLEU" in words(app), "its answer")
            await pilot.press("up")
            assert app.chat.prompt.text == FACT
            await pilot.press("ctrl+c")

    run(check())


def test_a_saved_conversation_shows_how_it_ended(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        maker = chat()
        session = maker.chat.asking.session
        session.ask("Was it stopped?")
        session.stop(0)
        session.ask("Did it die?")
        app = chat(session_id=session.session_id)
        async with app.run_test(size=(120, 40)) as pilot:
            await opened(pilot)
            await until(pilot, lambda: "Was it stopped?" in dump(app), "the questions")
            assert "Stopped." in dump(app)
            assert "the program ended before the answer did" in words(app)

    run(check())


def test_a_conversation_is_exported_and_no_file_is_ever_overwritten(
    chat: MakeChat, model: StagedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)

    async def check() -> None:
        async with chat().run_test(size=(120, 40), notifications=True) as pilot:
            app = await answered(pilot, FACT)
            app.chat.action_export_session()
            app.chat.action_export_session()
            await until(pilot, lambda: "-2.md" in words(app), "a note")
            first, second = sorted(folder.glob("*.md"), key=lambda path: len(path.name))
            assert first.name.startswith("what-bleu-score")
            assert "28.4 BLEU" in first.read_text()
            assert first.read_text() == second.read_text()
            app.chat.action_save_screenshot()
            (picture,) = folder.glob("*.svg")
            assert picture.read_text().startswith("<svg")

    run(check())


def test_a_folder_that_cannot_be_written_is_told(
    chat: MakeChat, model: StagedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()

    async def check() -> None:
        async with chat().run_test(size=(120, 40), notifications=True) as pilot:
            app = await answered(pilot, FACT)
            app.chat.action_export_session()
            await until(pilot, lambda: "folder" in words(app), "a note")

    run(check())


def test_a_renamed_conversation_keeps_its_title(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, FACT)
            app.chat.action_rename_session()
            await until(pilot, lambda: app.screen is not app.chat, "the dialog")
            await pilot.press("ctrl+u", *"Mine", "enter")
            await until(pilot, lambda: app.chat.asking.session.title == "Mine", "the title")

    run(check())


def test_five_hundred_exchanges_are_shown_from_their_end(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        maker = chat()
        fill(maker.chat.asking.session, 500)
        app = chat(session_id=maker.chat.asking.session.session_id)
        async with app.run_test(size=(120, 40)) as pilot:
            await until(pilot, lambda: "Question 499" in dump(app), "the last question")
            assert len(app.query("*")) < 400
            await answered(pilot, FACT)
            assert exchanges(app)[500].outcome == "answered"
            await until(pilot, lambda: "28.4 BLEU" in words(app), "the answer")

    run(check())


def test_the_latest_conversation_is_continued(tmp_path: Path) -> None:
    store = SessionStore(tmp_path / "sessions")
    assert session_to_show(store, "").exchanges == []
    older, newer = store.new(), store.new()
    older.ask("Older?")
    newer.ask("Newer?")
    assert session_to_show(store, "").session_id == newer.session_id
    assert session_to_show(store, older.session_id).session_id == older.session_id
    assert session_to_show(store, None).exchanges == []
    with pytest.raises(SessionMissing):
        session_to_show(store, "20200101-000000-00000000")


def test_leaving_does_not_wait_for_a_library_that_is_being_opened(
    chat: MakeChat, model: StagedModel, staged_library: Library
) -> None:
    may_open = threading.Event()

    def open_library() -> Library:
        may_open.wait()
        return staged_library

    async def check() -> None:
        async with chat(open_library).run_test(size=(120, 40)) as pilot:
            app = chat_of(pilot)
            await ask(pilot, FACT)
            assert not app.chat.engine.close(timeout_s=0.05)

    try:
        run(check())
    finally:
        may_open.set()


def test_leaving_stops_an_answer_and_ends_its_thread(chat: MakeChat, model: StagedModel) -> None:
    closed = threading.Event()

    class Closing:
        """The library of the session, but for its end."""

        def __init__(self, library: Library) -> None:
            self._library = library

        def __getattr__(self, name: str) -> object:
            return closed.set if name == "close" else getattr(self._library, name)

    async def check() -> None:
        model.hold("A draft that is never finished, whatever happens.")
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            library = app.chat.engine.library
            assert library is not None
            app.chat.engine._library = Closing(library)  # type: ignore[assignment]
            await ask(pilot, FACT)
            await until(pilot, lambda: model.asked, "the model writes")
            assert app.chat.engine.close(timeout_s=10.0)
            assert closed.is_set()

    run(check())


def test_an_outdated_index_is_told_once(
    chat: MakeChat, model: StagedModel, sample_folder: Path
) -> None:
    settings = replace(Settings(), embedding=EmbeddingSettings(model="other"))
    note = "This library is indexed with all-MiniLM-L6-v2; 'assistant reindex' moves it to other."

    async def notes(open_library: Callable[[], Library] | None = None) -> list[str]:
        heard = Heard()
        app = chat(open_library)
        async with app.run_test(size=(120, 30), message_hook=heard.append) as pilot:
            await answered(pilot, FACT)
        return [message.notification.message for message in heard.of(Notify)]

    async def check() -> None:
        with Library.open(sample_folder, settings=settings, model=model) as library:
            assert await notes(lambda: library) == [note]
        assert await notes() == []

    run(check())
