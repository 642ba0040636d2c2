"""Keeps the screen for the chat alone, and ends the chat with its terminal.

C libraries write to file descriptors 1 and 2 when it suits them, and ``llama_cpp`` points both
at nothing while it loads a model; Textual draws on descriptor 2. So the terminal is given a new
descriptor that nobody else knows, and 1 and 2 lead to nothing as long as the chat runs.

A terminal that is closed tells only the programs that it controls. Without a word from it Textual
would read the end of its input over and over, and wait for ever to draw.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

_STANDARD_INPUT = 0
_STANDARD_OUTPUT = 1
_STANDARD_ERROR = 2
_WATCH_MS = 500
"""The watch ends this long after the chat at the latest; a terminal that goes is seen at once."""


@contextmanager
def own_screen() -> Iterator[None]:
    """Give Python's standard streams the terminal under a descriptor of their own.

    On Windows Textual draws through the console's own interface, and nothing is done.
    """
    if os.name != "posix":
        yield
        return
    _flush()
    names = ("__stdout__", "__stderr__", "stdout", "stderr")
    streams = {name: getattr(sys, name) for name in names}
    kept = {number: os.dup(number) for number in (_STANDARD_OUTPUT, _STANDARD_ERROR)}
    shows = _STANDARD_OUTPUT if os.isatty(_STANDARD_OUTPUT) else _STANDARD_ERROR
    screen = _stream(kept[shows])
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in kept:
            os.dup2(nowhere, number)
        for name in names:
            setattr(sys, name, screen)
        yield
    finally:
        with suppress(OSError, ValueError):
            screen.flush()
        for name, stream in streams.items():
            setattr(sys, name, stream)
        for number, descriptor in kept.items():
            os.dup2(descriptor, number)
        os.close(nowhere)


@contextmanager
def ended_with_terminal() -> Iterator[None]:
    """Leave the process when the terminal on standard input is gone, as SIGHUP would.

    What was shown is saved by then. Without a terminal there, and on Windows, nothing is done.
    """
    if os.name != "posix" or not os.isatty(_STANDARD_INPUT):
        yield
        return
    over = threading.Event()
    threading.Thread(target=_watch, args=(over,), name="terminal watch", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch(over: threading.Event) -> None:
    terminal = select.poll()
    terminal.register(_STANDARD_INPUT, 0)  # a hang-up is told without being asked for
    while not over.is_set():
        for _, state in terminal.poll(_WATCH_MS):
            if state & select.POLLHUP:
                os._exit(128 + signal.SIGHUP)
            return  # this system cannot poll a terminal


def _stream(descriptor: int) -> IO[str]:
    """Return a text stream on a descriptor, which lives as long as the process."""
    return open(descriptor, "w", encoding="utf-8", errors="replace", closefd=False)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
