"""Many questions in one run: one a line on standard input, one JSON object a line out.

The models are loaded once, the order is kept, and every line of input has its object, so that
a caller can feed lines and read answers in step.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from assistant.cli.exit_codes import ExitCode
from assistant.cli.output import plain, write_json
from assistant.errors import AssistantError, Cancelled, InputError

MAX_LINE_BYTES = 1_000_000
MAX_ECHO_CHARACTERS = 1000
"""Of a question that failed; it may be megabytes of rubbish."""


def run_batch(
    answer: Callable[[str], dict[str, Any]], *, stdin: BinaryIO, key: str = "question"
) -> ExitCode:
    """Write ``answer(question)`` for each line of ``stdin``, as soon as it is there.

    A question that fails gives ``{"question", "error"}`` (or ``key`` for ``"question"``) and
    the batch goes on; the exit code then is FAILED.
    """
    code = ExitCode.OK
    for question in _read_lines(stdin):
        try:
            if not question.strip():
                raise InputError("The question is empty.")
            if len(question.encode(errors="replace")) > MAX_LINE_BYTES:
                raise InputError(f"The question is longer than {MAX_LINE_BYTES} bytes.")
            result = answer(question)
        except Cancelled:
            raise
        except Exception as error:  # whatever it was, the next question may do
            result = {key: question[:MAX_ECHO_CHARACTERS], "error": _describe(error)}
            code = ExitCode.FAILED
        write_json(result)
        sys.stdout.flush()
    return code


def _read_lines(stdin: BinaryIO) -> Iterator[str]:
    """Yield the lines of ``stdin``; of one that is too long, its first MAX_LINE_BYTES + 1."""
    encoding = "utf-8-sig"
    while line := stdin.readline(MAX_LINE_BYTES + 2):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stdin.readline(MAX_LINE_BYTES)
        yield line.rstrip(b"\r\n").decode(encoding, errors="replace")
        encoding = "utf-8"


def _describe(error: Exception) -> str:
    if isinstance(error, AssistantError):
        return plain(str(error))
    if os.environ.get("ASSISTANT_DEBUG", "") not in {"", "0"}:
        traceback.print_exc()
    return plain(f"{type(error).__name__}: {error}")
