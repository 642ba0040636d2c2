"""A program on a pseudo-terminal of the system, and what a person would see there.

pyte, a terminal emulator, says what that is.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pyte
import pytest

COLUMNS, ROWS = 120, 36
PATIENCE_S = 120.0
"""Of a wait that fails. The models are real and the machine may be busy."""

ENTER, ESCAPE, TAB, CTRL_C, CTRL_Q = b"\r", b"\x1b", b"\t", b"\x03", b"\x11"

KITTY_ON, KITTY_OFF = re.compile(rb"\x1b\[>\d+u"), b"\x1b[<u"
"""Keys in kitty's protocol: on and off, which pyte passes over."""


class Terminal:
    """A program on a terminal, and what is to be seen there."""

    def __init__(
        self, *arguments: str, program: Sequence[str] = ("-m", "assistant"), **environment: str
    ) -> None:
        self._keyboard, self._end = pty.openpty()
        self._open_ends = [self._end, self._keyboard]
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._attributes = termios.tcgetattr(self._end)
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._modes = set(self._screen.mode)
        self._written = b""
        # Of the terminal itself the size is asked, not of variables of whoever runs the tests.
        kept = {name: text for name, text in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        self.process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            stdin=self._end,
            stdout=self._end,
            stderr=self._end,
            env={**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment},
        )

    @property
    def written(self) -> str:
        """All that the program wrote, with what steers the terminal."""
        return self._written.decode("utf-8", "replace")

    @property
    def text(self) -> str:
        """What the screen shows, a line a row, without the blanks at the ends."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def words(self) -> str:
        """What the screen shows, as words with single blanks between them."""
        return " ".join(self.text.split())

    @property
    def status(self) -> str:
        """The last line of the screen."""
        return self._screen.display[-1].strip()

    def type(self, *keys: str | bytes) -> None:
        for key in keys:
            os.write(self._keyboard, key if isinstance(key, bytes) else key.encode())

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Read what the program writes until something holds; fail if it never does."""
        end_s = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > end_s:
                pytest.fail(f"never came: {what}\n{self.text}")
            self._read(0.1)

    def wait_for(self, *words: str) -> None:
        self.wait_until(lambda: all(word in self.words for word in words), " and ".join(words))

    def wait_until_idle(self) -> None:
        self.wait_until(lambda: self.status.startswith("52 papers"), "the end of the answer")

    def wait_until_busy(self) -> None:
        phases = ("Searching", "Reading", "Writing")
        self.wait_until(lambda: self.status.startswith(phases), "the beginning of an answer")

    def colour_of(self, words: str) -> str:
        """Return the colour of the first place where these words stand, "" if there is none."""
        return self.style_of(words)[0]

    def style_of(self, words: str) -> tuple[str, str, bool, bool]:
        """Return colour, background, bold and underline of the first such place."""
        for row, line in enumerate(self._screen.display):
            if (column := line.find(words)) >= 0:
                cell = self._screen.buffer[row][column]
                return cell.fg, cell.bg, cell.bold, cell.underscore
        return "", "", False, False

    def wait_for_end(self) -> int:
        """Read on until the program has ended; return its exit code."""
        self.wait_until(lambda: self.process.poll() is not None, "the end of the program")
        while self._read(0.0):
            pass
        return self.process.returncode

    @property
    def is_as_it_was(self) -> bool:
        """Whether the screen, the mouse and the keyboard are the shell's again."""
        return (
            self._screen.mode == self._modes  # alternate screen, cursor, mouse, paste, focus
            and not self._screen.cursor.hidden
            and termios.tcgetattr(self._end) == self._attributes  # echo, lines, signals
            and len(KITTY_ON.findall(self._written)) == self._written.count(KITTY_OFF)
        )

    def hang_up(self) -> None:
        """Close the terminal; it does not control the program, which gets no signal."""
        for end in self._open_ends:
            os.close(end)
        self._open_ends = []

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.hang_up()

    def _read(self, wait_s: float) -> bool:
        """Take what the program has written, if anything; tell whether there was something."""
        if not select.select([self._keyboard], [], [], wait_s)[0]:
            return False
        piece = os.read(self._keyboard, 65536)
        self._written += piece
        self._stream.feed(piece)
        return True


@contextmanager
def running(
    *arguments: str, program: Sequence[str] = ("-m", "assistant"), **environment: str
) -> Iterator[Terminal]:
    terminal = Terminal(*arguments, program=program, **environment)
    try:
        yield terminal
    finally:
        terminal.close()
