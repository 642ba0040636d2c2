"""Nothing but the chat draws on its screen, and the streams are as they were afterwards."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="nothing is done on Windows")

NOISE = """
import ctypes, os, sys
from assistant.tui.terminal import own_screen

libc = ctypes.CDLL(None)
print("before", flush=True)
with own_screen():
    os.write(1, b"noise on 1 ")
    os.write(2, b"noise on 2 ")
    libc.puts(b"noise of C")
    libc.fflush(None)
    sys.__stderr__.write("screen ")
    sys.stderr.write("error ")
    sys.stdout.write("output ")
    assert sys.__stdout__ is sys.stdout
print("after")
print("told", file=sys.stderr)
"""

BROKEN = """
import sys
from assistant.tui.terminal import own_screen

try:
    with own_screen():
        raise KeyError("x")
except KeyError:
    print("after", flush=True)
"""


def run(code: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout, done.stderr


def test_noise_of_other_code_goes_nowhere_and_what_is_drawn_arrives() -> None:
    output, error = run(NOISE)
    assert "noise" not in output + error
    assert output == "before\nafter\n"
    # Neither is a terminal here, so the screen is where Textual draws by default.
    assert error == "screen error output told\n"


def test_the_streams_come_back_after_an_error() -> None:
    assert run(BROKEN) == ("after\n", "")
