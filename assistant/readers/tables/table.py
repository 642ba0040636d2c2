"""Tables with a header: CSV, with semicolons or bars in place of commas, and TSV.

The header is the first row of the file, or follows a few rows about the export; it is told by the
names of its columns (:mod:`assistant.readers.tables.columns`), and with it the delimiter: the one
that makes a header. ``csv.Sniffer`` guesses from letter counts and is often wrong about abstracts.

Cells are quoted with ``"``, or with ``'`` where the header or the first rows show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from assistant.readers.limits import overlong_line, shortened
from assistant.readers.lines import HEAD_BYTES, MAX_LINE_CHARS, Line
from assistant.readers.records import to_paper
from assistant.readers.source import Source
from assistant.readers.tables.cells import fields_of_row
from assistant.readers.tables.columns import Columns, columns_of
from assistant.readers.tables.rows import OVERLONG, Row, read_rows
from assistant.types import Paper, Rejected

_DELIMITERS = ("\t", ",", ";", "|")
_MAX_NAME_CHARS = 80
_MAX_ROWS_ABOVE = 15
_ROWS_COMPARED = 10
_MIN_NAMES = 2
_MIN_NAMES_BELOW_OTHERS = 4
_MAX_COLUMNS_SHOWN = 12
_MIN_FITTING_SHARE = 0.5

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_NO_DELIMITER = "\x1f"
_DELIMITER_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)


class _Header:
    """Where the header of a table is, and what it says."""

    def __init__(self, line: int, columns: Columns, *, delimiter: str, quote: str) -> None:
        self.line = line
        self.columns = columns
        self.delimiter = delimiter
        self.quote = quote

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.columns.names)

    @property
    def known(self) -> int:
        """The number of fields that have a column."""
        return len(self.columns.places)


def looks_like_table(source: Source) -> bool:
    """Tell whether a file is a table with a header."""
    return _find_header(source) is not None


def read_table(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the papers of a table, and what in it is none.

    Raises:
        NotText: the file is empty or binary.
        OSError: it cannot be read.
    """
    header = _find_header(source)
    assert header is not None
    columns = header.columns
    for name in columns.missing:
        reason = f"no column {shortened(name)}; {_listed(columns)}"
        yield Rejected(file=source.file, line=header.line, reason=reason)
    if problem := _problem_of(columns, is_chosen=bool(source.columns)):
        yield Rejected(file=source.file, line=header.line, reason=problem)
        return
    below = (line for line in source.lines() if line.number > header.line)
    rows = read_rows(below, delimiter=header.delimiter, cells=header.width, quote=header.quote)
    for row in rows:
        if row.problem == OVERLONG:
            yield overlong_line(source.file, row.line, MAX_LINE_CHARS)
        elif problem := row.problem or _unfit(row, columns):
            yield Rejected(file=source.file, line=row.line, reason=problem)
        elif not _is_left_out(row.cells, columns):
            yield to_paper(fields_of_row(row.cells, columns), file=source.file, line=row.line)


def _find_header(source: Source) -> _Header | None:
    """Return the best header that any delimiter makes of the beginning of a file."""
    texts = _LINE_BREAK.split(source.text)
    if len(texts) > 1 and len(source.head) >= HEAD_BYTES:
        texts.pop()  # It may be cut off.
    lines = [Line(number, text) for number, text in enumerate(texts, 1) if text.strip()]
    if not lines:
        return None
    delimiters: Sequence[str] = _DELIMITERS
    if match := _DELIMITER_LINE.fullmatch(texts[lines[0].number - 1]):
        delimiters = (match[1],)
        lines = lines[1:]
    found = [_header(lines, delimiter=delimiter, source=source) for delimiter in delimiters]
    best = max(filter(None, found), key=lambda one: (one.known, one.width), default=None)
    return best or _single_column(lines, texts, source=source)


def _header(lines: Sequence[Line], *, delimiter: str, source: Source) -> _Header | None:
    """Return the first line that is a header with this delimiter, and above rows that fit it."""
    for index, line in enumerate(lines[:_MAX_ROWS_ABOVE]):
        quote = "'" if _is_quoted(line.text or "", delimiter=delimiter) else '"'
        names = next(read_rows([line], delimiter=delimiter, cells=0, quote=quote)).cells
        if len(names) < 2 or max(map(len, names)) > _MAX_NAME_CHARS:
            continue
        columns = columns_of(names, source.columns)
        least = _MIN_NAMES if index == 0 else _MIN_NAMES_BELOW_OTHERS
        named = len(source.columns) - len(columns.missing)
        if not named and len(columns.places) < least + ("title" not in columns.places):
            continue
        below = lines[index + 1 :]
        if quote == '"' and _have_apostrophes(below, delimiter=delimiter, width=len(names)):
            quote = "'"
        widths = [len(row) for row in _first_rows(below, delimiter, len(names), quote)]
        if widths and set(widths) == {len(names) + 1}:
            # R writes the numbers of the rows below no name.
            columns = columns_of(["", *names], source.columns)
        elif (
            not named
            and len(columns.places) < min(_MIN_NAMES_BELOW_OTHERS, max(len(names), _MIN_NAMES + 1))
            and widths.count(len(names)) * 2 < len(widths)
        ):
            continue
        return _Header(line.number, columns, delimiter=delimiter, quote=quote)
    return None


