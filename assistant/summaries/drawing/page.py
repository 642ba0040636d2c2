"""The overview as one HTML file that asks nothing of a network and runs no script."""

from __future__ import annotations

from assistant.summaries.drawing.escaping import escaped
from assistant.summaries.drawing.svg import STYLE, map_svg, theme_colour
from assistant.summaries.drawing.tables import Table, counts, tables
from assistant.summaries.types import Overview

_PAGE_STYLE = """
:root { color-scheme: light dark; }
body { margin: 2rem auto; max-width: 64rem; padding: 0 1rem; background: #ffffff; color: #1b1f24;
  font: 16px/1.5 system-ui, sans-serif; }
svg.map { width: 100%; height: auto; border: 1px solid #8884; border-radius: 6px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.dot { display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin-right: .4em; }
@media (prefers-color-scheme: dark) { body { background: #14181d; color: #e6edf3; } }
"""


def overview_html(overview: Overview, *, title: str = "Overview of the library") -> str:
    """Return a whole HTML page: the map, and the tables of themes, years, venues and so on."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8"/>',
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>",
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{escaped(title)}</title>",
        f"<style>{STYLE}{_PAGE_STYLE}</style>",
        "</head>",
        "<body>",
        f"<h1>{escaped(title)}</h1>",
        f"<p>{escaped(counts(overview))}</p>",
        map_svg(overview) if overview.map else "",
        "<p>Near papers are about near things; the axes mean nothing. "
        "Rest the pointer on a dot to see its title.</p>"
        if overview.map
        else "",
        *(_table(table) for table in tables(overview)),
        "</body>",
        "</html>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def _table(table: Table) -> str:
    head = "".join(
        _cell("th", escaped(name), number=column in table.numbers)
        for column, name in enumerate(table.columns)
    )
    rows = "\n".join(_row(table, place) for place in range(len(table.rows)))
    note = f"<p>{escaped(table.note)}</p>\n" if table.note else ""
    return (
        f"<h2>{escaped(table.heading)}</h2>\n{note}<table>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _row(table: Table, place: int) -> str:
    cells = [
        _cell("td", escaped(text), number=column in table.numbers)
        for column, text in enumerate(table.rows[place])
    ]
    if table.heading == "Themes":
        dot = f'<span class="dot" style="background:{theme_colour(place)}"></span>'
        cells[0] = cells[0].replace("<td>", f"<td>{dot}", 1)
    return f"<tr>{''.join(cells)}</tr>"


def _cell(tag: str, content: str, *, number: bool) -> str:
    kind = ' class="number"' if number else ""
    return f"<{tag}{kind}>{content}</{tag}>"
