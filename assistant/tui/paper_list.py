"""The list of the papers, and its rows as they are made in a thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList

from assistant.tui.paper_row import PaperRow
from assistant.types import Listing


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and the rows that show it."""

    listing: Listing
    rows: dict[tuple[str, bool], PaperRow]
    """By the id of the paper, and whether it is pinned."""


def read_rows(browse: Callable[[], Listing], *, pinned: set[str], width: int) -> Found:
    """Read the list and fit its rows, in a thread: key presses do not wait for either."""
    listing = browse()
    rows: dict[tuple[str, bool], PaperRow] = {}
    for paper in listing.papers:
        marked = paper.paper_id in pinned
        row = rows[paper.paper_id, marked] = PaperRow(paper, pinned=marked)
        if width > 0:  # else the list is hidden, and its width not known yet
            row.fitted(width)
    return Found(listing, rows)


class PaperList(OptionList):
    """The rows of the papers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Open the paper", show=False, id="open_source"),
    ]
    DEFAULT_CSS = """
    PaperList, PaperList:focus {
        height: 1fr;
        border: none;
        padding: 0;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        background: transparent;
        background-tint: 0%;
        & > .option-list--option { padding: 0 1; }
        & > .option-list--option-disabled { color: $text-muted; }
    }
    PaperList:nocolor > .option-list--option-highlighted { text-style: underline; }
    """

    class LeftUpwards(Message):
        """The cursor was moved up from the first row."""

    def action_cursor_up(self) -> None:
        """Move up; from the first row to the search."""
        first = next((i for i, option in enumerate(self.options) if not option.disabled), None)
        if self.highlighted is None or self.highlighted == first:
            self.post_message(self.LeftUpwards())
        else:
            super().action_cursor_up()
