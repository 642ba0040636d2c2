"""Looks at the files of a Chroma folder: for damage that Chroma does not see, and for a change."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from assistant.errors import StoreDamaged
from assistant.store.vector_files import content_fault, file_fault

DATABASE = "chroma.sqlite3"
MEND_HINT = (
    "Mend it with 'assistant check --repair', or restore a backup into a new folder: "
    "assistant --library NEW_FOLDER restore FILE.zip"
)
_INDEX_NAMES = "-".join("?" * length for length in (8, 4, 4, 4, 12))
_LOOKS, _LOOK_INTERVAL_S = 10, 0.05
_WRITTEN_INDEXES = (
    "SELECT id FROM segments JOIN max_seq_id ON segment_id = id WHERE scope = 'VECTOR'"
)
"""The indexes of vectors that are in files of their own; small ones are in the database only."""


def database_identity(folder: Path) -> tuple[int, int] | None:
    """Tell the database from another one that took its place, as when a backup is restored."""
    try:
        status = (folder / DATABASE).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def has_database(folder: Path) -> bool:
    """Tell whether there is something that can be a database."""
    try:
        return (folder / DATABASE).stat().st_size > 0
    except OSError:
        return False


def refuse_damaged(folder: Path) -> None:
    """Refuse the damage that Chroma does not see, as far as the sizes of files tell.

    It takes a database of 0 bytes for a new one, even beside vectors, an index of vectors that is
    gone for one without rows, and reads past the end of one that was cut short.
    """
    if fault := next(_faults(folder), ""):
        raise StoreDamaged(f"The library is damaged: {fault}.", hint=MEND_HINT)


def damage(folder: Path) -> list[str]:
    """Return what is wrong with the files of a folder, contents included; nothing is changed."""
    found = list(_faults(folder))
    if not found:
        found += filter(None, map(content_fault, _indexes(folder)))
    if has_database(folder) and (fault := database_fault(folder / DATABASE)):
        found.append(fault)
    return found


def database_fault(path: Path) -> str:
    """Return what SQLite finds wrong with a database that is there, "" if nothing is."""
    try:
        with closing(connected(path)) as db:
            (state,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        state = str(error)
    return "" if state == "ok" else f"{path} is damaged ({' '.join(state.split())})"


def connected(path: Path) -> sqlite3.Connection:
    """Open a database that must be there. Raises sqlite3.OperationalError."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)


def _faults(folder: Path) -> Iterator[str]:
    indexes = _indexes(folder)
    if indexes and (folder / DATABASE).is_file() and not has_database(folder):
        yield f"{folder / DATABASE} is empty"
    for index in indexes:
        if fault := _fault_still_there(index):
            yield fault


def _indexes(folder: Path) -> list[Path]:
    """Return the folders of the indexes that are there, or should be."""
    found = [path for path in sorted(folder.glob("*")) if path.is_dir() and any(path.iterdir())]
    if found or not has_database(folder):
        return found
    # Only now: closing a database here takes the locks of a Chroma in this process away.
    try:
        with closing(connected(folder / DATABASE)) as db:
            return [folder / name for (name,) in db.execute(_WRITTEN_INDEXES)]
    except sqlite3.DatabaseError:
        return []  # Chroma will say so, or make what a new database lacks


def unused_indexes(folder: Path) -> list[Path]:
    """Return the folders of indexes that no collection has any more."""
    with closing(connected(folder / DATABASE)) as db:
        used = {name for (name,) in db.execute("SELECT id FROM segments")}
    return [path for path in folder.glob(_INDEX_NAMES) if path.name not in used]


def _fault_still_there(index: Path) -> str:
    """Return what is wrong with an index, unless another process was only writing it."""
    for _ in range(_LOOKS):
        fault = file_fault(index)
        if not fault:
            break
        time.sleep(_LOOK_INTERVAL_S)
    return fault
