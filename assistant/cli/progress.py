"""How far a long command is, how fast, and for how long still.

A terminal gets a bar of one line; anything else gets plain lines, few enough to be read: one
every few seconds at most, and no more than some forty of them however long it takes.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from assistant.cli.output import note

Tell = Callable[[int, int | None], None]
"""Told how many units are done, and of how many; None if that is not known."""

TellStep = Callable[[str, int, int | None], None]
"""Told the same of one of several steps."""

PLAIN_INTERVAL_S = 5.0
_PLAIN_STEP = 0.025
"""Of a known total, what has to be done between two lines: at most 40 of them."""
_PLAIN_GROWTH = 1.25
"""Without a total each wait is this much longer, once it exceeds the interval: 40 lines a day."""
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
        """Return the seconds until ``total`` is done; None if nobody can tell."""
        if total is None or self.per_s <= 0:
            return None
        return max(0, total - self._marks[-1][1]) / self.per_s


class PlainLines:
    """Notes progress in words: ``1,200 of 4,562 papers, 31 a second, about 2 minutes left``."""

    def __init__(self, unit: str, *, verb: str = "") -> None:
        """Begin; ``verb`` says in front what is being done."""
        self._unit = unit
        self._verb = f"{verb}: " if verb else ""
        self._pace = Pace()
        self._last_s: float | None = None
        self._last_done = 0

    def update(self, done: int, total: int | None, *, elapsed_s: float) -> None:
        """Take note, and write a line if it is time for one."""
        self._pace.update(done, elapsed_s=elapsed_s)
        if self._last_s is None:
            self._last_s = elapsed_s  # what was loaded before the first step is no progress
        wait_s = PLAIN_INTERVAL_S
        if total is None:
            wait_s = max(wait_s, self._last_s * (_PLAIN_GROWTH - 1))
        elif done - self._last_done < total * _PLAIN_STEP or done >= total:
            return
        if elapsed_s - self._last_s < wait_s:
            return
        self._last_s, self._last_done = elapsed_s, done
        of = "" if total is None else f" of {total:,}"
        parts = [f"{self._verb}{done:,}{of} {self._unit}"]
        if self._pace.per_s > 0:
            parts.append(speed(self._pace.per_s))
        left_s = self._pace.left_s(total)
        if left_s is not None:
            parts.append(f"{duration(left_s)} left")
        note(", ".join(parts))


@contextmanager
def counting(verb: str, *, unit: str = "papers") -> Iterator[Tell]:
    """Give a callback that shows how much of one thing is done."""
    with counting_steps({verb: (verb, unit)}) as tell:
        yield lambda done, total: tell(verb, done, total)


@contextmanager
def counting_steps(steps: Mapping[str, tuple[str, str]]) -> Iterator[TellStep]:
    """Give a callback for a command of several steps, each with its verb and its unit."""
    began_s = time.monotonic()
    if sys.stderr.isatty():
        with _bar(steps, began_s) as tell:
            yield tell
        return
    lines = {
        step: PlainLines(unit, verb=verb if len(steps) > 1 else "")
        for step, (verb, unit) in steps.items()
    }
    yield lambda step, done, total: lines[step].update(
        done, total, elapsed_s=time.monotonic() - began_s
    )


@contextmanager
def _bar(steps: Mapping[str, tuple[str, str]], began_s: float) -> Iterator[TellStep]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    paces = {step: Pace() for step in steps}
    columns = (
        "{task.description}",
        BarColumn(bar_width=None),
        TextColumn("{task.fields[facts]}", markup=False),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, expand=True) as bar:
        verb, _ = next(iter(steps.values()))
        task = bar.add_task(verb, total=None, facts="")

        def tell(step: str, done: int, total: int | None) -> None:
            verb, unit = steps[step]
            paces[step].update(done, elapsed_s=time.monotonic() - began_s)
            facts = _facts(done, total, unit=unit, pace=paces[step])
            bar.update(task, description=verb, completed=done, total=total, facts=facts)

        yield tell


def _facts(done: int, total: int | None, *, unit: str, pace: Pace) -> str:
    """Return ``1,200/4,562 papers, 31/s, 2:13 left``: at most 48 characters for a million."""
    parts = [f"{done:,}{'' if total is None else f'/{total:,}'} {unit}"]
    if pace.per_s > 0:
        parts.append(f"{pace.per_s:,.0f}/s" if pace.per_s >= 10 else f"{pace.per_s:.1f}/s")
    left_s = pace.left_s(total)
    if left_s is not None and done < (total or 0):
        minutes, seconds = divmod(round(left_s), 60)
        hours, minutes = divmod(minutes, 60)
        clock = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
        parts.append(f"{clock} left")
    return ", ".join(parts)


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


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
