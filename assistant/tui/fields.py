"""Fields of one line: what is pasted into them cannot steer the terminal, and a search waits.

A search begins a moment after the last key press, so that a word typed quickly is searched once.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from assistant.text.clean import printable

SEARCH_DELAY_S = 0.1


class Field(Input):
    """A field of one line, without a box."""

    DEFAULT_CSS = """
    Field, Field:focus {
        border: none;
        height: 1;
        padding: 0 1;
        background: $boost;
        background-tint: 0%;
    }
    Field:focus { background: $foreground 10%; }
    """

    def validate_value(self, value: str) -> str:
        """Drop characters that are not text: a paste may hold anything."""
        return printable(value)


class SearchField(Field):
    """A field whose text is searched while it is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "leave", "Go to the list", show=False),
    ]

    class Searched(Message):
        """The text has stood for a moment, or was sent with enter."""

        def __init__(self, field: SearchField, text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> SearchField:
            """The field."""
            return self.field

    class Left(Message):
        """The reader wants to go on to the list below."""

    def __init__(self, placeholder: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(placeholder=placeholder, id=id, select_on_focus=False)
        self._waiting: Timer | None = None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search when nothing more is typed for a moment."""
        event.stop()
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(SEARCH_DELAY_S, self._search)

    def _search(self) -> None:
        self._waiting = None
        self.post_message(self.Searched(self, self.value))

    def action_leave(self) -> None:
        """Go to the list."""
        self.post_message(self.Left())
