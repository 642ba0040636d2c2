"""``assistant papers``, ``show`` and ``remove``: what is in the library."""

from __future__ import annotations

import sys

import click

from assistant.cli.output import note, plain, shown, write, write_json, write_wrapped
from assistant.cli.session import Session, pass_session
from assistant.errors import UsageError
from assistant.types import Paper


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_session
def papers(session: Session, as_json: bool) -> None:
    """List the papers: id, year and title."""
    with session.open_library() as library:
        found = library.papers()
    if as_json:
        write_json({"papers": [paper.to_json() for paper in found]})
        return
    for paper in found:
        write(_row(paper))
    note(f"{len(found)} papers" if len(found) != 1 else "1 paper")


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
            write(_row(paper))


def _confirms(chosen: list[Paper]) -> bool:
    """Ask whether to remove these papers. Raises UsageError if there is nobody to ask."""
    if not sys.stdin.isatty():
        raise UsageError(
            "Nobody is there to confirm the removal.", hint="Add --yes to remove without asking."
        )
    for paper in chosen:
        note(_row(paper))
    return click.confirm("Remove from the library?", err=True)


def _row(paper: Paper) -> str:
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
        ("source", paper.source),
    ]
    return [(name, value) for name, value in details if value]
