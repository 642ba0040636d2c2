"""The overview as text: the map, the themes by their letters, years, venues, twins and outliers."""

from __future__ import annotations

from collections import Counter

from assistant.summaries.drawing.tables import Table, counts, tables
from assistant.summaries.drawing.terminal import OUTLIER_SIGN, map_lines, theme_sign
from assistant.summaries.drawing.wrapping import heading, joined_blocks, shown_title, wrapped
from assistant.summaries.types import Overview, ThemeOverview
from assistant.text.clean import readable

MAX_VENUES_SHOWN = 10
MAX_TWINS_SHOWN = 10
MAX_BARS = 16
"""More years than this are counted in spans."""

_MAP_HEIGHT = 20
_MAX_BAR = 50
_BAR = "█"


def overview_text(overview: Overview, *, width: int = 80) -> str:
    """Return the overview for a terminal of ``width`` columns."""
    others = {table.heading: table for table in tables(overview)}
    blocks = [wrapped(counts(overview), width=width)]
    if overview.themes:
        # The themes below are its legend.
        drawn = map_lines(overview, width=width, height=_MAP_HEIGHT)[:_MAP_HEIGHT]
        blocks += ["\n".join(drawn).strip("\n"), _themes(overview, width=width)]
    if overview.years:
        blocks.append(f"{heading('Years', width=width)}\n{_years(overview, width=width)}")
    if overview.venues:
        blocks.append(f"{heading('Venues', width=width)}\n{_venues(overview, width=width)}")
    for name in ("May be the same paper", "Like no other"):
        if name in others:
            blocks.append(_titles(others[name], width=width))
    return joined_blocks(blocks)


def _themes(overview: Overview, *, width: int) -> str:
    """Return two lines or more for each theme: name, size and years; the most central paper."""
    from rich.cells import cell_len, set_cell_size

    facts = [f"{theme.size:>6,}  {_years_of(theme):<9}".rstrip() for theme in overview.themes]
    room = max(10, width - 3 - max(map(len, facts)))
    room = min(room, max(cell_len(readable(theme.name)) for theme in overview.themes))
    lines = [heading("Themes, with the most central paper of each", width=width)]
    for number, (theme, fact) in enumerate(zip(overview.themes, facts, strict=True)):
        name = readable(theme.name)
        if cell_len(name) > room:
            name = f"{set_cell_size(name, room - 1).rstrip()}…"
        lines.append(f"{theme_sign(number)}  {set_cell_size(name, room)}{fact}")
        lines.append(wrapped(shown_title(theme.central_title), width=width, first="   "))
    return "\n".join(lines)


def _years_of(theme: ThemeOverview) -> str:
    if theme.first_year is None:
        return ""
    if theme.first_year == theme.last_year:
        return str(theme.first_year)
    return f"{theme.first_year}–{theme.last_year}"


def _years(overview: Overview, *, width: int) -> str:
    """Return a bar for each year, or for each span of years if they are many."""
    first, last = overview.years[0][0], overview.years[-1][0]
    span = next(s for s in (1, 2, 5, 10, 50, 100, 1000, 10**9) if last // s - first // s < MAX_BARS)
    papers: Counter[int] = Counter()
    for year, count in overview.years:
        papers[year // span] += count
    most = max(papers.values())
    lines = []
    for place in range(first // span, last // span + 1):
        label = str(place) if span == 1 else f"{place * span}–{place * span + span - 1}"
        count = papers[place]
        room = max(1, min(_MAX_BAR, width - len(label) - 10))
        bar = _BAR * (max(1, round(count / most * room)) if count else 0)
        lines.append(f"{label}  {bar}{' ' if bar else ''}{count:,}")
    return "\n".join(lines)


def _venues(overview: Overview, *, width: int) -> str:
    lines = [
        wrapped(readable(venue), width=width, first=f"{papers:>6,}  ")
        for venue, papers in overview.venues[:MAX_VENUES_SHOWN]
    ]
    if more := len(overview.venues) - MAX_VENUES_SHOWN:
        lines += [f"        and {more:,} more"] if more > 0 else []
    return "\n".join(lines)


def _titles(table: Table, *, width: int) -> str:
    """Return titles; those of papers that may be one stand together."""
    marked = f" ({OUTLIER_SIGN} on the map)" if len(table.columns) == 1 else ""
    lines = [heading(f"{table.heading}{marked}", width=width)]
    for row in table.rows[:MAX_TWINS_SHOWN]:
        lines += [
            wrapped(title, width=width, first="= " if place else "  ", rest="    ")
            for place, title in enumerate(row)
        ]
    if len(table.rows) > MAX_TWINS_SHOWN:
        lines.append(f"  and {len(table.rows) - MAX_TWINS_SHOWN:,} more")
    return "\n".join(lines)
