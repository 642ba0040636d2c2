"""The outermost layer of the command line: every failure becomes two lines and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from assistant.cli.exit_codes import ExitCode, exit_code_of
from assistant.cli.output import note, plain, report_error
from assistant.cli.session import Session
from assistant.config import Settings, redacted
from assistant.errors import AssistantError, Cancelled

DEBUG_VARIABLE = "ASSISTANT_DEBUG"


class AssistantGroup(click.Group):
    """The group of all commands. A command returns its exit code; None is success."""

    _context: click.Context | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click names it
        """Return the commands in the order in which they are met, not by letter."""
        return list(self.commands)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Remember the context of the run: it knows the settings."""
        self._context = super().make_context(*args, **kwargs)
        return self._context

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
        self._context = None
        try:
            code = super().main(args, standalone_mode=False, **extra)
        except Exception as error:  # the last resort: nobody above could report it
            if os.environ.get(DEBUG_VARIABLE, "") not in {"", "0"}:
                note(redacted(traceback.format_exc(), self._settings).rstrip())
            code = _report(error, self._settings)
        sys.exit(int(code or ExitCode.OK))

    @property
    def _settings(self) -> Settings | None:
        """The settings of the run, as far as it came and they can be read."""
        session = self._context.obj if self._context else None
        if not isinstance(session, Session):
            return None
        with suppress(Exception):  # a report of a failure must not fail
            return session.readable[0].settings
        return None


def _report(error: Exception, settings: Settings | None) -> int:
    """Tell the user what went wrong; return the exit code."""
    match error:
        case Cancelled():
            note(plain(str(error)))
            return exit_code_of(error)
        case AssistantError():
            report_error(redacted(error.message, settings), redacted(error.hint, settings))
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
            what = redacted(f"{type(error).__name__}: {error}", settings)
            report_error(
                f"Something broke inside the assistant: {what}",
                f"Run it again with {DEBUG_VARIABLE}=1 to see where, and please report it.",
            )
            return ExitCode.FAILED


def _keep_output_encodable() -> None:
    """Let no character that the terminal's encoding lacks end a command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
