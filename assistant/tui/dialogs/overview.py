"""What is in the library: a map of its themes, then tables of themes, years and venues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from assistant.errors import AssistantError
from assistant.summaries.drawing import map_lines, overview_markdown
from assistant.summaries.drawing.tables import Table, counts, tables
from assistant.summaries.types import Overview
from assistant.tui.dialogs.dialog import Dialog
from assistant.tui.display import brief, lines, notify, verbatim
from assistant.tui.hints import Hint

if TYPE_CHECKING:
    from assistant.summaries.overview import OverviewStep

MIN_MAP_ROWS, MAX_MAP_ROWS = 8, 22
_STEPS: dict[OverviewStep, str] = {
    "reading": "Reading the papers",
    "grouping": "Finding their themes",
    "naming": "Naming the themes",
    "placing": "Drawing the map",
}
_GAP = "  "
_OTHER_ROWS = 10
"""Rows of the screen around the map."""


class OverviewDialog(Dialog[None]):
    """Waits for an overview, then shows it as wide as there is room."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy_overview", "Copy as Markdown", show=False, id="copy_answer"),
    ]
    DEFAULT_CSS = """
    OverviewDialog {
        & > .dialog { width: 100%; max-width: 120; }
        & #overview { height: auto; padding: 0 1; scrollbar-gutter: stable; }
        & #overview Static { width: 1fr; height: auto; }
    }
    """
    TITLE_TEXT = "Overview of the library"

    def __init__(self, limit: str = "") -> None:
        """``limit`` is the filter that papers pass."""
        super().__init__()
        self.limit = limit
        self._overview: Overview | None = None
        self._words = Static(Content("Reading the papers…"), markup=False)

    def parts(self) -> Iterable[Widget]:
        """Return the one part, which scrolls."""
        yield VerticalScroll(self._words, id="overview", classes="dialog--scroll")

    def hints(self) -> Iterable[Hint]:
        """Return the keys."""
        return (
            Hint("scroll_down", "scroll"),
            Hint("copy_overview", "copy as Markdown"),
            Hint("close", "close"),
        )

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        if self.limit:
            self.entitle(Content("Overview of papers that match ") + verbatim(self.limit))
        self.query_one("#overview").focus()

    def progress(self, step: OverviewStep, *, done: int, total: int) -> None:
        """Show how far it is."""
        self._words.update(Content(f"{_STEPS[step]}… {100 * done // max(total, 1)} %"))

    def show(self, overview: Overview) -> None:
        """Show what is in the library."""
        self._overview = overview
        self._draw()
        self.refresh_bindings()
        self.call_after_refresh(self._fit)

    def fail(self, error: AssistantError) -> None:
        """Show why there is no overview."""
        self._words.update(lines("\n".join(filter(None, [error.message, error.hint]))))

    def on_resize(self) -> None:
        """Draw the map anew for the new width."""
        super().on_resize()
        self.call_after_refresh(self._draw)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done now."""
        return action != "copy_overview" or self._overview is not None

    def action_copy_overview(self) -> None:
        """Copy the overview as Markdown."""
        if self._overview is not None:
            self.app.copy_to_clipboard(overview_markdown(self._overview))
            notify(self, "Overview copied.")

    def _draw(self) -> None:
        width = self._words.content_size.width
        if self._overview is None or not width:
            return
        rows = min(max(self.size.height - _OTHER_ROWS, MIN_MAP_ROWS), MAX_MAP_ROWS)
        drawn = [Content(counts(self._overview)), Content("")]
        drawn += map(lines, map_lines(self._overview, width=width, height=rows))
        for table in tables(self._overview):
            drawn += [Content(""), *table_lines(table, width=width)]
        self._words.update(Content("\n").join(drawn))


def table_lines(table: Table, *, width: int) -> Iterator[Content]:
    """Yield a heading, the note, and the rows with their columns below each other.

    The last column takes the room that is left, and words that find none are cut.
    """
    yield Content.styled(table.heading, "bold $text-accent")
    if table.note:
        yield Content.styled(table.note, "$text-muted")
    columns = range(len(table.columns))
    widths = [max(verbatim(row[column]).cell_length for row in table.rows) for column in columns]
    fair = width // len(table.columns) - len(_GAP)
    widths = [min(wanted, max(fair, 1)) for wanted in widths[:-1]] + widths[-1:]
    for row in table.rows:
        cells = []
        for column, text in enumerate(row):
            cell = brief(verbatim(text), cells=widths[column])
            pad = widths[column] - cell.cell_length
            if column in table.numbers:
                cell = cell.pad_left(pad)
            elif column < len(row) - 1:
                cell = cell.pad_right(pad)
            cells.append(cell)
        yield brief(Content(_GAP).join(cells), cells=width)
