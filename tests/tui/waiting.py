"""Waiting for a condition instead of for a time, and the screen as plain text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot

LIMIT_S = 120.0
MOST_S = 5.0
"""After that, what is still due is the work of something that does not end."""


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


async def nothing_due(app: App[Any]) -> None:
    """Wait until every message is handled, no callback is due and the screen is drawn.

    Textual's own ways, in place of which this is put, are to look whether the process uses the
    processor, on a busy machine one that gets no turn seems to be done; and to wait for every
    widget, for half a minute for one that is taken away meanwhile.
    """
    end = time.monotonic() + MOST_S
    while True:
        await nothing_waiting(app, end=end)
        await _handled(app, end=end)
        if not _is_due(app) or _is_over(app, end):
            return


async def nothing_waiting(app: App[Any], *, end: float) -> None:
    """Wait until nothing is due; of a message that is being handled more may come."""
    await asyncio.sleep(0.001)
    while _is_due(app) and not _is_over(app, end):
        await asyncio.sleep(0.001)


async def _handled(app: App[Any], *, end: float) -> None:
    """Wait until everything on the screen has handled what it was sent so far."""
    waiting = {pump for pump in _pumps(app) if not pump._closing}

    def handled(pump: MessagePump) -> None:
        waiting.discard(pump)

    for pump in tuple(waiting):
        pump.call_later(handled, pump)
    await asyncio.sleep(0.001)
    while any(not pump._closing for pump in waiting) and not _is_over(app, end):
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.001)


def _is_over(app: App[Any], end: float) -> bool:
    return time.monotonic() > end or app._exception is not None


def _is_due(app: App[Any]) -> bool:
    if any(pump._message_queue.qsize() or pump._next_callbacks for pump in _pumps(app)):
        return True
    if not app._screen_stack:
        return False
    screen = app.screen
    return bool(
        screen._callbacks
        or screen._dirty_widgets
        or screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
    )


def _pumps(app: App[Any]) -> list[MessagePump]:
    return [app, *app.screen.walk_children(with_self=True)] if app._screen_stack else [app]


def dump(app: App[Any]) -> str:
    """Return what the topmost screen shows, as text, without blanks at the ends of rows."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
