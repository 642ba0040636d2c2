"""Asks for one line of text: the new name of a conversation."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from assistant.tui.dialogs.dialog import Dialog
from assistant.tui.display import verbatim
from assistant.tui.fields import Field
from assistant.tui.hints import Hint


class TextDialog(Dialog[str | None]):
    """Asks for a text; what was typed, or None. An empty field is not sent."""

    def __init__(self, title: str, *, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._value = value

    def parts(self) -> Iterable[Widget]:
        """Return the field."""
        yield Field(value=verbatim(self._value).plain, id="text")

    def hints(self) -> Iterable[Hint]:
        """Return the keys."""
        return (Hint("submit", "save"), Hint("close", "cancel"))

    def on_mount(self) -> None:
        """Name what is asked for."""
        self.entitle(verbatim(self._title))

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Give back the text."""
        event.stop()
        if text := " ".join(event.value.split()):
            self.dismiss(text)
