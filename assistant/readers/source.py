"""An open file of unknown origin, its beginning already looked at."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO

from assistant.readers.lines import Line, NotText, Rejoined, decode_head, read_head, read_lines


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
        """The head as text without a byte order mark; "" if the file is no text."""
        try:
            return decode_head(self.head)
        except NotText:
            return ""

    def bytes(self) -> BinaryIO:
        """Return the whole file as a stream of bytes."""
        return io.BufferedReader(Rejoined(self.head, self.rest), 65_536)

    def lines(self) -> Iterator[Line]:
        """Yield the whole file as lines. Raises NotText and OSError, as :func:`read_lines`."""
        return read_lines(self.bytes())
