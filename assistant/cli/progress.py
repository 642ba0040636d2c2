"""How far a long command is, how fast, and for how long still.

A terminal gets a bar of one line; anything else gets plain lines, few enough to be read: one
every few seconds at most, and no more than some forty of them however long it takes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from assistant.cli.output import note
from assistant.pace import Pace

Tell = Callable[[int, int | None], None]
"""Told how many units are done, and of how many; None if that is not known."""

TellStep = Callable[[str, int, int | None], None]
"""Told the same of one of several steps."""

PLAIN_INTERVAL_S = 5.0
_PLAIN_STEP = 0.025
"""Of a known total, what has to be done between two lines: at most 40 of them."""
_PLAIN_GROWTH = 1.25
"""Without a total each wait is this much longer, once it exceeds the interval: 40 lines a day."""


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
        done_so_far = f"{self._verb}{done:,}{of} {self._unit}"
        note(", ".join([done_so_far, *self._pace.in_words(total)]))


@contextmanager
def counting(verb: str, *, unit: str = "papers") -> Iterator[Tell]:
    """Give a callback that shows how much of one thing is done."""
    with counting_steps({verb: (verb, unit)}) as tell:
        yield lambda done, total: tell(verb, done, total)


@contextmanager
def counting_if_told(verb: str, *, unit: str) -> Iterator[Tell]:
    """Give such a callback for what is soon done mostly: nothing is shown before it is called."""
    with ExitStack() as shown:
        begun: list[Tell] = []

        def tell(done: int, total: int | None) -> None:
            if not begun:
                begun.append(shown.enter_context(counting(verb, unit=unit)))
            begun[0](done, total)

        yield tell


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
    so_far = f"{done:,}{'' if total is None else f'/{total:,}'} {unit}"
    return ", ".join([so_far, *pace.briefly(total)])
