"""The command palette: every action that can be done, with the key that does it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from assistant.tui.app import ChatApp
from assistant.tui.commands import COMMANDS, ChatCommands
from assistant.tui.screen import ChatScreen
from tests.tui.waiting import dump, run, until


class _Main(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+o", "add_files", "Add", id="add")]

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.can_stop = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.can_stop if action == "stop" else True

    def action_add_files(self) -> None:
        self.done.append("add")

    def action_stop(self) -> None:
        self.done.append("stop")


class _Host(App[None]):
    COMMANDS: ClassVar = {ChatCommands}

    def __init__(self) -> None:
        super().__init__()
        self.main = _Main()

    def get_default_screen(self) -> Screen[None]:
        return self.main


def test_a_command_is_found_by_its_title_and_done() -> None:
    async def test() -> None:
        app = _Host()
        async with app.run_test() as pilot:
            await pilot.press("ctrl+p")
            await until(pilot, lambda: "Add papers" in dump(app))
            await pilot.press(*"add pap")
            await until(pilot, lambda: "Quit" not in dump(app) and "Add papers" in dump(app))
            await pilot.press("enter")
            await until(pilot, lambda: app.main.done == ["add"])

    run(test())


def test_only_what_can_be_done_now_is_offered() -> None:
    async def test() -> None:
        app = _Host()
        async with app.run_test(size=(100, 40)) as pilot:
            await pilot.press("ctrl+p")
            await until(pilot, lambda: "Add papers" in dump(app))
            assert "Stop the answer" not in dump(app)
            assert "Choose the model" not in dump(app)
            await pilot.press("escape")
            app.main.can_stop = True
            await pilot.press("ctrl+p")
            await until(pilot, lambda: "Stop the answer" in dump(app))

    run(test())


def test_the_key_that_is_shown_is_the_one_that_works_also_after_a_change() -> None:
    async def test() -> None:
        for key, shown in (("ctrl+o", "^o"), ("f7", "f7"), ("left_square_bracket", "[")):
            app = _Host()
            async with app.run_test(size=(100, 40)) as pilot:
                app.set_keymap({"add": key})
                await pilot.press("ctrl+p")
                await until(
                    pilot,
                    lambda app=app, shown=shown: f"folders of abstracts  {shown}" in dump(app),
                )
                assert isinstance(app.focused, Input)

    run(test())


def test_every_command_is_an_action_of_the_chat() -> None:
    missing = [
        command.action
        for command in COMMANDS
        if not hasattr(ChatScreen, f"action_{command.action}")
        and not hasattr(ChatApp, f"action_{command.action}")
    ]
    assert missing == []


def test_every_action_of_the_chat_is_a_command() -> None:
    actions = {
        name.removeprefix("action_")
        for kind in ChatScreen.__mro__
        if kind.__module__.startswith("assistant.")
        for name in vars(kind)
        if name.startswith("action_")
    }
    assert actions - {command.action for command in COMMANDS} == set()
