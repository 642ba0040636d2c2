"""``assistant bulk``: abstracts by the million, embedded on all processors of a cluster."""

from __future__ import annotations

import click

from assistant.cli.add import STOP_NOTICE, end_of_add
from assistant.cli.exit_codes import ExitCode
from assistant.cli.interrupt import stopping
from assistant.cli.progress import counting
from assistant.cli.session import Session, pass_session


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--address", metavar="ADDRESS", default="", help="Of a Ray cluster that runs.")
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 10_000),
    help="Processors that embed; without it, all.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a report as one JSON object.")
@pass_session
def bulk(
    session: Session, paths: tuple[str, ...], address: str, workers: int | None, as_json: bool
) -> ExitCode:
    """Add very many abstracts, embedded on the processors of a Ray cluster.

    Without --address Ray starts on this machine. A PATH is as for "assistant add", and the same
    on all machines of the cluster; these need this program, its models and the extra "ray". Ctrl-C
    stops after the current batch; the same command goes on from there.
    """
    from assistant.bulk import ingest

    with (
        stopping(STOP_NOTICE) as cancel,
        session.open_library(create=True, cancel=cancel) as library,
        counting("Adding") as tell,
    ):
        report = ingest(
            library,
            *paths,
            address=address,
            workers=workers or 0,
            progress=lambda now: tell(now.papers_done, now.papers_total),
            cancel=cancel,
        )
    return end_of_add(report, as_json=as_json)
