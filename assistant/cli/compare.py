"""``assistant compare``: papers side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from assistant.cli.document import (
    CSV,
    JSON,
    MARKDOWN,
    STOP_NOTICE,
    TEXT,
    Destination,
    writes_document,
)
from assistant.cli.exit_codes import ExitCode
from assistant.cli.filters import FilteredCommand, filter_options, note_misspelt
from assistant.cli.interrupt import stopping
from assistant.cli.output import json_line, note, terminal_width
from assistant.cli.progress import counting
from assistant.cli.session import Session, pass_session
from assistant.errors import NothingFound, UsageError
from assistant.summaries.limits import COMPARED_PAPERS

if TYPE_CHECKING:
    from assistant.summaries.types import Comparison
    from assistant.text.query import Filter

FORMS = (TEXT, MARKDOWN, CSV, JSON)


@click.command(cls=FilteredCommand)
@click.argument("references", metavar="PAPER...|TOPIC", nargs=-1, required=True)
@click.option(
    "--papers",
    "max_papers",
    type=click.IntRange(2, 1000),
    default=COMPARED_PAPERS,
    show_default=True,
    help="Papers of a topic at most, the most relevant.",
)
@writes_document(*FORMS)
@filter_options
@pass_session
def compare(
    session: Session,
    references: tuple[str, ...],
    max_papers: int,
    limits: Filter,
    place: Destination,
) -> ExitCode:
    """Set papers side by side.

    Of each: task, method, data, result, cost and code, or "not stated".

    Each PAPER is an id or a title (in quotation marks), or a part of one. A TOPIC compares the
    papers about it that meet all conditions, as options or in its text: year:2021.. -tag:read.

    Ctrl-C stops; what was read until then is written, and the exit code is 130.
    """
    from assistant.summaries.types import Comparison

    note_misspelt(" ".join(references))
    if limits and len(references) > 1:
        raise UsageError(
            "Conditions choose among the papers of a topic, but here papers are named.",
            hint="Leave out the conditions, or put the topic in quotation marks.",
        )
    with (
        stopping(STOP_NOTICE) as cancel,
        session.open_library(cancel=cancel) as library,
        counting("Comparing") as tell,
        _quoting(references),
    ):
        for event in library.stream_comparison(
            *references, filter=limits, max_papers=max_papers, cancel=cancel
        ):
            if isinstance(event, Comparison):
                made = event
            else:
                tell(event.told, event.total)
    return _write(made, place)


@contextmanager
def _quoting(references: Sequence[str]) -> Iterator[None]:
    """Say what to do if the words of one title, or of a topic, were taken for several papers."""
    try:
        yield
    except NothingFound as error:
        if len(references) == 1:
            raise
        quoting = "A title, or a topic, of several words stands in quotation marks."
        raise NothingFound(error.message, hint=f"{error.hint} {quoting}") from error


def _write(made: Comparison, place: Destination) -> ExitCode:
    from assistant.summaries.drawing.comparison import (
        comparison_csv,
        comparison_markdown,
        comparison_text,
    )

    # A table may be wider than running text.
    width = terminal_width() if place.file is None else None
    if made.papers or place.form is JSON:
        place.write(
            {
                TEXT.name: lambda: comparison_text(made, width=width),
                MARKDOWN.name: lambda: comparison_markdown(made),
                CSV.name: lambda: comparison_csv(made),
                JSON.name: lambda: json_line(made.to_json()),
            }
        )
    if not made.complete:
        note("Stopped before every paper was read: this is a part of the comparison.")
        return ExitCode.INTERRUPTED
    return ExitCode.OK
