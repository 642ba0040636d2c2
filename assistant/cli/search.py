"""``assistant search``: papers that are about something, best first."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.batch import run_batch
from assistant.cli.exit_codes import ExitCode
from assistant.cli.export import FORMAT_NAMES
from assistant.cli.filters import FilteredCommand, filter_options, note_misspelt, nothing_found
from assistant.cli.output import note, plain, shown, write, write_json
from assistant.cli.session import Session, pass_session
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.text.query import Filter


@click.command(cls=FilteredCommand)
@click.argument("query", metavar="QUERY...", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Papers at most."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--format", "format_name", type=FORMAT_NAMES, help="Print the papers as references.")
@filter_options
@pass_session
def search(
    session: Session,
    query: tuple[str, ...],
    limit: int,
    as_json: bool,
    format_name: str | None,
    limits: Filter,
) -> ExitCode:
    """Find papers: score, id and title, best first.

    Only papers that meet all conditions are looked at, as options or in QUERY: year:2021..
    author:hu -word '"exact phrase"' -tag:read.

    With --json and "-" as QUERY, queries are read from standard input, one a line, and one JSON
    object a line is printed for each.
    """
    text = " ".join(query)
    check_batch(text, as_json=as_json)
    check_one_form(as_json, format_name, "--format")
    note_misspelt(text)
    with session.open_library() as library:

        def run(one: str) -> dict[str, Any]:
            hits = library.search(one, limit=limit, filter=limits)
            return {"query": one, "hits": [hit.to_json() for hit in hits]}

        if text == "-":
            return run_batch(run, stdin=sys.stdin.buffer, key="query")
        hits = library.search(text, limit=limit, filter=limits)
        if format_name and hits:
            library.export(sys.stdout, format=format_name, papers=[hit.paper_id for hit in hits])
        in_library = library.count()
    if as_json:
        write_json({"query": text, "hits": [hit.to_json() for hit in hits]})
    elif not format_name:
        for hit in hits:
            write(f"{hit.score:.3f}  {hit.paper_id}  {shown(hit.title)}")
    if not hits:
        note(plain(nothing_found(text, limits, in_library=in_library)))
    return ExitCode.OK if hits else ExitCode.NOTHING_FOUND


def check_batch(text: str, *, as_json: bool) -> None:
    """Refuse "-" without --json: a batch has no other form. Raises UsageError."""
    if text == "-" and not as_json:
        raise UsageError(
            "Questions from standard input are answered in JSON only.", hint="Add --json."
        )


def check_one_form(as_json: bool, format_name: str | None, option: str) -> None:
    """Refuse --json together with a format of references. Raises UsageError."""
    if as_json and format_name:
        raise UsageError(f"--json and {option} exclude each other.", hint="Leave one of them out.")
