"""``assistant summarize``: what one paper says, in its own words."""

from __future__ import annotations

from copy import copy

import click

from assistant.cli.output import text_width, write, write_json
from assistant.cli.session import Session, pass_session


@click.command()
@click.argument("reference", metavar="TITLE|ID...", nargs=-1, required=True)
@click.option(
    "--long", is_flag=True, help="A line each for problem, method, result, data and code."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_session
def summarize(session: Session, reference: tuple[str, ...], long: bool, as_json: bool) -> None:
    """Say in one sentence what a paper says.

    The paper is named by its id, its title, or a part of one. Every sentence is
    quoted from the abstract; what the abstract does not say is "not stated".
    """
    with session.open_library() as library:
        summary = library.summarize(" ".join(reference), long=long)
    if as_json:
        write_json(summary.to_json())
        return
    from assistant.summaries.drawing.summary import summary_text

    write(summary_text(summary, width=text_width()).rstrip("\n"))


summarise = copy(summarize)
"""The same, as it is spelt in Britain; the help names it once."""
summarise.name, summarise.hidden = "summarise", True
