"""``assistant chat``: the conversation on the whole screen, for as long as one likes.

What is wrong with the command or the settings is told before the screen is taken over.
"""

from __future__ import annotations

import os
import sys
from functools import partial

import click

from assistant.cli.session import Session, pass_session
from assistant.errors import UsageError


@click.command()
@click.option("--continue", "latest", is_flag=True, help="Go on with the latest conversation.")
@click.option("--session", "session_id", metavar="ID", help="Go on with this conversation.")
@pass_session
def chat(session: Session, latest: bool, session_id: str | None) -> None:
    """Ask, read the sources and manage the library on the whole screen.

    This is what "assistant" alone starts on a terminal. Conversations are kept with the library;
    ctrl+r lists them, ctrl+p finds every command, f1 shows the keys, ctrl+q leaves.
    """
    if latest and session_id is not None:
        raise UsageError("--continue and --session exclude each other.", hint="Give one of them.")
    if session_id == "":
        raise UsageError("--session is empty.", hint="Go on with the latest one with --continue.")
    if not on_terminal():
        raise UsageError(
            "The chat needs a terminal for its input and output.",
            hint='Without one, ask a question with: assistant ask "…"',
        )
    start_chat(session, resume="" if latest else session_id)


def on_terminal() -> bool:
    """Tell whether a person can use a full screen here."""
    streams = (sys.stdin, sys.stdout)
    return os.environ.get("TERM") != "dumb" and all(
        stream is not None and stream.isatty() for stream in streams
    )


def start_chat(session: Session, *, resume: str | None = None) -> None:
    """Run the chat until it is left.

    ``resume`` is the id of a conversation, "" for the latest, None for a new one. Raises
    ConfigError, and InputError if there is no such conversation.
    """
    settings = session.loaded.settings  # first: a wrong setting is told before anything loads
    from assistant.tui.app import run_chat

    open_library = partial(session.open_library, create=True, notes=False)
    run_chat(open_library, settings=settings, resume=resume)
