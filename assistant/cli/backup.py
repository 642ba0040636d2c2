"""``assistant backup`` and ``restore``: a whole library in one file, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assistant.cli.interrupt import stopping
from assistant.cli.output import note, plain
from assistant.cli.progress import counting
from assistant.cli.session import Session, pass_session

if TYPE_CHECKING:
    from assistant.backup import Contents


@click.command()
@click.argument("file", metavar="FILE.zip")
@click.option("--force", is_flag=True, help="Replace FILE.zip if it is there.")
@pass_session
def backup(session: Session, file: str, force: bool) -> None:
    """Write the whole library to one file.

    It holds the papers with their records, vectors and tags, and the conversations. Another
    machine restores it without a model. Settings are not part of it.
    """
    with (
        stopping() as cancel,
        session.open_library(cancel=cancel) as library,
        counting("Writing") as progress,
    ):
        contents = library.back_up(file, force=force, progress=progress, cancel=cancel)
    note(f"Wrote {_counts(contents)} to {plain(file)}.")


@click.command()
@click.argument("file", metavar="FILE.zip")
@pass_session
def restore(session: Session, file: str) -> None:
    """Make a library of a backup.

    It goes where no library is yet, or one without papers: name another folder with
    "assistant --library NEW_FOLDER restore FILE.zip". Cut short, it leaves no library and can be
    run again.
    """
    settings = session.loaded.settings
    from assistant.encoders.loading import embedder_name
    from assistant.library import Library

    folder = settings.library_folder
    with stopping() as cancel, counting("Restoring") as progress:
        contents = Library.restore(
            file, folder, settings=settings, progress=progress, cancel=cancel
        )
    note(f"Restored {_counts(contents)} into {plain(str(folder))}.")
    wanted = embedder_name(settings.embedding)
    if contents.embedder != wanted:
        before, now = plain(contents.embedder), plain(wanted)
        note(f"It is indexed with {before}; 'assistant reindex' moves it to {now}.")
    if contents.chunking != repr(settings.chunking):
        note("Its abstracts were cut by other settings; papers that are added again are cut anew.")


def _counts(contents: Contents) -> str:
    papers = "1 paper" if contents.papers == 1 else f"{contents.papers} papers"
    sessions = "1 conversation" if contents.sessions == 1 else f"{contents.sessions} conversations"
    return f"{papers} and {sessions}"
