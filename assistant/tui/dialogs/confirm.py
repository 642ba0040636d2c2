"""Asks before something is done that cannot be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Button, Static

from assistant.tui.dialogs.dialog import Dialog
from assistant.tui.display import brief, lines
from assistant.tui.hints import Hint

MAX_CELLS = 200
"""Of the question and of the detail: both and the buttons fit a screen of 60 by 20."""


class Choice(Horizontal):
    """Buttons in a row; the arrow keys go from one to the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", "Button before", show=False),
        Binding("right,down", "app.focus_next", "Next button", show=False),
    ]
    DEFAULT_CSS = """
    Choice { height: 1; margin: 1 0 0 0; padding: 0 1; }
    Choice Button { margin: 0 2 0 0; min-width: 10; }
    """


class ConfirmDialog(Dialog[bool]):
    """Asks ``question``; True for yes, False for all else."""

    def __init__(self, question: str, *, detail: str = "", yes: str = "Remove") -> None:
        super().__init__()
        self._question = question
        self._detail = detail
        self._yes = yes

    def parts(self) -> Iterable[Widget]:
        """Return the question and two buttons."""
        question = brief(lines(self._question, "bold"), cells=MAX_CELLS)
        yield Static(question, classes="dialog--words")
        if self._detail:
            detail = brief(lines(self._detail), cells=MAX_CELLS)
            yield Static(detail, classes="dialog--words dialog--quiet")
        yield Choice(
            Button(lines(self._yes), id="yes", variant="warning", compact=True),
            Button("Cancel", id="no", compact=True),
        )

    def hints(self) -> Iterable[Hint]:
        """Return the keys."""
        return (Hint("press", "choose"), Hint("close", "cancel"))

    def on_mount(self) -> None:
        """Take enter for yes: the reader has just asked for it."""
        self.query_one("#yes").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        event.stop()
        self.dismiss(event.button.id == "yes")

    def action_close(self) -> None:
        """Answer no."""
        self.dismiss(False)
