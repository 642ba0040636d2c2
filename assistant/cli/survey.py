"""``assistant survey``: every paper about a topic, in themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assistant.cli.document import (
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
from assistant.cli.output import json_line, note
from assistant.cli.progress import counting_steps
from assistant.cli.session import Session, pass_session
from assistant.summaries.limits import SURVEYED_PAPERS

if TYPE_CHECKING:
    from assistant.summaries.types import Survey
    from assistant.text.query import Filter

FORMS = (TEXT, MARKDOWN, JSON)
_STEPS = {"judge": ("Reading", "papers"), "tell": ("Choosing quotes", "papers")}


@click.command(cls=FilteredCommand)
@click.argument("topic", metavar="TOPIC...", nargs=-1, required=True)
@click.option(
    "--papers",
    "max_papers",
    type=click.IntRange(1, 10_000),
    default=SURVEYED_PAPERS,
    show_default=True,
    help="Papers at most, the most relevant.",
)
@writes_document(*FORMS)
@filter_options
@pass_session
def survey(
    session: Session,
    topic: tuple[str, ...],
    max_papers: int,
    limits: Filter,
    place: Destination,
) -> ExitCode:
    """List every paper about a topic, in themes.

    Each is quoted with the sentence that says what it brings to the topic.

    Only papers that meet all conditions are read, as options or in TOPIC: year:2021..
    author:hu -word '"exact phrase"' -tag:read.

    Ctrl-C stops the reading; what was read until then is written, and the exit code is 130.
    """
    text = " ".join(topic)
    note_misspelt(text)
    from assistant.summaries.types import Survey

    with (
        stopping(STOP_NOTICE) as cancel,
        session.open_library(cancel=cancel) as library,
        counting_steps(_STEPS) as tell,
    ):
        for event in library.stream_survey(
            text, filter=limits, max_papers=max_papers, cancel=cancel
        ):
            if isinstance(event, Survey):
                made = event
            elif event.total is None:
                tell("judge", event.judged, None)
            else:
                tell("tell", event.told, event.total)
    return _write(made, place)


def _write(made: Survey, place: Destination) -> ExitCode:
    """Write the survey; of one that found nothing no file is made."""
    from assistant.summaries.drawing.survey import survey_markdown, survey_text

    if not made.found and place.file is not None:
        note(survey_text(made).rstrip("\n"))
    else:
        place.write(
            {
                TEXT.name: lambda: survey_text(made, width=place.width),
                MARKDOWN.name: lambda: survey_markdown(made),
                JSON.name: lambda: json_line(made.to_json()),
            }
        )
    if not made.complete:
        if made.found:
            note("Stopped before every paper was read: this is a part of the survey.")
        return ExitCode.INTERRUPTED
    return ExitCode.OK if made.found else ExitCode.NOTHING_FOUND
