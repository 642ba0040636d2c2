"""What a new user sees: the library is empty, and there are two ways to begin."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static


class EmptyState(Vertical):
    """Says that there are no papers yet, and offers to add some or to load the sample."""

    BINDING_GROUP_TITLE = "Empty library"
    HELP = "Choose one of the two ways to begin."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", "Button before", show=False),
        Binding("right,down", "app.focus_next", "Next button", show=False),
    ]
    DEFAULT_CSS = """
    EmptyState {
        width: 1fr;
        height: 1fr;
        align: center middle;
        & > * { width: 100%; max-width: 60; height: auto; }
        & > .empty--heading { text-style: bold; margin: 0 0 1 0; }
        & > .empty--words { color: $text-muted; margin: 0 0 1 0; }
        & Button { margin: 0 2 0 0; }
    }
    """

    class AddAsked(Message):
        """Own files are to be added."""

    class SampleAsked(Message):
        """The sample library is to be loaded."""

    def compose(self) -> ComposeResult:
        """Lay out the words and the two buttons."""
        yield Static(Content("Your library is empty."), classes="empty--heading")
        yield Static(
            Content(
                "Add files or folders of abstracts, such as text copied from a web page. "
                "Or load the sample, a few dozen well-known papers, and try it with these: ask, "
                "or type /survey sparse attention, /summarize, /compare or /overview."
            ),
            classes="empty--words",
        )
        with Horizontal():
            yield Button("Add your files", id="empty-add", variant="primary", compact=True)
            yield Button("Load the sample", id="empty-sample", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Pass on what was chosen."""
        event.stop()
        own = event.button.id == "empty-add"
        self.post_message(self.AddAsked() if own else self.SampleAsked())
