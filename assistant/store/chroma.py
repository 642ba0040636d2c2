"""Keeps passages, their vectors and the papers' data in Chroma. The only import of chromadb.

Chroma is the only truth about a library. Each passage is a row with the id
``paper_id:index``, so that adding a paper again overwrites it; the first row of a paper
carries its whole record, so that everything else can be rebuilt from the collection.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.errors import AssistantError, EmbedderMismatch, LibraryError
from assistant.types import Paper, Passage

Vectors = NDArray[np.float32]

_COLLECTION = "passages"
_PAGE_ROWS = 2000
_FORMAT = 1
"""Raised when rows change in a way that an older assistant could not read."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPaper:
    """A paper as the collection holds it."""

    paper: Paper
    passages: int
    """Number of its rows."""
    digest: str
    """Fingerprint of its text and of how it was cut; the same digest means nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedPaper:
    """A paper with its passages and their vectors, ready to be stored."""

    paper: Paper
    digest: str
    passages: Sequence[Passage]
    vectors: Vectors
    """Unit vectors, shape ``(len(passages), dimension)``."""

    @property
    def stored(self) -> StoredPaper:
        """The same paper as it reads once it is stored."""
        return StoredPaper(paper=self.paper, passages=len(self.passages), digest=self.digest)


def _translate(method: Callable[P, T]) -> Callable[P, T]:
    """Turn whatever Chroma raises, Rust panics included, into a LibraryError."""

    @wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except (AssistantError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            raise LibraryError(
                f"The library's Chroma store failed: {type(error).__name__}: {error}.".replace(
                    "\n", " "
                ),
                hint="If the folder is damaged, restore it from a backup, or delete it and add "
                "your files again.",
            ) from error

    return guarded


class ChromaStore:
    """The passages of one library in a local Chroma folder."""

    @_translate
    def __init__(self, folder: Path, *, embedder: str) -> None:
        """Open the collection in ``folder``, or create it there for ``embedder``.

        Raises EmbedderMismatch if it was made with another embedder, and LibraryError if
        Chroma cannot read or create it.
        """
        import chromadb
        from chromadb.config import Settings

        logging.getLogger("chromadb").setLevel(logging.CRITICAL)
        self._client: Any = chromadb.PersistentClient(
            path=str(folder), settings=Settings(anonymized_telemetry=False)
        )
        self._collection: Any = self._client.get_or_create_collection(
            _COLLECTION,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
            metadata={"embedder": embedder, "format": _FORMAT, "revision": _new_revision()},
        )
        found = (self._collection.metadata or {}).get("embedder")
        if found != embedder:
            raise EmbedderMismatch(
                f"This library was indexed with the embedder '{found}', not '{embedder}'.",
                hint=f'Set [embedding] model = "{found}", or index your files anew: '
                "assistant --library NEW_FOLDER add FILES",
            )

    @property
    @_translate
    def revision(self) -> str:
        """A mark that changes with every write, whoever writes."""
        fresh = self._client.get_collection(_COLLECTION, embedding_function=None)
        return f"{(fresh.metadata or {}).get('revision')}/{fresh.count()}"

    @_translate
    def begin_write(self) -> None:
        """Change the revision, so that a mirror which misses the write can tell."""
        metadata = {**(self._collection.metadata or {}), "revision": _new_revision()}
        self._collection.modify(metadata=metadata)

    @_translate
    def upsert(self, papers: Sequence[IndexedPaper]) -> None:
        """Store papers, overwriting what they had. Rows beyond their last are not removed."""
        rows = [
            (_row_id(item.paper.paper_id, passage.index), passage, item)
            for item in papers
            for passage in item.passages
        ]
        if not rows:
            return
        vectors = np.concatenate([item.vectors for item in papers])
        limit = self._client.get_max_batch_size()
        for first in range(0, len(rows), limit):
            part = rows[first : first + limit]
            self._collection.upsert(
                ids=[row_id for row_id, _, _ in part],
                embeddings=vectors[first : first + limit],
                documents=[passage.text for _, passage, _ in part],
                metadatas=[_metadata(passage, item) for _, passage, item in part],
            )

    @_translate
    def delete_passages(self, paper_id: str, *, first: int, stop: int) -> None:
        """Remove the passages ``first`` to ``stop - 1`` of a paper."""
        ids = [_row_id(paper_id, index) for index in range(first, stop)]
        for start in range(0, len(ids), _PAGE_ROWS):
            self._collection.delete(ids=ids[start : start + _PAGE_ROWS])

    @_translate
    def nearest(self, vector: Vectors, *, limit: int) -> dict[str, float]:
        """Return the cosine of the best passage of each paper among the ``limit`` nearest rows."""
        limit = min(limit, self._collection.count())
        if limit == 0:
            return {}
        result = self._collection.query(
            query_embeddings=vector[np.newaxis], n_results=limit, include=["distances"]
        )
        distances: Any = result["distances"]
        best: dict[str, float] = {}
        for row_id, distance in zip(result["ids"][0], distances[0], strict=True):
            best.setdefault(row_id.rpartition(":")[0], 1.0 - float(distance))
        return best

    @_translate
    def cosines(self, vector: Vectors, passages: Iterable[tuple[str, int]]) -> dict[str, float]:
        """Return the cosine of the best passage of given papers.

        ``passages`` are pairs of a paper id and the number of its rows.
        """
        ids = [_row_id(paper_id, index) for paper_id, rows in passages for index in range(rows)]
        best: dict[str, float] = {}
        for first in range(0, len(ids), _PAGE_ROWS):
            result = self._collection.get(
                ids=ids[first : first + _PAGE_ROWS], include=["embeddings"]
            )
            found: Any = result["embeddings"]
            for row_id, cosine in zip(result["ids"], np.asarray(found) @ vector, strict=True):
                paper_id = row_id.rpartition(":")[0]
                best[paper_id] = max(best.get(paper_id, -1.0), float(cosine))
        return best

    def papers(self) -> Iterator[StoredPaper]:
        """Yield every paper of the collection, a page at a time."""
        offset = 0
        while page := self._page(offset):
            for metadata in page:
                yield StoredPaper(
                    paper=paper_from_json(str(metadata["paper"])),
                    passages=int(metadata["passages"]),
                    digest=str(metadata["digest"]),
                )
            offset += len(page)

    @_translate
    def _page(self, offset: int) -> list[Any]:
        result = self._collection.get(
            where={"index": 0}, include=["metadatas"], limit=_PAGE_ROWS, offset=offset
        )
        return list(result["metadatas"] or [])

    @_translate
    def close(self) -> None:
        """Let go of the folder."""
        self._client.close()


def paper_to_json(paper: Paper) -> str:
    """Return the record of a paper as compact JSON, empty fields left out."""
    return json.dumps({k: v for k, v in paper.to_json().items() if v}, ensure_ascii=False)


def paper_from_json(record: str) -> Paper:
    """Return the paper of a record written by :func:`paper_to_json`."""
    fields = json.loads(record)
    for name in ("authors", "keywords"):
        fields[name] = tuple(fields.get(name, ()))
    return Paper(**fields)


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
    return {
        **common,
        "paper": paper_to_json(item.paper),
        "passages": len(item.passages),
        "digest": item.digest,
    }


def _row_id(paper_id: str, index: int) -> str:
    return f"{paper_id}:{index}"


def _new_revision() -> str:
    return uuid.uuid4().hex
