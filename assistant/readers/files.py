"""From paths to papers: finds the files, tells their format by content, never stops at a bad one.

In a folder, files with one of ``FOLDER_EXTENSIONS`` and files without an extension are read, in
order of their paths; everything else is passed over, as are hidden files and folders and links
that lead out of the folder. So it is with an archive. A file that is named is read whatever it is
called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from assistant.readers.archives import Bomb, Meter, is_archive, read_archive
from assistant.readers.formats import Record, detect
from assistant.readers.limits import STANDARD_INPUT
from assistant.readers.lines import NotText
from assistant.readers.source import Source
from assistant.readers.tables.columns import checked_columns
from assistant.text.clean import normalise
from assistant.types import Paper, Rejected

_EXTENSIONS = (
    "bib bibtex biblatex ris enw nbib medline ciw isi xml csv tsv tab json jsonl ndjson txt text "
    "md markdown ovd cgi atom rss refer zip gz tgz tar"
)
FOLDER_EXTENSIONS = frozenset(
    {"", *(f".{name}" for name in _EXTENSIONS.split()), *([".pdf"] if find_spec("pypdf") else ())}
)
"""Extensions of the files that are read in a folder, in lower case; PDF if the extra is there."""

_MAX_ARCHIVES = 2
"""A file is in at most so many archives, one in the other."""


@dataclass(frozen=True, slots=True)
class _Inside:
    """Where a file is that lies in an archive."""

    label: str
    """The name of the outermost archive and the path in it: what ``Paper.source`` says."""
    archives: int
    meter: Meter


def read_papers(
    paths: Iterable[str | os.PathLike[str]],
    *,
    stdin: BinaryIO | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Record]:
    """Yield the papers of files, folders and archives, and a ``Rejected`` for all that is none.

    ``-`` is standard input: ``stdin``, or the one of the process. The format of a file is found
    by its content. ``columns`` says for tables what a column holds: a field of
    :data:`assistant.readers.columns.FIELDS` by the name of the column; for the others it is
    guessed. A paper that occurs twice is yielded twice; the two have the same ``paper_id``.
    Nothing is raised for a path or a file that cannot be read; it gives a ``Rejected`` and the
    rest goes on. Memory does not grow with the size of a file.

    Raises UsageError if ``columns`` names something that is no field.
    """
    for _, record in read_with_origins(paths, stdin=stdin, columns=columns):
        yield record


def read_with_origins(
    paths: Iterable[str | os.PathLike[str]],
    *,
    stdin: BinaryIO | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[tuple[str, Record]]:
    """Yield what :func:`read_papers` does, each with the absolute path of its file."""
    chosen = checked_columns(columns or {})
    for path in paths:
        if str(path) == STANDARD_INPUT:
            stream = stdin or sys.stdin.buffer
            for record in _read_stream(stream, name=STANDARD_INPUT, columns=chosen):
                yield STANDARD_INPUT, record
        else:
            yield from _read_path(Path(path), columns=chosen)


def origin_of(path: str | os.PathLike[str]) -> str:
    """Return the path by which a file is known from one run to the next."""
    return _printable(Path(os.path.abspath(path)))  # noqa: PTH100 - links keep their names


def files_of(path: str | os.PathLike[str]) -> tuple[list[Path], list[Rejected]]:
    """Return the files that are read for a path, and what of a folder cannot be looked into.

    A path that is no folder is returned as it is, whether it can be read or not.
    """
    place = Path(path)
    try:
        if not place.is_dir():
            return [place], []
        files, errors = _files_below(place)
    except OSError as error:
        return [], [_unreadable(place, error)]
    if not files and not errors:
        reason = "no text files in this folder"
        return [], [Rejected(file=_printable(place), line=None, reason=reason)]
    return files, [_unreadable(Path(error.filename or place), error) for error in errors]


def _read_path(path: Path, *, columns: Mapping[str, str]) -> Iterator[tuple[str, Record]]:
    files, problems = files_of(path)
    for problem in problems:
        yield origin_of(path), problem
    for file in files:
        for record in _read_file(file, columns=columns):
            yield origin_of(file), record


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


def _read_file(path: Path, *, columns: Mapping[str, str]) -> Iterator[Record]:
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        yield Rejected(file=_printable(path), line=None, reason="no such file or folder")
        return
    except (OSError, ValueError) as error:
        yield _unreadable(path, error)
        return
    with stream:
        yield from _read_stream(stream, name=_printable(path), columns=columns)


def _read_stream(
    stream: BinaryIO, *, name: str, columns: Mapping[str, str], inside: _Inside | None = None
) -> Iterator[Record]:
    """Yield the records of one open file, in the format that its beginning tells."""
    empty = True
    try:
        source = Source.of(stream, file=name, columns=columns)
        packed = is_archive(source.head)
        records = _read_archive(source, inside=inside) if packed else detect(source).read(source)
        for record in records:
            empty = False
            if inside is not None and not packed and isinstance(record, Paper):
                yield replace(record, source=inside.label)
            else:
                yield record
        if empty and not packed:
            yield Rejected(file=name, line=None, reason="no papers in this file")
    except NotText as error:
        yield Rejected(file=name, line=None, reason=str(error))
    except OSError as error:
        yield _unreadable(Path(name), error)


def _read_archive(source: Source, *, inside: _Inside | None) -> Iterator[Record]:
    """Yield the records of the files in an archive, in the formats that they have."""
    outer = inside or _Inside(Path(source.file).name, 0, Meter())
    if outer.archives == _MAX_ARCHIVES:
        if not outer.meter.too_deep:
            outer.meter.too_deep = True
            reason = "an archive in an archive in an archive; unpack the outer ones"
            yield Rejected(file=source.file, line=None, reason=reason)
        return

    def read(stream: BinaryIO, member: str) -> Iterator[Record]:
        label, name = outer.label, source.file
        if member:
            label, name = f"{label}/{member}", f"{name}/{member}"
        within = _Inside(label, outer.archives + 1, outer.meter)
        return _read_stream(stream, name=name, columns=source.columns, inside=within)

    try:
        yield from read_archive(
            source,
            meter=outer.meter,
            is_outermost=inside is None,
            extensions=FOLDER_EXTENSIONS,
            read=read,
        )
    except Bomb as error:
        if inside is not None:
            raise
        yield Rejected(file=source.file, line=None, reason=str(error))


def _unreadable(path: Path, error: Exception) -> Rejected:
    detail = (error.strerror if isinstance(error, OSError) else "") or str(error)
    reason = f"cannot be read: {detail or type(error).__name__}"
    return Rejected(file=_printable(path), line=None, reason=reason)


def _printable(path: Path) -> str:
    """Return a path as text without control characters and undecodable bytes."""
    return normalise(os.fsencode(path).decode("utf-8", "replace")) or "?"
