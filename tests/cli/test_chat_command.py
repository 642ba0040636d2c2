"""``assistant chat``, and ``assistant`` alone: who gets the chat, and what is told before it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli import main

TAKES_THE_SCREEN = "\x1b[?1049h"


def run_on_terminal(*arguments: str, **environment: str) -> tuple[int, str]:
    """Return exit code and all that a command shows on a terminal; it must end by itself."""
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", *arguments],
        stdin=end,
        stdout=end,
        stderr=end,
        env={**os.environ, "TERM": "xterm", **environment},
    )
    os.close(end)
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # Linux's end of file on a terminal
            break
        if not piece:
            break
        shown += piece
    os.close(terminal)
    return process.wait(), shown.decode()


def test_without_a_terminal_the_chat_points_to_ask() -> None:
    result = CliRunner().invoke(main, ["chat"])
    assert result.exit_code == 2
    assert "needs a terminal" in result.stderr
    assert "assistant ask" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("closed", ["stdin", "stdout"])
def test_half_a_terminal_is_none(closed: str) -> None:
    terminal, end = pty.openpty()
    streams = {"stdin": end, "stdout": end, closed: subprocess.DEVNULL}
    run = subprocess.run(
        [sys.executable, "-m", "assistant", "chat"],
        **streams,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(end)
    os.close(terminal)
    assert (run.returncode, "needs a terminal" in run.stderr) == (2, True)


def test_on_a_terminal_that_cannot_draw_it_prints_its_help() -> None:
    code, shown = run_on_terminal(TERM="dumb")
    assert (code, shown[:6]) == (0, "Usage:")
    assert TAKES_THE_SCREEN not in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chat", "--continue", "--session", "x"], "exclude each other"),
        (["chat", "--session", ""], "--session is empty"),
        (["chat", "more"], "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_code_2(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize("command", [[], ["chat"]])
def test_a_wrong_setting_is_told_before_the_screen_is_taken(command: list[str]) -> None:
    code, shown = run_on_terminal("--set", "llm.modle=x", *command)
    assert (code, TAKES_THE_SCREEN in shown) == (2, False)
    assert "no setting 'llm.modle'" in shown


def test_a_conversation_that_is_not_there_is_told_before_the_screen_is_taken(
    sample_folder: Path,
) -> None:
    code, shown = run_on_terminal("--library", str(sample_folder), "chat", "--session", "nobody")
    assert (code, TAKES_THE_SCREEN in shown) == (1, False)
    assert "nobody" in shown
    assert "Traceback" not in shown
