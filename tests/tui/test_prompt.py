"""The prompt: it grows, sends, breaks lines, remembers, and takes nothing that is not text."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from assistant.tui.prompt import MAX_ROWS, Prompt
from tests.tui.hosts import HOSTILE, Heard, paper
from tests.tui.waiting import dump, run, until


class PromptHost(App[None]):
    """An app with a prompt at its foot."""

    def __init__(self) -> None:
        super().__init__()
        self.prompt = Prompt()

    def compose(self) -> ComposeResult:
        yield self.prompt

    def on_mount(self) -> None:
        self.prompt.focus()


def sent(heard: Heard) -> list[str]:
    return [message.text for message in heard.of(Prompt.Sent)]


def test_enter_sends_and_empties_the_prompt() -> None:
    async def check() -> None:
        app, heard = PromptHost(), Heard()
        async with app.run_test(message_hook=heard.append) as pilot:
            await pilot.press("h", "i", "enter")
            await until(pilot, lambda: sent(heard) == ["hi"], "sent")
            assert app.prompt.text == ""
            await pilot.press("space", "enter")
            await pilot.pause()
            assert sent(heard) == ["hi"]

    run(check())


def test_what_is_typed_faster_than_it_is_shown_is_sent_line_by_line() -> None:
    async def check() -> None:
        app, heard = PromptHost(), Heard()
        async with app.run_test(message_hook=heard.append) as pilot:
            for character in "one\rtwo\rthree":
                key = "enter" if character == "\r" else character
                app.post_message(events.Key(key, character))
            await until(pilot, lambda: app.prompt.text == "three", "the last line")
            assert sent(heard) == ["one", "two"]

    run(check())


def test_two_keys_break_the_line() -> None:
    async def check() -> None:
        app, heard = PromptHost(), Heard()
        async with app.run_test(message_hook=heard.append) as pilot:
            await pilot.press("a", "shift+enter", "b", "ctrl+j", "c")
            assert app.prompt.text == "a\nb\nc"
            assert sent(heard) == []

    run(check())


def test_other_keys_can_be_given_to_both() -> None:
    async def check() -> None:
        app, heard = PromptHost(), Heard()
        app.set_keymap({"send": "ctrl+s", "newline": "enter"})
        async with app.run_test(message_hook=heard.append) as pilot:
            await pilot.press("a", "enter", "b", "ctrl+s")
            await until(pilot, lambda: sent(heard) == ["a\nb"], "sent")

    run(check())


def test_it_grows_with_its_text_up_to_ten_rows() -> None:
    async def check() -> None:
        app = PromptHost()
        async with app.run_test(size=(60, 24)) as pilot:
            heights = []
            for lines in (1, 2, 9, 10, 11, 40):
                app.prompt.text = "\n".join("x" * lines)
                await pilot.pause()
                heights.append(app.prompt.outer_size.height - 2)
            assert heights == [1, 2, 9, 10, MAX_ROWS, MAX_ROWS]

    run(check())


async def press(pilot: Pilot[Any], *keys: str) -> str:
    await pilot.press(*keys)
    await pilot.pause()
    return str(pilot.app.query_one(Prompt).text)


def test_up_and_down_walk_what_was_sent_and_keep_what_was_not() -> None:
    async def check() -> None:
        app = PromptHost()
        async with app.run_test() as pilot:
            app.prompt.remember(["first", "second"])
            await pilot.press("d", "r", "a", "f", "t")
            assert await press(pilot, "up") == "second"
            assert await press(pilot, "up") == "first"
            assert await press(pilot, "up") == "first"
            assert await press(pilot, "down") == "second"
            assert await press(pilot, "down") == "draft"
            assert await press(pilot, "down") == "draft"

    run(check())


def test_inside_a_text_of_several_rows_up_and_down_move_the_cursor() -> None:
    async def check() -> None:
        app = PromptHost()
        async with app.run_test(size=(40, 20)) as pilot:
            app.prompt.remember(["before"])
            app.prompt.text = "one\ntwo " + "long " * 20
            app.prompt.move_cursor(app.prompt.document.end)
            rows = app.prompt.wrapped_document.height
            for _ in range(rows - 1):
                assert (await press(pilot, "up")).startswith("one")
            assert await press(pilot, "up") == "before"
            assert (await press(pilot, "down")).startswith("one")

    run(check())


def test_what_was_sent_is_remembered_once() -> None:
    async def check() -> None:
        app = PromptHost()
        async with app.run_test() as pilot:
            await pilot.press("a", "enter", "a", "enter", "b", "enter")
            assert await press(pilot, "up", "up") == "a"
            assert await press(pilot, "up") == "a"

    run(check())


def test_a_paste_keeps_its_lines_and_loses_what_steers_a_terminal() -> None:
    async def check() -> None:
        app = PromptHost()
        async with app.run_test() as pilot:
            app.prompt.post_message(events.Paste("one\r\n\x1b[31mtwo\x1b[0m\n\u202ethree"))
            await until(pilot, lambda: "three" in app.prompt.text, "the paste")
            assert app.prompt.text == "one\ntwo\nthree"

    run(check())


def test_a_huge_paste_is_cut_and_said_to_be() -> None:
    async def check() -> None:
        app = PromptHost()
        async with app.run_test(notifications=True) as pilot:
            app.prompt.post_message(events.Paste("word " * 100_000))
            await until(pilot, lambda: app.prompt.text, "the paste")
            assert len(app.prompt.text) < 25_000
            await until(pilot, lambda: "characters" in dump(app), "a note")

    run(check())


def test_the_border_names_the_papers_that_a_question_is_limited_to() -> None:
    async def check() -> None:
        app = PromptHost()
        async with app.run_test(size=(60, 10)) as pilot:
            app.prompt.scope = (paper(1, title="Deep [/] nets"),)
            await pilot.pause()
            assert "in Deep [/] nets" in dump(app)
            app.prompt.scope = (paper(1, title="One"), paper(2, title="Two"))
            await pilot.pause()
            assert "in 2 papers: One; Two" in dump(app)
            app.prompt.scope = ()
            await pilot.pause()
            assert "One" not in dump(app)

    run(check())


def test_hostile_text_is_shown_as_text() -> None:
    async def check() -> None:
        app = PromptHost()
        async with app.run_test(size=(60, 20)) as pilot:
            for text in HOSTILE:
                app.prompt.text = ""
                app.prompt.scope = (paper(1, title=text),)
                app.prompt.remember([text])
                app.prompt.post_message(events.Paste(text))
                await pilot.pause()
                await pilot.press("up")
                await pilot.pause()
                shown = dump(app)
                assert "\x1b" not in shown
                assert "\u202e" not in shown

    run(check())
