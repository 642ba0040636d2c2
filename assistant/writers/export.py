"""Writes papers to a stream or a file, in one of the formats, as they come."""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TextIO

from assistant.newfile import new_file
from assistant.types import Paper
from assistant.writers.formats import EXPORT_FORMATS, ExportFormat, export_format, format_of_file


def export_papers(
    papers: Iterable[Paper],
    target: TextIO | str | os.PathLike[str],
    *,
    format: str | None = None,  # noqa: A002 - what it is called everywhere
    force: bool = False,
) -> int:
    """Write papers to a file or a stream and return their number.

    A collection may be gone through twice; it need not hold its papers in memory. Of no papers
    nothing is written.

    The format is that of the file's ending if none is named, and BibTeX for a stream. A file is
    there whole or not at all, and replaces another only with ``force``.

    Raises UsageError for a format that is not known, InputError if the file is there already or
    cannot be written.
    """
    held = papers if isinstance(papers, Collection) else list(papers)
    if not isinstance(target, str | os.PathLike):
        chosen = export_format(format) if format else EXPORT_FORMATS[0]
        if held:
            _write(held, target, chosen)
        return len(held)
    path = Path(target)
    chosen = export_format(format) if format else format_of_file(path)
    if not held:
        return 0
    with new_file(path, force=force) as file:
        text = io.TextIOWrapper(file, chosen.file_encoding, errors="replace", newline="")
        _write(held, text, chosen)
        text.flush()
        text.detach()
    return len(held)


def _write(papers: Collection[Paper], stream: TextIO, chosen: ExportFormat) -> None:
    for piece in chosen.write(papers):
        stream.write(piece)
