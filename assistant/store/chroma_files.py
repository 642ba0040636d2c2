"""Looks at the files of a Chroma folder: for damage that Chroma does not see, and for a change."""

from __future__ import annotations

import struct
import time
from pathlib import Path

from assistant.errors import LibraryError

_DATABASE = "chroma.sqlite3"
_HNSW_HEADER = struct.Struct("<iQQQQ64x")
"""Version, offset, room, rows, bytes a row, and 64 bytes more."""
_HNSW_VERSION = 1
_LENGTH_BYTES = 4
_LOOKS, _LOOK_INTERVAL_S = 10, 0.05


def database_identity(folder: Path) -> tuple[int, int] | None:
    """Tell the database from another one that took its place, as when a backup is restored."""
    try:
        status = (folder / _DATABASE).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def refuse_damaged(folder: Path) -> None:
    """Refuse the damage that Chroma does not see.

    It takes a database of 0 bytes for a new one, even beside vectors, and reads past the end
    of an index of vectors that was cut short, which can end the process.
    """
    database = folder / _DATABASE
    indexes = [path.parent for path in folder.glob("*/header.bin")]
    damaged = [index for index in indexes if not _is_whole_soon(index)]
    if indexes and database.is_file() and not database.stat().st_size:
        damaged.append(database)
    if damaged:
        raise LibraryError(
            f"{damaged[-1]} is empty or incomplete: the library is damaged.",
            hint="Restore the folder from a backup, or delete it and add your files again.",
        )


def _is_whole_soon(index: Path) -> bool:
    """Tell whether an index is whole, or was only being written by another process."""
    for _ in range(_LOOKS):
        if _is_whole(index):
            return True
        time.sleep(_LOOK_INTERVAL_S)
    return False


def _is_whole(index: Path) -> bool:
    """Tell whether the files of an hnswlib index are as long as its header says, or longer."""
    try:
        version, _, _, rows, row_bytes = _HNSW_HEADER.unpack_from(
            (index / "header.bin").read_bytes()
        )
        sizes = [(index / name).stat().st_size for name in ("data_level0.bin", "length.bin")]
    except (OSError, struct.error):
        return False
    whole: bool = sizes[0] >= rows * row_bytes and sizes[1] >= rows * _LENGTH_BYTES
    return whole or version != _HNSW_VERSION
