"""``assistant add``: abstracts into the library, with progress, and an end that loses nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from assistant.cli.exit_codes import ExitCode
from assistant.cli.interrupt import stopping
from assistant.cli.output import note, plain, report_error, write_json
from assistant.cli.session import Session, pass_session
from assistant.errors import UsageError
from assistant.resources import sample_papers
from assistant.types import AddProgress, AddReport

MAX_REJECTED_SHOWN = 20
PLAIN_INTERVAL_S = 5.0
STOP_NOTICE = "Stopping after this batch. Press Ctrl-C again to stop at once."


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--sample", is_flag=True, help="Add the sample library that comes with this program.")
@click.option("--json", "as_json", is_flag=True, help="Print a report as one JSON object.")
@pass_session
def add(session: Session, paths: tuple[str, ...], sample: bool, as_json: bool) -> ExitCode:
    """Add abstracts to the library.

    A PATH is a file, a folder with all that is in it, or "-" for standard input. Adding a paper
    again updates it. Ctrl-C stops after the current batch and keeps what was added until then.
    """
    chosen = [*paths, *([str(sample_papers())] if sample else [])]
    if not chosen:
        raise UsageError(
            "There is nothing to add.",
            hint="Name files or folders of abstracts, or add the sample library with --sample.",
        )
    stdin = sys.stdin.buffer if "-" in chosen else None
    with (
        stopping(STOP_NOTICE) as cancel,
        session.open_library(create=True) as library,
        _progress() as progress,
    ):
        report = library.add(*chosen, stdin=stdin, progress=progress, cancel=cancel)
    if as_json:
        write_json(report.to_json())
    _note_summary(report)
    if report.rejected and not report.added + report.updated + report.unchanged:
        report_error("Nothing could be added.", "The lines above say why.")
        return ExitCode.FAILED
    return ExitCode.OK


def _note_summary(report: AddReport) -> None:
    counts = f"Added {report.added}, updated {report.updated}, unchanged {report.unchanged}"
    if not report.rejected:
        note(f"{counts}.")
        return
    note(f"{counts}; rejected {len(report.rejected)}:")
    for rejected in report.rejected[:MAX_REJECTED_SHOWN]:
        note(f"  {plain(str(rejected))}")
    if len(report.rejected) > MAX_REJECTED_SHOWN:
        note(f"  and {len(report.rejected) - MAX_REJECTED_SHOWN} more; --json lists all")


@contextmanager
def _progress() -> Iterator[Callable[[AddProgress], None]]:
    """Give a callback that shows progress: a bar on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _PlainProgress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("Adding", BarColumn(), MofNCompleteColumn(), "papers", TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda now: bar.update(task, completed=now.papers_done, total=now.papers_total)


class _PlainProgress:
    """Notes progress every few seconds, however many batches there are."""

    def __init__(self) -> None:
        self._next_s = PLAIN_INTERVAL_S

    def __call__(self, now: AddProgress) -> None:
        if now.elapsed_s >= self._next_s:
            total = "" if now.papers_total is None else f" of {now.papers_total}"
            note(f"{now.papers_done}{total} papers ({now.elapsed_s:.0f} s)")
            self._next_s = now.elapsed_s + PLAIN_INTERVAL_S
