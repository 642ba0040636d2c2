"""Puts text on the clipboard: through the terminal (OSC 52), and through a local tool.

OSC 52 also works over SSH, but a terminal may ignore it and never says so. A tool of the
desktop, where there is one, makes sure of it on the machine that the program runs on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence

_TIMEOUT_S = 5.0


def copy_with_tool(text: str) -> None:
    """Give ``text`` to the clipboard tool of this desktop, if there is one; returns at once."""
    command = clipboard_tool(os.environ)
    if command is not None:
        threading.Thread(target=_run, args=(command, text), daemon=True).start()


def clipboard_tool(environment: Mapping[str, str]) -> Sequence[str] | None:
    """Return the command that reads text for the clipboard, or None.

    Over SSH there is none: the clipboard of the far machine is not the reader's.
    """
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return None
    tools: list[tuple[str, ...]] = [("pbcopy",), ("clip.exe",)]
    if environment.get("DISPLAY"):
        tools[:0] = [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    if environment.get("WAYLAND_DISPLAY"):
        tools.insert(0, ("wl-copy",))
    path = environment.get("PATH")
    return next((tool for tool in tools if shutil.which(tool[0], path=path)), None)


def _run(command: Sequence[str], text: str) -> None:
    encoding = "utf-16-le" if command[0].endswith(".exe") else "utf-8"
    try:
        subprocess.run(
            command,
            input=text.encode(encoding, "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return  # the terminal has the text already; there is nothing else to try
