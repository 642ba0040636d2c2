"""``assistant export``: papers as references for other programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from assistant.cli.exit_codes import ExitCode
from assistant.cli.filters import FilteredCommand, filter_options, note_misspelt, nothing_found
from assistant.cli.output import note, plain
from assistant.cli.session import Session, pass_session
from assistant.errors import UsageError
from assistant.writers.formats import EXPORT_FORMATS

if TYPE_CHECKING:
    from assistant.text.query import Filter

FORMAT_NAMES = click.Choice([known.name for known in EXPORT_FORMATS], case_sensitive=False)
DEFAULT_LIMIT = 10


@click.command(cls=FilteredCommand)
@click.argument("words", metavar="[QUERY]...", nargs=-1)
@click.option(
    "--format",
    "format_name",
    type=FORMAT_NAMES,
    help="Default: as the ending of the file says, else bibtex.",
)
@click.option("--output", "-o", metavar="FILE", help="Write to a file, not to standard output.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    help=f"Papers at most that QUERY finds.  [default: {DEFAULT_LIMIT}]",
)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@filter_options
@pass_session
def export(
    session: Session,
    words: tuple[str, ...],
    format_name: str | None,
    output: str | None,
    limit: int | None,
    force: bool,
    limits: Filter,
) -> ExitCode:
    """Write papers as references: the whole library, or what a search for QUERY finds.

    Conditions, as options or in QUERY (year:2021.. -tag:read), limit both.

    jsonl carries all that is known of a paper; the other formats what they have a place for.
    Adding the file to a library gives the same papers again.
    """
    from assistant.text.clean import normalise
    from assistant.text.query import parse_query

    text = " ".join(words)
    query = parse_query(text)
    searches = bool(normalise(query.text))
    if limit is not None and not searches:
        raise UsageError("--limit counts what a search finds.", hint="Say what to search for.")
    note_misspelt(text)
    found = None
    with session.open_library() as library:
        if searches:
            hits = library.search(text, limit=limit or DEFAULT_LIMIT, filter=limits)
            found = [hit.paper_id for hit in hits]
        number = library.export(
            output or sys.stdout,
            format=format_name,
            papers=found,
            filter=None if searches else query.filter & limits,
            force=force,
        )
        in_library = library.count()
    if not number:
        note(plain(nothing_found(text, limits, in_library=in_library)))
        return ExitCode.NOTHING_FOUND
    if output:
        note(f"Wrote {number} {'paper' if number == 1 else 'papers'} to {output}.")
    return ExitCode.OK
