"""Waiting for a condition instead of for a time, and the screen as plain text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from textual.app import App
from textual.pilot import Pilot

LIMIT_S = 60.0


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


def dump(app: App[Any]) -> str:
    """Return what the topmost screen shows, as text, without blanks at the ends of rows."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
