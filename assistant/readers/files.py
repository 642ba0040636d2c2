"""From paths to papers: finds the files, tells their format by content, never stops at a bad one.

In a folder, files that end in .txt, .jsonl, .ndjson, .json or .md and files without an
extension are read, in order of their paths; everything else is passed over, as are hidden files
and folders and links that lead out of the folder. A file that is named is read whatever it is
called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from assistant.readers.formats import Record, detect
from assistant.readers.limits import STANDARD_INPUT
from assistant.readers.lines import NotText
from assistant.readers.source import Source
from assistant.text.clean import normalise
from assistant.types import Rejected

FOLDER_EXTENSIONS = frozenset({"", ".txt", ".jsonl", ".ndjson", ".json", ".md"})
"""Extensions of the files that are read in a folder, in lower case."""


def read_papers(
    paths: Iterable[str | os.PathLike[str]], *, stdin: BinaryIO | None = None
) -> Iterator[Record]:
    """Yield the papers of files and folders, and a ``Rejected`` for all that is none.

    ``-`` is standard input: ``stdin``, or the one of the process. The format is found by the
    content of a file: JSON lines if its first character is ``{``, else a listing or plain text.
    A paper that occurs twice is yielded twice; the two have the same ``paper_id``. Nothing is
    raised for a path or a file that cannot be read; it gives a ``Rejected`` and the rest goes on.
    Memory does not grow with the size of a file.
    """
    for path in paths:
        if str(path) == STANDARD_INPUT:
            yield from _read_stream(stdin or sys.stdin.buffer, name=STANDARD_INPUT)
        else:
            yield from _read_path(Path(path))


def _read_path(path: Path) -> Iterator[Record]:
    try:
        if not path.is_dir():
            yield from _read_file(path)
            return
        files, problems = _files_below(path)
    except OSError as error:
        yield _unreadable(path, error)
        return
    yield from (_unreadable(Path(error.filename or path), error) for error in problems)
    if not files and not problems:
        yield Rejected(file=_printable(path), line=None, reason="no text files in this folder")
    for file in files:
        yield from _read_file(file)


def _files_below(folder: Path) -> tuple[list[Path], list[OSError]]:
    """Return the files of a folder that are read, in order, and what could not be looked into."""
    root = folder.resolve()
    files: list[Path] = []
    problems: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=problems.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if name.startswith(".") or path.suffix.lower() not in FOLDER_EXTENSIONS:
                continue
            if path.is_file() and path.resolve().is_relative_to(root):
                files.append(path)
    return files, problems


def _read_file(path: Path) -> Iterator[Record]:
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        yield Rejected(file=_printable(path), line=None, reason="no such file or folder")
        return
    except (OSError, ValueError) as error:
        yield _unreadable(path, error)
        return
    with stream:
        yield from _read_stream(stream, name=_printable(path))


def _read_stream(stream: BinaryIO, *, name: str) -> Iterator[Record]:
    """Yield the records of one open file, in the format that its beginning tells."""
    empty = True
    try:
        source = Source.of(stream, file=name)
        for record in detect(source).read(source):
            empty = False
            yield record
        if empty:
            yield Rejected(file=name, line=None, reason="no papers in this file")
    except NotText as error:
        yield Rejected(file=name, line=None, reason=str(error))
    except OSError as error:
        yield _unreadable(Path(name), error)


def _unreadable(path: Path, error: Exception) -> Rejected:
    detail = error.strerror if isinstance(error, OSError) else str(error)
    reason = f"cannot be read: {detail or type(error).__name__}"
    return Rejected(file=_printable(path), line=None, reason=reason)


def _printable(path: Path) -> str:
    """Return a path as text without control characters and undecodable bytes."""
    return normalise(os.fsencode(path).decode("utf-8", "replace")) or "?"
