"""A paper in a list: its title on up to two rows, and below it who wrote it and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.visual import RenderOptions, Visual

from assistant.tui.display import brief, byline, shown

if TYPE_CHECKING:
    from textual.css.styles import RulesMap
    from textual.strip import Strip
    from textual.style import Style

    from assistant.types import Paper

TITLE_ROWS = 2
PIN = "● "
"""Stands before the title of a pinned paper."""


class PaperRow(Visual):
    """What a list shows of a paper, fitted to the width of the list when it is drawn."""

    def __init__(self, paper: Paper, *, pinned: bool = False) -> None:
        title = shown(paper.title) or Content("(no title)")
        self._title = Content.styled(PIN, "bold $text-accent") + title if pinned else title
        self._byline = shown(byline(paper.authors, paper.year), "$text-muted")
        self._fitted: tuple[int, Content] = (0, Content(""))

    def __str__(self) -> str:
        return f"{self._title.plain}\n{self._byline.plain}".rstrip()

    def fitted(self, width: int) -> Content:
        """Return the rows for a list of ``width`` columns, separated by line breaks."""
        if self._fitted[0] != width:
            self._fitted = (width, Content("\n").join(self._rows(width)))
        return self._fitted[1]

    def _rows(self, width: int) -> list[Content]:
        # What cannot be seen is cut before it is wrapped: a title may have 10,000 characters.
        rows = brief(self._title, cells=width * TITLE_ROWS).wrap(width)
        if len(rows) > TITLE_ROWS:
            last = rows[TITLE_ROWS - 1].rstrip()
            rows = [*rows[: TITLE_ROWS - 1], brief(last + "…", cells=width)]
        if self._byline:
            rows.append(brief("  " + self._byline, cells=width))
        return rows

    def get_height(self, rules: RulesMap, width: int) -> int:  # noqa: ARG002
        """Return how many rows it takes."""
        return self.fitted(max(1, width)).plain.count("\n") + 1

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:  # noqa: ARG002
        """Return the width of the list: every width will do."""
        return container_width

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Draw the rows."""
        return self.fitted(max(1, width)).render_strips(width, height, style, options)
