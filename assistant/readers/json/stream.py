"""JSON of any size, read value by value, so that a damaged value costs only itself.

``ijson`` streams as well, but it stops for good at the first error, knows no line numbers and
holds a value of any length. Here the values are parsed by the standard library (its scanner is
C) out of a buffer that grows only as far as one value needs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Any

MAX_VALUE_CHARS = 16_000_000
"""A longer value is not a record of anybody's; it is passed over."""

_CHUNK_CHARS = 65_536
_MAX_GAP_CHARS = 200
_OVERLAP_CHARS = 4_096
_LONGEST_ATOM_CHARS = 12
"""``-Infinity`` or an escape such as ``\\ud800``, cut off by the end of the buffer."""

_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[\s\ufeff\x1e]*")
_OBJECT_START = re.compile(r'\{(\s{0,200})"([^"\\]{0,200})"')


class JsonError(Exception):
    """A value cannot be read; the message says why. Stays within the readers."""


class JsonStream:
    """A position in JSON text that is read from ``read(chars)`` as it is needed."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._ended = False
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._counted_to = 0
        self._gap = ""
        self._first_keys: set[str] = set()

    @property
    def line(self) -> int:
        """The number of the line here, from 1."""
        self._line += self._buffer.count("\n", self._counted_to, self._at)
        self._counted_to = self._at
        return self._line

    def peek(self) -> str:
        """Pass over white space and return the character there, "" at the end."""
        gap = ""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            assert space is not None
            gap = (gap + space[0])[-_MAX_GAP_CHARS:]
            self._at = space.end()
            if self._at < len(self._buffer):
                self._gap = gap
                return self._buffer[self._at]
            if not self._fill():
                return ""

    def skip(self) -> None:
        """Pass over the character that :meth:`peek` returned."""
        self._at += 1

    def take(self) -> Any:
        """Return the next value and go behind it. Raises JsonError, and stays, if it is none."""
        char = self._buffer[self._at : self._at + 1]
        if not char or char.isspace():
            self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except (ValueError, RecursionError) as error:
                if self._is_cut(error):
                    if len(self._buffer) - self._at >= MAX_VALUE_CHARS:
                        reason = f"a record of more than {MAX_VALUE_CHARS:,} characters"
                        raise JsonError(reason) from error
                    if self._fill():
                        continue
                raise JsonError(f"not valid JSON: {_detail(error)}") from error
            if end == len(self._buffer) and isinstance(value, int | float) and self._fill():
                continue
            if isinstance(value, dict) and len(self._first_keys) < _MAX_GAP_CHARS:
                self._first_keys.update(list(value)[:1])
            self._at = end
            return value

    def skip_to_next_record(self) -> bool:
        """Go on to the record of a list after the one here, which is damaged.

        That is the next object behind a comma that is laid out as this one is: with the same
        line break and indentation or, where everything is on one line, with a first key that
        was seen before. Return False at the end of the text.
        """
        start = _OBJECT_START.match(self._buffer, self._at)
        pad, key = (start[1], start[2]) if start else ("", "")
        if "\n" in self._gap:
            return self._search(rf",?{re.escape(self._gap)}(?=\{{{re.escape(pad)}\")")
        keys = "|".join(map(re.escape, sorted(self._first_keys | {key})))
        return self._search(rf",\s{{0,9}}(?=\{{\s{{0,9}}\"(?:{keys})\"\s{{0,9}}:)")

    def skip_to_member(self, names: Collection[str]) -> bool:
        """Go on behind the next ``"name":`` whose value is a list or an object."""
        return self._search(rf"(?i:\"(?:{'|'.join(names)})\")\s{{0,99}}:\s{{0,99}}(?=[\[{{])")

    def skip_to_next_line(self) -> bool:
        """Go on to the next line that begins with an object or a list."""
        return self._search(r"\n(?=[\[{])")

    def _search(self, pattern: str) -> bool:
        """Go behind the next match; patterns match less than ``_OVERLAP_CHARS``."""
        compiled = re.compile(pattern)
        start = self._at + 1
        while True:
            if match := compiled.search(self._buffer, start):
                self._at = match.end()
                return True
            self._at = start = max(start, len(self._buffer) - _OVERLAP_CHARS)
            if not self._fill():
                self._at = len(self._buffer)
                return False
            start = 0

    def _is_cut(self, error: Exception) -> bool:
        """Tell whether a value may only seem wrong because the buffer ends within it."""
        if not isinstance(error, json.JSONDecodeError):
            return False
        cut = error.msg.startswith("Unterminated string")
        return cut or error.pos >= len(self._buffer) - _LONGEST_ATOM_CHARS

    def _fill(self) -> bool:
        """Let go of what was read and read on; the buffer doubles while one value fills it."""
        if self._ended:
            return False
        self._line = self.line
        self._buffer = self._buffer[self._at :]
        self._at = self._counted_to = 0
        piece = self._read(max(_CHUNK_CHARS, len(self._buffer)))
        self._ended = not piece
        self._buffer += piece
        return bool(piece)


def _detail(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return error.msg
    return "nested too deeply" if isinstance(error, RecursionError) else "a number that is too long"
