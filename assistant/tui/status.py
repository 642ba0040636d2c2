"""The line at the foot: what is going on, how fast, for how long, and which model writes."""

from __future__ import annotations

import time
from collections.abc import Sequence

from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from assistant.tui.display import verbatim

_REFRESH_S = 0.1
_MIN_RATE_S = 0.3
"""A rate that was measured for less than this is noise."""


class StatusLine(Widget):
    """One row: phase, tokens a second and seconds at the left, the model at the right."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        padding: 0 1;
        color: $text-muted;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._phase = ""
        self._hints: tuple[Content, ...] = ()
        self._model = ""
        self._started_s: float | None = None
        self._writing_since_s: float | None = None
        self._tokens = 0
        self._clock: Timer | None = None

    def on_mount(self) -> None:
        """Prepare the clock that moves the seconds on."""
        self._clock = self.set_interval(_REFRESH_S, self.refresh, pause=True)

    def begin(self, phase: str) -> None:
        """Count the seconds from now on."""
        self._started_s = time.monotonic()
        self._writing_since_s = None
        self._tokens = 0
        self.phase(phase)
        if self._clock is not None:
            self._clock.resume()

    def phase(self, phase: str) -> None:
        """Say what is going on."""
        self._phase = phase
        self.refresh()

    def wrote(self, tokens: int) -> None:
        """Note how many tokens the model has written for this answer."""
        if self._writing_since_s is None:
            self._writing_since_s = time.monotonic()
        self._tokens = tokens

    def idle(self, phase: str, *, hints: Sequence[Content] = ()) -> None:
        """Nothing is going on; as many ``hints`` as there is room for stand before the model."""
        self._started_s = None
        self._hints = tuple(hints)
        self.phase(phase)
        if self._clock is not None:
            self._clock.pause()

    def model(self, name: str) -> None:
        """Show the name of the model."""
        self._model = name
        self.refresh()

    def render(self) -> Content:
        """Return the row; without room the hints are left out from the first, then the model."""
        left = verbatim(" · ".join(filter(None, [self._phase, *self._figures()])))
        width = self.content_size.width
        model = verbatim(self._model)
        for first in range(len(self._hints) + 1):
            right = Content("   ").join([*self._hints[first:], model])
            gap = width - left.cell_length - right.cell_length
            if gap >= 2:
                return left + Content(" " * gap) + right
        return left

    def _figures(self) -> list[str]:
        if self._started_s is None:
            return []
        now = time.monotonic()
        figures = [f"{now - self._started_s:.1f} s"]
        if self._writing_since_s is not None and now - self._writing_since_s > _MIN_RATE_S:
            rate = self._tokens / (now - self._writing_since_s)
            figures.insert(0, f"{rate:.0f} tokens/s")
        return figures
