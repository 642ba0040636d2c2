"""A file of lines to which several programs may add, and from which a crash takes one line at most.

A line goes to the operating system in one write at the end of the file, so that lines of two
programs do not mix. Where the last line was torn, the next one starts on a line of its own.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path

MAX_LINE_BYTES = 16 * 1024 * 1024
"""A longer line is nobody's record; it is passed over."""

_APPEND = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def append(path: Path, lines: deque[bytes], *, create: bool = False, durable: bool = False) -> None:
    """Add ``lines`` to a file, and take each out of ``lines`` once it is written.

    ``durable`` waits until the disk has them. Raises FileNotFoundError if there is no file and
    ``create`` is false, another OSError if it cannot be written; what is left in ``lines`` then
    is still to be written.
    """
    flags = _APPEND | os.O_CREAT if create else _APPEND
    descriptor = os.open(path, flags, 0o666)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size and lines:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                lines[0] = b"\n" + lines[0].lstrip(b"\n")
        while lines:
            _write(descriptor, lines[0])
            lines.popleft()
        if durable:
            os.fsync(descriptor)
    if create and durable:
        _sync_folder(path.parent)


def read(path: Path) -> Iterator[bytes]:
    """Yield the lines of a regular file with their line breaks, in bounded memory.

    Raises FileNotFoundError if there is none, another OSError if it cannot be read.
    """
    # Nothing else is opened: a pipe would wait for ever.
    if not stat.S_ISREG(path.stat().st_mode):
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE_BYTES):
            whole = len(line) < MAX_LINE_BYTES
            while line and not line.endswith(b"\n") and not whole:
                line = file.readline(MAX_LINE_BYTES)
            if whole:
                yield line


def _write(descriptor: int, line: bytes) -> None:
    """Write a line; a write that is cut short (full disk) is gone on with, or raises OSError."""
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: Path) -> None:
    """Let the disk know of a new file. Not everywhere can a folder be opened for that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
