"""The exit codes of the command line: a contract that scripts rely on."""

from __future__ import annotations

from enum import IntEnum

from assistant.errors import Cancelled, LibraryMissing, ModelMissing, NothingFound, UsageError


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOTHING_FOUND = 3
    MISSING = 4
    INTERRUPTED = 130


EXIT_CODE_HELP = """\b
Exit codes:
  0    answered, or done
  1    failed
  2    wrong usage or configuration
  3    nothing found
  4    no library or no model
  130  interrupted"""
"""For the end of ``--help``; ``\\b`` keeps the lines apart."""

_CODES: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (Cancelled, ExitCode.INTERRUPTED),
    (KeyboardInterrupt, ExitCode.INTERRUPTED),
    (LibraryMissing, ExitCode.MISSING),
    (ModelMissing, ExitCode.MISSING),
    (UsageError, ExitCode.USAGE),
    (NothingFound, ExitCode.NOTHING_FOUND),
)


def exit_code_of(error: BaseException) -> ExitCode:
    """Return the code of a command that ended with ``error``."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.FAILED)
