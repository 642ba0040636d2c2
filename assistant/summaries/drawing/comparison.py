"""A comparison as text, Markdown and CSV.

A terminal that is wide enough gets a table. In another one the papers stand below each other under
each aspect: that is what is compared, and it is as readable for three papers as for twenty.
"""

from __future__ import annotations

import io
from string import ascii_uppercase

from assistant.summaries.drawing.wrapping import (
    heading,
    joined_blocks,
    markdown_quote_list,
    quote_list,
    shown_title,
    wrapped,
)
from assistant.summaries.types import Cell, ComparedPaper, Comparison
from assistant.text.clean import normalise, readable
from assistant.writers import escape_markdown
from assistant.writers.table import csv_row

TABLE_WIDTH = 140
"""Columns from which seven columns of words can be read."""

_STOPPED = "It was stopped before every paper was read: the rest is missing."
_TEXT_WIDTH = 100
"""Columns of running text beside such a table."""
_LABEL_COLUMNS = 18
_PROOFS = "Proofs"


def comparison_text(comparison: Comparison, *, width: int | None = None) -> str:
    """Return the comparison for lines of ``width`` columns; None breaks none.

    First the papers, each with a letter, then what they say of each aspect, then the whole
    sentences by number.
    """
    is_wide = width is not None and width >= TABLE_WIDTH
    columns, width = width or 0, _TEXT_WIDTH if is_wide else width
    signs = [_sign(place) for place in range(len(comparison.papers))]
    titles = [shown_title(paper.title, paper.year) for paper in comparison.papers]
    indent = max(map(len, signs), default=0) + 2
    key = [
        wrapped(title, width=width, first=f"{sign:<{indent}}")
        for sign, title in zip(signs, titles, strict=True)
    ]
    blocks = ["\n".join(key)]
    if is_wide and comparison.papers:
        blocks.append(_table(comparison, signs, width=columns))
    elif comparison.papers:
        blocks += _aspect_blocks(comparison, signs, indent=indent, width=width)
    if comparison.citations:
        blocks.append(heading(_PROOFS, width=width))
    for sign, title, paper in zip(signs, titles, comparison.papers, strict=True):
        proofs = [one for one in comparison.citations if one.paper_id == paper.paper_id]
        if proofs:
            top = wrapped(title, width=width, first=f"{sign:<{indent}}")
            blocks.append(f"{top}\n{quote_list(proofs, width=width, indent=' ' * indent)}")
    if not comparison.complete:
        blocks.append(wrapped(_STOPPED, width=width))
    return joined_blocks(blocks)


def comparison_markdown(comparison: Comparison) -> str:
    """Return the comparison as a Markdown document: a table, then the proofs of each paper."""
    columns = ["Paper", *(aspect.capitalize() for aspect in comparison.aspects)]
    rows = [columns, ["---"] * len(columns)]
    rows += [
        [
            escape_markdown(shown_title(paper.title, paper.year)),
            *(escape_markdown(_shown(cell)) for cell in paper.cells),
        ]
        for paper in comparison.papers
    ]
    blocks = ["# Comparison", "\n".join(f"| {' | '.join(row)} |" for row in rows)]
    if comparison.citations:
        blocks.append(f"## {_PROOFS}")
    for paper in comparison.papers:
        proofs = [one for one in comparison.citations if one.paper_id == paper.paper_id]
        if proofs:
            title = escape_markdown(shown_title(paper.title, paper.year))
            blocks += [f"**{title}**", markdown_quote_list(proofs)]
    if not comparison.complete:
        blocks.append(_STOPPED)
    return joined_blocks(blocks)


def comparison_csv(comparison: Comparison) -> str:
    """Return a row of names, then one for each paper.

    Each aspect has its words (``task``), the number of their citation, and the sentence of the
    abstract that proves them (``task_quote``). A cell that a spreadsheet would compute begins with
    a blank.
    """
    quotes = {one.number: normalise(one.quote) for one in comparison.citations}
    names = ["paper_id", "title", "year"]
    for aspect in comparison.aspects:
        names += [aspect, f"{aspect}_citation", f"{aspect}_quote"]
    text = io.StringIO()
    text.write(csv_row(names))
    for paper in comparison.papers:
        row = [
            paper.paper_id,
            normalise(paper.title),
            "" if paper.year is None else str(paper.year),
        ]
        for cell in paper.cells:
            if cell.citation is None:
                row += [cell.text, "", ""]
            else:
                row += [readable(cell.text), str(cell.citation), quotes[cell.citation]]
        text.write(csv_row(row))
    return text.getvalue()


def _aspect_blocks(
    comparison: Comparison, signs: list[str], *, indent: int, width: int | None
) -> list[str]:
    """Return a block for each aspect, with a line or a few for each paper."""
    from rich.cells import cell_len, set_cell_size

    labels = list(map(_label, comparison.papers))
    room = max(map(cell_len, labels))
    blocks = []
    for place, aspect in enumerate(comparison.aspects):
        lines = [heading(aspect.capitalize(), width=width)]
        for sign, label, paper in zip(signs, labels, comparison.papers, strict=True):
            first = f"{sign:<{indent}}{set_cell_size(label, room)}  "
            cell = _shown(paper.cells[place])
            lines.append(wrapped(cell, width=width, first=first, rest=" " * (indent + room + 2)))
        blocks.append("\n".join(lines))
    return blocks


def _table(comparison: Comparison, signs: list[str], *, width: int) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(expand=True, show_lines=True)
    table.add_column("")
    for aspect in comparison.aspects:
        table.add_column(Text(aspect.capitalize()), ratio=1, overflow="fold")
    for sign, paper in zip(signs, comparison.papers, strict=True):
        # As Text: what papers say is no markup.
        name = Text(f"{sign}  {_label(paper)}")
        table.add_row(name, *(Text(_shown(cell)) for cell in paper.cells))
    text = io.StringIO()
    Console(file=text, width=width, color_system=None).print(table)
    return text.getvalue().rstrip()


def _shown(cell: Cell) -> str:
    """Return the words of a cell with their mark."""
    return cell.text if cell.citation is None else f"{readable(cell.text)} [{cell.citation}]"


def _label(paper: ComparedPaper) -> str:
    """Return the name at the beginning of a title, if it has one; else its first words."""
    from rich.cells import cell_len, set_cell_size

    title = shown_title(paper.title)
    name, colon, _ = title.partition(": ")
    text = name if colon else title
    if cell_len(text) <= _LABEL_COLUMNS:
        return text
    return f"{set_cell_size(text, _LABEL_COLUMNS - 1).rstrip()}…"


def _sign(place: int) -> str:
    """Return A to Z, then AA, AB, as spreadsheets name their columns."""
    more, last = divmod(place, len(ascii_uppercase))
    return (_sign(more - 1) if more else "") + ascii_uppercase[last]
