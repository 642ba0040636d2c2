"""``assistant papers``, ``show`` and ``remove``: what is in the library."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from assistant.cli.exit_codes import ExitCode
from assistant.cli.filters import FilteredCommand, filter_options
from assistant.cli.output import note, plain, shown, write, write_json, write_wrapped
from assistant.cli.session import Session, pass_session
from assistant.errors import UsageError
from assistant.types import Paper

if TYPE_CHECKING:
    from assistant.text.query import Filter


@click.command(cls=FilteredCommand)
@click.argument("conditions", metavar="[CONDITION]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@filter_options
@pass_session
def papers(
    session: Session, conditions: tuple[str, ...], as_json: bool, limits: Filter
) -> ExitCode:
    """List the papers: id, year and title.

    With conditions, those that meet all of them, as options or as CONDITION: year:2021..
    '"exact phrase"' -tag:read.
    """
    from assistant.text.query import Filter, nothing_matches

    limit = Filter.parse(" ".join(conditions)) & limits
    with session.open_library() as library:
        found = library.papers(limit)
    if as_json:
        write_json({"papers": [paper.to_json() for paper in found]})
    else:
        for paper in found:
            write(paper_row(paper))
    if limit and not found:
        note(plain(nothing_matches(limit)))
        return ExitCode.NOTHING_FOUND
    if not as_json:
        note(f"{len(found)} papers" if len(found) != 1 else "1 paper")
    return ExitCode.OK


@click.command()
@click.argument("reference", metavar="REF...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_session
def show(session: Session, reference: tuple[str, ...], as_json: bool) -> None:
    """Show one paper. REF is its id, the beginning of its id, or its title."""
    with session.open_library() as library:
        paper = library.paper(" ".join(reference))
    if as_json:
        write_json(paper.to_json())
        return
    write_wrapped(shown(paper.title))
    for name, value in _details(paper):
        write(f"{name}: {plain(value)}")
    write()
    write_wrapped(shown(paper.abstract))


@click.command()
@click.argument("references", metavar="REF...", nargs=-1, required=True)
@click.option("--yes", "-y", is_flag=True, help="Do not ask before removing.")
@pass_session
def remove(session: Session, references: tuple[str, ...], yes: bool) -> None:
    """Remove papers, and print which.

    Each REF is an id, the beginning of an id, or a title (in quotation marks).
    """
    with session.open_library() as library:
        chosen = {paper.paper_id: paper for paper in map(library.paper, references)}
        if not yes and not _confirms(list(chosen.values())):
            note("Nothing was removed.")
            return
        for paper in library.remove(*chosen):
            write(paper_row(paper))


def _confirms(chosen: list[Paper]) -> bool:
    """Ask whether to remove these papers. Raises UsageError if there is nobody to ask."""
    if not sys.stdin.isatty():
        raise UsageError(
            "Nobody is there to confirm the removal.", hint="Add --yes to remove without asking."
        )
    for paper in chosen:
        note(paper_row(paper))
    return click.confirm("Remove from the library?", err=True)


def paper_row(paper: Paper) -> str:
    """Return id, year and title on one line."""
    return f"{paper.paper_id}  {paper.year or '-':<4}  {shown(paper.title)}"


def _details(paper: Paper) -> list[tuple[str, str]]:
    """Return name and value of the bibliographic fields that are filled in."""
    details = [
        ("id", paper.paper_id),
        ("authors", ", ".join(paper.authors)),
        ("year", str(paper.year or "")),
        ("venue", paper.venue),
        ("doi", paper.doi),
        ("arxiv", paper.arxiv_id),
        ("pmid", paper.pmid),
        ("url", paper.url),
        ("keywords", ", ".join(paper.keywords)),
        ("tags", ", ".join(paper.tags)),
        ("citation key", paper.citation_key),
        ("source", paper.source),
    ]
    return [(name, value) for name, value in details if value]
