"""An open file of unknown origin, its beginning already looked at."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO

from assistant.readers.lines import Line, NotText, Rejoined, decode_head, read_head, read_lines

_PIECE_BYTES = 2**20


@dataclass
class Source:
    """One file to be read once, from its start, by one reader."""

    file: str
    """What reports call it."""
    head: bytes
    """The first bytes, 64 KiB at most."""
    rest: BinaryIO
    columns: Mapping[str, str] = field(default_factory=dict)
    """For tables: the field of a paper that a column holds, by the column's name."""

    @classmethod
    def of(cls, stream: BinaryIO, *, file: str, columns: Mapping[str, str] | None = None) -> Source:
        """Look at the beginning of ``stream``. Raises OSError."""
        return cls(file=file, head=read_head(stream), rest=stream, columns=columns or {})

    @cached_property
    def text(self) -> str:
        """The head as text with LF at line ends, no byte order mark; "" if the file is no text."""
        try:
            return decode_head(self.head).replace("\r\n", "\n").replace("\r", "\n")
        except NotText:
            return ""

    def bytes(self) -> BinaryIO:
        """Return the whole file as a stream of bytes."""
        return io.BufferedReader(Rejoined(self.head, self.rest), 65_536)

    def random_access(self, max_bytes: int) -> BinaryIO:
        """Return the whole file as a stream in which one can seek; :meth:`bytes` is spent then.

        A pipe, or a file within an archive, is held in memory. Raises NotText if it is longer
        than ``max_bytes`` there, and OSError.
        """
        if self.rest.seekable() and self.rest.tell() == len(self.head):
            self.rest.seek(0)
            return self.rest
        content = bytearray(self.head)
        while piece := self.rest.read(_PIECE_BYTES):
            content += piece
            if len(content) > max_bytes:
                raise NotText(
                    f"more than {max_bytes // 2**20} MB that come out of an archive or a pipe; "
                    "add the file itself"
                )
        return io.BytesIO(content)

    def lines(self, *, breaks: re.Pattern[str] | None = None) -> Iterator[Line]:
        """Yield the whole file as lines. Raises NotText and OSError, as :func:`read_lines`."""
        return read_lines(self.bytes(), breaks=breaks)
