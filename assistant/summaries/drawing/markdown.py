"""The overview as Markdown."""

from __future__ import annotations

from assistant.summaries.drawing.tables import Table, counts, tables
from assistant.summaries.types import Overview
from assistant.writers import escape_markdown


def overview_markdown(overview: Overview, *, title: str = "Overview of the library") -> str:
    """Return the counts and tables of an overview as a Markdown document."""
    blocks = [f"# {escape_markdown(title)}", escape_markdown(counts(overview))]
    for table in tables(overview):
        blocks.append(f"## {escape_markdown(table.heading)}")
        if table.note:
            blocks.append(escape_markdown(table.note))
        blocks.append(_list(table) if len(table.columns) == 1 else _table(table))
    return "\n\n".join(blocks) + "\n"


def _list(table: Table) -> str:
    return "\n".join(f"- {escape_markdown(text)}" for (text,) in table.rows)


def _table(table: Table) -> str:
    rule = ["---:" if column in table.numbers else "---" for column in range(len(table.columns))]
    rows = [[escape_markdown(text) for text in row] for row in (table.columns, *table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:]))
