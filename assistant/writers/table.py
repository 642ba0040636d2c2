"""Papers as CSV: a row a paper, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from assistant.types import Paper
from assistant.writers.lists import joined_with_semicolons

COLUMNS = (
    *("title", "authors", "year", "venue", "doi", "arxiv_id", "pmid", "url", "keywords"),
    "citation_key",
    "abstract",
)

_FORMULA = ("=", "+", "-", "@")


def write_csv(papers: Iterable[Paper]) -> Iterator[str]:
    """Yield a row of names, then one for each paper.

    Authors and keywords have semicolons between them; what holds one itself cannot be told apart.
    A cell that a spreadsheet would compute (``=1+1``) begins with a blank. Tags are not carried.
    """
    yield csv_row(COLUMNS)
    for paper in papers:
        yield csv_row(_cell(getattr(paper, column)) for column in COLUMNS)


def csv_row(cells: Iterable[str]) -> str:
    """Return a line of CSV; a cell that a spreadsheet would compute begins with a blank."""
    row = io.StringIO()
    guarded = [f" {cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
    csv.writer(row, lineterminator="\n").writerow(guarded)
    return row.getvalue()


def _cell(value: str | int | tuple[str, ...] | None) -> str:
    if isinstance(value, tuple):
        return joined_with_semicolons(value)
    return "" if value is None else str(value)