def _is_quoted(header: str, *, delimiter: str) -> bool:
    """Tell whether all names of a header are between apostrophes."""
    name = r" *'[^']+' *"
    return re.fullmatch(rf"{name}(?:{re.escape(delimiter)}(?:{name})?)*", header) is not None


def _have_apostrophes(below: Sequence[Line], *, delimiter: str, width: int) -> bool:
    """Tell whether cells are quoted with apostrophes below a header that is not.

    So it is where more rows have the right number of cells then, or where all text is quoted.
    """
    rows = _first_rows(below, delimiter, width, '"')
    texts = [cell.strip() for row in rows for cell in row if any(map(str.isalpha, cell))]
    if texts and all(len(text) > 1 and text[0] == "'" == text[-1] for text in texts):
        return True
    if not any(text[0] == "'" for text in texts):
        return False
    quoted = _first_rows(below, delimiter, width, "'")
    return _share(quoted, width) > max(_share(rows, width), _MIN_FITTING_SHARE)


def _share(rows: Sequence[Sequence[str]], width: int) -> float:
    return sum(len(row) == width for row in rows) / len(rows)


def _first_rows(
    below: Sequence[Line], delimiter: str, width: int, quote: str
) -> list[tuple[str, ...]]:
    rows = read_rows(below, delimiter=delimiter, cells=width, quote=quote)
    return [row.cells for row in islice(rows, _ROWS_COMPARED)]


def _single_column(
    lines: Sequence[Line], texts: Sequence[str], *, source: Source
) -> _Header | None:
    """Return the header of a table of one column, if the file is one beyond doubt."""
    name = (lines[0].text or "").strip() if lines else ""
    quote = "'" if name[:1] == "'" else '"'
    is_quoted = name[:1] == quote == name[-1:] and len(name) > 2
    columns = columns_of([name.strip(quote)], source.columns)
    below = texts[lines[0].number : lines[0].number + _ROWS_COMPARED] if lines else []
    if len(name) > _MAX_NAME_CHARS or not below or not any(below):
        return None
    is_list = all(text.strip() for text in below[:-1])
    is_named = bool(source.columns) and not columns.missing
    is_known = not columns.places.keys().isdisjoint(("title", "abstract"))
    if is_named or (is_known and (is_quoted or ("title" in columns.places and is_list))):
        return _Header(lines[0].number, columns, delimiter=_NO_DELIMITER, quote=quote)
    return None


def _problem_of(columns: Columns, *, is_chosen: bool) -> str:
    """Return why a table holds no papers, or "" if it does."""
    if len(columns.names) == 1 and not ("title" in columns.places and is_chosen):
        return f"a table of one column, where a paper has several fields; {_listed(columns)}"
    if "title" not in columns.places:
        return f"a table without a column for the title; {_listed(columns)}"
    return ""


def _listed(columns: Columns) -> str:
    """Return the names of the columns, and how to say what they hold."""
    shown = [shortened(name) for name in columns.names[:_MAX_COLUMNS_SHOWN] if name]
    more = len(columns.names) - _MAX_COLUMNS_SHOWN
    names = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    return f"it has {names}; say what a column holds with --map COLUMN=FIELD"


def _unfit(row: Row, columns: Columns) -> str:
    """Return why a row with too many or too few cells cannot be taken, or ""."""
    width, count = len(columns.names), len(row.cells)
    problem = f"a row of {count} cells, where the header has {width}"
    if count >= width:
        return problem if any(map(str.strip, row.cells[width:])) else ""
    # Spreadsheets leave empty cells out at the end of a row. If the last cell that is there is
    # the title or the abstract, then it is rather broken off.
    texts = [*columns.places["title"], *columns.places.get("abstract", ())]
    places = [place for place in texts if place < count]
    is_whole = columns.cell("title", row.cells) and all(place < count - 1 for place in places)
    return "" if is_whole else problem


def _is_left_out(cells: Sequence[str], columns: Columns) -> bool:
    """Tell whether a row is empty, the line below a header, or a note or attachment."""
    if not "".join(cells).strip("-:= "):
        return True
    return columns.cell("kind", cells).strip().lower() in ("attachment", "note", "annotation")
