"""``assistant export``: papers as references for other programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from assistant.cli.exit_codes import ExitCode
from assistant.cli.filters import filter_options
from assistant.cli.output import note
from assistant.cli.session import Session, pass_session
from assistant.errors import UsageError
from assistant.writers.formats import EXPORT_FORMATS

if TYPE_CHECKING:
    from assistant.library import Library
    from assistant.text.query import Filter

FORMAT_NAMES = click.Choice([known.name for known in EXPORT_FORMATS], case_sensitive=False)
DEFAULT_LIMIT = 10


@click.command()
@click.argument("query", metavar="[QUERY]...", nargs=-1)
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
    query: tuple[str, ...],
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
    text = " ".join(query)
    if limit is not None and not text:
        raise UsageError("--limit counts what a search finds.", hint="Say what to search for.")
    with session.open_library() as library:
        found = _chosen(library, text, limits, limit=limit)
        number = library.export(output or sys.stdout, format=format_name, papers=found, force=force)
    if output:
        note(f"Wrote {number} {'paper' if number == 1 else 'papers'} to {output}.")
    return ExitCode.OK if number else ExitCode.NOTHING_FOUND


def _chosen(library: Library, text: str, limits: Filter, *, limit: int | None) -> list[str] | None:
    """Return the ids of the papers that are wanted; None for all."""
    from assistant.text.query import parse_query

    query = parse_query(text)
    if query.text.strip(' "'):
        hits = library.search(text, limit=limit or DEFAULT_LIMIT, filter=limits)
        return [hit.paper_id for hit in hits]
    chosen = query.filter & limits
    return [paper.paper_id for paper in library.papers(chosen)][:limit] if chosen else None
