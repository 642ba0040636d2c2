"""On a real terminal: an answer that streams, colours that can be switched off, Ctrl-C."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.cli.interrupt import stopping


def run_on_terminal(folder: Path, *arguments: str) -> str:
    """Return all that a command shows on a terminal of 60 columns."""
    terminal, end = pty.openpty()
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm", "COLUMNS": "60"}
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "--library", str(folder), *arguments],
        stdin=end,
        stdout=end,
        stderr=end,
        env=environment,
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
    process.wait()
    os.close(terminal)
    return shown.decode().replace("\r\n", "\n")


def test_an_answer_is_broken_at_blanks_and_shown_once(sample_folder: Path) -> None:
    question = "What BLEU score does the Transformer reach on English-to-German translation?"
    shown = run_on_terminal(sample_folder, "ask", question)
    answer, _, proof = shown.partition("\n\n")
    assert "28.4 BLEU" in answer
    assert proof.startswith("[1] Attention Is All You Need\n    “")
    assert max(map(len, proof.splitlines())) <= 60


def test_a_bar_shows_progress_without_colour(own_folder: Path) -> None:
    shown = run_on_terminal(own_folder, "add", "--sample")
    assert "52/52 papers" in shown
    assert "Added 0, updated 0, unchanged 52." in shown
    assert "\x1b[3" not in shown  # no foreground colour


def test_the_first_ctrl_c_asks_and_the_second_stops_at_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = signal.getsignal(signal.SIGINT)
    with stopping("Stopping.") as cancel:
        assert not cancel.cancelled
        os.kill(os.getpid(), signal.SIGINT)
        assert cancel.cancelled
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    assert capfd.readouterr().err == "\nStopping.\n"
