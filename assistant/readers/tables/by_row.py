"""Embase's "CSV, fields by row": a record is a block of rows, the name of a field in front.

``"TITLE","Rain"`` and then ``"AUTHOR NAMES","Lee A.","Chen B."``: what a header is to other
tables stands in the first column, in capitals, and the values stand to the right. A record begins
with the field that is the first one of the file, behind an empty row, or with a field of a paper
that it has already. A title or an abstract in several cells is not guessed at: they may be
several papers, or one text that a comma has cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.readers.limits import overlong_line, shortened
from assistant.readers.lines import MAX_LINE_CHARS, Line
from assistant.readers.records import to_paper
from assistant.readers.source import Source
from assistant.readers.tables.cells import fields_of_row
from assistant.readers.tables.columns import columns_of
from assistant.readers.tables.rows import MAX_ROW_CHARS, read_rows
from assistant.types import Paper, Rejected

_DELIMITERS = ",;\t|"
_MAX_LINES_ABOVE = 15
_MIN_FIELDS = 3
_NAME = r"(?P<name>[A-Z][A-Za-z]{0,2}[A-Z0-9 ()/&'.:+-]{0,76})"
_TEXTS = frozenset({"title", "abstract"})
_NO_FIELD = "a line that is no field of a record"


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the rows of a file begin."""

    delimiter: str
    start: re.Pattern[str]
    """The name in front of a row, and what divides it from the values."""
    first: str
    """The name with which a record begins."""


@dataclass(slots=True)
class _Record:
    """The lines of a record, those of each row together."""

    line: int
    rows: list[list[Line]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """What stands in front of the rows."""
    chars: int = 0
    is_lost: bool = False
    """Whether it is too long, which has been said."""
    is_open: bool = False
    """Whether a quoted cell goes on in the next line."""

    def begin_row(self, name: str) -> None:
        """Take the name of a further row."""
        self.names.append(name)
        self.rows.append([])
        self.is_open = False

    def add(self, line: Line, text: str) -> None:
        """Take a line of the present row."""
        self.rows[-1].append(line)
        self.chars += len(text)
        self.is_open ^= text.count('"') % 2 == 1


def looks_like_fields_by_row(source: Source) -> bool:
    """Tell whether the rows of a table are fields, in the way of Embase."""
    return _layout(source) is not None


def read_fields_by_row(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each block of rows, or why it is none. Raises NotText and OSError."""
    layout = _layout(source)
    assert layout is not None
    names: set[str] = set()
    for found in _records(source, layout):
        if isinstance(found, Rejected):
            yield found
        elif not found.is_lost:
            names.update(found.names)
            yield from _read(found, layout, source)
    for name in columns_of(list(names), source.columns).missing:
        reason = f"no row {shortened(name)} in any record"
        yield Rejected(file=source.file, line=None, reason=reason)


def _layout(source: Source) -> _Layout | None:
    """Return how the rows of a file begin, if they begin with the names of enough fields."""
    texts = source.text.split("\n")
    for delimiter in _DELIMITERS:
        mark = re.escape(delimiter)
        for pattern in (rf' *"{_NAME}" *(?:{mark}|$)', rf"{_NAME}{mark}"):
            start = re.compile(pattern)
            found = [match["name"] for match in map(start.match, texts) if match]
            if not any(map(start.match, texts[:_MAX_LINES_ABOVE])):
                continue
            known = columns_of(list(dict.fromkeys(found)), source.columns).places.keys()
            if "title" in known and (known >= _TEXTS or len(known) >= _MIN_FIELDS):
                return _Layout(delimiter, start, found[0])
    return None


def _records(source: Source, layout: _Layout) -> Iterator[_Record | Rejected]:
    """Yield the records of a file, and what of it is too long to be read."""
    record: _Record | None = None
    after_blank = False
    for line in source.lines():
        if line.text is None:
            yield overlong_line(source.file, line.number, MAX_LINE_CHARS)
            if record is not None:
                record.is_lost = True
            continue
        start = layout.start.match(line.text)
        if start and (record is None or not record.is_open or start["name"] == layout.first):
            if record is None or after_blank or _is_further(record, start["name"], layout):
                if record is not None:
                    yield record
                record = _Record(line.number)
            record.begin_row(start["name"])
        # Within a quoted cell a line may be empty, or only end it.
        is_inside = record is not None and record.is_open
        after_blank = not is_inside and not line.text.strip(f' "{layout.delimiter}')
        if record is None or record.is_lost:
            continue
        record.add(line, line.text)
        if record.chars > MAX_ROW_CHARS:
            record.is_lost = True
            reason = f"a record of more than {MAX_ROW_CHARS:,} characters"
            yield Rejected(file=source.file, line=record.line, reason=reason)
    if record is not None:
        yield record


def _is_further(record: _Record, name: str, layout: _Layout) -> bool:
    """Tell whether a row with this name is not one more of the record."""
    if name == layout.first:
        return True
    is_again = name in record.names and name != record.names[-1]
    return is_again and bool(columns_of([name], {}).places)


def _read(record: _Record, layout: _Layout, source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of a record, or why it is none, and what stands below it and is no field."""
    values: dict[str, list[str]] = {}
    below: int | None = None
    for name, lines in zip(record.names, record.rows, strict=True):
        row, *more = read_rows(lines, delimiter=layout.delimiter, cells=0)
        stray = next((one.line for one in more if "".join(one.cells).strip()), None)
        filled = {line.number for line in lines if (line.text or "").strip()}
        if row.problem or (stray and stray - 1 in filled):
            reason = row.problem or _NO_FIELD
            yield Rejected(file=source.file, line=row.line, reason=reason)
            return
        below = below or stray
        values.setdefault(name, []).extend(filter(str.strip, row.cells[1:]))
    yield _paper(values, record.line, source)
    if below:
        yield Rejected(file=source.file, line=below, reason=_NO_FIELD)


def _paper(values: dict[str, list[str]], line: int, source: Source) -> Paper | Rejected:
    """Return the paper of the values that stand behind names."""
    columns = columns_of(list(values), source.columns)
    texts = {place for text in _TEXTS for place in columns.places.get(text, ())}
    for place, (name, cells) in enumerate(values.items()):
        if place in texts and len(cells) > 1:
            reason = f"several values in the row {shortened(name)}, where a paper has one"
            return Rejected(file=source.file, line=line, reason=reason)
    row = ["; ".join(cells) for cells in values.values()]
    return to_paper(fields_of_row(row, columns), file=source.file, line=line)
