"""Where things stand at 60, 100 and 160 columns, read from the screen as plain text."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.library import Library
from assistant.tui.app import ChatApp
from assistant.tui.empty_state import EmptyState
from assistant.tui.library_pane import LibraryPane
from tests.tui.conftest import MakeChat, StagedModel
from tests.tui.flow import FACT, PROVED, answered, chat_of, opened, words
from tests.tui.waiting import dump, run, until


def seen(app: ChatApp) -> tuple[bool, bool]:
    """Return whether the library and the source are seen."""
    return app.chat.library_pane.display, app.chat.source_pane.display


def test_sixty_columns_and_twenty_rows_are_enough(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        model.draft = PROVED
        async with chat().run_test(size=(60, 20)) as pilot:
            app = await answered(pilot, FACT)
            rows = dump(app).splitlines()
            assert len(rows) == 20
            assert all(len(row) <= 60 for row in rows)
            assert rows[-1].startswith(" 52 papers")
            assert rows[-1].endswith("staged")
            assert rows[-4].startswith(" ╭")
            assert rows[-2].startswith(" ╰")
            assert app.chat.conversation.outer_size.height == 16
            assert "✓[1]" in words(app)
            assert seen(app) == (False, False)

    run(check())


def test_at_a_hundred_columns_one_pane_stands_beside_the_conversation(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(100, 30)) as pilot:
            app = await answered(pilot, FACT)
            assert seen(app) == (True, False)
            assert "BERT: Pre-training" in dump(app)
            await pilot.press("ctrl+g")
            await pilot.pause()
            assert seen(app) == (False, True)
            assert app.chat.conversation.outer_size.width >= 56
            await pilot.press("ctrl+b")
            await pilot.pause()
            assert seen(app) == (True, False)
            await pilot.press("ctrl+b")
            await pilot.pause()
            assert seen(app) == (False, False)

    run(check())


def test_at_a_hundred_and_sixty_columns_both_panes_stand_beside_it(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(160, 45)) as pilot:
            app = await answered(pilot, FACT)
            assert seen(app) == (True, True)
            library, conversation, source = (
                widget.region
                for widget in (app.chat.library_pane, app.chat.conversation, app.chat.source_pane)
            )
            assert library.right <= conversation.x < conversation.right <= source.x
            assert "Ashish Vaswani" in dump(app)
            assert "28.4 BLEU" in dump(app)

    run(check())


def test_the_settings_hide_the_panes(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        app = chat(chat={"show_library": False, "show_source": False})
        async with app.run_test(size=(160, 45)) as pilot:
            await opened(pilot)
            assert seen(app) == (False, False)
            await pilot.press("ctrl+b")
            await pilot.pause()
            assert seen(app) == (True, False)

    run(check())


@pytest.mark.parametrize("size", [(60, 20), (100, 30), (160, 45)])
def test_no_row_is_cut_while_the_screen_changes_its_size(
    chat: MakeChat, model: StagedModel, size: tuple[int, int]
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(80, 24)) as pilot:
            app = await answered(pilot, FACT)
            await pilot.resize_terminal(*size)
            await pilot.pause()
            rows = dump(app).splitlines()
            assert len(rows) == size[1]
            assert "[1]" in dump(app)
            assert rows[-1].startswith(" 52 papers")

    run(check())


def test_on_a_narrow_screen_the_library_covers_the_conversation_until_escape(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(60, 20)) as pilot:
            app = await opened(pilot)
            await pilot.press("ctrl+b")
            await until(pilot, lambda: "Search titles" in dump(app), "the library")
            assert app.chat.library_pane.has_focus_within
            await pilot.press("escape")
            await until(pilot, lambda: app.focused is app.chat.prompt, "the prompt")
            assert seen(app) == (False, False)

    run(check())


def test_tab_goes_from_the_prompt_to_the_conversation_the_source_and_the_library(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(160, 45)) as pilot:
            app = await answered(pilot, FACT)
            places = (app.chat.prompt, app.chat.conversation, app.chat.source_pane)
            assert app.focused is app.chat.prompt
            for place in places[1:]:
                await pilot.press("tab")
                assert place.has_focus or place.has_focus_within
            await pilot.press("tab")
            assert app.chat.library_pane.has_focus_within
            while app.chat.library_pane.has_focus_within:
                await pilot.press("tab")
            assert app.focused is app.chat.prompt

    run(check())


def test_an_empty_library_says_how_to_begin_and_does_it(
    chat: MakeChat, model: StagedModel, tmp_path: Path
) -> None:
    def open_library() -> Library:
        return Library.open(tmp_path / "new", settings=Settings(), model=model)

    async def check() -> None:
        async with chat(open_library).run_test(size=(140, 30)) as pilot:
            app = await opened(pilot)
            await until(pilot, lambda: "Your library is empty." in words(app), "the ways")
            assert seen(app) == (False, False)
            assert app.query_one(EmptyState).has_focus_within
            await pilot.press("right", "enter")
            await until(pilot, lambda: "52 papers added." in words(app), "the sample")
            await until(pilot, lambda: app.focused is app.chat.prompt, "the prompt")
            assert seen(app) == (True, True)
            await until(pilot, lambda: "BERT: Pre-training" in dump(app), "the papers")
            await answered(pilot, FACT)
            assert "28.4 BLEU" in words(app)

    run(check())


def test_a_removed_paper_leaves_the_list_and_the_scope(
    chat: MakeChat, model: StagedModel, own_folder: Path
) -> None:
    def open_library() -> Library:
        return Library.open(own_folder, settings=Settings(), model=model)

    async def check() -> None:
        async with chat(open_library).run_test(size=(140, 40)) as pilot:
            app = await opened(pilot)
            library = app.chat.engine.library
            assert library is not None
            lora = library.browse("LoRA").papers[0]
            app.chat.pin((lora,))
            app.chat.post_message(LibraryPane.RemoveAsked(lora))
            await until(pilot, lambda: "Remove this paper" in dump(app), "the question")
            await pilot.press("enter")
            await until(pilot, lambda: library.count() == 51, "the removal")
            await until(pilot, lambda: "51 papers" in dump(app).splitlines()[-1], "the count")
            assert chat_of(pilot).chat.prompt.scope == ()

    run(check())
