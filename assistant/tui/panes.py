"""Which of the two panes are seen: beside the conversation, or over it where it is narrow."""

from __future__ import annotations

from textual.widget import Widget

MEDIUM_COLUMNS = 100
"""From here on the panes stand beside the conversation, one at a time."""
WIDE_COLUMNS = 130
"""From here on both panes can stand beside it."""
BREAKPOINTS = [(0, "-narrow"), (MEDIUM_COLUMNS, "-medium"), (WIDE_COLUMNS, "-wide")]


class Panes:
    """Shows and hides the library and the source, as wide as the screen is."""

    def __init__(
        self,
        *,
        library: Widget,
        source: Widget,
        prompt: Widget,
        library_wanted: bool,
        source_wanted: bool,
    ) -> None:
        self._library = library
        self._source = source
        self._prompt = prompt
        self._columns = 0
        self._library_wanted = library_wanted
        self._source_wanted = source_wanted
        self._source_opened = False
        self._cleared = False
        self._overlay: Widget | None = None
        self._focus_before: Widget | None = None

    @property
    def narrow(self) -> bool:
        """Whether a pane lies over the conversation."""
        return self._columns < MEDIUM_COLUMNS

    def resize(self, columns: int) -> None:
        """Arrange the panes for a screen of this width."""
        self._columns = columns
        if not self.narrow:
            self._overlay = None
        self._arrange()

    def clear(self, cleared: bool) -> None:
        """Leave the screen to the conversation for as long as there is nothing to put beside it."""
        self._cleared = cleared
        self._arrange()

    def toggle_library(self) -> None:
        """Show the library, or hide it if it is seen."""
        if self.narrow:
            self._cover(None if self._overlay is self._library else self._library)
            return
        self._library_wanted = not self._library.display
        self._source_opened = self._source_opened and not self._library_wanted
        self._cleared = False
        self._arrange()

    def toggle_source(self) -> None:
        """Show the source, or hide it if it is seen."""
        if self._source.display:
            self.hide_source()
        else:
            self.show_source()

    def show_source(self) -> None:
        """Show the source; over the conversation it also takes the focus."""
        if self.narrow:
            self._cover(self._source)
        else:
            self._source_wanted = self._source_opened = True
            self._cleared = False
            self._arrange()

    def hide_source(self) -> None:
        """Hide the source."""
        if self.narrow:
            self._cover(None)
        else:
            self._source_wanted = self._source_opened = False
            self._arrange()

    def close_overlay(self) -> bool:
        """Close what lies over the conversation; tell whether there was something."""
        if self._overlay is None:
            return False
        self._cover(None)
        return True

    def _cover(self, pane: Widget | None) -> None:
        """Lay a pane over the conversation and give it the focus, or take it away."""
        if pane is not None and self._overlay is None:
            self._focus_before = self._prompt.screen.focused
        self._overlay = pane
        self._arrange()
        if pane is not None:
            pane.screen.set_focus(first_focusable(pane))
        else:
            before = self._focus_before
            self._focus_before = None
            usable = before is not None and before.is_attached and before.focusable
            self._prompt.screen.set_focus(before if usable else self._prompt)

    def _arrange(self) -> None:
        if self.narrow:
            library, source = self._overlay is self._library, self._overlay is self._source
        elif self._columns < WIDE_COLUMNS:
            source = self._source_opened and not self._cleared
            library = self._library_wanted and not self._source_opened and not self._cleared
        else:
            source = self._source_wanted and not self._cleared
            library = self._library_wanted and not self._cleared
        focused = self._prompt.screen.focused
        self._library.display = library
        self._source.display = source
        if focused is not None and any(not node.display for node in focused.ancestors_with_self):
            self._prompt.screen.set_focus(self._prompt)


def first_focusable(pane: Widget) -> Widget | None:
    """Return what takes the focus in a pane."""
    return next((widget for widget in pane.query("*") if widget.focusable), None)
