"""The command line: one command a module, and nothing in them that a Python caller would miss.

``main`` is the console script. Starting it loads click and little else; a command imports the
library, and with it the heavy packages, when it runs.
"""

from __future__ import annotations

import click

from assistant import __version__
from assistant.cli.add import add
from assistant.cli.ask import ask
from assistant.cli.backup import backup, restore
from assistant.cli.bulk import bulk
from assistant.cli.chat import chat, on_terminal, start_chat
from assistant.cli.check import check
from assistant.cli.compare import compare
from assistant.cli.doctor import doctor
from assistant.cli.eval import evaluate
from assistant.cli.exit_codes import EXIT_CODE_HELP, ExitCode
from assistant.cli.export import export
from assistant.cli.group import AssistantGroup
from assistant.cli.models import models
from assistant.cli.overview import overview
from assistant.cli.papers import papers, remove, show
from assistant.cli.reindex import reindex
from assistant.cli.search import search
from assistant.cli.session import Session
from assistant.cli.settings import config
from assistant.cli.summarize import summarise, summarize
from assistant.cli.survey import survey
from assistant.cli.tag import tag

__all__ = ["ExitCode", "main"]

HELP = """Ask your own library of paper abstracts; every sentence of an answer cites its paper.

Everything stays on this machine. To begin:

\b
  assistant add --sample
  assistant ask "How many trainable parameters does LoRA save?"
  assistant                  (the chat: all of this on the whole screen)
"""
"""The text of ``--help``; ``\\b`` keeps the lines apart."""


@click.group(
    cls=AssistantGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=HELP,
    epilog=EXIT_CODE_HELP,
)
@click.option("--library", metavar="DIR", help="Folder of the library to use.")
@click.option(
    "--set",
    "overrides",
    metavar="SECTION.KEY=VALUE",
    multiple=True,
    help="Change a setting for this run. May be repeated.",
)
@click.version_option(__version__, prog_name="assistant")
@click.pass_context
def main(context: click.Context, library: str | None, overrides: tuple[str, ...]) -> None:
    """Hand the options on to the command; without one, start the chat or print the help."""
    context.obj = Session(library=library, overrides=overrides)
    if context.invoked_subcommand is not None:
        return
    if on_terminal():
        start_chat(context.obj)
    else:
        click.echo(context.get_help())


for command in (
    chat,
    add,
    bulk,
    ask,
    search,
    summarize,
    summarise,
    survey,
    compare,
    overview,
    papers,
    show,
    tag,
    export,
    remove,
    check,
    reindex,
    doctor,
    backup,
    restore,
    evaluate,
    models,
    config,
):
    main.add_command(command)
