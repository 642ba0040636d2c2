"""Text to the rows of a table, in which a quoted cell may go on over lines.

The ``csv`` module cannot tell that a quotation mark was never closed (it takes the rest of the
file into the cell), and its limit on the length of a cell is one for the whole process. So rows
are put together here, and a row that went wrong costs only itself.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from assistant.readers.lines import Line

MAX_ROW_CHARS = 2_000_000
"""A longer row is not a record of anybody's."""

OVERLONG = "overlong"
UNCLOSED = "a quotation mark that is not closed"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, or what is wrong with it."""

    line: int
    """Number of its first line, from 1."""
    cells: tuple[str, ...] = ()
    problem: str = ""


def read_rows(
    lines: Iterable[Line], *, delimiter: str, cells: int, quote: str = '"'
) -> Iterator[Row]:
    """Yield the rows that are not blank; ``cells`` is the number that a row should have.

    A quotation mark opens a cell where it is its first character, and closes it in front of a
    delimiter or the end of a line; two within the cell are one mark, and so is any other. Where
    that makes a row with the wrong number of cells, the marks are taken for signs if that makes
    it right; else reading goes on at the next line that is a row by itself. A ``quote`` that is an
    apostrophe is no such sign: it may end a word within a cell, and which it is remains unknown.
    """
    source, waiting = iter(lines), deque[Line]()
    # No quoted cell that is open in a line before this one ends in front of it: known from a row
    # whose mark was not closed, and kept, so that no line is searched for its end again and again.
    endless_before = 0
    while (line := _next(waiting, source)) is not None:
        if line.text is None:
            yield Row(line.number, problem=OVERLONG)
            continue
        if not line.text.strip():
            continue
        taken, row = [line], _Cells(delimiter, quote)
        chars = len(line.text)
        row.feed(line.text)
        while row.is_open and chars <= MAX_ROW_CHARS and line.number >= endless_before:
            more = _next(waiting, source)
            if more is None:
                break
            taken.append(more)
            if more.text is None:
                break
            chars += len(more.text)
            row.feed(more.text)
        if not row.is_doubtful and (len(taken) == 1 or len(row.cells) == cells):
            yield Row(line.number, tuple(row.cells))
            continue
        signs = tuple(line.text.split(delimiter))
        if quote == '"' and len(signs) >= cells and not any(map(str.strip, signs[cells:])):
            yield Row(line.number, signs[:cells])
            again = 1
        else:
            again = _next_start(taken, delimiter=delimiter, cells=cells, quote=quote)
            is_broken = row.is_doubtful or again < len(taken)
            yield Row(line.number, tuple(row.cells), UNCLOSED if is_broken else "")
        waiting.extendleft(reversed(taken[again:]))
        if row.is_doubtful:
            endless_before = max(endless_before, taken[-1].number)


def _next(waiting: deque[Line], source: Iterator[Line]) -> Line | None:
    return waiting.popleft() if waiting else next(source, None)


def _next_start(taken: list[Line], *, delimiter: str, cells: int, quote: str) -> int:
    """Return the index of the first line after the first that begins a row."""
    for index, line in enumerate(taken[1:], 1):
        if line.text is None:
            return index
        row = _Cells(delimiter, quote)
        row.feed(line.text)
        if len(row.cells) == cells or (row.is_open and 1 < len(row.cells) <= cells):
            return index
    return len(taken)


class _Cells:
    """The cells of one row, fed line by line."""

    def __init__(self, delimiter: str, quote: str) -> None:
        self.cells: list[str] = []
        self._opening, self._inside, self._outside, self._another = _patterns(delimiter, quote)
        self._quote = quote
        self._quoted: list[str] = []
        self._holds_another = False

    @property
    def is_open(self) -> bool:
        """Whether a quoted cell goes on in the next line."""
        return bool(self._quoted) and not self._holds_another

    @property
    def is_doubtful(self) -> bool:
        """Whether a quoted cell has no end, or one too many, or another one begins within it."""
        return bool(self._quoted) or self._holds_another

    def feed(self, line: str) -> None:
        """Take one more line."""
        at = 0
        if self._quoted:
            at = self._take_quoted(line, 0)
            if self._another.search(line, 0, at - 1):
                self._holds_another = True
        while at <= len(line):
            if opening := self._opening.match(line, at):
                self.cells.append("")
                at = self._take_quoted(line, opening.end())
            else:
                end = self._end_of_cell(line, at)
                self.cells.append(line[at:end])
                if self._quote == "'" and self.cells[-1].rstrip().endswith("'"):
                    self._holds_another = True
                at = end + 1

    def _take_quoted(self, line: str, at: int) -> int:
        """Take a quoted cell from here as far as the line has it; return where the next begins."""
        inside = self._inside.match(line, at)
        assert inside is not None
        self._quoted.append(inside[0].replace(self._quote * 2, self._quote))
        end = inside.end()
        if end == len(line):
            return end + 1
        self.cells[-1] = "\n".join(self._quoted)
        self._quoted = []
        return self._end_of_cell(line, end) + 1

    def _end_of_cell(self, line: str, at: int) -> int:
        cell = self._outside.match(line, at)
        assert cell is not None
        return cell.end()


@cache
def _patterns(delimiter: str, quote: str) -> tuple[re.Pattern[str], ...]:
    """Return what opens a quoted cell, is inside of it, is outside, and begins another one."""
    mark = re.escape(delimiter)
    # A line may begin with a word in quotation marks, but hardly with one between apostrophes.
    before = mark if quote == '"' else f"(?:{mark}|^)"
    return (
        re.compile(rf" *{quote}"),
        re.compile(rf"(?:[^{quote}]++|{quote}{quote}|{quote}(?! *(?:{mark}|$)))*+"),
        re.compile(rf"[^{mark}]*"),
        re.compile(rf"{before}{quote}(?![{quote}{mark}])"),
    )
