"""Ctrl-C as a request: the work stops at its next safe point, and at once if asked twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from assistant.types import Cancellation


@contextmanager
def stopping(notice: str = "") -> Iterator[Cancellation]:
    """Give a Cancellation that Ctrl-C sets; ``notice`` is then written to standard error.

    An exception in the midst of Chroma or llama.cpp would be lost in their callbacks or cut
    their work short. So the first Ctrl-C only asks; a second one raises KeyboardInterrupt.
    """
    cancel = Cancellation()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if cancel.cancelled:
            raise KeyboardInterrupt
        cancel.cancel()
        if notice:
            # Not through sys.stderr: the signal may have come in the midst of a write to it.
            os.write(2, f"\n{notice}\n".encode())

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
