"""Looks into a mirror for what does not fit together. Nothing is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from assistant.errors import LibraryError
from assistant.store.mirror_tables import STORED, known_by, stored_of

_COUNTS = {
    "papers without words": "FROM papers WHERE number NOT IN (SELECT rowid FROM words)",
    "words without a paper": "FROM words WHERE rowid NOT IN (SELECT number FROM papers)",
    "papers that no filter sees": "FROM papers WHERE number NOT IN (SELECT number FROM facets)",
    "papers that only filters see": "FROM facets WHERE number NOT IN (SELECT number FROM papers)",
    "keys without a paper": "FROM keys WHERE number NOT IN (SELECT number FROM papers)",
}


def mirror_problems(path: Path) -> Iterator[str]:
    """Yield what is wrong with the mirror at ``path``, a phrase each."""
    try:
        with closing(sqlite3.connect(path, timeout=30)) as db:
            yield from _problems(db)
    except sqlite3.DatabaseError as error:
        yield f"its file is damaged ({error})"
    except LibraryError as error:
        yield f"a record cannot be read ({error.message})"


def _problems(db: sqlite3.Connection) -> Iterator[str]:
    (state,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if state != "ok":
        yield f"its file is damaged ({state})"
        return
    with db:
        db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        db.execute("INSERT INTO written (written) VALUES ('integrity-check')")
    for name, condition in _COUNTS.items():
        (count,) = db.execute(f"SELECT count(*) {condition}").fetchone()
        if count:
            yield f"{name}: {count}"
    wrong = [title for number, title, keys in _expected(db) if _keys(db, number) != keys]
    if wrong:
        yield f"papers with other keys than their records give: {len(wrong)} ({wrong[0][:60]})"


def _expected(db: sqlite3.Connection) -> Iterator[tuple[int, str, set[str]]]:
    """Yield the number of each paper, its title, and the keys that it should have."""
    for row in db.execute(STORED):
        item = stored_of(row)
        yield row[0], item.paper.title, known_by(item)


def _keys(db: sqlite3.Connection, number: int) -> set[str]:
    return {key for (key,) in db.execute("SELECT key FROM keys WHERE number = ?", (number,))}


def with_shared_keys(path: Path) -> Iterator[list[str]]:
    """Yield the ids of papers that have a key in common, those first that were added first.

    Raises LibraryError if the mirror cannot be read.
    """
    try:
        with closing(sqlite3.connect(path, timeout=30)) as db:
            yield from _with_shared_keys(db)
    except sqlite3.DatabaseError as error:
        raise LibraryError(f"The library's mirror cannot be read: {error}.") from error


def _with_shared_keys(db: sqlite3.Connection) -> Iterator[list[str]]:
    shared = "SELECT key FROM keys GROUP BY key HAVING count(*) > 1"
    for (key,) in db.execute(shared):
        rows = db.execute(
            "SELECT paper_id FROM papers JOIN keys USING (number) WHERE key = ? ORDER BY number",
            (key,),
        )
        yield [paper_id for (paper_id,) in rows]
