"""The map of a library in characters: a letter for each theme, readable without colour."""

from __future__ import annotations

from collections import Counter, defaultdict

from assistant.summaries.types import Overview
from assistant.text.clean import readable

THEME_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
OUTLIER_SIGN = "·"

_MIN_WIDTH, _MIN_HEIGHT = 10, 3
_LEGEND_WIDTH = 38
"""Columns of the legend from which it stands in two columns."""
_GAP = "  "


def map_lines(overview: Overview, *, width: int = 80, height: int = 22) -> list[str]:
    """Return the map as ``height`` lines of at most ``width`` columns, then its legend.

    Where papers of several themes fall on one place, the theme with most of them is shown.
    """
    columns, rows = max(width, _MIN_WIDTH), max(height, _MIN_HEIGHT)
    places: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for paper in overview.map:
        column = min(int(paper.x * columns), columns - 1)
        row = min(int((1 - paper.y) * rows), rows - 1)
        places[row, column][-1 if paper.theme is None else paper.theme] += 1
    lines = [
        "".join(_sign(places.get((row, column))) for column in range(columns)).rstrip()
        for row in range(rows)
    ]
    return [*lines, "", *_legend(overview, columns)] if overview.map else []


def theme_sign(theme: int) -> str:
    """Return the letter of a theme by its place."""
    return THEME_SIGNS[theme % len(THEME_SIGNS)]


def _sign(themes: Counter[int] | None) -> str:
    if not themes:
        return " "
    # An outlier hides nobody.
    most = max(themes, key=lambda theme: (theme >= 0, themes[theme], -theme))
    return OUTLIER_SIGN if most < 0 else theme_sign(most)


def _legend(overview: Overview, width: int) -> list[str]:
    """Return the letters, names and sizes of the themes, in two columns if there is room."""
    entries = [
        (theme_sign(number), theme.name, theme.size) for number, theme in enumerate(overview.themes)
    ]
    alone = sum(paper.theme is None for paper in overview.map)
    if alone:
        entries.append((OUTLIER_SIGN, "like no other", alone))
    two = width >= 2 * _LEGEND_WIDTH
    column = (width - len(_GAP)) // 2 if two else width
    texts = [_entry(*entry, width=column) for entry in entries]
    if not two:
        return [text.rstrip() for text in texts]
    half = (len(texts) + 1) // 2
    right = [*texts[half:], ""][:half]
    return [(left + _GAP + other).rstrip() for left, other in zip(texts[:half], right, strict=True)]


def _entry(sign: str, name: str, size: int, *, width: int) -> str:
    from rich.cells import set_cell_size

    count = f" {size:,}"
    room = width - 2 - len(count)
    return f"{sign} {set_cell_size(_cut(readable(name), room), room)}{count}"


def _cut(text: str, room: int) -> str:
    """Return a text of at most ``room`` columns; a long one ends in an ellipsis."""
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= room else set_cell_size(text, max(room - 1, 0)).rstrip() + "…"
