"""Adds files to a library while the processors of a cluster embed them.

The cluster reads, cuts and embeds. Which paper a record belongs to is decided here, as always, by
one program that knows the whole library and is the only one of the run that writes to it: so every
paper is there once, and what the library holds already is neither embedded nor stored again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from assistant.bulk.cluster import Cluster, cluster
from assistant.bulk.work import first_bytes, rows_of
from assistant.errors import LibraryError, ModelError, UsageError
from assistant.indexing import RememberingEmbedder, stopped
from assistant.library import Library
from assistant.readers import STANDARD_INPUT, files_of, origin_of
from assistant.readers.tables.columns import checked_columns
from assistant.types import AddProgress, AddReport, Cancellation, Paper, Rejected, is_cancelled


def ingest(
    library: Library,
    *paths: str | os.PathLike[str],
    address: str = "",
    workers: int = 0,
    columns: Mapping[str, str] | None = None,
    progress: Callable[[AddProgress], None] | None = None,
    cancel: Cancellation | None = None,
) -> AddReport:
    """Add files and folders, as :meth:`Library.add` does, with the processors of a Ray cluster.

    ``address`` is that of a cluster that runs (default: this machine); its machines see the files
    under the same paths. ``workers`` are the processors that embed; 0: all. Run again, it goes on
    where it stopped.

    Raises UsageError without the package ray or for standard input, LibraryError if there is no
    cluster, and what :meth:`Library.add` raises.
    """
    chosen = checked_columns(columns or {})
    if STANDARD_INPUT in map(str, paths):
        raise UsageError(
            "Other machines cannot read standard input.", hint="Name files or folders."
        )
    library.add_records(())  # an empty one takes the embedder that the settings name
    embedder = RememberingEmbedder(library.embedder)
    before = library.count()
    with (
        _stopping(library, before, cancel),
        cluster(address=address, workers=workers) as machines,
        # Whatever ends it, the machines stop before the cluster does.
        closing(_records(library, machines, paths, embedder=embedder, columns=chosen)) as records,
    ):
        return library.add_records(
            records,
            embedder=embedder,
            progress=progress,
            cancel=cancel,
        )


@contextmanager
def _stopping(library: Library, before: int, cancel: Cancellation | None) -> Iterator[None]:
    """Take what fails once the run was asked to stop for the end of it.

    Ctrl-C on a terminal reaches the processes of Ray as well.
    """
    try:
        yield
    except (LibraryError, ModelError) as error:
        if not is_cancelled(cancel):
            raise
        raise stopped(library.count() - before) from error


def _records(
    library: Library,
    machines: Cluster,
    paths: tuple[str | os.PathLike[str], ...],
    *,
    embedder: RememberingEmbedder,
    columns: Mapping[str, str],
) -> Generator[tuple[str, Paper | Rejected], None, None]:
    """Yield the records of files with their paths, and have the embedder know their vectors."""
    files: list[Path] = []
    for path in paths:
        found, problems = files_of(path)
        files += found
        for problem in problems:
            yield origin_of(path), problem
    if not files:
        return
    tables = machines.embedded(
        files,
        columns=columns,
        settings=library.settings,
        source=library.embedder_settings,
        known=first_bytes(list(library.digests())),
    )
    with closing(tables):
        for table in tables:
            for row in rows_of(table, dimension=embedder.dimension):
                embedder.remember(row.texts, row.vectors)
                yield row.origin, row.record
