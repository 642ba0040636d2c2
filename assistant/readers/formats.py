"""The formats that are read, and how each is told by the beginning of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.readers.jsonlines import read_json_lines
from assistant.readers.listing import read_listing
from assistant.readers.source import Source
from assistant.types import Paper, Rejected

Record = Paper | Rejected


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file."""

    name: str
    looks_like: Callable[[Source], bool]
    read: Callable[[Source], Iterator[Record]]


FORMATS = (
    Format(
        "JSON lines",
        lambda source: source.text.lstrip().startswith("{"),
        lambda source: read_json_lines(source.lines(), file=source.file),
    ),
    # Last: any text may be a list of papers.
    Format(
        "listing",
        lambda _: True,
        lambda source: read_listing(source.lines(), file=source.file),
    ),
)
"""In this order the formats are tried; the first that fits reads the file."""


def detect(source: Source) -> Format:
    """Return the format of a file."""
    return next(candidate for candidate in FORMATS if candidate.looks_like(source))
