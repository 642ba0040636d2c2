"""The outermost layer of the command line: every failure becomes two lines and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from assistant.cli.exit_codes import ExitCode, exit_code_of
from assistant.cli.output import note, plain, report_error
from assistant.errors import AssistantError, Cancelled

DEBUG_VARIABLE = "ASSISTANT_DEBUG"


class AssistantGroup(click.Group):
    """The group of all commands. A command returns its exit code; None is success."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click names it
        """Return the commands in the order in which they are met, not by letter."""
        return list(self.commands)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line and exit, with one line of error and one of hint at most."""
        extra |= {"prog_name": prog_name, "complete_var": complete_var}
        if not standalone_mode:
            return super().main(args, standalone_mode=False, **extra)
        _keep_output_encodable()
        try:
            code = super().main(args, standalone_mode=False, **extra)
        except Exception as error:  # the last resort: nobody above could report it
            if os.environ.get(DEBUG_VARIABLE, "") not in {"", "0"}:
                traceback.print_exc()
            code = _report(error)
        sys.exit(int(code or ExitCode.OK))


def _report(error: Exception) -> int:
    """Tell the user what went wrong; return the exit code."""
    match error:
        case Cancelled():
            note(plain(str(error)))
            return exit_code_of(error)
        case AssistantError():
            report_error(error.message, error.hint)
            return exit_code_of(error)
        case click.Abort():
            report_error("Interrupted.")
            return ExitCode.INTERRUPTED
        case click.UsageError():
            command = error.ctx.command_path if error.ctx else "assistant"
            report_error(error.format_message(), f"See: {command} --help")
            return error.exit_code
        case click.ClickException():
            report_error(error.format_message())
            return error.exit_code
        case _:
            report_error(
                f"Something broke inside the assistant: {type(error).__name__}: {error}",
                f"Run it again with {DEBUG_VARIABLE}=1 to see where, and please report it.",
            )
            return ExitCode.FAILED


def _keep_output_encodable() -> None:
    """Let no character that the terminal's encoding lacks end a command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
