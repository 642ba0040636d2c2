"""Keeps passages, their vectors and the papers' data in Chroma. The only import of chromadb.

Chroma is the only truth about a library. Each passage is a row with the id
``paper_id:index``, so that adding a paper again overwrites it; the first row of a paper
carries its whole record, so that everything else can be rebuilt from the collection.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

from assistant.errors import AssistantError, EmbedderMismatch, LibraryError, StoreDamaged
from assistant.store.chroma_files import MEND_HINT, database_identity, refuse_damaged
from assistant.store.stored import (
    IndexedPaper,
    StoredPaper,
    StoredRow,
    Vectors,
    record_metadata,
    row_id,
    stored_from_metadata,
)
from assistant.types import Passage

COLLECTION = "passages"
_PAGE_ROWS = 2000
_MAX_NEAR_ROWS = 50_000
_FORMAT = 2
"""Raised when rows change in a way that an older assistant could not read."""

_FREE_SPACE = "Free space on the disk, then run the command again: what was stored is kept."
_PASSING_FAILURES = {
    "disk is full": _FREE_SPACE,
    "no space left": _FREE_SPACE,
    "quota exceeded": _FREE_SPACE,
    "readonly database": "Correct the permissions of the library's folder.",
    "permission denied": "Correct the permissions of the library's folder.",
    "database is locked": "Wait until other programs that use the library have finished.",
}
"""What Chroma says of failures that no repair would mend, and what would."""

P = ParamSpec("P")
T = TypeVar("T")


def _translate(method: Callable[P, T]) -> Callable[P, T]:
    """Turn whatever Chroma raises, Rust panics included, into a LibraryError."""

    @wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except (AssistantError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            raise _failure(error) from error

    return guarded


def _failure(error: BaseException) -> LibraryError:
    """Return what a failure of Chroma means: the disk, the permissions, or else damage."""
    what = " ".join(str(error).split())
    message = f"The library's Chroma store failed: {type(error).__name__}: {what}."
    for sign, hint in _PASSING_FAILURES.items():
        if sign in what.lower():
            return LibraryError(message, hint=hint)
    return StoreDamaged(message, hint=MEND_HINT)


class ChromaStore:
    """The passages of one library in a local Chroma folder. Safe to share between threads."""

    _client: Any
    _collection: Any

    def __init__(self, folder: Path, *, embedder: str) -> None:
        """Open the collection in ``folder``, or create it there for ``embedder``.

        Raises EmbedderMismatch if it was made with another embedder, StoreDamaged if Chroma
        cannot read or create it.
        """
        self._folder = folder
        self._embedder = embedder
        self._lock = threading.RLock()
        self._writes = False
        self._open()

    @property
    @_translate
    def revision(self) -> str:
        """A mark that changes with every write, whoever writes."""
        with self._lock:
            if database_identity(self._folder) not in (None, self._file):
                self._reopen()
            fresh = self._client.get_collection(COLLECTION, embedding_function=None)
            return f"{(fresh.metadata or {}).get('revision')}/{fresh.count()}"

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

    @_translate
    def upsert(self, papers: Sequence[IndexedPaper]) -> None:
        """Store papers, overwriting what they had. Rows beyond their last are not removed."""
        rows = [
            (passage, vector, item)
            for item in papers
            for passage, vector in zip(item.passages, item.vectors, strict=True)
        ]
        # The row that makes a paper known comes last: cut short, it is added again as a whole.
        rows.sort(key=lambda row: row[0].index == 0)
        limit = self._client.get_max_batch_size()
        for first in range(0, len(rows), limit):
            part = rows[first : first + limit]
            with self._lock:
                self._collection.upsert(
                    ids=[row_id(passage.paper_id, passage.index) for passage, _, _ in part],
                    embeddings=np.stack([vector for _, vector, _ in part]),
                    documents=[passage.text for passage, _, _ in part],
                    metadatas=[_metadata(passage, item) for passage, _, item in part],
                )

    @_translate
    def update(self, papers: Sequence[StoredPaper]) -> None:
        """Change what is told about papers whose text, and so their rows, stays the same."""
        limit = self._client.get_max_batch_size()
        for first in range(0, len(papers), limit):
            part = papers[first : first + limit]
            with self._lock:
                self._collection.update(
                    ids=[row_id(item.paper.paper_id, 0) for item in part],
                    metadatas=[record_metadata(item) for item in part],
                )

    def delete_passages(self, paper_id: str, *, first: int, stop: int) -> None:
        """Remove the passages ``first`` to ``stop - 1`` of a paper."""
        self.delete_rows([row_id(paper_id, index) for index in range(first, stop)])

    @_translate
    def delete_rows(self, ids: Sequence[str]) -> None:
        """Remove rows."""
        for start in range(0, len(ids), _PAGE_ROWS):
            with self._lock:
                self._collection.delete(ids=ids[start : start + _PAGE_ROWS])

    @_translate
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
            rows = self._collection.count()
            limit = min(limit, rows if ids is None else len(ids))
            if limit == 0:
                return {}
            try:
                found = self._query(vector, limit=limit, ids=ids)
            except Exception:
                if ids is None:
                    raise
                # A row has gone since it was named: look for the others in the order of all.
                named = frozenset(ids)
                near = self._query(vector, limit=min(rows, _MAX_NEAR_ROWS))
                found = list(islice((row for row in near if row[0] in named), limit))
        best: dict[str, float] = {}
        for found_id, distance in found:
            best.setdefault(found_id.rpartition(":")[0], 1.0 - distance)
        return best

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
        for first in range(0, len(ids), _PAGE_ROWS):
            yield from self._vector_page(ids[first : first + _PAGE_ROWS])

    @_translate
    def _vector_page(self, ids: list[str]) -> list[tuple[str, Vectors]]:
        with self._lock:
            self._refresh()
            result = self._collection.get(ids=ids, include=["embeddings"])
        found: Any = result["embeddings"]
        return [
            (found_id.rpartition(":")[0], row)
            for found_id, row in zip(result["ids"], found, strict=True)
        ]

    @_translate
    def count(self) -> int:
        """Return the number of rows."""
        with self._lock:
            return int(self._collection.count())

    @_translate
    def ids(self, *, offset: int, limit: int) -> list[str]:
        """Return the ids of some rows, in an order that stays while nobody writes."""
        with self._lock:
            self._refresh()
            result = self._collection.get(include=[], limit=limit, offset=offset)
        return [str(found) for found in result["ids"]]

    @_translate
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

    @_translate
    def _page(self, offset: int) -> list[Any]:
        with self._lock:
            result = self._collection.get(
                where={"index": 0}, include=["metadatas"], limit=_PAGE_ROWS, offset=offset
            )
        return list(result["metadatas"] or [])

    @_translate
    def close(self) -> None:
        """Let go of the folder."""
        with self._lock:
            self._client.close()

    @_translate
    def _open(self) -> None:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        refuse_damaged(self._folder)
        logging.getLogger("chromadb").setLevel(logging.CRITICAL)
        try:
            self._client = chromadb.PersistentClient(
                path=str(self._folder), settings=Settings(anonymized_telemetry=False)
            )
        except BaseException:
            # Chroma keeps what failed to start for the next who opens this folder.
            if str(self._folder) not in SharedSystemClient._identifier_to_refcount:
                SharedSystemClient._identifier_to_system.pop(str(self._folder), None)
            raise
        try:
            self._collection = self._client.get_or_create_collection(
                COLLECTION,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
                metadata={
                    "embedder": self._embedder,
                    "format": _FORMAT,
                    "revision": _new_revision(),
                },
            )
            check_collection(self._collection.metadata or {}, embedder=self._embedder)
            self._file = database_identity(self._folder)
            self._seen = self.revision
        except BaseException:
            self._client.close()
            raise

    def _refresh(self) -> None:
        """Open the collection again if another process wrote to it.

        Chroma keeps the index of vectors in memory: it would miss new rows, and fail for them.
        """
        if not self._writes and self.revision != self._seen:
            self._reopen()

    def _reopen(self) -> None:
        self._client.close()
        self._open()

    @_translate
    def _renew_revision(self) -> None:
        with self._lock:
            metadata = {**(self._collection.metadata or {}), "revision": _new_revision()}
            self._collection.modify(metadata=metadata)


def check_collection(metadata: Mapping[str, Any], *, embedder: str) -> None:
    """Refuse a collection of another embedder or of a newer format, by its metadata.

    Raises EmbedderMismatch, LibraryError.
    """
    found = metadata.get("embedder")
    if found != embedder:
        raise EmbedderMismatch(
            f"This library was indexed with the embedder '{found}', not '{embedder}'.",
            hint=f'Set [embedding] model = "{found}", or index your files anew: '
            "assistant --library NEW_FOLDER add FILES",
        )
    if metadata.get("format") != _FORMAT:
        raise LibraryError(
            f"This library has the format {metadata.get('format')}, not {_FORMAT}.",
            hint="It was written by another version of the assistant: use that version, or index "
            "your files anew: assistant --library NEW_FOLDER add FILES",
        )


def _row_ids(passages: Iterable[tuple[str, int]]) -> list[str]:
    return [row_id(paper_id, index) for paper_id, rows in passages for index in range(rows)]


def _metadata(passage: Passage, item: IndexedPaper) -> dict[str, str | int]:
    common: dict[str, str | int] = {
        "paper_id": passage.paper_id,
        "index": passage.index,
        "start": passage.start,
        "end": passage.end,
        "title": item.paper.title,
    }
    if passage.index:
        return common
    return {**common, **record_metadata(item.stored)}


def _new_revision() -> str:
    return uuid.uuid4().hex
