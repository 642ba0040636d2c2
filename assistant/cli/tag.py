"""``assistant tag``: a reader's own labels on papers."""

from __future__ import annotations

import click

from assistant.cli.output import note, plain, write, write_json
from assistant.cli.papers import paper_row
from assistant.cli.session import Session, pass_session
from assistant.errors import UsageError


@click.command()
@click.argument("references", metavar="[REF]...", nargs=-1)
@click.option("--add", metavar="TAG", multiple=True, help="Put this tag on. May be repeated.")
@click.option("--remove", metavar="TAG", multiple=True, help="Take this tag off. May be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_session
def tag(
    session: Session,
    references: tuple[str, ...],
    add: tuple[str, ...],
    remove: tuple[str, ...],
    as_json: bool,
) -> None:
    """Put tags on papers and take them off, or list all tags.

    Each REF is an id, the beginning of an id, or a title (in quotation marks). Without any, every
    tag is printed with the number of its papers. What is tagged is found again with --tag or
    "tag:…" in a search.
    """
    if bool(references) != bool(add or remove):
        raise UsageError(
            "Both are needed: papers, and the tags to put on or to take off.",
            hint="As in: assistant tag REF --add TAG --remove TAG",
        )
    with session.open_library() as library:
        if not references:
            _write_tags(library.tags(), as_json=as_json)
            return
        papers = library.tag(*references, add=add, remove=remove)
    if as_json:
        write_json({"papers": [paper.to_json() for paper in papers]})
        return
    for paper in papers:
        write(f"{paper_row(paper)}  [{plain(', '.join(paper.tags))}]")


def _write_tags(tags: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        write_json({"tags": [{"tag": name, "papers": papers} for name, papers in tags.items()]})
        return
    for name, papers in tags.items():
        write(f"{papers:>6}  {plain(name)}")
    if not tags:
        note("There are no tags yet. Put one on with: assistant tag REF --add TAG")
