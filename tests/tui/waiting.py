"""Waiting for a condition instead of for a time, and the screen as plain text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from textual._context import active_app
from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot

LIMIT_S = 60.0
_TURNS = 2
"""Looks in a row at which nothing may be due: what is done when idle comes after the first."""
_MOST_S = 2.0
"""After that, what is still due is the work of something that never ends."""


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run an asynchronous test."""
    asyncio.run(test)


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str = "") -> None:
    """Wait until a condition holds; fail with the screen if it never does."""
    end = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"never happened: {what}\n{dump(pilot.app)}")
        await pilot.pause(0.01)
    await pilot.pause()


async def nothing_due(_min_s: float = 0.0, _max_s: float = 0.0) -> None:
    """Wait until no message is being handled, no callback is due and the screen is drawn.

    Textual's own way, in place of which this is put, is to look whether the process uses the
    processor: on a busy machine one that gets no turn seems to be done.
    """
    app = active_app.get()
    end = time.monotonic() + _MOST_S
    turns = 0
    while turns < _TURNS and time.monotonic() < end:
        await Pilot(app)._wait_for_screen()
        await asyncio.sleep(0.001)
        turns = 0 if _is_due(app) else turns + 1


def _is_due(app: App[Any]) -> bool:
    if not app._screen_stack:
        return False
    screen = app.screen
    pumps: list[MessagePump] = [app, *screen.walk_children(with_self=True)]
    return bool(
        any(pump._message_queue.qsize() or pump._next_callbacks for pump in pumps)
        or screen._callbacks
        or screen._dirty_widgets
        or screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
    )


def dump(app: App[Any]) -> str:
    """Return what the topmost screen shows, as text, without blanks at the ends of rows."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
