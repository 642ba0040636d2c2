"""What has the focus and which keys it knows, then the keys that work everywhere.

There is no list of keys here: they are read off the bindings that were active when help was
asked for, and what they do is said in the words of the section ``[keys]`` of the settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import App, RenderResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from assistant.config import key_meanings
from assistant.tui.dialogs.dialog import Dialog
from assistant.tui.display import brief, verbatim
from assistant.tui.hints import Hint, bare_action
from assistant.tui.slash import SLASH_COMMANDS

MAX_KEY_CELLS = 29

Rows = list[tuple[str, str]]
"""Keys, and what they do."""


class KeyTable(Widget):
    """Keys, and beside them what they do."""

    def __init__(self, rows: Sequence[tuple[str, str]], *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._entries = [(verbatim(keys, "bold"), Content(about)) for keys, about in rows]

    def get_content_height(
        self,
        container: Size,  # noqa: ARG002
        viewport: Size,  # noqa: ARG002
        width: int,
    ) -> int:
        """Return the rows that the table needs."""
        return len(self._lines(width))

    def render(self) -> RenderResult:
        """Return the table as wide as the widget."""
        return Content("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Content]:
        keys_cells = max((keys.cell_length for keys, _ in self._entries), default=0)
        keys_cells = min(keys_cells, MAX_KEY_CELLS) + 2
        lines: list[Content] = []
        for keys, about in self._entries:
            left = brief(keys, cells=MAX_KEY_CELLS)
            for row in about.wrap(max(10, width - keys_cells)):
                lines.append(left.pad_right(keys_cells - left.cell_length) + row)
                left = Content("")
        return lines


class HelpDialog(Dialog[None]):
    """The keys of ``focused`` and of what it lies in, then those of the screen and the app."""

    TITLE_TEXT = "Help"
    DEFAULT_CSS = """
    HelpDialog {
        & #help-keys { height: auto; padding: 0 1; }
        & #help-keys > * { width: 1fr; height: auto; }
        & .help--heading { text-style: bold; color: $text-accent; }
        & .help--about { color: $text-muted; }
        & .help--keys { margin: 0 0 1 0; }
    }
    """

    def __init__(self, focused: Widget | None) -> None:
        super().__init__()
        self._focused = focused

    def parts(self) -> Iterable[Widget]:
        """Return what has the focus, and the tables of keys."""
        here, everywhere, other = self._read_keys()
        shown: list[Widget] = []
        place = _place(self._focused)
        if place is not None or here:
            name = "Here" if place is None else place.BINDING_GROUP_TITLE or type(place).__name__
            shown.append(Static(Content(name), classes="help--heading"))
            if place is not None and place.HELP:
                shown.append(Static(Content(place.HELP), classes="help--about"))
            shown.append(KeyTable(here, classes="help--keys"))
        typed = [(command.usage, command.about) for command in SLASH_COMMANDS]
        shown.append(Static(Content("Typed into the prompt"), classes="help--heading"))
        shown.append(KeyTable(typed, classes="help--keys"))
        for heading, rows in (("Everywhere", everywhere), ("Moving and editing", other)):
            if rows:
                shown.append(Static(Content(heading), classes="help--heading"))
                shown.append(KeyTable(rows, classes="help--keys"))
        yield VerticalScroll(*shown, id="help-keys", classes="dialog--scroll")

    def hints(self) -> Iterable[Hint]:
        """Return the keys."""
        return (Hint("scroll_down", "scroll"), Hint("close", "close"))

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#help-keys").focus()

    def _read_keys(self) -> tuple[Rows, Rows, Rows]:
        """Return the keys of the focus, of the chat, and those that every list and field has."""
        screen = self._focused.screen if self._focused is not None else self.app.screen_stack[-2]
        meanings = key_meanings()
        sections: tuple[dict[str, list[str]], ...] = ({}, {}, {})
        for active in screen.active_bindings.values():
            binding = active.binding
            about = meanings.get(binding.id or "", "")
            section = int(isinstance(active.node, Screen | App)) if about else 2
            about = about or binding.description.lower()
            if active.enabled and about and not _is_chrome(binding):
                keys = sections[section].setdefault(about[0].upper() + about[1:], [])
                keys.append(self.app.get_key_display(binding))
        here, everywhere, other = (
            [(", ".join(keys), about) for about, keys in section.items()] for section in sections
        )
        return here, everywhere, other


def _is_chrome(binding: Binding) -> bool:
    """Tell whether a binding is of Textual's own kind that nobody needs to be told."""
    return binding.system or bare_action(binding.action) in ("copy_text", "maximize", "minimize")


def _place(widget: Widget | None) -> Widget | None:
    """Return the widget that is explained: the focused one, or the nearest around it."""
    if widget is None:
        return None
    around = (node for node in widget.ancestors_with_self if isinstance(node, Widget))
    return next((node for node in around if node.HELP and not isinstance(node, Screen)), None)
