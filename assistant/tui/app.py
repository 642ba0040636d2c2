"""The chat as a program: its theme, its keys, its way in and its way out."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter, NoColor
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input, TextArea

from assistant.config import keymap, redacted, save_setting
from assistant.errors import AssistantError
from assistant.sessions import Session, SessionStore
from assistant.tui.clipboard import copy_with_tool
from assistant.tui.commands import ChatCommands
from assistant.tui.display import notify
from assistant.tui.hints import active_keys
from assistant.tui.keymap import unknown_keys
from assistant.tui.screen import ChatScreen
from assistant.tui.terminal import ended_with_terminal, own_screen

if TYPE_CHECKING:
    from assistant.config import Settings
    from assistant.library import Library

QUIT_AGAIN_S = 3.0
"""A second ctrl+c within this time leaves the chat."""
CLOSING_S = 0.3
"""Threads that have not ended this long after the screen is gone are left behind."""


class ChatApp(App[None]):
    """The terminal chat."""

    TITLE = "Abstract Assistant"
    CSS_PATH = "chat.tcss"
    COMMANDS: ClassVar = {ChatCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "copy_or_quit", "Copy", show=False, priority=True, id="copy"),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="quit"),
        Binding("ctrl+p", "command_palette", "Commands", show=False, priority=True, id="commands"),
        Binding("f1", "help", "Help", show=False, id="help"),
    ]

    def __init__(
        self,
        open_library: Callable[..., Library],
        *,
        settings: Settings,
        store: SessionStore,
        session: Session,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._asked_to_quit_s = float("-inf")
        self.chat = ChatScreen(open_library, settings=settings, store=store, session=session)

    def get_default_screen(self) -> Screen[None]:
        """Return the one screen of the chat."""
        return self.chat

    def on_mount(self) -> None:
        """Take theme and keys from the settings."""
        keys = keymap(self._settings.keys)
        wrong = list(unknown_keys(keys))
        self.set_keymap({name: key for name, key in keys.items() if name not in dict(wrong)})
        for name, key in wrong:
            notify(
                self.chat,
                f"The setting keys.{name} names '{key}', and there is no such key.\n"
                "Its default is used. A key is written as ctrl+x, f3 or escape.",
                severity="warning",
            )
        self._take_theme(self._settings.chat.theme)
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        if not self.is_headless:
            with suppress(NotImplementedError):  # Windows
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what changes rows before they are drawn: with NO_COLOR, no colour is left.

        Textual itself would turn colours into shades of grey.
        """
        return [NoColor()] if self.no_color else super().get_line_filters()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave tab to the prompt where it completes a command."""
        completes = self.chat.prompt.has_focus and self.chat.prompt.completes
        return not (action == "focus_next" and self.screen is self.chat and completes)

    def get_key_display(self, binding: Binding) -> str:
        """Return a key as the settings spell it, and not every reader knows ``^p``."""
        key = super().get_key_display(binding)
        return key.replace("^", "ctrl+") if "ctrl" in binding.parse_key()[0] else key

    def copy_to_clipboard(self, text: str) -> None:
        """Copy through the terminal, and with a tool of the desktop if there is one."""
        super().copy_to_clipboard(text)
        if not self.is_headless:
            copy_with_tool(text)

    def action_copy_or_quit(self) -> None:
        """Copy what is selected; without a selection, the second time in a row, leave."""
        text = self._selected_text
        if text:
            self.copy_to_clipboard(text)
            notify(self.chat, "Copied.")
        elif time.monotonic() - self._asked_to_quit_s < QUIT_AGAIN_S:
            self.exit()
        else:
            self._asked_to_quit_s = time.monotonic()
            key = active_keys(self.chat)["copy_or_quit"][0]
            notify(self.chat, f"Press {key} again to leave.", timeout_s=QUIT_AGAIN_S)

    def action_help(self) -> None:
        """Show the keys of what has the focus."""
        from assistant.tui.dialogs.help import HelpDialog

        if not isinstance(self.screen, HelpDialog):
            self.push_screen(HelpDialog(self.screen.focused))

    @property
    def _selected_text(self) -> str:
        focused = self.focused
        if isinstance(focused, TextArea | Input) and focused.selected_text:
            return focused.selected_text
        return self.screen.get_selected_text() or ""

    def _take_theme(self, name: str) -> None:
        if name in self.available_themes:
            self.theme = name
        else:
            names = ", ".join(sorted(self.available_themes))
            notify(
                self.chat,
                f"The setting chat.theme names '{name}', and there is no such theme.\n"
                f"There are: {names}.",
                severity="warning",
            )

    def _fatal_error(self) -> None:
        """Leave, and show where it broke; Textual would show the values of variables, too."""
        self.panic(Text(redacted(traceback.format_exc(), self._settings)))

    def _keep_theme(self, theme: Theme) -> None:
        """Save the theme that the reader has chosen."""
        try:
            save_setting("chat", "theme", theme.name)
        except AssistantError as error:
            self.chat.complain(error)


def run_chat(
    open_library: Callable[..., Library], *, settings: Settings, resume: str | None = None
) -> None:
    """Run the chat until it is left.

    ``open_library`` is called in a thread, and told whom to tell how far it is (``progress``) and
    what ends it (``cancel``). ``resume`` is the id of a conversation to go on with,
    "" for the latest, None for a new one. Raises SessionMissing if there is no such conversation,
    SystemExit with code 1 if the chat broke.
    """
    if os.environ.get("NO_COLOR") == "":
        del os.environ["NO_COLOR"]  # empty means colours; Textual only looks whether it is there
    store = SessionStore(settings.library_folder / "sessions")
    app = ChatApp(
        open_library, settings=settings, store=store, session=session_to_show(store, resume)
    )
    with ended_with_terminal(), own_screen():
        app.run()
        ended = app.chat.engine.close(timeout_s=CLOSING_S)
    code = app.return_code or 0
    if not ended:
        # A thread is inside a C library, and Python would wait for it, or crash under it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    if code:
        raise SystemExit(code)


def session_to_show(store: SessionStore, resume: str | None) -> Session:
    """Return the conversation to begin with: a new one, the latest, or the one with an id."""
    if resume is None:
        return store.new()
    if resume:
        return store.load(resume)
    latest = store.summaries()[:1]
    return store.load(latest[0].session_id) if latest else store.new()
