"""``assistant doctor``: what is wrong with this installation, and what mends it."""

from __future__ import annotations

import os
import textwrap
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from assistant.cli.check import STEPS
from assistant.cli.exit_codes import ExitCode
from assistant.cli.interrupt import stopping
from assistant.cli.output import note, plain, text_width, write, write_json
from assistant.cli.progress import TellStep, counting_steps
from assistant.cli.session import Session, pass_session

if TYPE_CHECKING:
    from assistant.doctor import Finding

_WIDTH = 80
"""Columns, where the output is no terminal: a report is often pasted into a letter."""
_NAME_COLUMNS = 18
_FIX = " " * 9 + "-> "


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_session
def doctor(session: Session, as_json: bool) -> ExitCode:
    """Look at everything that can be wrong, and say how to mend it.

    Python and the packages, llama.cpp as it was built, settings, keys, models and their checksums,
    memory, disk, servers, and the library from end to end. Nothing is changed, and nothing leaves
    this machine unless a server is named in the settings. The exit code is 1 if something failed.
    """
    loaded, faults = session.readable
    from assistant.doctor import Patient, examine, verdict

    findings = []
    with stopping() as cancel, ExitStack() as bar:
        tell: TellStep | None = None

        def progress(step: str, done: int, total: int) -> None:
            nonlocal tell
            if tell is None:  # the bar is there only while a check needs it: lines are written
                tell = bar.enter_context(counting_steps(STEPS))
            tell(step, done, total)

        patient = Patient(
            loaded=loaded,
            faults=tuple(faults),
            environment=dict(os.environ),
            progress=progress,
            cancel=cancel,
        )
        for finding in examine(patient):
            bar.close()
            tell = None
            findings.append(finding)
            if not as_json:
                _write(finding)
    failed = any(finding.state == "failure" for finding in findings)
    if as_json:
        write_json({"ok": not failed, "checks": [finding.to_json() for finding in findings]})
    else:
        note(verdict(findings))
    return ExitCode.FAILED if failed else ExitCode.OK


def _write(finding: Finding) -> None:
    """Write a finding: its state, its name, one sentence; below, what mends it."""
    head = f"{finding.state:<8} {plain(finding.name):<{_NAME_COLUMNS}} "
    _write_wrapped(finding.message, head=head)
    if finding.fix.endswith((".", "?")):
        _write_wrapped(finding.fix, head=_FIX)
    elif finding.fix:  # a command: on one line, so that it can be copied
        write(_FIX + plain(finding.fix))


def _write_wrapped(text: str, *, head: str) -> None:
    """Write a text behind ``head``, and what does not fit into the line below it."""
    lines = textwrap.wrap(
        plain(text),
        width=text_width() or _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,  # a path stays one, so that it can be copied
        break_on_hyphens=False,
    )
    for line in lines:
        write(line)
