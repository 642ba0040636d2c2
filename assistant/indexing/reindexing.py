"""Makes the index of a library anew with another embedder, while the old one serves.

The new index is a collection beside that of the library, made of the records that are there:
papers are cut and embedded again, and what was done before an interruption is known by its digest.
When it is whole it takes the place of the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

from assistant.config import ChunkingSettings
from assistant.encoders.embedder import Embedder
from assistant.encoders.reading import READING_ENCODER, ReadingEncoder
from assistant.errors import Cancelled, LibraryError
from assistant.indexing.calibration import measured_scale
from assistant.indexing.index_embedder import vector_size
from assistant.indexing.indexer import BATCH_PAPERS, Indexer
from assistant.store.chroma import ChromaStore
from assistant.store.folder import LibraryFolder, Turn
from assistant.store.stored import StoredPaper, row_id, stored_from_metadata
from assistant.text.tokens import TokenCounter
from assistant.types import Cancellation, is_cancelled

ReindexProgress = Callable[[int, int], None]
"""Told how many papers are in the new index, and of how many."""

_PAGE_ROWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReindexReport:
    """What came of making an index anew."""

    embedder: str
    """What the index is made with now."""
    before: str
    """What it was made with."""
    papers: int
    passages: int
    embedded: int = 0
    """Of the papers, those that were embedded in this run; the others were done before."""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values, in their order here."""
        return asdict(self)


@dataclass(kw_only=True)
class Reindexing:
    """Making one index anew."""

    folder: LibraryFolder
    embedder: Embedder
    """Of the new index."""
    encoder: ReadingEncoder
    count_tokens: TokenCounter
    chunking: ChunkingSettings
    progress: ReindexProgress | None = None
    cancel: Cancellation | None = None
    _embedded: set[str] = field(default_factory=set)

    def is_needed(self) -> bool:
        """Tell whether the index is of another embedder, other vectors or other passages."""
        store = self.folder.store
        if store.embedder != self.embedder.name:
            return True
        if vector_size(store) not in {0, self.embedder.dimension}:
            return True
        indexer = self._indexer(store)
        return any(
            item.digest != indexer.digest(item.paper) for item in self.folder.mirror.stored()
        )

    def run(self, turn: Turn) -> ReindexReport:
        """Make the new index and put it in the place of the old one.

        The caller holds the right to write, and ``turn`` keeps others from a server meanwhile.
        Raises Cancelled once ``cancel`` is set; the old index then serves still, and a second run
        goes on where this one stopped.
        """
        store, before = self.folder.store, self.folder.store.embedder
        with closing(store.successor(embedder=self.embedder.name)) as successor:
            passages = self._fill(successor, progress=self.progress)
            if self.embedder.name != READING_ENCODER:
                scale = measured_scale(successor, embedder=self.embedder, encoder=self.encoder)
                successor.note(scale.notes())
        with turn():
            if self.folder.is_shared:
                # Until now others could add, and remove.
                with closing(store.successor(embedder=self.embedder.name)) as successor:
                    passages = self._fill(successor)
            store.succeed()
        with turn():
            self.folder.mirror.catch_up(store.revision, store.papers())
        return ReindexReport(
            embedder=self.embedder.name,
            before=before,
            papers=self.folder.mirror.count(),
            passages=passages,
            embedded=len(self._embedded),
        )

    def _fill(self, successor: ChromaStore, *, progress: ReindexProgress | None = None) -> int:
        """Bring the successor to hold exactly what the store does; return its passages."""
        total = self.folder.mirror.count()
        rows: dict[str, int] = {}
        for batch in _batches(self.folder.store.papers()):
            if is_cancelled(self.cancel):
                raise Cancelled(
                    f"Stopped. {len(rows):,} of {total:,} papers are in the new index, and are "
                    "kept; the old one serves until it is whole.",
                    hint="Go on with 'assistant reindex'.",
                )
            for item in self._put(batch, successor):
                rows[item.paper.paper_id] = item.passages
            if progress is not None:
                progress(min(len(rows), total), total)
        passages = sum(rows.values())
        if successor.count() != passages:
            _delete_others(successor, rows)
        return passages

    def _put(self, batch: Sequence[StoredPaper], successor: ChromaStore) -> list[StoredPaper]:
        """Store a batch as far as it is not there yet; return it as it is there now."""
        indexer = self._indexer(successor)
        held = _held(batch, successor)
        kept, missing, told = [], [], []
        for item in batch:
            old = held.get(item.paper.paper_id)
            if old is None or old.digest != indexer.digest(item.paper):
                missing.append(item)
                continue
            now = replace(item, digest=old.digest, passages=old.passages)
            kept.append(now)
            if now != old:
                told.append(now)
        if told:
            successor.update(told)
        made = indexer.index_again(missing) if missing else []
        self._embedded |= {item.paper.paper_id for item in made}
        return [*kept, *made]

    def _indexer(self, store: ChromaStore) -> Indexer:
        return Indexer(
            store=store,
            mirror=self.folder.mirror,
            embedder=self.embedder,
            count_tokens=self.count_tokens,
            chunking=self.chunking,
        )


def _batches(papers: Iterator[StoredPaper]) -> Iterator[list[StoredPaper]]:
    while batch := list(islice(papers, BATCH_PAPERS)):
        yield batch


def _held(batch: Sequence[StoredPaper], store: ChromaStore) -> dict[str, StoredPaper]:
    """Return those of the papers that a store holds."""
    found = {}
    ids = [row_id(item.paper.paper_id, 0) for item in batch]
    for row in store.rows(ids, vectors=False):
        with suppress(LibraryError, KeyError, ValueError):
            item = stored_from_metadata(row.metadata)
            found[item.paper.paper_id] = item
    return found


def _delete_others(store: ChromaStore, rows: dict[str, int]) -> None:
    """Remove what was removed from the library, or was too much, since it was put there."""
    surplus: list[str] = []
    offset = 0
    while ids := store.ids(offset=offset, limit=_PAGE_ROWS):
        offset += len(ids)
        for found in ids:
            paper_id, _, index = found.rpartition(":")
            if int(index) >= rows.get(paper_id, 0):
                surplus.append(found)
    store.delete_rows(surplus)
