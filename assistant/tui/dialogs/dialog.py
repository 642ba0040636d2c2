"""What every dialog has in common: one box, a title, a line of keys, and escape to close it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import OptionList

from assistant.tui.display import brief
from assistant.tui.hints import Hint, Hints

T = TypeVar("T")


class DialogList(OptionList):
    """A list in a dialog; the cursor can be seen without colours."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Choose", show=False),
    ]
    DEFAULT_CSS = """
    DialogList { height: auto; }
    DialogList, DialogList:focus {
        border: none;
        padding: 0;
        background: transparent;
        background-tint: 0%;
        scrollbar-size-vertical: 1;
        & > .option-list--option { padding: 0 1; }
        & > .option-list--option-disabled { color: $text-muted; }
    }
    DialogList:nocolor > .option-list--option-highlighted { text-style: underline; }
    """


class Dialog(ModalScreen[T]):
    """A box in the middle of the screen. Escape or a click beside it closes it without result."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, id="stop"),
    ]
    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        & > .dialog {
            width: 76;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            background: $surface;
            border: round $primary;
            border-title-color: $foreground;
            border-title-style: bold;
            padding: 0 1;
        }
        & > .dialog > Hints { padding: 0 1; margin: 1 0 0 0; }
        & .dialog--words { width: 1fr; height: auto; padding: 0 1; }
        & .dialog--quiet { color: $text-muted; }
    }
    """
    TITLE_TEXT: ClassVar[str] = ""

    def compose(self) -> ComposeResult:
        """Put the parts of the dialog into its box."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self.TITLE_TEXT)
            yield from self.parts()
            yield Hints(self, *self.hints())

    def parts(self) -> Iterable[Widget]:
        """Return what stands in the box above the keys."""
        return ()

    def hints(self) -> Iterable[Hint]:
        """Return what the line of keys names."""
        return (Hint("close", "close"),)

    def on_resize(self) -> None:
        """Fit what scrolls into the screen once the rest of the box has its height."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        box = self.query_one(".dialog", Vertical)
        for part in box.query(".dialog--scroll"):
            others = [other for other in box.children if other is not part and other.display]
            rows = sum(other.outer_size.height + other.styles.margin.height for other in others)
            rows += box.gutter.height + part.styles.margin.height
            part.styles.max_height = max(1, self.size.height - rows)

    def entitle(self, title: Content) -> None:
        """Give the box another title."""
        self.query_one(".dialog", Vertical).border_title = brief(title, cells=60)

    def action_close(self) -> None:
        """Close the dialog without a result."""
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """Close the dialog when someone clicks beside it."""
        if event.widget is self:
            self.action_close()
