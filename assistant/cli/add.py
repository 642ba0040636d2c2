"""``assistant add``: abstracts into the library, with progress, and an end that loses nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from assistant.cli.exit_codes import ExitCode
from assistant.cli.interrupt import stopping
from assistant.cli.output import note, plain, report_error, shown, write_json
from assistant.cli.progress import counting
from assistant.cli.session import Session, pass_session
from assistant.errors import UsageError
from assistant.readers.tables.columns import FIELDS, checked_columns
from assistant.resources import sample_papers
from assistant.types import AddReport, Merged

MAX_REJECTED_SHOWN = 20
MAX_MERGED_SHOWN = 10
STOP_NOTICE = "Stopping after this batch. Press Ctrl-C again to stop at once."


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--sample", is_flag=True, help="Add the sample library that comes with this program.")
@click.option(
    "--map",
    "pairs",
    metavar="COLUMN=FIELD",
    multiple=True,
    help=f"What a column of a table holds: {', '.join(FIELDS)}. Repeat it for more columns.",
)
@click.option("--sync", is_flag=True, help="Remove papers that a folder holds no more.")
@click.option("--json", "as_json", is_flag=True, help="Print a report as one JSON object.")
@pass_session
def add(
    session: Session,
    paths: tuple[str, ...],
    sample: bool,
    pairs: tuple[str, ...],
    sync: bool,
    as_json: bool,
) -> ExitCode:
    """Add abstracts to the library.

    A PATH is a file, a folder or an archive with all that is in it, or "-" for standard input.
    Formats are told by content. Adding a paper again updates it. Ctrl-C stops after the current
    batch and keeps what was added until then.
    """
    columns = _read_pairs(pairs)
    chosen = [*paths, *([str(sample_papers())] if sample else [])]
    if not chosen:
        raise UsageError(
            "There is nothing to add.",
            hint="Name files or folders of abstracts, or add the sample library with --sample.",
        )
    stdin = sys.stdin.buffer if "-" in chosen else None
    with (
        stopping(STOP_NOTICE) as cancel,
        session.open_library(create=True, cancel=cancel) as library,
        counting("Adding") as tell,
    ):
        report = library.add(
            *chosen,
            stdin=stdin,
            columns=columns,
            sync=sync,
            progress=lambda now: tell(now.papers_done, now.papers_total),
            cancel=cancel,
        )
    return end_of_add(report, as_json=as_json)


def _read_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """Return the fields of columns; ``FIELD=COLUMN`` is understood where it can mean only that."""
    columns: dict[str, str] = {}
    for pair in pairs:
        column, _, field = (part.strip() for part in pair.rpartition("="))
        if field.lower() not in FIELDS:
            first, _, rest = (part.strip() for part in pair.partition("="))
            if first.lower() in FIELDS:
                column, field = rest, first
        if not column or not field:
            raise UsageError(
                f"'--map {pair}' does not say what a column holds.",
                hint=f"Write --map COLUMN=FIELD; fields are {', '.join(FIELDS)}.",
            )
        columns[column] = field
    return checked_columns(columns)


def end_of_add(report: AddReport, *, as_json: bool) -> ExitCode:
    """Tell what came of adding; return the exit code."""
    if as_json:
        write_json(report.to_json())
    _note_summary(report)
    if report.rejected and not report.added + report.updated + report.unchanged:
        report_error("Nothing could be added.", "The lines above say why.")
        return ExitCode.FAILED
    return ExitCode.OK


def _note_summary(report: AddReport) -> None:
    counts = f"Added {report.added}, updated {report.updated}, unchanged {report.unchanged}"
    if report.removed:
        counts += f", removed {report.removed}"
    if report.merged:
        _note_merged(report.merged)
    if report.without_abstract:
        note(f"{report.without_abstract} have no abstract: they are found by their titles alone.")
    if not report.rejected:
        note(f"{counts}.")
        return
    note(f"{counts}; rejected {len(report.rejected)}:")
    for rejected in report.rejected[:MAX_REJECTED_SHOWN]:
        note(f"  {plain(str(rejected))}")
    if len(report.rejected) > MAX_REJECTED_SHOWN:
        note(f"  and {len(report.rejected) - MAX_REJECTED_SHOWN} more; --json lists all")


def _note_merged(merged: Sequence[Merged]) -> None:
    """Say which records joined a paper from elsewhere; the least expected are shown first."""
    how_many = "1 record was" if len(merged) == 1 else f"{len(merged)} records were"
    renamed = [m for m in merged if shown(m.title).casefold() != shown(m.into).casefold()]
    note(f"{how_many} joined with the same paper from another record.")
    for item in renamed[:MAX_MERGED_SHOWN]:
        note(f"  by {item.by}: “{shown(item.title)}” is “{shown(item.into)}”")
