"""The formats in which papers are given to other programs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from assistant.errors import UsageError
from assistant.types import Paper
from assistant.writers.bibtex import write_bibtex
from assistant.writers.csl import write_csl
from assistant.writers.reading_list import write_markdown
from assistant.writers.records import write_jsonl
from assistant.writers.ris import write_ris
from assistant.writers.table import write_csv


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file that papers can be written to."""

    name: str
    extensions: tuple[str, ...]
    """The endings of files in this format, in lower case."""
    write: Callable[[Collection[Paper]], Iterator[str]]
    """From papers to pieces of text; they may be gone through twice, and are not kept."""
    file_encoding: str = "utf-8"


EXPORT_FORMATS = (
    ExportFormat("bibtex", (".bib",), write_bibtex),
    ExportFormat("ris", (".ris",), write_ris),
    ExportFormat("csl", (".json",), write_csl),
    # Without a byte order mark Excel takes the letters of names for others.
    ExportFormat("csv", (".csv",), write_csv, file_encoding="utf-8-sig"),
    ExportFormat("markdown", (".md", ".markdown"), write_markdown),
    ExportFormat("jsonl", (".jsonl", ".ndjson"), write_jsonl),
)


def export_format(name: str) -> ExportFormat:
    """Return the format of this name. Raises UsageError if there is none."""
    for found in EXPORT_FORMATS:
        if found.name == name.lower():
            return found
    names = ", ".join(known.name for known in EXPORT_FORMATS)
    raise UsageError(f"There is no format '{name}'.", hint=f"Choose one of: {names}.")


def format_of_file(path: PurePath) -> ExportFormat:
    """Return the format that the ending of a file names. Raises UsageError if it names none."""
    for found in EXPORT_FORMATS:
        if path.suffix.lower() in found.extensions:
            return found
    endings = ", ".join(ending for known in EXPORT_FORMATS for ending in known.extensions)
    raise UsageError(
        f"The format of '{path.name}' is not known by its ending.",
        hint=f"Name one with --format, or let the file end in one of: {endings}.",
    )
