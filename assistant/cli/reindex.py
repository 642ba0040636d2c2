"""``assistant reindex``: the library moves to another embedder, without its files."""

from __future__ import annotations

import click

from assistant.cli.interrupt import stopping
from assistant.cli.output import note, plain, write_json
from assistant.cli.progress import counting
from assistant.cli.session import Session, pass_session

STOP_NOTICE = "Stopping after this batch. Press Ctrl-C again to stop at once."


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a report as one JSON object.")
@pass_session
def reindex(session: Session, as_json: bool) -> None:
    """Index the library with the embedder that the settings name now.

    Nothing is read but the library itself. Until the new index is whole the old one serves. Ctrl-C
    stops after the current batch; the same command goes on from there.
    """
    with (
        stopping(STOP_NOTICE) as cancel,
        session.open_library(notes=False, cancel=cancel) as library,
        counting("Indexing") as tell,
    ):
        report = library.reindex(progress=tell, cancel=cancel)
        name = plain(library.indexed_with)
    if as_json:
        write_json({"embedder": name} if report is None else report.to_json())
    if report is None:
        note(f"There is nothing to do: this library is indexed with {name}.")
        return
    papers = "1 paper" if report.papers == 1 else f"{report.papers:,} papers"
    before = report.papers - report.embedded
    note(f"Indexed {papers} with {name}{f', {before:,} of them before' if before > 0 else ''}.")
