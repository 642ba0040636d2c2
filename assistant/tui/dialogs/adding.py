"""Asks which files are to be added: paths are completed, and looked at before anything starts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Button, Static

from assistant.resources import sample_papers
from assistant.tui.dialogs.dialog import Dialog
from assistant.tui.dialogs.paths import Look, completed, look_at, quoted, typed_paths
from assistant.tui.display import brief, verbatim
from assistant.tui.fields import SearchField
from assistant.tui.hints import Hint

MAX_PATH_CELLS = 50
MAX_LOOKS = 6
"""Paths that are named below the field; the rest is counted."""


class PathSuggester(Suggester):
    """Completes the last path of the line from the file system."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the line with its last path completed."""
        return await asyncio.to_thread(completed, value)


class PathField(SearchField):
    """A field for one or more paths."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete the path", show=False),
    ]

    def __init__(self) -> None:
        super().__init__("Path of a file or folder", id="paths")
        self.suggester = PathSuggester()

    async def action_complete(self) -> None:
        """Complete the path; go on to the next widget where there is nothing to complete."""
        line = await asyncio.to_thread(completed, self.value) if self.value else None
        if line is None:
            self.screen.focus_next()
        else:
            self.value = line
            self.cursor_position = len(line)

    def on_paste(self, event: events.Paste) -> None:
        """Take every line of what is pasted or dropped, not the first alone."""
        pasted = [line.strip() for line in event.text.splitlines() if line.strip()]
        if len(pasted) > 1:
            event.prevent_default()
            event.stop()
            self.insert_text_at_cursor(" ".join(quoted(line) for line in pasted) + " ")


class AddDialog(Dialog[list[str] | None]):
    """Asks for files and folders; their absolute paths, or None."""

    TITLE_TEXT = "Add papers"
    DEFAULT_CSS = """
    AddDialog {
        & #add-looks { margin: 1 0; }
        & #add-sample { margin: 0 1; }
    }
    """

    def parts(self) -> Iterable[Widget]:
        """Return the field, what is at the paths, and the button for the sample."""
        words = "A file or folder of abstracts; several are parted by blanks."
        yield Static(Content(words), classes="dialog--words dialog--quiet")
        yield PathField()
        yield Static(id="add-looks", classes="dialog--words")
        yield Button("Load the sample instead", id="add-sample", compact=True)

    def hints(self) -> Iterable[Hint]:
        """Return the keys."""
        return (Hint("submit", "add"), Hint("complete", "complete"), Hint("close", "cancel"))

    def on_search_field_searched(self, event: PathField.Searched) -> None:
        """Look at the paths as they are typed."""
        event.stop()
        self._look(event.text)

    def on_search_field_left(self, event: PathField.Left) -> None:
        """Go on to the button."""
        event.stop()
        self.query_one("#add-sample").focus()

    def on_input_submitted(self, event: PathField.Submitted) -> None:
        """Add what was typed, if all of it is there."""
        event.stop()
        self._look(event.value, send=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Add the sample."""
        event.stop()
        self.dismiss([str(sample_papers())])

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look(self, text: str, *, send: bool = False) -> None:
        looks = await asyncio.to_thread(lambda: [look_at(path) for path in typed_paths(text)])
        self.query_one("#add-looks", Static).update(Content("\n").join(_said(looks)))
        if send and looks and not any(look.problem for look in looks):
            self.dismiss([look.path for look in looks])


def _said(looks: list[Look]) -> Iterable[Content]:
    """Say of each path what is there."""
    for look in looks[:MAX_LOOKS]:
        # Of a long path the end tells more than the beginning.
        path = verbatim(look.path)
        path = path if path.cell_length <= MAX_PATH_CELLS else "…" + path[1 - MAX_PATH_CELLS :]
        style = "$text-error" if look.problem else "$text-success"
        yield Content.assemble(brief(path, cells=MAX_PATH_CELLS), ": ", (str(look), style))
    if len(looks) > MAX_LOOKS:
        rest = looks[MAX_LOOKS:]
        problems = sum(bool(look.problem) for look in rest)
        words = f"and {len(rest):,} more" + (f", {problems:,} not readable" if problems else "")
        yield Content.styled(words, "$text-error" if problems else "$text-muted")
