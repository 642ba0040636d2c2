"""Keeps passages, their vectors and the papers' data in a collection of Chroma.

Chroma is the only truth about a library. Each passage is a row with the id
``paper_id:index``, so that adding a paper again overwrites it; the first row of a paper
carries its whole record, so that everything else can be rebuilt from the collection.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, Self

import numpy as np

from assistant.errors import LibraryError
from assistant.store.connection import COLLECTION, Connection, FolderConnection, translate
from assistant.store.stored import (
    FORMAT,
    IndexedPaper,
    StoredPaper,
    StoredRow,
    Vectors,
    check_collection,
    passage_metadata,
    record_metadata,
    row_id,
    stored_from_metadata,
)
from assistant.store.succession import current, finish, succeed, successor_name
from assistant.types import Cancellation, Passage

_MAX_NEAR_ROWS = 50_000


class ChromaStore:
    """The passages of one library in a local Chroma folder. Safe to share between threads."""

    _collection: Any

    def __init__(
        self, place: Path | Connection, *, embedder: str, collection: str = COLLECTION
    ) -> None:
        """Open the collection in a folder, or create it there for ``embedder``.

        One that is there keeps to the embedder that it was made with, see :attr:`embedder`.
        Raises StoreDamaged if Chroma cannot read or create it.
        """
        self._connection = FolderConnection(place) if isinstance(place, Path) else place
        self._name = collection
        self._wanted = embedder
        self._lock = threading.RLock()
        self._writes = False
        self._tidy = True
        self._open()

    @property
    def embedder(self) -> str:
        """The name of the embedder that made the vectors.

        It changes when another process lets a successor take the place of this collection.
        """
        with self._lock:
            return str((self._collection.metadata or {}).get("embedder"))

    @property
    def about(self) -> Mapping[str, Any]:
        """What is noted about the collection; see :meth:`note`."""
        with self._lock:
            return dict(self._collection.metadata or {})

    @translate
    def note(self, values: Mapping[str, str | int | float | bool]) -> None:
        """Note something about the collection, such as a number that was measured on it.

        The caller holds the right to write.
        """
        with self._lock:
            fresh = self._connection.find(self._name) or self._collection
            self._collection.modify(metadata={**(fresh.metadata or {}), **values})

    @translate
    def successor(self, *, embedder: str) -> Self:
        """Return the collection that is to take the place of this one, as far as it was built.

        One that was begun for another embedder is thrown away. The caller holds the right to
        write, and closes it.
        """
        name = successor_name(self._name)
        with self._lock:
            begun = self._connection.find(name)
            if begun is not None and (begun.metadata or {}).get("embedder") != embedder:
                self._connection.delete(name)
        return type(self)(self._connection.again(), embedder=embedder, collection=name)

    @translate
    def discard_successor(self) -> None:
        """Throw away what was built of a successor. The caller holds the right to write."""
        self._connection.delete(successor_name(self._name))

    @translate
    def drop_successor(self) -> None:
        """Throw away what was built of another index. The caller holds the right to write."""
        if self._connection.find(successor_name(self._name)) is not None:
            self._connection.delete(successor_name(self._name))

    @translate
    def succeed(self) -> None:
        """Let the successor, which is whole now, take the place of this collection.

        Cut short at any point, it is finished when the library is opened. The caller holds the
        right to write, and has closed the successor.
        """
        with self._lock:
            succeed(self._connection, self._name)
            self._reopen(sweep=True)

    @translate
    def finish_succession(self) -> None:
        """Finish :meth:`succeed` if that was cut short. The caller holds the right to write."""
        with self._lock:
            if finish(self._connection, self._name, tidy=self._tidy):
                self._reopen(sweep=True)
            self._tidy = False

    @property
    @translate
    def revision(self) -> str:
        """A mark that changes with every write, whoever writes."""
        with self._lock:
            if self._connection.was_replaced:
                self._reopen()
            fresh = current(self._connection, self._name)
            return f"{(fresh.metadata or {}).get('revision')}/{fresh.count()}"

    @contextmanager
    def turn(self, *, cancel: Cancellation | None = None) -> Iterator[None]:  # noqa: ARG002
        """Keep others who share the library from writing: in a folder, its lock does so already."""
        yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Change the revision before and after a write.

        A mirror that misses the write can tell, even if it is cut short, and so can another
        process that has the collection open. One process may write at a time.
        """
        self._renew_revision()
        self._writes = True
        try:
            yield
        finally:
            with self._lock:
                self._writes = False
                self._renew_revision()
                self._seen = self.revision

    @translate
    def upsert(self, papers: Sequence[IndexedPaper]) -> None:
        """Store papers, overwriting what they had. Rows beyond their last are not removed."""
        rows = [
            (passage, vector, item)
            for item in papers
            for passage, vector in zip(item.passages, item.vectors, strict=True)
        ]
        # The row that makes a paper known comes last: cut short, it is added again as a whole.
        rows.sort(key=lambda row: row[0].index == 0)
        limit = self._connection.max_rows
        for first in range(0, len(rows), limit):
            part = rows[first : first + limit]
            with self._lock:
                self._collection.upsert(
                    ids=[row_id(passage.paper_id, passage.index) for passage, _, _ in part],
                    embeddings=np.stack([vector for _, vector, _ in part]),
                    documents=[passage.text for passage, _, _ in part],
                    metadatas=[self._metadata(passage, item) for passage, _, item in part],
                )

    @translate
    def update(self, papers: Sequence[StoredPaper]) -> None:
        """Change what is told about papers whose text, and so their rows, stays the same."""
        limit = self._connection.max_rows
        for first in range(0, len(papers), limit):
            part = papers[first : first + limit]
            with self._lock:
                self._collection.update(
                    ids=[row_id(item.paper.paper_id, 0) for item in part],
                    metadatas=[self._record(item) for item in part],
                )

    def delete_passages(self, paper_id: str, *, first: int, stop: int) -> None:
        """Remove the passages ``first`` to ``stop - 1`` of a paper."""
        self.delete_rows([row_id(paper_id, index) for index in range(first, stop)])

    @translate
    def delete_rows(self, ids: Sequence[str]) -> None:
        """Remove rows."""
        for start in range(0, len(ids), self._connection.page_rows):
            with self._lock:
                self._collection.delete(ids=ids[start : start + self._connection.page_rows])

    @translate
    def nearest(
        self,
        vector: Vectors,
        *,
        limit: int,
        passages: Iterable[tuple[str, int]] | None = None,
    ) -> dict[str, float]:
        """Return the cosine of the best passage of each paper among the ``limit`` nearest rows.

        With ``passages``, pairs of a paper id and the number of its rows, these rows alone are
        looked at: 60 ms for 100,000 of them, more than the search itself.
        """
        ids = None if passages is None else _row_ids(passages)
        with self._lock:
            self._refresh()
            found = self._nearest_rows(vector, limit, ids)
        best: dict[str, float] = {}
        for found_id, distance in found:
            best.setdefault(found_id.rpartition(":")[0], 1.0 - distance)
        return best

    def _nearest_rows(
        self, vector: Vectors, limit: int, ids: list[str] | None
    ) -> list[tuple[str, float]]:
        rows = self._collection.count()
        limit = min(limit, rows if ids is None else len(ids))
        if limit == 0:
            return []
        try:
            return self._query(vector, limit=limit, ids=ids)
        except Exception:
            if ids is None:
                raise
            # A row has gone since it was named: look for the others in the order of all.
            named = frozenset(ids)
            near = self._query(vector, limit=min(rows, self._connection.max_results))
            return list(islice((row for row in near if row[0] in named), limit))

    def _query(
        self, vector: Vectors, *, limit: int, ids: list[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return ids and distances of the nearest rows, of all or of those that are named."""
        result = self._collection.query(
            query_embeddings=vector[np.newaxis], ids=ids, n_results=limit, include=["distances"]
        )
        return list(zip(result["ids"][0], map(float, result["distances"][0]), strict=True))

    def cosines(self, vector: Vectors, passages: Iterable[tuple[str, int]]) -> dict[str, float]:
        """Return the cosine of the best passage of given papers.

        ``passages`` are pairs of a paper id and the number of its rows.
        """
        best: dict[str, float] = {}
        for paper_id, row in self.vectors(passages):
            best[paper_id] = max(best.get(paper_id, -1.0), float(row @ vector))
        return best

    def vectors(self, passages: Iterable[tuple[str, int]]) -> Iterator[tuple[str, Vectors]]:
        """Yield the paper and the vector of each passage that is there, a page at a time.

        ``passages`` are pairs of a paper id and the number of its rows.
        """
        ids = _row_ids(passages)
        for first in range(0, len(ids), self._connection.page_rows):
            yield from self._vector_page(ids[first : first + self._connection.page_rows])

    @translate
    def _vector_page(self, ids: list[str]) -> list[tuple[str, Vectors]]:
        with self._lock:
            self._refresh()
            result = self._collection.get(ids=ids, include=["embeddings"])
        found: Any = result["embeddings"]
        return [
            (found_id.rpartition(":")[0], row)
            for found_id, row in zip(result["ids"], found, strict=True)
        ]

    @translate
    def count(self) -> int:
        """Return the number of rows."""
        with self._lock:
            return int(self._collection.count())

    @translate
    def ids(self, *, offset: int, limit: int) -> list[str]:
        """Return the ids of some rows, in an order that stays while nobody writes."""
        with self._lock:
            self._refresh()
            result = self._collection.get(include=[], limit=limit, offset=offset)
        return [str(found) for found in result["ids"]]

    @translate
    def rows(self, ids: Sequence[str], *, vectors: bool = True) -> list[StoredRow]:
        """Return those of some rows that are there, in no order; without ``vectors``, their text.

        Raises LibraryError if one of the vectors is not there.
        """
        include = ["documents", "metadatas", *(["embeddings"] if vectors else [])]
        with self._lock:
            self._refresh()
            result = self._collection.get(ids=list(ids), include=include)
        found: Any = result["embeddings"] if vectors else [None] * len(result["ids"])
        return [
            StoredRow(
                row_id=found_id,
                text=text or "",
                metadata=metadata or {},
                vector=None if vector is None else np.asarray(vector, dtype=np.float32),
            )
            for found_id, text, metadata, vector in zip(
                result["ids"], result["documents"], result["metadatas"], found, strict=True
            )
        ]

    def papers(self) -> Iterator[StoredPaper]:
        """Yield every paper of the collection, a page at a time.

        A record that cannot be read must not cost all others: it is left to ``assistant check``.
        """
        offset = 0
        while page := self._page(offset):
            for metadata in page:
                with suppress(LibraryError, KeyError, ValueError):
                    yield stored_from_metadata(metadata)
            offset += len(page)

    @translate
    def _page(self, offset: int) -> list[Any]:
        with self._lock:
            result = self._collection.get(
                where={"index": 0},
                include=["metadatas"],
                limit=self._connection.page_rows,
                offset=offset,
            )
        return list(result["metadatas"])

    @translate
    def close(self) -> None:
        """Let go of the folder."""
        with self._lock:
            self._connection.close()

    @translate
    def _open(self) -> None:
        self._connection.open()
        try:
            self._collection = current(self._connection, self._name) or self._create()
            check_collection(self._collection.metadata or {})
            self._seen = self.revision
        except BaseException:
            self._connection.close()
            raise

    def _create(self) -> Any:
        about = {"embedder": self._wanted, "format": FORMAT, "revision": _new_revision()}
        return self._connection.create(self._name, metadata=about)

    def _metadata(self, passage: Passage, item: IndexedPaper) -> dict[str, str | int]:
        told = passage_metadata(passage, title=item.paper.title)
        return told if passage.index else {**told, **self._record(item.stored)}

    def _record(self, item: StoredPaper) -> dict[str, str | int]:
        """Return what the first row of a paper tells about it."""
        return record_metadata(item)

    def _refresh(self) -> None:
        """Open the collection again if another process wrote to it.

        Chroma keeps the index of vectors in memory: it would miss new rows, and fail for them.
        """
        if not self._writes and self.revision != self._seen:
            self._reopen()

    def _look_again(self) -> None:
        """Nothing: what fails in a folder is not tried again."""

    def _reopen(self, *, sweep: bool = False) -> None:
        self._connection.close()
        if sweep:
            self._connection.sweep()
        self._open()

    def _renew_revision(self) -> None:
        self.note({"revision": _new_revision()})


def _row_ids(passages: Iterable[tuple[str, int]]) -> list[str]:
    return [row_id(paper_id, index) for paper_id, rows in passages for index in range(rows)]


def _new_revision() -> str:
    return uuid.uuid4().hex
