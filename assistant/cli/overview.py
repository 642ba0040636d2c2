"""``assistant overview``: what is in the library, and a map of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assistant.cli.document import (
    HTML,
    JSON,
    MARKDOWN,
    SVG,
    TEXT,
    Destination,
    writes_document,
)
from assistant.cli.exit_codes import ExitCode
from assistant.cli.filters import FilteredCommand, filter_options
from assistant.cli.interrupt import stopping
from assistant.cli.output import json_line, note, plain
from assistant.cli.progress import counting_steps
from assistant.cli.session import Session, pass_session

if TYPE_CHECKING:
    from assistant.text.query import Filter

FORMS = (TEXT, MARKDOWN, HTML, SVG, JSON)
STOP_NOTICE = "Stopping. Press Ctrl-C again to stop at once."
_STEPS = {
    "reading": ("Reading", "papers"),
    "grouping": ("Finding themes", "trials"),
    "naming": ("Naming", "themes"),
    "placing": ("Drawing the map", "rounds"),
}
_WIDTH_ELSEWHERE = 80
"""Columns of the map where there is no terminal."""


@click.command(cls=FilteredCommand)
@click.argument("conditions", metavar="[CONDITION]...", nargs=-1)
@writes_document(*FORMS)
@filter_options
@pass_session
def overview(
    session: Session,
    conditions: tuple[str, ...],
    limits: Filter,
    place: Destination,
) -> ExitCode:
    """Show what is in the library, with a map.

    Below it: themes, years, venues, papers that may be the same, and those like no other.

    With conditions, only papers that meet all of them are looked at, as options or as CONDITION:
    year:2021.. '"exact phrase"' -tag:read.

    FILE may end in .svg (the map), .html (map and tables), .md, .txt or .json.

    Ctrl-C stops; nothing is written then, and the exit code is 130.
    """
    from assistant.text.query import Filter, nothing_matches

    limit = Filter.parse(" ".join(conditions)) & limits
    with (
        stopping(STOP_NOTICE) as cancel,
        session.open_library(cancel=cancel) as library,
        counting_steps(_STEPS) as tell,
    ):
        made = library.overview(limit, progress=tell, cancel=cancel)
    if not made.papers and place.form is not JSON:
        note(plain(nothing_matches(limit)) if limit else "The library is empty.")
        return ExitCode.NOTHING_FOUND
    from assistant.summaries.drawing import overview_html, overview_markdown, overview_svg
    from assistant.summaries.drawing.overview import overview_text

    place.write(
        {
            TEXT.name: lambda: overview_text(made, width=place.width or _WIDTH_ELSEWHERE),
            MARKDOWN.name: lambda: overview_markdown(made),
            HTML.name: lambda: overview_html(made),
            SVG.name: lambda: overview_svg(made),
            JSON.name: lambda: json_line(made.to_json()),
        }
    )
    return ExitCode.OK if made.papers else ExitCode.NOTHING_FOUND
