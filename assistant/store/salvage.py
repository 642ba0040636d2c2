"""Reads the papers of a library that does not open: from Chroma's database, or from the mirror.

Chroma keeps texts and metadata in tables of SQLite and, until its index of vectors is written
to files, the vectors too, in a queue (schema of Chroma 1: ``embeddings``, ``embedding_metadata``,
``embeddings_queue``). Nothing is changed here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import LibraryError, StoreDamaged
from assistant.store.chroma_files import DATABASE, MEND_HINT, connected
from assistant.store.connection import COLLECTION
from assistant.store.mirror_tables import STORED, stored_of
from assistant.store.stored import (
    IndexedPaper,
    StoredPaper,
    Vectors,
    row_id,
    stored_from_metadata,
)
from assistant.types import Passage

_COLLECTION_SQL = """
SELECT collections.id, segments.id, max_seq_id.seq_id FROM collections
JOIN segments ON segments.collection = collections.id AND segments.scope = 'METADATA'
LEFT JOIN max_seq_id ON max_seq_id.segment_id = segments.id
WHERE collections.name = ?
"""
_ABOUT_SQL = """
SELECT key, coalesce(str_value, int_value) FROM collection_metadata WHERE collection_id = ?
"""
_ROWS_SQL = """
SELECT rows.embedding_id, told.key, coalesce(told.string_value, told.int_value)
FROM embeddings AS rows {hint} CROSS JOIN embedding_metadata AS told ON told.id = rows.id
WHERE rows.segment_id = ? AND rows.embedding_id {condition} ?
ORDER BY rows.id
"""
_FIRST_ROWS_SQL = _ROWS_SQL.format(hint="NOT INDEXED", condition="LIKE")
_ROW_SQL = _ROWS_SQL.format(hint="", condition="=")
# What the tables of rows do not show yet may be newer than the text there.
_QUEUE_SQL = """
SELECT operation, id, vector FROM embeddings_queue
WHERE topic LIKE '%/' || ? AND seq_id <= ? ORDER BY seq_id
"""
_DELETED = 3
_MAX_LENGTH_ERROR = 0.01


class ChromaRecords:
    """The papers in the database of a Chroma folder. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Open the database. Raises StoreDamaged if it cannot be read or holds no library."""
        self.path = folder / DATABASE
        self.unread: list[str] = []
        """Ids of papers whose records :meth:`papers` could not read."""
        with _reading(self.path):
            self._db = connected(self.path)
        try:
            with _reading(self.path):
                found = self._db.execute(_COLLECTION_SQL, (COLLECTION,)).fetchone()
                if found is None:
                    raise sqlite3.DatabaseError("it holds no library")
                collection, self._segment, shown = found
                self.about: Mapping[str, Any] = dict(self._db.execute(_ABOUT_SQL, (collection,)))
                self._vectors = _queued(self._db, collection, shown or 0)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @property
    def revision(self) -> str:
        """The write that it shows, as :func:`assistant.store.stored.same_write` compares it."""
        return str(self.about.get("revision"))

    def papers(self) -> Iterator[StoredPaper]:
        """Yield the papers whose records can be read, in the order of their adding.

        Raises StoreDamaged at what SQLite cannot read.
        """
        with _reading(self.path):
            rows = self._db.execute(_FIRST_ROWS_SQL, (self._segment, row_id("%", 0)))
            self.unread.clear()
            for found_id, told in groupby(rows, key=itemgetter(0)):
                item = _record({key: value for _, key, value in told})
                if item is None or row_id(item.paper.paper_id, 0) != found_id:
                    self.unread.append(str(found_id).rpartition(":")[0])
                else:
                    yield item

    def indexed(self, item: StoredPaper) -> IndexedPaper | None:
        """Return a paper with its passages and vectors; None if some of these are not there."""
        passages, vectors = [], []
        for index in range(item.passages):
            passage = self._passage(item.paper.paper_id, index)
            vector = self._vectors.get(row_id(item.paper.paper_id, index))
            if passage is None or vector is None:
                return None
            passages.append(passage)
            vectors.append(vector)
        return IndexedPaper(
            paper=item.paper,
            digest=item.digest,
            origins=item.origins,
            passages=passages,
            vectors=np.stack(vectors),
        )

    def _passage(self, paper_id: str, index: int) -> Passage | None:
        with _reading(self.path):
            rows = self._db.execute(_ROW_SQL, (self._segment, row_id(paper_id, index)))
            told = {key: value for _, key, value in rows}
        text, start, end = told.get("chroma:document"), told.get("start"), told.get("end")
        if not (isinstance(text, str) and isinstance(start, int) and isinstance(end, int)):
            return None
        return Passage(paper_id=paper_id, index=index, text=text, start=start, end=end)


class MirrorRecords:
    """The papers in the mirror of a library."""

    def __init__(self, path: Path) -> None:
        """Open the mirror. Raises StoreDamaged if it cannot be read or shows no library."""
        self.path = path
        with _reading(path):
            self._db = connected(path)
        try:
            with _reading(path):
                rows = self._db.execute("SELECT value FROM state WHERE key = 'revision'")
                self.revision = str(next(rows, ("",))[0])
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def papers(self) -> Iterator[StoredPaper]:
        """Yield the papers in the order of their adding. Raises StoreDamaged if one is damaged."""
        with _reading(self.path):
            yield from map(stored_of, self._db.execute(f"{STORED} ORDER BY number"))


def mirrored_papers(path: Path) -> int:
    """Return how many papers a mirror shows; 0 if it is not there or cannot be read."""
    try:
        with closing(connected(path)) as db:
            return int(db.execute("SELECT count(*) FROM papers").fetchone()[0])
    except sqlite3.DatabaseError:
        return 0


def _record(told: Mapping[str, Any]) -> StoredPaper | None:
    with suppress(LibraryError, KeyError, ValueError):
        item = stored_from_metadata(told)
        return item if item.passages > 0 else None
    return None


def _queued(db: sqlite3.Connection, collection: str, shown: int) -> dict[str, Vectors]:
    """Return the vectors that the queue holds, by row."""
    vectors: dict[str, Vectors] = {}
    for operation, found_id, packed in db.execute(_QUEUE_SQL, (collection, shown)):
        if operation == _DELETED:
            vectors.pop(found_id, None)
        elif packed is not None and len(packed) % 4 == 0:
            vector = np.frombuffer(packed, dtype="<f4")
            if abs(float(np.linalg.norm(vector)) - 1) < _MAX_LENGTH_ERROR:
                vectors[found_id] = vector
    return vectors


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Translate what SQLite and damaged records raise."""
    try:
        yield
    except (sqlite3.DatabaseError, LibraryError) as error:
        what = " ".join(str(error).split())
        raise StoreDamaged(f"{path} cannot be read: {what}.", hint=MEND_HINT) from error
