"""How fast something goes, and for how long still: of what the command line and the chat wait for.

Briefly where there is a bar beside it, in words where a line is to be read.
"""

from __future__ import annotations

from collections import deque

_MEMORY_S = 30.0
"""The speed is that of this last while: what is known already passes a hundred times as fast."""


class Pace:
    """The speed of something, from how much of it is done when.

    The first mark begins it: what comes before, such as loading a model, says nothing.
    """

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def update(self, done: int, *, elapsed_s: float) -> None:
        """Note that so much is done after so many seconds."""
        self._marks.append((elapsed_s, done))
        while len(self._marks) > 2 and self._marks[1][0] <= elapsed_s - _MEMORY_S:
            self._marks.popleft()

    @property
    def per_s(self) -> float:
        """Units a second in the last while; 0 before anything is known."""
        if len(self._marks) < 2:
            return 0.0
        (first_s, first), (last_s, last) = self._marks[0], self._marks[-1]
        return (last - first) / (last_s - first_s) if last_s > first_s else 0.0

    def left_s(self, total: int | None) -> float | None:
        """Return the seconds until ``total`` is done; None if it is, or nobody can tell."""
        if total is None or self.per_s <= 0 or total <= self._marks[-1][1]:
            return None
        return (total - self._marks[-1][1]) / self.per_s

    def briefly(self, total: int | None) -> list[str]:
        """Return what is known of speed and time: ``31/s`` and ``2:13 left``."""
        per_s, left_s = self.per_s, self.left_s(total)
        facts = []
        if per_s > 0:
            facts.append(f"{per_s:,.0f}/s" if per_s >= 10 else f"{per_s:.1f}/s")
        if left_s is not None:
            facts.append(f"{_clock(left_s)} left")
        return facts

    def in_words(self, total: int | None) -> list[str]:
        """Return the same as one would say it: ``31 a second`` and ``about 2 minutes left``."""
        left_s = self.left_s(total)
        facts = [speed(self.per_s)] if self.per_s > 0 else []
        return facts if left_s is None else [*facts, f"{duration(left_s)} left"]


def speed(per_s: float) -> str:
    """Return a speed in words: ``31 a second``, ``2.5 a second``, ``12 a minute``."""
    if per_s >= 10:
        return f"{per_s:,.0f} a second"
    if per_s >= 1:
        return f"{per_s:.1f} a second"
    return f"{per_s * 60:.0f} a minute"


def duration(seconds: float) -> str:
    """Return a length of time as one would say it: ``about 2 minutes``."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"about {round(seconds, -1):.0f} seconds"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {_counted(minutes, 'minute')}"
    hours, minutes = divmod(round(minutes, -1), 60)
    more = f" {minutes} minutes" if minutes else ""
    return f"about {_counted(hours, 'hour')}{more}"


def _clock(seconds: float) -> str:
    """Return a length of time as a clock shows it: ``2:13``, ``11:06:40``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
