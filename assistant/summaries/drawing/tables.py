"""What the page and the Markdown of an overview tell beside the map, as tables of plain text."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.summaries.types import Overview, ThemeOverview
from assistant.text.clean import readable

MAX_VENUES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A heading and rows of text."""

    heading: str
    note: str = ""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    """Columns that hold numbers."""


def counts(overview: Overview) -> str:
    """Return a sentence that says how much there is."""
    parts = [_several(overview.papers, "paper"), _several(len(overview.themes), "theme")]
    if overview.years:
        first, last = overview.years[0][0], overview.years[-1][0]
        parts.append(f"from {first}" if first == last else f"from {first} to {last}")
    text = ", ".join(parts)
    if overview.without_abstract:
        text += f"; {overview.without_abstract:,} without an abstract"
    return text + "."


def tables(overview: Overview) -> list[Table]:
    """Return the tables of an overview that hold anything."""
    titles = {paper.paper_id: _title(paper.title) for paper in overview.map}
    found = [
        Table(
            heading="Themes",
            columns=("Theme", "Papers", "Years", "Most central paper"),
            rows=tuple(
                (theme.name, f"{theme.size:,}", _years(theme), _title(theme.central_title))
                for theme in overview.themes
            ),
            numbers=frozenset({1}),
        ),
        Table(
            heading="Years",
            columns=("Year", "Papers"),
            rows=tuple((str(year), f"{papers:,}") for year, papers in overview.years),
            numbers=frozenset({1}),
        ),
        Table(
            heading="Venues",
            note=f"The first {MAX_VENUES} of {len(overview.venues):,}."
            if len(overview.venues) > MAX_VENUES
            else "",
            columns=("Venue", "Papers"),
            rows=tuple((venue, f"{papers:,}") for venue, papers in overview.venues[:MAX_VENUES]),
            numbers=frozenset({1}),
        ),
        Table(
            heading="May be the same paper",
            columns=("Paper", "Paper"),
            rows=tuple(
                (titles.get(one, one), titles.get(other, other)) for one, other in overview.twins
            ),
        ),
        Table(
            heading="Like no other",
            columns=("Paper",),
            rows=tuple((titles.get(paper_id, paper_id),) for paper_id in overview.outliers),
        ),
    ]
    return [table for table in found if table.rows]


def _title(title: str) -> str:
    return readable(title) or "Untitled"


def _years(theme: ThemeOverview) -> str:
    if theme.first_year is None:
        return ""
    if theme.first_year == theme.last_year:
        return str(theme.first_year)
    return f"{theme.first_year}–{theme.last_year}"


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
