"""``assistant check``: is the library consistent, and if not, can it be mended?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from assistant.cli.exit_codes import ExitCode
from assistant.cli.interrupt import stopping
from assistant.cli.output import note, plain, write, write_json
from assistant.cli.progress import counting_steps
from assistant.cli.session import Session, pass_session

if TYPE_CHECKING:
    from assistant.indexing import CheckReport

MAX_SHOWN = 50
STEPS = {
    "checking": ("Checking", "passages"),
    "comparing": ("Comparing", "passages"),
    "embedding": ("Embedding again", "papers"),
}


@click.command()
@click.option("--repair", is_flag=True, help="Mend what is wrong, and say what was done.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_session
def check(session: Session, repair: bool, as_json: bool) -> ExitCode:
    """Prove that the library is consistent.

    Every paper has all its passages with vectors, nothing belongs to no paper, no paper is there
    twice, the word index shows the same papers, searches find what they should, and the vectors
    of a sample are those of their texts. The exit code is 1 if something is wrong, or still wrong
    after --repair.

    A library whose files are damaged is made anew of what can be read; the damaged files are kept.
    """
    settings = session.loaded.settings
    from assistant.library import Library

    with stopping() as cancel, counting_steps(STEPS) as progress:
        report = Library.check_folder(
            settings.library_folder,
            settings=settings,
            repair=repair,
            progress=progress,
            cancel=cancel,
        )
    if as_json:
        write_json(report.to_json())
    else:
        _write(report, repair=repair)
    return ExitCode.FAILED if report.left else ExitCode.OK


def _write(report: CheckReport, *, repair: bool) -> None:
    _write_lines([f"wrong: {problem.message}" for problem in report.problems])
    _write_lines(report.repairs)
    if repair and report.left:
        _write_lines([f"still wrong: {problem.message}" for problem in report.left])
    compared = f"; {report.compared} compared with their vectors" if report.compared else ""
    note(f"{report.papers:,} papers with {report.rows:,} passages{compared}.")
    if not report.compared and not report.left:
        note("The vectors were not compared with their texts: no encoder can be loaded.")
    if report.left:
        note("Something is wrong." if repair else "Something is wrong: mend it with --repair.")
    else:
        note("Everything is as it should be.")


def _write_lines(lines: Sequence[str]) -> None:
    for line in lines[:MAX_SHOWN]:
        write(plain(line))
    if len(lines) > MAX_SHOWN:
        write(f"and {len(lines) - MAX_SHOWN} more; --json lists all")
